import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Hunter } from '../src/explore/index.ts';
import { KCS, type Settings } from '../src/scenarios/index.ts';
import { deliver, type Row } from './result.ts';

const DRIVER = 'kcs-bmc@fixed';
const NARROW: Settings = { hostMode: 'poll', command: 'get-device-id', requests: 1, threads: 1 };
/** Steps after which the heap is looked at first; then again after ten times as many. */
const EARLY = 1_000_000;
const LATE = 10 * EARLY;
/** A heap that grew by no more than so many bytes a step is flat: lists double now and then. */
const FLAT = 0.05;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Advances a hunt up to `steps` steps in all. */
class Walk {
  readonly hunter: Hunter;
  steps = 0;

  constructor(settings: Settings, strategy: string) {
    const build = { driver: DRIVER, settings };
    const system = KCS.build(build);
    this.hunter = new Hunter(system, { scenario: KCS.name, build, model: KCS.models(build) }, { strategy, keepGoing: true });
    this.system = system;
  }

  private readonly system;

  to(steps: number): void {
    while (this.steps < steps) {
      this.hunter.advance(1);
      this.steps += this.system.sim.steps;
    }
  }
}

const rows: Row[] = [];
const ratios: Record<string, number> = {};
for (const [name, settings, strategy] of [
  ['one request, random', NARROW, 'random'], ['wide scenario, random+stall', {}, 'random+stall'],
] as const) {
  const walk = new Walk(settings, strategy);
  walk.to(EARLY);
  const early = heap();
  const executions = walk.hunter.executions;
  walk.to(LATE);
  const late = heap();
  const growth = (late - early) / (LATE - EARLY);
  const mb = (bytes: number): number => bytes / 1e6;
  rows.push(
    { name: `heap, ${name}, after ${(EARLY / 1e6).toFixed(0)} M steps (${executions} executions)`, value: mb(early), unit: 'MB' },
    {
      name: `heap, ${name}, after ${(LATE / 1e6).toFixed(0)} M steps (${walk.hunter.executions} executions)`, value: mb(late), unit: 'MB',
      beside: `${growth <= FLAT ? 'flat' : 'grows'}: ${(growth * 1000).toFixed(1)} bytes per 1000 steps`,
    },
  );
  ratios[`heap after 10 x as many steps, ${name}`] = late / early;
}
rows.push({ name: 'peak resident memory', value: process.resourceUsage().maxRSS / 1e3, unit: 'MB' });

deliver({
  bench: 'memory',
  notes: [`hunts of ${DRIVER} with all oracles; used heap after a full garbage collection`],
  rows,
  ratios,
});
