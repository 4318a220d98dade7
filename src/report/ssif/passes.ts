import { hex, siteOf } from '../names.ts';
import { nameOf, type Act, type Recording, type StepEntry } from '../recording.ts';
import { runsOf, type HandlerRun } from '../runs.ts';
import { Intr, SlaveEvent } from './text.ts';

/** What of INTR_STS a bus driver looks at (ASPEED_I2CD_INTR_RECV_MASK). */
const LOOKED_AT = 0xf000_ffff;
/** In `i2c.dev_err`: bits of the status were not handled. */
const NOT_HANDLED = 3;
/** The step by which the handler learns why it was called. */
const STATUS_READ = /(?:^|: )INTR_STS read$/;
/** Registers of the bus. */
const REGISTER = /(?:^|: )(?:INTR_STS|CMD|BYTE_BUF)(?: read| :=|$)/;

/** One pass of the bus driver's interrupt handler. */
export interface Pass {
  readonly run: HandlerRun;
  /** Index of the act at which it read the status, and what it read. */
  readonly act: number;
  readonly status: number;
  /** What it made of that, for the backend. */
  readonly events: readonly { readonly event: number; readonly value: number }[];
  /** Events that the status stands for, and that the backend was not told. */
  readonly lost: readonly number[];
  /** Bits that it said it had no use for. */
  readonly unhandled: number;
  /** Other complaints. */
  readonly complaints: readonly string[];
  /** The backend's states, the one before the pass first. */
  readonly states: readonly string[];
  /** The byte that it gave the host; -1: none. */
  readonly gives: number;
  /** It asked for a NAK of the next byte. */
  readonly refuses: boolean;
}

/** Whether an act accesses a register of the bus. */
export function accessesBus({ ops }: Recording, { step }: Act): boolean {
  return step !== null && REGISTER.test(ops.label(step.op));
}

/** The state of the backend before anything has happened. */
const FIRST_STATE = 'SSIF_READY';

/** The states of the backend that each act has led to, the one before first. */
export function transitions({ phases }: Recording): ReadonlyMap<number, readonly [string, string]> {
  let before = FIRST_STATE;
  const all = new Map<number, readonly [string, string]>();
  for (const [act, phase] of [...phases].sort(([one], [other]) => one - other)) {
    if (phase !== before) all.set(act, [before, phase]);
    before = phase;
  }
  return all;
}

/** Every pass of the handler that has read the status of its bus. */
export function passesOf(recording: Recording): readonly Pass[] {
  const moves = transitions(recording);
  const passes: Pass[] = [];
  const bus = new BusReality();
  for (const run of runsOf(recording, (act) => accessesBus(recording, act))) {
    const act = run.acts.find((index) => isStatusRead(recording, recording.acts[index].step));
    if (act === undefined) continue;
    const status = (recording.acts[act].step!.value & LOOKED_AT) >>> 0;
    const told = run.acts.flatMap((index) => recording.acts[index].events);
    const events = told.filter((event) => nameOf(recording, event) === 'i2c.slave_event').map(({ a, b }) => ({ event: a, value: b }));
    const errors = told.filter((event) => nameOf(recording, event) === 'i2c.dev_err');
    const unhandled = errors.filter(({ a }) => a === NOT_HANDLED).reduce((bits, { b, c }) => bits | (b & ~c), 0);
    const complaints = errors.filter(({ a }) => a !== NOT_HANDLED).map(({ code, a, b, c }) => recording.kinds[code].text(a, b, c));
    const written = run.acts.map((index) => writeText(recording, recording.acts[index].step));
    const given = written.findLast((text) => text.startsWith('BYTE_BUF := '));
    passes.push({
      run, act, status, events, unhandled, complaints,
      lost: run.handled === undefined ? [] : bus.lost(status, events.map(({ event }) => event)),
      states: chain(run.acts.flatMap((index) => moves.get(index) ?? [])),
      gives: given === undefined ? -1 : Number.parseInt(given.slice('BYTE_BUF := '.length), 16) & 0xff,
      refuses: written.some((text) => /^CMD := .*RX_CMD_LAST/.test(text)),
    });
  }
  return passes;
}

function isStatusRead({ ops }: Recording, step: StepEntry | null): boolean {
  return step !== null && STATUS_READ.test(ops.label(step.op));
}

/** `BYTE_BUF := 09h`; empty: the step writes no register. */
function writeText({ ops }: Recording, step: StepEntry | null): string {
  if (step === null || !REGISTER.test(ops.label(step.op))) return '';
  const text = ops.describe(step.op).replace(/^.*?: /, '');
  return text.includes(' := ') ? text : '';
}

/** A step by name, with what was read or written. */
export function registerStep(recording: Recording, step: StepEntry, plain: string): string {
  const write = writeText(recording, step);
  if (write !== '') return write;
  const { step: name } = siteOf(recording.ops.label(step.op));
  return /^(?:INTR_STS|BYTE_BUF) read$/.test(name) ? `${name}: ${hex(step.value & LOOKED_AT)}` : plain;
}

function chain(pairs: readonly string[]): readonly string[] {
  return pairs.filter((state, i) => i === 0 || state !== pairs[i - 1]);
}

/** What has really happened on the bus, as the status words tell it. */
class BusReality {
  /** A transfer has begun, and its end has not come. */
  private open = false;

  /** Which of the events that `status` stands for are not among those `delivered`. */
  lost(status: number, delivered: readonly number[]): readonly number[] {
    const missing: number[] = [];
    if (this.open && (status & (Intr.STOP | Intr.TX_NAK)) !== 0) {
      this.open = false;
      if (!delivered.includes(SlaveEvent.STOP)) missing.push(SlaveEvent.STOP);
    }
    if ((status & Intr.SLAVE_MATCH) !== 0) {
      this.open = true;
      const begun = delivered.includes(SlaveEvent.WRITE_REQUESTED) || delivered.includes(SlaveEvent.READ_REQUESTED);
      if (!begun) missing.push((status & Intr.RX_DONE) === 0 ? SlaveEvent.WRITE_REQUESTED : REQUESTED);
    }
    return missing;
  }
}

/** A transfer begins, in either direction: nobody has looked at the address. */
export const REQUESTED = 5;
