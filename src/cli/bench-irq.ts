import { JITTERS, JitterChooser, type Jitter } from '../explore/index.ts';
import { sampleClock, sequenceClocks, serirqFormat, serirqLatency } from '../hw/index.ts';
import { IrqBench, formatIrqBench, formatIrqPage, irqBenchCsv, irqBenchJson, record, type IrqBenchPoint, type IrqBenchReport, type Recording, type SerirqFacts } from '../report/index.ts';
import {
  KcsSystem, MOST_OTHERS, UsageError, addOtherHandlers, parseSetting, type BuildOptions, type Scenario, type Settings, type System,
} from '../scenarios/index.ts';
import { NOMINAL, type Ps } from '../sim/index.ts';
import { Exit } from './exit.ts';
import { checkFile, writeText } from './files.ts';
import { checkOutputs } from './outputs.ts';
import { systemOf, type SystemFlags } from './options.ts';
import { print } from './output.ts';

export interface BenchIrqFlags extends SystemFlags {
  readonly n: number;
  readonly seed: number;
  readonly jitter: string;
  readonly sweep?: readonly string[];
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly html?: string;
}

/** Requests of one execution: what a scenario allows at most. */
const REQUESTS = 8;
/** Executions that are tried without any answer before it is said that there is none. */
const PATIENCE = 3;
/** Of the steps of a nominal run: of so many times that lateness is drawn. */
const MARGIN = 2;
/** A parameter of this command: drivers that share the LPC block's interrupt. */
const OTHERS = 'others';

/** `inband bench irq [SCENARIO]`: the interrupt path in simulated time. */
export function benchIrq(name: string | undefined, flags: BenchIrqFlags): number {
  if (flags.json === true && flags.csv === true) throw new UsageError('--json and --csv cannot share stdout');
  if (flags.html !== undefined) {
    checkOutputs([{ option: '--html', file: flags.html }], flags);
    checkFile(flags.html);
  }
  const jitter = JITTERS.find((one) => one.name === flags.jitter);
  if (jitter === undefined) throw new UsageError(`unknown jitter "${flags.jitter}": there are ${JITTERS.map((one) => one.name).join(', ')}`);
  const { others, rest } = takeOthers(flags.set ?? []);
  const { scenario, options } = systemOf(name, { ...flags, set: rest });
  const base: Variant = { options: { ...options, oracles: [], settings: { ...DEFAULTS[scenario.name], ...options.settings, requests: REQUESTS } }, others };
  if ([...rest, ...flags.sweep ?? []].some((text) => text.startsWith('requests='))) {
    throw new UsageError(`requests: each execution of the benchmark makes ${REQUESTS}, and --n says how many in all`);
  }
  const variants = [{ sweep: null, variant: base }, ...(flags.sweep ?? []).flatMap((text) => sweepOf(text, base))];
  // Every mistake is found before anything is run.
  for (const { variant } of variants) check(scenario, variant);
  const late = new Late();
  const points = variants.map(({ sweep, variant }) => ({ sweep, ...measure(scenario, variant, jitter, flags, late) }));
  const report = reportOf(scenario, base, flags, jitter, late, points);
  if (flags.html !== undefined) writeText(flags.html, formatIrqPage(report));
  print(flags.json === true ? irqBenchJson(report) : flags.csv === true ? irqBenchCsv(report) : formatIrqBench(report));
  return Exit.nothing;
}

/** What a benchmark of the interrupt path is about, unless the user says otherwise. */
const DEFAULTS: Readonly<Record<string, Settings>> = { kcs: { hostMode: 'irq', serirqId: 10 } };

/** One set of parameters. */
interface Variant {
  readonly options: BuildOptions;
  readonly others: number;
}

function takeOthers(set: readonly string[]): { readonly others: number; readonly rest: readonly string[] } {
  const own = set.filter((text) => text.startsWith(`${OTHERS}=`));
  const [, value = 0] = own.length === 0 ? [] : parseSetting(own[own.length - 1]);
  return { others: othersOf(value), rest: set.filter((text) => !own.includes(text)) };
}

function othersOf(value: number | string): number {
  if (typeof value !== 'number' || value < 0 || value > MOST_OTHERS) throw new UsageError(`parameter ${OTHERS}=${value}: expected 0 to ${MOST_OTHERS}`);
  return value;
}

