import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf, type Script } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

const RESTART = { 'host move': [moveOf('restart while waiting for the response')] };
/** The host restarts between the copy of a request and the look at the phase. */
const ABA: Script = { answers: RESTART, stalls: [{ actor: 'bmc:kcsd', at: '_read (copied): spin_lock_irq' }] };
/** The host restarts while the daemon thinks. */
const RESTART_WHILE_THINKING: Script = { answers: RESTART, stalls: [{ actor: 'bmc:kcsd', at: 'write()' }] };

class AnswersAnotherCommand extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    this.dataOut.set(1, 0x37);
    return ret;
  }
}

describe('wrong-response', () => {
  it('reports the answer to A that is given to a restarted B', () => {
    expectTrip({ driver: KcsBmcMainline, ...ABA }, 'wrong-response', 'answers-another-request',
      /asked \[.*\] \(tag 2\) and got \[.*\] \(tag 1\), the answer to another request/);
    expectTrip({ driver: KcsBmcV2, ...RESTART_WHILE_THINKING }, 'wrong-response', 'answers-another-request', '(tag 2)', '(tag 1)');
  });

  it('reports a response to a command that was not asked, where there is no tag', () => {
    expectTrip({ driver: AnswersAnotherCommand, settings: { command: 'get-device-id' } }, 'wrong-response', 'answers-nothing',
      /the host asked \[18 01\] and got \[1c 37 00 .*\], which answers nothing that it asked/);
  });

  it('says nothing of a driver that tells B from A', () => {
    expectFixedIsClean(ABA);
    expectFixedIsClean(RESTART_WHILE_THINKING);
    expectFixedIsClean({ settings: { command: 'get-device-id' } });
  });
});
