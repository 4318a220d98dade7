import type { Ps } from '../../sim/index.ts';
import type { I2cTiming } from './timing.ts';
import { ACKED, I2C_EVENTS } from './trace.ts';

/** A change of a line, or the same level again, where the event does not know what was before. */
export interface I2cLevel {
  readonly at: Ps;
  readonly line: 'scl' | 'sda';
  readonly level: 0 | 1;
}

/** How long after SCL SDA moves: tHD;DAT of SMBus 2.0 §3.1.1, but within a quarter of tLOW. */
const HOLD_DATA: Ps = 300_000;

/**
 * The levels of SCL and SDA behind one event of an I2C bus, in order of time: what a waveform shows.
 * `name`, `at`, `a` and `b` are the event's, `timing` the controller's. Events that move no line (stretch,
 * arbitration, time-out) give nothing: stretching is the gap between two bytes.
 */
export function expandI2c(name: string, at: Ps, a: number, b: number, timing: I2cTiming): readonly I2cLevel[] {
  const { low, high, holdStart, setupStart, setupStop } = timing;
  const hold = Math.min(HOLD_DATA, low >> 2);
  switch (name) {
    case I2C_EVENTS.start: {
      const before = a === 0 ? [] : [sda(at - setupStart - low + hold, 1), scl(at - setupStart, 1)];
      return [...before, sda(at, 0), scl(at + holdStart, 0)];
    }
    case I2C_EVENTS.stop:
      return [scl(at - setupStop - low, 0), sda(at - setupStop - low + hold, 0), scl(at - setupStop, 1), sda(at, 1)];
    case I2C_EVENTS.address:
    case I2C_EVENTS.byte: {
      const rise = at - 8 * (low + high) - high;
      return bits(rise, (a << 1) | ((b & ACKED) === 0 ? 1 : 0), 9, timing, hold);
    }
    case I2C_EVENTS.vanish: {
      const rise = at - (a - 1) * (low + high) - high;
      const stuck = (b & 1) === 0 ? 1 : 0;
      return [...bits(rise, (b >> 8) << 1, a, timing, hold), sda(at + hold, stuck), scl(at + hold, 1)];
    }
    default:
      return [];
  }
}

/** The first `count` of nine bits, the first clock rising at `rise`. */
function bits(rise: Ps, nine: number, count: number, { low, high }: I2cTiming, hold: Ps): I2cLevel[] {
  const levels: I2cLevel[] = [];
  for (let i = 0; i < count; i++) {
    const up = rise + i * (low + high);
    levels.push(sda(up - low + hold, ((nine >> (8 - i)) & 1) as 0 | 1), scl(up, 1), scl(up + high, 0));
  }
  return levels;
}

function scl(at: Ps, level: 0 | 1): I2cLevel {
  return { at, line: 'scl', level };
}

function sda(at: Ps, level: 0 | 1): I2cLevel {
  return { at, line: 'sda', level };
}
