import { describe, expect, it } from 'vitest';
import { CARELESS_KCS_MOVES } from '../../src/host/index.ts';
import { KCS } from '../../src/scenarios/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from './random-schedule.ts';

const system = KCS.build({ settings: {} });
const text = (decision: Partial<Decision>): string => (
  system.describe({ kind: 'workload', actor: 'bmc:kcsd', step: 4, label: '', value: 1, ...decision }));

describe('decisions in plain words', () => {
  it('stalls: who, where, and until when', () => {
    const stall = { kind: 'stall', step: 9, label: 'kcs_bmc_read: copy_to_user' } as const;
    expect(text({ ...stall, value: 'quiet' })).toBe('bmc:kcsd is held before step 9, kcs_bmc_read: copy_to_user, until all else is quiet');
    expect(text({ ...stall, value: 'timeouts 1' })).toMatch(/past 1 time-out$/);
    expect(text({ ...stall, value: 'timeouts 2' })).toMatch(/past 2 time-outs$/);
    expect(text({ ...stall, value: 'until host#7' })).toMatch(/until host has issued step 7$/);
    expect(text({ ...stall, value: 'for 1500000 ps' })).toMatch(/for 1.5 us$/);
  });

  it('timings and orders', () => {
    expect(text({ kind: 'timing', actor: 'bmc:irq', label: 'STR3 read', value: 3 })).toBe('bmc:irq step 4, STR3 read, takes 3/8 of its jitter longer');
    expect(text({ kind: 'order', actor: 'queue', value: 2 })).toBe('of events at the same instant number 2 goes first');
  });

  it('every move of the host, with those that break the protocol marked', () => {
    CARELESS_KCS_MOVES.forEach(({ name, legal }, value) => {
      if (value === 0) return;
      const line = text({ label: 'host move', actor: 'host', value });
      expect(line).toContain(name);
      expect(line.includes('against the protocol')).toBe(!legal);
    });
  });

  it('what has no words of its own, by name and number', () => {
    expect(text({ label: 'think longer', value: 3 })).toBe('bmc:kcsd: think longer = 3');
    expect(text({ label: 'before read', value: 99 })).toBe('bmc:kcsd: before read = 99');
  });

  it('are one line each, whatever a schedule has', () => {
    for (let stream = 0; stream < 60; stream++) {
      const { taken } = system.execute(new RandomSchedule(3, stream, actorsOf(system.sim)));
      for (const decision of taken) expect(system.describe(decision)).toMatch(/^[^\n]+$/);
    }
  });
});
