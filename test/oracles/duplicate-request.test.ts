import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class KeepsRequests extends KcsBmcFixed {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.read(file, buf, count);
    if (ret > 0) {
      this.state.phase = Phase.WRITE_DONE;
      this.state.dataInAvail = true;
      this.state.dataInIdx = ret;
    }
    return ret;
  }
}

/** The host sends the same bytes twice: 239 tags on, or a command without a tag. */
const SAME_BYTES = { settings: { command: 'get-device-id', requests: 4 } };

describe('duplicate-request', () => {
  it('reports a request that is handed out twice', () => {
    expectTrip({ driver: KeepsRequests }, 'duplicate-request', 'delivered-twice',
      /read\(\) returned \[c0 0e 01 .*\] \(tag 1\) a second time; the host sent it once/);
  });

  it('says nothing when it was the host who sent it again', () => {
    expectFixedIsClean({});
    expectFixedIsClean(SAME_BYTES);
  });
});
