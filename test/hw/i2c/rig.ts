import {
  I2cBus, STANDARD_MODE, type I2cController, type I2cPort, type I2cTap, type I2cTarget, type Glitch, type I2cTiming,
} from '../../../src/hw/index.ts';
import { Simulator, type Ps } from '../../../src/sim/index.ts';

/** What a {@link Puppet} does, one after the other. */
export type Act =
  | { readonly do: 'start' | 'stop' | 'read' | 'readLast' }
  | { readonly do: 'write'; readonly byte: number }
  | { readonly do: 'vanish'; readonly bits: number; readonly glitch: Glitch };

export const START: Act = { do: 'start' };
export const STOP: Act = { do: 'stop' };
export const READ: Act = { do: 'read' };
export const READ_LAST: Act = { do: 'readLast' };
export const vanish = (bits: number, glitch: Glitch = 'none'): Act => ({ do: 'vanish', bits, glitch });
export const write = (byte: number): Act => ({ do: 'write', byte });

/** A controller that does what a test says, as soon as the bus lets it. */
export class Puppet implements I2cController {
  readonly port: I2cPort;
  /** What came back: when (ps), and what. */
  readonly log: [Ps, string][] = [];
  private readonly sim: Simulator;
  private acts: readonly Act[] = [];
  private at = 0;

  constructor(rig: Rig, timing: I2cTiming = STANDARD_MODE) {
    this.sim = rig.sim;
    this.port = rig.bus.attach(this, timing);
  }

  play(...acts: readonly Act[]): void {
    this.acts = acts;
    this.at = 0;
    this.go();
  }

  private go(): void {
    let act = this.acts[this.at++];
    if (act?.do === 'vanish') {
      this.port.vanishAfter(act.bits, act.glitch);
      act = this.acts[this.at++];
    }
    if (act === undefined) return;
    if (act.do === 'write') this.port.write(act.byte);
    else if (act.do === 'start') this.port.start();
    else if (act.do === 'stop') this.port.stop();
    else if (act.do !== 'vanish') this.port.read();
  }

  private note(text: string): void {
    this.log.push([this.sim.now, text]);
  }

  started(): void {
    this.note('started');
    this.go();
  }

  sent(ack: boolean): void {
    this.note(ack ? 'ACK' : 'NAK');
    this.go();
  }

  acks(): boolean {
    return this.acts[this.at - 1]?.do === 'read';
  }

  received(byte: number): void {
    this.note(`got ${byte.toString(16)}`);
    this.go();
  }

  stopped(): void {
    this.note('stopped');
    this.go();
  }

  lost(bit: number): void {
    this.note(`lost at ${bit}`);
  }

  timedOut(): void {
    this.note('timed out');
    this.go();
  }

  vanished(): void {
    this.note('vanished');
  }

  stuck(): void {
    this.note('stuck');
    this.go();
  }
}

/** A target at one address that keeps what it gets, gives what it has, and stretches as it is told. */
export class Sponge implements I2cTarget {
  readonly tap: I2cTap;
  readonly bytes: number[] = [];
  readonly log: string[] = [];
  /** Given one by one to a controller that reads. */
  give: number[] = [];
  /** For how long SCL is held after the address byte, then after each data byte, ps. */
  stretch: Ps[] = [];
  /** Data bytes that are ACKed. */
  room = Number.POSITIVE_INFINITY;
  private readonly sim: Simulator;
  private readonly slot: number;
  private readonly own: number;

  constructor(rig: Rig, address: number) {
    this.sim = rig.sim;
    this.own = address;
    this.tap = rig.bus.addTarget(this);
    this.slot = this.sim.slot({ fire: () => this.tap.release(0) });
  }

  private held(): void {
    const ps = this.stretch.shift() ?? 0;
    if (ps === 0) return;
    this.tap.hold();
    this.sim.queue.schedule(this.slot, this.sim.now + ps, false);
  }

  start(bits: number): void {
    this.log.push(`start ${bits}`);
  }

  address(byte: number): boolean {
    return byte >> 1 === this.own;
  }

  addressed(): void {
    this.log.push('addressed');
    this.held();
  }

  acks(): boolean {
    return this.room-- > 0;
  }

  received(byte: number, ack: boolean): void {
    if (ack) this.bytes.push(byte);
    this.held();
  }

  next(): number {
    return this.give.shift() ?? 0xff;
  }

  sent(ack: boolean): void {
    this.log.push(ack ? 'ACK' : 'NAK');
    this.held();
  }

  stop(bits: number): void {
    this.log.push(`stop ${bits}`);
  }
}

/** A bus with nothing on it, and its trace as text. */
export class Rig {
  readonly sim = new Simulator();
  readonly bus = new I2cBus(this.sim, 3);
  readonly texts: [Ps, string][] = [];
  /** Events of the trace: time, name, a, b. */
  readonly events: [Ps, string, number, number][] = [];

  constructor() {
    this.sim.finished = () => false;
    this.sim.trace.kinds.forEach((kind, code) => {
      this.sim.trace.on(code, (at, _actor, a, b, c) => {
        this.texts.push([at, kind.text(a, b, c)]);
        this.events.push([at, kind.name, a, b]);
      });
    });
  }

  /** Something that happens at `time` (ps); before {@link run}. */
  at(time: Ps, happen: () => void): void {
    const { sim } = this;
    const slot = sim.slot({ fire: happen });
    sim.onReset(() => sim.queue.schedule(slot, time, false));
  }

  /** From reset until nothing is due. */
  run(begin: () => void = () => {}): void {
    this.sim.reset();
    begin();
    this.sim.run();
  }
}
