import { buildOptionsOf, parseFinding, type Finding } from '../explore/index.ts';
import { UsageError, scenario, type System } from '../scenarios/index.ts';
import { readText } from './files.ts';

/** A finding from its file, and the means to build its system. */
export interface Loaded {
  readonly finding: Finding;
  build(): System;
}

/** Builds the system of a finding. */
export function buildSystem(finding: Finding): System {
  return scenario(finding.scenario).build(buildOptionsOf(finding));
}

/** Reads a finding; refuses one that was made by other models. */
export function loadFinding(path: string): Loaded {
  const finding = parseFinding(readText(path), path);
  const found = scenario(finding.scenario);
  const options = buildOptionsOf(finding);
  const now = found.models(options);
  for (const name of new Set([...Object.keys(finding.model), ...Object.keys(now)])) {
    const [then, here] = [finding.model[name], now[name]];
    if (then !== here) {
      throw new UsageError(`${path}: model "${name}" is ${then ?? 'absent'} in the finding, but ${here ?? 'absent'} in this version of inband: its schedule would mean something else`);
    }
  }
  return { finding, build: () => buildSystem(finding) };
}
