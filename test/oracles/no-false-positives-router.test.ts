import { describe, expect, it } from 'vitest';
import { formatDecision } from '../../src/explore/index.ts';
import { ROUTER, type BuildOptions } from '../../src/scenarios/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';

const SEED = 22;

/** What is reported in so many random schedules, with the first schedule that shows it. */
function reported(options: BuildOptions, schedules: number): string[] {
  const system = ROUTER.build(options);
  const actors = actorsOf(system.sim);
  const found = new Map<string, string>();
  for (let stream = 0; stream < schedules; stream++) {
    const { violations, taken } = system.execute(new RandomSchedule(SEED, stream, actors));
    for (const { oracle, rule, message } of violations) {
      const key = `${oracle}/${rule}`;
      if (!found.has(key)) found.set(key, [`${key} in schedule ${stream}: ${message}`, ...taken.map(formatDecision)].join('\n    '));
    }
  }
  return [...found.values()];
}

describe('ipmi-router@fixed on bt-aspeed@fixed is blamed for nothing', () => {
  it.each<readonly [BuildOptions['settings'], number]>([
    [{}, 250],
    [{ oemDevice: 'late-and-gone', cpus: 2, preempt: 'full' }, 60],
    [{ oemDevice: 'boot-and-gone', oemAnswer: 'later', secondOem: 1 }, 60],
    [{ oemDevice: 'boot', oemAnswer: 'once', preempt: 'full' }, 100],
    [{ oemDevice: 'boot', oemSignal: 0, oemAnswer: 'answered-and-failed' }, 100],
    [{ defaultDevice: 'late', cpus: 2 }, 100],
    [{ defaultDevice: 'none' }, 100],
    [{ bmcIrq: 0, threads: 2 }, 100],
  ])('with %j', (settings, schedules) => {
    expect(reported({ driver: 'ipmi-router@fixed,bt-aspeed@fixed', settings }, schedules)).toEqual([]);
  });
});
