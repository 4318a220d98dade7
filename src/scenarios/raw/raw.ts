import { KCS_RAW_VERSIONS, type KcsRawVersion } from '../../drivers/kcs-raw/index.ts';
import { driverScenario, driverVersions, type DriverScenario, type SystemDriver } from '../driver-scenario.ts';
import { DATA_RACE, type Scenario } from '../system.ts';
import { MCTP_PARAMETERS, PROTOCOLS, RAW_PARAMETERS } from './raw-parameters.ts';
import { RAW_ORACLES, RawSystem, type RawSystemOptions } from './raw-system.ts';

const KCS_RAW: SystemDriver<KcsRawVersion> = { id: 'kcs-raw', versions: KCS_RAW_VERSIONS, first: 'v2' };

/** The version that `kcs-raw@version` names. */
export function kcsRawVersion(driver: string): KcsRawVersion {
  return driverVersions('raw-kcs', driver, [KCS_RAW])[0];
}

/** What a scenario on the raw KCS device adds to what they have in common. */
interface RawKind extends Pick<DriverScenario<[KcsRawVersion]>, 'name' | 'text' | 'hosts' | 'daemons' | 'parameters'> {
  readonly protocols: RawSystemOptions['protocols'];
}

function rawScenario(driver: SystemDriver<KcsRawVersion>, { protocols, ...kind }: RawKind): Scenario {
  return driverScenario({
    ...kind,
    model: 1,
    bmcDrivers: [driver],
    parts: { hardware: 2, host: 1, daemon: 1 },
    oracles: [...RAW_ORACLES, DATA_RACE],
    system: (options, [version]) => new RawSystem({
      ...options, driverClass: version.driver, spins: version.spins, parameters: kind.parameters, protocols,
    }),
  });
}

/** The raw KCS device with the versions of one driver, and whatever runs on it. Wide: the hunt draws the rest. */
export function rawKcsScenario(driver: SystemDriver<KcsRawVersion>): Scenario {
  return rawScenario(driver, {
    name: 'raw-kcs',
    text: 'raw KCS: /dev/raw-kcs with MCTP over LPC, an echo of single bytes by several threads, or debug-trigger; the process can die',
    hosts: ['raw-host'],
    daemons: ['rawd'],
    parameters: RAW_PARAMETERS,
    protocols: PROTOCOLS,
  });
}

/** The raw KCS device. */
export const RAW_KCS: Scenario = rawKcsScenario(KCS_RAW);

/** MCTP over LPC on the raw KCS device. */
export const MCTP: Scenario = rawScenario({ ...KCS_RAW, first: 'fixed' }, {
  name: 'mctp',
  text: 'MCTP over LPC: libmctp\'s astlpc binding at both ends, its commands over raw KCS, its packets through a window of the LPC firmware space',
  hosts: ['libmctp@host'],
  daemons: ['mctpd'],
  parameters: MCTP_PARAMETERS,
  protocols: ['mctp'],
});
