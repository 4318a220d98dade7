import type { Chooser } from '../sim/index.ts';
import type { Outcome } from '../scenarios/system.ts';

/** What became of one of several strategies. */
export interface Account {
  readonly name: string;
  readonly executions: number;
  /** Breaches of rules (oracle, rule and site) that it was the first to show. */
  readonly first: number;
}

/**
 * Decides, execution by execution, where a run departs from nominal timing. The whole of a search
 * method: the hunter only runs what it is given and looks at what came of it.
 */
export interface Strategy {
  readonly name: string;
  /** Of several in one: whose the last execution was. */
  readonly by?: string;
  /** Of several in one: what became of each. */
  readonly accounts?: readonly Account[];
  /**
   * The choices of one execution, or null if there is nothing left to try. `execution` counts from 0
   * and grows by one with each call; all randomness derives from it and the seed.
   */
  begin(execution: number): Chooser | null;
  /** What came of it. The arrays of `outcome` are reused: copy what is kept. */
  end(outcome: Outcome): void;
}
