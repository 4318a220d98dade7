import { SimTime, otherController } from '../../host/index.ts';
import { SmbusHost, type I2cBus, type SmbusParams } from '../../hw/index.ts';
import { GeneratorProcess, type Context, type Ps, type Simulator } from '../../sim/index.ts';

/** Transactions that it makes: as long as a few requests of the host take. */
const TRANSACTIONS = 20;

/** Another controller on the bus, in a context of its own, which talks to other targets than the BMC. Not there in all runs. */
export class OtherController {
  private readonly smbus: SmbusHost;
  private readonly ctx: Context;

  constructor(sim: Simulator, bus: I2cBus, params: SmbusParams, draw: (n: number, label: string) => number) {
    const smbus = new SmbusHost(sim, bus, params, 'other controller');
    const time = SimTime.create(sim, 'other controller');
    const process = new GeneratorProcess(() => otherController(smbus, time, draw, TRANSACTIONS));
    this.smbus = smbus;
    this.ctx = sim.context('other', process);
    sim.onReset(() => process.start());
  }

  /** It is there, at this speed in kHz, from `at` on. */
  start(at: Ps, khz: number): void {
    this.smbus.setSpeed(khz);
    this.ctx.start(at);
  }
}