/** `name=a,b,c`: a variant for each of the values. */
function sweepOf(text: string, base: Variant): readonly { readonly sweep: IrqBenchPoint['sweep']; readonly variant: Variant }[] {
  const at = text.indexOf('=');
  const [name, list] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || list.split(',').some((value) => value === '')) throw new UsageError(`--sweep ${text}: expected name=value,value,...`);
  return list.split(',').map((item) => {
    const [, value] = parseSetting(`${name}=${item}`);
    const variant = name === OTHERS ? { ...base, others: othersOf(value) }
      : { ...base, options: { ...base.options, settings: { ...base.options.settings, [name]: value } } };
    return { sweep: { name, value }, variant };
  });
}

function check(scenario: Scenario, { options, others }: Variant): void {
  scenario.models(options);
  if (others > 0 && !(build(scenario, { options, others: 0 }) instanceof KcsSystem)) {
    throw new UsageError(`parameter ${OTHERS}=${others}: scenario ${scenario.name} has no channel whose interrupt others share`);
  }
}

function build(scenario: Scenario, { options, others }: Variant): System {
  const system = scenario.build(options);
  if (others > 0 && system instanceof KcsSystem) addOtherHandlers(system, system.channel, others);
  return system;
}

/** What came late in a benchmark. */
class Late {
  /** Kinds of steps, and the most by which each may be late, ps. */
  readonly steps = new Map<string, Ps>();
  /** What else hardware asked for. */
  readonly draws = new Set<string>();

  add({ acts, ops }: Recording, { asked }: JitterChooser): void {
    for (const { step } of acts) {
      if (step === null) continue;
      const { label, jitter } = ops.def(step.op);
      if (jitter > 0) this.steps.set(label, Math.max(jitter, this.steps.get(label) ?? 0));
    }
    for (const label of asked) this.draws.add(label);
  }
}

/** Runs a system until enough requests were answered. */
function measure(scenario: Scenario, variant: Variant, jitter: Jitter, { n, seed }: BenchIrqFlags, late: Late): Omit<IrqBenchPoint, 'sweep'> {
  const system = build(scenario, variant);
  system.execute(NOMINAL);
  const steps = new Map(system.sim.contexts.map((ctx) => [ctx.name, ctx.steps * MARGIN]));
  const bench = new IrqBench();
  for (let execution = 0; bench.transactions < n; execution++) {
    if (execution >= PATIENCE + PATIENCE * bench.transactions) throw new UsageError('requests are not answered with these parameters');
    const chooser = new JitterChooser(jitter, steps, seed, execution);
    const recording = record(system, chooser);
    bench.add(recording, n - bench.transactions);
    if (jitter.weights !== null) late.add(recording, chooser);
  }
  const serirq = system instanceof KcsSystem ? { serirq: serirqFacts(system) } : {};
  return { ...bench.result(), ...serirq };
}

/** What SerIRQ's own arithmetic says of the channel's interrupt. */
function serirqFacts(system: KcsSystem): SerirqFacts {
  const { params } = system.soc;
  const format = serirqFormat(params);
  const quiet = params.serirqQuiet !== 0;
  const { best, worst } = serirqLatency(system.serirqId, quiet, params.serirqGapClocks, format);
  return {
    mode: quiet ? 'quiet' : 'continuous', irq: system.serirqId, lclk: params.lclk, sequenceClocks: sequenceClocks(format),
    slotClock: sampleClock(system.serirqId, format.startClocks), bestClocks: best, worstClocks: worst,
  };
}

function reportOf(
  scenario: Scenario, { options, others }: Variant, { n, seed }: BenchIrqFlags, jitter: Jitter, late: Late, points: readonly IrqBenchPoint[],
): IrqBenchReport {
  const { host, daemon, settings } = options;
  return {
    scenario: scenario.name, driver: options.driver ?? scenario.defaultDriver, ...(host === undefined ? {} : { host }), ...(daemon === undefined ? {} : { daemon }),
    settings: others === 0 ? settings : { ...settings, [OTHERS]: others }, n, seed,
    jitter: { distribution: jitter.name, text: jitter.text, weights: jitter.weights ?? [], steps: [...late.steps].map(([step, most]) => ({ step, most })), draws: [...late.draws] }, points,
  };
}

/** The distributions that `--jitter` knows. */
export const JITTER_NAMES = JITTERS.map(({ name }) => name);
