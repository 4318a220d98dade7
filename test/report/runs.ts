import { KcsBmcMainline } from '../../src/drivers/kcs-bmc/mainline.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { record, type Recording } from '../../src/report/index.ts';
import { KcsSystem, type Settings } from '../../src/scenarios/index.ts';
import type { Chooser, Planned, Release } from '../../src/sim/index.ts';
import { moveOf, stepsOf } from '../scenarios/script.ts';

/** A stall at the first step of `actor` whose label contains `at`. */
export interface StallAt {
  readonly actor: string;
  readonly at: string;
  readonly nth?: number;
  readonly release?: Release;
}

export interface RunOptions {
  readonly driver?: KcsBmcDriverClass;
  readonly settings?: Settings;
  /** Answers by label, in order; all others are nominal. */
  readonly answers?: Readonly<Record<string, readonly number[]>>;
  readonly stalls?: readonly StallAt[];
  readonly oracles?: readonly string[];
}

const QUIET: Release = { kind: 'quiet' };

/** Records one run of the KCS system. */
export function run(options: RunOptions = {}): Recording {
  const { driver = KcsBmcMainline, settings = {}, answers = {}, stalls = [], oracles } = options;
  const system = new KcsSystem({ driverClass: driver, settings, ...(oracles === undefined ? {} : { oracles }) });
  const plan: Planned[] = [];
  for (const { actor, at, nth = 0, release = QUIET } of stalls) {
    const step = stepsOf(system, answering(answers, plan), actor, at)[nth];
    if (step === undefined) throw new Error(`${actor} has no step ${nth} of ${at}`);
    plan.push({ actor, step, release });
  }
  return record(system, answering(answers, plan));
}

function answering(answers: Readonly<Record<string, readonly number[]>>, plan: readonly Planned[]): Chooser {
  const asked = new Map<string, number>();
  return {
    plan,
    draw(_kind, _actor, _step, _n, label) {
      const list = answers[label];
      if (list === undefined) return 0;
      const rank = asked.get(label) ?? 0;
      asked.set(label, rank + 1);
      return list[rank] ?? 0;
    },
  };
}

/** The read ABA of mainline: the host restarts while the reader is held in copy_to_user(). */
export function readAba(settings: Settings = {}): Recording {
  return run({
    settings,
    answers: { 'host move': [moveOf('restart while waiting for the response')] },
    stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: copy_to_user' }],
  });
}

/** The lines of a text in which all of `words` are. */
export function linesWith(text: string, ...words: readonly string[]): string[] {
  return text.split('\n').filter((line) => words.every((word) => line.includes(word)));
}

/** The first of the patterns that is not found behind the one before it; undefined: all are, in this order. */
export function firstMissing(text: string, ...patterns: readonly RegExp[]): RegExp | undefined {
  let rest = text;
  for (const pattern of patterns) {
    const found = pattern.exec(rest);
    if (found === null) return pattern;
    rest = rest.slice(found.index + found[0].length);
  }
  return undefined;
}

/** The times at the left of the rows. */
export function timesOf(text: string): number[] {
  return text.split('\n').map((line) => /^ *(\d+\.\d{3})(?: {2}|$)/.exec(line)).filter((match) => match !== null).map((match) => Number(match[1]));
}
