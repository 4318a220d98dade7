import { Prng, clear, mix, type ChoiceKind, type Chooser, type Decision, type Planned, type Release } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Question } from '../anchor.ts';
import type { Json } from '../json.ts';
import { sliceAt, type Slice } from '../slice.ts';
import type { Learning, Strategy } from '../strategy.ts';
import { BaseSearch, MOST_STALLS, contextOf, isDone, stepOfPosition, type Allowance, type Share } from './base-search.ts';
import {
  BEGINNING, MOST_BASES, baseId, mergeStall, type BaseLesson, type BaseState, type Parent, type StallLessons, type StallMemory,
} from './stall-memory.ts';
import { TraceTable } from './trace-table.ts';

/**
 * What each base gets in the first round (its own run), in the second, and at most later: executions as long
 * as the nominal one. A storm costs a thousand of them.
 */
const FIRST_SHARE = 1;
const SECOND_SHARE = 8;
const MOST_SHARE = 4096;
const MOST_DOUBLINGS = 16;
/** The nominal base is where the shortest schedules are: it gets so many shares. */
const NOMINAL_SHARES = 16;
/** New combinations of a round, beside half as many as there are bases. */
const COMBINATIONS = 8;
/** Departures of a base, questions kept of its run. */
const MOST_ANSWERS = 4;
const MOST_ASKED = 128;
/** Answers of which each is tried alone; of more, the greatest too. */
const ALL_ANSWERS = 20;

/** Schedules of all bases that are kept for extension: some 20 MB. */
const MOST_STEMS = 1 << 15;

/** Of the random numbers of the seed those that are its own. */
const STREAM = 0x57a11;

const QUIET: Release = { kind: 'quiet' };

/**
 * Systematic search by quiet stalls: singles, pairs and triples at every step, over *bases*: workloads,
 * faults and configurations, small first. First the nominal one, then every single departure from it, and
 * every departure that only such a one makes possible; then random combinations. In rounds, so that none
 * starves: in the first each base has its own run, in the others so many stalls.
 */
export class StallStrategy implements Strategy, Learning, Chooser {
  readonly name = 'stall';
  readonly learning: Learning = this;
  readonly plan: Planned[] = [];
  private readonly system: System;
  private readonly seed: number;
  private readonly prng: Prng;
  private readonly traces = new TraceTable();
  private readonly pool: { actor: string; step: number; release: Release }[] = [];
  private memory: StallMemory = BEGINNING;
  /** What the nominal run asks. */
  private plain = new Set<string>();
  /** Bases there were before this slice, and those that it has made. */
  private known = new Set<number>();
  private readonly made = new Set<number>();
  /** Those of before this slice of which something is left to be tried. */
  private stems = 0;
  private slice = sliceAt(0);
  private allowance: Allowance = { left: MOST_STEMS };
  /** The bases of this slice that have something left, and all that it has touched. */
  private bases: Base[] = [];
  private readonly touched: Base[] = [];
  private readonly parents: Parent[] = [];
  private turn = 0;
  private round = 1;
  private nominalSteps = 1;
  private current: Base;
  private recording = false;
  private readonly asked: Question[] = [];

  constructor(system: System, seed: number) {
    this.system = system;
    this.seed = seed;
    this.prng = new Prng(seed, STREAM);
    for (let i = 0; i < MOST_STALLS; i++) this.pool.push({ actor: '', step: 0, release: QUIET });
    this.load(BEGINNING);
    this.enter(this.slice);
    this.current = this.bases[0];
  }

  recall(memory: Json): void {
    const recalled = (memory ?? BEGINNING) as unknown as StallMemory;
    this.traces.forget();
    if (recalled !== this.memory) this.load(recalled);
  }

  private load(memory: StallMemory): void {
    this.memory = memory;
    this.traces.fill(memory.traces);
    this.known = new Set(memory.known);
    this.stems = 0;
    for (const { stems } of memory.bases) for (const level of stems) this.stems += level.filter((stem) => !isDone(stem)).length;
    this.plain = new Set(memory.parents.find(({ answers }) => answers.length === 0)?.asked.map(nameOf));
  }

