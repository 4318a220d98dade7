import { findingFiles, type Witness } from '../campaign/index.ts';
import { UsageError, isOwnName, type Scenario } from '../scenarios/index.ts';
import { scenarioOfFinding, type OwnFlags } from './own.ts';

/** What a folder of findings holds. */
export interface FindingSet {
  readonly found: readonly Witness[];
  /** Files that hold no finding: a line each that says why. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/** Reads all findings of a campaign, or of a folder in which hunt has saved them. Throws FileError if there is no such folder. */
export function loadFindings(path: string): FindingSet {
  const found: Witness[] = [];
  const refused: { file: string; reason: string }[] = [];
  for (const { file, load } of findingFiles(path)) {
    try {
      found.push({ finding: load(), file });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refused.push({ file, reason: error.message });
    }
  }
  return { found, refused };
}

/** The scenario of one finding among others, of which some may be of a driver of the user's own. */
export function scenarioAmong({ scenario, driver }: Pick<Witness['finding'], 'scenario' | 'driver'>, flags: OwnFlags): Scenario {
  return scenarioOfFinding(scenario, driver, isOwnName(driver) ? flags : {});
}
