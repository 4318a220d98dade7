import { availableParallelism, loadavg } from 'node:os';
import { Hunter, createStrategy, type Finding } from '../src/explore/index.ts';
import { Alone, Pool, isWorker, startThread, work, type Crew } from '../src/pool/index.ts';
import { KCS, type Scenario } from '../src/scenarios/index.ts';
import { searches } from './hunt.ts';
import { measure } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';

/** Executions of one hunt: 64 slices, of which only the first few cannot be shared out. */
const BUDGET = 16_384;
/** Hunts by one and hunts by two, by turns. Whoever else uses the machine slows both, so the fastest of each count. */
const PAIRS = 3;
const STRATEGY = 'portfolio';
const SEED = 1;
/** How long a hunt works before its crew looks up, ms. */
const TURN = 40;
/** Executions of one call, where slices are measured. */
const BATCH = 64;

/** A hunt with nothing to find, and one of which a part is shrinking. */
const DRIVERS = ['kcs-bmc@fixed', 'kcs-bmc@mainline'] as const;

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
  const start = { inband: 'worker', source: { kind: 'ours', name: scenario.name }, options, strategy: STRATEGY, seed: SEED } as const;
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
async function compare(driver: string): Promise<{ readonly rows: readonly Row[]; readonly ratio: number }> {
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
    ratio: two / one,
  };
}

/** What it costs that a hunt goes slice by slice: the same strategy beside it, which never leaves its first slice. */
function slices(): { readonly rows: readonly Row[]; readonly ratio: number } {
  const { narrow: { scenario, driver, settings, strategy } } = searches(KCS, DRIVERS[0], 'poll');
  const options = { driver, settings };
  const subject = { scenario: scenario.name, build: options, model: scenario.models(options) };
  const hunter = new Hunter(scenario.build(options), subject, { strategy, seed: SEED, keepGoing: true });
  const system = scenario.build(options);
  const source = createStrategy(strategy, system, SEED);
  source.enter({ index: 0, epoch: 0, turn: 0, of: 1 });
  let execution = 0;
  const straight = (): void => {
    for (let i = 0; i < BATCH; i++) {
      const chooser = source.begin(execution++);
      if (chooser === null) throw new Error('the strategy has ended');
      source.end(system.execute(chooser));
    }
  };
  const [sliced, whole] = measure([
    { name: `slice by slice, one request, ${strategy}`, unit: 'executions', ops: BATCH, run: () => void hunter.advance(BATCH) },
    { name: 'the same strategy in one go', unit: 'executions', ops: BATCH, run: straight },
  ], 4);
  const ratio = whole.rate / sliced.rate;
  return { rows: [row(sliced), row(whole, `${times(ratio)} as fast`)], ratio };
}

async function bench(): Promise<void> {
  const [load] = loadavg();
  const cores = availableParallelism();
  const cost = slices();
  const compared = [];
  for (const driver of DRIVERS) compared.push(await compare(driver));
  deliver({
    bench: 'jobs',
    notes: [
      `wide kcs, ${STRATEGY}, ${BUDGET} executions and what shrinking took; rates by the wall clock, the best of ${PAIRS}, here on ${cores} cores`
        + ` with a load of ${load.toFixed(1)} at the start: two workers need two that are free. Findings were the same for both`,
    ],
    rows: [...compared.flatMap(({ rows }) => rows), ...cost.rows],
    ratios: {
      ...Object.fromEntries(compared.map(({ ratio }, i) => [`two workers over one, ${DRIVERS[i]}`, ratio])),
      'no slices over slices': cost.ratio,
    },
  });
}

// A worker is this very program.
if (isWorker()) work();
else await bench();
