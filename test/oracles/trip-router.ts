import { expect } from 'vitest';
import { IPMI_ROUTER_VERSIONS, type BtAspeedClass, type IpmiRouterClasses } from '../../src/drivers/ipmi-router/index.ts';
import { CARELESS_BT_MOVES } from '../../src/host/index.ts';
import { RouterSystem, routerVersions, type BuildOptions, type Settings } from '../../src/scenarios/index.ts';
import type { Violation } from '../../src/sim/index.ts';
import { play, type Script } from '../scenarios/script.ts';
import { expectAmong } from './trip.ts';

/** A router, `rfc-v1` if no other is given, under one schedule; on the bus driver `fixed`. */
export interface RouterCase extends Script, Omit<BuildOptions, 'settings' | 'driver'> {
  readonly settings?: Settings;
  readonly router?: IpmiRouterClasses;
  readonly btAspeed?: BtAspeedClass;
}

export const [RFC_V1, FIXED] = IPMI_ROUTER_VERSIONS;

export function routerSystem({ router = RFC_V1, btAspeed = routerVersions('ipmi-router@rfc-v1')[1].driver, settings = {}, ...options }: Omit<RouterCase, keyof Script>): RouterSystem {
  return new RouterSystem({ ...options, router, btAspeed, settings });
}

/** What the oracles say of it. */
export function judgeRouter(what: RouterCase): Violation[] {
  const { answers = {}, stalls = [], ...rest } = what;
  return play(routerSystem(rest), { answers, stalls }).violations.map((violation) => ({ ...violation }));
}

/** Expects that the oracle reports the rule, with a message in which every one of `names` is found. */
export function expectRouterTrip(what: RouterCase, oracle: string, rule: string, ...names: readonly (RegExp | string)[]): Violation {
  return expectAmong(judgeRouter(what), oracle, rule, names);
}

/** Expects that `fixed` under the same schedule has nothing to be blamed for by any oracle. */
export function expectRouterFixedIsClean(what: Omit<RouterCase, 'router' | 'btAspeed'>): void {
  expect(judgeRouter({ ...what, router: FIXED })).toEqual([]);
}

/** The answer to `host move` that is the move of this name. */
export function btMoveOf(name: string): number {
  const index = CARELESS_BT_MOVES.findIndex((move) => move.name === name);
  if (index < 0) throw new Error(`no move "${name}"`);
  return index;
}
