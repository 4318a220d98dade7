import { Hunter, createStrategy } from '../src/explore/index.ts';
import { KCS, type Settings, type System } from '../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../src/sim/index.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';

/** In it nothing is found: all executions are search, none is shrinking. */
const DRIVER = 'kcs-bmc@fixed';
/** One polled host, one interrupt source, one daemon thread, one Get Device ID. */
const NARROW: Settings = { hostMode: 'poll', command: 'get-device-id', requests: 1, threads: 1 };
/** Executions of one call. */
const BATCH = 50;
/** Executions over which choice points are averaged. */
const SAMPLE = 5_000;

/** Asks nothing and departs nowhere, but is asked: the seam's own cost. */
const NO_DEPARTURE: Chooser = { plan: [], draw: () => 0 };

/** A hunt that goes on as long as it is asked to. */
function hunter(settings: Settings, strategy: string): Hunter {
  const build = { driver: DRIVER, settings };
  return new Hunter(KCS.build(build), { scenario: KCS.name, build, model: KCS.models(build) }, { strategy, keepGoing: true });
}

function hunt(name: string, settings: Settings, strategy: string): Case & { readonly hunter: Hunter } {
  const it = hunter(settings, strategy);
  return {
    name, unit: 'executions', ops: BATCH, hunter: it,
    run() {
      if (it.advance(BATCH) !== BATCH) throw new Error('the hunt has ended');
    },
  };
}

function execute(name: string, system: System, chooser: Chooser): Case {
  return { name, unit: 'executions', ops: 1, run: () => void system.execute(chooser) };
}

/** What one execution of a search comes to, on average. */
function size(settings: Settings, strategy: string): { readonly points: number; readonly decisions: number } {
  const system = KCS.build({ driver: DRIVER, settings });
  const source = createStrategy(strategy, system, 1);
  let points = 0;
  let decisions = 0;
  for (let i = 0; i < SAMPLE; i++) {
    const chooser = source.begin(i);
    if (chooser === null) throw new Error('the strategy has ended');
    const outcome = system.execute(chooser);
    source.end(outcome);
    // Each context may be held before each of its steps.
    for (const ctx of system.sim.contexts) points += ctx.steps;
    decisions += outcome.taken.length;
  }
  return { points: points / SAMPLE, decisions: decisions / SAMPLE };
}

const narrow = KCS.build({ driver: DRIVER, settings: NARROW });
const nominal = narrow.execute(NOMINAL).steps;
const cases = [
  hunt('hunt, one request, random', NARROW, 'random'),
  execute('the same run without departures', narrow, NO_DEPARTURE),
  hunt('hunt, wide scenario, random+stall', {}, 'random+stall'),
  execute('its nominal run', KCS.build({ driver: DRIVER, settings: {} }), NO_DEPARTURE),
] as const;
const [search, alone, wide, wideAlone] = measure(cases, 3) as [Measured, Measured, Measured, Measured];
for (const it of [cases[0].hunter, cases[2].hunter]) {
  if (it.findings.length > 0) throw new Error(`${DRIVER} is no longer without findings: ${it.findings[0].message}`);
}

const sizes = [size(NARROW, 'random'), size({}, 'random+stall')];
const line = (measured: Measured, { points, decisions }: { points: number; decisions: number }): Row[] => [
  { name: '  choice points of that', value: measured.rate * points, unit: 'points/s', spread: measured.spread },
  { name: '  choice points each', value: points, unit: 'mean' },
  { name: '  departures each', value: decisions, unit: 'mean' },
];

deliver({
  bench: 'hunt-kcs',
  notes: [
    `${DRIVER}, all KCS oracles; a choice point is a step of a context, before which it may be held; the nominal run of the one request has ${nominal}`,
  ],
  rows: [
    row(search, `the run without departures is ${times(alone.rate / search.rate)} as fast`),
    ...line(search, sizes[0]),
    row(alone),
    row(wide, `the nominal run is ${times(wideAlone.rate / wide.rate)} as fast`),
    ...line(wide, sizes[1]),
    row(wideAlone),
  ],
  ratios: {
    'run without departures over hunt, one request': alone.rate / search.rate,
    'nominal run over hunt, wide scenario': wideAlone.rate / wide.rate,
    'choice points per execution, one request': sizes[0].points,
    'choice points per execution, wide scenario': sizes[1].points,
  },
});
