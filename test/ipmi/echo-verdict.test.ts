import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ECHO_LAST, ECHO_MIN, ECHO_PERIOD, ECHO_TAGS, classifyEcho, formatEchoVerdict } from '../../src/ipmi/index.ts';
import type { EchoVerdict } from '../../src/ipmi/index.ts';
import { bytes, echoRequest as request } from './bytes.ts';

const HEADER = 2;
const tag = fc.nat(ECHO_TAGS - 1);

const verdict = (msg: Uint8Array) => classifyEcho(msg, msg.length);

function torn(msg: Uint8Array): Extract<EchoVerdict, { kind: 'torn' }> {
  const found = verdict(msg);
  if (found.kind !== 'torn') throw new Error(`${found.kind}, not torn`);
  return found;
}

test.each([
  ['', { kind: 'foreign' }],
  ['c0', { kind: 'foreign' }],
  ['18 01', { kind: 'foreign' }],
  ['c1 0e 05 6f', { kind: 'foreign' }],
  ['c4 0e', { kind: 'foreign' }],
  ['c4 0e c1', { kind: 'refused', cc: 0xc1 }],
  ['c4 0e ff', { kind: 'refused', cc: 0xff }],
  ['c0 0e 05 6f', { kind: 'whole', tag: 5 }],
  ['c4 0e 00 05 6f', { kind: 'whole', tag: 5 }],
  ['c0 0e', { kind: 'torn', tags: [], pieces: [], length: 0 }],
  ['c4 0e 00', { kind: 'torn', tags: [], pieces: [], length: 0 }],
  ['c0 0e ff ff', { kind: 'torn', tags: [], pieces: [], length: 2 }],
  ['c0 0e 05', { kind: 'torn', tags: [144], pieces: [{ tag: 144, at: 0, from: 0, count: 1, last: true }], length: 1 }],
])('%s', (msg, expected) => {
  expect(verdict(bytes(msg))).toEqual(expected);
});

/** Tags so far apart that a byte of one may be the last byte of the other. */
const confusable = (a: number, b: number) => [ECHO_LAST, ECHO_TAGS - ECHO_LAST].includes(Math.abs(a - b));

describe('torn from two echoes', () => {
  test('of equal place: the pieces are exactly the two parts', () => {
    const length = fc.integer({ min: ECHO_MIN, max: 600 });
    fc.assert(fc.property(tag, tag, length, fc.nat(), fc.nat(), (a, b, n, more, at) => {
      fc.pre(a !== b && !confusable(a, b));
      const cut = HEADER + 1 + (at % (n - HEADER - 1));
      const msg = request(b, n);
      msg.set(request(a, cut + 2 + (more % 40)).subarray(0, cut));
      const [p, q] = [cut - HEADER, n - HEADER];
      expect(torn(msg)).toEqual({
        kind: 'torn',
        tags: [a, b],
        pieces: [
          { tag: a, at: 0, from: 0, count: p, last: false },
          { tag: b, at: p, from: p % ECHO_PERIOD, count: q - p, last: true },
        ],
        length: q,
      });
    }), { numRuns: 1000 });
  });

  test('moved: where enough of it is left, the second is found too', () => {
    const part = fc.record({ tag, length: fc.integer({ min: 12, max: 230 }), cut: fc.nat() });
    fc.assert(fc.property(part, part, (x, y) => {
      const [a, b] = [request(x.tag, x.length), request(y.tag, y.length)];
      const i = HEADER + 3 + (x.cut % (x.length - HEADER - 3));
      const j = HEADER + (y.cut % (y.length - HEADER - 6));
      fc.pre(i !== j);
      const { pieces } = torn(Uint8Array.of(...a.subarray(0, i), ...b.subarray(j)));
      // A byte of B may look like A's next one, and then another like A's last one.
      const swallowed = pieces[0].count - (i - HEADER);
      expect([0, 1, 2]).toContain(swallowed);
      expect(pieces[0]).toMatchObject({ tag: x.tag, at: 0, from: 0 });
      const [at, from, count] = [i - HEADER + swallowed, j - HEADER + swallowed, y.length - j - swallowed];
      expect(pieces[1]).toEqual({ tag: y.tag, at, from, count, last: true });
    }), { numRuns: 1000 });
  });
});

