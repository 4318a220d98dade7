import type { Decision, Prng } from '../../sim/index.ts';
import type { Question } from '../anchor.ts';
import type { Coverage } from './coverage.ts';

/** A schedule that has shown something new. */
export interface Seed {
  readonly decisions: readonly Decision[];
  /** What its run asked. */
  readonly asked: readonly Question[];
  /** What it has shown that was rare then. */
  readonly features: readonly number[];
  /** How often it was taken for a parent. */
  taken: number;
}

/** Schedules that are kept; beyond that the one that shows the most common goes. */
const MOST_SEEDS = 512;
/** Features by which a schedule is remembered, rarest first. */
const MOST_FEATURES = 16;
/** Seeds among which the rarest is taken. */
const TOURNAMENT = 4;

/** Schedules that reached what none had reached before. Parents are preferred that show what is rare, and are fresh. */
export class Corpus {
  private readonly coverage: Coverage;
  private readonly seeds: Seed[] = [];

  constructor(coverage: Coverage) {
    this.coverage = coverage;
  }

  get size(): number {
    return this.seeds.length;
  }

  add(decisions: readonly Decision[], asked: readonly Question[]): void {
    const { hits, features } = this.coverage;
    const rarest = features.toSorted((a, b) => hits[a] - hits[b] || a - b).slice(0, MOST_FEATURES);
    this.seeds.push({ decisions: decisions.map((d) => ({ ...d })), asked: [...asked], features: rarest, taken: 0 });
    if (this.seeds.length > MOST_SEEDS) this.seeds.splice(this.worst(), 1);
  }

  /** One of the better ones. */
  draw(prng: Prng): Seed {
    const { seeds } = this;
    let best = seeds[prng.below(seeds.length)];
    let least = this.cost(best);
    for (let i = 1; i < TOURNAMENT; i++) {
      const other = seeds[prng.below(seeds.length)];
      const cost = this.cost(other);
      if (cost >= least) continue;
      best = other;
      least = cost;
    }
    best.taken++;
    return best;
  }

  private cost({ features, taken }: Seed): number {
    return this.coverage.rarity(features) * (1 + taken);
  }

  private worst(): number {
    let worst = 0;
    for (let i = 1, most = this.cost(this.seeds[0]); i < this.seeds.length; i++) {
      const cost = this.cost(this.seeds[i]);
      if (cost <= most) continue;
      most = cost;
      worst = i;
    }
    return worst;
  }
}
