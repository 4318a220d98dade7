import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { EBUSY, type OpenFile, type UserBuffer } from '../../src/linux/index.ts';
import { SEC, type Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class SwallowsResponses extends KcsBmcFixed {
  override *write(_file: OpenFile, _buf: UserBuffer, count: number): Steps<number> {
    return count;
  }
}

class RefusesResponses extends KcsBmcFixed {
  override *write(_file: OpenFile, _buf: UserBuffer, _count: number): Steps<number> {
    return -EBUSY;
  }
}

describe('lost-response', () => {
  it('reports a write() that succeeds though nothing reaches the host', () => {
    expectTrip({ driver: SwallowsResponses }, 'lost-response', 'accepted',
      /write\(\) accepted a response to \[.*\] \(tag 1\), but it never came/, /: the host has waited for OBF=1 until its time-out, STR=READ/);
  });

  it('reports a write() that fails though the host waits', () => {
    expectTrip({ driver: RefusesResponses }, 'lost-response', 'refused', /write\(\) refused the response to \[.*\] \(tag 1\)/, /STR=READ/);
  });

  it('says nothing of a late answer to a request that the host has sent again since', () => {
    expectFixedIsClean({ settings: { think: 5 * SEC }, answers: { 'write without read': [1] } });
  });

  it('says nothing when the answer to the first is refused and the second, which is alike, is handed out after that', () => {
    expectFixedIsClean({
      settings: { think: 5 * SEC },
      stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: mutex_unlock', release: { kind: 'timeouts', n: 1 } }],
    });
  });

  it('says nothing of a driver that sends what it accepts', () => {
    expectFixedIsClean({});
  });
});
