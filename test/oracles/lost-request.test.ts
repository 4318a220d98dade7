import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import { SEC, type Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class TellsNobody extends KcsBmcFixed {
  protected override *handleData(): Steps {
    yield* super.handleData();
    if (this.state.phase === Phase.WRITE_DONE) this.state.dataInAvail = false;
  }
}

/** The copy of the first request fails. */
const BAD_ADDRESS = { answers: { 'request buffer': [2] } };

describe('lost-request', () => {
  it('reports a request that read() never hands out, and what the host saw meanwhile', () => {
    expectTrip({ driver: TellsNobody }, 'lost-request', 'never-delivered',
      /\[c0 0e 01 .*\] \(tag 1\) was never handed to the daemon/, /: the host has waited for OBF=1 until its time-out, STR=READ/);
  });

  it('reports one that -EFAULT has taken with it', () => {
    expectTrip({ driver: KcsBmcV2, ...BAD_ADDRESS }, 'lost-request', 'never-delivered', '(tag 1)');
  });

  it('says nothing when the host sends the same bytes again, and the daemon is slow with the second request', () => {
    expectFixedIsClean({
      settings: { think: 5 * SEC },
      answers: { 'before read': [1] },
      stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_ioctl: spin_lock_irq' }],
    });
  });

  it('says nothing when the daemon has but begun to read it: a page fault takes longer than the host will wait', () => {
    expectFixedIsClean({
      settings: { think: 5 * SEC },
      answers: { 'host move': [moveOf('restart while waiting for the response')], 'request buffer': [0, 1] },
    });
  });

  it('says nothing of a driver that keeps it for the next read()', () => {
    expectFixedIsClean({});
    expectFixedIsClean(BAD_ADDRESS);
  });
});
