import { describe, expect, it } from 'vitest';
import { PCT_HISTORY, PctSampler, PosSampler, SurwSampler, TurnTaking, WalkSampler, type Sampler } from '../../src/explore/index.ts';
import { US, type Context, type Op, type Simulator } from '../../src/sim/index.ts';
import { Toy } from './toys.ts';

/** A program, and who made which of the steps that count, a letter for each. */
interface Small {
  readonly toy: Toy;
  order(): string;
}

/**
 * Contexts that start together. Each is spelt as its steps: `x` and `y` are accesses to shared variables, `.` touches
 * nothing. What counts are the accesses to x, noted by the first letter of the context's name.
 */
function threads(spelt: Readonly<Record<string, string>>): Small {
  const toy = new Toy();
  let order = '';
  toy.sim.onReset(() => {
    order = '';
  });
  const alone = toy.sim.ops.define({ label: 'alone', lead: 1 * US, exec: () => 0 });
  Object.entries(spelt).forEach(([name, steps], i) => {
    const ops: Record<string, Op> = {
      x: toy.op(`${name} x`, 'x', () => {
        order += name;
      }),
      y: toy.op(`${name} y`, 'y', () => {}),
      '.': alone,
    };
    // Not at one instant, or the order of events would be drawn, too.
    toy.actor(name, i, function* () {
      for (const step of steps) yield ops[step];
    });
  });
  return { toy, order: () => order };
}

/** How often, of so many executions, each order was seen. */
function frequencies({ toy, order }: Small, sampler: Sampler, n = 12_000): Map<string, number> {
  const strategy = new TurnTaking('law', toy, 7, sampler);
  const seen = new Map<string, number>();
  for (let k = 0; k <= n; k++) {
    const outcome = toy.execute(strategy.begin(k));
    strategy.end(outcome);
    if (k > 0) seen.set(order(), (seen.get(order()) ?? 0) + 1 / n); // the first is nominal
  }
  return seen;
}

/** Whether each of `expected` was seen as often as that: within four standard deviations. */
function near(seen: ReadonlyMap<string, number>, expected: Readonly<Record<string, number>>, n = 12_000): boolean {
  return Object.entries(expected).every(([order, p]) => Math.abs((seen.get(order) ?? 0) - p) < 4 * Math.sqrt((p * (1 - p)) / n));
}

function uniform(...orders: readonly string[]): Record<string, number> {
  return Object.fromEntries(orders.map((order) => [order, 1 / orders.length]));
}

const A3B1 = ['AAAB', 'AABA', 'ABAA', 'BAAA'];

describe('a random walk', () => {
  it('tosses a coin for every step', () => {
    const seen = frequencies(threads({ A: 'xxx', B: 'x' }), new WalkSampler());
    expect(near(seen, { BAAA: 1 / 2, ABAA: 1 / 4, AABA: 1 / 8, AAAB: 1 / 8 })).toBe(true);
    expect(near(seen, uniform(...A3B1))).toBe(false);
  });
});

