import { describe, it } from 'vitest';
import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsBmcReview } from '../../src/drivers/kcs-bmc/review.ts';
import { moveOf, type Script } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

const SIGNAL = { answers: { signal: [1] } };
/** The host restarts after the reader was woken, and is in the middle of its second request when that looks. */
const RESTART: Script = {
  answers: { 'host move': [moveOf('restart while waiting for the response')] },
  stalls: [{ actor: 'bmc:kcsd', at: '_read: mutex_lock' }, { actor: 'host', at: 'COMMAND(CA3h) write', nth: 3 }],
};
const BAD_ADDRESS = { answers: { 'request buffer': [2] } };
const NON_BLOCKING = { answers: { O_NONBLOCK: 1, ...RESTART.answers }, stalls: [{ actor: 'bmc:kcsd', at: 'read()' }] };

describe('errno', () => {
  it('reports -EAGAIN from a blocking read()', () => {
    expectTrip({ driver: KcsBmcMainline, ...RESTART }, 'errno', 'blocking-read-eagain', 'a blocking read() returned -EAGAIN (read(2): only with O_NONBLOCK)');
  });

  it('reports a signal that becomes -EAGAIN', () => {
    expectTrip({ driver: KcsBmcMainline, ...SIGNAL }, 'errno', 'signal-as-eagain', /returned -EAGAIN instead of -ERESTARTSYS/);
  });

  it('reports -EFAULT for a good address, and success for a bad one', () => {
    expectTrip({ driver: KcsBmcReview }, 'errno', 'efault-without-fault', 'read() returned -EFAULT, but every byte of the buffer is mapped');
    expectTrip({ driver: KcsBmcReview, ...BAD_ADDRESS }, 'errno', 'fault-not-reported', 'read() returned 8, but the buffer is unmapped from byte 4 on: [c0 0e 01 07]');
  });

  it('says nothing of a driver that waits again, or of -EAGAIN with O_NONBLOCK', () => {
    expectFixedIsClean({});
    expectFixedIsClean(SIGNAL);
    expectFixedIsClean(RESTART);
    expectFixedIsClean(BAD_ADDRESS);
    expectFixedIsClean(NON_BLOCKING);
  });
});
