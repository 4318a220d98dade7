import { BT_BMC_VERSIONS, type BtBmcVersion } from '../../drivers/bt-bmc/index.ts';
import { BT_VERSIONS } from '../../host/index.ts';
import { driverScenario, driverVersions, type SystemDriver } from '../driver-scenario.ts';
import { DATA_RACE, type Scenario } from '../system.ts';
import { BT_PARAMETERS } from './bt-parameters.ts';
import { BT_ORACLES, BtSystem } from './bt-system.ts';
import { BT_DAEMONS } from './btd-system.ts';

const BT_BMC: SystemDriver<BtBmcVersion> = { id: 'bt-bmc', versions: BT_BMC_VERSIONS, first: 'mainline' };

/** The version that `bt-bmc@version` names. */
export function btBmcVersion(driver: string): BtBmcVersion {
  return driverVersions('bt', driver, [BT_BMC])[0];
}

/** The BT interface with the versions of one driver: host, LPC, AST2500, driver, a daemon. Wide: the hunt draws the rest. */
export function btScenario(driver: SystemDriver<BtBmcVersion>): Scenario {
  return driverScenario({
    name: 'bt',
    text: 'BT over LPC: a Linux host (polite or careless), the AST2500, a BT driver and a daemon that can crash',
    model: 1,
    bmcDrivers: [driver],
    parts: { hardware: 2, host: 2, daemon: 1 },
    hosts: BT_VERSIONS.map(({ name }) => name),
    daemons: BT_DAEMONS,
    oracles: [...BT_ORACLES, DATA_RACE],
    parameters: BT_PARAMETERS,
    system: (options, [version]) => new BtSystem({ ...options, driverClass: version.driver }),
  });
}

/** The BT interface. */
export const BT: Scenario = btScenario(BT_BMC);
