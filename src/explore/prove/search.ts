import { formatRelease, type Release } from '../../sim/index.ts';
import type { Outcome } from '../../scenarios/system.ts';
import { releasesOf, type Budget, type Shape } from './bounds.ts';
import type { Departure, Path, Point, UntilStep } from './departure.ts';
import { endingAfter, sameEnding, type Cut, type Recorded, type Runner } from './runner.ts';
import type { SavedSearch } from './saved.ts';
import type { Ending, StateTable } from './table.ts';

/** Hears what the search comes to, in the order of the executions. */
export interface SearchEvents {
  /** A schedule was run. */
  ran(outcome: Outcome, path: Path, execution: number): void;
  /** A schedule that cannot be extended is to be run, now or later: the search does not need to know what comes of it. */
  leaf(path: Path, execution: number): void;
}

/** A schedule that is being extended, point by point from the last to the first. */
interface Frame {
  readonly path: Path;
  readonly budget: Budget;
  readonly points: readonly Point[];
  /** Index of the first point in the whole run. */
  readonly first: number;
  /** States of its run whose points are not all done; the latest last. */
  readonly cuts: Cut[];
  readonly ending: (cut: Cut) => Ending;
  /** Schedules from the point at hand on, by budget. */
  readonly counts: number[];
  /** The point at hand; -1: all are done. */
  at: number;
  /** The answer at that point, and those that only its first run has shown. */
  option: number;
  targets: readonly UntilStep[];
}

/** Two runs in one state went on differently: the state has a part that is not seen. */
export class PruningError extends Error {
  override name = 'PruningError';
}

/**
 * Runs every schedule within bounds, or one for all that are bound to go on alike.
 *
 * **Enumeration.** A run shows its points, in order: each step that a context is about to issue and each
 * question that is asked. A schedule is extended by one more departure at any point *after* its last one; up
 * to there its run is that of the extended schedule. So every schedule of which every departure takes effect
 * is run exactly once, as the one sequence of its departures in the order in which they come; a schedule with
 * a departure that takes no effect is the one without.
 *
 * **Reduction.** Between two events, when nobody is held, a run is in a state: what can be seen of the system
 * ({@link Visible}) and what the frames of its code have been told (`Histories`). The simulator is
 * deterministic, so all that follows from there, with the same departures, is the same: steps, points, times,
 * verdicts. If from one state everything within a budget has been tried, a run that comes to it with no more
 * of any axis left need not be extended at any later point. It is a merge of *states*, times and all, not of
 * traces: no independence of steps is claimed, so that timers, phases and polls need no exception; steps that
 * commute are recognised by having led to one state. Bounds compose with it, since the budget left is compared
 * axis by axis, which is where reductions of traces go wrong (Coons, Musuvathi, McKinley, *Bounded partial-order
 * reduction*, OOPSLA 2013): there the representative of a trace may cost more departures than another.
 *
 * What it stands on: a process is a function of what it is resumed with and of memory that is either its own
 * or that of its kernel; 64-bit hashes do not collide. Each merge is checked: the two runs must end alike
 * after the state, step by step, or the search ends with a {@link PruningError}.
 *
 * Points are taken from the last to the first, so that what follows a state of a schedule under way is known
 * as soon as the point before it is at hand. {@link schedules} counts what was tried and what was merged.
 */
export class Search {
  /** Schedules that were run, or are to be. */
  executions = 0;
  /** Runs that came to a state from which everything had been tried. */
  merged = 0;
  private readonly shape: Shape;
  private readonly releases: readonly Release[];
  private readonly runner: Runner;
  private readonly table: StateTable | null;
  private readonly events: SearchEvents;
  private readonly frames: Frame[] = [];
  /** The counts of the nominal run: everything. */
  private total: readonly number[] | undefined;

  /** `table`: that of the runner. */
  constructor(shape: Shape, runner: Runner, table: StateTable | null, events: SearchEvents, saved?: SavedSearch) {
    this.shape = shape;
    this.releases = releasesOf(shape.bounds);
    this.runner = runner;
    this.table = table;
    this.events = events;
    if (saved === undefined) this.enter([], shape.whole);
    else this.restore(saved);
  }

  /** There is no schedule left. */
  get done(): boolean {
    return this.total !== undefined;
  }

  /** Schedules within the bounds that were run, or are to be, or that another one was run for. */
  get schedules(): number {
    const whole = this.shape.index(this.shape.whole);
    if (this.total !== undefined) return this.total[whole];
    let sum = 0;
    for (const { counts, budget } of this.frames) sum += counts[this.shape.index(budget)];
    return sum;
  }

  save(): SavedSearch {
    return {
      executions: this.executions,
      merged: this.merged,
      frames: this.frames.map(({ path, points, counts, at, option, targets }) => ({ path, points: points.length, counts, at, option, targets })),
    };
  }

  /** Goes one step on; true if that took an execution, be it one that is to be made yet. */
  step(): boolean {
    const frame = this.frames[this.frames.length - 1];
    this.learn(frame);
    if (frame.at < 0) {
      this.frames.pop();
      this.report(frame);
      return false;
    }
    const point = frame.points[frame.at];
    if (frame.option === 0 && point.idle === true) this.skip(frame, point);
    const departure = this.departureAt(frame, point);
    if (departure === undefined) {
      frame.at--;
      frame.option = 0;
      frame.targets = [];
      return false;
    }
    frame.option++;
    this.enter([...frame.path, departure], this.shape.less(frame.budget, point.kind));
    return true;
  }

