import { describe, expect, it } from 'vitest';
import { NO_DEPARTURES, Prover, type Bounds } from '../../src/explore/index.ts';
import { Narrow } from '../../src/scenarios/draws.ts';
import { KCS, type BuildOptions, type Scenario } from '../../src/scenarios/index.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';
import { KCS_TWINS, KEEPS_JIFFIES, twinOf } from './twins.ts';

/** One Get Device ID of a host that polls. */
const SMALL = { requests: 1, command: 'get-device-id', hostMode: 'poll' } as const;
const STALL: Bounds = { ...NO_DEPARTURES, stalls: 1 };

function prove(scenario: Scenario, bounds: Bounds, prune: boolean, options: BuildOptions): Prover {
  const build = { ...options, driver: options.driver ?? scenario.defaultDriver };
  const prover = new Prover(scenario.build(build), { scenario: scenario.name, build, model: scenario.models(build) }, { bounds, prune });
  while (!prover.done) prover.advance(100);
  return prover;
}

function twin(name: string): Scenario {
  return scenarioWithC('kcs', file(`${name}.c`, twinOf(driverText('kcs.c'), KCS_TWINS.find((known) => known.name === name)!)));
}

const causes = (prover: Prover): string[] => prover.findings.map(({ oracle, rule }) => `${oracle}/${rule}`).toSorted();

describe.skipIf(!HAS_CLANG)(`proofs of drivers in C${WITHOUT}`, () => {
  const correct = (): Scenario => scenarioWithC('kcs', file('kcs.c', driverText('kcs.c')));

  it('the correct one breaks nothing, in as many schedules as its twin in TypeScript has', () => {
    const c = prove(correct(), STALL, true, { settings: SMALL });
    const typescript = prove(KCS, STALL, true, { driver: 'kcs-bmc@fixed', settings: SMALL });
    expect([c.findings, c.schedules]).toEqual([[], typescript.schedules]);
    expect(c.executions).toBeLessThan(c.schedules);
  });

  it('runs that meet in one state are extended once, and nothing is missed', () => {
    const scenario = twin('no-check-before-sleep');
    const [pruned, plain] = [true, false].map((prune) => prove(scenario, STALL, prune, { settings: SMALL }));
    expect(pruned.schedules).toBe(plain.executions);
    expect(pruned.executions).toBeLessThan(plain.executions);
    expect(causes(plain)).not.toEqual([]);
    expect(causes(pruned)).toEqual(causes(plain));
  });

  it('jiffies that a driver keeps to itself are part of the state: what it was told at another time goes on otherwise', () => {
    const scenario = scenarioWithC('kcs', file('jiffies.c', twinOf(driverText('kcs.c'), { name: 'jiffies', edits: KEEPS_JIFFIES })));
    const narrow = new Narrow({ gap: 3 }); // the host is idle for long: the daemon comes to its sleep in another jiffy, held or not
    const bounds: Bounds = { ...STALL, orders: 1, releases: ['quiet', 'for'] };
    const [pruned, plain] = [true, false].map((prune) => prove(scenario, bounds, prune, { settings: SMALL, narrow }));
    expect(pruned.schedules).toBe(plain.executions);
    expect(pruned.executions).toBeLessThan(plain.executions);
    expect(causes(pruned)).toEqual(causes(plain));
  });

  it('merges as many runs as its twin in TypeScript, copies to user space included', () => {
    const bounds: Bounds = { ...STALL, faults: 1 };
    const settings = { ...SMALL, requests: 2 };
    const c = prove(correct(), bounds, true, { settings });
    const typescript = prove(KCS, bounds, true, { driver: 'kcs-bmc@fixed', settings });
    expect([c.schedules, c.executions]).toEqual([typescript.schedules, typescript.executions]);
  });

  it('with data races every schedule is run: the clocks by which they are told are no state', () => {
    const judged = { settings: SMALL, oracles: ['data-race'] };
    const [none, some] = [correct(), twin('write-unlocked')].map((scenario) => prove(scenario, STALL, true, judged));
    expect([none.prune, none.executions, none.findings]).toEqual([false, none.schedules, []]);
    expect(some.findings.length).toBeGreaterThan(0);
    expect(some.findings[0].message).toContain('nothing orders the two');
  });
});
