import type { Btd } from '../../daemon/index.ts';
import { OEM_ANSWERS, type BtAspeedClass, type IpmiRouterClasses, type OemAnswer } from '../../drivers/ipmi-router/index.ts';
import type { CarelessBtHost } from '../../host/index.ts';
import {
  BtProtocolOracle, CompletionCodeOracle, DeliveryOracle, ErrnoOracle, ProgressOracle, ResponseOracle, RouterResponseOracle, StuckBusyOracle,
  WrongHandlerOracle, type Oracle, type RoutedDevice, type RouterSystemView,
} from '../../oracles/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BT_SIGNS_OF_LIFE, BtHostSystem } from '../bt/bt-host-system.ts';
import type { HostWorkload } from '../host-workload.ts';
import type { BuildOptions } from '../system.ts';
import { describeRouterDecision } from './router-decisions.ts';
import { RouterModules } from './router-modules.ts';
import { DEFAULT_DEVICE, OEM_DEVICE, ROUTER_PARAMETERS } from './router-parameters.ts';

export interface RouterSystemOptions extends BuildOptions {
  readonly router: IpmiRouterClasses;
  readonly btAspeed: BtAspeedClass;
}

/** A host, the iBT block of an AST2500, its kernel with the message router, a bus driver and devices, and a daemon. */
export class RouterSystem extends BtHostSystem {
  readonly driver: RouterModules;
  readonly daemon: Btd;
  readonly workload: HostWorkload<CarelessBtHost>;
  private oemAnswer: OemAnswer = 'at-once';

  constructor(options: RouterSystemOptions) {
    super({ ...options, observed: true }, { parameters: ROUTER_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { kernel, draws } = this;
    this.driver = new RouterModules(kernel, options.router, options.btAspeed, this.ibt, (n, label) => draws.draw('workload', 'bmc:modprobe', n, label));
    this.driver.answerBy(() => (draws.calm ? 'at-once' : this.oemAnswer));
    this.driver.onDefaultDevice = () => this.daemon.start(this.shape);
    this.addOracles(this.judges(), BT_SIGNS_OF_LIFE);
    this.daemon = this.makeDaemon(this.driver.devintf.miscdev);
    this.addUnbinder();
    this.workload = this.makeWorkload(options);
    this.addBtHost();
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
    const { values, driver } = this;
    this.configureBt();
    driver.modules = {
      defaultDevice: DEFAULT_DEVICE[this.configuredWord('defaultDevice', DEFAULT_DEVICE)],
      oemDevice: OEM_DEVICE[this.configuredWord('oemDevice', OEM_DEVICE)],
      second: (values.fixed('secondOem') ? values.number('secondOem') : this.configured('secondOem', 2)) === 1,
    };
    this.oemAnswer = OEM_ANSWERS[this.configuredWord('oemAnswer', OEM_ANSWERS)];
    driver.oem.tellsOpen = values.fixed('oemSignal') ? values.number('oemSignal') === 1 : this.configured('oemSignal', 2) === 0;
    this.configureDaemon();
  }

  private judges(): Oracle[] {
    const { driver } = this;
    const bt = this.btView(() => driver.bus.busy);
    const view: RouterSystemView = {
      ...bt,
      answersMix: () => bt.answersMix() || this.shape.late === 'match', // it takes a late answer for another request's
      devices: driver.core.known.map((device): RoutedDevice => ({
        name: device.name,
        isDefault: device === driver.devintf.device,
        wants: (netFnLun, cmd) => device.requests.includes((netFnLun << 8) | cmd),
      })),
    };
    return [
      new RouterResponseOracle(view), new WrongHandlerOracle(view), new CompletionCodeOracle(view), new DeliveryOracle(view), new ResponseOracle(view),
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
