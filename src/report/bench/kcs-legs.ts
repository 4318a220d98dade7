import { BLOCKED, type Ps } from '../../sim/index.ts';
import { Str } from '../../ipmi/index.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Leg } from './irq.ts';

/** One way of a byte from the BMC's write of ODR to the host's read. */
interface Way {
  readonly written: Ps;
  /** When the BMC requests its interrupt, the sequence begins that carries it, the host samples it, and its handler begins; -1: not yet. */
  requested: Ps;
  start: Ps;
  sampled: Ps;
  handler: Ps;
  /** When the host sees OBF. */
  seen: Ps;
}

/**
 * The way of each byte from the BMC to the host: ODR write, SerIRQ request, sample, the host's handler, ODR read. Bytes
 * that the BMC overwrites are not counted. Without interrupts the host sees OBF by polling.
 */
export function odrLegs(recording: Recording): readonly Leg[] {
  const legs = new Map<string, Ps[]>(NAMES.map((name) => [name, []]));
  const add = (name: (typeof NAMES)[number], from: Ps, to: Ps): void => {
    if (from >= 0 && to >= from) legs.get(name)?.push(to - from);
  };
  const channel = channelOf(recording);
  let way: Way | null = null;
  for (const { at, step, events } of recording.acts) {
    if (way !== null && way.sampled >= 0 && way.handler < 0 && step !== null && recording.contexts[step.actor] === 'host' && step.issuedAt >= way.sampled && step.value !== BLOCKED) {
      way.handler = step.issuedAt;
    }
    for (const event of events) {
      const { a, b, c } = event;
      const name = nameOf(recording, event);
      if (name === 'bmc.odr.write' && c === channel) way = { written: at, requested: -1, start: -1, sampled: -1, handler: -1, seen: -1 };
      if (way === null) continue;
      if (name === 'serirq.request' && b !== 0) way.requested = at;
      else if (name === 'serirq.slot' && way.requested >= 0 && way.start < 0) way.start = b;
      else if (name === 'serirq.sample' && b !== 0) way.sampled = at;
      else if (name === 'host.str.read' && c === channel && (a & Str.OBF) !== 0 && way.seen < 0) way.seen = at;
      else if (name === 'host.odr.read' && c === channel && (b & Str.OBF) !== 0) {
        add('ODR write -> SerIRQ request', way.written, way.requested);
        add('SerIRQ request -> sequence starts', way.requested, way.start);
        add('SerIRQ sequence starts -> host samples', way.start, way.sampled);
        add('SerIRQ request -> host samples', way.requested, way.sampled);
        add('host samples -> host handler', way.sampled, way.handler);
        add('host handler -> ODR read', way.handler, at);
        add('ODR write -> host sees OBF=1', way.written, way.seen);
        add('ODR write -> ODR read', way.written, at);
        way = null;
      }
    }
  }
  return NAMES.map((name) => ({ name, per: 'byte' as const, all: legs.get(name) ?? [] }));
}

const NAMES = [
  'ODR write -> SerIRQ request', 'SerIRQ request -> sequence starts', 'SerIRQ sequence starts -> host samples', 'SerIRQ request -> host samples',
  'host samples -> host handler', 'host handler -> ODR read', 'ODR write -> host sees OBF=1', 'ODR write -> ODR read',
] as const;

/** The whole way of each byte from the host to the BMC: IDR write to IDR read, and back to the host by IBF. */
export function idrLegs(recording: Recording): readonly Leg[] {
  const channel = channelOf(recording);
  const toBmc: Ps[] = [];
  const back: Ps[] = [];
  let written: Ps = -1;
  let from: Ps = -1;
  for (const { at, events } of recording.acts) {
    for (const event of events) {
      if (event.c !== channel) continue;
      const name = nameOf(recording, event);
      if (name === 'host.idr.write') [written, from] = [at, at];
      else if (name === 'bmc.idr.read' && written >= 0 && (event.b & Str.IBF) !== 0) {
        toBmc.push(at - written);
        written = -1;
      } else if (name === 'host.str.read' && from >= 0 && written < 0 && (event.a & Str.IBF) === 0) {
        back.push(at - from);
        from = -1;
      }
    }
  }
  return [{ name: 'IDR write -> IDR read', per: 'byte', all: toBmc }, { name: 'IDR write -> host sees IBF=0', per: 'byte', all: back }];
}

/** The channel that the host drives; 0: none. */
export function channelOf(recording: Recording): number {
  for (const { events } of recording.acts) for (const event of events) if (nameOf(recording, event) === 'host.idr.write') return event.c;
  return 0;
}
