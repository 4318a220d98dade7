import {
  END_OF_TIME, Signal, alignUp, type Context, type Footprint, type Op, type Ps, type Simulator, type Waveform,
} from '../../sim/index.ts';
import { BtPort } from '../bt/port.ts';
import type { BtTrace } from '../bt/trace.ts';
import { BT_PLACE } from './decode.ts';
import type { LpcController } from './lpc-controller.ts';
import { LpcFootprints } from './footprints.ts';
import { LpcPort } from './port.ts';
import { hex, STR } from './registers.ts';
import { DROPPED, type LpcTraceCodes } from './trace.ts';
import { LpcWaveform } from './waveform.ts';

/** Timing of the host's accesses. */
export interface LpcBusParams {
  /** One clock of LCLK, ps. */
  readonly lclk: Ps;
  /** Clocks of an I/O cycle without wait states, START to the last turn-around. */
  readonly lpcCycleClocks: number;
  /** Clocks of it after which data and flags have moved. */
  readonly lpcUpdateClocks: number;
  /** SYNC wait states that the block inserts, clocks; up to 8 of the short kind are legal. */
  readonly lpcWaitStates: number;
  /** Clocks of a cycle that nobody answers. */
  readonly lpcAbortClocks: number;
  /** What in or out costs the host before its cycle starts, ps. */
  readonly hostIo: Ps;
}

/** Most short wait states in one cycle (LPC 1.1). */
export const MAX_WAIT_STATES = 8;

/** Port addresses that a system may use. */
const MAX_ADDRESSES = 128;

/** What a port is called when it is read and when it is written. */
type PortNames = readonly [read: string, write: string];
const KCS_NAMES: readonly PortNames[] = [['DATA', 'DATA'], ['STATUS', 'COMMAND']];
const BT_NAMES: readonly PortNames[] = [['BT_CTRL', 'BT_CTRL'], ['BMC2HOST', 'HOST2BMC'], ['BT_INTMASK', 'BT_INTMASK']];
/** A place that belongs to no port. */
const NO_ADDRESS = -1;
const NO_NAMES: PortNames = ['', ''];

/**
 * The LPC bus: the host's I/O accesses as steps.
 *
 * | clock | 1 | 2 | 3-6 | 7-8 | 9 | 10-11 | 12-13 |
 * |---|---|---|---|---|---|---|---|
 * | read | START | CYCTYPE | ADDR | TAR | SYNC | DATA | TAR |
 *
 * | clock | 1 | 2 | 3-6 | 7-8 | 9-10 | 11 | 12-13 |
 * |---|---|---|---|---|---|---|---|
 * | write | START | CYCTYPE | ADDR | DATA | TAR | SYNC | TAR |
 *
 * (LPC 1.1.) The block moves data and flags at the 12th clock (H8S/2117 manual §19), so that is where a
 * step has its effect: the *lead* is the instruction's overhead and 12 clocks, the *tail* the 13th. The
 * schedule may add wait states, an eighth of the jitter each.
 *
 * A cycle that nobody answers is aborted by the host after three clocks without SYNC: about 16 in all,
 * a read gives 0xFF, a write vanishes. The step then stays in flight for the difference, and whether
 * somebody answers is decided where the 12th clock would have been.
 *
 * Cycles of several host CPUs are not queued behind one another: each finds the bus free.
 */
export class LpcBus {
  readonly sim: Simulator;
  readonly lpc: LpcController;
  readonly inbOp: Op;
  readonly outbOp: Op;
  readonly pollOp: Op;
  private readonly codes: LpcTraceCodes;
  private readonly params: LpcBusParams;
  private readonly bt: BtTrace;
  private readonly footprints: LpcFootprints;
  private readonly ports: LpcPort[] = [];

  private readonly btPorts: BtPort[] = [];

  /** The port addresses in use: what they are called, who takes writes, and who answers reads. */
  private readonly address: number[] = [];
  private readonly names: PortNames[] = [];
  private readonly claims = new Int32Array(MAX_ADDRESSES);
  private readonly responder = new Int32Array(MAX_ADDRESSES);
  /** The decoder's version for which these hold. */
  private version = 0;

  /** How much longer an unanswered cycle takes than an answered one, ps. */
  private readonly abortExtra: Ps;
  /** Contexts, by id, whose unanswered cycle is past its 12th clock, and how many they are. */
  private readonly aborting = new Uint8Array(256);
  private aborts = 0;
  /** On which an unanswered cycle waits; it never changes. */
  private readonly silence = new Signal();

