import { Signal } from '../../sim/index.ts';
import { IBT_DEFAULTS, Ibt, type IbtParams } from '../bt/ibt.ts';
import { BT_PLACE, LpcDecode, type Overlap } from './decode.ts';
import { HostIrqs, type HostIrqParams } from './host-irq.ts';
import { KcsChannel } from './kcs-channel.ts';
import { CHANNEL, CLEAR0, CLEAR1, EFFECT, Effect, KIND, Kind, RESET, WORDS, WRITABLE } from './register-map.ts';
import { HICR0, HICR2, HICR4, HICRB, LPC, SIRQCR0, STR } from './registers.ts';

/** What is open about the block on silicon; see {@link LPC_DEFAULTS}. */
export interface LpcControllerParams extends HostIrqParams, IbtParams {
  /** 1: a host write while IBF is set replaces the byte in IDR; 0: it is dropped. */
  readonly idrOverwrite: number;
  /** Who answers where two channels decode one port: a value of {@link Overlap}. */
  readonly decodeOverlap: number;
  /** 1: LRESET# (a reset of the host) clears the channels' STR; 0: only a reset of the BMC does. */
  readonly lresetClearsStr: number;
}

export const LPC_DEFAULTS: LpcControllerParams = {
  idrOverwrite: 1,
  dropIrqEnable: 1,
  dropIrqEnable4: 1,
  dropIrqEnableOnStr: 0,
  decodeOverlap: 0,
  lresetClearsStr: 0,
  ...IBT_DEFAULTS,
};

/** What can hold the interrupt line, as bits; 0-3 are IBF of channels 1-4. */
export const Cause = { ibf: 0b1111, lpcReset: 1 << 4, snoop: 1 << 5, bt: 1 << 6 } as const;

/**
 * The LPC block of the AST2500: its registers as the BMC sees them, and the ports as the host does.
 * Every call is one access, whole and at once; when it happens is the bus' affair.
 *
 * There is one interrupt line for all that the block does, level-sensitive (VIC source 8). IBF is a
 * cause: enabling its interrupt while IBF is set interrupts at once. That the host has emptied ODR is
 * none: kcs_bmc_aspeed.c has to poll for it. (AST2050 datasheet §30.)
 */
export class LpcController {
  readonly params: LpcControllerParams;
  /** Channels 1 to 4, at 0 to 3. */
  readonly channels: readonly KcsChannel[];
  readonly ibt: Ibt;
  readonly decoder: LpcDecode;
  readonly hostIrqs: HostIrqs;
  /** Changes whenever a host port may have changed hands. */
  readonly decodeChanged = new Signal();

  /** What holds the interrupt line now. */
  causes = 0;
  /** Called when the interrupt line rises (1) or falls (0). */
  onLine: (level: number) => void = () => {};

  private readonly regs = new Uint32Array(WORDS);
  /** LADR12H and LADR12L of channel 1, then of channel 2. */
  private readonly ladr12 = new Uint8Array(4);
  /** Channels, as bits, whose IBF may interrupt. */
  private ibfEnabled = 0;

  constructor(params: LpcControllerParams = LPC_DEFAULTS) {
    this.params = params;
    this.channels = [1, 2, 3, 4].map((n) => new KcsChannel(n, params.idrOverwrite !== 0));
    this.ibt = new Ibt(this.regs, params);
    this.decoder = new LpcDecode(params.decodeOverlap as Overlap);
    this.hostIrqs = new HostIrqs(this.regs, this.channels, this.ibt, params);
    this.reset();
  }

  /** Power-on: every register at its reset value, and nobody is told. */
  reset(): void {
    this.toReset();
    this.causes = 0;
    this.hostIrqs.reset();
    for (const channel of this.channels) channel.status.reset();
    this.ibt.status.reset();
    this.decodeChanged.reset();
    this.refresh(Effect.decode | Effect.interrupt | Effect.serirq);
  }

  /** The BMC is reset while the system runs: lines fall, pollers see what is left. */
  bmcReset(): void {
    const learned = this.regs[LPC.SIRQCR0 >> 2] & SIRQCR0.QC;
    this.toReset();
    this.regs[LPC.SIRQCR0 >> 2] |= learned; // the host's choice; the next sequence would teach it again
    this.refresh(Effect.decode | Effect.interrupt | Effect.serirq);
    for (const channel of this.channels) channel.status.changed();
    this.ibt.status.changed();
  }

