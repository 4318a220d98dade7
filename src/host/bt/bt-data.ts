import { BtCtrl } from '../../ipmi/bt.ts';
import { CompletionCode } from '../../ipmi/completion.ts';
import { CC_INDEX, RESPONSE_HEADER } from '../../ipmi/message.ts';
import { RESPONSE_BIT } from '../../ipmi/netfn.ts';
import type { HostIo } from '../io.ts';
import { SILENT, type HostLog } from '../log.ts';
import { FOREVER, IPMI_MAX_MSG_LENGTH, SiSmResult, type Us } from '../si/si-sm.ts';

/** States of the host's BT machine, in the order of `enum bt_states`, which matters. */
export const BtSm = {
  /** No transaction; drains stale responses, looks at SMS_ATN. */
  IDLE: 0,
  /** A request is ready; the BMC may still be busy. */
  XACTION_START: 1,
  /** The BMC was seen ready: the request is written next, whatever has happened since. */
  WRITE_BYTES: 2,
  /** H2B_ATN is written. */
  WRITE_CONSUME: 3,
  /** The BMC has taken the request. */
  READ_WAIT: 4,
  /** The response is acknowledged: B2H_ATN is still to be seen 0. */
  CLEAR_B2H: 5,
  /** The response is read next. */
  READ_BYTES: 6,
  /** The flags are reset next, and a stale response drained. */
  RESET1: 7,
  /** Warm Reset is sent next. */
  RESET2: 8,
  /** The BMC is given time for it. */
  RESET3: 9,
  /** The request begins again. */
  RESTART: 10,
  /** `BT_STATE_PRINTME`: time counts only in the states below. */
  PRINTME: 11,
  /** The BMC was busy for too long: requests are refused until it is not. */
  LONG_BUSY: 12,
} as const;
export type BtSm = (typeof BtSm)[keyof typeof BtSm];

const SECOND: Us = 1_000_000;
/** From the start of a request to its response: BT_NORMAL_TIMEOUT. */
export const BT_NORMAL_TIMEOUT: Us = 5 * SECOND;
/** BT_NORMAL_RETRY_LIMIT: one less is tried again. */
export const BT_NORMAL_RETRY_LIMIT = 2;
/** What the BMC gets for its warm reset: BT_RESET_DELAY. */
export const BT_RESET_DELAY: Us = 6 * SECOND;
/** Shortest good response to Get BT Interface Capabilities, from NetFn/LUN on, bytes; Linux has room for no more. */
const BT_CAPABILITIES = 8;
/** The bits that a wait of the machine, by its state, depends on. */
const TAKEN = BtCtrl.B_BUSY | BtCtrl.H2B_ATN;

/**
 * What the host's BT machine remembers, and what it does without touching a port: `struct si_sm_data` of
 * drivers/char/ipmi/ipmi_bt_sm.c. The buffers hold what goes over the wire: length, NetFn/LUN, Seq, Cmd and so on.
 */
export class BtData {
  protected readonly io: HostIo;
  protected readonly log: HostLog;

  state: BtSm = BtSm.IDLE;
  /** Sequence number of the next request. */
  seq = 0;
  protected readonly writeData = new Uint8Array(IPMI_MAX_MSG_LENGTH + 2);
  protected writeCount = 0;
  protected readonly readData = new Uint8Array(IPMI_MAX_MSG_LENGTH + 2);
  protected readCount = 0;
  protected truncated = false;
  protected timeout: Us = 0;
  /** Time-outs since the request was handed over. */
  errorRetries = 0;
  /** Bits seen in BT_CTRL since the request began: a BMC that hangs stays all 0. */
  protected nonzeroStatus = 0;
  /** BT_CAP_req2rsp. */
  req2rsp: Us = BT_NORMAL_TIMEOUT;
  /** BT_CAP_retries. */
  retries = BT_NORMAL_RETRY_LIMIT;
  /** Whether a request has begun on the wire whose end the log has not been told. */
  private open = false;
  /** Request and response for the log, without length and sequence number. */
  private readonly told = new Uint8Array(IPMI_MAX_MSG_LENGTH);

