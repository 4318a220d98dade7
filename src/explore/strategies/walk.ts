import type { Context, Prng } from '../../sim/index.ts';
import type { Sampler } from './sampler.ts';

/**
 * Random walk: at every step each context that could take it is as likely as any other. The yardstick of the others;
 * to reach a place it has to win one coin toss for every step on the way.
 */
export class WalkSampler implements Sampler {
  private prng: Prng | null = null;
  /** Who was drawn before it had come to the step, and which step that is. */
  private drawn: Context | null = null;
  private step = 0;

  begin(prng: Prng): void {
    this.prng = prng;
    this.drawn = null;
  }

  pick(all: readonly Context[]): Context {
    const { drawn } = this;
    // One toss for one step: whoever has won it keeps it until it is there.
    if (drawn !== null && drawn.steps === this.step && all.includes(drawn)) return drawn;
    this.drawn = all[this.prng!.below(all.length)];
    this.step = this.drawn.steps;
    return this.drawn;
  }

  took(): void {
    this.drawn = null;
  }

  end(): void {}
}
