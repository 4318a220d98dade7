import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveLedger, Campaign, FindingStore, Folder, FolderLedger, HunterHunt, type HuntConfig, type Ledger, type Shard } from '../../src/campaign/index.ts';
import { STRATEGIES, createStrategy } from '../../src/explore/index.ts';
import { BT, DATA_RACE, KCS, KCS_READ_RESTART, RAW_KCS, ROUTER, type Scenario } from '../../src/scenarios/index.ts';
import { faultAndStall, lostUpdate, sixFaults, threeCauses, twoStalls } from '../explore/toys.ts';
import { QUICK, folders, tree } from './disks.ts';
import { toyScenario } from './toy-scenario.ts';

const folder = folders();

const TOYS: readonly Scenario[] = [
  toyScenario('two-stalls', twoStalls), toyScenario('fault-and-stall', faultAndStall), toyScenario('three-causes', threeCauses), toyScenario('lost-update', lostUpdate),
  toyScenario('pairs', () => sixFaults(([a, b, c]) => (a === 1 && b > 0 ? 'ab' : c === 2 && b === 0 ? 'c' : undefined))),
];

/** Strategies that do not learn. */
const FORGETFUL = STRATEGIES.map(({ name }) => name).filter((name) => createStrategy(name, twoStalls(), 1).learning === undefined);

const HUNTED = [[KCS_READ_RESTART, 'kcs-bmc@v2'], [KCS, 'kcs-bmc@mainline'], [BT, 'bt-bmc@mainline'], [RAW_KCS, 'kcs-raw@v2'], [ROUTER, 'ipmi-router@rfc-v1']] as const;
/** Each takes seconds; more of them by hand. */
const RUNS = Number(process.env['INBAND_SHARD_RUNS'] ?? 1);

/** What a search comes to: its findings, and all that is known at the end. */
const KEPT = /^(findings|state)\//;

async function campaign(path: string, scenario: Scenario, config: HuntConfig, shard: Shard | null, ledgerOf: (place: Folder, hunt: HunterHunt) => Ledger): Promise<number> {
  const place = new Folder(path, QUICK);
  place.make();
  const hunt = new HunterHunt(config, scenario, shard);
  const running = new Campaign({
    folder: place, hunts: [hunt], ledger: ledgerOf(place, hunt), findings: new FindingStore(place), lanes: 2, seconds: undefined, now: Date.now, stopped: () => false, found: () => {}, look: () => {},
  });
  await running.run();
  return running.executions;
}

/** Runs a search as a whole and in shards, and puts these together. */
async function expectUnion(
  scenario: Scenario, options: { readonly driver: string; readonly oracles?: readonly string[] }, strategy: string, seed: number, executions: number, of: number,
): Promise<readonly string[]> {
  const config: HuntConfig = { name: 'hunt', scenario: scenario.name, settings: {}, ...options, model: scenario.models({ settings: {}, ...options }), strategy, seed, limit: { executions } };
  const [whole, together] = [folder(), folder()];
  const made = await campaign(whole, scenario, config, null, (place) => new FolderLedger(place));
  const paths = Array.from({ length: of }, () => folder());
  let parts = 0;
  for (const [i, path] of paths.entries()) parts += await campaign(path, scenario, config, { index: i + 1, of }, (place) => new FolderLedger(place));
  expect(parts).toBe(made);
  const again = await campaign(together, scenario, config, null, (_place, hunt) => {
    const begin = hunt.begin();
    return new ArchiveLedger(paths.map((path) => new Folder(path)), (epoch, result) => hunt.accepts(begin, epoch, result));
  });
  expect(again).toBe(0);
  expect(tree(together, KEPT)).toEqual(tree(whole, KEPT));
  return new FindingStore(new Folder(whole)).ids;
}

describe('all shards of a search are the search', () => {
  it('of strategies that do not learn', () => {
    expect(FORGETFUL).toEqual(['random', 'pos', 'surw', 'walk']);
  });

  it('in small systems, for any strategy, seed, budget and number of shards', async () => {
    let found = 0;
    await fc.assert(fc.asyncProperty(fc.constantFrom(...TOYS), fc.constantFrom(...FORGETFUL), fc.nat(99), fc.integer({ min: 1, max: 2500 }), fc.integer({ min: 1, max: 5 }), async (toy, ...rest) => {
      found += (await expectUnion(toy, { driver: 'toy@v1' }, ...rest)).length;
    }), { numRuns: 10 });
    expect(found).toBeGreaterThan(4);
  });

  it('in those that are hunted', async () => {
    const hunted = fc.constantFrom(...HUNTED).chain(([scenario, driver]) => fc.record({
      scenario: fc.constant(scenario), driver: fc.constant(scenario.wholeDriver(driver)), oracle: fc.constantFrom(...scenario.oracles.filter((name) => name !== DATA_RACE)),
    }));
    await fc.assert(fc.asyncProperty(hunted, fc.constantFrom(...FORGETFUL), fc.nat(99), fc.constantFrom(2, 3), async ({ scenario, driver, oracle }, strategy, seed, of) => {
      await expectUnion(scenario, { driver, oracles: [oracle] }, strategy, seed, 300 * Math.min(RUNS, 2), of);
    }), { numRuns: RUNS });
  }, RUNS * 180_000);
});
