import type { Ps, Simulator } from '../sim/index.ts';

/** `latency`: interrupts are not masked for longer than a budget. What a stall of the schedule adds does not count. */
export class IrqsOffOracle {
  readonly names = ['latency'];
  private readonly sim: Simulator;
  private readonly budget: Ps;

  constructor(sim: Simulator, budget: Ps) {
    this.sim = sim;
    this.budget = budget;
  }

  /** Code outside of an interrupt handler had interrupts masked for `ps`. */
  masked(ps: Ps): void {
    if (ps <= this.budget) return;
    const who = this.sim.current?.name ?? 'boot';
    this.sim.violate('latency', 'interrupts-off', who,
      `${who} has had interrupts masked for ${Math.round(ps / 1_000_000)} us, more than the ${Math.round(this.budget / 1_000_000)} us of the budget`);
  }
}
