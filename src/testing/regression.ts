import { NondeterminismError, ScheduleChooser, buildOptionsOf, violationOf, type Finding } from '../explore/index.ts';
import { changeText, verify, type Verified } from '../campaign/index.ts';
import { formatLadder, record, shellQuote } from '../report/index.ts';
import { UsageError, type Scenario } from '../scenarios/index.ts';

/**
 * What is expected of a finding. `fixed`: its race does not show, as in a driver that has been mended since. `reproduces`: it
 * shows still, as in a version that is kept as it was.
 */
export type Expected = 'fixed' | 'reproduces';

/** Why a finding is not what is expected of it, for people; undefined: it is. `file`: its own, as people know it. */
export function complaintOf(finding: Finding, file: string, scenario: Scenario, expected: Expected): string | undefined {
  const { verdict, message, changes } = verified(finding, file, scenario);
  if (verdict === 'stale') return `${file}: ${changeText(changes[0])}: its schedule would mean something else (inband verify FOLDER --refind looks for the race anew)`;
  const shows = verdict !== 'gone';
  if (shows === (expected === 'reproduces')) return undefined;
  const rule = `${finding.oracle}/${finding.rule}`;
  return shows ? `${file}: it is back: ${rule}: ${message}\n\n${timeline(finding, file, scenario)}` : `${file}: ${rule} does not show any more`;
}

function verified(finding: Finding, file: string, scenario: Scenario): Verified {
  try {
    return verify(finding, scenario);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`);
    throw error instanceof NondeterminismError ? new Error(`${file}: NOT deterministic: ${error.message}`) : error;
  }
}

function timeline(finding: Finding, file: string, scenario: Scenario): string {
  const system = scenario.build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding) ?? null;
  return formatLadder(recording, { violation, file: shellQuote(file), describe: (decision) => system.describe(decision) });
}
