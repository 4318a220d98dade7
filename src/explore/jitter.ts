import { JITTER_STEPS, Prng, type Chooser } from '../sim/index.ts';

/** How late within its bounds a step comes: a weight for each eighth of its jitter, from none to all. */
export interface Jitter {
  readonly name: string;
  readonly text: string;
  /** JITTER_STEPS + 1 of them; undefined: nothing is late. */
  readonly weights: readonly number[] | null;
}

/** The distributions that a benchmark can draw from, the default first. All are judgement: no measurement settles them. */
export const JITTERS: readonly Jitter[] = [
  {
    name: 'tail', text: 'each eighth of a step\'s jitter half as likely as the one before it: mostly on time, rarely very late',
    weights: [128, 64, 32, 16, 8, 4, 2, 1, 1],
  },
  { name: 'even', text: 'all eighths of a step\'s jitter equally likely, none to all', weights: [1, 1, 1, 1, 1, 1, 1, 1, 1] },
  { name: 'none', text: 'nominal timing', weights: null },
];

/**
 * Nominal in all but time: each step of each context, and each timing that hardware asks for, is late by a number of
 * eighths of its jitter that is drawn from a distribution. Phases of free-running clocks are drawn evenly.
 */
export class JitterChooser implements Chooser {
  readonly plan: Chooser['plan'];
  /** What hardware has asked for. */
  readonly asked = new Set<string>();
  private readonly weights: readonly number[] | null;
  private readonly sum: number;
  private readonly prng: Prng;

  /** `steps`: contexts, and for how many of their steps lateness is drawn. */
  constructor(jitter: Jitter, steps: ReadonlyMap<string, number>, seed: number, execution: number) {
    this.weights = jitter.weights;
    this.sum = jitter.weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
    this.prng = new Prng(seed, execution);
    // The latest step first, as the simulator takes them.
    this.plan = this.weights === null ? [] : [...steps].flatMap(([actor, count]) => (
      Array.from({ length: count }, (_none, i) => ({ actor, step: count - 1 - i, late: this.eighths() })).filter(({ late }) => late > 0)));
  }

  draw(kind: string, _actor: string, _step: number, n: number, label: string): number {
    if (kind !== 'timing' || this.weights === null) return 0;
    this.asked.add(label);
    return n === JITTER_STEPS + 1 ? this.eighths() : this.prng.below(n);
  }

  private eighths(): number {
    let at = this.prng.below(this.sum);
    for (const [eighths, weight] of (this.weights ?? []).entries()) {
      if (at < weight) return eighths;
      at -= weight;
    }
    return 0;
  }
}
