import { existsSync } from 'node:fs';
import { sep } from 'node:path';
import type { Command } from 'commander';
import { findingFiles } from '../campaign/index.ts';
import { ScheduleChooser, buildOptionsOf, violationOf, type Finding, type Hunter } from '../explore/index.ts';
import {
  beginEvent, endEvent, findingEvent, formatGithub, formatHuntPage, formatJunit, formatLadder, formatSarif, mediumOf, progressEvent, record, ruleOf, shellQuote,
  type EndReason, type HuntStart, type HuntSummary, type ReportedFinding,
} from '../report/index.ts';
import { UsageError, type Scenario } from '../scenarios/index.ts';
import { appendText, checkFile, writeText } from './files.ts';
import { checkOutputs, type Input } from './outputs.ts';
import type { OwnFlags } from './own.ts';
import { print } from './output.ts';

/** Reports of a hunt, for machines and for a browser, beside what is printed. */
export interface ReportFlags {
  readonly junit?: string;
  readonly sarif?: string;
  readonly github?: boolean;
  readonly ndjson?: string;
  readonly html?: string;
}

/** `--ndjson -`. */
const STDOUT = '-';
/** Between two events of progress, s. */
const PERIOD = 1;

export function addReportOptions(command: Command): Command {
  return command
    .option('--junit <file>', 'test report: an oracle a test case')
    .option('--sarif <file>', 'SARIF 2.1.0, for code scanning')
    .option('--github', 'annotations of GitHub Actions on stdout')
    .option('--html <file>', 'an overview for a browser, each finding with its timeline')
    .option('--ndjson <file>', 'events as they come, a JSON object a line; - for stdout');
}

/** What of a hunt's options names files that it reads. */
interface InputFlags extends OwnFlags {
  readonly regressions?: string;
  readonly ci?: boolean;
  readonly out?: string;
}

/** Refuses what cannot be, before the hunt begins. */
export function checkReports(flags: ReportFlags & InputFlags, json: boolean): void {
  const { junit, sarif, html, github, ndjson } = flags;
  const onStdout = [...(json ? ['--json'] : []), ...(github === true ? ['--github'] : []), ...(ndjson === STDOUT ? ['--ndjson -'] : [])];
  if (onStdout.length > 1) throw new UsageError(`${onStdout.join(' and ')} cannot share stdout`);
  const named = Object.entries({ junit, sarif, html, ndjson: ndjson === STDOUT ? undefined : ndjson });
  const outputs = named.flatMap(([name, file]) => (file === undefined ? [] : [{ option: `--${name}`, file }]));
  checkOutputs(outputs, flags, outputs.length === 0 ? [] : regressionsOf(flags));
  for (const { file } of outputs) checkFile(file);
}

/** The findings that are run first. */
function regressionsOf({ regressions, ci, out }: InputFlags): readonly Input[] {
  const folder = regressions ?? (ci === true ? out : undefined);
  return folder === undefined || !existsSync(folder) ? [] : findingFiles(folder).map(({ file }) => ({ what: 'a finding', file }));
}

/** Whether stdout is taken by a report for machines. */
export function takesStdout({ github, ndjson }: ReportFlags): boolean {
  return github === true || ndjson === STDOUT;
}

/** Writes the events of a running hunt, if they are asked for. */
export class HuntEvents {
  private readonly file: string | undefined;
  private readonly told = new Set<string>();
  private next = PERIOD;

  constructor(file: string | undefined, start: HuntStart) {
    this.file = file;
    if (file !== undefined && file !== STDOUT) writeText(file, '');
    this.write(() => beginEvent(start));
  }

  /** Tells those findings that were not told before. */
  tell(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (this.told.has(finding.id)) continue;
      this.told.add(finding.id);
      this.write(() => findingEvent(finding));
    }
  }

  /** Tells what has come since the last look. */
  look(hunter: Hunter, seconds: number): void {
    if (this.file === undefined) return;
    this.tell(hunter.findings);
    if (seconds < this.next) return;
    this.next = Math.floor(seconds) + PERIOD;
    const { executions, shrinkExecutions, findings } = hunter;
    this.write(() => progressEvent({ executions, shrinkExecutions, findings: findings.length, seconds }));
  }

  end(spent: { readonly executions: number; readonly shrinkExecutions: number; readonly seconds: number }, reason: EndReason, findings: readonly { readonly id: string; readonly file: string }[]): void {
    this.write(() => endEvent(spent, reason, findings));
  }

  private write(event: () => string): void {
    if (this.file === STDOUT) print(event());
    else if (this.file !== undefined) appendText(this.file, event());
  }
}

/** What a hunt came to, as far as the reports do not find it out themselves. */
export type Hunted = Omit<HuntSummary, 'findings'> & { readonly findings: readonly { readonly finding: Finding; readonly file: string }[] };

/** Writes the reports that are asked for. */
export function writeReports(scenarioOf: (finding: Finding) => Scenario, { junit, sarif, html, github }: ReportFlags, hunted: Hunted): void {
  if (junit === undefined && sarif === undefined && html === undefined && github !== true) return;
  const summary: HuntSummary = { ...hunted, findings: hunted.findings.map((saved) => reported(scenarioOf(saved.finding), saved)) };
  if (junit !== undefined) writeText(junit, formatJunit(summary));
  if (sarif !== undefined) writeText(sarif, formatSarif(summary));
  if (html !== undefined) writeText(html, formatHuntPage(summary));
  if (github === true) print(formatGithub(summary));
}

/** A finding with its rule and its timeline, which a replay tells. */
function reported(scenario: Scenario, { finding, file: path }: { readonly finding: Finding; readonly file: string }): ReportedFinding {
  const system = scenario.build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const file = path.split(sep).join('/');
  const violation = violationOf({ violations: recording.violations }, finding) ?? null;
  return {
    finding, file,
    breaks: ruleOf(finding, mediumOf(recording).rules),
    timeline: formatLadder(recording, { violation, file: shellQuote(file), describe: (decision) => system.describe(decision) }),
  };
}
