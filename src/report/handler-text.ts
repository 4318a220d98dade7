import type { Ps } from '../sim/index.ts';
import { siteOf, span } from './names.ts';
import { nameOf, type Recording } from './recording.ts';
import { LINE, cell, type Row } from './rows.ts';
import { pendingFor, type HandlerRun } from './runs.ts';
import type { Scene } from './scene.ts';

/** A pass of the handler in words: `kcs_bmc_ipmi_handle_data, phase:=WRITE_DATA, wake_up`. `taking`: the event that it is about. */
export function handlerText(recording: Recording, run: HandlerRun, taking: string, phaseText: (phase: string) => string): string {
  const frame = frameOf(recording, run, taking);
  let text = frame === '' ? 'interrupt handler' : frame;
  if (run.phase !== '') text += `, ${phaseText(run.phase)}`;
  if (run.woke) text += ', wake_up';
  if (run.handled === false) text += ': IRQ_NONE';
  if (pendingFor(run) > 0) text += ` (after ${span(pendingFor(run))} pending)`;
  return text;
}

/** `IRQ_NONE`, `the interrupt was 30 us pending` where more than `usual`, ps, is late. */
export function remarksOf(run: HandlerRun, usual: Ps): readonly string[] {
  const late = pendingFor(run, usual);
  return [...(run.handled === false ? ['IRQ_NONE'] : []), ...(late > 0 ? [`the interrupt was ${span(late)} pending`] : [])];
}

/** The innermost function in which the event `taking` is, or the last that issued a step. */
function frameOf({ acts, ops, kinds }: Recording, run: HandlerRun, taking: string): string {
  let last = '';
  for (const index of run.acts.slice(1)) {
    const { step, events } = acts[index];
    const { frame } = siteOf(step === null ? '' : ops.label(step.op));
    if (frame !== '') last = frame;
    if (events.some(({ code }) => kinds[code].name === taking)) return frame;
  }
  return last;
}

/** Whether the rule is broken in this pass. */
export function isBrokenIn({ recording, violation }: Scene, { acts }: HandlerRun): boolean {
  return violation !== undefined && violation.at >= recording.acts[acts[0]].at && violation.at <= recording.acts[acts[acts.length - 1]].at;
}

/** The host samples SerIRQ. */
export function serirqRows({ recording, conversation }: Scene, index: number): Row[] {
  const { at, events: [event] } = recording.acts[index];
  if (event === undefined || nameOf(recording, event) !== 'serirq.sample') return [];
  const place = conversation.places[index];
  return [cell(at, LINE, `IRQ${event.a} ${event.b === 0 ? 'low' : 'high'}`, { minor: true, ...(place === undefined ? {} : { place }) })];
}
