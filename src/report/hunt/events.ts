import type { Finding } from '../../explore/index.ts';
import type { HuntSummary } from './summary.ts';

/** How far a hunt is. */
export interface Progress {
  readonly executions: number;
  readonly shrinkExecutions: number;
  readonly findings: number;
  /** Wall clock so far, s. */
  readonly seconds: number;
}

/** What begins a hunt. */
export type HuntStart = Pick<HuntSummary, 'scenario' | 'driver' | 'strategy' | 'seed' | 'oracles'>;

/**
 * What a hunt tells while it runs, one JSON object a line (NDJSON), format `inband-hunt-events/1`: `begin`, then
 * `progress` and `finding` as they come, then `end`. A finding may come again under another id, when a smaller schedule
 * of the same rule was found: `end` names those that stand. With a budget in executions all but `progress` and `seconds`
 * is the same for the same input.
 */
export const HUNT_EVENTS = 'inband-hunt-events/1';

export function beginEvent({ scenario, driver, strategy, seed, oracles }: HuntStart): string {
  return line({ event: 'begin', scenario, driver, strategy, seed, oracles });
}

export function progressEvent({ executions, shrinkExecutions, findings, seconds }: Progress): string {
  return line({ event: 'progress', executions, shrinkExecutions, findings, seconds });
}

export function findingEvent({ id, oracle, rule, message, execution, decisions }: Finding): string {
  return line({ event: 'finding', id, oracle, rule, message, execution, decisions });
}

/** `findings`: the ids that stand, with their files. */
export function endEvent({ executions, shrinkExecutions, seconds }: Omit<Progress, 'findings'>, reason: EndReason, findings: readonly { readonly id: string; readonly file: string }[]): string {
  return line({ event: 'end', reason, executions, shrinkExecutions, seconds, findings });
}

/** Why a hunt has ended: it found something, its budget or its strategy is used up, or somebody stopped it. */
export type EndReason = 'found' | 'budget' | 'exhausted' | 'interrupted';

function line(event: object): string {
  return `${JSON.stringify({ format: HUNT_EVENTS, ...event })}\n`;
}