  lessons(): Json {
    const lessons: StallLessons = {
      nominalSteps: this.nominalSteps, bases: this.touched.map((base) => base.lesson), parents: [...this.parents], traces: [...this.traces.added],
    };
    return lessons as unknown as Json;
  }

  merge(memory: Json, lessons: readonly Json[]): Json {
    return mergeStall((memory ?? BEGINNING) as unknown as StallMemory, lessons as unknown as readonly StallLessons[]) as unknown as Json;
  }

  /** The nominal base is divided among the slices of an epoch stem by stem, the others are dealt out whole. */
  enter(slice: Slice): void {
    const { memory, prng } = this;
    const { index, turn, of } = slice;
    this.slice = slice;
    prng.reseed(this.seed, index === 0 ? STREAM : mix(STREAM, index));
    this.made.clear();
    this.parents.length = this.touched.length = 0;
    this.turn = 0;
    this.nominalSteps = memory.nominalSteps;
    const allowance = this.allowance = { left: MOST_STEMS - this.stems };
    this.bases = memory.bases.filter(({ answers }, i) => answers.length === 0 || i % of === turn)
      .map((state) => new Base(state, prng, allowance, state.answers.length === 0 ? slice : WHOLE));
    this.round = Math.max(1, ...this.bases.map(({ round }) => round));
    for (const base of this.bases) while (base.round < this.round) this.grant(base, base.round + 1);
  }

  begin(_execution: number): Chooser | null {
    if (!this.select()) return null;
    const { plan, pool } = this;
    const current = this.current.search;
    const { contexts } = this.system.sim;
    this.system.trackTraces = true;
    this.recording = current.stalls.length === 0;
    clear(this.asked);
    clear(plan);
    for (let i = 0; i < current.stalls.length; i++) {
      pool[i].actor = contexts[contextOf(current.stalls[i])].name;
      pool[i].step = stepOfPosition(current.stalls[i]);
      plan.push(pool[i]);
    }
    return this;
  }

