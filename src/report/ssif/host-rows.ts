import { BLOCKED, MS, US } from '../../sim/index.ts';
import { messageName, type Message } from '../messages.ts';
import { messageBytes, messageText, span } from '../names.ts';
import { nameOf, type TraceEntry } from '../recording.ts';
import { HOST, WIRE, cell, cells, type Row } from '../rows.ts';
import type { Scene } from '../scene.ts';
import type { Part, SsifConversation } from './conversation.ts';
import { itemText, purposeInShort } from './text.ts';

/** SCL that is held for so much longer than an interrupt takes says so: half of a byte at 100 kHz, ps. */
export const LONG_STRETCH = 50 * US;
/** Pauses of the host that are shown, ps. */
const PAUSE = MS;

/** The rows of one act of the host: what it does on the bus, and how long it waits. */
export function ssifHostRows(scene: Scene, conversation: SsifConversation, index: number): Row[] {
  const act = scene.recording.acts[index];
  const ends = conversation.messages.filter((message) => message.last === index && message.ending !== 'open');
  const rows: Row[] = ends.filter(isGivenUp).map(closing);
  for (const event of act.events) if (event.c === conversation.bus) rows.push(...busRows(scene, conversation, index, event));
  const pause = pauseText(scene, index);
  const place = conversation.places[index];
  if (pause !== '') rows.push(cell(act.at, HOST, `host: ${pause}`, { style: 'message', ...(place === undefined ? {} : { place }) }));
  rows.push(...ends.filter((message) => !isGivenUp(message)).map(closing));
  return rows;
}

/** `waits 6.62 ms`. */
function pauseText({ recording }: Scene, index: number): string {
  const { acts, ops } = recording;
  const { step, at, actor } = acts[index];
  if (step === null || step.value !== BLOCKED || !ops.label(step.op).endsWith('host: sleep')) return '';
  for (let i = index + 1; i < acts.length; i++) {
    const next = acts[i].step;
    if (acts[i].actor !== actor || next === null) continue;
    return next.issuedAt - at >= PAUSE ? `waits ${span(next.issuedAt - at)}` : '';
  }
  return '';
}

/** What goes over the bus. */
function busRows(scene: Scene, { parts, places, usual }: SsifConversation, index: number, event: TraceEntry): Row[] {
  const { at, a } = event;
  const place = places[index];
  const more = place === undefined ? {} : { place };
  const name = nameOf(scene.recording, event);
  switch (name) {
    case 'i2c.start': {
      const part = parts.find(({ transaction, message }) => transaction.first === index && message.first === index);
      return part === undefined ? [] : [opening(scene, part, at)];
    }
    case 'i2c.address':
    case 'i2c.byte':
    case 'i2c.stop': {
      const part = parts.find(({ transaction }) => transaction.items.some(({ act }) => act === index));
      const i = part?.transaction.items.findIndex(({ act }) => act === index) ?? -1;
      const item = part?.transaction.items[i];
      if (part === undefined || item === undefined) return [cell(at, WIRE, wireText(scene, event), more)];
      const start = item.what !== 'address' ? '' : i === 0 ? 'START, ' : 'repeated START, ';
      return [cells(at, [[HOST, i === 0 && start !== '' ? purposeInShort(part) : ''], [WIRE, `${start}${itemText(item)}`]], { ...more, odd: !item.ack && !item.reading })];
    }
    case 'i2c.timeout':
    case 'i2c.vanish':
    case 'i2c.arbitration':
    case 'i2c.recover':
      return [cell(at, WIRE, wireText(scene, event), { ...more, odd: true })];
    case 'i2c.stretch':
      return a < LONG_STRETCH + usual ? [] : [cell(at, WIRE, wireText(scene, event), { ...more, odd: true })];
    default:
      return [];
  }
}

/** The text that the trace has for an event, without the bus. */
export function wireText({ recording }: Pick<Scene, 'recording'>, { code, a, b, c }: TraceEntry): string {
  return recording.kinds[code].text(a, b, c).replace(/^I2C\d+: /, '');
}

function opening({ conversation }: Scene, { message, exchange }: Part, at: number): Row {
  return cell(at, HOST, `host: ${openingText(conversation.messages, message)}`, { style: 'message', place: { message, exchange } });
}

function openingText(messages: readonly Message[], message: Message): string {
  const { kind, number, bytes, sent, ending } = message;
  if (kind === 'stray') return 'a transaction that belongs to no request';
  if (sent < 0 && ending === 'aborted') return `request ${number} begins, and is broken off: ${messageBytes(bytes)}`;
  const again = messages.find((m) => m.kind === kind && m.number < number && m.bytes.length >= bytes.length && bytes.length > 0 && m.bytes.join() === bytes.join());
  return again === undefined ? `request ${number} begins: ${messageText(bytes)}` : `request ${number} begins: request ${again.number} once more`;
}

/** Says how a message has ended. */
function closing(message: Message): Row {
  return cell(message.to, HOST, `host: ${ssifEndingText(message)}`, { style: 'message', place: { message, exchange: message.lastExchange } });
}

/** It ends by the beginning of the next. */
function isGivenUp({ ending }: Message): boolean {
  return ending === 'restarted';
}

/** How a message has ended, in words; empty if it has not. */
export function ssifEndingText(message: Message): string {
  const name = messageName(message);
  switch (message.ending) {
    case 'answered':
      return `${name} is answered: ${messageText(message.response)}`;
    case 'restarted':
      return `gives up ${name} while ${message.stage}${message.stage === 'waiting' ? ' for the response' : ''}`;
    case 'aborted':
      return `${name} is broken off`;
    case 'refused':
      return `${name} is refused by NAK`;
    case 'open':
      return '';
  }
}
