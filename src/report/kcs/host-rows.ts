import { KcsControl, Str } from '../../ipmi/index.ts';
import { abortRow, pollRows, type Polled } from '../polls.ts';
import { HOST, LINE, WIRE, cell, cells, type Row } from '../rows.ts';
import { hex, messageBytes, messageText } from '../names.ts';
import { idrByte, pollGoal, strText, type StrText } from './names.ts';
import { messageName, type Message } from '../messages.ts';
import { nameOf, type Act, type TraceEntry } from '../recording.ts';
import type { Scene } from '../scene.ts';

/** In `host.idr.write`: the byte was not taken. */
const DROPPED = 0x100;

/** The rows of one act of the host. */
export function kcsHostRows(scene: Scene, index: number): Row[] {
  const { recording, conversation } = scene;
  const act = recording.acts[index];
  const ends = conversation.messages.filter((message) => message.last === index && message.ending !== 'open');
  const rows: Row[] = ends.filter(isGivenUp).map(closing);
  for (const event of act.events) {
    switch (nameOf(recording, event)) {
      case 'host.idr.write':
        rows.push(...written(scene, index, event));
        break;
      case 'host.odr.read':
        rows.push(odrRead(scene, index, event));
        break;
      case 'host.str.read':
        rows.push(...kcsStatusRows(scene, index, event));
        break;
      case 'lpc.abort':
        rows.push(abortRow(act, event));
        break;
    }
  }
  const { step } = act;
  if (step !== null && step.value === 1 && recording.ops.label(step.op).endsWith('host: wait for IRQ')) {
    rows.push(cell(act.at, HOST, 'IRQ is up already', { minor: true }));
  }
  rows.push(...ends.filter((message) => !isGivenUp(message)).map(closing));
  return rows;
}

function place(scene: Scene, index: number): Pick<Row, 'place'> {
  const found = scene.conversation.places[index];
  return found === undefined ? {} : { place: found };
}

function serirq(scene: Scene, act: Act): readonly (readonly [number, string])[] {
  const event = act.events.find((e) => nameOf(scene.recording, e) === 'serirq.request');
  return event === undefined ? [] : [[LINE, `IRQ${event.a} ${event.b === 0 ? 'down' : 'up'}`]];
}

function written(scene: Scene, index: number, event: TraceEntry): Row[] {
  const { a: value, b: flags, c: channel, at } = event;
  const message = scene.conversation.places[index]?.message;
  const command = (flags & Str.C_D) !== 0;
  const reading = message !== undefined && message.sent >= 0 && message.sent < at;
  const lost = (flags & DROPPED) !== 0 ? ', dropped: IBF was 1' : (flags & Str.IBF) !== 0 ? ', overwrites: IBF was 1' : '';
  const row = cells(at, [
    [HOST, `writes ${idrByte(value, command, reading)}`], [WIRE, `IDR${channel}=${hex(value)} IBF=1 C/D=${command ? 1 : 0}${lost}`],
  ], { ...place(scene, index), odd: lost !== '' || (reading && !command && value !== KcsControl.READ && message.kind === 'request') });
  if (message === undefined || message.first !== index) return [row];
  return [opening(scene, message, at), row];
}

/** Says what begins. */
function opening(scene: Scene, message: Message, at: number): Row {
  return cell(at, HOST, `host: ${openingText(scene, message)}`, { style: 'message', place: { message, exchange: 0 } });
}

function openingText({ conversation }: Scene, message: Message): string {
  const { kind, number, bytes, sent } = message;
  if (kind === 'stray') return 'a write outside of any transfer';
  if (kind === 'abort') return `abort ${number} begins`;
  if (sent < 0) return `request ${number} begins, ${bytes.length === 0 ? 'no byte of it follows' : `and is broken off: ${messageBytes(bytes)}`}`;
  const again = conversation.messages.find((m) => m.kind === kind && m.sent >= 0 && m.number < number && m.bytes.join() === bytes.join());
  return again === undefined ? `request ${number} begins: ${messageText(bytes)}` : `request ${number} begins: request ${again.number} once more`;
}

function odrRead(scene: Scene, index: number, { a, b, c, at }: TraceEntry): Row {
  const act = scene.recording.acts[index];
  return cells(at, [
    [HOST, 'reads ODR'], [WIRE, `ODR${c}=${hex(a)}${b === 0 ? ', stale: OBF was 0' : ''}`], ...serirq(scene, act),
  ], { ...place(scene, index), minor: a === 0 && b !== 0, odd: b === 0 });
}

const STATUS: Polled = { name: 'STATUS', goal: pollGoal };

/** A read of STATUS: the last sample of a poll, or one by itself. */
export function kcsStatusRows(scene: Scene, index: number, event: TraceEntry, strOf: StrText = strText): Row[] {
  return pollRows(scene, index, event, STATUS, strOf(event.c, event.a));
}

/** Says how a message has ended. */
function closing(message: Message): Row {
  return cell(message.to, HOST, `host: ${kcsEndingText(message)}`, { style: 'message', place: { message, exchange: message.lastExchange } });
}

/** It ends by the beginning of the next. */
function isGivenUp({ ending }: Message): boolean {
  return ending === 'restarted' || ending === 'aborted';
}

/** How a message has ended, in words; empty if it has not. */
export function kcsEndingText(message: Message): string {
  const name = messageName(message);
  switch (message.ending) {
    case 'answered':
      return `${name} is answered: ${message.kind === 'abort' ? `status code ${hex(message.response[0] ?? 0)}` : messageText(message.response)}`;
    case 'restarted':
      return `gives up ${name} while ${message.stage}${message.stage === 'waiting' ? ' for the response' : ''}, as IPMI 9.12 allows`;
    case 'aborted':
      return `gives up ${name} while ${message.stage}`;
    case 'refused':
      return `sees ERROR_STATE: ${name} is refused`;
    case 'open':
      return '';
  }
}
