import { BtReg, IBTCR0 } from '../bt/registers.ts';
import { HICR0, HICR4, HICRB, LPC } from './registers.ts';

/** Who answers if two channels decode one port. Unverified on silicon, see {@link LpcDecode}. */
export const Overlap = {
  /** The lowest channel answers reads, all get writes. */
  lowestReads: 0,
  /** The lowest channel answers everything. */
  lowestOnly: 1,
  /** The highest channel answers reads, all get writes. */
  highestReads: 2,
} as const;
export type Overlap = (typeof Overlap)[keyof typeof Overlap];

/** The place of the first BT port, see {@link LpcDecode.claims}; those of the others follow. */
export const BT_PLACE = 8;
const BT_PORTS = Object.keys(BtReg).length;

/**
 * Which host I/O port reaches which channel.
 *
 * | channel | data | command/status | enabled by |
 * |---|---|---|---|
 * | 1, 2 | LADR12, own bank | data + 4, or LSADR12 if EN16LADRn | LPCnE |
 * | 3 | LADR3 | data + 1 | LPC3E and KCSENBL |
 * | 4 | LADR4 15:0 | LADR4 31:16 | LPC4E |
 *
 * The iBT block has three ports from iBTCR0 31:16 up, enabled by iBTCR0 bit 0.
 *
 * (Linux kcs_bmc_aspeed.c; AST2050 datasheet §30. EN16LADRn is known from later revisions of that
 * driver; whether the AST2500 has it is unverified.)
 *
 * The addresses that the driver's comments give as examples overlap: 0xCA4 is the command port of
 * channel 1 and the data port of channel 4. What silicon does then is unverified; {@link Overlap} offers
 * the choices, and by default the lowest channel answers reads and all get writes.
 */
export class LpcDecode {
  private readonly overlap: Overlap;
  /** The ports of each channel; -1 while it is disabled. */
  private readonly data = new Int32Array(4).fill(-1);
  private readonly status = new Int32Array(4).fill(-1);
  /** The base of the BT ports; -1 while they are disabled. */
  private bt = -1;
  /** Raised each time that a port may have changed hands, for whoever keeps a result. */
  version = 1;

  constructor(overlap: Overlap = Overlap.lowestReads) {
    this.overlap = overlap;
  }

  /**
   * Follows the registers; `regs` by word, `ladr12` the banks (H1 L1 H2 L2). True if a port changed
   * hands.
   */
  refresh(regs: Uint32Array, ladr12: Uint8Array): boolean {
    const hicr0 = regs[LPC.HICR0 >> 2];
    const hicrb = regs[LPC.HICRB >> 2];
    const lsadr12 = regs[LPC.LSADR12 >> 2];
    const ladr4 = regs[LPC.LADR4 >> 2];
    const x1 = (ladr12[0] << 8) | ladr12[1];
    const x2 = (ladr12[2] << 8) | ladr12[3];
    const x3 = (regs[LPC.LADR3H >> 2] << 8) | regs[LPC.LADR3L >> 2];
    const s1 = (hicrb & HICRB.EN16LADR1) !== 0 ? lsadr12 & 0xffff : x1 + 4;
    const s2 = (hicrb & HICRB.EN16LADR2) !== 0 ? lsadr12 >>> 16 : x2 + 4;
    const kcs3 = (hicr0 & HICR0.LPC3E) !== 0 && (regs[LPC.HICR4 >> 2] & HICR4.KCSENBL) !== 0;
    let moved = this.place(0, (hicr0 & HICR0.LPC1E) !== 0, x1, s1);
    moved = this.place(1, (hicr0 & HICR0.LPC2E) !== 0, x2, s2) || moved;
    moved = this.place(2, kcs3, x3, x3 + 1) || moved;
    moved = this.place(3, (hicrb & HICRB.LPC4E) !== 0, ladr4 & 0xffff, ladr4 >>> 16) || moved;
    const ibtcr0 = regs[LPC.iBTCR0 >> 2];
    const bt = (ibtcr0 & IBTCR0.ENABLE_IBT) !== 0 ? ibtcr0 >>> 16 : -1;
    moved = moved || bt !== this.bt;
    this.bt = bt;
    if (moved) this.version++;
    return moved;
  }

  private place(c: number, enabled: boolean, data: number, status: number): boolean {
    const d = enabled ? data : -1;
    const s = enabled ? status & 0xffff : -1;
    if (this.data[c] === d && this.status[c] === s) return false;
    this.data[c] = d;
    this.status[c] = s;
    return true;
  }

  /** The data port of channel `c` (from 0), or -1 while it is disabled. */
  dataPort(c: number): number {
    return this.data[c];
  }

  /** The command/status port of channel `c` (from 0), or -1 while it is disabled. */
  statusPort(c: number): number {
    return this.status[c];
  }

  /**
   * Who takes a write to `port`: the set of *places*, a place being twice the channel (from 0), plus 1
   * for command/status; {@link BT_PLACE} and up are the BT ports. 0: nobody, and reads give 0xFF.
   */
  claims(port: number): number {
    let claims = 0;
    for (let c = 0; c < 4; c++) {
      if (this.data[c] === port) claims |= 1 << (2 * c);
      else if (this.status[c] === port) claims |= 2 << (2 * c);
    }
    const reg = port - this.bt;
    if (this.bt >= 0 && reg >= 0 && reg < BT_PORTS) claims |= 1 << (BT_PLACE + reg);
    return this.overlap === Overlap.lowestOnly ? claims & -claims : claims;
  }

  /** The place that answers a read, of those in `claims`; -1: none. */
  responder(claims: number): number {
    return 31 - Math.clz32(this.overlap === Overlap.highestReads ? claims : claims & -claims);
  }
}
