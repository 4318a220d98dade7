import type { Wire, WireLevel } from '../../sim/index.ts';
import type { Recording } from '../recording.ts';
import { contexts } from './contexts.ts';
import { i2cRegisters } from './i2c-registers.ts';
import { kcsRegisters } from './kcs-registers.ts';
import { interruptLines } from './lines.ts';

/** Signals and how they change; of changes at the same time the later one counts. */
export interface Signals {
  readonly wires: readonly Wire[];
  readonly levels: readonly WireLevel[];
}

/**
 * All that a recording shows as signals: wires at clock level, registers, interrupt lines, contexts. In order of time;
 * without what never leaves its idle level.
 */
export function signalsOf(recording: Recording): Signals {
  const parts: Signals[] = [
    kcsRegisters(recording), i2cRegisters(recording), interruptLines(recording), contexts(recording),
    ...recording.waveforms.map((waveform): Signals => ({ wires: waveform.wires, levels: waveform.levels(recording.acts) })),
  ];
  const moved = parts.map(({ wires, levels }): Signals => {
    const idle = new Map(wires.map((wire) => [wire.name, wire.idle]));
    const names = new Set(levels.filter(({ wire, value }) => value !== idle.get(wire)).map(({ wire }) => wire));
    return { wires: wires.filter(({ name }) => names.has(name)), levels: levels.filter(({ wire }) => names.has(wire)) };
  });
  return { wires: moved.flatMap(({ wires }) => wires), levels: moved.flatMap(({ levels }) => levels).sort((one, other) => one.at - other.at) };
}
