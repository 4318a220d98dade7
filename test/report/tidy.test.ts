import { describe, expect, it } from 'vitest';
import { IRQ, TASK, WIRE, cell, cells, across } from '../../src/report/rows.ts';
import { bursts, loops, repeats } from '../../src/report/tidy.ts';

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

  it('leaves pairs and marks alone', () => {
    expect(repeats([cell(0, IRQ, 'one'), cell(1, IRQ, 'one')])).toHaveLength(2);
    const mark = across(0, 'held', 'x');
    expect(repeats([mark, mark, mark])).toHaveLength(3);
  });
});
