import { Prng, type ChoiceKind, type Chooser, type Decision, type Planned, type Release } from '../sim/index.ts';
import type { Outcome, System } from '../scenarios/system.ts';
import type { Question } from './anchor.ts';
import { BaseSearch, MOST_STALLS, contextOf, stepOfPosition, type Allowance } from './base-search.ts';
import type { Strategy } from './strategy.ts';
import { TraceTable } from './trace-table.ts';

/** Executions that each base gets in the first round, and at most in a later one. */
const FIRST_SHARE = 16;
const MOST_SHARE = 4096;
/** The nominal base is where the shortest schedules are: it gets so many shares. */
const NOMINAL_SHARES = 4;
/** Bases at a time, departures of a base, questions kept of its run. */
const MOST_BASES = 1024;
const MOST_ANSWERS = 4;
const MOST_ASKED = 128;
/** Up to this number of answers all are tried alone, else the least and the greatest. */
const ALL_ANSWERS = 32;

/** Schedules of all bases that are kept for extension: some 20 MB. */
const MOST_STEMS = 1 << 15;

/** Answers that have run, and what that run asked: others can be made of it. */
interface Parent {
  readonly answers: readonly Decision[];
  readonly asked: readonly Question[];
}

const QUIET: Release = { kind: 'quiet' };

/**
 * Systematic search by quiet stalls: singles, pairs and triples at every step, over *bases*: workloads,
 * faults and configurations, small first. First the nominal one, then every single departure from it,
 * then random combinations; in rounds, so that none starves.
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
  private turn = 0;
  private share = FIRST_SHARE;
  private left = FIRST_SHARE * NOMINAL_SHARES;
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
    this.asked.length = 0;
    plan.length = 0;
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
    // A system that is observed for data races computes no traces: there every run counts by its own hash.
    const hash = outcome.traceHash === 0 ? outcome.hash : outcome.traceHash;
    if (this.traces.add(hash) || this.recording) current.extend(this.system.sim.contexts);
    if (!this.recording) return;
    this.recording = false;
    const { answers } = current;
    if (answers.length < MOST_ANSWERS && this.asked.length > 0 && this.parents.length < MOST_BASES) {
      this.parents.push({ answers, asked: [...this.asked] });
    }
    if (answers.length === 0) this.addSingles();
  }

  /** Chooses the base whose turn it is, and its next schedule. */
  private select(): boolean {
    for (;;) {
      if (this.turn >= this.bases.length) {
        this.turn = 0;
        this.share = Math.min(this.share * 2, MOST_SHARE);
        this.addCombinations();
        if (this.bases.length === 0) return false;
        this.left = this.shareOf(this.bases[0]);
      }
      const base = this.bases[this.turn];
      this.current = base;
      if (this.left > 0 && base.next()) {
        this.left--;
        return true;
      }
      if (this.left > 0) this.bases.splice(this.turn, 1); // nothing left in it
      else this.turn++;
      if (this.turn < this.bases.length) this.left = this.shareOf(this.bases[this.turn]);
    }
  }

  private shareOf(base: BaseSearch): number {
    return base.answers.length === 0 ? this.share * NOMINAL_SHARES : this.share;
  }

  /** Every question of the nominal run answered otherwise, least answers first. */
  private addSingles(): void {
    for (let value = 1; value < ALL_ANSWERS; value++) {
      for (const question of this.asked) {
        if (value < question.n) this.addBase([], question, value);
        if (value === 1 && question.n > ALL_ANSWERS) this.addBase([], question, question.n - 1);
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
      const question = parent.asked[prng.below(parent.asked.length)];
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
