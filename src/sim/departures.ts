import { State, type Context } from './context.ts';
import { clear } from './list.ts';
import { NONE } from './queue.ts';
import { JITTER_STEPS, formatRelease, type Chooser, type Decision, type Planned, type Release, type Turns } from './seam.ts';
import type { Simulator } from './simulator.ts';
import { END_OF_TIME, US, alignUp, type Ps } from './time.ts';

/**
 * Judges that are lenient after a stall need not know its end to the picosecond: rounded up, runs that were late by a few
 * steps more or less are in one state again.
 */
const RELEASE_GRAIN: Ps = 100 * US;

/** A context that is held. */
interface Stall {
  readonly ctx: Context;
  /** Until when; null: until {@link Turns} let it go. */
  readonly release: Release | null;
  /** When it began, and the time-outs of the run by then. */
  readonly since: Ps;
  readonly timeouts: number;
  /** Moments of quiet that it has sat through, because another was let go. */
  rests: number;
  /** Its step has come: the event that is scheduled ends it. */
  over: boolean;
  /** What is recorded of it. Taking turns says only at its end until when it lasted. */
  readonly decision: { -readonly [K in keyof Decision]: Decision[K] };
}

/**
 * Where a run departs by step: who is held before which step and until when, and whose effect comes late. Known before
 * the run starts (a plan, the fast path), or said as it goes by {@link Turns}, who are asked at every step.
 */
export class Departures {
  /** Time-outs that have fired. */
  timeouts = 0;
  /** When the last stall ended that has kept anybody waiting; -1: none has. */
  releasedAt: Ps = -1;
  private readonly sim: Simulator;
  private readonly plans: Planned[][] = [];
  /** In the order in which they began. */
  private readonly stalls: Stall[] = [];
  /** Stalls that a step ends. */
  private readonly untils: { readonly target: Context; readonly step: number; readonly stall: Stall }[] = [];
  /** Per context: the next step of which the watcher has not been told. */
  private readonly untold: number[] = [];
  private turns: Turns | null = null;
  private readonly rivals: Context[] = [];

  constructor(sim: Simulator) {
    this.sim = sim;
  }

  /** The system has one context more. */
  add(): void {
    this.plans.push([]);
    this.untold.push(0);
  }

  get anyHeld(): boolean {
    return this.stalls.length > 0;
  }

  /** Departures of the plan are still to come, or somebody is held. */
  get pending(): boolean {
    return this.stalls.length > 0 || this.plans.some((list) => list.length > 0);
  }

  reset({ plan, turns = null }: Chooser): void {
    clear(this.stalls);
    clear(this.untils);
    this.timeouts = 0;
    this.releasedAt = -1;
    this.turns = turns;
    this.untold.fill(0);
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
    for (const ctx of this.sim.contexts) {
      if (turns === null) this.nextSpecial(ctx);
      else ctx.special = 0;
    }
  }

  /** Something of the schedule belongs to the step that `ctx` is about to issue. True if it is held. */
  at(ctx: Context): boolean {
    const { watcher } = this.sim;
    if (watcher !== null && ctx.steps === this.untold[ctx.id]) {
      this.untold[ctx.id] = ctx.steps + 1;
      watcher.about(ctx);
      this.nextSpecial(ctx);
    }
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
    if (this.turns !== null) return this.takeTurns(ctx, this.turns);
    return stall !== undefined && this.hold(ctx, stall);
  }

  /** The event of a held context is due: its time, its cap, or the step that it waits for. */
  expire(ctx: Context): void {
    const stall = this.stallOf(ctx);
    if (stall !== undefined && stall.release?.kind !== 'for' && !stall.over) this.timeouts--; // a cap is none
    this.release(ctx);
  }

  /** Nothing but time-outs is due. True if somebody held was released and the run goes on. */
  quiet(): boolean {
    const { stalls, sim } = this;
    if (stalls.length === 0) {
      if (sim.finished()) sim.stop('done');
      return false;
    }
    if (this.turns !== null) {
      this.rest(this.turns.rest(this.everybody(null)));
      return true;
    }
    for (const stall of stalls) {
      if (!this.due(stall)) continue;
      this.rest(stall.ctx);
      return true;
    }
    // Time-outs pass that somebody waits for, but not for ever.
    if (sim.queue.head !== NONE && !sim.finished()) return false;
    this.rest(stalls[0]!.ctx);
    return true;
  }

  // ---- who takes turns --------------------------------------------------------------------------

  /** True if `ctx` is held, since it is the turn of another. */
  private takeTurns(ctx: Context, turns: Turns): boolean {
    const next = turns.next(ctx, this.everybody(ctx));
    if (next === ctx) return false;
    const stall = this.stallOf(next);
    if (stall !== undefined && !stall.over) {
      stall.decision.value = formatRelease({ kind: 'until', actor: ctx.name, step: ctx.steps, ...past(stall.rests) });
      this.end(stall);
    }
    return this.hold(ctx, null);
  }

