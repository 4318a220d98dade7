import {
  Campaign, FindingStore, Folder, FolderLedger, HunterHunt, type CampaignEnd, type CampaignParts, type HuntConfig,
} from '../campaign/index.ts';
import type { Finding, HuntState } from '../explore/index.ts';
import { shellQuote } from '../report/index.ts';
import { UsageError, type BuildOptions, type Scenario } from '../scenarios/index.ts';
import { openCampaign, type CampaignFlags } from './campaign-config.ts';
import { checkReports, takesStdout, writeReports, type ReportFlags } from './hunt-reports.ts';
import { ProgressLine, count, note, print, printJson } from './output.ts';
import { ownArguments } from './own.ts';
import { PoolWorkers } from './pool-workers.ts';
import { openQueue, type QueueCrew } from './queue.ts';
import { NO_REGRESSIONS, huntExit, withRegressions, type Regressions } from './regressions.ts';
import { Signals } from './signals.ts';
import { statusOf } from './status.ts';
import { TIMELINES, drawTimelines } from './timelines.ts';
import { likelyBugs } from './triage.ts';
import { VERSION } from './version.ts';

export interface HuntCampaignFlags extends CampaignFlags, ReportFlags {
  readonly jobs: number;
  /** Where the slices are put for others to take. */
  readonly queue?: string;
  readonly json?: boolean;
}

/** `inband hunt --campaign FOLDER`: creates or continues a campaign. `regressions`: what is run first, when it is known that it can be. */
export async function huntCampaign(
  path: string, names: readonly string[], flags: HuntCampaignFlags, regressions: () => Regressions = () => NO_REGRESSIONS,
): Promise<number> {
  if (flags.ndjson !== undefined) throw new UsageError(`--ndjson ${flags.ndjson}: not of a campaign: inband status ${shellQuote(path)} --watch --json says how far it is`);
  checkReports(flags, flags.json === true);
  const folder = new Folder(path);
  if (flags.queue !== undefined && flags.jobs !== 1) throw new UsageError('--queue and --jobs: workers of a queue are started by inband worker');
  const queue = flags.queue === undefined ? undefined : await openQueue(flags.queue, folder);
  try {
    return await runCampaign(folder, names, flags, queue, regressions);
  } finally {
    await queue?.close();
  }
}

async function runCampaign(
  folder: Folder, names: readonly string[], flags: HuntCampaignFlags, queue: QueueCrew | undefined, regressions: () => Regressions,
): Promise<number> {
  const { path } = folder;
  const { config, scenarios, sources } = openCampaign(folder, names, flags);
  const first = regressions();
  const signals = new Signals('leaves');
  const progress = new ProgressLine();
  const store = new FindingStore(folder, TIMELINES, (finding, file) => drawTimelines(scenarioOf(finding, config.hunts, scenarios), finding, file));
  const threadsOf = ({ name }: HuntConfig) => (flags.jobs === 1 ? undefined
    : (options: BuildOptions, strategy: string, seed: number) => new PoolWorkers(flags.jobs, sources.get(name)!, options, strategy, seed));
  const workersOf = (hunt: HuntConfig) => (queue === undefined ? threadsOf(hunt) : queue.workersOf(hunt, scenarios.get(hunt.name)!));
  const hunts = config.hunts.map((hunt) => new HunterHunt(hunt, scenarios.get(hunt.name)!, config.shard, workersOf(hunt)));
  const quiet = flags.json === true || takesStdout(flags);
  try {
    const campaign: Campaign<HuntState> = new Campaign({
      ...basicParts(folder, store), lanes: queue?.lanes ?? flags.jobs, seconds: config.limit.seconds, hunts,
      stopped: () => signals.code !== null,
      found: (finding, file) => {
        progress.clear();
        if (!quiet) print(`${finding.oracle}/${finding.rule}: ${finding.message}\n    ${count(finding.decisions.length, 'decision')}: inband show ${shellQuote(file)}${ownArguments(flags)}`);
      },
      look: () => progress.show(progressText(campaign)),
    });
    const before = await campaign.executionsSoFar();
    let end: CampaignEnd;
    try {
      end = await campaign.run();
    } finally {
      progress.clear();
      await Promise.all(hunts.map((hunt) => hunt.close()));
    }
    const found = campaign.progress.flatMap(({ findings }) => findings);
    if (flags.json === true) printJson(await statusOf(path, flags));
    else if (!quiet) print([...likelyBugs(found, path), sumText(campaign, found.length, store.ids.length, before, path, end)].join('\n'));
    writeCampaignReports(campaign, config.hunts, scenarios, store, flags, first);
    if (signals.code !== null) note('interrupted: what was found so far is saved');
    return signals.code ?? huntExit(found, first);
  } finally {
    signals.release();
  }
}

