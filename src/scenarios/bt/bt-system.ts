import type { Btd } from '../../daemon/index.ts';
import type { BtBmcDriver, BtBmcDriverClass } from '../../drivers/bt-bmc/index.ts';
import type { CarelessBtHost } from '../../host/index.ts';
import { BtProtocolOracle, DeliveryOracle, ErrnoOracle, ProgressOracle, ResponseOracle, StuckBusyOracle, type Oracle } from '../../oracles/index.ts';
import type { Decision } from '../../sim/index.ts';
import type { HostWorkload } from '../host-workload.ts';
import type { BuildOptions } from '../system.ts';
import { describeBtDecision } from './bt-decisions.ts';
import { BT_SIGNS_OF_LIFE, BtHostSystem } from './bt-host-system.ts';
import { BT_PARAMETERS } from './bt-parameters.ts';

export interface BtSystemOptions extends BuildOptions {
  readonly driverClass: BtBmcDriverClass;
}

/** A host, the LPC bus, an AST2500, its kernel with one version of the BT driver, and a daemon. */
export class BtSystem extends BtHostSystem {
  readonly driver: BtBmcDriver;
  readonly daemon: Btd;
  readonly workload: HostWorkload<CarelessBtHost>;

  constructor(options: BtSystemOptions) {
    super(options, { parameters: BT_PARAMETERS, oracles: DEFAULT_ORACLES });
    this.driver = new options.driverClass(this.kernel, this.ibt);
    this.addOracles(this.judges(), BT_SIGNS_OF_LIFE);
    this.daemon = this.makeDaemon(this.driver.miscdev);
    this.addUnbinder();
    this.workload = this.makeWorkload(options);
    this.addBtHost();
  }

  describe(decision: Decision): string {
    return describeBtDecision(decision);
  }

  protected startDaemon(): void {
    this.enableHostIrq();
    this.daemon.start(this.shape);
  }

  protected configure(): void {
    this.configureBt();
    this.configureDaemon();
  }

  private judges(): Oracle[] {
    const view = this.btView(() => this.driver.busy);
    return [
      new DeliveryOracle(view), new ResponseOracle(view), new StuckBusyOracle(view), new ProgressOracle(view), new ErrnoOracle(view),
      this.irqOracle(view), new BtProtocolOracle(view), this.wire,
    ];
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const BT_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'stuck-busy', 'irq-storm',
  'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free', 'protocol', 'errno',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(BT_ORACLES);
