import { describe, expect, it } from 'vitest';
import { Coverage, GreyboxStrategy, Hunter, normalise, scheduleKey, type Json, type Question } from '../../src/explore/index.ts';
import { Corpus, MOST_SEEDS, fittest, type Seed } from '../../src/explore/strategies/corpus.ts';
import { KCS } from '../../src/scenarios/index.ts';
import { Prng, parseRelease, type Decision } from '../../src/sim/index.ts';
import { SUBJECT, Toy, faultAndStall, threeCauses, twoStalls } from './toys.ts';

describe('greybox search', () => {
  it.each([['two stalls', twoStalls], ['fault and stall', faultAndStall], ['three causes', threeCauses]])('%s: finds it', (_name, make) => {
    const hunter = new Hunter(make(), SUBJECT, { strategy: 'greybox', maxExecutions: 4000 });
    while (!hunter.done) hunter.advance(100);
    expect(hunter.findings).toHaveLength(1);
  });

  it('sees the phase of the driver, the flags of the device and the last interrupt', () => {
    const system = KCS.build({ driver: 'kcs-bmc@v2', settings: {} });
    const situations = new Set<number>();
    system.sim.observer = { step: () => situations.add(system.situation!()) };
    system.execute({ plan: [], draw: () => 0 });
    system.sim.observer = null;
    expect(situations.size).toBeGreaterThan(10);
  });

  it('leaves the system as it was: nobody watches when it has done', () => {
    const toy = twoStalls();
    const strategy = new GreyboxStrategy(toy, 1);
    for (let k = 0; k < 200; k++) {
      strategy.end(toy.execute(strategy.begin(k)));
      expect(toy.sim.observer).toBeNull();
    }
  });
});

describe('a corpus', () => {
  /** Each shows one feature of its own. */
  const seed = (feature: number, taken = 0): Seed => ({ decisions: [], asked: [], features: [feature], taken });

  /** How often each of `seeds` is taken for a parent, if feature f was shown by `hits[f]` executions. */
  function draws(hits: readonly number[], seeds: readonly Seed[], n = 4000): number[] {
    const coverage = new Coverage(new Toy());
    coverage.recall(hits.flatMap((count, feature) => [feature, count]));
    const corpus = new Corpus(coverage);
    corpus.recall(seeds);
    const times = seeds.map(() => 0);
    const prng = new Prng(1, 1);
    for (let i = 0; i < n; i++) times[seeds.indexOf(corpus.draw(prng))]++;
    return times;
  }

  it('prefers what shows the rare', () => {
    const [rare, common] = draws([1, 1000], [seed(0), seed(1)], 400);
    expect(rare).toBeGreaterThan(10 * common);
  });

  it('gives everybody its turn: who was taken often is taken less, in proportion to how rare it is', () => {
    const [once, twice, thrice] = draws([10, 20, 30], [seed(0), seed(1), seed(2)]);
    expect(once / twice).toBeCloseTo(2, 0);
    expect(once / thrice).toBeCloseTo(3, 0);
    const [fresh, worn] = draws([1, 1], [seed(0), seed(1, 5000)]);
    expect(fresh).toBeGreaterThan(10 * worn);
  });

  it('goes by the rarest of what a schedule has shown', () => {
    const [both, common] = draws([1, 1000], [{ ...seed(0), features: [1, 0] }, seed(1)], 400);
    expect(both).toBeGreaterThan(10 * common);
  });

  it('when it is full, keeps the rarest, and of equals the newer, in the order in which they came', () => {
    const hits = Int32Array.from({ length: MOST_SEEDS + 4 }, () => 5);
    hits[3] = hits[7] = 9;
    const seeds = [...hits.keys()].map((feature) => seed(feature));
    expect(fittest(seeds, hits).map(({ features }) => features[0])).toEqual([...hits.keys()].filter((f) => ![0, 1, 3, 7].includes(f)));
    expect(fittest(seeds.slice(0, MOST_SEEDS), hits)).toHaveLength(MOST_SEEDS);
  });
});

