import { dirname } from 'node:path';
import { Hunter, type Finding, type StrategyTally } from '../explore/index.ts';
import { shellQuote, type EndReason } from '../report/index.ts';
import { Alone, Pool, PoolError, startThread, type Crew, type ScenarioSource } from '../pool/index.ts';
import type { BuildOptions, Scenario } from '../scenarios/index.ts';
import { checkFolder } from './files.ts';
import { saveFinding, type Saved } from './finding-file.ts';
import { HuntEvents, checkReports, takesStdout, writeReports, type ReportFlags } from './hunt-reports.ts';
import { judgedJson, judgedOracles, judgedText } from './judged.ts';
import { isOwn, ownArguments } from './own.ts';
import { NO_REGRESSIONS, comeBack, huntExit, regressionsJson, withRegressions, type Regressions } from './regressions.ts';
import { systemOf, type Budget, type SystemFlags } from './options.ts';
import { ProgressLine, count, note, print, printJson } from './output.ts';
import { showFinding } from './show.ts';
import { Signals } from './signals.ts';
import { likelyBugs } from './triage.ts';
import { VERSION } from './version.ts';

export interface HuntFlags extends SystemFlags, ReportFlags {
  readonly strategy: string;
  readonly budget: Budget;
  readonly seed: number;
  readonly jobs: number;
  readonly keepGoing?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

/** The hunt comes back to the event loop after so long, so that Ctrl-C and the clock are heard, ms. */
const TURN = 40;

/** `inband hunt`: searches, shrinks, saves, shows. `regressions`: what is run first, when it is known that the hunt can be. */
export async function hunt(name: string | undefined, flags: HuntFlags, regressions: () => Regressions = () => NO_REGRESSIONS): Promise<number> {
  const bare = name === undefined && !isOwn(flags);
  const { source, scenario, options } = systemOf(name, bare && flags.oracle === undefined ? { ...flags, oracle: DEFAULT_ORACLE } : flags);
  checkFolder(flags.out);
  checkReports(flags, flags.json === true);
  const first = regressions();
  const signals = new Signals();
  const subject = {
    scenario: scenario.name, driver: options.driver ?? scenario.defaultDriver, strategy: flags.strategy, seed: flags.seed, oracles: judgedOracles(scenario, options),
  };
  try {
    const events = new HuntEvents(flags.ndjson, subject);
    events.tell(comeBack(first).map(({ finding }) => finding));
    const run = await search(source, scenario, options, flags, signals, events);
    const saved = run.findings.map((finding) => saveFinding(finding, flags.out));
    const { findings, oracles, scenarioOf } = withRegressions(first, { findings: saved, oracles: subject.oracles, scenarioOf: () => scenario });
    events.end(run, reasonOf(run, flags, signals), findings.map(({ finding: { id }, file }) => ({ id, file })));
    writeReports(scenarioOf, flags, { ...subject, ...run, oracles, version: VERSION, milliseconds: Math.round(run.seconds * 1000), findings });
    if (flags.json === true) printJson({ ...document(scenario, options, flags, run, saved), ...regressionsJson(first) });
    else if (!takesStdout(flags)) report(scenario, options, flags, run, saved);
    for (const { file, written } of saved) if (!written) note(`${file} is there already and was left as it is`);
    if (signals.code !== null) note('interrupted: what was found so far is saved');
    if (run.broken !== null) throw run.broken;
    return signals.code ?? huntExit(run.findings, first);
  } finally {
    signals.release();
  }
}

function reasonOf({ findings, exhausted, broken }: Run, { keepGoing }: HuntFlags, { code }: Signals): EndReason {
  if (code !== null || broken !== null) return 'interrupted';
  if (findings.length > 0 && keepGoing !== true) return 'found';
  return exhausted ? 'exhausted' : 'budget';
}

/** Without arguments the hunt is for the answer to A that is given to a restarted B. */
const DEFAULT_ORACLE = 'wrong-response';

interface Run {
  readonly findings: readonly Finding[];
  readonly executions: number;
  readonly shrinkExecutions: number;
  readonly exhausted: boolean;
  /** Why it could not go on; what was found before is kept. */
  readonly broken: PoolError | null;
  /** What each strategy did, and which of them showed each finding. */
  readonly tally: readonly StrategyTally[];
  readonly finders: readonly string[];
  /** Wall clock of the search with its shrinking, s. */
  readonly seconds: number;
}

async function search(source: ScenarioSource, scenario: Scenario, options: BuildOptions, flags: HuntFlags, signals: Signals, events: HuntEvents): Promise<Run> {
  const started = Date.now();
  const build = { ...options, driver: options.driver ?? scenario.defaultDriver };
  const hunter = new Hunter(scenario.build(options), { scenario: scenario.name, build, model: scenario.models(options) }, {
    strategy: flags.strategy,
    seed: flags.seed,
    keepGoing: flags.keepGoing === true,
    ...(flags.budget.kind === 'executions' ? { maxExecutions: flags.budget.n } : {}),
    rebuild: () => scenario.build(options),
  });
  const crew = crewOf(hunter, source, options, flags);
  const until = flags.budget.kind === 'seconds' ? started + flags.budget.n * 1000 : Infinity;
  const progress = new ProgressLine();
  let broken: PoolError | null = null;
  try {
    while (!hunter.done && signals.code === null && Date.now() < until) {
      await crew.advance(Math.min(TURN, until - Date.now()));
      const seconds = (Date.now() - started) / 1000;
      progress.show(progressText(hunter, crew, seconds));
      events.look(hunter, seconds);
    }
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    broken = error;
  } finally {
    progress.clear();
    hunter.conclude(await crew.close());
  }
  events.look(hunter, (Date.now() - started) / 1000);
  const { findings, executions, shrinkExecutions, exhausted, tally } = hunter;
  const finders = findings.map((finding) => hunter.finderOf(finding));
  return { findings, executions, shrinkExecutions, exhausted, broken, tally, finders, seconds: (Date.now() - started) / 1000 };
}

/** Workers run this very program. */
function crewOf(hunter: Hunter, source: ScenarioSource, options: BuildOptions, { jobs }: HuntFlags): Crew {
  if (jobs === 1) return new Alone(hunter);
  const { strategy, seed } = hunter;
  const start = { inband: 'worker', source, options, at: { kind: 'hunt', strategy, seed } } as const;
  return new Pool(hunter, { jobs, note, start: (thread) => startThread(new URL(import.meta.url), start, thread) });
}

function progressText(hunter: Hunter, { underWay }: Crew, seconds: number): string {
  const { executions, shrinkExecutions, stability } = hunter;
  const rate = Math.round((executions + shrinkExecutions + underWay) / Math.max(seconds, 0.001));
  return `${count(executions, 'execution')} (+${shrinkExecutions} shrinking), ${rate}/s, ${count(hunter.findings.length, 'distinct finding')}, `
    + `stability ${Math.floor(stability * 100)} %, ${seconds.toFixed(0)} s`;
}

function document(scenario: Scenario, options: BuildOptions, flags: HuntFlags, run: Run, saved: readonly Saved[]): object {
  return {
    format: 'inband-hunt/1',
    scenario: scenario.name,
    driver: options.driver,
    ...judgedJson(scenario, options),
    settings: options.settings,
    strategy: flags.strategy,
    seed: flags.seed,
    executions: run.executions,
    shrinkExecutions: run.shrinkExecutions,
    seconds: run.seconds,
    strategies: run.tally,
    findings: saved.map(({ finding, file }, i) => ({
      id: finding.id,
      strategy: run.finders[i],
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
    saved.forEach(({ finding, file }, i) => {
      print(`${finding.oracle}/${finding.rule}: ${finding.message}`);
      print(`    ${count(finding.decisions.length, 'decision')}, execution ${finding.execution}, by ${run.finders[i]}: inband show ${shellQuote(file)}${ownArguments(flags)}`);
    });
    if (saved.length > 0) for (const line of likelyBugs(run.findings, dirname(saved[0].file))) print(line);
  }
  if (run.tally.length > 1 && flags.keepGoing === true) print(run.tally.map(tallyText).join('; '));
  if (saved.length > 0) {
    print(`${count(saved.length, 'distinct finding')}: ${spent} (${what})`);
    return;
  }
  print(`nothing found: ${spent} (${what})${run.exhausted ? '; the strategy has nothing left to try' : ''}`);
  for (const line of narrowed(scenario, options)) print(`    ${line}`);
}

/** Where not everything was judged, or not the plain system: "nothing found" says no more than that. */
function narrowed(scenario: Scenario, options: BuildOptions): readonly string[] {
  const { oracles, host, daemon } = options;
  const set = Object.entries(options.settings).map(([name, value]) => `${name}=${value}`);
  const named = oracles !== undefined || host !== undefined || daemon !== undefined;
  return [...(named ? [judgedText(scenario, options)] : []), ...(set.length > 0 ? [`with ${set.join(', ')}`] : [])];
}

/** `pct: 812 executions, 3 findings`. */
function tallyText({ name, executions, findings }: StrategyTally): string {
  return `${name}: ${count(executions, 'execution')}, ${count(findings, 'finding')}`;
}
