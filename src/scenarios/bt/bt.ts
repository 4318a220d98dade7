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

/** The BT interface: host, LPC, AST2500, one version of the BT driver, a daemon. Wide: the hunt draws the rest. */
export const BT: Scenario = {
  name: 'bt',
  text: 'BT over LPC: a Linux host (polite or careless), the AST2500, a BT driver and a daemon that can crash',
  model: 1,
  defaultDriver: `${DRIVER_ID}@mainline`,
  drivers: BT_BMC_VERSIONS.map((v) => `${DRIVER_ID}@${v.version}`),
  hosts: HOSTS,
  daemons: DAEMONS,
  oracles: [...BT_ORACLES, DATA_RACE],
  parameters: BT_PARAMETERS,

  wholeDriver(driver: string): string {
    return `${DRIVER_ID}@${btBmcVersion(driver).version}`;
  },

  build(options: BuildOptions): System {
    this.models(options);
    return new BtSystem({
      ...options,
      driverClass: btBmcVersion(options.driver ?? this.defaultDriver).driver,
      observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true,
    });
  },

  models(options: BuildOptions): Readonly<Record<string, number>> {
    const version = btBmcVersion(options.driver ?? this.defaultDriver);
    oneOf('host', options.host, HOSTS);
    oneOf('daemon', options.daemon, DAEMONS);
    for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
    new Values(BT_PARAMETERS, options.settings);
    return {
      [`driver ${DRIVER_ID}@${version.version}`]: version.model,
      hardware: HARDWARE_MODEL,
      host: HOST_MODEL,
      daemon: DAEMON_MODEL,
      'scenario bt': this.model,
    };
  },
};
