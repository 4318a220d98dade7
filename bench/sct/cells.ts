import { PctSampler, PosSampler, SurwSampler, TurnTaking, WalkSampler, createStrategy, type Strategy } from '../../src/explore/index.ts';
import { account, bluetoothDriver, reorder, twostage } from './cs.ts';
import { atomicity, lockOrder, ordering } from './pct-paper.ts';
import type { Program } from './program.ts';

/** A program, and how many trials each strategy is given. */
export interface Subject {
  readonly name: string;
  readonly text: string;
  make(): Program;
  /** Of those that find it soon. */
  readonly trials: number;
  /** Of those that spend most trials in vain. */
  readonly slow?: { readonly trials: number; readonly strategies: readonly string[] };
}

const PADDING = 20;
const BUT_SURW: readonly string[] = ['walk', 'pct-3', 'pct-10', 'pos', 'random', 'stall', 'greybox', 'portfolio'];

export const SUBJECTS: readonly Subject[] = [
  { name: 'account', text: 'CS/account of SCTBench: a wrong check', make: account, trials: 1000 },
  { name: 'bluetooth_driver', text: 'CS/bluetooth_driver: a stop between look and count', make: bluetoothDriver, trials: 1000 },
  { name: 'reorder_3', text: 'CS/reorder_3: 2 threads set two variables, 1 checks', make: () => reorder(2, 1), trials: 1000, slow: { trials: 100, strategies: ['walk'] } },
  { name: 'reorder_10', text: 'CS/reorder_10: 9 set, 1 checks', make: () => reorder(9, 1), trials: 1000, slow: { trials: 100, strategies: BUT_SURW } },
  { name: 'reorder_20', text: 'CS/reorder_20: 10 set, 10 check', make: () => reorder(10, 10), trials: 1000, slow: { trials: 20, strategies: BUT_SURW } },
  { name: 'reorder_50', text: 'CS/reorder_50: 40 set, 10 check', make: () => reorder(40, 10), trials: 200, slow: { trials: 10, strategies: BUT_SURW } },
  { name: 'twostage_20', text: 'CS/twostage_20: 10 write two data under two locks, 10 read', make: () => twostage(10, 10), trials: 1000, slow: { trials: 100, strategies: BUT_SURW } },
  { name: 'pct-ordering', text: `PCT paper, figure 1: used before it is set (depth 1), ${PADDING} steps around`, make: () => ordering(PADDING), trials: 1000 },
  { name: 'pct-atomicity', text: `PCT paper, figure 1: changed between check and use (depth 2), ${PADDING} steps around`, make: () => atomicity(PADDING), trials: 1000 },
  { name: 'pct-deadlock', text: `PCT paper, figure 1: two locks in opposite order (depth 2), ${PADDING} steps around`, make: () => lockOrder(PADDING), trials: 1000 },
];

/** Those with published figures first, then what the hunt has beside them. */
export const STRATEGIES: readonly { readonly name: string; create(program: Program, seed: number): Strategy }[] = [
  { name: 'walk', create: (program, seed) => new TurnTaking('walk', program, seed, new WalkSampler()) },
  { name: 'pct-3', create: (program, seed) => new TurnTaking('pct-3', program, seed, new PctSampler([3])) },
  { name: 'pct-10', create: (program, seed) => new TurnTaking('pct-10', program, seed, new PctSampler([10])) },
  { name: 'pos', create: (program, seed) => new TurnTaking('pos', program, seed, new PosSampler()) },
  { name: 'surw', create: (program, seed) => new TurnTaking('surw', program, seed, new SurwSampler(program.sim)) },
  ...['random', 'stall', 'greybox', 'portfolio'].map((name) => ({ name, create: (program: Program, seed: number) => createStrategy(name, program, seed) })),
];

/** How many trials a strategy is given of a program. */
export function trialsOf({ trials, slow }: Subject, strategy: string): number {
  return slow?.strategies.includes(strategy) === true ? slow.trials : trials;
}
