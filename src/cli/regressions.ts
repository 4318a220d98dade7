import { existsSync } from 'node:fs';
import { changeText, verify, type Verified, type Witness } from '../campaign/index.ts';
import type { Finding } from '../explore/index.ts';
import { shellQuote } from '../report/index.ts';
import { UsageError, type Scenario } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { prefixed } from './finding-file.ts';
import { loadFindings, scenarioAmong } from './finding-set.ts';
import { complain, count } from './output.ts';
import { ownArguments, type OwnFlags } from './own.ts';

/** A finding that a project keeps so that its race does not come back. */
export interface Regression extends Witness, Verified {
  readonly scenario: Scenario;
}

/** What became of the findings of a folder. */
export interface Regressions {
  readonly folder: string;
  /** Those that could be run. */
  readonly ran: readonly Regression[];
  /** Findings that are stale or unreadable: a line each, which has been told. */
  readonly refused: readonly string[];
}

/** Nobody asked for any. */
export const NO_REGRESSIONS: Regressions = { folder: '', ran: [], refused: [] };

/** Runs the findings of a folder again. Throws FileError if it is none, NondeterminismError if two runs of one are not the same. */
export function replayRegressions(folder: string, flags: OwnFlags): Regressions {
  const { found, refused } = loadFindings(folder);
  const lines = refused.map(({ reason }) => reason);
  const ran: Regression[] = [];
  for (const { finding, file } of found) {
    try {
      prefixed(file, () => {
        const scenario = scenarioAmong(finding, flags);
        const verified = verify(finding, scenario);
        if (verified.verdict === 'stale') throw new UsageError(`${changeText(verified.changes[0])} (inband verify ${shellQuote(folder)} --refind)`);
        ran.push({ finding, file, scenario, ...verified });
      });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      lines.push(error.message);
    }
  }
  for (const line of lines) complain(line);
  return { folder, ran, refused: lines };
}

/** The same, of a folder that need not be there. */
export function replayIfThere(folder: string, flags: OwnFlags): Regressions {
  return existsSync(folder) ? replayRegressions(folder, flags) : { ...NO_REGRESSIONS, folder };
}

/** Those whose race shows again. */
export function comeBack({ ran }: Regressions): readonly Regression[] {
  return ran.filter(({ verdict }) => verdict === 'reproduces' || verdict === 'differs');
}

/** Each race that is back with what shows it, and how many there are in all; empty: there was nothing to run. */
export function regressionText(regressions: Regressions, flags: OwnFlags): string {
  const { folder, ran, refused } = regressions;
  if (ran.length + refused.length === 0) return '';
  const back = comeBack(regressions);
  const parts = [
    ...(back.length > 0 ? [`${back.length} ${back.length === 1 ? 'is' : 'are'} back`] : []), ...(refused.length > 0 ? [`${refused.length} cannot be run`] : []),
  ];
  return [
    ...back.map(({ finding: { oracle, rule }, file, message }) => `it is back: ${oracle}/${rule}: ${message}\n    inband show ${shellQuote(file)}${ownArguments(flags)}`),
    `${count(ran.length + refused.length, 'regression')} in ${folder}: ${parts.length === 0 ? 'none is back' : parts.join(', ')}`,
  ].join('\n');
}

/** What is found counts for more than what could not be run. */
export function huntExit(found: readonly Finding[], regressions: Regressions): number {
  if (found.length + comeBack(regressions).length > 0) return Exit.found;
  return regressions.refused.length > 0 ? Exit.usage : Exit.nothing;
}

/** For the document of a hunt, if a folder was looked at. */
export function regressionsJson({ folder, ran, refused }: Regressions): object {
  return folder === '' ? {} : { regressions: { folder, ran: ran.map(({ finding: { id }, file, verdict, message }) => ({ id, file, verdict, message })), refused } };
}

/** What reports tell of. */
export interface Reportable {
  readonly findings: readonly Witness[];
  readonly oracles: readonly string[];
  scenarioOf(finding: Finding): Scenario;
}

/** The same with the races that are back, which come first; one that was found again is told once. */
export function withRegressions(regressions: Regressions, { findings, oracles, scenarioOf }: Reportable): Reportable {
  const back = comeBack(regressions);
  return {
    findings: [...back, ...findings.filter(({ file }) => !back.some((known) => known.file === file))],
    oracles: [...new Set([...oracles, ...back.map(({ finding: { oracle } }) => oracle)])],
    scenarioOf: (finding) => back.find((known) => known.finding === finding)?.scenario ?? scenarioOf(finding),
  };
}
