import { InvalidArgumentError } from 'commander';
import { ScheduleChooser, buildOptionsOf, violationOf, type Finding } from '../explore/index.ts';
import { formatLadder, record, recordingJson, type Recording } from '../report/index.ts';
import { UsageError, type Scenario, type System } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { sameFile, writeText } from './files.ts';
import { loadFinding } from './finding-file.ts';
import { colour, print, width } from './output.ts';
import { ownArguments, type OwnFlags } from './own.ts';

const FORMATS = ['text', 'json'] as const;

export interface ShowFlags extends OwnFlags {
  readonly format: string;
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
  if (file !== undefined && sameFile(file, path)) throw new UsageError(`cannot write ${file}: that is the finding itself`);
  const system = build();
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding);
  const text = flags.format === 'json'
    ? `${JSON.stringify(recordingJson(recording, violation ?? null), null, 1)}\n`
    : ladder(system, recording, finding, path + ownArguments(flags), flags.width ?? (file === undefined ? width() : undefined), file === undefined && colour());
  if (file === undefined) print(text);
  else writeText(file, text);
  return violation === undefined ? Exit.nothing : Exit.found;
}

/** The timeline of a finding that was just made. */
export function showFinding(scenario: Scenario, finding: Finding, path: string, flags: OwnFlags): string {
  const system = scenario.build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  return ladder(system, recording, finding, path + ownArguments(flags), width(), colour());
}

function ladder(
  system: System, recording: Recording, finding: Finding, path: string, columns: number | undefined, color: boolean,
): string {
  const violation = violationOf({ violations: recording.violations }, finding);
  const text = formatLadder(recording, {
    ...(columns === undefined ? {} : { width: columns }),
    violation: violation ?? null,
    color,
    file: path,
    describe: (decision) => system.describe(decision),
  });
  return violation === undefined ? `does not reproduce: ${finding.oracle}/${finding.rule}; what its schedule does now:\n\n${text}` : text;
}
