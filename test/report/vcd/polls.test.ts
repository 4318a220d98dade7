import { describe, expect, it } from 'vitest';
import { formatVcd, type Recording } from '../../../src/report/index.ts';
import { recordFinding } from '../findings.ts';
import { decodeLpc } from './decoders.ts';
import { readVcd, variable } from './reader.ts';

const LCLK = 30_303;

/** Cycles of the host that the trace tells, at their effects. */
function told({ acts, kinds }: Recording): number[] {
  return acts.flatMap(({ events }) => events.filter(({ code }) => /^host\.(?:idr|odr|str|bt)\..*(?:read|write)$/.test(kinds[code].name)).map(({ at }) => at));
}

describe('a poll of 33127 samples, all of which read the same', () => {
  const recording = recordFinding('kcsv2-avail-cleared-on-efault');
  const dump = readVcd(formatVcd(recording));
  const cycles = decodeLpc(dump, LCLK);
  const poll = recording.acts.map(({ step }) => step?.poll).find((record) => (record?.samples ?? 0) > 10_000)!;

  it('is drawn at both ends; between them the bus says how many reads are left out', () => {
    const words = variable(dump, 'lpc.cycle').changes;
    const gap = words.findIndex(({ value }) => String(value).endsWith('not_drawn'));
    const from = words[gap].at;
    const to = words[gap + 1].at;
    const [, count] = /^(\d+)_x_read_CA3h_=_40h:_not_drawn$/.exec(String(words[gap].value)) ?? [];
    expect(poll).toMatchObject({ samples: 33_127, period: 151_000_000 });
    const last = cycles.findLast(({ moved }) => moved <= from + LCLK)!;
    const next = cycles.find((cycle) => cycle.from === to)!;
    expect(next.moved - last.moved).toBe((Number(count) + 1) * poll.period);
    expect(cycles.filter((cycle) => cycle.from >= from && cycle.from < to)).toEqual([]);
    // All others are drawn; plain reads before it happen to keep its pace.
    const drawn = cycles.filter(({ moved }) => Math.abs(moved - next.moved) % poll.period === 0);
    expect(drawn.length).toBeGreaterThanOrEqual(poll.samples - Number(count));
  });

  it('leaves no stretch of the bus without a cycle and without a word', () => {
    const words = variable(dump, 'lpc.cycle').changes;
    const quiet = words.flatMap(({ at, value }, i) => (value === '' && i + 1 < words.length ? [words[i + 1].at - at] : []));
    expect(Math.max(...quiet)).toBeLessThanOrEqual(2 * poll.period);
  });

  it('has every cycle that the trace tells', () => {
    const moved = new Set(cycles.map((cycle) => cycle.moved));
    expect(told(recording).filter((at) => !moved.has(at))).toEqual([]);
  });
});

describe.each(['kcsv2-overflow-ibf-storm', 'bt-short-count-truncates'])('a poll that the end of the run cuts off, in %s', (name) => {
  it('is on the bus until then', () => {
    const recording = recordFinding(name);
    const dump = readVcd(formatVcd(recording));
    const moved = decodeLpc(dump, LCLK).map((cycle) => cycle.moved);
    expect(moved).toContain(told(recording).at(-1));
    const [poll] = recording.underWay.values();
    expect(recording.time - moved.at(-1)!).toBeGreaterThanOrEqual(0);
    expect(recording.time - moved.at(-1)!).toBeLessThan(poll.period);
  });
});
