import type { Ps } from '../../sim/index.ts';
import { hex } from '../names.ts';
import type { Recording } from '../recording.ts';
import { registers, lines, type Signals } from '../signals/signals.ts';
import type { Handle, TimelineBuilder } from './builder.ts';
import type { WireTrack } from './document.ts';

/** A lane for each register, and one for the phase of the driver. */
export function addRegisters(builder: TimelineBuilder, recording: Recording): void {
  const held = registers(recording);
  const changes = changesOf(held);
  for (const wire of held.wires.filter(({ width }) => width > 1)) {
    const words = wire.words ?? ((value: number) => hex(value, Math.ceil(wire.width / 4)));
    addValues(builder, wire.name, (changes.get(wire.name) ?? []).map(({ at, value }) => ({ at, text: words(Number(value)) })), recording.time);
  }
  const phases = [...recording.phases].map(([act, text]) => ({ at: recording.acts[act].at, text })).sort((one, other) => one.at - other.at);
  addValues(builder, 'phase', phases, recording.time);
}

function addValues(builder: TimelineBuilder, name: string, values: readonly { readonly at: Ps; readonly text: string }[], end: Ps): void {
  for (const [index, { at, text }] of values.entries()) {
    const to = values[index + 1]?.at ?? Math.max(at, end);
    if (to > at || index === values.length - 1) builder.add(builder.lane('registers', name), 'value', at, to, text);
  }
}

/** A lane for each interrupt line. Returns the items by the moment at which a line rises, the first of that moment. */
export function addLines(builder: TimelineBuilder, recording: Recording): ReadonlyMap<Ps, Handle> {
  const risen = new Map<Ps, Handle>();
  const moved = lines(recording);
  for (const [name, all] of changesOf(moved)) {
    for (const [index, { at, value }] of all.entries()) {
      if (value === 0) continue;
      const handle = builder.add(builder.lane('lines', name), 'level', at, all[index + 1]?.at ?? Math.max(at, recording.time), name);
      if (!risen.has(at)) risen.set(at, handle);
    }
  }
  return risen;
}

/** Every wire at clock level, `drawn`, as {@link WireTrack}; `intern` numbers a text. */
export function wireTracks(recording: Recording, drawn: Signals, intern: (text: string) => number): readonly WireTrack[] {
  const clocks = new Map(recording.waveforms.flatMap(({ wires: own, clock }) => own.map(({ name }) => [name, clock ?? 0] as const)));
  const changes = changesOf(drawn);
  return drawn.wires.map((wire): WireTrack => {
    const all = changes.get(wire.name) ?? [];
    return {
      name: wire.name, bits: wire.width, clock: clocks.get(wire.name) ?? 0, idle: wire.width === 0 ? intern(String(wire.idle)) : Number(wire.idle),
      at: all.map(({ at }, i) => at - (i === 0 ? 0 : all[i - 1].at)),
      value: all.map(({ value }) => (wire.width === 0 ? intern(String(value)) : Number(value))),
    };
  });
}

interface Change {
  readonly at: Ps;
  readonly value: number | string;
}

/** Where each wire changes, by its name, in order of time; of several values at one moment the last. */
function changesOf({ wires, levels }: Signals): ReadonlyMap<string, readonly Change[]> {
  const found = new Map(wires.map(({ name, idle }) => [name, { idle, all: [] as Change[] }]));
  for (const { at, wire, value } of levels) {
    const one = found.get(wire);
    if (one === undefined) continue;
    if (one.all.at(-1)?.at === at) one.all.pop();
    if (value !== (one.all.at(-1)?.value ?? one.idle)) one.all.push({ at, value });
  }
  return new Map([...found].map(([name, { all }]) => [name, all]));
}
