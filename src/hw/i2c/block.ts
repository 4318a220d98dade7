import type { Simulator, Waveform } from '../../sim/index.ts';
import type { ApbParams } from '../apb.ts';
import { I2cRegisters, defineI2cOps, type I2cOps } from './apb.ts';
import { I2cBus } from './bus.ts';
import { AspeedI2c } from './controller.ts';
import type { I2cParams } from './params.ts';
import { defineI2cTrace } from './trace.ts';

/** Buses of the AST2500. */
export const I2C_BUSES = 14;
/** Buses that one system may have. */
const MOST_BUSES = 8;

/**
 * The I2C engines of the AST2500, one a bus, of which only those asked for are built. All share one
 * interrupt line (VIC source 12); I2CG00 tells whose it is (irq-aspeed-i2c-ic.c).
 */
export class I2cBlock {
  /** The buses that exist, 0 to 13. */
  readonly numbers: readonly number[];
  readonly engines: readonly AspeedI2c[];
  /** I2CG00: bit n is the interrupt of bus n. */
  globalInterrupts = 0;
  /** Called when the shared line rises (1) or falls (0). */
  onLine: (level: number) => void = () => {};
  private readonly buses: readonly I2cBus[];
  private readonly ops: I2cOps;

  constructor(sim: Simulator, numbers: readonly number[], params: I2cParams, apb: ApbParams) {
    for (const n of numbers) {
      if (!(Number.isInteger(n) && n >= 0 && n < I2C_BUSES)) throw new RangeError(`the AST2500 has no I2C bus ${n}`);
    }
    if (new Set(numbers).size !== numbers.length || numbers.length > MOST_BUSES) {
      throw new RangeError(`at most ${MOST_BUSES} different I2C buses, not ${numbers.join(', ')}`);
    }
    this.numbers = numbers;
    const codes = defineI2cTrace(sim.trace);
    this.buses = numbers.map((n) => new I2cBus(sim, n, codes));
    this.engines = this.buses.map((bus) => new AspeedI2c(sim, bus, params));
    for (const [i, engine] of this.engines.entries()) {
      const bit = 1 << numbers[i];
      engine.onLine = (level) => this.hold(level === 0 ? this.globalInterrupts & ~bit : this.globalInterrupts | bit);
    }
    this.ops = defineI2cOps(sim, this, apb);
    sim.onReset(() => {
      this.globalInterrupts = 0;
    });
  }

  /** The wires of bus `n`. */
  bus(n: number): I2cBus {
    return this.buses[this.indexOf(n)];
  }

  /** The wires of every bus, edge by edge. */
  waveforms(): readonly Waveform[] {
    return this.buses.map((bus) => bus.waveform());
  }

  /** The engine of bus `n`, without time. */
  engine(n: number): AspeedI2c {
    return this.engines[this.indexOf(n)];
  }

  /** The registers of bus `n` as steps of the BMC. */
  registers(n: number): I2cRegisters {
    return new I2cRegisters(this.ops, n, this.indexOf(n), 0);
  }

  /** The BMC alone is reset: the engines let go of their lines, the buses go on. */
  bmcReset(): void {
    for (const engine of this.engines) engine.bmcReset();
  }

  private indexOf(n: number): number {
    const index = this.numbers.indexOf(n);
    if (index < 0) throw new RangeError(`I2C bus ${n} is not built in this system`);
    return index;
  }

  private hold(interrupts: number): void {
    const was = this.globalInterrupts !== 0;
    this.globalInterrupts = interrupts;
    const is = interrupts !== 0;
    if (was !== is) this.onLine(is ? 1 : 0);
  }
}
