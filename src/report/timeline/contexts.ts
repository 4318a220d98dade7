import { BLOCKED, type Ps } from '../../sim/index.ts';
import type { Call } from '../calls.ts';
import { releaseText } from '../decisions.ts';
import { siteText, span } from '../names.ts';
import { sideOf, type Recording } from '../recording.ts';
import type { HandlerRun } from '../runs.ts';
import type { TimelineBuilder, Handle } from './builder.ts';
import type { Group } from './document.ts';

/** The lane of a context; undefined: nobody's. */
export function contextLane(builder: TimelineBuilder, recording: Recording, actor: number): number | undefined {
  const name = recording.contexts[actor];
  if (name === undefined) return undefined;
  const side = sideOf(recording, actor);
  const group: Group = side === 'host' ? 'host' : side === 'irq' ? 'interrupt' : 'tasks';
  return builder.lane(group, name.replace(/^bmc:/, ''));
}

/**
 * What each context did: its steps, the calls and passes in which it took them, its sleep, and the stalls. Returns
 * the items of the steps, by act; -1: an act without a step.
 */
export function addContexts(
  builder: TimelineBuilder, recording: Recording, calls: readonly Call[], runs: readonly HandlerRun[],
): readonly Handle[] {
  const { acts, ops, time } = recording;
  const handles: Handle[] = [];
  /** By context: since when it sleeps, and in what. */
  const asleep = new Map<number, { readonly from: Ps; readonly text: string }>();
  const wake = (actor: number, to: Ps): void => {
    const sleep = asleep.get(actor);
    const lane = contextLane(builder, recording, actor);
    if (sleep === undefined || lane === undefined) return;
    asleep.delete(actor);
    builder.add(lane, 'wait', sleep.from, Math.max(sleep.from, to), sleep.text.startsWith('sleep') ? sleep.text.replace(/^sleep/, 'sleeps') : `sleeps in ${sleep.text}`);
  };
  for (const call of calls) {
    const lane = contextLane(builder, recording, call.actor);
    if (lane !== undefined) builder.add(lane, 'call', call.from, call.to < 0 ? time : call.to, `${call.name}()${resultText(call)}`);
  }
  for (const run of runs) addPass(builder, recording, run);
  for (const { at, actor, step } of acts) {
    const lane = contextLane(builder, recording, actor);
    if (step === null || lane === undefined) {
      handles.push(-1);
      continue;
    }
    const label = ops.label(step.op);
    wake(actor, step.issuedAt);
    // A poll has begun with its first look: it lasts until it has seen what it waits for.
    handles.push(builder.add(lane, 'step', Math.min(step.issuedAt, at), at, ops.describe(step.op), { note: noteOf(step.value, step.poll?.samples) }));
    // A handler that has returned does not sleep: it is not there.
    if (step.value === BLOCKED && sideOf(recording, actor) !== 'irq') asleep.set(actor, { from: at, text: siteText(label) });
  }
  for (const actor of Array.from(asleep.keys())) wake(actor, time);
  addHolds(builder, recording);
  return handles;
}

function noteOf(value: number, samples: number | undefined): string {
  if (value === BLOCKED) return 'goes to sleep';
  const seen = samples === undefined || samples < 2 ? '' : `, after ${samples} looks`;
  return value === 0 && seen === '' ? '' : `gives ${value < 0 ? value : `${value.toString(16).toUpperCase().padStart(2, '0')}h`}${seen}`;
}

function resultText({ result, outcome }: Call): string {
  if (result !== undefined) return ` = ${result}`;
  return outcome === 'failed' ? ' fails' : '';
}

function addPass(builder: TimelineBuilder, recording: Recording, run: HandlerRun): void {
  const lane = contextLane(builder, recording, run.actor);
  const last = run.acts[run.acts.length - 1];
  if (lane === undefined || last === undefined) return;
  const source = run.source < 0 ? 'spurious interrupt' : `interrupt source ${run.source}`;
  const pending = run.raised >= 0 && run.entered > run.raised ? `pending for ${span(run.entered - run.raised)}` : '';
  builder.add(lane, 'pass', run.entered, Math.max(run.entered, recording.acts[last].at), `${source}${run.handled === false ? ': IRQ_NONE' : ''}`, { note: pending });
}

function addHolds(builder: TimelineBuilder, recording: Recording): void {
  for (const { actor, from, to, label, decision, standing } of recording.holds) {
    const lane = contextLane(builder, recording, actor);
    if (lane === undefined) continue;
    const until = releaseText(recording.decisions[decision].decision.value, recording);
    const end = to < 0 ? recording.time : to;
    const note = standing === '' ? '' : standing === 'interrupts off' ? 'interrupts are off' : `it ${standing === 'keeps the CPU' ? standing : `is ${standing}`}`;
    builder.add(lane, 'held', from, Math.max(from, end), `HELD before ${siteText(label)} for ${span(end - from)}, ${until}`, { note });
  }
}
