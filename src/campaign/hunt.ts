import type { Finding } from '../explore/index.ts';
import type { HuntConfig } from './config.ts';
import type { Epoch, SliceResult } from './ledger.ts';

/** What running a slice came to. */
export interface SliceRun {
  /** For the merge, wherever that is made. */
  readonly text: string;
  readonly executions: number;
}

/** Schedules that were run once more. */
export interface Checks {
  readonly made: number;
  readonly same: number;
}

/** A schedule that showed what none had shown before. */
export interface CorpusEntry {
  /** From its content. */
  readonly id: string;
  text(): string;
}

/** How far a hunt is. */
export interface HuntProgress {
  readonly executions: number;
  readonly shrinkExecutions: number;
  /** Things that runs have shown, and those of them that one execution alone has shown; 0: its strategy does not look. */
  readonly coverage: number;
  readonly rare: number;
  readonly findings: readonly Finding[];
  /** Breaches that nobody has looked at: there are some where an epoch was broken off. */
  readonly waiting: number;
  readonly corpus: readonly CorpusEntry[];
  /** The strategy has nothing left to try. */
  readonly exhausted: boolean;
}

/**
 * A hunt, cut into epochs and these into slices. `State` is all that is known between two epochs: to go on from it is the
 * same as never to have stopped. Nothing here knows files or clock.
 */
export interface CampaignHunt<State> {
  readonly config: HuntConfig;
  begin(): State;
  serialize(state: State): string;
  /** Throws UsageError of one line, beginning with `name`, on what is no state of this hunt. */
  parse(text: string, name: string): State;
  /** What is to be done next; null: the budget is used up, or nothing is left to try. */
  epochOf(state: State): Epoch | null;
  /** Depends on state, epoch and slice alone. `stop` is asked now and then; null: it said so. */
  run(state: State, epoch: Epoch, slice: number, stop: () => boolean): Promise<SliceRun | null>;
  /** Whether a text is what a run of that slice may have come to, from that state. */
  accepts(state: State, epoch: Epoch, result: SliceResult): boolean;
  /** What is known after the epoch. `stop` is asked now and then; null: it said so. */
  merge(state: State, epoch: Epoch, results: readonly SliceResult[], stop: () => boolean): Promise<State | null>;
  /**
   * What those slices of an epoch have shown, and those that were broken off here, to be told and never to be gone on from:
   * candidates are shrunk until `stop` says no; what is half done then is kept as far as it has come, and of a rule that has no finding at least one.
   */
  conclude(state: State, epoch: Epoch, results: readonly SliceResult[], stop: () => boolean): Promise<State>;
  /** Executions of a slice; 0: the text is none of its results. */
  executionsOf(result: SliceResult): number;
  progressOf(state: State): HuntProgress;
  /** Grows from state to state: the number of the epoch that follows. */
  positionOf(state: State): number;
  /** Results of slices are kept for good, so that those of several shards can be put together. */
  readonly archives: boolean;
  /** Schedules that were run once more so far, here, and those of them that came out the same. */
  readonly checks: Checks;
}
