import { expect } from 'vitest';
import { AspeedI2cFixed } from '../../src/drivers/i2c-aspeed/fixed.ts';
import type { I2cAspeedBusClass } from '../../src/drivers/i2c-aspeed/index.ts';
import { SsifBmcFixed } from '../../src/drivers/ssif-bmc/fixed.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import { CARELESS_SSIF_MOVES, type SsifVersion } from '../../src/host/index.ts';
import { SsifSystem, type BuildOptions, type Settings } from '../../src/scenarios/index.ts';
import type { Violation } from '../../src/sim/index.ts';
import { play, type Script } from '../scenarios/script.ts';
import { expectAmong } from './trip.ts';

/** Both drivers, what is not given being `fixed`, under one schedule. */
export interface SsifCase extends Script, Omit<BuildOptions, 'settings' | 'driver'> {
  readonly settings?: Settings;
  readonly ssifBmc?: SsifBmcDriverClass;
  readonly i2cAspeed?: I2cAspeedBusClass;
  readonly ipmiSsif?: SsifVersion;
}

/** What the oracles say of it. */
export function judgeSsif(what: SsifCase): Violation[] {
  const { ssifBmc = SsifBmcFixed, i2cAspeed = AspeedI2cFixed, answers = {}, stalls = [], settings = {}, ...options } = what;
  const system = new SsifSystem({ ...options, ssifBmc, i2cAspeed, settings });
  return play(system, { answers, stalls }).violations.map((violation) => ({ ...violation }));
}

/** Expects that the oracle reports the rule, with a message in which every one of `names` is found. */
export function expectSsifTrip(what: SsifCase, oracle: string, rule: string, ...names: readonly (RegExp | string)[]): Violation {
  return expectAmong(judgeSsif(what), oracle, rule, names);
}

/** Expects that `fixed` on `fixed` under the same schedule has nothing to be blamed for by any oracle. */
export function expectSsifFixedIsClean(what: Omit<SsifCase, 'ssifBmc' | 'i2cAspeed'>): void {
  expect(judgeSsif(what)).toEqual([]);
}

/** The answer to `which move?` that is the move of this name. */
export function ssifMoveOf(name: string): number {
  const index = CARELESS_SSIF_MOVES.findIndex((move) => move.name === name);
  if (index < 0) throw new Error(`no move "${name}"`);
  return index;
}
