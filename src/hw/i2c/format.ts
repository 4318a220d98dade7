import { hex } from '../lpc/registers.ts';
import { CMD, I2C, INTR, I2cState } from './registers.ts';

const NAMES: readonly string[] = (() => {
  const names: string[] = [];
  for (const [name, offset] of Object.entries(I2C)) names[offset >> 2] = name;
  return names;
})();

/** `INTR_STS`, or `I2C+24h` where there is no register. */
export function i2cRegisterName(offset: number): string {
  return NAMES[offset >> 2] ?? `I2C+${hex(offset)}`;
}

/** State field of CMD: bits 22:19. */
export const STATE_SHIFT = 19;
export const STATE_MASK = 0xf << STATE_SHIFT;

const STATES: readonly string[] = (() => {
  const names: string[] = [];
  for (const [name, code] of Object.entries(I2cState)) names[code] = name;
  return names;
})();

/** `MACTIVE`: a value of CMD's state field. */
export function i2cStateName(state: number): string {
  return STATES[state] ?? `state ${state}`;
}

/**
 * A register and its value for reports: `INTR_STS=94h RX_DONE NORMAL_STOP SLAVE_MATCH`,
 * `CMD=00470000h MACTIVE BUS_BUSY`.
 */
export function formatI2c(offset: number, value: number): string {
  const digits = value > 0xffff ? 8 : value > 0xff ? 4 : 2;
  const words = [`${i2cRegisterName(offset)}=${hex(value, digits)}`];
  if (offset === I2C.CMD && (value & STATE_MASK) !== 0) words.push(i2cStateName((value & STATE_MASK) >>> STATE_SHIFT));
  const bits: Readonly<Record<string, number>> = offset === I2C.CMD ? CMD : offset === I2C.INTR_STS || offset === I2C.INTR_CTRL ? INTR : {};
  for (const [name, mask] of Object.entries(bits)) {
    if ((value & mask) !== 0 && mask !== CMD_LEVELS[name]) words.push(name);
  }
  return words.join(' ');
}

/** Levels of the lines are high on any idle bus: noise in a report. */
const CMD_LEVELS: Readonly<Record<string, number>> = { SDA_LEVEL: CMD.SDA_LEVEL, SCL_LEVEL: CMD.SCL_LEVEL };
