import { join } from 'node:path';
import { Hunter, serializeFinding, type Finding } from '../explore/index.ts';
import type { BuildOptions, Scenario } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { checkFolder, writeNew } from './files.ts';
import { isOwn, ownArguments } from './own.ts';
import { systemOf, type Budget, type SystemFlags } from './options.ts';
import { ProgressLine, count, note, print, printJson } from './output.ts';
import { showFinding } from './show.ts';

export interface HuntFlags extends SystemFlags {
  readonly strategy: string;
  readonly budget: Budget;
  readonly seed: number;
  readonly keepGoing?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

/** The hunter comes back to the event loop after so long, so that Ctrl-C and the clock are heard, ms. */
const SLICE = 40;
/** Executions between two looks at the clock. */
const PORTION = 8;

/** `inband hunt`: searches, shrinks, saves, shows. */
export async function hunt(name: string | undefined, flags: HuntFlags): Promise<number> {
  const bare = name === undefined && !isOwn(flags);
  const { scenario, options } = systemOf(name, bare && flags.oracle === undefined ? { ...flags, oracle: DEFAULT_ORACLE } : flags);
  checkFolder(flags.out);
  const signals = new Signals();
  try {
    const run = await search(scenario, options, flags, signals);
    const saved = run.findings.map((finding) => save(finding, flags.out));
    if (flags.json === true) printJson(document(scenario, options, flags, run, saved));
    else report(scenario, options, flags, run, saved);
    for (const { file, written } of saved) if (!written) note(`${file} is there already and was left as it is`);
    if (signals.code !== null) note('interrupted: what was found so far is saved');
    return signals.code ?? (run.findings.length > 0 ? Exit.found : Exit.nothing);
  } finally {
    signals.release();
  }
}

/**
 * Hears SIGINT and SIGTERM until all is saved and printed: one Ctrl-C comes twice where npx is between us and
 * the terminal, and people press it again.
 */
class Signals {
  /** The exit code that the first of them asks for. */
  code: number | null = null;
  private readonly onInt = (): void => void (this.code ??= Exit.interrupted);
  private readonly onTerm = (): void => void (this.code ??= Exit.terminated);

  constructor() {
    process.on('SIGINT', this.onInt);
    process.on('SIGTERM', this.onTerm);
  }

  release(): void {
    process.off('SIGINT', this.onInt);
    process.off('SIGTERM', this.onTerm);
  }
}

/** Without arguments the hunt is for the answer to A that is given to a restarted B. */
const DEFAULT_ORACLE = 'wrong-response';

interface Run {
  readonly findings: readonly Finding[];
  readonly executions: number;
  readonly shrinkExecutions: number;
  readonly exhausted: boolean;
  /** Wall clock of the search with its shrinking, s. */
  readonly seconds: number;
}

async function search(scenario: Scenario, options: BuildOptions, flags: HuntFlags, signals: Signals): Promise<Run> {
  const started = Date.now();
  const system = scenario.build(options);
  const build = { ...options, driver: options.driver ?? scenario.defaultDriver };
  const hunter = new Hunter(system, { scenario: scenario.name, build, model: scenario.models(options) }, {
    strategy: flags.strategy,
    seed: flags.seed,
    keepGoing: flags.keepGoing === true,
    ...(flags.budget.kind === 'executions' ? { maxExecutions: flags.budget.n } : {}),
  });
  const until = flags.budget.kind === 'seconds' ? started + flags.budget.n * 1000 : Infinity;
  const progress = new ProgressLine();
  try {
    while (!hunter.done && signals.code === null && Date.now() < until) {
      const slice = Date.now() + SLICE;
      while (!hunter.done && Date.now() < slice) hunter.advance(PORTION);
      progress.show(progressText(hunter, (Date.now() - started) / 1000));
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  } finally {
    progress.clear();
  }
  hunter.conclude();
  const { findings, executions, shrinkExecutions, exhausted } = hunter;
  return { findings, executions, shrinkExecutions, exhausted, seconds: (Date.now() - started) / 1000 };
}

function progressText(hunter: Hunter, seconds: number): string {
  const { executions, shrinkExecutions } = hunter;
  const rate = Math.round((executions + shrinkExecutions) / Math.max(seconds, 0.001));
  return `${count(executions, 'execution')} (+${shrinkExecutions} shrinking), ${rate}/s, ${count(hunter.findings.length, 'distinct finding')}, ${seconds.toFixed(0)} s`;
}

interface Saved {
  readonly finding: Finding;
  readonly file: string;
  /** False: a finding of that id was there already and is left as it is. */
  readonly written: boolean;
}

function save(finding: Finding, folder: string): Saved {
  const file = join(folder, `${finding.id}.json`);
  return { finding, file, written: writeNew(file, serializeFinding(finding)) };
}

function document(scenario: Scenario, options: BuildOptions, flags: HuntFlags, run: Run, saved: readonly Saved[]): unknown {
  return {
    format: 'inband-hunt/1',
    scenario: scenario.name,
    driver: options.driver,
    strategy: flags.strategy,
    seed: flags.seed,
    executions: run.executions,
    shrinkExecutions: run.shrinkExecutions,
    seconds: run.seconds,
    findings: saved.map(({ finding, file }) => ({
      id: finding.id,
      oracle: finding.oracle,
      rule: finding.rule,
      message: finding.message,
      execution: finding.execution,
      decisions: finding.decisions,
      file,
    })),
  };
}

function report(scenario: Scenario, options: BuildOptions, flags: HuntFlags, run: Run, saved: readonly Saved[]): void {
  const spent = `${count(run.executions, 'execution')} (and ${run.shrinkExecutions} to shrink) in ${run.seconds.toFixed(1)} s`;
  const what = `${scenario.name}, ${options.driver ?? scenario.defaultDriver}, strategy ${flags.strategy}, seed ${flags.seed}`;
  if (saved.length === 1 || (saved.length > 0 && flags.keepGoing !== true)) {
    print(showFinding(scenario, saved[0].finding, saved[0].file, flags));
    print('');
  } else {
    for (const { finding, file } of saved) {
      print(`${finding.oracle}/${finding.rule}: ${finding.message}`);
      print(`    ${count(finding.decisions.length, 'decision')}, execution ${finding.execution}: inband show ${file}${ownArguments(flags)}`);
    }
  }
  if (saved.length === 0) print(`nothing found: ${spent} (${what})${run.exhausted ? '; the strategy has nothing left to try' : ''}`);
  else print(`${count(saved.length, 'distinct finding')}: ${spent} (${what})`);
}
