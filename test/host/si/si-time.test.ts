import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SiMode } from '../../../src/host/si/si.ts';
import { postWatchdogPreTimeout } from '../../../src/ipmi/index.ts';
import { END_OF_TIME, MS, SEC, US } from '../../../src/sim/time.ts';
import type { Access } from '../fake-io.ts';
import type { FakeBmc } from '../kcs/fake-bmc.ts';
import { SiRig } from './si-rig.ts';

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

  /** What one transaction does at the ports, without the reads of STATUS. */
  function trace(folding: boolean, w: typeof workload extends fc.Arbitrary<infer T> ? T : never): Access[] {
    rig = new SiRig();
    ({ bmc } = rig);
    bmc.folding = folding;
    bmc.latency = w.latency * US;
    bmc.delay = w.delay * US;
    const si = rig.host({ mode: w.mode, hz: w.hz, kipmidMaxBusy: w.maxBusy * US });
    rig.transact(si, [0xc0, 0x0e, ...new Array<number>(w.length - 2).fill(5)]);
    return bmc.accesses.filter(({ what }) => what !== 'r1');
  }

  it('is the same whether a wait is one step or a call for each look', () => {
    fc.assert(fc.property(workload, (w) => {
      expect(trace(true, w)).toEqual(trace(false, w));
    }));
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
