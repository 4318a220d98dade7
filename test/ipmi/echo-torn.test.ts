import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ECHO_MIN, ECHO_PERIOD, ECHO_TAGS, classifyEcho, echoTag } from '../../src/ipmi/index.ts';
import { echoRequest as request, echoResponse as response, hex } from './bytes.ts';

const HEADER = 2;
const MAX = 1100;

const tag = fc.nat(ECHO_TAGS - 1);
/** Short ones mostly: that is where bytes coincide. */
const length = fc.oneof(fc.integer({ min: ECHO_MIN, max: 8 }), fc.integer({ min: ECHO_MIN, max: 40 }),
  fc.integer({ min: ECHO_MIN, max: MAX }));

const echo = fc.tuple(tag, length).map(([t, n]) => request(t, n));

/** A[0..i) + B[j..). */
const splice = (a: Uint8Array, i: number, b: Uint8Array, j: number) =>
  Uint8Array.of(...a.subarray(0, i), ...b.subarray(j));
const same = (a: Uint8Array, b: Uint8Array) => hex(a) === hex(b);

/** What it is taken for, as a request and with the same data as a response, must be no whole echo. */
function takenForWhole(msg: Uint8Array): boolean {
  const rsp = response(msg);
  const isEcho = msg.length >= HEADER && msg[0] === 0xc0 && msg[1] === 0x0e;
  return echoTag(msg, msg.length) >= 0 || classifyEcho(msg, msg.length).kind === 'whole'
    || (isEcho && (echoTag(rsp, rsp.length) >= 0 || classifyEcho(rsp, rsp.length).kind !== 'torn'));
}

describe('not whole, without exception', () => {
  test('cut at the same place, tags differ: all pairs of tags and cuts in short messages', () => {
    const whole: string[] = [];
    for (let a = 0; a < ECHO_TAGS; a++) {
      for (let b = 0; b < ECHO_TAGS; b++) {
        if (a === b) continue;
        for (let n = ECHO_MIN; n <= 6; n++) {
          const [x, y] = [request(a, n), request(b, n)];
          for (let cut = HEADER + 1; cut < n; cut++) {
            y[cut - 1] = x[cut - 1];
            if (echoTag(y, n) >= 0) whole.push(`${a} and ${b} cut at ${cut}: ${hex(y)}`);
          }
        }
      }
    }
    expect(whole).toEqual([]);
  });

  test('cut at the same place, tags differ, any lengths', () => {
    fc.assert(fc.property(echo, echo, fc.nat(), (a, b, n) => {
      fc.pre(a[HEADER] !== b[HEADER]);
      const cut = HEADER + 1 + (n % (b.length - HEADER - 1));
      expect(takenForWhole(splice(a, cut, b, cut))).toBe(false);
    }), { numRuns: 2000 });
  });

  test('any choice, byte by byte, between echoes of equal length', () => {
    const mixture = length.chain((n) => fc.tuple(
      fc.array(tag, { minLength: 2, maxLength: 4 }),
      fc.array(fc.nat(3), { minLength: Math.min(n - HEADER, 50), maxLength: n - HEADER }),
      fc.constant(n),
    ));
    fc.assert(fc.property(mixture, ([tags, choice, n]) => {
      const echoes = tags.map((t) => request(t, n));
      const mixed = Uint8Array.from(echoes[0]);
      const used = new Set(choice.length < n - HEADER ? [tags[0]] : []);
      choice.forEach((c, q) => {
        mixed[HEADER + q] = echoes[c % tags.length][HEADER + q];
        used.add(tags[c % tags.length]);
      });
      fc.pre(used.size > 1);
      expect(takenForWhole(mixed)).toBe(false);
    }), { numRuns: 1000 });
  });

  const damage: [string, (a: Uint8Array, at: number, byte: number) => Uint8Array][] = [
    ['changed', (a, at, byte) => Uint8Array.from(a, (old, i) => (i === at ? old ^ (byte === 0 ? 1 : byte) : old))],
    ['lost', (a, at) => splice(a, at, a, at + 1)],
    ['doubled', (a, at) => splice(a, at + 1, a, at)],
    ['inserted', (a, at, byte) => Uint8Array.of(...a.subarray(0, at), byte, ...a.subarray(at))],
    ['inserted behind', (a, _at, byte) => Uint8Array.of(...a, byte)],
  ];
  test.each(damage)('one byte %s', (_name, apply) => {
    fc.assert(fc.property(echo, fc.nat(), fc.nat(255), (a, n, byte) => {
      expect(takenForWhole(apply(a, n % a.length, byte))).toBe(false);
    }), { numRuns: 3000 });
  });
  test.each(damage)('one byte %s: every place in all echoes of up to 7 bytes', (_name, apply) => {
    const whole: string[] = [];
    for (let t = 0; t < ECHO_TAGS; t++) {
      for (let n = ECHO_MIN; n <= 7; n++) {
        const a = request(t, n);
        for (let at = 0; at < n; at++) {
          for (const byte of [0, 1, 4, a[at], 0x0e, 0xc0, 0xff]) {
            const msg = apply(a, at, byte);
            if (echoTag(msg, msg.length) >= 0) whole.push(hex(msg));
          }
        }
      }
    }
    expect(whole).toEqual([]);
  });

  test('cut off early, or with bytes behind it', () => {
    fc.assert(fc.property(echo, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 300 }), (a, n, more) => {
      expect(takenForWhole(a.subarray(0, n % a.length))).toBe(false);
      expect(takenForWhole(Uint8Array.of(...a, ...more))).toBe(false);
    }), { numRuns: 1000 });
  });
});

