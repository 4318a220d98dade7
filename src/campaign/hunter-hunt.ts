import { createHash } from 'node:crypto';
import {
  Hunter, JsonReader, SLICE, buildOptionsOf, createStrategy, readLessons, sliceAt, type Finding, type HuntState, type HunterOptions, type ShrinkResult,
  type ShrinkTask, type SliceResult as Slice, type SliceTask, type Strategy, type Subject,
} from '../explore/index.ts';
import { UsageError, type BuildOptions, type Scenario, type System } from '../scenarios/index.ts';
import { hashText } from '../sim/index.ts';
import type { HuntConfig, Shard } from './config.ts';
import { serializeSeed } from './corpus.ts';
import type { CampaignHunt, Checks, HuntProgress, SliceRun } from './hunt.ts';
import type { Epoch, SliceResult } from './ledger.ts';
import { ShrunkSoFar } from './shrunk-so-far.ts';
import { parseSlice, serializeSlice } from './slice-text.ts';
import { parseState, serializeState } from './state-text.ts';
import { OwnThread, type Workers } from './workers.ts';

/** The seed of a shard whose strategy learns: it learns alone, and shall not learn what the others do. */
function shardSeed(seed: number, { index }: Shard): number {
  return hashText(`${seed} ${index}`) >>> 0;
}

/** A hunt of {@link Hunter} as a part of a campaign. */
export class HunterHunt implements CampaignHunt<HuntState> {
  readonly config: HuntConfig;
  private readonly subject: Subject;
  private readonly system: System;
  private readonly source: Strategy;
  /** Null: all slices are this hunt's. */
  private readonly shard: Shard | null;
  private readonly options: HunterOptions;
  private readonly workers: Workers;
  /** Results of this epoch whose texts have been made or read here: there may be megabytes of them. */
  private readonly known = new Map<string, Slice>();
  /** Of the epoch that is being merged: should that be broken off, it need not begin anew. */
  private readonly shrunk = new ShrunkSoFar();
  /** Slices that were broken off here, as far as they came. */
  private readonly broken = new Map<number, Slice>();
  private made = 0;

  /** `workers`: who does the tasks; by default this thread. */
  constructor(config: HuntConfig, scenario: Scenario, shard: Shard | null, workers?: (build: BuildOptions, strategy: string, seed: number) => Workers) {
    const build = buildOptionsOf(config);
    const rebuild = (): System => scenario.build(build);
    this.config = config;
    this.system = rebuild();
    this.source = createStrategy(config.strategy, this.system, config.seed);
    const alone = shard !== null && this.source.learning !== undefined;
    const seed = alone ? shardSeed(config.seed, shard) : config.seed;
    const { executions } = config.limit;
    const most = executions === undefined || !alone ? executions : Math.ceil(executions / shard.of);
    this.shard = alone ? null : shard;
    this.subject = { scenario: config.scenario, build, model: config.model };
    this.options = { strategy: config.strategy, seed, keepGoing: true, rebuild, ...(most === undefined ? {} : { maxExecutions: most }) };
    this.workers = workers?.(build, config.strategy, seed) ?? new OwnThread(rebuild(), config.strategy, seed);
  }

  get archives(): boolean {
    return this.shard !== null;
  }

  get checks(): Checks {
    return { made: this.made, same: this.made };
  }

  begin(): HuntState {
    return new Hunter(this.system, this.subject, this.options).state;
  }

  serialize(state: HuntState): string {
    return serializeState(state);
  }

  parse(text: string, name: string): HuntState {
    const state = parseState(text, name, this.config.strategy);
    const { strategy, seed = 1 } = this.options;
    if (state.strategy !== strategy || state.seed !== seed) throw new UsageError(`${name}: is of strategy ${state.strategy}, seed ${state.seed}, not of ${strategy}, seed ${seed}`);
    // It may have been at the end of a budget, and have a larger one now.
    return new Hunter(this.system, this.subject, { ...this.options, state }).state;
  }

  positionOf({ slice }: HuntState): number {
    return slice;
  }

  epochOf({ slice: first, ended }: HuntState): Epoch | null {
    const end = Math.ceil(this.most / SLICE);
    if (ended !== null || first >= end) return null;
    const { epoch } = sliceAt(first);
    const slices: number[] = [];
    for (let slice = first; slice < end && sliceAt(slice).epoch === epoch; slice++) if (this.isOurs(slice)) slices.push(slice);
    return { hunt: this.config.name, number: first, slices };
  }

  async run({ knowledge }: HuntState, _epoch: Epoch, slice: number, stop: () => boolean): Promise<SliceRun | null> {
    const result = await this.workers.run(knowledge, this.taskOf(slice), stop, (part) => {
      this.broken.set(slice, part as Slice);
    }) as Slice | null;
    if (result === null) return null;
    this.broken.delete(slice);
    const text = serializeSlice(result);
    this.known.set(text, result);
    return { text, executions: result.executions };
  }

  accepts(state: HuntState, _epoch: Epoch, result: SliceResult): boolean {
    return this.read(state, result) !== null;
  }

