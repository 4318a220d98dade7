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
/** Samples of one poll that are drawn; of those beyond, which read the same, there would be files without end. */
const MOST_SAMPLES = 500;

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

/** A sample of a poll that is not over. */
interface Sample {
  readonly at: Ps;
  /** -1: nobody has answered. */
  readonly value: number;
}

/**
 * The LPC bus, clock by clock (LPC 1.1; the tables of {@link LpcBus}). A cycle begins where its step lets it, so
 * cycles share no common edge of LCLK; samples of a poll that were not simulated because they read the same are
 * drawn like those that were.
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
    const polls = new Map<number, { readonly step: number; readonly samples: Sample[] }>();
    const levels: WireLevel[] = [];
    for (const act of tape) {
      const { step } = act;
      const opcode = step === null ? -1 : step.op & 0xff;
      if (step === null || (opcode !== this.bus.inbOp && opcode !== this.bus.outbOp && opcode !== this.bus.pollOp)) continue;
      if (opcode !== this.bus.pollOp) {
        if (step.value !== BLOCKED) this.draw(levels, this.access(act, step));
        continue;
      }
      const known = polls.get(step.actor);
      const samples = known?.step === step.step ? known.samples : [];
      polls.set(step.actor, { step: step.step, samples });
      const last = samples[samples.length - 1];
      // The last cycle of a poll that nobody answers comes twice: at its 12th clock, and at its end.
      const again = this.aborted(act) && last !== undefined && step.at - last.at < this.bus.abortClocks * this.bus.lclk;
      if (!again) samples.push({ at: step.at, value: step.value === BLOCKED ? answerOf(act) : this.aborted(act) ? -1 : step.value });
      if (step.value === BLOCKED) continue;
      for (const sample of between(samples, step.poll?.period ?? 0)) this.draw(levels, this.sample(step.op, sample));
    }
    return levels;
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

  private draw(levels: WireLevel[], cycle: Cycle): void {
    const { from, write, address, byte, wait, answered } = cycle;
    const { lclk, abortClocks } = this.bus;
    let at = from;
    const put = (field: string, nibble: number, length = lclk): void => {
      levels.push({ at, wire: LAD, value: nibble }, { at, wire: FIELD, value: field });
      at += length;
    };
    const data = answered || write ? ` ${write ? ':=' : '='} ${hex(byte)}` : '';
    levels.push({ at, wire: FRAME, value: 0 }, { at, wire: CYCLE, value: `${write ? 'write' : 'read'} ${hex(address, 3)}${data}${answered ? '' : ': nobody answers'}` });
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
  }
}

/** What the host has read in a sample that was in vain; -1: nobody has answered. */
function answerOf({ events }: TapeAct): number {
  return events[0]?.a ?? -1;
}

/** All samples of a poll: between two that were simulated those that read the same as the first of the two. */
function between(samples: readonly Sample[], period: Ps): Sample[] {
  const all: Sample[] = [];
  for (const [i, sample] of samples.entries()) {
    all.push(sample);
    const next = samples[i + 1];
    if (next === undefined || period <= 0) continue;
    for (let at = sample.at + period; at < next.at && all.length < MOST_SAMPLES; at += period) all.push({ at, value: sample.value });
  }
  return all;
}
