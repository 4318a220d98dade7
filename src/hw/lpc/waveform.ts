import { BLOCKED, type Op, type OpTable, type Ps, type TapeAct, type TapeStep, type Waveform, type Wire, type WireLevel } from '../../sim/index.ts';
import { hex } from './registers.ts';

/** What the waveform has to know of the bus. */
export interface LpcWires {
  readonly ops: OpTable;
  readonly inbOp: Op;
  readonly outbOp: Op;
  readonly pollOp: Op;
  /** Code of the event of a cycle that nobody answered. */
  readonly abortCode: number;
  /** One clock of LCLK, ps. */
  readonly lclk: Ps;
  /** Clocks after which data have moved, and clocks of a cycle that nobody answers. */
  readonly updateClocks: number;
  readonly abortClocks: number;
  /** Wait states of every cycle. */
  readonly waitStates: number;
  /** The address behind an operand's port. */
  addressOf(port: number): number;
}

const FRAME = 'lpc.LFRAME_n';
const LAD = 'lpc.LAD';
const FIELD = 'lpc.field';
const CYCLE = 'lpc.cycle';

/** LAD while it floats, and in turn-arounds. */
const TAR = 0xf;
const SYNC_READY = 0b0000;
const SYNC_SHORT_WAIT = 0b0101;
const READ = 0b0000;
const WRITE = 0b0010;
/**
 * Of more samples of a poll than {@link MOST_ALIKE} in a row that read the same, which would make files without end, so
 * many are drawn at either end of the row; over the others `lpc.cycle` says how many they are.
 */
const MOST_ALIKE = 500;
const DRAWN_ALIKE = 20;

/** One I/O cycle of the host. */
interface Cycle {
  /** Its START, ps. */
  readonly from: Ps;
  readonly write: boolean;
  readonly address: number;
  readonly byte: number;
  /** SYNC wait states in all, ps. */
  readonly wait: Ps;
  readonly answered: boolean;
}

/** A sample of a poll that was simulated. */
interface Sample {
  readonly at: Ps;
  /** -1: nobody has answered. */
  readonly value: number;
}

/** A poll, from its first sample to its last; to the end of the run if it is still under way there. */
interface Poll {
  readonly op: Op;
  readonly step: number;
  readonly samples: Sample[];
  /** How far apart samples are, ps; 0: the recording does not tell. */
  period: Ps;
  /** Samples behind the last that was simulated, which read the same. */
  rest: number;
}

/** Samples in a row that read the same, at equal distances. */
interface Row extends Sample {
  readonly count: number;
}

/**
 * The LPC bus, clock by clock (LPC 1.1; the tables of {@link LpcBus}). A cycle begins where its step lets it, so
 * cycles share no common edge of LCLK; samples of a poll that were not simulated because they read the same are
 * drawn like those that were, up to {@link MOST_ALIKE}.
 */
export class LpcWaveform implements Waveform {
  readonly wires: readonly Wire[] = [
    { name: FRAME, width: 1, idle: 1 }, { name: LAD, width: 4, idle: TAR }, { name: FIELD, width: 0, idle: '' }, { name: CYCLE, width: 0, idle: '' },
  ];
  readonly clock: Ps;
  private readonly bus: LpcWires;

  constructor(bus: LpcWires) {
    this.bus = bus;
    this.clock = bus.lclk;
  }

  levels(tape: readonly TapeAct[]): readonly WireLevel[] {
    const polls: Poll[] = [];
    /** By context: its latest. */
    const latest = new Map<number, Poll>();
    const levels: WireLevel[] = [];
    for (const act of tape) {
      const { step } = act;
      const opcode = step === null ? -1 : step.op & 0xff;
      if (step === null || (opcode !== this.bus.inbOp && opcode !== this.bus.outbOp && opcode !== this.bus.pollOp)) continue;
      if (opcode !== this.bus.pollOp) {
        if (step.value !== BLOCKED) this.draw(levels, this.access(act, step));
        continue;
      }
      let poll = latest.get(step.actor);
      if (poll?.step !== step.step) {
        poll = { op: step.op, step: step.step, samples: [], period: 0, rest: 0 };
        latest.set(step.actor, poll);
        polls.push(poll);
      }
      this.sampled(poll, act, step);
    }
    const gaps = polls.flatMap((poll) => this.drawPoll(levels, poll));
    return gaps.length === 0 ? levels : labelled(levels, gaps);
  }

  private sampled(poll: Poll, act: TapeAct, step: TapeStep): void {
    const { samples } = poll;
    const last = samples[samples.length - 1];
    // The last cycle of a poll that nobody answers comes twice: at its 12th clock, and at its end.
    const again = this.aborted(act) && last !== undefined && step.at - last.at < this.bus.abortClocks * this.bus.lclk;
    if (!again) samples.push({ at: step.at, value: step.value === BLOCKED ? answerOf(act) : this.aborted(act) ? -1 : step.value });
    if (step.poll === undefined) return;
    poll.period = step.poll.period;
    // One that is under way at the end of the run goes on looking until then.
    if (step.value === BLOCKED) poll.rest = step.poll.samples - rowsOf(poll).reduce((sum, { count }) => sum + count, 0);
  }

