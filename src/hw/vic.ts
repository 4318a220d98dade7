import type { Simulator } from '../sim/index.ts';

/** Sources of the AST2500's interrupt controller (aspeed-g5.dtsi). */
export const VIC_LPC = 8;
export const VIC_I2C = 12;

const SOURCES = 64;

/** What the interrupt controller tells the trace. */
export const VIC_EVENTS = {
  /** An input has changed: `a` source, `b` level. */
  source: 'vic.source',
  /** A source was masked or unmasked: `a` source, `b` 1 if it is enabled. */
  enable: 'vic.enable',
  /** The line to the CPU has changed: `a` level, `b` the source that comes first, or -1. */
  line: 'vic.line',
} as const;

/**
 * The vectored interrupt controller of the AST2500 at 0x1e6c0080: 64 sources, each with an enable bit
 * and a sense, ORed into the CPU's IRQ line. The names are those of Linux' irq-aspeed-vic.c.
 *
 * Of a level source the raw status is its input; of an edge source it is set by a rising edge and
 * cleared by {@link Vic.edgeClear}. Words `lo` hold sources 0-31, `hi` 32-63. A handler takes the lowest
 * set bit of lo, then of hi.
 */
export class Vic {
  /** Called when the CPU's IRQ line rises (1) or falls (0). */
  onLine: (level: number) => void = () => {};

  private readonly sim: Simulator;
  private readonly source: number;
  private readonly enable: number;
  private readonly line: number;

  private inputLo = 0;
  private inputHi = 0;
  private latchLo = 0;
  private latchHi = 0;
  private enableLo = 0;
  private enableHi = 0;
  /** 1: level-sensitive. */
  private senseLo = -1;
  private senseHi = -1;
  private level = 0;

  constructor(sim: Simulator) {
    this.sim = sim;
    const lane = 'irq';
    const section = 'Linux irq-aspeed-vic.c';
    this.source = sim.trace.define({
      name: VIC_EVENTS.source, lane, fields: ['source', 'level', 'none'], section,
      text: (a, b) => `interrupt source ${a}${NAMES[a] ?? ''} ${b === 0 ? 'falls' : 'rises'}`,
    });
    this.enable = sim.trace.define({
      name: VIC_EVENTS.enable, lane, fields: ['source', 'enabled', 'none'], section,
      text: (a, b) => `interrupt source ${a}${NAMES[a] ?? ''} ${b === 0 ? 'masked' : 'unmasked'}`,
    });
    this.line = sim.trace.define({
      name: VIC_EVENTS.line, lane, fields: ['level', 'source', 'none'], section,
      text: (a, b) => (a === 0 ? 'IRQ to the BMC falls' : `IRQ to the BMC rises for source ${b}${NAMES[b] ?? ''}`),
    });
  }

  /** After reset all sources are masked and, here, level-sensitive: the sense the device tree gives them. */
  reset(): void {
    this.inputLo = 0;
    this.inputHi = 0;
    this.latchLo = 0;
    this.latchHi = 0;
    this.enableLo = 0;
    this.enableHi = 0;
    this.senseLo = -1;
    this.senseHi = -1;
    this.level = 0;
  }

  /** The BMC is reset while the system runs: all is masked, the CPU's line falls, inputs stay. */
  bmcReset(): void {
    this.enableLo = 0;
    this.enableHi = 0;
    this.latchLo = 0;
    this.latchHi = 0;
    this.senseLo = -1;
    this.senseHi = -1;
    this.settle();
  }

  /** The input of `source` is at `level` (0 or 1). */
  raise(source: number, level: number): void {
    const bit = bitOf(source);
    if (source < 32) {
      if (((this.inputLo & bit) !== 0) === (level !== 0)) return;
      this.inputLo ^= bit;
      if (level !== 0) this.latchLo |= bit;
    } else {
      if (((this.inputHi & bit) !== 0) === (level !== 0)) return;
      this.inputHi ^= bit;
      if (level !== 0) this.latchHi |= bit;
    }
    this.sim.trace.emit(this.source, -1, source, level);
    this.settle();
  }

  /** Which sources ask, masked or not: inputs where level-sensitive, seen edges elsewhere. */
  get rawLo(): number {
    return ((this.inputLo & this.senseLo) | (this.latchLo & ~this.senseLo)) >>> 0;
  }

  get rawHi(): number {
    return ((this.inputHi & this.senseHi) | (this.latchHi & ~this.senseHi)) >>> 0;
  }

  /** Which enabled sources ask: what the handler reads. */
  get statusLo(): number {
    return this.askingLo() >>> 0;
  }

  get statusHi(): number {
    return this.askingHi() >>> 0;
  }

  /** The status words as int32: most uses need no conversion to unsigned. */
  private askingLo(): number {
    return ((this.inputLo & this.senseLo) | (this.latchLo & ~this.senseLo)) & this.enableLo;
  }

  private askingHi(): number {
    return ((this.inputHi & this.senseHi) | (this.latchHi & ~this.senseHi)) & this.enableHi;
  }

  /** The source that the handler takes next: the lowest that asks and is enabled; -1: none. */
  next(): number {
    const lo = this.askingLo();
    if (lo !== 0) return 31 - Math.clz32(lo & -lo);
    const hi = this.askingHi();
    return hi === 0 ? -1 : 63 - Math.clz32(hi & -hi);
  }

  /** Disables `source` (a write to the enable-clear register). */
  mask(source: number): void {
    this.setEnable(source, false);
  }

  /** Enables `source`. A level source that asks interrupts at once. */
  unmask(source: number): void {
    this.setEnable(source, true);
  }

  /** Makes `source` level-sensitive, or sensitive to rising edges. */
  sense(source: number, level: boolean): void {
    const bit = bitOf(source);
    if (source < 32) this.senseLo = level ? this.senseLo | bit : this.senseLo & ~bit;
    else this.senseHi = level ? this.senseHi | bit : this.senseHi & ~bit;
    this.settle();
  }

  /** Forgets the edge that `source` has latched. */
  edgeClear(source: number): void {
    if (source < 32) this.latchLo &= ~bitOf(source);
    else this.latchHi &= ~bitOf(source);
    this.settle();
  }

  private setEnable(source: number, enabled: boolean): void {
    const bit = bitOf(source);
    if (source < 32) this.enableLo = enabled ? this.enableLo | bit : this.enableLo & ~bit;
    else this.enableHi = enabled ? this.enableHi | bit : this.enableHi & ~bit;
    this.sim.trace.emit(this.enable, -1, source, enabled ? 1 : 0);
    this.settle();
  }

  private settle(): void {
    const level = (this.askingLo() | this.askingHi()) === 0 ? 0 : 1;
    if (level === this.level) return;
    this.level = level;
    this.sim.trace.emit(this.line, -1, level, this.next());
    this.onLine(level);
  }
}

const NAMES: Readonly<Record<number, string>> = { [VIC_LPC]: ' (LPC)', [VIC_I2C]: ' (I2C)' };

function bitOf(source: number): number {
  if (!(source >= 0 && source < SOURCES)) throw new RangeError(`the VIC has no source ${source}`);
  return 1 << (source & 31);
}