  /** Who could take the next step: `ctx`, which is about to, who is held, and who is on the way to its next. */
  private everybody(ctx: Context | null): readonly Context[] {
    const { rivals } = this;
    const { contexts, queue } = this.sim;
    clear(rivals);
    for (let i = 0; i < contexts.length; i++) {
      const other = contexts[i]!;
      if (other === ctx || other.state === State.held || (queue.scheduled(other.slot) && !queue.isTimeout(other.slot))) rivals.push(other);
    }
    return rivals;
  }

  /** Lets `ctx` go in a moment of quiet; the others sit through it. */
  private rest(ctx: Context): void {
    for (const stall of this.stalls) {
      if (stall.ctx === ctx) continue;
      stall.rests++;
      // If nothing else ends it, it lasts at least as long as this.
      if (stall.release === null) stall.decision.value = formatRelease({ kind: 'quiet', ...past(stall.rests) });
    }
    this.release(ctx);
  }

  // ---- stalls and delays ------------------------------------------------------------------------

  private contextNamed(name: string): Context | undefined {
    const { contexts } = this.sim;
    for (let i = 0; i < contexts.length; i++) if (contexts[i]!.name === name) return contexts[i];
    return undefined;
  }

  private stallOf(ctx: Context): Stall | undefined {
    const { stalls } = this;
    for (let i = 0; i < stalls.length; i++) if (stalls[i]!.ctx === ctx) return stalls[i];
    return undefined;
  }

  /** The next step of `ctx` at which it departs, or at which somebody is released. */
  private nextSpecial(ctx: Context): void {
    if (this.turns !== null) {
      ctx.special = ctx.steps + 1;
      return;
    }
    const list = this.plans[ctx.id]!;
    let special = list.length === 0 ? -1 : list[list.length - 1]!.step;
    for (const { target, step } of this.untils) if (target === ctx && (special < 0 || step < special)) special = step;
    // A watcher is told of every step, once.
    const untold = this.untold[ctx.id]!;
    if (this.sim.watcher !== null && (special < 0 || special > untold)) special = untold;
    ctx.special = special;
  }

  private delay(ctx: Context, late: number): void {
    const { sim } = this;
    const { jitter } = sim.ops.def(ctx.op);
    if (jitter === 0 || late < 1 || late > JITTER_STEPS) return;
    ctx.lateness += Math.floor((jitter * late) / JITTER_STEPS);
    sim.taken.push({ kind: 'timing', actor: ctx.name, step: ctx.steps, label: sim.ops.label(ctx.op), value: late });
  }

  private hold(ctx: Context, release: Release | null): boolean {
    const { sim } = this;
    const decision: Stall['decision'] = {
      kind: 'stall', actor: ctx.name, step: ctx.steps, label: sim.ops.label(ctx.op), value: release === null ? 'quiet' : formatRelease(release),
    };
    sim.taken.push(decision);
    ctx.state = State.held;
    const stall: Stall = { ctx, release, since: sim.now, timeouts: this.timeouts, rests: 0, over: false, decision };
    this.stalls.push(stall);
    const most = ctx.gate === null ? END_OF_TIME : ctx.gate.stall(ctx);
    const span = release?.kind === 'for' ? Math.min(release.ps, most) : most;
    // Held for a time it is but slow, and keeps the others waiting; a cap does not.
    if (span < END_OF_TIME) sim.queue.schedule(ctx.slot, sim.now + span, release?.kind !== 'for');
    if (release?.kind === 'until') this.watch(release.actor, release.step, stall);
    sim.observer?.held?.(ctx);
    return true;
  }

  /** Ends the stall of `ctx`. */
  private release(ctx: Context): void {
    const { sim, stalls } = this;
    const at = stalls.findIndex((s) => s.ctx === ctx);
    if (at < 0) throw new Error(`${ctx.name} is not held`);
    const [stall] = stalls.splice(at, 1);
    this.forget(stall);
    if (sim.now > stall.since) this.releasedAt = alignUp(sim.now, RELEASE_GRAIN);
    sim.queue.cancel(ctx.slot);
    ctx.state = State.gated;
    if (ctx.gate === null) ctx.grant();
    else ctx.gate.release(ctx);
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
    this.sim.queue.schedule(stall.ctx.slot, this.sim.now, false);
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

  /** Whether `stall` ends in a quiet system. */
  private due({ ctx, release, timeouts, rests }: Stall): boolean {
    switch (release?.kind) {
      case 'quiet':
        return rests >= (release.past ?? 0);
      case 'timeouts':
        return this.timeouts >= timeouts + release.n;
      case 'until': { // a step that can never come, or that comes only after a time-out
        if (rests < (release.past ?? 0)) return false;
        const target = this.untils.find((u) => u.stall.ctx === ctx)?.target;
        return target === undefined || target === ctx || target.state === State.done || this.timeouts > timeouts;
      }
      default:
        return false;
    }
  }
}

/** As a release has it: only if there were any. */
function past(rests: number): { readonly past?: number } {
  return rests === 0 ? {} : { past: rests };
}
