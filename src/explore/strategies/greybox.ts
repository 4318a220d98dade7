import { Prng, formatRelease, type Chooser, type Decision, type Release } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import { AnchoredChooser } from '../anchor.ts';
import { normalise, place } from '../schedule.ts';
import type { Json } from '../json.ts';
import { SLICE, type Slice } from '../slice.ts';
import type { Learning, Shown, Strategy } from '../strategy.ts';
import { Corpus, fittest, type Seed } from './corpus.ts';
import { Coverage, SLOTS } from './coverage.ts';
import { LADDER, RandomStrategy } from './random.ts';
import { StepSampler } from './step-sampler.ts';

/** Of so many executions one is new from the ground up; of the first ones, each. */
const FRESH = 4;
const FIRST = 32;
/** Of so many children one has two parents. */
const SPLICE = 4;
/** Changes of a child: this many, or half as likely one more. */
const MOST_CHANGES = 6;
/** Decisions of a schedule, at most. */
const MOST_DECISIONS = 24;
/** How far a stall is moved at a time, steps. */
const FARTHEST = 8;

/** What is known of the system: features with the number of executions that have shown each, by turns; and the corpus. */
interface Memory {
  readonly hits: readonly number[];
  readonly seeds: readonly Seed[];
}

const NOTHING: Memory = { hits: [], seeds: [] };

/** Of a slice: hits and seeds that came; and how often seeds that were there were taken, by index. */
interface Lessons extends Memory {
  readonly taken: readonly (readonly [number, number])[];
}

/**
 * Coverage-guided search, as fuzzers do it (AFL; for schedules: Wolff et al., Greybox Fuzzing for Concurrency Testing,
 * ASPLOS 2024). A schedule that shows what none has shown before, by {@link Coverage}, becomes a seed. Children are made
 * of seeds that show what is rare: a stall or an answer is added, moved, changed or dropped, or the beginning of one
 * schedule is joined to the end of another. New blood comes from the random strategy.
 */
export class GreyboxStrategy implements Strategy, Learning {
  readonly name = 'greybox';
  readonly learning: Learning = this;
  private readonly system: System;
  private readonly seed: number;
  private readonly prng: Prng;
  private readonly coverage: Coverage;
  private readonly corpus: Corpus;
  private readonly random: RandomStrategy;
  private readonly sampler: StepSampler;
  /** Who answers in this execution; null: the random strategy. */
  private child: AnchoredChooser | null = null;
  /** Executions that the random strategy has had. */
  private fresh = 0;

  constructor(system: System, seed: number) {
    this.system = system;
    this.seed = seed;
    this.prng = new Prng(seed, 0x93e7);
    this.coverage = new Coverage(system);
    this.corpus = new Corpus(this.coverage);
    this.random = new RandomStrategy(system, seed);
    this.sampler = new StepSampler(system.sim, this.prng);
  }

  recall(memory: Json): void {
    const { hits, seeds } = (memory ?? NOTHING) as unknown as Memory;
    this.coverage.recall(hits);
    this.corpus.recall(seeds);
  }

  lessons(): Json {
    const lessons: Lessons = { hits: this.coverage.lessons(), ...this.corpus.lessons() };
    return lessons as unknown as Json;
  }

  merge(memory: Json, lessons: readonly Json[]): Json {
    const before = (memory ?? NOTHING) as unknown as Memory;
    const all = lessons as unknown as readonly Lessons[];
    const hits = new Int32Array(SLOTS);
    const count = (pairs: readonly number[]): void => {
      for (let i = 0; i < pairs.length; i += 2) hits[pairs[i]] += pairs[i + 1];
    };
    count(before.hits);
    const seeds = [...before.seeds];
    for (const [i, seed] of before.seeds.entries()) {
      const taken = all.reduce((sum, lesson) => sum + (lesson.taken.find(([index]) => index === i)?.[1] ?? 0), seed.taken);
      if (taken > seed.taken) seeds[i] = { ...seed, taken };
    }
    for (const lesson of all) {
      // What an earlier slice has shown as well is nothing new.
      seeds.push(...lesson.seeds.filter(({ features }) => features.some((feature) => hits[feature] === 0)));
      count(lesson.hits);
    }
    const merged: Memory = { hits: [...hits.entries()].flatMap(([feature, n]) => (n > 0 ? [feature, n] : [])), seeds: fittest(seeds, hits) };
    return merged as unknown as Json;
  }

