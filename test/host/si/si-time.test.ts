import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import { SiMode, type SiParams } from '../../../src/host/si/si.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { postWatchdogPreTimeout } from '../../../src/ipmi/index.ts';
import { END_OF_TIME, MS, SEC, US } from '../../../src/sim/time.ts';
import { FakeBtBmc } from '../bt/fake-bt-bmc.ts';
import type { Access } from '../fake-io.ts';
import type { FakeBmc } from '../kcs/fake-bmc.ts';
import { BtRig, SiRig } from './si-rig.ts';

const MODES = Object.values(SiMode);

let rig: SiRig;
let bmc: FakeBmc;

beforeEach(() => {
  rig = new SiRig();
  ({ bmc } = rig);
});

describe('time in ipmi_si', () => {
  const workload = fc.record({
    latency: fc.integer({ min: 1, max: 400 }),
    delay: fc.integer({ min: 1, max: 12_000 }),
    length: fc.integer({ min: 2, max: 40 }),
    hz: fc.constantFrom(100, 250, 1000),
    mode: fc.constantFrom(...MODES),
    maxBusy: fc.constantFrom(0, 300),
  });

  /** What one transaction does at the ports, without the reads of the status register, by which the waits differ. */
  function trace(makeRig: () => SiRig | BtRig, folding: boolean, w: typeof workload extends fc.Arbitrary<infer T> ? T : never): Access[] {
    const made = makeRig();
    made.bmc.folding = folding;
    made.bmc.latency = w.latency * US;
    made.bmc.delay = w.delay * US;
    const si = made.host({ mode: w.mode, hz: w.hz, kipmidMaxBusy: w.maxBusy * US });
    made.transact(si, [0xc0, 0x0e, ...new Array<number>(w.length - 2).fill(5)]);
    return made.bmc.accesses.filter(({ what }) => what !== (made instanceof SiRig ? 'r1' : 'r0'));
  }

  it.each([['KCS', () => new SiRig()], ['BT', () => new BtRig()]] as const)(
    'is the same on %s whether a wait is one step or a call for each look', (_, makeRig) => {
      fc.assert(fc.property(workload, (w) => {
        expect(trace(makeRig, true, w)).toEqual(trace(makeRig, false, w));
      }));
    },
  );

  /** What becomes of 18 01 on BT at a BMC that `spoil` has spoilt, without the reads of BT_CTRL. */
  function spoilt(folding: boolean, params: SiParams, spoil: (made: BtRig, sm: BtStateMachine) => void): [number[], Access[]] {
    const made = new BtRig();
    const { si, sm } = made.withMachine(params);
    made.bmc.folding = folding;
    sm.seq = 10; // no reset of the BMC
    spoil(made, sm);
    const response = made.transact(si, [0x18, 0x01]);
    return [response, made.bmc.accesses.filter(({ what }) => what !== 'r0')];
  }

  it('runs out on BT in folded waits as it does call by call', () => {
    const dead = fc.record({
      mode: fc.constantFrom(...MODES),
      hz: fc.constantFrom(100, 250, 1000),
      patience: fc.integer({ min: 0, max: 60_000 }),
      kind: fc.constantFrom('busy', 'deaf', 'silent', 'stubborn'),
      retries: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(fc.property(dead, ({ mode, hz, patience, kind, retries }) => {
      const ends = [true, false].map((folding) => spoilt(folding, { mode, hz }, ({ bmc: bt }, sm) => {
        sm.req2rsp = patience;
        sm.retries = retries;
        bt.ctrl = kind === 'busy' ? BtCtrl.B_BUSY : 0;
        bt.deaf = kind === 'deaf';
        if (kind === 'stubborn') bt.hits = 300;
        if (kind === 'silent') bt.replies = () => [];
      }));
      expect(ends[0]).toEqual(ends[1]);
    }), { numRuns: 50 });
  });

  it('tries at each look, folded or not, to switch off an H_BUSY that stays', () => {
    class Stuck extends FakeBtBmc {
      override get status(): number {
        return super.status | BtCtrl.H_BUSY;
      }
    }
    const writes = [true, false].map((folding) => {
      const made = new BtRig(new Stuck());
      made.bmc.folding = folding;
      made.bmc.play(made.host({ mode: SiMode.poll }).idle(100 * US));
      return made.bmc.accesses.filter(({ what }) => what === 'w0').length;
    });
    expect(writes).toEqual([9, 9]);
  });

  it('passes during a reset of the BMC in a folded wait as it does call by call', () => {
    const ends = [true, false].map((folding) => spoilt(folding, { mode: SiMode.kipmid }, ({ bmc: bt }, sm) => {
      sm.seq = 0;
      sm.req2rsp = 20_000;
      bt.replies = ([, , seq]) => {
        if (seq === 42) bt.replies = () => [[4, 0x1c, 0, 1, 0]];
        return [];
      };
    }));
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]?.[0]).toEqual([0x1c, 0x01, 0]);
    const at = ends[0]?.[1].flatMap(({ what, value, at: time }) => (what === 'w0' && value === BtCtrl.H2B_ATN ? [time] : [])) ?? [];
    expect(at).toHaveLength(4); // twice in vain, Warm Reset, again
    expect((at[3] ?? 0) - (at[2] ?? 0)).toBeGreaterThan(6 * SEC);
    expect((at[3] ?? 0) - (at[2] ?? 0)).toBeLessThan(6 * SEC + 20 * MS);
  });

  it('runs out in a folded wait as it does call by call', () => {
    for (const mode of [SiMode.poll, SiMode.kipmid]) {
      const ends = [true, false].map((folding) => {
        rig = new SiRig();
    ({ bmc } = rig);
        bmc.folding = folding;
        bmc.deadUntil = SEC;
        expect(rig.transact(rig.host({ mode }), [0x18, 0x01])).toEqual([0x1c, 0x01, 0]);
        return bmc.accesses.filter(({ what }) => what !== 'r1');
      });
      expect(ends[0]).toEqual(ends[1]);
      expect(ends[0]?.filter(({ value }) => value === 0x60)).toHaveLength(1);
    }
  });

  it('is told in jiffies by the timer: 5 s at the next tick', () => {
    const si = rig.host({ mode: SiMode.kipmid });
    bmc.deadUntil = END_OF_TIME;
    rig.transact(si, [0x18, 0x01]);
    const abort = bmc.accesses.find(({ what, value }) => what === 'w1' && value === 0x60);
    expect(abort?.at).toBeGreaterThan(5 * SEC);
    expect(abort?.at).toBeLessThan(5 * SEC + 9 * MS);
  });

  it('passes at 10 us a call when a user polls', () => {
    const si = rig.host({ mode: SiMode.poll });
    bmc.deadUntil = END_OF_TIME;
    rig.transact(si, [0x18, 0x01]);
    const abort = bmc.accesses.find(({ what, value }) => what === 'w1' && value === 0x60);
    expect(abort?.at).toBeGreaterThan(5.5 * SEC); // 500 001 calls of 11 us
    expect(abort?.at).toBeLessThan(5.5 * SEC + 20 * US);
  });

  it('finds SMS_ATN when idle only if somebody watches', () => {
    for (const needWatch of [false, true]) {
      rig = new SiRig();
    ({ bmc } = rig);
      const state = rig.realBmc();
      const si = rig.host({ needWatch });
      bmc.play((function* () {
        yield* si.handler();
        yield bmc.sleep(MS);
        const idle = si.idle(bmc.now + SEC);
        for (let step = idle.next(), n = 0; step.done !== true; n++) {
          if (n === 1) postWatchdogPreTimeout(state); // behind the look with which it begins
          step = idle.next(yield step.value);
        }
      })());
      expect(rig.commands()).toEqual(needWatch ? ['31', '30 08'] : []);
    }
  });
});
