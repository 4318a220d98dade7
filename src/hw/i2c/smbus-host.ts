import { BLOCKED, type Context, type Op, type Ps, type Simulator } from '../../sim/index.ts';
import { SMBUS_BLOCK_MAX, pecByte } from '../../smbus/index.ts';
import type { I2cBus } from './bus.ts';
import { GLITCHES, type Glitch, type I2cController, type I2cPort } from './port.ts';
import { Do, SmbusScript } from './smbus-script.ts';
import { timingOf } from './timing.ts';

export type { Glitch } from './port.ts';

/** How a transaction ended. */
export const SmbusStatus = {
  OK: 0,
  /** A byte was NAKed: {@link SmbusHost.nakAt} says which. */
  DEV_ERR: 1,
  /** Arbitration was lost, or a target keeps SDA low. */
  BUS_ERR: 2,
  /** SCL was low, or the bus not free, for longer than tTIMEOUT. */
  TIMEOUT: 3,
  /** The received PEC is wrong. */
  PEC_ERR: 4,
  /** A block read with a count of 0 or of more than 32, unless {@link SmbusScript.takeBadCountFor} was told. */
  COUNT_ERR: 5,
  /** The controller vanished in the middle, as the script says. */
  OFF: 6,
} as const;
export type SmbusStatus = (typeof SmbusStatus)[keyof typeof SmbusStatus];

/** What is open about the host's controller. */
export interface SmbusParams {
  readonly smbusKhz: number;
  readonly smbusSetup: Ps;
  readonly smbusDone: Ps;
  readonly smbusByteGap: Ps;
  readonly smbusTimeout: Ps;
  readonly smbusTimeoutStop: number;
  readonly smbusBadCount: number;
}

const MOST_DATA = 1_024;

/**
 * The SMBus controller of a host (as i801 or piix4): hardware that runs a whole transaction while the
 * software waits. So a schedule can delay the host between two transactions, never inside one.
 *
 *     host.blockWrite(0x10, 0x02, request, length, false);
 *     const status = yield host.transfer;
 */
export class SmbusHost extends SmbusScript implements I2cController {
  /** Bytes received by the last transaction; of a block read the data without the count. */
  readonly data = new Uint8Array(MOST_DATA);
  /** How many. */
  length = 0;
  /** Index of the first byte that was NAKed, the first address byte being 0; -1: none. */
  nakAt = -1;
  /** The last transaction was a block read whose count passed for another: {@link SmbusScript.takeBadCountFor}. */
  tookBadCount = false;
  /** The step that runs the script; resumes with a {@link SmbusStatus}. */
  readonly transfer: Op;
  readonly bus: I2cBus;
  private readonly sim: Simulator;
  private readonly port: I2cPort;
  private readonly params: SmbusParams;
  private readonly timer: number;

  /** Who waits; null: no transaction is under way. */
  private waiter: Context | null = null;
  private pc = 0;
  private left = 0;
  private crc = 0;
  private sentBytes = 0;
  private status: SmbusStatus = SmbusStatus.OK;
  /** The STOP under way is of a transaction that has failed, or was given up long ago. */
  private failing = false;
  private draining = false;
  /** The transaction has ended before the step that starts it was over. */
  private beginning = false;

  /** Adds the controller to `bus`; `name` is how its step is called: `smbus transfer`. */
  constructor(sim: Simulator, bus: I2cBus, params: SmbusParams, name = 'smbus') {
    super();
    this.sim = sim;
    this.bus = bus;
    this.params = params;
    this.port = bus.attach(this, timingOf(params.smbusKhz));
    this.port.gap = params.smbusByteGap;
    this.port.timeout = params.smbusTimeout;
    this.timer = sim.slot({ fire: () => this.giveUp() });
    // What the transaction does to an engine, it does while this step is long over: all of it is this step's.
    const touched = ['bus', 'INTR_STS', 'CMD', 'BYTE_BUF'].map((name) => sim.ops.object(`I2C${bus.number} ${name}`));
    this.transfer = sim.ops.define({
      label: `${name} transfer`,
      kind: 'access',
      lead: params.smbusSetup,
      exec: (_operand, ctx) => this.begin(ctx),
      footprint: { reads: touched, writes: touched },
    });
    sim.onReset(() => this.reset());
  }

  /** Sets the speed at which it drives the bus, kHz, as `smbusKhz` has before. */
  setSpeed(khz: number): void {
    this.port.timing = timingOf(khz);
  }

  /** {@link transfer} with `frame` (of `sim.ops.frame(name)`) in its label. */
  transferAt(frame: number): Op {
    return this.transfer | frame;
  }

  /** The host loses its power, or is reset: the lines are let go, whoever waits gets OFF. */
  cutPower(glitch: Glitch = 'none'): void {
    this.draining = false;
    this.port.vanish(glitch);
    if (this.waiter !== null) this.finish(SmbusStatus.OFF);
  }

  private reset(): void {
    this.clear();
    this.length = 0;
    this.nakAt = -1;
    this.tookBadCount = false;
    this.waiter = null;
    this.failing = false;
    this.draining = false;
  }

  // ---- the transaction ------------------------------------------------------------------------

