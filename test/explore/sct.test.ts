import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STRATEGIES, SUBJECTS } from '../../bench/sct/cells.ts';
import { cellOf, type Published } from '../../bench/sct/table.ts';
import { trial } from '../../bench/sct/trial.ts';

const { programs } = JSON.parse(readFileSync(new URL('../../bench/data/search-published.json', import.meta.url), 'utf8')) as Published;

/** The mean of a few trials; `npm run bench:search` makes a thousand. */
function meanOf(program: string, strategy: string, trials: number, limit = 10_000): { readonly found: number; readonly mean: number } {
  const made = SUBJECTS.find(({ name }) => name === program)!.make();
  const { create } = STRATEGIES.find(({ name }) => name === strategy)!;
  const { found, mean } = cellOf(Array.from({ length: trials }, (_, t) => trial(made, create(made, 1 + t), limit)));
  return { found, mean: mean ?? Infinity };
}

describe('published benchmarks', () => {
  it.each([
    ['account', 'walk', 60], ['account', 'pos', 60], ['account', 'surw', 60],
    ['bluetooth_driver', 'pct-3', 60], ['bluetooth_driver', 'pos', 60], ['bluetooth_driver', 'surw', 60],
    ['reorder_3', 'surw', 60], ['reorder_20', 'surw', 30],
  ])('%s, %s: as many schedules as published, within a factor of two', (program, strategy, trials) => {
    const { found, mean } = meanOf(program, strategy, trials);
    const published = programs[program][strategy].mean!;
    expect(found).toBe(trials);
    expect(mean).toBeGreaterThan(published / 2);
    expect(mean).toBeLessThan(published * 2);
  });

  it('what a random walk never finds, nor does ours', () => {
    expect(programs['reorder_3']['walk'].found).toBe(0);
    expect(meanOf('reorder_3', 'walk', 3, 1000).found).toBe(0);
  });

  it('an order of depth 1 is a coin toss for PCT, whatever stands around', () => {
    expect(meanOf('pct-ordering', 'pct-3', 30).mean).toBeLessThan(3);
  });
});
