import { UsageError } from '../scenarios/index.ts';
import type { Folder } from './folder.ts';
import { padded } from './ledger.ts';

/** Far more than all that a strategy remembers. */
const MOST_MIB = 64;
/** States that are kept of each hunt: should the newest be spoilt, the campaign goes on from the one before when it is removed. */
const KEPT = 2;

/** The states of one hunt in the campaign's folder: `state/HUNT/state-N.json` is what is known before epoch N. */
export class StateFiles {
  private readonly folder: Folder;
  private readonly place: string;

  constructor(folder: Folder, hunt: string) {
    this.folder = folder;
    this.place = `state/${hunt}`;
  }

  /** Number of the newest; -1: there is none. */
  newest(): number {
    return this.numbers().at(-1) ?? -1;
  }

  /** Path of a state's file, for people. */
  fileOf(epoch: number): string {
    return this.folder.at(this.nameOf(epoch));
  }

  /** Undefined: others have gone on meanwhile, and removed it. */
  read(epoch: number): string | undefined {
    return this.folder.readIfThere(this.nameOf(epoch), MOST_MIB);
  }

  /** Writes a state, unless somebody has gone on from it already: who comes late leaves nothing behind. */
  write(epoch: number, text: string): void {
    if (this.newest() > epoch) return;
    this.folder.write(this.nameOf(epoch), text);
    this.prune(epoch);
  }

  /** Removes what is left of epochs that have been merged, and of processes that have died. */
  sweep(): void {
    const newest = this.newest();
    this.folder.sweep(this.place);
    this.prune(newest);
    for (const name of this.folder.list(this.place)) {
      const match = /^(?:epoch|claims)-(\d+)$/.exec(name);
      if (match === null) continue;
      if (Number(match[1]) < newest) this.folder.remove(`${this.place}/${name}`);
      else this.folder.sweep(`${this.place}/${name}`);
    }
  }

  /** Removes the states that nobody needs any more when there is one of that number. */
  private prune(newest: number): void {
    for (const old of this.numbers().filter((number) => number <= newest).slice(0, -KEPT)) this.folder.remove(this.nameOf(old));
  }

  private nameOf(epoch: number): string {
    return `${this.place}/state-${padded(epoch)}.json`;
  }

  private numbers(): readonly number[] {
    return this.folder.list(this.place).flatMap((name) => {
      const match = /^state-(\d{9,15})\.json$/.exec(name);
      return match === null ? [] : [Number(match[1])];
    }).sort((a, b) => a - b);
  }
}

/** Adds to a message about a state what can be done. */
export function orRemove<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message} (without this file the campaign goes on from the state before)`) : error;
  }
}
