import { isatty } from 'node:tty';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContentsReader, Folder, HunterHunt, Track, campaignStatus, readStats, type CampaignStatus } from '../campaign/index.ts';
import { readCampaign } from './campaign-config.ts';
import { Exit } from './exit.ts';
import { scenarioAmong } from './finding-set.ts';
import { count, isUnread, print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';
import { Signals } from './signals.ts';

export interface StatusFlags extends OwnFlags {
  readonly watch?: boolean;
  readonly json?: boolean;
}

const STDOUT = 1;
/** Between two looks, ms. */
const PERIOD = 1000;
/** Clears a terminal. */
const CLEAR = '\u001b[H\u001b[2J';

/** `inband status FOLDER`: how far a campaign is. */
export async function status(path: string, flags: StatusFlags): Promise<number> {
  const look = statusReader(path, flags);
  const signals = new Signals();
  try {
    for (;;) {
      const now = await look();
      if (flags.json === true) printJson(document(now));
      else print(`${flags.watch === true && isatty(STDOUT) ? CLEAR : ''}${text(path, now)}`);
      if (flags.watch !== true || now.remaining.seconds === 0 || isUnread()) return Exit.nothing;
      for (let waited = 0; waited < PERIOD && signals.code === null; waited += 50) await sleep(50);
      if (signals.code !== null) return signals.code;
    }
  } finally {
    signals.release();
  }
}

/** The document of `inband status --json`. */
export async function statusOf(path: string, flags: OwnFlags): Promise<unknown> {
  return document(await statusReader(path, flags)());
}

/** Looks how far a campaign is, again and again. */
function statusReader(path: string, flags: OwnFlags): () => Promise<CampaignStatus> {
  const folder = new Folder(path);
  const config = readCampaign(folder);
  const tracks = config.hunts.map((hunt) => new Track(new HunterHunt(hunt, scenarioAmong(hunt, flags), config.shard), folder));
  const contents = new ContentsReader(folder);
  return async () => {
    for (const track of tracks) track.refresh();
    return campaignStatus(config, tracks, await contents.read(tracks), readStats(folder), Date.now());
  };
}

function document(now: CampaignStatus): unknown {
  return { format: 'inband-status/1', ...now };
}

/** `2 h 5 min`, `3 min 20 s`, `12 s`. */
function span(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

function ago(time: number | null): string {
  return time === null ? 'none so far' : `the last ${span(Math.max(0, Date.now() - time) / 1000)} ago`;
}

function text(path: string, now: CampaignStatus): string {
  const { hunts, active, processes, executions, rate, average, worked, coverage, findings, stability, remaining, shard } = now;
  const of = shard === null ? '' : `, shard ${shard.index}/${shard.of}`;
  const who = active === 0 ? 'nobody is at it' : `${count(active, 'process', 'es')} at it`;
  const lines = [
    `${path}: ${count(hunts.length, 'hunt')}${of}; ${who}, ${processes} so far, ${span(worked)} of work`,
    ...hunts.map(({ name, driver, strategy, seed, executions: done, budget, findings: found, coverage: shown, corpus, exhausted }) => (
      `    ${name}: ${driver}, ${strategy}, seed ${seed}: ${count(done, 'execution')}${budget === null ? '' : ` of ${budget}`}, ${count(found, 'finding')}`
      + `${shown === 0 ? '' : `, ${shown} things shown`}${shown + corpus === 0 ? '' : `, corpus ${corpus}`}${exhausted ? '; nothing left to try' : ''}`)),
    `rate       ${Math.round(rate)} executions/s now, ${Math.round(average)}/s over all; ${executions} in all`,
    `coverage   ${coverage.now === 0 ? 'not looked at by these strategies' : `${coverage.now} things shown, ${coverage.recent} of them in the last 10 minutes; ${ago(coverage.last)}`}`,
    `findings   ${findings.now}${findings.last === null ? '' : `, ${findings.recent} of them in the last 10 minutes; ${ago(findings.last)}`}`,
    `stability  ${stability.checked === 0 ? 'no schedule was run twice so far' : `${stability.stable} of ${count(stability.checked, 'schedule')} came out the same when run again`}`,
    `remaining  ${remaining.seconds === null ? 'unknown' : remaining.seconds === 0 ? 'nothing' : span(remaining.seconds)}: ${remaining.reasons.join('; ')}`,
  ];
  return lines.join('\n');
}
