import { BLOCKED, clear, type Context, type Op, type Steps } from '../sim/index.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

export interface WorkOps {
  /** schedule_work(): it runs once more, soon, in a task. */
  readonly scheduleWork: Op;
  /** cancel_work_sync(): it will not run, and does not run any more. 1 if it was pending. May sleep. */
  readonly cancelWorkSync: Op;
}

/** Who waits for an end of it. */
interface Waiter {
  readonly ctx: Context;
  /** For the instance that is queued behind the one that runs. */
  behind: boolean;
  /** What the call returns. */
  readonly value: number;
}

/** struct work_struct, on a kworker of its own. */
export class Work {
  readonly task: Task;
  protected readonly kernel: Kernel;
  protected readonly memory: Allocation;
  protected readonly name: string;
  private readonly ops: WorkOps;
  /** As footprints know it. */
  private readonly object: number;
  protected pending = false;
  private running = false;
  /** Its kworker has nothing to do. */
  private idle = false;
  private readonly waiters: Waiter[] = [];
  /** Who cancels it: meanwhile nobody can queue it (kernel/workqueue.c: WORK_OFFQ_CANCELING, since 6.10 disable_work()). */
  private readonly cancellers = new Set<Context>();

  constructor(memory: Allocation, name: string, body: () => Steps<unknown>) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    this.object = object;
    const footprint = { reads: [object], writes: [object] };
    this.ops = {
      scheduleWork: sim.ops.define({ label: `schedule_work(${name})`, lead: config.lock, footprint, exec: () => this.schedule() }),
      cancelWorkSync: sim.ops.define({
        label: `cancel_work_sync(${name})`, kind: 'block', lead: config.lock, footprint, exec: (_operand, ctx) => this.cancel(ctx),
      }),
    };
    const next = sim.ops.define({ label: 'worker_thread', kind: 'block', footprint, exec: () => this.next() });
    const take = (): boolean => this.take();
    this.task = kernel.thread(`bmc:kworker/${name}`, function* () {
      for (;;) {
        sim.current!.home();
        yield next;
        kernel.order?.acquire(object, sim.current);
        if (take()) yield* body();
      }
    }, true);
    sim.onReset(() => {
      this.pending = false;
      this.running = false;
      this.idle = false;
      clear(this.waiters);
      this.cancellers.clear();
    });
  }

  at(frame: number): WorkOps {
    return { scheduleWork: this.ops.scheduleWork | frame, cancelWorkSync: this.ops.cancelWorkSync | frame };
  }

  /** Starts its kworker in this run. */
  start(): void {
    this.task.ctx.start();
  }

  /** schedule_work(): 1, or 0 if it was pending already, or is being cancelled. */
  schedule(): number {
    if (this.memory.freed) this.memory.useAfterFree(`schedule_work(${this.name})`);
    // Whoever finds it pending comes before the body, too (kernel/workqueue.c: set_work_pool_and_clear_pending()).
    this.kernel.order?.pass(this.object, this.kernel.sim.current);
    if (this.pending || this.isCancelled) return 0;
    this.pending = true;
    if (this.idle) {
      this.idle = false;
      this.kernel.wake(this.task, 0);
    }
    return 1;
  }

  /** The body has returned, or what woke the kworker was cancelled. */
  private next(): number {
    this.running = false;
    this.wakeWaiters();
    if (this.pending) return 0;
    this.idle = true;
    return BLOCKED;
  }

  /** Those go on whose instance has run, or never will. */
  private wakeWaiters(): void {
    const rest = this.waiters.filter(({ behind }) => behind && this.pending);
    for (const waiter of this.waiters) {
      if (rest.includes(waiter)) continue;
      this.cancellers.delete(waiter.ctx);
      this.kernel.wake(this.kernel.taskOf(waiter.ctx), waiter.value);
    }
    clear(this.waiters);
    this.waiters.push(...rest);
  }

  /** The kworker has the CPU: false if it was cancelled before. */
  private take(): boolean {
    if (!this.pending) return false;
    if (this.memory.freed) this.memory.useAfterFree(`worker_thread(${this.name})`);
    this.pending = false;
    this.running = true;
    for (const waiter of this.waiters) waiter.behind = false;
    return true;
  }

  private cancel(ctx: Context): number {
    this.kernel.mightSleep(ctx, 'cancel_work_sync');
    const was = this.cancelPending();
    if (!this.running) {
      this.cancellers.delete(ctx);
      return was;
    }
    this.disable(ctx);
    return this.wait(ctx, false, was);
  }

  /** Until the cancel_work_sync() of `ctx` has returned nobody can queue it. */
  disable(ctx: Context): void {
    this.cancellers.add(ctx);
  }

  /** flush_work(): what was queued last has run, however often it is queued again. 1, or 0 if there was nothing to wait for. */
  flush(ctx: Context): number {
    this.kernel.mightSleep(ctx, 'flush_work');
    return this.pending || this.running ? this.wait(ctx, this.pending, 1) : 0;
  }

  private wait(ctx: Context, behind: boolean, value: number): typeof BLOCKED {
    this.waiters.push({ ctx, behind, value });
    return BLOCKED;
  }

  /** cancel_work(): 1 if it was pending; it may still run. */
  cancelPending(): number {
    const { pending } = this;
    this.pending = false;
    return pending ? 1 : 0;
  }

  /** Somebody cancels it, and nobody can queue it. */
  get isCancelled(): boolean {
    return this.cancellers.size > 0;
  }

  /** work_pending(). */
  get isPending(): boolean {
    return this.pending;
  }
}
