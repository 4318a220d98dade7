import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcV2Unlocked } from '../../src/drivers/kcs-bmc/v2-unlocked.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf, type Script } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

/** The host begins a second request while the first is being copied to the daemon. */
const RESTART_IN_MID_COPY: Script = {
  answers: { 'host move': [moveOf('restart while waiting for the response')] },
  stalls: [{ actor: 'bmc:kcsd', at: 'read: copy_to_user word', nth: 1 }],
};

class ForgetsTheLastByte extends KcsBmcFixed {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.read(file, buf, count);
    return ret > 0 ? ret - 1 : ret;
  }
}

class SpoilsResponses extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    this.dataOut.set(5, this.dataOut.get(5) ^ 0x01);
    return ret;
  }
}

describe('torn-message', () => {
  it('reports a read() that hands out the beginning of a request', () => {
    expectTrip({ driver: ForgetsTheLastByte }, 'torn-message', 'truncated',
      'returned 7 bytes as a whole request; the host sent 8', '[c0 0e 01 07 31 68 0b b1] (tag 1)');
  });

  it('reports a request put together from two, and says from which', () => {
    expectTrip({ driver: KcsBmcV2Unlocked, ...RESTART_IN_MID_COPY }, 'torn-message', 'mixed',
      /no request that the host sent; echo torn: 2 bytes of tag 1, 4 bytes of tag 2/);
  });

  it('reports a response with a wrong byte, beside the request', () => {
    expectTrip({ driver: SpoilsResponses }, 'torn-message', 'response',
      /the host asked \[c0 0e 01 .*\] \(tag 1\) and got \[c4 0e 00 01/, /echo torn: .* of tag 1/);
  });

  it('says nothing of a driver that copies under no lock, but never from what the handler writes', () => {
    expectFixedIsClean(RESTART_IN_MID_COPY);
  });
});