  /** The answer whose turn it is at a point; undefined if there is none left. */
  private departureAt(frame: Frame, { kind, actor, step, label, n, placed }: Point): Departure | undefined {
    const { option, budget, targets } = frame;
    if (budget[this.shape.axis(kind)] === 0) return undefined;
    const at = frame.first + frame.at;
    if (kind !== 'stall') return option + 1 < n ? { at, kind, actor, step, label, placed, value: option + 1 } : undefined;
    const { releases } = this;
    if (option < releases.length) return { at, kind, actor, step, label, placed, value: 1, release: releases[option] };
    const target = targets[option - releases.length];
    return target === undefined ? undefined : { at, kind, actor, step, label, placed, value: 1, release: { kind: 'until', ...target } };
  }

  /** A stall that ends at once makes another schedule, but no other run: what follows is what follows without it. */
  private skip(frame: Frame, point: Point): void {
    if (frame.budget[this.shape.axis(point.kind)] > 0) this.credit(frame, point, [...frame.counts]);
    frame.option = 1;
  }

  /** Runs a schedule; it becomes the frame on top if it can be extended. */
  private enter(path: Path, budget: Budget): void {
    const parent = this.frames[this.frames.length - 1];
    const wantsTargets = this.shape.bounds.releases.includes('until') && parent !== undefined && parent.option === 1
      && path[path.length - 1].release?.kind === 'quiet';
    const execution = this.executions++;
    if (!wantsTargets && budget.every((left) => left === 0)) {
      this.events.leaf(path, execution);
      const one = this.shape.all.map(() => 1);
      if (parent === undefined) this.total = one;
      else this.credit(parent, path[path.length - 1], one);
      return;
    }
    const { outcome, recorded } = this.runner.run(path, budget);
    this.events.ran(outcome, path, execution);
    if (wantsTargets) parent.targets = recorded.targets;
    const { met, metAt } = recorded;
    if (met !== undefined && metAt !== undefined) {
      this.merged++;
      if (!sameEnding(met.ending, endingAfter(metAt, recorded.sum, outcome))) {
        throw new PruningError(`two runs were in one state, but went on differently (the later: ${describe(path)}); prove with --no-prune`);
      }
    }
    this.frames.push(this.frameOf(path, budget, recorded, outcome, metAt?.points ?? recorded.points.length, met?.counts ?? this.shape.all.map(() => 1)));
  }

  private frameOf(path: Path, budget: Budget, { points, first, cuts, sum }: Recorded, outcome: Outcome, many: number, counts: readonly number[]): Frame {
    const { steps, time, reason } = outcome;
    return {
      path, budget, points: points.slice(0, many), first, cuts: cuts.filter((cut) => cut.points <= many), counts: [...counts], at: many - 1, option: 0, targets: [],
      ending: (cut) => ({ sum: (sum - cut.sum) | 0, steps: steps - cut.steps, time, reason }),
    };
  }

  /** Whatever follows the point at hand is done: so is every state that comes after it. */
  private learn({ cuts, at, option, budget, counts, ending }: Frame): void {
    if (option > 0 || this.table === null) return;
    while (cuts.length > 0 && cuts[cuts.length - 1].points > at) {
      const cut = cuts.pop()!;
      this.table.add(cut.key, { check: cut.check, budget, counts: [...counts], ending: ending(cut) });
    }
  }

  /** A schedule and all its extensions are done. */
  private report({ path, counts }: Frame): void {
    const parent = this.frames[this.frames.length - 1];
    if (parent === undefined) this.total = counts;
    else this.credit(parent, path[path.length - 1], counts);
  }

  /** Adds to a frame what one departure more has come to. */
  private credit({ counts, budget }: Frame, { kind }: Pick<Point, 'kind'>, child: readonly number[]): void {
    const { shape } = this;
    const axis = shape.axis(kind);
    const stride = shape.stride(axis);
    for (let i = 0; i < counts.length; i++) {
      const left = shape.all[i];
      if (left[axis] > 0 && left.every((of, other) => of <= budget[other])) counts[i] += child[i - stride];
    }
  }

  private restore(saved: SavedSearch): void {
    this.executions = saved.executions;
    this.merged = saved.merged;
    let budget = this.shape.whole;
    for (const frame of saved.frames) {
      const { path } = frame;
      if (path.length > 0) budget = this.shape.less(budget, path[path.length - 1].kind);
      const { outcome, recorded } = this.runner.run(path, budget);
      const again = this.frameOf(path, budget, recorded, outcome, frame.points, frame.counts);
      again.at = frame.at;
      again.option = frame.option;
      again.targets = frame.targets;
      again.cuts.splice(0, again.cuts.length, ...again.cuts.filter((cut) => cut.points <= frame.at + (frame.option > 0 ? 0 : 1)));
      this.frames.push(again);
    }
    if (saved.frames.length === 0) throw new Error('a proof that has nothing left to do is not saved');
  }
}


export function describe(path: Path): string {
  return path.map(({ kind, actor, step, label, value, release }) => (
    `${kind} ${actor}#${step} "${label}" ${release === undefined ? value : formatRelease(release)}`)).join(', ') || 'nominal timing';
}
