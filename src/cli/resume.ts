import { UsageError, parseSetting } from '../scenarios/index.ts';
import { driverNames, isOwn } from './own.ts';
import { oraclesOf, type SystemFlags } from './options.ts';
import type { Proof } from './proof-file.ts';
import { NUMBERED, type Bounds } from '../explore/index.ts';

/** What the command line says of a proof that is to go on. */
export interface ResumeFlags extends SystemFlags, Bounds {
  readonly messages?: number;
  readonly prune: boolean;
}

/**
 * Refuses what contradicts the proof in `file`, for it would go on as it was begun.
 *
 * @param given the options that are on the command line: all others have values, too
 */
export function checkResumed(file: string, { scenario, build, bounds, prune }: Proof, name: string | undefined, flags: ResumeFlags, given: ReadonlySet<string>): void {
  const differ = (what: string, asked: unknown, was: unknown): void => {
    throw new UsageError(`${file}: is a proof with ${what} ${String(was)}, not ${String(asked)}: it goes on as it was begun`);
  };
  if (name !== undefined && name !== scenario.name) differ('scenario', name, scenario.name);
  if (flags.driver !== undefined && !isOwn(flags)) {
    const asked = scenario.wholeDriver(driverNames(scenario, flags));
    if (asked !== build.driver) differ('--driver', asked, build.driver);
  }
  for (const key of ['host', 'daemon'] as const) {
    if (flags[key] !== undefined && flags[key] !== build[key]) differ(`--${key}`, flags[key], build[key] ?? 'of the scenario');
  }
  const asked = [...flags.set ?? [], ...(flags.messages === undefined ? [] : [`requests=${flags.messages}`])].map(parseSetting);
  for (const [parameter, value] of asked) {
    const was = Object.hasOwn(build.settings, parameter) ? build.settings[parameter] : 'as it is by default';
    if (was !== value) differ(`parameter ${parameter}`, value, was);
  }
  if (flags.oracle !== undefined) {
    const [oracles, were] = [oraclesOf(flags.oracle), build.oracles ?? ['all']].map((list) => [...list].sort().join(','));
    if (oracles !== were) differ('--oracle', oracles, were);
  }
  for (const axis of NUMBERED) if (given.has(axis) && flags[axis] !== bounds[axis]) differ(`--${axis}`, flags[axis], bounds[axis]);
  if (given.has('releases') && flags.releases.join(',') !== bounds.releases.join(',')) differ('--releases', flags.releases.join(','), bounds.releases.join(','));
  if (given.has('prune') && flags.prune !== prune) differ('pruning', flags.prune ? 'on' : 'off', prune ? 'on' : 'off');
}
