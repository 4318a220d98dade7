import { record, type Recording } from '../../src/report/index.ts';
import { SSIF, type Settings } from '../../src/scenarios/index.ts';
import type { Chooser, Planned, Release } from '../../src/sim/index.ts';

export interface SsifRunOptions {
  readonly driver?: string;
  readonly settings?: Settings;
  /** Answers by label, in order; all others are nominal. */
  readonly answers?: Readonly<Record<string, readonly number[]>>;
  /** Stalls at steps of the run without any. */
  readonly stalls?: readonly { readonly actor: string; readonly at: string; readonly release?: Release }[];
  readonly oracles?: readonly string[];
}

const QUIET: Release = { kind: 'quiet' };

/** Records one run of the SSIF system. */
export function ssifRun({ driver = 'ssif-bmc@v10,i2c-aspeed@2022', settings = {}, answers = {}, stalls = [], oracles }: SsifRunOptions = {}): Recording {
  const system = SSIF.build({ driver, settings, ...(oracles === undefined ? {} : { oracles }) });
  const plan: Planned[] = [];
  for (const { actor, at, release = QUIET } of stalls) {
    const { acts, contexts, ops } = record(system, answering(answers, plan));
    const step = acts.find((act) => act.step !== null && contexts[act.actor] === actor && ops.label(act.step.op).includes(at))?.step;
    if (step == null) throw new Error(`${actor} has no step ${at}`);
    plan.push({ actor, step: step.step, release });
  }
  return record(system, answering(answers, plan));
}

function answering(answers: Readonly<Record<string, readonly number[]>>, plan: readonly Planned[]): Chooser {
  const asked = new Map<string, number>();
  return {
    plan,
    draw(_kind, _actor, _step, _n, label) {
      const rank = asked.get(label) ?? 0;
      asked.set(label, rank + 1);
      return answers[label]?.[rank] ?? 0;
    },
  };
}
