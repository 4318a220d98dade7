import { CompletionCode } from '../../ipmi/completion.ts';
import { STATE_MASK, Str } from '../../ipmi/kcs.ts';
import { CC_INDEX } from '../../ipmi/message.ts';
import { SEC, type Ps } from '../../sim/time.ts';
import type { HostIo } from '../io.ts';
import { SILENT, type HostLog } from '../log.ts';
import { IPMI_MAX_MSG_LENGTH, type Us } from '../si/si-sm.ts';

/** States of the host's KCS machine, in the order of `enum kcs_states`. */
export const KcsSm = {
  /** No transaction; drains OBF, looks at SMS_ATN. */
  IDLE: 0,
  /** A request is ready; nothing has been written yet. */
  START_OP: 1,
  /** WRITE_START is written. */
  WAIT_WRITE_START: 2,
  /** A byte that is not the last is written. */
  WAIT_WRITE: 3,
  /** WRITE_END is written, the last byte is not. */
  WAIT_WRITE_END: 4,
  /** The request, or READ, is written: a byte of the response or the end comes next. */
  WAIT_READ: 5,
  /** Something went wrong: GET_STATUS/ABORT comes next. */
  ERROR0: 6,
  /** GET_STATUS/ABORT is written. */
  ERROR1: 7,
  /** The 00h behind it is written: the error code comes next. */
  ERROR2: 8,
  /** READ is written behind the error code. */
  ERROR3: 9,
  /** The BMC does not follow the protocol. */
  HOSED: 10,
} as const;
export type KcsSm = (typeof KcsSm)[keyof typeof KcsSm];

/** Patience with IBF and with OBF, each per wait. */
export const IBF_RETRY_TIMEOUT: Us = 5_000_000;
export const OBF_RETRY_TIMEOUT: Us = 5_000_000;
/** Ways into error recovery that one request may take. */
export const MAX_ERROR_RETRIES = 10;
/** Real time for which ERROR0 tolerates an OBF that does not go away. */
export const ERROR0_OBF_WAIT: Ps = 2 * SEC;

export interface KcsSmParams {
  /** Timer ticks of the host's kernel per second. */
  readonly hz?: number;
}

/**
 * What the host's KCS machine remembers, and what it does without touching a port: `struct si_sm_data` of
 * drivers/char/ipmi/ipmi_kcs_sm.c.
 */
export class KcsData {
  protected readonly io: HostIo;
  protected readonly log: HostLog;
  /** Length of a jiffy, ps. */
  private readonly jiffy: Ps;

  state: KcsSm = KcsSm.IDLE;
  protected readonly writeData = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  protected writePos = 0;
  protected writeCount = 0;
  /** Bytes of the pending request, for restarting it; 0: none pending. */
  protected origWriteCount = 0;
  protected readonly readData = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  protected readPos = 0;
  protected truncated = false;
  /** Ways into error recovery since the request began. */
  errorRetries = 0;
  private ibfTimeout: Us = IBF_RETRY_TIMEOUT;
  private obfTimeout: Us = OBF_RETRY_TIMEOUT;
  /** The jiffy before which ERROR0 waits for OBF. */
  protected error0Timeout = 0;
  /** Whether a request has begun on the wire whose end the log has not been told. */
  private open = false;

  constructor(io: HostIo, log: HostLog = SILENT, params: KcsSmParams = {}) {
    this.io = io.at('kcs_event');
    this.log = log;
    this.jiffy = Math.floor(SEC / (params.hz ?? 250));
    this.init(KcsSm.IDLE);
  }

  /** `init_kcs_data_with_state()`: forgets any request. */
  init(state: KcsSm = KcsSm.IDLE): void {
    this.state = state;
    this.writePos = 0;
    this.writeCount = 0;
    this.origWriteCount = 0;
    this.readPos = 0;
    this.errorRetries = 0;
    this.truncated = false;
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    this.obfTimeout = OBF_RETRY_TIMEOUT;
    this.open = false;
  }

