import type { Ps, TapeAct, Waveform, Wire, WireLevel } from '../sim/index.ts';
import { FRAME_CLOCKS, RECOVERY_CLOCKS, sampleClock, type SerirqFormat } from './serirq-format.ts';

/** What the waveform has to know of the line. */
export interface SerirqWires {
  readonly format: SerirqFormat;
  /** One clock of LCLK, ps. */
  readonly lclk: Ps;
  /** Codes of `serirq.request`, `serirq.slot` and `serirq.sample`. */
  readonly requestCode: number;
  readonly slotCode: number;
  readonly sampleCode: number;
}

const LINE = 'serirq.SERIRQ';
const PHASE = 'serirq.phase';

/**
 * SERIRQ, clock by clock (Serialized IRQ 6.0): start frame, a frame of three clocks for each interrupt, stop frame.
 * Only sequences that carry a change are drawn; in continuous mode the host runs others, all alike, between them.
 *
 * A device drives its slot's S clock low while its interrupt is not requested, as ISA's active-high sense wants it and
 * as the BMC's drivers choose it (SEL3IRQX and the like), and high in the R clock behind it. Slots of interrupts that
 * the BMC never requests float high.
 */
export class SerirqWaveform implements Waveform {
  readonly wires: readonly Wire[] = [{ name: LINE, width: 1, idle: 1 }, { name: PHASE, width: 0, idle: '' }];
  readonly clock: Ps;
  private readonly serirq: SerirqWires;

  constructor(serirq: SerirqWires) {
    this.serirq = serirq;
    this.clock = serirq.lclk;
  }

  levels(tape: readonly TapeAct[]): readonly WireLevel[] {
    const { requestCode, slotCode, sampleCode } = this.serirq;
    const owned = new Set<number>();
    const starts = new Set<Ps>();
    /** Every change as the host has sampled it: interrupt, time, level. */
    const sampled: (readonly [irq: number, at: Ps, level: number])[] = [];
    for (const { events } of tape) {
      for (const { code, at, a, b } of events) {
        if (code === requestCode) owned.add(a);
        else if (code === slotCode) starts.add(b);
        else if (code === sampleCode) sampled.push([a, at, b]);
      }
    }
    const levels: WireLevel[] = [];
    const requested = (irq: number, at: Ps): boolean => (sampled.findLast(([of, when]) => of === irq && when <= at)?.[2] ?? 0) !== 0;
    for (const start of [...starts].sort((one, other) => one - other)) this.draw(levels, start, [...owned].sort((one, other) => one - other), requested);
    return levels;
  }

  private draw(levels: WireLevel[], start: Ps, owned: readonly number[], requested: (irq: number, at: Ps) => boolean): void {
    const { lclk, format } = this.serirq;
    const at = (clock: number): Ps => start + clock * lclk;
    const line = (clock: number, value: 0 | 1): void => void levels.push({ at: at(clock), wire: LINE, value });
    const phase = (clock: number, value: string): void => void levels.push({ at: at(clock), wire: PHASE, value });
    phase(0, 'START');
    line(0, 0);
    line(format.startClocks, 1);
    for (const irq of owned) {
      const clock = sampleClock(irq, format.startClocks);
      phase(clock, `IRQ${irq}`);
      phase(clock + FRAME_CLOCKS, '');
      if (requested(irq, at(clock))) continue;
      line(clock, 0);
      line(clock + 1, 1);
    }
    const stop = format.startClocks + RECOVERY_CLOCKS + FRAME_CLOCKS * format.frames;
    phase(stop, 'STOP');
    line(stop, 0);
    line(stop + format.stopClocks, 1);
    phase(stop + format.stopClocks + RECOVERY_CLOCKS, '');
  }
}
