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
  }).sort(byRule);
}

/** Causes that look like one bug, best first. */
export interface Suspect {
  /** Where contexts are held in all of them; empty: in none of them is anybody held. */
  readonly window: readonly string[];
  readonly causes: readonly Cause[];
}

/**
 * Groups causes that look like one bug: the same oracle, and everybody is held where the simplest of them needs it, with
 * more on top; where that needs nobody held, the same rule broken in the same way without holding anybody. A guess, and
 * meant for reading.
 */
export function suspects(causes: readonly Cause[]): readonly Suspect[] {
  const groups: { readonly window: readonly string[]; readonly causes: Cause[] }[] = [];
  for (const cause of [...causes].sort(simplerFirst)) {
    const window = windowOf(cause);
    const group = groups.find(({ window: needed, causes: [{ oracle, rule }] }) => cause.oracle === oracle
      && (needed.length === 0 ? window.length === 0 && cause.rule === rule : needed.every((stall) => window.includes(stall))));
    if (group === undefined) groups.push({ window, causes: [cause] });
    else group.causes.push(cause);
  }
  return groups.sort((a, b) => byRule(a.causes[0], b.causes[0]));
}

/** Stalls at the BMC, whose drivers they are that races are in; if there are none, those of others. */
function windowOf({ witnesses: [{ finding: { decisions } }] }: Cause): readonly string[] {
  const stalls = decisions.filter(({ kind }) => kind === 'stall');
  const bmc = stalls.filter(({ actor }) => actor.startsWith('bmc:'));
  return traitsOf(bmc.length > 0 ? bmc : stalls);
}

/** By name, and of one rule the simpler first. */
function byRule(a: Cause, b: Cause): number {
  return byName(a.oracle, b.oracle) || byName(a.rule, b.rule) || simplerFirst(a, b);
}

function simplerFirst({ witnesses: [a] }: Cause, { witnesses: [b] }: Cause): number {
  return better(a, b);
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
