import { Context, State, type Gate } from './context.ts';
import { EventQueue, NONE } from './queue.ts';
import { mix } from './hash.ts';
import { clear } from './list.ts';
import { OpTable, type Op } from './op.ts';
import {
  JITTER_STEPS, NOMINAL, formatRelease, type ChoiceKind, type Chooser, type Decision, type Planned, type Release,
} from './seam.ts';
import { Halt } from './halt.ts';
import { TraceBus } from './trace.ts';
import { END_OF_TIME, TimeError, formatPs, type Ps } from './time.ts';
import type { Process } from './process.ts';

/** Something other than a context that has an event of its own. */
export interface Owner {
  fire(): void;
}

/** Sees every step at its effect; for recording, race detection, coverage and state hashing. */
export interface StepObserver {
  step(ctx: Context, op: Op, value: number): void;
  /** `ctx` is stalled before its next step, from now on. */
  held?(ctx: Context): void;
}

/** A rule that was broken, as its oracle or the kernel reports it. */
export interface Violation {
  readonly oracle: string;
  /** Stable name of the rule within the oracle. */
  readonly rule: string;
  /** Where: actor and site. */
  readonly site: string;
  readonly message: string;
  readonly at: Ps;
  readonly step: number;
}

/** A context that is held. */
interface Stall {
  readonly ctx: Context;
  readonly release: Release;
  /** Time-outs of the run when it began. */
  readonly timeouts: number;
  /** Its step has come: the event that is scheduled ends it. */
  over: boolean;
}