  /** What came of a slice; null: the text is none of its results. */
  private read({ knowledge }: HuntState, { slice, text }: SliceResult): Slice | null {
    const known = this.known.get(text);
    if (known !== undefined) return known.index === slice ? known : null;
    const result = parseSlice(text);
    if (result?.index !== slice || result.executions > this.taskOf(slice).size) return null;
    try {
      readLessons(new JsonReader('lessons', 'lessons'), this.config.strategy, result.lessons, '', knowledge.memory);
    } catch (error) {
      if (error instanceof UsageError) return null;
      throw error;
    }
    this.known.set(text, result);
    return result;
  }

  async merge(state: HuntState, epoch: Epoch, results: readonly SliceResult[], stop: () => boolean): Promise<HuntState | null> {
    const hunter = this.after(state, epoch, results);
    return (await this.shrinkAll(hunter, stop)).length === 0 ? hunter.state : null;
  }

  async conclude(state: HuntState, epoch: Epoch, results: readonly SliceResult[], stop: () => boolean): Promise<HuntState> {
    const hunter = this.after(state, epoch, results);
    const unfinished = await this.shrinkAll(hunter, stop);
    const done = new Set(results.map(({ slice }) => slice));
    const broken = epoch.slices.flatMap((slice) => (done.has(slice) ? [] : this.broken.get(slice) ?? []));
    // Unshrunk, most of the others would look like bugs of their own, by the hundred: they wait until the campaign goes on.
    hunter.conclude([...unfinished.flatMap((task) => this.shrunk.partOf(task) ?? []), ...broken]);
    return hunter.state;
  }

  executionsOf({ slice, text }: SliceResult): number {
    const result = this.known.get(text) ?? parseSlice(text);
    return result?.index === slice ? result.executions : 0;
  }

  /** Who stood there, and has those results; what they have shown waits to be shrunk. */
  private after(state: HuntState, epoch: Epoch, results: readonly SliceResult[]): Hunter {
    const hunter = new Hunter(this.system, this.subject, { ...this.options, state });
    const ours = new Map(results.map((result) => [result.slice, this.read(state, result)]));
    this.known.clear();
    this.shrunk.begin(epoch.number);
    const end = Math.ceil(this.most / SLICE);
    for (let slice = epoch.number; slice < end && sliceAt(slice).epoch === sliceAt(epoch.number).epoch; slice++) {
      const result = this.isOurs(slice) ? ours.get(slice) : foreign(slice);
      if (result != null) hunter.take(this.taskOf(slice), result);
    }
    return hunter;
  }

  /** Has all candidates shrunk, those of different rules at the same time; returns those with which it was not done when `stop` said so. */
  private async shrinkAll(hunter: Hunter, stop: () => boolean): Promise<readonly ShrinkTask[]> {
    const under: Promise<readonly ShrinkTask[]>[] = [];
    for (let task = hunter.task(); task?.kind === 'shrink'; task = hunter.task()) under.push(this.shrink(hunter, task, stop));
    return (await Promise.all(under)).flat();
  }

  private async shrink(hunter: Hunter, task: ShrinkTask, stop: () => boolean): Promise<readonly ShrinkTask[]> {
    let result = this.shrunk.resultOf(task);
    if (result === null) {
      result = await this.workers.run(hunter.knowledge, task, stop, (part) => {
        this.shrunk.keepPart(task, part as ShrinkResult);
      }) as ShrinkResult | null;
      if (result === null) return [task];
      this.shrunk.keep(task, result);
      // It began with the schedule as the slice had run it, which came out the same, or there were an error now.
      this.made++;
    }
    hunter.take(task, result);
    return this.shrinkAll(hunter, stop);
  }

  progressOf({ executions, shrinkExecutions, dockets, knowledge, ended }: HuntState): HuntProgress {
    const shown = this.source.learning?.shown?.(knowledge.memory) ?? null;
    const kept = dockets.flatMap(([, docket]) => docket.kept.map(([, it]) => it)).sort((a, b) => a.place - b.place);
    return {
      executions, shrinkExecutions, coverage: shown?.features ?? 0, rare: shown?.once ?? 0, exhausted: ended === 'exhausted',
      findings: kept.map(({ finding }): Finding => finding),
      waiting: dockets.reduce((sum, [, { pending }]) => sum + pending.filter((item) => 'decisions' in item).length, 0),
      corpus: (shown?.seeds ?? []).map(({ decisions }) => ({
        id: createHash('sha256').update(JSON.stringify(decisions)).digest('hex').slice(0, 16), text: () => serializeSeed(this.config, decisions),
      })),
    };
  }

  close(): Promise<void> {
    return this.workers.close();
  }

  private get most(): number {
    return this.options.maxExecutions ?? Infinity;
  }

  private isOurs(slice: number): boolean {
    return this.shard === null || slice % this.shard.of === this.shard.index - 1;
  }

  private taskOf(index: number): SliceTask {
    return { kind: 'slice', slice: sliceAt(index), size: Math.min(SLICE, this.most - index * SLICE), stopAtFirst: false };
  }
}

/** A slice that another shard runs: nothing is known of it. */
function foreign(index: number): Slice {
  return { index, executions: 0, made: [], violating: 0, candidates: [], rest: [], exhausted: false, lessons: null };
}
