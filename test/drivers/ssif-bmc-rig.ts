import { SSIF_BMC_VERSIONS, type SsifBmcDriver, type SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import { pecByte } from '../../src/smbus/index.ts';
import {
  DEFAULT_KERNEL, I2cSlaveEvent, IRQ_HANDLED, Kernel, OpenFile, Syscalls, UserBuffer, type I2cSlaveBackend, type I2cSlaveBus,
  type KernelConfig,
} from '../../src/linux/index.ts';
import { BLOCKED, GeneratorProcess, MS, Simulator, type Chooser, type Context, type Op, type Ps, type StopReason, type Steps } from '../../src/sim/index.ts';

/** 7-bit address of the target, and as the first byte of a write. */
export const ADDRESS = 0x10;
const WRITE = ADDRESS << 1;
const SOURCE = 12;
const THREADS = 3;

export const DRIVERS: Readonly<Record<string, SsifBmcDriverClass>> = Object.fromEntries(
  SSIF_BMC_VERSIONS.map(({ version, driver }) => [version, driver]));

/** How a transaction of the host ended. */
export type Written = 'ok' | 'nak';

/**
 * One version of ssif_bmc on a bus whose events a test plays one by one, in interrupt context: no controller, no timing
 * but that of the driver. By default the bus heeds -EBUSY at WRITE_REQUESTED as i2c-aspeed does.
 */
export class SsifRig implements I2cSlaveBus {
  readonly sim = new Simulator();
  readonly kernel: Kernel;
  readonly driver: SsifBmcDriver;
  readonly sys: Syscalls;
  /** The bus NAKs the byte after WRITE_REQUESTED when the backend refuses. */
  naks = true;
  /** The host checks and sends PEC. */
  pec = false;
  private backend: I2cSlaveBackend | null = null;
  private readonly host: Context;
  private readonly threads: Context[] = [];
  private hostBody: () => Steps<unknown> = function* () {};
  private readonly bodies: (() => Steps<unknown>)[] = [];
  private readonly eventOp: Op;
  private readonly pauseOp: Op;
  private readonly unregOp: Op;
  private event: I2cSlaveEvent = 0;
  private readonly val = { value: 0 };
  private line = false;
  private masked = true;
  private left = 0;

  constructor(driverClass: SsifBmcDriverClass, config: Partial<KernelConfig> = {}) {
    const { sim } = this;
    this.kernel = new Kernel(sim, { ...DEFAULT_KERNEL, ...config }, {
      next: () => (this.line && !this.masked ? SOURCE : -1),
      mask: () => {
        this.masked = true;
      },
      unmask: () => {
        this.masked = false;
      },
    });
    this.driver = new driverClass(this.kernel, this, ADDRESS);
    this.sys = new Syscalls(this.kernel);
    this.eventOp = sim.ops.define({
      label: 'bus event', kind: 'block',
      exec: () => {
        this.line = true;
        this.kernel.cpus[0].irqLine(true);
        return BLOCKED;
      },
    });
    this.pauseOp = sim.ops.define({ label: 'pause', kind: 'block', exec: (_operand, ctx) => ctx.doze(ctx.arg) });
    this.unregOp = sim.ops.define({ label: 'unreg_slave', exec: () => 0 });
    const process = new GeneratorProcess(() => this.ending(() => this.hostBody()));
    this.host = sim.context('host', process);
    for (let i = 0; i < THREADS; i++) {
      this.threads.push(this.kernel.thread(`thread ${i}`, () => this.ending(() => (this.bodies[i] ?? function* () {})())).ctx);
    }
    sim.onReset(() => {
      process.start();
      this.backend = null;
      this.line = false;
      this.masked = true;
    });
    sim.finished = () => this.left === 0;
    sim.limit = 50_000;
  }

  private *ending(body: () => Steps<unknown>): Steps {
    yield* body();
    this.left--;
  }

  /** Power-on, probe, then host and threads (each from its own time, ps) until all have ended. */
  run(what: {
    host?: () => Steps<unknown>; threads?: readonly (() => Steps<unknown>)[]; threadsAt?: readonly Ps[]; hostAt?: Ps; chooser?: Chooser;
  }): StopReason {
    const { sim } = this;
    this.hostBody = what.host ?? (function* () {});
    this.bodies.splice(0, THREADS, ...(what.threads ?? []));
    this.left = 1 + this.bodies.length;
    sim.reset(what.chooser);
    this.kernel.requestIrq(SOURCE, { name: 'bus', handler: () => this.handler() });
    this.kernel.boot(this.driver.probe());
    this.bodies.forEach((_, i) => this.threads[i].start(what.threadsAt?.[i] ?? 0));
    this.host.start(what.hostAt ?? MS);
    return sim.run();
  }

  /** Rules broken in the last run: `oracle: rule`. */
  get violations(): readonly string[] {
    return this.sim.violations.map(({ oracle, rule }) => `${oracle}: ${rule}`);
  }

  // ---- the bus --------------------------------------------------------------------------------

  *regSlave(_address: number, backend: I2cSlaveBackend): Steps<number> {
    this.backend = backend;
    return 0;
  }

  *unregSlave(): Steps<number> {
    yield this.unregOp;
    this.backend = null;
    return 0;
  }

  private *handler(): Steps<number> {
    const ret = this.backend === null ? 0 : yield* this.backend.slaveEvent(this.event, this.val);
    this.line = false;
    this.kernel.cpus[0].irqLine(false);
    this.host.wake(ret);
    return IRQ_HANDLED;
  }

  // ---- what the host does ---------------------------------------------------------------------

  /** One event; the backend's return value. */
  *play(event: I2cSlaveEvent, value = 0): Steps<number> {
    this.event = event;
    this.val.value = value;
    return yield this.eventOp;
  }

  /** One event of the read direction; the byte. */
  *fetch(event: I2cSlaveEvent): Steps<number> {
    yield* this.play(event, 0xee);
    return this.val.value;
  }

  *pause(ps: Ps): Steps {
    const { current } = this.sim;
    if (current === null) throw new Error('nobody pauses');
    current.arg = ps;
    yield this.pauseOp;
  }

  /** The bytes of a write, without START and STOP; stops at a NAK. */
  *send(...bytes: readonly number[]): Steps<Written> {
    const ret = yield* this.play(I2cSlaveEvent.WRITE_REQUESTED, WRITE);
    for (const byte of bytes) {
      yield* this.play(I2cSlaveEvent.WRITE_RECEIVED, byte);
      if (ret < 0 && this.naks) return 'nak';
    }
    return 'ok';
  }

  stop(): Steps<number> {
    return this.play(I2cSlaveEvent.STOP);
  }

  /** SMBus block write of raw bytes: command, count, data. */
  *raw(...bytes: readonly number[]): Steps<Written> {
    const written = yield* this.send(...bytes);
    yield* this.stop();
    return written;
  }

  /** SMBus block write, with PEC if so asked; `wrong` is added to the PEC. */
  write(command: number, data: readonly number[], wrong = 0): Steps<Written> {
    const bytes = [command, data.length, ...data];
    if (this.pec) bytes.push([WRITE, ...bytes].reduce((crc, byte) => pecByte(crc, byte), 0) ^ wrong);
    return this.raw(...bytes);
  }

  /** A request in as many parts as it needs. */
  *request(bytes: readonly number[]): Steps<Written> {
    if (bytes.length <= 32) return yield* this.write(0x02, bytes);
    let written = yield* this.write(0x06, bytes.slice(0, 32));
    let at = 32;
    for (; written === 'ok' && bytes.length - at > 32; at += 32) written = yield* this.write(0x07, bytes.slice(at, at + 32));
    return written === 'ok' ? yield* this.write(0x08, bytes.slice(at)) : written;
  }

  /**
   * SMBus block read: the data, or 'nak'. The host takes `most` bytes, count and PEC included, and NAKs the last: the
   * backend is asked for a byte after each that is ACKed. A wrong PEC throws.
   */
  *block(command: number, most = 64): Steps<readonly number[] | 'nak'> {
    if ((yield* this.send(command)) === 'nak') {
      yield* this.stop();
      return 'nak';
    }
    const data: number[] = [];
    const count = yield* this.fetch(I2cSlaveEvent.READ_REQUESTED);
    const wanted = Math.min(count + (this.pec && count > 0 ? 1 : 0), most - 1);
    for (let i = 0; i < wanted; i++) data.push(yield* this.fetch(I2cSlaveEvent.READ_PROCESSED));
    yield* this.stop();
    if (!this.pec || count === 0 || wanted <= count) return data;
    if ([WRITE, command, WRITE | 1, count, ...data].reduce((crc, byte) => pecByte(crc, byte), 0) !== 0) throw new Error('wrong PEC');
    return data.slice(0, -1);
  }

  /** The response in as many parts as it has; 'nak' or nothing if it is not there. */
  *response(): Steps<readonly number[] | 'nak'> {
    const first = yield* this.block(0x03);
    if (first === 'nak' || first[0] !== 0 || first[1] !== 1) return first;
    const bytes = first.slice(2);
    for (let number = 0; ; number++) {
      const part = yield* this.block(0x09);
      if (part === 'nak' || part.length === 0) return 'nak';
      bytes.push(...part.slice(1));
      if (part[0] === 0xff) return bytes;
      if (part[0] !== number) throw new Error(`block ${part[0]}, not ${number}`);
    }
  }

  /** Starts a thread that unbinds the driver. */
  unbind(): void {
    this.bodies[0] = () => this.driver.remove();
    this.left++;
    this.threads[0].start();
  }

  // ---- what threads do ------------------------------------------------------------------------

  *open(nonBlocking = false): Steps<OpenFile> {
    const file = yield* this.tryOpen(nonBlocking);
    if (typeof file === 'number') throw new Error(`open() failed: ${file}`);
    return file;
  }

  tryOpen(nonBlocking = false): Steps<OpenFile | number> {
    return this.sys.open(this.driver.miscdev, nonBlocking);
  }

  /** read(): the payload, or a negated errno. `mapped`: where an unmapped page begins. */
  *read(file: OpenFile, count = 260, mapped = count): Steps<readonly number[] | number> {
    const buffer = new UserBuffer(count);
    buffer.place(mapped, mapped < count ? 'unmapped' : 'resident');
    const result = yield* this.sys.read(file, buffer, count);
    if (result < 0) return result;
    const length = buffer.bytes[0] | (buffer.bytes[1] << 8);
    if (length !== result - 4) throw new Error(`read() returned ${result} bytes, the length is ${length}`);
    return [...buffer.bytes.subarray(4, result)];
  }

  /** write() of a payload with its length before it; the count that it returns, or a negated errno. */
  write4(file: OpenFile, payload: readonly number[], length = payload.length, count = 4 + payload.length): Steps<number> {
    const bytes = new UserBuffer(Math.max(count, 4 + payload.length));
    new DataView(bytes.bytes.buffer).setUint32(0, length, true);
    bytes.bytes.set(payload, 4);
    bytes.place(bytes.bytes.length, 'resident');
    return this.sys.write(file, bytes, count);
  }

  /** Opens the device and answers `n` requests by what `reply` makes of them. */
  *serve(n: number, reply: (request: readonly number[]) => readonly number[]): Steps {
    const file = yield* this.open();
    for (let i = 0; i < n; i++) {
      const request = yield* this.read(file);
      if (typeof request === 'number') throw new Error(`read() failed: ${request}`);
      const result = yield* this.write4(file, reply(request));
      if (result < 0) throw new Error(`write() failed: ${result}`);
    }
  }
}
