import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import type { OpenFile } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class FreesInRelease extends KcsBmcFixed {
  override *release(file: OpenFile): Steps<number> {
    yield* super.release(file);
    this.memory.kfree();
    return 0;
  }
}

const CRASH = { answers: { 'before read': [4] } };
/** The driver is unbound in mid-transfer, with a thread asleep in read(). */
const UNBIND = { answers: { 'driver is unbound': 1 } };
/** It is unbound while the daemon thinks. */
const UNBIND_BEFORE_WRITE = { answers: { 'driver is unbound': 3, 'think longer': 4 } };

describe('use-after-free', () => {
  it('reports memory that is used after release() has freed it', () => {
    expectTrip({ driver: FreesInRelease, ...CRASH }, 'use-after-free', 'use-after-free', /^.*\((lock|queue|mutex)\) is used after kcs_bmc_ipmi was freed$/);
  });

  it('reports a write() after the driver was unbound', () => {
    expectTrip({ driver: KcsBmcMainline, ...UNBIND_BEFORE_WRITE }, 'use-after-free', 'use-after-free',
      'mutex_lock(mutex) is used after kcs_bmc_ipmi was freed');
  });

  it('says nothing of a driver whose memory lives as long as its open files', () => {
    expectFixedIsClean({});
    expectFixedIsClean(CRASH);
    expectFixedIsClean(UNBIND);
    expectFixedIsClean(UNBIND_BEFORE_WRITE);
  });
});
