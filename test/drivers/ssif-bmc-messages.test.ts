import { describe, expect, it } from 'vitest';
import { MS, SEC } from '../../src/sim/index.ts';
import { DRIVERS, SsifRig, type Written } from './ssif-bmc-rig.ts';

const VERSIONS = Object.keys(DRIVERS);
const bytes = (length: number, seed = 7): number[] => Array.from({ length }, (_, i) => (i * seed + 1) & 0xff);

/** A request, what the daemon read, and what the host got for `response`. */
function exchange(rig: SsifRig, request: readonly number[], response: readonly number[]) {
  let seen: unknown;
  let got: unknown;
  let written: Written = 'nak';
  const reason = rig.run({
    threads: [() => rig.serve(1, (message) => {
      seen = message;
      return response;
    })],
    *host() {
      written = yield* rig.request(request);
      do {
        yield* rig.pause(5 * MS);
        got = yield* rig.response();
      } while (got === 'nak');
    },
  });
  return { reason, written, seen, got, violations: rig.violations, state: rig.driver.stateName };
}

describe.each(VERSIONS)('messages of ssif-bmc@%s (IPMI 2.0 section 12)', (version) => {
  it.each([
    [2, 3], [31, 31], [32, 32], [33, 33], [63, 61], [64, 62], [65, 63], [96, 92], [97, 93], [254, 254],
  ])('carries a request of %i bytes and a response of %i, with and without PEC', (request, response) => {
    for (const pec of [false, true]) {
      const rig = new SsifRig(DRIVERS[version]);
      rig.pec = pec;
      const [sent, answer] = [bytes(request), [0x1c, ...bytes(response - 1, 11)]];
      // The PEC behind 32 bytes is written to, and read from, payload[32]: which happens to be `pec`.
      const overruns = pec && request >= 32 && version !== 'fixed';
      expect(exchange(rig, sent, answer)).toEqual({
        reason: 'done', written: 'ok', seen: sent, got: answer, state: 'SSIF_READY',
        violations: overruns ? ['write', 'read'].map((how) => `out-of-bounds: ${how}-beyond-part_buf.payload`) : [],
      });
    }
  });

  it('drops a request of more than 254 bytes, and takes the next', () => {
    const rig = new SsifRig(DRIVERS[version]);
    let seen: unknown;
    let requesting = true;
    expect(rig.run({
      threads: [() => rig.serve(1, (message) => {
        seen = message;
        return [0x1c, 1, 0];
      })],
      *host() {
        yield* rig.write(0x06, bytes(32));
        for (let i = 0; i < 6; i++) yield* rig.write(0x07, bytes(32));
        yield* rig.write(0x07, bytes(31)); // 255 with the one that follows
        yield* rig.write(0x08, bytes(1));
        requesting = rig.driver.requesting && version !== 'v10' && version !== 'mainline' && version !== '2026-04';
        if (!rig.driver.requesting) yield* rig.request([0x18, 0x02]);
      },
    })).toBe('done');
    expect(requesting).toBe(false);
    if (version === 'fixed') expect(seen).toEqual([0x18, 0x02]);
  });

  it('refuses by a NAK until the response is there', () => {
    const rig = new SsifRig(DRIVERS[version]);
    const written: unknown[] = [];
    rig.run({
      threads: [() => rig.serve(1, () => [0x1c, 1, 0])],
      threadsAt: [20 * MS],
      *host() {
        written.push(yield* rig.request([0x18, 0x01]), yield* rig.request([0x18, 0x02]), yield* rig.block(0x03));
        yield* rig.pause(50 * MS);
        written.push(yield* rig.block(0x03), yield* rig.request([0x18, 0x02]));
      },
    });
    expect(written).toEqual(['ok', 'nak', 'nak', [0x1c, 1, 0], 'ok']);
  });

  it('gives up a request that nobody answers after 500 ms, on a jiffy', () => {
    const rig = new SsifRig(DRIVERS[version]);
    const refuses: boolean[] = [];
    rig.run({
      *host() {
        yield* rig.request([0x18, 0x01]);
        yield* rig.pause(499 * MS);
        refuses.push(rig.driver.refuses);
        yield* rig.pause(21 * MS);
        refuses.push(rig.driver.refuses);
        refuses.push((yield* rig.request([0x18, 0x02])) === 'ok');
      },
    });
    expect(refuses).toEqual([true, false, true]);
  });

  it('sends zeros, and no response, beyond the PEC', () => {
    const rig = new SsifRig(DRIVERS[version]);
    rig.pec = false;
    let got: unknown;
    rig.run({
      threads: [() => rig.serve(1, () => [0x1c, 1, 0])],
      *host() {
        yield* rig.request([0x18, 0x01]);
        yield* rig.pause(20 * MS);
        yield* rig.send(0x03);
        const all = [yield* rig.fetch(0)];
        for (let i = 0; i < 300; i++) all.push(yield* rig.fetch(2));
        yield* rig.stop();
        got = [all.slice(0, 6), all.slice(6).some((byte) => byte !== 0), rig.driver.responding];
      },
    });
    // part_buf.index is a u8: after 256 bytes the older ones begin again.
    expect(got).toEqual([[3, 0x1c, 1, 0, 0, 0], version !== 'fixed', false]);
  });

  it('checks the PEC, and drops a request with a wrong one', () => {
    const rig = new SsifRig(DRIVERS[version]);
    rig.pec = true;
    rig.run({ host: () => rig.write(0x02, [0x18, 0x01], 0x40) });
    expect([rig.driver.requesting, rig.driver.refuses]).toEqual([false, false]);
  });

  it('is idle for ever when nothing is asked', () => {
    const rig = new SsifRig(DRIVERS[version]);
    expect(rig.run({ host: () => rig.pause(2 * SEC) })).toBe('done');
    expect([rig.driver.requesting, rig.driver.responding, rig.driver.refuses, rig.driver.busy]).toEqual([false, false, false, false]);
  });
});
