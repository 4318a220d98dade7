import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/sim/index.ts';
import {
  Portfolio, RandomStrategy, STRATEGIES, ScheduleChooser, StallStrategy, copyOutcome, formatDivergence, normalise, scheduleKey, type Strategy,
} from '../../src/explore/index.ts';
import { KCS } from '../../src/scenarios/index.ts';
import type { Outcome, System } from '../../src/scenarios/system.ts';
import { faultAndStall, threeCauses, twoStalls, type Toy } from './toys.ts';

/** Everything that `n` executions of a strategy came to. */
function history(toy: System, strategy: Strategy, n: number): Outcome[] {
  const all: Outcome[] = [];
  for (let k = 0; k < n; k++) {
    const chooser = strategy.begin(k);
    if (chooser === null) break;
    const outcome = toy.execute(chooser);
    strategy.end(outcome);
    all.push(copyOutcome(outcome));
  }
  return all;
}

/** A schedule of what `outcome` took gives `outcome` again. */
function expectSame(system: System, outcome: Outcome): void {
  const chooser = new ScheduleChooser(outcome.taken);
  const again = copyOutcome(system.execute(chooser));
  expect({ ...again, traceHash: 0 }).toEqual({ ...outcome, traceHash: 0 });
  expect(chooser.match(again.taken)).toEqual({ divergence: null, unused: [] });
}

describe('a schedule', () => {
  const toys: readonly [string, () => Toy][] = [['fault and stall', faultAndStall], ['two stalls', twoStalls], ['three causes', threeCauses]];
  for (const [name, make] of toys) {
    for (const { name: strategy, create } of STRATEGIES) {
      it(`${name}, ${strategy}: the departures that an execution took are all of it`, () => {
        const toy = make();
        for (const outcome of history(toy, create(toy, 5), 300)) expectSame(make(), outcome);
      });
    }
  }

  for (const { name: strategy, create } of STRATEGIES) {
    it(`of KCS hardware, ${strategy}: likewise`, () => {
      const [system, fresh] = [0, 1].map(() => KCS.build({ driver: 'kcs-bmc@v2-unlocked', settings: {} }));
      for (const outcome of history(system, create(system, 9), 120)) expectSame(fresh, outcome);
    });
  }

  const given: Decision[] = [
    { kind: 'fault', actor: 'A', step: 0, label: 'copy fault', value: 2 },
    { kind: 'stall', actor: 'A', step: 2, label: 'relock', value: 'quiet' },
  ];

  it('says which decision was not used', () => {
    const chooser = new ScheduleChooser([...given, { kind: 'stall', actor: 'A', step: 99, label: 'copy', value: 'quiet' }]);
    const { unused, divergence } = chooser.match(faultAndStall().execute(chooser).taken);
    expect(unused.map(({ step }) => step)).toEqual([99]);
    expect(divergence).toBeNull();
  });

  it('says where it first met something else', () => {
    const chooser = new ScheduleChooser([given[0], { ...given[1], label: 'unlock' }]);
    const { divergence } = chooser.match(faultAndStall().execute(chooser).taken);
    expect(divergence?.index).toBe(1);
    expect(formatDivergence(divergence!)).toBe('decision 2 (stall A#2) was recorded at "unlock", but meets "relock"');
  });

  it('does not answer what a question has no answer for', () => {
    const chooser = new ScheduleChooser([{ ...given[0], value: 3 }]);
    const { divergence, unused } = chooser.match(faultAndStall().execute(chooser).taken);
    expect(formatDivergence(divergence!)).toBe('decision 1 (fault A#0) was recorded at "copy fault", but meets "copy fault", which has 3 answers');
    expect(unused).toHaveLength(1);
  });

  it('has a key that does not depend on the order of its list', () => {
    expect(scheduleKey(given)).toBe(scheduleKey([given[1], given[0]]));
    expect(scheduleKey(given)).not.toBe(scheduleKey([given[0]]));
    expect(normalise([...given, given[0], { ...given[0], step: 9, value: 0 }])).toEqual(given);
  });
});

