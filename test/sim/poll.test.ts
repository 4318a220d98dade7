import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_TIME, Signal, State, type Context, type Op, type Ps } from '../../src/sim/index.ts';
import { Bed, stalls } from './bed.ts';

const LEAD = 3;

/** Contexts that poll one flag. */
class Flag {
  readonly bed = new Bed();
  readonly signal = new Signal();
  value = 0;
  /** Samples of each poller. */
  readonly samples: string[] = [];
  readonly op: Op;

  constructor() {
    const { bed, signal } = this;
    bed.sim.onReset(() => {
      signal.reset();
      this.value = 0;
    });
    this.op = bed.op('poll', LEAD, {
      kind: 'poll',
      exec: (_operand, ctx) => {
        this.samples.push(`${ctx.name}@${bed.sim.now}`);
        return this.value !== ctx.pollLast || bed.sim.now >= ctx.pollDeadline ? this.value : ctx.park(signal);
      },
    });
  }

  set(value: number): void {
    this.value = value;
    this.signal.changed();
  }

  /** A context that polls until the flag is not `last`; returns when it found that, and what it found. */
  poller(name: string, start: Ps, period: Ps, deadline: Ps = END_OF_TIME, last = 0): { at: Ps; value: number } {
    const found = { at: -1, value: -1 };
    const { bed, op } = this;
    const ctx: Context = bed.context(name, function* () {
      ctx.pollLast = last;
      ctx.pollPeriod = period;
      ctx.pollDeadline = deadline;
      found.value = yield op;
      found.at = bed.sim.now;
    }, start);
    return found;
  }
}

/** What a loop finds that samples at `first`, and then every `period` until the flag is not 0 or the deadline has come. */
function explicitLoop(changes: readonly Ps[], first: Ps, period: Ps, deadline: Ps): { at: Ps; value: number } {
  for (let at = first; at < first + 10_000; at += period) {
    const value = changes.filter((t) => t <= at).length % 2;
    if (value !== 0 || at >= deadline) return { at, value };
  }
  return { at: -1, value: -1 };
}

