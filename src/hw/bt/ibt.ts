import { Signal } from '../../sim/index.ts';
import { LPC } from '../lpc/registers.ts';
import { BtFifo } from './fifo.ts';
import { BT_CTRL, BT_INTMASK, BtReg, IBTCR0, IBT_IRQ } from './registers.ts';

/** What is open about the block on silicon. */
export interface IbtParams {
  /** Bytes of each FIFO. */
  readonly btFifoDepth: number;
  /** At the end of a FIFO: 0, writes are dropped and reads give 0; 1, pointers wrap. */
  readonly btFifoWrap: number;
  /** 1: iBTCR0 b3 enables the write pointer's clearing and b2 the read pointer's. */
  readonly btClearSwapped: number;
  /** 1: a host write of BT_CTRL stores OEM0; 0: it leaves it. */
  readonly btHostOem0: number;
  /** 1: enabling B2H_IRQ while B2H_ATN or SMS_ATN is set requests the interrupt. */
  readonly btIrqOnEnable: number;
  /** 1: B_BUSY is set after a reset of the block. */
  readonly btResetBusy: number;
  /** 1: LRESET# clears BT_CTRL, INTMASK and the FIFO's pointers. */
  readonly lresetClearsBt: number;
}

export const IBT_DEFAULTS: IbtParams = {
  btFifoDepth: 64, btFifoWrap: 0, btClearSwapped: 0, btHostOem0: 0, btIrqOnEnable: 1, btResetBusy: 0, lresetClearsBt: 0,
};

/**
 * The iBT block: BT_CTRL and INTMASK, which both sides see, and a FIFO each way. The BMC reaches them as
 * iBTCR4 to iBTCR6, the host at three ports.
 *
 * | BT_CTRL | host writes 1 | BMC writes 1 |
 * |---|---|---|
 * | B_BUSY | – | toggles |
 * | H_BUSY | toggles | – |
 * | SMS_ATN, B2H_ATN | clears | sets |
 * | H2B_ATN | sets | clears |
 * | CLR_RD_PTR | BMC2HOST's read pointer to 0 | HOST2BMC's read pointer to 0 |
 * | CLR_WR_PTR | HOST2BMC's write pointer to 0 | BMC2HOST's write pointer to 0 |
 *
 * Written 0s do nothing, but for OEM0, which the BMC's write stores. (IPMI 11.6; bt-bmc.c, whose
 * tests before each toggle show that the busy bits are no plain bits.)
 *
 * Two edges, H2B_ATN rising and H_BUSY falling, are latched in iBTCR2, enabled or not; the interrupt to
 * the BMC is a level, the OR of what is latched and enabled in iBTCR1. Writing 1 to iBTCR2 clears.
 */
export class Ibt {
  readonly params: IbtParams;
  /** Changes whenever BT_CTRL does, for whoever polls it. */
  readonly status = new Signal();
  readonly host2bmc: BtFifo;
  readonly bmc2host: BtFifo;
  ctrl = 0;
  intmask = 0;

  /** The registers of the LPC block, of which iBTCR0 to iBTCR3 are plain ones. */
  private readonly regs: Uint32Array;

  constructor(regs: Uint32Array, params: IbtParams) {
    this.regs = regs;
    this.params = params;
    this.host2bmc = new BtFifo(params.btFifoDepth, params.btFifoWrap !== 0);
    this.bmc2host = new BtFifo(params.btFifoDepth, params.btFifoWrap !== 0);
  }

  /** Block reset, but for iBTCR0 to iBTCR3. Tells no poller: see {@link Signal.reset}. */
  reset(): void {
    this.ctrl = this.params.btResetBusy === 0 ? 0 : BT_CTRL.B_BUSY;
    this.intmask = 0;
    this.host2bmc.reset();
    this.bmc2host.reset();
  }

  /** Whether an enabled edge holds the interrupt to the BMC. */
  get interrupting(): boolean {
    return (this.regs[LPC.iBTCR1 >> 2] & this.regs[LPC.iBTCR2 >> 2]) !== 0;
  }

  /** Whether the block requests its interrupt from the host: B2H_IRQ, if the host has enabled it. */
  get requesting(): boolean {
    const both = BT_INTMASK.B2H_IRQ | BT_INTMASK.B2H_IRQ_EN;
    return (this.intmask & both) === both && (this.regs[LPC.iBTCR0 >> 2] & IBTCR0.ENABLE_IBT) !== 0;
  }

  // ---- the host's side ----------------------------------------------------------------------

  /** The host reads port `reg`. */
  hostRead(reg: number): number {
    if (reg === BtReg.ctrl) return this.ctrl;
    return reg === BtReg.fifo ? this.bmc2host.read() : this.intmask;
  }

