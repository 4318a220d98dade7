import type { Op, Simulator } from '../../sim/index.ts';
import type { I2cBus } from './bus.ts';
import type { I2cParams } from './params.ts';

/** How a transaction ended. */
export const SmbusStatus = {
  OK: 0,
  /** A byte was NAKed: {@link SmbusHost.nakAt} says which. */
  DEV_ERR: 1,
  /** Arbitration was lost, or the bus cannot be driven. */
  BUS_ERR: 2,
  /** SCL was low for longer than tTIMEOUT. */
  TIMEOUT: 3,
  /** The received PEC is wrong. */
  PEC_ERR: 4,
  /** A block read with a count of 0 or of more than 32. */
  COUNT_ERR: 5,
  /** The controller lost its power in the middle, as the script says. */
  OFF: 6,
} as const;
export type SmbusStatus = (typeof SmbusStatus)[keyof typeof SmbusStatus];

/** What the lines show when a controller vanishes in the middle of a byte. */
export type Glitch = 'none' | 'start' | 'stop';

/** The host's SMBus controller. (Interface first; the engine follows.) */
export class SmbusHost {
  /** Bytes received by the last transaction; of a block read the data without the count. */
  readonly data = new Uint8Array(256);
  /** How many. */
  length = 0;
  /** Index of the byte that was NAKed, the first address byte being 0; -1: none. */
  nakAt = -1;

  readonly bus: I2cBus;

  constructor(_sim: Simulator, bus: I2cBus, _params: I2cParams) {
    this.bus = bus;
  }

  // ---- the script: what the next transfer does ----

  /** An empty script. */
  clear(): this { throw new Error('not yet'); }
  /** START (or repeated START) and the address byte. */
  start(_address: number, _read: boolean): this { throw new Error('not yet'); }
  /** One byte written. */
  send(_byte: number): this { throw new Error('not yet'); }
  /** The PEC of all bytes so far, written. */
  sendPec(): this { throw new Error('not yet'); }
  /** `count` bytes read, the last NAKed unless `ackLast`. */
  receive(_count: number, _ackLast?: boolean): this { throw new Error('not yet'); }
  /** A count, then that many bytes, and with `pec` one more that must be the PEC; the last NAKed. */
  receiveBlock(_pec: boolean): this { throw new Error('not yet'); }
  stop(): this { throw new Error('not yet'); }
  /** Keeps SCL low for `ps` longer before what follows. */
  hold(_ps: number): this { throw new Error('not yet'); }
  /** The controller vanishes after `bits` bits (0-8) of the next byte. */
  powerOff(_bits: number, _glitch?: Glitch): this { throw new Error('not yet'); }

  // ---- whole SMBus transactions, as scripts ----

  /** SMBus 2.0 §5.5.1: the address alone. */
  quick(_address: number, _read: boolean): this { throw new Error('not yet'); }
  /** §5.5.7 block write: addr+W, command, count, data[, PEC]. */
  blockWrite(_address: number, _command: number, _data: Uint8Array, _length: number, _pec: boolean): this { throw new Error('not yet'); }
  /** §5.5.7 block read: addr+W, command, Sr, addr+R, count, data[, PEC]. */
  blockRead(_address: number, _command: number, _pec: boolean): this { throw new Error('not yet'); }

  /** The step that runs the script; resumes with a {@link SmbusStatus}. */
  get transfer(): Op { throw new Error('not yet'); }
  /** {@link transfer} with `frame` in its label. */
  transferAt(_frame: number): Op { throw new Error('not yet'); }
}
