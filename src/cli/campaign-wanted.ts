import type { HuntConfig } from '../campaign/index.ts';
import { UsageError, isOwnName, type Scenario } from '../scenarios/index.ts';
import { isOwn, isScript, sourceOfFinding } from './own.ts';
import { systemOf, type SystemFlags } from './options.ts';

/** What of the options of `hunt` says what is searched. */
export interface WantedFlags extends SystemFlags {
  readonly strategy: string;
  readonly seed: number;
  /** Names of the options that stand on the command line; the others have their defaults. */
  readonly given?: ReadonlySet<string>;
}

/** What the options ask for: a hunt for each scenario. */
export function wantedOf(names: readonly string[], flags: WantedFlags): readonly HuntConfig[] {
  const several = names.length > 1;
  if (several && isOwn(flags)) throw new UsageError('a driver of your own is for one scenario');
  if (several && (flags.host !== undefined || flags.daemon !== undefined)) throw new UsageError('--host and --daemon are for one scenario');
  return (several ? names : [names[0]]).map((name) => {
    const { scenario, options } = systemOf(name, several ? { ...flags, ...partOf(name, names, flags) } : flags);
    return {
      name: scenario.name, scenario: scenario.name, driver: options.driver ?? scenario.defaultDriver,
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(options.daemon === undefined ? {} : { daemon: options.daemon }),
      settings: options.settings,
      ...(options.oracles === undefined ? {} : { oracles: options.oracles }),
      model: scenario.models(options), strategy: flags.strategy, seed: flags.seed, limit: {},
    };
  });
}

/** Of drivers, settings and oracles those that the scenario knows; each must be known to one of them. */
function partOf(name: string, names: readonly string[], { driver, set, oracle }: WantedFlags): Pick<SystemFlags, 'driver' | 'set' | 'oracle'> {
  const all = names.map((other) => systemOf(other, {}).scenario);
  const own = all[names.indexOf(name)];
  const mine = <T>(given: readonly T[] | undefined, what: string, knows: (scenario: Scenario, one: T) => boolean): readonly T[] | undefined => {
    const unknown = given?.find((one) => !all.some((scenario) => knows(scenario, one)));
    if (unknown !== undefined) throw new UsageError(`${what} ${String(unknown)}: none of ${names.join(', ')} knows it`);
    const known = given?.filter((one) => knows(own, one));
    return known?.length === 0 ? undefined : known;
  };
  const drivers = mine(driver, '--driver', (scenario, one) => one.split(',').every((part) => scenario.drivers.some((known) => idOf(known) === idOf(part))));
  const settings = mine(set, '--set', ({ parameters }, one) => parameters.some((parameter) => parameter.name === one.split('=')[0]));
  const oracles = mine(oracle?.split(','), '--oracle', (scenario, one) => scenario.oracles.includes(one.trim()));
  if (oracle !== undefined && oracles === undefined) throw new UsageError(`--oracle ${oracle}: scenario ${name} has none of them`);
  return {
    ...(drivers === undefined ? { driver: undefined } : { driver: drivers }),
    ...(settings === undefined ? { set: undefined } : { set: settings }),
    ...(oracles === undefined ? {} : { oracle: oracles.join(',') }),
  } as Pick<SystemFlags, 'driver' | 'set' | 'oracle'>;
}

/**
 * What the options ask for beside the hunts of a campaign, `file`, when no scenario is named: the same with another driver, seed and
 * so on, and all that is not said is as it is in the campaign. Empty: nothing. Throws UsageError where it is not the same in all hunts.
 */
export function wantedBeside(hunts: readonly HuntConfig[], flags: WantedFlags, file: string): readonly HuntConfig[] {
  const { driver, host, daemon, set, oracle, given } = flags;
  const brings = isOwn(flags);
  const ours = driver?.filter((name) => !isScript(name)).flatMap((names) => names.split(',')) ?? [];
  const asks = ours.length > 0 || [host, daemon, set, oracle].some((value) => value !== undefined) || given?.has('seed') === true || given?.has('strategy') === true;
  // A driver of one's own is brought along whenever a campaign of it goes on.
  if (!asks && (!brings || hunts.some((hunt) => isOwnName(hunt.driver)))) return [];
  const common = <T>(what: string, say: string, of: (hunt: HuntConfig) => T): T => {
    const [first, ...others] = new Map(hunts.map((hunt) => [JSON.stringify(of(hunt)), of(hunt)])).values();
    if (others.length > 0) throw new UsageError(`${file}: its hunts are not of one ${what}: say which is meant, by ${say}`);
    return first;
  };
  const scenario = common('scenario', 'its name', (hunt) => hunt.scenario);
  const named = new Set(ours.map(idOf));
  const rest = brings ? '' : common('driver', '--driver', (hunt) => hunt.driver.split(',').filter((part) => !named.has(idOf(part))).join(','));
  if (isOwnName(rest)) sourceOfFinding(scenario, rest, {});
  const hosts = host ?? common('host', '--host', (hunt) => hunt.host);
  const daemons = daemon ?? common('daemon', '--daemon', (hunt) => hunt.daemon);
  const oracles = oracle ?? common('choice of oracles', '--oracle', (hunt) => hunt.oracles)?.join(',');
  const settings = Object.entries(common('choice of parameters', 'another campaign', (hunt) => hunt.settings)).map(([name, value]) => `${name}=${value}`);
  const { host: _1, daemon: _2, oracle: _3, ...others } = flags;
  return wantedOf([scenario], {
    ...others,
    driver: [...driver ?? [], ...(rest === '' ? [] : [rest])], set: [...settings, ...set ?? []],
    ...(hosts === undefined ? {} : { host: hosts }), ...(daemons === undefined ? {} : { daemon: daemons }), ...(oracles === undefined ? {} : { oracle: oracles }),
    strategy: given?.has('strategy') === true ? flags.strategy : common('strategy', '--strategy', ({ strategy }) => strategy),
    seed: given?.has('seed') === true ? flags.seed : common('seed', '--seed', ({ seed }) => seed),
  });
}

/** `kcs-bmc` of `kcs-bmc@v2`. */
function idOf(driver: string): string {
  return driver.split('@')[0];
}
