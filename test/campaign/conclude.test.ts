import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Campaign, ContentsReader, FindingStore, Folder, FolderLedger, HunterHunt, Track, campaignStatus, readStats, type HuntConfig, type Workers } from '../../src/campaign/index.ts';
import { TaskRunner, type HuntTask, type HuntTaskResult } from '../../src/explore/index.ts';
import { KCS_READ_RESTART as SCENARIO, type BuildOptions } from '../../src/scenarios/index.ts';
import { QUICK, folders, tree } from './disks.ts';

const folder = folders();

const BUILD: BuildOptions = { driver: 'kcs-bmc@v2', oracles: ['errno', 'wrong-response'], settings: {} };
const CONFIG: HuntConfig = {
  name: 'hunt', scenario: SCENARIO.name, driver: 'kcs-bmc@v2', oracles: ['errno', 'wrong-response'], settings: {}, model: SCENARIO.models(BUILD), strategy: 'random', seed: 1,
  limit: { executions: 512 },
};
/** The first result of a slice. */
const FIRST = 'state/hunt/epoch-000000000/000000000.json';

/** A process at a campaign in `path`. */
function processAt(path: string, stopped: () => boolean = () => false, workers?: Workers) {
  const place = new Folder(path, QUICK);
  place.make();
  const told: string[] = [];
  const hunt = new HunterHunt(CONFIG, SCENARIO, null, workers === undefined ? undefined : () => workers);
  const campaign = new Campaign({
    folder: place, hunts: [hunt], ledger: new FolderLedger(place), findings: new FindingStore(place), lanes: 1, seconds: undefined, now: Date.now, stopped,
    found: ({ id }) => void told.push(id), look: () => {},
  });
  return { campaign, hunt, told, place };
}

/** Does tasks here: a slice as far as `executions`, a candidate unless `stop` says so before it is begun. */
class Counting implements Workers {
  shrunk = 0;
  private readonly executions: number;

  constructor(executions = Infinity) {
    this.executions = executions;
  }

  async run(knowledge: Parameters<Workers['run']>[0], task: HuntTask, stop: () => boolean, partly?: (result: HuntTaskResult) => void): Promise<HuntTaskResult | null> {
    if (task.kind === 'shrink' && stop()) return null;
    if (task.kind === 'shrink') this.shrunk++;
    const runner = new TaskRunner(SCENARIO.build(BUILD), CONFIG.strategy, CONFIG.seed);
    runner.know(knowledge);
    runner.begin(task);
    runner.advance(task.kind === 'slice' ? this.executions : Infinity);
    if (runner.done) return runner.result;
    partly?.(runner.result!);
    return null;
  }

  async close(): Promise<void> {}
}

describe('a campaign that leaves off within an epoch', () => {
  it('counts what it has saved and made, and is as if it had not when it goes on', async () => {
    const path = folder();
    const { campaign, hunt, told, place } = processAt(path, () => existsSync(join(path, FIRST)));
    expect(await campaign.run()).toBe('interrupted');
    expect(told.length).toBeGreaterThan(0);
    expect(new FindingStore(place).ids).toEqual([...told].sort());
    const [progress] = campaign.progress;
    expect(progress.findings.map(({ id }) => id).sort()).toEqual([...told].sort());
    expect(progress.executions).toBe(256);
    expect(readStats(place).at(-1)).toMatchObject({ findings: told.length, executions: 256, total: 0 });
    const track = new Track(hunt, place);
    const config = { format: 'inband-campaign/1', limit: {}, shard: null, hunts: [CONFIG] } as const;
    const status = campaignStatus(config, [track], await new ContentsReader(place).read([track]), readStats(place), Date.now());
    expect(status).toMatchObject({ executions: 256, findings: { now: told.length }, hunts: [{ executions: 256, findings: told.length }] });

    const again = processAt(path);
    expect(await again.campaign.executionsSoFar()).toBe(256);
    expect(await again.campaign.run()).toBe('budget');
    const whole = folder();
    await processAt(whole).campaign.run();
    expect(tree(path, /^state\//)).toEqual(tree(whole, /^state\//));
    expect(Object.keys(tree(path, /^findings\//))).toEqual(expect.arrayContaining(Object.keys(tree(whole, /^findings\//))));
  });

  it('keeps what a slice has shown that was broken off, and of each rule one finding although there is no time to shrink', async () => {
    let asked = 0;
    const { campaign, told, place } = processAt(folder(), () => ++asked > 2, new Counting(200));
    expect(await campaign.run()).toBe('interrupted');
    const [{ findings, executions, waiting }] = campaign.progress;
    expect(executions).toBe(200);
    expect(findings.map(({ id }) => id).sort()).toEqual([...told].sort());
    expect(new Set(findings.map(({ oracle }) => oracle))).toEqual(new Set(['errno', 'wrong-response']));
    expect(new Set(findings.map(({ oracle, rule }) => `${oracle}/${rule}`)).size).toBe(findings.length);
    expect(waiting).toBeGreaterThan(0);
    expect(readStats(place).at(-1)).toMatchObject({ findings: findings.length });
  });

  it('shrinks nothing twice', async () => {
    const workers = new Counting();
    const { hunt } = processAt(folder(), undefined, workers);
    const state = hunt.begin();
    const epoch = hunt.epochOf(state)!;
    const results = [{ slice: 0, text: (await hunt.run(state, epoch, 0, () => false))!.text }];
    const once = hunt.serialize((await hunt.merge(state, epoch, results, () => false))!);
    const { shrunk } = workers;
    expect(shrunk).toBeGreaterThan(3);

    const broken = new Counting();
    const other = processAt(folder(), undefined, broken).hunt;
    expect(await other.merge(state, epoch, results, () => broken.shrunk >= 3)).toBeNull();
    expect(broken.shrunk).toBe(3);
    const concluded = other.progressOf(await other.conclude(state, epoch, results, () => true));
    expect(broken.shrunk).toBe(3);
    expect(concluded.shrinkExecutions).toBeGreaterThan(0);
    expect(other.serialize((await other.merge(state, epoch, results, () => false))!)).toBe(once);
    expect(broken.shrunk).toBe(shrunk);
  });
});
