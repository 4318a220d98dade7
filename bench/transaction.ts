import type { Scenario, Settings, System } from '../src/scenarios/index.ts';
import { NOMINAL, type Simulator } from '../src/sim/index.ts';
import { measure, type Case, type Measured } from './measure.ts';
import { deliver, row, times, type Row } from './result.ts';
import type { WireChecksum } from './wire-checksum.ts';

/** Requests of one long execution: the most that the scenarios allow. */
const MANY = 8;
/** Transactions of one call of the direct machine. */
const BATCH = 100;

/** Both sides of an interface as plain switch machines. */
export interface DirectMachine {
  /** Of all accesses since {@link reset}. */
  readonly sum: number;
  /** Both sides as after boot. */
  reset(): void;
  /** One Get Device ID; returns the completion code. */
  transact(): number;
}

/** Get Device ID over one interface. */
export interface Transaction {
  readonly bench: string;
  readonly scenario: Scenario;
  readonly driver: string;
  /** All but `requests`. */
  readonly settings: Settings;
  /** What it is in words. */
  readonly text: string;
  readonly Direct: new () => DirectMachine;
  /** The checksum of the model. */
  readonly Checksum: new (sim: Simulator) => WireChecksum;
  /** What else of a transaction counts: so many of `unit`, which are trace events of these names. */
  readonly wire?: { readonly unit: string; readonly events: readonly string[] };
}

function build({ scenario, driver, settings }: Transaction, requests: number, oracles?: readonly string[]): System {
  return scenario.build({ driver, settings: { ...settings, requests }, ...(oracles === undefined ? {} : { oracles }) });
}

/** The direct machine does what the model does, access by access. Returns the numbers of accesses and of wire events. */
function check(it: Transaction, requests: number): { readonly accesses: number; readonly wire: number } {
  const system = build(it, requests);
  const { trace } = system.sim;
  const checksum = new it.Checksum(system.sim);
  let wire = 0;
  for (const event of it.wire?.events ?? []) {
    trace.on(trace.code(event), () => {
      wire++;
    });
  }
  const { reason, violations } = system.execute(NOMINAL);
  const direct = new it.Direct();
  direct.reset();
  for (let i = 0; i < requests; i++) if (direct.transact() !== 0) throw new Error('the direct machine got no device ID');
  if (reason !== 'done' || violations.length > 0) throw new Error('the nominal run of the model went wrong');
  if (checksum.sum !== direct.sum) {
    throw new Error(`checksums differ with ${requests} requests: model ${checksum.sum}, direct machine ${direct.sum}`);
  }
  return { accesses: checksum.accesses, wire };
}

/** Measures the model, one and many transactions an execution, beside the direct machine. */
export function benchTransaction(it: Transaction): void {
  const { accesses, wire } = check(it, 1);
  check(it, MANY);

  const direct = new it.Direct();
  const cases: Case[] = [{
    name: 'direct state machine', unit: 'transactions', ops: BATCH,
    run() {
      for (let i = 0; i < BATCH; i++) {
        direct.reset();
        direct.transact();
      }
    },
  }];
  /** Steps of one transaction, by model. */
  const steps: number[] = [];
  for (const [name, requests, oracles] of [
    ['model, one an execution', 1, undefined],
    ['model, one an execution, oracles off', 1, []],
    [`model, ${MANY} an execution`, MANY, undefined],
    [`model, ${MANY} an execution, oracles off`, MANY, []],
  ] as const) {
    const system = build(it, requests, oracles);
    steps.push(system.execute(NOMINAL).steps / requests);
    cases.push({ name, unit: 'transactions', ops: requests, run: () => void system.execute(NOMINAL) });
  }

  const [base, ...models] = measure(cases, 2) as [Measured, ...Measured[]];
  const rows: Row[] = [row(base)];
  const ratios: Record<string, number> = {};
  models.forEach((model, i) => {
    const slower = base.rate / model.rate;
    ratios[`direct over ${model.name}`] = slower;
    rows.push(row(model, `the direct machine is ${times(slower)} as fast`));
    if (i % 2 !== 0) return;
    rows.push({ name: `  steps of that (${steps[i].toFixed(0)} each)`, value: model.rate * steps[i], unit: 'steps/s', spread: model.spread });
    if (it.wire !== undefined) {
      rows.push({ name: `  ${it.wire.unit} of that (${wire} each)`, value: model.rate * wire, unit: `${it.wire.unit}/s`, spread: model.spread });
    }
  });
  const perStep = (base.rate * accesses) / (models[0].rate * steps[0]);
  ratios['direct access over model step'] = perStep;

  deliver({
    bench: it.bench,
    notes: [
      `${it.text}: whole model with ${it.driver}, recording off; "one an execution" includes reset, probe and open`,
      `direct state machine: both sides as plain switch machines without time, queue, kernel or schedule; ${accesses} accesses with`
        + ` the checksum of the model; per access it is ${times(perStep)} as fast as the model per step`,
    ],
    rows,
    ratios,
  });
}
