import { BT_REQUEST_LEAST } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import type { Oracle } from './context.ts';
import { RequestLog, type WireRequest } from './request-log.ts';

/** Flags of `i2c.address` and `i2c.byte`. */
const ACKED = 1;
const TO_CONTROLLER = 2;

/**
 * Follows BT over I2C from the trace: a request is complete with the last byte that its length counts (of the series
 * "ipmi: bt-i2c"); it is kept without length and sequence number.
 */
export class BtI2cWire extends RequestLog implements Oracle {
  readonly names: readonly string[] = [];
  /** Bytes of the write under way; -1: the BMC is not written to. */
  private at = -1;
  private expected = 0;
  private request: WireRequest | null = null;
  /** Number of the request that the BMC has taken last, with the last of its bytes; -1: none. */
  taken = -1;
  /** The request in hand has NetFn, Cmd and sequence number of one whose answer may still come. */
  ambiguous = false;

  constructor(sim: Simulator, bus: number, address: number) {
    super(sim);
    const { trace } = sim;
    const on = (name: string, listener: (a: number, b: number) => void): void => {
      trace.on(trace.code(name), (_at, _actor, a, b, c) => {
        if (c === bus) listener(a, b);
      });
    };
    on('i2c.start', () => this.end());
    on('i2c.address', (byte, flags) => {
      if (byte === address << 1 && (flags & ACKED) !== 0) this.at = 0;
    });
    on('i2c.byte', (byte, flags) => {
      if (this.at >= 0 && (flags & TO_CONTROLLER) === 0) this.byte(byte);
    });
    on('i2c.stop', () => this.end());
    on('i2c.vanish', () => this.end());
    on('i2c.timeout', () => this.end());
    sim.onReset(() => {
      this.at = -1;
      this.request = null;
      this.taken = -1;
      this.ambiguous = false;
    });
  }

  /** The host has its response: what it asked is done with. */
  hostResponded(): void {
    if (this.current !== null) this.current.responded = true;
    this.drop();
  }

  /** Whatever was written is all that there is of it. */
  private end(): void {
    this.at = -1;
    this.request = null;
  }

  private byte(byte: number): void {
    const place = this.at++;
    if (place === 0) {
      this.request = this.begin();
      this.expected = byte;
      return;
    }
    const { request } = this;
    if (request === null) return;
    if (place === 2) request.seq = byte;
    else request.append(byte);
    if (place !== this.expected) return;
    this.request = null;
    this.ambiguous = this.again(request);
    this.complete();
    this.taken = this.begun - 1;
    if (this.expected < BT_REQUEST_LEAST) this.abandon();
  }

  private again({ seq, bytes }: WireRequest): boolean {
    for (const other of this.requests()) {
      if (other !== this.current && other.complete && !other.responded && other.seq === seq && other.bytes[0] === bytes[0] && other.bytes[1] === bytes[1]) return true;
    }
    return false;
  }
}
