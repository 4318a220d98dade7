import type { Ps } from '../../sim/index.ts';
import { callsOf, servingCalls } from '../calls.ts';
import { requestLegs, type Hop } from '../hops.ts';
import type { Budget } from '../medium.ts';
import type { Message } from '../messages.ts';
import { firstEvent, nameOf, type Recording } from '../recording.ts';
import { runsOf } from '../runs.ts';

/** When the legs of one request ended; -1: they did not. */
interface Legs {
  /** The handler that H2B_ATN has called is entered, and done. */
  readonly entered: Ps;
  readonly handled: Ps;
  /** The reader is awake; its read() returns. */
  readonly woke: Ps;
  readonly read: Ps;
  /** write() begins, and has raised B2H_ATN. */
  readonly write: Ps;
  readonly offered: Ps;
  /** The host samples SerIRQ for that, and begins to take the response. */
  readonly sample: Ps;
  readonly taken: Ps;
}

/** Every leg of a run, of each request: there is one interrupt for each. */
export function btHops(recording: Recording, messages: readonly Message[]): readonly Hop[] {
  const requests = messages.filter((message) => message.kind === 'request' && message.sent >= 0);
  const legs = legsOf(recording, requests);
  const leg = requestLegs(requests, legs);
  const hops: Hop[] = [
    leg('first byte written -> H2B_ATN', ({ from, sent }) => [from, sent]),
    leg('H2B_ATN -> interrupt handler', ({ sent }, { entered }) => [sent, entered]),
    leg('interrupt handler -> read() returns', (_request, { entered, read }) => [entered, read]),
    leg('read() returns -> write()', (_request, { read, write }) => [read, write]),
    leg('write() -> B2H_ATN', (_request, { write, offered }) => [write, offered]),
  ];
  if (legs.some(({ sample }) => sample >= 0)) {
    hops.push(
      leg('B2H_ATN -> host samples SerIRQ', (_request, { offered, sample }) => [offered, sample]),
      leg('SerIRQ -> host takes the response', (_request, { sample, taken }) => [sample, taken]),
    );
  } else {
    hops.push(leg('B2H_ATN -> host takes the response', (_request, { offered, taken }) => [offered, taken]));
  }
  return [
    ...hops,
    leg('host takes the response -> its end', ({ to, ending }, { taken }) => [ending === 'answered' ? taken : -1, to]),
    leg('first byte written -> response complete', ({ from, to, ending }) => [ending === 'answered' ? from : -1, to]),
  ];
}

/** The budget of every request that was answered, and whose way is known from end to end. */
export function btBudgets(recording: Recording, messages: readonly Message[]): readonly Budget[] {
  const requests = messages.filter(({ kind, ending }) => kind === 'request' && ending === 'answered');
  const legs = legsOf(recording, requests);
  return requests.flatMap((message, i) => {
    const { entered, handled, woke, read, write, offered, taken } = legs[i];
    const awake = Math.max(handled, woke);
    const way = [message.from, message.sent, entered, handled, awake, read, write, offered, taken, message.to];
    if (way.some((at, n) => at < 0 || (n > 0 && at < way[n - 1]))) return [];
    const shares = [
      { name: 'host: writes the request', time: message.sent - message.from },
      { name: 'interrupt latency', time: entered - message.sent },
      { name: 'drivers: handler, read() and write()', time: handled - entered + (read - awake) + (offered - write) },
      { name: 'daemon: wake-up', time: awake - handled },
      { name: 'daemon: from read() to write()', time: write - read },
      { name: 'host: until it looks', time: taken - offered },
      { name: 'host: reads the response', time: message.to - taken },
    ];
    return [{ message, total: message.to - message.from, shares }];
  });
}

function legsOf(recording: Recording, requests: readonly Message[]): readonly Legs[] {
  const calls = callsOf(recording);
  const runs = runsOf(recording, () => false);
  return requests.map((request) => {
    const end = request.to < 0 ? recording.time : request.to;
    const { read, write } = servingCalls(calls, request.sent, end);
    const run = runs.find(({ entered }) => entered >= request.sent && entered <= end);
    const offered = write === undefined ? -1 : raised(recording, write.first);
    const sample = offered < 0 || write === undefined ? -1 : firstEvent(recording, write.first, 'serirq.sample', () => true);
    const taken = request.readFrom < 0 ? -1 : taking(recording, request);
    return {
      entered: run?.entered ?? -1,
      handled: run === undefined ? -1 : recording.acts[run.acts[run.acts.length - 1]].at,
      woke: read?.woke ?? -1, read: read?.to ?? -1, write: write?.from ?? -1, offered,
      sample: sample >= 0 && taken >= 0 && sample <= taken ? sample : -1, taken,
    };
  });
}

/** When the BMC raised B2H_ATN, from act `from` on. */
function raised({ acts, kinds }: Recording, from: number): Ps {
  for (let i = from; i < acts.length; i++) {
    for (const { code, at, b, c } of acts[i].events) if (kinds[code].name === 'bmc.bt.ctrl.write' && (c & ~b & B2H_ATN) !== 0) return at;
  }
  return -1;
}

/** When the host acknowledged the response that it then read. */
function taking(recording: Recording, { sent, readFrom }: Message): Ps {
  let found = -1;
  for (const { events, at } of recording.acts) {
    if (at > readFrom) break;
    if (at < sent) continue;
    for (const event of events) if (nameOf(recording, event) === 'host.bt.ctrl.write' && (event.b & ~event.c & B2H_ATN) !== 0) found = at;
  }
  return found;
}

const B2H_ATN = 0x08;
