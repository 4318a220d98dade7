import { Context, type Gate } from './context.ts';
import { EventQueue, NONE } from './queue.ts';
import { mix } from './hash.ts';
import { clear } from './list.ts';
import { OpTable, type Op } from './op.ts';
import { NOMINAL, type ChoiceKind, type Chooser, type Decision } from './seam.ts';
import { Departures } from './departures.ts';
import type { SeamWatcher, StepObserver } from './observer.ts';
import type { StopReason, Violation } from './outcome.ts';
import { Halt } from './halt.ts';
import { TraceBus } from './trace.ts';
import { END_OF_TIME, TimeError, formatPs, type Ps } from './time.ts';
import type { Process } from './process.ts';

/** Something other than a context that has an event of its own. */
export interface Owner {
  fire(): void;
}

/** Events of one instant among which an order is chosen, at most. */
const MOST_TIES = 4;
/** Contexts and other owners of events that one system may have. */
export const SLOTS = 128;

/**
 * One system under simulation: time, events, contexts, the seam, the trace.
 *
 * Knows no hardware and no kernel: those register ops, contexts and owners. Built once, then reset
 * in place for each execution.
 */
export class Simulator {
  now: Ps = 0;
  readonly queue = new EventQueue(SLOTS);
  readonly ops = new OpTable();
  readonly trace = new TraceBus(this);
  readonly contexts: Context[] = [];
  /** The context whose process runs right now (or ran last). */
  current: Context | null = null;
  private readonly owners: Owner[] = [];
  private readonly resets: (() => void)[] = [];

  /** Rolling hash over every step (who, what, value, when). */
  hash = 0;
  /** Steps of this run. */
  steps = 0;
  /** A run ends as `limit` beyond so many steps. */
  limit = 1_000_000;
  /** A run ends as `horizon` before an event that is later than this. */
  horizon: Ps = END_OF_TIME - 1;
  observer: StepObserver | null = null;
  /** Set between two runs only. */
  watcher: SeamWatcher | null = null;
  stopped = false;
  private reason: StopReason = 'done';
  /** Asked when the system is quiet and nobody is held: is the run over? */
  finished: () => boolean = () => true;

  private chooser: Chooser = NOMINAL;
  /** The schedule of this run: departures that took effect. */
  readonly taken: Decision[] = [];
  /** Where it departs by step: stalls and timings. */
  readonly departures = new Departures(this);
  private tieCount = 0;
  /** Whether events of one instant may change places. */
  private ordering = false;

  /** Which oracles are judged; undefined: all. */
  selected: ReadonlySet<string> | undefined;
  readonly violations: Violation[] = [];

  /** Reserves a slot of the event queue. */
  slot(owner: Owner): number {
    if (this.owners.length >= SLOTS) throw new RangeError('no event slot left');
    this.owners.push(owner);
    return this.owners.length - 1;
  }

  /** Adds a context; it is dormant until {@link Context.start}. */
  context(name: string, process: Process, gate: Gate | null = null): Context {
    const id = this.contexts.length;
    const slot = this.owners.length;
    const ctx = new Context(this, id, name, slot, process);
    ctx.gate = gate;
    this.slot(ctx);
    this.contexts.push(ctx);
    this.departures.add();
    return ctx;
  }

  /** Registers what a block does when the system is reset in place. */
  onReset(reset: () => void): void {
    this.resets.push(reset);
  }

  /** Back to time 0 with a new source of choices. */
  reset(chooser: Chooser = NOMINAL, ordering = true): void {
    this.now = 0;
    this.queue.reset();
    this.hash = 0;
    this.steps = 0;
    this.stopped = false;
    this.reason = 'done';
    clear(this.taken);
    this.current = null;
    this.tieCount = 0;
    clear(this.violations);
    this.chooser = chooser;
    this.ordering = ordering && chooser !== NOMINAL;
    for (const ctx of this.contexts) ctx.reset();
    this.departures.reset(chooser);
    for (const reset of this.resets) reset();
  }

  /** Runs until the system is done, stuck, stopped or past its limit. */
  run(): StopReason {
    try {
      return this.loop();
    } catch (error) {
      if (!(error instanceof Halt && this.stopped)) throw error;
      return this.reason;
    }
  }

  private loop(): StopReason {
    const { queue, owners, departures } = this;
    while (!this.stopped) {
      if (queue.progress === 0 && departures.quiet()) continue;
      if (this.stopped) break;
      let slot = queue.head;
      if (slot === NONE) return 'stuck';
      if (this.watcher !== null && queue.progress <= 1) this.watcher.calm();
      if (queue.headDue > this.horizon) return 'horizon';
      if (queue.headDue < this.now) throw new TimeError(`an event at ${formatPs(queue.headDue)} is due in the past, at ${formatPs(this.now)}`);
      this.now = queue.headDue;
      if (this.ordering) slot = this.order(slot);
      if (queue.isTimeout(slot)) departures.timeouts++;
      queue.cancel(slot);
      owners[slot]!.fire();
    }
    return this.reason;
  }

  /** Ends the run; the first reason counts. */
  stop(reason: StopReason): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
  }

  /** Called at the effect of every step. */
  stepped(ctx: Context, op: Op, value: number): void {
    this.hash = mix(mix(this.hash, (op & 0x7fffff) ^ (ctx.id << 24)), value ^ (this.now | 0));
    if (++this.steps >= this.limit) this.stop('limit');
    if (this.observer !== null) this.observer.step(ctx, op, value);
  }

  /** A question to the seam that arises as the run goes. 0 is nominal. */
  choose(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number {
    const value = this.chooser.draw(kind, actor, step, n, label);
    if (value === 0) return 0;
    if (!(value > 0 && value < n)) throw new RangeError(`choice ${value} of ${n} at ${actor} ${label}`);
    this.taken.push({ kind, actor, step, label, value });
    return value;
  }

  /** Whether a finding of `oracle` counts in this run. */
  judges(oracle: string): boolean {
    return this.selected === undefined || this.selected.has(oracle);
  }

  /**
   * Records that a rule is broken. `fatal`: nothing sensible can follow, the run ends if the oracle
   * is selected.
   */
  violate(oracle: string, rule: string, site: string, message: string, fatal = false): void {
    if (!this.judges(oracle)) return;
    for (const v of this.violations) if (v.oracle === oracle && v.rule === rule && v.site === site) return;
    this.violations.push({ oracle, rule, site, message, at: this.now, step: this.steps });
    if (fatal) this.stop('violation');
  }

  /** When the last stall ended that has kept anybody waiting; -1: none has. */
  get releasedAt(): Ps {
    return this.departures.releasedAt;
  }

  /** Departures of the plan are still to come, or somebody is held. */
  get departing(): boolean {
    return this.departures.pending;
  }

  get anyHeld(): boolean {
    return this.departures.anyHeld;
  }

  private order(first: number): number {
    const n = this.queue.ties(MOST_TIES);
    if (n < 2) return first;
    const pick = this.choose('order', 'queue', this.tieCount++, n, 'events of one instant');
    return pick === 0 ? first : this.queue.nth(pick);
  }
}
