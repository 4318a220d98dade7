import { describe, expect, it } from 'vitest';
import { Shrinker, formatDecision } from '../../src/explore/index.ts';
import { KCS, KCS_ORACLES, type BuildOptions, type System } from '../../src/scenarios/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';

const SEED = 21;

/** Runs so many random schedules; returns the first violation of each rule, shrunk, as text. */
function rulesBroken(options: BuildOptions, schedules: number): Map<string, () => string> {
  const system = KCS.build(options);
  const actors = actorsOf(system.sim);
  const found = new Map<string, () => string>();
  for (let stream = 0; stream < schedules; stream++) {
    const { violations, taken } = system.execute(new RandomSchedule(SEED, stream, actors));
    for (const violation of violations) {
      const key = `${violation.oracle}/${violation.rule}`;
      if (found.has(key)) continue;
      const [target, decisions] = [{ ...violation }, taken.map((d) => ({ ...d }))];
      found.set(key, () => {
        const shrinker = new Shrinker(system, decisions, target, { budget: 1500 });
        shrinker.advance(1500);
        return [`${key} in schedule ${stream}: ${target.message}`, ...shrinker.decisions.map(formatDecision)].join('\n    ');
      });
    }
  }
  return found;
}

/** Expects no rule but these to be broken, and shows the smallest schedules of any other. */
function expectOnly(allowed: readonly string[], options: BuildOptions, schedules: number): number {
  const found = rulesBroken(options, schedules);
  const others = [...found].filter(([key]) => !allowed.includes(key)).map(([, text]) => text());
  expect(others.join('\n')).toBe('');
  return found.size;
}

const FIXED = 'kcs-bmc@fixed';

describe('a correct driver is blamed for nothing', () => {
  it('in hundreds of random schedules', () => {
    expectOnly([], { driver: FIXED, settings: {} }, 700);
  });

  it('not for a data race either', () => {
    expectOnly([], { driver: FIXED, settings: {}, observed: true, oracles: [...KCS_ORACLES, 'data-race'] }, 150);
  });

  it.each<BuildOptions['settings']>([
    { channel: 1, serirqId: 12, hostMode: 'irq' },
    { channel: 4, preempt: 'full', cpus: 2 },
    { hostMode: 'irq', serirqQuiet: 0 },
    { hostMode: 'poll', threads: 2, preempt: 'full' },
    { idrOverwrite: 0, lresetClearsStr: 1, dropIrqEnable: 0 },
    { command: 'get-device-id', requests: 8 },
    { length: 60, requests: 1, pageFault: 100_000_000_000 },
    { irqLatency: 50_000_000, atomicCap: 1_000_000_000, wakeLatency: 10_000_000_000, hostHz: 1000 },
  ])('with %j', (settings) => {
    expectOnly([], { driver: FIXED, settings }, 50);
  });

  it('with a daemon like kcsbridged', () => {
    expectOnly([], { driver: FIXED, settings: {}, daemon: 'kcsbridged' }, 100);
  });
});

/**
 * What is wrong with mainline, each rule checked against drivers/char/ipmi/kcs_bmc_cdev_ipmi.c and kcs_bmc.c:
 * silicon could show every one of them.
 */
const MAINLINE = [
  'errno/blocking-read-eagain', // the wait is not repeated
  'errno/signal-as-eagain', // its result is dropped
  'lost-byte/dummy-read', // force_abort() reads IDR behind handle_cmd()
  'wrong-response/answers-another-request', // the ABA of read()
  'torn-message/response', // the same, of a response longer than the host takes
  'protocol/status-code', // force_abort() leaves the error at 00h
  'protocol/close-without-error-state', // release() aborts without the lock
  'state-mismatch/KCS_PHASE_ERROR-in-IDLE', // the same
  'state-mismatch/KCS_PHASE_ERROR-in-READ', // the same
  'state-mismatch/KCS_PHASE_ERROR-in-WRITE', // the same
  'state-mismatch/KCS_PHASE_WAIT_READ-in-ERROR', // the same, seen by another thread
  'hang/not-open', // a transfer that begins between force_abort() and disable_device()
  'state-mismatch/KCS_PHASE_READ-in-ERROR', // handle_data() does not change the phase
  'stuck-ibf/closed', // IBF is masked while the device is closed
  'use-after-free/use-after-free', // devm_kfree() under an open file
];

describe('mainline', () => {
  it('is blamed for much of what it does wrong, and for nothing else', () => {
    expect(expectOnly(MAINLINE, { driver: 'kcs-bmc@mainline', settings: {} }, 400)).toBeGreaterThanOrEqual(6);
  });
});

describe('the schedules', () => {
  it('depart in many ways', () => {
    const system: System = KCS.build({ driver: FIXED, settings: {} });
    const kinds = new Set<string>();
    const labels = new Set<string>();
    for (let stream = 0; stream < 200; stream++) {
      for (const { kind, label } of system.execute(new RandomSchedule(SEED, stream, actorsOf(system.sim))).taken) {
        kinds.add(kind);
        labels.add(label);
      }
    }
    for (const kind of ['config', 'fault', 'stall', 'timing', 'workload']) expect(kinds).toContain(kind);
    for (const label of ['host move', 'before read', 'signal', 'request buffer', 'driver is unbound', 'O_NONBLOCK', 'threads']) {
      expect(labels).toContain(label);
    }
  });
});
