import { Hunter, createStrategy } from '../src/explore/index.ts';
import type { Scenario, Settings, System } from '../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../src/sim/index.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';

/** Executions of one call. */
const BATCH = 50;
/** Executions before the first that is measured: a hunt is long, and compiled from then on. */
const WARM = 600;

/** Asks nothing and departs nowhere, but is asked: the seam's own cost. */
const NO_DEPARTURE: Chooser = { plan: [], draw: () => 0 };

/** One search of a scenario. */
export interface Search {
  readonly scenario: Scenario;
  /** In it nothing is found: all executions are search, none is shrinking. */
  readonly driver: string;
  readonly settings: Settings;
  readonly strategy: string;
}

/** A narrow and a wide search of one scenario. */
export interface HuntBench {
  readonly bench: string;
  readonly narrow: Search;
  readonly wide: Search;
  /** Executions over which choice points are averaged. */
  readonly sample: number;
}

/** Get Device ID once, and all that the scenario draws. */
export function searches(scenario: Scenario, driver: string, hostMode: string): { readonly narrow: Search; readonly wide: Search } {
  return {
    narrow: { scenario, driver, settings: { hostMode, command: 'get-device-id', requests: 1, threads: 1 }, strategy: 'random' },
    wide: { scenario, driver, settings: {}, strategy: 'portfolio' },
  };
}

function build({ scenario, driver, settings }: Search): System {
  return scenario.build({ driver, settings });
}

/** A hunt that goes on as long as it is asked to, and the system that it runs. */
export function hunt(it: Search): { readonly hunter: Hunter; readonly system: System } {
  const { scenario, driver, settings, strategy } = it;
  const options = { driver, settings };
  const system = scenario.build(options);
  const hunter = new Hunter(system, { scenario: scenario.name, build: options, model: scenario.models(options) }, { strategy, keepGoing: true });
  return { hunter, system };
}

function huntCase(name: string, it: Search): Case & { readonly hunter: Hunter } {
  const { hunter } = hunt(it);
  hunter.advance(WARM);
  return {
    name, unit: 'executions', ops: BATCH, hunter,
    run() {
      if (hunter.advance(BATCH) !== BATCH) throw new Error('the hunt has ended');
    },
  };
}

function execute(name: string, system: System): Case {
  return { name, unit: 'executions', ops: 1, run: () => void system.execute(NO_DEPARTURE) };
}

/** What one execution of a search comes to, on average. */
export interface Size {
  readonly points: number;
  readonly decisions: number;
}

/** Over so many executions. */
export function sizeOf(it: Search, sample: number): Size {
  const system = build(it);
  const source = createStrategy(it.strategy, system, 1);
  let points = 0;
  let decisions = 0;
  for (let i = 0; i < sample; i++) {
    const chooser = source.begin(i);
    if (chooser === null) throw new Error('the strategy has ended');
    const outcome = system.execute(chooser);
    source.end(outcome);
    // Each context may be held before each of its steps.
    for (const ctx of system.sim.contexts) points += ctx.steps;
    decisions += outcome.taken.length;
  }
  return { points: points / sample, decisions: decisions / sample };
}

export function lines({ rate, spread }: Measured, { points, decisions }: Size): Row[] {
  return [
    { name: '  choice points of that', value: rate * points, unit: 'points/s', spread },
    { name: '  choice points each', value: points, unit: 'mean' },
    { name: '  departures each', value: decisions, unit: 'mean' },
  ];
}

/** Measures both searches, each beside its system without departures. */
export function benchHunt({ bench, narrow, wide, sample }: HuntBench): void {
  const alone = build(narrow);
  const nominal = alone.execute(NOMINAL).steps;
  const cases = [
    huntCase(`hunt, one request, ${narrow.strategy}`, narrow),
    execute('the same run without departures', alone),
    huntCase(`hunt, wide scenario, ${wide.strategy}`, wide),
    execute('its nominal run', build(wide)),
  ] as const;
  const [narrowRate, narrowAlone, wideRate, wideAlone] = measure(cases, 2) as [Measured, Measured, Measured, Measured];
  for (const { hunter } of [cases[0], cases[2]]) {
    if (hunter.findings.length > 0) throw new Error(`${narrow.driver} is no longer without findings: ${hunter.findings[0].message}`);
  }
  const narrowSize = sizeOf(narrow, sample);
  const wideSize = sizeOf(wide, sample);
  deliver({
    bench,
    notes: [
      `${narrow.driver}, all oracles; a choice point is a step of a context, before which it may be held; the nominal run of the one request has ${nominal}`,
    ],
    rows: [
      row(narrowRate, `the run without departures is ${times(narrowAlone.rate / narrowRate.rate)} as fast`),
      ...lines(narrowRate, narrowSize),
      row(narrowAlone),
      row(wideRate, `the nominal run is ${times(wideAlone.rate / wideRate.rate)} as fast`),
      ...lines(wideRate, wideSize),
      row(wideAlone),
    ],
    ratios: {
      'run without departures over hunt, one request': narrowAlone.rate / narrowRate.rate,
      'nominal run over hunt, wide scenario': wideAlone.rate / wideRate.rate,
      'choice points per execution, one request': narrowSize.points,
      'choice points per execution, wide scenario': wideSize.points,
    },
  });
}
