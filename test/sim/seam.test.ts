import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED, NOMINAL, Prng, Signal, formatRelease, parseRelease, type Chooser, type Planned, type Release } from '../../src/sim/index.ts';
import { Bed, again, answers, schedule } from './bed.ts';

/** Three contexts that step, poll each other's flags, sleep and ask for faults. */
function lively(): Bed {
  const bed = new Bed();
  const signals = [new Signal(), new Signal(), new Signal()];
  const flags = [0, 0, 0];
  bed.sim.onReset(() => {
    flags.fill(0);
    for (const signal of signals) signal.reset();
  });
  const raise = bed.op('raise', 10, {
    jitter: 40, tail: 5, site: (i) => `raise ${i}`,
    exec: (i) => {
      flags[i]!++;
      signals[i]!.changed();
      return flags[i]!;
    },
  });
  const poll = bed.op('poll', 4, {
    kind: 'poll', exec: (i, ctx) => (flags[i] !== ctx.pollLast || bed.sim.now >= ctx.pollDeadline ? flags[i]! : ctx.park(signals[i]!)),
  });
  const fault = bed.op('fault', 10, { exec: (_operand, ctx) => bed.sim.choose('fault', ctx.name, ctx.step, 3, 'fault') });
  const doze = bed.op('doze', 10, { exec: (_operand, ctx) => (ctx.doze(ctx.arg), BLOCKED) });
  for (let i = 0; i < 3; i++) {
    const ctx = bed.context(`C${i}`, function* () {
      const other = (i + 1) % 3;
      let seen = 0;
      for (let n = 0; n < 6; n++) {
        yield raise | (i << 8);
        if ((yield fault) === 2) yield raise | (other << 8);
        ctx.pollLast = seen;
        ctx.pollPeriod = 7;
        ctx.pollDeadline = bed.sim.now + 200;
        seen = yield poll | (other << 8);
        ctx.arg = 20 * i;
        yield doze;
      }
    });
  }
  return bed;
}

const RELEASES: readonly Release[] = [
  { kind: 'quiet' }, { kind: 'timeouts', n: 1 }, { kind: 'timeouts', n: 2 }, { kind: 'until', actor: 'C1', step: 7 },
  { kind: 'until', actor: 'C2', step: 12 }, { kind: 'for', ps: 33 }, { kind: 'for', ps: 1000 },
];

/** A schedule of everything, drawn from a seed. */
function random(seed: number): Chooser {
  const prng = new Prng(seed, 1);
  const plan: Planned[] = [];
  for (let i = prng.below(6); i > 0; i--) {
    const actor = `C${prng.below(3)}`;
    const step = prng.below(24);
    plan.push(prng.oneIn(3) ? { actor, step, late: 1 + prng.below(8) } : { actor, step, release: RELEASES[prng.below(RELEASES.length)]! });
  }
  return { plan, draw: (_kind, _actor, _step, n) => (prng.oneIn(3) ? prng.below(n) : 0) };
}

describe('a release', () => {
  const release: fc.Arbitrary<Release> = fc.oneof(
    fc.constant({ kind: 'quiet' } as const),
    fc.record({ kind: fc.constant('timeouts' as const), n: fc.integer({ min: 1, max: 999_999 }) }),
    fc.record({
      kind: fc.constant('until' as const), actor: fc.stringMatching(/^[a-z][a-z:/0-9 ]{0,11}$/), step: fc.integer({ min: 0, max: 999_999_999 }),
    }),
    fc.record({ kind: fc.constant('for' as const), ps: fc.integer({ min: 1, max: 999_999_999_999_999 }) }),
  );

  it('is read as it was written', () => {
    fc.assert(fc.property(release, (r) => {
      expect(parseRelease(formatRelease(r))).toEqual(r);
    }));
  });

  it('that is none is not read', () => {
    for (const text of ['', 'Quiet', 'timeouts', 'timeouts 0', 'timeouts -1', 'until #3', 'until A', 'for 0 ps', 'for 1.5 ps', 'for 10', 'quiet ']) {
      expect(parseRelease(text)).toBeUndefined();
    }
  });
});

describe('order', () => {
  /** Four contexts with a step each at one instant, and one behind them. */
  function tied(): Bed {
    const bed = new Bed();
    const step = bed.op('step', 10);
    for (const name of ['A', 'B', 'C', 'D']) bed.context(name, function* () {
      yield step;
    });
    bed.context('E', function* () {
      yield step;
    }, 1);
    return bed;
  }

  it('is first in, first out, unless the schedule has it otherwise', () => {
    const bed = tied();
    bed.run();
    expect(bed.order).toEqual(['A#0@10', 'B#0@10', 'C#0@10', 'D#0@10', 'E#0@11']);
  });

  it('puts any of the events of one instant first, and only those', () => {
    const found = new Set<string>();
    fc.assert(fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (picks) => {
      const bed = tied();
      let asked = 0;
      bed.run(answers((kind, actor, step, n) => {
        expect([kind, actor, step]).toEqual(['order', 'queue', asked]);
        return (picks[asked++] ?? 0) % n;
      }));
      expect(bed.seen.map(({ at }) => at)).toEqual([10, 10, 10, 10, 11]);
      expect(bed.seen.at(-1)!.who).toBe('E');
      found.add(bed.seen.slice(0, 4).map(({ who }) => who).toSorted().join(''));
    }));
    expect([...found]).toEqual(['ABCD']);
  });

  it('reaches every permutation of a tie', () => {
    const found = new Set<string>();
    // The ties: four starts, then four effects. The effects come in the order of the starts.
    for (const a of [0, 1, 2, 3]) for (const b of [0, 1, 2]) for (const c of [0, 1]) {
      const bed = tied();
      bed.run(answers((_kind, _actor, step) => [a, b, c][step] ?? 0));
      found.add(bed.seen.slice(0, 4).map(({ who }) => who).join(''));
    }
    expect(found.size).toBe(24);
  });
});

