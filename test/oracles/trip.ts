import { expect } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { KcsSystem, type BuildOptions, type Settings } from '../../src/scenarios/index.ts';
import type { Violation } from '../../src/sim/index.ts';
import { play, type Script } from '../scenarios/script.ts';

/** One driver under one schedule. */
export interface Case extends Script, Omit<BuildOptions, 'settings' | 'driver'> {
  readonly settings?: Settings;
  readonly driver: KcsBmcDriverClass;
  /** Breaks something of the built system. */
  readonly sabotage?: (system: KcsSystem) => void;
}

/** What the oracles say of it. */
export function judge(what: Case): Violation[] {
  const { driver, sabotage, answers = {}, stalls = [], settings = {}, ...options } = what;
  const system = new KcsSystem({ ...options, driverClass: driver, settings });
  sabotage?.(system);
  return play(system, { answers, stalls }).violations.map((violation) => ({ ...violation }));
}

/** Expects that the oracle reports the rule, with a message in which every one of `names` is found. */
export function expectTrip(what: Case, oracle: string, rule: string, ...names: readonly (RegExp | string)[]): Violation {
  return expectAmong(judge(what), oracle, rule, names);
}

/** Expects it among these. */
export function expectAmong(all: readonly Violation[], oracle: string, rule: string, names: readonly (RegExp | string)[]): Violation {
  const found = all.find((violation) => violation.oracle === oracle && violation.rule === rule);
  expect(found, `${oracle}/${rule} among ${JSON.stringify(all, null, 1)}`).toBeDefined();
  for (const name of names) {
    if (typeof name === 'string') expect(found!.message).toContain(name);
    else expect(found!.message).toMatch(name);
  };
  return found!;
}

/** Expects that `fixed` under the same schedule has nothing to be blamed for by any oracle. */
export function expectFixedIsClean(what: Omit<Case, 'driver' | 'sabotage'>): void {
  expect(judge({ ...what, driver: KcsBmcFixed })).toEqual([]);
}
