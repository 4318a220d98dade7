import { BLOCKED, SLOTS, type Context, type Op } from '../sim/index.ts';
import type { Kernel } from './kernel.ts';

/** The steps of RCU as issued from one function. */
export interface RcuOps {
  readonly rcuReadLock: Op;
  readonly rcuReadUnlock: Op;
  /** Waits until every reader that had begun before has ended. May sleep. */
  readonly synchronizeRcu: Op;
}

/** The readers that had begun when a context called synchronize_rcu(): it waits for these. */
class GracePeriod {
  waiting = false;
  /** Per context: the reader that it was in, by its ordinal; 0: in none. */
  readonly readers = new Int32Array(SLOTS);
  /** Per context: how often it had given up the CPU. */
  readonly switches = new Int32Array(SLOTS);
}

/**
 * Read-copy-update (Documentation/RCU/whatisRCU.rst). Readers never wait, in tasks as in interrupts; who has taken
 * something away waits for a grace period before it is freed.
 *
 * What ends a reader for the grace period depends on the kernel. With `preempt=full` (PREEMPT_RCU) a reader may be
 * preempted, and counts until its rcu_read_unlock(). With `none` rcu_read_lock() leaves no trace, and a CPU that
 * switches tasks is in no reader: one that sleeps, which it must not, is not waited for any more. A grace period may
 * take longer than modelled: a stall of whoever waits for it says so.
 */
export class Rcu {
  readonly kernel: Kernel;
  private readonly ops: RcuOps;
  private readonly nesting = new Int32Array(SLOTS);
  /** Per context: its readers so far, the outermost of each nest counted. */
  private readonly begun = new Int32Array(SLOTS);
  private readonly periods: (GracePeriod | undefined)[] = [];
  /** What comes before the end of a reader, and before the end of a grace period, for whoever orders accesses. */
  private readonly ended: number;
  private readonly passed: number;

  constructor(kernel: Kernel) {
    const { sim, config } = kernel;
    this.kernel = kernel;
    kernel.rcu = this;
    this.ended = sim.ops.object('rcu: readers');
    this.passed = sim.ops.object('rcu: grace periods');
    const reads = { reads: [this.passed], writes: [] };
    this.ops = {
      rcuReadLock: sim.ops.define({ label: 'rcu_read_lock', lead: config.lock, footprint: reads, exec: (_operand, ctx) => this.lock(ctx) }),
      rcuReadUnlock: sim.ops.define({ label: 'rcu_read_unlock', lead: config.lock, footprint: reads, exec: (_operand, ctx) => this.unlock(ctx) }),
      synchronizeRcu: sim.ops.define({
        label: 'synchronize_rcu', kind: 'block', lead: config.lock, footprint: { reads: [this.passed], writes: [this.passed] },
        exec: (_operand, ctx) => this.synchronize(ctx),
      }),
    };
    sim.onReset(() => {
      this.nesting.fill(0);
      this.begun.fill(0);
      for (const period of this.periods) if (period !== undefined) period.waiting = false;
    });
  }

  /** The steps as issued from `frame` (see {@link OpTable.frame}). */
  at(frame: number): RcuOps {
    const { rcuReadLock, rcuReadUnlock, synchronizeRcu } = this.ops;
    return { rcuReadLock: rcuReadLock | frame, rcuReadUnlock: rcuReadUnlock | frame, synchronizeRcu: synchronizeRcu | frame };
  }

  /** rcu_read_lock_held(): whether `ctx` is in a reader. */
  reading(ctx: Context): boolean {
    return this.nesting[ctx.id] > 0;
  }

  /** rcu_sleep_check(): a reader must not sleep, whether preemption is disabled in it or not. */
  mightSleep(ctx: Context, what: string): void {
    if (!this.reading(ctx)) return;
    this.kernel.breach('sleep-in-atomic', `${what}-in-rcu-reader`, ctx,
      `${what}() may sleep, but is called between rcu_read_lock() and rcu_read_unlock() (illegal context switch in RCU read-side critical section)`, what);
  }

  /** A reader has ended, or a CPU has switched tasks: that may have been what somebody waits for. */
  quiescent(): void {
    const { kernel, periods } = this;
    for (let id = 0; id < periods.length; id++) {
      const period = periods[id];
      if (period === undefined || !period.waiting || !this.passedBy(period)) continue;
      const { contexts } = kernel.sim;
      this.end(contexts[id], period);
      const task = kernel.taskAt(contexts[id]);
      if (task !== undefined) kernel.wake(task, 0);
    }
  }

  private lock(ctx: Context): number {
    if (this.nesting[ctx.id]++ === 0) this.begun[ctx.id]++;
    this.kernel.fields?.acquire(this.passed, ctx);
    return 0;
  }

  private unlock(ctx: Context): number {
    const { kernel, nesting } = this;
    if (nesting[ctx.id] === 0) {
      kernel.breach('deadlock', 'unlock-not-held', ctx, 'rcu_read_unlock() outside of any reader', 'rcu_read_unlock');
      return 0;
    }
    kernel.fields?.release(this.ended, ctx);
    if (--nesting[ctx.id] === 0) this.quiescent();
    return 0;
  }

  private synchronize(ctx: Context): number {
    const { kernel } = this;
    if (this.reading(ctx) && kernel.config.preempt === 'full') {
      kernel.breach('deadlock', 'grace-period-in-reader', ctx,
        'synchronize_rcu() between rcu_read_lock() and rcu_read_unlock() waits for the reader that has called it, for ever', 'synchronize_rcu', true);
    }
    kernel.mightSleep(ctx, 'synchronize_rcu');
    const period = (this.periods[ctx.id] ??= new GracePeriod());
    for (const other of kernel.sim.contexts) {
      period.readers[other.id] = this.nesting[other.id] > 0 && this.onCpu(other) ? this.begun[other.id] : 0;
      period.switches[other.id] = this.switches(other);
    }
    if (this.passedBy(period)) {
      this.end(ctx, period);
      return 0;
    }
    period.waiting = true;
    return BLOCKED;
  }

  private end(ctx: Context, period: GracePeriod): void {
    const { fields } = this.kernel;
    period.waiting = false;
    fields?.acquire(this.ended, ctx);
    fields?.release(this.passed, ctx);
  }

  /** Whether all readers have ended that were there when the grace period began. */
  private passedBy({ readers, switches }: GracePeriod): boolean {
    const preemptible = this.kernel.config.preempt === 'full';
    for (const ctx of this.kernel.sim.contexts) {
      const { id } = ctx;
      if (readers[id] === 0 || this.nesting[id] === 0 || this.begun[id] !== readers[id]) continue;
      if (preemptible || switches[id] === this.switches(ctx)) return false;
    }
    return true;
  }

  /** Whether a kernel that does not preempt readers can know of this one: it has not given up its CPU. */
  private onCpu(ctx: Context): boolean {
    const { kernel } = this;
    const task = kernel.taskAt(ctx);
    return kernel.config.preempt === 'full' || task === undefined || kernel.cpus.some(({ current }) => current === task);
  }

  private switches(ctx: Context): number {
    return this.kernel.taskAt(ctx)?.switches ?? 0;
  }
}
