import { isCampaign } from '../campaign/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { huntCampaign, type HuntCampaignFlags } from './campaign.ts';
import { takesStdout } from './hunt-reports.ts';
import { hunt, type HuntFlags } from './hunt.ts';
import type { Budgets } from './options.ts';
import { note, print } from './output.ts';
import { NO_REGRESSIONS, regressionText, replayIfThere, replayRegressions, type Regressions } from './regressions.ts';

/** All options of `inband hunt`. */
export interface AnyHuntFlags extends Omit<HuntFlags, 'budget'>, Omit<HuntCampaignFlags, 'budget'> {
  readonly budget?: Budgets;
  readonly campaign?: string;
  /** As a job of a CI system wants it. */
  readonly ci?: boolean;
  /** A folder of findings to be run first. */
  readonly regressions?: string;
}

const DEFAULT_BUDGET = { kind: 'seconds', n: 60 } as const;

/** `inband hunt`: a campaign if one is asked for, or lies where findings are to be saved; otherwise a hunt by itself. */
export async function anyHunt(names: readonly string[], given: AnyHuntFlags): Promise<number> {
  const flags = given.ci === true ? forCi(given) : given;
  const campaign = flags.campaign ?? (isCampaign(flags.out) ? flags.out : undefined);
  const { out, given: said } = flags;
  // In CI it is where the findings lie that are run first.
  if (flags.campaign !== undefined && said?.has('out') === true && out !== flags.campaign && (flags.ci !== true || flags.regressions !== undefined)) {
    throw new UsageError(`--campaign ${flags.campaign} and --out ${out}: the findings of a campaign are saved in its own folder`);
  }
  if (campaign !== undefined) return huntCampaign(campaign, names, flags, () => regressionsFirst(flags));
  if (names.length > 1) throw new UsageError(`hunt ${names.join(' ')}: several scenarios are for a campaign: --campaign FOLDER`);
  if (flags.queue !== undefined) throw new UsageError('--queue is for a campaign: --campaign FOLDER');
  if (flags.shard !== undefined) throw new UsageError('--shard is for a campaign: --campaign FOLDER');
  const [one] = flags.budget?.each.keys() ?? [];
  if (one !== undefined) throw new UsageError(`--budget ${one}=...: budgets of single scenarios are for a campaign: --campaign FOLDER`);
  return hunt(names[0], { ...flags, budget: flags.budget?.all ?? DEFAULT_BUDGET }, () => regressionsFirst(flags));
}

/** All findings, not the first alone; and annotations where somebody reads them, unless something else is to be on stdout. */
function forCi(flags: AnyHuntFlags): AnyHuntFlags {
  const annotates = process.env['GITHUB_ACTIONS'] === 'true' && flags.json !== true && !takesStdout(flags);
  return { ...flags, keepGoing: true, ...(annotates ? { github: true } : {}) };
}

/** In CI the findings that lie where new ones are saved, unless a folder is named. */
function regressionsFirst(flags: AnyHuntFlags): Regressions {
  const { regressions: folder, ci, out, json } = flags;
  if (folder === undefined && ci !== true) return NO_REGRESSIONS;
  const regressions = folder === undefined ? replayIfThere(out, flags) : replayRegressions(folder, flags);
  // A folder that was named is to guard something: of an empty one, or a wrong one, nobody would ever hear.
  if (folder !== undefined && regressions.ran.length + regressions.refused.length === 0) throw new UsageError(`--regressions ${folder}: holds no findings`);
  const text = regressionText(regressions, flags);
  if (text !== '') (json === true || takesStdout(flags) ? note : print)(text);
  return regressions;
}
