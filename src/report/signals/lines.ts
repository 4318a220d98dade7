import type { Wire, WireLevel } from '../../sim/index.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Signals } from './signals.ts';

/** Which line an event of the trace moves: its name and its new level. */
type Line = (a: number, b: number) => readonly [name: string, level: number];

const LINES: Readonly<Record<string, Line>> = {
  'vic.source': (source, level) => [`vic.source_${source}`, level],
  'vic.enable': (source, enabled) => [`vic.enabled_${source}`, enabled],
  'vic.line': (level) => ['vic.IRQ', level],
  'serirq.request': (irq, level) => [`serirq.IRQ${irq}_BMC`, level],
  'serirq.sample': (irq, level) => [`serirq.IRQ${irq}_host`, level],
};

/** Every interrupt line: as devices drive them, as SerIRQ carries them, into both CPUs. */
export function interruptLines(recording: Recording): Signals {
  const names = new Set<string>();
  const levels: WireLevel[] = [];
  for (const { events } of recording.acts) {
    for (const event of events) {
      const line = LINES[nameOf(recording, event)];
      if (line === undefined) continue;
      const [wire, level] = line(event.a, event.b);
      names.add(wire);
      levels.push({ at: event.at, wire, value: level === 0 ? 0 : 1 });
    }
  }
  return { wires: [...names].sort().map((name): Wire => ({ name, width: 1, idle: 0 })), levels };
}