  private begin(ctx: Context): number {
    if (this.waiter !== null) throw new Error('an SMBus controller runs one transaction at a time');
    this.waiter = ctx;
    this.port.actor = ctx.id;
    this.pc = 0;
    this.length = 0;
    this.nakAt = -1;
    this.tookBadCount = false;
    this.crc = 0;
    this.sentBytes = 0;
    this.status = SmbusStatus.OK;
    this.failing = false;
    if (this.draining || !this.port.owns) this.sim.queue.schedule(this.timer, this.sim.now + this.params.smbusTimeout, true);
    this.beginning = true;
    if (!this.draining) this.advance();
    this.beginning = false;
    return this.waiter === null ? ctx.doze(this.params.smbusDone, this.status) : BLOCKED;
  }

  private finish(status: SmbusStatus): void {
    const ctx = this.waiter!;
    this.status = status;
    this.waiter = null;
    this.sim.queue.cancel(this.timer);
    if (!this.beginning) ctx.wake(status, this.params.smbusDone);
  }

  /** The next step of the script. */
  private advance(): void {
    const { port } = this;
    while (this.pc < this.steps) {
      const operand = this.operand[this.pc];
      switch (this.what[this.pc]) {
        case Do.start:
          port.start();
          return;
        case Do.send:
          this.write(operand);
          return;
        case Do.sendPec:
          this.write(this.crc);
          return;
        case Do.stop:
          port.stop();
          return;
        case Do.hold:
          port.pause += operand;
          break;
        case Do.vanish:
          port.vanishAfter(Math.floor(operand / GLITCHES.length), GLITCHES[operand % GLITCHES.length]);
          break;
        default:
          this.left = operand;
          port.read();
          return;
      }
      this.pc++;
    }
    this.finish(this.status);
  }

  private next(): void {
    this.pc++;
    this.advance();
  }

  /** The transaction has failed: STOP, and no more. */
  private fail(status: SmbusStatus): void {
    this.status = status;
    this.failing = true;
    this.port.stop();
  }

  private write(byte: number): void {
    this.crc = pecByte(this.crc, byte);
    this.port.write(byte);
  }

  // ---- the bus --------------------------------------------------------------------------------

  started(): void {
    this.sim.queue.cancel(this.timer);
    this.write(this.operand[this.pc]);
  }

  sent(ack: boolean): void {
    if (!ack) {
      if (this.nakAt < 0) this.nakAt = this.sentBytes;
      if (this.heedNak) {
        this.fail(SmbusStatus.DEV_ERR);
        return;
      }
      this.status = SmbusStatus.DEV_ERR;
    }
    this.sentBytes++;
    this.next();
  }

  acks(byte: number): boolean {
    switch (this.what[this.pc]) {
      case Do.receiveAll:
        return true;
      case Do.receive:
        return this.left > 1;
      default: // a block: its count, then its bytes
        if (this.left === 0) return isCount(byte) || this.badCountFor > 0 || this.params.smbusBadCount !== 0;
        return this.left > 1;
    }
  }

  received(byte: number): void {
    const what = this.what[this.pc];
    const block = what === Do.block || what === Do.blockPec;
    if (block && this.left === 0) {
      const count = isCount(byte) ? byte : this.badCountFor;
      this.crc = pecByte(this.crc, count);
      if (count > 0) {
        this.tookBadCount = count !== byte;
        this.left = what === Do.blockPec ? count + 1 : count;
        this.port.read();
      } else if (this.params.smbusBadCount === 0) this.fail(SmbusStatus.COUNT_ERR);
      else {
        this.status = SmbusStatus.COUNT_ERR;
        this.left = 1;
        this.port.read();
      }
      return;
    }
    this.left--;
    if (this.status === SmbusStatus.COUNT_ERR) {
      this.fail(SmbusStatus.COUNT_ERR);
      return;
    }
    if (what === Do.blockPec && this.left === 0) {
      if (byte !== this.crc) this.status = SmbusStatus.PEC_ERR;
    } else {
      this.crc = pecByte(this.crc, byte);
      if (this.length < MOST_DATA) this.data[this.length++] = byte;
    }
    if (this.left > 0) this.port.read();
    else this.next();
  }

  stopped(): void {
    if (this.draining) {
      this.draining = false;
      if (this.waiter !== null) this.advance();
    } else if (this.failing) this.finish(this.status);
    else this.next();
  }

  lost(): void {
    this.finish(SmbusStatus.BUS_ERR);
  }

  stuck(): void {
    this.finish(SmbusStatus.BUS_ERR);
  }

  vanished(): void {
    this.finish(SmbusStatus.OFF);
  }

  timedOut(): void {
    if (this.params.smbusTimeoutStop === 0) this.port.vanish();
    else {
      this.draining = true;
      this.port.stop();
    }
    this.finish(SmbusStatus.TIMEOUT);
  }

  /** The bus has not become free in time. */
  private giveUp(): void {
    if (!this.draining) this.port.vanish();
    this.finish(SmbusStatus.TIMEOUT);
  }
}

function isCount(byte: number): boolean {
  return byte >= 1 && byte <= SMBUS_BLOCK_MAX;
}
