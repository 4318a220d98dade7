import { KCS_BMC_VERSIONS, type KcsBmcVersion } from '../../drivers/kcs-bmc/index.ts';
import { driverScenario, driverVersions, type SystemDriver } from '../driver-scenario.ts';
import { DATA_RACE, type Scenario } from '../system.ts';
import { KCS_PARAMETERS } from './kcs-parameters.ts';
import { KCS_ORACLES, KcsSystem } from './kcs-system.ts';

const KCS_BMC: SystemDriver<KcsBmcVersion> = { id: 'kcs-bmc', versions: KCS_BMC_VERSIONS, first: 'v2' };

/** The version that `kcs-bmc@version` names. */
export function kcsBmcVersion(driver: string): KcsBmcVersion {
  return driverVersions('kcs', driver, [KCS_BMC])[0];
}

/** The KCS interface with the versions of one driver: host, LPC, AST2500, driver, a daemon. Wide: the hunt draws the rest. */
export function kcsScenario(driver: SystemDriver<KcsBmcVersion>): Scenario {
  return driverScenario({
    name: 'kcs',
    text: 'KCS over LPC: a Linux host (polite or careless), the AST2500, a KCS driver and a daemon that can crash',
    model: 1,
    bmcDrivers: [driver],
    parts: { hardware: 2, host: 2, daemon: 1 },
    hosts: ['ipmi_si@6.1'],
    daemons: ['kcsd', 'kcsbridged'],
    oracles: [...KCS_ORACLES, DATA_RACE],
    parameters: KCS_PARAMETERS,
    system: (options, [version]) => new KcsSystem({ ...options, driverClass: version.driver }),
  });
}

/** The KCS interface. */
export const KCS: Scenario = kcsScenario(KCS_BMC);
