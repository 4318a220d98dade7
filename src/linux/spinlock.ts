import { END_OF_TIME, NS, SLOTS, Signal, clear, withOperand, type Context, type Op, type OpDef, type Ps } from '../sim/index.ts';
import type { Allocation } from './memory.ts';
import type { Kernel } from './kernel.ts';

/** How often a CPU that spins looks at the lock, ps. */
const SPIN_PERIOD: Ps = 50 * NS;

/** The flags of a CPU with interrupts off, as ARM keeps them in CPSR; all others are on (arch/arm: PSR_I_BIT). */
export const PSR_I_BIT = 0x80;

/** Operands of irqsave and irqrestore: who gives none leaves the flags to the lock, as a model does that never mixes them. */
const [TELLS, RESTORES_ON, RESTORES_OFF] = [1, 1, 2];

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
  /** On one CPU there can be several, once the rules are broken. */
  private readonly holders: Context[] = [];
  /** Per context: the interrupt flag that it restores by spin_unlock_irqrestore(), and whether it spins. */
  private readonly flags = new Uint8Array(SLOTS);
  private readonly spinning = new Uint8Array(SLOTS);

  constructor(memory: Allocation, name: string) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name;
    const object = sim.ops.object(`${memory.name}.${name}`);
    const define = (label: string, exec: OpDef['exec']): Op => sim.ops.define({
      label: `${label}(${name})`, lead: config.lock, footprint: { reads: [object], writes: [object] }, exec,
    });
    this.ops = {
      spinLock: define('spin_lock', (_operand, ctx) => this.lock(ctx, 'spin_lock', false)),
      spinUnlock: define('spin_unlock', (_operand, ctx) => this.unlock(ctx)),
      spinLockIrq: define('spin_lock_irq', (_operand, ctx) => this.lock(ctx, 'spin_lock_irq', true)),
      spinUnlockIrq: define('spin_unlock_irq', (_operand, ctx) => this.unlock(ctx, false)),
      spinLockIrqsave: define('spin_lock_irqsave', (operand, ctx) => {
        const result = this.lock(ctx, 'spin_lock_irqsave', true);
        return operand === TELLS && result === 0 ? this.saved(ctx) : result;
      }),
      spinUnlockIrqrestore: define('spin_unlock_irqrestore', (operand, ctx) => this.unlock(ctx, operand === 0 ? this.flags[ctx.id] !== 0 : operand === RESTORES_OFF)),
    };
    sim.onReset(() => {
      clear(this.holders);
      for (let id = 0; id < sim.contexts.length; id++) {
        this.flags[id] = 0;
        this.spinning[id] = 0;
      }
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

  /** spin_lock_irqsave() that resumes with the flags, {@link PSR_I_BIT}, for a caller that keeps them. */
  get irqsave(): Op {
    return withOperand(this.ops.spinLockIrqsave, TELLS);
  }

  /** spin_unlock_irqrestore() of such `flags`, wherever they were saved. */
  irqrestore(flags: number): Op {
    return withOperand(this.ops.spinUnlockIrqrestore, (flags & PSR_I_BIT) === 0 ? RESTORES_ON : RESTORES_OFF);
  }

  /** The flags with which `ctx` came when it took the lock last. */
  saved(ctx: Context): number {
    return this.flags[ctx.id] === 0 ? 0 : PSR_I_BIT;
  }

  get held(): boolean {
    return this.holders.length > 0;
  }

  private lock(ctx: Context, how: string, irqsOff: boolean): number {
    const { kernel, holders } = this;
    if (this.memory.freed) this.memory.useAfterFree(`${how}(${this.name})`);
    if (this.spinning[ctx.id] === 0) {
      if (holders.length > 0 && holders.includes(ctx)) {
        kernel.breach('deadlock', 'recursive-lock', ctx, `${how}(${this.name}): the caller holds it already`, this.name, true);
      }
      this.disable(ctx, irqsOff);
    }
    if (holders.length > 0) {
      this.checkBelow(ctx, how);
      if (kernel.config.cpus > 1) {
        this.spinning[ctx.id] = 1;
        ctx.pollPeriod = SPIN_PERIOD;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.released);
      }
    }
    this.spinning[ctx.id] = 0;
    holders.push(ctx);
    return 0;
  }

  /** spin_trylock(), or with `irqsOff` spin_trylock_irqsave(): 1, or 0 with everything as it was. */
  tryLock(ctx: Context, irqsOff = false): number {
    if (this.memory.freed) this.memory.useAfterFree(`spin_trylock(${this.name})`);
    if (this.holders.length > 0) return 0;
    this.disable(ctx, irqsOff);
    this.holders.push(ctx);
    return 1;
  }

  /** Preemption, and if asked for interrupts, are off from before the first look at the lock. */
  private disable(ctx: Context, irqsOff: boolean): void {
    const task = this.kernel.taskAt(ctx);
    if (task !== undefined) task.preemptCount++;
    const cpu = this.kernel.cpuOf(ctx);
    this.flags[ctx.id] = cpu.irqsOff ? 1 : 0;
    if (irqsOff) cpu.setIrqsOff(true);
  }

  /** Whoever holds the lock on this CPU cannot go on before `ctx` does. */
  private checkBelow(ctx: Context, how: string): void {
    const { kernel } = this;
    const cpu = kernel.cpuOf(ctx);
    for (const holder of this.holders) {
      if (holder === ctx || (kernel.config.cpus > 1 && kernel.cpuOf(holder) !== cpu)) continue;
      kernel.breach('deadlock', 'lock-held-below', ctx,
        `${how}(${this.name}): ${holder.name}, which this context interrupts or displaces, holds it`, this.name);
    }
  }

  private unlock(ctx: Context, irqsOff?: boolean): number {
    const { kernel, holders } = this;
    if (this.memory.freed) this.memory.useAfterFree(`spin_unlock(${this.name})`);
    const last = holders.length - 1;
    const at = last >= 0 && holders[last] === ctx ? last : holders.lastIndexOf(ctx);
    if (at < 0) {
      kernel.breach('deadlock', 'unlock-not-held', ctx, `spin_unlock(${this.name}) by a context that does not hold it`, this.name);
    } else {
      if (at === last) holders.pop();
      else holders.splice(at, 1);
      const task = kernel.taskAt(ctx);
      if (task !== undefined) task.preemptCount--;
    }
    if (irqsOff !== undefined) kernel.cpuOf(ctx).setIrqsOff(irqsOff);
    this.released.changed();
    return 0;
  }
}
