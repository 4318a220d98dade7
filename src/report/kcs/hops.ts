import { Str } from '../../ipmi/index.ts';
import type { Ps } from '../../sim/index.ts';
import { callsOf, servingCalls, type Call } from '../calls.ts';
import { requestLegs, type Hop } from '../hops.ts';
import type { Message } from '../messages.ts';
import { firstEvent, nameOf, type Recording } from '../recording.ts';
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
  const leg = requestLegs(requests, legs);
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
  const { read, write } = servingCalls(calls, request.sent, end);
  const odr = write === undefined ? -1 : firstEvent(recording, write.first, 'bmc.odr.write', (actor) => actor === write.actor);
  const sample = odr < 0 ? -1 : firstEvent(recording, write?.first ?? 0, 'serirq.sample', () => true);
  return { read: read?.to ?? -1, write: write?.from ?? -1, odr, sample: request.readFrom >= 0 && sample <= request.readFrom ? sample : -1 };
}
