import { UsageError, type System } from '../scenarios/system.ts';
import { Portfolio } from './portfolio.ts';
import { RandomStrategy } from './random.ts';
import { StallStrategy } from './stall.ts';
import type { Strategy } from './strategy.ts';

/** A strategy by name. */
export interface StrategyInfo {
  readonly name: string;
  readonly text: string;
  create(system: System, seed: number): Strategy;
}

export const STRATEGIES: readonly StrategyInfo[] = [
  {
    name: 'random+stall',
    text: 'random and stall by turns',
    create: (system, seed) => new Portfolio('random+stall', [new RandomStrategy(system, seed), new StallStrategy(system, seed)]),
  },
  {
    name: 'random',
    text: '4 to 8 stalls placed at random, and a handful of other departures',
    create: (system, seed) => new RandomStrategy(system, seed),
  },
  {
    name: 'stall',
    text: 'singles, pairs and triples of stalls, extending only new traces, over workloads and configurations small first',
    create: (system, seed) => new StallStrategy(system, seed),
  },
];

export const DEFAULT_STRATEGY = 'random+stall';

/** Throws UsageError on a name that it does not know. */
export function createStrategy(name: string, system: System, seed: number): Strategy {
  const info = STRATEGIES.find((s) => s.name === name);
  if (info === undefined) {
    throw new UsageError(`unknown strategy "${name}"; there are ${STRATEGIES.map((s) => s.name).join(', ')}`);
  }
  return info.create(system, seed);
}
