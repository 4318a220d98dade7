import { KcsControl, KcsState, STATE_MASK, Str, stateOf } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, US, type Ps } from '../../sim/time.ts';
import type { HostIo, PortReg } from '../io.ts';
import { DATA, STATUS } from './kcs-ports.ts';
import { SILENT, type HostLog } from '../log.ts';

/** A choice of the caller's: an integer in [0, n), 0 being the plain one. */
export type Draw = (n: number, label: string) => number;

/**
 * Writes the next request to send into `buf` and returns its length, which is `length` if that is given and
 * possible. So the caller decides what requests look like, and can tag them.
 */
export type NextRequest = (buf: Uint8Array, length?: number) => number;

export interface CarelessParams {
  /** Between two looks at STATUS, ps. */
  readonly period?: Ps;
  /** How long it waits for IBF or OBF, ps. */
  readonly patience?: Ps;
  /** How long it waits for a response before it restarts anyway, where a move says so, ps. */
  readonly impatience?: Ps;
  /** How long a reset of the host takes, ps. */
  readonly reset?: Ps;
}

/** The longest message that this host sends or keeps: beyond every BMC's buffer. */
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

/**
 * A host that knows the KCS protocol, IPMI 2.0 §9.15, but need not keep to it: the moves of the protocol one by
 * one, to be put together in any order. Not the Linux state machine: it has other patience, follows the
 * figures where Linux does not (it waits for the last, empty byte), and recovers only if told to.
 *
 * Each move tells the log what it does; {@link break} announces those that are illegal.
 */
export class CarelessHost {
  readonly io: HostIo;
  readonly draw: Draw;
  readonly log: HostLog;
  readonly next: NextRequest;
  readonly period: Ps;
  readonly patience: Ps;
  readonly impatience: Ps;
  readonly resetTime: Ps;
  /** The request in hand, and its length. */
  readonly request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  /** The response read so far, and its length (which goes on counting when the buffer is full). */
  readonly response = new Uint8Array(CARELESS_BYTES);
  responseLength = 0;
  /** The STATUS read last. */
  status = 0;
  /** It has stopped for good. */
  stopped = false;
  /** A request has begun, and neither been answered nor abandoned. */
  open = false;

