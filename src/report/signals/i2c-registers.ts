import { BLOCKED, type Wire, type WireLevel } from '../../sim/index.ts';
import type { Recording, StepEntry } from '../recording.ts';
import { hex } from '../names.ts';
import { INTR_BITS, bitsText } from '../ssif/text.ts';
import type { Signals } from './signals.ts';

const ACCESS = /(?:^|: )(INTR_STS|BYTE_BUF) read$/;
/** BYTE_BUF: what was received, and what is sent. */
const BYTE_BUF_BITS = 16;
const INTR_STS_BITS = 32;

/**
 * Registers of the I2C engine as the BMC's driver reads them: INTR_STS with its bits (until the next read, whatever
 * the engine has set since: the driver does not know either) and BYTE_BUF.
 */
export function i2cRegisters(recording: Recording): Signals {
  const levels: WireLevel[] = [];
  for (const { step } of recording.acts) {
    if (step === null || step.value === BLOCKED) continue;
    const register = ACCESS.exec(recording.ops.label(step.op))?.[1];
    if (register !== undefined) levels.push(...read(register, step));
  }
  if (levels.length === 0) return { wires: [], levels };
  const wires: Wire[] = [
    { name: 'i2c.INTR_STS', width: INTR_STS_BITS, idle: 0, words: (status) => `${hex(status)} ${bitsText(status)}` }, { name: 'i2c.BYTE_BUF', width: BYTE_BUF_BITS, idle: 0 },
    ...INTR_BITS.map(([, bit]): Wire => ({ name: `i2c.${bit}`, width: 1, idle: 0 })),
  ];
  return { wires, levels };
}

function read(register: string, { at, value }: StepEntry): WireLevel[] {
  if (register === 'BYTE_BUF') return [{ at, wire: 'i2c.BYTE_BUF', value: value & 0xffff }];
  const bits = INTR_BITS.map(([mask, bit]): WireLevel => ({ at, wire: `i2c.${bit}`, value: (value & mask) === 0 ? 0 : 1 }));
  return [{ at, wire: 'i2c.INTR_STS', value: value >>> 0 }, ...bits];
}
