import type { Decision, Violation } from '../../sim/index.ts';
import type { Json } from '../json.ts';
import type { Traits } from '../known.ts';
import type { Slice } from '../slice.ts';
import type { Learning } from '../strategy.ts';
import type { Target } from '../shrink.ts';
import type { Tally } from './tally.ts';

/** What all slices of an epoch start from. Plain JSON, as all that is handed to workers and back. */
export interface Knowledge {
  readonly epoch: number;
  /** Of the strategy. */
  readonly memory: Json;
  /** The known causes, by rule. */
  readonly causes: readonly (readonly [string, readonly Traits[]])[];
  /** By signature. */
  readonly tallies: readonly (readonly [string, Tally])[];
}

/** What the slices of an epoch have taught, in their order, and what is known of causes since: much smaller than {@link Knowledge}. */
export interface Taught extends Pick<Knowledge, 'causes' | 'tallies'> {
  readonly lessons: readonly Json[];
}

/** The knowledge of the next epoch. Pure, so that whoever has that of this one need only be told what was taught. */
export function learn({ epoch, memory }: Knowledge, { lessons, causes, tallies }: Taught, learning: Learning | undefined): Knowledge {
  return { epoch: epoch + 1, memory: learning?.merge(memory, lessons) ?? null, causes, tallies };
}

/** A slice to be run. */
export interface SliceTask {
  readonly kind: 'slice';
  readonly slice: Slice;
  /** Executions, at most. */
  readonly size: number;
  /** Ends with the first breach. */
  readonly stopAtFirst: boolean;
}

/** A breach that may deserve shrinking. */
export interface Candidate {
  readonly signature: string;
  readonly decisions: readonly Decision[];
  readonly violation: Violation;
  readonly execution: number;
  /** The strategy that showed it. */
  readonly by: string;
  /** A cause explains it that was known when the epoch began. */
  readonly explained: boolean;
  /** Occurrences of this signature, explained or not as this one is, since the last candidate of its slice. */
  readonly times: number;
}

export interface SliceResult {
  /** Of the slice. */
  readonly index: number;
  readonly executions: number;
  /** Executions of each strategy. */
  readonly made: readonly (readonly [string, number])[];
  /** Executions in which a rule was broken. */
  readonly violating: number;
  readonly candidates: readonly Candidate[];
  /** Occurrences after the last candidate, by signature. */
  readonly rest: readonly (readonly [string, Tally])[];
  /** The strategy has nothing left to try in this slice. */
  readonly exhausted: boolean;
  /** Of the strategy, for the others; null if it does not learn. */
  readonly lessons: Json;
}

/** A candidate to be shrunk. */
export interface ShrinkTask {
  readonly kind: 'shrink';
  /** Of its kind, from 0. */
  readonly number: number;
  readonly decisions: readonly Decision[];
  readonly target: Target;
  /** Executions, at most. */
  readonly budget?: number;
  /** Causes of the same rule that have a finding, by their traits: what the schedule shows beside them comes first. */
  readonly known: readonly Traits[];
  /**
   * Given: it is only to be told whether there is anything beside what is known, of which these are longer ways to it; if
   * not, nothing more is tried.
   */
  readonly ways?: readonly Traits[];
}

export interface ShrinkResult {
  readonly number: number;
  readonly executions: number;
  readonly decisions: readonly Decision[];
  /** Absent: the candidate's schedule does not show the breach. */
  readonly violation?: Violation;
  /** Rolling hash of the run. */
  readonly hash: number;
  /** What it was before one decision was found for several, which takes the most executions. */
  readonly ways: readonly (readonly Decision[])[];
}

export type HuntTask = SliceTask | ShrinkTask;
export type HuntTaskResult = SliceResult | ShrinkResult;
