import type { Bounds, HuntTask, HuntTaskResult, Knowledge, Taught } from '../explore/index.ts';
import type { BuildOptions } from '../scenarios/index.ts';
import type { ScenarioSource } from './source.ts';

/** What a worker is told when it starts: all it needs to build the system, and what it works at. */
export interface WorkerStart {
  readonly inband: 'worker';
  readonly source: ScenarioSource;
  readonly options: BuildOptions;
  readonly at: { readonly kind: 'hunt'; readonly strategy: string; readonly seed: number } | { readonly kind: 'proof'; readonly bounds: Bounds };
}

/** To a worker, whose tasks are of type `T`. */
export type Order<T = HuntTask> =
  /** What the tasks that follow start from. */
  | { readonly kind: 'know'; readonly knowledge: Knowledge }
  /** The same, for one who has what the epoch before started from. */
  | { readonly kind: 'learn'; readonly taught: Taught }
  | { readonly kind: 'do'; readonly number: number; readonly task: T }
  /** Gives back what has come of the task so far. */
  | { readonly kind: 'stop' };

/** From a worker. */
export type Report<R = HuntTaskResult> =
  /** It is alive, and has made so many executions of its task. */
  | { readonly kind: 'beat'; readonly number: number; readonly executions: number }
  | { readonly kind: 'done'; readonly number: number; readonly result: R }
  /** The answer to `stop`; null: there was nothing to do. */
  | { readonly kind: 'stopped'; readonly result: R | null }
  /** It cannot go on. */
  | { readonly kind: 'failed'; readonly error: string };
