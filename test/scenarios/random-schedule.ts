import { MS, Prng, US, type ChoiceKind, type Chooser, type Planned, type Ps, type Release, type Simulator } from '../../src/sim/index.ts';

const TIMES: readonly Ps[] = [2 * US, 20 * US, 100 * US, 1 * MS, 10 * MS, 200 * MS];
/** Stalls of one schedule at most. */
const MOST_STALLS = 7;

/**
 * A random schedule: some stalls and late accesses laid out beforehand, and random answers, of which
 * each schedule leaves most kinds alone (swarm). The same (seed, stream) is the same schedule.
 */
export class RandomSchedule implements Chooser {
  readonly plan: Planned[] = [];
  private readonly prng: Prng;
  /** Per label: one answer in so many departs; 0: none does. */
  private readonly rates = new Map<string, number>();
  private readonly careless: boolean;

  /** `actors`: contexts that may be stalled; `reach`: steps within which they are. */
  constructor(seed: number, stream: number, actors: readonly string[], reach = 260) {
    const prng = new Prng(seed, stream);
    this.prng = prng;
    this.careless = prng.oneIn(2);
    for (let left = prng.below(MOST_STALLS + 1); left > 0; left--) {
      const actor = actors[prng.below(actors.length)];
      const step = prng.below(prng.oneIn(3) ? reach : reach >> 2);
      if (prng.oneIn(5)) this.plan.push({ actor, step, late: 1 + prng.below(8) });
      else this.plan.push({ actor, step, release: this.release(actors) });
    }
  }

  private release(actors: readonly string[]): Release {
    const { prng } = this;
    switch (prng.below(8)) {
      case 0:
        return { kind: 'timeouts', n: 1 + prng.below(3) };
      case 1:
        return { kind: 'until', actor: actors[prng.below(actors.length)], step: prng.below(200) };
      case 2:
      case 3:
        return { kind: 'for', ps: TIMES[prng.below(TIMES.length)] };
      default:
        return { kind: 'quiet' };
    }
  }

  draw(kind: ChoiceKind, actor: string, _step: number, n: number, label: string): number {
    const { prng } = this;
    const key = `${kind} ${actor} ${label}`;
    let rate = this.rates.get(key);
    if (rate === undefined) {
      rate = label === 'host move' || label === 'which move?' ? (this.careless ? 2 : 0) : prng.oneIn(kind === 'config' ? 2 : 3) ? 1 + prng.below(5) : 0;
      this.rates.set(key, rate);
    }
    return rate > 0 && prng.oneIn(rate) ? prng.below(n) : 0;
  }
}

/** The contexts of a system that stalls make sense for. */
export function actorsOf(sim: Simulator): string[] {
  return sim.contexts.map(({ name }) => name).filter((name) => name !== 'bmc:boot');
}
