import { BLOCKED, type Wire, type WireLevel } from '../../sim/index.ts';
import { siteText } from '../names.ts';
import { sideOf, type Recording } from '../recording.ts';
import type { Signals } from '../signals/signals.ts';

/**
 * What each context does, as text: the step in flight, `sleeps`, `HELD before ...`, or nothing while it is between two
 * steps or off its CPU; and the phase of the BMC's driver.
 */
export function contexts(recording: Recording): Signals {
  const { acts, phases, holds, violations, ops } = recording;
  const used = new Set<number>();
  const levels: WireLevel[] = [];
  /** Of a poll: its ordinal, so that only the first of its samples begins it. */
  const flying = new Map<number, number>();
  const wireOf = (actor: number): string => `contexts.${recording.contexts[actor].replaceAll(':', '_')}`;
  for (const { step } of acts) {
    if (step === null) continue;
    const { actor, issuedAt, at, value } = step;
    used.add(actor);
    if (flying.get(actor) !== step.step) levels.push({ at: issuedAt, wire: wireOf(actor), value: siteText(ops.label(step.op)) });
    flying.set(actor, step.step);
    const polls = ops.def(step.op).kind === 'poll';
    if (value === BLOCKED && polls) continue;
    // A handler that has returned does not sleep: it is not there.
    levels.push({ at, wire: wireOf(actor), value: value === BLOCKED && sideOf(recording, actor) !== 'irq' ? 'sleeps' : '' });
  }
  for (const { actor, from, to, label } of holds) {
    used.add(actor);
    if (to === from) continue;
    levels.push({ at: from, wire: wireOf(actor), value: `HELD before ${siteText(label)}` });
  }
  const wires = [...used].sort((one, other) => one - other).map((actor): Wire => ({ name: wireOf(actor), width: 0, idle: '' }));
  if (phases.size > 0) {
    wires.push({ name: 'bmc.driver_phase', width: 0, idle: '' });
    for (const [act, phase] of phases) levels.push({ at: acts[act].at, wire: 'bmc.driver_phase', value: phase });
  }
  wires.push({ name: 'oracle.broken_rule', width: 0, idle: '' });
  for (const { oracle, rule, at } of violations) levels.push({ at, wire: 'oracle.broken_rule', value: `${oracle}/${rule}` });
  return { wires, levels };
}
