import { AST2500_PARAMETERS, Ast2500, ast2500Params, type I2cConfig } from '../hw/index.ts';
import { DEFAULT_KERNEL, Kernel, type KernelConfig } from '../linux/index.ts';
import { DataRaceOracle, type Oracle, type RequestLog, type SystemView } from '../oracles/index.ts';
import {
  GeneratorProcess, MS, NOMINAL, SEC, US, Simulator, hashText, mix, type Chooser, type Context, type Decision, type Ps, type StepObserver, type Steps, type Waveform,
} from '../sim/index.ts';
import { PREEMPT } from './bmc-parameters.ts';
import { Draws } from './draws.ts';
import { hooked, type Hooked } from './hooks.ts';
import { Values } from './settings.ts';
import { TraceHash } from './trace-hash.ts';
import type { BuildOptions, Outcome, Parameter, System } from './system.ts';

/** When the host makes its first request. */
export const HOST_START: Ps = 300 * US;
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

/** A driver that can be bound and unbound. */
export interface Bindable {
  probe(): Steps<unknown>;
  remove(): Steps<unknown>;
  /** Phase or state by name; a driver that keeps none has none. */
  readonly phaseName?: string;
}

/** A process of the BMC that serves requests. */
export interface Server {
  /** It has the device open. */
  readonly opened: boolean;
  /** It also still reads from it. */
  readonly serves: boolean;
  /** Until when it makes the host wait itself, ps; 0: it has not. */
  readonly hindersUntil: Ps;
}

/** What the host does in one execution. */
export interface Workload {
  readonly done: boolean;
  /** The last request was answered as it should be. */
  readonly satisfied: boolean;
  /** When the last polite request was made. */
  readonly askedAt: Ps;
  reset(): void;
  main(): Steps;
}

/** What distinguishes the systems of the interfaces. */
export interface BmcSystemKind {
  readonly parameters: readonly Parameter[];
  /** Oracles that are judged unless the user names others. */
  readonly oracles: ReadonlySet<string>;
}

/**
 * A host, an AST2500 and its kernel with one interface's driver and daemon. What is here has nothing to do
 * with the interface: configuration, binding and unbinding, the end of a run, who is told what.
 */
export abstract class BmcSystem implements System {
  readonly sim = new Simulator();
  readonly soc: Ast2500;
  readonly kernel: Kernel;
  abstract readonly driver: Bindable;
  abstract readonly daemon: Server;
  abstract readonly workload: Workload;
  protected readonly values: Values;
  protected readonly draws: Draws;
  protected readonly oracles: Oracle[] = [];
  private readonly config: KernelConfig;
  private readonly settling: Hooked<'settled'>[] = [];
  /** What the oracles keep of the interface. */
  private readonly watched: object[] = [];
  private traceHash: TraceHash | undefined;
  private races: DataRaceOracle | undefined;
  private tracking = false;
  private hostContext: Context | undefined;
  private unbinder: Context | undefined;
  private bound = false;
  private unbinding = false;
  /** Source of the last interrupt that was handled, -1: none. */
  private lastIrq = -1;
  /** What {@link situation} has seen of the driver last, and its hash. */
  private phase = '';
  private phaseHash = hashText('');

  constructor(options: BuildOptions, kind: BmcSystemKind) {
    const { sim } = this;
    const values = new Values(kind.parameters, options.settings);
    this.values = values;
    this.config = kernelConfig(values);
    this.draws = new Draws(sim, options.narrow);
    sim.selected = options.oracles === undefined ? kind.oracles : new Set(options.oracles);
    sim.horizon = HORIZON;
    sim.finished = () => this.workload.done && !this.unbinding;
    this.soc = this.buildSoc();
    this.kernel = new Kernel(sim, this.config, this.soc.vic);
    this.soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    if (options.observed === true) {
      this.races = new DataRaceOracle(sim);
      this.kernel.fields = this.races;
      sim.observer = this.races;
    }
  }

  /** The hardware, with the parameters that the user has set. */
  protected buildSoc(i2c?: I2cConfig): Ast2500 {
    return new Ast2500(this.sim, ast2500Params(this.hardware(AST2500_PARAMETERS)), i2c);
  }

  /** The values of those of the hardware's parameters that the scenario has: blocks to which nobody talks are as they are by default. */
  protected hardware<Name extends string>(list: readonly { readonly name: Name }[]): Partial<Record<Name, number>> {
    const known = list.filter(({ name }) => this.values.has(name));
    return Object.fromEntries(known.map(({ name }) => [name, this.values.number(name)])) as Partial<Record<Name, number>>;
  }

  /** The context in which the host runs. */
  get host(): Context {
    return this.hostContext!;
  }

  get trackTraces(): boolean {
    return this.tracking;
  }

  set trackTraces(on: boolean) {
    const { sim, races, traceHash } = this;
    this.tracking = on;
    if (races === undefined) sim.observer = on ? traceHash! : null;
    else sim.observer = on ? both(races, traceHash!) : races;
  }

  abstract describe(decision: Decision): string;

  waveforms(): readonly Waveform[] {
    return this.soc.waveforms();
  }

  spectators(): readonly object[] {
    const { oracles, watched, draws, traceHash, races } = this;
    return [...oracles, ...watched, draws, ...(traceHash === undefined ? [] : [traceHash]), ...(races === undefined ? [] : [races])];
  }

