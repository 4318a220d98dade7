import { EIO, E2BIG } from '../../linux/errno.ts';
import { IPMI_MAX_MSG_LENGTH } from '../si/si-sm.ts';
import { Exchange } from './exchange.ts';
import { BLOCK_BYTES, LAST_BLOCK, MULTI_PART_MARKER, SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';
import { NEVER, type Jiffies } from './time.ts';
import type { Ps } from '../../sim/time.ts';

/** Between two reads of a response: SSIF_MSG_USEC, T3. */
export const SSIF_MSG_USEC = 60_000;
/** Between two tries of sending: SSIF_REQ_RETRY_USEC, T6. */
export const SSIF_REQ_RETRY_USEC = 60_000;
/** Between the last part of a request and the first read: SSIF_MSG_PART_USEC. */
export const SSIF_MSG_PART_USEC = 5_000;
/** How often a request is sent, and a response asked for, at most. */
export const SSIF_SEND_RETRIES = 5;
export const SSIF_RECV_RETRIES = 250;

/** `msg_done_handler()` has no more to do for now: the next transaction, or a timer, is set. */
const GOING_ON = 1;

/** Most bytes that two parts of a request carry, of which the last must not be a full one. */
export const TWO_PARTS_SEND = 63;

/** What a fault of the driver is found by: an oracle's name. */
export type SsifFault = 'deadlock' | 'crash' | 'use-after-free';

/**
 * One message on its way through ipmi_ssif's parts, retries and timers: the half of `struct ssif_info`
 * (drivers/char/ipmi/ipmi_ssif.c) that knows the SSIF protocol. Touches no bus: it says which transaction comes
 * next and is told how it went.
 */
export abstract class SsifData {
  protected readonly exchange: Exchange;
  protected readonly jiffies: Jiffies;

  // ---- What the thread is to do: the arguments of ssif_i2c_send() -----------------------------

  /** The SMBus command of the next transaction; 0: none is asked for. */
  command = 0;
  write = false;
  /** Of a write: where its bytes stand in {@link data}, and how many they are. */
  at = 0;
  size = 0;

  /** When the retry timer fires. */
  retryTimer: Ps = NEVER;
  /** The response is read when the timer fires, or at an alert. */
  waitingAlert = false;
  /** An alert came before the request was out. */
  gotAlert = false;
  /** The request is sent again when the timer fires. */
  doResend = false;
  retriesLeft = 0;

  /** A length, then the message; +1 for that length. In reads of several parts, the response from index 0 on. */
  readonly data = new Uint8Array(IPMI_MAX_MSG_LENGTH + 1);
  private readonly message = this.data.subarray(1);
  private dataLen = 0;
  /** Part of the response as it was read. A block that the adapter does not check may be longer than 32. */
  readonly recv = new Uint8Array(256);
  /** More parts of the request are to be written: `multi_data` is not NULL. */
  protected multiWrite = false;
  protected multiLen = 0;
  protected multiPos = 0;

  /** Between two reads: {@link SSIF_MSG_USEC}, in this version. */
  readonly msgUsec: number = SSIF_MSG_USEC;
  /** Between two tries of sending: {@link SSIF_REQ_RETRY_USEC}, in this version; 0: at once. */
  readonly reqRetryUsec: number = SSIF_REQ_RETRY_USEC;
  /** A middle part of a response must be full. */
  protected readonly fullBlocks: boolean = true;
  /** The probe finds out how a request of several parts ends; else none has more than two. */
  readonly testsMultipart: boolean = true;

  /** What Get System Interface Capabilities has said; set by the probe. */
  maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
  /** Kept, and never looked at: as in the driver. */
  maxRecvMsgSize = I2C_SMBUS_BLOCK_MAX;
  cmd8Works = false;
  /** The driver has hung or crashed: it does nothing any more. */
  dead = false;
  /** Told of that, by the oracle's name and what has happened where. */
  onFault: (oracle: SsifFault, what: string) => void = () => {};

  constructor(exchange: Exchange, jiffies: Jiffies) {
    this.exchange = exchange;
    this.jiffies = jiffies;
  }

  protected resetData(): void {
    this.command = 0;
    this.write = false;
    this.at = 0;
    this.size = 0;
    this.retryTimer = NEVER;
    this.waitingAlert = false;
    this.gotAlert = false;
    this.doResend = false;
    this.retriesLeft = 0;
    this.dataLen = 0;
    this.multiWrite = false;
    this.multiLen = 0;
    this.multiPos = 0;
    this.data.fill(0);
    this.recv.fill(0);
    this.maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
    this.maxRecvMsgSize = I2C_SMBUS_BLOCK_MAX;
    this.cmd8Works = false;
    this.dead = false;
    this.exchange.open = false;
  }

  /** The driver is lost, with all that it holds. */
  protected fault(oracle: SsifFault, what: string): void {
    this.dead = true;
    this.command = 0;
    this.retryTimer = NEVER;
    this.exchange.abandon('the driver is dead');
    this.onFault(oracle, what);
  }

  /** The timer is that of the first read, which no other has preceded. */
  get firstRead(): boolean {
    return this.waitingAlert && this.retriesLeft === SSIF_RECV_RETRIES;
  }

  /** A whole response is there in `data`, or `result` says why there is none. */
  protected abstract done(result: number, data: Uint8Array | null, length: number): void;

  /** `start_send()`: 0, or -E2BIG for what is longer than the BMC takes; nothing is sent then. */
  startSend(message: Uint8Array, length: number): number {
    if (length > IPMI_MAX_MSG_LENGTH || length > this.maxXmitMsgSize) return -E2BIG;
    this.retriesLeft = SSIF_SEND_RETRIES;
    for (let i = 0; i < length; i++) this.message[i] = message[i];
    this.dataLen = length;
    this.startResend();
    return 0;
  }

  /**
   * `start_resend()`: from the first part on. The message is sent as it stands in `data`, in which earlier parts
   * have left their lengths, so of a message sent in parts before the bytes 31, 63 and so on are wrong.
   */
  protected startResend(): void {
    this.gotAlert = false;
    this.exchange.begin(this.message, this.dataLen);
    if (this.dataLen > I2C_SMBUS_BLOCK_MAX) {
      this.multiWrite = true;
      this.multiLen = this.dataLen;
      this.multiPos = I2C_SMBUS_BLOCK_MAX; // not 33: the last byte written makes room for the next length
      this.data[0] = I2C_SMBUS_BLOCK_MAX;
      this.askWrite(SsifCmd.MULTI_PART_REQUEST_START, 0);
    } else {
      this.multiWrite = false;
      this.data[0] = this.dataLen;
      this.askWrite(SsifCmd.REQUEST, 0);
    }
  }

  /** `msg_written_handler()`: a part of the request is written, or `result` is -errno. */
  written(result: number): void {
    if (result < 0) {
      this.retriesLeft--;
      if (this.retriesLeft > 0) this.sendAgain();
      else {
        this.exchange.abandon('could not be sent');
        this.received(-EIO, 0);
      }
    } else if (this.multiWrite) {
      this.writeNextPart();
    } else {
      this.exchange.sent();
      if (this.gotAlert) {
        this.gotAlert = false;
        this.readAtOnce();
      } else {
        this.waitingAlert = true;
        this.retriesLeft = SSIF_RECV_RETRIES;
        this.retryTimer = this.jiffies.fires(this.jiffies.down(SSIF_MSG_PART_USEC));
      }
    }
  }

  /** A part was not taken: the whole message again, T6 later. */
  private sendAgain(): void {
    if (this.reqRetryUsec === 0) {
      this.startResend();
      return;
    }
    this.doResend = true;
    this.retryTimer = this.jiffies.fires(this.jiffies.down(this.reqRetryUsec));
  }

  /** The next part of a request. Its length overwrites the byte before it, which has just been written. */
  protected writeNextPart(): void {
    const left = this.multiLen - this.multiPos;
    const length = Math.min(left, I2C_SMBUS_BLOCK_MAX);
    const at = this.multiPos;
    this.data[at] = length;
    this.multiPos += length;
    let command: SsifCmd = SsifCmd.MULTI_PART_REQUEST_MIDDLE;
    if (this.cmd8Works) {
      if (left === length) {
        command = SsifCmd.MULTI_PART_REQUEST_END;
        this.multiWrite = false;
      }
    } else if (length < I2C_SMBUS_BLOCK_MAX) {
      this.multiWrite = false; // a short part is the last; it is empty if the message was a multiple of 32
    }
    this.askWrite(command, at);
  }

  /** The response is there already. How often it is asked for is what is left of the tries of sending. */
  protected readAtOnce(): void {
    this.startGet();
  }

  /** `start_get()`: the response from its first part on. */
  protected startGet(): void {
    this.multiPos = 0;
    this.askRead(SsifCmd.RESPONSE);
  }

  /** `retry_timeout()`. */
  retryTimeout(): void {
    this.retryTimer = NEVER;
    const resend = this.doResend;
    const waiting = this.waitingAlert;
    this.doResend = false;
    this.waitingAlert = false;
    if (waiting) this.startGet();
    if (resend) this.startResend();
  }

  /** `msg_done_handler()`: a part of the response, `length` bytes of {@link recv}, is read, or `result` is -errno. */
  received(result: number, length: number): void {
    if (result < 0) {
      this.retriesLeft--;
      if (this.retriesLeft > 0) {
        this.waitingAlert = true;
        this.retryTimer = this.jiffies.fires(this.jiffies.down(this.msgUsec));
      } else {
        this.exchange.gaveUp('response');
        this.done(result, null, 0);
      }
      return;
    }
    const { recv } = this;
    if (this.multiPos === 0) {
      if (this.isFirstOfMany(length)) this.firstPart(length);
      else this.complete(recv, length);
      return;
    }
    const next = this.nextPart(length);
    if (next === GOING_ON) return;
    if (next < 0) {
      this.exchange.abandon('its response is not in order');
      this.done(next, recv, length);
    } else {
      this.complete(this.data, this.multiLen);
    }
  }

  private isFirstOfMany(length: number): boolean {
    return length > 1 && this.recv[0] === MULTI_PART_MARKER[0] && this.recv[1] === MULTI_PART_MARKER[1];
  }

  private firstPart(length: number): void {
    this.store(0, 2, length);
    this.multiLen = length - 2;
    this.multiPos = 1;
    this.askRead(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
  }

  /** A middle or the last part: {@link GOING_ON}, 0 at the end, or -errno. Nothing of this is tried again. */
  protected nextPart(length: number): number {
    if (length === 0) return -EIO;
    const block = this.recv[0];
    const count = length - 1;
    if (this.fullBlocks && block !== LAST_BLOCK && count !== BLOCK_BYTES) return -EIO;
    if (this.multiLen + count > IPMI_MAX_MSG_LENGTH) return -E2BIG;
    this.store(this.multiLen, 1, length);
    this.multiLen += count;
    if (block === LAST_BLOCK) return 0;
    if (block + 1 !== this.multiPos) return -EIO; // blocks count from 0, the parts before them from 1
    this.multiPos++;
    this.askRead(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
    return GOING_ON;
  }

  private complete(data: Uint8Array, length: number): void {
    this.exchange.responded(data, length);
    this.done(0, data, length);
  }

  private store(to: number, from: number, end: number): void {
    for (let i = from; i < end; i++) this.data[to + i - from] = this.recv[i];
  }

  protected askWrite(command: SsifCmd, at: number): void {
    this.write = true;
    this.command = command;
    this.at = at + 1;
    this.size = this.data[at];
  }

  private askRead(command: SsifCmd): void {
    this.write = false;
    this.command = command;
  }
}
