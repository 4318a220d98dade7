import type { Decision } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { checkDeterminism, formatNondeterminism } from '../replay.ts';
import { rerun } from '../shrink.ts';

/** The same schedule gave another run: the models are at fault, and no finding can be trusted. */
export class NondeterminismError extends Error {
  override name = 'NondeterminismError';
}

/** Runs findings again before they are announced, in the system at hand and in one built anew. */
export class Reruns {
  private readonly system: System;
  private readonly rebuild: (() => System) | undefined;
  private made = 0;
  private same = 0;

  constructor(system: System, rebuild: (() => System) | undefined) {
    this.system = system;
    this.rebuild = rebuild;
  }

  /** The part of all runs that was the same as before; 1 if there was none. */
  get stability(): number {
    return this.made === 0 ? 1 : this.same / this.made;
  }

  /** Null if the schedule gives a run of that hash again; otherwise where runs of it part, as text. */
  check(decisions: readonly Decision[], hash: number): string | null {
    const runs = [rerun(this.system, decisions).hash, ...(this.rebuild === undefined ? [] : [rerun(this.rebuild(), decisions).hash])];
    this.made += runs.length;
    this.same += runs.filter((run) => run === hash).length;
    return runs.every((run) => run === hash) ? null : this.compare(decisions);
  }

  /** Where runs of the schedule part, as text; empty if they are all the same now. */
  compare(decisions: readonly Decision[]): string {
    const found = checkDeterminism(this.system, { decisions }, this.rebuild);
    return found === null ? '' : formatNondeterminism(found);
  }
}
