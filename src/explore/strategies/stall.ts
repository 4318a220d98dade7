import { Prng, clear, type ChoiceKind, type Chooser, type Decision, type Planned, type Release } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Question } from '../anchor.ts';
import { BaseSearch, MOST_STALLS, contextOf, stepOfPosition, type Allowance } from './base-search.ts';
import type { Strategy } from '../strategy.ts';
import { TraceTable } from './trace-table.ts';

/**
 * What each base gets in the first round (its own run), in the second, and at most later: executions as long
 * as the nominal one. A storm costs a thousand of them.
 */
const FIRST_SHARE = 1;
const SECOND_SHARE = 8;
const MOST_SHARE = 4096;
/** The nominal base is where the shortest schedules are: it gets so many shares. */
const NOMINAL_SHARES = 16;
/** Bases at a time, departures of a base, questions kept of its run. */
const MOST_BASES = 1024;
const MOST_ANSWERS = 4;
const MOST_ASKED = 128;
/** Answers of which each is tried alone; of more, the greatest too. */
const ALL_ANSWERS = 20;

/** Schedules of all bases that are kept for extension: some 20 MB. */
const MOST_STEMS = 1 << 15;

/** Answers that have run, and what that run asked: others can be made of it. */
interface Parent {
  readonly answers: readonly Decision[];
  readonly asked: readonly Question[];
  /** The part of it that the nominal run did not ask. */
  readonly fresh: readonly Question[];
}

const QUIET: Release = { kind: 'quiet' };

/**
 * Systematic search by quiet stalls: singles, pairs and triples at every step, over *bases*: workloads,
 * faults and configurations, small first. First the nominal one, then every single departure from it, and
 * every departure that only such a one makes possible; then random combinations. In rounds, so that none
 * starves: in the first each base has its own run, in the others so many stalls.
 */
export class StallStrategy implements Strategy, Chooser {
  readonly name = 'stall';
  readonly plan: Planned[] = [];
  private readonly system: System;
  private readonly prng: Prng;
  private readonly traces = new TraceTable();
  private readonly pool: { actor: string; step: number; release: Release }[] = [];
  private readonly allowance: Allowance = { left: MOST_STEMS };
  private readonly bases: BaseSearch[];
  private readonly parents: Parent[] = [];
  private readonly known = new Set<string>();
  /** What the nominal run asks. */
  private readonly plain = new Set<string>();
  private turn = 0;
  private share = FIRST_SHARE;
  private nominalSteps = 1;
  private current: BaseSearch;
  private recording = false;
  private readonly asked: Question[] = [];

  constructor(system: System, seed: number) {
    this.system = system;
    this.prng = new Prng(seed, 0x57a11);
    for (let i = 0; i < MOST_STALLS; i++) this.pool.push({ actor: '', step: 0, release: QUIET });
    this.current = new BaseSearch([], this.prng, this.allowance);
    this.bases = [this.current];
    this.known.add('');
  }

  begin(_execution: number): Chooser | null {
    if (!this.select()) return null;
    const { plan, pool, current } = this;
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
    const { answers } = this.current;
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
    current.credit -= outcome.steps;
    if (this.recording && current.answers.length === 0) {
      this.nominalSteps = outcome.steps;
      current.credit = this.shareOf(current) - outcome.steps;
    }
    // A system that is observed for data races computes no traces: there every run counts by its own hash.
    const hash = outcome.traceHash === 0 ? outcome.hash : outcome.traceHash;
    if (this.traces.add(hash) || this.recording) current.extend(this.system.sim.contexts);
    if (!this.recording) return;
    this.recording = false;
    const { answers } = current;
    if (answers.length >= MOST_ANSWERS || this.parents.length >= MOST_BASES) return;
    const asked = [...this.asked];
    if (answers.length === 0) {
      this.addEach([], asked);
      for (const question of asked) this.plain.add(nameOf(question));
    }
    const fresh = asked.filter((question) => !this.plain.has(nameOf(question)));
    if (answers.length === 1) this.addEach(answers, fresh);
    if (asked.length > 0) this.parents.push({ answers, asked, fresh });
  }

  /** Chooses the base whose turn it is, and its next schedule. */
  private select(): boolean {
    for (;;) {
      if (this.turn >= this.bases.length) {
        this.turn = 0;
        this.share = this.share === FIRST_SHARE ? SECOND_SHARE : Math.min(this.share * 2, MOST_SHARE);
        this.addCombinations();
        if (this.bases.length === 0) return false;
        for (const base of this.bases) base.credit += this.shareOf(base);
      }
      const base = this.bases[this.turn];
      this.current = base;
      if (base.credit <= 0) this.turn++;
      else if (base.next()) return true;
      else this.bases.splice(this.turn, 1); // nothing left in it
    }
  }

  /** What a base gets in this round, steps. */
  private shareOf(base: BaseSearch): number {
    return this.nominalSteps * (base.answers.length === 0 ? this.share * NOMINAL_SHARES : this.share);
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
    const { prng, parents } = this;
    const wanted = Math.min(MOST_BASES - this.bases.length, 8 + (this.bases.length >> 1));
    // Attempts are bounded: small systems run out of combinations.
    for (let i = 0, added = 0; i < 4 * wanted && added < wanted && parents.length > 0; i++) {
      const parent = parents[prng.below(parents.length)];
      const pool = parent.fresh.length > 0 && prng.oneIn(2) ? parent.fresh : parent.asked;
      const question = pool[prng.below(pool.length)];
      const value = 1 + prng.below(Math.min(question.n - 1, 1 << prng.below(32 - Math.clz32(question.n))));
      if (this.addBase(parent.answers, question, value)) added++;
    }
  }

  private addBase(answers: readonly Decision[], { kind, actor, step, label, n }: Question, value: number): boolean {
    if (n < 2 || answers.some((a) => a.kind === kind && a.actor === actor && a.step === step)) return false;
    const all = [...answers, { kind, actor, step, label, value }];
    const key = all.map((a) => `${a.kind} ${a.actor}#${a.step}=${a.value}`).sort().join('\n');
    if (this.known.has(key)) return false;
    this.known.add(key);
    this.bases.push(new BaseSearch(all, this.prng, this.allowance));
    return true;
  }
}

function nameOf({ actor, label, n }: Question): string {
  return `${actor} ${label} ${n}`;
}
