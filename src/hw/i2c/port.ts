import type { Ps } from '../../sim/index.ts';
import type { I2cBus } from './bus.ts';
import type { I2cTiming } from './timing.ts';

/** What a controller asks of the bus: one at a time. */
export const Request = { none: 0, start: 1, write: 2, read: 3, stop: 4 } as const;
export type Request = (typeof Request)[keyof typeof Request];

/**
 * A controller as the bus sees it. It asks by the methods of its {@link I2cPort}; the bus answers here, when
 * what was asked for is over and SCL is low (after STOP: high). From within an answer, or at any time later,
 * the controller asks for the next: until then it keeps SCL low.
 */
export interface I2cController {
  /** START, or repeated START, is sent: the address byte may follow. */
  started(): void;
  /** The byte is sent. */
  sent(ack: boolean): void;
  /** Eight bits are in: whether to ACK them. */
  acks(byte: number): boolean;
  /** The byte is received. */
  received(byte: number): void;
  /** STOP is sent; the bus is no longer this controller's. */
  stopped(): void;
  /** Arbitration is lost at a bit of the byte (0 the first, 8 ACK); the bus is no longer this controller's. */
  lost(bit: number): void;
  /** SCL has been low for {@link I2cPort.timeout}. The controller asks for STOP, or leaves by {@link I2cPort.vanish}. */
  timedOut(): void;
  /** It has let go of the lines in mid-byte, as {@link I2cPort.vanishAfter} said. */
  vanished(): void;
  /** START is impossible: a target keeps SDA low. A STOP asked for now clears the bus first. */
  stuck(): void;
}

/** What a target is told by the bus, and asked. Calls come in the order of the wire. */
export interface I2cTarget {
  /** START or repeated START; `bits` of a byte were under way. */
  start(bits: number): void;
  /** The address byte is in: whether to ACK, and thereby to be addressed. */
  address(byte: number): boolean;
  /** Addressed, the ACK bit is over and SCL is low: the target may hold it. */
  addressed(byte: number): void;
  /** A data byte is in: whether to ACK. */
  acks(byte: number): boolean;
  /** Its ACK bit is over and SCL is low. */
  received(byte: number, ack: boolean): void;
  /** The next byte to the controller: its first bit is about to be sent. */
  next(): number;
  /** That byte is sent, SCL is low. */
  sent(ack: boolean): void;
  /** STOP; `bits` of a byte were under way. */
  stop(bits: number): void;
}

/** What lines show when a controller lets go of them in mid-byte. */
export const GLITCHES = ['none', 'start', 'stop'] as const;
/** `stop`: SCL rises before SDA; `start`: SDA falls once more while SCL is high. */
export type Glitch = (typeof GLITCHES)[number];

/** The pins of a controller. Made by {@link I2cBus.attach}. */
export class I2cPort {
  readonly controller: I2cController;
  /** Among the ports of its bus. */
  readonly index: number;
  timing: I2cTiming;
  /** The context whose doing this is, for the trace; -1: none. */
  actor = -1;
  /** SCL low for so long is told by {@link I2cController.timedOut}, ps; 0: never. */
  timeout: Ps = 0;
  /** By how much longer SCL stays low before each byte, ps. */
  gap: Ps = 0;
  /** The same, once: before what is asked for next. */
  pause: Ps = 0;

  /** For the bus: what is asked for, since when, and the byte. */
  request: Request = Request.none;
  since: Ps = 0;
  byte = 0;
  /** For the bus: after so many bits of the next byte the controller vanishes; -1: it does not. */
  cut = -1;
  glitch: Glitch = 'none';
  /** For the bus: it was told of a time-out. */
  expired = false;
  private readonly bus: I2cBus;

  constructor(bus: I2cBus, index: number, controller: I2cController, timing: I2cTiming) {
    this.bus = bus;
    this.index = index;
    this.controller = controller;
    this.timing = timing;
  }

  reset(): void {
    this.actor = -1;
    this.request = Request.none;
    this.pause = 0;
    this.cut = -1;
    this.expired = false;
  }

  /** Whether the bus is this controller's. */
  get owns(): boolean {
    return this.bus.ownedBy(this);
  }

  /** START as soon as the bus is free, or repeated START. */
  start(): void {
    this.ask(Request.start);
  }

  /** Sends a byte. The first after a START is the address. */
  write(byte: number): void {
    this.byte = byte & 0xff;
    this.ask(Request.write);
  }

  /** Receives a byte. */
  read(): void {
    this.byte = 0xff;
    this.ask(Request.read);
  }

  /** STOP; on a bus without START a bare one. */
  stop(): void {
    this.ask(Request.stop);
  }

  /** In the byte that is asked for next the controller vanishes after `bits` (0-8) bits. */
  vanishAfter(bits: number, glitch: Glitch = 'none'): void {
    this.cut = bits;
    this.glitch = glitch;
  }

  /** The controller is gone, now: SCL and SDA are let go, wherever they are. */
  vanish(glitch: Glitch = 'none'): void {
    this.bus.vanish(this, glitch);
  }

  private ask(request: Request): void {
    if (this.request !== Request.none) throw new Error('a controller asks for one thing at a time');
    this.request = request;
    this.bus.asked(this);
  }
}

/** The pins of a target. Made by {@link I2cBus.addTarget}. */
export class I2cTap {
  readonly target: I2cTarget;
  /** The controller of the same chip, which does not address itself; null: none. */
  readonly own: I2cPort | null;
  /** For the bus: the target is addressed, 1 to receive, 2 to send. */
  mode: 0 | 1 | 2 = 0;
  private readonly bus: I2cBus;
  private holding = false;

  constructor(bus: I2cBus, target: I2cTarget, own: I2cPort | null) {
    this.bus = bus;
    this.target = target;
    this.own = own;
  }

  reset(): void {
    this.mode = 0;
    this.holding = false;
  }

  /** Whether the target keeps SCL low. */
  get holds(): boolean {
    return this.holding;
  }

  /** Keeps SCL low; only while it is low already. */
  hold(): void {
    if (this.holding) return;
    this.holding = true;
    this.bus.held();
  }

  /** Lets go of SCL, `delay` from now. */
  release(delay: Ps): void {
    if (!this.holding) return;
    this.holding = false;
    this.bus.released(delay);
  }

  /** The target is reset: it lets go of both lines and takes no part until it is addressed again. */
  leave(): void {
    this.mode = 0;
    this.bus.unstick();
    this.release(0);
  }
}
