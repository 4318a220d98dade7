import { KCS, type System } from '../src/scenarios/index.ts';
import { NOMINAL } from '../src/sim/index.ts';
import { DirectKcs } from './direct-kcs.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';
import { WireChecksum } from './wire-checksum.ts';

const DRIVER = 'kcs-bmc@mainline';
/** Requests of one long execution: the most that the scenario allows. */
const MANY = 8;
/** Transactions of one call of the direct machine. */
const BATCH = 100;

/** One polled host, one CPU, one daemon thread, Get Device ID. */
function build(requests: number, oracles?: readonly string[]): System {
  return KCS.build({
    driver: DRIVER,
    settings: { hostMode: 'poll', command: 'get-device-id', threads: 1, preempt: 'none', cpus: 1, requests },
    ...(oracles === undefined ? {} : { oracles }),
  });
}

/** The direct machine does what the model does, access by access. Returns the number of accesses. */
function check(requests: number): number {
  const system = build(requests);
  const wire = new WireChecksum(system.sim);
  const { reason, violations } = system.execute(NOMINAL);
  const direct = new DirectKcs();
  direct.reset();
  for (let i = 0; i < requests; i++) if (direct.transact() !== 0) throw new Error('the direct machine got no device ID');
  if (reason !== 'done' || violations.length > 0) throw new Error('the nominal run of the model went wrong');
  if (wire.sum !== direct.sum) throw new Error(`checksums differ with ${requests} requests: model ${wire.sum}, direct machine ${direct.sum}`);
  return wire.accesses;
}

const accesses = check(1);
check(MANY);

const direct = new DirectKcs();
const cases: Case[] = [{
  name: 'direct state machine', unit: 'transactions', ops: BATCH,
  run() {
    for (let i = 0; i < BATCH; i++) {
      direct.reset();
      direct.transact();
    }
  },
}];
/** Steps of one transaction, by case. */
const steps = [accesses];
for (const [name, requests, oracles] of [
  ['model, one an execution', 1, undefined],
  ['model, one an execution, oracles off', 1, []],
  [`model, ${MANY} an execution`, MANY, undefined],
  [`model, ${MANY} an execution, oracles off`, MANY, []],
] as const) {
  const system = build(requests, oracles);
  steps.push(system.execute(NOMINAL).steps / requests);
  cases.push({ name, unit: 'transactions', ops: requests, run: () => void system.execute(NOMINAL) });
}

const measured = measure(cases, 2);
const [base, ...models] = measured as [Measured, ...Measured[]];
const rows: Row[] = [row(base)];
const ratios: Record<string, number> = {};
models.forEach((model, i) => {
  const slower = base.rate / model.rate;
  ratios[`direct over ${model.name}`] = slower;
  rows.push(row(model, `the direct machine is ${times(slower)} as fast`));
  if (i % 2 === 0) {
    rows.push({ name: `  steps of that (${steps[i + 1].toFixed(0)} each)`, value: model.rate * steps[i + 1], unit: 'steps/s', spread: model.spread });
  }
});
const perStep = (base.rate * accesses) / (models[0].rate * steps[1]);
ratios['direct access over model step'] = perStep;

deliver({
  bench: 'kcs-transaction',
  notes: [
    `KCS Get Device ID: whole model with ${DRIVER}, polled host, recording off; "one an execution" includes reset, probe and open`,
    `direct state machine: both sides as plain switch machines without time, queue, kernel or schedule; ${accesses} accesses with`
      + ' the checksum of the model; per access it is '
      + `${times(perStep)} as fast as the model per step`,
  ],
  rows,
  ratios,
});
