import { BLOCKED, type Ps } from '../sim/index.ts';
import { siteOf } from './names.ts';
import { nameOf, sideOf, type Recording } from './recording.ts';

/** One system call of a daemon's thread. */
export interface Call {
  readonly actor: number;
  /** `read`. */
  readonly name: string;
  readonly from: Ps;
  readonly first: number;
  /** When it returned; -1: never. */
  to: Ps;
  last: number;
  /** What it copied from or to user space. */
  readonly bytes: number[];
  /** When a copy began, and when it was through; -1: never. */
  copied: Ps;
  /** When the thread last woke up in it; its beginning if it never slept. */
  woke: Ps;
  /** Index of the first act after that. */
  wokeAct: number;
  /** Its functions, outermost first, as far as they issued steps. */
  readonly frames: string[];
  outcome: Outcome;
  /** Its result as the kernel tells it (event `bmc.syscall`); undefined: not told. */
  result?: number;
}

/** What became of a call, as far as the steps tell. */
export type Outcome = 'running' | 'done' | 'failed';

const CALL = /^(open|read|write|ioctl|poll|close)\(\)$/;
const RETURN = /^return from (open|read|write|ioctl|poll|close)\(\)$/;
/** Of the kernel, if it tells results: fields call, result. */
const RESULT = 'bmc.syscall';

/**
 * The system calls of a recording in the order in which they began. A read() that has copied bytes is
 * taken for done, if the kernel does not tell, unless the thread reads again at once.
 */
export function callsOf(recording: Recording): readonly Call[] {
  const calls: Call[] = [];
  const open = new Map<number, Call>();
  const returned = new Map<number, Call>();
  const asleep = new Set<number>();
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      const call = open.get(event.actor) ?? returned.get(event.actor);
      if (call === undefined) continue;
      if (nameOf(recording, event) === RESULT) call.result = event.b;
    }
    const { step } = act;
    if (step === null || sideOf(recording, step.actor) !== 'task') continue;
    const { actor } = step;
    const label = recording.ops.label(step.op);
    const began = CALL.exec(label);
    settle(returned, actor, began?.[1]);
    if (began !== null) {
      const call: Call = {
        actor, name: began[1], from: step.issuedAt, first: index, to: -1, last: -1, bytes: [], copied: -1, woke: step.issuedAt, wokeAct: index,
        frames: [], outcome: 'running',
      };
      calls.push(call);
      open.set(actor, call);
      continue;
    }
    const call = open.get(actor);
    if (call === undefined) continue;
    if (asleep.delete(actor)) {
      call.woke = step.issuedAt;
      call.wokeAct = index;
    }
    if (step.value === BLOCKED) asleep.add(actor);
    const { frame, step: what } = siteOf(label);
    if (frame !== '' && !call.frames.includes(frame)) call.frames.push(frame);
    if (/^copy_(to|from)_user$/.test(what)) call.bytes.length = 0;
    if (step.bytes !== undefined) {
      call.bytes.push(...step.bytes);
      call.copied = act.at;
    }
    if (RETURN.test(label)) {
      call.to = act.at;
      call.last = index;
      call.outcome = ended(call);
      open.delete(actor);
      returned.set(actor, call);
    }
  }
  return calls;
}

function ended({ name, result, bytes }: Call): Outcome {
  if (result !== undefined) return result < 0 ? 'failed' : 'done';
  return name === 'read' && bytes.length === 0 ? 'failed' : 'done';
}

/** What the thread does next tells whether its read() has got it something. */
function settle(returned: Map<number, Call>, actor: number, next: string | undefined): void {
  const call = returned.get(actor);
  if (call === undefined) return;
  returned.delete(actor);
  if (call.result !== undefined) call.outcome = call.result < 0 ? 'failed' : 'done';
  else if (call.name === 'read' && next === 'read') call.outcome = 'failed';
}

/** The read() that got the request that was complete at `sent`, and the write() of its response, if they came by `end`. */
export function servingCalls(calls: readonly Call[], sent: Ps, end: Ps): { readonly read: Call | undefined; readonly write: Call | undefined } {
  const read = calls.find((call) => call.name === 'read' && call.outcome === 'done' && call.to >= sent && call.to <= end);
  const write = read === undefined ? undefined
    : calls.find((call) => call.name === 'write' && call.actor === read.actor && call.outcome === 'done' && call.from >= read.to && call.from <= end);
  return { read, write };
}
