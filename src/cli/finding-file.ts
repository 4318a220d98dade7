import { join } from 'node:path';
import { MOST_FINDING_MIB, changeText, checkOracle, isOwnChange, modelChanges } from '../campaign/index.ts';
import { buildOptionsOf, parseFinding, serializeFinding, type Finding } from '../explore/index.ts';
import { UsageError, type Scenario, type System } from '../scenarios/index.ts';
import { readText, writeNew } from './files.ts';
import { note } from './output.ts';
import { scenarioOfFinding, type OwnFlags } from './own.ts';

/** A finding from its file, and the means to build its system. */
export interface Loaded {
  readonly finding: Finding;
  readonly scenario: Scenario;
  build(): System;
}

/** Reads a finding; refuses one that was made by other models. */
export function loadFinding(path: string, flags: OwnFlags): Loaded {
  const finding = parseFinding(readText(path, MOST_FINDING_MIB), path);
  const scenario = prefixed(path, () => scenarioOfFinding(finding.scenario, finding.driver, flags));
  for (const change of prefixed(path, () => modelChanges(finding, scenario.models(buildOptionsOf(finding))))) {
    if (isOwnChange(change)) note(`${change.name} has changed since ${path} was written: its schedule may mean something else now`);
    else throw new UsageError(`${path}: ${changeText(change)}: its schedule would mean something else`);
  }
  prefixed(path, () => checkOracle(finding, scenario));
  return { finding, scenario, build: () => scenario.build(buildOptionsOf(finding)) };
}

/** Does something with a finding; what is wrong with it is told with its file. */
export function prefixed<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${path}: ${error.message}`) : error;
  }
}

/** A finding and the file in which it is. */
export interface Saved {
  readonly finding: Finding;
  readonly file: string;
  /** False: this finding was there already and is left as it is. */
  readonly written: boolean;
}

/**
 * Writes a finding to a file in `folder`, which is called by its id; `ID-2.json` and so on where that is another's: whoever
 * replays the file must get what was found.
 */
export function saveFinding(finding: Finding, folder: string): Saved {
  const text = serializeFinding(finding);
  for (let n = 1; ; n++) {
    const file = join(folder, `${finding.id}${n === 1 ? '' : `-${n}`}.json`);
    if (writeNew(file, text)) return { finding, file, written: true };
    if (isFileOf(file, finding)) return { finding, file, written: false };
  }
}

/** Whether a file holds that race of that very system. Judges that were named may be others: what they find is not. */
function isFileOf(file: string, { id, scenario, driver, host, daemon, settings, model }: Finding): boolean {
  let there: Finding;
  try {
    there = parseFinding(readText(file, MOST_FINDING_MIB), file);
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
  return there.id === id && there.scenario === scenario && there.driver === driver && there.host === host && there.daemon === daemon
    && isEqual(there.settings, settings) && isEqual(there.model, model);
}

function isEqual(one: Readonly<Record<string, number | string>>, other: Readonly<Record<string, number | string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && one[key] === other[key]);
}
