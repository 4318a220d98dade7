import { BT_CTRL, IBTCR0, IBT_IRQ, LPC, type LpcRegisters } from '../hw/index.ts';
import type { Allocation } from '../linux/index.ts';
import type { Op, Steps } from '../sim/index.ts';

/** The iBT block, as the device tree describes it. */
export interface AspeedIbt {
  readonly regs: LpcRegisters;
  /** The node has an interrupt; without one the driver polls. */
  interrupt: boolean;
  /** Bytes of each FIFO. */
  readonly fifoDepth: number;
}

/** The host's ports begin here, and this is its interrupt (BT_IO_BASE, BT_IRQ). */
export const BT_IO_BASE = 0xe4;
export const BT_IRQ = 10;

/** iBTCR0 as bt-bmc.c sets it up. */
export const CONTROL = ((BT_IO_BASE << 16) | (BT_IRQ << 12) | IBTCR0.EN_CLR_SLV_RDP | IBTCR0.EN_CLR_SLV_WRP | IBTCR0.ENABLE_IBT) >>> 0;

/** The host has not yet taken the last response. */
export const WRITE_WAITS = BT_CTRL.H_BUSY | BT_CTRL.B2H_ATN;

/** When the device tree gives no interrupt: when waiters are first woken, and how often then, ms. */
export const BT_FIRST_POLL_MS = 10;
export const BT_POLL_MS = 500;

/** Both interrupt sources of iBTCR1 and iBTCR2. */
export const BT_IRQS = IBT_IRQ.H2B | IBT_IRQ.H_BUSY;

/**
 * The register accesses of bt-bmc.c from one function: steps to yield. Each goes through `bt_bmc->map`, and
 * so through memory that remove() frees.
 */
export class BtIo {
  private readonly regs: LpcRegisters;
  private readonly memory: Allocation;

  constructor(regs: LpcRegisters, memory: Allocation) {
    this.regs = regs;
    this.memory = memory;
  }

  /** bt_inb(bt_bmc, BT_CTRL). */
  get readCtrl(): Op {
    return this.mapped().read(LPC.iBTCR4);
  }

  /** bt_outb(bt_bmc, data, BT_CTRL): each 1 sets, clears or toggles something. */
  writeCtrl(data: number): Op {
    return this.mapped().write(LPC.iBTCR4, data);
  }

  /** bt_read(). */
  get read(): Op {
    return this.mapped().read(LPC.iBTCR5);
  }

  /** bt_write(). */
  write(c: number): Op {
    return this.mapped().write(LPC.iBTCR5, c);
  }

  /** regmap_read() of BT_CR2. */
  get readStatus(): Op {
    return this.mapped().read(LPC.iBTCR2);
  }

  /** regmap_write() of BT_CR2: acknowledges. */
  writeStatus(bits: number): Op {
    return this.mapped().write(LPC.iBTCR2, bits);
  }

  /** regmap_write() of BT_CR0. */
  writeControl(value: number): Op {
    return this.mapped().write32(LPC.iBTCR0, value);
  }

  /** regmap_update_bits() of BT_CR1. */
  *enableIrqs(enable: boolean): Steps {
    const old = yield this.mapped().read(LPC.iBTCR1);
    const now = enable ? old | BT_IRQS : old & ~BT_IRQS;
    if (now !== old) yield this.mapped().write(LPC.iBTCR1, now);
  }

  /** set_b_busy(): the bit toggles, so it is looked at first. */
  *setBBusy(): Steps {
    if (((yield this.readCtrl) & BT_CTRL.B_BUSY) === 0) yield this.writeCtrl(BT_CTRL.B_BUSY);
  }

  /** clr_b_busy(). */
  *clrBBusy(): Steps {
    if (((yield this.readCtrl) & BT_CTRL.B_BUSY) !== 0) yield this.writeCtrl(BT_CTRL.B_BUSY);
  }

  /** clr_h2b_atn(). */
  get clrH2bAtn(): Op {
    return this.writeCtrl(BT_CTRL.H2B_ATN);
  }

  /** clr_rd_ptr(). */
  get clrRdPtr(): Op {
    return this.writeCtrl(BT_CTRL.CLR_RD_PTR);
  }

  /** clr_wr_ptr(). */
  get clrWrPtr(): Op {
    return this.writeCtrl(BT_CTRL.CLR_WR_PTR);
  }

  /** set_b2h_atn(). */
  get setB2hAtn(): Op {
    return this.writeCtrl(BT_CTRL.B2H_ATN);
  }

  private mapped(): LpcRegisters {
    if (this.memory.freed) this.memory.useAfterFree('bt_bmc->map');
    return this.regs;
  }
}
