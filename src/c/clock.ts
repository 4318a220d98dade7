import type { Kernel } from '../linux/index.ts';
import type { Ps } from '../sim/index.ts';

/** Time as a driver in C sees it: a probe runs outside of simulated time, but what it sleeps goes by. */
export class DriverClock {
  private readonly kernel: Kernel;
  /** What the probe has slept and delayed. */
  private slept: Ps = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    kernel.sim.onReset(() => {
      this.slept = 0;
    });
  }

  /** Whether the driver is in its probe; then `ps` have gone by. */
  passes(ps: Ps): boolean {
    if (this.kernel.booting) this.slept += ps;
    return this.kernel.booting;
  }

  /** Jiffies of {@link passes} and those since then; they tick when the kernel's do. */
  get jiffies(): number {
    const { timers } = this.kernel;
    return timers.jiffies + Math.floor(this.slept / timers.jiffy);
  }
}
