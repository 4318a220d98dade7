import type { Ibt } from '../bt/ibt.ts';
import { IBTCR0 } from '../bt/registers.ts';
import type { KcsChannel } from './kcs-channel.ts';
import { HICR5, HICRC, LPC, SIRQCR0, SIRQCR2, STR, shiftOf } from './registers.ts';

/** How the request of a channel ends; all three are unverified on the AST2500. */
export interface HostIrqParams {
  /** 1: the enable bit of channels 1-3 falls when the host's read of ODR clears OBF. */
  readonly dropIrqEnable: number;
  /** 1: the same for channel 4, whatever HICRC.OBF4_AUTO_CLR says. */
  readonly dropIrqEnable4: number;
  /** 1: it also falls when the BMC clears OBF by writing STR. */
  readonly dropIrqEnableOnStr: number;
}

/**
 * The interrupts that channels request from the host through SerIRQ.
 *
 * With IEDIR=0 a request is the enable bit AND OBF: ODR alone does not interrupt the host, the driver
 * sets the enable bit by a second write (kcs_bmc_aspeed.c does so after every byte, which makes sense
 * only if hardware drops the bit when OBF falls, as the H8S manual says). With IEDIR=1 the enable bit
 * alone is the request. Writing STR (SMS_ATN) never requests anything.
 *
 * Only channel 1's numbers are fixed, 1 and 12 (SIRQCR0); 2 and 3 are in HICR5, 4 in HICRC. The fixed
 * numbers that channels 2 and 3 have in SIRQCR1 are stored without effect: nothing uses them.
 *
 * The number of iBT is in iBTCR0; its request is INTMASK's B2H_IRQ and B2H_IRQ_EN, which are the host's to
 * clear. iBTCR0's type field is stored without effect: see {@link HostIrqs.activeHigh}.
 */
export class HostIrqs {
  private readonly regs: Uint32Array;
  private readonly channels: readonly KcsChannel[];
  private readonly ibt: Ibt;
  private readonly params: HostIrqParams;
  /** Interrupts that each channel may request now, as bits by IRQ number. */
  private readonly enabled = new Int32Array(4);
  /** Channels, as bits, whose request does not wait for OBF. */
  private direct = 0;
  /** The interrupt of iBT, as a bit by IRQ number. */
  private btIrq = 1;
  /** Interrupts requested, as bits by IRQ number. */
  requested = 0;
  /** Called for each interrupt whose request begins (level 1) or ends (0). */
  onRequest: (irq: number, level: number) => void = () => {};

  constructor(regs: Uint32Array, channels: readonly KcsChannel[], ibt: Ibt, params: HostIrqParams) {
    this.regs = regs;
    this.channels = channels;
    this.ibt = ibt;
    this.params = params;
  }

  /** Forgets everything without a word. */
  reset(): void {
    this.enabled.fill(0);
    this.direct = 0;
    this.btIrq = 1;
    this.requested = 0;
  }

  /** Follows SIRQCR0, SIRQCR2, HICR5, HICRC and iBTCR0. */
  refresh(): void {
    const { regs, enabled } = this;
    const sirqcr0 = regs[LPC.SIRQCR0 >> 2];
    const hicr5 = regs[LPC.HICR5 >> 2];
    const hicrc = regs[LPC.HICRC >> 2];
    enabled[0] = ((sirqcr0 & SIRQCR0.IRQ1E1) !== 0 ? 1 << 1 : 0) | ((sirqcr0 & SIRQCR0.IRQ12E1) !== 0 ? 1 << 12 : 0);
    enabled[1] = (hicr5 & HICR5.IRQXE2) !== 0 ? 1 << ((hicr5 & HICR5.ID2IRQX) >> ID2) : 0;
    enabled[2] = (hicr5 & HICR5.IRQXE3) !== 0 ? 1 << ((hicr5 & HICR5.ID3IRQX) >> ID3) : 0;
    enabled[3] = (hicrc & HICRC.IRQXE4) !== 0 ? 1 << ((hicrc & HICRC.ID4IRQX) >> ID4) : 0;
    this.btIrq = 1 << ((regs[LPC.iBTCR0 >> 2] & IBTCR0.SIRQ) >> BT_ID);
    this.direct = (sirqcr0 & SIRQCR0.IEDIR) !== 0 ? 0b0011 : 0;
    if ((regs[LPC.SIRQCR2 >> 2] & SIRQCR2.IEDIR3) !== 0) this.direct |= 0b0100;
    this.settle();
  }

  /** INTMASK may have changed. */
  btChanged(): void {
    if (this.ibt.requesting !== ((this.requested & this.btIrq) !== 0)) this.settle();
  }

  /** OBF of channel `c` (from 0) has risen. */
  obfSet(c: number): void {
    if (this.enabled[c] !== 0) this.settle();
  }

  /** OBF of channel `c` has fallen: the host has read ODR, or the BMC has written STR. */
  obfCleared(c: number, byHost: boolean): void {
    if (this.enabled[c] === 0) return;
    const { params } = this;
    const drops = (c === 3 ? params.dropIrqEnable4 : params.dropIrqEnable) !== 0;
    // With IEDIR=1 OBF has no part in the request, and the bit stays.
    const applies = ((this.direct >> c) & 1) === 0;
    if (drops && applies && (byHost || params.dropIrqEnableOnStr !== 0)) {
      this.regs[ENABLE_WORD[c]] &= ~ENABLE_BITS[c];
      this.enabled[c] = 0;
    }
    this.settle();
  }

  /** Whether requests of channel `c` (from 0) are high-active on the wire. */
  activeHigh(c: number): boolean {
    if (c === 0) return true;
    if (c === 3) return (this.regs[LPC.HICRC >> 2] & HICRC.TY4IRQX) !== 0;
    return (this.regs[LPC.HICR5 >> 2] & (c === 1 ? HICR5.SEL2IRQX : HICR5.SEL3IRQX)) !== 0;
  }

  private settle(): void {
    let requested = this.ibt.requesting ? this.btIrq : 0;
    for (let c = 0; c < 4; c++) {
      const irqs = this.enabled[c];
      if (irqs !== 0 && (((this.direct >> c) & 1) !== 0 || (this.channels[c].str & STR.OBF) !== 0)) requested |= irqs;
    }
    let changed = requested ^ this.requested;
    this.requested = requested;
    for (; changed !== 0; changed &= changed - 1) {
      const irq = shiftOf(changed);
      this.onRequest(irq, (requested >> irq) & 1);
    }
  }
}

const ID2 = shiftOf(HICR5.ID2IRQX);
const ID3 = shiftOf(HICR5.ID3IRQX);
const ID4 = shiftOf(HICRC.ID4IRQX);
const BT_ID = shiftOf(IBTCR0.SIRQ);

/** Where each channel's enable bits are. */
export const ENABLE_WORD = [LPC.SIRQCR0 >> 2, LPC.HICR5 >> 2, LPC.HICR5 >> 2, LPC.HICRC >> 2] as const;
const ENABLE_BITS = [SIRQCR0.IRQ1E1 | SIRQCR0.IRQ12E1, HICR5.IRQXE2, HICR5.IRQXE3, HICRC.IRQXE4] as const;
