import { BT_ASPEED_VERSIONS, IPMI_ROUTER_VERSIONS, type BtAspeedVersion, type IpmiRouterVersion } from '../../drivers/ipmi-router/index.ts';
import { BT_VERSIONS } from '../../host/index.ts';
import { Values } from '../settings.ts';
import { oneOf, splitDrivers, versionOf, type BuildOptions, type Scenario, type System } from '../system.ts';
import { ROUTER_PARAMETERS } from './router-parameters.ts';
import { ROUTER_ORACLES, RouterSystem } from './router-system.ts';

/** Raised by hand when choice points or nominal timing of the hardware, the kernel or the hosts change. */
const HARDWARE_MODEL = 1;
const HOST_MODEL = 1;
const DAEMON_MODEL = 1;

const IPMI_ROUTER = 'ipmi-router';
const BT_ASPEED = 'bt-aspeed';
const HOSTS = BT_VERSIONS.map(({ name }) => name);
const DAEMONS = ['btd', 'btbridged', 'btbridged-mended'] as const;
/** What the router runs on unless the user says otherwise: the bus driver of the RFC stops at the first response. */
const DEFAULT_ROUTER = `${IPMI_ROUTER}@rfc-v1`;
const DEFAULT_BUS = `${BT_ASPEED}@fixed`;

/** The versions that `ipmi-router@version`, `bt-aspeed@version`, or both with a comma between, name. */
export function routerVersions(drivers: string): readonly [IpmiRouterVersion, BtAspeedVersion] {
  const named = splitDrivers('router', drivers, [IPMI_ROUTER, BT_ASPEED]);
  return [
    versionOf('router', named.get(IPMI_ROUTER) ?? DEFAULT_ROUTER, IPMI_ROUTER, IPMI_ROUTER_VERSIONS),
    versionOf('router', named.get(BT_ASPEED) ?? DEFAULT_BUS, BT_ASPEED, BT_ASPEED_VERSIONS),
  ];
}

/** The message router of the BMC's kernel, on BT: host, AST2500, bus driver, router, devices, a daemon. The hunt draws the rest. */
export const ROUTER: Scenario = {
  name: 'router',
  text: 'the ipmi_bmc message router on BT: a Linux host (polite or careless), the AST2500, a bus driver, devices in the kernel that come and go, a daemon',
  model: 1,
  defaultDriver: `${DEFAULT_ROUTER},${DEFAULT_BUS}`,
  drivers: [...IPMI_ROUTER_VERSIONS.map((v) => `${IPMI_ROUTER}@${v.version}`), ...BT_ASPEED_VERSIONS.map((v) => `${BT_ASPEED}@${v.version}`)],
  hosts: HOSTS,
  daemons: DAEMONS,
  oracles: ROUTER_ORACLES,
  parameters: ROUTER_PARAMETERS,

  wholeDriver(driver: string): string {
    const [router, bus] = routerVersions(driver);
    return `${IPMI_ROUTER}@${router.version},${BT_ASPEED}@${bus.version}`;
  },

  build(options: BuildOptions): System {
    this.models(options);
    const [router, bus] = routerVersions(options.driver ?? this.defaultDriver);
    return new RouterSystem({ ...options, router, btAspeed: bus.driver });
  },

  models(options: BuildOptions): Readonly<Record<string, number>> {
    const [router, bus] = routerVersions(options.driver ?? this.defaultDriver);
    oneOf('host', options.host, HOSTS);
    oneOf('daemon', options.daemon, DAEMONS);
    for (const name of options.oracles ?? []) oneOf('oracle', name, this.oracles);
    new Values(ROUTER_PARAMETERS, options.settings);
    return {
      [`driver ${IPMI_ROUTER}@${router.version}`]: router.model,
      [`driver ${BT_ASPEED}@${bus.version}`]: bus.model,
      hardware: HARDWARE_MODEL,
      host: HOST_MODEL,
      daemon: DAEMON_MODEL,
      'scenario router': this.model,
    };
  },
};
