#!/usr/bin/env node
/**
 * Writes into README.md what `npx inband hunt` prints.
 *
 *     npm run build && node tools/readme.mjs
 *
 * Needed when the first finding or its timeline has changed: test/docs/readme.test.ts says so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Columns of the block: what fits beside the margins of a page. */
const WIDTH = 100;
const BLOCK = /(<!-- first finding: [^\n]* -->\n```console\n)(.*?)(```\n)/s;

/**
 * The command and what it prints, but for the colours.
 *
 * @param {typeof import('../src/index.ts')} inband the library, built or not
 * @returns {string}
 */
export function firstFinding({ Hunter, ScheduleChooser, formatLadder, record, scenario, violationOf }) {
  const started = Date.now();
  const kcs = scenario('kcs');
  const build = { driver: kcs.defaultDriver, oracles: ['wrong-response'], settings: {} };
  const system = kcs.build(build);
  const hunter = new Hunter(system, { scenario: kcs.name, build, model: kcs.models(build) }, { seed: 1 });
  while (!hunter.done) hunter.advance(100);
  const [finding] = hunter.findings;
  const seconds = (Date.now() - started) / 1000;

  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding);
  if (violation === undefined) throw new Error('the finding does not reproduce');
  const ladder = formatLadder(recording, {
    width: WIDTH, violation, file: `inband-findings/${finding.id}.json`, describe: (decision) => system.describe(decision),
  });
  return `$ npx inband hunt\n${ladder}\n1 distinct finding: ${hunter.executions} executions (and ${hunter.shrinkExecutions} to shrink) in ${seconds.toFixed(1)} s (kcs, ${finding.driver}, strategy ${finding.strategy}, seed ${finding.seed})\n`;
}

/**
 * What README.md shows of it.
 *
 * @param {string} text of README.md
 * @returns {string}
 */
export function blockOf(text) {
  const match = BLOCK.exec(text);
  if (match === null) throw new Error('README.md: no block after <!-- first finding: ... -->');
  return match[2];
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] === self) {
  const root = dirname(dirname(self));
  const inband = await import(new URL('../dist/index.js', import.meta.url).href);
  const file = join(root, 'README.md');
  const text = readFileSync(file, 'utf8');
  const now = firstFinding(inband);
  blockOf(text);
  writeFileSync(file, text.replace(BLOCK, (_all, before, _old, after) => `${before}${now}${after}`));
}
