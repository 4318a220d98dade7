import { SsifCmd } from '../../ipmi/index.ts';
import { hex, span } from '../names.ts';
import { messageName } from '../messages.ts';
import type { Part } from './conversation.ts';
import { readIn, readsIn, refusedIn, writtenIn, type Item } from './transactions.ts';

/** Bits of INTR_STS of an I2C bus of the AST2500, as far as a target meets them. */
export const INTR_BITS: readonly (readonly [number, string])[] = [
  [0x80, 'SLAVE_MATCH'], [0x04, 'RX_DONE'], [0x10, 'STOP'], [0x01, 'TX_ACK'], [0x02, 'TX_NAK'], [0x08, 'ARBIT_LOSS'], [0x20, 'ABNORMAL'], [0x40, 'SCL_TIMEOUT'],
  [0x2000, 'BUS_RECOVER_DONE'], [0x4000, 'SDA_DL_TIMEOUT'], [0x8000, 'SLAVE_INACTIVE_TIMEOUT'],
];
export const Intr = { TX_ACK: 0x01, TX_NAK: 0x02, RX_DONE: 0x04, STOP: 0x10, SLAVE_MATCH: 0x80 } as const;

/** `SLAVE_MATCH RX_DONE STOP`. */
export function bitsText(status: number): string {
  return INTR_BITS.filter(([bit]) => (status & bit) !== 0).map(([, name]) => name).join(' ');
}

/** `INTR_STS=94h SLAVE_MATCH RX_DONE STOP`. */
export function statusText(status: number): string {
  return `INTR_STS=${hex(status)}${status === 0 ? '' : ` ${bitsText(status)}`}`;
}

const EVENTS = ['READ_REQUESTED', 'WRITE_REQUESTED', 'READ_PROCESSED', 'WRITE_RECEIVED', 'STOP'] as const;
export const SlaveEvent = { READ_REQUESTED: 0, WRITE_REQUESTED: 1, READ_PROCESSED: 2, WRITE_RECEIVED: 3, STOP: 4 } as const;

/** `I2C_SLAVE_WRITE_RECEIVED 02h`. */
export function slaveEventText(event: number, value: number): string {
  return `I2C_SLAVE_${EVENTS[event]}${event === SlaveEvent.WRITE_RECEIVED ? ` ${hex(value)}` : ''}`;
}

/** `10h read, ACK`, `C4h from the BMC, ACK`, `02h ACK`, `STOP`. */
export function itemText({ what, byte, ack, reading }: Item): string {
  const answer = ack ? 'ACK' : 'NAK';
  if (what === 'stop') return 'STOP';
  if (what === 'address') return `address ${hex(byte >> 1)} ${reading ? 'read' : 'write'}, ${answer}`;
  return reading ? `${hex(byte)} from the BMC, ${answer}` : `${hex(byte)} ${answer}`;
}

/** For what a transaction is there, and what became of it: `writes request 1: 02h, 8 bytes`. */
export function purpose(part: Part): string {
  return `${intent(part)}${outcome(part)}`;
}

/** The same in short, for a column: the message is known. */
export function purposeInShort(part: Part): string {
  const { transaction, message, command } = part;
  const [, count = 0] = writtenIn(transaction);
  if (command < 0) return purpose(part);
  const what = readsIn(transaction) ? `reads ${hex(command)}` : `writes ${hex(command)}: ${message.kind} ${message.number}, ${count} byte${count === 1 ? '' : 's'}`;
  return `${what}${outcome(part)}`;
}

/** `writes 02h: request 1, 8 bytes`. */
function intent(part: Part): string {
  const { transaction, message, command } = part;
  const [, count = 0] = writtenIn(transaction);
  const name = messageName(message);
  const bytes = `${count} byte${count === 1 ? '' : 's'}`;
  switch (command) {
    case SsifCmd.REQUEST:
      return `writes 02h: ${name}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_START:
      return `writes 06h: first part of ${name}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_MIDDLE:
      return `writes 07h: middle part of ${name}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_END:
      return `writes 08h: last part of ${name}, ${bytes}`;
    case SsifCmd.RESPONSE:
      return `reads 03h: response to ${name}`;
    case SsifCmd.MULTI_PART_RESPONSE_MIDDLE:
      return `reads 09h: next part of the response to ${name}`;
    default:
      if (command >= 0) return `${readsIn(transaction) ? 'reads' : 'writes'} ${hex(command)}`;
      return readsIn(transaction) ? 'reads without a command' : 'addresses the BMC';
  }
}

function outcome({ transaction }: Part): string {
  const { end, to, from } = transaction;
  if (end === 'timeout') return `; gives up, SCL is held (tTIMEOUT, after ${span(to - from)})`;
  if (end === 'vanished') return '; breaks off in the middle';
  if (end === 'arbitration') return '; loses arbitration';
  if (refusedIn(transaction)) return `; NAK at the ${nakAt(transaction.items)}`;
  if (!readsIn(transaction) || end === 'open') return '';
  const [count = 0, ...data] = readIn(transaction);
  if (count === 0) return ': count 00h, nothing there';
  if (count > 32) return `: count ${hex(count)}, which no block has`;
  return `: ${data.length > count ? `${count} bytes and PEC` : `${Math.min(count, data.length)} byte${count === 1 ? '' : 's'}`}`;
}

function nakAt(items: readonly Item[]): string {
  const at = items.findIndex(({ what, ack, reading }) => !ack && (what === 'address' || !reading));
  return at === 0 || items[at]?.what === 'address' ? 'address' : at === 1 ? 'command' : at === 2 ? 'count' : `byte ${at - 2}`;
}
