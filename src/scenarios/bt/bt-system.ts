import { BTBRIDGED, BTBRIDGED_MENDED, Btd, PLAIN_BTD, type BtdShape } from '../../daemon/index.ts';
import { BT_IO_BASE, BT_IRQ, type AspeedIbt, type BtBmcDriver, type BtBmcDriverClass } from '../../drivers/bt-bmc/index.ts';
import { BT_VERSIONS, CARELESS_BT_MOVES, CarelessBtHost, Si, SimIo, btVersion } from '../../host/index.ts';
import { BT_INTMASK, BtReg, VIC_LPC, type Ast2500 } from '../../hw/index.ts';
import { BtCtrl, formatBtCtrl } from '../../ipmi/index.ts';
import {
  BtProtocolOracle, BtWire, DeliveryOracle, ErrnoOracle, LevelIrqOracle, ProgressOracle, ResponseOracle, StuckBusyOracle,
  type BtSystemView, type Oracle,
} from '../../oracles/index.ts';
import { END_OF_TIME, SEC, type Decision, type Ps } from '../../sim/index.ts';
import { BmcSystem } from '../bmc-system.ts';
import { daemonWitness, hostLog } from '../hooks.ts';
import { HostWorkload } from '../host-workload.ts';
import { HOST_MODES } from '../kcs/kcs-parameters.ts';
import type { BuildOptions } from '../system.ts';
import { BT_MOVE, describeBtDecision } from './bt-decisions.ts';
import { BT_PARAMETERS } from './bt-parameters.ts';

/** Lengths of a request, after the nominal one; the last whose response fits the FIFO, and the last that fits itself, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 21, 61, 62];
/** How long the careless host waits: as long as Linux does. */
const PATIENCE: Ps = 5 * SEC;

export interface BtSystemOptions extends BuildOptions {
  readonly driverClass: BtBmcDriverClass;
}

/** A host, the LPC bus, an AST2500, its kernel with one version of the BT driver, and a daemon. */
export class BtSystem extends BmcSystem {
  readonly driver: BtBmcDriver;
  readonly daemon: Btd;
  readonly wire: BtWire;
  readonly workload: HostWorkload<CarelessBtHost>;
  private readonly ibt: AspeedIbt;
  private readonly daemonKind: string;
  private shape: BtdShape = PLAIN_BTD;

  constructor(options: BtSystemOptions) {
    super(options, { parameters: BT_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, soc, values } = this;
    this.daemonKind = options.daemon ?? '';
    const fifoDepth = values.number('btFifoDepth');
    this.ibt = { regs: soc.registers, interrupt: true, fifoDepth };
    this.driver = new options.driverClass(this.kernel, this.ibt);

    this.wire = new BtWire(sim, fifoDepth);
    this.addOracles(this.judges(soc), ['host.bt.ctrl.read', 'host.bt.fifo.read', 'host.bt.fifo.write']);
    this.daemon = new Btd(this.kernel, this.driver.miscdev, values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
    this.addUnbinder();

    const io = SimIo.create(sim, soc.btPort(BT_IO_BASE));
    soc.serirq.onHost = (irq, level) => {
      if (irq === BT_IRQ) io.irqInput(level !== 0);
    };
    const log = hostLog(this.oracles, this.wire);
    const version = options.host === undefined ? BT_VERSIONS[0] : btVersion(options.host);
    const sm = new version.machine(io, log);
    const modes = HOST_MODES.map((mode) => new Si(sm, io, { mode, hz: values.number('hostHz') }));
    const takeOver = (): void => {
      sm.init();
      for (const si of modes) si.reset();
      this.enableHostIrq();
    };
    const draw = (n: number, label: string): number => this.draws.draw('workload', 'host', n, label);
    this.workload = new HostWorkload({
      clock: io, values, modes, moves: CARELESS_BT_MOVES, question: BT_MOVE, lengths: LENGTHS, draw, takeOver,
      // rmmod and modprobe: sequence numbers begin with 0 again.
      wish: (host) => {
        if (host.quiet && draw(2, 'driver is loaded anew') === 1) takeOver();
      },
      careless: (next) => new CarelessBtHost(io, draw, next, log, { patience: PATIENCE }),
      calmDown: () => {
        this.draws.calm = true;
      },
    });
    this.addHost(() => {
      sm.init();
      for (const si of modes) si.reset();
    });
  }

  /** What the probe of ipmi_si leaves behind: INTMASK as its mode needs it. */
  private enableHostIrq(): void {
    const irq = HOST_MODES[this.workload.mode] === 'irq';
    this.soc.lpc.hostWrite(BT_IO_BASE + BtReg.intmask, irq ? BT_INTMASK.B2H_IRQ_EN : 0);
  }

  describe(decision: Decision): string {
    return describeBtDecision(decision);
  }

  protected flags(): number {
    return this.soc.lpc.ibt.ctrl;
  }

  protected startDaemon(): void {
    this.enableHostIrq(); // the ports are there only now
    this.daemon.start(this.shape);
  }

  protected configure(): void {
    const { values } = this;
    this.workload.mode = this.configuredWord('hostMode', HOST_MODES);
    this.ibt.interrupt = values.fixed('bmcIrq') ? values.number('bmcIrq') === 1 : this.configured('no interrupt', 2) === 0;
    const threads = values.fixed('threads') ? values.number('threads') - 1 : this.configured('threads', 3);
    const bridge = this.daemonKind === '' ? this.configured('daemon like btbridged', 2) === 1 : this.daemonKind !== 'btd';
    const base = bridge ? this.bridged() : PLAIN_BTD;
    this.shape = {
      ...base,
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: base.nonBlocking || this.configured('O_NONBLOCK', 2) === 1,
    };
  }

  /** What a daemon like btbridged is like. */
  protected bridged(): BtdShape {
    return this.daemonKind === 'btbridged-mended' ? BTBRIDGED_MENDED : BTBRIDGED;
  }

  private judges(soc: Ast2500): Oracle[] {
    const { wire } = this;
    const { ibt } = soc.lpc;
    const view: BtSystemView = {
      ...this.view(wire),
      ctrl: () => ibt.ctrl,
      keeps: END_OF_TIME,
      minds: false, // there is no way to tell the host
      face: () => `BT_CTRL=${formatBtCtrl(ibt.ctrl)}`,
      stuck: () => (ibt.ctrl & (BtCtrl.B_BUSY | BtCtrl.B2H_ATN)) !== 0, // or the host has not taken what it was offered
      refused: () => false,
      busy: () => this.driver.busy,
      polite: () => !this.workload.taken,
      holdsResponse: () => false, // the FIFO is the host's to read
      readsOn: () => false,
      misfits: () => false,
      garbled: () => wire.garbled,
      ambiguous: () => wire.ambiguous,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked,
    };
    return [
      new DeliveryOracle(view), new ResponseOracle(view), new StuckBusyOracle(view), new ProgressOracle(view), new ErrnoOracle(view),
      new LevelIrqOracle(view, {
        source: VIC_LPC, pending: () => ibt.interrupting, moves: ['host.bt.ctrl.write', 'host.bt.fifo.write'], where: 'ports',
      }),
      new BtProtocolOracle(view), wire,
    ];
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const BT_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'stuck-busy', 'irq-storm',
  'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free', 'protocol', 'errno',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(BT_ORACLES);
