import { JsonReader, parseJson } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import type { Folder } from './folder.ts';

export const STATS_FORMAT = 'inband-stats/1';
/** Its name in the campaign's folder. */
export const STATS = 'stats.jsonl';
const MOST_MIB = 256;

/** How far a campaign was at a moment, as one process saw it: a line of stats.jsonl. */
export interface StatsLine {
  /** Wall clock, ms since 1970. */
  readonly time: number;
  /** Which process: its number and when it began, so that two runs are told apart. */
  readonly process: string;
  /** Since this process began, s. */
  readonly seconds: number;
  /** What this process has done itself, since it began. */
  readonly executions: number;
  readonly shrinkExecutions: number;
  /** Of the whole campaign, by whomever: executions that have been merged. */
  readonly total: number;
  /** Distinct things that runs have shown: accesses of one context after those of another, situations. */
  readonly coverage: number;
  /** Schedules in the corpus. */
  readonly corpus: number;
  /** Findings that stand. */
  readonly findings: number;
  /** Schedules that this process has run twice, and how many of them came out the same. */
  readonly checked: number;
  readonly stable: number;
  /** 1: the process leaves off; 0: it goes on. */
  readonly ended: number;
}

const NUMBERS = ['time', 'executions', 'shrinkExecutions', 'total', 'coverage', 'corpus', 'findings', 'checked', 'stable', 'ended'] as const;

export function serializeStats(line: StatsLine): string {
  const { time, process, seconds, ...rest } = line;
  return JSON.stringify({ format: STATS_FORMAT, time, process, seconds: Math.round(seconds * 10) / 10, ...rest });
}

/** Reads a line; undefined: it is none, as after a crash. */
export function parseStats(text: string): StatsLine | undefined {
  try {
    const reader = new JsonReader(STATS, STATS_FORMAT);
    const o = reader.record(parseJson(text, STATS), '', ['format', 'process', 'seconds', ...NUMBERS]);
    if (o['format'] !== STATS_FORMAT) return undefined;
    const [time, executions, shrinkExecutions, total, coverage, corpus, findings, checked, stable, ended] = NUMBERS.map((key) => reader.integer(o[key], key));
    const seconds = reader.amount(o['seconds'], 'seconds');
    return { time, process: reader.text(o['process'], 'process'), seconds, executions, shrinkExecutions, total, coverage, corpus, findings, checked, stable, ended };
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** All lines that are whole, in the order in which they were written. */
export function readStats(folder: Folder): readonly StatsLine[] {
  const text = folder.readIfThere(STATS, MOST_MIB) ?? '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : parseStats(line) ?? []));
}

/** From which second of a process on a line is written how often, s: a day is some 2,000 lines. */
const PERIODS = [[3600, 60], [60, 10], [0, 1]] as const;

/** Writes what there is to tell, often at first, seldom later. */
export class StatsWriter {
  private readonly folder: Folder;
  private next = 0;

  constructor(folder: Folder) {
    this.folder = folder;
  }

  /** Writes the line if it is time; `last`: in any case. */
  look(seconds: number, line: () => StatsLine, last = false): void {
    if (seconds < this.next && !last) return;
    const [, period] = PERIODS.find(([from]) => seconds >= from)!;
    this.next = seconds + period;
    this.folder.append(STATS, serializeStats(line()));
  }
}
