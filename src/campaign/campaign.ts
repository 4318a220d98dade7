import { setTimeout as sleep } from 'node:timers/promises';
import { serializeFinding, type Finding } from '../explore/index.ts';
import { breathe } from '../pool/index.ts';
import type { FindingStore } from './finding-store.ts';
import type { Folder } from './folder.ts';
import type { CampaignHunt, HuntProgress } from './hunt.ts';
import { archiveOf } from './archive.ts';
import type { Epoch, Ledger } from './ledger.ts';
import { StatsWriter, type StatsLine } from './stats.ts';
import { Track } from './track.ts';

/** The schedules that showed something new, by hunt. */
export const CORPUS = 'corpus';

/** What a campaign stands on. */
export interface CampaignParts<State> {
  readonly folder: Folder;
  readonly hunts: readonly CampaignHunt<State>[];
  readonly ledger: Ledger;
  readonly findings: FindingStore;
  /** Slices that are run at a time. */
  readonly lanes: number;
  /** Seconds after which this process leaves off; undefined: none. */
  readonly seconds: number | undefined;
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Asked between slices: whether to leave off. */
  stopped(): boolean;
  /** A new finding, which is on the disk. */
  found(finding: Finding, file: string): void;
  /** Something has been done. */
  look(): void;
}

/** Why a process left off. */
export type CampaignEnd = 'budget' | 'time' | 'interrupted' | 'exhausted';

/** Between two looks at what other processes do, ms. */
const PAUSE = 25;

/**
 * One process at a campaign: takes slices, runs them, merges epochs when all their slices are done, and keeps what was found.
 * It may be killed at any moment, and others may work in the same folder: what each slice and each merge come to depends on
 * nothing but their input, every file is there whole or not at all, and what is lost is done again.
 */
export class Campaign<State> {
  readonly tracks: readonly Track<State>[];
  executions = 0;
  shrinkExecutions = 0;
  private readonly parts: CampaignParts<State>;
  private readonly stats: StatsWriter;
  private readonly started: number;
  private readonly name: string;
  private failure: { readonly error: unknown } | null = null;
  /** How lanes are woken that have nothing to do. */
  private readonly idle = new Set<() => void>();

  constructor(parts: CampaignParts<State>) {
    this.parts = parts;
    this.started = parts.now();
    this.name = `${process.pid}-${this.started}`;
    this.stats = new StatsWriter(parts.folder);
    this.tracks = parts.hunts.map((hunt) => new Track(hunt, parts.folder));
    for (const { files } of this.tracks) files.sweep();
    parts.folder.sweep('');
    parts.folder.sweep('findings');
  }

  /** Wall clock of this process, s. */
  get seconds(): number {
    return (this.parts.now() - this.started) / 1000;
  }

  /** How far each hunt is: as far as it is merged, and at the end with what its last slices have shown. */
  get progress(): readonly HuntProgress[] {
    return this.tracks.map(({ hunt, concluded, state }) => hunt.progressOf(concluded ?? state));
  }

  /** Executions of all slices that are done, by whomever, merged or not. */
  async executionsSoFar(): Promise<number> {
    let sum = 0;
    for (const { hunt, state } of this.tracks) {
      const epoch = hunt.epochOf(state);
      sum += hunt.progressOf(state).executions;
      if (epoch !== null) for (const result of await this.parts.ledger.results(epoch)) sum += hunt.executionsOf(result);
    }
    return sum;
  }

  /** Works until the budget is used up, or somebody says stop. Throws what went wrong, when all that was done is saved. */
  async run(): Promise<CampaignEnd> {
    this.keepAll();
    await Promise.all(Array.from({ length: this.parts.lanes }, () => this.lane()));
    if (this.failure !== null) throw this.failure.error;
    const left = this.tracks.some(({ hunt, state }) => hunt.epochOf(state) !== null);
    if (left) await this.conclude();
    this.tell(true);
    if (left) return this.parts.stopped() ? 'interrupted' : 'time';
    return this.progress.every(({ exhausted }) => exhausted) ? 'exhausted' : 'budget';
  }

  /** A process may have died between the state and the findings in it. */
  private keepAll(): void {
    for (const { findings } of this.progress) for (const finding of findings) this.parts.findings.save(finding);
  }

  private get over(): boolean {
    return this.failure !== null || this.parts.stopped() || this.seconds >= (this.parts.seconds ?? Infinity);
  }

  private async lane(): Promise<void> {
    try {
      while (!this.over) {
        const done = await this.step();
        if (done === 'nothing') return;
        if (done === 'waits') await this.pause();
        else this.wake();
        this.tell(false);
        this.parts.look();
      }
    } catch (error) {
      this.failure ??= { error };
    }
  }

  /** Until another lane has done something; what other processes do is looked at now and then, by one lane or another. */
  private async pause(): Promise<void> {
    const timer = new AbortController();
    const woken = (): void => {
      timer.abort();
    };
    this.idle.add(woken);
    await sleep(PAUSE * this.parts.lanes, undefined, { signal: timer.signal }).catch(() => {});
    this.idle.delete(woken);
  }

  private wake(): void {
    for (const woken of this.idle) woken();
  }

