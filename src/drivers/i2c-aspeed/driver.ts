import type { I2cRegisters } from '../../hw/index.ts';
import type { I2cSlaveBus, Kernel } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { AspeedI2cIc } from './ic.ts';

/** One version of the bus driver, bound to one bus. */
export interface I2cAspeedBus extends I2cSlaveBus {
  /** Binds the driver. */
  probe(): Steps<number>;
  /** A critical section of the driver is entered. */
  readonly busy: boolean;
  /** slave_state by name, for reports. */
  readonly stateName: string;
}

export type I2cAspeedBusClass = new (kernel: Kernel, regs: I2cRegisters, ic: AspeedI2cIc) => I2cAspeedBus;

/** A version of the driver, as `list drivers` shows it. */
export interface I2cAspeedVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: I2cAspeedBusClass;
}
