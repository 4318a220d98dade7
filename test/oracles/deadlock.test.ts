import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class LocksTwice extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_read;
    yield spinLockIrq;
    yield* this.in.kcs_bmc_ipmi_write.io.updateStatus(0, 0);
    yield this.in.kcs_bmc_ipmi_write.spinLockIrq;
    yield spinUnlockIrq;
    return yield* super.write(file, buf, count);
  }
}

class LocksItsMutexTwice extends KcsBmcFixed {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    yield this.in.kcs_bmc_ipmi_read.mutexLock;
    return yield* super.read(file, buf, count);
  }
}

/** spin_lock() where spin_lock_irq() is due. */
class LeavesInterruptsOn extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_write;
    yield spinLock;
    yield spinUnlock;
    return yield* super.write(file, buf, count);
  }
}

class UnlocksTooOften extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    yield this.in.kcs_bmc_ipmi_write.mutexUnlock;
    return ret;
  }
}

/** The host restarts, and so interrupts, while the writer is in its section. */
const INTERRUPT = { answers: { 'host move': [moveOf('restart while waiting for the response')] } };
const IN_SECTION = { ...INTERRUPT, stalls: [{ actor: 'bmc:kcsd', at: 'write: spin_unlock(lock)' }] };
const IN_WRITE = { ...INTERRUPT, stalls: [{ actor: 'bmc:kcsd', at: 'write: spin_unlock_irq(lock)' }] };

describe('deadlock', () => {
  it('reports a spinlock that its holder takes again', () => {
    expectTrip({ driver: LocksTwice }, 'deadlock', 'recursive-lock', 'spin_lock_irq(lock): the caller holds it already');
  });

  it('reports a mutex that its holder takes again', () => {
    expectTrip({ driver: LocksItsMutexTwice }, 'deadlock', 'recursive-lock', 'mutex_lock(mutex): the caller holds it already');
  });

  it('reports a lock that the interrupted task holds', () => {
    expectTrip({ driver: LeavesInterruptsOn, ...IN_SECTION }, 'deadlock', 'lock-held-below',
      'spin_lock(lock): bmc:kcsd, which this context interrupts or displaces, holds it');
  });

  it('reports a mutex given back by who does not have it', () => {
    expectTrip({ driver: UnlocksTooOften }, 'deadlock', 'unlock-not-held', 'mutex_unlock(mutex) by a task that does not hold it');
  });

  it('says nothing of a driver that keeps the interrupt out', () => {
    expectFixedIsClean({});
    expectFixedIsClean(IN_WRITE);
  });
});
