import {
  JITTER_STEPS, State, clear, finish, mix, type ChoiceKind, type Chooser, type Context, type Op, type Planned, type SeamWatcher, type StepObserver,
} from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Budget, Shape } from './bounds.ts';
import { planOfPath, type Departure, type Path, type Point, type UntilStep } from './departure.ts';
import { Histories } from './histories.ts';
import { Pristine } from './pristine.ts';
import { StateTable, type Ending, type Known } from './table.ts';
import { Visible } from './visible.ts';

/** States of one run that are looked at, at most: nearly all runs that meet at all meet within the first few (docs/performance.md). */
const MOST_CUTS = 16;

/** A state of a run, between two events. */
export interface Cut {
  readonly key: number;
  readonly check: number;
  /** How many of the points after the last departure come before it. */
  readonly points: number;
  /** Sum and number of the steps before it. */
  readonly sum: number;
  readonly steps: number;
}

/** What one run has shown beyond its outcome. */
export interface Recorded {
  /** The points after the last departure, in order: where the schedule can be extended. */
  readonly points: readonly Point[];
  /** What the index of the first of them is in the whole run. */
  readonly first: number;
  readonly cuts: readonly Cut[];
  /** What is known of a state that the run came to; the points after it need not be looked at. */
  readonly met: Known | undefined;
  readonly metAt: Cut | undefined;
  /** Steps of others while the last stall held its context. */
  readonly targets: readonly UntilStep[];
  readonly sum: number;
}

/** Runs schedules, records where they can be extended and in which states they have been. */
export class Runner implements Chooser, SeamWatcher, StepObserver {
  plan: readonly Planned[] = [];
  private readonly system: System;
  private readonly shape: Shape;
  private readonly table: StateTable | null;
  private readonly visible: Visible;
  private readonly pristine: Pristine | null;
  private readonly histories = new Histories();
  private before: StepObserver | null = null;

  private draws: readonly Departure[] = [];
  private budget: Budget = [];
  /** Index of the last departure; points up to it belong to schedules that were tried elsewhere. */
  private last = -1;
  private lastHeld: Context | null = null;
  private index = 0;
  private points: Point[] = [];
  private targets: UntilStep[] = [];
  private cuts: Cut[] = [];
  private met: Known | undefined;
  private metAt: Cut | undefined;
  /** Steps at the last cut. */
  private cutAt = -1;
  private sum = 0;
  private drawn = 0;

  /** `table`: null to recognise no state. `session`: see {@link Visible}. */
  constructor(system: System, shape: Shape, table: StateTable | null, session = 0) {
    this.system = system;
    this.shape = shape;
    this.table = table;
    this.visible = new Visible(system, session);
    this.pristine = table === null ? null : new Pristine(system);
  }

  /** Runs a schedule that is not extended: nothing is recorded. */
  runLeaf(path: Path): Outcome {
    this.prepare(path);
    return this.system.execute(this);
  }

  /** Runs a schedule of which `budget` is left. */
  run(path: Path, budget: Budget): { readonly outcome: Outcome; readonly recorded: Recorded } {
    const { sim } = this.system;
    this.prepare(path);
    this.budget = budget;
    this.last = path.length === 0 ? -1 : path[path.length - 1].at;
    this.lastHeld = null;
    this.index = 0;
    this.points = [];
    this.targets = [];
    this.cuts = [];
    this.met = undefined;
    this.metAt = undefined;
    this.cutAt = -1;
    this.sum = 0;
    this.drawn = 0;
    this.pristine?.restore();
    this.histories.reset(sim.contexts.length);
    this.before = sim.observer;
    sim.observer = this;
    sim.watcher = this;
    try {
      const outcome = this.system.execute(this);
      const { points, cuts, met, metAt, targets, sum } = this;
      return { outcome, recorded: { points, first: this.last + 1, cuts, met, metAt, targets, sum } };
    } finally {
      sim.observer = this.before;
      sim.watcher = null;
    }
  }