  /** LRESET# pulses: the host is reset. */
  lpcReset(): void {
    this.regs[LPC.HICR2 >> 2] |= HICR2.LRST;
    this.regs[LPC.HICR4 >> 2] |= HICR4.STSINTLRSTR;
    if (this.params.lresetClearsStr !== 0) {
      for (let c = 0; c < 4; c++) {
        const channel = this.channels[c];
        if (channel.str === 0) continue;
        const obf = channel.str & STR.OBF;
        channel.reset();
        channel.status.changed();
        this.settleIbf(c);
        if (obf !== 0) this.hostIrqs.obfCleared(c, true);
      }
    }
    if (this.params.lresetClearsBt !== 0) {
      this.ibt.reset();
      this.ibt.status.changed();
      this.hostIrqs.btChanged();
    }
    this.refresh(Effect.interrupt);
  }

  /** The host has chosen SerIRQ's mode; the block learns it from the stop frame (SIRQCR0.Q/C). */
  learnSerirqMode(quiet: boolean): void {
    const word = LPC.SIRQCR0 >> 2;
    this.regs[word] = (this.regs[word] & ~SIRQCR0.QC) | (quiet ? SIRQCR0.QC : 0);
  }

  // ---- the BMC's side -----------------------------------------------------------------------

  /** The BMC reads the register at byte `offset`: an unsigned value of 32 bits. */
  read(offset: number): number {
    const word = offset >> 2;
    switch (KIND[word]) {
      case Kind.idr: {
        const c = CHANNEL[word];
        const value = this.channels[c].readIdr();
        this.settleIbf(c);
        return value;
      }
      case Kind.odr:
        return this.channels[CHANNEL[word]].readOdr();
      case Kind.str:
        return this.channels[CHANNEL[word]].readStr();
      case Kind.bt:
        return this.ibt.read(offset);
      case Kind.stored:
        return this.regs[word];
      case Kind.banked:
        return this.ladr12[this.bankOf(word)];
      default:
        return 0;
    }
  }

  /** The BMC writes `value` (32 bits) to the register at byte `offset`. */
  write(offset: number, value: number): void {
    const word = offset >> 2;
    switch (KIND[word]) {
      case Kind.odr: {
        const c = CHANNEL[word];
        this.channels[c].writeOdr(value);
        this.hostIrqs.obfSet(c);
        return;
      }
      case Kind.str: {
        const c = CHANNEL[word];
        const channel = this.channels[c];
        const before = channel.str;
        channel.writeStr(value);
        if ((before & ~channel.str & STR.OBF) !== 0) this.hostIrqs.obfCleared(c, false);
        return;
      }
      case Kind.bt:
        this.ibt.write(offset, value & 0xff);
        this.hostIrqs.btChanged();
        return;
      case Kind.stored:
        this.store(word, value);
        return;
      case Kind.banked:
        this.ladr12[this.bankOf(word)] = value;
        this.refresh(Effect.decode);
        return;
      default:
    }
  }

  private bankOf(word: number): number {
    const low = word === LPC.LADR12L >> 2 ? 1 : 0;
    return (this.regs[LPC.HICR4 >> 2] & HICR4.LADR12AS) === 0 ? low : 2 + low;
  }

  private store(word: number, value: number): void {
    const { regs } = this;
    const old = regs[word];
    const clear0 = CLEAR0[word];
    const clear1 = CLEAR1[word];
    const writable = WRITABLE[word];
    const kept = old & ~(writable | clear0 | clear1);
    regs[word] = kept | (value & writable) | (old & clear0 & value) | (old & clear1 & ~value);
    // A write of 1 to CLRINTLRSTR acknowledges; the bit itself stays 0.
    if (word === LPC.HICR4 >> 2 && (value & HICR4.CLRINTLRSTR) !== 0) regs[word] &= ~HICR4.STSINTLRSTR;
    this.refresh(EFFECT[word]);
  }

  // ---- the host's side ----------------------------------------------------------------------

  /** Who takes an access to the host's I/O `port`: see {@link LpcDecode.claims}. 0: nobody. */
  decode(port: number): number {
    return this.decoder.claims(port);
  }

  /** The host reads `port`; -1 if nobody decodes it. */
  hostRead(port: number): number {
    const place = this.decoder.responder(this.decoder.claims(port));
    return place < 0 ? -1 : this.hostReadAt(place);
  }

  /** The host writes `port`; false if nobody decodes it. */
  hostWrite(port: number, value: number): boolean {
    const claims = this.decoder.claims(port);
    for (let rest = claims; rest !== 0; rest &= rest - 1) this.hostWriteAt(31 - Math.clz32(rest & -rest), value);
    return claims !== 0;
  }

