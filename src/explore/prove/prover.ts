import { NOMINAL } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Finding, Subject } from '../finding.ts';
import { NondeterminismError } from '../hunt/reruns.ts';
import { Backlog, LEAVES } from './backlog.ts';
import { Shape, type Bounds } from './bounds.ts';
import type { Path } from './departure.ts';
import { LeavesRunner, isStriking, type Judged, type LeavesResult, type LeavesTask } from './leaves.ts';
import { Runner } from './runner.ts';
import { loadState, saveState, type SavedProof, type SavedState } from './saved.ts';
import { Search, describe } from './search.ts';
import { StateTable } from './table.ts';
import { Verdicts } from './verdicts.ts';

export interface ProverOptions {
  readonly bounds: Bounds;
  /** Goes on only once from each state. Default true; never in a system that is built to be observed: what its oracle knows is no state. */
  readonly prune?: boolean;
  /**
   * So many tasks are kept ready for others, who ask for a {@link Prover.task}. What is run, merged and found is the same.
   * Default 0: nobody else is there.
   */
  readonly share?: number;
  /** Executions of a task; default {@link LEAVES}. */
  readonly leaves?: number;
}

/**
 * Runs every schedule within bounds, or one for all that are bound to go on alike ({@link Search}), and judges each
 * ({@link Verdicts}). Most runs are leaves of the search, which are not extended: others can make them (`Backlog`).
 */
export class Prover {
  readonly bounds: Bounds;
  readonly prune: boolean;
  readonly shape: Shape;
  private readonly table: StateTable | null;
  private readonly runner: Runner;
  private readonly search: Search;
  private readonly verdicts: Verdicts;
  /** What others may run; null: nobody else is there. */
  private readonly backlog: Backlog | null;
  /** A task that is run here, since others have enough to do. */
  private readonly own: LeavesRunner;
  private ownTask: LeavesTask | null = null;

  constructor(system: System, subject: Subject, { bounds, prune, share = 0, leaves = LEAVES }: ProverOptions, saved?: SavedProof) {
    this.bounds = bounds;
    this.shape = new Shape(bounds);
    system.trackTraces = false;
    this.prune = prune !== false && system.sim.observer === null;
    this.table = this.prune ? new StateTable() : null;
    this.runner = new Runner(system, this.shape, this.table, saved?.executions);
    this.own = new LeavesRunner(this.runner);
    this.backlog = share === 0 ? null : new Backlog(share, leaves);
    this.verdicts = new Verdicts(system, subject, system.execute(NOMINAL).hash, saved?.verdicts);
    this.search = new Search(this.shape, this.runner, this.table, {
      ran: (outcome, path, execution) => this.judgeInTurn(outcome, path, execution),
      leaf: (path, execution) => {
        if (this.backlog === null) this.judge(this.runner.runLeaf(path), path, execution);
        else this.backlog.add(path, execution);
      },
    }, saved);
  }

  get done(): boolean {
    return this.search.done && this.settled;
  }

  /** Nothing that was begun is still to be run, judged or shrunk. */
  get settled(): boolean {
    return !this.verdicts.busy && this.backlog?.empty !== false;
  }

  /** Schedules that were run, or are to be since they were begun. */
  get executions(): number {
    return this.search.executions;
  }

  /** Runs that came to a state from which everything had been tried. */
  get merged(): number {
    return this.search.merged;
  }

  /** Schedules within the bounds that were run, or that another one was run for. */
  get schedules(): number {
    return this.search.schedules;
  }

  get findings(): Finding[] {
    return this.verdicts.findings;
  }

  get shrinkExecutions(): number {
    return this.verdicts.shrinkExecutions;
  }

  get violating(): number {
    return this.verdicts.violating;
  }

  /** Distinct states that are remembered. */
  get states(): number {
    return this.table?.size ?? 0;
  }

  /** Begins, runs or shrinks up to `n` executions; returns how many: fewer if the proof is done, or others have what is left. */
  advance(n: number): number {
    return this.work(n, true);
  }

  /** Goes on with what was begun, and begins no schedule. */
  settle(n: number): number {
    return this.work(n, false);
  }

  /** Schedules for somebody else to run, by a {@link LeavesRunner}; null: there are none at the moment. */
  task(): LeavesTask | null {
    return this.backlog?.task() ?? null;
  }

  /** What came of a task. */
  take(task: LeavesTask, result: LeavesResult): void {
    this.backlog?.take(task, result);
  }

  /** All that is needed to go on; it must be {@link settled}. */
  save(): SavedProof {
    if (!this.settled) throw new Error('a proof is saved when nothing is under way');
    return { ...this.search.save(), verdicts: this.verdicts.save() };
  }

  /** The states that belong to {@link save}, one by one. */
  *saveStates(): Generator<SavedState> {
    if (this.table === null) return;
    for (const [key, known] of this.table.entries()) yield saveState(this.shape, key, known);
  }

  /** Gives back one of {@link saveStates}, before the search goes on. */
  addState(state: SavedState): void {
    this.table?.add(...loadState(this.shape, state));
  }

  private work(n: number, begins: boolean): number {
    let spent = 0;
    while (spent < n && !this.done) {
      if (this.verdicts.busy) spent += this.verdicts.advance(n - spent);
      else if (this.judgeNext()) continue;
      else if (begins && !this.search.done && this.backlog?.full !== true) spent += this.search.step() ? 1 : 0;
      else if (this.beginOwn(begins)) spent += this.runOwn(n - spent);
      else break;
    }
    return spent;
  }

  /** Judges the run whose turn it is; false: it is still to be made. */
  private judgeNext(): boolean {
    const next = this.backlog?.next();
    if (next !== undefined) this.judge(next.judged, next.path, next.execution);
    return next !== undefined;
  }

  /** Sees to it that there is a task to be run here; false: others have all that is left. */
  private beginOwn(begins: boolean): boolean {
    if (this.ownTask !== null) return true;
    if (this.search.done || !begins) this.backlog?.flush();
    this.ownTask = this.task();
    if (this.ownTask !== null) this.own.begin(this.ownTask);
    return this.ownTask !== null;
  }

  private runOwn(n: number): number {
    const spent = this.own.advance(n);
    const { result } = this.own;
    if (result !== null) {
      this.take(this.ownTask!, result);
      this.ownTask = null;
    }
    return spent;
  }

  /** After all that was begun before. */
  private judgeInTurn(outcome: Outcome, path: Path, execution: number): void {
    if (this.backlog === null || this.backlog.empty) this.judge(outcome, path, execution);
    else if (isStriking(outcome, path)) this.backlog.put({ judged: outcome, path, execution });
  }

  /** A run must take the departures that it was given, no less and no more. */
  private judge(judged: Judged, path: Path, execution: number): void {
    if (judged.taken.length !== path.length) {
      throw new NondeterminismError(`execution ${execution} took ${judged.taken.length} departures, not ${path.length}: ${describe(path)}`);
    }
    this.verdicts.offer(judged, execution);
  }
}