describe('PCT (theorem: at least 1 / (n k^(d-1)))', () => {
  /** A bug of depth 2: B's access falls between the two of A. 2 contexts, so many steps. */
  const between = (padding: number): { readonly small: Small; readonly bound: number } => {
    const pad = '.'.repeat(padding);
    return { small: threads({ A: `${pad}xx`, B: `${pad}x` }), bound: 1 / (2 * (2 * padding + 3)) };
  };

  /** Falls nowhere: only the priorities at the start decide. */
  class NeverFalls extends PctSampler {
    override took(): void {}
  }

  for (const padding of [0, 5, 20]) {
    it(`depth 2, ${2 * padding + 3} steps`, () => {
      const { small, bound } = between(padding);
      expect(frequencies(small, new PctSampler([2])).get('ABA')).toBeGreaterThan(0.9 * bound);
    });
  }

  it('depth 3: A is interrupted after its first, B before its last', () => {
    // No other way than A first, the second change at its first access, the first change at B's: the bound itself.
    const found = frequencies(threads({ A: '...xx', B: '...xx' }), new PctSampler([3]));
    expect(near(found, { ABAB: 1 / (2 * 10 * 10) })).toBe(true);
  });

  it('depth 1: each of two comes first as often as the other', () => {
    expect(near(frequencies(threads({ A: '....x', B: 'x' }), new PctSampler([1])), uniform('AB', 'BA'))).toBe(true);
  });

  it('does not hold for one whose priorities never change, nor for a depth too small', () => {
    const { small, bound } = between(5);
    for (const broken of [new NeverFalls([2]), new PctSampler([1])]) expect(frequencies(small, broken).get('ABA') ?? 0).toBeLessThan(0.9 * bound);
  });

  it('learns k from the last executions: a long one is forgotten, and does not put the changes beyond the end of all that follow', () => {
    const small = threads({ A: '....x', B: 'x' });
    const pct = new PctSampler([3]);
    expect(pct.lengths).toEqual([]);
    frequencies(threads({ A: '.'.repeat(500), B: 'x' }), pct, 1);
    expect(pct.lengths).toEqual([501]);
    frequencies(small, pct, 3);
    expect(pct.lengths).toEqual([501, 6, 6, 6]);
    frequencies(small, pct, PCT_HISTORY);
    expect(pct.lengths).toEqual(Array(PCT_HISTORY).fill(6));
  });

  it('gives the next epoch the last lengths of each slice', () => {
    const pct = new PctSampler();
    const slices = Array.from({ length: 4 }, (_none, slice) => Array.from({ length: PCT_HISTORY }, (_each, i) => 100 * slice + i));
    expect(pct.merge(null, slices)).toEqual(slices.flatMap((lengths) => lengths.slice(-4)));
    expect(pct.merge([1, 2, 3], slices.slice(0, 1))).toEqual(slices[0]);
    expect(pct.merge(null, Array.from({ length: 64 }, (_none, slice) => [slice]))).toEqual(Array.from({ length: PCT_HISTORY }, (_none, i) => 48 + i));
  });
});

describe('POS', () => {
  /** Draws nothing anew. */
  class Stubborn extends PosSampler {
    override took(ctx: Context, _all: readonly Context[], arriving: Context | null): void {
      super.took(ctx, [], arriving);
    }
  }

  it('steps that conflict with nothing: one of n comes last once in n times, where a walk needs n coins', () => {
    const small = threads({ A: '........x', B: 'x' });
    expect(near(frequencies(small, new PosSampler()), { AB: 1 / 10, BA: 9 / 10 })).toBe(true);
    expect(near(frequencies(small, new WalkSampler()), { AB: 1 / 10 })).toBe(false);
  });

  it('steps that conflict: how one pair is ordered says nothing about the next', () => {
    const small = threads({ A: 'xxx', B: 'x' });
    const expected = { AAAB: 1 / 8, AABA: 1 / 8, ABAA: 1 / 4, BAAA: 1 / 2 };
    expect(near(frequencies(small, new PosSampler()), expected)).toBe(true);
    expect(near(frequencies(small, new Stubborn()), expected)).toBe(false);
  });

  it('three that conflict: none of their six orders is half as likely as it should be', () => {
    const seen = frequencies(threads({ A: 'x', B: 'x', C: 'x' }), new PosSampler());
    for (const order of ['ABC', 'ACB', 'BAC', 'BCA', 'CAB', 'CBA']) expect(seen.get(order), order).toBeGreaterThan(1 / 12);
  });
});

