import type { Simulator } from '../../sim/index.ts';

/** One I2C bus. (Interface first; the engine follows.) */
export class I2cBus {
  readonly number: number;
  constructor(_sim: Simulator, number: number) {
    this.number = number;
  }
}
