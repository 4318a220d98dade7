import { describe, expect, it } from 'vitest';
import { Hunter } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { buildOf, driversOf, scenarioOf } from './drivers.ts';
import { bugOf, isBug } from './known.ts';

/** Executions in which `fixed` must give nothing here; tools/find-bugs.mjs makes more of them. */
const CLEAN = 4000;

function huntFor(version: string, options: { readonly oracles?: readonly string[]; readonly maxExecutions: number; readonly seed: number }): Hunter {
  const { oracles, maxExecutions, seed } = options;
  const system = scenario(scenarioOf(version));
  const build = { ...buildOf(version), ...(oracles === undefined ? {} : { oracles }) };
  return new Hunter(system.build(build), { scenario: system.name, build, model: system.models(build) }, { keepGoing: true, maxExecutions, seed });
}

/** Goes on until the bug is found, or the budget spent. */
function expectFound(slug: string, maxExecutions: number, seed: number): void {
  const bug = bugOf(slug);
  const hunter = huntFor(bug.version, { oracles: [bug.oracle], maxExecutions, seed });
  let found;
  while (found === undefined && !hunter.done) {
    hunter.advance(100);
    found = hunter.findings.find((finding) => isBug(bug, finding, driversOf(bug.version)));
  }
  expect(found, `${slug} in ${hunter.executions} executions; found: ${hunter.findings.map(({ id }) => id).join(', ')}`).toBeDefined();
  expect(found!.decisions.length).toBeLessThanOrEqual(bug.most ?? Infinity);
}

describe('short hunts', () => {
  for (const seed of [1, 2]) {
    it(`find a WRITE_START in mid-copy in v2-unlocked, seed ${seed}`, () => expectFound('v2-unlocked-torn-message', 8000, seed));
    it(`find the read ABA in mainline, seed ${seed}`, () => expectFound('kcs-read-aba', 6000, seed));
  }

  for (const seed of [1, 2]) {
    it(`find nothing in fixed, seed ${seed}`, () => {
      const hunter = huntFor('fixed', { maxExecutions: CLEAN, seed });
      while (!hunter.done) hunter.advance(1000);
      expect(hunter.findings.map(({ id, message, decisions }) => ({ id, message, decisions }))).toEqual([]);
      expect(hunter.executions).toBe(CLEAN);
    });
  }
});
