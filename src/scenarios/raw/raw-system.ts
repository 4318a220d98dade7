import { Mctpd, Rawd, type PacketWitness, type RawProcess, type RawWitness, type RawdShape } from '../../daemon/index.ts';
import { AspeedKcsObe, OBE_SPIN, type KcsRawDriver, type KcsRawDriverClass } from '../../drivers/kcs-raw/index.ts';
import type { KcsChannelNumber } from '../../drivers/kcs-aspeed.ts';
import { ByteHost, MctpHost, RawPort, SimIo, type HostPackets } from '../../host/index.ts';
import { FwWindow, VIC_LPC } from '../../hw/index.ts';
import {
  IrqOracle, IrqsOffOracle, PacketOracle, RawBytesOracle, RawErrnoOracle, RawProgressOracle, RawWire, StuckObfOracle, type Oracle, type RawSystemView,
} from '../../oracles/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BmcSystem, type Server } from '../bmc-system.ts';
import { hooked, hostLog } from '../hooks.ts';
import { IO_BASE } from '../kcs/ports.ts';
import type { BuildOptions, Parameter } from '../system.ts';
import { describeRawDecision } from './raw-decisions.ts';
import { RAW_HOST_MODES, type PROTOCOLS } from './raw-parameters.ts';
import { RawWorkload } from './raw-workload.ts';

/** Interrupts in a row that leave IBF set before it is called a storm: the raw driver masks IBF at the first. */
const STORM = 8;

export interface RawSystemOptions extends BuildOptions {
  readonly driverClass: KcsRawDriverClass;
  /** Whether kcs_bmc_aspeed.c of the driver's time polls OBF on the spot. */
  readonly spins: boolean;
  readonly parameters: readonly Parameter[];
  /** What may run on the device, the plain one first. */
  readonly protocols: readonly (typeof PROTOCOLS)[number][];
}

/** A host, the LPC bus with its firmware window, an AST2500, its kernel with a raw KCS driver, and who uses that. */
export class RawSystem extends BmcSystem {
  readonly driver: KcsRawDriver;
  readonly wire: RawWire;
  readonly workload: RawWorkload;
  readonly window: FwWindow;
  private readonly rawd: Rawd;
  private readonly mctpd: Mctpd;
  private readonly port: RawPort;
  private readonly aspeed: AspeedKcsObe;
  private readonly channel: KcsChannelNumber;
  private readonly protocols: RawSystemOptions['protocols'];
  private shape: RawdShape = { threads: 1, nonBlocking: false, role: 'echo', pairs: false };

  constructor(options: RawSystemOptions) {
    super(options, { parameters: options.parameters, oracles: DEFAULT_ORACLES });
    const { sim, values, kernel } = this;
    this.protocols = options.protocols;
    this.channel = values.number('channel') as KcsChannelNumber;
    const [ioAddr, spacing] = IO_BASE[this.channel];
    const serirqId = values.number('serirqId');
    this.aspeed = new AspeedKcsObe(kernel, this.soc.registers, { channel: this.channel, ioAddr, serirq: { id: serirqId, levelHigh: true } });
    const spin = values.word('obeSpin');
    this.aspeed.spin = spin === 'on' || (spin === 'version' && options.spins) ? OBE_SPIN : 0;
    this.driver = new options.driverClass(kernel, this.aspeed);
    this.window = new FwWindow(sim, { lpcFwCycle: values.number('lpcFwCycle'), windowAccess: values.number('windowAccess') });

    this.wire = new RawWire(sim, this.channel);
    const irqsOff = new IrqsOffOracle(sim, values.number('irqsOffBudget'));
    kernel.onIrqsOff = (since) => irqsOff.unmasked(since);
    this.addOracles(this.judges(), ['host.idr.write', 'host.str.read']);
    const draw = (thread: string, n: number, label: string): number => this.draws.draw('workload', thread, n, label);
    const packets = this.packetWitness();
    const calls = this.callWitness();
    this.rawd = new Rawd(kernel, this.driver.miscdev, draw, calls);
    this.mctpd = new Mctpd(kernel, this.driver.miscdev, this.window, values.number('mtu'), values.number('bmcVersion'), draw, calls, packets);
    this.addUnbinder();

    const io = SimIo.create(sim, this.soc.port(ioAddr, spacing));
    this.soc.serirq.onHost = (irq, level) => {
      if (irq === serirqId) io.irqInput(level !== 0);
    };
    this.port = new RawPort(io, hostLog(this.oracles, this.wire));
    const drawHost = (n: number, label: string): number => draw('host', n, label);
    const mctp = new MctpHost(this.port, this.window, values.number('mtu'), values.number('hostVersion'), drawHost, packets);
    this.workload = new RawWorkload({
      port: this.port, bytes: new ByteHost(this.port, drawHost), mctp, values, draw: drawHost,
      calmDown: () => {
        this.draws.calm = true;
      },
    });
    this.addHost(() => {});
  }

