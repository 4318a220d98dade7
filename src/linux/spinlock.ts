import { END_OF_TIME, NS, Signal, type Context, type Op, type Ps } from '../sim/index.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';

/** How often a CPU that spins looks at the lock, ps. */
const SPIN_PERIOD: Ps = 50 * NS;

/** The steps that a lock offers, as seen from one function. */
export interface SpinLockOps {
  readonly spinLock: Op;
  readonly spinUnlock: Op;
  readonly spinLockIrq: Op;
  readonly spinUnlockIrq: Op;
  readonly spinLockIrqsave: Op;
  readonly spinUnlockIrqrestore: Op;
}

/**
 * spinlock_t. On one CPU it is what Linux compiles it to: preemption (and interrupts) off and nothing
 * else, so that a violation of the rules is reported and exclusion is really lost. On two it spins.
 */
export class SpinLock {
  readonly name: string;
  private readonly kernel: Kernel;
  private readonly memory: Allocation;
  private readonly released = new Signal();
  private readonly ops: SpinLockOps;
  private holder: Context | null = null;
  /** Interrupt flag to restore by spin_unlock_irqrestore(). */
  private flags = false;

  constructor(memory: Allocation, name: string) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    const define = (label: string, exec: (ctx: Context) => number): Op => sim.ops.define({
      label: `${label}(${name})`,
      lead: config.lock,
      footprint: { reads: [object], writes: [object] },
      exec: (_operand, ctx) => exec(ctx),
    });
    this.ops = {
      spinLock: define('spin_lock', (ctx) => this.lock(ctx, 'spin_lock', false)),
      spinUnlock: define('spin_unlock', (ctx) => this.unlock(ctx)),
      spinLockIrq: define('spin_lock_irq', (ctx) => this.lock(ctx, 'spin_lock_irq', true)),
      spinUnlockIrq: define('spin_unlock_irq', (ctx) => this.unlock(ctx, false)),
      spinLockIrqsave: define('spin_lock_irqsave', (ctx) => this.lock(ctx, 'spin_lock_irqsave', true)),
      spinUnlockIrqrestore: define('spin_unlock_irqrestore', (ctx) => this.unlock(ctx, this.flags)),
    };
    sim.onReset(() => {
      this.holder = null;
      this.flags = false;
      this.released.reset();
    });
  }

  /** The steps of this lock as issued from `frame` (see {@link OpTable.frame}). */
  at(frame: number): SpinLockOps {
    const { ops } = this;
    return {
      spinLock: ops.spinLock | frame,
      spinUnlock: ops.spinUnlock | frame,
      spinLockIrq: ops.spinLockIrq | frame,
      spinUnlockIrq: ops.spinUnlockIrq | frame,
      spinLockIrqsave: ops.spinLockIrqsave | frame,
      spinUnlockIrqrestore: ops.spinUnlockIrqrestore | frame,
    };
  }

  get held(): boolean {
    return this.holder !== null;
  }

  private lock(ctx: Context, how: string, irqsOff: boolean): number {
    const { kernel, holder } = this;
    this.memory.check(`${how}(${this.name})`);
    const cpu = kernel.cpuOf(ctx);
    if (holder === ctx) {
      kernel.breach('deadlock', 'recursive-lock', ctx, `${how}(${this.name}): the caller holds it already`, this.name, true);
    } else if (holder !== null) {
      if (kernel.config.cpus === 1 || kernel.cpuOf(holder) === cpu) {
        kernel.breach('deadlock', 'lock-held-below', ctx,
          `${how}(${this.name}): ${holder.name}, which this context interrupts or displaces, holds it`, this.name);
      }
      if (kernel.config.cpus > 1) {
        ctx.pollPeriod = SPIN_PERIOD;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.released);
      }
    }
    this.holder = ctx;
    const task = kernel.taskAt(ctx);
    if (task !== undefined) task.preemptCount++;
    this.flags = cpu.irqsOff;
    if (irqsOff) cpu.setIrqsOff(true);
    return 0;
  }

  private unlock(ctx: Context, irqsOff?: boolean): number {
    const { kernel } = this;
    this.memory.check(`spin_unlock(${this.name})`);
    if (this.holder !== ctx && kernel.config.cpus > 1) {
      kernel.breach('deadlock', 'unlock-not-held', ctx, `spin_unlock(${this.name}) by a context that does not hold it`, this.name);
    }
    this.holder = null;
    const task = kernel.taskAt(ctx);
    if (task !== undefined) task.preemptCount--;
    if (irqsOff !== undefined) kernel.cpuOf(ctx).setIrqsOff(irqsOff);
    this.released.changed();
    return 0;
  }
}
