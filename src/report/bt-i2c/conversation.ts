import { Assembler } from '../ssif/conversation.ts';
import { readIn, readsIn, refusedIn, writtenIn, type Transaction } from '../ssif/transactions.ts';
import type { Message } from '../messages.ts';

/** Place of the sequence number in a message, whose length comes first (IPMI 11.1). */
const SEQ = 2;
/** Shortest response, its length not counted, bytes. */
const SHORTEST = 4;

/** A message without its length and its sequence number. */
export function unframed(bytes: readonly number[]): readonly number[] {
  return bytes.filter((_byte, i) => i !== 0 && i !== SEQ);
}

/** Puts requests and responses together from transfers of BT over I2C: one writes a request, one reads a response. */
export class BtI2cAssembler extends Assembler {
  private readonly numbers = new Map<Message, number>();

  override add(transaction: Transaction): void {
    const { current } = this;
    if (readsIn(transaction)) {
      this.belongs(transaction, current ?? this.stray(transaction, readIn(transaction)), -1);
      if (current !== null) this.responded(current, transaction);
    } else {
      if (current !== null) this.end(current, 'restarted', transaction.from, transaction.first);
      const message = this.begin('request', transaction);
      this.belongs(transaction, message, -1);
      this.requested(message, transaction);
    }
  }

  private requested(message: Message, transaction: Transaction): void {
    const written = writtenIn(transaction);
    const { end, to, last } = transaction;
    message.bytes.push(...unframed(written.slice(0, 1 + (written[0] ?? 0))));
    this.numbers.set(message, written[SEQ] ?? -1);
    if (end === 'stop' && written.length > (written[0] ?? 0) && !refusedIn(transaction)) {
      message.sent = to;
      message.stage = 'waiting';
    } else if (end !== 'open') this.end(message, refusedIn(transaction) ? 'refused' : 'aborted', to, last);
  }

  private responded(message: Message, transaction: Transaction): void {
    const bytes = readIn(transaction);
    const count = bytes[0] ?? 0;
    const { items, end, to, last } = transaction;
    if (count < SHORTEST || bytes.length <= count || end !== 'stop' || bytes[SEQ] !== this.numbers.get(message)) return;
    const read = items.filter(({ what, reading }) => what === 'byte' && reading);
    message.response.push(...unframed(bytes.slice(0, 1 + count)));
    message.readFrom = read[0].at;
    message.readTo = read[read.length - 1].at;
    message.stage = 'done';
    this.end(message, 'answered', to, last);
  }
}
