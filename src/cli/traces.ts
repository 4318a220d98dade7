import type { Command } from 'commander';
import { formatPerfetto, formatVcd, type Recording, type TimelineOptions } from '../report/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { sameFile, writeText } from './files.ts';
import { page } from './page.ts';

/** Files to which a run is written beside what is printed. */
export interface TraceFlags {
  readonly vcd?: string;
  readonly perfetto?: string;
  readonly html?: string;
}

/** What is written, by option. */
const TRACES: Readonly<Record<keyof TraceFlags, (recording: Recording, options: TimelineOptions) => string>> = {
  vcd: formatVcd, perfetto: formatPerfetto, html: page,
};
const NAMES = Object.keys(TRACES) as (keyof TraceFlags)[];

export function addTraceOptions(command: Command): Command {
  return command
    .option('--vcd <file>', 'waveforms: clock by clock, for GTKWave or Surfer')
    .option('--perfetto <file>', 'slices and arrows, for ui.perfetto.dev')
    .option('--html <file>', 'a timeline to zoom and click through, for a browser');
}

/** Whether any such file is asked for. */
export function wantsTraces(flags: TraceFlags): boolean {
  return NAMES.some((name) => flags[name] !== undefined);
}

/** Refuses to write two of them, or one and the command's input, to one file. */
export function checkTraces(flags: TraceFlags, input?: string): void {
  for (const [i, name] of NAMES.entries()) {
    const file = flags[name];
    if (file === undefined) continue;
    if (input !== undefined && sameFile(file, input)) throw new UsageError(`cannot write ${file}: that is the finding itself`);
    const other = NAMES.slice(0, i).find((one) => flags[one] === file);
    if (other !== undefined) throw new UsageError(`cannot write ${file} twice: --${other} and --${name} name the same file`);
  }
}

/** Writes what is asked for. */
export function writeTraces(flags: TraceFlags, recording: Recording, options: TimelineOptions): void {
  for (const name of NAMES) {
    const file = flags[name];
    if (file !== undefined) writeText(file, TRACES[name](recording, options));
  }
}
