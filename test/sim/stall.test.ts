import { describe, expect, it } from 'vitest';
import { BLOCKED, State, type Gate } from '../../src/sim/index.ts';
import { Bed, schedule, stalls } from './bed.ts';

/** Three contexts of steps of 10 ps, started at 0, 1 and 2. */
function three(steps = 4): Bed {
  const bed = new Bed();
  const step = bed.op('step', 10);
  for (const [i, name] of ['A', 'B', 'C'].entries()) bed.context(name, function* () {
    for (let n = 0; n < steps; n++) yield step;
  }, i);
  return bed;
}

describe('a stall', () => {
  it('sits before its step is issued: the effect comes a whole `lead` after the release', () => {
    const bed = three();
    const issuedAt: number[] = [];
    const { observer } = bed.sim;
    bed.sim.observer = {
      step(ctx, op, value) {
        observer!.step(ctx, op, value);
        if (ctx.name === 'A') issuedAt.push(ctx.issuedAt);
      },
    };
    bed.run(stalls('A#2 for 5 ps'));
    expect(bed.times('A')).toEqual([10, 20, 35, 45]);
    expect(issuedAt).toEqual([0, 10, 25, 35]);
  });

  it('holds the very first step, too', () => {
    const bed = three();
    bed.run(stalls('A#0 for 7 ps'));
    expect(bed.times('A')).toEqual([17, 27, 37, 47]);
  });

  it('of a time shorter than the `tail` before it changes nothing', () => {
    const bed = new Bed();
    const step = bed.op('step', 10, { tail: 6 });
    bed.context('A', function* () {
      yield step;
      yield step;
    });
    bed.run(stalls('A#1 for 5 ps'));
    expect(bed.times('A')).toEqual([10, 26]);
  });

  it('is recorded with its actor, step, site and release', () => {
    const bed = three();
    bed.run(stalls('B#1 quiet', 'A#3 for 5 ps'));
    expect(bed.sim.taken).toEqual([
      { kind: 'stall', actor: 'B', step: 1, label: 'step', value: 'quiet' },
      { kind: 'stall', actor: 'A', step: 3, label: 'step', value: 'for 5 ps' },
    ]);
  });

  it('is the first of several that are planned for one step, and recorded once', () => {
    const bed = three();
    bed.run(stalls('A#2 for 5 ps', 'A#2 for 7 ps', 'A#2 quiet'));
    expect(bed.times('A')).toEqual([10, 20, 35, 45]);
    expect(bed.sim.taken.map(({ value }) => value)).toEqual(['for 5 ps']);
  });

  it('that no step meets is not recorded', () => {
    const bed = three();
    bed.run(stalls('B#99 quiet', 'nobody#0 quiet'));
    expect(bed.sim.taken).toEqual([]);
    expect(bed.allDone).toBe(true);
  });
});

describe('quiet', () => {
  it('is when nothing is due any more: all others have ended', () => {
    const bed = three();
    bed.run(stalls('A#1 quiet'));
    expect(bed.times('A')).toEqual([10, 52, 62, 72]);
    expect(bed.times('C').at(-1)).toBe(42);
  });

  it('comes before a time-out, not after it', () => {
    const bed = three();
    let fired = -1;
    bed.at(1000, () => {
      fired = bed.sim.now;
    }, true);
    bed.sim.finished = () => fired > 0;
    bed.run(stalls('A#1 quiet'));
    expect(bed.times('A')[1]).toBe(52);
    expect(fired).toBe(1000);
  });

  it('comes after a sleep, which is progress', () => {
    const bed = three();
    bed.at(1000, () => {});
    bed.run(stalls('A#1 quiet'));
    expect(bed.times('A')[1]).toBe(1010);
  });

  it('waits for who is held for a time: that one is but slow', () => {
    const bed = three();
    bed.run(stalls('A#1 quiet', 'B#2 for 500 ps'));
    expect(bed.times('B')).toEqual([11, 21, 531, 541]);
    expect(bed.times('A')[1]).toBe(551);
  });

  it('releases who was held first, and the next when it is quiet again', () => {
    const bed = three();
    bed.run(stalls('C#0 quiet', 'A#1 quiet', 'B#2 quiet'));
    // Held in this order: C at 2, A at 10, B at 21.
    expect(bed.seen.map(({ who }) => who).join('')).toBe('ABBCCCCAAABB');
  });

  it('holds the same context again at a later step', () => {
    const bed = three();
    bed.run(stalls('A#1 quiet', 'A#2 quiet'));
    expect(bed.sim.taken.length).toBe(2);
    expect(bed.allDone).toBe(true);
  });
});