describe('SURW', () => {
  /** Every context as likely as the other, whatever it has left. */
  class Unweighted extends SurwSampler {
    protected override weight(): number {
      return 1;
    }
  }

  const surw = ({ toy }: Small): Sampler => new SurwSampler(toy.sim);

  it('every order of the accesses to one object is as likely as any other', () => {
    for (const [spelt, orders] of [
      [{ A: 'xxx', B: 'x' }, A3B1],
      [{ A: 'xx', B: 'xx' }, ['AABB', 'ABAB', 'ABBA', 'BAAB', 'BABA', 'BBAA']],
      [{ A: 'x', B: 'x', C: 'x' }, ['ABC', 'ACB', 'BAC', 'BCA', 'CAB', 'CBA']],
    ] as const) {
      const small = threads(spelt);
      expect(near(frequencies(small, surw(small)), uniform(...orders)), JSON.stringify(spelt)).toBe(true);
    }
  });

  it('whatever else the contexts do meanwhile', () => {
    const small = threads({ A: '.......x..x.x', B: 'x......' });
    expect(near(frequencies(small, surw(small)), uniform(...A3B1))).toBe(true);
    expect(near(frequencies(small, new PosSampler()), uniform(...A3B1))).toBe(false);
  });

  it('is not, if what each has left does not weigh', () => {
    const small = threads({ A: 'xxx', B: 'x' });
    expect(near(frequencies(small, new Unweighted(small.toy.sim)), uniform(...A3B1))).toBe(false);
  });

  it('whoever has yet to start another counts for both', () => {
    const small = started('..........');
    expect(near(frequencies(small, surw(small)), { AAM: 1 / 3, AMA: 1 / 3, MAA: 1 / 3 })).toBe(true);
  });

  it('whose turn it is may be that of one whom it has yet to start', () => {
    const small = started('....', { other: true });
    const orders = ['AAMO', 'AAOM', 'AMAO', 'AMOA', 'AOAM', 'AOMA', 'MAAO', 'MAOA', 'MOAA', 'OAAM', 'OAMA', 'OMAA'];
    expect(near(frequencies(small, surw(small)), uniform(...orders))).toBe(true);
    const both = started('', { children: { A: 1, C: 1 }, own: 0, other: true });
    expect(near(frequencies(both, surw(both)), uniform('ACO', 'AOC', 'CAO', 'COA', 'OAC', 'OCA'))).toBe(true);
  });

  it('picks what at least two contexts touch, one of them writing, and by turns', () => {
    const small = threads({ A: 'xxyx', B: 'x.y' });
    const sampler = new SurwSampler(small.toy.sim);
    const chosen = new Map<string, number>();
    const strategy = new TurnTaking('law', small.toy, 7, sampler);
    for (let k = 0; k < 3000; k++) {
      const outcome = small.toy.execute(strategy.begin(k));
      if (k > 0) chosen.set(sampler.objectName, (chosen.get(sampler.objectName) ?? 0) + 1);
      strategy.end(outcome);
    }
    // 4 accesses to x, 2 to y.
    expect([...chosen.keys()].toSorted()).toEqual(['x', 'y']);
    expect(chosen.get('x')! / chosen.get('y')!).toBeGreaterThan(1.7);
    expect(chosen.get('x')! / chosen.get('y')!).toBeLessThan(2.3);
  });
});

/**
 * M starts each of `children`, name and number of accesses, one after the other, does something else, and then makes its
 * own accesses. With `other`, O makes one, too, as soon as it likes.
 */
function started(meanwhile: string, { children = { A: 2 }, own = 1, other = false }: { children?: Readonly<Record<string, number>>; own?: number; other?: boolean } = {}): Small {
  const toy = new Toy();
  let order = '';
  toy.sim.onReset(() => {
    order = '';
  });
  const access = (name: string): Op => toy.op(`${name} x`, 'x', () => {
    order += name;
  });
  const alone = toy.sim.ops.define({ label: 'alone', lead: 1 * US, exec: () => 0 });
  const ofM = access('M');
  const starts = Object.entries(children).map(([name, accesses]) => {
    const child = later(toy.sim, name, access(name), accesses);
    return toy.sim.ops.define({
      label: `start ${name}`, lead: 1 * US,
      exec() {
        child.start();
        return 0;
      },
    });
  });
  toy.actor('M', 0, function* () {
    yield* starts;
    for (let i = 0; i < meanwhile.length; i++) yield alone;
    for (let i = 0; i < own; i++) yield ofM;
  });
  if (other) {
    const ofO = access('O');
    toy.actor('O', 0, function* () {
      yield ofO;
    });
  }
  return { toy, order: () => order };
}

/** A context that makes an access so many times, and that somebody else starts. */
function later(sim: Simulator, name: string, access: Op, times: number): Context {
  let left = 0;
  sim.onReset(() => {
    left = times;
  });
  return sim.context(name, { resume: () => (left-- > 0 ? access : 0) });
}
