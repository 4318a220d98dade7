import type { Decision, Prng } from '../../sim/index.ts';
import type { Question } from '../anchor.ts';
import type { Coverage } from './coverage.ts';

/** A schedule that has shown something new. */
export interface Seed {
  readonly decisions: readonly Decision[];
  /** What its run asked. */
  readonly asked: readonly Question[];
  /** What it has shown that was rare then, rarest first. */
  readonly features: readonly number[];
  /** How often it was taken for a parent. */
  readonly taken: number;
}

/** Schedules that are kept; beyond that the one that shows the most common goes. */
export const MOST_SEEDS = 512;
/** Features by which a schedule is remembered, rarest first. */
const MOST_FEATURES = 16;
/** Seeds among which the rarest is taken. */
const TOURNAMENT = 4;

/** Schedules that reached what none had reached before. Parents are preferred that show what is rare, and are fresh. */
export class Corpus {
  private readonly coverage: Coverage;
  private known: readonly Seed[] = [];
  private readonly added: Seed[] = [];
  /** How often each was taken in this slice: those that were known, then those that it has added. */
  private readonly taken: number[] = [];

  constructor(coverage: Coverage) {
    this.coverage = coverage;
  }

  get size(): number {
    return this.known.length + this.added.length;
  }

  /** From now on only these are known. */
  recall(seeds: readonly Seed[]): void {
    this.known = seeds;
    this.added.length = 0;
    this.taken.length = 0;
    for (let i = 0; i < seeds.length; i++) this.taken.push(0);
  }

  /** Schedules that came since, and [index, times] of those known before that were taken for parents. */
  lessons(): { readonly seeds: readonly Seed[]; readonly taken: readonly (readonly [number, number])[] } {
    const { known, added, taken } = this;
    return {
      seeds: added.map((seed, i) => ({ ...seed, taken: taken[known.length + i] })),
      taken: known.flatMap((_seed, i) => (taken[i] > 0 ? [[i, taken[i]] as const] : [])),
    };
  }

  add(decisions: readonly Decision[], asked: readonly Question[]): void {
    const { hits, features } = this.coverage;
    const rarest = features.toSorted((a, b) => hits[a] - hits[b] || a - b).slice(0, MOST_FEATURES);
    this.added.push({ decisions: decisions.map((d) => ({ ...d })), asked: [...asked], features: rarest, taken: 0 });
    this.taken.push(0);
    if (this.added.length > MOST_SEEDS) this.drop();
  }

  /** One of the better ones. */
  draw(prng: Prng): Seed {
    let best = prng.below(this.size);
    let least = this.cost(best);
    for (let i = 1; i < TOURNAMENT; i++) {
      const other = prng.below(this.size);
      const cost = this.cost(other);
      if (cost >= least) continue;
      best = other;
      least = cost;
    }
    this.taken[best]++;
    return this.at(best);
  }

  /** The worst of those that were added goes. */
  private drop(): void {
    const { known, added, taken } = this;
    let worst = known.length;
    for (let i = worst + 1; i < this.size; i++) if (this.cost(i) > this.cost(worst)) worst = i;
    added.splice(worst - known.length, 1);
    taken.splice(worst, 1);
  }

  private at(index: number): Seed {
    const { known, added } = this;
    return index < known.length ? known[index] : added[index - known.length];
  }

  private cost(index: number): number {
    const { features, taken } = this.at(index);
    return costOf(this.coverage.hits, features, taken + this.taken[index]);
  }
}

function costOf(hits: Int32Array, features: readonly number[], taken: number): number {
  let least = hits.length;
  for (let i = 0; i < features.length; i++) if (hits[features[i]] < least) least = hits[features[i]];
  return least * (1 + taken);
}

/** The better ones of too many. */
export function fittest(seeds: readonly Seed[], hits: Int32Array): readonly Seed[] {
  if (seeds.length <= MOST_SEEDS) return seeds;
  const costs = seeds.map(({ features, taken }) => costOf(hits, features, taken));
  // Of equals the older goes.
  const order = [...costs.keys()].sort((a, b) => costs[a] - costs[b] || b - a).slice(0, MOST_SEEDS);
  return order.sort((a, b) => a - b).map((i) => seeds[i]);
}
