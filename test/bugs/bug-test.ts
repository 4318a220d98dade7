import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY, buildOptionsOf, parseFinding, replay, type Finding } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import type { Bug } from './bug.ts';
import { buildOf, driversOf, nameOf, scenarioOf, systemWith } from './drivers.ts';
import { huntFor } from './hunt-for.ts';
import { isBug, simplest, tellFinding } from './known.ts';
import { BUDGET, BUGS, SEEDS } from './slugs.ts';
import { explainFollowed, follow } from './story.ts';

/** How to make the saved findings anew after a change to the models or the search. */
export const REGENERATE = 'regenerate the saved findings by: node tools/find-bugs.mjs';

/** How far the stalls of a schedule are moved, in steps either way, to look for the bug in a mended version. */
const NEAR = 4;
/**
 * Executions, and executions for shrinking one candidate, of the hunt for the bug in a mended version. One of SSIF,
 * where every byte is an interrupt, takes as long as some of KCS.
 */
const HUNTS = {
  kcs: { maxExecutions: 1500, shrinkBudget: 250 }, ssif: { maxExecutions: 400, shrinkBudget: 50 }, bt: { maxExecutions: 400, shrinkBudget: 50 },
  'raw-kcs': { maxExecutions: 400, shrinkBudget: 50 }, router: { maxExecutions: 1000, shrinkBudget: 100 },
} as const;

function fileOf(slug: string): string {
  return fileURLToPath(new URL(`../data/findings/${slug}.json`, import.meta.url));
}

/** The finding that tools/find-bugs.mjs has saved. */
export function savedFinding(slug: string): Finding {
  const file = fileOf(slug);
  if (!existsSync(file)) throw new Error(`${file} is not there: ${REGENERATE}`);
  return parseFinding(readFileSync(file, 'utf8'), file);
}

/** Every schedule in which the stalls of this one sit up to {@link NEAR} steps earlier or later. */
function* neighbours(decisions: readonly Decision[], from = 0): Generator<Decision[]> {
  const at = decisions.findIndex((d, i) => i >= from && d.kind === 'stall');
  if (at < 0) {
    yield [...decisions];
    return;
  }
  for (let by = -NEAR; by <= NEAR; by++) {
    const { step, ...rest } = decisions[at];
    if (step + by < 0) continue;
    yield* neighbours(decisions.with(at, { ...rest, step: step + by }), at + 1);
  }
}

/** The tests of all bugs of one version. */
export function testBugs(version: string): void {
  for (const bug of BUGS.filter((b) => b.version === version)) testBug(bug);
}

function testBug(bug: Bug): void {
  const options = buildOf(bug.version);
  const theirs = driversOf(bug.version);

  describe(`${bug.slug}`, () => {
    it('replays, step by step the same', () => {
      const finding = savedFinding(bug.slug);
      expect([finding.scenario, finding.driver, finding.host]).toEqual([scenarioOf(bug.version), options.driver, options.host]);
      expect(finding.model, `the models have changed: ${REGENERATE}`).toEqual(scenario(finding.scenario).models(buildOptionsOf(finding)));
      const again = replay(scenario(finding.scenario).build(buildOptionsOf(finding)), finding);
      expect(again.reproduces, `${bug.oracle}/${bug.rule} does not show any more: ${REGENERATE}`).toBe(true);
      expect(again.violation?.message).toBe(finding.message);
      expect(again.divergence, REGENERATE).toBeNull();
      expect(again.unused, REGENERATE).toEqual([]);
      expect(again.same, `the run has another hash than the saved one: raise a model and ${REGENERATE}`).toBe(true);
      expect(finding.seed).toBe(SEEDS[bug.version]);
      expect(finding.execution).toBeLessThan(BUDGET);
    });

    it('takes the decisive steps in their order', () => {
      const told = tellFinding(savedFinding(bug.slug), theirs);
      expect(follow(told, bug.story).moments, explainFollowed(told, bug.story)).toBe(bug.story.length);
    });

    it('does not show, there or near, when that fault is mended', () => {
      const finding = savedFinding(bug.slug);
      const system = systemWith(bug.mended, { settings: finding.settings, oracles: [bug.oracle] });
      for (const decisions of neighbours(finding.decisions)) {
        const again = replay(system, { ...finding, decisions });
        const same = again.reproduces && isBug(bug, { ...finding, decisions }, bug.mended);
        expect(same, `${nameOf(bug.mended)} has it, with ${JSON.stringify(decisions)}`).toBe(false);
      }
    });

    it('is not found by a short hunt when that fault is mended', () => {
      const build = { ...options, oracles: [bug.oracle] };
      const system = systemWith(bug.mended, build);
      const { findings } = huntFor(system, { scenario: scenarioOf(bug.version), build, model: {} }, {
        strategy: DEFAULT_STRATEGY, seed: SEEDS[bug.version], keepGoing: true, ...HUNTS[scenarioOf(bug.version)],
      }, ({ rule }) => rule === bug.rule);
      expect(simplest(bug, findings, bug.mended)).toBeUndefined();
    });
  });
}
