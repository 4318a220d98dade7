import { SmbusStatus } from '../../hw/i2c/smbus-host.ts';
import { BT_RESPONSE_LEAST } from '../../ipmi/bt.ts';
import { CompletionCode } from '../../ipmi/completion.ts';
import { CC_INDEX, RESPONSE_HEADER, writeResponse } from '../../ipmi/message.ts';
import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, SEC, type Ps } from '../../sim/time.ts';
import { SILENT, type HostLog } from '../log.ts';
import { Exchange } from '../ssif/exchange.ts';
import type { ScriptedSmbus } from '../ssif/scripted-smbus.ts';
import type { SsifTime } from '../ssif/time.ts';

/** Between two looks for a response, and two tries of sending: usleep_range(1000, 1500). */
const PERIOD: Ps = 1 * MS;
/** For how long it tries to send, and to read what is there: `write_timeout`. */
const WRITE_TIMEOUT: Ps = 25 * MS;
/** From the request to the response: IPMI_BT_I2C_TIMEOUT. */
const TIMEOUT: Ps = 1 * SEC;
/** Sequence numbers. */
const SEQUENCES = 256;
/** A message with its length, bytes. */
const FRAME = 256;

/**
 * The host's side of BT over I2C: ipmi_bt_i2c.c of "[PATCH v2 0/4] ipmi: bt-i2c: added IPMI Block Transfer over I2C", 2017.
 * A message is written in one transfer, length first; then the first byte is read until it is not 0, and then the whole.
 *
 * A sequence number is the lowest that no request has which still waits, so nearly always 0. A response to nobody is
 * thrown away.
 */
export class BtI2c {
  readonly response = new Uint8Array(FRAME);
  private readonly smbus: ScriptedSmbus;
  private readonly address: number;
  private readonly time: SsifTime;
  private readonly exchange: Exchange;
  private readonly transfer: Op;
  /** Requests that were given up, and whose numbers nobody has freed. */
  private readonly taken = new Uint8Array(SEQUENCES);
  private readonly frame = new Uint8Array(FRAME);

  /** @param frame of the labels of its transfers: `sim.ops.frame(...)` */
  constructor(smbus: ScriptedSmbus, address: number, time: SsifTime, frame: number, log: HostLog = SILENT) {
    this.smbus = smbus;
    this.address = address;
    this.time = time.at('ipmi_bt_i2c');
    this.exchange = new Exchange(log);
    this.transfer = smbus.transferAt(frame);
  }

  reset(): void {
    this.taken.fill(0);
    this.exchange.open = false;
  }

  /** It has nothing in hand. */
  get quiet(): boolean {
    return !this.exchange.open;
  }

  /** Nobody asks anything until `until`. */
  *idle(until: Ps): Steps {
    yield this.time.wait(until, false);
  }

  /** Sends one message; the length of the response, which there always is. */
  *transact(request: Uint8Array, length: number): Steps<number> {
    const { exchange, response, taken } = this;
    const seq = Math.max(0, taken.indexOf(0));
    taken[seq] = 1;
    exchange.begin(request, length);
    if (!(yield* this.sendRequest(request, length, seq))) {
      taken[seq] = 0;
      exchange.abandon('not sent');
      return writeResponse(response, request, length, CompletionCode.UNSPECIFIED);
    }
    exchange.sent();
    const got = yield* this.receive(seq);
    if (got > 0) {
      taken[seq] = 0;
      exchange.responded(response, got);
      return got;
    }
    exchange.gaveUp('the response');
    return writeResponse(response, request, length, CompletionCode.TIMEOUT);
  }

  /** ipmi_bt_i2c_send_request(): whether somebody has taken it. */
  private *sendRequest(request: Uint8Array, length: number, seq: number): Steps<boolean> {
    const { smbus, time } = this;
    const deadline = time.now + WRITE_TIMEOUT;
    do {
      smbus.clear().start(this.address, false).send(length + 1).send(request[0]).send(seq);
      for (let i = 1; i < length; i++) smbus.send(request[i]);
      smbus.stop();
      if ((yield this.transfer) === SmbusStatus.OK) return true;
      yield time.wait(time.now + PERIOD, false);
    } while (time.now < deadline);
    return false;
  }

  /** ipmi_bt_i2c_receive_response(), until there is one with this number: its length without framing, 0: there is none. */
  private *receive(seq: number): Steps<number> {
    const { time, frame } = this;
    const deadline = time.now + TIMEOUT;
    while (time.now < deadline) {
      const length = (yield* this.read(1)) ? frame[0] : 0;
      if (length !== 0 && (yield* this.read(length + 1)) && frame[0] >= BT_RESPONSE_LEAST && frame[2] === seq) return this.unwrap();
      yield time.wait(time.now + PERIOD, true); // as of a time-out: it goes on only because nothing has come
    }
    return 0;
  }

  /** Reads `count` bytes into the frame. */
  private *read(count: number): Steps<boolean> {
    const { smbus, frame } = this;
    smbus.clear().start(this.address, true).receive(count).stop();
    if ((yield this.transfer) !== SmbusStatus.OK) return false;
    for (let i = 0; i < count && i < FRAME; i++) frame[i] = smbus.data[i];
    return true;
  }

  /** The response without length and sequence number. */
  private unwrap(): number {
    const { frame, response } = this;
    const length = frame[0] - 1;
    response[0] = frame[1];
    for (let i = 1; i < length; i++) response[i] = frame[i + 2];
    return Math.max(length, RESPONSE_HEADER, CC_INDEX);
  }
}
