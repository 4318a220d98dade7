import { describe, expect, it } from 'vitest';
import { timelineOf, type Recording } from '../../../src/report/index.ts';
import { ITEM_KINDS } from '../../../src/report/timeline/index.ts';
import { recordFinding } from '../findings.ts';
import { run } from '../runs.ts';

const LCLK = 30_303;

/** What the page has in its lane of LPC. */
function lpc(recording: Recording): { from: number; to: number; kind: string; text: string; note: string }[] {
  const { lanes, strings, items } = timelineOf(recording, { title: 'x' });
  let from = 0;
  return items.from.map((by, i) => {
    from += by;
    return { lane: lanes[items.lane[i]].name, from, to: from + items.length[i], kind: ITEM_KINDS[items.kind[i]], text: strings[items.text[i]], note: strings[items.note[i]] };
  }).filter(({ lane }) => lane === 'LPC').map(({ lane: _lane, ...item }) => item);
}

describe('a cycle of the host on LPC', () => {
  it.each([0, 3])('lasts from START to the clock at which data have moved, with %i wait states: not from the instruction, nor from earlier looks', (waits) => {
    const items = lpc(run({ settings: { hostMode: 'poll', lpcWaitStates: waits }, oracles: [] }));
    const cycles = items.filter(({ kind }) => kind === 'cycle');
    expect(cycles.length).toBeGreaterThan(40);
    expect(new Set(cycles.map(({ from, to }) => to - from))).toEqual(new Set([(12 + waits) * LCLK]));
  });

  it('that nobody answers lasts until it is aborted', () => {
    const items = lpc(run({ settings: { hostMode: 'poll', requests: 1 }, answers: { 'driver is unbound': [1] }, oracles: [] }));
    const aborted = items.filter(({ text }) => text.includes('nobody answers'));
    expect(aborted.length).toBeGreaterThan(0);
    for (const { from, to } of aborted) expect(to - from).toBeLessThanOrEqual(16 * LCLK);
  });
});

describe('a poll on LPC', () => {
  it('of 5 s is no cycle: it says how many looks it had and how far apart, and its cycles lie on it', () => {
    const items = lpc(recordFinding('kcsv2-avail-cleared-on-efault'));
    expect(Math.max(...items.filter(({ kind }) => kind === 'cycle').map(({ from, to }) => to - from))).toBe(12 * LCLK);
    const [poll] = items.filter(({ kind, from, to }) => kind === 'poll' && to - from > 5e12);
    expect(poll).toMatchObject({ text: 'polls STATUS 33127x', note: 'every 151 us' });
    expect(poll.to - poll.from).toBe(33_126 * 151_000_000 + 12 * LCLK);
    expect(items.filter(({ kind, from, to }) => kind === 'cycle' && (from === poll.from || to === poll.to))).toHaveLength(2);
  });

  it('of one look is a cycle and no more', () => {
    const recording = run({ settings: { hostMode: 'poll' }, oracles: [] });
    const several = recording.acts.filter(({ step }) => (step?.poll?.samples ?? 0) > 1);
    expect(lpc(recording).filter(({ kind }) => kind === 'poll')).toHaveLength(several.length);
  });

  it('that the end of the run cuts off lasts until then', () => {
    const recording = recordFinding('kcsv2-overflow-ibf-storm');
    expect(lpc(recording).filter(({ kind }) => kind === 'poll').map(({ text, to }) => [text, to])).toEqual([['polls STATUS 2x', recording.time]]);
  });
});
