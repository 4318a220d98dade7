import { InvalidArgumentError } from 'commander';
import { ScheduleChooser, buildOptionsOf, findLoop, violationOf, type Finding } from '../explore/index.ts';
import { formatLadder, formatMermaid, formatPerfetto, formatVcd, record, recordingJson, shellQuote, type LadderOptions, type Recording, type TimelineOptions } from '../report/index.ts';
import type { Scenario, System } from '../scenarios/index.ts';
import type { Violation } from '../sim/index.ts';
import { Exit } from './exit.ts';
import { writeText } from './files.ts';
import { loadFinding } from './finding-file.ts';
import { colour, print, width } from './output.ts';
import { checkOutputs } from './outputs.ts';
import { page } from './page.ts';
import { ownArguments, type OwnFlags } from './own.ts';

/** How a finding can be shown. */
export const FORMATS = ['text', 'json', 'mermaid', 'vcd', 'perfetto', 'html'] as const;

export interface ShowFlags extends OwnFlags {
  readonly format: string;
  readonly all?: boolean;
  readonly output?: string;
  readonly width?: number;
}

/** Checks a format before anything is run. */
export function formatName(name: string): string {
  if (!(FORMATS as readonly string[]).includes(name)) throw new InvalidArgumentError(`there are ${FORMATS.join(', ')}.`);
  return name;
}

/** `inband show FINDING`: both sides on one timeline; of a finding that does not reproduce, what its schedule does now. */
export function show(path: string, flags: ShowFlags): number {
  const { finding, build } = loadFinding(path, flags);
  const file = flags.output;
  if (file !== undefined) checkOutputs([{ option: '--output', file }], flags, [{ what: 'the finding', file: path }]);
  const system = build();
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding);
  const columns = flags.width ?? (file === undefined ? width() : undefined);
  const options: LadderOptions = {
    all: flags.all === true,
    ...(columns === undefined ? {} : { width: columns }),
    violation: violation ?? null, loop: findLoop(system, finding.decisions), color: file === undefined && colour(), file: shellQuote(path) + ownArguments(flags), describe: (decision) => system.describe(decision),
  };
  const text = formatted(flags.format, recording, finding, options);
  if (file === undefined) print(text);
  else writeText(file, text);
  return violation === undefined ? Exit.nothing : Exit.found;
}

/** A recording in one of the {@link FORMATS}. */
function formatted(format: string, recording: Recording, finding: Finding, options: LadderOptions): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(recordingJson(recording, options.violation, options.loop), null, 1)}\n`;
    case 'mermaid':
      return formatMermaid(recording, options);
    case 'vcd':
      return formatVcd(recording);
    case 'perfetto':
      return formatPerfetto(recording);
    case 'html':
      return page(recording, { title: finding.id, command: options.file === undefined ? '' : `inband replay ${options.file}`, ...options });
    default:
      return ladder(recording, finding, options);
  }
}

/** What a timeline of a finding says about it. */
export function timelineOptions(finding: Finding, path: string, system: System, violation: Violation | undefined): TimelineOptions {
  return {
    title: finding.id, command: `inband replay ${shellQuote(path)}`, violation: violation ?? null, loop: findLoop(system, finding.decisions),
    describe: (decision) => system.describe(decision),
  };
}

/** The timeline of a finding that was just made. */
export function showFinding(scenario: Scenario, finding: Finding, path: string, flags: OwnFlags): string {
  const system = scenario.build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding) ?? null;
  const columns = width();
  return ladder(recording, finding, {
    ...(columns === undefined ? {} : { width: columns }), violation, loop: findLoop(system, finding.decisions), color: colour(), file: shellQuote(path) + ownArguments(flags), describe: (decision) => system.describe(decision),
  });
}

function ladder(recording: Recording, finding: Finding, options: LadderOptions): string {
  const text = formatLadder(recording, options);
  return options.violation == null ? `does not reproduce: ${finding.oracle}/${finding.rule}; what its schedule does now:\n\n${text}` : text;
}
