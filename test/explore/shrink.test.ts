import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng, US, type Decision, type Steps } from '../../src/sim/index.ts';
import { ScheduleChooser, Shrinker, compareMeasures, measure, traitsOf } from '../../src/explore/index.ts';
import type { Outcome } from '../../src/scenarios/system.ts';
import { Toy, drownedCause, faultAndStall, lostUpdate, shiftedStall, sixFaults, timerRace, twoStalls } from './toys.ts';

const stall = (actor: string, step: number, value: string = 'quiet'): Decision => ({ kind: 'stall', actor, step, label: '', value });

function shrunk(toy: Toy, decisions: readonly Decision[], target: { oracle: string; rule: string }, budget?: number): Shrinker {
  const shrinker = new Shrinker(toy, decisions, target, budget === undefined ? {} : { budget });
  while (!shrinker.done) shrinker.advance(17);
  return shrinker;
}

const shape = (shrinker: Shrinker): string[] => shrinker.decisions.map((d) => `${d.actor}#${d.step} ${d.value}`);

/** Actors that scribble over two variables in an order-sensitive way; a state of both is forbidden. */
function scribblers(steps: readonly (readonly number[])[], forbidden: () => number): Toy & { state(): number } {
  const toy = new Toy();
  steps.forEach((ops, i) => {
    const name = `T${i}`;
    const compiled = ops.map((kind, n) => {
      const variable = kind % 2 === 0 ? 'x' : 'y';
      return toy.op(`${name}: ${n}`, variable, () => {
        const other = toy.vars[variable === 'x' ? 'y' : 'x'];
        toy.vars[variable] = kind < 2 ? (toy.vars[variable] * 3 + i * 5 + n + 1) % 101 : (other + i + 1) % 101;
      });
    });
    toy.actor(name, i * 40 * US, function* (): Steps {
      for (const op of compiled) yield op;
    });
  });
  const state = (): number => toy.vars['x'] * 1000 + toy.vars['y'];
  toy.finally(() => {
    if (state() === forbidden()) toy.sim.violate('state-mismatch', 'forbidden', 'x, y', 'a forbidden state');
  });
  return Object.assign(toy, { state });
}

