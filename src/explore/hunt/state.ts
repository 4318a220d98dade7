import type { Json } from '../json.ts';
import type { DocketState } from './docket.ts';
import type { Knowledge, SliceResult } from './tasks.ts';

/** Raised when the form of the state, of what a strategy remembers, or the length of epochs changes. */
export const HUNT_STATE_VERSION = 4;

/**
 * Where a hunt stands, as plain JSON. Continued by a {@link Hunter} of the same system, strategy and seed it comes to what
 * it would have come to without a stop: a slice that was under way is run again from its beginning, and so is the
 * shrinking of a candidate.
 */
export interface HuntState {
  readonly version: typeof HUNT_STATE_VERSION;
  readonly strategy: string;
  readonly seed: number;
  /** The slice that is to be taken in next. */
  readonly slice: number;
  readonly executions: number;
  readonly shrinkExecutions: number;
  readonly violating: number;
  /** Candidates that have been entered. */
  readonly places: number;
  /** Executions of each strategy, and signatures that it was the first to show. */
  readonly accounts: readonly (readonly [string, { readonly executions: number; readonly first: number }])[];
  /** What the slices of this epoch start from, and the lessons of those that are done. */
  readonly knowledge: Knowledge;
  readonly lessons: readonly Json[];
  /** Slices of this epoch that had something left to try. */
  readonly lively: number;
  readonly dockets: readonly (readonly [string, DocketState])[];
  /** It has come to its end: found, or nothing left to try. */
  readonly ended: 'stopped' | 'exhausted' | null;
  /** Slices that have been run, but wait for an earlier one. */
  readonly arrived: readonly SliceResult[];
}
