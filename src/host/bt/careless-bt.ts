import { BT_RESPONSE_LEAST, BtCtrl } from '../../ipmi/bt.ts';
import { isResponseTo } from '../../ipmi/message.ts';
import type { Steps } from '../../sim/process.ts';
import type { Ps } from '../../sim/time.ts';
import { CarelessHost, Move, type CarelessParams, type Draw, type NextRequest } from '../careless.ts';
import type { HostIo } from '../io.ts';
import type { HostLog } from '../log.ts';
import { BT_BUFFER, BT_CTRL } from './bt-ports.ts';

/** Bits that are 0 when the host may write a request. */
const TAKEN = BtCtrl.B_BUSY | BtCtrl.H2B_ATN;

/**
 * A host that knows the BT protocol, IPMI 2.0 §11.7, but need not keep to it. Not the Linux state machine: it has other
 * patience, and looks before each toggle of H_BUSY.
 */
export class CarelessBtHost extends CarelessHost {
  /** Sequence number of the request in hand. */
  seq = 0;
  private nextSeq = 0;
  /** Sequence number of the response read last. */
  private responseSeq = 0;

  constructor(io: HostIo, draw: Draw, next: NextRequest, log?: HostLog, params?: CarelessParams) {
    super(BT_CTRL, io, draw, next, log, params);
  }

  override reset(): void {
    super.reset();
    this.seq = 0;
    this.nextSeq = 0;
    this.responseSeq = 0;
  }

  /** Takes the next request in hand, with a sequence number of its own (§11.3). */
  override compose(length?: number): void {
    super.compose(length);
    this.seq = this.nextSeq;
    this.nextSeq = (this.nextSeq + 1) & 0xff;
  }

  /** Bytes that the request in hand takes in the buffer, its length included. */
  get frameLength(): number {
    return this.length + 2;
  }

  /** What the length byte of the request in hand has to be. */
  get lengthByte(): number {
    return this.length + 1;
  }

  /** Waits until BT_CTRL & mask is `value`, at most `patience`. */
  *waitUntil(mask: number, value: number, patience: Ps = this.patience): Steps<boolean> {
    const { io } = this;
    const deadline = io.now + patience;
    this.status = yield io.inb(BT_CTRL);
    while ((this.status & mask) !== value) {
      if (io.now >= deadline) return false;
      this.status = yield io.poll(mask, this.status, this.period, deadline);
    }
    return true;
  }

  /** Makes H_BUSY what it should be. */
  *setHBusy(on: boolean): Steps {
    this.status = yield this.io.inb(BT_CTRL);
    if (((this.status & BtCtrl.H_BUSY) !== 0) !== on) yield this.io.outb(BT_CTRL, BtCtrl.H_BUSY);
  }

  /** Puts right what it may find, and waits until it may write: legal. */
  *ready(): Steps<Move> {
    yield* this.setHBusy(false);
    if ((this.status & BtCtrl.B2H_ATN) !== 0) yield* this.take();
    return (yield* this.waitUntil(TAKEN, 0)) ? Move.ok : this.giveUp('B_BUSY=0 and H2B_ATN=0');
  }

  /** Begins the request in hand, ready or not: a request that was open is abandoned by that. */
  *start(): Steps {
    this.abandon('overtaken');
    this.begin();
    yield this.io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
  }

  /** Bytes `from` to `to` (not included) of the request in hand as they stand in the buffer. */
  *put(from: number, to: number, lengthByte = this.lengthByte): Steps {
    for (let i = from; i < to; i++) yield this.io.outb(BT_BUFFER, this.frameByte(i, lengthByte));
  }

  /** H2B_ATN. */
  *attention(): Steps {
    yield this.io.outb(BT_CTRL, BtCtrl.H2B_ATN);
    if (this.open) this.log.sent();
  }

  /** The request in hand as a whole, ready or not. */
  *force(lengthByte = this.lengthByte): Steps {
    yield* this.start();
    yield* this.put(0, this.frameLength, lengthByte);
    yield* this.attention();
  }

  /** The request in hand, plainly; up to and without byte `end` of it, and then nothing more. */
  *write(end: number = this.frameLength): Steps<Move> {
    const move = yield* this.ready();
    if (move !== Move.ok) return move;
    if (end >= this.frameLength) yield* this.force();
    else {
      yield* this.start();
      yield* this.put(0, end);
    }
    return Move.ok;
  }

  /** Waits for the response to the request in hand, and reads it; one that belongs to another is thrown away. */
  *read(): Steps<Move> {
    for (;;) {
      if (!(yield* this.waitUntil(BtCtrl.B2H_ATN, BtCtrl.B2H_ATN))) return this.giveUp('B2H_ATN=1');
      const length = yield* this.take();
      if (length < BT_RESPONSE_LEAST) return Move.wrongState;
      const { request, response } = this;
      if (this.responseSeq === this.seq && isResponseTo(request, this.length, response, this.responseLength)) return this.answered();
    }
  }

  /** Acknowledges a response and makes ready to read it, or does so once more; `busy`: with H_BUSY, as it has to be. */
  *acknowledge(busy = true): Steps {
    if (busy) yield* this.setHBusy(true);
    yield this.io.outb(BT_CTRL, BtCtrl.B2H_ATN);
    yield this.io.outb(BT_CTRL, BtCtrl.CLR_RD_PTR);
  }

  /** Length byte and, if there are as many, up to `limit` bytes of a response. Returns the length byte. */
  *bytes(limit = Infinity): Steps<number> {
    this.responseLength = 0;
    const length = yield this.io.inb(BT_BUFFER);
    for (let i = 1; i <= Math.min(length, limit); i++) {
      const byte = yield this.io.inb(BT_BUFFER);
      if (i === 2) this.responseSeq = byte;
      else this.keep(byte);
    }
    return length;
  }

  /** A response that is there, from its acknowledgement to the end of H_BUSY. Returns the length byte. */
  *take(): Steps<number> {
    yield* this.acknowledge();
    const length = yield* this.bytes();
    yield* this.setHBusy(false);
    return length;
  }

  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact(): Steps<Move> {
    let move = yield* this.write();
    if (move === Move.ok) move = yield* this.read();
    return this.ended(move);
  }

  private frameByte(i: number, lengthByte: number): number {
    if (i === 0) return lengthByte & 0xff;
    if (i === 2) return this.seq;
    return i === 1 ? this.request[0] : this.request[i - 2];
  }
}
