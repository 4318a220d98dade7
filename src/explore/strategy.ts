import type { Chooser, Decision } from '../sim/index.ts';
import type { Outcome } from '../scenarios/system.ts';
import type { Json } from './json.ts';
import type { Slice } from './slice.ts';

/** What became of one of several strategies. */
export interface Account {
  readonly name: string;
  readonly executions: number;
  /** Breaches of rules (oracle, rule and site) that it was the first to show. */
  readonly first: number;
}

/**
 * How slices learn from one another: each starts from a *memory* and ends with *lessons*, and at the end of an epoch
 * the lessons of its slices become the next memory. Both are plain JSON, and nobody changes one that was made.
 */
export interface Learning {
  /** From now on only this is known, and what will be seen; null: nothing yet. Followed by {@link Strategy.enter}. */
  recall(memory: Json): void;
  /** What has been seen since. */
  lessons(): Json;
  /** The memory of the next epoch, from that of this one (null: none) and the lessons of its slices in their order. Pure. */
  merge(memory: Json, lessons: readonly Json[]): Json;
  /** Absent: it does not look at what runs show. */
  shown?(memory: Json): Shown | null;
}

/** What runs have shown, as a strategy that is guided by it remembers. */
export interface Shown {
  /** Different things, and those of them that a single execution has shown. */
  readonly features: number;
  readonly once: number;
  /** Schedules that showed what none had shown before. */
  readonly seeds: readonly { readonly decisions: readonly Decision[] }[];
}

/**
 * Decides, execution by execution, where a run departs from nominal timing. The whole of a search
 * method: the hunter only runs what it is given and looks at what came of it.
 *
 * Used without slices it is in the first one, and that never ends.
 */
export interface Strategy {
  readonly name: string;
  /** Of several in one: their names. */
  readonly members?: readonly string[];
  /** Of several in one: whose the last execution was. */
  readonly by?: string;
  /**
   * Absent: it has no memory, and each of its slices stands for itself; what it sees it may use until the slice ends.
   * So the slices of one hunt can be divided among several that know nothing of one another.
   */
  readonly learning?: Learning;
  /**
   * Begins a slice. What other slices have shown is forgotten, but for what was recalled and the nominal run, which is
   * the first execution of the first slice and known to all others. `seen`: it is known in this slice, since it is another
   * one, or since another strategy has made that run.
   */
  enter(slice: Slice, seen?: boolean): void;
  /**
   * The choices of one execution, or null if there is nothing left to try in this slice. `execution` counts over the
   * whole hunt, from 0; all randomness derives from it and the seed. `age` is how many executions the hunt has had, where
   * that is more than this strategy's own, since it shares the hunt with others: what begins small and grows, grows by it.
   */
  begin(execution: number, age?: number): Chooser | null;
  /** What came of it. The arrays of `outcome` are reused: copy what is kept. */
  end(outcome: Outcome): void;
}
