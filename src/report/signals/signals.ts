import type { TapeAct, Wire, WireLevel } from '../../sim/index.ts';
import type { Recording } from '../recording.ts';
import { btRegisters } from './bt-registers.ts';
import { i2cRegisters } from './i2c-registers.ts';
import { kcsRegisters } from './kcs-registers.ts';
import { interruptLines } from './lines.ts';

/** Signals and how they change; of changes at the same time the later one counts. */
export interface Signals {
  readonly wires: readonly Wire[];
  readonly levels: readonly WireLevel[];
}

/** The registers over which host and BMC talk, as both sides' accesses show them. */
export function registers(recording: Recording): Signals {
  return together([kcsRegisters(recording), btRegisters(recording), i2cRegisters(recording)]);
}

/** Every interrupt line. */
export function lines(recording: Recording): Signals {
  return together([interruptLines(recording)]);
}

/** The wires of every bus, at clock level. */
export function wires(recording: Recording): Signals {
  const tape = tapeOf(recording);
  return together(recording.waveforms.map((waveform): Signals => ({ wires: waveform.wires, levels: waveform.levels(tape) })));
}

/** What the wires are drawn from: of a poll that the end of the run cuts off it is told how often it has looked. */
export function tapeOf({ acts, underWay }: Recording): readonly TapeAct[] {
  if (underWay.size === 0) return acts;
  return acts.map(({ step, events }, act): TapeAct => {
    const poll = underWay.get(act);
    return { step: step === null || poll === undefined ? step : { ...step, poll }, events };
  });
}

/** Several as one, without wires that never move, in order of time. */
export function together(parts: readonly Signals[]): Signals {
  const moved = parts.map(({ wires, levels }): Signals => {
    const idle = new Map(wires.map((wire) => [wire.name, wire.idle]));
    const names = new Set(levels.filter(({ wire, value }) => value !== idle.get(wire)).map(({ wire }) => wire));
    return { wires: wires.filter(({ name }) => names.has(name)), levels: levels.filter(({ wire }) => names.has(wire)) };
  });
  return { wires: moved.flatMap(({ wires }) => wires), levels: moved.flatMap(({ levels }) => levels).sort((one, other) => one.at - other.at) };
}
