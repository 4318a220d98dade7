import type { Ps } from '../../sim/index.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Slice, Track } from './events.ts';

/** What goes on between the two sides. */
export interface WireSlices {
  readonly tracks: readonly Track[];
  readonly slices: readonly Slice[];
  /** By act in which the host samples a change of its interrupt: the way of that change through SerIRQ. */
  readonly samples: ReadonlyMap<number, Slice>;
}

/** Interrupts on their way through SerIRQ, one track an interrupt; and what goes over each I2C bus. */
export function wireSlices(recording: Recording, pid: number): WireSlices {
  const tracks = new Map<string, Track>();
  const slices: Slice[] = [];
  const samples = new Map<number, Slice>();
  const trackOf = (name: string): Track => {
    const known = tracks.get(name) ?? { pid, tid: tracks.size + 1, name };
    tracks.set(name, known);
    return known;
  };
  /** By bus: when the last thing on it was over; -1: it is free. */
  const busy = new Map<number, Ps>();
  for (const [index, { events }] of recording.acts.entries()) {
    for (const event of events) {
      const { at, a, b, c } = event;
      const name = nameOf(recording, event);
      if (name === 'serirq.sample') {
        const slice: Slice = { track: trackOf(`SerIRQ: IRQ${a}`), name: `IRQ${a} ${b === 0 ? 'falls' : 'rises'}`, category: 'serirq', from: at - c, to: at };
        slices.push(slice);
        samples.set(index, slice);
      } else if (/^i2c\.(?:start|address|byte|stop|timeout|vanish|arbitration)$/.test(name)) {
        const since = busy.get(c) ?? -1;
        if (since >= 0 && at > since) slices.push({ track: trackOf(`I2C${c}`), name: recording.kinds[event.code].text(a, b, c), category: 'i2c', from: since, to: at });
        busy.set(c, /stop|timeout|vanish/.test(name) ? -1 : at);
      }
    }
  }
  return { tracks: [...tracks.values()], slices, samples };
}
