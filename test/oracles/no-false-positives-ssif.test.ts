import { describe, expect, it } from 'vitest';
import { formatDecision } from '../../src/explore/index.ts';
import { SSIF, type BuildOptions } from '../../src/scenarios/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';

const SEED = 21;

/** What is reported in so many random schedules, with the first schedule that shows it. */
function reported(options: BuildOptions, schedules: number): string[] {
  const system = SSIF.build(options);
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

describe('ssif-bmc@fixed on i2c-aspeed@fixed is blamed for nothing', () => {
  it.each<readonly [BuildOptions['settings'], number]>([
    [{}, 300],
    [{ hostMode: 'piix4', pec: 1, preempt: 'full' }, 40],
    [{ hostMode: 'i2c', smbusKhz: 400, irqLatency: 50_000_000 }, 40],
    [{ threads: 2, cpus: 2, preempt: 'full' }, 40],
    [{ bus: 3, address: 0x42, hostHz: 100 }, 40],
    [{ length: 100, requests: 1, lengthBytes: 4 }, 40],
    [{ lengthBytes: 1 }, 20],
  ])('with %j', (settings, schedules) => {
    expect(reported({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings }, schedules)).toEqual([]);
  });

  it('with a daemon like ssifbridged', () => {
    expect(reported({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: {}, daemon: 'ssifbridged' }, 60)).toEqual([]);
  });
});
