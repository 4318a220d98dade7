import { BtBmcMainline } from '../../src/drivers/bt-bmc/mainline.ts';
import type { BtBmcDriverClass } from '../../src/drivers/bt-bmc/index.ts';
import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { IPMI_ROUTER_VERSIONS, type BtAspeedClass, type IpmiRouterClasses } from '../../src/drivers/ipmi-router/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import {
  BtSystem, KcsSystem, RouterSystem, SsifSystem, btBmcVersion, kcsBmcVersion, routerVersions, ssifVersions, type BuildOptions,
} from '../../src/scenarios/index.ts';

/** Both drivers of a BMC with SSIF. */
export interface SsifDrivers {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
}

/** The driver of a BMC with BT, and what is around it where that is mended. */
export interface BtDrivers {
  readonly btBmc: BtBmcDriverClass;
  /** `ipmi_si@mended`. */
  readonly host?: string;
  readonly system?: typeof BtSystem;
}

/** The router, and the driver of its bus. */
export interface RouterDrivers {
  readonly router: IpmiRouterClasses;
  readonly btAspeed: BtAspeedClass;
}

/** What a system is built with, of the versions or with something mended. */
export type Drivers = KcsBmcDriverClass | SsifDrivers | BtDrivers | RouterDrivers;

/** A system, of whichever interface. */
export type AnySystem = KcsSystem | SsifSystem | BtSystem | RouterSystem;

/** The rest of a system with BT, when its driver is not mended. */
export function aroundMainline(rest: Omit<BtDrivers, 'btBmc'>): BtDrivers {
  return { btBmc: BtBmcMainline, ...rest };
}

/** The router of the RFC with something mended, on the bus that is used where none is named. */
export function routerWith(core: IpmiRouterClasses['core']): RouterDrivers {
  return { router: { ...IPMI_ROUTER_VERSIONS[0], core }, btAspeed: routerVersions('ipmi-router@rfc-v1')[1].driver };
}

/** The scenario of a version: `v2` is of KCS; the others have the name of the driver with them. */
export function scenarioOf(version: string): 'kcs' | 'ssif' | 'bt' | 'router' {
  if (!version.includes('@')) return 'kcs';
  if (version.startsWith('bt-bmc@')) return 'bt';
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
    case 'bt':
      return { btBmc: btBmcVersion(version).driver };
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
export function systemWith(drivers: Drivers, options: BuildOptions): AnySystem {
  if (typeof drivers === 'function') return new KcsSystem({ ...options, driverClass: drivers });
  if ('ssifBmc' in drivers) return new SsifSystem({ ...options, ...drivers });
  if ('router' in drivers) return new RouterSystem({ ...options, ...drivers });
  const { btBmc, host, system: System = BtSystem } = drivers;
  return new System({ ...options, ...(host === undefined ? {} : { host }), driverClass: btBmc });
}

/** Their names, for messages. */
export function nameOf(drivers: Drivers): string {
  if (typeof drivers === 'function') return drivers.name;
  if ('ssifBmc' in drivers) return `${drivers.ssifBmc.name} on ${drivers.i2cAspeed.name}`;
  if ('router' in drivers) return `${drivers.router.core.name} on ${drivers.btAspeed.name}`;
  return [drivers.btBmc.name, drivers.host, drivers.system?.name].filter((name) => name !== undefined).join(', ');
}
