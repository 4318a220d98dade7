import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SiMode } from '../../../src/host/si/si.ts';
import { SiTimer } from '../../../src/host/si/si-timer.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { postEvent } from '../../../src/ipmi/index.ts';
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

describe('a host on BT without interrupt, for which smi_start_processing() starts no thread', () => {
  const ECHO = [0xc0, 0x0e, 1, 2, 3];
  /** An event to fetch, and the host, which has nothing to do. */
  function idleWithAttention(): { rig: BtRig; si: ReturnType<BtRig['host']> } {
    const rig = new BtRig();
    const state = rig.realBmc();
    state.globalEnables = 0x0f;
    const si = rig.host({ mode: SiMode.timer, hz: 250 });
    rig.transact(si, [0x18, 0x01]);
    postEvent(state, new Uint8Array(16).fill(7));
    return { rig, si };
  }

  it('looks at the calls of the SI timer alone: as recorded, 8 to 12 ms after the request, then at each second tick', () => {
    const lines = readFileSync(join(import.meta.dirname, '../../data/bt/canned_bt_delay_20ms.jsonl'), 'utf8').trim().split('\n').slice(1);
    const recorded = lines.map((line) => JSON.parse(line) as { t_us: number; reg: string; op: string })
      .filter(({ t_us: at, reg, op }) => reg === 'BT_CTRL' && op === 'r' && at > 1000).map(({ t_us: at }) => at / 1000);
    const sentAt = 12 - (recorded[0] ?? 0); // in its jiffy, of 4 ms, ms
    expect(sentAt).toBeGreaterThan(0);
    expect(sentAt).toBeLessThan(4);

    const rig = new BtRig();
    rig.bmc.delay = 20 * MS;
    rig.bmc.folding = false; // to see each look
    rig.bmc.until(Math.floor(sentAt * 1000) * US);
    rig.transact(rig.host({ mode: SiMode.timer, hz: 250 }), [0xc0, 0x03, 0x14]);
    const begun = rig.bmc.accesses[0]?.at ?? 0;
    const seen = looks(rig, 'r0').map((at) => at - begun / MS).filter((at) => at > 1);
    /** Times less than 0.2 ms after another are of the same call. */
    const calls = (times: number[]): number[] => times.filter((at, i) => i === 0 || at - (times[i - 1] ?? 0) > 0.2);
    expect(calls(recorded)).toHaveLength(3);
    expect(calls(seen)).toHaveLength(3);
    for (const [i, at] of calls(recorded).entries()) expect(Math.abs((calls(seen)[i] ?? 0) - at)).toBeLessThan(0.2);
  });

  it('looks once more after a response, and then not at all: attention waits for the next message', () => {
    const { rig, si } = idleWithAttention();
    const before = rig.bmc.accesses.length;
    rig.bmc.play(si.idle(rig.bmc.now + SEC));
    expect(rig.bmc.accesses).toHaveLength(before);
    rig.transact(si, ECHO);
    rig.bmc.play(si.idle(rig.bmc.now + SEC));
    expect(rig.commands()).toEqual(['01', '0e 01 02 03', '31', '35', '35']);
  });

  it('makes the call that is overdue at once, after the host was held', () => {
    const { rig, si } = idleWithAttention();
    rig.transact(si, ECHO);
    const { length } = rig.bmc.accesses;
    const held = rig.bmc.now + 50 * MS;
    rig.bmc.until(held);
    rig.transact(si, [0x18, 0x01]);
    expect(rig.bmc.accesses[length]?.at).toBe(held + 1 * US);
  });

  it('has a message wait for the timer while ipmi_si is busy with a request of its own: sender() makes no event call', () => {
    const { rig, si } = idleWithAttention();
    rig.transact(si, ECHO); // the flags are asked for at its end
    const at = rig.bmc.now;
    const accesses = rig.bmc.accesses.length;
    rig.transact(si, [0x18, 0x01]);
    const [next] = rig.bmc.accesses.slice(accesses);
    const [before, after] = [at, next?.at ?? 0].map((time) => time / (4 * MS));
    expect(Math.floor(after ?? 0) - Math.floor(before ?? 0)).toBe(2); // the timer's last call has set it to a jiffy later
    expect((after ?? 0) % 1).toBeLessThan(0.001);
    expect(rig.commands().slice(-1)).toEqual(['01']);
  });

  it('counts the jiffies that have passed: 5 s are 5 s', () => {
    const rig = new BtRig();
    const { si, sm } = rig.withMachine({ mode: SiMode.timer, hz: 250 });
    sm.seq = 10;
    sm.retries = 0;
    rig.bmc.replies = () => [];
    expect(rig.transact(si, ECHO)).toEqual([0xc4, 0x0e, 0xc3]);
    expect(Math.floor(rig.bmc.now / MS)).toBe(5004); // the calls: 12 ms, then each 8; after 5 s
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
