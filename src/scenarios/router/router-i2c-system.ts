import { BTBRIDGED_MENDED, type Btd, type BtdShape } from '../../daemon/index.ts';
import { AspeedI2cIc, type I2cAspeedBus, type I2cAspeedBusClass } from '../../drivers/i2c-aspeed/index.ts';
import type { BtI2cClass, IpmiBmc, IpmiRouterClasses, RouterBus } from '../../drivers/ipmi-router/index.ts';
import { BtI2c, CARELESS_BT_I2C_MOVES, CarelessBtI2c, SimTime } from '../../host/index.ts';
import { I2C_PARAMETERS, SmbusHost, VIC_I2C, i2cParams, type Ast2500 } from '../../hw/index.ts';
import {
  BtI2cWire, DeliveryOracle, ErrnoOracle, LevelIrqOracle, ProgressOracle, ResponseOracle, routerOracles, type Oracle, type RouterSystemView,
} from '../../oracles/index.ts';
import { END_OF_TIME, type Decision, type Steps } from '../../sim/index.ts';
import { BtdSystem } from '../bt/btd-system.ts';
import { hostLog } from '../hooks.ts';
import { HostWorkload } from '../host-workload.ts';
import type { BuildOptions } from '../system.ts';
import { BT_I2C_MOVE, describeRouterI2cDecision } from './router-decisions.ts';
import { ROUTER_I2C_PARAMETERS } from './router-i2c-parameters.ts';
import { RouterModules } from './router-modules.ts';

/** Lengths of a request, after the nominal one, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 32, 70];

export interface RouterI2cSystemOptions extends BuildOptions {
  readonly router: IpmiRouterClasses;
  readonly btI2c: BtI2cClass;
  readonly i2cAspeed: I2cAspeedBusClass;
}

/** The modules of the router above an I2C bus driver. */
class ModulesOnI2c extends RouterModules {
  i2cAspeed: I2cAspeedBus | null = null;

  override *probe(): Steps {
    if (this.i2cAspeed !== null) yield* this.i2cAspeed.probe();
    yield* super.probe();
  }
}

/** A host with an I2C controller, an AST2500, its kernel with the message router on BT over I2C, devices, and a daemon. */
export class RouterI2cSystem extends BtdSystem {
  readonly driver: ModulesOnI2c;
  readonly daemon: Btd;
  readonly wire: BtI2cWire;
  readonly workload: HostWorkload<CarelessBtI2c>;
  /** The target has a response to send. */
  private readonly responding: () => boolean;

  constructor(options: RouterI2cSystemOptions) {
    super({ ...options, observed: true }, { parameters: ROUTER_I2C_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, values, kernel, soc, draws } = this;
    const bus = values.number('bus');
    const address = values.number('address');
    const registers = soc.i2c.registers(bus);
    const i2cAspeed = new options.i2cAspeed(kernel, registers, new AspeedI2cIc(kernel, registers));
    let responding = (): boolean => false;
    this.responding = () => responding();
    const makeBus = (bmc: IpmiBmc): RouterBus => {
      const target = new options.btI2c(bmc, i2cAspeed, address);
      responding = () => target.responding;
      return target;
    };
    this.driver = new ModulesOnI2c(kernel, options.router, makeBus,
      (n, label) => draws.draw('workload', 'bmc:modprobe', n, label));
    this.driver.i2cAspeed = i2cAspeed;
    this.driver.onDefaultDevice = () => this.daemon.start(this.shape);

    this.wire = new BtI2cWire(sim, bus, address);
    this.addOracles(this.judges(bus, responding), ['i2c.start', 'i2c.byte']);
    this.daemon = this.makeDaemon(this.driver.devintf.miscdev);
    this.addUnbinder();

    const smbus = new SmbusHost(sim, soc.i2c.bus(bus), i2cParams(this.hardware(I2C_PARAMETERS)));
    const time = SimTime.create(sim);
    const log = hostLog(this.oracles, this.wire);
    const host = new BtI2c(smbus, address, time, sim.ops.frame('i2c_transfer'), log);
    const draw = (n: number, label: string): number => draws.draw('workload', 'host', n, label);
    this.workload = new HostWorkload({
      clock: time, values, modes: [host], moves: CARELESS_BT_I2C_MOVES, question: BT_I2C_MOVE, lengths: LENGTHS, draw,
      takeOver: () => {}, // it stays loaded: what it waits for it still knows
      careless: (next) => new CarelessBtI2c(smbus, address, time, draw, next, sim.ops.frame('careless host'), log),
      calmDown: () => {
        draws.calm = true;
      },
    });
    this.addHost(() => host.reset());
  }

  /** I2C is what the host talks over; the LPC side is there, and idle. */
  protected override buildSoc(): Ast2500 {
    return super.buildSoc({ buses: [this.values.number('bus')], params: i2cParams(this.hardware(I2C_PARAMETERS)) });
  }

  /** What btbridged mixes up by itself is not the router's: unless it is asked for, late answers are dropped. */
  protected override bridged(): BtdShape {
    return this.daemonKind === 'btbridged' ? super.bridged() : BTBRIDGED_MENDED;
  }

  describe(decision: Decision): string {
    return describeRouterI2cDecision(decision);
  }

  protected flags(): number {
    return this.responding() ? 1 : 0;
  }

  protected startDaemon(): void {
    this.driver.start();
    if (this.driver.modules.defaultDevice === 'boot') this.daemon.start(this.shape);
  }

  protected configure(): void {
    this.driver.configure(this.questions, () => this.draws.calm);
    this.configureDaemon();
  }

  private judges(bus: number, responding: () => boolean): Oracle[] {
    const { driver, soc, wire } = this;
    const engine = soc.i2c.engine(bus);
    const view: RouterSystemView = {
      ...this.view(wire),
      keeps: END_OF_TIME,
      minds: false, // there is no way to tell the host
      face: () => `the bus driver is ${driver.bus.busy ? 'busy' : 'at rest'}`,
      stuck: responding, // the host has not taken what it was offered
      refused: () => false,
      holdsResponse: () => false,
      readsOn: () => false,
      misfits: () => false,
      garbled: () => false,
      ambiguous: () => wire.ambiguous,
      answersMix: () => this.answersMix || this.shape.late === 'match', // it takes a late answer for another request's
      devices: driver.routed,
    };
    return [
      ...routerOracles(view), new DeliveryOracle(view), new ResponseOracle(view), new ProgressOracle(view), new ErrnoOracle(view),
      new LevelIrqOracle(view, { source: VIC_I2C, pending: () => engine.line !== 0, moves: ['i2c.start', 'i2c.byte', 'i2c.stop'], where: 'bus' }),
      wire,
    ];
  }
}

/** All that are judged; the system is always built to be observed. */
export const ROUTER_I2C_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'irq-storm', 'spurious-irq', 'hang',
  'sleep-in-atomic', 'deadlock', 'data-race', 'out-of-bounds', 'use-after-free', 'errno', 'crash', 'duplicate-response', 'wrong-handler',
  'completion-code',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(ROUTER_I2C_ORACLES);
