import { NOMINAL, State, clear, operandOf, type Context, type Prng, type Simulator } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { Accesses, type Interest } from './accesses.ts';
import { Priorities, isKnown, type Sampler } from './sampler.ts';

/** One execution in so many is watched, to learn what is touched how often. */
const WATCH_EVERY = 64;

/**
 * Selectively uniform random walk (Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing,
 * ASPLOS 2025).
 *
 * Only the accesses to one object count in an execution, another in each: among all orders of just these every one is
 * to be as likely. So whose access comes next is drawn in proportion to how many each context has still to make, and
 * the others wait before theirs. All other steps go by random priorities.
 *
 * What counts is chosen without being told: what at least two contexts touch and one writes, of all that footprints
 * name (registers, wires, locks, wait queues; a field of a driver shows by the lock around it), by how often it is touched. The numbers come from the executions that are watched, and who
 * starts whom (whose accesses weigh with the one that starts it, until it does) from whatever execution shows it.
 */
export class SurwSampler implements Sampler {
  private readonly sim: Simulator;
  private readonly accesses: Accesses;
  private readonly priorities = new Priorities();
  private prng: Prng | null = null;
  private target = -1;
  /** Accesses that each context has still to make. */
  private readonly left: number[] = [];
  /** Waits before an access that is not its turn. */
  private readonly waits: boolean[] = [];
  /** Who started it, as far as is known; -1: nobody. */
  private readonly parents: number[] = [];
  /** Whose access comes next. */
  private intended: Context | null = null;
  /** With its unborn children's it had so many. */
  private intendedWeight = 0;
  /** Who has just taken a step. */
  private last: Context | null = null;
  /** Who has been seen in this execution. */
  private readonly met: boolean[] = [];
  private watching = false;
  /** What the nominal run touches; null: it has not been seen yet. */
  private nominal: readonly Interest[] | null = null;

  constructor(sim: Simulator) {
    this.sim = sim;
    this.accesses = new Accesses(sim);
  }

  /** The object whose accesses count in this execution. */
  get objectName(): string {
    return this.target < 0 ? 'none' : this.sim.ops.objectName(this.target);
  }

  enter(first: boolean, system: System): void {
    const { accesses } = this;
    clear(this.left);
    clear(this.waits);
    clear(this.parents);
    clear(this.met);
    if (!first && this.nominal === null) {
      accesses.attach();
      system.execute(NOMINAL);
      accesses.detach();
      this.nominal = accesses.interests;
    }
    accesses.interests = first ? [] : this.nominal ?? [];
  }

  begin(prng: Prng, execution: number): void {
    const { sim, left, waits, parents, met } = this;
    this.prng = prng;
    this.priorities.begin(prng);
    const interest = this.draw(prng);
    this.target = interest?.object ?? -1;
    while (left.length < sim.contexts.length) {
      left.push(0);
      waits.push(false);
      parents.push(-1);
      met.push(false);
    }
    for (let i = 0; i < left.length; i++) {
      left[i] = interest?.counts[i] ?? 0;
      waits[i] = met[i] = false;
    }
    this.intended = null;
    this.last = null;
    this.watching = execution % WATCH_EVERY === 0;
    if (this.watching) this.accesses.attach();
  }

  pick(all: readonly Context[], arriving: Context | null): Context {
    const { waits } = this;
    this.meet(all);
    for (;;) {
      let best: Context | null = null;
      for (let i = 0, most = -1; i < all.length; i++) {
        const priority = waits[all[i].id] ? -1 : this.priorities.of(all[i]);
        if (priority <= most) continue;
        most = priority;
        best = all[i];
      }
      if (best === null) { // the one whose turn it is cannot make its access: another's
        this.open();
        continue;
      }
      if (!isKnown(best, arriving) || !this.isInteresting(best)) return best;
      if (this.left[best.id] === 0) this.left[best.id] = 1; // more than were foreseen
      this.intended ??= this.intend(all);
      if (best === this.intended) return best;
      waits[best.id] = true;
    }
  }

  took(ctx: Context): void {
    this.last = ctx;
    if (!this.isInteresting(ctx)) {
      this.priorities.forget(ctx);
      return;
    }
    if (this.left[ctx.id] > 0) this.left[ctx.id]--;
    this.open();
  }

  end(): void {
    if (this.watching) this.accesses.detach();
  }

  /** The object of this execution, by how often each is touched. */
  private draw(prng: Prng): Interest | undefined {
    const { interests } = this.accesses;
    const total = interests.reduce((sum, interest) => sum + interest.total, 0);
    if (total === 0) return undefined;
    let at = prng.below(total);
    return interests.find((interest) => (at -= interest.total) < 0);
  }

  private isInteresting({ op }: Context): boolean {
    const { reads, writes } = this.sim.ops.def(op).footprint(operandOf(op));
    return reads.includes(this.target) || writes.includes(this.target);
  }

  /** Draws whose access is the next, in proportion to what each has left. */
  private intend(all: readonly Context[]): Context {
    const { waits } = this;
    let total = 0;
    for (const ctx of all) if (!waits[ctx.id]) total += this.weight(ctx);
    let at = this.prng!.below(total);
    for (const ctx of all) {
      if (waits[ctx.id]) continue;
      this.intendedWeight = this.weight(ctx);
      at -= this.intendedWeight;
      if (at < 0) return ctx;
    }
    throw new Error('nobody has an access to make');
  }

  /** What a context has left, with those of whom it has still to start. */
  protected weight(ctx: Context): number {
    const { contexts } = this.sim;
    let sum = this.left[ctx.id];
    for (let i = 0; i < contexts.length; i++) {
      if (this.parents[i] === ctx.id && contexts[i].state === State.dormant) sum += this.weight(contexts[i]);
    }
    return sum;
  }

  /** Whoever is here for the first time was started by the one that has just taken a step. */
  private meet(all: readonly Context[]): void {
    const { met, last, parents } = this;
    for (let i = 0; i < all.length; i++) {
      const child = all[i];
      if (met[child.id]) continue;
      met[child.id] = true;
      if (last === null || child.steps > 0) continue;
      if (parents[child.id] < 0) parents[child.id] = last.id;
      if (this.intended?.id === parents[child.id]) this.handDown(child);
    }
  }

  /** The one whose turn it is has started `child`, and the turn may have been the child's. */
  private handDown(child: Context): void {
    const before = this.intendedWeight;
    const weight = this.weight(child);
    this.intendedWeight -= weight;
    if (before <= 0 || this.prng!.below(before) >= weight) return;
    this.intended = child;
    this.intendedWeight = weight;
  }

  /** The turn has been taken: nobody waits any more, and the next is yet to be drawn. */
  private open(): void {
    this.intended = null;
    this.waits.fill(false);
  }
}
