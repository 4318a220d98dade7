import { NS, type Context, type Footprint, type Op, type Ps, type Simulator, type Steps } from '../../sim/index.ts';

/** Bytes of memory behind the window that are modelled; no more is ever used. */
const MODELLED = 4096;
const WORD = 4;
/** In an operand the byte enables stand above the index of the word. */
const ENABLES = 10;
const INDEX = (1 << ENABLES) - 1;
/** Words that are one object for whoever reduces orders. */
const BLOCK = 16;

/** What the accesses cost, ps. */
export interface FwWindowParams {
  /** A firmware cycle of up to 4 bytes over LPC, from the host's instruction to its end. */
  readonly lpcFwCycle: Ps;
  /** An access of the BMC's CPU to the memory, which is mapped uncached. */
  readonly windowAccess: Ps;
}

/** Who accesses the window. */
export type WindowSide = 'host' | 'bmc';

/**
 * Memory of the BMC that the host reaches by LPC firmware cycles (HICR7, HICR8 and the LPC-to-AHB bridge): the window of
 * MCTP over LPC. Each word of 4 bytes is a step of its own, so that one side can see half of what the other writes.
 */
export class FwWindow {
  readonly bytes = new Uint8Array(MODELLED);
  private readonly sim: Simulator;
  private readonly written: number;
  private readonly ops: Readonly<Record<WindowSide, { readonly read: Op; readonly write: Op }>>;

  constructor(sim: Simulator, { lpcFwCycle, windowAccess }: FwWindowParams) {
    this.sim = sim;
    this.written = sim.trace.define({
      name: 'lpc.fw.write', lane: 'lpc', fields: ['offset', 'word', 'none'], section: 'LPC 1.1, firmware cycles',
      text: (offset, word) => `window at ${offset.toString(16).toUpperCase().padStart(3, '0')}h := ${(word >>> 0).toString(16).toUpperCase().padStart(8, '0')}h`,
    });
    const touches = (operand: number): readonly number[] => [sim.ops.object(`LPC window ${Math.floor((operand & INDEX) / BLOCK)}`)];
    const at = (operand: number): string => `${((operand & INDEX) * WORD).toString(16).toUpperCase().padStart(3, '0')}h`;
    const define = (label: string, lead: Ps, exec: (operand: number, ctx: Context) => number, footprint: (operand: number) => Footprint): Op => (
      sim.ops.define({ label, kind: 'access', lead, exec, footprint, describe: (operand) => `${label} at ${at(operand)}` })
    );
    const reads = (operand: number): Footprint => ({ reads: touches(operand), writes: [] });
    const writes = (operand: number): Footprint => ({ reads: [], writes: touches(operand) });
    const pair = (name: string, lead: Ps) => ({
      read: define(`${name} read`, lead, (operand, ctx) => this.readWord(operand, ctx), reads),
      write: define(`${name} write`, lead, (operand, ctx) => this.writeWord(operand, ctx), writes),
    });
    this.ops = { host: pair('LPC firmware', lpcFwCycle), bmc: pair('window', windowAccess) };
    sim.onReset(() => {
      this.bytes.fill(0);
    });
  }

  /** Copies `length` bytes from `offset` on to the beginning of `to`, a word a step. */
  *read(side: WindowSide, to: Uint8Array, offset: number, length: number): Steps {
    this.check(offset, length);
    for (let at = offset - (offset % WORD); at < offset + length; at += WORD) {
      yield this.ops[side].read | ((at / WORD) << 8);
      const word = this.sim.current!.arg;
      for (let i = Math.max(at, offset); i < Math.min(at + WORD, offset + length); i++) to[i - offset] = word >>> (8 * (i - at));
    }
  }

  /** Copies the first `length` bytes of `from` to `offset`, a word a step. */
  *write(side: WindowSide, from: Uint8Array, offset: number, length: number): Steps {
    this.check(offset, length);
    for (let at = offset - (offset % WORD); at < offset + length; at += WORD) {
      let word = 0;
      let enables = 0;
      for (let i = Math.max(at, offset); i < Math.min(at + WORD, offset + length); i++) {
        word |= from[i - offset] << (8 * (i - at));
        enables |= 1 << (i - at);
      }
      this.sim.current!.arg = word;
      yield this.ops[side].write | ((at / WORD) << 8) | (enables << (8 + ENABLES));
    }
  }

  private check(offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= MODELLED)) throw new RangeError(`${length} bytes at ${offset} are not in the window`);
  }

  private readWord(operand: number, ctx: Context): number {
    const at = (operand & INDEX) * WORD;
    const { bytes } = this;
    ctx.arg = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    return 0;
  }

  private writeWord(operand: number, ctx: Context): number {
    const at = (operand & INDEX) * WORD;
    const { bytes } = this;
    for (let i = 0; i < WORD; i++) if (((operand >> (ENABLES + i)) & 1) !== 0) bytes[at + i] = ctx.arg >>> (8 * i);
    this.sim.trace.emit(this.written, ctx.id, at, (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
    return 0;
  }
}

/** Both are judgement: 21 clocks of LCLK for a cycle of 4 bytes and what the host's bridges add; DRAM of the BMC. */
export const FW_WINDOW_DEFAULTS: FwWindowParams = { lpcFwCycle: 1200 * NS, windowAccess: 100 * NS };
