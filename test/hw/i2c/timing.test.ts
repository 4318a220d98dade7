import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_MODE, STANDARD_MODE, acTimeout, acTiming, acTimingFor, timingOf } from '../../../src/hw/index.ts';
import { MS, NS, US } from '../../../src/sim/index.ts';

const APB = 40_404;

describe('bus timing (UM10204 table 10, SMBus 2.0 §3.1.1)', () => {
  it('100 kHz: a bit of 10 us; no time below its minimum', () => {
    expect(STANDARD_MODE.low + STANDARD_MODE.high).toBe(10 * US);
    expect(STANDARD_MODE.low).toBeGreaterThanOrEqual(4_700 * NS);
    expect(STANDARD_MODE.high).toBeGreaterThanOrEqual(4 * US);
    expect(STANDARD_MODE).toMatchObject({
      holdStart: 4 * US, setupStart: 4_700 * NS, setupStop: 4 * US, busFree: 4_700 * NS, setupData: 250 * NS,
    });
  });

  it('400 kHz: a bit of 2.5 us, tLOW at its minimum of 1.3 us', () => {
    expect(FAST_MODE).toMatchObject({ low: 1_300 * NS, high: 1_200 * NS });
    expect(FAST_MODE).toMatchObject({
      holdStart: 600 * NS, setupStart: 600 * NS, setupStop: 600 * NS, busFree: 1_300 * NS, setupData: 100 * NS,
    });
  });

  it('a host controller of any speed keeps its period, and the minima of its mode', () => {
    expect(timingOf(100)).toEqual(STANDARD_MODE);
    expect(timingOf(400)).toEqual(FAST_MODE);
    fc.assert(fc.property(fc.integer({ min: 10, max: 400 }), (khz) => {
      const { low, high } = timingOf(khz);
      expect(low + high).toBe(Math.floor(1_000_000_000 / khz));
      expect(low).toBeGreaterThanOrEqual(khz <= 100 ? 4_700 * NS : 1_300 * NS);
      expect(high).toBeGreaterThanOrEqual(khz <= 100 ? 4 * US : 600 * NS);
    }));
  });
});

describe('AC_TIMING1 of the AST2500 (i2c-aspeed.c, aspeed_i2c_get_clk_reg_val())', () => {
  it('100 kHz of 24.75 MHz: 248 clocks, base 3, low 15 and high 16 of 8 clocks', () => {
    const register = acTimingFor(100, APB);
    expect(register).toBe((15 << 16) | (14 << 12) | 3);
    const { low, high } = acTiming(register, APB);
    expect([low, high]).toEqual([15 * 8 * APB, 16 * 8 * APB]);
    expect(low / US).toBeCloseTo(4.848, 3);
    expect(high / US).toBeCloseTo(5.172, 3);
  });

  it('400 kHz: 62 clocks, base 1; tLOW is below the 1.3 us of fast mode', () => {
    const register = acTimingFor(400, APB);
    expect(register).toBe((15 << 16) | (14 << 12) | 1);
    const { low, high } = acTiming(register, APB);
    expect([low, high]).toEqual([15 * 2 * APB, 16 * 2 * APB]);
    expect(low).toBeLessThan(1_300 * NS);
  });

  it('up to 32 clocks need no base divisor', () => {
    expect(acTimingFor(800, APB) & 0xf).toBe(0);
    expect(acTimingFor(700, APB) & 0xf).toBe(1);
  });

  it('tBUF, tHDSTA and tACST come from bits 31:20', () => {
    const timing = acTiming(0x7654_0001, APB);
    expect(timing).toMatchObject({
      busFree: 8 * 2 * APB, holdStart: 7 * 2 * APB, setupStart: 6 * 2 * APB, setupStop: 6 * 2 * APB,
    });
  });

  it('AC_TIMING2 counts 16384 << 2*AC_TIMING1[9:8] clocks; 0 is no time-out', () => {
    expect(acTimeout(0, 0, APB)).toBe(0);
    expect(acTimeout(0, 1, APB)).toBe(16_384 * APB);
    expect(acTimeout(0x0000_0200, 3, APB)).toBe(3 * 16_384 * 16 * APB);
    expect(acTimeout(0x0000_0300, 1, APB) / MS).toBeCloseTo(42.4, 1);
  });
});
