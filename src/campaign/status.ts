import type { HuntState } from '../explore/index.ts';
import type { CampaignConfig } from './config.ts';
import type { Contents, HuntContents } from './contents.ts';
import type { HunterHunt } from './hunter-hunt.ts';
import type { HuntProgress } from './hunt.ts';
import type { StatsLine } from './stats.ts';
import type { Track } from './track.ts';

/** How one hunt of a campaign stands. */
export interface HuntStatus {
  readonly name: string;
  readonly scenario: string;
  readonly driver: string;
  readonly strategy: string;
  readonly seed: number;
  readonly executions: number;
  /** Executions of its budget; null: it has none. */
  readonly budget: number | null;
  readonly findings: number;
  readonly coverage: number;
  readonly corpus: number;
  /** Executions until the next shows something new, as far as Good and Turing can tell; null: unknown. */
  readonly untilNew: number | null;
  readonly exhausted: boolean;
}

/** Something that grows, when it last did, and by how much in the last ten minutes of work. */
export interface Growth {
  readonly now: number;
  /** Wall clock, ms since 1970; null: never. */
  readonly last: number | null;
  readonly recent: number;
}

/** What remains, and why one thinks so. */
export interface Remaining {
  /** Seconds; null: nobody knows. */
  readonly seconds: number | null;
  readonly reasons: readonly string[];
}

/** How a campaign stands. */
export interface CampaignStatus {
  readonly shard: CampaignConfig['shard'];
  readonly hunts: readonly HuntStatus[];
  /** Processes that have told of themselves lately, and all that ever did. */
  readonly active: number;
  readonly processes: number;
  readonly executions: number;
  /** Executions per second of those that are at it, and over all that time. */
  readonly rate: number;
  readonly average: number;
  /** Of all processes together, s. */
  readonly worked: number;
  readonly coverage: Growth;
  readonly findings: Growth;
  readonly stability: { readonly checked: number; readonly stable: number };
  readonly remaining: Remaining;
}

/** A process that was silent for longer is gone, or asleep, ms: the longest time between two lines, and half as much. */
const SILENT = 90_000;
/** What is recent, ms. */
const RECENT = 600_000;

/** How a campaign stands, from what is in its folder. `now`: wall clock, ms since 1970. */
export function campaignStatus(config: CampaignConfig, tracks: readonly Track<HuntState>[], contents: Contents, lines: readonly StatsLine[], now: number): CampaignStatus {
  const hunts = tracks.map(({ hunt, state }) => huntStatus(hunt as HunterHunt, hunt.progressOf(state), contents.hunts.get(hunt.config.name)!));
  const last = new Map(lines.map((line) => [line.process, line]));
  const processes = [...last.values()];
  const active = processes.filter(({ time, ended }) => ended === 0 && now - time < SILENT);
  const worked = processes.reduce((sum, { seconds }) => sum + seconds, 0);
  const done = processes.reduce((sum, { executions }) => sum + executions, 0);
  const rate = active.reduce((sum, line) => sum + recentRate(line, lines), 0);
  const executions = hunts.reduce((sum, hunt) => sum + hunt.executions, 0);
  const status = {
    shard: config.shard, hunts, active: active.length, processes: processes.length, executions, rate, average: worked === 0 ? 0 : done / worked, worked,
    coverage: growth(lines, ({ coverage }) => coverage), findings: { ...growth(lines, ({ findings }) => findings), now: contents.findings },
    stability: { checked: processes.reduce((sum, { checked }) => sum + checked, 0), stable: processes.reduce((sum, { stable }) => sum + stable, 0) },
  };
  // What is done and not merged yet is still to be gone on from.
  const open = hunts.filter((_, i) => tracks[i].hunt.epochOf(tracks[i].state) !== null);
  return { ...status, remaining: remaining(config, open, status) };
}

function huntStatus({ config }: HunterHunt, { executions: merged, coverage, rare, exhausted }: HuntProgress, { unmerged, findings, corpus }: HuntContents): HuntStatus {
  const { name, scenario, driver, strategy, seed, limit } = config;
  const executions = merged + unmerged;
  return {
    name, scenario, driver, strategy, seed, executions, budget: limit.executions ?? null, findings, coverage, corpus, exhausted,
    untilNew: coverage === 0 || rare === 0 ? null : Math.ceil(executions / rare),
  };
}

/** Executions per second of a process between its last lines. */
function recentRate(line: StatsLine, lines: readonly StatsLine[]): number {
  const earlier = lines.findLast(({ process, seconds }) => process === line.process && line.seconds - seconds >= 5)
    ?? { executions: 0, seconds: 0 };
  const seconds = line.seconds - earlier.seconds;
  return seconds <= 0 ? 0 : (line.executions - earlier.executions) / seconds;
}

function growth(lines: readonly StatsLine[], of: (line: StatsLine) => number): Growth {
  let most = 0;
  let last: number | null = null;
  const end = lines.at(-1)?.time ?? 0;
  let before = 0;
  for (const line of lines) {
    if (of(line) > most) {
      most = of(line);
      last = line.time;
    }
    if (line.time < end - RECENT) before = most;
  }
  return { now: most, last, recent: most - before };
}

function remaining(config: CampaignConfig, open: readonly HuntStatus[], { rate, average }: Omit<CampaignStatus, 'remaining'>): Remaining {
  const reasons: string[] = [];
  if (open.length === 0) return { seconds: 0, reasons: ['the budget is used up'] };
  const speed = rate > 0 ? rate : average;
  let seconds: number | null = null;
  if (open.every(({ budget }) => budget !== null)) {
    const left = open.reduce((sum, { executions, budget }) => sum + Math.max(0, budget! - executions), 0) / (config.shard?.of ?? 1);
    if (speed > 0) seconds = left / speed;
    reasons.push(`${Math.ceil(left)} executions are left${speed > 0 ? `, at ${Math.round(speed)}/s` : ''}`);
  }
  if (config.limit.seconds !== undefined) reasons.push(`each process leaves off after ${config.limit.seconds} s`);
  for (const { name, untilNew } of open) {
    if (untilNew !== null) reasons.push(`${name}: one in some ${untilNew} executions shows something new (Good-Turing: things that one execution alone has shown)`);
  }
  return { seconds, reasons };
}
