import type { Finding } from '../../explore/index.ts';
import type { Rule } from '../rules.ts';
import { shellQuote } from '../shell.ts';

/** A finding as reports for machines tell it. */
export interface ReportedFinding {
  readonly finding: Finding;
  /** Its file, as it was written; `/` between folders. */
  readonly file: string;
  /** The rule that it breaks. */
  readonly breaks: Rule;
  /** Its timeline. */
  readonly timeline: string;
}

/** What a hunt came to. */
export interface HuntSummary {
  readonly version: string;
  readonly scenario: string;
  readonly driver: string;
  readonly strategy: string;
  readonly seed: number;
  /** Oracles that were judged. */
  readonly oracles: readonly string[];
  readonly executions: number;
  readonly shrinkExecutions: number;
  /** Wall clock, ms. */
  readonly milliseconds: number;
  readonly findings: readonly ReportedFinding[];
}

/** `wrong-response/answers-another-request`. */
export function ruleName({ oracle, rule }: Finding): string {
  return `${oracle}/${rule}`;
}

/** How the finding is run again. */
export function replayText({ file }: ReportedFinding): string {
  return `inband replay ${shellQuote(file)}`;
}
