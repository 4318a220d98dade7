import type { Decision } from '../sim/index.ts';
import { traitOf } from './cause.ts';
import type { Attempt, ShrunkRun } from './passes.ts';

/** A cause by its traits, each once, sorted: what its decisions have in common with those of another moment. */
export type Traits = readonly string[];

type Steps = Generator<Attempt, void, boolean>;

/** Whether the schedule has all traits of one of these causes. */
export function explains(causes: readonly Traits[] | undefined, decisions: readonly Decision[]): boolean {
  if (causes === undefined || causes.length === 0) return false;
  if (causes.some((cause) => cause.length === 0)) return true; // the nominal run does it too: this comes often
  const traits = new Set(decisions.map(traitOf));
  return causes.some((cause) => cause.every((trait) => traits.has(trait)));
}

/** Whether these are the traits of one of the causes, and no more. */
export function isOneOf(causes: readonly Traits[], traits: Traits): boolean {
  return causes.some((cause) => cause.length === traits.length && cause.every((trait, i) => trait === traits[i]));
}

/**
 * Takes from the schedule one trait of each known cause that it has, as far as what is left breaks the rule: then
 * something else does. A frequent cause does not hide a rare one that way.
 */
export function* shedKnown(state: { readonly run: ShrunkRun }, known: readonly Traits[]): Steps {
  for (const cause of known) {
    if (!explains([cause], state.run.schedule.map(({ decision }) => decision))) continue;
    for (const trait of cause) {
      if (yield { schedule: state.run.schedule.filter(({ decision }) => traitOf(decision) !== trait), aligned: true }) break;
    }
  }
}

/** Leaves of the schedule what has a trait of one known cause. */
export function* keepKnown(state: { readonly run: ShrunkRun }, known: readonly Traits[]): Steps {
  for (const cause of known) {
    if (!explains([cause], state.run.schedule.map(({ decision }) => decision))) continue;
    const schedule = state.run.schedule.filter(({ decision }) => cause.includes(traitOf(decision)));
    if (schedule.length === state.run.schedule.length || (yield { schedule, aligned: true })) return;
  }
}
