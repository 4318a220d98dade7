import { NS, US, type Ps } from '../../sim/index.ts';

/** How one controller drives the bus, ps. Names are those of the I2C-bus specification (UM10204, table 10). */
export interface I2cTiming {
  /** tLOW, tHIGH: a clock of SCL. */
  readonly low: Ps;
  readonly high: Ps;
  /** tHD;STA: SDA falls (START) to SCL falls. */
  readonly holdStart: Ps;
  /** tSU;STA: SCL rises to SDA falls (repeated START). */
  readonly setupStart: Ps;
  /** tSU;STO: SCL rises to SDA rises (STOP). */
  readonly setupStop: Ps;
  /** tBUF: STOP to the next START. */
  readonly busFree: Ps;
  /** tSU;DAT: SDA is valid to SCL rises. */
  readonly setupData: Ps;
}

/** 100 kHz with equal halves. The limits are those of SMBus 2.0 §3.1.1 and of I2C standard mode. */
export const STANDARD_MODE: I2cTiming = {
  low: 5 * US,
  high: 5 * US,
  holdStart: 4 * US,
  setupStart: 4_700 * NS,
  setupStop: 4 * US,
  busFree: 4_700 * NS,
  setupData: 250 * NS,
};

/** 400 kHz: tLOW at its minimum, the rest of the period high (I2C fast mode). */
export const FAST_MODE: I2cTiming = {
  low: 1_300 * NS,
  high: 1_200 * NS,
  holdStart: 600 * NS,
  setupStart: 600 * NS,
  setupStop: 600 * NS,
  busFree: 1_300 * NS,
  setupData: 100 * NS,
};

/** One period of a clock of 1 kHz, ps. */
const MILLISECOND: Ps = 1_000_000_000;

/** A controller of `khz`: equal halves, but no tLOW below the mode's minimum; other times at their minimum. */
export function timingOf(khz: number): I2cTiming {
  const period = Math.floor(MILLISECOND / khz);
  const mode = khz <= 100 ? STANDARD_MODE : FAST_MODE;
  const shortest = khz <= 100 ? 4_700 * NS : FAST_MODE.low;
  const low = Math.max(shortest, period - Math.floor(period / 2));
  return { ...mode, low, high: period - low };
}

/** Fields of AC_TIMING1, each one less than its time in base clocks (i2c-aspeed.c). */
const AC_TIMING1 = { busFree: 28, holdStart: 24, setup: 20, high: 16, low: 12 } as const;

/** How the AST2500 drives the bus with this AC_TIMING1, whose unit is 2^[3:0] clocks of the APB. */
export function acTiming(register: number, apbClock: Ps): I2cTiming {
  const unit = apbClock * (1 << (register & 0xf));
  const time = (shift: number): Ps => (((register >>> shift) & 0xf) + 1) * unit;
  return {
    low: time(AC_TIMING1.low),
    high: time(AC_TIMING1.high),
    holdStart: time(AC_TIMING1.holdStart),
    setupStart: time(AC_TIMING1.setup),
    setupStop: time(AC_TIMING1.setup),
    busFree: time(AC_TIMING1.busFree),
    setupData: apbClock,
  };
}

/**
 * SCL high, SCL low and base divisor for `khz`, in their places in AC_TIMING1: what i2c-aspeed.c computes
 * for the AST2500. The low half is the shorter one, below the minimum of fast mode at 400 kHz.
 */
export function acTimingFor(khz: number, apbClock: Ps): number {
  const divisor = Math.ceil(MILLISECOND / khz / apbClock);
  const base = divisor > 32 ? 32 - Math.clz32((divisor - 1) >> 5) : 0;
  const clocks = Math.ceil(divisor / (1 << base));
  const low = clocks >> 1;
  return ((clocks - low - 1) << AC_TIMING1.high) | ((low - 1) << AC_TIMING1.low) | base;
}

/** tTIMEOUT of the AST2500: AC_TIMING2 cycles of 16384 << 2*AC_TIMING1[9:8] APB clocks; 0: none. */
export function acTimeout(timing1: number, timing2: number, apbClock: Ps): Ps {
  return (timing2 & 0x1f) * (16_384 << (2 * ((timing1 >> 8) & 3))) * apbClock;
}

/** Both lines high for so long: the bus is free although no STOP was seen (tHIGH;MAX, SMBus 2.0 §3.1.1). */
export const IDLE_HIGH: Ps = 50 * US;
