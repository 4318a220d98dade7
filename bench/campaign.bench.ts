import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Campaign, FindingStore, Folder, FolderLedger, HunterHunt, OwnThread, type HuntConfig, type Workers } from '../src/campaign/index.ts';
import { Hunter, SLICE, type HuntState } from '../src/explore/index.ts';
import { Alone } from '../src/pool/index.ts';
import { KCS } from '../src/scenarios/index.ts';
import { deliver, type Row } from './result.ts';

/** In it nothing is found: all executions are search, and no file is that of a finding. */
const DRIVER = 'kcs-bmc@fixed';
/** The short epochs with which a hunt begins are not counted, then two of those are of which a long one consists. */
const WARM = 16 * SLICE;
const EXECUTIONS = 48 * SLICE;
/** Both take turns, so that what disturbs the machine for a while disturbs both. */
const ROUNDS = 3;

const options = { driver: DRIVER, settings: {} };
const model = KCS.models(options);
const root = mkdtempSync(join(tmpdir(), 'inband-campaign-bench-'));

/** As `inband hunt`. */
async function plain(strategy: string): Promise<number> {
  const hunter = new Hunter(KCS.build(options), { scenario: KCS.name, build: options, model }, { strategy, keepGoing: true, maxExecutions: EXECUTIONS, rebuild: () => KCS.build(options) });
  const crew = new Alone(hunter);
  while (!hunter.done) {
    await crew.advance(40);
    begin(hunter.executions);
  }
  return hunter.executions;
}

let folders = 0;

/** CPU time of this process, us. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of searching alone, us. */
let searching = 0;
/** Where counting has begun; 0: it has not. */
let [from, first] = [0, 0];

/** Begins to count when so much was done. */
function begin(executions: number): void {
  if (from > 0 || executions < WARM) return;
  [from, first, searching] = [cpu(), executions, 0];
}

/** Does the tasks as a campaign with one worker, and takes the time. */
class Timed implements Workers {
  private readonly thread: OwnThread;

  constructor(strategy: string) {
    this.thread = new OwnThread(KCS.build(options), strategy, 1);
  }

  async run(...task: Parameters<Workers['run']>): ReturnType<Workers['run']> {
    const before = cpu();
    try {
      return await this.thread.run(...task);
    } finally {
      searching += cpu() - before;
    }
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}

/** As `inband hunt --campaign`: the same search, in a new folder. */
async function campaign(strategy: string): Promise<number> {
  const folder = new Folder(join(root, `campaign-${++folders}`));
  folder.make();
  const config: HuntConfig = { name: 'kcs', scenario: KCS.name, ...options, model, strategy, seed: 1, limit: { executions: EXECUTIONS } };
  const running: Campaign<HuntState> = new Campaign({
    folder, hunts: [new HunterHunt(config, KCS, null, () => new Timed(strategy))], ledger: new FolderLedger(folder), findings: new FindingStore(folder), lanes: 1, seconds: undefined,
    now: Date.now, stopped: () => false, found: ({ message }) => { throw new Error(`${DRIVER} is no longer without findings: ${message}`); }, look: () => begin(running.executions),
  });
  await running.run();
  return running.executions;
}

/** CPU time that was counted last, us. */
let spent = 0;

/** Executions per second of CPU time. */
async function rate(run: (strategy: string) => Promise<number>, strategy: string): Promise<number> {
  from = 0;
  const made = await run(strategy);
  spent = cpu() - from;
  if (made !== EXECUTIONS) throw new Error(`${made} executions instead of ${EXECUTIONS}`);
  return ((made - first) * 1e6) / spent;
}

const rows: Row[] = [];
const ratios: Record<string, number> = {};
for (const strategy of ['random', 'portfolio']) {
  const [alone, within, beside]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await rate(plain, strategy));
    within.push(await rate(campaign, strategy));
    // Of what a plain hunt does the taking in of results is in it, too.
    beside.push(spent / searching - 1);
  }
  // The best of each: whoever else uses the machine only ever slows them down, often by more than what is measured here.
  const overhead = Math.min(...beside);
  rows.push(
    { name: `hunt, ${strategy}`, value: Math.max(...alone), unit: 'executions/s' },
    { name: `the same as a campaign, ${strategy}`, value: Math.max(...within), unit: 'executions/s', beside: `${(overhead * 100).toFixed(1)} % of its time is not searching` },
  );
  ratios[`campaign over its searching, ${strategy}`] = overhead + 1;
  ratios[`hunt over campaign, ${strategy}`] = Math.max(...alone) / Math.max(...within);
}
rmSync(root, { recursive: true });

deliver({ bench: 'campaign', notes: [`${DRIVER}, all oracles, executions ${WARM} to ${EXECUTIONS}; the campaign writes its folder to ${tmpdir()}`], rows, ratios });