describe('a strategy', () => {
  for (const { name, create } of STRATEGIES) {
    it(`${name}: execution k of a seed is always the same`, () => {
      const once = (seed: number): Outcome[] => {
        const toy = faultAndStall();
        return history(toy, create(toy, seed), 400);
      };
      expect(once(11)).toEqual(once(11));
      expect(once(11)).not.toEqual(once(12));
    });

    it(`${name}: begins with the nominal run`, () => {
      const toy = faultAndStall();
      expect(history(toy, create(toy, 3), 1)[0].taken).toEqual([]);
    });
  }

  it('random: a handful of departures, fewer at first', () => {
    const toy = threeCauses();
    const taken = history(toy, new RandomStrategy(toy, 1), 2000).map((o) => o.taken.filter((d) => d.kind !== 'stall').length);
    const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(taken.slice(0, 32))).toBeLessThan(mean(taken.slice(1000)));
    expect(mean(taken)).toBeLessThan(6);
    expect(Math.max(...taken)).toBeLessThanOrEqual(12); // every one of the 12 questions is possible
  });

  it('stall: every single, and no schedule twice', () => {
    const toy = twoStalls();
    const strategy = new StallStrategy(toy, 1);
    const plans: string[][] = [];
    const spy: Strategy = {
      name: 'spy',
      enter: (slice) => strategy.enter(slice),
      begin(k) {
        const chooser = strategy.begin(k);
        if (chooser !== null) plans.push(chooser.plan.map(({ actor, step }) => `${actor}#${step}`).sort());
        return chooser;
      },
      end: (outcome) => strategy.end(outcome),
    };
    const all = history(toy, spy, 5000);
    expect(new Set(plans.filter((plan) => plan.length === 1).map(String)).size).toBe(all[0].steps);
    expect(plans.filter((plan) => plan.length > 1).length).toBeGreaterThan(200);
    expect(new Set(plans.map(String)).size).toBe(plans.length);
  });

  it('stall: extends only what is new, which saves most pairs', () => {
    const toy = twoStalls();
    const all = history(toy, new StallStrategy(toy, 1), 100_000);
    const steps = all[0].steps;
    expect(all.length).toBeLessThan((steps * (steps - 1)) / 4);
    expect(all.some((o) => o.violations.length > 0)).toBe(true);
  });

  it('stall: soon tries every single answer, each for itself', () => {
    const toy = threeCauses();
    const all = history(toy, new StallStrategy(toy, 1), 60).map((o) => o.taken.filter((d) => d.kind === 'fault'));
    const singles = all.filter((faults) => faults.length === 1).map(scheduleKey);
    expect(new Set(singles).size).toBe(36); // 12 questions, 3 answers each
  });

  it('portfolio: halves, until one has nothing left', () => {
    const log: string[] = [];
    const member = (name: string, most: number): Strategy => ({
      name,
      enter() {},
      begin: (k) => (k < most ? { plan: [], draw: () => (log.push(`${name}${k}`), 0) } : null),
      end: () => log.push(`end ${name}`),
    });
    const portfolio = new Portfolio('a+b', [{ strategy: member('a', 2), weight: 1 }, { strategy: member('b', 4), weight: 1 }]);
    const toy = faultAndStall();
    const lines: string[] = [];
    for (let k = 0; k < 6; k++) {
      log.length = 0;
      const chooser = portfolio.begin(k)!;
      portfolio.end(toy.execute(chooser));
      lines.push([...new Set(log)].join(', '));
    }
    expect(lines).toEqual(['a0, end a', 'b0, end b', 'a1, end a', 'b1, end b', 'b2, end b', 'b3, end b']);
    expect(portfolio.begin(6)).toBeNull();
    expect(portfolio.begin(7)).toBeNull();
  });
});
