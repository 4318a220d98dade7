import { BTBRIDGED_MENDED, type Btd, type BtdShape } from '../../daemon/index.ts';
import type { BtAspeedClass, IpmiRouterClasses } from '../../drivers/ipmi-router/index.ts';
import type { CarelessBtHost } from '../../host/index.ts';
import {
  BtProtocolOracle, DeliveryOracle, ErrnoOracle, ProgressOracle, ResponseOracle, StuckBusyOracle, routerOracles, type BtSystemView, type Oracle, type RouterSystemView,
} from '../../oracles/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BT_SIGNS_OF_LIFE, BtHostSystem } from '../bt/bt-host-system.ts';
import type { HostWorkload } from '../host-workload.ts';
import type { BuildOptions } from '../system.ts';
import { describeRouterDecision } from './router-decisions.ts';
import { RouterModules } from './router-modules.ts';
import { ROUTER_PARAMETERS } from './router-parameters.ts';

export interface RouterSystemOptions extends BuildOptions {
  readonly router: IpmiRouterClasses;
  readonly btAspeed: BtAspeedClass;
}

/** A host, the iBT block of an AST2500, its kernel with the message router, a bus driver and devices, and a daemon. */
export class RouterSystem extends BtHostSystem {
  readonly driver: RouterModules;
  readonly daemon: Btd;
  readonly workload: HostWorkload<CarelessBtHost>;

  constructor(options: RouterSystemOptions) {
    super({ ...options, observed: true }, { parameters: ROUTER_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { kernel, draws } = this;
    this.driver = new RouterModules(kernel, options.router, (bmc) => new options.btAspeed(bmc, this.ibt), (n, label) => draws.draw('workload', 'bmc:modprobe', n, label));
    this.driver.onDefaultDevice = () => this.daemon.start(this.shape);
    this.addOracles(this.judges(), BT_SIGNS_OF_LIFE);
    this.daemon = this.makeDaemon(this.driver.devintf.miscdev);
    this.addUnbinder();
    this.workload = this.makeWorkload(options);
    this.addBtHost();
  }

  /** What btbridged mixes up by itself is not the router's: unless it is asked for, late answers are dropped. */
  protected override bridged(): BtdShape {
    return this.daemonKind === 'btbridged' ? super.bridged() : BTBRIDGED_MENDED;
  }

  describe(decision: Decision): string {
    return describeRouterDecision(decision);
  }

  protected startDaemon(): void {
    this.enableHostIrq();
    this.driver.start();
    if (this.driver.modules.defaultDevice === 'boot') this.daemon.start(this.shape);
  }

  protected configure(): void {
    this.configureBt();
    this.driver.configure(this.questions, () => this.draws.calm);
    this.configureDaemon();
  }

  private judges(): Oracle[] {
    const { driver } = this;
    const bt = this.btView(() => driver.bus.busy);
    const view: RouterSystemView & BtSystemView = {
      ...bt,
      answersMix: () => bt.answersMix() || this.shape.late === 'match', // it takes a late answer for another request's
      devices: driver.routed,
    };
    return [
      ...routerOracles(view), new DeliveryOracle(view), new ResponseOracle(view),
      new StuckBusyOracle(view), new ProgressOracle(view), new ErrnoOracle(view), this.irqOracle(view), new BtProtocolOracle(view), this.wire,
    ];
  }
}

/** All that are judged; the system is always built to be observed. */
export const ROUTER_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'stuck-busy', 'irq-storm', 'spurious-irq',
  'hang', 'sleep-in-atomic', 'deadlock', 'data-race', 'out-of-bounds', 'use-after-free', 'protocol', 'errno', 'crash', 'duplicate-response',
  'wrong-handler', 'completion-code',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(ROUTER_ORACLES);
