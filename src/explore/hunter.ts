import type { Violation } from '../sim/index.ts';
import { NOMINAL } from '../sim/index.ts';
import type { System } from '../scenarios/system.ts';
import { makeFinding, type Finding, type Subject } from './finding.ts';
import { Cases, type StrategyTally } from './hunt/cases.ts';
import type { Docket } from './hunt/docket.ts';
import { NondeterminismError, Reruns } from './hunt/reruns.ts';
import { SliceRunner } from './hunt/slice-runner.ts';
import { HUNT_STATE_VERSION, type HuntState } from './hunt/state.ts';
import { learn, type HuntTask, type HuntTaskResult, type Knowledge, type ShrinkResult, type ShrinkTask, type SliceResult, type Taught } from './hunt/tasks.ts';
import { shrinkResult, shrinkerOf } from './hunt/task-runner.ts';
import type { Json } from './json.ts';
import type { Shrinker } from './shrink.ts';
import { SLICE, sliceAt } from './slice.ts';
import { DEFAULT_STRATEGY, createStrategy } from './strategies/index.ts';
import type { Strategy } from './strategy.ts';

export interface HunterOptions {
  /** Name of the strategy; default {@link DEFAULT_STRATEGY}. */
  readonly strategy?: string;
  /** Default 1. */
  readonly seed?: number;
  /** Goes on after the first finding. */
  readonly keepGoing?: boolean;
  /** Executions of the search, at most; those of shrinking are counted apart. */
  readonly maxExecutions?: number;
  /** Executions for shrinking one candidate, at most. */
  readonly shrinkBudget?: number;
  /** Builds the system anew: each finding is then run again in a new one, too. */
  readonly rebuild?: () => System;
  /** Goes on where another hunter of the same system, strategy and seed has stood. */
  readonly state?: HuntState;
}

/**
 * A hunt: what its strategy proposes is run slice by slice, what breaks a rule is shrunk, and one finding is kept for each
 * cause. The hunter coordinates: it hands out tasks and takes what comes of them, in whatever order it comes, or does them
 * itself, advanced by so many executions at a time. Who does what, and how it is cut into portions, changes nothing:
 *
 *     hunter.advance(1000)                                        // by itself
 *     for (let t = hunter.task(); t !== null; t = hunter.task())   // or by others
 *       hunter.take(t, await somebody.run(hunter.knowledge, t));
 */
export class Hunter {
  readonly seed: number;
  readonly strategy: string;
  /** The strategy has nothing left to try. */
  exhausted = false;
  private readonly system: System;
  private readonly subject: Subject;
  private readonly options: HunterOptions;
  private readonly source: Strategy;
  private readonly reruns: Reruns;
  private readonly nominalHash: number;
  private readonly cases: Cases;
  private shrunk = 0;
  private epoch: Knowledge = { epoch: 0, memory: null, causes: [], tallies: [] };
  /** How the knowledge of this epoch came about, for whoever has that of the one before; null: it is the first. */
  taught: Taught | null = null;
  /** The next slice to be handed out, and the next whose result is taken in. */
  private handed = 0;
  private folded = 0;
  /** Results that wait for those of earlier slices. */
  private readonly arrived = new Map<number, SliceResult>();
  /** Of the slices of this epoch. */
  private lessons: Json[] = [];
  private lively = 0;
  private shrinks = 0;
  /** Dockets whose candidate somebody shrinks, by the number of the task. */
  private readonly shrinking = new Map<number, Docket>();
  /** What this hunter is doing itself. */
  private running: SliceRunner | null = null;
  private shrinker: { readonly task: ShrinkTask; readonly shrinker: Shrinker } | null = null;
  /** A candidate was found, and the first is enough. */
  private enough = false;
  private stopped = false;

  constructor(system: System, subject: Subject, options: HunterOptions = {}) {
    this.system = system;
    this.subject = subject;
    this.options = options;
    this.seed = options.seed ?? 1;
    this.strategy = options.strategy ?? DEFAULT_STRATEGY;
    if (options.state !== undefined) this.check(options.state);
    this.source = createStrategy(this.strategy, system, this.seed);
    this.cases = new Cases(this.source.members ?? [this.source.name], options.state);
    this.nominalHash = system.execute(NOMINAL).hash;
    this.reruns = new Reruns(system, options.rebuild);
    if (options.state !== undefined) this.load(options.state);
  }

  /** Executions of the search so far. */
  get executions(): number {
    return this.cases.executions + (this.running?.executions ?? 0);
  }

  /** Executions spent on shrinking. */
  get shrinkExecutions(): number {
    return this.shrunk + (this.shrinker?.shrinker.executions ?? 0);
  }

