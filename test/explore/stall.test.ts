import { describe, expect, it } from 'vitest';
import { SLICE, StallStrategy, normalise, scheduleKey, type Json } from '../../src/explore/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import type { Outcome } from '../../src/scenarios/system.ts';
import { Toy } from './toys.ts';

/** Actors that start together, and so many steps of each; all touch one variable, so that every order is another trace. */
function contenders(steps: Readonly<Record<string, number>>): Toy {
  const toy = new Toy();
  Object.entries(steps).forEach(([name, n], i) => {
    const op = toy.op(name, 'x', () => {});
    toy.actor(name, i, function* () {
      for (let k = 0; k < n; k++) yield op;
    });
  });
  return toy;
}

/** A asks `questions` questions of so many answers each, and one more if the first is answered 2; B walks so many steps. */
function asking(questions: number, answers: number, steps = 4): Toy {
  const toy = new Toy();
  const ask = toy.op('ask', 'x', (ctx) => toy.sim.choose('fault', ctx.name, ctx.step, answers, `fault ${ctx.step}`));
  const hidden = toy.op('hidden', 'x', (ctx) => toy.sim.choose('fault', ctx.name, ctx.step, answers, 'hidden'));
  const walk = toy.op('walk', 'x', () => {});
  toy.actor('A', 0, function* () {
    const first = yield ask;
    for (let i = 1; i < questions; i++) yield ask;
    if (first === 2) yield hidden;
  });
  toy.actor('B', 1, function* () {
    for (let i = 0; i < steps; i++) yield walk;
  });
  return toy;
}

interface Run {
  /** Stalls that were asked for, `context#step`. */
  readonly stalls: readonly string[];
  readonly answers: readonly Decision[];
  readonly outcome: Outcome;
  /** Steps of each context. */
  readonly steps: Readonly<Record<string, number>>;
}

/** The next `n` executions, or as many as there are. */
function runs(toy: Toy, strategy: StallStrategy, n = Infinity): Run[] {
  const all: Run[] = [];
  for (let k = 0; k < n; k++) {
    const chooser = strategy.begin(k);
    if (chooser === null) break;
    const stalls = chooser.plan.map(({ actor, step }) => `${actor}#${step}`);
    const outcome = toy.execute(chooser);
    const answers = normalise(outcome.taken).filter(({ kind }) => kind !== 'stall');
    all.push({ stalls, answers, outcome: { ...outcome }, steps: Object.fromEntries(toy.sim.contexts.map(({ name, steps }) => [name, steps])) });
    strategy.end(outcome);
  }
  return all;
}

function positions({ steps }: Run): string[] {
  return Object.entries(steps).flatMap(([name, n]) => Array.from({ length: n }, (_each, step) => `${name}#${step}`));
}

const key = (stalls: readonly string[]): string => stalls.toSorted().join(' ');

describe('systematic search', () => {
  it.each([{ A: 3, B: 3 }, { A: 5, B: 2 }, { A: 2, B: 2, C: 3 }])('%o: every schedule once, and beyond every one whose trace was new, each step that it took', (steps) => {
    const toy = contenders(steps);
    const all = runs(toy, new StallStrategy(toy, 5));
    const tried = all.map(({ stalls }) => key(stalls));
    expect(new Set(tried).size).toBe(tried.length);
    const traces = new Set<number>();
    const expected = new Set(['']);
    for (const run of all) {
      const fresh = !traces.has(run.outcome.traceHash);
      traces.add(run.outcome.traceHash);
      if (!fresh || run.stalls.length === 3) continue;
      for (const position of positions(run)) if (!run.stalls.includes(position)) expected.add(key([...run.stalls, position]));
    }
    expect(tried.toSorted()).toEqual([...expected].toSorted());
    expect(all.some(({ stalls }) => stalls.length === 3)).toBe(true);
  });

  it('goes no further from a schedule whose trace was seen', () => {
    const toy = new Toy();
    for (const [i, name] of ['A', 'B'].entries()) {
      const op = toy.op(name, `own ${name}`, () => {});
      toy.actor(name, i, function* () {
        for (let k = 0; k < 4; k++) yield op;
      });
    }
    // Nothing is shared: every order is the same trace.
    expect(runs(toy, new StallStrategy(toy, 5)).map(({ stalls }) => stalls.length)).toEqual([0, ...Array<number>(8).fill(1)]);
  });

  it('singles come first, then pairs, and of those beyond one in four is a triple', () => {
    const toy = contenders({ A: 20, B: 20 });
    const sizes = runs(toy, new StallStrategy(toy, 5), 300).map(({ stalls }) => stalls.length);
    expect(sizes.slice(0, 41)).toEqual([0, ...Array<number>(40).fill(1)]);
    const [pairs, triples] = [2, 3].map((size) => sizes.filter((n) => n === size).length);
    expect(triples / (pairs + triples)).toBeCloseTo(1 / 4, 1);
  });

  it('another seed has another order of the same', () => {
    const toy = contenders({ A: 4, B: 4 });
    const [one, two] = [1, 2].map((seed) => runs(toy, new StallStrategy(toy, seed)).filter(({ stalls }) => stalls.length <= 1).map(({ stalls }) => key(stalls)));
    expect(one).not.toEqual(two);
    expect(one.toSorted()).toEqual(two.toSorted());
  });
});