  /** `start_kcs_transaction()`: a request of 2 to 272 bytes, in IDLE. 0 or a completion code. */
  startTransaction(data: Uint8Array, size: number): number {
    if (size < 2) return CompletionCode.REQUEST_LENGTH_INVALID;
    if (size > IPMI_MAX_MSG_LENGTH) return CompletionCode.REQUEST_LENGTH_EXCEEDED;
    if (this.state !== KcsSm.IDLE) return CompletionCode.NOT_SUPPORTED_IN_STATE;
    this.errorRetries = 0;
    for (let i = 0; i < size; i++) this.writeData[i] = data[i];
    this.origWriteCount = size;
    this.rewind();
    this.state = KcsSm.START_OP;
    return 0;
  }

  /**
   * `get_kcs_result()`: a response that is too short gets CC FFh, a truncated one C6h over its own. (Bytes 0
   * and 1 of a response shorter than that stay as `out` had them.)
   */
  getResult(out: Uint8Array, length: number): number {
    if (length < this.readPos) {
      this.readPos = length;
      this.truncated = true;
    }
    for (let i = 0; i < this.readPos; i++) out[i] = this.readData[i];
    if (length >= 3 && this.readPos < 3) {
      out[CC_INDEX] = CompletionCode.UNSPECIFIED;
      this.readPos = 3;
    }
    if (this.truncated) {
      out[CC_INDEX] = CompletionCode.REQUEST_TRUNCATED;
      this.truncated = false;
    }
    return this.readPos;
  }

  watched(status: number): number {
    if ((status & Str.IBF) !== 0) return Str.IBF;
    if (this.state === KcsSm.IDLE) return Str.IBF | Str.OBF | Str.SMS_ATN;
    return Str.IBF | Str.OBF | STATE_MASK;
  }

  budget(status: number): Us {
    return (status & Str.IBF) !== 0 ? this.ibfTimeout : this.obfTimeout;
  }

  skip(status: number, time: Us): void {
    if ((status & Str.IBF) !== 0) this.ibfTimeout -= time;
    else this.obfTimeout -= time;
  }

  protected get jiffies(): number {
    return Math.floor(this.io.now / this.jiffy);
  }

  protected rewind(): void {
    this.writeCount = this.origWriteCount;
    this.writePos = 0;
    this.readPos = 0;
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    this.obfTimeout = OBF_RETRY_TIMEOUT;
  }

  protected begin(): void {
    this.open = true;
    this.log.began(this.writeData, this.origWriteCount);
  }

  protected nextByte(): number {
    this.writeCount--;
    return this.writeData[this.writePos++];
  }

  /** `read_next_byte()`: what does not fit is thrown away. */
  protected store(byte: number): void {
    if (this.readPos >= IPMI_MAX_MSG_LENGTH) this.truncated = true;
    else this.readData[this.readPos++] = byte;
  }

  /** `check_ibf()`: true if the call goes on, because IBF is 0 or because patience has ended. */
  protected checkIbf(status: number, time: Us): boolean {
    if ((status & Str.IBF) !== 0) {
      this.ibfTimeout -= time;
      if (this.ibfTimeout >= 0) return false;
      this.log.gaveUp('IBF=0');
      this.startErrorRecovery('IBF not clear in time');
    }
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    return true;
  }

  /** `check_obf()`: true if the call goes on, because OBF is 1 or because patience has ended. */
  protected checkObf(status: number, time: Us): boolean {
    if ((status & Str.OBF) === 0) {
      this.obfTimeout -= time;
      if (this.obfTimeout >= 0) return false;
      this.log.gaveUp('OBF=1');
      this.startErrorRecovery('OBF not set in time');
    }
    this.obfTimeout = OBF_RETRY_TIMEOUT;
    return true;
  }

  /** `start_error_recovery()`: the retries of one request are limited, the abort comes next. */
  protected startErrorRecovery(why: string): void {
    if (this.open) {
      this.open = false;
      this.log.abandoned(why);
    }
    this.errorRetries++;
    if (this.errorRetries > MAX_ERROR_RETRIES) {
      this.log.gaveUp('the BMC');
      this.state = KcsSm.HOSED;
    } else {
      this.error0Timeout = this.jiffies + Math.floor(ERROR0_OBF_WAIT / this.jiffy);
      this.state = KcsSm.ERROR0;
    }
  }

  /** The response has been read to its end. */
  protected complete(): void {
    this.origWriteCount = 0;
    this.state = KcsSm.IDLE;
    this.open = false;
    this.log.responded(this.readData, this.readPos);
  }
}
