import {
  CAMPAIGN, CAMPAIGN_FORMAT, Folder, modelChanges, parseCampaign, sameHunt, serializeCampaign, type CampaignConfig, type HuntConfig, type Limit, type Shard,
} from '../campaign/index.ts';
import { buildOptionsOf } from '../explore/index.ts';
import { shellQuote } from '../report/index.ts';
import { UsageError, isOwnName, type Scenario } from '../scenarios/index.ts';
import { wantedBeside, wantedOf, type WantedFlags } from './campaign-wanted.ts';
import { scenarioAmong } from './finding-set.ts';
import type { ScenarioSource } from '../pool/index.ts';
import { sourceWith, type OwnFlags } from './own.ts';
import type { Budget, Budgets } from './options.ts';

/** What of the options of `hunt` says what a campaign is. */
export interface CampaignFlags extends WantedFlags {
  readonly budget?: Budgets;
  readonly shard?: Shard;
}

/** Far more than a thousand hunts. */
const MOST_MIB = 4;
/** If none is given. */
const DEFAULT_LIMIT: Limit = { seconds: 60 };

/** A campaign's configuration, and the scenario of each of its hunts. */
export interface Opened {
  readonly config: CampaignConfig;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  /** The same for other threads. */
  readonly sources: ReadonlyMap<string, ScenarioSource>;
}

/** Reads the configuration of a campaign. Throws UsageError if the folder is none, or was made by other models. */
export function readCampaign(folder: Folder): CampaignConfig {
  const text = folder.readIfThere(CAMPAIGN, MOST_MIB);
  if (text === undefined) throw new UsageError(`${folder.path}: is no campaign: there is no ${CAMPAIGN} (begin one with inband hunt --campaign ${folder.path})`);
  return parseCampaign(text, folder.at(CAMPAIGN));
}

/** Creates a campaign, or continues the one that is there; what is asked for beyond that is added. */
export function openCampaign(folder: Folder, names: readonly string[], flags: CampaignFlags): Opened {
  const there = folder.has(CAMPAIGN) ? readCampaign(folder) : undefined;
  const wanted = there === undefined || names.length > 0 ? wantedOf(names, flags) : wantedBeside(there.hunts, flags, folder.at(CAMPAIGN));
  const whole = merged(folder, there, wanted, flags);
  if (there !== undefined && whole.hunts.length > there.hunts.length && flags.budget === undefined) {
    throw new UsageError(`${folder.at(CAMPAIGN)}: ${whole.hunts.at(-1)!.name} is new in it: say by --budget how far the campaign is to go now`);
  }
  const config = withBudgets(whole, flags.budget, there === undefined);
  const scenarios = new Map(config.hunts.map((hunt) => [hunt.name, scenarioOfHunt(folder, hunt, flags)]));
  if (there === undefined || serializeCampaign(there) !== serializeCampaign(config)) {
    folder.make();
    // Of two that begin at a time one is first, and the other joins it.
    if (there === undefined && !folder.writeOnce(CAMPAIGN, serializeCampaign(config))) return openCampaign(folder, names, flags);
    if (there !== undefined) folder.write(CAMPAIGN, serializeCampaign(config));
  }
  const sources = new Map(config.hunts.map((hunt) => [hunt.name, isOwnName(hunt.driver) ? sourceWith(hunt.scenario, flags) : { kind: 'ours', name: hunt.scenario } as const]));
  return { config, scenarios, sources };
}

/** The scenario of a hunt that was configured earlier. */
export function scenarioOfHunt(folder: Folder, hunt: HuntConfig, flags: OwnFlags): Scenario {
  const found = scenarioAmong(hunt, flags);
  const [change] = modelChanges(hunt, found.models(buildOptionsOf(hunt)));
  if (change !== undefined) {
    throw new UsageError(`${folder.at(CAMPAIGN)}: model "${change.name}" is ${change.was ?? 'absent'} in the campaign, but ${change.is ?? 'absent'} now: begin another one; inband verify ${shellQuote(folder.path)} says which of its findings are stale`);
  }
  return found;
}

function merged(folder: Folder, there: CampaignConfig | undefined, wanted: readonly HuntConfig[], { shard }: CampaignFlags): CampaignConfig {
  if (there === undefined) return { format: CAMPAIGN_FORMAT, limit: {}, shard: shard ?? null, hunts: named([], wanted) };
  if (shard !== undefined && (there.shard?.index !== shard.index || there.shard.of !== shard.of)) {
    throw new UsageError(`${folder.at(CAMPAIGN)}: is ${there.shard === null ? 'the whole of a search' : `shard ${there.shard.index}/${there.shard.of}`}, not shard ${shard.index}/${shard.of}`);
  }
  const fresh = wanted.filter((hunt) => !there.hunts.some((known) => sameHunt({ ...known, name: hunt.name }, hunt)));
  return { ...there, hunts: [...there.hunts, ...named(there.hunts, fresh)] };
}

/** Hunts of the same scenario are `kcs`, `kcs-2` and so on. */
function named(there: readonly HuntConfig[], hunts: readonly HuntConfig[]): readonly HuntConfig[] {
  const taken = new Set(there.map(({ name }) => name));
  return hunts.map((hunt) => {
    const plain = hunt.name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`;
    taken.add(name);
    return { ...hunt, name };
  });
}

/** Puts in the budgets: executions of the whole are shared out among the hunts that have none of their own. */
function withBudgets(config: CampaignConfig, budgets: Budgets | undefined, begins: boolean): CampaignConfig {
  if (budgets === undefined && !begins) return config;
  const each = budgets?.each ?? new Map<string, Budget>();
  const unknown = [...each.keys()].find((name) => !config.hunts.some((hunt) => hunt.name === name));
  if (unknown !== undefined) throw new UsageError(`--budget ${unknown}=...: the campaign has no hunt of that name, but ${config.hunts.map(({ name }) => name).join(', ')}`);
  const limit = budgets?.all === undefined ? (begins && each.size === 0 ? DEFAULT_LIMIT : config.limit) : limitOf(budgets.all);
  const own = (name: string): Limit | undefined => (each.has(name) ? limitOf(each.get(name)!) : undefined);
  const left = limit.executions === undefined ? undefined
    : limit.executions - config.hunts.reduce((sum, { name }) => sum + (own(name)?.executions ?? 0), 0);
  const sharing = config.hunts.filter(({ name }) => own(name)?.executions === undefined);
  if (left !== undefined && sharing.length > 0 && left < sharing.length) throw new UsageError(`--budget ${limit.executions}x: the budgets of single scenarios leave nothing for ${sharing[0].name}`);
  const share = (i: number): number => Math.floor((left! * (i + 1)) / sharing.length) - Math.floor((left! * i) / sharing.length);
  return {
    ...config, limit,
    hunts: config.hunts.map((hunt) => {
      const i = sharing.indexOf(hunt);
      const given = own(hunt.name);
      if (left !== undefined && i >= 0) return { ...hunt, limit: { ...given, executions: share(i) } };
      return given === undefined ? (budgets?.all === undefined ? hunt : { ...hunt, limit: {} }) : { ...hunt, limit: given };
    }),
  };
}

function limitOf({ kind, n }: Budget): Limit {
  return { [kind]: n };
}
