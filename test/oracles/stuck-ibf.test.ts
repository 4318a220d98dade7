import { describe, it } from 'vitest';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import type { OpenFile } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class NeverUnmasksIbf extends KcsBmcMainline {
  override *open(_file: OpenFile): Steps<number> {
    return 0;
  }
}

/** The daemon's buffer lies in an unmapped page; after four -EFAULT it gives up and closes the device. */
const NO_DAEMON = { answers: { 'request buffer': 4 } };

describe('stuck-ibf', () => {
  it('reports a byte that nobody reads until the time-out of the host', () => {
    expectTrip({ driver: NeverUnmasksIbf }, 'stuck-ibf', 'never-read', /^nobody reads IDR: the host has waited for IBF=0 until its time-out$/);
  });

  it('says so when it is because the device is closed', () => {
    expectTrip({ driver: KcsBmcMainline, ...NO_DAEMON }, 'stuck-ibf', 'closed', 'nobody reads IDR while no daemon has the device open');
  });

  it('says nothing of a driver that answers while it is closed', () => {
    expectFixedIsClean({});
    expectFixedIsClean(NO_DAEMON);
  });
});
