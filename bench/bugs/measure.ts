import { HUNT_STATE_VERSION, type Finding, type Hunter, type ShrinkTask } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import type { Bug } from '../../test/bugs/bug.ts';
import { buildOf, driversOf, scenarioOf } from '../../test/bugs/drivers.ts';
import { huntFor } from '../../test/bugs/hunt-for.ts';
import { isBug, resembles } from '../../test/bugs/known.ts';
import { BUGS } from '../../test/bugs/slugs.ts';

/** Executions after which a hunt gives up. */
export const CAP = 20_000;

/** How one hunt came upon one bug. */
export interface Found {
  /** The execution that first showed it, from 0. */
  readonly execution: number;
  /** Decisions of the schedule that was shrunk, and of what came of it. */
  readonly before: number;
  readonly after: number;
}

/** By slug; a bug that is not named was not found within {@link CAP} executions. */
export type Trial = Readonly<Record<string, Found>>;

/** The versions that have bugs, in the order of the list. */
export const VERSIONS: readonly string[] = [...new Set(BUGS.map(({ version }) => version))];

/** What the trials of a version are of, and would be otherwise of another one: its models, the hunt, the bugs that are looked for. */
export function subjectOf(version: string): string {
  const models = Object.entries(scenario(scenarioOf(version)).models(buildOf(version))).map(([name, number]) => `${name} ${number}`);
  const bugs = BUGS.filter((bug) => bug.version === version).map(({ slug }) => slug);
  return [`hunt ${HUNT_STATE_VERSION}`, ...models, ...bugs].join(', ');
}

/** Hunts for all bugs of a version at once, until the last is found. */
export function trial(version: string, strategy: string, seed: number, cap: number = CAP): { readonly found: Trial; readonly executions: number } {
  const known = scenario(scenarioOf(version));
  const options = buildOf(version);
  const missing = new Set(BUGS.filter((bug) => bug.version === version));
  const found: Record<string, Found> = {};
  const seen = new Set<string>();
  const look = (hunter: Hunter): boolean => {
    for (const finding of hunter.findings) {
      if (seen.has(finding.id)) continue;
      seen.add(finding.id);
      for (const bug of missing) {
        if (!is(bug, finding, version)) continue;
        found[bug.slug] = { execution: finding.execution, before: hunter.unshrunkOf(finding), after: finding.decisions.length };
        missing.delete(bug);
      }
    }
    return missing.size === 0;
  };
  const subject = { scenario: known.name, build: options, model: known.models(options) };
  const hunter = huntFor(known.build(options), subject, { strategy, seed, keepGoing: true, maxExecutions: cap }, (target) => isOfInterest(target, missing), look);
  return { found, executions: hunter.executions };
}

function isOfInterest({ oracle, rule }: ShrinkTask['target'], missing: ReadonlySet<Bug>): boolean {
  return [...missing].some((bug) => bug.oracle === oracle && bug.rule === rule);
}

function is(bug: Bug, finding: Finding, version: string): boolean {
  return resembles(bug, finding) && isBug(bug, finding, driversOf(version));
}
