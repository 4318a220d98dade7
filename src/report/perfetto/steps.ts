import { BLOCKED, type Ps } from '../../sim/index.ts';
import { siteText } from '../names.ts';
import { sideOf, type Recording, type StepEntry } from '../recording.ts';
import type { Slice, Track } from './events.ts';

/** The steps of a recording as slices. */
export interface StepSlices {
  /** Steps, sleeps and stalls. */
  readonly all: readonly Slice[];
  /** By act: the slice of its step. */
  readonly byAct: ReadonlyMap<number, Slice>;
}

/** Each step from its issue to its effect, how long its context then slept, and each stall. */
export function stepSlices(recording: Recording, trackOf: (actor: number) => Track): StepSlices {
  const { acts, holds, ops, time, underWay } = recording;
  const all: Slice[] = [];
  const byAct = new Map<number, Slice>();
  /** By context: since when it sleeps. */
  const asleep = new Map<number, Ps>();
  /** By context: samples of its poll that were in vain. */
  const vain = new Map<number, number[]>();
  const sleep = (actor: number, to: Ps): void => {
    const from = asleep.get(actor);
    asleep.delete(actor);
    if (from === undefined || to <= from) return;
    const stalled = holds.find((hold) => hold.actor === actor && hold.from >= from && hold.from < to);
    all.push({ track: trackOf(actor), name: 'sleeps', category: 'sleep', from, to: stalled?.from ?? to });
  };
  const sliceOf = ({ actor, issuedAt: from, op, value, step, poll }: StepEntry, to: Ps): Slice => ({
    track: trackOf(actor), name: siteText(ops.label(op)), category: ops.def(op).kind === 'poll' ? 'poll' : 'step', from, to,
    args: { step, what: ops.describe(op), ...(value === BLOCKED ? {} : { value }), ...(poll === undefined ? {} : { samples: poll.samples }) },
  });
  for (const [index, { step }] of acts.entries()) {
    if (step === null) continue;
    const { actor, issuedAt, at, value, op } = step;
    const polls = ops.def(op).kind === 'poll';
    const waiting = vain.get(actor) ?? [];
    if (polls && value === BLOCKED) {
      if (waiting.length === 0) sleep(actor, issuedAt);
      vain.set(actor, [...waiting, index]);
      continue;
    }
    vain.delete(actor);
    sleep(actor, issuedAt);
    const slice = sliceOf(step, at);
    all.push(slice);
    for (const act of [...waiting, index]) byAct.set(act, slice);
    // A handler that has returned does not sleep: it is not there.
    if (value === BLOCKED && sideOf(recording, actor) !== 'irq') asleep.set(actor, at);
  }
  for (const actor of asleep.keys()) sleep(actor, time);
  for (const [act, poll] of underWay) {
    const { step } = acts[act];
    if (step === null) continue;
    const slice = sliceOf({ ...step, poll }, time);
    all.push(slice);
    for (const sample of vain.get(step.actor) ?? []) byAct.set(sample, slice);
  }
  for (const { actor, step, from, to, label } of holds) {
    const end = to < 0 ? time : to;
    if (end > from) all.push({ track: trackOf(actor), name: `HELD before ${siteText(label)}`, category: 'held', from, to: end, args: { step } });
  }
  return { all, byAct };
}
