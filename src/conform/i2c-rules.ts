import { CMD, I2cState, INTR, STATE_MASK, STATE_SHIFT } from '../hw/index.ts';

/** A known way in which the recorded emulator is not the silicon that is modelled. */
export interface I2cRule {
  readonly rule: string;
  /** What is recorded where the model has something else. */
  readonly text: string;
  /** Why the model is not made to do so. */
  readonly reason: string;
  readonly source: string;
}

/**
 * Every difference between the models and the I2C recordings, by register, bits and state. Each predicts
 * the recorded value from the model's, exactly.
 */
export const I2C_RULES = [
  {
    rule: 'ac-timing1-bits', text: 'AC_TIMING1 reads 0 in bits 31:28 and 7:4',
    reason: 'tBUF is kept by the chip (i2c-aspeed.c preserves it); the emulator stores neither field',
    source: 'QEMU aspeed_i2c.h; i2c-aspeed.c',
  },
  {
    rule: 'line-levels', text: 'CMD reads 0 in bits 18:17',
    reason: 'the levels of SCL and SDA; the emulator has no wires', source: 'i2c-aspeed.c, aspeed_i2c_recover_bus()',
  },
  {
    rule: 'target-state', text: 'CMD [22:19] is 6 where the model receives as target (4)',
    reason: 'the emulator has one state for both directions of target mode', source: 'QEMU aspeed_i2c.c',
  },
  {
    rule: 'status-masked', text: 'status outside (INTR_CTRL | SLAVE_MATCH) is lost at each CMD write and target event',
    reason: 'INTR_STS latches whatever is enabled: i2c-aspeed.c never enables SLAVE_MATCH and relies on it',
    source: 'QEMU aspeed_i2c_bus_raise_interrupt(); i2c-aspeed.c',
  },
  {
    rule: 'line-latched', text: 'the interrupt rises only with such an event and falls only when INTR_STS is written to 0',
    reason: 'the line is a level, INTR_STS & INTR_CTRL; the emulator moves it at these moments only',
    source: 'QEMU aspeed_i2c.c; irq-aspeed-i2c-ic.c',
  },
  {
    rule: 'repeated-start', text: 'a repeated START stays with the target already addressed, which ACKs any address',
    reason: 'every target compares the address after each START (UM10204 §3.1.10)', source: 'QEMU i2c core',
  },
  {
    rule: 'unaddressed-byte', text: 'a byte sent to no target, or to one that is to send, is ACKed',
    reason: 'on a bus nobody pulls SDA low for the ACK bit (UM10204 §3.1.6)', source: 'QEMU i2c core',
  },
  {
    rule: 'nak-state', text: 'after a NAKed address CMD shows MSTART or MSTARTR, its RX and STOP bits, and BUS_BUSY 0',
    reason: 'the controller still owns the bus until it sends STOP; what it shows there is open',
    source: 'QEMU aspeed_i2c.c; unverified on silicon',
  },
] as const satisfies readonly I2cRule[];
export type I2cRuleName = (typeof I2C_RULES)[number]['rule'];

/** How often each rule has explained a difference. */
export type Explained = Record<I2cRuleName, number>;

export function noneExplained(): Explained {
  return Object.fromEntries(I2C_RULES.map(({ rule }) => [rule, 0])) as Explained;
}

/** What the rules about reads need to know besides the value. */
export interface ReadState {
  /** The address of the last command was NAKed: that command's bits 5:3, and the state then shown. */
  readonly naked: { readonly bits: number; readonly state: number } | null;
  /** A target is addressed. */
  readonly addressed: boolean;
}

/** The value that the emulator reads where the model reads `value`; counts the rules that make it another. */
export function predictRead(reg: string, value: number, state: ReadState, explained: Explained): number {
  let predicted = value;
  const becomes = (rule: I2cRuleName, other: number): void => {
    if (other !== predicted) explained[rule]++;
    predicted = other;
  };
  if (reg === 'AC_TIMING1') becomes('ac-timing1-bits', (predicted & 0x0fff_ff0f) >>> 0);
  if (reg !== 'CMD') return predicted;
  becomes('line-levels', predicted & ~(CMD.SCL_LEVEL | CMD.SDA_LEVEL));
  const field = (predicted & STATE_MASK) >> STATE_SHIFT;
  if (field === I2cState.SRXD) becomes('target-state', withState(predicted, I2cState.STXD));
  if (!state.addressed) becomes('nak-state', predicted & ~CMD.BUS_BUSY);
  if (state.naked !== null && field === I2cState.MACTIVE) {
    becomes('nak-state', withState(predicted, state.naked.state) | state.naked.bits);
  }
  return predicted;
}

function withState(cmd: number, state: number): number {
  return (cmd & ~STATE_MASK) | (state << STATE_SHIFT);
}

/** The bits of INTR_STS that the emulator forgets when it looks at its interrupt. */
export function forgotten(intrSts: number, intrCtrl: number): number {
  return intrSts & ~(intrCtrl | INTR.SLAVE_MATCH);
}

/** The emulator's interrupt line: a latch that moves at certain moments only. */
export class LatchedLine {
  level = 0;

  /** Rule `status-masked` has just been applied, and this is what is left. */
  event(intrSts: number): void {
    if (intrSts !== 0) this.level = 1;
  }

  /** INTR_STS was written, and this is what is left. */
  acknowledged(intrSts: number): void {
    if (intrSts === 0) this.level = 0;
  }
}
