import { AspeedI2cIc, I2C_ASPEED_VERSIONS, type I2cAspeedBus, type I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import { Ast2500, I2C, SmbusHost, ast2500Params, i2cParams, i2cRegisterName, type I2cParams } from '../../src/hw/index.ts';
import {
  DEFAULT_KERNEL, I2cSlaveEvent, Kernel, type I2cSlaveBackend, type I2cSlaveValue, type KernelConfig,
} from '../../src/linux/index.ts';
import { GeneratorProcess, MS, SEC, Simulator, type Chooser, type Context, type StopReason, type Steps } from '../../src/sim/index.ts';

export const ADDRESS = 0x10;
export const BUS = 3;
export const I2C_DRIVERS: Readonly<Record<string, I2cAspeedBusClass>> = Object.fromEntries(
  I2C_ASPEED_VERSIONS.map(({ version, driver }) => [version, driver]));
const EVENTS: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(I2cSlaveEvent).map(([name, event]) => [event, name]));

/** One version of i2c-aspeed on the AST2500's bus 3, a backend that notes its events, and a host's SMBus controller. */
export class I2cAspeedRig implements I2cSlaveBackend {
  readonly sim = new Simulator();
  readonly soc: Ast2500;
  readonly kernel: Kernel;
  readonly driver: I2cAspeedBus;
  readonly host: SmbusHost;
  /** `WRITE_REQUESTED 20`, ... */
  readonly events: string[] = [];
  /** What dev_err() said. */
  readonly errors: string[] = [];
  /** Whether each interrupt of the bus was handled. */
  readonly handled: boolean[] = [];
  /** What the backend returns, by event. */
  returns: (event: I2cSlaveEvent) => number = () => 0;
  /** The byte that the backend gives at its n-th call. */
  gives: (n: number) => number = (n) => 0xc0 + n;
  private calls = 0;
  private readonly hostContext: Context;
  private hostBody: () => Steps<unknown> = function* () {};
  private over = false;

  constructor(driverClass: I2cAspeedBusClass, options: { config?: Partial<KernelConfig>; params?: Partial<I2cParams> } = {}) {
    const { sim } = this;
    const params = i2cParams(options.params);
    this.soc = new Ast2500(sim, ast2500Params(), { buses: [BUS], params });
    this.kernel = new Kernel(sim, { ...DEFAULT_KERNEL, ...options.config }, this.soc.vic);
    this.soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    const registers = this.soc.i2c.registers(BUS);
    this.driver = new driverClass(this.kernel, registers, new AspeedI2cIc(this.kernel, registers));
    this.host = new SmbusHost(sim, this.soc.i2c.bus(BUS), params);
    const process = new GeneratorProcess(() => this.ending());
    this.hostContext = sim.context('host', process);
    sim.trace.on(sim.trace.code('i2c.dev_err'), (_at, _actor, what, expected, handled) => {
      this.errors.push(['ACK on read request', 'no ACK', 'state', `handled ${hex(handled)} of ${hex(expected)}`][what]);
    });
    sim.trace.on(sim.trace.code('bmc.irq'), (_at, _actor, _source, handled) => this.handled.push(handled !== 0));
    sim.onReset(() => {
      process.start();
      this.events.length = 0;
      this.errors.length = 0;
      this.handled.length = 0;
      this.calls = 0;
      this.over = false;
    });
    sim.finished = () => this.over;
    sim.limit = 100_000;
    sim.horizon = 10 * SEC;
  }

  private *ending(): Steps {
    yield* this.hostBody();
    this.over = true;
  }

  /** Power-on, probe, the backend registered; then the host until it has ended and all is quiet. */
  run(host: () => Steps<unknown>, chooser?: Chooser): StopReason {
    this.hostBody = host;
    this.sim.reset(chooser);
    this.kernel.boot(this.driver.probe());
    this.kernel.boot(this.driver.regSlave(ADDRESS, this));
    this.hostContext.start(MS);
    return this.sim.run();
  }

  *slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number> {
    const reads = event === I2cSlaveEvent.READ_REQUESTED || event === I2cSlaveEvent.READ_PROCESSED;
    if (reads) val.value = this.gives(this.calls++) & 0xff;
    this.events.push(event === I2cSlaveEvent.STOP ? 'STOP' : `${EVENTS[event]} ${hex(val.value)}`);
    return this.returns(event);
  }
}

export const hex = (value: number): string => (value >>> 0).toString(16).padStart(2, '0');

/**
 * The same with an engine that does nothing by itself: a test pokes INTR_STS and BYTE_BUF, and sees each access of the
 * driver. The line is (INTR_STS & INTR_CTRL) != 0.
 */
export class PokedRig extends I2cAspeedRig {
  /** `INTR_STS`, `INTR_STS := 80`, ... since the last poke. */
  readonly accesses: string[] = [];
  private readonly registers = new Map<number, number>();
  private script: readonly (readonly [number, number])[] = [];
  private at = 0;

  constructor(driverClass: I2cAspeedBusClass) {
    super(driverClass);
    const { sim, soc, registers } = this;
    const engine = soc.i2c.engine(BUS);
    engine.read = (offset) => {
      this.accesses.push(i2cRegisterName(offset));
      return registers.get(offset) ?? 0;
    };
    engine.write = (offset, value) => {
      this.accesses.push(`${i2cRegisterName(offset)} := ${hex(value)}`);
      if (offset === I2C.INTR_STS) registers.set(offset, (registers.get(offset) ?? 0) & ~value);
      else if (offset === I2C.BYTE_BUF) registers.set(offset, ((registers.get(offset) ?? 0) & 0xff00) | (value & 0xff));
      else registers.set(offset, value);
      this.settle();
    };
    const slot = sim.slot({ fire: () => this.next(slot) });
    sim.onReset(() => {
      registers.clear();
      this.at = 0;
      sim.queue.schedule(slot, 2 * MS, false);
    });
  }

  /** Statuses that come one after the other, 1 ms apart, each with the byte received; what the last one caused. */
  poke(...script: readonly (readonly [status: number, byte?: number])[]): void {
    this.script = script.map(([status, byte = 0]) => [status, byte]);
    this.run(function* () {});
  }

  private next(slot: number): void {
    const entry = this.script[this.at++];
    if (entry === undefined) return;
    this.sim.queue.schedule(slot, this.sim.now + MS, false);
    const [status, byte] = entry;
    this.accesses.length = 0;
    if (this.at === this.script.length) {
      this.events.length = 0;
      this.errors.length = 0;
      this.handled.length = 0;
    }
    this.registers.set(I2C.BYTE_BUF, byte << 8);
    this.registers.set(I2C.INTR_STS, (this.registers.get(I2C.INTR_STS) ?? 0) | status);
    this.settle();
  }

  private settle(): void {
    const { registers } = this;
    this.soc.i2c.engine(BUS).onLine(((registers.get(I2C.INTR_STS) ?? 0) & (registers.get(I2C.INTR_CTRL) ?? 0)) === 0 ? 0 : 1);
  }
}
