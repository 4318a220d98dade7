import { BT_ASPEED_VERSIONS, type BtAspeedVersion, type IpmiRouterVersion } from '../../drivers/ipmi-router/index.ts';
import { BT_VERSIONS } from '../../host/index.ts';
import { BT_DAEMONS } from '../bt/btd-system.ts';
import { driverScenario, driverVersions, type SystemDriver } from '../driver-scenario.ts';
import type { Scenario } from '../system.ts';
import { IPMI_ROUTER } from './router-modules.ts';
import { ROUTER_PARAMETERS } from './router-parameters.ts';
import { ROUTER_ORACLES, RouterSystem } from './router-system.ts';

/** The bus driver of the RFC stops at the first response. */
const BT_ASPEED: SystemDriver<BtAspeedVersion> = { id: 'bt-aspeed', versions: BT_ASPEED_VERSIONS, first: 'fixed' };

/** The versions that `ipmi-router@version`, `bt-aspeed@version`, or both with a comma between, name. */
export function routerVersions(drivers: string): readonly [IpmiRouterVersion, BtAspeedVersion] {
  return driverVersions('router', drivers, [IPMI_ROUTER, BT_ASPEED]);
}

/** The message router of the BMC's kernel, on BT: host, AST2500, bus driver, router, devices, a daemon. The hunt draws the rest. */
export const ROUTER: Scenario = driverScenario({
  name: 'router',
  text: 'the ipmi_bmc message router on BT: a Linux host (polite or careless), the AST2500, a bus driver, devices in the kernel that come and go, a daemon',
  model: 1,
  bmcDrivers: [IPMI_ROUTER, BT_ASPEED],
  parts: { hardware: 2, host: 2, daemon: 1 },
  hosts: BT_VERSIONS.map(({ name }) => name),
  daemons: BT_DAEMONS,
  oracles: ROUTER_ORACLES,
  parameters: ROUTER_PARAMETERS,
  system: (options, [router, bus]) => new RouterSystem({ ...options, router, btAspeed: bus.driver }),
});
