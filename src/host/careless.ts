import type { Steps } from '../sim/process.ts';
import { MS, US, type Ps } from '../sim/time.ts';
import type { HostIo, PortReg } from './io.ts';
import { SILENT, type HostLog } from './log.ts';

/** A choice of the caller's: an integer in [0, n), 0 being the plain one. */
export type Draw = (n: number, label: string) => number;

/**
 * Writes the next request to send into `buf` and returns its length, which is `length` if that is given and
 * possible. So the caller decides what requests look like, and can tag them.
 */
export type NextRequest = (buf: Uint8Array, length?: number) => number;

export interface CarelessParams {
  /** Between two looks at the status register, ps. */
  readonly period?: Ps;
  /** How long it waits for the BMC, ps. */
  readonly patience?: Ps;
  /** How long it waits for a response before it restarts anyway, where a move says so, ps. */
  readonly impatience?: Ps;
  /** How long a reset of the host takes, ps. */
  readonly reset?: Ps;
}

/** The longest message that such a host sends or keeps: beyond every BMC's buffer. */
export const CARELESS_BYTES = 2048;

/** What a move has come to. */
export const Move = {
  /** As intended. */
  ok: 0,
  /** The BMC's state was not the expected one. */
  wrongState: 1,
  /** The host lost patience. */
  gaveUp: 2,
} as const;
export type Move = (typeof Move)[keyof typeof Move];

/** One thing that a careless host may do, from one request to the next. */
export interface CarelessMove<Host> {
  readonly name: string;
  /** Whether the protocol allows it. Faults that befall any host are allowed: lost power, noise. */
  readonly legal: boolean;
  run(host: Host): Steps<unknown>;
}

/** Draws one of the moves and makes it; nothing once the host has stopped. */
export function* carelessMove<Host extends { readonly stopped: boolean; readonly draw: Draw }>(
  host: Host, moves: readonly CarelessMove<Host>[],
): Steps {
  if (host.stopped) return;
  yield* moves[host.draw(moves.length, 'move')].run(host);
}

/** How long it gives the BMC for a response, in units of {@link CarelessHost.impatience}. */
const IMPATIENCE: readonly number[] = [1, 0, 2, 8];

/**
 * A host in front of I/O ports that knows the protocol there, but need not keep to it: the moves of the protocol one by
 * one, to be put together in any order. Each move tells the log what it does; {@link break} announces those that are illegal.
 */
export abstract class CarelessHost {
  readonly io: HostIo;
  readonly draw: Draw;
  readonly log: HostLog;
  readonly next: NextRequest;
  readonly period: Ps;
  readonly patience: Ps;
  readonly impatience: Ps;
  readonly resetTime: Ps;
  /** The interface's status register. */
  protected readonly statusReg: PortReg;
  /** The request in hand, and its length. */
  readonly request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  /** The response read so far, and its length (which goes on counting when the buffer is full). */
  readonly response = new Uint8Array(CARELESS_BYTES);
  responseLength = 0;
  /** The status read last. */
  status = 0;
  /** It has stopped for good. */
  stopped = false;
  /** A request has begun, and neither been answered nor abandoned. */
  open = false;

  constructor(statusReg: PortReg, io: HostIo, draw: Draw, next: NextRequest, log: HostLog = SILENT, params: CarelessParams = {}) {
    this.statusReg = statusReg;
    this.io = io.at('careless host');
    this.draw = draw;
    this.next = next;
    this.log = log;
    this.period = params.period ?? 10 * US;
    this.patience = params.patience ?? 20 * MS;
    this.impatience = params.impatience ?? 500 * US;
    this.resetTime = params.reset ?? 5 * MS;
  }

  /** Back to the start, for the next execution. */
  reset(): void {
    this.request.fill(0); // a length that is a lie reads beyond the request
    this.response.fill(0);
    this.length = 0;
    this.responseLength = 0;
    this.status = 0;
    this.stopped = false;
    this.open = false;
  }

  /** Takes the next request in hand. */
  compose(length?: number): void {
    this.length = this.next(this.request, length);
  }

  /** Announces that what follows is against §`section`. */
  break(section: string, what: string): void {
    this.log.broke(section, what);
  }

  /** Lets go of the request, if one has begun. */
  abandon(why: string): void {
    if (this.open) this.log.abandoned(why);
    this.open = false;
  }

  /** Stops for good, in the middle of whatever it is. */
  stop(): void {
    this.abandon('stopped for good');
    this.stopped = true;
  }

  /** The host is reset: it knows nothing of what was. */
  *restart(): Steps {
    this.abandon('host reset');
    yield this.io.sleep(this.resetTime);
  }

  /** Does something else for a while, as long as it gives the BMC for a response, and looks at the status. */
  *beImpatient(): Steps {
    const waits = IMPATIENCE[this.draw(IMPATIENCE.length, 'impatience')];
    if (waits > 0) yield this.io.sleep(waits * this.impatience);
    this.status = yield this.io.inb(this.statusReg);
  }

  /** Waits while status & mask is `value`, at most `patience`. False: it still is. */
  *waitWhile(mask: number, value: number, patience: Ps = this.patience): Steps<boolean> {
    const deadline = this.io.now + patience;
    this.status = yield this.io.inb(this.statusReg);
    if ((this.status & mask) !== value) return true;
    this.status = yield this.io.poll(mask, this.status, this.period, deadline);
    return (this.status & mask) !== value;
  }

  /** Tells that it has waited long enough for `what`. */
  giveUp(what: string): Move {
    this.log.gaveUp(what);
    return Move.gaveUp;
  }

  protected begin(): void {
    this.open = true;
    this.responseLength = 0;
    this.log.began(this.request, this.length);
  }

  protected keep(byte: number): void {
    if (this.responseLength < CARELESS_BYTES) this.response[this.responseLength] = byte;
    this.responseLength++;
  }

  /** The response has been read to its end. */
  protected answered(): Move {
    if (this.open) this.log.responded(this.response, Math.min(this.responseLength, CARELESS_BYTES));
    this.open = false;
    return Move.ok;
  }

  /** What is left of a transaction that has come to `move`. */
  protected ended(move: Move): Move {
    if (move !== Move.ok) this.abandon(move === Move.gaveUp ? 'out of patience' : 'unexpected state');
    return move;
  }
}
