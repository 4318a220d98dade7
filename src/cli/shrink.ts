import { dirname } from 'node:path';
import { Shrinker, buildOptionsOf, compareMeasures, makeFinding, measure, serializeFinding, type Finding } from '../explore/index.ts';
import { shellQuote } from '../report/index.ts';
import { NOMINAL } from '../sim/index.ts';
import { breathe } from '../pool/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { checkFolder, exists, writeNew } from './files.ts';
import { loadFinding } from './finding-file.ts';
import { count, note, print, printJson } from './output.ts';
import type { Budget } from './options.ts';
import { ownArguments, type OwnFlags } from './own.ts';
import { Signals } from './signals.ts';

export interface ShrinkFlags extends OwnFlags {
  readonly budget: Budget;
  readonly anyCause?: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

/** Executions between two looks, and wall-clock time between two moments in which signals are heard, ms. */
const PORTION = 10;
const SLICE = 50;

/**
 * `inband shrink FINDING`: a smaller schedule for the same breach, in a new file; none if there is no smaller one. What
 * there is when the budget is spent, or a signal comes, is written, and can be shrunk further.
 */
export async function shrink(path: string, flags: ShrinkFlags): Promise<number> {
  const { finding, build } = loadFinding(path, flags);
  const file = flags.output ?? freeName(path);
  if (exists(file)) throw inTheWay(file);
  checkFolder(dirname(file));
  const system = build();
  const nominal = system.execute(NOMINAL).hash;
  const shrinker = new Shrinker(system, finding.decisions, finding, {
    budget: flags.budget.kind === 'executions' ? flags.budget.n : Infinity, sameCause: flags.anyCause !== true,
  });
  const signals = new Signals();
  try {
    await spend(shrinker, flags.budget, signals);
    const { violation, decisions, executions, hash, complete } = shrinker;
    if (!shrinker.reproduced || violation === undefined) {
      if (flags.json === true) printJson(document(finding, shrinker, null));
      else print(`does not reproduce: ${finding.oracle}/${finding.rule}; nothing to shrink`);
      return signals.code ?? Exit.nothing;
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
      printJson(document(finding, shrinker, written));
    } else {
      const spent = `in ${count(executions, 'execution')}${written === null ? '' : `: ${written}`}`;
      print(shrunk
        ? `${finding.decisions.length} -> ${count(decisions.length, 'decision')} ${spent}`
        : `no smaller schedule than its ${count(decisions.length, 'decision')} was found ${spent}`);
      for (const decision of decisions) print(`  ${system.describe(decision)}`);
    }
    if (signals.code !== null) note('interrupted: the smallest so far is kept');
    if (!complete) note(`not everything was tried: inband shrink ${shellQuote(written ?? path)}${ownArguments(flags)} goes on`);
    return signals.code ?? Exit.found;
  } finally {
    signals.release();
  }
}

/** Shrinks until nothing is left to try, the budget is spent, or a signal has come. */
async function spend(shrinker: Shrinker, budget: Budget, signals: Signals): Promise<void> {
  const until = budget.kind === 'seconds' ? Date.now() + budget.n * 1000 : Infinity;
  while (!shrinker.done && signals.code === null && Date.now() < until) {
    const slice = Date.now() + SLICE;
    // Something at least: of a schedule that was not run nobody knows whether it reproduces.
    do shrinker.advance(PORTION);
    while (!shrinker.done && Date.now() < slice);
    await breathe();
  }
}

/** `file` is null if nothing was written. */
function document(finding: Finding, { reproduced, decisions, executions, complete }: Shrinker, file: string | null): unknown {
  return { format: 'inband-shrink/1', finding: finding.id, reproduces: reproduced, before: finding.decisions.length, decisions, executions, complete, file };
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