describe('bases of the systematic search', () => {
  const base = ({ answers }: Run): string => scheduleKey(answers);

  it('the nominal run, then every question answered otherwise, the small answers first, and what only such an answer asks', () => {
    const toy = asking(3, 4);
    const own = runs(toy, new StallStrategy(toy, 5), 2000).filter(({ stalls }) => stalls.length === 0);
    const singles = own.filter(({ answers }) => answers.length === 1).map(({ answers: [{ step, value }] }) => `${step}=${value}`);
    expect(own[0].answers).toEqual([]);
    expect(singles).toEqual(['0=1', '1=1', '2=1', '0=2', '1=2', '2=2', '0=3', '1=3', '2=3']);
    for (const value of [1, 2, 3]) expect(own.map(base)).toContain(`fault A#0=2\nfault A#3=${value}`);
    // Each base has its own run once.
    expect(new Set(own.map(base)).size).toBe(own.length);
  });

  it('of many answers also the greatest', () => {
    const toy = asking(1, 100);
    const values = new Set(runs(toy, new StallStrategy(toy, 5), 1000).filter(({ stalls, answers }) => stalls.length === 0 && answers.length === 1).map(({ answers: [{ value }] }) => value));
    for (const value of [1, 2, 19, 99]) expect(values).toContain(value);
  });

  it('none starves, and the nominal one has sixteen times as much as any other', () => {
    const toy = asking(6, 3, 40);
    const times = new Map<string, number>();
    for (const run of runs(toy, new StallStrategy(toy, 5), 1200)) times.set(base(run), (times.get(base(run)) ?? 0) + 1);
    const singles = [...times].filter(([name]) => name !== '' && !name.includes('\n')).map(([, n]) => n);
    expect(singles).toHaveLength(12);
    expect(Math.min(...singles)).toBeGreaterThan(5);
    expect(Math.max(...singles)).toBeLessThan(1.5 * Math.min(...singles));
    expect(times.get('')! / Math.max(...singles)).toBeGreaterThan(8);
    expect(times.get('')! / Math.max(...singles)).toBeLessThan(32);
  });

  it('slices of one epoch have each their own bases', () => {
    const toy = asking(6, 3);
    const first = new StallStrategy(toy, 5);
    first.recall(null);
    first.enter({ index: 0, epoch: 0, turn: 0, of: 1 });
    runs(toy, first, 30);
    const memory = first.merge(null, [first.lessons()]);
    const [one, two] = [0, 1].map((turn) => {
      const strategy = new StallStrategy(toy, 5);
      strategy.recall(memory);
      strategy.enter({ index: 1 + turn, epoch: 1, turn, of: 2 });
      return new Set(runs(toy, strategy, SLICE).map(base).filter((name) => name !== '' && !name.includes('\n')));
    });
    expect([...one].filter((name) => two.has(name))).toEqual([]);
    expect(one.size + two.size).toBe(12);
  });

  it('slices of one epoch divide the work: together they try what one alone tries, and nothing twice', () => {
    const steps = { A: 6, B: 6 };
    const [toy, teacher] = [contenders(steps), new StallStrategy(contenders(steps), 5)];
    // Of the first slice, 60 runs: all singles, and some of the pairs.
    const first = new StallStrategy(toy, 5);
    first.recall(null);
    first.enter({ index: 0, epoch: 0, turn: 0, of: 1 });
    const begun = runs(toy, first, 60);
    const memory: Json = teacher.merge(null, [first.lessons()]);
    const divided = Array.from({ length: 4 }, (_each, turn) => {
      const strategy = new StallStrategy(toy, 5);
      strategy.recall(memory);
      strategy.enter({ index: 1 + turn, epoch: 1, turn, of: 4 });
      return runs(toy, strategy, SLICE);
    });
    const pairs = [...begun, ...divided.flat()].filter(({ stalls }) => stalls.length === 2).map(({ stalls }) => key(stalls));
    expect(divided.map((slice) => slice.some(({ stalls }) => stalls.length === 2))).toEqual([true, true, true, true]);
    expect(new Set(pairs).size).toBe(pairs.length);
    const alone = runs(toy, new StallStrategy(toy, 5)).filter(({ stalls }) => stalls.length === 2).map(({ stalls }) => key(stalls));
    expect(pairs.toSorted()).toEqual(alone.toSorted());
  });
});
