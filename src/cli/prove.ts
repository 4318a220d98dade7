import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Estimator, Prover, RELEASE_KINDS, checkBounds, describeBounds, describeReleases, type Bounds, type Estimated, type ReleaseKind } from '../explore/index.ts';
import { Pool, PoolError, ProofCrew, startThread, type ScenarioSource, type WorkerStart } from '../pool/index.ts';
import { DATA_RACE, UsageError, isOwnName } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { checkFolder, exists } from './files.ts';
import { saveFinding, type Saved } from './finding-file.ts';
import { systemOf, type Budget, type SystemFlags } from './options.ts';
import { judgedJson, judgedText } from './judged.ts';
import { isOwn, isScript, loaded, ownArguments, sourceOfFinding } from './own.ts';
import { ProgressLine, count, note, print, printJson } from './output.ts';
import { proofName, readProof, writeProof, type Proof } from './proof-file.ts';
import { checkResumed, type ResumeFlags } from './resume.ts';
import { shellQuote } from '../report/index.ts';
import { showFinding } from './show.ts';
import { Signals } from './signals.ts';

export interface ProveFlags extends ResumeFlags {
  readonly budget?: Budget;
  readonly resume?: string;
  readonly jobs: number;
  readonly out: string;
  readonly json?: boolean;
}

/** The prover comes back to the event loop after so long, ms. */
const SLICE = 30;
/** Random paths by which the number of schedules is estimated. */
const PROBES = 100;
/** Between two times that an unfinished proof is written, ms. */
const INTERVAL = 120_000;

/** `quiet,until`. */
export function parseReleases(text: string): readonly ReleaseKind[] {
  const kinds = text.split(',').map((part) => part.trim());
  for (const kind of kinds) if (!RELEASE_KINDS.some((known) => known === kind)) throw new UsageError(`--releases ${text}: there are ${RELEASE_KINDS.join(', ')}`);
  return RELEASE_KINDS.filter((kind) => kind === 'quiet' || kinds.includes(kind));
}

/**
 * `inband prove`: runs every schedule within bounds, or one for all that go on alike.
 *
 * @param given names of the options that are on the command line, not there by default
 */
export async function prove(name: string | undefined, flags: ProveFlags, given: ReadonlySet<string> = new Set()): Promise<number> {
  checkFolder(flags.out);
  const signals = new Signals();
  try {
    const task = flags.resume === undefined ? begin(name, flags) : await resume(flags.resume, name, flags, given);
    const { proof } = task;
    const run = await search(task, flags, signals);
    const saved = proof.prover.findings.map((finding) => saveFinding(finding, flags.out));
    const complete = proof.prover.done;
    if (!complete && run.broken === null) await keep(proof, run, flags);
    else if (complete && (run.written || flags.resume !== undefined)) rmSync(fileOf(proof, flags), { force: true });
    if (flags.json === true) printJson(document(proof, run, saved));
    else report(proof, run, saved, flags);
    if (run.broken !== null) throw run.broken;
    return signals.code ?? (saved.length > 0 ? Exit.found : complete ? Exit.nothing : Exit.incomplete);
  } finally {
    signals.release();
  }
}

/** A proof, and where the threads that work at it get its scenario from. */
interface Task {
  readonly source: ScenarioSource;
  readonly proof: Proof;
}

function begin(name: string | undefined, flags: ProveFlags): Task {
  if (flags.driver?.some(isScript) === true) throw new UsageError('prove does not take a driver in TypeScript or JavaScript: what it keeps outside of its object would not be seen');
  if (name === undefined && flags.c === undefined) throw new UsageError('which scenario is to be proven? See: inband list scenarios');
  const { messages, stalls, timings, orders, faults, workload, releases, timeouts, prune } = flags;
  const set = [...flags.set ?? [], ...(messages === undefined ? [] : [`requests=${messages}`])];
  const bounds: Bounds = { stalls, timings, orders, faults, workload, releases, timeouts };
  checkBounds(bounds);
  const { source, scenario, options } = systemOf(name, { ...flags, set });
  const build = { ...options, driver: options.driver ?? scenario.defaultDriver };
  const model = scenario.models(options);
  const file = join(flags.out, proofName({ scenario, build, model, bounds, prune }));
  if (exists(file)) {
    throw new UsageError(`${file}: this proof was begun already: go on with inband prove --resume ${shellQuote(file)}${ownArguments(flags)}, or remove the file to begin anew`);
  }
  const prover = new Prover(scenario.build(options), { scenario: scenario.name, build, model }, { bounds, prune, share: flags.jobs - 1 });
  return { source, proof: { scenario, build, model, bounds, prune, seconds: 0, prover } };
}

/** With the sources of the drivers that are the user's own, as they are now. */
async function resume(file: string, name: string | undefined, flags: ProveFlags, given: ReadonlySet<string>): Promise<Task> {
  let source: ScenarioSource | undefined;
  // A version of ours that is named is compared with that of the proof below.
  const { driver: _ours, ...rest } = flags;
  const proof = await readProof(file, (scenario, driver) => {
    source = sourceOfFinding(scenario, driver, isOwn(flags) ? flags : rest);
    return loaded(source);
  }, flags.jobs - 1);
  checkResumed(file, proof, name, flags, given);
  return { source: source!, proof };
}

interface Run {
  /** Wall clock, with what earlier parts of the proof have taken, s. */
  readonly seconds: number;
  /** Its state was written to a file meanwhile. */
  readonly written: boolean;
  /** Why it could not go on; what was found before is kept. */
  readonly broken: PoolError | null;
}

