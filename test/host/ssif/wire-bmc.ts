import { hex } from '../../../src/conform/recording.ts';
import type { I2cTarget } from '../../../src/hw/i2c/port.ts';
import { BLOCK_BYTES, LAST_BLOCK, SSIF_ADDRESS, SsifCmd } from '../../../src/ipmi/ssif.ts';
import { pec } from '../../../src/smbus/index.ts';
import type { Ps } from '../../../src/sim/time.ts';

/**
 * A BMC on the wire that keeps to IPMI 2.0 §12, without software: it judges a write at its STOP, a response stays until the
 * next request, and what it sees is written down: `S 20 02 02 18 01 P`.
 */
export class WireBmc implements I2cTarget {
  /** How long it thinks. */
  delay: Ps = 0;
  /** NAKs the n-th byte (address 0) of a transaction, all counted from 0, if this says so. */
  naks: (transaction: number, byte: number) => boolean = () => false;
  /** What it sends instead. */
  garble: (byte: number, at: number) => number = (byte) => byte;
  answer: (request: number[]) => number[] = (request) => [request[0] | 4, request[1], 0, ...request.slice(2)];
  readonly lines: string[] = [];
  readonly requests: number[][] = [];
  private readonly clock: { readonly now: Ps };
  private line = '';
  private transaction = -1;
  private bytes = 0;
  /** Bytes since START, address included. */
  private seen: number[] = [];
  private sending: number[] | null = null;
  private at = 0;
  private parts: number[] | null = null;
  private response: number[] | null = null;
  private readyAt: Ps = 0;
  private part = 0;
  private nextPart = 0;

  constructor(clock: { readonly now: Ps }) {
    this.clock = clock;
  }

  start(): void {
    const repeated = this.line !== '';
    this.line += repeated ? ' Sr' : 'S';
    if (!repeated) {
      this.transaction++;
      this.bytes = 0;
      this.seen = [];
    }
    this.sending = null;
  }

  address(byte: number): boolean {
    const mine = byte >> 1 === SSIF_ADDRESS;
    if ((byte & 1) === 0) this.seen = []; // what came before it was never ended
    return this.note(byte, mine && !this.nakNow());
  }

  addressed(byte: number): void {
    if ((byte & 1) === 0) return;
    const command = this.seen[1];
    const block = this.block(command);
    const crc = pec(0, Uint8Array.from([...this.seen, block.length, ...block]), 0, this.seen.length + 1 + block.length);
    this.sending = [block.length, ...block, crc];
    this.at = 0;
  }

  acks(byte: number): boolean {
    return this.note(byte, !this.nakNow());
  }

  received(): void {}

  next(): number {
    const byte = this.garble(this.sending?.[this.at] ?? 0, this.at);
    this.at++;
    return byte & 0xff;
  }

  sent(ack: boolean): void {
    this.line += ` ${hex([this.sending?.[this.at - 1] ?? 0])}${ack ? '' : ' N'}`;
  }

  stop(): void {
    this.lines.push(`${this.line} P`);
    this.line = '';
    const { seen } = this;
    this.seen = [];
    // A block counts as read once it is sent to its end.
    if (this.sending !== null && this.at >= this.sending.length - 1) this.part = this.nextPart;
    if (this.sending === null && seen[0] === SSIF_ADDRESS << 1 && seen.length > 3) this.written(seen);
    this.sending = null;
  }

  private nakNow(): boolean {
    return this.naks(this.transaction, this.bytes);
  }

  private note(byte: number, ack: boolean): boolean {
    this.line += ` ${hex([byte])}${ack ? '' : ' N'}`;
    this.bytes++;
    if (ack) this.seen.push(byte);
    return ack;
  }

  private written(seen: number[]): void {
    const [, command, count, ...rest] = seen;
    if (count < 1 || count > 32) return;
    const whole = Uint8Array.from(seen);
    if (rest.length !== count && (rest.length !== count + 1 || pec(0, whole, 0, whole.length) !== 0)) return;
    const data = rest.slice(0, count);
    if (command === SsifCmd.REQUEST) this.complete(data);
    else if (command === SsifCmd.MULTI_PART_REQUEST_START && count === 32) this.parts = data;
    else if (this.parts !== null && (command === SsifCmd.MULTI_PART_REQUEST_MIDDLE || command === SsifCmd.MULTI_PART_REQUEST_END)) {
      this.parts.push(...data);
      if (command === SsifCmd.MULTI_PART_REQUEST_END) this.complete(this.parts);
    }
  }

  private complete(request: number[]): void {
    this.parts = null;
    this.requests.push(request);
    this.response = this.answer(request);
    this.readyAt = this.clock.now + this.delay;
    this.part = 0;
  }

  private block(command: number | undefined): number[] {
    const { response } = this;
    if (response === null || this.clock.now < this.readyAt) return [];
    if (command === SsifCmd.RESPONSE) {
      this.nextPart = 1;
      return response.length <= 32 ? response : [0, 1, ...response.slice(0, 30)];
    }
    if (command !== SsifCmd.MULTI_PART_RESPONSE_MIDDLE || this.part === 0) return [];
    const n = this.part;
    this.nextPart = n + 1;
    const from = 30 + (n - 1) * BLOCK_BYTES;
    if (from > response.length) return [];
    const last = response.length - from <= BLOCK_BYTES;
    return [last ? LAST_BLOCK : n - 1, ...response.slice(from, from + BLOCK_BYTES)];
  }
}
