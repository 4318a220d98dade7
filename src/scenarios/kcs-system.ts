import { Kcsd, type KcsdShape } from '../daemon/index.ts';
import { AspeedKcs, type KcsBmcDriver, type KcsBmcDriverClass, type KcsChannelNumber } from '../drivers/kcs-bmc/index.ts';
import { KcsStateMachine, Si, SimIo } from '../host/index.ts';
import { AST2500_PARAMETERS, Ast2500, VIC_LPC, ast2500Params, type Ast2500ParamName } from '../hw/index.ts';
import { KcsState, Str, formatStr, stateOf } from '../ipmi/index.ts';
import { DEFAULT_KERNEL, Kernel, type KernelConfig } from '../linux/index.ts';
import {
  DataRaceOracle, DeliveryOracle, ErrnoOracle, IrqOracle, KcsWire, ProgressOracle, ProtocolOracle, ResponseOracle,
  StateMismatchOracle, StuckIbfOracle, StuckObfOracle, type KcsSystemView, type Oracle,
} from '../oracles/index.ts';
import { GeneratorProcess, MS, NOMINAL, SEC, US, Simulator, type Chooser, type Context, type Decision, type Ps, type Steps } from '../sim/index.ts';
import { Draws } from './draws.ts';
import { describeKcsDecision } from './kcs-decisions.ts';
import { daemonWitness, hooked, hostLog, type Hooked } from './kcs-hooks.ts';
import { HOST_MODES, KCS_PARAMETERS, PREEMPT } from './kcs-parameters.ts';
import { KcsWorkload } from './kcs-workload.ts';
import { Values } from './settings.ts';
import { TraceHash } from './trace-hash.ts';
import type { BuildOptions, Outcome, System } from './system.ts';

/** The host's default address of a KCS interface (IPMI 9.4). */
const IO_BASE: Readonly<Record<KcsChannelNumber, readonly [number, number]>> = {
  1: [0xca0, 4], 2: [0xca8, 4], 3: [0xca2, 1], 4: [0xca4, 1],
};
/** When the host makes its first request. */
const HOST_START: Ps = 300 * US;
/** When the driver is unbound under the daemon's feet, never first. */
const UNBIND: readonly Ps[] = [0, 350 * US, 1 * MS, 5 * MS];
/** Steps after which an execution counts as a hang. */
const STEP_LIMIT = 250_000;
/** Simulated time after which a run is cut off: beyond all time-outs of the host and their retries. */
const HORIZON: Ps = 400 * SEC;
/** Steps without any access by the host after which it counts as one, too. */
const IDLE_STEPS = 10_000;
/** Steps that a run is given after the driver was unbound: enough to fall over freed memory. */
const UNBOUND_STEPS = 5_000;

export interface KcsSystemOptions extends BuildOptions {
  readonly driverClass: KcsBmcDriverClass;
}

/** A host, the LPC bus, an AST2500, its kernel with one version of the KCS driver, and a daemon. */
export class KcsSystem implements System {
  readonly sim = new Simulator();
  readonly soc: Ast2500;
  readonly kernel: Kernel;
  readonly driver: KcsBmcDriver;
  readonly daemon: Kcsd;
  readonly host: Context;
  readonly wire: KcsWire;
  readonly workload: KcsWorkload;
  private readonly values: Values;
  private readonly config: KernelConfig;
  private readonly aspeed: AspeedKcs;
  private readonly channel: KcsChannelNumber;
  private readonly draws: Draws;
  private readonly daemonKind: string;
  private readonly unbinder: Context;
  private readonly oracles: Oracle[] = [];
  private readonly settling: Hooked<'settled'>[] = [];
  private readonly traceHash: TraceHash;
  private bound = false;
  private shape: KcsdShape = { threads: 1, locked: true, nonBlocking: false, bridge: false };

