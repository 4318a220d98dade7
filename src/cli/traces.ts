import type { Command } from 'commander';
import { formatPerfetto, formatVcd, type Recording } from '../report/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { sameFile, writeText } from './files.ts';

/** Files to which a run is written beside what is printed. */
export interface TraceFlags {
  readonly vcd?: string;
  readonly perfetto?: string;
}

export function addTraceOptions(command: Command): Command {
  return command
    .option('--vcd <file>', 'waveforms: clock by clock, for GTKWave or Surfer')
    .option('--perfetto <file>', 'slices and arrows, for ui.perfetto.dev');
}

/** Whether any such file is asked for. */
export function wantsTraces({ vcd, perfetto }: TraceFlags): boolean {
  return vcd !== undefined || perfetto !== undefined;
}

/** Refuses to write two of them, or one and the command's input, to one file. */
export function checkTraces({ vcd, perfetto }: TraceFlags, input?: string): void {
  for (const file of [vcd, perfetto]) {
    if (file !== undefined && input !== undefined && sameFile(file, input)) throw new UsageError(`cannot write ${file}: that is the finding itself`);
  }
  if (vcd !== undefined && vcd === perfetto) throw new UsageError(`cannot write ${vcd} twice: --vcd and --perfetto name the same file`);
}

/** Writes what is asked for. */
export function writeTraces({ vcd, perfetto }: TraceFlags, recording: Recording): void {
  if (vcd !== undefined) writeText(vcd, formatVcd(recording));
  if (perfetto !== undefined) writeText(perfetto, formatPerfetto(recording));
}
