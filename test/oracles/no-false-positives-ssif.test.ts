import { describe, expect, it } from 'vitest';
import { ScheduleChooser, formatDecision } from '../../src/explore/index.ts';
import { SSIF, ipmiSsifVersion, type BuildOptions } from '../../src/scenarios/index.ts';
import { SsifBmcFixed } from '../../src/drivers/ssif-bmc/fixed.ts';
import { SSIF_MSG_LEN } from '../../src/drivers/ssif-bmc/index.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Decision, Steps } from '../../src/sim/index.ts';
import { expectSsifFixedIsClean, expectSsifTrip } from './trip-ssif.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';

const SEED = 21;

/** The driver, not the daemon, makes another answer of that to Get Message Flags. */
class AnswersAnotherCommand extends SsifBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    if (ret > 0 && buf.bytes[SSIF_MSG_LEN + 1] === 0x31) this.response.payload.set(1, 0x2f);
    return ret;
  }
}

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

  it('with another controller on the bus', () => {
    expect(reported({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: { otherController: 1 } }, 60)).toEqual([]);
  });

  it('with a host that is hunted in, for what it does itself', () => {
    const found = reported({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', host: 'ipmi_ssif@2017', settings: {} }, 200);
    expect(found.length).toBeGreaterThan(2);
    for (const text of found) expect(text).toMatch(/^(crash|deadlock|use-after-free)\/\S+ in schedule \d+: the host's driver does not survive/);
  });

  it('for a daemon that answers another command than it was asked', () => {
    const ipmiSsif = ipmiSsifVersion('ipmi_ssif@6.1');
    const answers = { 'host asks for events': 1, 'answers another command': 1, 'more requests': 2 };
    expectSsifFixedIsClean({ ipmiSsif, answers });
    expectSsifTrip({ ipmiSsif, answers: { 'host asks for events': 1 }, ssifBmc: AnswersAnotherCommand }, 'wrong-response', 'answers-nothing', '[18 31]', '1c 2f');
  });

  it('with a daemon like ssifbridged', () => {
    expect(reported({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: {}, daemon: 'ssifbridged' }, 60)).toEqual([]);
  });

  it('with one that makes two answers at a time, and reads a third request', () => {
    const decisions: readonly Decision[] = [
      { step: 8, kind: 'config', actor: 'scenario', label: 'daemon like ssifbridged', value: 1 },
      { step: 2, kind: 'workload', actor: 'host', label: 'which move?', value: 3 },
      { step: 2, kind: 'stall', actor: 'host', label: 'careless host: smbus transfer', value: 'quiet' },
      { step: 6, kind: 'workload', actor: 'bmc:ssifd', label: 'think longer', value: 4 },
      { step: 28, kind: 'stall', actor: 'bmc:ssifd', label: 'poll()', value: 'quiet' },
      { step: 9, kind: 'workload', actor: 'bmc:ssifd', label: 'think longer', value: 3 },
    ];
    const { violations, taken } = SSIF.build({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: {} }).execute(new ScheduleChooser(decisions));
    expect(taken).toHaveLength(decisions.length);
    expect(violations).toEqual([]);
  });
});