  /** Executions in which a rule was broken. */
  get violating(): number {
    return this.cases.violating;
  }

  /** Distinct findings, in the order in which their causes were first seen. */
  get findings(): Finding[] {
    return this.cases.kept.map(({ finding }) => finding);
  }

  /** The strategy that first showed a finding; of a portfolio one of its members. */
  finderOf(finding: Finding): string {
    return this.cases.keptOf(finding)?.by ?? this.strategy;
  }

  /** How many decisions a finding had before it was shrunk. */
  unshrunkOf(finding: Finding): number {
    return this.cases.keptOf(finding)?.unshrunk ?? finding.decisions.length;
  }

  /** What became of each strategy; of one alone, that one. */
  get tally(): StrategyTally[] {
    return this.cases.tally;
  }

  /** Of all runs of findings that were made again, the part that was the same, 0 to 1: anything but 1 ends the hunt. */
  get stability(): number {
    return this.reruns.stability;
  }

  /** Nothing is left to do. */
  get done(): boolean {
    if (this.stopped) return true;
    if (!this.cases.settled) return false;
    return this.exhausted || this.enough || this.folded >= this.slices;
  }

  /** Makes up to `n` executions, of search or shrinking; returns how many it were. Not to be mixed with {@link task}. */
  advance(n: number): number {
    let spent = 0;
    while (spent < n && !this.done) {
      if (this.shrinker === null && this.running === null) {
        const task = this.task();
        if (task === null) break;
        this.begin(task);
      }
      spent += this.shrinker === null ? this.search(n - spent) : this.shrink(n - spent);
    }
    return spent;
  }

  /**
   * What is to be done next, by whoever has a system like this one and the {@link knowledge} of now; null: nothing, before
   * what is under way has come back. A task that was lost is simply done again.
   */
  task(): HuntTask | null {
    if (this.done) return null;
    const shrink = this.nextShrink();
    if (shrink !== null) return shrink;
    this.learn();
    if (this.done || this.enough || this.handed >= this.slices) return null;
    const slice = sliceAt(this.handed);
    if (slice.epoch !== this.epoch.epoch) return null;
    this.handed++;
    return { kind: 'slice', slice, size: Math.min(SLICE, this.most - slice.index * SLICE), stopAtFirst: this.options.keepGoing !== true };
  }

  /** What the slices of this epoch start from. */
  get knowledge(): Knowledge {
    return this.epoch;
  }

  /** Takes what came of a task. Results of tasks that are settled are ignored, so one may be done twice. */
  take(task: HuntTask, result: HuntTaskResult): void {
    if (this.stopped) return;
    if (task.kind === 'shrink') this.settle(result as ShrinkResult);
    else if (task.slice.index >= this.folded) {
      this.arrived.set(task.slice.index, result as SliceResult);
      this.fold();
    }
    this.learn();
  }

  /**
   * Ends the hunt now. What is being shrunk becomes a finding as far as it got, and slices count as far as they came. Of what waits
   * to be shrunk one candidate of each rule that has no finding yet becomes one as it is.
   */
  conclude(unfinished: readonly HuntTaskResult[] = []): void {
    if (this.stopped) return;
    const results = [...unfinished];
    if (this.shrinker !== null) results.push(shrinkResult(this.shrinker.task, this.shrinker.shrinker));
    if (this.running !== null) results.push(this.running.result);
    this.shrinker = this.running = null;
    for (const result of results) if ('number' in result && result.executions > 0) this.settle(result);
    for (const result of results) if ('index' in result) this.arrived.set(result.index, result);
    for (const [, result] of [...this.arrived].sort(([a], [b]) => a - b)) if (!this.enough) this.enter(result);
    this.arrived.clear();
    for (const docket of this.cases.all) {
      if (docket.kept.length === 0 && docket.next() !== null) {
        const task = this.shrinkTask(docket);
        const shrinker = shrinkerOf(this.system, task);
        shrinker.advance(1);
        this.settle(shrinkResult(task, shrinker));
      }
    }
    this.stopped = true;
  }

  /** Where it stands, to be continued. Not after {@link conclude}: that counts what is only half done. */
  get state(): HuntState {
    const { strategy, seed, lessons, lively } = this;
    return {
      version: HUNT_STATE_VERSION, strategy, seed, slice: this.folded, shrinkExecutions: this.shrunk, ...this.cases.state,
      knowledge: this.epoch, lessons: [...lessons], lively,
      ended: this.stopped || this.enough ? 'stopped' : this.exhausted ? 'exhausted' : null,
      arrived: [...this.arrived.values()],
    };
  }

