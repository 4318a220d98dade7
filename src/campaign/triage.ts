import { causeOf, compareMeasures, measure, traitsOf, type Finding } from '../explore/index.ts';

/** A finding and its file. */
export interface Witness {
  readonly finding: Finding;
  readonly file: string;
}

/** Findings that have one cause: oracle, rule, and who departs where; in whichever version of a driver. */
export interface Cause {
  readonly oracle: string;
  readonly rule: string;
  readonly traits: readonly string[];
  /** Best first. */
  readonly witnesses: readonly Witness[];
}

/** Groups findings by cause: those that need the least first. */
export function triage(found: readonly Witness[]): readonly Cause[] {
  const groups = new Map<string, Witness[]>();
  for (const witness of found) {
    const { oracle, rule, decisions } = witness.finding;
    const cause = causeOf(oracle, rule, decisions);
    groups.set(cause, [...groups.get(cause) ?? [], witness]);
  }
  return [...groups.values()].map((group) => {
    const witnesses = group.sort(better);
    const [{ finding: { oracle, rule, decisions } }] = witnesses;
    return { oracle, rule, traits: traitsOf(decisions), witnesses };
  }).sort((a, b) => byName(a.oracle, b.oracle) || byName(a.rule, b.rule) || better(a.witnesses[0], b.witnesses[0]));
}

/** The simpler schedule, then the plainer kernel, then the one that shows first. */
function better(a: Witness, b: Witness): number {
  return compareMeasures(measure(a.finding.decisions), measure(b.finding.decisions)) || kernelOf(a) - kernelOf(b)
    || a.finding.execution - b.finding.execution || byName(a.file, b.file);
}

function kernelOf({ finding: { kernel: { preempt, cpus } } }: Witness): number {
  return (preempt === 'none' ? 0 : 1) + cpus;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
