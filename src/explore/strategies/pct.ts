import type { Context, Prng } from '../../sim/index.ts';
import type { Json } from '../json.ts';
import type { Learning } from '../strategy.ts';
import { Priorities, type Sampler } from './sampler.ts';

/** Executions from whose lengths k is drawn. */
export const PCT_HISTORY = 16;

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
 * k is learnt: the steps of one of the last {@link PCT_HISTORY} executions, drawn for each. The most that any has taken would be set for good by
 * the first storm of a hunt: of a hundred times the steps of an ordinary run, in which no change would come any more.
 */
export class PctSampler implements Sampler, Learning {
  readonly learning: Learning = this;
  private readonly depths: readonly number[];
  private readonly priorities = new Priorities();
  private readonly changes: number[] = [];
  private depth = 1;
  private taken = 0;
  /** Steps of the last executions, each at least 1, the latest last. */
  private recent: readonly number[] = [];

  constructor(depths: readonly number[] = PCT_DEPTHS) {
    this.depths = depths;
  }

  /** From which k is drawn; none: it is 1. */
  get lengths(): readonly number[] {
    return this.recent;
  }

  /** The memory is what k is drawn from, and so are the lessons. */
  recall(memory: Json): void {
    this.recent = memory as readonly number[] | null ?? [];
  }

  lessons(): Json {
    return this.recent;
  }

  /** As many of each slice, the latest of them: what all have in common, that of the epoch before, comes first. */
  merge(_memory: Json, lessons: readonly Json[]): Json {
    const each = Math.ceil(PCT_HISTORY / lessons.length);
    return (lessons as readonly (readonly number[])[]).flatMap((lengths) => lengths.slice(-each)).slice(-PCT_HISTORY);
  }

  begin(prng: Prng, execution: number): void {
    const { changes, depths } = this;
    this.depth = depths[execution % depths.length];
    this.priorities.begin(prng);
    this.taken = 0;
    changes.length = 0;
    const { recent } = this;
    const k = recent.length === 0 ? 1 : recent[prng.below(recent.length)];
    for (let i = 1; i < this.depth; i++) changes.push(prng.below(k));
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
    // Of the nominal run it is not asked.
    if (this.taken > 0) this.recent = [...this.recent.slice(1 - PCT_HISTORY), this.taken];
  }
}
