import { Values } from './settings.ts';
import { DATA_RACE, UsageError, oneOf, type BuildOptions, type Scenario, type System } from './system.ts';

/** What a scenario must know of a version of a driver. */
export interface DriverVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
}

/** A driver of a system, and its versions, which take each other's place in it. */
export interface SystemDriver<V extends DriverVersion> {
  readonly id: string;
  readonly versions: readonly V[];
  /** The version with which a hunt begins. */
  readonly first: string;
  /** The version with which the system's other drivers are hunted, where only those are named; default: `first`. */
  readonly other?: string;
}

/** The drivers of a system which has a version `V[i]` of the i-th. */
export type SystemDrivers<V extends readonly DriverVersion[]> = { readonly [I in keyof V]: SystemDriver<V[I]> };

/** A system around the BMC's drivers, one or several: what is its own. */
export interface DriverScenario<V extends readonly DriverVersion[]>
  extends Pick<Scenario, 'name' | 'text' | 'model' | 'hosts' | 'daemons' | 'oracles' | 'parameters'> {
  readonly bmcDrivers: SystemDrivers<V>;
  /** Raised by hand when choice points or nominal timing of the hardware and the kernel, the hosts or the daemons change. */
  readonly parts: { readonly hardware: number; readonly host: number; readonly daemon: number };
  /** The model of the host's driver, by its name in full, if it is hunted in as well. Throws UsageError on a host that there is not. */
  hostModel?(host: string | undefined): Readonly<Record<string, number>>;
  /** Builds it; names and settings are known to be right. */
  system(options: BuildOptions, versions: V): System;
}

/** The scenario in which the versions of each driver take each other's place. */
export function driverScenario<V extends readonly DriverVersion[]>({ bmcDrivers, parts, hostModel, system, ...shown }: DriverScenario<V>): Scenario {
  const defaultDriver = bmcDrivers.map(({ id, first }) => `${id}@${first}`).join(',');
  const chosen = (names = defaultDriver): V => driverVersions(shown.name, names, bmcDrivers);
  const fullNames = (versions: V): readonly string[] => versions.map(({ version }, i) => `${bmcDrivers[i].id}@${version}`);
  return {
    ...shown,
    defaultDriver,
    drivers: bmcDrivers.flatMap(({ id, versions }) => versions.map(({ version }) => `${id}@${version}`)),

    wholeDriver: (names) => fullNames(chosen(names)).join(','),

    build(options: BuildOptions): System {
      this.models(options);
      const observed = options.observed === true || options.oracles?.includes(DATA_RACE) === true;
      return system({ ...options, observed }, chosen(options.driver));
    },

    models(options: BuildOptions): Readonly<Record<string, number>> {
      const versions = chosen(options.driver);
      if (hostModel === undefined) oneOf('host', options.host, this.hosts);
      oneOf('daemon', options.daemon, this.daemons);
      for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
      new Values(this.parameters, options.settings);
      return {
        ...Object.fromEntries(fullNames(versions).map((name, i) => [`driver ${name}`, versions[i].model])),
        hardware: parts.hardware,
        ...hostModel?.(options.host),
        host: parts.host,
        daemon: parts.daemon,
        [`scenario ${this.name}`]: this.model,
      };
    },
  };
}

/**
 * The versions, one of each driver, that `id@version` names, or several such names with a comma between.
 * Throws UsageError on what the scenario does not know, or is told twice.
 */
export function driverVersions<V extends readonly DriverVersion[]>(scenario: string, names: string, drivers: SystemDrivers<V>): V {
  const ids = drivers.map(({ id }) => id);
  const named = ids.length === 1 ? new Map([[ids[0], names]]) : splitDrivers(scenario, names, ids);
  const versions = drivers.map(({ id, versions: known, first, other = first }) => versionOf(scenario, named.get(id) ?? `${id}@${other}`, id, known));
  return versions as readonly DriverVersion[] as V; // map() keeps their order
}

/** Takes `a@1,b@2` apart: by driver id, the whole name. */
function splitDrivers(scenario: string, drivers: string, ids: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const driver of drivers.split(',')) {
    const [id] = driver.split('@');
    if (!ids.includes(id)) throw new UsageError(`unknown driver "${driver}": scenario ${scenario} knows ${ids.join(', ')}`);
    if (named.has(id)) throw new UsageError(`driver ${id} is given twice: ${named.get(id)} and ${driver}`);
    named.set(id, driver);
  }
  return named;
}

/** The version that `id@version` names. */
function versionOf<V extends DriverVersion>(scenario: string, driver: string, id: string, versions: readonly V[]): V {
  const [given, version, ...rest] = driver.split('@');
  const names = versions.map((v) => `${id}@${v.version}`).join(', ');
  if (given !== id || rest.length > 0) throw new UsageError(`unknown driver "${driver}": scenario ${scenario} knows ${names}`);
  const found = versions.find((v) => v.version === version);
  if (found === undefined) throw new UsageError(`unknown version "${driver}": there are ${names}`);
  return found;
}
