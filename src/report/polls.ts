import { nameOf, type TraceEntry } from './recording.ts';
import { HOST, WIRE, cells, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** A status register that the host polls. */
export interface Polled {
  /** `STATUS`. */
  readonly name: string;
  /** The trace event of a read of it. */
  readonly event: string;
  /** What of it a poll waited for: `IBF=0`; empty if it gave up. */
  goal(mask: number, last: number, value: number): string;
}

/** A read of the register, `text` being what it says: the last sample of a poll, or one by itself. */
export function pollRows(scene: Scene, index: number, { a, at }: TraceEntry, register: Polled, text: string): Row[] {
  const { step } = scene.recording.acts[index];
  const place = scene.conversation.places[index];
  const more = place === undefined ? {} : { place };
  if (step?.poll === undefined) {
    if (step !== null && scene.recording.ops.def(step.op).kind === 'poll') return []; // a sample in vain
    return [cells(at, [[HOST, `reads ${register.name}`], [WIRE, text]], { ...more, minor: true })];
  }
  const { mask, last } = step.poll;
  const samples = step.poll.samples + (readJustBefore(scene, index, register.event) ? 1 : 0);
  const goal = register.goal(mask, last, a);
  const polls = `polls ${register.name} ${samples}x ${goal === '' ? 'in vain' : `until ${goal}`}`;
  return [cells(at, [[HOST, polls], [WIRE, text]], { ...more, odd: goal === '' })];
}

/** Whether the last thing that the host did before an act was a single read of the register. */
function readJustBefore({ recording }: Scene, index: number, name: string): boolean {
  const { actor } = recording.acts[index];
  for (let i = index - 1; i >= 0; i--) {
    const { step, events } = recording.acts[i];
    if (recording.acts[i].actor !== actor || step === null) continue;
    if (recording.ops.def(step.op).kind === 'poll') continue; // an earlier sample of the same poll
    return events.some((event) => nameOf(recording, event) === name);
  }
  return false;
}
