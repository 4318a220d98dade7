import { SmbusStatus } from '../../hw/i2c/smbus-host.ts';
import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, SEC, type Ps } from '../../sim/time.ts';
import { pecByte } from '../../smbus/index.ts';
import { CARELESS_BYTES, Move, type Draw, type NextRequest } from '../careless.ts';
import { SILENT, type HostLog } from '../log.ts';
import { foreignScript } from './careless-other.ts';
import { Exchange } from './exchange.ts';
import { BLOCK_BYTES, LAST_BLOCK, MULTI_PART_MARKER, SSIF_ADDRESS, SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';
import type { ScriptedSmbus } from './scripted-smbus.ts';
import type { SsifTime } from './time.ts';

export interface CarelessSmbusParams {
  /** Between the last part of a request and the first read, ps. */
  readonly pace?: Ps;
  /** Between two reads of a response that is not there yet, and two tries of sending, ps: T3 and T6. */
  readonly period?: Ps;
  /** For how long it asks for a response, ps. */
  readonly patience?: Ps;
  /** How long a reset of the host takes, ps. */
  readonly reset?: Ps;
  /** The BMC's 7-bit address. */
  readonly address?: number;
  /** Frame of the labels of its transactions: `sim.ops.frame(...)`. */
  readonly frame?: number;
}

/**
 * An SMBus controller that knows SSIF, IPMI 2.0 §12, but need not keep to it: transactions one by one, byte by byte, to
 * be put together in any order. Not ipmi_ssif: it has other patience, uses 08h and PEC when told to, and tries again
 * only where a move says so.
 *
 * Each move tells the log what it does; {@link break} announces those that are illegal.
 */
export class CarelessSmbus {
  readonly own: ScriptedSmbus;
  readonly time: SsifTime;
  readonly draw: Draw;
  readonly log: HostLog;
  readonly next: NextRequest;
  readonly pace: Ps;
  readonly period: Ps;
  readonly patience: Ps;
  readonly resetTime: Ps;
  readonly address: number;
  readonly exchange: Exchange;
  private readonly transfer: Op;
  /** Whether it uses PEC, as it may once the BMC has said that it supports it. */
  pec = false;
  /** The request in hand, and its length. */
  readonly request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  /** The response read so far, and its length (which goes on counting when the buffer is full). */
  readonly response = new Uint8Array(CARELESS_BYTES);
  responseLength = 0;
  /** It has stopped for good. */
  stopped = false;

  constructor(
    own: ScriptedSmbus, time: SsifTime, draw: Draw, next: NextRequest, log: HostLog = SILENT, params: CarelessSmbusParams = {},
  ) {
    this.own = own;
    this.time = time.at('careless host');
    this.draw = draw;
    this.next = next;
    this.log = log;
    this.pace = params.pace ?? 5 * MS;
    this.period = params.period ?? 60 * MS;
    this.patience = params.patience ?? 5 * SEC;
    this.resetTime = params.reset ?? 5 * MS;
    this.address = params.address ?? SSIF_ADDRESS;
    this.exchange = new Exchange(log);
    this.transfer = own.transferAt(params.frame ?? 0);
  }

  /** Back to the start, for the next execution. */
  reset(): void {
    this.request.fill(0); // a length that is a lie reads beyond the request
    this.response.fill(0);
    this.pec = false;
    this.length = 0;
    this.responseLength = 0;
    this.stopped = false;
    this.exchange.open = false;
  }

  /** A request has begun, and neither been answered nor abandoned. */
  get open(): boolean {
    return this.exchange.open;
  }

  /** Takes the next request in hand. */
  compose(length?: number): void {
    this.length = this.next(this.request, length);
  }

  /** Announces that what follows is against §`section`. */
  break(section: string, what: string): void {
    this.log.broke(section, what);
  }

  abandon(why: string): void {
    this.exchange.abandon(why);
  }

  /** A script of its own controller, from the address byte for writing on. */
  script(): ScriptedSmbus {
    return this.own.clear().start(this.address, false);
  }

  /** Runs the script; the value is a `SmbusStatus`. */
  *run(): Steps<number> {
    return yield this.transfer;
  }

  /** Runs it and says whether all went well. */
  *done(): Steps<Move> {
    return (yield this.transfer) === SmbusStatus.OK ? Move.ok : Move.wrongState;
  }

  *sleep(ps: Ps): Steps {
    if (ps > 0) yield this.time.wait(this.time.now + ps, false);
  }

  /** Block write up to its last byte: command, count, `count` bytes of the request from `from` on. */
  block(command: number, from: number, count: number): ScriptedSmbus {
    const script = this.script().send(command).send(count);
    for (let i = from; i < from + count; i++) script.send(this.request[i]);
    return script;
  }

  /** Its end. */
  endBlock(script: ScriptedSmbus): ScriptedSmbus {
    if (this.pec) script.sendPec();
    return script.stop();
  }

  /** The begin of the request in hand, whatever is done with it. */
  begin(): void {
    this.responseLength = 0;
    this.exchange.begin(this.request, this.length, 'given up for another');
  }

  /** Parts of the request in hand: one of up to 32 bytes, or 32 each and the rest. */
  get parts(): number {
    return Math.max(1, Math.ceil(this.length / I2C_SMBUS_BLOCK_MAX));
  }

  /** Part `n` of the request in hand, tried once. */
  *writePart(n: number): Steps<Move> {
    const { parts } = this;
    const from = n * I2C_SMBUS_BLOCK_MAX;
    this.endBlock(this.block(partCommand(n, parts), from, Math.min(I2C_SMBUS_BLOCK_MAX, this.length - from)));
    const move = yield* this.done();
    if (move === Move.ok && n === parts - 1) this.exchange.sent();
    return move;
  }

  /** The request in hand up to and without part `end`, tried once. */
  *write(end = this.parts): Steps<Move> {
    this.begin();
    let move: Move = Move.ok;
    for (let n = 0; n < end && move === Move.ok; n++) move = yield* this.writePart(n);
    return move;
  }

  /** The same, again from its begin if the BMC does not take it: at most five times (§12.17, request retries). */
  *insist(): Steps<Move> {
    for (let tried = 1; ; tried++) {
      const move = yield* this.write();
      if (move === Move.ok || tried === 5) return move;
      this.abandon('not taken');
      yield* this.sleep(this.period);
    }
  }

  /** One block read. Its bytes are then in `own.data`; the length, or -1. */
  *readBlock(command: number): Steps<number> {
    const { own } = this;
    this.script().send(command).start(this.address, true).receiveBlock(this.pec).stop();
    return (yield* this.run()) === SmbusStatus.OK ? own.length : -1;
  }

  /**
   * Reads the response to its end, or `limit` parts of it (then Move.ok comes early, with the request open); asks for
   * it, from the first part, until it is there.
   */
  *read(limit = Infinity, patience: Ps = this.patience): Steps<Move> {
    const deadline = this.time.now + patience;
    for (;;) {
      const move = yield* this.readOnce(limit);
      if (move !== Move.gaveUp) return move;
      if (this.time.now >= deadline) {
        this.exchange.gaveUp('response');
        return Move.gaveUp;
      }
      yield this.time.wait(this.time.now + this.period, true);
    }
  }

  /** The same, tried once: Move.gaveUp if a part of it cannot be read. */
  *readOnce(limit = Infinity): Steps<Move> {
    const { data } = this.own;
    this.responseLength = 0;
    const length = yield* this.readBlock(SsifCmd.RESPONSE);
    if (length < 1) return Move.gaveUp;
    if (length < 2 || data[0] !== MULTI_PART_MARKER[0] || data[1] !== MULTI_PART_MARKER[1]) {
      this.keep(0, length);
      return this.answered();
    }
    this.keep(2, length);
    return yield* this.readParts(limit, false);
  }

  /** What is left of a response whose first part is read, each part tried once; `blind`: takes any block for the next. */
  private *readParts(limit: number, blind: boolean): Steps<Move> {
    const { data } = this.own;
    for (let part = 1; part < limit; part++) {
      const more = yield* this.readBlock(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
      if (more < 1) return Move.gaveUp;
      const block = data[0];
      this.keep(1, more);
      if (block === LAST_BLOCK) return this.answered();
      if (!blind && (block !== part - 1 || more !== BLOCK_BYTES + 1)) return Move.wrongState;
    }
    return Move.ok;
  }

  /** The same, after a read of the first middle part that was broken off; this host does not look at block numbers. */
  readRest(): Steps<Move> {
    return this.readParts(Infinity, true);
  }

  /** The request in hand in one part with PEC, of which bit `flip` of byte `at` (behind all data: the PEC) is wrong. */
  *noisyWrite(at: number, flip: number): Steps<Move> {
    let crc = pecByte(0, this.address << 1);
    const script = this.script();
    const put = (byte: number, noise: number) => {
      crc = pecByte(crc, byte);
      script.send(byte ^ noise);
    };
    put(SsifCmd.REQUEST, 0);
    put(this.length, 0);
    for (let i = 0; i < this.length; i++) put(this.request[i], i === at ? flip : 0);
    script.send(crc ^ (at >= this.length ? flip : 0)).stop();
    return yield* this.done();
  }

  /** A transaction with another target. */
  *foreign(address: number): Steps {
    foreignScript(this.own.clear(), address, this.draw);
    yield* this.run();
  }

  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact(): Steps<Move> {
    let move = yield* this.insist();
    if (move === Move.ok) {
      yield* this.sleep(this.pace);
      move = yield* this.read();
    }
    if (move !== Move.ok) this.abandon(move === Move.gaveUp ? 'out of patience' : 'not taken, or not in order');
    return move;
  }

  private keep(from: number, end: number): void {
    const { data } = this.own;
    for (let i = from; i < end; i++) {
      if (this.responseLength < CARELESS_BYTES) this.response[this.responseLength] = data[i];
      this.responseLength++;
    }
  }

  private answered(): Move {
    this.exchange.responded(this.response, Math.min(this.responseLength, CARELESS_BYTES));
    return Move.ok;
  }
}

/** The command of part `n` of `parts`. */
export function partCommand(n: number, parts: number): SsifCmd {
  if (parts === 1) return SsifCmd.REQUEST;
  if (n === 0) return SsifCmd.MULTI_PART_REQUEST_START;
  return n === parts - 1 ? SsifCmd.MULTI_PART_REQUEST_END : SsifCmd.MULTI_PART_REQUEST_MIDDLE;
}
