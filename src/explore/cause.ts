import { hashText, hex32, type Decision, type Violation } from '../sim/index.ts';

/** Two findings with the same rule broken at the same place need not be looked at twice at once. */
export function signatureOf({ oracle, rule, site }: Violation): string {
  return `${oracle}\n${rule}\n${site}`;
}

/** The part of a label that does not count: occurrence numbers and other digits at its end. */
const TRAILING_NUMBER = /[\s#]*\d+$/;

/** What a decision contributes to a cause: who and where, whatever its size and moment. */
export function traitOf({ kind, actor, label }: Decision): string {
  return `${kind} ${actor} ${label.replace(TRAILING_NUMBER, '')}`;
}

/** The traits of a schedule, each once, sorted. */
export function traitsOf(decisions: readonly Decision[]): string[] {
  return [...new Set(decisions.map(traitOf))].sort();
}

/**
 * What two findings must share to be one: oracle, rule, and the traits of the decisions left after
 * shrinking. Not the site where the breach was noticed.
 */
export function causeOf(oracle: string, rule: string, decisions: readonly Decision[]): string {
  return [oracle, rule, ...traitsOf(decisions)].join('\n');
}

/** Longest readable part of a finding's name, characters. */
const MOST_NAME = 120;

/** Name of a finding, and of its file: the same cause in the same driver has the same. */
export function findingId(driver: string, oracle: string, rule: string, decisions: readonly Decision[]): string {
  const safe = `${oracle}-${driver}`.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, MOST_NAME).replaceAll(/^-|-$/g, '');
  const hash = hex32(hashText(causeOf(oracle, rule, decisions)));
  return safe === '' ? hash : `${safe}-${hash}`;
}