  /** Does one thing: a slice, or the merge of an epoch. */
  private async step(): Promise<'something' | 'waits' | 'nothing'> {
    let waits = false;
    // Whoever had the least time is first: hunts take turns, whatever an execution of each costs.
    for (const track of [...this.tracks].sort((a, b) => a.spent - b.spent)) {
      track.refresh();
      const { epoch } = track;
      if (epoch === null) continue;
      const begun = this.parts.now();
      const did = await this.slice(track, epoch) || await this.merge(track, epoch);
      track.spent += (this.parts.now() - begun) / 1000 / this.parts.lanes;
      if (track.spent >= (track.hunt.config.limit.seconds ?? Infinity)) track.late = true;
      if (did) return 'something';
      waits = true;
    }
    return waits ? 'waits' : 'nothing';
  }

  private async slice({ hunt, state }: Track<State>, epoch: Epoch): Promise<boolean> {
    const { ledger } = this.parts;
    const slice = await ledger.take(epoch);
    if (slice === undefined) return false;
    try {
      const run = await hunt.run(state, epoch, slice, () => this.over);
      if (run === null) {
        await ledger.giveBack(epoch, slice);
        return true;
      }
      const { text, executions } = run;
      // Or it would be run for ever.
      if (!hunt.accepts(state, epoch, { slice, text })) throw new Error(`slice ${slice} of ${epoch.hunt} has come to what cannot be merged`);
      this.executions += executions;
      await ledger.done(epoch, { slice, text });
    } catch (error) {
      await ledger.giveBack(epoch, slice);
      throw error;
    }
    return true;
  }

  private async merge(track: Track<State>, epoch: Epoch): Promise<boolean> {
    const { ledger } = this.parts;
    if (await ledger.missing(epoch) > 0 || !await ledger.takeMerge(epoch)) return false;
    const results = await ledger.results(epoch);
    const spoilt = results.filter((result) => !track.hunt.accepts(track.state, epoch, result));
    // What is none of its results is made again.
    for (const { slice } of spoilt) await ledger.forget(epoch, slice);
    if (results.length - spoilt.length < epoch.slices.length) {
      await ledger.giveBackMerge(epoch);
      return false;
    }
    const before = track.hunt.progressOf(track.state).findings;
    const state = await track.hunt.merge(track.state, epoch, results, () => this.over);
    if (state === null) {
      await ledger.giveBackMerge(epoch);
      return true;
    }
    this.shrinkExecutions += track.hunt.progressOf(state).shrinkExecutions - track.hunt.progressOf(track.state).shrinkExecutions;
    await this.keep(track, before, state);
    if (track.hunt.archives) for (const { slice, text } of results) this.parts.folder.writeOnce(archiveOf(epoch.hunt, slice), text, false);
    track.advance(state);
    await ledger.close(epoch);
    return true;
  }

  /**
   * Saves what a state has found that the one before had not, and tells of it: before the state itself is saved, so that
   * whoever dies between the two tells twice, not never.
   */
  private async keep({ hunt }: Track<State>, before: readonly Finding[], state: State): Promise<void> {
    const { findings, corpus } = hunt.progressOf(state);
    const known = new Map(before.map((finding) => [finding.id, finding]));
    for (const finding of findings) {
      const was = known.get(finding.id);
      if (was !== undefined && serializeFinding(was) === serializeFinding(finding)) continue;
      this.parts.findings.save(finding);
      if (was === undefined) this.parts.found(finding, this.parts.findings.fileOf(finding.id));
      // There may be many, and their timelines take a while: signals are heard between them.
      await breathe();
    }
    const place = `${CORPUS}/${hunt.config.name}`;
    const there = new Set(corpus.length === 0 ? [] : this.parts.folder.list(place));
    for (const { id, text } of corpus) if (!there.has(`${id}.json`)) this.parts.folder.writeOnce(`${place}/${id}.json`, text(), false);
  }

  /**
   * Time is over within an epoch. What its finished slices have found is kept and counted now; they are merged with the others
   * when the campaign goes on, as if it had never stopped.
   */
  private async conclude(): Promise<void> {
    const until = this.parts.now() + MOST_CONCLUDING;
    for (const track of this.tracks) {
      const { hunt, state } = track;
      const epoch = hunt.epochOf(state);
      if (epoch === null) continue;
      const results = (await this.parts.ledger.results(epoch)).filter((result) => hunt.accepts(state, epoch, result));
      const after = await hunt.conclude(state, epoch, results, () => this.parts.now() > until);
      const before = hunt.progressOf(state);
      this.shrinkExecutions += hunt.progressOf(after).shrinkExecutions - before.shrinkExecutions;
      await this.keep(track, before.findings, after);
      track.concluded = after;
    }
  }

  /** Writes a line of statistics, if it is time. */
  private tell(last: boolean): void {
    this.stats.look(this.seconds, () => this.line(last), last);
  }

  private line(last: boolean): StatsLine {
    const all = this.tracks.map(({ hunt, state }) => hunt.progressOf(state));
    const sum = (of: (progress: HuntProgress) => number): number => all.reduce((total, progress) => total + of(progress), 0);
    const { executions, name, seconds } = this;
    const checks = this.tracks.map(({ hunt }) => hunt.checks);
    return {
      time: this.parts.now(), process: name, seconds, ended: last ? 1 : 0, executions, shrinkExecutions: this.shrinkExecutions,
      checked: checks.reduce((all, { made }) => all + made, 0), stable: checks.reduce((all, { same }) => all + same, 0),
      total: sum((progress) => progress.executions), coverage: sum(({ coverage }) => coverage), corpus: sum(({ corpus }) => corpus.length),
      findings: this.progress.reduce((total, { findings }) => total + findings.length, 0),
    };
  }
}

/** Longest time to shrink what the last slices have shown, ms: somebody waits. */
const MOST_CONCLUDING = 500;
