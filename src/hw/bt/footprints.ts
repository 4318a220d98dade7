import { STATE, type Footprint, type OpTable, type Stateful } from '../../sim/index.ts';
import { LPC } from '../lpc/registers.ts';
import { BT_CTRL, BtReg } from './registers.ts';

/**
 * What each access to the iBT block reads and writes. Each bit of BT_CTRL is an object of its own, and so
 * are each FIFO's memory and its two pointers: that the host toggles H_BUSY and that the BMC raises
 * B2H_ATN may come in either order.
 */
export class BtFootprints implements Stateful {
  private readonly host2bmc: readonly [memory: number, write: number, read: number];
  private readonly bmc2host: readonly [memory: number, write: number, read: number];
  private readonly bBusy: number;
  private readonly hBusy: number;
  private readonly oem0: number;
  private readonly sms: number;
  private readonly b2h: number;
  private readonly h2b: number;
  private readonly intmask: number;
  private readonly cr0: number;
  private readonly cr1: number;
  private readonly cr2: number;
  private readonly hostStoresOem0: boolean;
  private readonly ctrlRead: Footprint;
  private readonly intmaskRead: Footprint;
  private readonly intmaskHostWrite: Footprint;
  private readonly intmaskBmcWrite: Footprint;
  /** By FIFO: a byte put in, a byte taken out. */
  private readonly requestPut: Footprint;
  private readonly requestTaken: Footprint;
  private readonly responsePut: Footprint;
  private readonly responseTaken: Footprint;
  /** Of BT_CTRL writes, by value, made when first asked for. */
  private readonly hostWrites: Footprint[] = [];
  private readonly bmcWrites: Footprint[] = [];

  constructor(ops: OpTable, hostStoresOem0: boolean) {
    this.hostStoresOem0 = hostStoresOem0;
    this.bBusy = ops.object('BT_CTRL.B_BUSY');
    this.hBusy = ops.object('BT_CTRL.H_BUSY');
    this.oem0 = ops.object('BT_CTRL.OEM0');
    this.sms = ops.object('BT_CTRL.SMS_ATN');
    this.b2h = ops.object('BT_CTRL.B2H_ATN');
    this.h2b = ops.object('BT_CTRL.H2B_ATN');
    const fifo = (name: string) =>
      [ops.object(name), ops.object(`${name} write pointer`), ops.object(`${name} read pointer`)] as const;
    this.host2bmc = fifo('HOST2BMC');
    this.bmc2host = fifo('BMC2HOST');
    this.intmask = ops.object('BT_INTMASK');
    this.cr0 = ops.object('iBTCR0');
    this.cr1 = ops.object('iBTCR1');
    this.cr2 = ops.object('iBTCR2');
    this.ctrlRead = { reads: [this.bBusy, this.hBusy, this.oem0, this.sms, this.b2h, this.h2b], writes: [] };
    this.intmaskRead = { reads: [this.intmask], writes: [] };
    // Enabling the interrupt looks at the attention bits.
    this.intmaskHostWrite = { reads: [this.intmask, this.sms, this.b2h], writes: [this.intmask] };
    this.intmaskBmcWrite = { reads: [this.intmask], writes: [this.intmask] };
    this.requestPut = put(this.host2bmc);
    this.requestTaken = taken(this.host2bmc);
    this.responsePut = put(this.bmc2host);
    this.responseTaken = taken(this.bmc2host);
  }

  /** None of it is state: it is what it was made for, and what has been asked for so far. */
  [STATE](): void {}

  /** The host reads port `reg`. */
  hostRead(reg: number): Footprint {
    if (reg === BtReg.ctrl) return this.ctrlRead;
    return reg === BtReg.fifo ? this.responseTaken : this.intmaskRead;
  }

  /** The host writes `value` to port `reg`. */
  hostWrite(reg: number, value: number): Footprint {
    if (reg === BtReg.fifo) return this.requestPut;
    if (reg === BtReg.intmask) return this.intmaskHostWrite;
    return (this.hostWrites[value] ??= this.hostCtrl(value));
  }

  /** The BMC reads iBTCR4, 5 or 6. */
  read(offset: number): Footprint {
    if (offset === LPC.iBTCR4) return this.ctrlRead;
    return offset === LPC.iBTCR5 ? this.requestTaken : this.intmaskRead;
  }

  /** The BMC writes `value` to iBTCR4, 5 or 6. */
  write(offset: number, value: number): Footprint {
    if (offset === LPC.iBTCR5) return this.responsePut;
    if (offset === LPC.iBTCR6) return this.intmaskBmcWrite;
    return (this.bmcWrites[value & 0xff] ??= this.bmcCtrl(value));
  }

  private hostCtrl(value: number): Footprint {
    const reads: number[] = [];
    const writes: number[] = [];
    // An edge is latched if the bit was not there before, and may interrupt.
    const edge = (bit: number) => {
      reads.push(bit, this.cr1, this.cr2);
      writes.push(bit, this.cr2);
    };
    if ((value & BT_CTRL.H_BUSY) !== 0) edge(this.hBusy);
    if ((value & BT_CTRL.H2B_ATN) !== 0) edge(this.h2b);
    if (this.hostStoresOem0) writes.push(this.oem0);
    if ((value & BT_CTRL.SMS_ATN) !== 0) writes.push(this.sms);
    if ((value & BT_CTRL.B2H_ATN) !== 0) writes.push(this.b2h);
    if ((value & BT_CTRL.CLR_RD_PTR) !== 0) writes.push(this.bmc2host[2]);
    if ((value & BT_CTRL.CLR_WR_PTR) !== 0) writes.push(this.host2bmc[1]);
    return { reads, writes };
  }

  private bmcCtrl(value: number): Footprint {
    const reads: number[] = [];
    const writes: number[] = [this.oem0];
    // A rising attention bit requests the interrupt to the host, if that has enabled it.
    const attention = (bit: number) => {
      reads.push(bit, this.intmask);
      writes.push(bit, this.intmask);
    };
    if ((value & BT_CTRL.B_BUSY) !== 0) {
      reads.push(this.bBusy);
      writes.push(this.bBusy);
    }
    if ((value & BT_CTRL.SMS_ATN) !== 0) attention(this.sms);
    if ((value & BT_CTRL.B2H_ATN) !== 0) attention(this.b2h);
    if ((value & BT_CTRL.H2B_ATN) !== 0) writes.push(this.h2b);
    if ((value & (BT_CTRL.CLR_RD_PTR | BT_CTRL.CLR_WR_PTR)) !== 0) reads.push(this.cr0);
    if ((value & BT_CTRL.CLR_RD_PTR) !== 0) writes.push(this.host2bmc[2]);
    if ((value & BT_CTRL.CLR_WR_PTR) !== 0) writes.push(this.bmc2host[1]);
    return { reads, writes };
  }
}

function put([memory, write]: readonly [number, number, number]): Footprint {
  return { reads: [write], writes: [memory, write] };
}

function taken([memory, , read]: readonly [number, number, number]): Footprint {
  return { reads: [memory, read], writes: [read] };
}