  situation(): number {
    const { kernel } = this;
    const name = kernel.readOnce(() => this.driver.phaseName ?? '');
    if (name !== this.phase) {
      this.phase = name;
      // By its name: in which order phases are met is another in every process.
      this.phaseHash = hashText(name);
    }
    return mix(mix(this.phaseHash, kernel.readOnce(() => this.flags())), this.lastIrq);
  }

  /** What the device shows, as bits. */
  protected abstract flags(): number;

  execute(chooser: Chooser = NOMINAL): Outcome {
    const { sim } = this;
    sim.reset(chooser);
    sim.limit = IDLE_STEPS;
    this.configureKernel();
    this.configure();
    this.kernel.boot(this.driver.probe());
    this.bound = true;
    this.lastIrq = -1;
    this.startDaemon();
    this.host.start(HOST_START);
    const after = UNBIND[this.configured('driver is unbound', UNBIND.length)];
    if (after > 0) {
      this.unbinding = true;
      this.unbinder!.start(after);
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
      traceHash: this.trackTraces ? this.traceHash!.value : 0,
      steps: sim.steps,
      time: sim.now,
    };
  }

  // ---- configuration of one execution ---------------------------------------------------------

  /** Draws what the user has not fixed, beside what {@link configureKernel} draws. */
  protected abstract configure(): void;

  protected abstract startDaemon(): void;

  protected configured(label: string, n: number): number {
    return this.draws.draw('config', 'scenario', n, label);
  }

  /** The index of the word that the user has fixed, or one that is drawn: of the first `drawn`. */
  protected configuredWord(name: string, words: readonly string[], drawn = words.length): number {
    return this.values.fixed(name) ? words.indexOf(this.values.word(name)) : this.configured(name, drawn);
  }

  /** The same questions for parts that are configured elsewhere. */
  protected readonly questions = {
    word: (name: string, words: readonly string[]): number => this.configuredWord(name, words),
    flag: (name: string, plain: boolean): boolean => (this.values.fixed(name) ? this.values.number(name) === 1 : plain !== (this.configured(name, 2) === 1)),
  };

  private configureKernel(): void {
    const { values, config } = this;
    config.preempt = PREEMPT[this.configuredWord('preempt', PREEMPT)];
    config.cpus = values.fixed('cpus') ? values.number('cpus') as 1 | 2 : this.configured('cpus', 2) === 1 ? 2 : 1;
  }

  // ---- what a system is made of, for its constructor -------------------------------------------

  /** The task that unbinds the driver. */
  protected addUnbinder(): void {
    this.unbinder = this.kernel.thread('bmc:unbind', () => this.unbind()).ctx;
  }

  private *unbind(): Steps {
    this.bound = false;
    this.sim.limit = this.sim.steps + UNBOUND_STEPS;
    yield* this.driver.remove();
    this.unbinding = false;
  }

  /** The host, last of all contexts. `reset` forgets what its drivers know. */
  protected addHost(reset: () => void): void {
    const { sim } = this;
    const process = new GeneratorProcess(() => this.workload.main());
    const host = sim.context('host', process);
    this.hostContext = host;
    sim.onReset(() => {
      reset();
      this.workload.reset();
      process.start();
      this.bound = false;
      this.unbinding = false;
    });
    this.traceHash = new TraceHash(sim);
  }

  /** The part of the view that all oracles share. */
  protected view<W extends RequestLog>(wire: W): Pick<SystemView, 'sim' | 'bound' | 'open' | 'serving' | 'hindersUntil' | 'madeUp'> & { readonly wire: W } {
    this.watched.push(wire);
    return {
      sim: this.sim,
      wire,
      bound: () => this.bound,
      open: () => this.daemon.opened,
      serving: () => this.daemon.serves,
      hindersUntil: () => this.daemon.hindersUntil,
      madeUp: () => false,
    };
  }

  /** Who judges; and the trace events by which the host shows that it is alive. */
  protected addOracles(oracles: readonly Oracle[], signsOfLife: readonly string[]): void {
    const { sim, kernel } = this;
    this.oracles.push(...oracles);
    this.settling.push(...hooked(oracles, 'settled'));
    sim.trace.on(kernel.events.irq, (_at, _actor, source) => {
      this.lastIrq = source;
      this.settled();
    });
    const alive = (): void => {
      if (this.bound) sim.limit = Math.min(STEP_LIMIT, sim.steps + IDLE_STEPS);
    };
    for (const event of signsOfLife) sim.trace.on(sim.trace.code(event), alive);
  }

  /** A system call has returned or an interrupt was handled: tells only those who listen. */
  protected settled(): void {
    const { settling } = this;
    for (let i = 0; i < settling.length; i++) settling[i].settled();
  }
}

/** One observer that is two. */
function both(one: StepObserver, other: StepObserver): StepObserver {
  return {
    step(ctx, op, value) {
      one.step(ctx, op, value);
      other.step(ctx, op, value);
    },
  };
}

function kernelConfig(values: Values): KernelConfig {
  const config = { ...DEFAULT_KERNEL };
  for (const name of [
    'irqLatency', 'irqJitter', 'irqEntry', 'irqNext', 'irqExit', 'wakeLatency', 'atomicCap', 'syscall', 'lock', 'copyWord', 'pageFault',
  ] as const) config[name] = values.number(name);
  return config;
}
