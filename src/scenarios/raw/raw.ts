import { KCS_RAW_VERSIONS, type KcsRawVersion } from '../../drivers/kcs-raw/index.ts';
import { Values } from '../settings.ts';
import { DATA_RACE, oneOf, versionOf, type BuildOptions, type Parameter, type Scenario, type System } from '../system.ts';
import { MCTP_PARAMETERS, PROTOCOLS, RAW_PARAMETERS } from './raw-parameters.ts';
import { RAW_ORACLES, RawSystem, type RawSystemOptions } from './raw-system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel, the hosts or the processes change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 1;

const DRIVER_ID = 'kcs-raw';

/** The version that `kcs-raw@version` names. */
export function kcsRawVersion(driver: string): KcsRawVersion {
  return versionOf('raw-kcs', driver, DRIVER_ID, KCS_RAW_VERSIONS);
}

/** What a scenario on the raw KCS device adds to what they have in common. */
interface RawKind {
  readonly name: string;
  readonly text: string;
  /** The driver, its versions, and the one with which a hunt begins. */
  readonly id: string;
  readonly versions: readonly KcsRawVersion[];
  readonly first: string;
  readonly hosts: readonly string[];
  readonly daemons: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly protocols: RawSystemOptions['protocols'];
}

function rawScenario({ name, text, id, versions, first, hosts, daemons, parameters, protocols }: RawKind): Scenario {
  const defaultDriver = `${id}@${first}`;
  const find = (driver: string): KcsRawVersion => versionOf(name, driver, id, versions);
  const models = (options: BuildOptions): Readonly<Record<string, number>> => {
    const version = find(options.driver ?? defaultDriver);
    oneOf('host', options.host, hosts);
    oneOf('daemon', options.daemon, daemons);
    for (const oracle of options.oracles ?? []) oneOf('oracle', oracle, [...RAW_ORACLES, DATA_RACE]);
    new Values(parameters, options.settings);
    return {
      [`driver ${id}@${version.version}`]: version.model,
      hardware: HARDWARE_MODEL,
      host: HOST_MODEL,
      daemon: DAEMON_MODEL,
      [`scenario ${name}`]: 1,
    };
  };
  return {
    name,
    text,
    model: 1,
    defaultDriver,
    drivers: versions.map((v) => `${id}@${v.version}`),
    hosts,
    daemons,
    oracles: [...RAW_ORACLES, DATA_RACE],
    parameters,
    wholeDriver: (driver) => `${id}@${find(driver).version}`,
    build(options): System {
      models(options);
      const { driver: driverClass, spins } = find(options.driver ?? defaultDriver);
      return new RawSystem({
        ...options, driverClass, spins, parameters, protocols, observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true,
      });
    },
    models,
  };
}

/** The raw KCS device with the versions of one driver, and whatever runs on it. Wide: the hunt draws the rest. */
export function rawKcsScenario(id: string, versions: readonly KcsRawVersion[], first: string): Scenario {
  return rawScenario({
    name: 'raw-kcs',
    text: 'raw KCS: /dev/raw-kcs with MCTP over LPC, an echo of single bytes by several threads, or debug-trigger; the process can die',
    id, versions, first,
    hosts: ['raw-host'],
    daemons: ['rawd'],
    parameters: RAW_PARAMETERS,
    protocols: PROTOCOLS,
  });
}

/** The raw KCS device. */
export const RAW_KCS: Scenario = rawKcsScenario(DRIVER_ID, KCS_RAW_VERSIONS, 'v2');

/** MCTP over LPC on the raw KCS device. */
export const MCTP: Scenario = rawScenario({
  name: 'mctp',
  text: 'MCTP over LPC: libmctp\'s astlpc binding at both ends, its commands over raw KCS, its packets through a window of the LPC firmware space',
  id: DRIVER_ID,
  versions: KCS_RAW_VERSIONS,
  first: 'fixed',
  hosts: ['libmctp@host'],
  daemons: ['mctpd'],
  parameters: MCTP_PARAMETERS,
  protocols: ['mctp'],
});