  private prepare(path: Path): void {
    this.plan = planOfPath(path);
    this.draws = path.filter(({ placed }) => !placed);
  }

  // ---- Chooser --------------------------------------------------------------------------------

  draw(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number {
    if (this.system.sim.watcher === this && this.shape.covers(kind) && n > 1) this.point({ kind, actor, step, label, n, placed: false });
    for (const departure of this.draws) {
      if (departure.step !== step || departure.actor !== actor || departure.kind !== kind) continue;
      this.drawn = mix(mix(this.drawn, departure.at), departure.value);
      return departure.value < n ? departure.value : 0;
    }
    return 0;
  }

  // ---- SeamWatcher ----------------------------------------------------------------------------

  about(ctx: Context): void {
    this.histories.resumed(ctx);
    const { shape, lastHeld } = this;
    if (lastHeld !== null && lastHeld.state === State.held && ctx !== lastHeld) this.targets.push({ actor: ctx.name, step: ctx.steps });
    const { sim, name: actor, steps: step, op } = ctx;
    if (shape.bounds.timings > 0 && sim.ops.def(op).jitter > 0) {
      this.point({ kind: 'timing', actor, step, label: sim.ops.label(op), n: JITTER_STEPS + 1, placed: true });
    }
    if (shape.bounds.stalls === 0) return;
    if (this.index++ > this.last) {
      this.points.push({ kind: 'stall', actor, step, label: sim.ops.label(op), n: 0, placed: true, idle: this.table !== null && isIdle(ctx) });
    }
  }

  private point(point: Point): void {
    if (this.index++ > this.last) this.points.push(point);
  }

  told(ctx: Context, value: number): void {
    this.histories.told(ctx, value);
  }

  ended(ctx: Context): void {
    this.histories.ended(ctx);
  }

  /**
   * A state in which at most one thing is under way, after some step: here runs that were late at different
   * places meet again.
   */
  calm(): void {
    const { sim } = this.system;
    if (sim.steps === this.cutAt || this.table === null || this.met !== undefined || this.index <= this.last || this.cuts.length >= MOST_CUTS) return;
    if (sim.departing) return;
    this.cutAt = sim.steps;
    this.visible.take();
    const [low, high] = this.histories.fold(mix(this.visible.low, this.drawn), mix(this.visible.high, this.drawn));
    const cut: Cut = { key: StateTable.key(low, high), check: StateTable.check(high), points: this.points.length, sum: this.sum, steps: sim.steps };
    const known = this.table.find(cut.key, cut.check, this.budget);
    if (known === undefined) this.cuts.push(cut);
    else {
      this.met = known;
      this.metAt = cut;
    }
  }

  // ---- StepObserver ---------------------------------------------------------------------------

  step(ctx: Context, op: Op, value: number): void {
    if (this.before !== null) this.before.step(ctx, op, value);
    this.histories.stepped(ctx, op, value);
    const { now } = ctx.sim;
    this.sum = (this.sum + finish(mix(mix(mix(ctx.id, op), value), mix(now | 0, ctx.steps)))) | 0;
  }

  held(ctx: Context): void {
    this.before?.held?.(ctx);
    this.lastHeld = ctx;
    clear(this.targets);
  }
}

/**
 * Whether a stall of `ctx` until all else is quiet would end at once: between two of its steps (so that no
 * code is half run) nothing is under way, nobody else is held, and nobody takes its place.
 */
function isIdle(ctx: Context): boolean {
  const { sim, state, gate } = ctx;
  return state === State.flight && sim.queue.progress === 0 && !sim.anyHeld && (gate === null || gate.keeps(ctx));
}

/** How the run went on after a cut. */
export function endingAfter(cut: Cut, sum: number, { steps, time, reason }: Outcome): Ending {
  return { sum: (sum - cut.sum) | 0, steps: steps - cut.steps, time, reason };
}

export function sameEnding(a: Ending, b: Ending): boolean {
  return a.sum === b.sum && a.steps === b.steps && a.time === b.time && a.reason === b.reason;
}
