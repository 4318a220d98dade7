import { describe, expect, it } from 'vitest';
import { AspeedI2c2022 } from '../../src/drivers/i2c-aspeed/2022.ts';
import { SsifBmcMainline } from '../../src/drivers/ssif-bmc/mainline.ts';
import { ScheduleChooser } from '../../src/explore/index.ts';
import { SsifStateOracle } from '../../src/oracles/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { BMC, Feed } from './ssif-feed.ts';
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

  it('says nothing while the last to let go of the device is still in release()', () => {
    const system = scenario('ssif').build({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: {} });
    const config = (step: number, label: string, value: number): Decision => ({ step, kind: 'config', actor: 'scenario', label, value });
    const decisions: readonly Decision[] = [
      config(1, 'cpus', 1), config(5, 'fast bus', 1), config(7, 'threads', 2), config(9, 'O_NONBLOCK', 1), config(10, 'daemon of an older ABI', 1),
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: ssifMoveOf('read without a command') },
      { step: 3, kind: 'workload', actor: 'host', label: 'while the BMC works', value: 1 },
      { step: 11, kind: 'stall', actor: 'bmc:ssifd', label: 'ssif_bmc_poll: poll_wait(wait_queue)', value: 'for 1000000 ps' },
      { step: 28, kind: 'stall', actor: 'bmc:ssifd', label: 'ssif_bmc_release: spin_lock_irq(lock)', value: 'quiet' },
    ];
    const { taken, violations } = system.execute(new ScheduleChooser(decisions));
    expect(taken).toHaveLength(decisions.length);
    expect(violations).toEqual([]);
  });

  it('looks at no transaction while the next is under way, be it between a repeated START and its address', () => {
    const feed = new Feed();
    let pending = true;
    const oracle = new SsifStateOracle({
      sim: feed.sim, wire: feed.wire, pending: () => pending, busy: () => false, bound: () => true, stateName: () => 'SSIF_SMBUS_CMD', refuses: () => false,
      holdsResponse: () => false, keeps: Infinity,
    });
    // 03h was NAKed and comes again, before the STOP in between could be handled.
    feed.start(BMC).refused(0x03).stop();
    oracle.settled();
    feed.start(BMC).send(0x03);
    pending = false;
    feed.condition();
    oracle.settled();
    feed.address(BMC, true).receive(1);
    oracle.settled();
    expect(feed.sim.violations).toEqual([]);
    feed.stop();
    oracle.settled();
    expect(feed.sim.violations.map(({ rule }) => rule)).toEqual(['SSIF_SMBUS_CMD-after-STOP']);
  });
});