describe('shrinking', () => {
  it('deletes what is not needed, and finds the earliest place', () => {
    const toy = lostUpdate();
    const given = [
      stall('A', 2, 'for 2000000 ps'), stall('A', 6), stall('B', 0, 'for 3000000 ps'), stall('B', 9), stall('A', 8, 'timeouts 2'),
    ];
    const shrinker = shrunk(toy, given, { oracle: 'lost-byte', rule: 'lost-update' });
    expect(shrinker.reproduced).toBe(true);
    expect(shrinker.decisions).toEqual([{ kind: 'stall', actor: 'A', step: 6, label: 'A: store', value: 'quiet' }]);
    expect(shrinker.violation?.message).toBe('x is 1, not 2');
  });

  it('simplifies releases and lowers values', () => {
    const given: Decision[] = [
      { kind: 'workload', actor: 'A', step: 0, label: 'length', value: 7 },
      { kind: 'fault', actor: 'A', step: 6, label: 'copy fault', value: 2 },
      stall('A', 8, 'until B#1'),
    ];
    const shrinker = shrunk(faultAndStall(), given, { oracle: 'torn-message', rule: 'unlocked' });
    expect(shrinker.decisions).toEqual([
      { kind: 'fault', actor: 'A', step: 0, label: 'copy fault', value: 2 },
      { kind: 'stall', actor: 'A', step: 2, label: 'relock', value: 'quiet' },
    ]);
  });

  it('shortens a time that cannot be quiet', () => {
    const shrinker = shrunk(timerRace(), [stall('B', 0, 'for 200000000 ps')], { oracle: 'latency', rule: 'in-the-window' });
    expect(shape(shrinker)).toEqual(['B#0 for 100000000 ps']);
  });

  it('ends a stall that must end in time at the earliest step that will do', () => {
    // C looks while B is at its fifth to ninth step: held until all is quiet, it would look too late.
    const looks = (): Toy => {
      const toy = new Toy();
      const count = toy.op('count', 'x', () => void toy.vars['x']++);
      const look = toy.op('look', 'x', () => {
        if (toy.vars['x'] >= 5 && toy.vars['x'] < 9) toy.sim.violate('latency', 'in-the-window', 'C', `x is ${toy.vars['x']}`);
      });
      toy.actor('B', 50 * US, function* (): Steps {
        for (let i = 0; i < 12; i++) yield count;
      });
      toy.actor('C', 0, function* (): Steps {
        yield look;
      });
      return toy;
    };
    const shrinker = shrunk(looks(), [stall('C', 0, 'until B#7')], { oracle: 'latency', rule: 'in-the-window' });
    expect(shape(shrinker)).toEqual(['C#0 until B#4']);
  });

  it('tries a few time-outs in place of a time', () => {
    // C must look after two time-outs of D, and before the third.
    const waits = (): Toy => {
      const toy = new Toy();
      const wait = toy.sim.ops.define({ label: 'wait', kind: 'block', exec: (_operand, ctx) => ctx.doze(100 * US, 0, true) });
      const count = toy.op('count', 'x', () => void toy.vars['x']++);
      const look = toy.op('look', 'x', () => {
        if (toy.vars['x'] === 2) toy.sim.violate('latency', 'two', 'C', 'two time-outs have passed');
      });
      toy.actor('D', 0, function* (): Steps {
        for (let i = 0; i < 4; i++) {
          yield wait;
          yield count;
        }
      });
      toy.actor('C', 0, function* (): Steps {
        yield look;
      });
      toy.sim.finished = () => toy.vars['x'] === 4;
      return toy;
    };
    const shrinker = shrunk(waits(), [stall('C', 0, 'for 250000000 ps')], { oracle: 'latency', rule: 'two' });
    expect(shape(shrinker)).toEqual(['C#0 timeouts 2']);
  });

  it('replaces two by one', () => {
    // A waits for B and B for A; one quiet stall does the same.
    const toy = lostUpdate();
    const given = [stall('A', 3, 'until B#3'), stall('B', 6, 'until A#9')];
    expect(shape(shrunk(toy, given, { oracle: 'lost-byte', rule: 'lost-update' }))).toEqual(['A#6 quiet']);
  });

  /** A host of four rounds: it is lucky if in one of them it is late, and the daemon is held in that round. */
  function rounds(): Toy {
    const toy = new Toy();
    const draw = (label: string, n: number): number => toy.sim.choose('workload', 'host', questions++, n, label);
    const talk = toy.op('talk', 'x', () => void toy.vars['x']++);
    const serve = toy.op('serve', 'y', () => {
      if (late && toy.vars['x'] % 3 === 2) toy.sim.violate('latency', 'late', 'daemon', `in round ${Math.floor(toy.vars['x'] / 3)}`);
    });
    const wait = toy.pause('wait', 100 * US);
    let questions = 0;
    let late = false;
    toy.sim.onReset(() => {
      questions = 0;
      late = false;
    });
    toy.actor('host', 0, function* (): Steps {
      for (let i = 0; i < 4; i++) {
        draw('gap', 3);
        late = draw('late', 2) === 1 && draw('how', 3) === 2;
        for (let n = 0; n < 3; n++) yield talk;
        yield wait;
      }
    });
    toy.actor('daemon', 0, function* (): Steps {
      for (let i = 0; i < 4; i++) {
        yield serve;
        yield wait;
      }
    });
    return toy;
  }

  it('drops whole messages: what must be in one round together moves to the first', () => {
    const answer = (step: number, label: string, value: number): Decision => ({ kind: 'workload', actor: 'host', step, label, value });
    const given = [answer(4, 'gap', 1), answer(5, 'late', 1), answer(6, 'how', 2), stall('daemon', 4, 'until host#9')];
    // By the cheap passes alone, for it is known: the others would find a shorter way.
    const shrinker = new Shrinker(rounds(), given, { oracle: 'latency', rule: 'late' }, { known: [['stall daemon serve', 'workload host how', 'workload host late']] });
    while (!shrinker.done) shrinker.advance(100);
    expect(shrinker.violation?.message).toBe('in round 0');
    expect(shrinker.decisions).toEqual([answer(1, 'late', 1), answer(2, 'how', 2), { ...stall('daemon', 0, 'until host#1'), label: 'serve' }]);
    expect(shrinker.complete).toBe(false);
    const whole = shrunk(rounds(), given, { oracle: 'latency', rule: 'late' });
    expect(whole.decisions.slice(2)).toEqual([{ ...stall('host', 2), label: 'talk' }]);
    expect(whole.complete).toBe(true);
  });

  it('looks first for what breaks the rule beside what is known', () => {
    const given = [{ ...stall('C', 0), label: 'door' }, stall('A', 3), stall('A', 7)];
    const target = { oracle: 'latency', rule: 'late' };
    expect(shrunk(drownedCause(), given, target).decisions.map(({ label }) => label)).toEqual(['place']);
    const shrinker = new Shrinker(drownedCause(), given, target, { known: [['stall A place']] });
    while (!shrinker.done) shrinker.advance(1);
    expect(shrinker.decisions.map(({ label }) => label)).toEqual(['door']);
  });

  it('does not shrink what shows nothing beside what is known, or a longer way to it, if it need not', () => {
    const target = { oracle: 'latency', rule: 'late' };
    const places = [3, 7, 9, 11].map((step) => stall('A', step));
    const quick = new Shrinker(drownedCause(), places, target, { known: [['stall A place']], ways: [] });
    while (!quick.done) quick.advance(1);
    // Its own run, and the one without the places.
    expect(quick.executions).toBe(2);
    const answer = (step: number, label: string, value: number): Decision => ({ kind: 'workload', actor: 'host', step, label, value });
    const given = [answer(4, 'gap', 1), answer(5, 'late', 1), answer(6, 'how', 2), stall('daemon', 4, 'until host#9')];
    const whole = shrunk(rounds(), given, target);
    expect(whole.ways.map((way) => traitsOf(way))).toEqual([['stall daemon serve', 'workload host how', 'workload host late']]);
    const known = traitsOf(whole.decisions);
    const second = new Shrinker(rounds(), given, target, { known: [known], ways: whole.ways.map((way) => traitsOf(way)) });
    while (!second.done) second.advance(1);
    expect(traitsOf(second.decisions)).toEqual(traitsOf(whole.ways[0]));
    expect(second.executions).toBeLessThan(whole.executions);
    expect(second.complete).toBe(false);
  });

  it('drops whole actors: one who only undoes what another has done', () => {
    // B and C answer each other: neither can go alone, and A is all that it takes.
    const toy = new Toy();
    const given: number[] = [0, 0, 0, 0, 0];
    const ask = 'ABBCC'.split('').map((actor, i) => toy.op(`${actor}${i}`, 'x', (ctx) => {
      given[i] = toy.sim.choose('fault', ctx.name, ctx.step, 2, `fault ${i}`);
    }));
    [[0], [1, 2], [3, 4]].forEach((ops, i) => toy.actor('ABC'[i], i * 10 * US, function* (): Steps {
      for (const op of ops) yield ask[op];
    }));
    toy.finally(() => {
      const [a, b1, b2, c1, c2] = given;
      if (a === 1 && b1 + b2 + c1 + c2 !== 1 && b1 === b2 && c1 === c2) toy.sim.violate('errno', 'bad', 'A', 'bad');
    });
    const fault = (actor: string, step: number, i: number): Decision => ({ kind: 'fault', actor, step, label: `fault ${i}`, value: 1 });
    const shrinker = shrunk(toy, [fault('B', 0, 1), fault('C', 0, 3), fault('A', 0, 0), fault('B', 1, 2), fault('C', 1, 4)], { oracle: 'errno', rule: 'bad' });
    expect(shrinker.decisions).toEqual([fault('A', 0, 0)]);
  });

  it('keeps the cause if that is asked for, and the simpler one that breaks the same rule is another bug', () => {
    const toy = sixFaults(([a, b, c]) => (a > 0 || (b > 0 && c > 0) ? 'bad' : undefined));
    const given: Decision[] = [1, 2, 5].map((step) => ({ kind: 'fault', actor: 'A', step, label: `fault ${'abcdef'[step]}`, value: 1 }));
    const run = (sameCause: boolean): readonly number[] => {
      const shrinker = new Shrinker(toy, given, { oracle: 'errno', rule: 'bad' }, { sameCause });
      while (!shrinker.done) shrinker.advance(100);
      return shrinker.decisions.map(({ step }) => step);
    };
    expect(run(false)).toEqual([0]);
    expect(run(true)).toEqual([1, 2]);
  });

  const faults = (answers: string): Decision[] => [...answers].flatMap((c, step) => (
    c === '0' ? [] : [{ kind: 'fault' as const, actor: 'A', step, label: `fault ${'abcdef'[step]}`, value: Number(c) }]));

  it('deletes together what cannot be deleted one by one', () => {
    // b, d and f matter, but only as all or none: no single one can go, nor any half or pair of neighbours.
    const toy = sixFaults(([a, b, , d, , f]) => (a > 0 && b > 0 === d > 0 && d > 0 === f > 0 ? 'bad' : undefined));
    expect(shrunk(toy, faults('111111'), { oracle: 'errno', rule: 'bad' }).decisions).toEqual(faults('1'));
  });

  it('does not slip to another rule', () => {
    const toy = sixFaults(([a, b, c]) => (b > 0 && c > 0 ? 'rare' : a > 0 ? 'frequent' : undefined));
    expect(shrunk(toy, faults('112111'), { oracle: 'errno', rule: 'rare' }).decisions).toEqual(faults('011'));
  });

  it('keeps a stall at its site while the steps before it come and go', () => {
    const given: Decision[] = [{ kind: 'config', actor: 'scenario', step: 0, label: 'detour', value: 1 }, stall('A', 4)];
    const shrinker = shrunk(shiftedStall(), given, { oracle: 'torn-message', rule: 'open' }, 8);
    expect(shrinker.decisions).toEqual([{ kind: 'stall', actor: 'A', step: 1, label: 'close', value: 'quiet' }]);
  });

  it('copes with questions that lose answers', () => {
    const toy = new Toy();
    let answer = 0;
    const ask = toy.op('ask', 'x', (ctx) => {
      answer = toy.sim.choose('fault', ctx.name, ctx.step, toy.vars['wide'] === 1 ? 4 : 2, 'fault');
    });
    toy.vars['wide'] = 0;
    toy.actor('A', 0, function* () {
      toy.vars['wide'] = toy.sim.choose('config', 'scenario', 0, 2, 'wide');
      yield ask;
    });
    toy.finally(() => {
      if (answer > 0) toy.sim.violate('errno', 'bad', 'A', 'bad');
    });
    const given: Decision[] = [
      { kind: 'config', actor: 'scenario', step: 0, label: 'wide', value: 1 },
      { kind: 'fault', actor: 'A', step: 0, label: 'fault', value: 3 },
    ];
    expect(shrunk(toy, given, { oracle: 'errno', rule: 'bad' }).decisions).toEqual([{ ...given[1], value: 1 }]);
  });

  it('only ever accepts what is simpler', () => {
    const prng = new Prng(9);
    const toys = [
      [lostUpdate(), { oracle: 'lost-byte', rule: 'lost-update' }], [twoStalls(), { oracle: 'state-mismatch', rule: 'changed-between' }],
    ] as const;
    let accepted = 0;
    for (let i = 0; i < 1000; i++) {
      const [toy, target] = toys[i % 2];
      const given = Array.from({ length: 8 }, () => (
        stall('ABC'[prng.below(3)], prng.below(22), ['quiet', 'timeouts 1', 'for 5000000 ps', `until A#${prng.below(22)}`][prng.below(4)])));
      const shrinker = new Shrinker(toy, given, target);
      shrinker.advance(1);
      for (let { decisions } = shrinker; !shrinker.done; decisions = shrinker.decisions) {
        shrinker.advance(1);
        if (shrinker.decisions === decisions) continue;
        accepted++;
        expect(compareMeasures(measure(shrinker.decisions), measure(decisions))).toBeLessThan(0);
      }
    }
    expect(accepted).toBeGreaterThan(50);
  });

  it('leaves a schedule alone that does not show the violation', () => {
    const shrinker = shrunk(lostUpdate(), [stall('A', 0)], { oracle: 'lost-byte', rule: 'lost-update' });
    expect(shrinker.reproduced).toBe(false);
    expect(shrinker.violation).toBeUndefined();
    expect(shape(shrinker)).toEqual(['A#0 quiet']);
  });

  it('keeps to its budget, and is never worse than what it was given', () => {
    const given = [stall('C', 3), stall('A', 4, 'for 1000000 ps'), stall('A', 11), stall('B', 11), stall('C', 30)];
    for (const budget of [1, 2, 5, 20]) {
      const shrinker = shrunk(twoStalls(), given, { oracle: 'state-mismatch', rule: 'changed-between' }, budget);
      expect(shrinker.reproduced).toBe(true);
      expect(shrinker.executions).toBeLessThanOrEqual(budget + 1);
      expect(compareMeasures(measure(shrinker.decisions), measure(given))).toBeLessThanOrEqual(0);
    }
  });

  it('reaches the minimum that brute force knows', () => {
    const programs = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 }), { minLength: 2, maxLength: 3 });
    let tried = 0;
    const most = [0, 0, 0];
    fc.assert(fc.property(programs, fc.integer(), (steps, seed) => {
      let forbidden = -1;
      const toy = scribblers(steps, () => forbidden);
      const run = (decisions: readonly Decision[]): Outcome => toy.execute(new ScheduleChooser(decisions));
      const everywhere = steps.flatMap((ops, i) => ops.map((_, step) => stall(`T${i}`, step)));
      /** Fewest quiet stalls that lead to each state. */
      const fewest = new Map<number, number>();
      const note = (decisions: readonly Decision[]): void => {
        run(decisions);
        if (!fewest.has(toy.state())) fewest.set(toy.state(), decisions.length);
      };
      note([]);
      for (const one of everywhere) note([one]);
      for (const one of everywhere) for (const two of everywhere) if (one !== two) note([one, two]);
      const prng = new Prng(seed);
      for (const [state, minimum] of fewest) {
        forbidden = -1;
        if (minimum === 0) continue;
        // A schedule of 4 to 8 random stalls that leads there, if one turns up soon.
        for (let attempt = 0; attempt < 60; attempt++) {
          const given = Array.from({ length: 4 + prng.below(5) }, () => everywhere[prng.below(everywhere.length)]);
          run(given);
          if (toy.state() !== state) continue;
          forbidden = state;
          const shrinker = shrunk(toy, given, { oracle: 'state-mismatch', rule: 'forbidden' });
          expect(shrinker.reproduced).toBe(true);
          expect(shrinker.decisions.length).toBeLessThanOrEqual(minimum);
          tried++;
          most[minimum]++;
          break;
        }
      }
    }), { seed: 1, numRuns: 40 });
    expect(tried).toBeGreaterThan(100);
    expect(most[2]).toBeGreaterThan(10);
  });

  it('leaves nothing that can be deleted', () => {
    const toy = twoStalls();
    const target = { oracle: 'state-mismatch', rule: 'changed-between' };
    const prng = new Prng(4);
    let found = 0;
    for (let i = 0; i < 4000 && found < 10; i++) {
      const given = Array.from({ length: 6 }, () => stall(prng.oneIn(2) ? 'A' : 'B', prng.below(22)));
      if (toy.execute(new ScheduleChooser(given)).violations.length === 0) continue;
      found++;
      const { decisions } = shrunk(toy, given, target);
      for (let at = 0; at < decisions.length; at++) {
        const rest = decisions.filter((_, k) => k !== at);
        expect(toy.execute(new ScheduleChooser(rest)).violations).toEqual([]);
      }
      expect(toy.execute(new ScheduleChooser(decisions)).taken).toEqual(decisions);
    }
    expect(found).toBe(10);
  });
});
