import { alignUp, type Ps } from './time.ts';

/**
 * A clock domain: a free-running clock of fixed period. Edges are computed, never simulated.
 */
export class ClockDomain {
  readonly name: string;
  /** Length of one cycle, ps. */
  readonly period: Ps;

  constructor(name: string, period: Ps) {
    if (!Number.isSafeInteger(period) || period <= 0) {
      throw new RangeError(`clock ${name}: period ${period} ps is not a positive integer`);
    }
    this.name = name;
    this.period = period;
  }

  /** The first rising edge at or after `t`. */
  edge(t: Ps): Ps {
    return alignUp(t, this.period);
  }

  /** Length of `n` cycles, ps. */
  cycles(n: number): Ps {
    return n * this.period;
  }
}
