import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KCS, SSIF } from '../src/scenarios/index.ts';
import { hunt, searches, type Search } from './hunt.ts';
import { deliver, type Row } from './result.ts';

/** Steps after which the heap is looked at first; then again after ten times as many. */
const EARLY = 1_000_000;
const LATE = 10 * EARLY;
/** A heap that grew by no more than so many bytes a step is flat: lists double now and then. */
const FLAT = 0.05;

const DRIVERS = ['kcs-bmc@fixed', 'ssif-bmc@fixed,i2c-aspeed@fixed'] as const;
const kcs = searches(KCS, DRIVERS[0], 'poll');
const ssif = searches(SSIF, DRIVERS[1], 'i801');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Advances a hunt up to so many steps in all. */
function walk(search: Search): { readonly to: (steps: number) => void; readonly executions: () => number } {
  const { hunter, system } = hunt(search);
  let done = 0;
  return {
    to(steps) {
      while (done < steps) {
        hunter.advance(1);
        done += system.sim.steps;
      }
    },
    executions: () => hunter.executions,
  };
}

const rows: Row[] = [];
const ratios: Record<string, number> = {};
for (const [name, search] of [
  ['KCS, one request', kcs.narrow], ['KCS, wide', kcs.wide], ['SSIF, one request', ssif.narrow], ['SSIF, wide', ssif.wide],
] as const) {
  const { to, executions } = walk(search);
  const look = (steps: number): Row => {
    to(steps);
    const text = `heap, ${name}, ${search.strategy}, after ${(steps / 1e6).toFixed(0)} M steps (${executions()} executions)`;
    return { name: text, value: heap() / 1e6, unit: 'MB' };
  };
  const early = look(EARLY);
  const late = look(LATE);
  const growth = ((late.value - early.value) * 1e6) / (LATE - EARLY);
  rows.push(early, { ...late, beside: `${growth <= FLAT ? 'flat' : 'grows'}: ${(growth * 1000).toFixed(1)} bytes per 1000 steps` });
  ratios[`heap after 10 x as many steps, ${name}`] = late.value / early.value;
}
rows.push({ name: 'peak resident memory', value: process.resourceUsage().maxRSS / 1e3, unit: 'MB' });

deliver({
  bench: 'memory',
  notes: [`hunts of ${DRIVERS.join(' and ')} with all oracles; used heap after a full garbage collection`],
  rows,
  ratios,
});
