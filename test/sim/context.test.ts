import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED, END_OF_TIME, State, TimeError, type Context, type Op, type Ps } from '../../src/sim/index.ts';
import { Bed, schedule } from './bed.ts';

describe('a step', () => {
  it('is counted from 0, has its effect `lead` after its issue, and the next is issued `tail` after that', () => {
    const bed = new Bed();
    const access = bed.op('access', 100, { tail: 7 });
    const compute = bed.op('compute', 30);
    const issued: Ps[] = [];
    const ctx = bed.context('A', function* () {
      for (const op of [access, access, compute, compute]) {
        yield op;
        issued.push(ctx.issuedAt);
      }
    }, 1000);
    bed.run();
    expect(bed.order).toEqual(['A#0@1100', 'A#1@1207', 'A#2@1244', 'A#3@1274']);
    expect(issued).toEqual([1000, 1107, 1214, 1244]);
  });

  it('resumes its process with what its effect returns', () => {
    const bed = new Bed();
    const square = bed.op('square', 1, { exec: (operand) => operand * operand });
    const got: number[] = [];
    bed.context('A', function* () {
      for (const operand of [0, 3, 0x7f]) got.push(yield square | (operand << 8));
    });
    bed.run();
    expect(got).toEqual([0, 9, 0x7f * 0x7f]);
  });

  it('sees the simulator\'s current context as its own, also when others ran since its issue', () => {
    const bed = new Bed();
    const whose: string[] = [];
    const look = bed.op('look', 10, { exec: () => whose.push(bed.sim.current!.name) });
    for (const name of ['A', 'B', 'C']) bed.context(name, function* () {
      yield look;
      yield look;
    }, name.charCodeAt(0));
    bed.run();
    expect(whose).toEqual(['A', 'B', 'C', 'A', 'B', 'C']);
  });

  it('comes as late as a timing departure says, in eighths of its jitter, and never later', () => {
    for (const late of [1, 2, 7, 8]) {
      const bed = new Bed();
      const access = bed.op('access', 100, { jitter: 50, tail: 5 });
      bed.context('A', function* () {
        for (;;) yield access;
      });
      bed.sim.limit = 4;
      bed.run(schedule([{ actor: 'A', step: 1, late }]));
      const extra = Math.floor((50 * late) / 8);
      expect(extra).toBeLessThanOrEqual(50);
      expect(bed.times('A')).toEqual([100, 205 + extra, 310 + extra, 415 + extra]);
      expect(bed.sim.taken).toEqual([{ kind: 'timing', actor: 'A', step: 1, label: 'access', value: late }]);
    }
  });

  it('that has no jitter is never late', () => {
    const bed = new Bed();
    const access = bed.op('access', 100);
    bed.context('A', function* () {
      yield access;
    });
    bed.run(schedule([{ actor: 'A', step: 0, late: 8 }]));
    expect(bed.order).toEqual(['A#0@100']);
    expect(bed.sim.taken).toEqual([]);
  });
});

describe('a context', () => {
  it('that blocks is resumed by a wake-up, with its value and after its delay', () => {
    const bed = new Bed();
    let sleeper: Context | null = null;
    const block = bed.op('block', 10, {
      exec: (_operand, ctx) => {
        sleeper = ctx;
        return BLOCKED;
      },
    });
    let got = 0;
    let resumedAt = 0;
    const ctx = bed.context('A', function* () {
      got = yield block;
      resumedAt = bed.sim.now;
    });
    bed.at(500, () => sleeper!.wake(42, 60));
    bed.run();
    expect([got, resumedAt, ctx.state]).toEqual([42, 560, State.done]);
  });

  it('is not woken unless it waits', () => {
    const bed = new Bed();
    const ctx = bed.context('A', function* () {
      yield bed.op('step', 100);
    });
    bed.at(50, () => ctx.wake(0));
    expect(() => bed.run()).toThrow('A is woken but does not wait');
  });

  it('that dozes goes on by itself', () => {
    const bed = new Bed();
    const doze = bed.op('doze', 10, { exec: (_operand, ctx) => ctx.doze(1000, 5) });
    const step = bed.op('step', 1);
    bed.context('A', function* () {
      if ((yield doze) === 5) yield step;
    });
    expect(bed.run()).toBe('done');
    expect(bed.order).toEqual(['A#0@10', 'A#1@1011']);
  });

  it('that would pass the end of simulated time ends the run with an error that says so', () => {
    const bed = new Bed();
    const long = bed.op('long', END_OF_TIME - 10);
    bed.context('A', function* () {
      yield long;
      yield long;
    });
    expect(() => bed.run()).toThrow(TimeError);
    expect(bed.order).toEqual([`A#0@${END_OF_TIME - 10}`]);
  });
});

describe('time', () => {
  it('never goes back: an event in the past is an error', () => {
    const bed = new Bed();
    const slot = bed.sim.slot({ fire() {} });
    bed.at(100, () => bed.sim.queue.schedule(slot, 99, false));
    expect(() => bed.run()).toThrow(/is due in the past/);
  });
});

describe('going on without the queue', () => {
  /** Steps of one context: [lead, tail] each. */
  const program = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 })), { maxLength: 8 });

  it('makes no difference to what happens, when, and in which order', () => {
    fc.assert(fc.property(fc.array(program, { minLength: 1, maxLength: 4 }), (programs) => {
      const results = [false, true].map((queued) => {
        const bed = new Bed();
        const ops = new Map<string, Op>();
        const opOf = (lead: number, tail: number): Op => {
          const key = `${lead}/${tail}`;
          if (!ops.has(key)) ops.set(key, bed.op(key, lead, { tail }));
          return ops.get(key)!;
        };
        programs.forEach((steps, i) => {
          const list = steps.map(([lead, tail]) => opOf(lead, tail));
          bed.context(`C${i}`, function* () {
            for (const op of list) yield op;
          });
        });
        // Something is due at every instant, so that no context can run ahead of the queue.
        if (queued) for (let t = 0; t < 80; t++) bed.at(t, () => {});
        bed.run();
        return { order: bed.order, hash: bed.sim.hash, steps: bed.sim.steps };
      });
      expect(results[1]).toEqual(results[0]);
    }), { numRuns: 300 });
  });
});
