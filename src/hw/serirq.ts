import { END_OF_TIME, alignUp, type Ps, type Simulator, type Waveform } from '../sim/index.ts';
import { nextSlot, sampleClock, sequenceClocks, stopClocks, type SerirqFormat } from './serirq-format.ts';
import { SerirqWaveform } from './serirq-waveform.ts';

/** The host's settings of SerIRQ. */
export interface SerirqParams {
  /** One clock of LCLK, ps. */
  readonly lclk: Ps;
  /** 0: continuous mode, 1: quiet mode. */
  readonly serirqQuiet: number;
  /** Clocks for which the start frame is low: 4, 6 or 8. */
  readonly serirqStartClocks: number;
  /** IRQ/data frames in a sequence: 17 to 32. */
  readonly serirqFrames: number;
  /** Clocks between the end of one sequence and the start of the next, 2 or more. */
  readonly serirqGapClocks: number;
  /** Continuous mode: when some sequence starts, ps. */
  readonly serirqPhase: Ps;
}

/** What SerIRQ tells the trace. */
export const SERIRQ_EVENTS = {
  /** A device's line has changed: `a` IRQ, `b` level. */
  request: 'serirq.request',
  /** The sequence that will carry it: `a` IRQ, `b` start of the sequence (ps), `c` its sample (ps). */
  slot: 'serirq.slot',
  /** The host has sampled a change: `a` IRQ, `b` level, `c` how long after the change (ps). */
  sample: 'serirq.sample',
} as const;

/** Steps in which the schedule may shift continuous mode's phase. */
const PHASES = 8;
const LINES = 16;

/**
 * The serialized interrupt line: carries each device's requests to the host, frame by frame
 * (Serialized IRQ 6.0). No clock is simulated; for each change the slot that carries it is computed.
 *
 * Continuous mode: the host runs one sequence after another. Quiet mode: the line rests, and a device
 * starts a sequence on every change of its request, rise or fall, unless its slot is still ahead in
 * the running one. In both modes a change that misses its slot's sample by less than a clock waits for
 * the next sequence; and a request that comes and goes between two samples is never seen.
 *
 * Since the fall takes a frame as well, a host that ends its interrupt right after it has read ODR may
 * find the line still high and be interrupted once more for nothing.
 *
 * `level` is 1 while the interrupt is requested, whatever sense the wire has.
 */
export class Serirq {
  /** Called when the host samples a change. */
  onHost: (irq: number, level: number) => void = () => {};

  private readonly sim: Simulator;
  private readonly lclk: Ps;
  private readonly quiet: boolean;
  private readonly format: SerirqFormat;
  private readonly phase: Ps;
  private readonly length: Ps;
  private readonly gap: Ps;
  /** From the start of a sequence to each IRQ's sample, ps. */
  private readonly offset = new Float64Array(LINES);
  private readonly slot: number;
  private readonly requestCode: number;
  private readonly slotCode: number;
  private readonly sampleCode: number;

  /** As the devices drive them, as the host has last seen them, and as the pending slots carry them. */
  private lines = 0;
  private seen = 0;
  private carried = 0;
  /** IRQs with a change under way, and those that changed once more after their slot was fixed. */
  private pending = 0;
  private again = 0;
  /** When the host samples each pending IRQ, and when it changed. */
  private readonly sampleAt = new Float64Array(LINES);
  private readonly changedAt = new Float64Array(LINES);
  /** Quiet mode: when the running (or last) sequence started, and the one that waits behind it. */
  private start: Ps = -1;
  private queued: Ps = -1;
  /** Continuous mode: the phase of this run, -1 before it is needed. */
  private origin: Ps = -1;

  constructor(sim: Simulator, params: SerirqParams) {
    this.sim = sim;
    this.lclk = params.lclk;
    this.quiet = params.serirqQuiet !== 0;
    this.phase = params.serirqPhase;
    const format = serirqFormat(params);
    this.format = format;
    this.length = sequenceClocks(format) * this.lclk;
    this.gap = params.serirqGapClocks * this.lclk;
    for (let irq = 0; irq < LINES; irq++) this.offset[irq] = sampleClock(irq, format.startClocks) * this.lclk;
    this.slot = sim.slot(this);
    const lane = 'serirq';
    const section = 'Serialized IRQ 6.0';
    this.requestCode = sim.trace.define({
      name: SERIRQ_EVENTS.request, lane, fields: ['irq', 'level', 'none'], section,
      text: (a, b) => `BMC ${b === 0 ? 'withdraws' : 'requests'} IRQ${a}`,
    });
    this.slotCode = sim.trace.define({
      name: SERIRQ_EVENTS.slot, lane, fields: ['irq', 'start', 'sample'], section,
      text: (a, b, c) => `IRQ${a} is sampled at ${c} ps, in the sequence from ${b} ps`,
    });
    this.sampleCode = sim.trace.define({
      name: SERIRQ_EVENTS.sample, lane, fields: ['irq', 'level', 'latency'], section,
      text: (a, b) => `host samples IRQ${a} ${b === 0 ? 'low' : 'high'}`,
    });
  }

