import { I2cBus } from '../../../src/hw/i2c/bus.ts';
import { i2cParams, type I2cParams } from '../../../src/hw/i2c/params.ts';
import type { I2cTap } from '../../../src/hw/i2c/port.ts';
import { SmbusHost } from '../../../src/hw/i2c/smbus-host.ts';
import { SimSmbus } from '../../../src/host/ssif/adapter.ts';
import { SimTime } from '../../../src/host/ssif/sim-time.ts';
import { SMBUS_KINDS, type SmbusKindName } from '../../../src/host/ssif/smbus-kinds.ts';
import { GeneratorProcess, NOMINAL, Simulator, type Chooser, type Op, type Steps, type StopReason } from '../../../src/sim/index.ts';
import { recordingLog } from '../log.ts';
import { WireBmc } from './wire-bmc.ts';

/** A host's SMBus controller, another one, and a BMC on one bus. */
export class WireRig {
  readonly sim = new Simulator();
  readonly bmc = new WireBmc(this.sim);
  readonly log = recordingLog();
  readonly tap: I2cTap;
  readonly host: SmbusHost;
  readonly other: SmbusHost;
  readonly time: SimTime;
  readonly otherTime: SimTime;
  readonly smbus: SimSmbus;
  readonly labels: string[] = [];
  private bodies: (() => Steps<unknown>)[] = [];
  private readonly processes: GeneratorProcess[];
  private left = 0;

  constructor(kind: SmbusKindName = 'i801', params: Partial<I2cParams> = {}) {
    const { sim } = this;
    const bus = new I2cBus(sim, 2);
    const values = i2cParams({ smbusDone: SMBUS_KINDS[kind].done, ...params });
    this.host = new SmbusHost(sim, bus, values);
    this.other = new SmbusHost(sim, bus, values, 'other');
    this.tap = bus.addTarget(this.bmc);
    this.time = SimTime.create(sim);
    this.otherTime = SimTime.create(sim, 'other');
    this.smbus = new SimSmbus(sim, this.host, SMBUS_KINDS[kind]);
    this.processes = [0, 1].map((n) => new GeneratorProcess(() => this.ending(n)));
    for (const [n, process] of this.processes.entries()) sim.context(n === 0 ? 'host' : 'other', process);
    sim.observer = { step: (_, op: Op) => this.labels.push(sim.ops.label(op)) };
    sim.finished = () => this.left === 0;
    sim.limit = 2_000_000;
  }

  private *ending(n: number): Steps {
    yield* this.bodies[n]();
    this.left--;
  }

  /** Runs `host` to its end, and `other` beside it. */
  run(host: () => Steps<unknown>, other?: () => Steps<unknown>, chooser: Chooser = NOMINAL): StopReason {
    this.bodies = other === undefined ? [host] : [host, other];
    this.left = this.bodies.length;
    this.sim.reset(chooser);
    for (let n = 0; n < this.bodies.length; n++) {
      this.processes[n].start();
      this.sim.contexts[n].start();
    }
    return this.sim.run();
  }

  /** The value of one generator of the host. */
  play<T>(body: () => Steps<T>): T {
    let value: T | undefined;
    const reason = this.run(function* () {
      value = yield* body();
    });
    if (value === undefined) throw new Error(`the host has not come to its end: ${JSON.stringify(reason)}`);
    return value;
  }
}
