import { END_OF_TIME, NS, Signal, type Context, type Ps } from '../sim/index.ts';
import type { Cpu } from './cpu.ts';
import type { Kernel } from './kernel.ts';

/** How often a CPU that finds the map locked looks again, ps. */
const SPIN_PERIOD: Ps = 50 * NS;

/** Registers that have variants: with something done before an access (false: not now, the context was parked) and after it. */
interface Registers<R> {
  around(access: { readonly before?: (ctx: Context) => boolean; readonly after?: (ctx: Context) => void }): R;
}

/**
 * A regmap over MMIO, as syscon_node_to_regmap() gives it (drivers/base/regmap). regmap-mmio.c has fast_io, so that each call takes the map's
 * own spinlock by spin_lock_irqsave(): regmap_update_bits() is indivisible. Nothing of its CPU comes between its read
 * and its write, and no access to the map by another CPU; what reaches the registers by itself, as the host does, may.
 *
 * The lock has no steps of its own: an update takes it with its read and gives it back with its write, or
 * when there is nothing to write. A single access only waits for it.
 */
export class Regmap<R extends Registers<R>> {
  /** regmap_read() and regmap_write(). */
  readonly single: R;
  /** The read of an update. */
  readonly first: R;
  /** Its write; if there is none, {@link unlock}. */
  readonly last: R;
  private readonly kernel: Kernel;
  private readonly released = new Signal();
  /** The CPU that is between the read and the write of an update. */
  private holder: Cpu | null = null;
  /** The interrupt flag that it gives back. */
  private flags = false;

  constructor(kernel: Kernel, registers: R) {
    this.kernel = kernel;
    const before = (ctx: Context): boolean => this.isFree(ctx);
    this.single = registers.around({ before });
    this.first = registers.around({ before, after: (ctx) => this.lock(ctx) });
    this.last = registers.around({ after: () => this.unlock() });
    kernel.sim.onReset(() => {
      this.holder = null;
      this.flags = false;
      this.released.reset();
    });
  }

  /** The end of an update without a write. */
  unlock(): void {
    const { holder } = this;
    if (holder === null) throw new Error('the lock of a regmap is given back that nobody holds');
    this.holder = null;
    holder.setIrqsOff(this.flags);
    this.released.changed();
  }

  private isFree(ctx: Context): boolean {
    if (this.holder === null) return true;
    ctx.pollPeriod = SPIN_PERIOD;
    ctx.pollDeadline = END_OF_TIME;
    ctx.park(this.released);
    return false;
  }

  private lock(ctx: Context): void {
    const cpu = this.kernel.cpuOf(ctx);
    this.holder = cpu;
    this.flags = cpu.irqsOff;
    cpu.setIrqsOff(true);
  }
}