  reset(): void {
    this.lines = 0;
    this.seen = 0;
    this.carried = 0;
    this.pending = 0;
    this.again = 0;
    this.start = -1;
    this.queued = -1;
    this.origin = -1;
    this.sim.queue.cancel(this.slot);
  }

  /** The line, clock by clock. */
  waveform(): Waveform {
    const { format, lclk, requestCode, slotCode, sampleCode } = this;
    return new SerirqWaveform({ format, lclk, requestCode, slotCode, sampleCode });
  }

  /** Whether the host sees `irq` requested. */
  level(irq: number): number {
    return (this.seen >> irq) & 1;
  }

  /** A device begins (1) or ends (0) to request `irq`. */
  set(irq: number, level: number): void {
    const bit = 1 << irq;
    if (((this.lines & bit) !== 0) === (level !== 0)) return;
    const { now } = this.sim;
    this.lines ^= bit;
    this.sim.trace.emit(this.requestCode, -1, irq, level);
    if ((this.pending & bit) === 0) {
      this.assign(irq);
      return;
    }
    if (now + this.lclk <= this.sampleAt[irq]) {
      this.carried ^= bit;
      this.changedAt[irq] = now;
    } else {
      this.again ^= bit; // too late for this slot; a second change within the same clock undoes it
    }
  }

  /** A slot has come: the host samples. */
  fire(): void {
    const { now } = this.sim;
    for (let rest = this.pending; rest !== 0; rest &= rest - 1) {
      const irq = 31 - Math.clz32(rest & -rest);
      if (this.sampleAt[irq] <= now) this.sample(irq);
    }
    this.arm();
  }

  private sample(irq: number): void {
    const bit = 1 << irq;
    this.pending &= ~bit;
    if (((this.seen ^ this.carried) & bit) !== 0) {
      this.seen ^= bit;
      const level = (this.seen >> irq) & 1;
      this.sim.trace.emit(this.sampleCode, -1, irq, level, this.sim.now - this.changedAt[irq]);
      this.onHost(irq, level);
    }
    if ((this.again & bit) === 0) return;
    this.again &= ~bit;
    this.assign(irq);
  }

  /** Finds the slot that carries the level that `irq` has now. */
  private assign(irq: number): void {
    const bit = 1 << irq;
    const { now } = this.sim;
    const start = this.quiet ? this.quietStart(irq, now) : this.continuousStart(irq, now);
    this.pending |= bit;
    this.carried = (this.carried & ~bit) | (this.lines & bit);
    this.changedAt[irq] = now;
    this.sampleAt[irq] = start + this.offset[irq];
    this.sim.trace.emit(this.slotCode, -1, irq, start, this.sampleAt[irq]);
    this.arm();
  }

  /** Quiet mode: the running sequence if it still can, the next one if not, or a new one now. */
  private quietStart(irq: number, now: Ps): Ps {
    if (this.queued >= 0 && now >= this.queued) {
      this.start = this.queued;
      this.queued = -1;
    }
    if (this.start >= 0) {
      if (now + this.lclk <= this.start + this.offset[irq]) return this.start;
      const next = this.start + this.length + this.gap;
      if (now < next) {
        this.queued = next;
        return next;
      }
    }
    this.start = alignUp(now, this.lclk);
    return this.start;
  }

  /** Continuous mode: sequences follow one another from the phase on. */
  private continuousStart(irq: number, now: Ps): Ps {
    const period = this.length + this.gap;
    if (this.origin < 0) {
      const step = this.sim.choose('timing', 'serirq', 0, PHASES, 'phase');
      this.origin = (this.phase + Math.floor((period * step) / PHASES)) % period;
    }
    const offset = this.offset[irq];
    return nextSlot(now + this.lclk, this.origin + offset, period) - offset;
  }

  private arm(): void {
    let due = END_OF_TIME;
    for (let rest = this.pending; rest !== 0; rest &= rest - 1) {
      const at = this.sampleAt[31 - Math.clz32(rest & -rest)];
      if (at < due) due = at;
    }
    if (due === END_OF_TIME) this.sim.queue.cancel(this.slot);
    else this.sim.queue.schedule(this.slot, due, false);
  }
}

/** The format of sequences under these settings. */
export function serirqFormat(params: SerirqParams): SerirqFormat {
  return {
    startClocks: params.serirqStartClocks,
    frames: params.serirqFrames,
    stopClocks: stopClocks(params.serirqQuiet !== 0),
  };
}
