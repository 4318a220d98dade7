import type { Context } from './context.ts';
import type { Op } from './op.ts';

/** Sees every step at its effect; for recording, race detection, coverage and state hashing. */
export interface StepObserver {
  step(ctx: Context, op: Op, value: number): void;
  /** `ctx` is stalled before its next step, from now on. */
  held?(ctx: Context): void;
}

/** Sees where a run could depart: for exhaustive search, which needs to know every place. */
export interface SeamWatcher {
  /** `ctx`, just resumed, is about to issue its next step, for the first time. */
  about(ctx: Context): void;
  /** `ctx`, which runs, was told `value` beside its steps, and may keep it to itself: the time, or what is left of one. */
  told(ctx: Context, value: number): void;
  /** The process of `ctx`, just resumed, has ended. */
  ended(ctx: Context): void;
  /** Between two events, at most one thing being under way: no code is half run. */
  calm(): void;
}
