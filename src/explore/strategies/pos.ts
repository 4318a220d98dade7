import type { Context, Prng } from '../../sim/index.ts';
import { Priorities, conflict, isKnown, type Sampler } from './sampler.ts';

/**
 * Partial order sampling (Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling, CAV 2018).
 *
 * Not the contexts but their steps have random priorities, and the step with the highest comes next. When it has come,
 * the steps that stand waiting and conflict with it get new ones: how two of them are ordered then says nothing about
 * how either is ordered against a third, and no order of conflicting accesses is much less likely than another.
 *
 * What somebody will do whose step is still in flight is not known; its next step then has a priority, but no conflict.
 */
export class PosSampler implements Sampler {
  private readonly priorities = new Priorities();

  begin(prng: Prng): void {
    this.priorities.begin(prng);
  }

  pick(all: readonly Context[]): Context {
    return this.priorities.highest(all);
  }

  took(ctx: Context, all: readonly Context[], arriving: Context | null): void {
    const { priorities } = this;
    priorities.forget(ctx);
    for (let i = 0; i < all.length; i++) {
      const other = all[i];
      if (other !== ctx && isKnown(other, arriving) && conflict(ctx, other)) priorities.forget(other);
    }
  }

  end(): void {}
}
