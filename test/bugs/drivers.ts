import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import { KcsSystem, SsifSystem, kcsBmcVersion, ssifVersions, type BuildOptions } from '../../src/scenarios/index.ts';

/** Both drivers of a BMC with SSIF. */
export interface SsifDrivers {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
}

/** What a system is built with, of the versions or with something mended. */
export type Drivers = KcsBmcDriverClass | SsifDrivers;

/** The scenario of a version: `v2` is of KCS; those of SSIF have the name of the driver with them. */
export function scenarioOf(version: string): 'kcs' | 'ssif' {
  return version.includes('@') ? 'ssif' : 'kcs';
}

/** What `inband hunt --driver` is given for a version: `v2`, `ssif-bmc@v10`, `ssif-bmc@fixed,i2c-aspeed@fixed`. */
export function driverOf(version: string): string {
  return scenarioOf(version) === 'kcs' ? `kcs-bmc@${version}` : version;
}

/** The drivers of a version. */
export function driversOf(version: string): Drivers {
  if (scenarioOf(version) === 'kcs') return kcsBmcVersion(driverOf(version)).driver;
  const [ssifBmc, i2cAspeed] = ssifVersions(version);
  return { ssifBmc: ssifBmc.driver, i2cAspeed: i2cAspeed.driver };
}

/** A system with these drivers. */
export function systemWith(drivers: Drivers, options: BuildOptions): KcsSystem | SsifSystem {
  return typeof drivers === 'function' ? new KcsSystem({ ...options, driverClass: drivers }) : new SsifSystem({ ...options, ...drivers });
}

/** Their names, for messages. */
export function nameOf(drivers: Drivers): string {
  return typeof drivers === 'function' ? drivers.name : `${drivers.ssifBmc.name} on ${drivers.i2cAspeed.name}`;
}