  /** The host writes port `reg`. */
  hostWrite(reg: number, value: number): void {
    if (reg === BtReg.fifo) this.host2bmc.write(value);
    else if (reg === BtReg.intmask) this.intmask = this.intmaskAfterHost(value);
    else {
      const before = this.ctrl;
      const after = this.ctrlAfterHost(value);
      if ((value & BT_CTRL.CLR_RD_PTR) !== 0) this.bmc2host.readIndex = 0;
      if ((value & BT_CTRL.CLR_WR_PTR) !== 0) this.host2bmc.writeIndex = 0;
      if ((after & ~before & BT_CTRL.H2B_ATN) !== 0) this.regs[LPC.iBTCR2 >> 2] |= IBT_IRQ.H2B;
      if ((before & ~after & BT_CTRL.H_BUSY) !== 0) this.regs[LPC.iBTCR2 >> 2] |= IBT_IRQ.H_BUSY;
      this.setCtrl(after);
    }
  }

  /** What BT_CTRL would be if the host wrote `value` to it now. */
  ctrlAfterHost(value: number): number {
    const cleared = value & (BT_CTRL.SMS_ATN | BT_CTRL.B2H_ATN);
    const set = value & BT_CTRL.H2B_ATN;
    const after = ((this.ctrl & ~cleared) | set) ^ (value & BT_CTRL.H_BUSY);
    return this.params.btHostOem0 === 0 ? after : (after & ~BT_CTRL.OEM0) | (value & BT_CTRL.OEM0);
  }

  /** What INTMASK would be if the host wrote `value` to it now (IPMI 11.6.5). */
  intmaskAfterHost(value: number): number {
    const { B2H_IRQ, B2H_IRQ_EN, OEM, BMC_HWRST } = BT_INTMASK;
    let after = (value & (B2H_IRQ_EN | OEM)) | (this.intmask & ~value & B2H_IRQ) | ((this.intmask | value) & BMC_HWRST);
    const enables = (value & ~this.intmask & B2H_IRQ_EN) !== 0;
    const attention = (this.ctrl & (BT_CTRL.B2H_ATN | BT_CTRL.SMS_ATN)) !== 0;
    if (enables && attention && this.params.btIrqOnEnable !== 0) after |= B2H_IRQ;
    return after;
  }

  // ---- the BMC's side -----------------------------------------------------------------------

  /** The BMC reads the register at byte `offset` of the LPC block: iBTCR4, 5 or 6. */
  read(offset: number): number {
    if (offset === LPC.iBTCR4) return this.ctrl;
    return offset === LPC.iBTCR5 ? this.host2bmc.read() : this.intmask;
  }

  /** The BMC writes the register at byte `offset` of the LPC block: iBTCR4, 5 or 6. */
  write(offset: number, value: number): void {
    if (offset === LPC.iBTCR5) this.bmc2host.write(value);
    else if (offset === LPC.iBTCR6) this.intmask = this.intmaskAfterBmc(value);
    else {
      const after = this.ctrlAfterBmc(value);
      if (this.mayClear(value, BT_CTRL.CLR_RD_PTR)) this.host2bmc.readIndex = 0;
      if (this.mayClear(value, BT_CTRL.CLR_WR_PTR)) this.bmc2host.writeIndex = 0;
      const raised = after & ~this.ctrl & (BT_CTRL.B2H_ATN | BT_CTRL.SMS_ATN);
      if (raised !== 0 && (this.intmask & BT_INTMASK.B2H_IRQ_EN) !== 0) this.intmask |= BT_INTMASK.B2H_IRQ;
      this.setCtrl(after);
    }
  }

  /** What BT_CTRL would be if the BMC wrote `value` to it now. */
  ctrlAfterBmc(value: number): number {
    const kept = this.ctrl & ~BT_CTRL.OEM0 & ~(value & BT_CTRL.H2B_ATN);
    const set = value & (BT_CTRL.OEM0 | BT_CTRL.SMS_ATN | BT_CTRL.B2H_ATN);
    return (kept | set) ^ (value & BT_CTRL.B_BUSY);
  }

  /** What INTMASK would be if the BMC wrote `value` to it: it can only acknowledge BMC_HWRST (no driver does). */
  intmaskAfterBmc(value: number): number {
    return this.intmask & ~(value & BT_INTMASK.BMC_HWRST);
  }

  private mayClear(value: number, pointer: number): boolean {
    if ((value & pointer) === 0) return false;
    const first = (pointer === BT_CTRL.CLR_RD_PTR) !== (this.params.btClearSwapped !== 0);
    return (this.regs[LPC.iBTCR0 >> 2] & (first ? IBTCR0.EN_CLR_SLV_RDP : IBTCR0.EN_CLR_SLV_WRP)) !== 0;
  }

  private setCtrl(ctrl: number): void {
    if (ctrl === this.ctrl) return;
    this.ctrl = ctrl;
    this.status.changed();
  }
}
