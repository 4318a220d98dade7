import { LAST_BLOCK, MULTI_PART_MARKER, SsifCmd, isSsifRead, isSsifWrite } from '../../ipmi/index.ts';
import type { Ps } from '../../sim/index.ts';
import type { Conversation, Ending, Message, Place } from '../messages.ts';
import { spreadOf } from '../hops.ts';
import type { Recording } from '../recording.ts';
import { runsOf } from '../runs.ts';
import { busOf, readIn, readsIn, refusedIn, transactionsOf, writtenIn, type Transaction } from './transactions.ts';

/** A block of SMBus, bytes; a middle part that is shorter ends a request as well. */
const BLOCK = 32;

/** A transaction, and for what it is there. */
export interface Part {
  readonly transaction: Transaction;
  readonly message: Message;
  /** Ordinal of its first item within the message. */
  readonly exchange: number;
  /** Its SMBus command; -1: there was none. */
  readonly command: number;
}

/** What was said over SSIF. */
export interface SsifConversation extends Conversation {
  readonly bus: number;
  /** Every transaction, in order. */
  readonly parts: readonly Part[];
  /** For how long an interrupt waits in this run, ps: the lower median. Only what waits longer is worth a word. */
  readonly usual: Ps;
}

/** Puts requests and responses together from transactions, as the host sees them. */
export class Assembler {
  readonly messages: Message[] = [];
  readonly parts: Part[] = [];
  protected current: Message | null = null;
  /** Items that each message has had. */
  private readonly items = new Map<Message, number>();

  add(transaction: Transaction): void {
    const written = writtenIn(transaction);
    const command = written[0] ?? -1;
    const write = isSsifWrite(command) && !readsIn(transaction);
    const begins = write && (command === SsifCmd.REQUEST || command === SsifCmd.MULTI_PART_REQUEST_START || this.current?.stage !== 'writing');
    const lone = command < 0 && this.current !== null; // refused, or gone, before it had said what it wanted
    if (begins) {
      if (this.current !== null) this.end(this.current, 'restarted', transaction.from, transaction.first);
      this.begin('request', transaction);
    } else if (!write && !lone && (!isSsifRead(command) || this.current === null)) {
      this.belongs(transaction, this.stray(transaction, written), command);
      return;
    }
    const message = this.current ?? this.begin('request', transaction);
    this.belongs(transaction, message, command);
    if (write) this.wrote(message, transaction, written);
    else if (transaction.end === 'stop' || readIn(transaction).length > 0) this.read(message, transaction, command);
  }

  protected begin(kind: Message['kind'], { from, first }: Transaction): Message {
    const number = this.messages.filter((message) => message.kind === kind).length + 1;
    const message: Message = {
      kind, number, from, first, bytes: [], sent: -1, response: [], readFrom: -1, readTo: -1, to: -1, last: -1, lastExchange: 0, ending: 'open', stage: 'writing',
    };
    this.messages.push(message);
    if (kind === 'request') this.current = message;
    return message;
  }

  protected stray(transaction: Transaction, written: readonly number[]): Message {
    const message = this.begin('stray', transaction);
    message.bytes.push(...written);
    message.to = transaction.to;
    return message;
  }

  protected belongs(transaction: Transaction, message: Message, command: number): void {
    const exchange = this.items.get(message) ?? 0;
    this.parts.push({ transaction, message, exchange, command });
    this.items.set(message, exchange + transaction.items.length);
  }

  protected end(message: Message, ending: Ending, at: number, act: number): void {
    message.ending = ending;
    message.to = at;
    message.last = act;
    message.lastExchange = Math.max(0, (this.items.get(message) ?? 0) - 1);
    this.current = null;
  }

  private wrote(message: Message, transaction: Transaction, written: readonly number[]): void {
    const [command, count = 0] = written;
    const data = written.slice(2, 2 + count);
    const { end, to, last } = transaction;
    const whole = end === 'stop' && written.length >= 2 + count && !refusedIn(transaction);
    message.bytes.push(...data);
    if (!whole) {
      if (end !== 'open') this.end(message, refusedIn(transaction) ? 'refused' : 'aborted', to, last);
      return;
    }
    const more = command === SsifCmd.MULTI_PART_REQUEST_START || (command === SsifCmd.MULTI_PART_REQUEST_MIDDLE && count === BLOCK);
    if (more) return;
    message.sent = to;
    message.stage = 'waiting';
  }

  private read(message: Message, transaction: Transaction, command: number): void {
    const [count = 0, ...data] = readIn(transaction).slice(0, (readIn(transaction)[0] ?? 0) + 1);
    const { end, to, last, items } = transaction;
    if (count === 0 || count > BLOCK || data.length < count || end !== 'stop' || message.sent < 0) return;
    const bytes = items.filter(({ what, reading }) => what === 'byte' && reading);
    message.stage = 'reading';
    const first = command === SsifCmd.RESPONSE;
    const many = first && data[0] === MULTI_PART_MARKER[0] && data[1] === MULTI_PART_MARKER[1];
    if (first) {
      message.response.length = 0;
      message.readFrom = bytes[0].at;
    }
    message.response.push(...data.slice(many ? 2 : first ? 0 : 1));
    message.readTo = bytes[bytes.length - 1].at;
    if (many || (!first && data[0] !== LAST_BLOCK)) return;
    message.stage = 'done';
    this.end(message, 'answered', to, last);
  }
}

/** What was said on the bus that the host drives first. */
export function converseSsif(recording: Recording, assembler = new Assembler()): SsifConversation {
  const bus = busOf(recording);
  for (const transaction of transactionsOf(recording, bus)) assembler.add(transaction);
  const { messages, parts } = assembler;
  const waits = runsOf(recording, () => false).filter(({ raised }) => raised >= 0).map(({ raised, entered }) => entered - raised);
  return { bus, messages, parts, places: placesOf(recording, parts), usual: spreadOf(waits)?.median ?? 0 };
}

/** Each act belongs to what went over the bus last, or is going over it. */
function placesOf({ acts }: Recording, parts: readonly Part[]): readonly (Place | undefined)[] {
  const begins = new Map<number, Place>();
  for (const { transaction, message, exchange } of parts) {
    begins.set(transaction.first, { message, exchange });
    for (const [i, item] of transaction.items.entries()) begins.set(item.act, { message, exchange: exchange + i });
  }
  let place: Place | undefined;
  return acts.map((_act, index) => {
    place = begins.get(index) ?? place;
    return place;
  });
}
