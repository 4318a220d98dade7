import { join } from 'node:path';
import { buildOptionsOf, parseFinding, serializeFinding, type Finding } from '../explore/index.ts';
import { UsageError, scenario, type System } from '../scenarios/index.ts';
import { readText, writeNew } from './files.ts';

/** A finding from its file, and the means to build its system. */
export interface Loaded {
  readonly finding: Finding;
  build(): System;
}

/** Builds the system of a finding. */
export function buildSystem(finding: Finding): System {
  return scenario(finding.scenario).build(buildOptionsOf(finding));
}

/** Far more than the longest schedule takes. */
const MOST_MIB = 4;

/** Reads a finding; refuses one that was made by other models. */
export function loadFinding(path: string): Loaded {
  const finding = parseFinding(readText(path, MOST_MIB), path);
  const then = new Map(Object.entries(finding.model));
  const now = new Map(Object.entries(modelsOf(finding, path)));
  for (const name of new Set([...then.keys(), ...now.keys()])) {
    const [was, is] = [then.get(name), now.get(name)];
    if (was !== is) {
      throw new UsageError(`${path}: model "${name}" is ${was ?? 'absent'} in the finding, but ${is ?? 'absent'} in this version of inband: its schedule would mean something else`);
    }
  }
  return { finding, build: () => buildSystem(finding) };
}

/** The models of the finding's system, as they are now. */
function modelsOf(finding: Finding, path: string): Readonly<Record<string, number>> {
  try {
    return scenario(finding.scenario).models(buildOptionsOf(finding));
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
