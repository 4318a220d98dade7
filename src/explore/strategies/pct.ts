import type { Context, Prng } from '../../sim/index.ts';
import type { Json } from '../json.ts';
import type { Learning } from '../strategy.ts';
import { Priorities, type Sampler } from './sampler.ts';

/** The depths that `--strategy pct` takes by turns: bugs that need 1, 2 or 4 preemptions at the right place. */
export const PCT_DEPTHS: readonly number[] = [2, 3, 5];

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatti: A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs, ASPLOS 2010).
 *
 * Every context has a random priority, and the highest that could take a step takes it. At d - 1 steps, drawn from all
 * k of an execution, whoever has just taken it falls below all others. A bug of depth d among n contexts is met with a
 * chance of at least 1 / (n k^(d-1)).
 *
 * k is learnt: the most steps that an execution has taken so far, raised whenever one takes more.
 */
export class PctSampler implements Sampler, Learning {
  readonly learning: Learning = this;
  private readonly depths: readonly number[];
  private readonly priorities = new Priorities();
  private readonly changes: number[] = [];
  private depth = 1;
  private taken = 0;
  private most = 1;

  constructor(depths: readonly number[] = PCT_DEPTHS) {
    this.depths = depths;
  }

  /** k: the most steps of an execution so far. */
  get steps(): number {
    return this.most;
  }

  /** The memory is k. */
  recall(memory: Json): void {
    this.most = memory === null ? 1 : memory as number;
  }

  lessons(): Json {
    return this.most;
  }

  merge(memory: Json, lessons: readonly Json[]): Json {
    return Math.max(memory as number | null ?? 1, ...lessons as readonly number[]);
  }

  begin(prng: Prng, execution: number): void {
    const { changes, depths } = this;
    this.depth = depths[execution % depths.length];
    this.priorities.begin(prng);
    this.taken = 0;
    changes.length = 0;
    for (let i = 1; i < this.depth; i++) changes.push(prng.below(this.most));
  }

  pick(all: readonly Context[]): Context {
    // Those below `depth` are kept for whoever falls.
    return this.priorities.highest(all, this.depth);
  }

  took(ctx: Context): void {
    const { changes } = this;
    for (let i = 0; i < changes.length; i++) if (changes[i] === this.taken) this.priorities.set(ctx, i);
    this.taken++;
  }

  end(): void {
    if (this.taken > this.most) this.most = this.taken;
  }
}