  draw(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number {
    if (this.recording && kind !== 'order' && this.asked.length < MOST_ASKED) {
      this.asked.push({ kind, actor, step, label, rank: 0, n });
    }
    const { answers } = this.current.state;
    for (let i = 0; i < answers.length; i++) {
      const answer = answers[i];
      if (answer.step === step && answer.actor === actor && answer.kind === kind) {
        const value = answer.value as number;
        return value < n ? value : 0;
      }
    }
    return 0;
  }

  end(outcome: Outcome): void {
    const { current } = this;
    const { answers } = current.state;
    current.credit -= outcome.steps;
    if (this.recording && answers.length === 0) {
      this.nominalSteps = outcome.steps;
      current.credit = this.shareOf(current, this.round) - outcome.steps;
    }
    // A system that is observed for data races computes no traces: there every run counts by its own hash.
    const hash = outcome.traceHash === 0 ? outcome.hash : outcome.traceHash;
    if (this.traces.add(hash) || this.recording) current.search.extend(this.system.sim.contexts);
    if (!this.recording) return;
    this.recording = false;
    if (answers.length >= MOST_ANSWERS || this.parentCount >= MOST_BASES) return;
    const asked = [...this.asked];
    if (answers.length === 0) {
      this.addEach([], asked);
      for (const question of asked) this.plain.add(nameOf(question));
    }
    if (answers.length === 1) this.addEach(answers, this.freshOf(asked));
    if (asked.length > 0) this.parents.push({ answers, asked });
  }

  /** Chooses the base whose turn it is, and its next schedule. */
  private select(): boolean {
    for (;;) {
      if (this.turn >= this.bases.length) {
        this.turn = 0;
        this.addCombinations();
        if (this.bases.length === 0) return false;
        this.round++;
        for (const base of this.bases) this.grant(base, this.round);
      }
      const base = this.bases[this.turn];
      this.current = base;
      if (base.credit <= 0) {
        this.turn++;
        continue;
      }
      if (!base.touched) this.touched.push(base);
      base.touched = true;
      if (base.search.next()) return true;
      this.bases.splice(this.turn, 1); // nothing left in it
    }
  }

  private grant(base: Base, round: number): void {
    base.round = round;
    base.credit += this.shareOf(base, round);
  }

  /** What a base gets in a round, steps. */
  private shareOf({ state, share }: Base, round: number): number {
    const shares = round === 1 ? FIRST_SHARE : Math.min(SECOND_SHARE << Math.min(round - 2, MOST_DOUBLINGS), MOST_SHARE);
    return Math.ceil(this.nominalSteps * (state.answers.length === 0 ? shares * NOMINAL_SHARES : shares) / share.of);
  }

  private get parentCount(): number {
    return this.memory.parents.length + this.parents.length;
  }

  /** The part of what a run has asked that the nominal one did not ask. */
  private freshOf(asked: readonly Question[]): readonly Question[] {
    return asked.filter((question) => !this.plain.has(nameOf(question)));
  }

  /** A base more for each question answered otherwise, least answers first. */
  private addEach(answers: readonly Decision[], questions: readonly Question[]): void {
    for (let value = 1; value < ALL_ANSWERS; value++) {
      for (const question of questions) {
        if (value < question.n) this.addBase(answers, question, value);
        if (value === 1 && question.n > ALL_ANSWERS) this.addBase(answers, question, question.n - 1);
      }
    }
  }

  /** Half as many bases again, each made of one that has run and one more question that it asked. */
  private addCombinations(): void {
    const { prng, memory, parents } = this;
    const wanted = Math.min(MOST_BASES - this.baseCount, Math.ceil(COMBINATIONS / this.slice.of) + (this.bases.length >> 1));
    // Attempts are bounded: small systems run out of combinations.
    for (let i = 0, added = 0; i < 4 * wanted && added < wanted && this.parentCount > 0; i++) {
      const at = prng.below(this.parentCount);
      const { answers, asked } = memory.parents[at] ?? parents[at - memory.parents.length];
      const fresh = this.freshOf(asked);
      const pool = fresh.length > 0 && prng.oneIn(2) ? fresh : asked;
      const question = pool[prng.below(pool.length)];
      const value = 1 + prng.below(Math.min(question.n - 1, 1 << prng.below(32 - Math.clz32(question.n))));
      if (this.addBase(answers, question, value)) added++;
    }
  }

  private get baseCount(): number {
    return this.memory.bases.length + this.made.size;
  }

  private addBase(answers: readonly Decision[], { kind, actor, step, label, n }: Question, value: number): boolean {
    if (n < 2 || answers.some((a) => a.kind === kind && a.actor === actor && a.step === step)) return false;
    const all = [...answers, { kind, actor, step, label, value }];
    const id = baseId(all);
    if (this.known.has(id) || this.made.has(id)) return false;
    this.made.add(id);
    const base = new Base({ id, answers: all, credit: 0, round: this.round, started: false, stems: [] }, this.prng, this.allowance, WHOLE);
    base.credit = 1;
    this.bases.push(base);
    this.touched.push(base);
    base.touched = true;
    return true;
  }
}

const WHOLE: Share = { turn: 0, of: 1 };

/** A base of a slice. */
class Base {
  readonly state: BaseState;
  readonly share: Share;
  round: number;
  credit: number;
  touched = false;
  private readonly granted: number;
  private readonly prng: Prng;
  private readonly allowance: Allowance;
  private made: BaseSearch | null = null;

  constructor(state: BaseState, prng: Prng, allowance: Allowance, share: Share) {
    this.state = state;
    this.share = share;
    this.prng = prng;
    this.allowance = allowance;
    this.round = state.round;
    this.granted = this.credit = Math.ceil(state.credit / share.of);
  }

  /** Made when it is needed: most bases wait for their turn. */
  get search(): BaseSearch {
    const { state, prng, allowance, share } = this;
    this.made ??= new BaseSearch(state.answers, prng, allowance, state, share);
    return this.made;
  }

  get lesson(): BaseLesson {
    const { state: { id, answers, started }, round, credit, granted, made } = this;
    return {
      id, answers, round, credit: credit - granted, started: made?.started ?? started, progress: made?.progress ?? [], added: made?.added ?? [],
    };
  }
}

function nameOf({ actor, label, n }: Question): string {
  return `${actor} ${label} ${n}`;
}
