import { describe, it } from 'vitest';
import { AspeedI2c2022 } from '../../src/drivers/i2c-aspeed/2022.ts';
import { SsifBmcMainline } from '../../src/drivers/ssif-bmc/mainline.ts';
import { expectSsifFixedIsClean, expectSsifTrip, ssifMoveOf } from './trip-ssif.ts';

const NOISE = { answers: { 'which move?': [ssifMoveOf('noise on a request with PEC')] } };
/** The host asks for the answer to its second request before there is one. */
const POLLED = { answers: { 'think longer': [0, 2] } };

describe('state-mismatch of SSIF', () => {
  it('reports a driver that is not ready after STOP', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...NOISE }, 'state-mismatch', 'SSIF_REQ_RECVING-after-STOP', 'but the driver is in SSIF_REQ_RECVING');
  });

  it('reports a driver that forgets that it has a request', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, i2cAspeed: AspeedI2c2022, ...POLLED }, 'state-mismatch', 'busy-dropped', 'neither answered nor given up');
  });

  it('says nothing of a driver that is ready, and busy, when it should be', () => {
    expectSsifFixedIsClean({});
    expectSsifFixedIsClean(NOISE);
    expectSsifFixedIsClean(POLLED);
    expectSsifFixedIsClean({ answers: { 'think longer': 5 } });
    expectSsifFixedIsClean({ answers: { 'before read': [1] }, stalls: [{ actor: 'bmc:ssifd', at: 'open()' }] });
  });
});
