import { BtBmcMainline } from '../../src/drivers/bt-bmc/mainline.ts';
import type { BtBmcDriverClass } from '../../src/drivers/bt-bmc/index.ts';
import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { IPMI_ROUTER_VERSIONS, type BtAspeedClass, type IpmiRouterClasses } from '../../src/drivers/ipmi-router/index.ts';
import type { KcsRawDriverClass } from '../../src/drivers/kcs-raw/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import type { SsifVersion } from '../../src/host/index.ts';
import {
  BtSystem, KcsSystem, PROTOCOLS, RAW_PARAMETERS, RawSystem, RouterSystem, SSIF, SsifSystem, btBmcVersion, ipmiSsifVersion, kcsBmcVersion, kcsRawVersion,
  routerVersions, ssifVersions, type BuildOptions,
} from '../../src/scenarios/index.ts';

/** Both drivers of a BMC with SSIF, and that of the host if it is hunted in. */
export interface SsifDrivers {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
  readonly ipmiSsif?: SsifVersion;
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

/** The raw KCS driver, and whether the driver below it polls OBF on the spot. */
export interface RawDrivers {
  readonly kcsRaw: KcsRawDriverClass;
  readonly spins: boolean;
}

/** What a system is built with, of the versions or with something mended. */
export type Drivers = KcsBmcDriverClass | SsifDrivers | BtDrivers | RawDrivers | RouterDrivers;

/** A system, of whichever interface. */
export type AnySystem = KcsSystem | SsifSystem | BtSystem | RawSystem | RouterSystem;

/** The rest of a system with BT, when its driver is not mended. */
export function aroundMainline(rest: Omit<BtDrivers, 'btBmc'>): BtDrivers {
  return { btBmc: BtBmcMainline, ...rest };
}

/** The router of the RFC with something mended, on the bus that is used where none is named. */
export function routerWith(core: IpmiRouterClasses['core']): RouterDrivers {
  return { router: { ...IPMI_ROUTER_VERSIONS[0], core }, btAspeed: routerVersions('ipmi-router@rfc-v1')[1].driver };
}

/** The scenario of a version: `v2` is of KCS; those of others have the name of the driver with them. */
export function scenarioOf(version: string): 'kcs' | 'ssif' | 'bt' | 'raw-kcs' | 'router' {
  if (!version.includes('@')) return 'kcs';
  if (version.startsWith('bt-bmc@')) return 'bt';
  if (version.startsWith('kcs-raw@')) return 'raw-kcs';
  return version.startsWith('ipmi-router@') ? 'router' : 'ssif';
}

/** What `inband hunt --host` is given for a version of a host's driver: `ipmi_ssif@2017`. */
function hostOf(version: string): string | undefined {
  return version.startsWith('ipmi_ssif@') ? version : undefined;
}

/** What `inband hunt --driver` is given for a version: `v2`, `ssif-bmc@v10`, `ssif-bmc@fixed,i2c-aspeed@fixed`. */
function driverOf(version: string): string {
  if (hostOf(version) !== undefined) return SSIF.wholeDriver(SSIF.defaultDriver);
  return scenarioOf(version) === 'kcs' ? `kcs-bmc@${version}` : version;
}

/** How `inband hunt` builds the system of a version. */
export function buildOf(version: string): BuildOptions & { readonly driver: string } {
  const host = hostOf(version);
  return { driver: driverOf(version), ...(host === undefined ? {} : { host }), settings: {} };
}

/** The drivers of a version. */
export function driversOf(version: string): Drivers {
  switch (scenarioOf(version)) {
    case 'kcs':
      return kcsBmcVersion(driverOf(version)).driver;
    case 'bt':
      return { btBmc: btBmcVersion(version).driver };
    case 'raw-kcs': {
      const { driver, spins } = kcsRawVersion(version);
      return { kcsRaw: driver, spins };
    }
    case 'router': {
      const [router, bus] = routerVersions(version);
      return { router, btAspeed: bus.driver };
    }
    case 'ssif': {
      const [ssifBmc, i2cAspeed] = ssifVersions(driverOf(version));
      const host = hostOf(version);
      return { ssifBmc: ssifBmc.driver, i2cAspeed: i2cAspeed.driver, ...(host === undefined ? {} : { ipmiSsif: ipmiSsifVersion(host) }) };
    }
  }
}

/** A system with these drivers. */
export function systemWith(drivers: Drivers, options: BuildOptions): AnySystem {
  if (typeof drivers === 'function') return new KcsSystem({ ...options, driverClass: drivers });
  if ('ssifBmc' in drivers) return new SsifSystem({ ...options, ...drivers });
  if ('kcsRaw' in drivers) {
    const { kcsRaw: driverClass, spins } = drivers;
    return new RawSystem({ ...options, driverClass, spins, parameters: RAW_PARAMETERS, protocols: PROTOCOLS });
  }
  if ('router' in drivers) return new RouterSystem({ ...options, ...drivers });
  const { btBmc, host, system: System = BtSystem } = drivers;
  return new System({ ...options, ...(host === undefined ? {} : { host }), driverClass: btBmc });
}

/** Their names, for messages. */
export function nameOf(drivers: Drivers): string {
  if (typeof drivers === 'function') return drivers.name;
  if ('kcsRaw' in drivers) return drivers.kcsRaw.name;
  if ('router' in drivers) return `${drivers.router.core.name} on ${drivers.btAspeed.name}`;
  if (!('ssifBmc' in drivers)) return [drivers.btBmc.name, drivers.host, drivers.system?.name].filter((name) => name !== undefined).join(', ');
  const { ssifBmc, i2cAspeed, ipmiSsif } = drivers;
  return `${ssifBmc.name} on ${i2cAspeed.name}${ipmiSsif === undefined ? '' : ` with ${ipmiSsif.info.name}`}`;
}
