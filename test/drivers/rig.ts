import { AspeedKcs, type KcsBmcDriver, type KcsBmcDriverClass, type KcsChannelNumber } from '../../src/drivers/kcs-bmc/index.ts';
import { CarelessKcsHost, SimIo } from '../../src/host/index.ts';
import { Ast2500 } from '../../src/hw/index.ts';
import { DEFAULT_KERNEL, Kernel, OpenFile, Syscalls, UserBuffer, type KernelConfig } from '../../src/linux/index.ts';
import { GeneratorProcess, Simulator, type Chooser, type Context, type Ps, type StopReason, type Steps } from '../../src/sim/index.ts';

const IO_BASE: Readonly<Record<KcsChannelNumber, readonly [number, number]>> = { 1: [0xca0, 4], 2: [0xca8, 4], 3: [0xca2, 1], 4: [0xca4, 1] };
/** Most threads of a test. */
const THREADS = 3;

/** One version of the driver on the AST2500, a host that a test drives move by move, and threads that it writes. */
export class DriverRig {
  readonly sim = new Simulator();
  readonly soc = new Ast2500(this.sim);
  readonly kernel: Kernel;
  readonly driver: KcsBmcDriver;
  readonly sys: Syscalls;
  readonly io: SimIo;
  /** A host without a will of its own; its next request is {@link request}. */
  readonly host: CarelessKcsHost;
  readonly channel: KcsChannelNumber;
  request: readonly number[] = [0x18, 0x01];
  private hostBody: () => Steps<unknown> = function* () {};
  private readonly bodies: (() => Steps<unknown>)[] = [];
  private readonly threads: Context[] = [];
  private readonly hostContext: Context;
  private left = 0;

  constructor(driverClass: KcsBmcDriverClass, channel: KcsChannelNumber = 3, config: Partial<KernelConfig> = {}) {
    const { sim, soc } = this;
    this.channel = channel;
    this.kernel = new Kernel(sim, { ...DEFAULT_KERNEL, ...config }, soc.vic);
    soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    const [ioAddr, spacing] = IO_BASE[channel];
    this.driver = new driverClass(this.kernel, new AspeedKcs(this.kernel, soc.registers, { channel, ioAddr, serirq: null }));
    this.sys = new Syscalls(this.kernel);
    this.io = SimIo.create(sim, soc.port(ioAddr, spacing));
    this.host = new CarelessKcsHost(this.io, () => 0, (buf) => {
      buf.set(this.request);
      return this.request.length;
    });
    const process = new GeneratorProcess(() => this.ending(this.hostBody()));
    this.hostContext = sim.context('host', process);
    for (let i = 0; i < THREADS; i++) {
      this.threads.push(this.kernel.thread(`thread ${i}`, () => this.ending((this.bodies[i] ?? function* () {})())).ctx);
    }
    sim.onReset(() => {
      process.start();
      this.host.reset();
    });
    sim.finished = () => this.left === 0;
    sim.limit = 50_000;
  }

  private *ending(body: Steps<unknown>): Steps {
    yield* body;
    this.left--;
  }

  /** Power-on, probe, then host and threads (each from its own time, ps) until all have ended. */
  run(what: { host?: () => Steps<unknown>; threads?: readonly (() => Steps<unknown>)[]; hostAt?: Ps; threadsAt?: readonly Ps[]; chooser?: Chooser }): StopReason {
    const { sim } = this;
    this.hostBody = what.host ?? (function* () {});
    this.bodies.splice(0, THREADS, ...(what.threads ?? []));
    this.left = 1 + this.bodies.length;
    sim.reset(what.chooser);
    this.kernel.boot(this.driver.probe());
    this.bodies.forEach((_, i) => this.threads[i].start(what.threadsAt?.[i] ?? 0));
    this.hostContext.start(what.hostAt ?? 100_000_000);
    return sim.run();
  }

  /** STR of the channel. */
  get str(): number {
    return this.soc.lpc.channels[this.channel - 1].str;
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

  /** read(): the bytes, or a negated errno. `mapped`: where an unmapped page begins. */
  *read(file: OpenFile, count = 64, mapped = count): Steps<readonly number[] | number> {
    const buffer = new UserBuffer(count);
    buffer.place(mapped, mapped < count ? 'unmapped' : 'resident');
    const result = yield* this.sys.read(file, buffer, count);
    return result < 0 ? result : [...buffer.bytes.subarray(0, result)];
  }

  *write(file: OpenFile, bytes: readonly number[], mapped = bytes.length): Steps<number> {
    const buffer = new UserBuffer(Math.max(bytes.length, 1));
    buffer.bytes.set(bytes);
    buffer.place(mapped, mapped < bytes.length ? 'unmapped' : 'resident');
    return yield* this.sys.write(file, buffer, bytes.length);
  }

  // ---- what the host does ---------------------------------------------------------------------

  /** Sends the request and reads the response; empty if it does not come as it should. */
  *transact(request: readonly number[] = this.request): Steps<readonly number[]> {
    this.request = request;
    this.host.compose();
    yield* this.host.transact();
    return [...this.host.response.subarray(0, this.host.responseLength)];
  }

  /** Sends the request and no more. */
  *send(request: readonly number[] = this.request): Steps {
    this.request = request;
    this.host.compose();
    yield* this.host.write();
  }
}
