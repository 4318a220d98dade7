import type { FunctionTranslator } from './function.ts';
import type { ImportKind } from './translate.ts';

/** What {@link FunctionTranslator.emit} asks about the rest of the module. */
export interface Surroundings {
  readonly suspends: readonly boolean[];
  /** Whether a function may call itself, however far round. */
  readonly recursive: readonly boolean[];
  /** Of an import. */
  kind(index: number): ImportKind;
  /** A number for a place in the code, by which it remembers what it was last given. */
  place(): number;
  /** Whether a function of that type in the table may take steps. */
  indirectSuspends(type: number): boolean;
  /** The function that is called, if its code takes the place of its calls in `caller`. */
  inlined(caller: number, callee: number): FunctionTranslator | undefined;
  /** Whether each access of memory that contexts share is a step. */
  readonly fine: boolean;
  /** Whether each of them is told to the race detector, with the calls that led there. */
  readonly races: boolean;
}
