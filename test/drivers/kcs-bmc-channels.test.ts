import { describe, expect, it } from 'vitest';
import { KCS_BMC_VERSIONS } from '../../src/drivers/kcs-bmc/index.ts';
import { KcsSystem, type Settings } from '../../src/scenarios/index.ts';
import type { Ps } from '../../src/sim/index.ts';

const WORKING = KCS_BMC_VERSIONS.filter(({ version }) => version !== 'review');

/** Two requests in nominal timing: were they answered, how often did the host sample an interrupt, how long did it take? */
function requests(driver: string, settings: Settings): { satisfied: boolean; interrupts: number; time: Ps; reason: string } {
  const { driver: driverClass } = KCS_BMC_VERSIONS.find(({ version }) => version === driver)!;
  const system = new KcsSystem({ driverClass, settings });
  let interrupts = 0;
  system.sim.trace.on(system.sim.trace.code('serirq.sample'), (_at, _actor, irq, level) => {
    expect(irq).toBe(settings['serirqId'] ?? 5);
    interrupts += level;
  });
  const { time, reason } = system.execute();
  return { satisfied: system.workload.satisfied, interrupts, time, reason };
}

describe.each(WORKING)('kcs-bmc@$version', ({ version }) => {
  it.each([1, 2, 3, 4])('serves channel %i to a polling host, without interrupts', (channel) => {
    for (const hostMode of ['kipmid', 'poll']) {
      expect(requests(version, { channel, hostMode })).toMatchObject({ satisfied: true, interrupts: 0, reason: 'done' });
    }
  });

  it.each([[1, 1], [1, 12], [2, 5], [3, 5], [4, 5], [2, 1], [3, 15], [4, 12]])('serves channel %i by IRQ %i', (channel, serirqId) => {
    const { satisfied, interrupts, reason } = requests(version, { channel, serirqId, hostMode: 'irq' });
    expect([satisfied, reason]).toEqual([true, 'done']);
    // One for each byte that the BMC puts into ODR and that the host waits for.
    expect(interrupts).toBeGreaterThan(30);
  });

  it('serves channel 1 by the timer of the host, if it is given a number that the channel does not know', () => {
    const { satisfied, interrupts, time } = requests(version, { channel: 1, serirqId: 5, hostMode: 'irq' });
    expect([satisfied, interrupts]).toEqual([true, 0]);
    expect(time).toBeGreaterThan(20 * requests(version, { channel: 1, serirqId: 1, hostMode: 'irq' }).time);
  });
});

describe('by interrupt', () => {
  it('takes a fraction of the time that kipmid needs', () => {
    const [irq, kipmid] = ['irq', 'kipmid'].map((hostMode) => requests('fixed', { hostMode }).time);
    expect(kipmid! / irq!).toBeGreaterThan(1.5);
  });

  it('works in continuous mode, with longer sequences and gaps', () => {
    for (const settings of [{ serirqQuiet: 0 }, { serirqQuiet: 0, serirqPhase: 1_000_000, serirqFrames: 32, serirqGapClocks: 1000 }, { serirqFrames: 21 }]) {
      expect(requests('fixed', { hostMode: 'irq', ...settings })).toMatchObject({ satisfied: true, reason: 'done' });
    }
  });
});
