import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ECHO_LAST, ECHO_MIN, ECHO_PERIOD, ECHO_TAGS, classifyEcho, echoDataTag, echoTag, writeEcho, writeEchoData,
} from '../../src/ipmi/index.ts';
import { echoRequest as request, echoResponse as response, hex } from './bytes.ts';

const HEADER = 2;
const MAX = 1100;

const tag = fc.nat(ECHO_TAGS - 1);
/** Short ones mostly: that is where bytes coincide. */
const length = fc.oneof(fc.integer({ min: ECHO_MIN, max: 8 }), fc.integer({ min: ECHO_MIN, max: 40 }),
  fc.integer({ min: ECHO_MIN, max: MAX }));

describe('a whole echo', () => {
  test.each([
    [5, 4, 'c0 0e 05 6f'],
    [5, 5, 'c0 0e 05 0b 99'],
    [238, 7, 'c0 0e ee 05 2f 66 6d'],
  ])('tag %d in %d bytes', (t, n, expected) => {
    expect(hex(request(t, n))).toBe(expected);
  });

  test('gives back its tag, for all tags and lengths, as request and as response', () => {
    for (let t = 0; t < ECHO_TAGS; t++) {
      for (let n = ECHO_MIN; n <= 300; n++) expect(echoTag(request(t, n), n)).toBe(t);
    }
    fc.assert(fc.property(tag, length, (t, n) => {
      const req = request(t, n);
      expect(echoTag(req, n)).toBe(t);
      expect(echoTag(response(req), n + 1)).toBe(t);
      expect(classifyEcho(req, n)).toEqual({ kind: 'whole', tag: t });
      expect(classifyEcho(response(req), n + 1)).toEqual({ kind: 'whole', tag: t });
    }));
  });

  test('may stand anywhere in a buffer, and its data behind another header', () => {
    fc.assert(fc.property(tag, fc.integer({ min: ECHO_MIN, max: 40 }), fc.nat(20), fc.nat(255), (t, n, at, fill) => {
      const buf = new Uint8Array(64).fill(fill);
      writeEcho(buf, t, n, at);
      expect(echoTag(buf, n, at)).toBe(t);
      expect(classifyEcho(buf, n, at)).toEqual({ kind: 'whole', tag: t });
      const other = new Uint8Array(64).fill(fill);
      writeEchoData(other, t, n - HEADER, at + HEADER);
      expect(echoDataTag(other, n - HEADER, at + HEADER)).toBe(t);
      other.set([0xc0, 0x0e], at);
      expect(hex(buf)).toBe(hex(other));
      other.fill(fill, at, at + n);
      expect(hex(other)).toBe(hex(new Uint8Array(64).fill(fill)));
    }));
  });

  test('has tags and bytes below 239 only, and no two neighbours at two places', () => {
    const pairs = new Set<string>();
    for (let t = 0; t < ECHO_TAGS; t++) {
      const buf = request(t, HEADER + ECHO_PERIOD + 2);
      for (let i = HEADER; i < buf.length; i++) expect(buf[i]).toBeLessThan(ECHO_TAGS);
      for (let i = HEADER; i < HEADER + ECHO_PERIOD; i++) pairs.add(`${buf[i]} ${buf[i + 1]}`);
    }
    expect(pairs.size).toBe(ECHO_TAGS * ECHO_PERIOD);
  });

  test.each([[-1, 4, 4], [ECHO_TAGS, 4, 4], [Number.NaN, 4, 4], [0, 3, 4], [0, 5, 4]])(
    'is not written for tag %d, length %d in a buffer of %d', (t, n, room) => {
      expect(() => writeEcho(new Uint8Array(room), t, n)).toThrow(RangeError);
    });
});

test('a response that carries an echo but not completion code 00h is no echo', () => {
  for (let cc = 1; cc < 256; cc++) {
    const rsp = response(request(5, 9));
    rsp[2] = cc;
    expect(echoTag(rsp, rsp.length)).toBe(-1);
    expect(classifyEcho(rsp, rsp.length)).toEqual({ kind: 'refused', cc });
  }
});

test('fewer than two bytes of data are no echo, whatever stands around them', () => {
  const whole: string[] = [];
  for (let before = 0; before < 256; before++) {
    for (let byte = 0; byte < 256; byte++) {
      const data = Uint8Array.of(before, byte, before);
      if (echoDataTag(data, 0, 1) >= 0 || echoDataTag(data, 1, 1) >= 0) whole.push(hex(data));
    }
  }
  expect(whole).toEqual([]);
});

test('the last byte differs from one in the middle', () => {
  expect(ECHO_LAST % ECHO_TAGS).not.toBe(0);
});