  private check({ version, strategy, seed }: HuntState): void {
    if (version !== HUNT_STATE_VERSION) throw new RangeError(`the state is of version ${String(version)}, not ${HUNT_STATE_VERSION}`);
    if (strategy !== this.strategy || seed !== this.seed) {
      throw new RangeError(`the state is of strategy ${strategy}, seed ${seed}, not of ${this.strategy}, seed ${this.seed}`);
    }
  }

  private load(state: HuntState): void {
    this.shrunk = state.shrinkExecutions;
    this.epoch = state.knowledge;
    this.lessons = [...state.lessons];
    this.lively = state.lively;
    this.handed = this.folded = state.slice;
    this.exhausted = state.ended === 'exhausted';
    this.enough = state.ended === 'stopped';
    // It may have come to the end of its budget with an epoch, and now has a larger one.
    this.learn();
  }

  private get most(): number {
    return this.options.maxExecutions ?? Infinity;
  }

  private get slices(): number {
    return Math.ceil(this.most / SLICE);
  }

  private begin(task: HuntTask): void {
    if (task.kind === 'slice') this.running = new SliceRunner(this.system, this.source, this.epoch, task);
    else this.shrinker = { task, shrinker: shrinkerOf(this.system, task) };
  }

  private search(n: number): number {
    const runner = this.running!;
    const spent = runner.advance(n);
    if (!runner.done) return spent;
    this.running = null;
    this.take(runner.task, runner.result);
    return spent;
  }

  private shrink(n: number): number {
    const { task, shrinker } = this.shrinker!;
    const spent = shrinker.advance(n);
    if (!shrinker.done) return spent;
    this.shrinker = null;
    this.take(task, shrinkResult(task, shrinker));
    return spent;
  }

  /** Takes in the slices that have come, as far as none is missing. */
  private fold(): void {
    for (let result = this.arrived.get(this.folded); result !== undefined && !this.enough; result = this.arrived.get(this.folded)) {
      this.arrived.delete(this.folded);
      this.folded++;
      this.enter(result);
      this.lessons.push(result.lessons);
      if (!result.exhausted) this.lively++;
    }
  }

  private enter(result: SliceResult): void {
    this.cases.enter(result);
    if (result.candidates.length > 0 && this.options.keepGoing !== true) this.enough = true;
  }

  /** The epoch is over when all of its slices have come and what they have brought is shrunk. */
  private learn(): void {
    const { epoch, lessons, source: { learning } } = this;
    if (this.stopped || this.enough || this.exhausted || !this.cases.settled || sliceAt(this.folded).epoch === epoch.epoch) return;
    const over = this.done;
    this.exhausted = this.lively === 0;
    if (over) return; // it may go on with a larger budget, and learn then
    // Of a strategy without memory each slice stands for itself: who runs but a part of them has the same slices.
    const taught: Taught = { lessons, ...(learning === undefined ? { causes: [], tallies: [] } : this.cases.knowledge) };
    this.epoch = learn(epoch, taught, learning);
    this.taught = taught;
    this.lessons = [];
    this.lively = 0;
  }

  private nextShrink(): ShrinkTask | null {
    const docket = this.cases.open();
    return docket === null ? null : this.shrinkTask(docket);
  }

  private shrinkTask(docket: Docket): ShrinkTask {
    const { decisions, violation: { oracle, rule } } = docket.current!;
    const { shrinkBudget: budget } = this.options;
    const number = this.shrinks++;
    this.shrinking.set(number, docket);
    return { kind: 'shrink', number, decisions, target: { oracle, rule }, ...docket.briefing, ...(budget === undefined ? {} : { budget }) };
  }

  private settle(result: ShrinkResult): void {
    const docket = this.shrinking.get(result.number);
    if (docket === undefined) return;
    this.shrinking.delete(result.number);
    this.shrunk += result.executions;
    const { violation, decisions, hash } = result;
    const candidate = docket.current!;
    if (violation === undefined) throw this.unstable(candidate.execution, this.reruns.compare(candidate.decisions));
    const finding = docket.settle({ ...result, violation }, (execution) => this.finding(violation, result, execution));
    if (finding === null) return;
    const difference = this.reruns.check(decisions, hash);
    if (difference !== null) throw this.unstable(finding.execution, difference);
  }

  private finding(violation: Violation, { decisions, hash }: ShrinkResult, execution: number): Finding {
    const { seed, strategy } = this;
    return makeFinding(this.subject, { seed, strategy, execution }, violation, decisions, { nominal: this.nominalHash, run: hash });
  }

  private unstable(execution: number, difference: string): NondeterminismError {
    return new NondeterminismError(`execution ${execution} of seed ${this.seed} does not show the same when it is run again${difference === '' ? '' : `: ${difference}`}`);
  }
}
