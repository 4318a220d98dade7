import { Signal } from '../../sim/index.ts';
import { STR, STR_DBU } from './registers.ts';

/**
 * One KCS channel: the two one-byte mailboxes IDR (host to BMC) and ODR (BMC to host), and the status
 * register STR that both sides read.
 *
 * | bit of STR | set by | cleared by |
 * |---|---|---|
 * | IBF | host write of IDR | BMC read of IDR |
 * | C/D | host write to the command address | host write to the data address |
 * | OBF | BMC write of ODR | host read of ODR, BMC writing 0 to it |
 * | the others | BMC | BMC |
 *
 * AST2050 datasheet §30; H8S/2138 manual §17.2. That OBF is cleared by a written 0 is also what the
 * raw KCS and MCTP drivers count on.
 */
export class KcsChannel {
  /** 1 to 4. */
  readonly number: number;
  /** Whether a host write of IDR while IBF is set replaces the byte that waits there. */
  readonly overwrite: boolean;
  /** Changes whenever STR does, for whoever polls it. */
  readonly status = new Signal();

  /** The latches: what a read would return. Undefined on silicon after reset, 0 here. */
  idr = 0;
  odr = 0;
  str = 0;

  /**
   * `overwrite`: unverified on silicon. It decides whether a host recovers that, after its IBF
   * time-out, writes GET_STATUS/ABORT onto a byte that was never taken. QEMU's host-facing model drops it.
   */
  constructor(number: number, overwrite = true) {
    this.number = number;
    this.overwrite = overwrite;
  }

  /** Block reset: latches and flags to 0. Tells no poller: see {@link Signal.reset} and {@link KcsChannel.status}. */
  reset(): void {
    this.idr = 0;
    this.odr = 0;
    this.str = 0;
  }

  /** The host reads STR: no side effect. */
  hostReadStatus(): number {
    return this.str;
  }

  /** The host reads ODR: OBF falls. With OBF clear it gets the old byte again. */
  hostReadData(): number {
    this.setStr(this.str & ~STR.OBF);
    return this.odr;
  }

  /** The host writes IDR through the data address (`command` 0) or the command address (1). */
  hostWrite(value: number, command: number): void {
    if ((this.str & STR.IBF) !== 0 && !this.overwrite) return;
    this.idr = value & 0xff;
    this.setStr((this.str & ~STR.CD) | STR.IBF | (command === 0 ? 0 : STR.CD));
  }

  /** The BMC reads IDR: IBF falls. With IBF clear it gets the old byte again. */
  readIdr(): number {
    this.setStr(this.str & ~STR.IBF);
    return this.idr;
  }

  readOdr(): number {
    return this.odr;
  }

  /** The BMC reads STR: no side effect. */
  readStr(): number {
    return this.str;
  }

  /** The BMC writes ODR: OBF rises. If it was set, the host never sees the old byte. */
  writeOdr(value: number): void {
    this.odr = value & 0xff;
    this.setStr(this.str | STR.OBF);
  }

  /** The BMC writes STR. A 0 in the place of OBF throws away a byte that the host has not read. */
  writeStr(value: number): void {
    this.setStr(this.afterWrite(value));
  }

  /** What STR would be if the BMC wrote `value` to it now. */
  afterWrite(value: number): number {
    return (this.str & (STR.CD | STR.IBF)) | (value & STR_DBU) | (this.str & value & STR.OBF);
  }

  private setStr(str: number): void {
    if (str === this.str) return;
    this.str = str;
    this.status.changed();
  }
}
