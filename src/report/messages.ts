import type { Ps } from '../sim/index.ts';
import { tagOf } from './names.ts';

/** How a message of the host's ended. */
export type Ending = 'open' | 'answered' | 'restarted' | 'aborted' | 'refused';

/** One transfer that the host has begun: a request with its response, an abort, or bytes out of place. */
export interface Message {
  readonly kind: 'request' | 'abort' | 'stray';
  /** Ordinal among its kind, from 1. */
  readonly number: number;
  readonly from: Ps;
  /** Index of the act that began it. */
  readonly first: number;
  readonly bytes: number[];
  /** When its last byte was written; -1: never. */
  sent: Ps;
  /** Bytes that the host has taken as its response (of an abort: the status code). */
  readonly response: number[];
  /** When the first and the last of them were read; -1: never. */
  readFrom: Ps;
  readTo: Ps;
  /** When it ended; -1: it is open at the end of the run. */
  to: Ps;
  last: number;
  /** The exchange in which it ended. */
  lastExchange: number;
  ending: Ending;
  /** Where the host stood when it gave up. */
  stage: Stage;
}

export type Stage = 'writing' | 'ending' | 'waiting' | 'reading' | 'done';

/** To which byte of which message an act belongs. */
export interface Place {
  readonly message: Message;
  /** Ordinal of what the host did last in the message: 0 is its beginning. */
  readonly exchange: number;
}

/** What the host and the BMC said to each other, and where each act belongs. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** By act: where it belongs; undefined: before the first write. */
  readonly places: readonly (Place | undefined)[];
}

/** `request 2 (tag 2)`. */
export function messageName(message: Message): string {
  const tag = message.kind === 'request' ? tagOf(message.bytes) : -1;
  const name = message.kind === 'stray' ? `stray write ${message.number}` : `${message.kind} ${message.number}`;
  return tag < 0 ? name : `${name} (tag ${tag})`;
}
