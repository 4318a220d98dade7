import { Claims } from './claims.ts';
import type { Folder } from './folder.ts';

/** A stretch of a hunt: slices that all begin with what was learnt before it, and are merged at its end. */
export interface Epoch {
  /** Name of the hunt within the campaign. */
  readonly hunt: string;
  /** Grows from epoch to epoch. */
  readonly number: number;
  /** Indices of its slices, ascending. */
  readonly slices: readonly number[];
}

/** What came of a slice: a text that the hunt understands. */
export interface SliceResult {
  readonly slice: number;
  readonly text: string;
}

/**
 * The books of a campaign: which slices are wanted, taken, done. What a slice comes to depends on nothing but its epoch and
 * its index, so that it does no harm if one is run twice, by whomever: the first result stays, the second is the same.
 */
export interface Ledger {
  /** One that is wanted and that nobody else is at; undefined: all are done, or others are at them. */
  take(epoch: Epoch): Promise<number | undefined>;
  /** A slice is done. */
  done(epoch: Epoch, result: SliceResult): Promise<void>;
  /** A slice that was taken is not done after all. */
  giveBack(epoch: Epoch, slice: number): Promise<void>;
  /** The results so far, by slice. */
  results(epoch: Epoch): Promise<readonly SliceResult[]>;
  /** How many slices are not done. */
  missing(epoch: Epoch): Promise<number>;
  /** What was handed in for a slice is none of its results: it is wanted again. */
  forget(epoch: Epoch, slice: number): Promise<void>;
  /** Merging an epoch is a piece of work, too: whether nobody else is at it. */
  takeMerge(epoch: Epoch): Promise<boolean>;
  giveBackMerge(epoch: Epoch): Promise<void>;
  /** The epoch has been merged, and what is known of its slices may go. */
  close(epoch: Epoch): Promise<void>;
}

/** Far more than a slice that finds something in each execution. */
const MOST_MIB = 64;
const DIGITS = 9;
const MERGE = 'merge';

/** A number as a name that sorts. */
export function padded(n: number): string {
  return String(n).padStart(DIGITS, '0');
}

/** The books in the campaign's folder: `state/HUNT/epoch-N/SLICE.json`, and claims beside it. */
export class FolderLedger implements Ledger {
  private readonly folder: Folder;
  private readonly now: () => number;

  constructor(folder: Folder, now: () => number = Date.now) {
    this.folder = folder;
    this.now = now;
  }

  async take(epoch: Epoch): Promise<number | undefined> {
    const claims = this.claims(epoch);
    const done = new Set(this.folder.list(placeOf(epoch)));
    return epoch.slices.find((slice) => !done.has(fileOf(slice)) && claims.take(padded(slice)));
  }

  async done(epoch: Epoch, { slice, text }: SliceResult): Promise<void> {
    this.folder.writeOnce(`${placeOf(epoch)}/${fileOf(slice)}`, text, false);
    this.claims(epoch).release(padded(slice));
  }

  async giveBack(epoch: Epoch, slice: number): Promise<void> {
    this.claims(epoch).release(padded(slice));
  }

  async results(epoch: Epoch): Promise<readonly SliceResult[]> {
    const done = new Set(this.folder.list(placeOf(epoch)));
    return epoch.slices.filter((slice) => done.has(fileOf(slice))).flatMap((slice) => {
      // Undefined: somebody has merged the epoch meanwhile.
      const text = this.folder.readIfThere(`${placeOf(epoch)}/${fileOf(slice)}`, MOST_MIB);
      return text === undefined ? [] : [{ slice, text }];
    });
  }

  async missing(epoch: Epoch): Promise<number> {
    const done = new Set(this.folder.list(placeOf(epoch)));
    return epoch.slices.filter((slice) => !done.has(fileOf(slice))).length;
  }

  async forget(epoch: Epoch, slice: number): Promise<void> {
    this.folder.remove(`${placeOf(epoch)}/${fileOf(slice)}`);
  }

  async giveBackMerge(epoch: Epoch): Promise<void> {
    this.claims(epoch).release(MERGE);
  }

  async takeMerge(epoch: Epoch): Promise<boolean> {
    return this.claims(epoch).take(MERGE);
  }

  async close(epoch: Epoch): Promise<void> {
    this.folder.remove(placeOf(epoch));
    this.folder.remove(claimsOf(epoch));
  }

  private claims(epoch: Epoch): Claims {
    return new Claims(this.folder, claimsOf(epoch), this.now);
  }
}

function placeOf({ hunt, number }: Epoch): string {
  return `state/${hunt}/epoch-${padded(number)}`;
}

function claimsOf({ hunt, number }: Epoch): string {
  return `state/${hunt}/claims-${padded(number)}`;
}

function fileOf(slice: number): string {
  return `${padded(slice)}.json`;
}