  constructor(io: HostIo, log: HostLog = SILENT) {
    this.io = io.at('bt_event');
    this.log = log;
  }

  /** `bt_init_data()`: forgets any request, and what the BMC has said of itself; sequence numbers begin with 0. */
  init(): void {
    this.state = BtSm.IDLE;
    this.seq = 0;
    this.writeData.fill(0);
    this.writeCount = 0;
    this.readData.fill(0);
    this.readCount = 0;
    this.truncated = false;
    this.timeout = 0;
    this.errorRetries = 0;
    this.nonzeroStatus = 0;
    this.req2rsp = BT_NORMAL_TIMEOUT;
    this.retries = BT_NORMAL_RETRY_LIMIT;
    this.open = false;
  }

  /** `bt_start_transaction()`: a request of 2 to 272 bytes, in IDLE. 0 or a completion code. */
  startTransaction(data: Uint8Array, size: number): number {
    if (size < 2) return CompletionCode.REQUEST_LENGTH_INVALID;
    if (size > IPMI_MAX_MSG_LENGTH) return CompletionCode.REQUEST_LENGTH_EXCEEDED;
    if (this.state === BtSm.LONG_BUSY) return CompletionCode.NODE_BUSY;
    if (this.state !== BtSm.IDLE) return CompletionCode.NOT_SUPPORTED_IN_STATE;
    const { writeData } = this;
    writeData[0] = size + 1; // a byte: 255 and more do not fit
    writeData[1] = data[0];
    writeData[2] = this.seq;
    this.seq = (this.seq + 1) & 0xff;
    for (let i = 1; i < size; i++) writeData[i + 2] = data[i];
    this.writeCount = size + 2;
    this.errorRetries = 0;
    this.nonzeroStatus = 0;
    this.truncated = false;
    this.state = BtSm.XACTION_START;
    this.timeout = this.req2rsp;
    this.forceResult(CompletionCode.UNSPECIFIED);
    return 0;
  }

  /**
   * `bt_get_result()`: the response without length and sequence number. What is too short gets CC FFh, what was truncated, or
   * does not fit, nothing but CC C6h.
   */
  getResult(out: Uint8Array, length: number): number {
    let size = this.readCount - 2;
    if (size < RESPONSE_HEADER || size > IPMI_MAX_MSG_LENGTH) {
      this.forceResult(CompletionCode.UNSPECIFIED);
      size = RESPONSE_HEADER;
    }
    const { readData } = this;
    out[0] = readData[1];
    out[1] = readData[3];
    if (length < size || this.truncated) {
      out[CC_INDEX] = CompletionCode.REQUEST_TRUNCATED;
      return RESPONSE_HEADER;
    }
    for (let i = CC_INDEX; i < size; i++) out[i] = readData[i + 2];
    return size;
  }

  watched(_status: number): number {
    if (this.nonzeroStatus === 0) return 0xff; // any bit tells that the BMC is alive
    switch (this.state) {
      case BtSm.IDLE: return BtCtrl.B2H_ATN | BtCtrl.SMS_ATN | BtCtrl.H_BUSY;
      case BtSm.XACTION_START: return TAKEN | BtCtrl.B2H_ATN;
      case BtSm.WRITE_CONSUME: return TAKEN;
      case BtSm.READ_WAIT: return BtCtrl.B2H_ATN;
      case BtSm.RESET3: return 0;
      case BtSm.LONG_BUSY: return BtCtrl.B_BUSY;
      default: return 0xff;
    }
  }

  budget(status: number): Us {
    if (this.acts(status)) return -1;
    switch (this.state) {
      case BtSm.IDLE: return FOREVER;
      case BtSm.RESET3: return this.timeout - 1; // it is over at 0, the others below
      case BtSm.LONG_BUSY: return FOREVER;
      default: return this.timeout;
    }
  }

  skip(_status: number, time: Us): void {
    this.count(time);
  }

