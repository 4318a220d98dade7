import { END_OF_TIME, SEC, Signal, clear, withOperand, type Context, type Op, type Owner, type Ps, type Steps } from '../sim/index.ts';
import type { Kernel } from './kernel.ts';
import type { Allocation } from './memory.ts';

/** Operands of {@link TimerList.timerDeleteSync}. */
const [TELLS, SHUTS_DOWN] = [1, 2];

/** struct timer_list: one callback, in softirq context, on a jiffy boundary. It lives in `memory`, if that can be freed. */
export class TimerList implements Owner {
  readonly name: string;
  readonly callback: () => Steps<unknown>;
  /** timer_delete_sync(): deletes it, and waits for a callback that is under way on another CPU. A step. */
  readonly timerDeleteSync: Op;
  /** The same, which resumes with 1 if it was pending. */
  readonly timerDeactivateSync: Op;
  /** timer_shutdown_sync(): the same, and nothing sets it any more. */
  readonly timerShutdownSync: Op;
  readonly memory: Allocation | null;
  private readonly wheel: TimerWheel;
  private readonly slot: number;
  private shut = false;

  constructor(kernel: Kernel, name: string, callback: () => Steps<unknown>, memory: Allocation | null = null) {
    this.name = name;
    this.memory = memory;
    this.callback = callback;
    this.wheel = kernel.timers;
    this.slot = kernel.sim.slot(this);
    this.timerDeleteSync = kernel.sim.ops.define({
      label: `timer_delete_sync(${name})`, kind: 'poll', lead: kernel.config.lock,
      exec: (operand, ctx) => (operand === 0 ? this.deleteSync(ctx) : this.deactivateSync(ctx, operand === SHUTS_DOWN)),
    });
    kernel.sim.onReset(() => this.setup());
    this.timerDeactivateSync = withOperand(this.timerDeleteSync, TELLS);
    this.timerShutdownSync = withOperand(this.timerDeleteSync, SHUTS_DOWN);
  }

  /** timer_setup(): from here on it can be set. */
  setup(): void {
    this.shut = false;
  }

  /**
   * One try of timer_delete_sync(), try_to_del_timer_sync(): 1 if it was pending, 0 if not, or the callback runs and may set
   * it once more. `shutdown`: it cannot, for who sets it is ignored from now on.
   */
  deactivateSync(ctx: Context, shutdown = false): number {
    if (shutdown) this.shut = true;
    if (this.wheel.running === this) return this.awaitCallback(ctx);
    const was = this.delTimer();
    this.passBase();
    return was ? 1 : 0;
  }

  private awaitCallback(ctx: Context): number {
    ctx.pollPeriod = this.wheel.kernel.handlerPeriod;
    ctx.pollDeadline = END_OF_TIME;
    return ctx.park(this.wheel.ended);
  }

  /** What {@link timerDeleteSync} does, for an operation of kind `poll` that does more. */
  deleteSync(ctx: Context): number {
    this.delTimer();
    if (this.wheel.running === this) return this.awaitCallback(ctx);
    this.passBase();
    return 0;
  }

  /**
   * mod_timer(): fires at the tick after the one that is `jiffies` from the current jiffy, so that it is never early, not even
   * if it is set right at a tick (calc_index()).
   */
  modTimer(jiffies: number): void {
    const { wheel } = this;
    if (this.shut) return;
    wheel.drop(this);
    this.passBase();
    wheel.kernel.sim.queue.schedule(this.slot, (wheel.jiffies + jiffies + 1) * wheel.jiffy, true);
  }

  /** del_timer(): true if it was pending. */
  delTimer(): boolean {
    const { queue } = this.wheel.kernel.sim;
    const pending = queue.scheduled(this.slot);
    queue.cancel(this.slot);
    const deleted = this.wheel.drop(this) || pending;
    if (deleted) this.passBase();
    return deleted;
  }

  /**
   * The lock of the timer base, by the context that runs: who sets or deletes the timer takes it, and its run before and
   * after. That one lock is for many timers is an accident, by which nobody is ordered here; nor is who sleeps with
   * others on one timer of the kernel's own.
   */
  passBase(): void {
    const { order, sim } = this.wheel.kernel;
    if (order !== null && this.memory !== null) order.pass(this, sim.current);
  }

  /** timer_shutdown_sync() was called, and it was not set up again. */
  get isShutDown(): boolean {
    return this.shut;
  }

  /** timer_pending(): set, and its callback has not begun. */
  get pending(): boolean {
    return this.wheel.kernel.sim.queue.scheduled(this.slot) || this.wheel.has(this);
  }

  fire(): void {
    this.wheel.expire(this);
  }
}

/** The expired timers of one kernel, run in softirq context on CPU 0. */
export class TimerWheel {
  readonly kernel: Kernel;
  /** One jiffy, ps. */
  readonly jiffy: Ps;
  /** The timer whose callback runs. */
  running: TimerList | null = null;
  /** A callback has returned. */
  readonly ended = new Signal();
  private readonly due_: TimerList[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.jiffy = Math.floor(SEC / kernel.config.hz);
    kernel.sim.onReset(() => {
      clear(this.due_);
      this.running = null;
      this.ended.reset();
    });
  }

  /** Jiffies since boot. */
  get jiffies(): number {
    return Math.floor(this.kernel.sim.now / this.jiffy);
  }

  get due(): boolean {
    return this.due_.length > 0;
  }

  /** Takes the next expired timer; the callback of the one before has returned. */
  expired(): TimerList | null {
    this.running?.passBase();
    this.running = this.due_.shift() ?? null;
    this.running?.passBase();
    if (this.running?.memory?.freed === true) this.running.memory.useAfterFree(this.running.name, 'timer');
    this.ended.changed();
    return this.running;
  }

  expire(timer: TimerList): void {
    this.due_.push(timer);
    this.kernel.cpus[0].raiseSoftirq();
  }

  has(timer: TimerList): boolean {
    return this.due_.includes(timer);
  }

  drop(timer: TimerList): boolean {
    const at = this.due_.indexOf(timer);
    if (at >= 0) this.due_.splice(at, 1);
    return at >= 0;
  }
}