test('two echoes cut at the same place come apart exactly: all short ones', () => {
  const wrong: string[] = [];
  for (let a = 0; a < ECHO_TAGS; a += 7) {
    for (let b = 0; b < ECHO_TAGS; b++) {
      if (a === b || confusable(a, b)) continue;
      for (let n = ECHO_MIN; n <= 10; n++) {
        const msg = request(b, n);
        const other = request(a, n + 1);
        for (let cut = HEADER + 1; cut < n; cut++) {
          msg.set(other.subarray(0, cut));
          const { pieces } = torn(msg);
          if (pieces.some((piece) => Object.is(piece.tag, -0))) wrong.push(`${a}, ${b}, ${cut}: tag -0`);
          const found = pieces.map((piece) => `${piece.count} of ${piece.tag}`).join(', ');
          if (found !== `${cut - HEADER} of ${a}, ${n - cut} of ${b}`) wrong.push(`${a}, ${b}, ${cut}: ${found}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('pieces never overlap and never hold a byte of no echo', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
    const found = verdict(Uint8Array.of(0xc0, 0x0e, ...noise));
    if (found.kind !== 'torn') return;
    const covered = noise.map(() => 0);
    for (const piece of found.pieces) for (let k = 0; k < piece.count; k++) covered[piece.at + k]++;
    expect([...covered]).toEqual(Array.from(noise, (byte) => (byte < ECHO_TAGS ? 1 : 0)));
    expect(found.tags).toEqual([...new Set(found.pieces.map((piece) => piece.tag))]);
  }));
});

test('a byte of EFh or more is in no piece, though it may be right modulo 239', () => {
  const msg = request(5, 8);
  msg[HEADER + 1] += ECHO_TAGS;
  expect(torn(msg).pieces.map(({ at, count }) => [at, count])).toEqual([[0, 1], [2, 4]]);
});

test('nothing follows a last byte', () => {
  const msg = Uint8Array.of(...request(5, 12), ...request(9, 12).subarray(HEADER + 3));
  expect(torn(msg).pieces).toEqual([
    { tag: 5, at: 0, from: 0, count: 10, last: true },
    { tag: 9, at: 10, from: 3, count: 7, last: true },
  ]);
  // Nor does what would have followed, had it not been the last.
  const on = Uint8Array.of(...request(5, 12), ...request(5, 30).subarray(12));
  expect(torn(on).pieces.map((piece) => piece.count)).toEqual([10, 18]);
});

test.each([
  ['c0 0e 05 6f', 'echo of tag 5'],
  ['18 01', 'not an echo'],
  ['c4 0e c1', 'echo refused: invalid command'],
  ['c0 0e', 'echo torn behind its header: no data of an echo'],
  ['c0 0e 05 73', 'echo torn behind its header: 2 bytes of no stretch of an echo'],
])('%s reads: %s', (msg, text) => {
  expect(formatEchoVerdict(verdict(bytes(msg)))).toBe(text);
});

test('a moved piece says from where', () => {
  const msg = Uint8Array.of(...request(5, 8).subarray(0, 5), ...request(9, 20).subarray(9));
  expect(formatEchoVerdict(verdict(msg))).toBe('echo torn behind its header: 3 bytes of tag 5, 11 bytes of tag 9 from its byte 7');
});

test('a byte that stands alone is of the tag that it would have only if such a tag may have been sent', () => {
  const after = (tag: number): Uint8Array => Uint8Array.of(...request(1, 30).subarray(0, 29), request(tag, 30)[29]);
  expect(formatEchoVerdict(verdict(after(3)))).toBe('echo torn behind its header: 27 bytes of tag 1, 1 byte of tag 3');
  expect(formatEchoVerdict(verdict(after(51)))).toBe('echo torn behind its header: 27 bytes of tag 1, 1 byte of no stretch of an echo');
});

test('all bytes behind the header are told, also those of no echo', () => {
  const msg = request(5, 12);
  msg.fill(0xff, 4, 6);
  msg.fill(0xff, 10);
  expect(formatEchoVerdict(verdict(msg))).toBe('echo torn behind its header: 2 bytes of tag 5, 2 bytes of no stretch of an echo, 4 bytes of tag 5, 2 bytes of no stretch of an echo');
});