  /** Whether an event call that finds `status` does anything but wait. */
  private acts(status: number): boolean {
    if (this.state < BtSm.WRITE_BYTES && (status & BtCtrl.B2H_ATN) !== 0) return true;
    switch (this.state) {
      case BtSm.IDLE: return (status & (BtCtrl.SMS_ATN | BtCtrl.H_BUSY)) !== 0;
      case BtSm.XACTION_START:
      case BtSm.WRITE_CONSUME: return (status & TAKEN) === 0;
      case BtSm.READ_WAIT: return (status & BtCtrl.B2H_ATN) !== 0;
      case BtSm.RESET3: return this.timeout <= 0;
      case BtSm.LONG_BUSY: return (status & BtCtrl.B_BUSY) === 0;
      default: return true;
    }
  }

  /** Time passes for a request, and for a reset. True: the request has run out of it. */
  protected count(time: Us): boolean {
    if (this.state === BtSm.IDLE || this.state >= BtSm.PRINTME) return false;
    this.timeout -= time;
    return this.timeout < 0 && this.state < BtSm.RESET1;
  }

  /** `force_result()`: a response of the driver's own. */
  protected forceResult(cc: number): void {
    const { readData, writeData } = this;
    readData[0] = 4;
    readData[1] = writeData[1] | RESPONSE_BIT;
    readData[2] = writeData[2];
    readData[3] = writeData[3];
    readData[4] = cc;
    this.readCount = 5;
  }

  /** Whether the response that was read is the one to the request: NetFn (but for its lowest bit), Seq and Cmd. */
  protected matches(): boolean {
    const { readData, writeData } = this;
    return readData[3] === writeData[3] && readData[2] === writeData[2] && (readData[1] & 0xf8) === (writeData[1] & 0xf8);
  }

  /** `error_recovery()` after a time-out: the request again, a reset of the BMC, or an answer of the driver's own. */
  protected timedOut(status: number): SiSmResult {
    this.log.gaveUp(this.state < BtSm.READ_WAIT ? 'B_BUSY=0 and H2B_ATN=0' : 'the response');
    this.abandon('no response in time');
    this.timeout = this.req2rsp;
    this.errorRetries++;
    if (this.errorRetries < this.retries) {
      this.state = BtSm.RESTART;
      return SiSmResult.CALL_WITHOUT_DELAY;
    }
    // Most likely while the driver is loaded.
    if (this.nonzeroStatus !== 0 && this.seq <= (this.retries & 0xff)) {
      this.state = BtSm.RESET1;
      return SiSmResult.CALL_WITHOUT_DELAY;
    }
    const busy = (status & BtCtrl.B_BUSY) !== 0;
    this.state = busy ? BtSm.LONG_BUSY : BtSm.IDLE;
    this.forceResult(busy ? CompletionCode.NODE_BUSY : CompletionCode.TIMEOUT);
    return SiSmResult.TRANSACTION_COMPLETE;
  }

  /** The end of `bt_detect()`: `length` bytes of response to Get BT Interface Capabilities. They are not checked for sense. */
  protected takeCapabilities(): void {
    const caps = new Uint8Array(BT_CAPABILITIES);
    const length = this.getResult(caps, BT_CAPABILITIES);
    this.init();
    if (length < BT_CAPABILITIES || caps[CC_INDEX] !== CompletionCode.SUCCESS) return;
    this.req2rsp = caps[6] * SECOND;
    this.retries = caps[7];
  }

  // ---- what the log is told -------------------------------------------------------------------

  protected begin(): void {
    this.open = true;
    const { told, writeCount, writeData } = this;
    told[0] = writeData[1];
    for (let i = 3; i < writeCount; i++) told[i - 2] = writeData[i];
    this.log.began(told, writeCount - 2);
  }

  protected abandon(why: string): void {
    if (this.open) this.log.abandoned(why);
    this.open = false;
  }

  /** A response has been taken for the one to the request; of a truncated one there is nothing. */
  protected complete(): void {
    this.open = false;
    const { readData, told } = this;
    told[0] = readData[1];
    for (let i = 3; i < this.readCount; i++) told[i - 2] = readData[i];
    this.log.responded(told, this.truncated ? 0 : this.readCount - 2);
  }
}
