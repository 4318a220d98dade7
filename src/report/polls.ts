import { hex } from './names.ts';
import type { Act, TraceEntry } from './recording.ts';
import { HOST, WIRE, cells, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** A status register that the host polls. */
export interface Polled {
  /** `STATUS`. */
  readonly name: string;
  /** What of it a poll waited for: `IBF=0`; empty if it gave up. */
  goal(mask: number, last: number, value: number): string;
}

/** A read of the register, `text` being what it says: the last sample of a poll, or one by itself. */
export function pollRows(scene: Scene, index: number, { a, at }: TraceEntry, register: Polled, text: string): Row[] {
  const { step } = scene.recording.acts[index];
  const place = scene.conversation.places[index];
  const more = place === undefined ? {} : { place };
  if (step?.poll === undefined) {
    if (step?.sampled !== undefined) { // in vain: only the last sample of a poll is shown
      const over = scene.recording.acts.some((act, i) => i > index && act.actor === step.actor && act.step !== null);
      return over ? [] : [cells(at, [[HOST, `polls ${register.name} ${step.sampled}x, and goes on`], [WIRE, text]], more)];
    }
    return [cells(at, [[HOST, `reads ${register.name}`], [WIRE, text]], { ...more, minor: true })];
  }
  const { mask, last, samples } = step.poll;
  const goal = register.goal(mask, last, a);
  const polls = `polls ${register.name} ${samples}x ${goal === '' ? 'in vain' : `until ${goal}`}`;
  return [cells(at, [[HOST, polls], [WIRE, text]], { ...more, odd: goal === '' })];
}

/** An access that nobody answers: of a poll it is the last sample. */
export function abortRow({ at, step }: Act, { a, b }: TraceEntry): Row {
  const reads = step?.poll === undefined ? `reads port ${hex(a, 3)}` : `polls port ${hex(a, 3)} ${step.poll.samples}x`;
  return cells(at, [[HOST, b < 0 ? reads : `writes ${hex(b)}`], [WIRE, 'nobody answers: FFh']]);
}

/** Drops rows; a single read of the register that goes is counted with the poll that goes on from it. */
export function withoutRows(rows: readonly Row[], dropped: ReadonlySet<Row>, register: string): Row[] {
  const out: Row[] = [];
  let read = false;
  for (const row of rows) {
    const host = row.cells[HOST];
    if (!dropped.has(row)) out.push(read && host.startsWith(`polls ${register} `) ? { ...row, cells: row.cells.with(HOST, host.replace(/\d+(?=x )/, (n) => `${Number(n) + 1}`)) } : row);
    if (host !== '') read = dropped.has(row) && host === `reads ${register}`;
  }
  return out;
}