  shown(memory: Json): Shown {
    const { hits, seeds } = (memory ?? NOTHING) as unknown as Memory;
    let once = 0;
    for (let i = 1; i < hits.length; i += 2) if (hits[i] === 1) once++;
    return { features: hits.length / 2, once, seeds };
  }

  enter(slice: Slice, seen = slice.index > 0): void {
    this.fresh = slice.index * SLICE;
    this.random.enter(slice, seen);
    this.sampler.enter(!seen, this.system);
    this.child = null;
  }

  begin(execution: number, age = execution): Chooser {
    const { prng, corpus, sampler } = this;
    prng.reseed(this.seed, -1 - execution);
    this.child = execution < FIRST || corpus.size === 0 || prng.oneIn(FRESH) ? null : new AnchoredChooser(this.breed());
    // Each of the observers passes on to the one before it: last come, first gone.
    const chooser = this.child ?? this.random.begin(this.fresh++, age);
    if (this.child !== null) this.system.trackTraces = false;
    sampler.begin(execution);
    this.coverage.attach();
    return chooser;
  }

  end(outcome: Outcome): void {
    const { child, corpus } = this;
    const fresh = this.coverage.detach();
    this.sampler.end();
    if (child === null) this.random.end(outcome);
    if (fresh > 0 && outcome.taken.length <= MOST_DECISIONS) corpus.add(normalise(outcome.taken), child?.asked ?? []);
  }

  /** A child of one seed, or of two. */
  private breed(): { readonly decision: Decision; readonly rank: number }[] {
    const { prng, corpus } = this;
    const mother = corpus.draw(prng);
    let decisions: Decision[] = [...mother.decisions];
    if (prng.oneIn(SPLICE)) decisions = this.splice(decisions, corpus.draw(prng).decisions);
    let changes = 1;
    while (changes < MOST_CHANGES && prng.oneIn(2)) changes++;
    for (let i = 0; i < changes; i++) this.change(decisions, mother);
    const places = new Set<string>();
    return decisions.filter((decision) => {
      const at = place(decision);
      return !places.has(at) && places.add(at);
    }).map((decision) => ({ decision, rank: -1 }));
  }

  /** The beginning of one and the end of the other. */
  private splice(one: readonly Decision[], other: readonly Decision[]): Decision[] {
    const { prng } = this;
    return [...one.slice(0, prng.below(one.length + 1)), ...other.slice(prng.below(other.length + 1))];
  }

  private change(decisions: Decision[], { asked }: Seed): void {
    const { prng } = this;
    const at = prng.below(Math.max(1, decisions.length));
    const decision = decisions[at];
    switch (decision === undefined ? prng.below(2) : prng.below(6)) {
      case 0:
      case 1:
        this.add(decisions, asked);
        return;
      case 2:
        decisions.splice(at, 1);
        return;
      case 3:
      case 4:
        if (decision.kind !== 'stall') break;
        decisions[at] = { ...decision, step: Math.max(0, decision.step + (prng.oneIn(2) ? 1 : -1) * (1 + prng.below(FARTHEST))) };
        return;
      default:
        if (decision.kind !== 'stall') break;
        decisions[at] = { ...decision, value: formatRelease(this.release()) };
        return;
    }
    const n = asked.find((q) => q.kind === decision.kind && q.actor === decision.actor && q.step === decision.step)?.n ?? 2;
    decisions[at] = { ...decision, value: 1 + prng.below(Math.max(1, n - 1)) };
  }

  /** A stall more, or another answer to a question that its run asked. */
  private add(decisions: Decision[], asked: Seed['asked']): void {
    const { prng, sampler } = this;
    if (decisions.length >= MOST_DECISIONS) return;
    if (asked.length > 0 && prng.oneIn(3)) {
      const { kind, actor, step, label, n } = asked[prng.below(asked.length)];
      if (n >= 2) decisions.push({ kind, actor, step, label, value: 1 + prng.below(n - 1) });
    } else if (sampler.draw()) {
      const { actor, step } = sampler;
      decisions.push({ kind: 'stall', actor, step, label: '', value: formatRelease(this.release()) });
    }
  }

  private release(): Release {
    const { prng, sampler } = this;
    switch (prng.below(8)) {
      case 0:
        return { kind: 'timeouts', n: 1 + prng.below(2) };
      case 1:
        return sampler.draw() ? { kind: 'until', actor: sampler.actor, step: sampler.step } : { kind: 'quiet' };
      case 2:
        return { kind: 'for', ps: LADDER[prng.below(LADDER.length)] };
      default:
        return { kind: 'quiet' };
    }
  }
}
