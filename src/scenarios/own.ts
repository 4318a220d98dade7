import { CBtDriver, CI2cBus, CKcsDriver, CSsifDriver, DriverCode } from '../c/index.ts';
import type { AspeedIbt, BtBmcDriverClass } from '../drivers/bt-bmc/index.ts';
import type { AspeedI2cIc, I2cAspeedBusClass } from '../drivers/i2c-aspeed/index.ts';
import type { AspeedKcs, KcsBmcDriverClass } from '../drivers/kcs-bmc/index.ts';
import type { AspeedKcsObe, KcsRawDriverClass } from '../drivers/kcs-raw/index.ts';
import type { SsifBmcDriverClass } from '../drivers/ssif-bmc/index.ts';
import type { I2cSlaveBus, Kernel } from '../linux/index.ts';
import type { I2cRegisters } from '../hw/index.ts';
import { btScenario } from './bt/bt.ts';
import type { DriverVersion, SystemDriver } from './driver-scenario.ts';
import { kcsScenario } from './kcs/kcs.ts';
import { rawKcsScenario } from './raw/raw.ts';
import { ssifOnI2c, ssifScenario } from './ssif/ssif.ts';
import type { Scenario } from './system.ts';

/** Interfaces for which a driver can be brought along. */
export const OWN_INTERFACES = ['kcs', 'ssif', 'bt', 'raw-kcs', 'i2c'] as const;
export type OwnInterface = (typeof OWN_INTERFACES)[number];

/** The driver ids under which findings name drivers that are not ours. */
export const OWN_DRIVERS = ['c', 'c-fine', 'own'] as const;

/** Whether one of these drivers, as a finding names them, is somebody's own. */
export function isOwnName(drivers: string): boolean {
  return drivers.split(',').some(isOwnPart);
}

/** The same of a single one. */
export function isOwnPart(driver: string): boolean {
  return OWN_DRIVERS.some((id) => driver.startsWith(`${id}@`));
}

/** A class of the user's own, of the interface's kind. */
export type OwnClass = KcsBmcDriverClass | SsifBmcDriverClass | BtBmcDriverClass | KcsRawDriverClass | I2cAspeedBusClass;

/** A driver of the user's own. */
export interface OwnDriver {
  readonly as: OwnInterface;
  /** `c`: compiled C; `c-fine`: the same with each access of shared memory as a step; `own`: a class in TypeScript or JavaScript. */
  readonly id: (typeof OWN_DRIVERS)[number];
  /** The name of its file. */
  readonly name: string;
  /** A number for its contents: a finding of other contents is not replayed as if nothing were. */
  readonly model: number;
  readonly driver: DriverCode | OwnClass;
}

/** The interface's scenario with a driver of the user's own in place of ours. */
export function ownScenario(own: OwnDriver): Scenario {
  const scenario = scenarioWith(own);
  if (!(own.driver instanceof DriverCode) || own.as === 'i2c') return scenario;
  return { ...scenario, oracles: scenario.oracles.filter((name) => !INNER.has(name)) };
}

/** An oracle that looks into the driver's own struct, which only our models show; on a bus driver in C stands one of them. */
const INNER: ReadonlySet<string> = new Set(['state-mismatch']);

function scenarioWith({ as, id, name, model, driver }: OwnDriver): Scenario {
  const classOf = <C extends OwnClass>(compiled: (code: DriverCode) => C): C => (driver instanceof DriverCode ? compiled(driver) : driver as C);
  const version = { version: name, model, text: 'yours', source: name };
  const only = <V extends DriverVersion>(one: V): SystemDriver<V> => ({ id, versions: [one], first: name });
  switch (as) {
    case 'kcs':
      return kcsScenario(only({ ...version, driver: classOf<KcsBmcDriverClass>((code) => kcsClass(code, 'ipmi-kcs')) }));
    case 'ssif':
      return ssifScenario(only({ ...version, driver: classOf(ssifClass) }));
    case 'bt':
      return btScenario(only({ ...version, driver: classOf(btClass) }));
    case 'raw-kcs':
      return rawKcsScenario(only({ ...version, spins: false, driver: classOf<KcsRawDriverClass>((code) => kcsClass(code, 'raw-kcs')) }));
    case 'i2c':
      return ssifOnI2c(only({ ...version, driver: classOf(i2cClass) }));
  }
}

/** @param device name of the character device, without the number of the channel */
function kcsClass(code: DriverCode, device: 'ipmi-kcs' | 'raw-kcs'): KcsBmcDriverClass & KcsRawDriverClass {
  return class extends CKcsDriver {
    constructor(kernel: Kernel, aspeed: AspeedKcs | AspeedKcsObe) {
      super(kernel, code, device, aspeed.at(0).regs, aspeed.config, () => aspeed.upstream);
    }
  };
}

function ssifClass(code: DriverCode): SsifBmcDriverClass {
  return class extends CSsifDriver {
    constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
      super(kernel, code, bus, address);
    }
  };
}

function btClass(code: DriverCode): BtBmcDriverClass {
  return class extends CBtDriver {
    constructor(kernel: Kernel, ibt: AspeedIbt) {
      super(kernel, code, ibt.regs, () => ibt.interrupt);
    }
  };
}

function i2cClass(code: DriverCode): I2cAspeedBusClass {
  return class extends CI2cBus {
    constructor(kernel: Kernel, registers: I2cRegisters, ic: AspeedI2cIc) {
      super(kernel, code, registers, ic);
    }
  };
}