  constructor(options: KcsSystemOptions) {
    const { sim } = this;
    const values = new Values(KCS_PARAMETERS, options.settings);
    this.values = values;
    this.channel = values.number('channel') as KcsChannelNumber;
    this.config = kernelConfig(values);
    this.daemonKind = options.daemon ?? '';
    this.draws = new Draws(sim);
    sim.selected = options.oracles === undefined ? DEFAULT_ORACLES : new Set(options.oracles);
    sim.horizon = HORIZON;
    sim.finished = () => this.workload.done && !this.unbinding;

    const hw: Partial<Record<Ast2500ParamName, number>> = {};
    for (const { name } of AST2500_PARAMETERS) hw[name] = values.number(name);
    this.soc = new Ast2500(sim, ast2500Params(hw));
    this.kernel = new Kernel(sim, this.config, this.soc.vic);
    this.soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    if (options.observed === true) {
      const races = new DataRaceOracle(sim);
      this.kernel.fields = races;
      sim.observer = races;
    }
    const [ioAddr, spacing] = IO_BASE[this.channel];
    this.aspeed = new AspeedKcs(this.kernel, this.soc.registers, {
      channel: this.channel, ioAddr, serirq: { id: values.number('serirqId'), levelHigh: true },
    });
    this.driver = new options.driverClass(this.kernel, this.aspeed);

    this.wire = new KcsWire(sim, this.channel);
    this.addOracles();
    this.daemon = new Kcsd(this.kernel, this.driver.miscdev, values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
    this.unbinder = this.kernel.thread('bmc:unbind', () => this.unbind()).ctx;

    const io = SimIo.create(sim, this.soc.port(ioAddr, spacing));
    const serirqId = values.number('serirqId');
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
    this.workload = new KcsWorkload({
      io, log, values, modes, takeOver,
      calmDown: () => {
        this.draws.calm = true;
      },
      draw: (n, label) => this.draws.draw('workload', 'host', n, label),
    });
    const hostProcess = new GeneratorProcess(() => this.workload.main());
    this.host = sim.context('host', hostProcess);
    sim.onReset(() => {
      takeOver();
      this.workload.reset();
      hostProcess.start();
      this.bound = false;
      this.unbinding = false;
    });
    this.traceHash = new TraceHash(sim);
  }

  get trackTraces(): boolean {
    return this.sim.observer === this.traceHash;
  }

  set trackTraces(on: boolean) {
    if (this.kernel.fields === null) this.sim.observer = on ? this.traceHash : null;
  }

  describe(decision: Decision): string {
    return describeKcsDecision(decision);
  }

  execute(chooser: Chooser = NOMINAL): Outcome {
    const { sim } = this;
    sim.reset(chooser);
    sim.limit = IDLE_STEPS;
    this.configure();
    this.kernel.boot(this.driver.probe());
    this.bound = true;
    this.daemon.start(this.shape);
    this.host.start(HOST_START);
    const after = UNBIND[this.configured('driver is unbound', UNBIND.length)];
    if (after > 0) {
      this.unbinding = true;
      this.unbinder.start(after);
    }
    const reason = sim.run();
    const hostBusy = sim.steps >= STEP_LIMIT;
    if (reason === 'limit' && !hostBusy && this.bound && this.daemon.serves && !sim.anyHeld) {
      sim.violate('hang', 'endless', 'run', `the BMC is busy for ever: no end after ${sim.steps} steps, while the host waits`);
    }
    if (reason === 'done' || (reason === 'limit' && hostBusy)) {
      for (const oracle of this.oracles) oracle.finish?.(this.workload.satisfied, this.workload.askedAt);
    }
    return {
      reason,
      violations: sim.violations,
      taken: sim.taken,
      hash: sim.hash,
      traceHash: this.trackTraces ? this.traceHash.value : 0,
      steps: sim.steps,
      time: sim.now,
    };
  }

  // ---- configuration of one execution ---------------------------------------------------------

  private configured(label: string, n: number): number {
    return this.draws.draw('config', 'scenario', n, label);
  }

  /** Draws what the user has not fixed. */
  private configure(): void {
    const { values, config } = this;
    config.preempt = values.fixed('preempt') ? values.word('preempt') as 'none' | 'full' : PREEMPT[this.configured('preempt', 2)];
    config.cpus = values.fixed('cpus') ? values.number('cpus') as 1 | 2 : this.configured('cpus', 2) === 1 ? 2 : 1;
    const mode = values.fixed('hostMode') ? HOST_MODES.indexOf(values.word('hostMode') as 'kipmid')
      : this.configured('hostMode', HOST_MODES.length);
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

  private unbinding = false;

  private *unbind(): Steps {
    this.bound = false;
    this.sim.limit = this.sim.steps + UNBOUND_STEPS;
    yield* this.driver.remove();
    this.unbinding = false;
  }

  // ---- oracles --------------------------------------------------------------------------------

  private addOracles(): void {
    const { sim, wire, kernel } = this;
    const channel = this.soc.lpc.channels[this.channel - 1];
    const view: KcsSystemView = {
      sim,
      wire,
      str: () => channel.readStr(),
      face: () => `STR=${formatStr(channel.readStr())}`,
      stuck: () => (channel.readStr() & Str.IBF) !== 0,
      refused: () => stateOf(channel.readStr()) === KcsState.ERROR,
      stateOfPhase: () => kernel.readOnce(() => this.driver.stateOfPhase()),
      phaseName: () => kernel.readOnce(() => this.driver.phaseName),
      busy: () => this.driver.busy,
      bound: () => this.bound,
      open: () => this.daemon.opened,
      serving: () => this.daemon.serves,
      unlockedThreads: () => this.shape.threads === 2 && !this.shape.locked,
    };
    this.oracles.push(
      new DeliveryOracle(view), new ResponseOracle(view), new StuckIbfOracle(view), new ProgressOracle(view),
      new ErrnoOracle(view),
      new IrqOracle(view, kernel.cpus[0].irq.id, VIC_LPC), new StateMismatchOracle(view), new ProtocolOracle(view),
      new StuckObfOracle(view),
    );
    this.settling.push(...hooked(this.oracles, 'settled'));
    sim.trace.on(kernel.events.irq, () => this.settled());
    const alive = (): void => {
      if (this.bound) sim.limit = Math.min(STEP_LIMIT, sim.steps + IDLE_STEPS);
    };
    sim.trace.on(sim.trace.code('host.idr.write'), alive);
    sim.trace.on(sim.trace.code('host.str.read'), alive);
  }

  /** Called at every interrupt: only those who listen. */
  private settled(): void {
    const { settling } = this;
    for (let i = 0; i < settling.length; i++) settling[i].settled();
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const KCS_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'stuck-ibf',
  'stuck-obf', 'irq-storm', 'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free',
  'state-mismatch', 'protocol', 'errno', 'lost-byte',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(KCS_ORACLES);

function kernelConfig(values: Values): KernelConfig {
  const config = { ...DEFAULT_KERNEL };
  for (const name of [
    'irqLatency', 'irqJitter', 'irqEntry', 'irqNext', 'irqExit', 'wakeLatency', 'atomicCap', 'syscall', 'lock', 'copyWord', 'pageFault',
  ] as const) config[name] = values.number(name);
  return config;
}
