import type { Ps } from '../../sim/index.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';

/** Flags of `i2c.address` and `i2c.byte`. */
const ACKED = 1;
const TO_CONTROLLER = 2;

/** What goes over the bus between two conditions: each is one exchange between host and BMC. */
export interface Item {
  readonly what: 'address' | 'byte' | 'stop';
  /** Index of its act, and when it was over. */
  readonly act: number;
  readonly at: Ps;
  readonly byte: number;
  readonly ack: boolean;
  /** The byte came from the BMC; of an address: it asks for bytes. */
  readonly reading: boolean;
}

/** How a transaction ended. */
export type TransactionEnd = 'open' | 'stop' | 'timeout' | 'vanished' | 'arbitration';

/** One SMBus transaction, from START to STOP. */
export interface Transaction {
  readonly from: Ps;
  /** Index of the act of its START. */
  readonly first: number;
  to: Ps;
  last: number;
  readonly items: Item[];
  end: TransactionEnd;
  /** For how long targets have held SCL in it, in all, ps. */
  stretched: Ps;
}

/** The bus on which something happens first. */
export function busOf(recording: Recording): number {
  for (const { events } of recording.acts) {
    for (const event of events) if (nameOf(recording, event) === 'i2c.start') return event.c;
  }
  return 0;
}

/** All transactions on a bus, in order. */
export function transactionsOf(recording: Recording, bus: number): readonly Transaction[] {
  const all: Transaction[] = [];
  let open: Transaction | null = null;
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      if (event.c !== bus) continue;
      const name = nameOf(recording, event);
      if (name === 'i2c.start' && (event.a === 0 || open === null)) {
        open = { from: event.at, first: index, to: -1, last: -1, items: [], end: 'open', stretched: 0 };
        all.push(open);
      } else if (open !== null && told(open, name, event, index)) open = null;
    }
  }
  return all;
}

/** Adds an event to a transaction; true if that ends it. */
function told(open: Transaction, name: string, { at, a, b }: TraceEntry, act: number): boolean {
  const end = (how: TransactionEnd): true => {
    open.to = at;
    open.last = act;
    open.end = how;
    return true;
  };
  switch (name) {
    case 'i2c.address':
      open.items.push({ what: 'address', act, at, byte: a, ack: (b & ACKED) !== 0, reading: (a & 1) !== 0 });
      return false;
    case 'i2c.byte':
      open.items.push({ what: 'byte', act, at, byte: a, ack: (b & ACKED) !== 0, reading: (b & TO_CONTROLLER) !== 0 });
      return false;
    case 'i2c.stop':
      open.items.push({ what: 'stop', act, at, byte: 0, ack: true, reading: false });
      return end('stop');
    case 'i2c.stretch':
      open.stretched += a;
      return false;
    case 'i2c.timeout': // SCL may be let go yet, and a STOP follow; what counts has ended
      return end('timeout');
    case 'i2c.vanish':
      return end('vanished');
    case 'i2c.arbitration':
      return end('arbitration');
    default:
      return false;
  }
}

/** Bytes behind the address that the host has written. */
export function writtenIn({ items }: Transaction): readonly number[] {
  return items.filter(({ what, reading }) => what === 'byte' && !reading).map(({ byte }) => byte);
}

/** Bytes that the BMC has sent. */
export function readIn({ items }: Transaction): readonly number[] {
  return items.filter(({ what, reading }) => what === 'byte' && reading).map(({ byte }) => byte);
}

/** A byte of the host, or its address, was not ACKed. */
export function refusedIn({ items }: Transaction): boolean {
  return items.some(({ what, ack, reading }) => !ack && (what === 'address' || !reading));
}

/** It asks the BMC for bytes. */
export function readsIn({ items }: Transaction): boolean {
  return items.some(({ what, reading }) => what === 'address' && reading);
}
