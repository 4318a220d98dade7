import { describe, expect, it } from 'vitest';
import { ScheduleChooser, formatDecision } from '../../src/explore/index.ts';
import { ROUTER, ROUTER_I2C, type BuildOptions, type Scenario } from '../../src/scenarios/index.ts';
import type { Decision, Violation } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';

const SEED = 22;
const ON_BT: BuildOptions = { driver: 'ipmi-router@fixed,bt-aspeed@fixed', settings: {} };
const MENDED: BuildOptions = { ...ON_BT, host: 'ipmi_si@mended', daemon: 'btbridged-mended' };

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
    expect(reported({ ...ON_BT, settings }, schedules)).toEqual([]);
  });
});

/** What a run of `ipmi-router@fixed` is blamed for; all decisions take effect. */
function blamed(scenario: Scenario, options: BuildOptions, decisions: readonly Decision[]): readonly Violation[] {
  const { violations, taken } = scenario.build(options).execute(new ScheduleChooser(decisions));
  expect(taken).toHaveLength(decisions.length);
  return violations;
}

describe('a device that unregisters in its work, while its module is unloaded', () => {
  it('is not run after cancel_work_sync(): its handler cannot queue the work meanwhile', () => {
    expect(blamed(ROUTER, MENDED, [
      { step: 1, kind: 'config', actor: 'scenario', label: 'cpus', value: 1 },
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 3 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 7 },
      { step: 0, kind: 'order', actor: 'queue', label: 'events of one instant', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:kworker/oem', label: 'worker_thread', value: 'quiet' },
      { step: 2, kind: 'workload', actor: 'host', label: 'host move', value: 13 },
      { step: 28, kind: 'stall', actor: 'host', label: 'careless host: host: sleep', value: 'quiet' },
      { step: 117, kind: 'stall', actor: 'bmc:irq', label: 'oem_handle_request: schedule_work(oem)', value: 'quiet' },
    ])).toEqual([]);
  });
});

describe('a device that is being loaded', () => {
  it('answers what it was asked before its module_init() has returned', () => {
    expect(blamed(ROUTER, MENDED, [
      { step: 1, kind: 'config', actor: 'scenario', label: 'cpus', value: 1 },
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 2 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 1 },
      { step: 2, kind: 'workload', actor: 'host', label: 'host move', value: 1 },
      { step: 4, kind: 'workload', actor: 'host', label: 'impatience', value: 1 },
      { step: 3, kind: 'stall', actor: 'bmc:modprobe', label: 'ipmi_bmc_register_device: mutex_unlock(drivers_mutex)', value: 'quiet' },
    ])).toEqual([]);
  });
});

describe('which of its requests the router has', () => {
  it('is not told by the number of a response if two commands have it', () => {
    expect(blamed(ROUTER, MENDED, [
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 1 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:btd', label: 'open()', value: 'quiet' },
      { step: 2, kind: 'workload', actor: 'host', label: 'host move', value: 12 },
      { step: 4, kind: 'workload', actor: 'host', label: 'bytes written', value: 1 },
      { step: 8, kind: 'workload', actor: 'host', label: 'length', value: 6 },
    ])).toEqual([]);
  });

  it.each<readonly [string, readonly Decision[]]>([
    ['another number', [
      { step: 3, kind: 'config', actor: 'scenario', label: 'no interrupt', value: 1 },
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 1 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 7 },
      { step: 2, kind: 'workload', actor: 'host', label: 'host move', value: 2 },
      { step: 34, kind: 'stall', actor: 'bmc:softirq', label: 'get_request: spin_unlock_irqrestore(bt_bmc->lock)', value: 'quiet' },
    ]],
    ['the same number', [
      { step: 2, kind: 'config', actor: 'scenario', label: 'hostMode', value: 2 },
      { step: 3, kind: 'config', actor: 'scenario', label: 'no interrupt', value: 1 },
      { step: 4, kind: 'config', actor: 'scenario', label: 'defaultDevice', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:modprobe', label: 'sleep', value: 'timeouts 2' },
      { step: 2, kind: 'workload', actor: 'host', label: 'host move', value: 1 },
      { step: 87, kind: 'stall', actor: 'bmc:softirq', label: 'get_request: spin_unlock_irqrestore(bt_bmc->lock)', value: 'quiet' },
    ]],
  ])('is that which the BMC has taken, not what the host has in hand by then: %s', (_name, decisions) => {
    expect(blamed(ROUTER, MENDED, decisions)).toEqual([]);
  });

  it('is not the second of sixty-six if it has the last', () => {
    // The second had been with a device that is gone; the last waits for a daemon that reads no more.
    expect(blamed(ROUTER, ON_BT, [
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 2 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 7 },
      { step: 1, kind: 'workload', actor: 'bmc:btd', label: 'short buffer', value: 1 },
    ])).toEqual([]);
  });
});

describe('ipmi-router@fixed on bt-i2c@fixed', () => {
  /** Two requests that the host no longer waits for are answered, and each answer takes the place of one of the OEM device. */
  it.each<readonly [string, readonly Decision[]]>([
    ['a device that cannot wait for room', [
      { step: 3, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 2 },
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 2 },
      { step: 6, kind: 'config', actor: 'scenario', label: 'oemSignal', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:modprobe', label: 'sleep', value: 'until bmc:irq#306' },
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: 2 },
    ]],
    ['a daemon that is slow besides', [
      { step: 3, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 2 },
      { step: 6, kind: 'config', actor: 'scenario', label: 'oemSignal', value: 1 },
      { step: 8, kind: 'config', actor: 'scenario', label: 'daemon like btbridged', value: 1 },
      { step: 0, kind: 'stall', actor: 'bmc:kworker/oem', label: 'worker_thread', value: 'quiet' },
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: 2 },
      { step: 6, kind: 'workload', actor: 'bmc:btd', label: 'ipmid is slow', value: 1 },
    ]],
    ['a device that answers later', [
      { step: 3, kind: 'config', actor: 'scenario', label: 'oemDevice', value: 2 },
      { step: 5, kind: 'config', actor: 'scenario', label: 'oemAnswer', value: 1 },
      { step: 7, kind: 'config', actor: 'scenario', label: 'threads', value: 2 },
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: 2 },
      { step: 1, kind: 'stall', actor: 'bmc:modprobe', label: 'ipmi_bmc_register_device: mutex_lock(drivers_mutex)', value: 'until bmc:irq#122' },
      { step: 4, kind: 'workload', actor: 'host', label: 'length', value: 4 },
      { step: 5, kind: 'stall', actor: 'bmc:btd/2', label: 'ipmi_bmc_devintf_read: prepare_to_wait(wait_queue)', value: 'until bmc:irq#1013' },
    ]],
  ])('recovers from late answers that take the place of new ones: %s', (_name, decisions) => {
    expect(blamed(ROUTER_I2C, { driver: 'ipmi-router@fixed,bt-i2c@fixed', settings: {} }, decisions)).toEqual([]);
  });
});
