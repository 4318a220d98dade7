import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class LocksAMutexInItsHandler extends KcsBmcFixed {
  override *event(): Steps<number> {
    const { mutexLock, mutexUnlock } = this.in.kcs_bmc_ipmi_event;
    yield mutexLock;
    const ret = yield* super.event();
    yield mutexUnlock;
    return ret;
  }
}

class WritesUnderAPlainSpinlock extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_write;
    const other = this.in.kcs_bmc_ipmi_read;
    yield spinLock;
    yield* this.uaccess.copyFromUser(other.copy, this.kbuffer, buf, count);
    yield spinUnlock;
    return yield* super.write(file, buf, count);
  }
}

describe('sleep-in-atomic', () => {
  it('reports a copy to user space with interrupts off, whether the page is there or not', () => {
    expectTrip({ driver: KcsBmcV2 }, 'sleep-in-atomic', 'copy_to_user-in-atomic-context',
      'copy_to_user() may sleep, but is called with a spinlock held and interrupts off');
  });

  it('reports one with preemption disabled', () => {
    expectTrip({ driver: WritesUnderAPlainSpinlock }, 'sleep-in-atomic', 'copy_from_user-in-atomic-context',
      'copy_from_user() may sleep, but is called with preemption disabled');
  });

  it('reports a mutex in a handler', () => {
    expectTrip({ driver: LocksAMutexInItsHandler }, 'sleep-in-atomic', 'mutex_lock-in-atomic-context',
      'mutex_lock() may sleep, but is called in interrupt context (BUG: sleeping function called from invalid context)');
  });

  it('says nothing of a driver that copies outside of its lock', () => {
    expectFixedIsClean({});
  });
});
