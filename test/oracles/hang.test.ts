import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsBmcReviewMended } from '../../src/drivers/kcs-bmc/review-mended.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

/** Spins until there is a request, as if by trylock. */
class Spins extends KcsBmcFixed {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_event;
    for (;;) {
      yield spinLock;
      yield spinUnlock;
      if (this.state.phase === Phase.READ) return yield* super.read(file, buf, count);
    }
  }
}

/** Once aborted it never leaves ERROR_STATE. */
class NeverRecovers extends KcsBmcFixed {
  private lost = false;

  protected override *handleCmd(): Steps {
    const { io } = this.in.kcs_bmc_ipmi_handle_cmd;
    if (this.lost) {
      yield* this.abort(0xff);
      yield io.readData;
      return;
    }
    yield* super.handleCmd();
    this.lost = this.state.phase === Phase.ABORT_ERROR1;
  }
}

const SHORT_BUFFER = { answers: { 'short buffer': 1 } };
const NO_DAEMON = { answers: { 'request buffer': 4 } };
const ABORT = { answers: { 'host move': [moveOf('abort while writing')] } };

describe('hang', () => {
  it('reports a request that is too long for the daemon, of which the host is not told', () => {
    expectTrip({ driver: KcsBmcReviewMended, ...SHORT_BUFFER }, 'hang', 'overflow-not-reported',
      /\[c0 0e 01 .*\] \(tag 1\) is too long for the daemon, read\(\) said so \(-EOVERFLOW\), but the host was not told/, /STR=READ/);
  });

  it('reports a request that nobody will ever read', () => {
    expectTrip({ driver: KcsBmcV2, ...NO_DAEMON }, 'hang', 'not-open',
      /no daemon has the device open, and \[.*\] \(tag 1\) got neither a response nor ERROR_STATE \(IPMI 9.14\)/, /STR=READ/);
  });

  it('reports a BMC that works for ever and gets nowhere', () => {
    expectTrip({ driver: Spins }, 'hang', 'endless', /the BMC is busy for ever: no end after \d+ steps, while the host waits/);
  });

  it('reports an interface that does not recover', () => {
    expectTrip({ driver: NeverRecovers, ...ABORT }, 'hang', 'no-recovery',
      'a polite host got no answer to its last request, with a daemon serving and nothing stalled');
  });

  it('says nothing of a driver that ends in ERROR_STATE what it cannot serve, and recovers', () => {
    expectFixedIsClean({});
    expectFixedIsClean(SHORT_BUFFER);
    expectFixedIsClean(NO_DAEMON);
    expectFixedIsClean(ABORT);
  });

  it('no-recovery: says nothing of a daemon whose threads, without a lock, leave SMS_ATN set and do not know it', () => {
    expectFixedIsClean({
      answers: {
        cpus: 1, threads: 2, 'daemon starts late': 1, 'bmc:kcsd before read': [3], 'bmc:kcsd/2 before read': [2],
        'host move': [moveOf('restart while waiting for the response')],
      },
      stalls: [{ actor: 'bmc:kcsd', at: 'open: spin_unlock_irq' }, { actor: 'bmc:kcsd', at: 'ioctl: spin_unlock' }],
    });
  });
});
