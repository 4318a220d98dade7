import { BLOCKED, clear, type Context, type Op, type Steps } from '../sim/index.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

export interface WorkOps {
  /** schedule_work(): it runs once more, soon, in a task. */
  readonly scheduleWork: Op;
  /** cancel_work_sync(): it will not run, and does not run any more. May sleep. */
  readonly cancelWorkSync: Op;
}

/** struct work_struct, on a kworker of its own. */
export class Work {
  readonly task: Task;
  protected readonly kernel: Kernel;
  protected readonly memory: Allocation;
  protected readonly name: string;
  private readonly ops: WorkOps;
  protected pending = false;
  private running = false;
  /** Its kworker has nothing to do. */
  private idle = false;
  /** Wait until it does not run any more. */
  private readonly waiters: Context[] = [];
  /** Who cancels it: meanwhile nobody can queue it (kernel/workqueue.c: WORK_OFFQ_CANCELING, since 6.10 disable_work()). */
  private readonly cancellers = new Set<Context>();

  constructor(memory: Allocation, name: string, body: () => Steps<unknown>) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    const footprint = { reads: [object], writes: [object] };
    this.ops = {
      scheduleWork: sim.ops.define({ label: `schedule_work(${name})`, lead: config.lock, footprint, exec: () => this.schedule() }),
      cancelWorkSync: sim.ops.define({
        label: `cancel_work_sync(${name})`, kind: 'block', lead: config.lock, footprint, exec: (_operand, ctx) => this.cancel(ctx),
      }),
    };
    const next = sim.ops.define({ label: 'worker_thread', kind: 'block', footprint, exec: () => this.next() });
    this.task = kernel.thread(`bmc:kworker/${name}`, function* () {
      for (;;) {
        sim.current!.home();
        yield next;
        yield* body();
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
    if (this.pending || this.isCancelled) return 0;
    this.pending = true;
    if (this.idle) {
      this.idle = false;
      this.take();
      this.kernel.wake(this.task, 0);
    }
    return 1;
  }

  /** The body has returned, or begins. */
  private next(): number {
    this.running = false;
    for (const ctx of this.waiters) {
      this.cancellers.delete(ctx);
      this.kernel.wake(this.kernel.taskOf(ctx), 0);
    }
    clear(this.waiters);
    if (!this.pending) {
      this.idle = true;
      return BLOCKED;
    }
    this.take();
    return 0;
  }

  private take(): void {
    this.pending = false;
    this.running = true;
  }

  private cancel(ctx: Context): number {
    this.kernel.mightSleep(ctx, 'cancel_work_sync');
    this.pending = false;
    if (this.running) this.disable(ctx);
    else this.cancellers.delete(ctx);
    return this.ended(ctx);
  }

  /** Until the cancel_work_sync() of `ctx` has returned nobody can queue it. */
  disable(ctx: Context): void {
    this.cancellers.add(ctx);
  }

  /** flush_work(): what is pending now has run. */
  flush(ctx: Context): number {
    this.kernel.mightSleep(ctx, 'flush_work');
    return this.pending ? this.wait(ctx) : this.ended(ctx);
  }

  /** Waits until its body has returned, if it runs. */
  private ended(ctx: Context): number {
    return this.running ? this.wait(ctx) : 0;
  }

  private wait(ctx: Context): typeof BLOCKED {
    this.waiters.push(ctx);
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
