import type { Op, Steps } from '../sim/index.ts';
import { ERESTARTSYS } from './errno.ts';
import type { Allocation } from './memory.ts';
import { SpinLock, type SpinLockOps } from './spinlock.ts';
import { WaitQueue, type WaitQueueOps } from './waitqueue.ts';

export interface LockedWaitQueueOps extends WaitQueueOps, SpinLockOps {
  /** schedule() as do_wait_intr() calls it: nothing checks the interrupt flag, and it comes back with interrupts on. */
  readonly scheduleLocked: Op;
}

/** wait_queue_head_t whose own lock, `queue.lock`, the driver takes for its state as well. */
export class LockedWaitQueue extends WaitQueue {
  readonly lock: SpinLock;
  private readonly scheduleOp: Op;

  constructor(memory: Allocation, name: string) {
    super(memory, name, 'wake_up_locked');
    const { sim, config } = memory.kernel;
    this.lock = new SpinLock(memory, `${name}.lock`);
    const object = sim.ops.object(`${memory.name}.${name}`);
    this.scheduleOp = sim.ops.define({
      label: `schedule(${name})`, kind: 'block', lead: config.lock, footprint: { reads: [object], writes: [object] },
      exec: (_operand, ctx) => this.scheduleLocked(ctx),
    });
  }

  override at(frame: number): LockedWaitQueueOps {
    return { ...super.at(frame), ...this.lock.at(frame), scheduleLocked: this.scheduleOp | frame };
  }
}

/**
 * wait_event_interruptible_locked(): called with the queue's lock held, which it lets go while it sleeps. It knows
 * nothing of interrupts: whoever holds the lock with interrupts off, by spin_lock_irq(), has it back with interrupts on
 * (linux/wait.h has a variant for that, {@link waitEventInterruptibleLockedIrq}).
 */
export function* waitEventInterruptibleLocked(queue: LockedWaitQueue, ops: LockedWaitQueueOps, condition: () => boolean): Steps<number> {
  if (condition()) return 0;
  for (;;) {
    yield ops.prepareToWait;
    yield ops.spinUnlock;
    const result = yield ops.scheduleLocked;
    yield ops.spinLock;
    if (result === 0 && !condition()) continue;
    queue.finishWait();
    return condition() ? 0 : -ERESTARTSYS;
  }
}

/** wait_event_interruptible_locked_irq(): for a lock that is held with interrupts off. */
export function* waitEventInterruptibleLockedIrq(queue: LockedWaitQueue, ops: LockedWaitQueueOps, condition: () => boolean): Steps<number> {
  if (condition()) return 0;
  for (;;) {
    yield ops.prepareToWait;
    yield ops.spinUnlockIrq;
    const result = yield ops.schedule;
    yield ops.spinLockIrq;
    if (result === 0 && !condition()) continue;
    queue.finishWait();
    return condition() ? 0 : -ERESTARTSYS;
  }
}
