import type { Shape } from './bounds.ts';
import type { Path, UntilStep } from './departure.ts';
import type { Known } from './table.ts';
import type { SavedVerdicts } from './verdicts.ts';

/** A search that was interrupted; the states beside it, since they are many. */
export interface SavedSearch {
  readonly executions: number;
  readonly merged: number;
  readonly frames: readonly SavedFrame[];
}

/** A proof that was interrupted. */
export interface SavedProof extends SavedSearch {
  readonly verdicts: SavedVerdicts;
}

/** A schedule that is being extended. */
export interface SavedFrame {
  readonly path: Path;
  /** Points that are looked at: beyond them another run has been. */
  readonly points: number;
  readonly counts: readonly number[];
  readonly at: number;
  readonly option: number;
  readonly targets: readonly UntilStep[];
}

/** A state from which everything has been tried, as short as can be: key, check, budget, sum, steps, time, reason, counts. */
export type SavedState = readonly [number, number, number, number, number, number, string, readonly number[]];

export function saveState(shape: Shape, key: number, { check, budget, counts, ending: { sum, steps, time, reason } }: Known): SavedState {
  return [key, check, shape.index(budget), sum, steps, time, reason, counts];
}

export function loadState(shape: Shape, [key, check, budget, sum, steps, time, reason, counts]: SavedState): readonly [number, Known] {
  return [key, { check, budget: shape.all[budget], counts, ending: { sum, steps, time, reason } }];
}
