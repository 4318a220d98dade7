import { describe, expect, it } from 'vitest';
import type { Loop } from '../../src/explore/index.ts';
import { loopSteps, loopText, onceRound } from '../../src/report/loop.ts';
import type { Act } from '../../src/report/recording.ts';
import { Simulator } from '../../src/sim/index.ts';
import { IRQ, across, cell } from '../../src/report/rows.ts';

const LOOP: Loop = {
  from: 812, at: 5_000_000, steps: 12, period: 30_000_000, rounds: 9, contexts: ['bmc:irq'], endless: true, until: null,
};

describe('what is said of a loop', () => {
  it('that it is for ever, if nothing else is due', () => {
    expect(loopText(LOOP)).toBe('It repeats for ever: 12 steps, 30 us a round, from step 812 on, and each round leaves everything as it was.');
  });

  it('what could end it, if anything is', () => {
    expect(loopText({ ...LOOP, until: { at: 5_000_000_000_000, who: 'host' } })).toContain('for ever, unless what host has due at 5000000.000 us ends it: 12 steps');
    expect(loopText({ ...LOOP, until: { at: 7_000_000, who: '' } })).toContain('unless what a timer has due at 7.000 us ends it');
  });

  it('no more than was seen, if it is not known to be endless', () => {
    const text = loopText({ ...LOOP, endless: false });
    expect(text).toBe('It was cut off while it went on: 12 steps, 30 us over and over, 9 times from step 812 on. That it never ends is not shown.');
    expect(text).not.toContain('for ever');
  });
});

describe('the steps of a loop', () => {
  const { ops } = new Simulator();
  const [lock, read, work] = ['handler: spin_lock', 'handler: STR3 read', 'work: schedule'].map((label) => ops.define({ label, lead: 1, exec: () => 0 }));
  const act = (op: number, actor: number): Act => ({ at: 0, actor, events: [], step: { at: 0, issuedAt: 0, actor, op, value: 0, step: 0, cpu: 0 } });
  const told = (rounds: number, all: boolean): string => loopSteps(
    { acts: Array.from({ length: rounds }, () => [act(lock, 0), act(read, 0), act(work, 1)]).flat(), contexts: ['bmc:irq', 'bmc:task'], ops },
    { ...LOOP, from: 0, steps: 3 * rounds }, all);

  it('are told by context and function', () => {
    expect(told(2, false)).toBe('bmc:irq handler: spin_lock, STR3 read; bmc:task work: schedule; bmc:irq handler: spin_lock, STR3 read; bmc:task work: schedule');
  });

  it('the first of many, unless all are wanted', () => {
    expect(told(200, false)).toMatch(/^bmc:irq handler: spin_lock, STR3 read; (.*; ){11}\.\.\. 582 steps more \(show --all: each\)$/);
    expect(told(200, true).split('; ')).toHaveLength(400);
  });
});

describe('the rows of a loop', () => {
  const pass = (at: number) => cell(at * 1_000_000, IRQ, 'handler');
  const rows = [pass(1), pass(6), pass(20), pass(36), across(40_000_000, 'held', 'x HELD'), pass(50), across(60_000_000, 'violation', 'broken')];
  const told = (loop: Loop) => onceRound(rows, loop).map((row) => `${row.at / 1_000_000} ${row.wide ?? row.cells[IRQ]}`);

  it('are its lead-in and one round; who is held and what is broken stays', () => {
    expect(told(LOOP)).toEqual(['1 handler', '6 handler', '20 handler', '36 ... and so on, for ever', '40 x HELD', '60 broken']);
    expect(told({ ...LOOP, endless: false })[3]).toBe('36 ... and so on, 8 times more, until the run was cut off');
  });

  it('are as they were if the loop has only begun', () => {
    expect(told({ ...LOOP, at: 40_000_000 })).toHaveLength(rows.length);
  });
});
