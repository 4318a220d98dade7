import type { Context, Prng } from '../../sim/index.ts';
import type { Sampler } from './sampler.ts';

/**
 * Random walk: at every step each context that could take it is as likely as any other. The yardstick of the others;
 * to reach a place it has to win one coin toss for every step on the way.
 */
export class WalkSampler implements Sampler {
  private prng: Prng | null = null;

  begin(prng: Prng): void {
    this.prng = prng;
  }

  pick(all: readonly Context[]): Context {
    return all[this.prng!.below(all.length)];
  }

  took(): void {}

  end(): void {}
}
