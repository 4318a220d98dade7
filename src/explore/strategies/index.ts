import { UsageError, type System } from '../../scenarios/system.ts';
import { hashText } from '../../sim/index.ts';
import { GreyboxStrategy } from './greybox.ts';
import { PctSampler } from './pct.ts';
import { Portfolio } from './portfolio.ts';
import { PosSampler } from './pos.ts';
import { RandomStrategy } from './random.ts';
import { StallStrategy } from './stall.ts';
import type { Strategy } from '../strategy.ts';
import { SurwSampler } from './surw.ts';
import { TurnTaking } from './turn-taking.ts';
import { WalkSampler } from './walk.ts';

/** A strategy by name. */
export interface StrategyInfo {
  readonly name: string;
  readonly text: string;
  /** Where the method was published. */
  readonly source: string;
  /**
   * With which it begins in the portfolio; 0: it is none of it. From what each needs alone for the known bugs
   * (docs/search-bugs.md): close to the shares with the least geometric mean, but nobody so small that the portfolio is far
   * behind on the bugs which that one finds best.
   */
  readonly weight: number;
  create(system: System, seed: number): Strategy;
}

const OURS = 'this project';

const METHODS: readonly StrategyInfo[] = [
  {
    name: 'random',
    text: '4 to 8 stalls placed at random, and a handful of other departures',
    source: `${OURS}; which departures are possible at all is drawn as in swarm testing (Groce et al., ISSTA 2012)`,
    weight: 12,
    create: (system, seed) => new RandomStrategy(system, seed),
  },
  {
    name: 'stall',
    text: 'singles, pairs and triples of stalls, extending only new traces, over workloads and configurations small first',
    source: `${OURS}; after iterative context bounding (Musuvathi, Qadeer, PLDI 2007)`,
    weight: 3,
    create: (system, seed) => new StallStrategy(system, seed),
  },
  {
    name: 'pct',
    text: 'random priorities of contexts, with 1, 2 or 4 changes at random steps (depths 2, 3 and 5 by turns) of as many as one of the last 16 executions had',
    source: 'Burckhardt, Kothari, Musuvathi, Nagarakatti: A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010',
    weight: 1,
    create: (system, seed) => new TurnTaking('pct', system, seed, new PctSampler()),
  },
  {
    name: 'pos',
    text: 'random priorities of steps, drawn anew for those that conflict with one that was taken',
    source: 'Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling, CAV 2018',
    weight: 1,
    create: (system, seed) => new TurnTaking('pos', system, seed, new PosSampler()),
  },
  {
    name: 'surw',
    text: 'every order of the accesses to one register, wire or lock as likely as any other, another one in each execution',
    source: 'Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing, ASPLOS 2025',
    weight: 4,
    create: (system, seed) => new TurnTaking('surw', system, seed, new SurwSampler(system.sim)),
  },
  {
    name: 'greybox',
    text: 'children of schedules that reached what none had reached: conflicting accesses, situations of driver, device and interrupt',
    source: `${OURS}; after Wolff, Shi, Duck, Mathur, Roychoudhury: Greybox Fuzzing for Concurrency Testing, ASPLOS 2024`,
    weight: 3,
    create: (system, seed) => new GreyboxStrategy(system, seed),
  },
  {
    name: 'walk',
    text: 'at every step whoever could take it, each as likely as the other: the yardstick',
    source: 'random walk',
    weight: 0,
    create: (system, seed) => new TurnTaking('walk', system, seed, new WalkSampler()),
  },
];

/** Names of the strategies in the portfolio, in its order. */
export const MEMBERS: readonly string[] = METHODS.filter(({ weight }) => weight > 0).map(({ name }) => name);

export const STRATEGIES: readonly StrategyInfo[] = [
  {
    name: 'portfolio',
    text: `${MEMBERS.join(', ')}; the budget follows what they find`,
    source: `${OURS}; shares by stride scheduling, set anew after each epoch`,
    weight: 0,
    create: (system, seed) => new Portfolio('portfolio', METHODS.filter(({ weight }) => weight > 0).map((method) => (
      // A seed of its own for each: with one seed they would answer the questions of an execution alike.
      { strategy: method.create(system, hashText(`${seed} ${method.name}`) >>> 0), weight: method.weight }))),
  },
  ...METHODS,
];

export const DEFAULT_STRATEGY = 'portfolio';

/** Throws UsageError on a name that it does not know. */
export function createStrategy(name: string, system: System, seed: number): Strategy {
  const info = STRATEGIES.find((s) => s.name === name);
  if (info === undefined) {
    throw new UsageError(`unknown strategy "${name}"; there are ${STRATEGIES.map((s) => s.name).join(', ')}`);
  }
  return info.create(system, seed);
}
