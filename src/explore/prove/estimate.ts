import { Prng } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { Shape, releasesOf, type Bounds, type Budget } from './bounds.ts';
import type { Departure, Path, Point } from './departure.ts';
import { Runner } from './runner.ts';

/** How many schedules there are within bounds, about. */
export interface Estimated {
  readonly schedules: number;
  /** Standard error of that; 0 after fewer than two probes. */
  readonly error: number;
  readonly probes: number;
}

/**
 * Knuth's estimator (*Estimating the efficiency of backtrack programs*, 1975): random paths down the tree of
 * schedules, each node of which stands for as many as there were ways not taken. Unbiased whatever the tree;
 * how far off it may be is told by the standard error. It counts schedules, not executions: how many of
 * those meet in a state nobody knows before.
 */
export class Estimator {
  private readonly shape: Shape;
  private readonly runner: Runner;
  private readonly prng = new Prng(1, 0x4b6e);
  private probes = 0;
  private sum = 0;
  private squares = 0;

  constructor(system: System, bounds: Bounds) {
    this.shape = new Shape(bounds);
    this.runner = new Runner(system, this.shape, null);
  }

  get estimate(): Estimated {
    const { probes, sum, squares } = this;
    const mean = probes === 0 ? 0 : sum / probes;
    const variance = probes < 2 ? 0 : Math.max(0, (squares - probes * mean * mean) / (probes - 1));
    return { schedules: mean, error: probes < 2 ? 0 : Math.sqrt(variance / probes), probes };
  }

  /** One random path; a run for each of its departures. */
  probe(): void {
    let path: Path = [];
    let budget: Budget = this.shape.whole;
    let ways = 1;
    let total = 1;
    while (budget.some((left) => left > 0)) {
      const { points, first } = this.runner.run(path, budget).recorded;
      const open = points.map((point, index) => ({ point, at: first + index })).filter(({ point }) => budget[this.shape.axis(point.kind)] > 0);
      if (open.length === 0) break;
      const { point, at } = open[this.prng.below(open.length)];
      const options = this.optionsAt(path, budget, point, at);
      ways *= open.length * options.length;
      total += ways;
      path = [...path, options[this.prng.below(options.length)]];
      budget = this.shape.less(budget, point.kind);
    }
    this.probes++;
    this.sum += total;
    this.squares += total * total;
  }

  /** Every departure at a point. */
  private optionsAt(path: Path, budget: Budget, { kind, actor, step, label, n, placed }: Point, at: number): readonly Departure[] {
    const base = { at, kind, actor, step, label, placed };
    if (kind !== 'stall') return Array.from({ length: n - 1 }, (_, i) => ({ ...base, value: i + 1 }));
    const { bounds } = this.shape;
    const options: Departure[] = releasesOf(bounds).map((release) => ({ ...base, value: 1, release }));
    if (!bounds.releases.includes('until')) return options;
    const { targets } = this.runner.run([...path, options[0]], this.shape.less(budget, kind)).recorded;
    return [...options, ...targets.map((target): Departure => ({ ...base, value: 1, release: { kind: 'until', ...target } }))];
  }
}
