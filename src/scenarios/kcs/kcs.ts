import { KCS_BMC_VERSIONS, type KcsBmcVersion } from '../../drivers/kcs-bmc/index.ts';
import { KCS_PARAMETERS } from './kcs-parameters.ts';
import { KCS_ORACLES, KcsSystem } from './kcs-system.ts';
import { Values } from '../settings.ts';
import { DATA_RACE, oneOf, versionOf, type BuildOptions, type Scenario, type System } from '../system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel or the hosts change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 1;

const DRIVER_ID = 'kcs-bmc';
const HOSTS = ['ipmi_si@6.1'] as const;
const DAEMONS = ['kcsd', 'kcsbridged'] as const;

/** The version that `kcs-bmc@version` names. */
export function kcsBmcVersion(driver: string): KcsBmcVersion {
  return versionOf('kcs', driver, DRIVER_ID, KCS_BMC_VERSIONS);
}

/** The KCS interface with the versions of one driver: host, LPC, AST2500, driver, a daemon. Wide: the hunt draws the rest. */
export function kcsScenario(id: string, versions: readonly KcsBmcVersion[], defaultVersion: string): Scenario {
  const find = (driver: string): KcsBmcVersion => versionOf('kcs', driver, id, versions);
  return {
    name: 'kcs',
    text: 'KCS over LPC: a Linux host (polite or careless), the AST2500, a KCS driver and a daemon that can crash',
    model: 1,
    defaultDriver: `${id}@${defaultVersion}`,
    drivers: versions.map((v) => `${id}@${v.version}`),
    hosts: HOSTS,
    daemons: DAEMONS,
    oracles: [...KCS_ORACLES, DATA_RACE],
    parameters: KCS_PARAMETERS,

    wholeDriver(driver: string): string {
      return `${id}@${find(driver).version}`;
    },

    build(options: BuildOptions): System {
      this.models(options);
      return new KcsSystem({
        ...options,
        driverClass: find(options.driver ?? this.defaultDriver).driver,
        observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true,
      });
    },

    models(options: BuildOptions): Readonly<Record<string, number>> {
      const version = find(options.driver ?? this.defaultDriver);
      oneOf('host', options.host, HOSTS);
      oneOf('daemon', options.daemon, DAEMONS);
      for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
      new Values(KCS_PARAMETERS, options.settings);
      return {
        [`driver ${id}@${version.version}`]: version.model,
        hardware: HARDWARE_MODEL,
        host: HOST_MODEL,
        daemon: DAEMON_MODEL,
        'scenario kcs': this.model,
      };
    },
  };
}

/** The KCS interface. */
export const KCS: Scenario = kcsScenario(DRIVER_ID, KCS_BMC_VERSIONS, 'v2');
