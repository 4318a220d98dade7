import { dirname } from 'node:path';
import { Shrinker, buildOptionsOf, compareMeasures, makeFinding, measure, serializeFinding, type Finding } from '../explore/index.ts';
import { NOMINAL } from '../sim/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { checkFolder, exists, writeNew } from './files.ts';
import { loadFinding } from './finding-file.ts';
import { count, print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';

export interface ShrinkFlags extends OwnFlags {
  readonly budget: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** Executions between two looks. */
const PORTION = 200;

/** `inband shrink FINDING`: a smaller schedule for the same breach, in a new file; none if there is no smaller one. */
export function shrink(path: string, flags: ShrinkFlags): number {
  const { finding, build } = loadFinding(path, flags);
  const file = flags.output ?? freeName(path);
  if (exists(file)) throw inTheWay(file);
  checkFolder(dirname(file));
  const system = build();
  const nominal = system.execute(NOMINAL).hash;
  const shrinker = new Shrinker(system, finding.decisions, finding, { budget: flags.budget });
  while (!shrinker.done) shrinker.advance(PORTION);
  const { violation, decisions, executions, hash } = shrinker;
  if (!shrinker.reproduced || violation === undefined) {
    if (flags.json === true) printJson(document(finding, false, finding.decisions, executions, null));
    else print(`does not reproduce: ${finding.oracle}/${finding.rule}; nothing to shrink`);
    return Exit.nothing;
  }
  const shrunk = compareMeasures(measure(decisions), measure(finding.decisions)) < 0;
  // A file that was asked for is written, smaller or not.
  const written = shrunk || flags.output !== undefined ? file : null;
  if (written !== null) {
    const smaller = makeFinding(
      { scenario: finding.scenario, build: buildOptionsOf(finding), model: finding.model },
      finding, violation, decisions, { nominal, run: hash },
    );
    if (!writeNew(file, serializeFinding(smaller))) throw inTheWay(file);
  }
  if (flags.json === true) {
    printJson(document(finding, true, decisions, executions, written));
  } else {
    const spent = `in ${count(executions, 'execution')}${written === null ? '' : `: ${written}`}`;
    print(shrunk
      ? `${finding.decisions.length} -> ${count(decisions.length, 'decision')} ${spent}`
      : `no smaller schedule than its ${count(decisions.length, 'decision')} was found ${spent}`);
    for (const decision of decisions) print(`  ${system.describe(decision)}`);
  }
  return Exit.found;
}

/** `file` is null if nothing was written. */
function document(finding: Finding, reproduces: boolean, decisions: Finding['decisions'], executions: number, file: string | null): unknown {
  return { format: 'inband-shrink/1', finding: finding.id, reproduces, before: finding.decisions.length, decisions, executions, file };
}

function inTheWay(file: string): UsageError {
  return new UsageError(`cannot write ${file}: it exists already`);
}

/** `x.json` -> `x.small.json`, or `x.small-2.json` and so on where that is taken. */
function freeName(path: string): string {
  const stem = path.replace(/\.json$/, '');
  for (let n = 1; ; n++) {
    const name = `${stem}.small${n === 1 ? '' : `-${n}`}.json`;
    if (!exists(name)) return name;
  }
}
