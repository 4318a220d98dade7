import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Estimator, Prover, RELEASE_KINDS, describeBounds, describeReleases, type Bounds, type Estimated, type ReleaseKind } from '../explore/index.ts';
import { DATA_RACE, UsageError, isOwnName } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { checkFolder } from './files.ts';
import { saveFinding, type Saved } from './finding-file.ts';
import { systemOf, type Budget, type SystemFlags } from './options.ts';
import { isScript, ownArguments, scenarioOfFinding } from './own.ts';
import { ProgressLine, count, note, print, printJson } from './output.ts';
import { breathe, readProof, writeProof, type Proof } from './proof-file.ts';
import { showFinding } from './show.ts';
import { Signals } from './signals.ts';

export interface ProveFlags extends SystemFlags, Bounds {
  readonly messages?: number;
  readonly prune: boolean;
  readonly budget?: Budget;
  readonly resume?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** The prover comes back to the event loop after so long, ms. */
const SLICE = 30;
/** Executions between two looks at the clock. */
const PORTION = 4;
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

/** `inband prove`: runs every schedule within bounds, or one for all that go on alike. */
export async function prove(name: string | undefined, flags: ProveFlags): Promise<number> {
  checkFolder(flags.out);
  const signals = new Signals();
  try {
    const proof = flags.resume === undefined ? begin(name, flags) : await readProof(flags.resume, (scenario, driver) => scenarioOfFinding(scenario, driver, flags));
    const run = await search(proof, flags, signals);
    const saved = proof.prover.findings.map((finding) => saveFinding(finding, flags.out));
    const complete = proof.prover.done;
    if (!complete) await keep(proof, run, flags);
    else if (run.written || flags.resume !== undefined) rmSync(fileOf(proof, flags), { force: true });
    if (flags.json === true) printJson(document(proof, run, saved));
    else report(proof, run, saved, flags);
    return signals.code ?? (saved.length > 0 ? Exit.found : complete ? Exit.nothing : Exit.incomplete);
  } finally {
    signals.release();
  }
}

function begin(name: string | undefined, flags: ProveFlags): Proof {
  if (flags.driver?.some(isScript) === true) throw new UsageError('prove does not take a driver in TypeScript or JavaScript: what it keeps outside of its object would not be seen');
  if (name === undefined && flags.c === undefined) throw new UsageError('which scenario is to be proven? See: inband list scenarios');
  const { messages, stalls, timings, orders, faults, workload, releases, timeouts, prune } = flags;
  const set = [...flags.set ?? [], ...(messages === undefined ? [] : [`requests=${messages}`])];
  const { scenario, options } = systemOf(name, { ...flags, set });
  const bounds: Bounds = { stalls, timings, orders, faults, workload, releases, timeouts };
  const build = { ...options, driver: options.driver ?? scenario.defaultDriver };
  const model = scenario.models(options);
  const prover = new Prover(scenario.build(options), { scenario: scenario.name, build, model }, { bounds, prune });
  return { scenario, build, model, bounds, prune, seconds: 0, prover };
}

interface Run {
  /** Wall clock, with what earlier parts of the proof have taken, s. */
  readonly seconds: number;
  /** Its state was written to a file meanwhile. */
  readonly written: boolean;
}

async function search(proof: Proof, flags: ProveFlags, signals: Signals): Promise<Run> {
  const { prover, bounds } = proof;
  const started = Date.now();
  const spent = (): number => proof.seconds + (Date.now() - started) / 1000;
  const progress = new ProgressLine();
  const estimator = new Estimator(proof.scenario.build(proof.build), bounds);
  const until = flags.budget?.kind === 'seconds' ? started + flags.budget.n * 1000 : Infinity;
  const most = flags.budget?.kind === 'executions' ? flags.budget.n : Infinity;
  const goesOn = (): boolean => !prover.done && signals.code === null && Date.now() < until && prover.executions < most;
  let written = false;
  let due = started + INTERVAL;
  try {
    while (goesOn()) {
      const slice = Date.now() + SLICE;
      while (estimator.estimate.probes < PROBES && Date.now() < slice) estimator.probe();
      while (goesOn() && Date.now() < slice) prover.advance(Math.min(PORTION, most - prover.executions));
      progress.show(progressText(prover, estimator.estimate, spent()));
      await breathe();
      if (Date.now() < due) continue;
      await writeProof(fileOf(proof, flags), proof, spent());
      written = true;
      due = Date.now() + INTERVAL;
    }
  } finally {
    progress.clear();
  }
  return { seconds: spent(), written };
}

/** Where an unfinished proof is kept. */
function fileOf({ scenario, build }: Proof, { out, resume }: ProveFlags): string {
  return resume ?? join(out, `prove-${scenario.name}-${build.driver}.state`.replaceAll(/[^A-Za-z0-9.-]+/g, '-'));
}

async function keep(proof: Proof, { seconds }: Run, flags: ProveFlags): Promise<void> {
  const file = fileOf(proof, flags);
  await writeProof(file, proof, seconds);
  note(`not finished: go on with inband prove --resume ${file}${ownArguments(flags)}`);
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
    for (const { finding, file } of saved) print(`${finding.oracle}/${finding.rule}: ${count(finding.decisions.length, 'decision')}, inband show ${file}${ownArguments(flags)}`);
  }
  print(`${prover.done ? 'every schedule' : 'NOT every schedule'} with ${describeBounds(proof.bounds)} of scenario ${proof.scenario.name} on ${proof.build.driver}: `
    + `${count(prover.executions, 'execution')} for ${count(prover.schedules, 'schedule')}, ${count(prover.violating, 'violation')}, ${count(saved.length, 'distinct finding')}, ${seconds.toFixed(1)} s`);
  for (const line of limits(proof)) print(`    ${line}`);
}

/** What the result holds for. */
function limits({ bounds, build, prune, prover }: Proof): readonly string[] {
  const set = Object.entries(build.settings).map(([name, value]) => `${name}=${value}`);
  return [
    ...(bounds.stalls > 0 ? [`stalls: ${describeReleases(bounds)}`] : []),
    `${bounds.workload > 0 ? 'workload and configuration: the plain ones and departures from them' : 'workload and configuration: the plain ones'}${set.length > 0 ? `, with ${set.join(', ')}` : ''}`,
    prune && prover.prune ? 'runs that come to one state are extended once (--no-prune: all are)' : 'every one was run',
    // Its author takes "nothing found" for more than it says otherwise.
    ...(isOwnName(build.driver) && build.oracles?.includes(DATA_RACE) !== true ? ['data races are judged by what they lead to only (--oracle data-race: each)'] : []),
  ];
}
