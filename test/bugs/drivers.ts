import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import type { KcsRawDriverClass } from '../../src/drivers/kcs-raw/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import {
  KcsSystem, PROTOCOLS, RAW_PARAMETERS, RawSystem, SsifSystem, kcsBmcVersion, kcsRawVersion, ssifVersions, type BuildOptions,
} from '../../src/scenarios/index.ts';

/** Both drivers of a BMC with SSIF. */
export interface SsifDrivers {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
}

/** The raw KCS driver, and whether the driver below it polls OBF on the spot. */
export interface RawDrivers {
  readonly kcsRaw: KcsRawDriverClass;
  readonly spins: boolean;
}

/** What a system is built with, of the versions or with something mended. */
export type Drivers = KcsBmcDriverClass | SsifDrivers | RawDrivers;
export type BugSystem = KcsSystem | SsifSystem | RawSystem;

/** The scenario of a version: `v2` is of KCS; those of others have the name of the driver with them. */
export function scenarioOf(version: string): 'kcs' | 'ssif' | 'raw-kcs' {
  if (version.startsWith('kcs-raw@')) return 'raw-kcs';
  return version.includes('@') ? 'ssif' : 'kcs';
}

/** What `inband hunt --driver` is given for a version: `v2`, `ssif-bmc@v10`, `ssif-bmc@fixed,i2c-aspeed@fixed`. */
export function driverOf(version: string): string {
  return scenarioOf(version) === 'kcs' ? `kcs-bmc@${version}` : version;
}

/** The drivers of a version. */
export function driversOf(version: string): Drivers {
  if (scenarioOf(version) === 'kcs') return kcsBmcVersion(driverOf(version)).driver;
  if (scenarioOf(version) === 'raw-kcs') {
    const { driver, spins } = kcsRawVersion(version);
    return { kcsRaw: driver, spins };
  }
  const [ssifBmc, i2cAspeed] = ssifVersions(version);
  return { ssifBmc: ssifBmc.driver, i2cAspeed: i2cAspeed.driver };
}

/** A system with these drivers. */
export function systemWith(drivers: Drivers, options: BuildOptions): BugSystem {
  if (typeof drivers === 'function') return new KcsSystem({ ...options, driverClass: drivers });
  if ('ssifBmc' in drivers) return new SsifSystem({ ...options, ...drivers });
  const { kcsRaw: driverClass, spins } = drivers;
  return new RawSystem({ ...options, driverClass, spins, parameters: RAW_PARAMETERS, protocols: PROTOCOLS });
}

/** Their names, for messages. */
export function nameOf(drivers: Drivers): string {
  if (typeof drivers !== 'function' && 'kcsRaw' in drivers) return drivers.kcsRaw.name;
  return typeof drivers === 'function' ? drivers.name : `${drivers.ssifBmc.name} on ${drivers.i2cAspeed.name}`;
}
