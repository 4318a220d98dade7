import { ScheduleChooser, buildOptionsOf, violationOf, type Finding } from '../explore/index.ts';
import { formatLadder, record, shellQuote } from '../report/index.ts';
import type { Scenario } from '../scenarios/index.ts';
import { page } from './page.ts';

/** The files that {@link drawTimelines} makes. */
export const TIMELINES = ['timeline.txt', 'timeline.html'] as const;

/** Both sides on one timeline, as text and as a page for a browser: the files beside a finding in a campaign. */
export function drawTimelines(scenario: Scenario, finding: Finding, file: string): ReadonlyMap<string, string> {
  const system = scenario.build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding) ?? null;
  const options = { violation, describe: system.describe.bind(system) };
  return new Map<string, string>([
    [TIMELINES[0], formatLadder(recording, { ...options, file: shellQuote(file) })],
    [TIMELINES[1], page(recording, { ...options, title: finding.id, command: `inband replay ${shellQuote(file)}` })],
  ]);
}