  constructor(io: HostIo, draw: Draw, next: NextRequest, log: HostLog = SILENT, params: CarelessParams = {}) {
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

  /** Waits while STATUS & mask is `value`, at most `patience`. False: it still is. */
  *waitWhile(mask: number, value: number, patience: Ps = this.patience): Steps<boolean> {
    const deadline = this.io.now + patience;
    this.status = yield this.io.inb(STATUS);
    if ((this.status & mask) !== value) return true;
    this.status = yield this.io.poll(mask, this.status, this.period, deadline);
    return (this.status & mask) !== value;
  }

  /** Waits for IBF=0 and writes a byte: legal. */
  *put(reg: PortReg, value: number): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp('IBF=0');
      return Move.gaveUp;
    }
    yield this.io.outb(reg, value);
    return Move.ok;
  }

  /** Waits for IBF=0, expects `state` (if given) and drains OBF: what follows each write of the request. */
  *settle(state?: KcsState): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp('IBF=0');
      return Move.gaveUp;
    }
    if (state !== undefined && stateOf(this.status) !== state) return Move.wrongState;
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    return Move.ok;
  }

  /**
   * WRITE_START for the request in hand, at any time (§9.12: a command may be restarted whenever IBF is 0). A
   * request that was open is abandoned by that.
   */
  *writeStart(): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp('IBF=0');
      return Move.gaveUp;
    }
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    this.abandon('restarted');
    this.open = true;
    this.responseLength = 0;
    this.log.began(this.request, this.length);
    yield this.io.outb(STATUS, KcsControl.WRITE_START);
    return yield* this.settle(KcsState.WRITE);
  }

  /** Byte `i` of the request, not the last. */
  *writeByte(i: number): Steps<Move> {
    yield this.io.outb(DATA, this.request[i]);
    return yield* this.settle(KcsState.WRITE);
  }

  /** WRITE_END and the last byte. */
  *writeEnd(): Steps<Move> {
    yield this.io.outb(STATUS, KcsControl.WRITE_END);
    const move = yield* this.settle(KcsState.WRITE);
    if (move !== Move.ok) return move;
    yield this.io.outb(DATA, this.request[this.length - 1]);
    this.log.sent();
    return Move.ok;
  }

  /** The request in hand up to and without byte `end`; all of it with WRITE_END if `end` is its length. */
  *write(end: number = this.length): Steps<Move> {
    let move = yield* this.writeStart();
    const plain = Math.min(end, this.length - 1);
    for (let i = 0; i < plain && move === Move.ok; i++) move = yield* this.writeByte(i);
    if (move === Move.ok && end >= this.length) move = yield* this.writeEnd();
    return move;
  }

  /** Waits for the first byte of the response, at most `patience`: false if it has not come. */
  *awaitResponse(patience: Ps = this.patience): Steps<boolean> {
    const deadline = this.io.now + patience;
    const there = yield* this.waitWhile(Str.IBF, Str.IBF, patience);
    return there && (yield* this.waitWhile(Str.OBF, 0, Math.max(0, deadline - this.io.now)));
  }

  /** Reads the response to its end, or `limit` bytes of it (then Move.ok comes early, with the request open). */
  *read(limit = Infinity): Steps<Move> {
    for (;;) {
      if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
        this.log.gaveUp('IBF=0');
        return Move.gaveUp;
      }
      const state = stateOf(this.status);
      if (state !== KcsState.READ && state !== KcsState.IDLE) return Move.wrongState;
      if (state === KcsState.READ && this.responseLength >= limit) return Move.ok;
      if ((this.status & Str.OBF) === 0) {
        // OBF=1 is waited for in IDLE_STATE too, figure 9-7; a state that changes meanwhile is looked at again.
        const here = this.status & STATE_MASK;
        if (!(yield* this.waitWhile(Str.OBF | STATE_MASK, here))) {
          this.log.gaveUp('OBF=1');
          return state === KcsState.READ ? Move.gaveUp : this.answered();
        }
        if ((this.status & Str.OBF) === 0) continue;
      }
      const byte = yield this.io.inb(DATA);
      if (state === KcsState.IDLE) return this.answered();
      if (this.responseLength < CARELESS_BYTES) this.response[this.responseLength] = byte;
      this.responseLength++;
      yield this.io.outb(DATA, KcsControl.READ);
    }
  }

  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact(): Steps<Move> {
    let move = yield* this.write();
    if (move === Move.ok) move = yield* this.read();
    if (move !== Move.ok) this.abandon(move === Move.gaveUp ? 'out of patience' : 'unexpected state');
    return move;
  }

  /**
   * GET_STATUS/ABORT at any time, and its error code (§9.15, figure 9-8): 0-255, or -1 if the BMC does not
   * play along. What was open is abandoned.
   */
  *abort(): Steps<number> {
    this.abandon('aborted');
    if ((yield* this.put(STATUS, KcsControl.GET_STATUS_ABORT)) !== Move.ok) return -1;
    if ((yield* this.settle()) !== Move.ok) return -1;
    yield this.io.outb(DATA, 0);
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF)) || stateOf(this.status) !== KcsState.READ) return -1;
    const code = yield* this.take();
    if (code < 0) return -1;
    yield this.io.outb(DATA, KcsControl.READ);
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF)) || stateOf(this.status) !== KcsState.IDLE) return -1;
    return (yield* this.take()) < 0 ? -1 : code;
  }

  /** Waits for OBF=1 and reads ODR; -1 if OBF does not come. */
  private *take(): Steps<number> {
    if (!(yield* this.waitWhile(Str.OBF, 0))) {
      this.log.gaveUp('OBF=1');
      return -1;
    }
    return yield this.io.inb(DATA);
  }

  private answered(): Move {
    if (this.open) this.log.responded(this.response, Math.min(this.responseLength, CARELESS_BYTES));
    this.open = false;
    return Move.ok;
  }
}