  /** Draws the cycles of a poll; returns where some are left out. */
  private drawPoll(levels: WireLevel[], poll: Poll): Gap[] {
    const gaps: Gap[] = [];
    const { op, period } = poll;
    for (const { at, value, count } of rowsOf(poll)) {
      const drawTo = (from: number, to: number): Ps => {
        let end = at;
        for (let i = from; i < to; i++) end = this.draw(levels, this.sample(op, { at: at + i * period, value }));
        return end;
      };
      if (count <= MOST_ALIKE) {
        drawTo(0, count);
        continue;
      }
      const from = drawTo(0, DRAWN_ALIKE);
      drawTo(count - DRAWN_ALIKE, count);
      const next = this.sample(op, { at: at + (count - DRAWN_ALIKE) * period, value });
      gaps.push({ from, to: next.from, text: `${count - 2 * DRAWN_ALIKE} x ${cycleText(next)}: not drawn` });
    }
    return gaps;
  }

  /** The cycle of `inb` or `outb`. */
  private access(act: TapeAct, { op, issuedAt, at, value }: TapeStep): Cycle {
    const { bus } = this;
    const operand = (op >> 8) & 0x7fff;
    const write = (op & 0xff) === bus.outbOp;
    const base = { write, address: bus.addressOf(operand >> 8), byte: write ? operand & 0xff : value & 0xff };
    const late = at - issuedAt - bus.ops.def(op).lead;
    if (this.aborted(act)) return { ...base, from: at - (bus.abortClocks - 1) * bus.lclk, wait: 0, answered: false };
    const wait = bus.waitStates * bus.lclk + late;
    return { ...base, from: at - bus.updateClocks * bus.lclk - wait, wait, answered: true };
  }

  private aborted(act: TapeAct): boolean {
    return act.events.some(({ code }) => code === this.bus.abortCode);
  }

  private sample(op: Op, { at, value }: Sample): Cycle {
    const { bus } = this;
    const wait = bus.waitStates * bus.lclk;
    const from = value < 0 ? at - bus.updateClocks * bus.lclk : at - bus.updateClocks * bus.lclk - wait;
    return { from, write: false, address: bus.addressOf(((op >> 8) & 0x7fff) >> 8), byte: value & 0xff, wait: value < 0 ? 0 : wait, answered: value >= 0 };
  }

  /** Draws a cycle; returns its end, ps. */
  private draw(levels: WireLevel[], cycle: Cycle): Ps {
    const { from, write, address, byte, wait, answered } = cycle;
    const { lclk, abortClocks } = this.bus;
    let at = from;
    const put = (field: string, nibble: number, length = lclk): void => {
      levels.push({ at, wire: LAD, value: nibble }, { at, wire: FIELD, value: field });
      at += length;
    };
    levels.push({ at, wire: FRAME, value: 0 }, { at, wire: CYCLE, value: cycleText(cycle) });
    put('START', 0);
    levels.push({ at, wire: FRAME, value: 1 });
    put('CYCTYPE', write ? WRITE : READ);
    for (const shift of [12, 8, 4, 0]) put('ADDR', (address >> shift) & 0xf);
    if (write) {
      put('DATA', byte & 0xf);
      put('DATA', byte >> 4);
    }
    put('TAR', TAR, 2 * lclk);
    if (answered) {
      if (wait > 0) put('WAIT', SYNC_SHORT_WAIT, wait);
      put('SYNC', SYNC_READY);
      if (!write) {
        put('DATA', byte & 0xf);
        put('DATA', byte >> 4);
      }
      put('TAR', TAR, 2 * lclk);
    } else {
      // Three clocks without SYNC, then LFRAME# is low until the end, at least four clocks.
      put('no SYNC', TAR, 3 * lclk);
      levels.push({ at, wire: FRAME, value: 0 });
      put('ABORT', TAR, Math.max(0, from + abortClocks * lclk - at));
      levels.push({ at, wire: FRAME, value: 1 });
    }
    levels.push({ at, wire: LAD, value: TAR }, { at, wire: FIELD, value: '' }, { at, wire: CYCLE, value: '' });
    return at;
  }
}

/** Cycles that are left out, from the end of the one before to START of the one behind, ps. */
interface Gap {
  readonly from: Ps;
  readonly to: Ps;
  readonly text: string;
}

/** `read CA3h = 40h`. */
function cycleText({ write, address, byte, answered }: Cycle): string {
  const data = answered || write ? ` ${write ? ':=' : '='} ${hex(byte)}` : '';
  return `${write ? 'write' : 'read'} ${hex(address, 3)}${data}${answered ? '' : ': nobody answers'}`;
}

/** Says over each gap what is left out, from its beginning and behind each cycle of another CPU of the host within it. */
function labelled(levels: readonly WireLevel[], gaps: readonly Gap[]): WireLevel[] {
  return levels.map((level) => {
    const gap = level.wire === CYCLE && level.value === '' ? gaps.find(({ from, to }) => from <= level.at && level.at < to) : undefined;
    return gap === undefined ? level : { ...level, value: gap.text };
  });
}

/** What the host has read in a sample that was in vain; -1: nobody has answered. */
function answerOf({ events }: TapeAct): number {
  return events[0]?.a ?? -1;
}

/** All samples of a poll: those that were not simulated read the same as the one before them that was. */
function rowsOf({ samples, period, rest }: Poll): Row[] {
  return samples.map((sample, i): Row => {
    const next = samples[i + 1];
    const count = period <= 0 ? 1 : next === undefined ? 1 + rest : Math.max(1, Math.ceil((next.at - sample.at) / period));
    return { ...sample, count };
  });
}