  /** Who uses the device in this run. */
  get daemon(): RawProcess & Server {
    return this.workload.protocol === 'mctp' ? this.mctpd : this.rawd;
  }

  describe(decision: Decision): string {
    return describeRawDecision(decision);
  }

  protected flags(): number {
    return this.soc.lpc.channels[this.channel - 1].readStr();
  }

  protected startDaemon(): void {
    if (this.workload.protocol === 'mctp') this.mctpd.start({ threads: 1, nonBlocking: this.shape.nonBlocking });
    else this.rawd.start(this.shape);
  }

  protected configure(): void {
    const { values, workload } = this;
    workload.protocol = this.protocols[this.configuredWord('protocol', this.protocols)];
    const mode = RAW_HOST_MODES[this.configuredWord('hostMode', RAW_HOST_MODES)];
    this.port.mode = mode;
    this.aspeed.upstream = mode === 'irq';
    this.driver.miscdev.refused = this.configured('misc_register fails', 2) === 1;
    const echo = workload.protocol === 'echo';
    const threads = !echo ? 1 : values.fixed('threads') ? values.number('threads') : 2 - this.configured('threads', 2);
    this.shape = {
      threads: threads === 2 ? 2 : 1,
      role: echo ? 'echo' : 'trigger',
      nonBlocking: this.configured('O_NONBLOCK', 2) === 1,
      pairs: workload.protocol !== 'mctp' && this.configured('pairs', 2) === 1,
    };
    workload.threads = this.shape.threads;
  }

  private callWitness(): RawWitness {
    const begins = hooked(this.oracles, 'rawBegins');
    const returned = hooked(this.oracles, 'rawReturned');
    const opened = hooked(this.oracles, 'rawOpened');
    const closed = hooked(this.oracles, 'rawClosed');
    return {
      opened: () => {
        for (const oracle of opened) oracle.rawOpened();
        this.settled();
      },
      closed: () => {
        for (const oracle of closed) oracle.rawClosed();
        this.settled();
      },
      begins(call) {
        for (const oracle of begins) oracle.rawBegins(call);
      },
      returned: (call) => {
        for (const oracle of returned) oracle.rawReturned(call);
        this.settled();
      },
    };
  }

  private packetWitness(): PacketWitness & HostPackets {
    const sent = hooked(this.oracles, 'packetSent');
    const received = hooked(this.oracles, 'packetReceived');
    const dropped = hooked(this.oracles, 'packetDropped');
    const starts = hooked(this.oracles, 'channelStarts');
    const gaveUp = hooked(this.oracles, 'packetGaveUp');
    return {
      sent(side, packet, length) {
        for (const oracle of sent) oracle.packetSent(side, packet, length);
      },
      received(side, packet, length) {
        for (const oracle of received) oracle.packetReceived(side, packet, length);
      },
      channel() {},
      dropped(side, why) {
        for (const oracle of dropped) oracle.packetDropped(side, why);
      },
      starts() {
        for (const oracle of starts) oracle.channelStarts();
      },
      gaveUp(what, instance) {
        for (const oracle of gaveUp) oracle.packetGaveUp(what, instance);
      },
    };
  }

  /**
   * Who should have seen to it that IBF is read, or masked: a driver that has no device, one that has no client to tell, or
   * the client. Where that cannot be seen, an open device stands for a client.
   */
  private stormRule(): string {
    if (!this.driver.miscdev.registered) return 'ibf-without-device';
    const { driver, daemon } = this;
    return (this.kernel.readOnce(() => driver.hasClient) ?? daemon.opened) ? 'ibf-never-read' : 'ibf-without-client';
  }

  private judges(): Oracle[] {
    const { kernel } = this;
    const channel = this.soc.lpc.channels[this.channel - 1];
    const view: RawSystemView & { readonly wire: RawWire } = {
      ...this.view(this.wire),
      str: () => channel.readStr(),
      // Where it cannot be seen, what was taken and not handed out is assumed to be held.
      holds: () => kernel.readOnce(() => this.driver.holds) ?? this.wire.pending.length > 0,
      phaseName: () => kernel.readOnce(() => this.driver.phaseName),
      asleep: (actor) => kernel.taskAt(this.sim.contexts[actor])?.asleep === true,
    };
    return [
      new RawBytesOracle(view), new RawErrnoOracle(view), new PacketOracle(view), new RawProgressOracle(view),
      new IrqOracle(view, kernel.cpus[0].irq.id, VIC_LPC, { storm: STORM, rule: () => this.stormRule() }), new StuckObfOracle(view),
    ];
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const RAW_ORACLES = [
  'lost-byte', 'phantom-request', 'lost-request', 'lost-response', 'torn-message', 'duplicate-request', 'duplicate-response', 'stuck-obf', 'irq-storm',
  'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free', 'errno', 'latency',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(RAW_ORACLES);
