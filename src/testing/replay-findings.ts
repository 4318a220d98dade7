import { fileURLToPath } from 'node:url';
import { findingFiles } from '../campaign/index.ts';
import type { Finding } from '../explore/index.ts';
import { scenario, type Scenario } from '../scenarios/index.ts';
import { complaintOf, type Expected } from './regression.ts';

/** How a test is made: `test` of node:test, `test` or `it` of vitest and of those like it. */
export type Register = (name: string, body: () => void) => unknown;

export interface ReplayOptions {
  /** Default: `fixed`. */
  readonly expect?: Expected;
  /** The system in which a finding is run; default: ours of its name. Of a driver of one's own it is what ownScenario() makes. */
  scenarioOf?(finding: Finding): Scenario;
  /** Default: that of vitest within vitest, that of node:test elsewhere. */
  readonly test?: Register;
}

/** Whoever runs this. */
const runner: Register = '__vitest_worker__' in globalThis ? (await import('vitest')).test : (await import('node:test')).test;

/**
 * Makes a test of each finding in a folder: a path from the working directory, or a URL. The folder has findings as
 * `inband hunt` saves them, whatever their names, or is a campaign; where there is none, one test fails that says so. Throws
 * UsageError of one line if there is no such folder.
 */
export function replayFindings(folder: string | URL, options: ReplayOptions = {}): void {
  const { expect = 'fixed', scenarioOf = ({ scenario: name }) => scenario(name), test = runner } = options;
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const files = findingFiles(path);
  if (files.length === 0) {
    void test(`${path}: ${expect}`, () => {
      throw new Error(`${path}: holds no findings: nothing is run again`);
    });
  }
  for (const { file, load } of files) {
    void test(`${file}: ${expect}`, () => {
      const finding = load();
      const complaint = complaintOf(finding, file, scenarioOf(finding), expect);
      if (complaint !== undefined) throw new Error(complaint);
    });
  }
}
