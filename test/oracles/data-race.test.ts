import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { EPOLLIN, type OpenFile } from '../../src/linux/index.ts';
import { KCS_ORACLES } from '../../src/scenarios/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip, judge } from './trip.ts';

class PollsWithoutItsLock extends KcsBmcFixed {
  override *poll(_file: OpenFile): Steps<number> {
    yield this.in.kcs_bmc_ipmi_poll.pollWait;
    return this.state.dataInAvail ? EPOLLIN : 0;
  }
}

const OBSERVED = { observed: true, oracles: [...KCS_ORACLES, 'data-race'] };
const NON_BLOCKING = { ...OBSERVED, answers: { O_NONBLOCK: 1 } };

describe('data-race', () => {
  it('reports a field that is read without the lock under which the handler writes it', () => {
    expectTrip({ driver: PollsWithoutItsLock, ...NON_BLOCKING }, 'data-race', 'kcs_bmc_ipmi.dataInAvail',
      /bmc:irq writes kcs_bmc_ipmi.dataInAvail \(after kcs_bmc_ipmi_handle_\w+: .*\), bmc:kcsd reads it \(after kcs_bmc_ipmi_poll: poll_wait\(queue\)\), and nothing orders the two/);
  });

  it('needs a system that is built to be observed', () => {
    expect(judge({ driver: PollsWithoutItsLock, ...NON_BLOCKING, observed: false })).toEqual([]);
  });

  it('says nothing of a driver that takes its lock', () => {
    expectFixedIsClean(OBSERVED);
    expectFixedIsClean(NON_BLOCKING);
  });
});
