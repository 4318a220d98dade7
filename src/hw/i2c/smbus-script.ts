import type { Ps } from '../../sim/index.ts';
import { GLITCHES, type Glitch } from './port.ts';

/** What a script does, one after the other. */
export const Do = {
  /** START and the address byte. */
  start: 0,
  /** A byte written. */
  send: 1,
  /** The PEC of all bytes so far, written. */
  sendPec: 2,
  /** Bytes read, the last NAKed. */
  receive: 3,
  /** Bytes read, all ACKed. */
  receiveAll: 4,
  /** A count, and as many bytes; the last NAKed. */
  block: 5,
  /** The same and a PEC, which is NAKed. */
  blockPec: 6,
  stop: 7,
  /** SCL is low for longer before what follows. */
  hold: 8,
  /** In what follows the controller vanishes, with one of {@link GLITCHES}. */
  vanish: 9,
} as const;
export type Do = (typeof Do)[keyof typeof Do];

/** Longest script. */
const MOST_STEPS = 1_024;

/**
 * What an SMBus controller is to do in one go, without software in the middle: a list of bytes and
 * conditions, well-formed or not. Kept in arrays that are made once.
 */
export class SmbusScript {
  /** For the controller that runs it. */
  steps = 0;
  readonly what = new Uint8Array(MOST_STEPS);
  readonly operand = new Float64Array(MOST_STEPS);
  /** A byte that is NAKed ends the transaction with STOP; false: the script goes on regardless. */
  heedNak = true;
  /** What a block read takes a count of 0 or of over 32 for; 0: such a count is an error. */
  badCountFor = 0;

  /** An empty script. */
  clear(): this {
    this.steps = 0;
    this.heedNak = true;
    this.badCountFor = 0;
    return this;
  }

  /** START (repeated, if the bus is ours) and the address byte. */
  start(address: number, read: boolean): this {
    return this.add(Do.start, ((address & 0x7f) << 1) | (read ? 1 : 0));
  }

  /** One byte written. */
  send(byte: number): this {
    return this.add(Do.send, byte & 0xff);
  }

  /** The PEC of all bytes so far, written. */
  sendPec(): this {
    return this.add(Do.sendPec, 0);
  }

  /** `count` bytes read, the last NAKed unless `ackLast`. */
  receive(count: number, ackLast = false): this {
    return count > 0 ? this.add(ackLast ? Do.receiveAll : Do.receive, count) : this;
  }

  /** A count, then that many bytes, with `pec` one more that must be the PEC; the last NAKed. */
  receiveBlock(pec: boolean): this {
    return this.add(pec ? Do.blockPec : Do.block, 0);
  }

  /** STOP. On a bus without START a bare one, after the clocks that free an SDA which is kept low. */
  stop(): this {
    return this.add(Do.stop, 0);
  }

  /** SCL stays low for `ps` longer before what follows. */
  hold(ps: Ps): this {
    return this.add(Do.hold, ps);
  }

  /** The controller vanishes after `bits` (0-8) bits of the byte that follows; nothing after it is done. */
  powerOff(bits: number, glitch: Glitch = 'none'): this {
    return this.add(Do.vanish, bits * GLITCHES.length + GLITCHES.indexOf(glitch));
  }

  /** Whatever a target answers, go on. */
  ignoreNak(): this {
    this.heedNak = false;
    return this;
  }

  /** A count of 0 or of over 32 passes for one of `count` bytes, in the PEC as well. */
  takeBadCountFor(count: number): this {
    this.badCountFor = count;
    return this;
  }

  // ---- whole SMBus transactions ---------------------------------------------------------------

  /** Quick command (SMBus 2.0 §5.5.1): the address alone. */
  quick(address: number, read: boolean): this {
    return this.clear().start(address, read).stop();
  }

  /** Block write (§5.5.7): addr+W, command, count, data[, PEC]. */
  blockWrite(address: number, command: number, data: ArrayLike<number>, length: number, pec: boolean): this {
    this.clear().start(address, false).send(command).send(length);
    for (let i = 0; i < length; i++) this.send(data[i]);
    if (pec) this.sendPec();
    return this.stop();
  }

  /** Block read (§5.5.7): addr+W, command, repeated START, addr+R, count, data[, PEC]. */
  blockRead(address: number, command: number, pec: boolean): this {
    return this.clear().start(address, false).send(command).start(address, true).receiveBlock(pec).stop();
  }

  private add(what: Do, operand: number): this {
    if (this.steps >= MOST_STEPS) throw new RangeError('the script is too long');
    this.what[this.steps] = what;
    this.operand[this.steps] = operand;
    this.steps++;
    return this;
  }
}
