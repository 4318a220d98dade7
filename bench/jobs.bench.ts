import { availableParallelism, loadavg } from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Hunter, NO_DEPARTURES, Prover, TaskRunner, type Finding } from '../src/explore/index.ts';
import { Alone, Pool, ProofCrew, isWorker, startThread, work, type Crew } from '../src/pool/index.ts';
import { KCS, scenario, type Scenario } from '../src/scenarios/index.ts';
import { deliver, times, type Row } from './result.ts';

/** Executions of one hunt: 128 slices, of which only the first few cannot be shared out. */
const BUDGET = 32_768;
/** Hunts by one and hunts by two, by turns. Whoever else uses the machine slows both, so the fastest of each count. */
const PAIRS = 2;
const STRATEGY = 'portfolio';
const SEED = 1;
/** How long a hunt works before its crew looks up, ms. */
const TURN = 40;
/** Executions that a worker makes at a time. */
const BATCH = 64;

/** A hunt with nothing to find, and one of which a part is shrinking. */
const DRIVERS = ['kcs-bmc@fixed', 'kcs-bmc@mainline'] as const;

/** A proof with nothing to find. */
const PROOF = { scenario: 'kcs-read-restart', driver: 'kcs-bmc@fixed', bounds: { ...NO_DEPARTURES, stalls: 2 } } as const;

interface Hunted {
  /** Wall clock, s. */
  readonly seconds: number;
  /** Of search and shrinking. */
  readonly executions: number;
  readonly findings: readonly Finding[];
}

/** One whole hunt by so many workers: 1 is the thread that coordinates, as it is for `hunt --jobs 1`. */
async function hunt(scenario: Scenario, driver: string, jobs: number): Promise<Hunted> {
  const options = { driver, settings: {} };
  const subject = { scenario: scenario.name, build: options, model: scenario.models(options) };
  const start = { inband: 'worker', source: { kind: 'ours', name: scenario.name }, options, at: { kind: 'hunt', strategy: STRATEGY, seed: SEED } } as const;
  const before = performance.now();
  const hunter = new Hunter(scenario.build(options), subject, { strategy: STRATEGY, seed: SEED, keepGoing: true, maxExecutions: BUDGET });
  const crew: Crew = jobs === 1 ? new Alone(hunter) : new Pool(hunter, {
    jobs, note: (text) => process.stderr.write(`${text}\n`), start: (events) => startThread(new URL(import.meta.url), start, events),
  });
  while (!hunter.done) await crew.advance(TURN);
  hunter.conclude(await crew.close());
  const { executions, shrinkExecutions, findings } = hunter;
  return { seconds: (performance.now() - before) / 1000, executions: executions + shrinkExecutions, findings };
}

/** The same hunts by one and by two; their rates, best of all. */
async function compare(driver: string): Promise<{ readonly rows: readonly Row[]; readonly one: number; readonly two: number }> {
  const best = [0, 0];
  let found = '';
  let many = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const jobs of pair % 2 === 0 ? [1, 2] : [2, 1]) {
      const { seconds, executions, findings } = await hunt(KCS, driver, jobs);
      best[jobs - 1] = Math.max(best[jobs - 1], executions / seconds);
      const ids = findings.map(({ id, execution }) => `${id} ${execution}`).join('\n');
      if (pair > 0 || jobs > 1) {
        if (ids !== found) throw new Error(`what is found depends on the number of workers:\n${found}\n\n${ids}`);
      } else {
        found = ids;
        many = findings.length;
      }
    }
  }
  const [one, two] = best;
  return {
    rows: [
      { name: `${driver}, ${many} findings, one worker`, value: one, unit: 'executions/s' },
      { name: `${driver}, ${many} findings, two workers`, value: two, unit: 'executions/s', beside: `${times(two / one)} as fast as one` },
    ],
    one, two,
  };
}