  constructor(sim: Simulator, lpc: LpcController, codes: LpcTraceCodes, bt: BtTrace, params: LpcBusParams) {
    this.sim = sim;
    this.lpc = lpc;
    this.codes = codes;
    this.params = params;
    this.bt = bt;
    this.footprints = new LpcFootprints(sim.ops, lpc.params.btHostOem0 !== 0);
    const { lclk, lpcWaitStates: waits } = params;
    const cycle = params.lpcCycleClocks + waits;
    this.abortExtra = Math.max(0, params.lpcAbortClocks - cycle) * lclk;
    const timing = {
      lead: params.hostIo + (params.lpcUpdateClocks + waits) * lclk,
      tail: (params.lpcCycleClocks - params.lpcUpdateClocks) * lclk,
      jitter: (MAX_WAIT_STATES - waits) * lclk,
    };
    this.inbOp = sim.ops.define({
      label: 'inb',
      kind: 'access',
      ...timing,
      exec: (operand, ctx) => this.inb(operand >> 8, ctx),
      footprint: (operand) => this.readFootprint(operand >> 8),
      site: (operand) => `${this.nameOf(operand, 0)} read`,
    });
    this.outbOp = sim.ops.define({
      label: 'outb',
      kind: 'access',
      ...timing,
      exec: (operand, ctx) => this.outb(operand >> 8, operand & 0xff, ctx),
      footprint: (operand) => this.writeFootprint(operand >> 8, operand & 0xff),
      site: (operand) => `${this.nameOf(operand, 1)} write`,
      describe: (operand) => `${this.nameOf(operand, 1)} := ${hex(operand & 0xff)}`,
    });
    this.pollOp = sim.ops.define({
      label: 'poll',
      kind: 'poll',
      ...timing,
      exec: (operand, ctx) => this.poll(operand >> 8, ctx),
      footprint: (operand) => this.readFootprint(operand >> 8),
      site: (operand) => `${this.nameOf(operand, 0)} poll`,
    });
    sim.onReset(() => {
      if (this.aborts > 0) this.aborting.fill(0);
      this.aborts = 0;
      this.silence.reset();
    });
  }

  /** The ports at `base` (data) and `base + spacing` (command/status). */
  port(base: number, spacing = 1): LpcPort {
    const known = this.ports.find((port) => port.base === base && port.spacing === spacing);
    if (known !== undefined) return known;
    if (!(base >= 0 && spacing > 0 && base + spacing <= 0xffff)) {
      throw new RangeError(`no I/O ports at ${base} + ${spacing}`);
    }
    const port = new LpcPort(this, this.use([base, base + spacing], KCS_NAMES) >> 1, base, spacing, 0);
    this.ports.push(port);
    return port;
  }

  /** The bus, clock by clock. */
  waveform(): Waveform {
    const { params, codes, inbOp, outbOp, pollOp } = this;
    return new LpcWaveform({
      ops: this.sim.ops, inbOp, outbOp, pollOp, abortCode: codes.abort, lclk: params.lclk, updateClocks: params.lpcUpdateClocks,
      abortClocks: params.lpcAbortClocks, waitStates: params.lpcWaitStates, addressOf: (port) => this.address[port],
    });
  }

  /** The BT ports at `base` and the two addresses above. */
  btPort(base: number): BtPort {
    const known = this.btPorts.find((port) => port.base === base);
    if (known !== undefined) return known;
    if (!(base >= 0 && base + 2 <= 0xffff)) throw new RangeError(`no I/O ports at ${base}`);
    const port = new BtPort(this, this.use([base, base + 1, base + 2], BT_NAMES) << 16, base);
    this.btPorts.push(port);
    return port;
  }

  /** Puts addresses in use; returns the index of the first, a multiple of 2, or of 4 if they are 3. */
  private use(addresses: readonly number[], names: readonly PortNames[]): number {
    const align = addresses.length > 2 ? 4 : 2;
    const first = alignUp(this.address.length, align);
    if (first + align > MAX_ADDRESSES) throw new RangeError('no room for another port');
    for (let i = 0; i < first + align; i++) {
      // Between ports of different alignment some places stay empty.
      this.address[i] ??= addresses[i - first] ?? NO_ADDRESS;
      this.names[i] ??= names[i - first] ?? NO_NAMES;
    }
    this.version = 0;
    return first;
  }

