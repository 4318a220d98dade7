import type { Kernel } from '../linux/index.ts';
import { STATE, type Ps, type Stateful } from '../sim/index.ts';

/** Time as a driver in C sees it: a probe runs outside of simulated time, but what it sleeps goes by. */
export class DriverClock implements Stateful {
  private readonly kernel: Kernel;
  /** What the probe has slept and delayed, ps. */
  slept: Ps = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    kernel.sim.onReset(() => {
      this.slept = 0;
    });
  }

  [STATE](tell: (part: unknown) => void): void {
    tell(this.slept);
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
