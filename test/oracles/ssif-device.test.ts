import { describe, expect, it } from 'vitest';
import { SsifBmcMainline } from '../../src/drivers/ssif-bmc/mainline.ts';
import { expectSsifFixedIsClean, expectSsifTrip, judgeSsif, ssifMoveOf } from './trip-ssif.ts';

/** The first request is complete before the daemon has opened the device; it crashes, and comes back. */
const LEFT = { answers: { 'before read': [1] }, stalls: [{ actor: 'bmc:ssifd', at: 'open()' }] };
/** It thinks for 700 ms: the driver gives up after 500. */
const LATE = { answers: { 'think longer': [5] } };
const NO_BYTES = { answers: { 'which move?': [ssifMoveOf('length 0')] } };
const OLD = { answers: { 'daemon of an older ABI': 1 } };
/** The device is unbound while the daemon thinks. */
const UNBOUND = { answers: { 'driver is unbound': 3, 'think longer': [5] } };

describe('what /dev/ipmi-ssif-host owes its users', () => {
  it('phantom-request: a request is not for a process that came later', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...LEFT }, 'phantom-request', 'left-behind', /\(tag 1\), which was asked of the process/);
  });

  it('phantom-request: nobody asks with no bytes at all', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...NO_BYTES }, 'phantom-request', 'empty', 'a request of no bytes');
  });

  it('errno: -EINVAL is not for who is late', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...LATE }, 'errno', 'late-as-einval', /^write\(\) refused \[c4 0e 00 01/);
  });

  it('torn-message: a message is not for who was built for another form', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...OLD }, 'torn-message', 'other-framing', /^read\(\) handed out \[00 00 00 c0 0e/);
  });

  it('of such a daemon nothing else is judged', () => {
    expect(judgeSsif({ ssifBmc: SsifBmcMainline, ...OLD }).map(({ rule }) => rule)).toEqual(['other-framing']);
  });

  it('use-after-free: a timer does not outlive its memory', () => {
    expectSsifTrip({ ssifBmc: SsifBmcMainline, ...UNBOUND }, 'use-after-free', 'timer', 'response_timer is used after ssif_bmc_ctx was freed');
  });

  it('says nothing of a driver that keeps to it', () => {
    for (const script of [LEFT, NO_BYTES, LATE, OLD, UNBOUND]) expectSsifFixedIsClean(script);
  });
});
