import { BT_CTRL } from '../src/hw/index.ts';
import { AppCmd, Lun, NetFn, netFnLun } from '../src/ipmi/index.ts';
import { Access } from './bt-checksum.ts';
import { answerDirectly } from './direct-daemon.ts';
import type { DirectMachine } from './transaction.ts';
import { enter } from './wire-checksum.ts';

/** Bytes of a FIFO. */
const DEPTH = 64;
const { B_BUSY, H_BUSY, B2H_ATN, H2B_ATN, CLR_RD_PTR, CLR_WR_PTR } = BT_CTRL;

/** One direction: its memory and both pointers. */
class Fifo {
  readonly bytes = new Uint8Array(DEPTH);
  write = 0;
  read = 0;
}

/**
 * One Get Device ID over BT, written the direct way: the iBT block, ipmi_bt_sm, `bt-bmc@mainline` and a daemon as machines
 * that call one another. No time, no queue, no generators, no kernel, no schedule but the nominal one; the same accesses in
 * the same order as the model, which the checksum shows.
 */
export class DirectBt implements DirectMachine {
  private ctrl = 0;
  private readonly host2bmc = new Fifo();
  private readonly bmc2host = new Fifo();
  private seq = 0;
  private readonly request = new Uint8Array(DEPTH);
  private readonly response = new Uint8Array(DEPTH);

  sum = 0;

  reset(): void {
    this.ctrl = 0;
    this.seq = 0;
    this.sum = 0;
  }

  transact(): number {
    const { seq } = this;
    this.seq = (seq + 1) & 0xff;
    this.hostWrites(seq);
    this.bmcServes();
    return this.hostReads(seq);
  }

  // ---- ipmi_bt_sm.c ---------------------------------------------------------------------------

  private hostWrites(seq: number): void {
    if ((this.ctrl & (B_BUSY | H2B_ATN | B2H_ATN)) !== 0) throw new Error('the direct machine knows no waits');
    this.hostCtrl(CLR_WR_PTR);
    this.hostPut(3);
    this.hostPut(netFnLun(NetFn.APP, Lun.BMC));
    this.hostPut(seq);
    this.hostPut(AppCmd.GET_DEVICE_ID);
    this.hostCtrl(H2B_ATN);
  }

  private hostReads(seq: number): number {
    this.hostCtrl(H_BUSY);
    this.hostCtrl(B2H_ATN);
    this.hostCtrl(CLR_RD_PTR);
    const length = this.hostTake();
    this.hostTake();
    const same = this.hostTake() === seq;
    this.hostTake();
    const cc = this.hostTake();
    for (let i = 5; i <= length; i++) this.hostTake();
    this.hostCtrl(H_BUSY);
    return same ? cc : -1;
  }

  // ---- bt-bmc.c, and the daemon on it ---------------------------------------------------------

  private bmcServes(): void {
    const { request, response } = this;
    if ((this.ctrl & B_BUSY) === 0) this.bmcCtrl(B_BUSY);
    this.bmcCtrl(H2B_ATN);
    this.bmcCtrl(CLR_RD_PTR);
    const length = this.bmcTake();
    request[0] = this.bmcTake();
    const seq = this.bmcTake();
    for (let i = 3; i <= length; i++) request[i - 2] = this.bmcTake();
    if ((this.ctrl & B_BUSY) !== 0) this.bmcCtrl(B_BUSY);

    const answered = answerDirectly(request, length - 1, response);

    this.bmcCtrl(CLR_WR_PTR);
    this.bmcPut(answered + 1);
    this.bmcPut(response[0]);
    this.bmcPut(seq);
    for (let i = 1; i < answered; i++) this.bmcPut(response[i]);
    this.bmcCtrl(B2H_ATN);
  }

  // ---- the iBT block --------------------------------------------------------------------------

  private hostCtrl(value: number): void {
    if ((value & CLR_WR_PTR) !== 0) this.host2bmc.write = 0;
    if ((value & CLR_RD_PTR) !== 0) this.bmc2host.read = 0;
    this.ctrl = ((this.ctrl & ~(value & B2H_ATN)) | (value & H2B_ATN)) ^ (value & H_BUSY);
    this.sum = enter(this.sum, Access.hostCtrl, value | (this.ctrl << 8));
  }

  private bmcCtrl(value: number): void {
    if ((value & CLR_WR_PTR) !== 0) this.bmc2host.write = 0;
    if ((value & CLR_RD_PTR) !== 0) this.host2bmc.read = 0;
    this.ctrl = ((this.ctrl & ~(value & H2B_ATN)) | (value & B2H_ATN)) ^ (value & B_BUSY);
    this.sum = enter(this.sum, Access.bmcCtrl, value | (this.ctrl << 8));
  }

  private hostPut(byte: number): void {
    this.put(this.host2bmc, byte, Access.hostPut);
  }

  private bmcPut(byte: number): void {
    this.put(this.bmc2host, byte, Access.bmcPut);
  }

  private hostTake(): number {
    return this.take(this.bmc2host, Access.hostTake);
  }

  private bmcTake(): number {
    return this.take(this.host2bmc, Access.bmcTake);
  }

  private put(fifo: Fifo, byte: number, access: number): void {
    this.sum = enter(this.sum, access, byte | (fifo.write << 8));
    fifo.bytes[fifo.write++] = byte;
  }

  private take(fifo: Fifo, access: number): number {
    const byte = fifo.bytes[fifo.read];
    this.sum = enter(this.sum, access, byte | (fifo.read << 8));
    fifo.read++;
    return byte;
  }
}
