import { describe, expect, it } from 'vitest';
import { ScheduleChooser, buildOptionsOf, findLoop, violationOf } from '../../src/explore/index.ts';
import { formatLadder, record } from '../../src/report/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { savedFinding } from './bug-test.ts';
import { BUGS } from './slugs.ts';

/** Those of the known bugs that need one context switch beyond running each actor to completion. */
const DEPTH_1: readonly string[] = [
  'kcsv2-blocking-read-eagain', 'kcsv2-open-vs-complete', 'kcsv2-open-resets-phase-mid-transfer', 'kcsv2-close-mid-transaction',
  'kcsv2-response-to-restarted-request', 'kcsv2-error-arm-keeps-phase', 'kcsv2-signal-looks-like-eagain', 'kcsrev-aba', 'kcs-read-aba',
  'kcs-blocking-read-eagain', 'kcs-write-state-before-check', 'kcs-remove-open-fd-uaf', 'raw-signal-cancels-other-writer',
  'raw-two-writers-overwrite', 'raw-detach-open-fd-uaf', 'ssif-request-overwritten-torn-read', 'ssif-remove-timer-uaf', 'ssif-remove-open-fd-uaf',
  'ssif-stop-lost-desync', 'rtr-publish-without-assign', 'rtr-error-response-dropped', 'bt-close-open-busy-stuck', 'bt-two-readers-eio',
  'bt-remove-open-fd-uaf', 'i2ca-coalesced-stop-start', 'hbt-busy-recheck', 'raw-check-obe-deadlock',
];

interface Size {
  readonly slug: string;
  readonly decisions: number;
  /** Of what `inband show` prints. */
  readonly lines: number;
}

function sizeOf(slug: string): Size {
  const finding = savedFinding(slug);
  const system = scenario(finding.scenario).build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf(recording, finding);
  expect(violation, slug).toBeDefined();
  const text = formatLadder(recording, {
    violation: violation ?? null, loop: finding.oracle === 'irq-storm' ? findLoop(system, finding.decisions) : null, file: `${slug}.json`, describe: (decision) => system.describe(decision),
  });
  return { slug, decisions: finding.decisions.length, lines: text.split('\n').length - 1 };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
}

/** Those that are larger than `most`. */
function beyond(sizes: readonly Size[], what: 'decisions' | 'lines', most: number): readonly string[] {
  return sizes.filter((size) => size[what] > most).map((size) => `${size.slug}: ${size[what]}`).sort();
}

describe('what is left to read of a finding', () => {
  const sizes = BUGS.map(({ slug }) => sizeOf(slug));

  it('of depth 1 is 3 decisions and 40 lines in the median, and never more than twice as much', () => {
    const one = sizes.filter(({ slug }) => DEPTH_1.includes(slug));
    expect(one).toHaveLength(DEPTH_1.length);
    expect(median(one.map(({ decisions }) => decisions))).toBeLessThanOrEqual(3);
    expect(median(one.map(({ lines }) => lines))).toBeLessThanOrEqual(40);
    expect(beyond(one, 'decisions', 3)).toEqual([]);
    expect(beyond(one, 'lines', 80)).toEqual([]);
  });

  it('of any depth is less than a page', () => {
    expect(beyond(sizes, 'decisions', 4)).toEqual([]);
    expect(median(sizes.map(({ lines }) => lines))).toBeLessThanOrEqual(40);
    expect(beyond(sizes, 'lines', 70)).toEqual([]);
  });
});