  /** The host reads at a place: twice the channel (from 0), plus 1 for STR rather than ODR; or a BT port. */
  hostReadAt(place: number): number {
    if (place >= BT_PLACE) return this.ibt.hostRead(place - BT_PLACE);
    const c = place >> 1;
    const channel = this.channels[c];
    if ((place & 1) !== 0) return channel.hostReadStatus();
    const full = (channel.str & STR.OBF) !== 0;
    const value = channel.hostReadData();
    if (full) this.hostIrqs.obfCleared(c, true);
    return value;
  }

  /** The host writes at a place: twice the channel (from 0), plus 1 for the command address; or a BT port. */
  hostWriteAt(place: number, value: number): void {
    if (place >= BT_PLACE) {
      this.ibt.hostWrite(place - BT_PLACE, value);
      this.hostIrqs.btChanged();
      this.setCause(Cause.bt, this.ibt.interrupting);
      return;
    }
    const c = place >> 1;
    this.channels[c].hostWrite(value, place & 1);
    this.settleIbf(c);
  }

  // ---- lines --------------------------------------------------------------------------------

  /** What a poller of the status port at `place` (that of a channel, or BT_CTRL) waits for. */
  statusAt(place: number): Signal {
    return place >= BT_PLACE ? this.ibt.status : this.channels[place >> 1].status;
  }

  /** Another function of the block (a bit of {@link Cause}) begins or ends to hold the line. */
  setCause(cause: number, active: boolean): void {
    this.hold(active ? this.causes | cause : this.causes & ~cause);
  }

  /** IBF of channel `c` may have changed. */
  private settleIbf(c: number): void {
    const active = (this.ibfEnabled >> c) & (this.channels[c].str >> 1) & 1;
    if (((this.causes >> c) & 1) !== active) this.hold(this.causes ^ (1 << c));
  }

  private hold(causes: number): void {
    const was = this.causes !== 0;
    this.causes = causes;
    const is = causes !== 0;
    if (was !== is) this.onLine(is ? 1 : 0);
  }

  private refresh(effects: number): void {
    const { regs } = this;
    if ((effects & Effect.decode) !== 0 && this.decoder.refresh(regs, this.ladr12)) {
      for (const channel of this.channels) channel.status.changed();
      this.ibt.status.changed();
      this.decodeChanged.changed();
    }
    if ((effects & Effect.interrupt) !== 0) this.refreshInterrupts();
    if ((effects & Effect.serirq) !== 0) this.hostIrqs.refresh();
  }

  private refreshInterrupts(): void {
    const { regs } = this;
    const hicr0 = regs[LPC.HICR0 >> 2];
    const hicr2 = regs[LPC.HICR2 >> 2];
    const hicr4 = regs[LPC.HICR4 >> 2];
    const hicrb = regs[LPC.HICRB >> 2];
    let enabled = 0;
    if ((hicr0 & HICR0.LPC1E) !== 0 && (hicr2 & HICR2.IBFIE1) !== 0) enabled |= 1;
    if ((hicr0 & HICR0.LPC2E) !== 0 && (hicr2 & HICR2.IBFIE2) !== 0) enabled |= 2;
    const kcs3 = (hicr0 & HICR0.LPC3E) !== 0 && (hicr4 & HICR4.KCSENBL) !== 0;
    if (kcs3 && (hicr2 & HICR2.IBFIE3) !== 0) enabled |= 4;
    if ((hicrb & HICRB.LPC4E) !== 0 && (hicrb & HICRB.IBFIE4) !== 0) enabled |= 8;
    this.ibfEnabled = enabled;
    let causes = this.causes & ~(Cause.ibf | Cause.lpcReset | Cause.bt);
    for (let c = 0; c < 4; c++) causes |= ((enabled >> c) & (this.channels[c].str >> 1) & 1) << c;
    const error = (hicr2 & HICR2.ERRIE) !== 0 && (hicr2 & (HICR2.LRST | HICR2.SDWN | HICR2.ABRT)) !== 0;
    const lreset = (hicr4 & HICR4.ENINTLRSTR) !== 0 && (hicr4 & HICR4.STSINTLRSTR) !== 0;
    if (error || lreset) causes |= Cause.lpcReset;
    if (this.ibt.interrupting) causes |= Cause.bt;
    this.hold(causes);
  }

  private toReset(): void {
    this.regs.set(RESET);
    // The two 8042 pairs 0x60/0x64 and 0x62/0x66 (AST2050 §30).
    this.ladr12[0] = 0;
    this.ladr12[1] = 0x60;
    this.ladr12[2] = 0;
    this.ladr12[3] = 0x62;
    for (const channel of this.channels) channel.reset();
    this.ibt.reset();
  }
}
