import { describe, expect, it } from 'vitest';
import { IRQ, TASK, WIRE, cell, cells, across } from '../../src/report/rows.ts';
import { bursts, joinEffects, joined, loops, repeats } from '../../src/report/tidy.ts';

const step = (at: number, ...steps: string[]) => cell(at, TASK, '', { burst: { column: TASK, head: 'f', steps } });

describe('bursts', () => {
  it('joins the steps of one function, and counts the words of a copy', () => {
    const [row] = bursts([step(1, 'spin_lock'), step(2, 'copy_to_user'), step(3, 'copy_to_user word'), step(4, 'copy_to_user word'), step(5, 'spin_unlock')]);
    expect(row).toMatchObject({ at: 1 });
    expect(row.cells[TASK]).toBe('f: spin_lock, copy_to_user 2 words, spin_unlock');
  });

  it('joins the register access behind them, and the phase behind that', () => {
    const rows = bursts([step(1, 'spin_lock'), cells(2, [[TASK, 'f'], [WIRE, 'ODR3:=00h']]), cells(3, [[TASK, 'f'], [WIRE, 'STR3:=40h']]), step(3, 'phase:=READ')]);
    expect(rows.map((row) => [row.cells[WIRE], row.cells[TASK]])).toEqual([['ODR3:=00h', 'f: spin_lock'], ['STR3:=40h', 'f, phase:=READ']]);
    expect(rows.map(({ at }) => at)).toEqual([2, 3]); // when the registers have it
  });

  it('joins a step of no function with nobody else\'s row', () => {
    const entry = cell(1, IRQ, '', { burst: { column: IRQ, head: '', steps: ['interrupt entry'] } });
    expect(bursts([entry, cell(2, WIRE, 'x')]).map((row) => row.cells.join(''))).toEqual(['interrupt entry', 'x']);
  });
});

describe('loops', () => {
  it('shows a function that goes round and round once, whatever comes in between', () => {
    const round = (at: number) => step(at, 'a', 'b', 'a', 'b', 'a', 'b', 'a');
    const rows = loops([round(1), cell(2, IRQ, 'handler'), step(3, 'b', 'a', 'b', 'a', 'b', 'a', 'b'), step(4, 'c')]);
    expect(rows.map((row) => row.cells.join('') + (row.burst?.steps.join('') ?? ''))).toEqual(['f: a, b, over and over', 'handler', 'c']);
    expect(loops([round(1), cell(2, IRQ, 'handler'), round(3)])).toHaveLength(2);
  });
});

describe('repeats', () => {
  it('folds a pattern that comes three times or more', () => {
    const pair = (at: number) => [cell(at, IRQ, 'one'), cell(at + 1, WIRE, 'two')];
    const rows = repeats([...pair(0), ...pair(10), ...pair(20_000_000), cell(30_000_000, WIRE, 'three')]);
    expect(rows.map((row) => row.wide ?? row.cells.join(''))).toEqual(['one', 'two', '... the same 2 rows 2 times more, until 20.000', 'three']);
  });

  it('folds the last round as well, in which the breach comes, but for the row that it breaks off', () => {
    const round = (at: number) => [cell(at, IRQ, 'one'), cell(at + 1, WIRE, 'two'), cell(at + 2, TASK, 'three')];
    const breach = across(50, 'violation', 'broken');
    const told = (rest: readonly ReturnType<typeof cell>[]) => (
      repeats([...round(0), ...round(10), ...round(20), ...rest, breach]).slice(3).map((row) => row.wide ?? row.cells.join('')));
    expect(told([])).toEqual(['... the same 3 rows 2 times more, until 0.000', 'broken']);
    expect(told(round(30).slice(0, 2))).toEqual(['... the same 3 rows 2 times more, and the first 2 of them once more, until 0.000', 'broken']);
    expect(told([...round(30).slice(0, 1), cell(31, WIRE, 'tw')])).toEqual(['... the same 3 rows 2 times more, and the first of them once more, until 0.000', 'tw', 'broken']);
    // Anything else is news.
    expect(told([cell(30, WIRE, 'two'), cell(31, TASK, 'three')])).toEqual(['... the same 3 rows 2 times more, until 0.000', 'two', 'three', 'broken']);
    expect(told([cell(30, IRQ, 'one'), cell(31, WIRE, 'four'), cell(32, TASK, 'three')])).toHaveLength(5);
  });

  it('leaves pairs and marks alone', () => {
    expect(repeats([cell(0, IRQ, 'one'), cell(1, IRQ, 'one')])).toHaveLength(2);
    const mark = across(0, 'held', 'x');
    expect(repeats([mark, mark, mark])).toHaveLength(3);
  });
});

describe('joined', () => {
  const effect = (at: number, text: string, task = 'f') => cells(at, [[WIRE, text], [TASK, task]]);
  const told = (...rows: readonly ReturnType<typeof cells>[]) => (
    joined(rows, (one, other) => joinEffects(one, other, `${one.cells[WIRE]}, ${other.cells[WIRE]}`)).map((row) => [row.at, row.cells[WIRE], row.cells[TASK]]));

  it('says in one row what one function does to the interface, step after step, when the last of it is done', () => {
    expect(told(effect(1, 'A:=1'), effect(2, 'B:=0'), effect(3, 'C:=1', 'f, phase:=READ'))).toEqual([[3, 'A:=1, B:=0, C:=1', 'f, phase:=READ']]);
  });

  it('does not if another function does, if anything comes between, or if it gets too long', () => {
    expect(told(effect(1, 'A:=1'), effect(2, 'B:=0', 'g'))).toHaveLength(2);
    expect(told(effect(1, 'A:=1', 'f, phase:=READ'), effect(2, 'B:=0'))).toHaveLength(2);
    expect(told(effect(1, 'A:=1'), cell(2, IRQ, 'handler'), effect(3, 'B:=0'))).toHaveLength(3);
    expect(told(effect(1, 'A'.repeat(30)), effect(2, 'B'.repeat(30)))).toHaveLength(2);
    expect(told({ ...effect(1, 'A:=1'), odd: true }, effect(2, 'B:=0'))).toHaveLength(2);
  });
});
