import { compareMeasures, measure, type Finding } from '../../src/explore/index.ts';
import type { Bug } from './bug.ts';
import type { Drivers } from './drivers.ts';
import { BUGS, hasDecisions } from './slugs.ts';
import { follow, tell, type Told } from './story.ts';

/** The run of a finding, judged by its oracle alone; of the version itself, or of others in its place. */
export function tellFinding({ settings, oracle, decisions }: Pick<Finding, 'settings' | 'oracle' | 'decisions'>, drivers: Drivers): Told {
  return tell(drivers, { settings, oracles: [oracle] }, decisions);
}

/** Whether a finding is of this kind, by what it says of itself. */
export function resembles(bug: Bug, { oracle, rule, decisions }: Pick<Finding, 'oracle' | 'rule' | 'decisions'>): boolean {
  return oracle === bug.oracle && rule === bug.rule && hasDecisions(bug, decisions);
}

/** Whether a finding is this bug: of its kind, and its run follows the story. */
export function isBug(bug: Bug, finding: Pick<Finding, 'oracle' | 'rule' | 'decisions' | 'settings'>, drivers: Drivers): boolean {
  return resembles(bug, finding) && follow(tellFinding(finding, drivers), bug.story).moments === bug.story.length;
}

/** The simplest of the findings that are this bug. */
export function simplest(bug: Bug, findings: readonly Finding[], drivers: Drivers): Finding | undefined {
  const sorted = findings.filter((finding) => resembles(bug, finding))
    .sort((a, b) => compareMeasures(measure(a.decisions), measure(b.decisions)));
  return sorted.find((finding) => isBug(bug, finding, drivers));
}

/** The bug of that name. */
export function bugOf(slug: string): Bug {
  const bug = BUGS.find((b) => b.slug === slug);
  if (bug === undefined) throw new Error(`no bug ${slug} in test/bugs/slugs.ts`);
  return bug;
}
