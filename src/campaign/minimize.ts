import { Coverage, ScheduleChooser, buildOptionsOf } from '../explore/index.ts';
import type { Scenario } from '../scenarios/index.ts';
import type { CorpusSeed } from './corpus.ts';

/** A schedule of the corpus, and what its run shows. */
interface Measured {
  readonly index: number;
  readonly size: number;
  readonly features: readonly number[];
}

/**
 * Which schedules of one system suffice to show all that they show together: for each thing, beginning with the one that
 * the fewest show, the shortest of those that show it. Returns their indices, ascending.
 */
export function minimize(seeds: readonly CorpusSeed[], scenario: Scenario): readonly number[] {
  if (seeds.length === 0) return [];
  const system = scenario.build(buildOptionsOf(seeds[0]));
  const coverage = new Coverage(system);
  const measured = seeds.map(({ decisions }, index): Measured => {
    coverage.attach();
    try {
      system.execute(new ScheduleChooser(decisions));
    } finally {
      coverage.detach();
    }
    return { index, size: decisions.length, features: [...coverage.features] };
  });
  const showing = new Map<number, Measured[]>();
  for (const one of measured) for (const feature of one.features) showing.set(feature, [...showing.get(feature) ?? [], one]);
  const kept = new Set<number>();
  const shown = new Set<number>();
  for (const [feature, ones] of [...showing].sort(([a, x], [b, y]) => x.length - y.length || a - b)) {
    if (shown.has(feature)) continue;
    const [best] = ones.sort((a, b) => a.size - b.size || b.features.length - a.features.length || a.index - b.index);
    kept.add(best.index);
    for (const other of best.features) shown.add(other);
  }
  return needed(measured.filter(({ index }) => kept.has(index)));
}

/** Without those that show nothing which the others do not show, too, the longest first: whoever is left shows something alone. */
function needed(kept: readonly Measured[]): number[] {
  const times = new Map<number, number>();
  for (const { features } of kept) for (const feature of features) times.set(feature, (times.get(feature) ?? 0) + 1);
  const left = new Set(kept);
  for (const one of kept.toSorted((a, b) => b.size - a.size || b.index - a.index)) {
    if (one.features.some((feature) => times.get(feature) === 1)) continue;
    left.delete(one);
    for (const feature of one.features) times.set(feature, times.get(feature)! - 1);
  }
  return [...left].map(({ index }) => index).sort((a, b) => a - b);
}
