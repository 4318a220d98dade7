import { Kcsd, type KcsdShape } from '../../daemon/index.ts';
import { AspeedKcs, type KcsBmcDriver, type KcsBmcDriverClass, type KcsChannelNumber } from '../../drivers/kcs-bmc/index.ts';
import { CARELESS_KCS_MOVES, CarelessKcsHost, KcsStateMachine, Si, SimIo } from '../../host/index.ts';
import { VIC_LPC } from '../../hw/index.ts';
import { KcsState, Str, formatStr, stateOf } from '../../ipmi/index.ts';
import {
  DeliveryOracle, ErrnoOracle, IrqOracle, KcsWire, ProgressOracle, ProtocolOracle, ResponseOracle, StateMismatchOracle,
  StuckIbfOracle, StuckObfOracle, type KcsSystemView, type Oracle,
} from '../../oracles/index.ts';
import { END_OF_TIME, SEC, type Decision, type Ps } from '../../sim/index.ts';
import { BmcSystem } from '../bmc-system.ts';
import { daemonWitness, hostLog } from '../hooks.ts';
import { HostWorkload } from '../host-workload.ts';
import { HOST_MODES } from '../lpc-parameters.ts';
import { IO_BASE } from './ports.ts';
import { KCS_MOVE, describeKcsDecision } from './kcs-decisions.ts';
import { KCS_PARAMETERS } from './kcs-parameters.ts';
import type { BuildOptions } from '../system.ts';

/** Lengths of a request, after the nominal one, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 21];
/** How long the careless host waits for IBF and OBF: as long as Linux does. */
const PATIENCE: Ps = 5 * SEC;

export interface KcsSystemOptions extends BuildOptions {
  readonly driverClass: KcsBmcDriverClass;
}

/** A host, the LPC bus, an AST2500, its kernel with one version of the KCS driver, and a daemon. */
export class KcsSystem extends BmcSystem {
  readonly driver: KcsBmcDriver;
  readonly daemon: Kcsd;
  readonly wire: KcsWire;
  readonly workload: HostWorkload<CarelessKcsHost>;
  private readonly aspeed: AspeedKcs;
  readonly channel: KcsChannelNumber;
  /** The interrupt that the channel raises at the host. */
  readonly serirqId: number;
  private readonly daemonKind: string;
  private shape: KcsdShape = { threads: 1, locked: true, nonBlocking: false, bridge: false };

  constructor(options: KcsSystemOptions) {
    super(options, { parameters: KCS_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, values } = this;
    this.daemonKind = options.daemon ?? '';
    this.channel = values.number('channel') as KcsChannelNumber;
    this.serirqId = values.number('serirqId');
    const [ioAddr, spacing] = IO_BASE[this.channel];
    this.aspeed = new AspeedKcs(this.kernel, this.soc.registers, {
      channel: this.channel, ioAddr, serirq: { id: this.serirqId, levelHigh: true },
    });
    this.driver = new options.driverClass(this.kernel, this.aspeed);

    this.wire = new KcsWire(sim, this.channel);
    this.addOracles(this.judges(), ['host.idr.write', 'host.str.read']);
    this.daemon = new Kcsd(this.kernel, this.driver.miscdev, values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
    this.addUnbinder();

    const io = SimIo.create(sim, this.soc.port(ioAddr, spacing));
    const { serirqId } = this;
    this.soc.serirq.onHost = (irq, level) => {
      if (irq === serirqId) io.irqInput(level !== 0);
    };
    const log = hostLog(this.oracles, this.wire);
    const sm = new KcsStateMachine(io, log, { hz: values.number('hostHz') });
    const modes = HOST_MODES.map((mode) => new Si(sm, io, { mode, hz: values.number('hostHz') }));
    const takeOver = (): void => {
      sm.init();
      for (const si of modes) si.reset();
    };
    const draw = (n: number, label: string): number => this.draws.draw('workload', 'host', n, label);
    this.workload = new HostWorkload({
      clock: io, values, modes, moves: CARELESS_KCS_MOVES, question: KCS_MOVE, lengths: LENGTHS, draw, takeOver,
      careless: (next) => new CarelessKcsHost(io, draw, next, log, { patience: PATIENCE }),
      calmDown: () => {
        this.draws.calm = true;
      },
    });
    this.addHost(takeOver);
  }

  describe(decision: Decision): string {
    return describeKcsDecision(decision);
  }

  protected flags(): number {
    return this.soc.lpc.channels[this.channel - 1].readStr();
  }

  protected startDaemon(): void {
    this.daemon.start(this.shape);
  }

  protected configure(): void {
    const { values } = this;
    const mode = this.configuredWord('hostMode', HOST_MODES);
    this.workload.mode = mode;
    this.aspeed.upstream = HOST_MODES[mode] === 'irq';
    const threads = values.fixed('threads') ? values.number('threads') - 1 : this.configured('threads', 3);
    const bridge = this.daemonKind === '' ? this.configured('daemon like kcsbridged', 2) === 1 : this.daemonKind === 'kcsbridged';
    this.shape = {
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: bridge || this.configured('O_NONBLOCK', 2) === 1,
      bridge,
    };
  }

  private judges(): Oracle[] {
    const { kernel } = this;
    const channel = this.soc.lpc.channels[this.channel - 1];
    const view: KcsSystemView = {
      ...this.view(this.wire),
      str: () => channel.readStr(),
      keeps: END_OF_TIME,
      minds: true,
      face: () => `STR=${formatStr(channel.readStr())}`,
      stuck: () => (channel.readStr() & Str.IBF) !== 0,
      refused: () => stateOf(channel.readStr()) === KcsState.ERROR,
      stateOfPhase: () => kernel.readOnce(() => this.driver.stateOfPhase()),
      phaseName: () => kernel.readOnce(() => this.driver.phaseName),
      busy: () => this.driver.busy,
      holdsResponse: () => false, // STR tells the host where it stands
      readsOn: () => false,
      misfits: () => false,
      garbled: () => false,
      ambiguous: () => false,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked,
    };
    return [
      new DeliveryOracle(view), new ResponseOracle(view), new StuckIbfOracle(view), new ProgressOracle(view), new ErrnoOracle(view),
      new IrqOracle(view, kernel.cpus[0].irq.id, VIC_LPC), new StateMismatchOracle(view), new ProtocolOracle(view),
      new StuckObfOracle(view),
    ];
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const KCS_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'stuck-ibf',
  'stuck-obf', 'irq-storm', 'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free',
  'state-mismatch', 'protocol', 'errno', 'lost-byte',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(KCS_ORACLES);
