import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Hunter, serializeFinding, type Finding } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { buildOf, driversOf, scenarioOf } from './drivers.ts';
import { simplest } from './known.ts';
import { BUDGET, BUGS, SEEDS } from './slugs.ts';

/** The program behind tools/find-bugs.mjs. Returns the exit code: 1 if a bug was not found. */
export function main(args: readonly string[], root: string): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seed: { type: 'string' }, executions: { type: 'string' }, dry: { type: 'boolean' }, list: { type: 'boolean' } },
  });
  const versions = positionals.length > 0 ? positionals : Object.keys(SEEDS);
  const executions = Number(values.executions ?? BUDGET);
  const folder = join(root, 'test', 'data', 'findings');
  const save = values.dry !== true && values.seed === undefined && values.executions === undefined;
  let missing = 0;
  for (const version of versions) {
    const seed = Number(values.seed ?? SEEDS[version] ?? 1);
    const findings = hunt(version, seed, executions);
    for (const bug of BUGS.filter((b) => b.version === version)) {
      const finding = simplest(bug, findings, driversOf(version));
      if (finding === undefined) {
        missing++;
        console.log(`    ${bug.slug}: NOT FOUND (${bug.oracle}/${bug.rule})`);
        continue;
      }
      const { length } = finding.decisions;
      console.log(`    ${bug.slug}: execution ${finding.execution}, ${finding.oracle}/${finding.rule}, ${length} decision${length === 1 ? '' : 's'}`);
      if (!save) continue;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${bug.slug}.json`), serializeFinding(finding));
    }
    if (values.list === true) for (const finding of findings) list(finding);
  }
  return missing === 0 ? 0 : 1;
}

function hunt(version: string, seed: number, executions: number): Finding[] {
  const system = scenario(scenarioOf(version));
  const options = buildOf(version);
  const started = performance.now();
  const hunter = new Hunter(system.build(options), { scenario: system.name, build: options, model: system.models(options) }, {
    seed, keepGoing: true, maxExecutions: executions,
  });
  while (!hunter.done) hunter.advance(1000);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const { findings, shrinkExecutions, violating } = hunter;
  console.log(`${options.driver}${options.host === undefined ? '' : ` with ${options.host}`}, seed ${seed}: ${hunter.executions} executions (${violating} break a rule), ${shrinkExecutions} to shrink, `
    + `${findings.length} distinct findings, ${seconds} s`);
  return findings;
}

function list({ oracle, rule, execution, message, decisions }: Finding): void {
  console.log(`  ${oracle}/${rule} at execution ${execution}: ${message}`);
  for (const { kind, actor, step, label, value } of decisions) console.log(`      ${kind} ${actor}#${step} "${label}" ${value}`);
}
