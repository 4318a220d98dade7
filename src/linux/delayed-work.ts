import { TimerList } from './timer.ts';
import { Work } from './workqueue.ts';
import type { Allocation } from './memory.ts';
import type { Op, Steps } from '../sim/index.ts';

/** struct delayed_work: work that a timer queues. */
export class DelayedWork {
  readonly work: Work;
  readonly timer: TimerList;
  /** The first half of cancel_delayed_work_sync(), 1 if its timer was pending: from here on neither timer nor work can be set. {@link Work} has the other half. */
  readonly cancelTimerSync: Op;

  constructor(memory: Allocation, name: string, body: () => Steps<unknown>) {
    const { kernel } = memory;
    const timer = `${name}.timer`;
    this.work = new Work(memory, name, body);
    this.timer = new TimerList(kernel, timer, () => this.expire(), memory);
    this.cancelTimerSync = kernel.sim.ops.define({
      label: `timer_delete_sync(${timer})`, kind: 'poll', lead: kernel.config.lock,
      exec: (_operand, ctx) => {
        this.work.disable(ctx);
        return this.timer.deactivateSync(ctx);
      },
    });
  }

  /** delayed_work_pending(). */
  get isPending(): boolean {
    return this.timer.pending || this.work.isPending;
  }

  /** schedule_delayed_work(): 1, or 0 if it was pending already, or is being cancelled. */
  schedule(jiffies: number): number {
    if (this.isPending || this.work.isCancelled) return 0;
    this.set(jiffies);
    return 1;
  }

  /** mod_delayed_work(): 1 if it was pending; it is due in `jiffies` from now in any case. */
  modify(jiffies: number): number {
    const pending = this.cancelPending();
    this.set(jiffies);
    return pending;
  }

  /** cancel_delayed_work(): 1 if it was pending; it may still run. */
  cancelPending(): number {
    const armed = this.timer.delTimer();
    return this.work.cancelPending() !== 0 || armed ? 1 : 0;
  }

  /** flush_delayed_work(): does not wait for the timer. Returns whether there is work to wait for. */
  hurry(): void {
    if (this.timer.delTimer()) this.work.schedule();
  }

  private set(jiffies: number): void {
    if (this.work.isCancelled) return;
    if (jiffies === 0) this.work.schedule();
    else this.timer.modTimer(jiffies);
  }

  /** delayed_work_timer_fn(). */
  private *expire(): Generator<never, void, number> {
    this.work.schedule();
  }
}