export type StopReason =
  /** Nothing is due any more but time-outs that concern nobody, and the goal is met. */
  | 'done'
  /** Nothing is due at all. */
  | 'stuck'
  /** The limit of steps was reached. */
  | 'limit'
  /** The next event lies beyond the horizon. */
  | 'horizon'
  /** A fatal violation. */
  | 'violation';

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
  stopped = false;
  private reason: StopReason = 'done';
  /** Asked when the system is quiet and nobody is held: is the run over? */
  finished: () => boolean = () => true;

  private chooser: Chooser = NOMINAL;
  /** The schedule of this run: departures that took effect. */
  readonly taken: Decision[] = [];
  private readonly plans: Planned[][] = [];
  /** In the order in which they began. */
  private readonly stalls: Stall[] = [];
  /** Stalls that a step ends. */
  private readonly untils: { readonly target: Context; readonly step: number; readonly stall: Stall }[] = [];
  private timeoutsFired = 0;
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
    this.plans.push([]);
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
    clear(this.stalls);
    clear(this.untils);
    this.current = null;
    this.timeoutsFired = 0;
    this.releasedAt = -1;
    this.tieCount = 0;
    clear(this.violations);
    this.chooser = chooser;
    this.ordering = ordering && chooser !== NOMINAL;
    for (const ctx of this.contexts) ctx.reset();
    this.lay(chooser.plan);
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
    const { queue, owners } = this;
    while (!this.stopped) {
      if (queue.progress === 0 && this.quiet()) continue;
      if (this.stopped) break;
      let slot = queue.head;
      if (slot === NONE) return 'stuck';
      if (queue.headDue > this.horizon) return 'horizon';
      if (queue.headDue < this.now) throw new TimeError(`an event at ${formatPs(queue.headDue)} is due in the past, at ${formatPs(this.now)}`);
      this.now = queue.headDue;
      if (this.ordering) slot = this.order(slot);
      if (queue.isTimeout(slot)) this.timeoutsFired++;
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

  // ---- departures placed by step ------------------------------------------------------------

  private lay(plan: readonly Planned[]): void {
    for (const list of this.plans) clear(list);
    for (const departure of plan) {
      const ctx = this.contextNamed(departure.actor);
      if (ctx === undefined) continue;
      const list = this.plans[ctx.id]!;
      let at = list.length;
      list.push(departure); // latest first: the next one is popped
      for (; at > 0 && list[at - 1]!.step < departure.step; at--) list[at] = list[at - 1]!;
      list[at] = departure;
    }
    for (const ctx of this.contexts) this.nextSpecial(ctx);
  }

  private contextNamed(name: string): Context | undefined {
    const { contexts } = this;
    for (let i = 0; i < contexts.length; i++) if (contexts[i]!.name === name) return contexts[i];
    return undefined;
  }

  /** The next step of `ctx` at which it departs, or at which somebody is released. */
  private nextSpecial(ctx: Context): void {
    const list = this.plans[ctx.id]!;
    let special = list.length === 0 ? -1 : list[list.length - 1]!.step;
    for (const { target, step } of this.untils) if (target === ctx && (special < 0 || step < special)) special = step;
    ctx.special = special;
  }

  /** Something of the schedule belongs to the step that `ctx` is about to issue. True if it is held. */
  departs(ctx: Context): boolean {
    if (this.untils.length > 0) this.reached(ctx);
    const list = this.plans[ctx.id]!;
    let stall: Release | undefined;
    let later = 0;
    // Of several of one kind at one step the first of the plan counts: a schedule has one decision for each place.
    while (list.length > 0 && list[list.length - 1]!.step === ctx.steps) {
      const { release, late } = list.pop()!;
      if (release !== undefined) stall = release;
      if (late !== undefined) later = late;
    }
    this.nextSpecial(ctx);
    if (later !== 0) this.delay(ctx, later);
    return stall !== undefined && this.hold(ctx, stall);
  }

  private delay(ctx: Context, late: number): void {
    const { jitter } = this.ops.def(ctx.op);
    if (jitter === 0 || late < 1 || late > JITTER_STEPS) return;
    ctx.lateness += Math.floor((jitter * late) / JITTER_STEPS);
    this.taken.push({ kind: 'timing', actor: ctx.name, step: ctx.steps, label: this.ops.label(ctx.op), value: late });
  }

  private hold(ctx: Context, release: Release): boolean {
    this.taken.push({ kind: 'stall', actor: ctx.name, step: ctx.steps, label: this.ops.label(ctx.op), value: formatRelease(release) });
    ctx.state = State.held;
    const stall: Stall = { ctx, release, timeouts: this.timeoutsFired, over: false };
    this.stalls.push(stall);
    const most = ctx.gate === null ? END_OF_TIME : ctx.gate.stall(ctx);
    const span = release.kind === 'for' ? Math.min(release.ps, most) : most;
    // Held for a time it is but slow, and keeps the others waiting; a cap does not.
    if (span < END_OF_TIME) this.queue.schedule(ctx.slot, this.now + span, release.kind !== 'for');
    if (release.kind === 'until') this.watch(release.actor, release.step, stall);
    this.observer?.held?.(ctx);
    return true;
  }

  /** The event of a held context is due: its time, its cap, or the step that it waits for. */
  expire(ctx: Context): void {
    const stall = this.stalls.find((s) => s.ctx === ctx);
    if (stall !== undefined && stall.release.kind !== 'for' && !stall.over) this.timeoutsFired--; // a cap is none
    this.release(ctx);
  }

  /** Ends the stall of `ctx`. */
  release(ctx: Context): void {
    const at = this.stalls.findIndex((s) => s.ctx === ctx);
    if (at < 0) throw new Error(`${ctx.name} is not held`);
    const [stall] = this.stalls.splice(at, 1);
    this.forget(stall);
    this.releasedAt = this.now;
    this.queue.cancel(ctx.slot);
    ctx.state = State.gated;
    if (ctx.gate === null) ctx.grant();
    else ctx.gate.release(ctx);
  }

  /** When the last stall ended; -1: none has. */
  releasedAt: Ps = -1;

  get anyHeld(): boolean {
    return this.stalls.length > 0;
  }

  /** `stall` ends when `actor` is about to issue its step `step`. */
  private watch(actor: string, step: number, stall: Stall): void {
    const target = this.contextNamed(actor);
    if (target === undefined || target.steps > step || (target.steps === step && target !== stall.ctx && target.state === State.held)) {
      this.end(stall);
      return;
    }
    this.untils.push({ target, step, stall });
    this.nextSpecial(target);
  }

  private end(stall: Stall): void {
    stall.over = true;
    this.queue.schedule(stall.ctx.slot, this.now, false);
  }

  private forget(stall: Stall): void {
    const at = this.untils.findIndex((u) => u.stall === stall);
    if (at < 0) return;
    const { target } = this.untils[at]!;
    this.untils.splice(at, 1);
    this.nextSpecial(target);
  }

  /** Releases whoever waits for the step that `ctx` is about to issue. */
  private reached(ctx: Context): void {
    for (let i = 0; i < this.untils.length;) {
      const { target, step, stall } = this.untils[i]!;
      if (target !== ctx || step > ctx.steps) {
        i++;
        continue;
      }
      this.untils.splice(i, 1);
      this.end(stall);
    }
  }

  /** Nothing but time-outs is due. True if somebody held was released and the run goes on. */
  private quiet(): boolean {
    const { stalls, queue } = this;
    if (stalls.length === 0) {
      if (this.finished()) this.stop('done');
      return false;
    }
    for (const stall of stalls) {
      if (!this.due(stall)) continue;
      this.release(stall.ctx);
      return true;
    }
    // Time-outs pass that somebody waits for, but not for ever.
    if (queue.head !== NONE && !this.finished()) return false;
    this.release(stalls[0]!.ctx);
    return true;
  }

  /** Whether `stall` ends in a quiet system. */
  private due({ ctx, release, timeouts }: Stall): boolean {
    switch (release.kind) {
      case 'quiet':
        return true;
      case 'timeouts':
        return this.timeoutsFired >= timeouts + release.n;
      case 'until': { // a step that can never come, or that comes only after a time-out
        const target = this.untils.find((u) => u.stall.ctx === ctx)?.target;
        return target === undefined || target === ctx || target.state === State.done || this.timeoutsFired > timeouts;
      }
      case 'for':
        return false;
    }
  }

  private order(first: number): number {
    const n = this.queue.ties(MOST_TIES);
    if (n < 2) return first;
    const pick = this.choose('order', 'queue', this.tieCount++, n, 'events of one instant');
    return pick === 0 ? first : this.queue.nth(pick);
  }
}
