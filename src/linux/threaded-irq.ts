import { BLOCKED, State, call, clear, type Context, type Op, type Steps } from '../sim/index.ts';
import { IRQ_HANDLED, type IrqAction, type Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/** The third answer of a handler (linux/irqreturn.h). */
export const IRQ_WAKE_THREAD = 2;

/** request_threaded_irq(): a handler in interrupt context, and the rest of the work in a thread. */
export class ThreadedIrq {
  readonly action: IrqAction;
  readonly task: Task;
  private readonly kernel: Kernel;
  private readonly stopped: Op;
  private readonly synchronized: Op;
  /** Who waits for its thread to come to rest. */
  private readonly waiters: Context[] = [];
  private readonly source: number;
  /** IRQF_ONESHOT: the source stays masked until the thread has run. */
  private readonly oneshot: boolean;
  /** It was woken, and has not begun. */
  private pending = false;
  private idle = false;
  /** It keeps the source masked. */
  private masks = false;

  /** @param handler null: wakes the thread each time (irq_default_primary_handler()) */
  constructor(kernel: Kernel, source: number, name: string, handler: (() => Steps<number>) | null, thread: () => Steps<unknown>, oneshot: boolean) {
    const { sim } = kernel;
    this.kernel = kernel;
    this.source = source;
    this.oneshot = oneshot;
    const wait: Op = sim.ops.define({ label: `irq_wait_for_interrupt(${name})`, kind: 'block', exec: () => this.next() });
    this.stopped = sim.ops.define({ label: `kthread_stop(${name})`, kind: 'block', lead: kernel.config.lock, exec: (_operand, ctx) => this.end(ctx) });
    this.synchronized = sim.ops.define({ label: `synchronize_irq(${name})`, kind: 'block', lead: kernel.config.lock, exec: (_operand, ctx) => this.rest(ctx) });
    this.action = { name, handler: () => this.primary(handler) };
    this.task = kernel.thread(`bmc:irq/${name}`, () => this.main(wait, thread), true);
    sim.onReset(() => {
      this.pending = false;
      this.idle = false;
      this.masks = false;
      clear(this.waiters);
    });
  }

  private *primary(handler: (() => Steps<number>) | null): Steps<number> {
    const result = handler === null ? IRQ_WAKE_THREAD : yield* handler();
    if (result !== IRQ_WAKE_THREAD) return result;
    this.wakeThread();
    return IRQ_HANDLED;
  }

  /** irq_thread(). */
  private *main(wait: Op, thread: () => Steps<unknown>): Steps {
    for (;;) {
      yield wait;
      yield call(thread());
      this.threadDone();
    }
  }

  /** Starts its thread in this run. */
  start(): void {
    if (this.task.ctx.state === State.dormant) this.task.ctx.start();
  }

  /** free_irq() of it: the thread has ended what it was doing. May sleep. */
  *stop(): Steps {
    yield this.stopped;
  }

  /** The second half of synchronize_irq(): a thread that was woken has ended what it was doing. May sleep. */
  *synchronize(): Steps {
    yield this.synchronized;
  }

  /** __irq_wake_thread(). */
  private wakeThread(): void {
    const { order, sim } = this.kernel;
    order?.release(this, sim.current);
    if (this.pending) return;
    this.pending = true;
    if (this.oneshot && !this.masks) {
      this.masks = true;
      this.kernel.disableIrq(this.source);
    }
    if (!this.idle) return;
    this.idle = false;
    this.pending = false;
    this.kernel.wake(this.task, 0);
  }

  private next(): number {
    const { order, sim } = this.kernel;
    order?.pass(this, sim.current);
    if (!this.pending) {
      this.idle = true;
      for (const ctx of this.waiters) this.kernel.wake(this.kernel.taskOf(ctx), 0);
      clear(this.waiters);
      return BLOCKED;
    }
    this.pending = false;
    return 0;
  }

  private end(ctx: Context): number {
    this.kernel.mightSleep(ctx, 'free_irq');
    return this.rest(ctx);
  }

  private rest(ctx: Context): number {
    this.kernel.order?.acquire(this, ctx);
    if (this.idle || this.task.ctx.state === State.dormant) return 0;
    this.waiters.push(ctx);
    return BLOCKED;
  }

  /** irq_finalize_oneshot(). */
  private threadDone(): void {
    if (!this.masks) return;
    this.masks = false;
    this.kernel.enableIrq(this.source);
  }
}
