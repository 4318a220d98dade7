import { BTBRIDGED, Btd, PLAIN_BTD, type BtdShape } from '../../daemon/index.ts';
import { BT_IO_BASE, BT_IRQ } from '../../drivers/bt-bmc/index.ts';
import { OEM_ANSWERS, type BtAspeedClass, type IpmiRouterClasses, type OemAnswer } from '../../drivers/ipmi-router/index.ts';
import { BtStateMachine, CARELESS_BT_MOVES, CarelessBtHost, Si, SimIo } from '../../host/index.ts';
import { formatBtCtrl } from '../../ipmi/index.ts';
import {
  BtWire, CompletionCodeOracle, DeliveryOracle, ErrnoOracle, ProgressOracle, ResponseOracle, RouterResponseOracle, WrongHandlerOracle, type Oracle,
  type RoutedDevice, type RouterSystemView,
} from '../../oracles/index.ts';
import { END_OF_TIME, SEC, type Decision, type Ps } from '../../sim/index.ts';
import { BmcSystem } from '../bmc-system.ts';
import { daemonWitness, hostLog } from '../hooks.ts';
import { HostWorkload } from '../host-workload.ts';
import { HOST_MODES } from '../kcs/kcs-parameters.ts';
import { describeRouterDecision } from './router-decisions.ts';
import { RouterModules } from './router-modules.ts';
import { DEFAULT_DEVICE, OEM_DEVICE, ROUTER_PARAMETERS } from './router-parameters.ts';
import type { BuildOptions } from '../system.ts';

/** Lengths of a request, after the nominal one, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 40];
/** How long the careless host waits: as long as Linux does. */
const PATIENCE: Ps = 5 * SEC;

export interface RouterSystemOptions extends BuildOptions {
  readonly router: IpmiRouterClasses;
  readonly btAspeed: BtAspeedClass;
}

/** A host, the iBT block of an AST2500, its kernel with the message router, a bus driver and devices, and a daemon. */
export class RouterSystem extends BmcSystem {
  readonly driver: RouterModules;
  readonly daemon: Btd;
  readonly wire: BtWire;
  readonly workload: HostWorkload<CarelessBtHost>;
  private readonly daemonKind: string;
  private shape: BtdShape = PLAIN_BTD;
  private oemAnswer: OemAnswer = 'at-once';

  constructor(options: RouterSystemOptions) {
    super({ ...options, observed: true }, { parameters: ROUTER_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, values, kernel, soc } = this;
    this.daemonKind = options.daemon ?? '';
    const ibt = { regs: soc.registers, interrupt: true, fifoDepth: values.number('btFifoDepth') };
    this.driver = new RouterModules(kernel, options.router, options.btAspeed, ibt, (n, label) => this.draws.draw('workload', 'bmc:modprobe', n, label));
    this.driver.answerBy(() => (this.draws.calm ? 'at-once' : this.oemAnswer));
    this.driver.onDefaultDevice = () => this.daemon.start(this.shape);

    this.wire = new BtWire(sim);
    this.addOracles(this.judges(), ['host.bt.ctrl.write']);
    this.daemon = new Btd(kernel, this.driver.devintf.miscdev, values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
    this.addUnbinder();

    const io = SimIo.create(sim, soc.btPort(BT_IO_BASE));
    soc.serirq.onHost = (irq, level) => {
      if (irq === BT_IRQ) io.irqInput(level !== 0);
    };
    const log = hostLog(this.oracles, this.wire);
    const sm = new BtStateMachine(io, log);
    const modes = HOST_MODES.map((mode) => new Si(sm, io, { mode, hz: values.number('hostHz') }));
    const takeOver = (): void => {
      sm.init();
      for (const si of modes) si.reset();
    };
    const draw = (n: number, label: string): number => this.draws.draw('workload', 'host', n, label);
    this.workload = new HostWorkload({
      clock: io, values, modes, moves: CARELESS_BT_MOVES, question: 'host move', lengths: LENGTHS, draw, takeOver,
      careless: (next) => new CarelessBtHost(io, draw, next, log, { patience: PATIENCE }),
      calmDown: () => {
        this.draws.calm = true;
      },
    });
    this.addHost(takeOver);
  }

  describe(decision: Decision): string {
    return describeRouterDecision(decision);
  }

  protected startDaemon(): void {
    this.driver.start();
    if (this.driver.modules.defaultDevice === 'boot') this.daemon.start(this.shape);
  }

  protected configure(): void {
    const { values, driver } = this;
    this.workload.mode = this.configuredWord('hostMode', HOST_MODES);
    driver.modules = {
      defaultDevice: DEFAULT_DEVICE[this.configuredWord('defaultDevice', DEFAULT_DEVICE)],
      oemDevice: OEM_DEVICE[this.configuredWord('oemDevice', OEM_DEVICE)],
      second: this.configuredFlag('secondOem'),
    };
    this.oemAnswer = OEM_ANSWERS[this.configuredWord('oemAnswer', OEM_ANSWERS)];
    driver.oem.tellsOpen = values.fixed('oemSignal') ? values.number('oemSignal') === 1 : this.configured('oemSignal', 2) === 0;
    const threads = values.fixed('threads') ? values.number('threads') - 1 : this.configured('threads', 3);
    const bridge = this.daemonKind === '' ? this.configured('daemon like btbridged', 2) === 1 : this.daemonKind === 'btbridged';
    const base = bridge ? BTBRIDGED : PLAIN_BTD;
    this.shape = {
      ...base,
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: base.nonBlocking || this.configured('O_NONBLOCK', 2) === 1,
    };
  }

  private configuredFlag(name: string): boolean {
    return (this.values.fixed(name) ? this.values.number(name) : this.configured(name, 2)) === 1;
  }

  private judges(): Oracle[] {
    const { driver, soc } = this;
    const view: RouterSystemView = {
      ...this.view(this.wire),
      keeps: END_OF_TIME,
      minds: false, // without a daemon nobody can tell the host
      face: () => `BT_CTRL=${formatBtCtrl(soc.lpc.ibt.ctrl)}`,
      stuck: () => false,
      refused: () => false,
      holdsResponse: () => false,
      readsOn: () => false,
      misfits: () => false,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked,
      devices: driver.core.known.map((device): RoutedDevice => ({
        name: device.name,
        isDefault: device === driver.devintf.device,
        wants: (netFnLun, cmd) => device.requests.includes((netFnLun << 8) | cmd),
      })),
    };
    return [
      new RouterResponseOracle(view), new WrongHandlerOracle(view), new CompletionCodeOracle(view), new DeliveryOracle(view), new ResponseOracle(view),
      new ProgressOracle(view), new ErrnoOracle(view),
    ];
  }
}

/** All that are judged; the system is always built to be observed. */
export const ROUTER_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'hang', 'sleep-in-atomic', 'deadlock',
  'data-race', 'out-of-bounds', 'use-after-free', 'errno', 'crash', 'duplicate-response', 'wrong-handler', 'completion-code',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(ROUTER_ORACLES);
