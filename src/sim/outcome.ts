import type { Ps } from './time.ts';

/** A rule that was broken, as its oracle or the kernel reports it. */
export interface Violation {
  readonly oracle: string;
  /** Stable name of the rule within the oracle. */
  readonly rule: string;
  /** Where: actor and site. */
  readonly site: string;
  readonly message: string;
  readonly at: Ps;
  readonly step: number;
}

/** Why a run ended. */
export type StopReason =
  /** Nothing is due any more but time-outs that concern nobody, and the goal is met. */
  | 'done'
  /** Nothing is due at all. */
  | 'stuck'
  /** The limit of steps was reached. */
  | 'limit'
  /** The next event lies beyond the horizon. */
  | 'horizon'
  /** A fatal violation. */
  | 'violation';