describe('a poll whose vain samples are skipped', () => {
  const time = fc.integer({ min: 0, max: 300 });
  const changes = fc.array(time, { maxLength: 6 }).map((list) => list.sort((a, b) => a - b));
  const pollers = fc.array(fc.record({
    start: fc.integer({ min: 0, max: 60 }),
    period: fc.integer({ min: 1, max: 90 }),
    deadline: fc.option(fc.integer({ min: 0, max: 400 }), { nil: END_OF_TIME }),
  }), { minLength: 1, maxLength: 3 });

  it('ends at the very picosecond at which a loop of samples ends, with the same value', () => {
    fc.assert(fc.property(changes, pollers, (changes, pollers) => {
      const flag = new Flag();
      let value = 0;
      for (const t of changes) flag.bed.at(t, () => flag.set(value ^= 1));
      const found = pollers.map(({ start, period, deadline }, i) => flag.poller(`P${i}`, start, period, deadline));
      flag.bed.run();
      expect(found).toEqual(pollers.map(({ start, period, deadline }) => explicitLoop(changes, start + LEAD, period, deadline)));
    }), { numRuns: 1000 });
  });

  it('samples only when the flag has changed', () => {
    const flag = new Flag();
    flag.bed.at(1_000_000, () => flag.set(1));
    flag.poller('P', 0, 10);
    flag.bed.run();
    expect(flag.samples).toEqual(['P@3', 'P@1000003']);
  });

  it('samples again when it changes back before the next sample, and goes on', () => {
    const flag = new Flag();
    flag.bed.at(20, () => flag.set(1));
    flag.bed.at(21, () => flag.set(0));
    flag.bed.at(95, () => flag.set(1));
    const found = flag.poller('P', 0, 50);
    flag.bed.run();
    expect(flag.samples).toEqual(['P@3', 'P@53', 'P@103']);
    expect(found).toEqual({ at: 103, value: 1 });
  });

  it('never samples twice at one instant: what changes behind a vain sample is seen a period later', () => {
    const flag = new Flag();
    const behind = flag.bed.sim.slot({ fire: () => flag.set(1) });
    flag.bed.at(2, () => flag.bed.sim.queue.schedule(behind, LEAD, false)); // behind the sample at 3
    const found = flag.poller('P', 0, 50);
    flag.bed.run();
    expect(flag.samples).toEqual(['P@3', 'P@53']);
    expect(found).toEqual({ at: 53, value: 1 });
  });

  it('that reaches its deadline at the instant of a change ends once', () => {
    for (const changeFirst of [true, false]) {
      const flag = new Flag();
      const slot = flag.bed.sim.slot({ fire: () => flag.set(1) });
      if (changeFirst) flag.bed.at(103, () => flag.set(1));
      else flag.bed.at(50, () => flag.bed.sim.queue.schedule(slot, 103, false));
      const found = flag.poller('P', 0, 50, 60);
      expect(flag.bed.run()).toBe('done');
      expect(found).toEqual({ at: 103, value: changeFirst ? 1 : 0 });
      expect(flag.samples).toEqual(['P@3', 'P@103']);
    }
  });

  it('lets others park again while all are woken', () => {
    const flag = new Flag();
    flag.bed.at(10, () => flag.set(1));
    flag.bed.at(60, () => flag.set(2));
    const waitsForTwo = flag.poller('P0', 0, 20, END_OF_TIME, 0);
    const ends = flag.poller('P1', 1, 20, END_OF_TIME, 1); // 0 is not 1: at once
    flag.bed.run();
    expect([waitsForTwo, ends]).toEqual([{ at: 23, value: 1 }, { at: 4, value: 0 }]);
  });

  it('keeps a quiet system quiet: only its deadline is a time-out', () => {
    const flag = new Flag();
    const step = flag.bed.op('step', 1);
    flag.poller('P', 0, 10, 1000);
    flag.bed.context('A', function* () {
      yield step;
      yield step;
    });
    flag.bed.run(stalls('A#1 quiet'));
    // A is held from 1 on; when the first vain sample has been, at 3, nothing but the deadline is due.
    expect(flag.bed.times('A')).toEqual([1, 4]);
  });

  it('without an end leaves the run stuck, if the goal is not met', () => {
    const flag = new Flag();
    flag.bed.sim.finished = () => false;
    flag.poller('P', 0, 10);
    expect(flag.bed.run()).toBe('stuck');
  });
});

describe('a poll that its gate suspends between two samples', () => {
  /** Takes the CPU from the poller at `from`, gives it back at `to`. */
  function suspended(from: Ps, to: Ps, change: Ps, deadline: Ps = END_OF_TIME): { flag: Flag; found: { at: Ps; value: number } } {
    const flag = new Flag();
    flag.bed.at(change, () => flag.set(1));
    const found = flag.poller('P', 0, 50, deadline);
    const ctx = flag.bed.sim.contexts[0]!;
    flag.bed.at(from, () => {
      expect([ctx.state, ctx.parked]).toEqual([State.flight, true]);
      ctx.suspend();
    });
    flag.bed.at(to, () => ctx.grant());
    flag.bed.run();
    return { flag, found };
  }

  it('does not sample while it has no CPU, and keeps its sampling times', () => {
    const { flag, found } = suspended(60, 170, 100);
    expect(flag.samples).toEqual(['P@3', 'P@203']);
    expect(found).toEqual({ at: 203, value: 1 });
  });

  it('is late, but ends as a loop would, when its sample was due already', () => {
    expect(suspended(101, 102, 100).found).toEqual({ at: 103, value: 1 });
    expect(suspended(101, 104, 100).found).toEqual({ at: 153, value: 1 });
  });

  it('keeps its deadline', () => {
    expect(suspended(60, 70, 900, 200).found).toEqual({ at: 203, value: 0 });
    expect(suspended(60, 370, 900, 200).found).toEqual({ at: 403, value: 0 });
  });

  it('takes no step more than any other', () => {
    const { flag } = suspended(60, 170, 100);
    expect(flag.bed.sim.contexts[0]!.steps).toBe(1);
  });
});
