import { expect, it } from 'vitest';
import { SSIF, type Settings } from '../../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from './random-schedule.ts';

interface Heard {
  /** How often each address, with its direction, was sent. */
  readonly addresses: ReadonlyMap<number, number>;
  /** How often a controller lost arbitration. */
  readonly lost: number;
  readonly steps: number;
  readonly violations: readonly string[];
}

const build = (settings: Settings) => SSIF.build({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings });

/** What passes on the bus in one run. */
function heard(settings: Settings, chooser: Chooser = NOMINAL): Heard {
  const system = build(settings);
  const { trace } = system.sim;
  const addresses = new Map<number, number>();
  let lost = 0;
  trace.on(trace.code('i2c.address'), (_at, _actor, address) => addresses.set(address, (addresses.get(address) ?? 0) + 1));
  trace.on(trace.code('i2c.arbitration'), () => lost++);
  const { steps, violations } = system.execute(chooser);
  return { addresses, lost, steps, violations: violations.map(({ oracle, rule }) => `${oracle}/${rule}`) };
}

const HOST_ONLY = heard({ otherController: 0 });

it('is not there unless it is drawn, or asked for', () => {
  expect([...HOST_ONLY.addresses.keys()].toSorted()).toEqual([0x20, 0x21]);
  expect(heard({})).toEqual(HOST_ONLY);
});

it('talks to other targets between the transactions of the host, which is served all the same', () => {
  const { addresses, violations } = heard({ otherController: 1 });
  expect(addresses.get(0x50 << 1)).toBeGreaterThan(3);
  expect(addresses.get(0x21)).toBeGreaterThanOrEqual(HOST_ONLY.addresses.get(0x21)!);
  expect(violations).toEqual([]);
});

it('meets the host in arbitration (UM10204 3.1.8), which one of them loses', () => {
  const actors = actorsOf(build({}).sim);
  const lost = (otherController: number): number[] => Array.from({ length: 20 }, (_, n) => heard({ otherController }, new RandomSchedule(1, n, actors)).lost);
  expect(lost(0)).toEqual(Array.from({ length: 20 }, () => 0));
  expect(Math.max(...lost(1))).toBeGreaterThan(0);
});