describe('past n time-outs', () => {
  function withTimeouts(...times: readonly number[]): Bed {
    const bed = three();
    for (const t of times) bed.at(t, () => {}, true);
    return bed;
  }

  it('is when so many have passed since the stall began', () => {
    for (const [n, at] of [[1, 1010], [2, 2010], [3, 3010]] as const) {
      const bed = withTimeouts(1000, 2000, 3000);
      bed.sim.finished = () => bed.sim.now >= 3000;
      bed.run(stalls(`A#1 timeouts ${n}`));
      expect(bed.times('A')[1]).toBe(at);
    }
  });

  it('is when there is no other left', () => {
    const bed = withTimeouts(1000, 2000);
    bed.sim.finished = () => bed.allDone;
    bed.run(stalls('A#1 timeouts 9'));
    expect(bed.times('A')[1]).toBe(2010);
  });

  it('ends with the run, if the goal is met before', () => {
    const bed = withTimeouts(1000, 2000, 3000);
    bed.sim.finished = () => bed.sim.now >= 1000;
    bed.run(stalls('A#1 timeouts 9'));
    expect(bed.times('A')[1]).toBe(1010);
    expect(bed.allDone).toBe(true);
  });

  it('counts neither those before nor progress', () => {
    const bed = withTimeouts(5, 2000);
    bed.at(1500, () => {});
    bed.sim.finished = () => bed.sim.now >= 2000;
    bed.run(stalls('A#1 timeouts 1'));
    expect(bed.times('A')[1]).toBe(2010);
  });
});

