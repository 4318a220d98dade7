import { describe, expect, it } from 'vitest';
import { formatRelease, parseRelease, type Chooser, type Context, type Turns } from '../../src/sim/index.ts';
import { Bed, again, stalls } from './bed.ts';

/** Three contexts of steps of 10 ps, started at 0, 1 and 2. */
function three(steps = 3): Bed {
  const bed = new Bed();
  const step = bed.op('step', 10);
  for (const [i, name] of ['A', 'B', 'C'].entries()) bed.context(name, function* () {
    for (let n = 0; n < steps; n++) yield step;
  }, i);
  return bed;
}

/** Who took the steps, in their order. */
function order(bed: Bed): string {
  return bed.seen.map(({ who }) => who).join('');
}

function taking(turns: Turns): Chooser {
  return { plan: [], draw: () => 0, turns };
}

/** It is always the turn of whoever comes first in `names`. */
function ranked(names: string): Turns {
  const first = (all: readonly Context[]): Context => all.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))[0];
  return { next: (_ctx, all) => first(all), rest: first };
}

describe('taking turns', () => {
  it.each(['ABC', 'CBA', 'BCA'])('%s: one after the other, by rank', (names) => {
    const bed = three();
    expect(bed.run(taking(ranked(names)))).toBe('done');
    expect(order(bed)).toBe([...names].map((name) => name.repeat(3)).join(''));
  });

  it('is recorded as stalls, each with what ended it', () => {
    const bed = three();
    bed.run(taking(ranked('CBA')));
    expect(bed.sim.taken).toEqual([
      { kind: 'stall', actor: 'A', step: 0, label: 'step', value: 'quiet past 1' }, // B is let go first
      { kind: 'stall', actor: 'B', step: 0, label: 'step', value: 'quiet' },
    ]);
  });

  it('a held context whose turn comes goes on at the step of another', () => {
    const bed = three();
    let turn = 0;
    const turns: Turns = {
      // A is held before its first step until B stands before its third.
      next: (ctx, all) => {
        const a = all.find(({ name }) => name === 'A');
        if (ctx.name === 'A' && turn++ === 0) return all.find(({ name }) => name === 'B')!;
        return ctx.name === 'B' && ctx.steps === 2 && a !== undefined ? a : ctx;
      },
      rest: (held) => held[0],
    };
    bed.run(taking(turns));
    expect(bed.sim.taken.map(({ actor, step, value }) => `${actor}#${step} ${value}`)).toEqual(['A#0 until B#2', 'B#2 quiet']);
  });

  it('the same run follows from the stalls alone', () => {
    for (const names of ['ABC', 'CBA', 'BCA', 'CAB']) {
      const bed = three();
      bed.run(taking(ranked(names)));
      const [seen, taken, hash] = [[...bed.seen], bed.sim.taken.map((d) => ({ ...d })), bed.sim.hash];
      bed.run(again(taken));
      expect(bed.seen).toEqual(seen);
      expect(bed.sim.taken).toEqual(taken);
      expect(bed.sim.hash).toBe(hash);
    }
  });
});

describe('a stall that sits through moments of quiet', () => {
  it('quiet past N: others are let go before it, though it was held first', () => {
    const bed = three();
    bed.run(stalls('A#0 quiet past 2', 'B#0 quiet', 'C#0 quiet'));
    expect(order(bed)).toBe('BBBCCCAAA');
  });

  it('goes on all the same if there is nobody else to let go', () => {
    const bed = three();
    expect(bed.run(stalls('A#1 quiet past 5'))).toBe('done');
    expect(bed.seen).toHaveLength(9);
  });

  it('is read as it is written', () => {
    for (const text of ['quiet', 'quiet past 3', 'until host#7', 'until host#7 past 12']) expect(formatRelease(parseRelease(text)!)).toBe(text);
    for (const text of ['quiet past 0', 'quiet past', 'until host#7 past -1', 'timeouts 1 past 1']) expect(parseRelease(text)).toBeUndefined();
  });
});
