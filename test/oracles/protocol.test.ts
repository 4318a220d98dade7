import { describe, it } from 'vitest';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

const CRASH = { answers: { 'crash with a request in hand': [1] } };
const SHORT_BUFFER = { answers: { 'short buffer': 1 } };
const ABORT = { answers: { 'host move': [moveOf('abort while waiting for the response')] } };
/** The process is restarted in the middle of an abort sequence, and while nothing is under way. */
const CRASH_IN_ABORT = {
  answers: { 'host move': [moveOf('abort while idle')], 'before read': [4] },
  stalls: [{ actor: 'bmc:kcsd', at: 'close()' }],
};

describe('protocol', () => {
  it('reports a release() that leaves the host waiting (9.14)', () => {
    expectTrip({ driver: KcsBmcV2, ...CRASH }, 'protocol', 'close-without-error-state',
      /the device was closed in mid-transaction, but STR=READ.*: ERROR_STATE is due \(IPMI 9.14\)/);
  });

  it('reports a wrong status code after an error (Table 9-4)', () => {
    expectTrip({ driver: KcsBmcMainline, ...SHORT_BUFFER }, 'protocol', 'status-code',
      /went to ERROR_STATE by itself, but tells GET_STATUS.ABORT the code 01h "aborted by command" \(IPMI Table 9-4\)/);
  });

  it('says nothing of a driver that aborts what is under way, and says why', () => {
    expectFixedIsClean({});
    expectFixedIsClean(CRASH);
    expectFixedIsClean(SHORT_BUFFER);
  });

  it('says nothing of code 01h for a transfer that the host itself aborted', () => {
    expectFixedIsClean(ABORT);
  });

  it('says nothing of a release() that breaks off no transfer', () => {
    expectFixedIsClean(CRASH_IN_ABORT);
  });
});
