import {
  AspeedI2c, CMD, I2cBus, defineI2cTrace, i2cParams, type I2cController, type I2cPort, type I2cTap, type I2cTarget,
} from '../hw/index.ts';
import { Simulator } from '../sim/index.ts';
import type { Explained } from './i2c-rules.ts';
import { wireText, type I2cOp, type OtherWrite, type WireEvent } from './i2c-sequence.ts';

/** Makes the engine under test. */
export type MakeEngine = (...args: ConstructorParameters<typeof AspeedI2c>) => AspeedI2c;

/**
 * An engine on a bus of its own, with what the recordings had around it: targets that answer as recorded,
 * and another controller that writes to us when it is told to. Notes the bus events as recorded.
 */
export class I2cRig implements I2cTarget {
  readonly engine: AspeedI2c;
  /** What happened on the wire during this access. */
  readonly wire: WireEvent[] = [];
  /** Levels that the model's interrupt line has gone to during this access. */
  readonly line: number[] = [];
  /** The address of the recorded target that is addressed; -1: none. */
  device = -1;
  /** The address of this access was NAKed. */
  naked = false;
  private reading = false;
  private readonly sim = new Simulator();
  private readonly tap: I2cTap;
  private readonly other: OtherController;
  private readonly explained: Explained;
  private pending: OtherWrite | null = null;
  private acked = false;
  private rx: readonly number[] = [];
  private rxAt = 0;

  constructor(bus: number, explained: Explained, make: MakeEngine) {
    const wires = new I2cBus(this.sim, bus, defineI2cTrace(this.sim.trace));
    this.explained = explained;
    this.engine = make(this.sim, wires, i2cParams());
    this.engine.onLine = (level) => this.line.push(level);
    this.tap = wires.addTarget(this);
    this.other = new OtherController(this.wire);
    this.other.port = wires.attach(this.other);
    this.sim.finished = () => false;
    this.sim.reset();
  }

  /** A target is addressed, the engine included. */
  get anyAddressed(): boolean {
    return this.device >= 0 || this.engine.target.addressedNow;
  }

  /** The access that comes, and what the other controller does with it. */
  prepare(op: I2cOp, other: OtherWrite | undefined): void {
    this.wire.length = 0;
    this.line.length = 0;
    this.naked = false;
    this.acked = op.acked;
    this.rx = op.rx;
    this.rxAt = 0;
    this.pending = other ?? null;
    const sends = op.write && op.reg === 'CMD' && (op.value & (CMD.M_START | CMD.M_TX)) === CMD.M_TX;
    this.listen(sends);
  }

  /** Lets the bus run until it is idle, or the engine holds SCL. */
  settle(): void {
    this.sim.run();
  }

  /** `access`, and whether it let go of SCL. */
  releasing(access: () => void): void {
    const { tap } = this.engine.target;
    const held = tap.holds;
    access();
    if (held && !tap.holds) this.wire.push('slave_ack');
  }

  /** The recorded targets take and give bytes whatever they were addressed for. */
  private listen(sends: boolean): void {
    this.tap.mode = sends ? 1 : this.device >= 0 ? 2 : 0;
  }

  // ---- a target -------------------------------------------------------------------------------

  start(): void {}

  address(byte: number): boolean {
    if (!this.engine.initiator.port.owns) return false;
    const address = byte >> 1;
    if (this.device >= 0) {
      if (address !== this.device) this.explained['repeated-start']++;
      return true;
    }
    if (!this.acked) {
      this.naked = true;
      return false;
    }
    this.device = address;
    return true;
  }

  addressed(byte: number): void {
    this.reading = (byte & 1) !== 0;
    this.wire.push(wireText('start', this.device, this.reading ? 'r' : 'w'));
    this.listen(false);
  }

  acks(): boolean {
    if (this.device < 0 || this.reading) this.explained['unaddressed-byte']++;
    return true;
  }

  received(byte: number): void {
    if (this.device >= 0) this.wire.push(wireText('tx', byte));
    this.listen(false);
  }

  next(): number {
    if (!this.reading) this.explained['unaddressed-byte']++;
    const byte = this.rx[this.rxAt++] ?? 0xff;
    this.wire.push(wireText('rx', byte));
    return byte;
  }

  sent(ack: boolean): void {
    if (!ack) this.wire.push(wireText('nack', this.device));
    this.listen(false);
  }

  stop(): void {
    if (this.device >= 0) this.wire.push(wireText('stop', this.device));
    this.device = -1;
    if (this.pending !== null) this.other.begin(this.pending);
    this.pending = null;
  }
}

/** The other controller of the target recordings: it writes to an address, and stops at a NAK of it. */
class OtherController implements I2cController {
  port!: I2cPort;
  private readonly wire: WireEvent[];
  private task: OtherWrite = { after: 0, address: 0, bytes: [] };
  /** Bytes sent, the address included; -1: START is not. */
  private at = -1;

  constructor(wire: WireEvent[]) {
    this.wire = wire;
  }

  begin(task: OtherWrite): void {
    this.task = task;
    this.at = -1;
    this.port.start();
  }

  started(): void {
    this.at = 0;
    this.port.write(this.task.address << 1);
  }

  sent(ack: boolean): void {
    const { address, bytes } = this.task;
    if (this.at === 0) {
      if (!ack) {
        this.at = -1;
        this.port.stop();
        return;
      }
      this.wire.push(wireText('start', address, 'w', true));
    } else this.wire.push(wireText('other_master_tx', bytes[this.at - 1]));
    if (this.at < bytes.length) this.port.write(bytes[this.at++]);
    else this.port.stop();
  }

  stopped(): void {
    if (this.at >= 0) this.wire.push(wireText('stop', this.task.address));
  }

  acks(): boolean {
    return false;
  }

  received(): void {}
  lost(): void {}
  timedOut(): void {}
  vanished(): void {}
  stuck(): void {}
}
