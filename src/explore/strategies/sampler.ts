import { State, operandOf, type Context, type Op, type Prng, type Simulator } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import type { Learning } from '../strategy.ts';

/**
 * One algorithm of randomised scheduling, over contexts that could take the next step. It says whose turn it is, and
 * knows nothing of stalls, hardware or time: `TurnTaking` maps it to those, and a plain program of threads is the case
 * in which nothing has to be mapped.
 */
export interface Sampler {
  /** How its slices learn from one another; absent: they do not. */
  readonly learning?: Learning;
  /** A slice begins: forgets all but the nominal run, and in the first slice, which begins with it, that too. */
  enter?(first: boolean, system: System): void;
  /** A new execution begins; `prng` is seeded for it. */
  begin(prng: Prng, execution: number): void;
  /** Who of `all` takes the next step. `arriving` stands before its own; null: everybody is held. */
  pick(all: readonly Context[], arriving: Context | null): Context;
  /** `ctx`, one of `all`, takes its step `ctx.op` now. */
  took(ctx: Context, all: readonly Context[], arriving: Context | null): void;
  /** The execution is over. */
  end(): void;
}

/** Whether it is known what `ctx` does next: it stands before its step. Who is still in the one before is not asked. */
export function isKnown(ctx: Context, arriving: Context | null): boolean {
  return ctx === arriving || ctx.state === State.held;
}

/** Whether two steps touch something in common, and one of them writes it. */
export function conflict({ ops }: Simulator, a: Op, b: Op): boolean {
  const one = ops.def(a).footprint(operandOf(a));
  const other = ops.def(b).footprint(operandOf(b));
  return meets(one.writes, other.writes) || meets(one.writes, other.reads) || meets(one.reads, other.writes);
}

function meets(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (b.includes(a[i])) return true;
  return false;
}

/** Random priorities of contexts, drawn when they are first asked for. */
export class Priorities {
  private readonly values: number[] = [];
  private prng: Prng | null = null;

  begin(prng: Prng): void {
    this.prng = prng;
    this.values.length = 0;
  }

  /** At least `least`, if it has to be drawn. */
  of({ id }: Context, least = 0): number {
    const { values } = this;
    while (values.length <= id) values.push(-1);
    if (values[id] < 0) values[id] = least + this.prng!.below(0x4000_0000);
    return values[id];
  }

  set({ id }: Context, priority: number): void {
    this.values[id] = priority;
  }

  /** To be drawn anew. */
  forget(ctx: Context): void {
    this.set(ctx, -1);
  }

  /** Who of `all` has the highest. */
  highest(all: readonly Context[], least = 0): Context {
    let best = all[0];
    for (let i = 1, most = this.of(best, least); i < all.length; i++) {
      const priority = this.of(all[i], least);
      if (priority <= most) continue;
      most = priority;
      best = all[i];
    }
    return best;
  }
}
