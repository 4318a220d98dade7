import { BLOCKED, clear, type Context, type Op, type OpDef, type Steps } from '../sim/index.ts';
import { ERESTARTSYS } from './errno.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

export interface WaitQueueOps {
  /** wake_up_interruptible(), or the other macro that the driver uses: a step. */
  readonly wakeUpInterruptible: Op;
  /** prepare_to_wait(): from here on a wake-up is not lost. */
  readonly prepareToWait: Op;
  /** schedule(): sleeps unless woken since {@link prepareToWait}; 0 or -ERESTARTSYS. */
  readonly schedule: Op;
  /** poll_wait(). */
  readonly pollWait: Op;
}

/** wait_queue_head_t. */
export class WaitQueue {
  readonly name: string;
  protected readonly kernel: Kernel;
  protected readonly memory: Allocation;
  private readonly ops: WaitQueueOps;
  private readonly waiters: Task[] = [];

  /** @param wakeUp the macro by which the driver wakes; none of those that sleep here is exclusive, so all do the same */
  constructor(memory: Allocation, name: string, wakeUp = 'wake_up_interruptible') {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    const footprint = { reads: [object], writes: [object] };
    const define = (label: string, kind: OpDef['kind'], exec: OpDef['exec']): Op => sim.ops.define({
      label: `${label}(${name})`, kind, lead: config.lock, footprint, exec,
    });
    this.ops = {
      wakeUpInterruptible: define(wakeUp, 'compute', (_operand, ctx) => this.wakeUp(ctx)),
      prepareToWait: define('prepare_to_wait', 'compute', (_operand, ctx) => this.prepare(ctx)),
      schedule: define('schedule', 'block', (_operand, ctx) => this.schedule(ctx)),
      pollWait: define('poll_wait', 'compute', (_operand, ctx) => {
        kernel.taskOf(ctx).polling = this;
        return this.prepare(ctx);
      }),
    };
    sim.onReset(() => {
      clear(this.waiters);
    });
  }

  at(frame: number): WaitQueueOps {
    const { ops } = this;
    return {
      wakeUpInterruptible: ops.wakeUpInterruptible | frame,
      prepareToWait: ops.prepareToWait | frame,
      schedule: ops.schedule | frame,
      pollWait: ops.pollWait | frame,
    };
  }

  /** wake_up(): all that sleep here go on, of those that `waker`, if it is told, can wake. */
  wakeUp(waker: Context | null = null): number {
    if (this.memory.freed) this.memory.useAfterFree(`wake_up(${this.name})`);
    for (const task of this.waiters) {
      if (task.woken || !this.wakes(task, waker)) continue;
      task.woken = true;
      if (task.asleep) this.kernel.wake(task, 0);
      task.asleep = false;
    }
    return 0;
  }

  /** try_to_wake_up() with the mode of the call: whether `task` sleeps so that it is woken. */
  protected wakes(_task: Task, _waker: Context | null): boolean {
    return true;
  }

  private prepare(ctx: Context): number {
    if (this.memory.freed) this.memory.useAfterFree(`prepare_to_wait(${this.name})`);
    const task = this.kernel.taskOf(ctx);
    task.woken = false;
    if (!this.waiters.includes(task)) this.waiters.push(task);
    return 0;
  }

  /** schedule() as a wait_event macro calls it; without `interruptible` no signal ends the sleep. */
  schedule(ctx: Context, interruptible = true): number {
    this.kernel.mightSleep(ctx, 'schedule');
    return this.sleep(ctx, interruptible);
  }

  /** The same as do_wait_intr() calls it: nothing checks the interrupt flag, and finish_task_switch() comes back with interrupts on. */
  scheduleLocked(ctx: Context): number {
    this.kernel.cpuOf(ctx).setIrqsOff(false);
    return this.sleep(ctx);
  }

  /** Sleeps unless woken since {@link prepare}, or reached by a signal. */
  protected sleep(ctx: Context, interruptible = true): number {
    const { kernel } = this;
    const task = kernel.taskOf(ctx);
    if (task.woken) return 0;
    if (interruptible && kernel.signalFault(ctx)) return -ERESTARTSYS;
    if (task.nonBlocking) {
      kernel.breach('errno', 'nonblocking-sleeps', ctx,
        `a call with O_NONBLOCK sleeps in wait_event(${this.name}) instead of returning -EAGAIN (read(2), write(2))`, this.name);
    }
    task.asleep = true;
    task.slept = true;
    return BLOCKED;
  }

  /** waitqueue_active(). */
  get active(): boolean {
    return this.waiters.length > 0;
  }

  /** Takes `task` off the queue. */
  forget(task: Task): void {
    const at = this.waiters.indexOf(task);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  /** finish_wait(), by the current task. */
  finishWait(): void {
    this.forget(this.kernel.currentTask);
  }
}

/**
 * wait_event_interruptible(): returns 0 once `condition` holds, or -ERESTARTSYS if a signal ends the
 * wait. The condition is checked between prepare_to_wait() and schedule(), as the macro does, or
 * every preemption between them would be a lost wake-up; and once more after a signal, for it comes before that
 * (___wait_event()).
 */
export function* waitEventInterruptible(queue: WaitQueue, ops: WaitQueueOps, condition: () => boolean): Steps<number> {
  if (condition()) return 0;
  for (;;) {
    yield ops.prepareToWait;
    let result = 0;
    if (!condition()) {
      result = yield ops.schedule;
      if (condition()) result = 0;
      else if (result === 0) continue;
    }
    queue.finishWait();
    return result;
  }
}

/** The same with a condition that takes steps of its own, such as looking at a register. */
export function* waitEventInterruptibleOn(queue: WaitQueue, ops: WaitQueueOps, condition: () => Steps<boolean>): Steps<number> {
  if (yield* condition()) return 0;
  let result = 0;
  for (;;) {
    if (result === 0) yield ops.prepareToWait;
    const holds = yield* condition();
    if (holds || result !== 0) {
      queue.finishWait();
      return holds ? 0 : result;
    }
    result = yield ops.schedule;
  }
}
