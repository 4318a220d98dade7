import { IPMI_SSIF_PAYLOAD_MAX, SsifCmd, isSsifRead, isSsifWrite } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import { SMBUS_BLOCK_MAX, pecByte } from '../smbus/index.ts';
import type { Oracle } from './context.ts';
import { RequestLog } from './request-log.ts';

/** NetFn/LUN and command: the shortest request. */
const REQUEST_MIN = 2;
/** Flags of `i2c.address` and `i2c.byte`. */
const ACKED = 1;
const TO_CONTROLLER = 2;
/** Bytes of one write that are kept: command, count, 32, PEC, and what is too many. */
const KEPT = 40;

/** What an oracle may want to hear from the bus. */
export interface SsifWireListener {
  /** A read of the BMC has ended: its command, the bytes that came, and whether the host took as many as it wanted. */
  blockRead?(command: number, bytes: Uint8Array, length: number): void;
  /** A transaction with the BMC begins, or goes on after a repeated START: it has ACKed its address. */
  begun?(): void;
  /** A transaction with the BMC is over: by STOP, or the bus let go without one. */
  ended?(stopped: boolean): void;
}

/**
 * Follows one I2C bus from the trace: the requests as the BMC's target has ACKed them, by IPMI 2.0 section 12 and SMBus
 * block writes. The ground truth against which the driver's messages are judged.
 */
export class SsifWire extends RequestLog implements Oracle {
  readonly names: readonly string[] = [];
  readonly bus: number;
  readonly address: number;
  readonly listeners: SsifWireListener[] = [];
  /** The BMC is addressed, for writing or for reading. */
  private writing = false;
  private reading = false;
  /** It was, and a repeated START has come: whom the host addresses next is not known yet. */
  private repeated = false;
  /** The transaction that writes to it: command, count, data, PEC. */
  private readonly bytes = new Uint8Array(KEPT);
  private length = 0;
  /** A byte of it was NAKed: it counts for nothing. */
  private refused = false;
  /** The bytes of the read under way. */
  private readonly read = new Uint8Array(KEPT);
  private readLength = 0;
  /** Parts of the request in hand are still to come. */
  private open = false;
  /** Whether the last write had a PEC. */
  pec = false;

  constructor(sim: Simulator, bus: number, address: number) {
    super(sim);
    this.bus = bus;
    this.address = address;
    const { trace } = sim;
    const on = (name: string, listener: (a: number, b: number) => void): void => {
      trace.on(trace.code(name), (_at, _actor, a, b, c) => {
        if (c === bus) listener(a, b);
      });
    };
    on('i2c.start', () => this.condition());
    on('i2c.address', (byte, flags) => this.addressed(byte, flags));
    on('i2c.byte', (byte, flags) => this.byte(byte, flags));
    on('i2c.stop', () => this.stop());
    on('i2c.vanish', () => this.vanish());
    on('i2c.timeout', () => this.vanish());
    sim.onReset(() => {
      this.writing = false;
      this.reading = false;
      this.repeated = false;
      this.length = 0;
      this.refused = false;
      this.readLength = 0;
      this.open = false;
      this.pec = false;
    });
  }

  /** A transaction with the BMC is under way. */
  get busy(): boolean {
    return this.writing || this.reading || this.repeated;
  }

  /** The host has its response: what it asked is done with. */
  hostResponded(): void {
    this.drop();
  }

  private condition(): void {
    this.repeated = this.busy;
    this.endRead();
    this.writing = false;
  }

  private addressed(byte: number, flags: number): void {
    this.repeated = false;
    if (byte >> 1 !== this.address || (flags & ACKED) === 0) return;
    if ((byte & 1) !== 0) {
      this.reading = true;
      this.readLength = 0;
    } else {
      this.writing = true;
      this.length = 0;
      this.refused = false;
    }
    for (const listener of this.listeners) listener.begun?.();
  }

  private byte(byte: number, flags: number): void {
    if (this.writing && (flags & TO_CONTROLLER) === 0) {
      if ((flags & ACKED) === 0) this.refused = true;
      if (this.length < KEPT) this.bytes[this.length] = byte;
      this.length++;
    } else if (this.reading && (flags & TO_CONTROLLER) !== 0) {
      if (this.readLength < KEPT) this.read[this.readLength] = byte;
      this.readLength++;
    }
  }

  private stop(): void {
    const met = this.busy;
    if (this.writing) this.written();
    this.endRead();
    this.writing = false;
    this.repeated = false;
    if (met) for (const listener of this.listeners) listener.ended?.(true);
  }

  /** The controller is gone, or has given up: no STOP, and what was written came to nothing. */
  private vanish(): void {
    const met = this.busy;
    this.endRead();
    this.writing = false;
    this.repeated = false;
    if (met) for (const listener of this.listeners) listener.ended?.(false);
  }

  private endRead(): void {
    if (!this.reading) return;
    this.reading = false;
    const command = this.length === 1 && !this.refused ? this.bytes[0] : -1;
    if (!isSsifRead(command)) return;
    for (const listener of this.listeners) listener.blockRead?.(command, this.read, this.readLength);
  }

  /** A write to the BMC that STOP has ended: a part of a request, if it is a good one. */
  private written(): void {
    const { bytes, length } = this;
    if (length < 2) return;
    const [command, count] = bytes;
    const data = length - 2;
    if (!isSsifWrite(command)) return;
    const good = !this.refused && count >= 1 && count <= SMBUS_BLOCK_MAX && (data === count || (data === count + 1 && this.goodPec()));
    if (!good) {
      // Of a part that was refused the host knows, and may send it again; what is bad makes an end of it (section 12).
      if (!this.refused) this.close();
      return;
    }
    this.pec = data === count + 1;
    switch (command) {
      case SsifCmd.REQUEST:
        this.open = false;
        if (count < REQUEST_MIN) return;
        this.begin();
        this.append(count);
        this.complete();
        return;
      case SsifCmd.MULTI_PART_REQUEST_START:
        this.begin();
        this.open = count === SMBUS_BLOCK_MAX;
        if (this.open) this.append(count);
        else this.drop();
        return;
      case SsifCmd.MULTI_PART_REQUEST_MIDDLE:
        if (!this.open) return;
        this.append(count);
        if (count !== SMBUS_BLOCK_MAX) this.close();
        return;
      case SsifCmd.MULTI_PART_REQUEST_END:
        if (!this.open) return;
        this.open = false;
        this.append(count);
        if (this.current !== null && this.current.length > IPMI_SSIF_PAYLOAD_MAX) this.drop();
        else this.complete();
        return;
    }
  }

  /** The parts of the request in hand lead to nothing. */
  private close(): void {
    if (this.open) this.drop();
    this.open = false;
  }

  private append(count: number): void {
    for (let i = 0; i < count; i++) this.current?.append(this.bytes[2 + i]);
  }

  private goodPec(): boolean {
    let crc = pecByte(0, this.address << 1);
    for (let i = 0; i < this.length - 1; i++) crc = pecByte(crc, this.bytes[i]);
    return crc === this.bytes[this.length - 1];
  }
}
