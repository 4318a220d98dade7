import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Move } from '../../../src/host/careless.ts';
import { CarelessSmbus } from '../../../src/host/ssif/careless.ts';
import { carelessSsifMove } from '../../../src/host/ssif/careless-moves.ts';
import { Ssif } from '../../../src/host/ssif/ssif.ts';
import { ssifDetect, ssifProbe } from '../../../src/host/ssif/ssif-probe.ts';
import { answer, createBmcState, type BmcIdentity } from '../../../src/ipmi/index.ts';
import { QEMU_IDENTITY } from '../../../src/ipmi/bmc-state.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { numberedRequests } from '../careless.ts';
import { SystemRig } from './system-rig.ts';

/** A BMC that says it takes up to 254 bytes, in parts, with PEC. */
const WITH_PEC: BmcIdentity = { ...QEMU_IDENTITY, ssifCapabilities: Uint8Array.of(0x00, 0x88, 0xfe, 0xfe) };

function ipmi(rig: SystemRig, identity: BmcIdentity): void {
  const state = createBmcState(identity);
  const rsp = new Uint8Array(272);
  rig.answer = (request) => [...rsp.subarray(0, answer(state, Uint8Array.from(request), request.length, rsp))];
}

describe('ipmi_ssif on the BMC drivers', () => {
  it.each([
    ['v10', 'nak'], ['mainline', '2023-12'], ['2026-04', '2023-12'], ['fixed', 'fixed'],
  ])('ssif_bmc@%s on i2c-aspeed@%s: from the scan to long messages with PEC', (bmc, i2c) => {
    const rig = new SystemRig(bmc, i2c);
    ipmi(rig, WITH_PEC);
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    const got: number[][] = [];
    const reason = rig.run(function* () {
      expect(yield* ssifDetect(ssif)).toBe(0);
      yield* ssifProbe(ssif);
      for (const length of [2, 31, 33, 70, 200]) {
        const request = [0xc0, 0x0e, ...Array.from({ length: length - 2 }, (_, i) => (i * 7 + length) & 0xff)];
        const n = yield* ssif.transact(Uint8Array.from(request), length);
        got.push([...ssif.response.subarray(0, n)].map((byte, i) => byte ^ (i < 3 ? 0 : request[i - 1])));
      }
    });
    expect(reason).toBe('done');
    expect(ssif.smbus.pec).toBe(true);
    expect(ssif.info).toMatchObject({ maxXmitMsgSize: 254, cmd8Works: true, hasEventBuffer: true });
    expect(got).toEqual([2, 31, 33, 70, 200].map((n) => [0xc4, 0x0e, 0, ...new Array<number>(n - 2).fill(0)]));
  });

  it('waits for a BMC that is slow', () => {
    const rig = new SystemRig();
    rig.delay = 200 * MS;
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    let n = 0;
    rig.run(function* () {
      n = yield* ssif.transact(Uint8Array.of(0xc0, 0x0e, 1), 3);
    });
    expect([...ssif.response.subarray(0, n)]).toEqual([0xc4, 0x0e, 0, 1]);
    expect(rig.log.lines).toEqual(['began c0 0e 01', 'sent', 'responded c4 0e 00 01']);
    expect(rig.violations).toEqual([]);
  });
});

describe('a careless controller on the BMC drivers', () => {
  it('leaves the mended ones able to go on, whatever is drawn', () => {
    const rig = new SystemRig();
    let draw = (_n: number): number => 0;
    const careless = new CarelessSmbus(rig.own, rig.time, (n) => draw(n), numberedRequests(), rig.log, { patience: 2 * SEC });
    fc.assert(fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 30 }), fc.boolean(), (numbers, usesPec) => {
      let at = 0;
      draw = (n) => (numbers[at++] ?? 0) % n;
      careless.reset();
      careless.pec = usesPec;
      rig.log.lines.length = 0;
      const last: Move[] = [];
      const reason = rig.run(function* () {
        while (at < numbers.length && !careless.stopped) yield* carelessSsifMove(careless);
        at = Infinity;
        careless.abandon('over');
        yield rig.time.wait(rig.sim.now + SEC, false);
        for (let n = 0; n < 2; n++) {
          careless.compose();
          last.push(yield* careless.transact());
        }
      });
      expect([reason, ...last], JSON.stringify(rig.log.lines.slice(-12))).toEqual(['done', Move.ok, Move.ok]);
      expect(rig.violations).toEqual([]);
    }), { numRuns: 100 });
  });
});
