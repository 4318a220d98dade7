import { BtCtrl } from '../../ipmi/index.ts';
import { HOST, WIRE, cell, cells, type Row } from '../rows.ts';
import { hex, messageBytes, messageText } from '../names.ts';
import { messageName, type Message } from '../messages.ts';
import { abortRow, pollRows, type Polled } from '../polls.ts';
import { nameOf, type TraceEntry } from '../recording.ts';
import type { Scene } from '../scene.ts';
import { ctrlText, ctrlWriteText, fifoRunAt, fifoText, pollGoal } from './wire-text.ts';

const BT_CTRL: Polled = { name: 'BT_CTRL', goal: pollGoal };

/** The rows of one act of the host. */
export function btHostRows(scene: Scene, index: number): Row[] {
  const { recording, conversation } = scene;
  const act = recording.acts[index];
  const ends = conversation.messages.filter((message) => message.last === index && message.ending !== 'open');
  const rows: Row[] = ends.filter(isGivenUp).map(closing);
  const begun = conversation.messages.find((message) => message.first === index);
  if (begun !== undefined) rows.push(opening(scene, begun));
  for (const event of act.events) rows.push(...eventRows(scene, index, event));
  rows.push(...ends.filter((message) => !isGivenUp(message)).map(closing));
  return rows;
}

function eventRows(scene: Scene, index: number, event: TraceEntry): Row[] {
  const { at, a, b, c } = event;
  const place = scene.conversation.places[index];
  const more = place === undefined ? {} : { place };
  switch (nameOf(scene.recording, event)) {
    case 'host.bt.ctrl.read':
      return pollRows(scene, index, event, BT_CTRL, ctrlText(a));
    case 'host.bt.ctrl.write':
      return [cells(at, [[HOST, ctrlWriteText(a, c, true)], [WIRE, ctrlText(c)]], { ...more, odd: (a & BtCtrl.H2B_ATN) !== 0 && (b & BtCtrl.B_BUSY) !== 0 })];
    case 'host.bt.fifo.write':
    case 'host.bt.fifo.read': {
      const run = fifoRunAt(scene.recording, index);
      if (run === undefined) return [];
      const n = run.bytes.length;
      return [cells(at, [[HOST, `${run.write ? 'writes' : 'reads'} ${n} byte${n === 1 ? '' : 's'}`], [WIRE, fifoText(run)]], { ...more, odd: run.place < 0 })];
    }
    case 'host.bt.intmask.write':
      return [cells(at, [[HOST, 'writes BT_INTMASK'], [WIRE, `BT_INTMASK:=${hex(a)}`]], { ...more, minor: true })];
    case 'host.bt.intmask.read':
      return [cells(at, [[HOST, 'reads BT_INTMASK'], [WIRE, `BT_INTMASK=${hex(a)}`]], { ...more, minor: true })];
    case 'lpc.abort':
      return [abortRow(scene.recording.acts[index], event)];
    default:
      return [];
  }
}

/** Says what begins. */
function opening({ conversation }: Scene, message: Message): Row {
  return cell(message.from, HOST, `host: ${openingText(conversation.messages, message)}`, { style: 'message', place: { message, exchange: 0 } });
}

function openingText(messages: readonly Message[], { kind, number, bytes, sent }: Message): string {
  if (kind === 'stray') return 'H2B_ATN for no request';
  if (sent < 0) return `request ${number} begins, and is broken off: ${messageBytes(bytes)}`;
  const again = messages.find((m) => m.kind === kind && m.sent >= 0 && m.number < number && m.bytes.join() === bytes.join());
  return again === undefined ? `request ${number} begins: ${messageText(bytes)}` : `request ${number} begins: request ${again.number} once more`;
}

/** Says how a message has ended. */
function closing(message: Message): Row {
  return cell(message.to, HOST, `host: ${btEndingText(message)}`, { style: 'message', place: { message, exchange: message.lastExchange } });
}

/** It ends by the beginning of the next. */
function isGivenUp({ ending }: Message): boolean {
  return ending === 'restarted' || ending === 'aborted';
}

/** How a message has ended, in words; empty if it has not. */
export function btEndingText(message: Message): string {
  const name = messageName(message);
  switch (message.ending) {
    case 'answered':
      return `${name} is answered: ${messageText(message.response)}`;
    case 'restarted':
      return `gives up ${name} while ${message.stage}${message.stage === 'waiting' ? ' for the response' : ''}`;
    case 'aborted':
      return `${name} is broken off`;
    case 'refused':
    case 'open':
      return '';
  }
}
