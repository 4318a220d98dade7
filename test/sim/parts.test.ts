import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ClockDomain, END_OF_TIME, GeneratorProcess, EXIT, OpTable, Prng, TraceBus, alignUp, finish, formatPs, formatShort, hashText, hex32, mix,
  operandOf, withOperand,
} from '../../src/sim/index.ts';

describe('time', () => {
  it('is printed exactly, in the greatest unit of which there is a whole one', () => {
    for (const [t, text] of [
      [0, '0 ps'], [999, '999 ps'], [1000, '1 ns'], [1_234_567, '1.234567 us'], [30_303, '30.303 ns'], [5_000_000_000_000, '5 s'],
      [1_000_000_000_001, '1.000000000001 s'], [END_OF_TIME, '9007.199254740991 s'],
    ] as const) expect(formatPs(t)).toBe(text);
  });

  it('is cut to some decimals, never rounded up', () => {
    expect([formatShort(1_999_999), formatShort(1_000_999), formatShort(1_999_999, 1), formatShort(42)]).toEqual(['1.999 us', '1 us', '1.9 us', '42 ps']);
  });

  it('is aligned to the next multiple of a period', () => {
    fc.assert(fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 5000 }), fc.nat(1000), (since, period, origin) => {
      const at = alignUp(origin + since, period, origin);
      expect((at - origin) % period).toBe(0);
      expect(at).toBeGreaterThanOrEqual(origin + since);
      expect(at).toBeLessThan(origin + since + period);
    }));
  });

  it('of a clock domain goes by its edges', () => {
    const lclk = new ClockDomain('LCLK', 30_303);
    expect([lclk.edge(0), lclk.edge(1), lclk.edge(30_303), lclk.cycles(13)]).toEqual([0, 30_303, 30_303, 393_939]);
    for (const period of [0, -1, 1.5, Number.NaN]) expect(() => new ClockDomain('bad', period)).toThrow(RangeError);
  });
});

describe('an op', () => {
  it('carries opcode, operand and frame in one small integer', () => {
    const ops = new OpTable();
    const read = ops.define({ label: 'read', exec: () => 0, site: (operand) => `reg ${operand}` });
    fc.assert(fc.property(fc.integer({ min: 0, max: 0x7fff }), (operand) => {
      const op = withOperand(read, operand) | ops.frame('driver_read');
      expect(operandOf(op)).toBe(operand);
      expect(ops.label(op)).toBe(`driver_read: reg ${operand}`);
      expect(ops.label(withOperand(read, operand))).toBe(`reg ${operand}`);
      expect(op).toBeLessThan(2 ** 30);
    }));
  });

  it('has no room for more than 255 kinds and 255 frames, and says so', () => {
    const ops = new OpTable();
    for (let i = 0; i < 255; i++) {
      ops.define({ label: String(i), exec: () => 0 });
      ops.frame(String(i));
    }
    expect(() => ops.define({ label: 'one more', exec: () => 0 })).toThrow('no opcode left for one more');
    expect(() => ops.frame('one more')).toThrow('no frame left for one more');
    expect(ops.frame('7')).toBe(8 << 23);
  });

  it('EXIT is not a step', () => {
    expect(() => new OpTable().def(EXIT).exec(0, null as never)).toThrow('EXIT is not a step');
  });
});

describe('a process', () => {
  it('answers EXIT when its generator has ended, and begins anew when it is started', () => {
    const process = new GeneratorProcess(function* () {
      let sum = 0;
      for (let i = 0; i < 2; i++) sum += yield 5 + sum;
    });
    for (let run = 0; run < 2; run++) {
      expect([process.resume(0), process.resume(10), process.resume(1), process.resume(0)]).toEqual([5, 15, EXIT, EXIT]);
      process.start();
    }
  });
});

describe('random numbers', () => {
  it('are sfc32: PractRand\'s sequence for a seed of three words, twelve rounds in', () => {
    // Computed by a transcription of sfc32 in 64-bit unsigned arithmetic.
    const mask = 0xffff_ffffn;
    for (const [seed, stream] of [[1, 0], [0x1_2345_6789, 7], [2 ** 40 + 3, -1]] as const) {
      let [a, b, c, counter] = [BigInt(seed) & mask, BigInt(stream) & mask, BigInt(Math.floor(seed / 2 ** 32)) & mask, 1n];
      const next = (): bigint => {
        const t = (a + b + counter) & mask;
        counter = (counter + 1n) & mask;
        a = b ^ (b >> 9n);
        b = (c + (c << 3n)) & mask;
        c = (((c << 21n) | (c >> 11n)) + t) & mask;
        return t;
      };
      for (let i = 0; i < 12; i++) next();
      const prng = new Prng(seed, stream);
      for (let i = 0; i < 20; i++) expect(prng.next() >>> 0).toBe(Number(next()));
    }
  });

  it('below n are in [0, n), all of them', () => {
    const prng = new Prng(3);
    const seen = new Set<number>();
    for (let i = 0; i < 500; i++) seen.add(prng.below(7));
    expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (let i = 0; i < 1000; i++) expect(prng.below(2 ** 31)).toBeLessThan(2 ** 31);
  });

  it('start again with their seed and stream', () => {
    const prng = new Prng(9, 4);
    const first = [prng.next(), prng.next()];
    prng.reseed(9, 5);
    expect([prng.next(), prng.next()]).not.toEqual(first);
    prng.reseed(9, 4);
    expect([prng.next(), prng.next()]).toEqual(first);
  });
});

describe('hashes', () => {
  it('are int32, and depend on the order', () => {
    fc.assert(fc.property(fc.integer(), fc.integer(), fc.integer(), (h, a, b) => {
      expect(mix(h, a)).toBe(mix(h, a) | 0);
      if (a !== b) expect(mix(mix(h, a), b)).not.toBe(mix(mix(h, b), a));
      expect(hex32(finish(h))).toMatch(/^[0-9a-f]{8}$/);
    }), { seed: 1 });
  });

  it('of a text tell texts apart', () => {
    expect(new Set(['', 'a', 'b', 'ab', 'ba', 'aa', '\0'].map((text) => hashText(text))).size).toBe(7);
  });
});

describe('the trace bus', () => {
  it('tells the listeners of a kind, and nobody else', () => {
    const bus = new TraceBus({ now: 77 });
    const kind = (name: string): number => bus.define({ name, lane: 'lpc', fields: ['a'], text: (a) => `${name} ${a}` });
    const [one, two] = [kind('one'), kind('two')];
    const heard: unknown[] = [];
    const listener = (...event: readonly number[]): void => void heard.push(event);
    bus.on(one, listener);
    bus.emit(one, 3, 1, 2);
    bus.emit(two, 3, 9);
    bus.off(one, listener);
    bus.emit(one, 3, 5);
    expect(heard).toEqual([[77, 3, 1, 2, 0]]);
    expect([bus.code('two'), bus.kinds[two]!.text(4, 0, 0)]).toEqual([two, 'two 4']);
    expect(() => bus.code('three')).toThrow('no trace event three');
  });
});
