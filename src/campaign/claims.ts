import { JsonReader, parseJson } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import type { Folder } from './folder.ts';
import { isGone, thisProcess, type Owner } from './owner.ts';

/** A claim that is as old as that holds no longer: its owner hangs, or is on a machine that died, ms. */
const LEASE = 10 * 60_000;
const MOST_MIB = 1;

/**
 * Who does what, so that two processes on one folder do not do the same: a file each, which is made by one of them and is
 * there whole or not at all. They only save work. Nothing depends on them, for what is done twice comes out the same.
 */
export class Claims {
  private readonly folder: Folder;
  private readonly name: string;
  private readonly now: () => number;

  /** `name`: of the folder within the campaign's; `now`: wall clock, ms. */
  constructor(folder: Folder, name: string, now: () => number = Date.now) {
    this.folder = folder;
    this.name = name;
    this.now = now;
  }

  /** Takes something unless somebody who is alive has it. */
  take(what: string): boolean {
    const file = `${this.name}/${what}`;
    const text = `${JSON.stringify({ ...thisProcess(), at: this.now() })}\n`;
    if (this.folder.writeOnce(file, text, false)) return true;
    if (this.isHeld(file)) return false;
    this.folder.remove(file);
    return this.folder.writeOnce(file, text, false);
  }

  release(what: string): void {
    this.folder.remove(`${this.name}/${what}`);
  }

  private isHeld(file: string): boolean {
    let claim: Owner & { readonly at: number };
    try {
      const text = this.folder.readIfThere(file, MOST_MIB);
      if (text === undefined) return false;
      claim = parseClaim(text, this.folder.at(file));
    } catch (error) {
      // Somebody has released it, or it is none of ours: whoever holds it does not know how to.
      if (error instanceof UsageError) return false;
      throw error;
    }
    return !isGone(claim) && Math.abs(this.now() - claim.at) < LEASE;
  }
}

function parseClaim(text: string, name: string): Owner & { readonly at: number } {
  const reader = new JsonReader(name, 'a claim');
  const o = reader.record(parseJson(text, name), '', ['host', 'pid', 'started', 'at']);
  return {
    host: reader.text(o['host'], 'host'), pid: reader.integer(o['pid'], 'pid', 1), started: reader.integer(o['started'], 'started'), at: reader.integer(o['at'], 'at'),
  };
}
