import { isCampaign } from '../campaign/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { huntCampaign, type HuntCampaignFlags } from './campaign.ts';
import { hunt, type HuntFlags } from './hunt.ts';
import type { Budgets } from './options.ts';

/** All options of `inband hunt`. */
export interface AnyHuntFlags extends Omit<HuntFlags, 'budget'>, Omit<HuntCampaignFlags, 'budget'> {
  readonly budget?: Budgets;
  readonly campaign?: string;
}

const DEFAULT_BUDGET = { kind: 'seconds', n: 60 } as const;

/** `inband hunt`: a campaign if one is asked for, or lies where findings are to be saved; otherwise a hunt by itself. */
export async function anyHunt(names: readonly string[], flags: AnyHuntFlags): Promise<number> {
  const campaign = flags.campaign ?? (isCampaign(flags.out) ? flags.out : undefined);
  if (campaign !== undefined) return huntCampaign(campaign, names, flags);
  if (names.length > 1) throw new UsageError(`hunt ${names.join(' ')}: several scenarios are for a campaign: --campaign FOLDER`);
  if (flags.queue !== undefined) throw new UsageError('--queue is for a campaign: --campaign FOLDER');
  if (flags.shard !== undefined) throw new UsageError('--shard is for a campaign: --campaign FOLDER');
  const [one] = flags.budget?.each.keys() ?? [];
  if (one !== undefined) throw new UsageError(`--budget ${one}=...: budgets of single scenarios are for a campaign: --campaign FOLDER`);
  return hunt(names[0], { ...flags, budget: flags.budget?.all ?? DEFAULT_BUDGET });
}
