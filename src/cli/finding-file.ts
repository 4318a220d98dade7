import { join } from 'node:path';
import { MOST_FINDING_MIB, changeText, isOwnChange, modelChanges } from '../campaign/index.ts';
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
  /** False: a finding of that id was there already and is left as it is. */
  readonly written: boolean;
}

/** Writes a finding to its file in `folder`. */
export function saveFinding(finding: Finding, folder: string): Saved {
  const file = join(folder, `${finding.id}.json`);
  return { finding, file, written: writeNew(file, serializeFinding(finding)) };
}