describe('an answer of the seam', () => {
  it('is recorded only if it departs, in the order in which it took effect', () => {
    const bed = lively();
    bed.run(answers((kind, _actor, step) => (kind === 'fault' && step === 1 ? 2 : 0)));
    expect(bed.sim.taken).toEqual([0, 1, 2].map((i) => ({ kind: 'fault', actor: `C${i}`, step: 1, label: 'fault', value: 2 })));
  });

  it('out of its range is an error', () => {
    const bed = lively();
    expect(() => bed.run(answers((kind) => (kind === 'fault' ? 3 : 0)))).toThrow('choice 3 of 3');
  });

  it('that is always 0 gives the nominal run', () => {
    const bed = lively();
    bed.run();
    const { hash } = bed.sim;
    bed.run(answers(() => 0));
    expect(bed.sim.hash).toBe(hash);
    expect(bed.sim.taken).toEqual([]);
  });
});

describe('a run', () => {
  it('is reset in place: it is the same after arbitrary others', () => {
    const bed = lively();
    fc.assert(fc.property(fc.nat(), fc.array(fc.nat(), { maxLength: 3 }), (seed, others) => {
      const fresh = lively();
      const reason = fresh.run(random(seed));
      for (const other of others) bed.run(random(other));
      expect(bed.run(random(seed))).toBe(reason);
      expect([bed.order, bed.sim.hash, bed.sim.taken, bed.sim.steps, bed.sim.now])
        .toEqual([fresh.order, fresh.sim.hash, fresh.sim.taken, fresh.sim.steps, fresh.sim.now]);
    }), { numRuns: 200 });
  });

  it('that was cut short leaves nothing behind either', () => {
    const bed = lively();
    bed.run();
    const { hash } = bed.sim;
    for (let limit = 1; limit < 40; limit++) {
      bed.sim.limit = limit;
      bed.run(random(limit));
      bed.sim.limit = 1_000_000;
      bed.run();
      expect(bed.sim.hash).toBe(hash);
    }
  });

  it('is the same again when what it has taken is its schedule', () => {
    const bed = lively();
    let departures = 0;
    for (let seed = 0; seed < 300; seed++) {
      bed.run(random(seed));
      const { hash, steps, now } = bed.sim;
      const taken = bed.sim.taken.map((d) => ({ ...d }));
      bed.run(again(taken));
      expect([bed.sim.hash, bed.sim.steps, bed.sim.now]).toEqual([hash, steps, now]);
      expect(bed.sim.taken).toEqual(taken);
      departures += taken.length;
    }
    expect(departures).toBeGreaterThan(1000);
  });

  it('always comes to its end: no schedule loses a context', () => {
    const bed = lively();
    for (let seed = 0; seed < 300; seed++) {
      expect(bed.run(random(seed))).toBe('done');
      expect(bed.allDone).toBe(true);
      expect(bed.sim.anyHeld).toBe(false);
    }
  });

  it('has a hash that tells who did what, with which result, and when', () => {
    const hashOf = (lead: number, value: number, name: string, operand: number): number => {
      const bed = new Bed();
      if (name === 'second') bed.context('first', function* () {}, -1);
      const op = bed.op('op', lead, { exec: () => value });
      bed.context(name, function* () {
        yield op | (operand << 8);
      });
      bed.run();
      return bed.sim.hash;
    };
    const hashes = [hashOf(1, 0, 'first', 0), hashOf(2, 0, 'first', 0), hashOf(1, 5, 'first', 0), hashOf(1, 0, 'second', 0), hashOf(1, 0, 'first', 9)];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('that was cut short while a late step was held is no later the next time', () => {
    const bed = new Bed();
    const late = bed.op('late', 10, { jitter: 40 });
    const step = bed.op('step', 1);
    for (const [name, op] of [['A', late], ['B', step]] as const) bed.context(name, function* () {
      for (let i = 0; i < 3; i++) yield op;
    });
    bed.sim.limit = 2;
    bed.run(schedule([{ actor: 'A', step: 0, late: 8 }, { actor: 'A', step: 0, release: { kind: 'quiet' } }]));
    expect(bed.times('A')).toEqual([]);
    bed.sim.limit = 100;
    bed.run();
    expect(bed.times('A')).toEqual([10, 20, 30]);
  });

  it('with a stall and a timing at one step takes both', () => {
    const bed = lively();
    const plan: Planned[] = [{ actor: 'C0', step: 0, late: 8 }, { actor: 'C0', step: 0, release: { kind: 'for', ps: 100 } }];
    bed.run(schedule(plan));
    expect(bed.times('C0')[0]).toBe(100 + 10 + 40);
    bed.run(NOMINAL);
    expect(bed.times('C0')[0]).toBe(10);
  });
});
