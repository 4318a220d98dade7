import { BT_IO_BASE, BT_IRQ, type AspeedIbt } from '../../drivers/ibt-io.ts';
import { BT_VERSIONS, CARELESS_BT_MOVES, CarelessBtHost, Si, SimIo, btVersion } from '../../host/index.ts';
import { BT_INTMASK, BtReg, VIC_LPC } from '../../hw/index.ts';
import { BtCtrl, formatBtCtrl } from '../../ipmi/index.ts';
import { BtWire, LevelIrqOracle, type BtSystemView } from '../../oracles/index.ts';
import { END_OF_TIME, SEC, type Ps } from '../../sim/index.ts';
import type { BmcSystemKind } from '../bmc-system.ts';
import { hostLog } from '../hooks.ts';
import { HostWorkload } from '../host-workload.ts';
import { BT_HOST_MODES } from '../lpc-parameters.ts';
import type { BuildOptions } from '../system.ts';
import { BT_MOVE } from './bt-decisions.ts';
import { BtdSystem } from './btd-system.ts';

/** Lengths of a request, after the nominal one; the last whose response fits the FIFO, and the last that fits itself, bytes. */
const LENGTHS: readonly number[] = [4, 5, 12, 21, 61, 62];
/** How long the careless host waits: as long as Linux does. */
const PATIENCE: Ps = 5 * SEC;

/** Trace events by which a host on BT shows that it is alive. */
export const BT_SIGNS_OF_LIFE = ['host.bt.ctrl.read', 'host.bt.fifo.read', 'host.bt.fifo.write'] as const;

/** What systems have in common whose host talks BT: the host, the iBT block, the wire. What is between is theirs. */
export abstract class BtHostSystem extends BtdSystem {
  abstract override readonly workload: HostWorkload<CarelessBtHost>;
  readonly wire: BtWire;
  protected readonly ibt: AspeedIbt;
  /** The host's drivers forget all. */
  private unload: () => void = () => {};

  constructor(options: BuildOptions, kind: BmcSystemKind) {
    super(options, kind);
    const { sim, soc, values } = this;
    const fifoDepth = values.number('btFifoDepth');
    this.ibt = { regs: soc.registers, interrupt: true, fifoDepth };
    this.wire = new BtWire(sim, fifoDepth);
  }

  protected flags(): number {
    return this.soc.lpc.ibt.ctrl;
  }

  // ---- parts, for the constructor ---------------------------------------------------------------

  /** What the host does, with its drivers as they are before it is loaded: {@link addBtHost} comes next. */
  protected makeWorkload(options: BuildOptions): HostWorkload<CarelessBtHost> {
    const { sim, soc, values } = this;
    const io = SimIo.create(sim, soc.btPort(BT_IO_BASE));
    soc.serirq.onHost = (irq, level) => {
      if (irq === BT_IRQ) io.irqInput(level !== 0);
    };
    const log = hostLog(this.oracles, this.wire);
    const version = options.host === undefined ? BT_VERSIONS[0] : btVersion(options.host);
    const sm = new version.machine(io, log);
    const modes = BT_HOST_MODES.map((mode) => new Si(sm, io, { mode, hz: values.number('hostHz') }));
    this.unload = () => {
      sm.init();
      for (const si of modes) si.reset();
    };
    const takeOver = (): void => {
      this.unload();
      this.enableHostIrq();
    };
    const draw = (n: number, label: string): number => this.draws.draw('workload', 'host', n, label);
    return new HostWorkload({
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
  }

  /** The host, last of all contexts. */
  protected addBtHost(): void {
    this.addHost(() => this.unload());
  }

  /** What the probe of ipmi_si leaves behind: INTMASK as its mode needs it. The ports are there once the driver is bound. */
  protected enableHostIrq(): void {
    const irq = BT_HOST_MODES[this.workload.mode] === 'irq';
    this.soc.lpc.hostWrite(BT_IO_BASE + BtReg.intmask, irq ? BT_INTMASK.B2H_IRQ_EN : 0);
  }

  // ---- configuration of one execution -----------------------------------------------------------

  /** How the host drives the interface, and whether the BMC has an interrupt for it. */
  protected configureBt(): void {
    const { values } = this;
    this.workload.mode = this.configuredWord('hostMode', BT_HOST_MODES);
    this.ibt.interrupt = values.fixed('bmcIrq') ? values.number('bmcIrq') === 1 : this.configured('no interrupt', 2) === 0;
  }

  // ---- judges -----------------------------------------------------------------------------------

  /** @param busy a call is inside the critical section of whoever drives the iBT block */
  protected btView(busy: () => boolean): BtSystemView {
    const { wire } = this;
    const { ibt } = this.soc.lpc;
    return {
      ...this.view(wire),
      ctrl: () => ibt.ctrl,
      keeps: END_OF_TIME,
      minds: false, // there is no way to tell the host
      face: () => `BT_CTRL=${formatBtCtrl(ibt.ctrl)}`,
      stuck: () => (ibt.ctrl & (BtCtrl.B_BUSY | BtCtrl.B2H_ATN)) !== 0, // or the host has not taken what it was offered
      refused: () => false,
      busy,
      polite: () => !this.workload.taken,
      holdsResponse: () => false, // the FIFO is the host's to read
      readsOn: () => false,
      misfits: () => false,
      garbled: () => wire.garbled,
      ambiguous: () => wire.ambiguous,
      answersMix: () => this.answersMix,
    };
  }

  protected irqOracle(view: BtSystemView): LevelIrqOracle {
    const { ibt } = this.soc.lpc;
    return new LevelIrqOracle(view, {
      source: VIC_LPC, pending: () => ibt.interrupting, moves: ['host.bt.ctrl.write', 'host.bt.fifo.write'], where: 'ports',
    });
  }
}
