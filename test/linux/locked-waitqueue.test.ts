import { describe, expect, it } from 'vitest';
import { ERESTARTSYS, LockedWaitQueue, waitEventInterruptibleLocked, waitEventInterruptibleLockedIrq } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { answers } from '../sim/bed.ts';
import { LinuxBed } from './bed.ts';

const VARIANTS = [
  ['wait_event_interruptible_locked()', waitEventInterruptibleLocked, false], ['wait_event_interruptible_locked_irq()', waitEventInterruptibleLockedIrq, true],
] as const;

/** A reader that waits under spin_lock_irq(), and a handler that takes the same lock: at 3000 with what it waits for, at `again` once more. */
function waiter(wait: (typeof VARIANTS)[number][1], again: number): { readonly bed: LinuxBed; readonly seen: { result: number; irqsOff: boolean; held: boolean } } {
  const bed = new LinuxBed({});
  const queue = new LockedWaitQueue(bed.memory(), 'queue');
  const ops = queue.at(0);
  const seen = { result: NaN, irqsOff: false, held: false };
  let ready = false;
  bed.sim.onReset(() => {
    ready = false;
  });
  const work = bed.op('work', 2000, { exec: () => 0 });
  bed.kernelThread('reader', function* (): Steps {
    yield ops.spinLockIrq;
    seen.result = yield* wait(queue, ops, () => ready);
    seen.irqsOff = bed.kernel.cpus[0]!.irqsOff;
    seen.held = queue.lock.held;
    yield work;
    yield ops.spinUnlockIrq;
  });
  const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
  bed.handler(1, function* () {
    yield clear;
    yield ops.spinLock;
    ready = true;
    yield ops.wakeUpInterruptible;
    yield ops.spinUnlock;
  });
  bed.interruptAt(3000);
  if (again > 0) bed.interruptAt(again);
  return { bed, seen };
}

describe.each(VARIANTS)('%s (linux/wait.h)', (_name, wait, irqsOff) => {
  it('lets the lock go while it sleeps, and has it again when it returns', () => {
    const { bed, seen } = waiter(wait, 0);
    bed.run();
    expect(bed.allDone).toBe(true);
    expect(seen).toMatchObject({ result: 0, held: true });
    expect(bed.breaches).toEqual([]);
  });

  it(`returns with interrupts ${irqsOff ? 'off, as they were' : 'on, whatever they were: schedule() enables them'}`, () => {
    const { bed, seen } = waiter(wait, 0);
    bed.run();
    expect(seen.irqsOff).toBe(irqsOff);
  });

  it(`${irqsOff ? 'keeps' : 'lets'} a handler of the same lock ${irqsOff ? 'out' : 'in'} after that`, () => {
    const { bed } = waiter(wait, 5000);
    bed.run();
    expect(bed.breaches).toEqual(irqsOff ? [] : ['deadlock lock-held-below bmc:irq: queue.lock']);
  });

  it('ends with -ERESTARTSYS and the lock held if a signal comes first', () => {
    const { bed, seen } = waiter(wait, 0);
    bed.run(answers((kind) => (kind === 'fault' ? 1 : 0)));
    expect(seen).toMatchObject({ result: -ERESTARTSYS, held: true });
  });
});
