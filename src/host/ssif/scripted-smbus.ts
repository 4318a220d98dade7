import type { Op } from '../../sim/op.ts';
import type { Glitch } from '../../hw/i2c/port.ts';

/**
 * An SMBus controller that does byte for byte what it is told: what careless hosts need of hw's `SmbusHost`. Each
 * method adds to the script; {@link ScriptedSmbus.transferAt} runs it, and resumes with a `SmbusStatus`.
 */
export interface ScriptedSmbus {
  /** Its bus: the level of SDA now. */
  readonly bus: { readonly sda: number };
  /** Bytes received by the last transaction; of a block read the data without the count. */
  readonly data: Uint8Array;
  readonly length: number;
  /** Index of the byte that was NAKed, the first address byte being 0; -1: none. */
  readonly nakAt: number;
  /** An empty script. */
  clear(): this;
  /** START (or repeated START) and the address byte. */
  start(address: number, read: boolean): this;
  send(byte: number): this;
  /** The PEC of all bytes so far, written. */
  sendPec(): this;
  /** `count` bytes read, the last NAKed unless `ackLast`. */
  receive(count: number, ackLast?: boolean): this;
  /** A count, then that many bytes, and with `pec` one more that must be the PEC; the last NAKed. */
  receiveBlock(pec: boolean): this;
  /** STOP; on a bus without START a bare one, after the clocks that free an SDA which is kept low. */
  stop(): this;
  /** Keeps SCL low for `ps` longer before what follows. */
  hold(ps: number): this;
  /** The controller vanishes after `bits` (0-8) bits of the byte that follows; nothing after it is done. */
  powerOff(bits: number, glitch?: Glitch): this;
  /** The step that runs the script, with `frame` in its label. */
  transferAt(frame: number): Op;
}
