import { hashText, hex32, type Decision, type Violation } from '../sim/index.ts';
import { releaseRank } from './measure.ts';

/** Two findings with the same rule broken at the same place need not be looked at twice at once. */
export function signatureOf({ oracle, rule, site }: Violation): string {
  return `${oracle}\n${rule}\n${site}`;
}

/** The part of a label that does not count: occurrence numbers and other digits at its end. */
const TRAILING_NUMBER = /[\s#]*\d+$/;

/** The number of a thread among its equals: `bmc:kcsd/2` does what `bmc:kcsd` does. */
const THREAD_NUMBER = /\/\d+$/;

/** Whether the answers to a question differ in kind, not in size: then its label ends with a question mark. */
export function differsInKind(label: string): boolean {
  return label.endsWith('?');
}

/** What a decision contributes to a cause: who and where, whatever its size and moment; of a kind, which. */
export function traitOf({ kind, actor, label, value }: Decision): string {
  const what = differsInKind(label) ? `${label} ${value}` : label.replace(TRAILING_NUMBER, '');
  return `${kind} ${actor.replace(THREAD_NUMBER, '')} ${what}`;
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

/**
 * Whether `one` does what `other` does, at another moment: it gives the same answer, for answers differ in kind; or it
 * is a stall at the same site, of which the end is no simpler.
 */
function doesAs(one: Decision, other: Decision): boolean {
  return traitOf(one) === traitOf(other) && (one.kind === 'stall' ? releaseRank(one) >= releaseRank(other) : one.value === other.value);
}

/**
 * Whether every departure of `smaller` is in `larger`, too, at whatever moment: what breaks the same rule by itself is
 * then brought about later, or by a longer way. Nominal timing, which has none, is in nothing.
 */
export function isWithin(smaller: readonly Decision[], larger: readonly Decision[]): boolean {
  if (smaller.length === 0 || smaller.length >= larger.length) return false;
  const left = [...larger];
  for (const decision of smaller) {
    const at = left.findIndex((other) => doesAs(other, decision));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

/** Longest readable part of a finding's name, characters. */
const MOST_NAME = 120;

/** Name of a finding, and of its file: the same cause in the same driver has the same. */
export function findingId(driver: string, oracle: string, rule: string, decisions: readonly Decision[]): string {
  const safe = `${oracle}-${driver}`.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, MOST_NAME).replaceAll(/^-|-$/g, '');
  const hash = hex32(hashText(causeOf(oracle, rule, decisions)));
  return safe === '' ? hash : `${safe}-${hash}`;
}
