import { within, type Budget } from './bounds.ts';

/** How a run ends after a cut, if it does not depart any more: two runs in one state must agree on it. */
export interface Ending {
  /** Sum of the hashes of the steps after the cut, who, what, value and time. */
  readonly sum: number;
  readonly steps: number;
  readonly time: number;
  readonly reason: string;
}

/** A state, of which everything that can follow within `budget` is known. */
export interface Known {
  /** The part of the state's hash that the table's key has no room for. */
  readonly check: number;
  readonly budget: Budget;
  /** How many schedules there are from here on, by budget; see Shape. */
  readonly counts: readonly number[];
  readonly ending: Ending;
}

/** As much of the second lane as makes a safe integer with the first; the rest is the check. */
const KEY_BITS = 20;
const KEY_SIZE = 0x100000;
const CHECK_MASK = 0xfff;

/** The states from which everything has been tried. */
export class StateTable {
  private readonly states = new Map<number, Known>();

  get size(): number {
    return this.states.size;
  }

  static key(low: number, high: number): number {
    return (low >>> 0) * KEY_SIZE + (high >>> (32 - KEY_BITS));
  }

  static check(high: number): number {
    return high & CHECK_MASK;
  }

  /** What is known of a state that has `budget` left; undefined if not everything is. */
  find(key: number, check: number, budget: Budget): Known | undefined {
    const known = this.states.get(key);
    return known !== undefined && known.check === check && within(budget, known.budget) ? known : undefined;
  }

  add(key: number, known: Known): void {
    const before = this.states.get(key);
    if (before === undefined || before.check !== known.check || within(before.budget, known.budget)) this.states.set(key, known);
  }

  /** All of it, for a file. */
  entries(): Iterable<readonly [number, Known]> {
    return this.states;
  }
}
