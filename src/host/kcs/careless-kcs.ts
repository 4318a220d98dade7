import { KcsControl, KcsState, STATE_MASK, Str, stateOf } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import type { Ps } from '../../sim/time.ts';
import { CarelessHost, Move, type CarelessParams, type Draw, type NextRequest } from '../careless.ts';
import type { HostIo, PortReg } from '../io.ts';
import type { HostLog } from '../log.ts';
import { DATA, STATUS } from './kcs-ports.ts';

/**
 * A host that knows the KCS protocol, IPMI 2.0 §9.15, but need not keep to it. Not the Linux state machine: it has other
 * patience, follows the figures where Linux does not (it waits for the last, empty byte), and recovers only if told to.
 */
export class CarelessKcsHost extends CarelessHost {
  constructor(io: HostIo, draw: Draw, next: NextRequest, log?: HostLog, params?: CarelessParams) {
    super(STATUS, io, draw, next, log, params);
  }

  /** Waits for IBF=0 and writes a byte: legal. */
  *put(reg: PortReg, value: number): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) return this.giveUp('IBF=0');
    yield this.io.outb(reg, value);
    return Move.ok;
  }

  /** Waits for IBF=0, expects `state` (if given) and drains OBF: what follows each write of the request. */
  *settle(state?: KcsState): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) return this.giveUp('IBF=0');
    if (state !== undefined && stateOf(this.status) !== state) return Move.wrongState;
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    return Move.ok;
  }

  /**
   * WRITE_START for the request in hand, at any time (§9.12: a command may be restarted whenever IBF is 0). A
   * request that was open is abandoned by that.
   */
  *writeStart(): Steps<Move> {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) return this.giveUp('IBF=0');
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    this.abandon('restarted');
    this.begin();
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
      if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) return this.giveUp('IBF=0');
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
      this.keep(byte);
      yield this.io.outb(DATA, KcsControl.READ);
    }
  }

  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact(): Steps<Move> {
    let move = yield* this.write();
    if (move === Move.ok) move = yield* this.read();
    return this.ended(move);
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
}
