import type { Context, Op, Prng } from '../../sim/index.ts';
import { Priorities, conflict, isKnown, type Sampler } from './sampler.ts';

/**
 * Partial order sampling (Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling, CAV 2018).
 *
 * Not the contexts but their steps have random priorities, and the step with the highest comes next. When it has come,
 * the steps that stand waiting and conflict with it get new ones: how two of them are ordered then says nothing about
 * how either is ordered against a third, and no order of conflicting accesses is much less likely than another.
 *
 * What somebody will do whose step is still in flight is not known; what conflicts with it meanwhile is remembered until
 * it is.
 */
export class PosSampler implements Sampler {
  private readonly priorities = new Priorities();
  /** By context: the steps that were taken while its own next one was not known. */
  private readonly missed: Op[][] = [];

  begin(prng: Prng): void {
    this.priorities.begin(prng);
    this.missed.length = 0;
  }

  pick(all: readonly Context[], arriving: Context | null): Context {
    if (arriving !== null) this.catchUp(arriving);
    return this.priorities.highest(all);
  }

  took(ctx: Context, all: readonly Context[], arriving: Context | null): void {
    const { priorities, missed } = this;
    priorities.forget(ctx);
    for (let i = 0; i < all.length; i++) {
      const other = all[i];
      if (other === ctx) continue;
      if (!isKnown(other, arriving)) (missed[other.id] ??= []).push(ctx.op);
      else if (conflict(ctx.sim, ctx.op, other.op)) priorities.forget(other);
    }
  }

  end(): void {}

  private catchUp(ctx: Context): void {
    const steps = this.missed[ctx.id];
    if (steps === undefined || steps.length === 0) return;
    for (let i = 0; i < steps.length; i++) {
      if (!conflict(ctx.sim, steps[i], ctx.op)) continue;
      this.priorities.forget(ctx);
      break;
    }
    steps.length = 0;
  }
}
