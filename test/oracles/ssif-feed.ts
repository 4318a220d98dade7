import { ACKED, TO_CONTROLLER, defineI2cTrace } from '../../src/hw/index.ts';
import { SsifWire } from '../../src/oracles/index.ts';
import { Simulator } from '../../src/sim/index.ts';

/** Which of the buses. */
export const BUS = 5;
/** The address of the BMC. */
export const BMC = 0x10;

/** The wire of one bus, and its trace events by hand. */
export class Feed {
  readonly sim = new Simulator();
  readonly wire: SsifWire;
  /** Reads of the BMC: the command, then the bytes. */
  readonly reads: number[][] = [];
  /** Ends of transactions with it: by STOP, or not. */
  readonly ends: boolean[] = [];
  private readonly events = defineI2cTrace(this.sim.trace);
  private readonly bus: number;

  constructor(bus = BUS) {
    this.bus = bus;
    this.wire = new SsifWire(this.sim, BUS, BMC);
    this.wire.listeners.push({
      blockRead: (command, bytes, length) => this.reads.push([command, ...bytes.subarray(0, length)]),
      ended: (stopped) => this.ends.push(stopped),
    });
    this.sim.reset();
  }

  start(address: number, read = false, flags: number = ACKED): this {
    return this.condition().address(address, read, flags);
  }

  /** START, or a repeated one, and no more. */
  condition(): this {
    this.sim.trace.emit(this.events.start, 0, 0, 0, this.bus);
    return this;
  }

  address(address: number, read = false, flags: number = ACKED): this {
    this.sim.trace.emit(this.events.address, 0, (address << 1) | (read ? 1 : 0), flags, this.bus);
    return this;
  }

  /** The host sends bytes, which are ACKed. */
  send(...bytes: readonly number[]): this {
    for (const byte of bytes) this.sim.trace.emit(this.events.byte, 0, byte, ACKED, this.bus);
    return this;
  }

  /** One more, which is NAKed. */
  refused(byte: number): this {
    this.sim.trace.emit(this.events.byte, 0, byte, 0, this.bus);
    return this;
  }

  /** The BMC sends bytes. */
  receive(...bytes: readonly number[]): this {
    for (const byte of bytes) this.sim.trace.emit(this.events.byte, 0, byte, ACKED | TO_CONTROLLER, this.bus);
    return this;
  }

  stop(): this {
    this.sim.trace.emit(this.events.stop, 0, 0, 0, this.bus);
    return this;
  }

  vanish(): this {
    this.sim.trace.emit(this.events.vanish, 0, 3, 0, this.bus);
    return this;
  }

  timeout(): this {
    this.sim.trace.emit(this.events.timeout, 0, 30e9, 0, this.bus);
    return this;
  }

  /** A block write: command, count, data, and what is to follow. */
  block(command: number, data: readonly number[], ...more: readonly number[]): this {
    return this.start(BMC).send(command, data.length, ...data, ...more).stop();
  }

  /** The complete requests, as bytes. */
  get requests(): number[][] {
    return [...this.wire.requests()].filter(({ complete }) => complete).map(({ bytes, length }) => [...bytes.subarray(0, length)]);
  }
}
