import { NOMINAL } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import { Shape, type Bounds } from './bounds.ts';
import type { Path } from './departure.ts';
import { Runner } from './runner.ts';

/** Schedules that use up what the bounds allow: they are run and judged, and not extended. Plain JSON, as all that is handed to workers and back. */
export interface LeavesTask {
  readonly kind: 'leaves';
  /** Of its kind, from 0. */
  readonly number: number;
  readonly paths: readonly Path[];
}

/** What a run has come to, as far as it is judged. */
export type Judged = Pick<Outcome, 'violations' | 'taken'>;

export interface LeavesResult {
  /** Of the task. */
  readonly number: number;
  /** Leaves that broke a rule, or did not take the departures that they were given: which of the task, and what it came to. */
  readonly striking: readonly (readonly [number, Judged])[];
}

/** Whether there is more to say of a run than that it was made. */
export function isStriking({ violations, taken }: Judged, path: Path): boolean {
  return violations.length > 0 || taken.length !== path.length;
}

/** Of what the next run overwrites. */
export function copyOf({ violations, taken }: Judged): Judged {
  return { violations: violations.map((violation) => ({ ...violation })), taken: [...taken] };
}

/** Runs leaves, one task at a time, by so many executions at a time: what a worker needs. */
export class LeavesRunner {
  private readonly runner: Runner;
  private task: LeavesTask | null = null;
  private at = 0;
  private striking: [number, Judged][] = [];

  constructor(runner: Runner) {
    this.runner = runner;
  }

  /** For somebody who has nothing of the proof but its bounds. */
  static of(system: System, bounds: Bounds): LeavesRunner {
    system.trackTraces = false;
    system.execute(NOMINAL);
    return new LeavesRunner(new Runner(system, new Shape(bounds), null));
  }

  begin(task: LeavesTask): void {
    this.task = task;
    this.at = 0;
    this.striking = [];
  }

  /** Makes up to `n` executions; returns how many it were. */
  advance(n: number): number {
    if (this.task === null) return 0;
    const { paths } = this.task;
    const until = Math.min(this.at + n, paths.length);
    const spent = until - this.at;
    for (; this.at < until; this.at++) {
      const outcome = this.runner.runLeaf(paths[this.at]);
      if (isStriking(outcome, paths[this.at])) this.striking.push([this.at, copyOf(outcome)]);
    }
    return spent;
  }

  get done(): boolean {
    return this.task === null || this.at === this.task.paths.length;
  }

  /** What has come of the task; null as long as it is not done, since half a task says nothing. */
  get result(): LeavesResult | null {
    return this.task === null || !this.done ? null : { number: this.task.number, striking: this.striking };
  }
}
