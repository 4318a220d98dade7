import { US, type Ps } from '../sim/index.ts';
import { siteOf } from './names.ts';
import { nameOf, sideOf, type Act, type Hold, type Recording } from './recording.ts';

/** One pass of the BMC's interrupt handler over one source. */
export interface HandlerRun {
  readonly actor: number;
  /** Source of the interrupt controller; -1: spurious. */
  readonly source: number;
  /** When the line to the CPU rose for it; -1: it was up already. */
  readonly raised: Ps;
  /** When the handler was entered. */
  readonly entered: Ps;
  /** Indices of its steps, and of what it did between them. */
  readonly acts: number[];
  /** Those among them that access the interface. */
  readonly accesses: number[];
  /** What the controller was told; undefined: it never came to an end. */
  handled: boolean | undefined;
  woke: boolean;
  /** The driver's phase after it; empty: unchanged. */
  phase: string;
  /** Nobody else touched the interface between its first and last access, and it was not held. */
  whole: boolean;
}

/** Interrupts that wait longer than this say so, ps. */
const LATE = 20 * US;

/** For how long an interrupt was pending before its handler was entered; 0: not for long, where `usual` is not long. */
export function pendingFor({ raised, entered }: HandlerRun, usual: Ps = 0): Ps {
  return raised >= 0 && entered - raised > LATE + usual ? entered - raised : 0;
}

/** The passes of the interrupt handlers, in order; `accesses` tells what they do to the interface. */
export function runsOf(recording: Recording, accesses: (act: Act) => boolean): readonly HandlerRun[] {
  const runs: HandlerRun[] = [];
  const open = new Map<number, HandlerRun>();
  let raised: Ps = -1;
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      const name = nameOf(recording, event);
      if (name === 'vic.line' && event.a !== 0) raised = event.at; // it falls in the step that acknowledges it
      else if (name === 'bmc.irq') finish(open, event.actor, event.b !== 0);
    }
    if (sideOf(recording, act.actor) !== 'irq') continue;
    const { step } = act;
    if (step === null) {
      open.get(act.actor)?.acts.push(index);
      continue;
    }
    const { step: what } = siteOf(recording.ops.label(step.op));
    if (what === 'interrupt entry' || what === 'next interrupt source') {
      if (step.value < 0) continue;
      const run: HandlerRun = {
        actor: step.actor, source: step.value, raised, entered: act.at, acts: [index], accesses: [], handled: undefined, woke: false, phase: '', whole: true,
      };
      runs.push(run);
      open.set(step.actor, run);
      raised = -1;
      continue;
    }
    const run = open.get(step.actor);
    if (run === undefined) continue;
    run.acts.push(index);
    if (accesses(act)) run.accesses.push(index);
    if (what.startsWith('wake_up')) run.woke = true;
    run.phase = recording.phases.get(index) ?? run.phase;
  }
  for (const run of runs) run.whole = undisturbed(recording, run, accesses);
  return runs;
}

function finish(open: Map<number, HandlerRun>, actor: number, handled: boolean): void {
  const run = open.get(actor);
  if (run === undefined) return;
  run.handled = handled;
  open.delete(actor);
}

function undisturbed(recording: Recording, run: HandlerRun, accesses: (act: Act) => boolean): boolean {
  const first = run.acts[0];
  const last = run.acts[run.acts.length - 1];
  const from = recording.acts[first].at;
  const to = recording.acts[last].at;
  if (recording.holds.some((hold) => hold.actor === run.actor && within(hold, from, to))) return false;
  const [begin] = run.accesses;
  const end = run.accesses[run.accesses.length - 1];
  if (begin === undefined) return true;
  for (let i = begin; i <= end; i++) {
    const act = recording.acts[i];
    if (act.actor !== run.actor && accesses(act)) return false;
  }
  return true;
}

function within(hold: Hold, from: Ps, to: Ps): boolean {
  return hold.from >= from && hold.from <= to;
}
