import { RAW_KCS } from '../src/scenarios/index.ts';
import { NOMINAL } from '../src/sim/index.ts';
import { DirectRaw } from './direct-raw.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';

/** Bytes of one execution: the most that the scenario allows. */
const BYTES = 8;
/** Bytes of one call of the direct machine. */
const BATCH = 800;

const SETTINGS = { protocol: 'echo', threads: 1, requests: BYTES, hostMode: 'poll', preempt: 'none', cpus: 1 } as const;

const direct = new DirectRaw();
for (let byte = 1; byte <= BYTES; byte++) if (direct.echo(byte) !== (byte ^ 0x80)) throw new Error('the direct machine echoes something else');
const accesses = direct.accesses / BYTES;

const cases: Case[] = [{
  name: 'direct state machine', unit: 'bytes', ops: BATCH,
  run() {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += direct.echo(i & 0x3f);
    if (sum === 0) throw new Error('the direct machine is dead');
  },
}];
let steps = 0;
for (const [name, oracles] of [['model', undefined], ['model, oracles off', []]] as const) {
  const system = RAW_KCS.build({ driver: 'kcs-raw@fixed', settings: SETTINGS, ...(oracles === undefined ? {} : { oracles }) });
  const { reason, violations, steps: taken } = system.execute(NOMINAL);
  if (reason !== 'done' || violations.length > 0) throw new Error('the nominal run of the model went wrong');
  steps = taken / BYTES;
  cases.push({ name, unit: 'bytes', ops: BYTES, run: () => void system.execute(NOMINAL) });
}

const [base, ...models] = measure(cases, 2) as [Measured, ...Measured[]];
const rows: Row[] = [row(base)];
const ratios: Record<string, number> = {};
for (const model of models) {
  const slower = base.rate / model.rate;
  ratios[`direct over ${model.name}`] = slower;
  rows.push(row(model, `the direct machine is ${times(slower)} as fast`));
  rows.push({ name: `  steps of that (${steps.toFixed(0)} each)`, value: model.rate * steps, unit: 'steps/s', spread: model.spread });
}
const perStep = (base.rate * accesses) / (models[0].rate * steps);
ratios['direct access over model step'] = perStep;

deliver({
  bench: 'raw-bytes',
  notes: [
    `echo over raw KCS, polled host, one thread: whole model with kcs-raw@fixed, recording off; ${BYTES} bytes an execution, with reset, probe and open`,
    `direct state machine: registers, driver, process and host as plain functions without time, queue, kernel or schedule, ${accesses.toFixed(0)} accesses a byte;`
      + ` per access it is ${times(perStep)} as fast as the model per step. It answers as the model does, but looks at STATUS less often`,
  ],
  rows,
  ratios,
});