describe('A[0..i) + B[j..)', () => {
  const excepted = (a: Uint8Array, i: number, b: Uint8Array, j: number) =>
    (j - i) % ECHO_PERIOD === 0 || (j === b.length - 1 && a[HEADER] !== b[HEADER]);

  test('is not whole, or A or B, but for the two exceptions', () => {
    fc.assert(fc.property(echo, echo, fc.nat(), fc.nat(), fc.boolean(), (a, other, n, m, twin) => {
      const b = twin ? a : other;
      const [i, j] = [n % (a.length + 1), m % (b.length + 1)];
      const msg = splice(a, i, b, j);
      fc.pre(i !== j && !excepted(a, i, b, j) && !same(msg, a) && !same(msg, b));
      expect(takenForWhole(msg)).toBe(false);
    }), { numRuns: 5000 });
  });

  test('so too for all cuts of short echoes', () => {
    const whole: string[] = [];
    for (let d = 0; d < ECHO_TAGS; d++) {
      for (let n = ECHO_MIN; n <= 8; n++) {
        for (let m = ECHO_MIN; m <= 8; m++) {
          const [a, b] = [request(14, n), request((14 + d) % ECHO_TAGS, m)];
          for (let i = 0; i <= n; i++) {
            for (let j = 0; j <= m; j++) {
              if (i === j || excepted(a, i, b, j)) continue;
              const msg = splice(a, i, b, j);
              if (echoTag(msg, msg.length) >= 0 && !same(msg, a) && !same(msg, b)) whole.push(hex(msg));
            }
          }
        }
      }
    }
    expect(whole).toEqual([]);
  });

  test('the exceptions exist', () => {
    const a = request(7, 600);
    const holed = splice(a, 100, a, 100 + ECHO_PERIOD);
    expect(echoTag(holed, holed.length)).toBe(7);
    const fitting = Array.from({ length: ECHO_TAGS }, (_, t) => splice(request(7, 6), 4, request(t, 9), 8))
      .filter((msg) => echoTag(msg, msg.length) >= 0);
    expect(fitting.map(hex)).toEqual([hex(request(7, 5))]);
  });
});
