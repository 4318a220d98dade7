import {
  Hunter, NondeterminismError, Shrinker, buildOptionsOf, checkDeterminism, formatNondeterminism, makeFinding, replay, type Finding, type RunHashes, type Subject,
} from '../explore/index.ts';
import { UsageError, isOwnName, type Scenario, type System } from '../scenarios/index.ts';
import { NOMINAL } from '../sim/index.ts';

/** A model of which a finding speaks, and which is another now; null: there is none of that name. */
export interface ModelChange {
  readonly name: string;
  readonly was: number | null;
  readonly is: number | null;
}

/** `model "host" is 3 in the finding, but 4 in this version of inband`. */
export function changeText({ name, was, is }: ModelChange): string {
  return `model "${name}" is ${was ?? 'absent'} in the finding, but ${is ?? 'absent'} in this version of inband`;
}

/** Whether it is only a driver of the user's own that has changed: it changes all the time, and its findings are run all the same. */
export function isOwnChange({ name, is }: ModelChange): boolean {
  return is !== null && isOwnName(name.replace(/^driver /, ''));
}

/**
 * What became of a finding: it reproduces, step by step or by another run; it does not; or it is stale: a model has changed
 * since, other than a driver of the user's own, and its schedule would mean something else.
 */
export type Verdict = 'reproduces' | 'differs' | 'gone' | 'stale';

export interface Verified {
  readonly verdict: Verdict;
  /** What is broken now; null: nothing. */
  readonly message: string | null;
  readonly changes: readonly ModelChange[];
}

/** In which models `finding` is not of today. Throws UsageError if its system cannot be built any more. */
export function modelChanges(finding: Pick<Finding, 'model'>, now: Readonly<Record<string, number>>): readonly ModelChange[] {
  const [then, today] = [new Map(Object.entries(finding.model)), new Map(Object.entries(now))];
  return [...new Set([...then.keys(), ...today.keys()])].filter((name) => then.get(name) !== today.get(name))
    .map((name) => ({ name, was: then.get(name) ?? null, is: today.get(name) ?? null }));
}

/** Throws UsageError if no oracle of that name judges the run: the finding's race could never show, and would be taken for mended. */
export function checkOracle({ oracle, oracles: judges }: Pick<Finding, 'oracle' | 'oracles'>, { name, oracles }: Pick<Scenario, 'name' | 'oracles'>): void {
  if (!oracles.includes(oracle)) throw new UsageError(`oracle: scenario ${name} has no "${oracle}": there are ${oracles.join(', ')}`);
  if (judges?.includes(oracle) === false) throw new UsageError(`oracle: "${oracle}" is not among its oracles, ${judges.join(', ') || 'of which there are none'}`);
}

/** Runs a finding again. Throws NondeterminismError if two runs of it are not the same, UsageError if its system or its oracle is not there. */
export function verify(finding: Finding, scenario: Scenario): Verified {
  checkOracle(finding, scenario);
  const options = buildOptionsOf(finding);
  const changes = modelChanges(finding, scenario.models(options));
  if (!changes.every(isOwnChange)) return { verdict: 'stale', message: null, changes };
  const system = scenario.build(options);
  const { reproduces, violation, same } = replay(system, finding);
  const difference = checkDeterminism(system, finding);
  if (difference !== null) throw new NondeterminismError(formatNondeterminism(difference));
  return { verdict: !reproduces ? 'gone' : same ? 'reproduces' : 'differs', message: violation?.message ?? null, changes };
}

/** A stale finding, found again. */
export interface Refound {
  readonly finding: Finding;
  /** Its own schedule still broke the rule, or the search had to be made again. */
  readonly by: 'schedule' | 'seed';
  readonly executions: number;
}

/** Executions in which the search may find again what it once found in the n-th; a finding from elsewhere may say any number. */
function budgetFor({ execution }: Finding): number {
  return Math.min(Math.max(2000, 4 * (execution + 1)), MOST_REFINDING);
}

const MOST_REFINDING = 1_000_000;

/** Executions of one advance, so that the caller can breathe. */
const PORTION = 64;

/**
 * Looks for a finding in the models of today: first with its own schedule, then with its strategy from its seed. Yields now
 * and then, so that signals are heard; returns null if the rule is not broken any more as far as it looked.
 */
export function* refind(finding: Finding, scenario: Scenario): Generator<void, Refound | null> {
  const build = buildOptionsOf(finding);
  const system = scenario.build(build);
  const subject: Subject = { scenario: finding.scenario, build, model: scenario.models(build) };
  const by = yield* fromSchedule(finding, system, subject);
  if (by !== null) return by;
  const most = budgetFor(finding);
  const hunter = new Hunter(system, subject, { strategy: finding.strategy, seed: finding.seed, keepGoing: true, maxExecutions: most });
  const same = (other: Finding): boolean => other.oracle === finding.oracle && other.rule === finding.rule;
  const found = (): Finding | undefined => hunter.findings.find(({ id }) => id === finding.id);
  while (!hunter.done && found() === undefined) {
    hunter.advance(PORTION);
    yield;
  }
  const again = found() ?? hunter.findings.find(same);
  return again === undefined ? null : { finding: again, by: 'seed', executions: hunter.executions };
}

function* fromSchedule(finding: Finding, system: System, subject: Subject): Generator<void, Refound | null> {
  const nominal = system.execute(NOMINAL).hash;
  const shrinker = new Shrinker(system, finding.decisions, finding);
  while (!shrinker.done) {
    shrinker.advance(PORTION);
    yield;
  }
  if (!shrinker.reproduced || shrinker.violation === undefined) return null;
  const hashes: RunHashes = { nominal, run: shrinker.hash };
  return { finding: makeFinding(subject, finding, shrinker.violation, shrinker.decisions, hashes), by: 'schedule', executions: shrinker.executions };
}
