import { BT_BMC_VERSIONS, type BtBmcVersion } from '../../drivers/bt-bmc/index.ts';
import { BT_VERSIONS } from '../../host/index.ts';
import { Values } from '../settings.ts';
import { DATA_RACE, oneOf, versionOf, type BuildOptions, type Scenario, type System } from '../system.ts';
import { BT_PARAMETERS } from './bt-parameters.ts';
import { BT_ORACLES, BtSystem } from './bt-system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel or the hosts change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 1;

const DRIVER_ID = 'bt-bmc';
const HOSTS = BT_VERSIONS.map(({ name }) => name);
const DAEMONS = ['btd', 'btbridged', 'btbridged-mended'] as const;

/** The version that `bt-bmc@version` names. */
export function btBmcVersion(driver: string): BtBmcVersion {
  return versionOf('bt', driver, DRIVER_ID, BT_BMC_VERSIONS);
}

/** The BT interface with the versions of one driver: host, LPC, AST2500, driver, a daemon. Wide: the hunt draws the rest. */
export function btScenario(id: string, versions: readonly BtBmcVersion[], defaultVersion: string): Scenario {
  const find = (driver: string): BtBmcVersion => versionOf('bt', driver, id, versions);
  return {
    name: 'bt',
    text: 'BT over LPC: a Linux host (polite or careless), the AST2500, a BT driver and a daemon that can crash',
    model: 1,
    defaultDriver: `${id}@${defaultVersion}`,
    drivers: versions.map((v) => `${id}@${v.version}`),
    hosts: HOSTS,
    daemons: DAEMONS,
    oracles: [...BT_ORACLES, DATA_RACE],
    parameters: BT_PARAMETERS,

    wholeDriver(driver: string): string {
      return `${id}@${find(driver).version}`;
    },

    build(options: BuildOptions): System {
      this.models(options);
      return new BtSystem({
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
      new Values(BT_PARAMETERS, options.settings);
      return {
        [`driver ${id}@${version.version}`]: version.model,
        hardware: HARDWARE_MODEL,
        host: HOST_MODEL,
        daemon: DAEMON_MODEL,
        'scenario bt': this.model,
      };
    },
  };
}

/** The BT interface. */
export const BT: Scenario = btScenario(DRIVER_ID, BT_BMC_VERSIONS, 'mainline');
