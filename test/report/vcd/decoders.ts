import { edges, valueAt, variable, type Dump } from './reader.ts';

/** An LPC I/O cycle as an analyser would read it. */
export interface LpcCycle {
  readonly from: number;
  /** When data and flags have moved: the end of its 12th clock without wait states. */
  readonly moved: number;
  readonly write: boolean;
  readonly address: number;
  readonly byte: number;
  readonly waits: number;
  readonly aborted: boolean;
}

/** Decodes LFRAME# and LAD (LPC 1.1 §5), sampling in the middle of each clock; nothing but the wires and the clock is known. */
export function decodeLpc(dump: Dump, lclk: number): LpcCycle[] {
  const frame = variable(dump, 'lpc.LFRAME_n');
  const lad = variable(dump, 'lpc.LAD');
  const cycles: LpcCycle[] = [];
  const rises = edges(frame, 1);
  let until = -1;
  let next = 0;
  for (const from of edges(frame, 0)) {
    if (from < until) continue; // LFRAME# of an abort
    let clock = 0;
    const nibble = (): number => Number(valueAt(lad, from + clock++ * lclk + (lclk >> 1)));
    const number = (digits: number): number => Array.from({ length: digits }, nibble).reduce((value, digit) => value * 16 + digit, 0);
    if (nibble() !== 0) throw new Error(`no START at ${from}`);
    const type = nibble();
    if (type !== 0 && type !== 2) throw new Error(`cycle type ${type} at ${from}`);
    const write = type === 2;
    const address = number(4);
    let byte = -1;
    const data = (): void => {
      const low = nibble();
      byte = nibble() * 16 + low;
    };
    if (write) data();
    if (nibble() !== 0xf || nibble() !== 0xf) throw new Error(`no turn-around at ${from}`);
    let waits = 0;
    while (Number(valueAt(lad, from + clock * lclk + (lclk >> 1))) === 0b0101) [clock, waits] = [clock + 1, waits + 1];
    const aborted = nibble() !== 0;
    if (aborted) {
      const low = from + (clock + 2) * lclk + (lclk >> 1);
      if (valueAt(frame, low) !== 0) throw new Error(`nobody answers at ${from}, and it is not aborted`);
      while (next < rises.length && rises[next] <= low) next++;
      until = rises[next] ?? dump.end;
      if (until - low < 3 * lclk) throw new Error('LFRAME# is low for less than four clocks');
      cycles.push({ from, moved: -1, write, address, byte: write ? byte : 0xff, waits: 0, aborted });
      continue;
    }
    if (!write) data();
    const moved = from + (clock + 1) * lclk;
    if (nibble() !== 0xf || nibble() !== 0xf) throw new Error(`no turn-around behind ${from}`);
    cycles.push({ from, moved, write, address, byte, waits, aborted });
    until = from + clock * lclk;
  }
  return cycles;
}

/** A SerIRQ sequence: its interrupts whose slots were high when they were sampled. */
export interface SerirqSequence {
  readonly from: number;
  readonly startClocks: number;
  readonly stopClocks: number;
  readonly frames: number;
  /** When each interrupt is sampled, and its level on the wire. */
  readonly slots: readonly { readonly irq: number; readonly at: number; readonly level: number }[];
}

/** Decodes SERIRQ (Serialized IRQ 6.0), which everything but slots of interrupts in `owned` leaves high. */
export function decodeSerirq(dump: Dump, lclk: number, frames: number): SerirqSequence[] {
  const line = variable(dump, 'serirq.SERIRQ');
  const sequences: SerirqSequence[] = [];
  let until = -1;
  for (const from of edges(line, 0)) {
    if (from < until) continue;
    const level = (clock: number): number => Number(valueAt(line, from + clock * lclk + (lclk >> 1)));
    let clock = 0;
    while (level(clock) === 0) clock++;
    const startClocks = clock;
    if (startClocks < 4 || startClocks > 8) throw new Error(`a start frame of ${startClocks} clocks at ${from}`);
    clock += 2;
    // Frame n is that of IRQ n - 1: sample, recovery, turn-around.
    const slots = Array.from({ length: Math.min(frames, 16) }, (_none, irq) => ({ irq, at: from + (clock + 3 * irq) * lclk, level: level(clock + 3 * irq) }));
    clock += 3 * frames;
    const stop = clock;
    while (level(clock) === 0) clock++;
    sequences.push({ from, startClocks, stopClocks: clock - stop, frames, slots });
    until = from + (clock + 2) * lclk;
  }
  return sequences;
}

/** Something on an I2C bus. */
export type I2cItem =
  | { readonly kind: 'start' | 'stop'; readonly at: number }
  | { readonly kind: 'byte'; readonly at: number; readonly byte: number; readonly ack: boolean };

/** Decodes SCL and SDA (UM10204 §3.1): conditions while SCL is high, bits at its rise, a byte at the fall of its ninth. */
export function decodeI2c(dump: Dump, bus: number): I2cItem[] {
  const scl = variable(dump, `i2c${bus}.SCL`);
  const sda = variable(dump, `i2c${bus}.SDA`);
  const items: I2cItem[] = [];
  const all = [...scl.changes.map(({ at, value }) => ({ at, line: 'scl', value })), ...sda.changes.map(({ at, value }) => ({ at, line: 'sda', value }))]
    .sort((one, other) => one.at - other.at);
  let bits: number[] = [];
  let [c, d] = [1, 1];
  for (const { at, line, value } of all) {
    if (line === 'scl') {
      c = Number(value);
      if (c === 1) bits.push(d);
      else if (bits.length === 9) {
        items.push({ kind: 'byte', at, byte: bits.slice(0, 8).reduce((byte, bit) => byte * 2 + bit, 0), ack: bits[8] === 0 });
        bits = [];
      }
      continue;
    }
    const was = d;
    d = Number(value);
    if (c === 0 || was === d) continue;
    items.push({ kind: d === 0 ? 'start' : 'stop', at });
    bits = [];
  }
  return items;
}
