import { BLOCKED, clear, type Context, type Op } from '../sim/index.ts';
import { EINTR } from './errno.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';

export interface MutexOps {
  readonly mutexLock: Op;
  readonly mutexUnlock: Op;
}

/** struct mutex: sleeps, first come first served. */
export class Mutex {
  readonly name: string;
  private readonly kernel: Kernel;
  private readonly memory: Allocation;
  private readonly ops: MutexOps;
  private owner: Context | null = null;
  private readonly waiters: Context[] = [];

  constructor(memory: Allocation, name: string) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    const footprint = { reads: [object], writes: [object] };
    this.ops = {
      mutexLock: sim.ops.define({
        label: `mutex_lock(${name})`, kind: 'block', lead: config.lock, footprint, exec: (_operand, ctx) => this.lock(ctx),
      }),
      mutexUnlock: sim.ops.define({
        label: `mutex_unlock(${name})`, lead: config.lock, footprint, exec: (_operand, ctx) => this.unlock(ctx),
      }),
    };
    sim.onReset(() => {
      this.owner = null;
      clear(this.waiters);
    });
  }

  /** Somebody holds it. */
  get held(): boolean {
    return this.owner !== null;
  }

  at(frame: number): MutexOps {
    return { mutexLock: this.ops.mutexLock | frame, mutexUnlock: this.ops.mutexUnlock | frame };
  }

  private lock(ctx: Context): number {
    return this.take(ctx, 'mutex_lock') ? 0 : this.wait(ctx, 'mutex_lock');
  }

  /** mutex_lock_interruptible(): 0, or -EINTR if a signal comes before it is free. */
  lockInterruptible(ctx: Context): number {
    const how = 'mutex_lock_interruptible';
    if (this.take(ctx, how)) return 0;
    return this.kernel.signalFault(ctx) ? -EINTR : this.wait(ctx, how);
  }

  /** mutex_trylock(): 1, or 0 if somebody holds it. Not for interrupt handlers: a mutex has an owner. */
  tryLock(ctx: Context): number {
    const { kernel } = this;
    if (this.memory.freed) this.memory.useAfterFree(`mutex_trylock(${this.name})`);
    if (kernel.taskAt(ctx) === undefined) kernel.mightSleep(ctx, 'mutex_trylock');
    if (this.owner !== null) return 0;
    this.owner = ctx;
    return 1;
  }

  private take(ctx: Context, how: string): boolean {
    if (this.memory.freed) this.memory.useAfterFree(`${how}(${this.name})`);
    this.kernel.mightSleep(ctx, how);
    if (this.owner !== null) return false;
    this.owner = ctx;
    return true;
  }

  private wait(ctx: Context, how: string): typeof BLOCKED {
    if (this.owner === ctx) {
      this.kernel.breach('deadlock', 'recursive-lock', ctx, `${how}(${this.name}): the caller holds it already`, this.name, true);
    }
    this.waiters.push(ctx);
    return BLOCKED;
  }

  private unlock(ctx: Context): number {
    const { kernel } = this;
    if (this.memory.freed) this.memory.useAfterFree(`mutex_unlock(${this.name})`);
    if (this.owner !== ctx) {
      kernel.breach('deadlock', 'unlock-not-held', ctx, `mutex_unlock(${this.name}) by a task that does not hold it`, this.name);
    }
    this.owner = this.waiters.shift() ?? null;
    if (this.owner !== null) kernel.wake(kernel.taskOf(this.owner), 0);
    return 0;
  }
}
