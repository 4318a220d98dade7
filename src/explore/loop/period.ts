import { mix, type Context, type Op, type Ps, type StepObserver } from '../../sim/index.ts';

/** Longest round that is looked for, steps. */
const MOST_STEPS = 4096;
/** Most lengths that are considered: rounds within rounds, and several rounds taken for one. */
const MOST_LENGTHS = 128;

/** Who did what with which result when, of one run. */
export class StepList implements StepObserver {
  /** Who, what and with which result, mixed. */
  private readonly what: number[] = [];
  readonly times: Ps[] = [];
  /** By step: whoever takes it has issued it at the head of a loop. */
  private readonly heads: boolean[] = [];

  get length(): number {
    return this.what.length;
  }

  step(ctx: Context, op: Op, value: number): void {
    this.what.push(mix(mix(ctx.id, op), value));
    this.times.push(ctx.sim.now);
    this.heads.push(ctx.homeAt === ctx.step);
  }

  /** Step `i` is what step `i - round` was, and came as long after the one before it. */
  private repeats(i: number, round: number): boolean {
    const { what, times } = this;
    const other = i - round;
    return other >= 0 && what[i] === what[other] && (other === 0 || times[i] - times[i - 1] === times[other] - times[other - 1]);
  }

  /** The first step from which on there is nothing but rounds of so many steps; none earlier than `least`. */
  from(round: number, least = 0): number {
    let at = this.length;
    while (at - round > least && this.repeats(at - 1, round)) at--;
    return at - round;
  }

  /** The lengths of the rounds, in steps, of which the run may end with two or more. */
  rounds(): number[] {
    const { length } = this;
    const found: number[] = [];
    for (let round = 1; round <= MOST_STEPS && 2 * round <= length && found.length < MOST_LENGTHS; round++) {
      const least = length - 2 * round;
      if (this.from(round, least) <= least) found.push(round);
    }
    return found;
  }

  /** Where a round is best said to begin: at a step from `from` on, of one round, with which somebody begins anew. */
  head(from: number, round: number): number {
    const at = this.heads.indexOf(true, from);
    return at >= 0 && at < from + round ? at : from;
  }
}
