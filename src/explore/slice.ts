/** Executions of a slice: slice i has those from i * SLICE on. */
export const SLICE = 256;

/**
 * So many slices an epoch, so many epochs long. No longer than all before it, since there is most to be learnt at first; long in long
 * hunts, since at the end of each epoch all who take part in the hunt wait for the last.
 */
const STRETCHES: readonly { readonly of: number; readonly epochs: number }[] = [
  { of: 1, epochs: 2 }, { of: 2, epochs: 1 }, { of: 4, epochs: 1 }, { of: 8, epochs: 1 },
  { of: 16, epochs: 7 }, { of: 32, epochs: 4 }, { of: 64, epochs: Infinity },
];

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
  let first = 0;
  for (const { of, epochs } of STRETCHES) {
    if (epoch < first + epochs) return of;
    first += epochs;
  }
  throw new RangeError(`epoch ${epoch}`);
}

/** The slice of that number, from 0. */
export function sliceAt(index: number): Slice {
  let beyond = index;
  let epoch = 0;
  for (const { of, epochs } of STRETCHES) {
    if (beyond < of * epochs) return { index, epoch: epoch + Math.floor(beyond / of), turn: beyond % of, of };
    beyond -= of * epochs;
    epoch += epochs;
  }
  throw new RangeError(`slice ${index}`);
}
