import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DriverCode } from '../src/c/index.ts';
import { compile } from '../src/cli/compile.ts';
import { KCS, ownScenario, type Scenario, type Settings, type System } from '../src/scenarios/index.ts';
import { NOMINAL } from '../src/sim/index.ts';
import { hunt, lines, sizeOf, type Search } from './hunt.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';

/** The model that the C driver follows step by step. */
const TWIN = 'kcs-bmc@fixed';
/** Get Device ID, polled host. */
const SETTINGS: Settings = { hostMode: 'poll', command: 'get-device-id', threads: 1, preempt: 'none', cpus: 1 };
/** Requests of one execution without departures: the most that the scenario allows. */
const MANY = 8;
/** Executions of one call of a hunt, and before the first that is measured. */
const BATCH = 50;
const WARM = 600;
/** Executions over which choice points are averaged. */
const SAMPLE = 2000;

const source = join(dirname(fileURLToPath(import.meta.url)), '../../test/c/drivers/kcs.c');

interface Subject {
  readonly name: string;
  readonly scenario: Scenario;
  readonly driver: string;
}

function inC(bytes: Uint8Array, model: number, fine: boolean): Subject {
  const scenario = ownScenario({ as: 'kcs', id: fine ? 'c-fine' : 'c', name: 'kcs.c', model, driver: new DriverCode(bytes, fine) });
  return { name: fine ? 'C, each access of memory a step' : 'C', scenario, driver: scenario.defaultDriver };
}

/** Oracles that look into the driver's own struct judge none of them. */
function build({ scenario, driver }: Subject, oracles: readonly string[]): System {
  return scenario.build({ driver, settings: { ...SETTINGS, requests: MANY }, oracles });
}

function search({ scenario, driver }: Subject): Search {
  return { scenario, driver, settings: { ...SETTINGS, requests: 1 }, strategy: 'random' };
}

function hunting(subject: Subject): Case {
  const { name } = subject;
  const { hunter } = hunt(search(subject));
  hunter.advance(WARM);
  return {
    name: `hunt, one request, random: ${name}`, unit: 'executions', ops: BATCH,
    run() {
      if (hunter.advance(BATCH) !== BATCH) throw new Error('the hunt has ended');
    },
  };
}

/** Steps that a context may be held before, in the nominal run of one request. */
function points({ scenario, driver }: Subject, oracles: readonly string[]): number {
  const system = scenario.build({ driver, settings: { ...SETTINGS, requests: 1 }, oracles });
  system.execute(NOMINAL);
  return system.sim.contexts.reduce((sum, { steps }) => sum + steps, 0);
}

if (['clang', 'wasm-ld'].some((tool) => spawnSync(tool, ['--version']).status !== 0)) {
  deliver({ bench: 'c-driver', notes: ['skipped: there is no clang and wasm-ld'], rows: [], ratios: {} });
} else {
  // An empty cache, so that the compiler is measured.
  const cache = mkdtempSync(join(tmpdir(), 'inband-bench-c-'));
  process.env['XDG_CACHE_HOME'] = cache;
  const start = performance.now();
  const { bytes, model } = compile([source], []);
  const compiled = performance.now() - start;
  compile([source], []);
  const cached = performance.now() - start - compiled;
  rmSync(cache, { recursive: true });

  const twin: Subject = { name: 'TypeScript', scenario: KCS, driver: TWIN };
  const subjects = [twin, inC(bytes, model, false), inC(bytes, model, true)] as const;
  const oracles = subjects[1].scenario.oracles.filter((name) => name !== 'data-race');
  const transactions = subjects.map((subject): Case => {
    const system = build(subject, oracles);
    return { name: `${MANY} transactions an execution: ${subject.name}`, unit: 'transactions', ops: MANY, run: () => void system.execute(NOMINAL) };
  });
  const observed = build(subjects[1], [...oracles, 'data-race']);
  const racing: Case = {
    name: `${MANY} transactions an execution: C, data races`, unit: 'transactions', ops: MANY, run: () => void observed.execute(NOMINAL),
  };
  const measured = measure([...transactions, racing, ...subjects.map(hunting)], 2);
  const [first] = measured;
  const [, , , , firstHunt] = measured;
  const ratios: Record<string, number> = {};
  const rows: Row[] = measured.flatMap((it: Measured, i) => {
    const base = i < 4 ? first : firstHunt;
    const ratio = base.rate / it.rate;
    const hunted = subjects[i - 4];
    // Schedules make runs longer than the nominal one: a rate of executions means nothing without this.
    const size = hunted === undefined ? [] : lines(it, sizeOf(search(hunted), SAMPLE));
    if (it === base) return [row(it), ...size];
    ratios[`TypeScript over ${it.name}`] = ratio;
    return [row(it, `TypeScript is ${times(ratio)} as fast`), ...size];
  });
  deliver({
    bench: 'c-driver',
    notes: [
      `test/c/drivers/kcs.c against ${TWIN}, which does the same step by step; choice points of the nominal run of one request: `
        + subjects.map((subject) => `${points(subject, oracles)} (${subject.name})`).join(', '),
      `compiled and linked in ${compiled.toFixed(0)} ms, from the cache in ${cached.toFixed(0)} ms of wall clock`,
    ],
    rows,
    ratios,
  });
}
