import type { Ps, Simulator } from '../sim/index.ts';

/**
 * `latency`: interrupts are not masked for longer than a budget. Where the schedule has stalled anybody meanwhile, who may
 * hold a lock on another CPU, nothing is said.
 */
export class IrqsOffOracle {
  readonly names = ['latency'];
  private readonly sim: Simulator;
  private readonly budget: Ps;

  constructor(sim: Simulator, budget: Ps) {
    this.sim = sim;
    this.budget = budget;
  }

  /** Code outside of an interrupt handler has interrupts masked since `since`, and unmasks them now. */
  unmasked(since: Ps): void {
    const ps = this.sim.now - since;
    if (ps <= this.budget || this.sim.releasedAt >= since) return;
    const who = this.sim.current?.name ?? 'boot';
    this.sim.violate('latency', 'interrupts-off', who,
      `${who} has had interrupts masked for ${Math.round(ps / 1_000_000)} us, more than the ${Math.round(this.budget / 1_000_000)} us of the budget`);
  }
}
