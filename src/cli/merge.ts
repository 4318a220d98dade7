import {
  ArchiveLedger, CAMPAIGN, CORPUS, Campaign, FileError, FindingStore, Folder, HunterHunt, isCampaign, readCorpus, sameHunt, sameSystem, serializeCampaign, type CampaignConfig,
} from '../campaign/index.ts';
import { buildOptionsOf, createStrategy, type HuntState } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { readCampaign, scenarioOfHunt } from './campaign-config.ts';
import { basicParts } from './campaign.ts';
import { Exit } from './exit.ts';
import { loadFindings, scenarioAmong } from './finding-set.ts';
import { complain, count, note, print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';
import { Signals } from './signals.ts';
import { TIMELINES, drawTimelines } from './timelines.ts';

export interface MergeFlags extends OwnFlags {
  readonly json?: boolean;
}

interface Source {
  readonly folder: Folder;
  readonly config: CampaignConfig;
}

/** `inband merge INTO FROM...`: findings and corpora of several campaigns in one; of all shards of a search, the whole search. */
export async function merge(into: string, from: readonly string[], flags: MergeFlags): Promise<number> {
  const sources = from.map((path): Source => {
    const folder = new Folder(path);
    return { folder, config: readCampaign(folder) };
  });
  const target = new Folder(into);
  const fresh = !isCampaign(into);
  if (fresh) create(target, sources);
  else checkHunts(target, sources);
  const store = new FindingStore(target, TIMELINES, (finding, file) => drawTimelines(scenarioAmong(finding, flags), finding, file));
  const before = new Set(store.ids);
  const config = readCampaign(target);
  const refused: string[] = [];
  const whole = fresh ? wholeOf(sources, flags) : null;
  if (whole !== null) {
    const interrupted = await putTogether(target, sources, config, store, flags);
    if (interrupted !== null) return interrupted;
  } else {
    for (const path of from) {
      const { found, refused: wrong } = loadFindings(path);
      refused.push(...wrong.map(({ reason }) => reason));
      for (const { finding, file } of found) {
        try {
          store.save(finding);
        } catch (error) {
          // It is of a scenario or a driver that is not here; a file that cannot be written is another matter.
          if (!(error instanceof UsageError) || error instanceof FileError) throw error;
          refused.push(`${file}: ${error.message}`);
        }
      }
    }
  }
  let seeds = 0;
  for (const { folder } of sources) {
    const corpus = readCorpus(folder);
    refused.push(...corpus.refused);
    for (const { name, text } of [...corpus.hunts.values()].flat()) if (target.writeOnce(name, text, false)) seeds++;
  }
  const corpus = target.list(CORPUS).reduce((sum, hunt) => sum + target.list(`${CORPUS}/${hunt}`).length, 0);
  const found = store.ids.length;
  const news = store.ids.filter((id) => !before.has(id)).length;
  if (flags.json === true) printJson({ format: 'inband-merge/1', into, from, whole: whole !== null, findings: found, new: news, corpus, newSeeds: seeds, refused });
  else print(`${into}: ${whole === null ? '' : 'the whole of a search in shards; '}${count(found, 'finding')}, ${news} of them new; ${count(corpus, 'schedule')} in the corpus, ${seeds} of them new`);
  for (const reason of refused) complain(reason);
  return refused.length > 0 ? Exit.usage : Exit.nothing;
}

/** A new campaign with all their hunts. */
function create(target: Folder, sources: readonly Source[]): void {
  const hunts = sources.flatMap(({ config }) => config.hunts).filter((hunt, i, all) => all.findIndex((other) => sameHunt(other, hunt)) === i);
  const twice = hunts.find((hunt, i) => hunts.findIndex(({ name }) => name === hunt.name) < i);
  if (twice !== undefined) throw new UsageError(`${target.path}: two campaigns have a hunt called ${twice.name}, and they are not the same: merge them into campaigns of their own`);
  const [{ config }] = sources;
  target.make();
  target.writeOnce(CAMPAIGN, serializeCampaign({ ...config, shard: null, hunts }));
}

/** Schedules of one system say nothing of another: a hunt's corpus is of one. */
function checkHunts(target: Folder, sources: readonly Source[]): void {
  const known = readCampaign(target).hunts.map((hunt) => ({ hunt, path: target.path }));
  for (const { folder: { path }, config } of sources) {
    for (const hunt of config.hunts) {
      const other = known.find((one) => one.hunt.name === hunt.name && !sameSystem(one.hunt, hunt));
      if (other !== undefined) throw new UsageError(`${other.path}: has a hunt called ${hunt.name}, too, and it is not of the system of that in ${path}: merge them into campaigns of their own`);
      known.push({ hunt, path });
    }
  }
}

/** Of all shards of one search, which can be put together: how many; null: they are something else. */
function wholeOf(sources: readonly Source[], flags: OwnFlags): number | null {
  const [{ config: { shard, hunts } }] = sources;
  if (shard === null || sources.length !== shard.of) return null;
  const indices = new Set(sources.map(({ config }) => (config.shard?.of === shard.of ? config.shard.index : 0)));
  const same = sources.every(({ config }) => config.hunts.length === hunts.length
    && config.hunts.every((hunt, i) => sameHunt(hunt, hunts[i]) && hunt.limit.executions !== undefined && hunt.limit.executions === hunts[i].limit.executions));
  if (indices.size !== shard.of || indices.has(0) || !same) return null;
  const learns = sources[0].config.hunts.filter((hunt) => createStrategy(hunt.strategy, scenarioAmong(hunt, flags).build(buildOptionsOf(hunt)), hunt.seed).learning !== undefined);
  return learns.length > 0 ? null : shard.of;
}

/**
 * Goes through all slices in their order, as one process would have: what the shards have run is not run again. Returns the exit
 * code if it was interrupted, otherwise null.
 */
async function putTogether(target: Folder, sources: readonly Source[], config: CampaignConfig, store: FindingStore, flags: OwnFlags): Promise<number | null> {
  const hunts = config.hunts.map((hunt) => new HunterHunt(hunt, scenarioOfHunt(target, hunt, flags), null));
  // What a slice of theirs comes to does not depend on the state: they do not learn.
  const accepting = new Map(hunts.map((hunt) => [hunt.config.name, { hunt, begin: hunt.begin() }]));
  const ledger = new ArchiveLedger(sources.map(({ folder }) => folder), (epoch, result) => {
    const { hunt, begin } = accepting.get(epoch.hunt)!;
    return hunt.accepts(begin, epoch, result);
  });
  const signals = new Signals('leaves');
  try {
    const campaign: Campaign<HuntState> = new Campaign({
      ...basicParts(target, store), ledger, hunts, lanes: 1, seconds: undefined, stopped: () => signals.code !== null, found: () => {}, look: () => {},
    });
    await campaign.run();
    if (ledger.missed > 0) note(`${count(ledger.missed, 'slice')} that no shard had run ${ledger.missed === 1 ? 'was' : 'were'} run now`);
    if (signals.code !== null) note(`interrupted: inband hunt --campaign ${target.path} runs what is missing`);
    return signals.code;
  } finally {
    signals.release();
  }
}
