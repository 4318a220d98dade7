import { expect, it } from 'vitest';
import { SSIF, type Settings } from '../../src/scenarios/index.ts';
import { NOMINAL, US } from '../../src/sim/index.ts';
import { play } from './script.ts';

interface Heard {
  /** How often each address, with its direction, was sent. */
  readonly addresses: ReadonlyMap<number, number>;
  readonly steps: number;
  readonly violations: readonly string[];
}

const build = (settings: Settings) => SSIF.build({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings });

/** What passes on the bus in the nominal run. */
function heard(settings: Settings): Heard {
  const system = build(settings);
  const { trace } = system.sim;
  const addresses = new Map<number, number>();
  trace.on(trace.code('i2c.address'), (_at, _actor, address) => addresses.set(address, (addresses.get(address) ?? 0) + 1));
  const { steps, violations } = system.execute(NOMINAL);
  return { addresses, steps, violations: violations.map(({ oracle, rule }) => `${oracle}/${rule}`) };
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

it('meets the host in arbitration when both begin at once, and loses to the lower address (UM10204 3.1.8)', () => {
  // The host is held until about when the other controller begins, 1 ms after it is there.
  const lost = (otherController: number): number => {
    const system = build({ otherController });
    let count = 0;
    system.sim.trace.on(system.sim.trace.code('i2c.arbitration'), () => count++);
    for (let held = 960 * US; held < 1020 * US; held += US / 2) {
      play(system, { stalls: [{ actor: 'host', at: 'smbus transfer', release: { kind: 'for', ps: held } }] });
    }
    return count;
  };
  expect(lost(0)).toBe(0);
  expect(lost(1)).toBeGreaterThan(0);
});