describe('children of a greybox search', () => {
  const STEPS = 40;

  /** Two actors of 40 steps; those of A ask for one of six answers, each. */
  function asking(): Toy {
    const toy = new Toy();
    const ask = toy.op('ask', 'x', (ctx) => toy.sim.choose('fault', 'A', ctx.step, 6, 'fault'));
    const walk = toy.op('walk', 'x', () => {});
    for (const [name, op] of [['A', ask], ['B', walk]] as const) {
      toy.actor(name, 0, function* () {
        for (let i = 0; i < STEPS; i++) yield op;
      });
    }
    return toy;
  }

  const stall = (step: number, value = 'quiet'): Decision => ({ kind: 'stall', actor: 'B', step, label: '', value });
  const fault = (step: number, value: number): Decision => ({ kind: 'fault', actor: 'A', step, label: 'fault', value });

  /** What comes of 4000 executions that know nothing but these seeds, all alike rare, whose runs asked for one of `n` answers. */
  function children(parents: readonly (readonly Decision[])[], n = 6): { readonly born: Decision[][]; readonly fresh: number } {
    const toy = asking();
    const strategy = new GreyboxStrategy(toy, 3);
    const asked = Array.from({ length: STEPS }, (_each, step): Question => ({ kind: 'fault', actor: 'A', step, label: 'fault', rank: step, n }));
    const seeds = parents.map((decisions, feature): Seed => ({ decisions, asked, features: [feature], taken: 0 }));
    const memory = { hits: parents.flatMap((_each, feature) => [feature, 1]), seeds };
    const born: Decision[][] = [];
    let fresh = 0;
    for (let k = 0; k < 4000; k++) {
      if (k % 64 === 0) { // what it has added itself is forgotten
        strategy.recall(memory as unknown as Json);
        strategy.enter({ index: 1 + k / 64, epoch: 1, turn: 0, of: 1 });
      }
      const chooser = strategy.begin(1000 + k);
      const outcome = toy.execute(chooser);
      if ('asked' in chooser) born.push(normalise(outcome.taken).map((d) => ({ ...d, label: d.kind === 'stall' ? '' : d.label })));
      else fresh++;
      strategy.end(outcome);
    }
    return { born, fresh };
  }

  /** The only decision in which a child differs from its parent: what it was, and what it is; undefined: there are more. */
  function change(parent: readonly Decision[], child: readonly Decision[]): readonly [Decision | undefined, Decision | undefined] | undefined {
    const key = (d: Decision): string => scheduleKey([d]);
    const gone = parent.filter((d) => !child.some((other) => key(other) === key(d)));
    const come = child.filter((d) => !parent.some((other) => key(other) === key(d)));
    return gone.length <= 1 && come.length <= 1 ? [gone[0], come[0]] : undefined;
  }

  it('one execution in four is new from the ground up', () => {
    const { fresh } = children([[stall(10)]]);
    expect(fresh / 4000).toBeCloseTo(1 / 4, 1);
  });

  it('add, drop, move, change the release, answer otherwise: each happens, and within its bounds', () => {
    const parent = [stall(20), fault(10, 3)];
    const seen = { same: 0, added: 0, answered: 0, dropped: 0, moved: 0, released: 0, otherwise: 0 };
    for (const child of children([parent]).born) {
      const changed = change(parent, child);
      if (changed === undefined) continue;
      const [was, is] = changed;
      if (was === undefined && is === undefined) seen.same++;
      else if (was === undefined) seen[is!.kind === 'stall' ? 'added' : 'answered']++;
      else if (is === undefined) seen.dropped++;
      else if (was.kind === 'stall' && is.kind === 'stall') {
        if (was.step === is.step) seen.released++;
        else if (was.value === is.value && was.actor === is.actor && Math.abs(was.step - is.step) <= 8) seen.moved++;
      } else if (was.kind === 'fault' && is.kind === 'fault' && was.step === is.step) {
        expect(is.value).toBeGreaterThanOrEqual(1);
        expect(is.value).toBeLessThan(6);
        seen.otherwise++;
      }
    }
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(20);
  });

  it('moves a stall to either side alike, by one step to eight', () => {
    const moves = children([[stall(20)]]).born.flat().filter(({ kind, actor, value }) => kind === 'stall' && actor === 'B' && value === 'quiet').map(({ step }) => step - 20);
    for (let by = -8; by <= 8; by++) expect(moves, `moved by ${by}`).toContain(by);
    const [earlier, later] = [moves.filter((by) => by < 0 && by >= -8).length, moves.filter((by) => by > 0 && by <= 8).length];
    expect(earlier / later).toBeGreaterThan(0.8);
    expect(earlier / later).toBeLessThan(1.25);
  });

  it('tries every kind of release', () => {
    const releases = new Set(children([[stall(20)]]).born.flat().filter(({ kind }) => kind === 'stall').map(({ value }) => parseRelease(String(value))?.kind));
    expect(releases).toEqual(new Set(['quiet', 'timeouts', 'until', 'for']));
  });

  it('one in four has two parents: the beginning of the one, the end of the other', () => {
    const [mother, father] = [[fault(1, 1), fault(2, 1), fault(3, 1)], [fault(31, 1), fault(32, 1), fault(33, 1)]];
    const names = [mother, father].map((parent) => new Set(parent.map((d) => scheduleKey([d]))));
    let mixed = 0;
    let straight = 0;
    const joins = new Set<string>();
    const { born } = children([mother, father], 2); // no other answer than the one they have
    for (const child of born) {
      const [ofMother, ofFather] = names.map((own) => [...own].map((name) => (child.some((d) => scheduleKey([d]) === name) ? 'x' : '.')).join(''));
      if (ofMother === '...' || ofFather === '...') continue;
      mixed++;
      joins.add(`${ofMother} ${ofFather}`);
      const [beginning, end] = [/^x+\.*$/, /^\.*x+$/];
      if (beginning.test(ofMother) && end.test(ofFather) || beginning.test(ofFather) && end.test(ofMother)) straight++;
    }
    // A quarter has two parents, half of these two different ones, nine of sixteen ways to join them leave something of both; changes take some away.
    expect(mixed / born.length).toBeGreaterThan(0.03);
    expect(mixed / born.length).toBeLessThan(0.10);
    expect(straight / mixed).toBeGreaterThan(0.8);
    for (const join of ['x.. ..x', 'x.. .xx', 'xx. ..x', 'xx. .xx', 'xxx xxx', '..x xx.']) expect(joins).toContain(join);
  });
});
