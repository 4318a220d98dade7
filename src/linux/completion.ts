import { BLOCKED, clear, type Context } from '../sim/index.ts';
import { ERESTARTSYS } from './errno.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/** Value of {@link Completion.wait}: it was done, and is used up. */
export const COMPLETED = 1;

/** As many as complete_all() makes (UINT_MAX: they never end). */
const ALL = 0xffff_ffff;

/** struct completion: counts, so that what was completed before anybody waited is not lost. */
export class Completion {
  readonly name: string;
  private readonly kernel: Kernel;
  private readonly memory: Allocation;
  private done = 0;
  private readonly waiters: Task[] = [];

  constructor(memory: Allocation, name: string) {
    this.kernel = memory.kernel;
    this.memory = memory;
    this.name = name;
    this.kernel.sim.onReset(() => this.init());
  }

  /** init_completion(). */
  init(): void {
    this.done = 0;
    clear(this.waiters);
  }

  /** reinit_completion(): what was completed is forgotten. */
  reinit(): number {
    this.done = 0;
    return 0;
  }

  /** complete(): one waiter goes on. */
  complete(): number {
    this.check('complete');
    if (this.done !== ALL) this.done++;
    this.wakeFirst();
    return 0;
  }

  /** complete_all(): all go on, now and until it is initialised again. */
  completeAll(): number {
    this.check('complete_all');
    this.done = ALL;
    while (this.waiters.length > 0) this.wakeFirst();
    return 0;
  }

  /** try_wait_for_completion(): 1 if it was done. */
  tryWait(): number {
    this.check('try_wait_for_completion');
    if (this.done === 0) return 0;
    if (this.done !== ALL) this.done--;
    return COMPLETED;
  }

  /** completion_done(). */
  get isDone(): boolean {
    return this.done > 0;
  }

  /**
   * One round of do_wait_for_common(): {@link COMPLETED}, -ERESTARTSYS, or BLOCKED and then 0, after which the caller
   * asks again: another may have been faster, or the time is over.
   */
  wait(ctx: Context, interruptible: boolean): number {
    const { kernel, waiters } = this;
    kernel.mightSleep(ctx, 'wait_for_completion');
    const task = kernel.taskOf(ctx);
    const at = waiters.indexOf(task);
    if (at >= 0) waiters.splice(at, 1);
    if (this.tryWait() === COMPLETED) return COMPLETED;
    if (interruptible && kernel.signalFault(ctx)) return -ERESTARTSYS;
    waiters.push(task);
    task.asleep = true;
    task.slept = true;
    return BLOCKED;
  }

  /** The current task gives up. */
  leave(): void {
    const at = this.waiters.indexOf(this.kernel.currentTask);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  private wakeFirst(): void {
    const task = this.waiters.shift();
    if (task === undefined || !task.asleep) return;
    task.asleep = false;
    this.kernel.wake(task, 0);
  }

  private check(what: string): void {
    if (this.memory.freed) this.memory.useAfterFree(`${what}(${this.name})`);
  }
}