describe('until a step of another', () => {
  it('is when that is about to issue it', () => {
    const bed = three();
    bed.run(stalls('A#1 until B#2'));
    // B issues its step 2 at 21; A goes on at that instant.
    expect(bed.times('B')[1]).toBe(21);
    expect(bed.times('A')[1]).toBe(31);
  });

  it('does not depend on the steps of a third, nor on its stalls', () => {
    for (const more of [[], ['C#50 for 9 ps']]) {
      const bed = new Bed();
      const long = bed.op('long', 1000);
      const short = bed.op('short', 1);
      for (const [name, op, n] of [['A', short, 3], ['B', long, 3], ['C', short, 100]] as const) bed.context(name, function* () {
        for (let i = 0; i < n; i++) yield op;
      });
      bed.run(stalls('A#1 until B#1', ...more));
      expect(bed.times('A')).toEqual([1, 1001, 1002]);
    }
  });

  it('of its own, still to come, is when it is quiet', () => {
    const bed = three();
    bed.at(1000, () => {}, true);
    bed.sim.finished = () => bed.sim.now >= 1000;
    bed.run(stalls('A#1 until A#3'));
    expect(bed.times('A')[1]).toBe(52);
  });

  it('is at once if the step was issued already', () => {
    const bed = three();
    bed.run(stalls('A#3 until C#1'));
    expect(bed.times('A')).toEqual([10, 20, 30, 40]);
    expect(bed.sim.taken.length).toBe(1);
  });

  it('is met by a context that is itself held before that step', () => {
    const bed = three();
    bed.run(stalls('A#1 until B#2', 'B#2 until A#3'));
    expect(bed.times('A')).toEqual([10, 31, 41, 51]);
    expect(bed.times('B')).toEqual([11, 21, 51, 61]);
  });

  it('is met by one that was held there before', () => {
    const bed = three();
    bed.run(stalls('B#1 for 400 ps', 'A#2 until B#1'));
    expect(bed.times('A')[2]).toBe(30);
  });

  it('that has ended is when it is quiet, time-outs or not', () => {
    const bed = three();
    let fired = false;
    bed.at(1000, () => {
      fired = true;
    }, true);
    bed.sim.finished = () => fired;
    bed.run(stalls('A#1 until B#77'));
    expect(bed.times('A')[1]).toBe(52);
  });

  it('may come after a time-out; if it has not come by then, it is when it is quiet again', () => {
    for (const [step, at] of [[0, 1010], [2, 1030], [5, 1060], [9, 1070]] as const) {
      const bed = three();
      const own = bed.op('own', 10);
      const woken = bed.context('woken', function* () {
        for (let i = 0; i < 5; i++) yield own;
        yield bed.op('block', 10, { exec: () => BLOCKED });
        yield own;
      }, -1);
      bed.at(1000, () => woken.start(), true);
      bed.at(2000, () => {}, true);
      bed.sim.finished = () => bed.sim.now > 1000;
      expect(bed.run(stalls(`A#1 until woken#${step}`))).toBe('done');
      expect(bed.times('A')[1]).toBe(at);
    }
  });

  it('that never gets there is when it is quiet after a time-out, or the goal is met', () => {
    for (const met of [40, Infinity]) {
      const bed = three();
      bed.context('asleep', function* () {}, -1);
      for (const t of [1000, 2000]) bed.at(t, () => {}, true);
      bed.sim.finished = () => bed.sim.now >= met;
      expect(bed.run(stalls('A#1 until asleep#0'))).toBe(met === 40 ? 'done' : 'stuck');
      expect(bed.times('A')[1]).toBe(met === 40 ? 52 : 1010);
    }
  });

  it('that does not exist is at once', () => {
    const bed = three();
    bed.run(stalls('A#1 until nobody#3'));
    expect(bed.times('A')).toEqual([10, 20, 30, 40]);
  });

  it('that waits for itself, or for who waits for it, is no deadlock', () => {
    for (const plan of [['A#1 until A#3'], ['A#1 until B#3', 'B#1 until A#3'], ['A#1 until B#3', 'B#1 until C#3', 'C#1 until A#3']]) {
      const bed = three();
      expect(bed.run(stalls(...plan))).toBe('done');
      expect(bed.allDone).toBe(true);
    }
  });

  it('never ends the run as `limit` by itself, though a time-out recurs for ever', () => {
    const bed = three();
    bed.context('asleep', function* () {}, -1);
    let ticks = 0;
    const slot = bed.sim.slot({
      fire: () => {
        if (++ticks < 100_000) bed.sim.queue.schedule(slot, bed.sim.now + 1000, true);
      },
    });
    bed.at(0, () => bed.sim.queue.schedule(slot, 1000, true));
    bed.sim.finished = () => ticks >= 3;
    expect(bed.run(stalls('A#1 until asleep#0'))).toBe('done');
    expect(ticks).toBe(3);
    expect(bed.times('A').length).toBe(4);
  });
});

describe('for a time', () => {
  it('is that long to the picosecond, whatever else happens', () => {
    const bed = three();
    bed.run(stalls('A#1 for 123456 ps'));
    expect(bed.times('A')[1]).toBe(10 + 123456 + 10);
  });

  it('keeps the run from ending', () => {
    const bed = three();
    expect(bed.run(stalls('A#3 for 1000000 ps'))).toBe('done');
    expect(bed.allDone).toBe(true);
  });
});

