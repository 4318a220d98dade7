import type { Ps } from '../../sim/index.ts';
import { callsOf, servingCalls, type Call } from '../calls.ts';
import { requestLegs, type Hop } from '../hops.ts';
import type { Message } from '../messages.ts';
import type { Recording } from '../recording.ts';
import type { SsifConversation } from './conversation.ts';
import { passesOf } from './passes.ts';

/** Every leg of a run: those of each byte on the bus, then those of each request. */
export function ssifHops(recording: Recording, conversation: SsifConversation, messages: readonly Message[]): readonly Hop[] {
  return [...byteHops(recording), ...requestHops(recording, conversation, messages)];
}

/** The interrupt of a byte, of the end of a read or of a STOP. */
function byteHops(recording: Recording): readonly Hop[] {
  const passes = passesOf(recording);
  const raised = passes.filter(({ run }) => run.raised >= 0);
  return [
    { name: 'byte on the bus -> interrupt handler', per: 'byte', all: raised.map(({ run }) => run.entered - run.raised) },
    { name: 'interrupt handler -> INTR_STS read', per: 'byte', all: passes.map(({ run, act }) => recording.acts[act].at - run.entered) },
    { name: 'INTR_STS read -> handler done', per: 'byte', all: passes.map(({ run, act }) => recording.acts[run.acts[run.acts.length - 1]].at - recording.acts[act].at) },
  ];
}

/** When the legs of one request ended; -1: they did not. */
export interface Legs {
  /** The reader is awake; its read() returns. */
  readonly woke: Ps;
  readonly read: Ps;
  readonly write: Ps;
  readonly written: Ps;
  /** When the host began the transaction that got the response. */
  readonly asked: Ps;
}

function requestHops(recording: Recording, conversation: SsifConversation, messages: readonly Message[]): readonly Hop[] {
  const calls = callsOf(recording);
  const requests = messages.filter((message) => message.kind === 'request' && message.sent >= 0);
  const legs = requests.map((request) => legsOf(recording, conversation, calls, request));
  const leg = requestLegs(requests, legs);
  return [
    leg('START -> STOP of the request', ({ from, sent }) => [from, sent]),
    leg('STOP -> read() returns', ({ sent }, { read }) => [sent, read]),
    leg('read() returns -> write()', (_request, { read, write }) => [read, write]),
    leg('write() -> write() returns', (_request, { write, written }) => [write, written]),
    leg('write() returns -> host asks for the response', (_request, { written, asked }) => [written, asked]),
    leg('host asks for the response -> it is complete', ({ to, ending }, { asked }) => [ending === 'answered' ? asked : -1, to]),
    leg('START -> response complete', ({ from, to, ending }) => [ending === 'answered' ? from : -1, to]),
  ];
}

/** The daemon's way of one request, and the read that got the response. */
export function legsOf(recording: Recording, { parts }: SsifConversation, calls: readonly Call[], request: Message): Legs {
  const end = request.to < 0 ? recording.time : request.to;
  const { read, write } = servingCalls(calls, request.sent, end);
  const asked = parts.find(({ message, transaction }) => message.kind === 'request' && message.number === request.number && request.readFrom >= 0 && transaction.from <= request.readFrom && transaction.to >= request.readFrom);
  return { woke: read?.woke ?? -1, read: read?.to ?? -1, write: write?.from ?? -1, written: write?.to ?? -1, asked: asked?.transaction.from ?? -1 };
}