/** What each campaign on this machine stands on. */
export function basicParts(folder: Folder, findings: FindingStore): Pick<CampaignParts<HuntState>, 'folder' | 'ledger' | 'findings' | 'now'> {
  return { folder, findings, ledger: new FolderLedger(folder), now: Date.now };
}

/** The scenario in which something was found: hunts of one scenario and one driver have the same. */
function scenarioOf({ scenario, driver }: Finding, hunts: readonly HuntConfig[], scenarios: ReadonlyMap<string, Scenario>): Scenario {
  const { name } = hunts.find((hunt) => hunt.scenario === scenario && hunt.driver === driver)!;
  return scenarios.get(name)!;
}

function executionsOf({ progress }: Campaign<HuntState>): number {
  return progress.reduce((sum, { executions }) => sum + executions, 0);
}

function progressText(campaign: Campaign<HuntState>): string {
  const { executions, seconds, progress } = campaign;
  const findings = progress.reduce((sum, { findings: found }) => sum + found.length, 0);
  const rate = Math.round(executions / Math.max(seconds, 0.001));
  return `${count(executionsOf(campaign), 'execution')}, ${rate}/s here, ${count(findings, 'distinct finding')}, ${seconds.toFixed(0)} s`;
}

const ENDS: Readonly<Record<CampaignEnd, string>> = {
  budget: 'the budget is used up', time: 'time is over', interrupted: 'interrupted', exhausted: 'the strategies have nothing left to try',
};

/** `lie`: findings in the folder, which may be of other campaigns, or of how far one had been shrunk earlier. */
function sumText(campaign: Campaign<HuntState>, found: number, lie: number, before: number, path: string, end: CampaignEnd): string {
  const all = executionsOf(campaign);
  const result = `${found === 0 ? 'nothing found' : count(found, 'distinct finding')}${lie > found ? ` (${lie} in the folder)` : ''}`;
  const more = before === 0 ? '' : `, ${before} of them earlier`;
  const waiting = campaign.progress.reduce((sum, { waiting: left }) => sum + left, 0);
  const later = waiting === 0 ? '' : `; ${count(waiting, 'breach', 'es')} not looked at, which ${waiting === 1 ? 'is' : 'are'} when it goes on`;
  return `${result}: ${count(all, 'execution')}${more}${later}; ${ENDS[end]} after ${campaign.seconds.toFixed(1)} s (inband status ${shellQuote(path)})`;
}

function writeCampaignReports(
  campaign: Campaign<HuntState>, hunts: readonly HuntConfig[], scenarios: ReadonlyMap<string, Scenario>, store: FindingStore, flags: ReportFlags,
  regressions: Regressions,
): void {
  const of = (what: (hunt: HuntConfig) => string): string => [...new Set(hunts.map(what))].join(' and ');
  const { findings, oracles, scenarioOf: scenarioOfAny } = withRegressions(regressions, {
    findings: campaign.progress.flatMap(({ findings: found }) => found).map((finding) => ({ finding, file: store.fileOf(finding.id) })),
    oracles: hunts.flatMap(({ name, oracles: judged }) => judged ?? scenarios.get(name)!.oracles),
    scenarioOf: (finding) => scenarioOf(finding, hunts, scenarios),
  });
  const [hunt] = hunts;
  writeReports(scenarioOfAny, flags, {
    version: VERSION, scenario: of(({ scenario }) => scenario), driver: of(({ driver }) => driver), strategy: of(({ strategy }) => strategy), seed: hunt.seed,
    oracles, executions: executionsOf(campaign), shrinkExecutions: campaign.shrinkExecutions, milliseconds: Math.round(campaign.seconds * 1000), findings,
  });
}