describe('a gate that caps the stalls of its context', () => {
  function capped(cap: number): { bed: Bed; gate: Gate } {
    const bed = three();
    const gate: Gate = {
      attention: 0, divert: () => false, ready: (ctx) => ctx.grant(), leave() {}, atomic: () => true,
      keeps: () => true, stall: () => cap, release: (ctx) => ctx.grant(),
    };
    bed.sim.contexts[0]!.gate = gate;
    return { bed, gate };
  }

  it.each(['quiet', 'timeouts 3', 'until C#99', 'for 900 ps'])('ends `%s` when the cap is over', (release) => {
    const { bed } = capped(17);
    bed.at(800, () => {});
    bed.run(stalls(`A#1 ${release}`));
    expect(bed.times('A')[1]).toBe(10 + 17 + 10);
  });

  it('is no time-out for the others', () => {
    const { bed } = capped(17);
    for (const t of [500, 600]) bed.at(t, () => {}, true);
    bed.sim.finished = () => bed.sim.now >= 600;
    bed.run(stalls('B#0 timeouts 2', 'A#1 until C#99'));
    expect(bed.times('B')[0]).toBe(610);
  });

  it('lets quiet come before it', () => {
    const { bed } = capped(100_000);
    bed.run(stalls('A#1 quiet'));
    expect(bed.times('A')[1]).toBe(52);
  });

  it('may let another go on that is held in turn: it counts as held later', () => {
    const bed = three();
    const step = bed.op('own step', 10);
    const other = bed.context('D', function* () {
      yield step;
    }, -1);
    const states: number[] = [];
    bed.sim.contexts[0]!.gate = {
      attention: 0,
      divert: () => false,
      ready: (ctx) => ctx.grant(),
      leave() {},
      atomic: () => true,
      keeps: () => true,
      stall(ctx) {
        states.push(ctx.state);
        other.state = State.blocked;
        other.kick(0);
        return 1000;
      },
      release: (ctx) => ctx.grant(),
    };
    bed.run(stalls('A#1 quiet', 'D#0 quiet'));
    expect(states).toEqual([State.held]);
    expect(bed.seen.slice(-4).map(({ who }) => who).join('')).toBe('AAAD');
  });
});

describe('a run', () => {
  it('ends as `horizon` before an event that is later', () => {
    const bed = three();
    bed.at(5000, () => {});
    bed.sim.horizon = 4999;
    expect(bed.run()).toBe('horizon');
    expect(bed.sim.now).toBe(42);
    bed.sim.horizon = 5000;
    expect(bed.run()).toBe('done');
  });

  it('ends as `limit` at its limit of steps', () => {
    const bed = three(1000);
    bed.sim.limit = 100;
    expect(bed.run()).toBe('limit');
    expect(bed.sim.steps).toBe(100);
  });

  it('ends as `violation` at a fatal one, even at its last step', () => {
    const bed = new Bed();
    bed.sim.limit = 1;
    const bad = bed.op('bad', 1, {
      exec: () => {
        bed.sim.violate('crash', 'rule', 'A', 'bad', true);
        return 0;
      },
    });
    bed.context('A', function* () {
      for (;;) yield bad;
    });
    expect(bed.run()).toBe('violation');
  });

  it('does not end by a violation of which the oracle is not selected', () => {
    const bed = three();
    bed.at(5, () => bed.sim.violate('crash', 'rule', 'site', 'message', true));
    bed.sim.selected = new Set(['hang']);
    expect(bed.run()).toBe('done');
    expect(bed.sim.violations).toEqual([]);
    bed.sim.selected = undefined;
    expect(bed.run()).toBe('violation');
    expect(bed.sim.violations).toEqual([{ oracle: 'crash', rule: 'rule', site: 'site', message: 'message', at: 5, step: 0 }]);
  });

  it('is done when it is quiet, nobody is held and the goal is met, though time-outs are due', () => {
    const bed = three();
    bed.at(5000, () => {
      throw new Error('the run goes on');
    }, true);
    expect(bed.run()).toBe('done');
    expect(bed.sim.now).toBe(42);
  });

  it('is not done while somebody is held', () => {
    const bed = three();
    bed.run(schedule([{ actor: 'A', step: 3, release: { kind: 'timeouts', n: 2 } }]));
    expect(bed.allDone).toBe(true);
  });
});
