import { describe, expect, it } from 'vitest';
import { lay, layoutOf, wrap } from '../../src/report/layout.ts';
import { IRQ, TASK, WIRE, across, cell, cells } from '../../src/report/rows.ts';

/** Those of KCS. */
const HEADS = { heads: ['host CPU', 'LPC / KCS registers', 'SerIRQ', 'BMC interrupt', 'BMC tasks'], shares: [18, 23, 8, 25, 21] };

describe('wrap', () => {
  it('breaks at blanks, and identifiers behind an underscore', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('kcs_bmc_ipmi_handle_data', 15)).toEqual(['kcs_bmc_ipmi_', 'handle_data']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('', 4)).toEqual(['']);
  });
});

describe('lay', () => {
  const none = () => [];
  const text = (rows: Parameters<typeof lay>[1], width = 112, held: Parameters<typeof lay>[2] = none) => (
    lay(layoutOf(width, rows, HEADS), rows, held).map((line) => line.text)
  );

  it('has a heading with the five columns, as wide as was asked', () => {
    const [heads, rule] = text([]);
    expect(heads).toMatch(/^time \(us\) {2}host CPU +LPC \/ KCS registers +SerIRQ +BMC interrupt +BMC tasks$/);
    expect(rule).toHaveLength(112);
  });

  it('writes a cell under its head, and lets it run over into empty columns', () => {
    const long = 'x'.repeat(60);
    const [heads, , row, wide, task] = text([cell(1_234_567, WIRE, 'STR3=00h IDLE'), cell(2_000_000, WIRE, long), cell(3_000_000, TASK, long)]);
    expect(row.indexOf('STR3')).toBe(heads.indexOf('LPC'));
    expect(row.startsWith('    1.234  ')).toBe(true);
    expect(wide.endsWith(long)).toBe(true);
    expect(task).toBe(`    3.000  ${long.padStart(101)}`);
  });

  it('wraps where the column beside it is taken or its context is held', () => {
    const row = cells(0, [[IRQ, 'kcs_bmc_ipmi_handle_data, wake_up'], [TASK, 'close()']]);
    expect(text([row])).toHaveLength(4);
    expect(text([cell(0, IRQ, 'kcs_bmc_ipmi_handle_data, wake_up')], 112, () => [TASK]).slice(2).every((line) => line.endsWith('||'))).toBe(true);
  });

  it('lets stalls and the violation stand out', () => {
    const [, , held, broken] = text([across(0, 'held', 'bmc:kcsd HELD'), across(0, 'violation', 'hang')]);
    expect(held).toMatch(/^ +0\.000 {2}\|\| bmc:kcsd HELD +\|\|$/);
    expect(broken).toMatch(/^ +0\.000 {2}!! hang +!!$/);
    expect(held).toHaveLength(112);
  });
});