/** The same proof by one thread and by two; executions per second, best of all. */
async function prove(): Promise<readonly [number, number]> {
  const found = scenario(PROOF.scenario);
  const build = { driver: PROOF.driver, settings: {} };
  const subject = { scenario: found.name, build, model: found.models(build) };
  const start = { inband: 'worker', source: { kind: 'ours', name: found.name }, options: build, at: { kind: 'proof', bounds: PROOF.bounds } } as const;
  const best: [number, number] = [0, 0];
  for (const jobs of Array.from({ length: PAIRS }, () => [1, 2]).flat()) {
    const before = performance.now();
    const prover = new Prover(found.build(build), subject, { bounds: PROOF.bounds, share: jobs - 1 });
    const crew = new ProofCrew(prover, jobs === 1 ? null : new Pool(prover, {
      jobs: jobs - 1, note: (text) => process.stderr.write(`${text}\n`), start: (events) => startThread(new URL(import.meta.url), start, events),
    }));
    while (!prover.done) await crew.advance(TURN, () => Infinity);
    await crew.close();
    best[jobs - 1] = Math.max(best[jobs - 1], (1000 * prover.executions) / (performance.now() - before));
  }
  return best;
}

/** What two whole hunts by one worker each, at once, come to: so much two cores of this machine have, and nobody has to wait for anybody. */
async function apart(driver: string): Promise<number> {
  const one = (): Promise<number> => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { apart: driver } satisfies Apart });
    worker.on('message', resolve);
    worker.on('error', reject);
  });
  const [a, b] = await Promise.all([one(), one()]);
  return a + b;
}

/** What such a worker is to hunt in. */
interface Apart {
  readonly apart: string;
}

async function huntApart({ apart: driver }: Apart): Promise<void> {
  const { seconds, executions } = await hunt(KCS, driver, 1);
  parentPort!.postMessage(executions / seconds); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, no window
}

/** The part of a hunt's time that goes into beginning slices, putting together what they have learnt, and handing them out. */
function slices(): number {
  const scenario = KCS;
  const options = { driver: DRIVERS[0], settings: {} };
  const subject = { scenario: scenario.name, build: options, model: scenario.models(options) };
  const hunter = new Hunter(scenario.build(options), subject, { strategy: STRATEGY, seed: SEED, keepGoing: true, maxExecutions: BUDGET });
  const runner = new TaskRunner(scenario.build(options), STRATEGY, SEED);
  const start = performance.now();
  let searching = 0;
  for (let task = hunter.task(); task !== null; task = hunter.task()) {
    runner.know(hunter.knowledge);
    runner.begin(task);
    const before = performance.now();
    while (!runner.done) runner.advance(BATCH);
    searching += performance.now() - before;
    hunter.take(task, runner.result!);
  }
  return 1 - searching / (performance.now() - start);
}

async function bench(): Promise<void> {
  const [load] = loadavg();
  const cores = availableParallelism();
  const cost = slices();
  const compared = [];
  for (const driver of DRIVERS) compared.push(await compare(driver));
  const most = await apart(DRIVERS[0]);
  const [{ one, two }] = compared;
  const [proof, proofs] = await prove();
  deliver({
    bench: 'jobs',
    notes: [
      `wide kcs, ${STRATEGY}, ${BUDGET} executions and what shrinking took; rates by the wall clock, the best of ${PAIRS}, here on ${cores} cores`
        + ` with a load of ${load.toFixed(1)} at the start: two workers need two that are free. Findings were the same for both`,
    ],
    rows: [
      ...compared.flatMap(({ rows }) => rows),
      {
        name: `${DRIVERS[0]}, two hunts by one worker each, at once`, value: most, unit: 'executions/s',
        beside: `${times(most / one)} as fast as one: more these two cores have not`,
      },
      { name: `proof of ${PROOF.scenario} on ${PROOF.driver}, ${PROOF.bounds.stalls} stalls, one thread`, value: proof, unit: 'executions/s' },
      { name: 'two threads', value: proofs, unit: 'executions/s', beside: `${times(proofs / proof)} as fast as one` },
      { name: `${DRIVERS[0]}, slices begun, learnt from and handed out`, value: cost * 100, unit: '% of the time' },
    ],
    ratios: {
      ...Object.fromEntries(compared.map((rates, i) => [`two workers over one, ${DRIVERS[i]}`, rates.two / rates.one])),
      'two workers over two hunts at once': two / most,
      'two threads over one, proof': proofs / proof,
      'part of the time that slices take': cost,
    },
  });
}

// A worker is this very program.
if (isWorker()) work();
else if (isMainThread) await bench();
else await huntApart(workerData as Apart);
