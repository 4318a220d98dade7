import { AspeedI2cIc, I2C_ASPEED_VERSIONS } from '../../../src/drivers/i2c-aspeed/index.ts';
import { SSIF_BMC_VERSIONS } from '../../../src/drivers/ssif-bmc/index.ts';
import { SimSmbus } from '../../../src/host/ssif/adapter.ts';
import { SMBUS_KINDS, type SmbusKindName } from '../../../src/host/ssif/smbus-kinds.ts';
import { SSIF_ADDRESS } from '../../../src/ipmi/ssif.ts';
import { SimTime } from '../../../src/host/ssif/sim-time.ts';
import { Ast2500, SmbusHost, ast2500Params, i2cParams } from '../../../src/hw/index.ts';
import { DEFAULT_KERNEL, Kernel, OpenFile, Syscalls, UserBuffer } from '../../../src/linux/index.ts';
import { GeneratorProcess, MS, SEC, Simulator, type Ps, type Steps, type StopReason } from '../../../src/sim/index.ts';
import { recordingLog } from '../log.ts';

const BUS = 3;

function version<T extends { readonly version: string }>(list: readonly T[], name: string): T {
  const found = list.find((entry) => entry.version === name);
  if (found === undefined) throw new Error(`no version ${name}`);
  return found;
}

/** A host on a real BMC: AST2500, i2c-aspeed, ssif_bmc, and a thread that answers each request after some thought. */
export class SystemRig {
  readonly sim = new Simulator();
  readonly log = recordingLog();
  readonly kernel: Kernel;
  readonly smbus: SimSmbus;
  readonly own: SmbusHost;
  readonly other: SmbusHost;
  readonly time: SimTime;
  /** How long the BMC's user thinks. */
  delay: Ps = MS;
  answer: (request: number[]) => number[] = (request) => [request[0] | 4, request[1], 0, ...request.slice(2)];
  /** Requests as the BMC's user has read them. */
  readonly requests: number[][] = [];
  private readonly drivers: readonly (() => Steps<unknown>)[];
  private readonly processes: readonly GeneratorProcess[];
  private readonly contexts;
  private bodies: (() => Steps<unknown>)[] = [];
  private left = 0;

  constructor(ssifBmc = 'fixed', i2cAspeed = 'fixed', kind: SmbusKindName = 'i801') {
    const { sim } = this;
    const params = i2cParams();
    const soc = new Ast2500(sim, ast2500Params(), { buses: [BUS], params });
    this.kernel = new Kernel(sim, DEFAULT_KERNEL, soc.vic);
    soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    const registers = soc.i2c.registers(BUS);
    const bus = new (version(I2C_ASPEED_VERSIONS, i2cAspeed).driver)(this.kernel, registers, new AspeedI2cIc(this.kernel, registers));
    const driver = new (version(SSIF_BMC_VERSIONS, ssifBmc).driver)(this.kernel, bus, SSIF_ADDRESS);
    this.drivers = [() => bus.probe(), () => driver.probe()];
    this.own = new SmbusHost(sim, soc.i2c.bus(BUS), params);
    this.other = new SmbusHost(sim, soc.i2c.bus(BUS), params, 'other');
    this.smbus = new SimSmbus(sim, this.own, SMBUS_KINDS[kind]);
    this.time = SimTime.create(sim);
    this.processes = [0, 1].map((n) => new GeneratorProcess(() => this.ending(n)));
    this.contexts = this.processes.map((process, n) => sim.context(n === 0 ? 'host' : 'other', process));
    const sys = new Syscalls(this.kernel);
    const serve = (): Steps => this.serve(sys, driver.miscdev);
    const user = this.kernel.thread('user', serve);
    sim.onReset(() => {
      for (const process of this.processes) process.start();
      this.requests.length = 0;
    });
    this.startUser = () => user.ctx.start(0);
    sim.finished = () => this.left === 0;
    sim.limit = 5_000_000;
    sim.horizon = 1000 * SEC;
  }

  private readonly startUser: () => void;

  private *ending(n: number): Steps {
    yield* this.bodies[n]();
    this.left--;
  }

  private *serve(sys: Syscalls, device: Parameters<Syscalls['open']>[0]): Steps {
    const file = yield* sys.open(device, false);
    if (!(file instanceof OpenFile)) throw new Error(`open() failed: ${file}`);
    for (;;) {
      const buffer = new UserBuffer(260);
      const result = yield* sys.read(file, buffer, 260);
      if (result < 4) continue;
      const request = [...buffer.bytes.subarray(4, result)];
      this.requests.push(request);
      if (this.delay > 0) yield this.kernel.sleep(this.delay);
      const response = this.answer(request).slice(0, 254);
      const out = new UserBuffer(4 + response.length);
      out.bytes.set([response.length, 0, 0, 0, ...response]);
      yield* sys.write(file, out, 4 + response.length);
    }
  }

  /** Power-on, probes, then the host until it has ended. */
  run(host: () => Steps<unknown>): StopReason {
    this.bodies = [host];
    this.left = 1;
    this.sim.reset();
    for (const probe of this.drivers) this.kernel.boot(probe());
    this.startUser();
    this.contexts[0].start(MS);
    return this.sim.run();
  }

  /** Rules broken in the last run. */
  get violations(): readonly string[] {
    return this.sim.violations.map(({ oracle, rule }) => `${oracle}: ${rule}`);
  }
}
