import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_MODE, I2C_EVENTS, STANDARD_MODE, expandI2c, type I2cLevel, type I2cTiming } from '../../../src/hw/index.ts';
import { US } from '../../../src/sim/index.ts';
import { Puppet, READ, READ_LAST, Rig, START, STOP, Sponge, vanish, write, type Act } from './rig.ts';

/** What a logic analyser makes of the lines: SDA at rises of SCL, and changes of SDA while SCL is high. */
function decode(levels: readonly I2cLevel[]): string[] {
  const words: string[] = [];
  let [scl, sda, bits, value] = [1, 1, 0, 0];
  let started = false;
  for (const { line, level } of levels) {
    if (line === 'sda') {
      if (scl === 1 && sda !== level) {
        words.push(level === 0 ? 'S' : 'P');
        started = level === 0;
        bits = -1; // the fall of SCL that ends START is no bit
        value = 0;
      }
      sda = level;
    } else if (level !== scl) {
      scl = level;
      if (level === 1) value = (value << 1) | sda;
      else if (started && ++bits === 9) {
        words.push(`${(value >> 1).toString(16)}${(value & 1) === 0 ? '+' : '-'}`);
        bits = 0;
        value = 0;
      }
    }
  }
  return words;
}

/** Runs `acts` against a target; returns the expanded lines, by time, and the trace as the decoder would put it. */
function lines(acts: readonly Act[], timing: I2cTiming, give: readonly number[], stretch: readonly number[]): readonly [I2cLevel[], string[]] {
  const rig = new Rig();
  const host = new Puppet(rig, timing);
  const target = new Sponge(rig, 0x10);
  target.give = [...give];
  target.stretch = [...stretch];
  rig.run(() => host.play(...acts));
  const levels = rig.events.flatMap(([at, name, a, b]) => expandI2c(name, at, a, b, timing));
  const words = rig.events.flatMap(([, name, a, b]) => {
    if (name === I2C_EVENTS.start) return ['S'];
    if (name === I2C_EVENTS.stop) return ['P'];
    return name === I2C_EVENTS.address || name === I2C_EVENTS.byte ? [`${a.toString(16)}${(b & 1) === 0 ? '-' : '+'}`] : [];
  });
  return [levels, words];
}

describe('expandI2c (UM10204 §3.1)', () => {
  const bytes = fc.array(fc.integer({ min: 0, max: 0xff }), { maxLength: 4 });
  const timings = fc.constantFrom(STANDARD_MODE, FAST_MODE);
  const stretches = fc.array(fc.integer({ min: 0, max: 100 * US }), { maxLength: 8 });

  it('a logic analyser sees on the lines what the bus has told', () => {
    fc.assert(fc.property(bytes, bytes, timings, stretches, (sent, given, timing, stretch) => {
      const reads: Act[] = given.map((_, i) => (i === given.length - 1 ? READ_LAST : READ));
      const acts: Act[] = [START, write(0x20), ...sent.map(write), START, write(0x21), ...reads, STOP];
      const [levels, words] = lines(acts, timing, given, stretch);
      expect(decode(levels)).toEqual(words);
    }));
  });

  it('edges are in order of time, and no clock is shorter than it may be', () => {
    fc.assert(fc.property(bytes, timings, stretches, (sent, timing, stretch) => {
      const [levels] = lines([START, write(0x20), ...sent.map(write), STOP], timing, [], stretch);
      for (const [i, { at }] of levels.entries()) if (i > 0) expect(at).toBeGreaterThanOrEqual(levels[i - 1].at);
      const scl = levels.filter(({ line }) => line === 'scl');
      for (let i = 1; i < scl.length; i++) {
        if (scl[i].level === scl[i - 1].level) continue;
        const least = scl[i].level === 1 ? timing.low : Math.min(timing.high, timing.setupStop, timing.holdStart);
        expect(scl[i].at - scl[i - 1].at).toBeGreaterThanOrEqual(least);
      }
    }));
  });

  it('of a controller that vanishes: the bits it has clocked, then both lines high, or SDA low', () => {
    const clocks = (levels: readonly I2cLevel[]): number => levels.filter(({ line, level }) => line === 'scl' && level === 1).length;
    const [levels] = lines([START, write(0x20), vanish(3), write(0xa5)], STANDARD_MODE, [], []);
    expect(clocks(levels)).toBe(9 + 3 + 1);
    expect(levels.slice(-2).map(({ line, level }) => [line, level])).toEqual([['sda', 1], ['scl', 1]]);
    const [stuck] = lines([START, write(0x21), vanish(3), READ], STANDARD_MODE, [0], []);
    expect(stuck.slice(-2).map(({ line, level }) => [line, level])).toEqual([['sda', 0], ['scl', 1]]);
  });

  it('stretching, arbitration and time-outs move no line of their own', () => {
    for (const name of [I2C_EVENTS.stretch, I2C_EVENTS.arbitration, I2C_EVENTS.timeout, I2C_EVENTS.recover]) {
      expect(expandI2c(name, 1_000, 1, 1, STANDARD_MODE)).toEqual([]);
    }
  });
});
