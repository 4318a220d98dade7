import type { Command } from 'commander';
import { formatPerfetto, formatVcd, type Recording, type TimelineOptions } from '../report/index.ts';
import { writeText } from './files.ts';
import { checkOutputs } from './outputs.ts';
import type { OwnFlags } from './own.ts';
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

/** Refuses to write two of them, or one and the command's input, to one file. `finding`: its file, if one is read. */
export function checkTraces(flags: TraceFlags & OwnFlags, finding?: string): void {
  const outputs = NAMES.flatMap((name) => {
    const file = flags[name];
    return file === undefined ? [] : [{ option: `--${name}`, file }];
  });
  checkOutputs(outputs, flags, finding === undefined ? [] : [{ what: 'the finding', file: finding }]);
}

/** Writes what is asked for. */
export function writeTraces(flags: TraceFlags, recording: Recording, options: TimelineOptions): void {
  for (const name of NAMES) {
    const file = flags[name];
    if (file !== undefined) writeText(file, TRACES[name](recording, options));
  }
}
