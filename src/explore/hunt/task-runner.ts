import type { System } from '../../scenarios/system.ts';
import { Shrinker } from '../shrink.ts';
import { createStrategy } from '../strategies/index.ts';
import type { Strategy } from '../strategy.ts';
import { SliceRunner } from './slice-runner.ts';
import { learn, type HuntTask, type HuntTaskResult, type Knowledge, type ShrinkResult, type ShrinkTask, type Taught } from './tasks.ts';

export function shrinkerOf(system: System, { decisions, target, budget, known, ways }: ShrinkTask): Shrinker {
  system.trackTraces = false;
  return new Shrinker(system, decisions, target, { ...(budget === undefined ? {} : { budget }), known, ...(ways === undefined ? {} : { ways }) });
}

/** What has come of it so far. */
export function shrinkResult({ number }: ShrinkTask, { executions, decisions, violation, hash, ways }: Shrinker): ShrinkResult {
  return { number, executions, decisions, hash, ways, ...(violation === undefined ? {} : { violation }) };
}

/** Does the tasks of a hunt, one at a time, by so many executions at a time: what a worker needs. */
export class TaskRunner {
  private readonly system: System;
  private readonly source: Strategy;
  private knowledge: Knowledge | null = null;
  private work: { readonly advance: (n: number) => number; readonly done: () => boolean; readonly result: () => HuntTaskResult } | null = null;

  /** `strategy` and `seed` are the hunter's. */
  constructor(system: System, strategy: string, seed: number) {
    this.system = system;
    this.source = createStrategy(strategy, system, seed);
  }

  /** What slices start from, from now on: of their epoch. */
  know(knowledge: Knowledge): void {
    this.knowledge = knowledge;
  }

  /** As {@link know}, from what it knows of the epoch before. */
  learn(taught: Taught): void {
    if (this.knowledge === null) throw new RangeError('nothing is known here to which anything could be added');
    this.knowledge = learn(this.knowledge, taught, this.source.learning);
  }

  begin(task: HuntTask): void {
    if (task.kind === 'slice') {
      if (this.knowledge?.epoch !== task.slice.epoch) throw new RangeError(`slice ${task.slice.index} is of epoch ${task.slice.epoch}, of which nothing is known here`);
      const runner = new SliceRunner(this.system, this.source, this.knowledge, task);
      this.work = { advance: (n) => runner.advance(n), done: () => runner.done, result: () => runner.result };
    } else {
      const shrinker = shrinkerOf(this.system, task);
      this.work = { advance: (n) => shrinker.advance(n), done: () => shrinker.done, result: () => shrinkResult(task, shrinker) };
    }
  }

  /** Makes up to `n` executions; returns how many it were. */
  advance(n: number): number {
    return this.work?.advance(n) ?? 0;
  }

  get done(): boolean {
    return this.work?.done() ?? true;
  }

  /** What has come of the task so far; null: there is none. */
  get result(): HuntTaskResult | null {
    return this.work?.result() ?? null;
  }
}
