import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SiMode } from '../../../src/host/si/si.ts';
import { SiTimer } from '../../../src/host/si/si-timer.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { END_OF_TIME, MS, SEC, US, type Ps } from '../../../src/sim/time.ts';
import { BtRig, SiRig, type InterfaceRig } from './si-rig.ts';

/** When the host has read the status, in milliseconds. */
function looks({ bmc }: InterfaceRig<SiRig['bmc'] | BtRig['bmc']>, status: 'r0' | 'r1'): number[] {
  return bmc.accesses.filter(({ what }) => what === status).map(({ at }) => at / MS);
}

describe('the SI timer', () => {
  it.each([
    [100, 1], [250, 2], [1000, 10],
  ])('at HZ=%i is set to %i jiffies, and called at the tick behind that (kernel/time/timer.c, calc_index())', (hz, jiffies) => {
    fc.assert(fc.property(fc.nat(SEC / hz / US * 3), fc.boolean(), (us, short) => {
      const clock = { now: us * US };
      const timer = new SiTimer(clock, hz);
      const set = timer.jiffies;
      timer.mod(short);
      const n = short ? 1 : jiffies;
      expect([timer.expires, timer.due]).toEqual([set + n, set + n + 1]);
      const wait = timer.tick(timer.due) - clock.now;
      expect(wait).toBeGreaterThan(n * timer.jiffy);
      expect(wait).toBeLessThanOrEqual((n + 1) * timer.jiffy);
      clock.now = timer.tick(timer.due) - 1;
      expect(timer.overdue).toBe(false);
      clock.now++;
      expect(timer.overdue).toBe(true);
    }));
  });

  it('comes to an interface with interrupt 8 to 12 ms after the request at HZ=250, and each third tick then', () => {
    const rig = new BtRig();
    const { bmc } = rig;
    const { si, sm } = rig.withMachine({ mode: SiMode.irq, hz: 250 });
    sm.req2rsp = 40_000;
    sm.seq = 10;
    bmc.deaf = true;
    bmc.until(5 * MS);
    rig.transact(si, [0x18, 0x01]);
    const ticks = looks(rig, 'r0').filter((at) => at > 6).map(Math.floor);
    expect([...new Set(ticks)].slice(0, 4)).toEqual([16, 28, 40, 52]); // set in jiffy 1: tick 1 + 2 + 1, then 3 more each time
  });

  it('tells KCS of all that passes between two calls, three jiffies', () => {
    const rig = new SiRig();
    rig.bmc.deadUntil = END_OF_TIME;
    rig.transact(rig.host({ mode: SiMode.irq, hz: 250 }), [0x18, 0x01]);
    const abort = rig.bmc.accesses.find(({ what, value }) => what === 'w1' && value === 0x60);
    expect(Math.floor((abort?.at ?? 0) / MS)).toBe(12 * 417); // the first call after 5 s
  });
});

describe('schedule_timeout(1)', () => {
  it('ends at the next tick but one: between two looks of a kipmid that may not be busy any more', () => {
    const rig = new SiRig();
    rig.bmc.deadUntil = END_OF_TIME;
    rig.bmc.until(MS);
    rig.transact(rig.host({ mode: SiMode.kipmid, hz: 250, kipmidMaxBusy: 300 * US }), [0x18, 0x01]);
    const at = looks(rig, 'r1');
    const sleeps = at.slice(1).flatMap((now, i) => (now - (at[i] ?? 0) > 1 ? [[Math.floor((at[i] ?? 0) / 4), now]] : []));
    expect(sleeps.slice(0, 4)).toEqual([[0, 8], [2, 16], [4, 24], [6, 32]]); // in which jiffy it begins, and when it ends, in ms
  });

  it('is two jiffies from tick to tick while ipmi_si starts, which counts one: a BMC that takes nothing is waited for twice as long', () => {
    const rig = new BtRig();
    const { bmc } = rig;
    const { si, sm } = rig.withMachine({ hz: 250 });
    sm.req2rsp = 40_000;
    sm.retries = 0;
    bmc.ctrl = BtCtrl.B_BUSY;
    bmc.until(MS);
    bmc.play(sm.detect(bmc, si.timer));
    const ticks: Ps[] = looks(rig, 'r0').filter((at) => at > 2);
    expect(ticks.at(-1)).toBe(8 * 11); // 40 ms at 4 a look, and one more
  });
});
