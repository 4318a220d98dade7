/** Executions of a slice: slice i has those from i * SLICE on. */
export const SLICE = 256;

/** Slices of the first epochs, and of each that follows. */
const FIRST_EPOCHS: readonly number[] = [1, 1, 2, 4, 8];
const LATER_EPOCHS = 16;

/**
 * A part of a hunt that can be run by itself, wherever. Slices are grouped in *epochs*: all slices of one start from
 * what the epochs before it have taught, and none knows what the others see meanwhile. How many there are in an epoch
 * depends on nothing but its number, so it makes no difference who runs them, and in which order.
 */
export interface Slice {
  /** From 0, over the whole hunt. */
  readonly index: number;
  readonly epoch: number;
  /** The how manyth of its epoch it is, from 0, and of how many: work that is not to be done twice is dealt out by these. */
  readonly turn: number;
  readonly of: number;
}

/** How many slices an epoch has. */
export function slicesOf(epoch: number): number {
  return FIRST_EPOCHS[epoch] ?? LATER_EPOCHS;
}

/** The slice of that number, from 0. */
export function sliceAt(index: number): Slice {
  let first = 0;
  for (let epoch = 0; epoch < FIRST_EPOCHS.length; epoch++) {
    const of = FIRST_EPOCHS[epoch];
    if (index < first + of) return { index, epoch, turn: index - first, of };
    first += of;
  }
  const beyond = index - first;
  return { index, epoch: FIRST_EPOCHS.length + Math.floor(beyond / LATER_EPOCHS), turn: beyond % LATER_EPOCHS, of: LATER_EPOCHS };
}
