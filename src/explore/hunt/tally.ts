import type { Violation } from '../../sim/index.ts';
import { isMilestone, passesMilestone } from './milestone.ts';

/** What is known of one signature: occurrences that a known cause explains, and those that none does. */
export interface Tally {
  readonly explained: number;
  readonly unexplained: number;
}

export const NONE: Tally = { explained: 0, unexplained: 0 };

export type Class = keyof Tally;

/**
 * Which occurrences are looked at whatever looking has cost: the 1st, 2nd, 4th, 8th, ... of what a known cause explains, in
 * case it is another one after all; and of what none explains also those half-way between.
 */
const BITS: Readonly<Record<Class, number>> = { explained: 1, unexplained: 2 };
/** A slice proposes more: it knows neither what has come to be explained since its epoch began, nor what there is time for. */
const PROPOSED = 6;

export function isProposed(count: number): boolean {
  return isMilestone(count, PROPOSED);
}

/** Whether one is to be looked at after `before`, up to `count`. */
export function wasDue(before: number, count: number, of: Class): boolean {
  return passesMilestone(before, count, BITS[of]);
}

/** Name of a rule: what breaks different rules has nothing to do with one another. */
export function ruleName({ oracle, rule }: Pick<Violation, 'oracle' | 'rule'>): string {
  return `${oracle}\n${rule}`;
}
