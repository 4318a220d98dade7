import { Str } from '../../ipmi/index.ts';
import type { Ps } from '../../sim/index.ts';
import { callsOf, type Call } from '../calls.ts';
import type { Hop } from '../hops.ts';
import type { Message } from '../messages.ts';
import { nameOf, type Recording } from '../recording.ts';
import { runsOf } from '../runs.ts';
import { accessesChannel } from './irq-rows.ts';

/** Every leg of a run: those of each byte that the host writes, then those of each request. */
export function kcsHops(recording: Recording, messages: readonly Message[]): readonly Hop[] {
  return [...kcsByteHops(recording), ...requestHops(recording, messages)];
}

/** IDR write, interrupt handler, IDR read, and back to the host by IBF. */
export function kcsByteHops(recording: Recording): readonly Hop[] {
  const toHandler: Ps[] = [];
  const toRead: Ps[] = [];
  const toHost: Ps[] = [];
  const entries = new Map(runsOf(recording, (act) => accessesChannel(recording, act)).map((run) => [run.acts[0], run.entered]));
  let written: Ps = -1;
  let entered: Ps = -1;
  let read: Ps = -1;
  for (const [index, { at, events }] of recording.acts.entries()) {
    const entry = entries.get(index);
    if (entry !== undefined && written >= 0 && entered < 0) {
      entered = entry;
      toHandler.push(entered - written);
    }
    for (const event of events) {
      switch (nameOf(recording, event)) {
        case 'host.idr.write':
          [written, entered, read] = [at, -1, -1];
          break;
        case 'bmc.idr.read':
          if (entered >= 0 && (event.b & Str.IBF) !== 0) {
            toRead.push(at - entered);
            [written, entered, read] = [-1, -1, at];
          }
          break;
        case 'host.str.read':
          if (read >= 0 && (event.a & Str.IBF) === 0) {
            toHost.push(at - read);
            read = -1;
          }
          break;
      }
    }
  }
  return [
    { name: 'IDR write -> interrupt handler', per: 'byte', all: toHandler },
    { name: 'interrupt handler -> IDR read', per: 'byte', all: toRead },
    { name: 'IDR read -> host sees IBF=0', per: 'byte', all: toHost },
  ];
}

/** When the legs of one request ended; -1: they did not. */
interface Legs {
  readonly read: Ps;
  readonly write: Ps;
  readonly odr: Ps;
  readonly sample: Ps;
}

/** The last byte, the daemon, and back to the host by OBF. */
function requestHops(recording: Recording, messages: readonly Message[]): readonly Hop[] {
  const calls = callsOf(recording);
  const requests = messages.filter((message) => message.kind === 'request' && message.sent >= 0);
  const legs = requests.map((request) => legsOf(recording, calls, request));
  const leg = (name: string, time: (request: Message, times: Legs) => readonly [Ps, Ps]): Hop => ({
    name, per: 'request', all: requests.map((request, i) => time(request, legs[i])).filter(([from, to]) => from >= 0 && to >= from).map(([from, to]) => to - from),
  });
  const hops: Hop[] = [
    leg('last byte written -> read() returns', (request, { read }) => [request.sent, read]),
    leg('read() returns -> write()', (_request, { read, write }) => [read, write]),
    leg('write() -> ODR', (_request, { write, odr }) => [write, odr]),
  ];
  if (legs.some(({ sample }) => sample >= 0)) {
    hops.push(
      leg('ODR -> host samples SerIRQ', (_request, { odr, sample }) => [odr, sample]),
      leg('SerIRQ -> host reads ODR', ({ readFrom }, { sample }) => [sample, readFrom]),
    );
  } else {
    hops.push(leg('ODR -> host reads ODR', ({ readFrom }, { odr }) => [odr, readFrom]));
  }
  hops.push(leg('first byte of the response -> its end', ({ readFrom, to, ending }) => [ending === 'answered' ? readFrom : -1, to]));
  return [...hops, leg('WRITE_START -> response complete', ({ from, to, ending }) => [ending === 'answered' ? from : -1, to])];
}

function legsOf(recording: Recording, calls: readonly Call[], request: Message): Legs {
  const end = request.to < 0 ? recording.time : request.to;
  const read = calls.find((call) => call.name === 'read' && call.outcome === 'done' && call.to >= request.sent && call.to <= end);
  const write = read === undefined ? undefined
    : calls.find((call) => call.name === 'write' && call.actor === read.actor && call.outcome === 'done' && call.from >= read.to && call.from <= end);
  const odr = write === undefined ? -1 : firstEvent(recording, write.first, 'bmc.odr.write', (actor) => actor === write.actor);
  const sample = odr < 0 ? -1 : firstEvent(recording, write?.first ?? 0, 'serirq.sample', () => true);
  return { read: read?.to ?? -1, write: write?.from ?? -1, odr, sample: request.readFrom >= 0 && sample <= request.readFrom ? sample : -1 };
}

function firstEvent(recording: Recording, from: number, name: string, by: (actor: number) => boolean): Ps {
  for (let i = from; i < recording.acts.length; i++) {
    for (const event of recording.acts[i].events) if (nameOf(recording, event) === name && by(event.actor)) return event.at;
  }
  return -1;
}
