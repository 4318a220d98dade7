import type { Ps } from '../../sim/index.ts';
import { nameOf, type Act, type Recording, type TraceEntry } from '../recording.ts';
import type { Handle, TimelineBuilder } from './builder.ts';

/** The line that an event moves, and to which level; undefined: it moves none. */
function moved(name: string, { a, b }: TraceEntry): { readonly line: string; readonly level: boolean } | undefined {
  switch (name) {
    case 'vic.source':
      return { line: `VIC source ${a}`, level: b !== 0 };
    case 'vic.enable':
      return { line: `VIC source ${a} masked`, level: b === 0 };
    case 'vic.line':
      return { line: 'IRQ to the BMC', level: a !== 0 };
    case 'serirq.request':
      return { line: `BMC requests IRQ${a}`, level: b !== 0 };
    case 'serirq.sample':
      return { line: `host sees IRQ${a}`, level: b !== 0 };
    default:
      return undefined;
  }
}

/**
 * The interrupt lines, each a lane, active while they are drawn. Returns by act the item of the first line that rises
 * in it; -1: none.
 */
export function addLines(builder: TimelineBuilder, recording: Recording): readonly Handle[] {
  const { acts, time } = recording;
  const high = new Map<string, { readonly act: number; readonly from: Ps; readonly text: string; readonly note: string }>();
  const risen = acts.map((): Handle => -1);
  const fall = (line: string, to: Ps): void => {
    const rise = high.get(line);
    if (rise === undefined) return;
    high.delete(line);
    const handle = builder.add(builder.lane('lines', line), 'level', rise.from, to, rise.text, { note: rise.note });
    if (risen[rise.act] < 0) risen[rise.act] = handle;
  };
  for (const [act, { events }] of acts.entries()) {
    for (const event of events) {
      const move = moved(nameOf(recording, event), event);
      if (move === undefined) continue;
      const { text, section } = recording.kinds[event.code];
      if (!move.level) fall(move.line, event.at);
      else if (!high.has(move.line)) {
        high.set(move.line, { act, from: event.at, text: text(event.a, event.b, event.c), note: section ?? '' });
      }
    }
  }
  for (const line of Array.from(high.keys())) fall(line, time);
  return risen;
}

/** Whether an act tells that the BMC's CPU is interrupted from now on. */
export function interrupts(recording: Recording, { events }: Act): boolean {
  return events.some((event) => nameOf(recording, event) === 'vic.line' && event.a !== 0);
}