  /** The context that is about to poll. For {@link LpcPort.poll}. */
  polling(period: Ps): Context {
    const ctx = this.sim.current;
    if (ctx === null) throw new Error('a poll is a step of a running context');
    if (!(period > 0)) throw new RangeError(`a poll needs a period, not ${period} ps`);
    return ctx;
  }

  // ---- effects ------------------------------------------------------------------------------

  private inb(at: number, ctx: Context): number {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const place = this.responder[at];
    if (place < 0 || (this.aborts !== 0 && this.aborting[ctx.id] !== 0)) return this.abort(at, -1, ctx);
    return this.read(place, ctx);
  }

  private outb(at: number, value: number, ctx: Context): number {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const claims = this.claims[at];
    if (claims === 0 || (this.aborts !== 0 && this.aborting[ctx.id] !== 0)) return this.abort(at, value, ctx);
    for (let rest = claims; rest !== 0; rest &= rest - 1) {
      const place = 31 - Math.clz32(rest & -rest);
      if (place >= BT_PLACE) this.bt.hostWrite(ctx.id, place - BT_PLACE, value);
      else this.traceIdr(place, value, ctx);
      this.lpc.hostWriteAt(place, value);
    }
    return 0;
  }

  private traceIdr(place: number, value: number, ctx: Context): void {
    const channel = this.lpc.channels[place >> 1];
    const ibf = channel.str & STR.IBF;
    const flags = ibf | ((place & 1) !== 0 ? STR.CD : 0) | (ibf !== 0 && !channel.overwrite ? DROPPED : 0);
    this.sim.trace.emit(this.codes.hostIdrWrite, ctx.id, value, flags, channel.number);
  }

  private poll(at: number, ctx: Context): number {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const place = this.responder[at];
    if (this.aborts !== 0 && this.aborting[ctx.id] !== 0) return this.abort(at, -1, ctx);
    const value = place < 0 ? 0xff : this.read(place, ctx);
    if (((value ^ ctx.pollLast) & ctx.pollMask) === 0 && this.sim.now < ctx.pollDeadline) {
      return ctx.park(place < 0 ? this.lpc.decodeChanged : this.lpc.statusAt(place));
    }
    return place < 0 ? this.abort(at, -1, ctx) : value;
  }

  private read(place: number, ctx: Context): number {
    if (place >= BT_PLACE) {
      this.bt.hostRead(ctx.id, place - BT_PLACE);
      return this.lpc.hostReadAt(place);
    }
    const channel = this.lpc.channels[place >> 1];
    const { str } = channel;
    if ((place & 1) !== 0) this.sim.trace.emit(this.codes.hostStrRead, ctx.id, str, 0, channel.number);
    else this.sim.trace.emit(this.codes.hostOdrRead, ctx.id, channel.odr, str & STR.OBF, channel.number);
    return this.lpc.hostReadAt(place);
  }

  /**
   * A cycle that nobody answers, at its 12th clock and again at its end. It stays in flight in between,
   * by way of a poll that only its own event ends.
   */
  private abort(at: number, value: number, ctx: Context): number {
    if (this.aborting[ctx.id] === 0 && this.abortExtra > 0) {
      this.aborting[ctx.id] = 1;
      this.aborts++;
      ctx.pollDeadline = END_OF_TIME;
      const blocked = ctx.park(this.silence);
      ctx.resample(this.sim.now + this.abortExtra);
      return blocked;
    }
    if (this.aborting[ctx.id] !== 0) {
      this.aborting[ctx.id] = 0;
      this.aborts--;
    }
    this.sim.trace.emit(this.codes.abort, ctx.id, this.address[at], value);
    return value < 0 ? 0xff : 0;
  }

  private redecode(): void {
    const { decoder } = this.lpc;
    this.version = decoder.version;
    for (let at = 0; at < this.address.length; at++) {
      const claims = decoder.claims(this.address[at]);
      this.claims[at] = claims;
      this.responder[at] = decoder.responder(claims);
    }
  }

  // ---- for people and for analysis ----------------------------------------------------------

  private nameOf(operand: number, written: 0 | 1): string {
    const at = operand >> 8;
    return `${this.names[at][written]}(${hex(this.address[at], 3)})`;
  }

  private readFootprint(at: number): Footprint {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    return this.footprints.hostRead(this.responder[at]);
  }

  private writeFootprint(at: number, value: number): Footprint {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    return this.footprints.hostWrite(this.claims[at], value);
  }
}
