import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { IPMI_ROUTER_VERSIONS, type BtAspeedClass, type IpmiRouterClasses } from '../../src/drivers/ipmi-router/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import {
  KcsSystem, RouterSystem, SsifSystem, kcsBmcVersion, routerVersions, ssifVersions, type BuildOptions,
} from '../../src/scenarios/index.ts';

/** Both drivers of a BMC with SSIF. */
export interface SsifDrivers {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
}

/** The router, and the driver of its bus. */
export interface RouterDrivers {
  readonly router: IpmiRouterClasses;
  readonly btAspeed: BtAspeedClass;
}

/** What a system is built with, of the versions or with something mended. */
export type Drivers = KcsBmcDriverClass | SsifDrivers | RouterDrivers;

/** The router of the RFC with something mended, on the bus that is used where none is named. */
export function routerWith(core: IpmiRouterClasses['core']): RouterDrivers {
  return { router: { ...IPMI_ROUTER_VERSIONS[0], core }, btAspeed: routerVersions('ipmi-router@rfc-v1')[1].driver };
}

/** The scenario of a version: `v2` is of KCS; the others have the name of the driver with them. */
export function scenarioOf(version: string): 'kcs' | 'ssif' | 'router' {
  if (!version.includes('@')) return 'kcs';
  return version.startsWith('ipmi-router@') ? 'router' : 'ssif';
}

/** What `inband hunt --driver` is given for a version: `v2`, `ssif-bmc@v10`, `ssif-bmc@fixed,i2c-aspeed@fixed`. */
export function driverOf(version: string): string {
  return scenarioOf(version) === 'kcs' ? `kcs-bmc@${version}` : version;
}

/** The drivers of a version. */
export function driversOf(version: string): Drivers {
  switch (scenarioOf(version)) {
    case 'kcs':
      return kcsBmcVersion(driverOf(version)).driver;
    case 'router': {
      const [router, bus] = routerVersions(version);
      return { router, btAspeed: bus.driver };
    }
    case 'ssif': {
      const [ssifBmc, i2cAspeed] = ssifVersions(version);
      return { ssifBmc: ssifBmc.driver, i2cAspeed: i2cAspeed.driver };
    }
  }
}

/** A system with these drivers. */
export function systemWith(drivers: Drivers, options: BuildOptions): KcsSystem | SsifSystem | RouterSystem {
  if (typeof drivers === 'function') return new KcsSystem({ ...options, driverClass: drivers });
  return 'router' in drivers ? new RouterSystem({ ...options, ...drivers }) : new SsifSystem({ ...options, ...drivers });
}

/** Their names, for messages. */
export function nameOf(drivers: Drivers): string {
  if (typeof drivers === 'function') return drivers.name;
  return 'router' in drivers ? `${drivers.router.core.name} on ${drivers.btAspeed.name}` : `${drivers.ssifBmc.name} on ${drivers.i2cAspeed.name}`;
}