async function search({ source, proof }: Task, flags: ProveFlags, signals: Signals): Promise<Run> {
  const { prover, bounds } = proof;
  const started = Date.now();
  const spent = (): number => proof.seconds + (Date.now() - started) / 1000;
  const progress = new ProgressLine();
  const estimator = new Estimator(proof.scenario.build(proof.build), bounds);
  const until = flags.budget?.kind === 'seconds' ? started + flags.budget.n * 1000 : Infinity;
  const most = flags.budget?.kind === 'executions' ? flags.budget.n : Infinity;
  const left = (): number => (signals.code === null && Date.now() < until ? most - prover.executions : 0);
  const crew = crewOf(source, proof, flags);
  let written = false;
  let broken: PoolError | null = null;
  let due = started + INTERVAL;
  try {
    while (!prover.done && left() > 0) {
      const slice = Date.now() + SLICE;
      while (estimator.estimate.probes < PROBES && Date.now() < slice) estimator.probe();
      await crew.advance(SLICE, left);
      progress.show(progressText(prover, estimator.estimate, spent()));
      if (Date.now() < due) continue;
      await crew.settle();
      await writeProof(fileOf(proof, flags), proof, spent());
      written = true;
      due = Date.now() + INTERVAL;
    }
    await crew.settle();
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    broken = error;
  } finally {
    progress.clear();
    await crew.close();
  }
  return { seconds: spent(), written, broken };
}

/** This thread works at it, too, so there is one other less. They run this very program. */
function crewOf(source: ScenarioSource, { prover, build, bounds }: Proof, { jobs }: ProveFlags): ProofCrew {
  if (jobs === 1) return new ProofCrew(prover, null);
  const start: WorkerStart = { inband: 'worker', source, options: build, at: { kind: 'proof', bounds } };
  return new ProofCrew(prover, new Pool(prover, { jobs: jobs - 1, note, start: (thread) => startThread(new URL(import.meta.url), start, thread) }));
}

/** Where an unfinished proof is kept. */
function fileOf(proof: Proof, { out, resume }: ProveFlags): string {
  return resume ?? join(out, proofName(proof));
}

async function keep(proof: Proof, { seconds }: Run, flags: ProveFlags): Promise<void> {
  const file = fileOf(proof, flags);
  await writeProof(file, proof, seconds);
  note(`not finished: go on with inband prove --resume ${shellQuote(file)}${ownArguments(flags)}`);
}

function progressText({ executions, schedules, findings }: Prover, { schedules: about, error }: Estimated, seconds: number): string {
  const rate = Math.round(executions / Math.max(seconds, 0.001));
  const percent = about > 0 ? `, ${Math.min(99, Math.floor((100 * schedules) / about))} %` : '';
  return `${count(executions, 'execution')} for ${short(schedules)} of about ${short(about)} (+-${short(error)}) schedules${percent}, ${rate}/s, ${count(findings.length, 'distinct finding')}, ${seconds.toFixed(0)} s`;
}

/** Three digits are enough of an estimate. */
function short(n: number): string {
  if (n < 1000) return String(Math.round(n));
  return n < 1e6 ? `${(n / 1e3).toPrecision(3)}k` : `${(n / 1e6).toPrecision(3)}M`;
}

function document({ prover, scenario, build, bounds, prune }: Proof, { seconds }: Run, saved: readonly Saved[]): unknown {
  return {
    format: 'inband-prove/1',
    scenario: scenario.name,
    driver: build.driver,
    ...judgedJson(scenario, build),
    bounds: { ...bounds, settings: build.settings },
    prune: prune && prover.prune,
    executions: prover.executions,
    schedules: prover.schedules,
    shrinkExecutions: prover.shrinkExecutions,
    complete: prover.done,
    seconds,
    findings: saved.map(({ finding, file }) => ({
      id: finding.id, oracle: finding.oracle, rule: finding.rule, message: finding.message, execution: finding.execution, decisions: finding.decisions, file,
    })),
  };
}

function report(proof: Proof, { seconds }: Run, saved: readonly Saved[], flags: SystemFlags): void {
  const { prover } = proof;
  if (saved.length > 0) {
    print(showFinding(proof.scenario, saved[0].finding, saved[0].file, flags));
    print('');
    for (const { finding, file } of saved) print(`${finding.oracle}/${finding.rule}: ${count(finding.decisions.length, 'decision')}, inband show ${shellQuote(file)}${ownArguments(flags)}`);
  }
  print(`${prover.done ? 'every schedule' : 'NOT every schedule'} with ${describeBounds(proof.bounds)} of scenario ${proof.scenario.name} on ${proof.build.driver}: `
    + `${count(prover.executions, 'execution')} for ${count(prover.schedules, 'schedule')}, ${count(prover.violating, 'violation')}, ${count(saved.length, 'distinct finding')}, ${seconds.toFixed(1)} s`);
  for (const line of limits(proof)) print(`    ${line}`);
}

/** What the result holds for. */
function limits({ scenario, bounds, build, prune, prover }: Proof): readonly string[] {
  const set = Object.entries(build.settings).map(([name, value]) => `${name}=${value}`);
  return [
    judgedText(scenario, build),
    ...(bounds.stalls > 0 ? [`stalls: ${describeReleases(bounds)}`] : []),
    `${bounds.workload > 0 ? 'workload and configuration: the plain ones and departures from them' : 'workload and configuration: the plain ones'}${set.length > 0 ? `, with ${set.join(', ')}` : ''}`,
    prune && prover.prune ? 'runs that come to one state are extended once (--no-prune: all are)' : 'every one was run',
    // Its author takes "nothing found" for more than it says otherwise.
    ...(isOwnName(build.driver) && build.oracles?.includes(DATA_RACE) !== true ? ['data races are judged by what they lead to only (--oracle data-race: each)'] : []),
  ];
}
