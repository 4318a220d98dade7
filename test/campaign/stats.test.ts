import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Folder, StatsWriter, readStats } from '../../src/campaign/index.ts';
import { QUICK, folders } from './disks.ts';

const folder = folders();
const DAY = 24 * 3600;
const PROCESSES = 8;

describe('statistics', () => {
  it('of a day and eight processes are below 10 MB, and tell each minute', () => {
    const place = new Folder(folder(), QUICK);
    const writers = Array.from({ length: PROCESSES }, () => new StatsWriter(place));
    const lineAt = (process: number, seconds: number) => () => ({
      time: 1_700_000_000_000 + seconds * 1000, process: `${4_000_000 + process}-1700000000000`, seconds, ended: 0, executions: seconds * 5000, shrinkExecutions: seconds * 500,
      checked: seconds, stable: seconds, total: PROCESSES * seconds * 5000, coverage: seconds * 10, corpus: 512, findings: 100,
    });
    // Between two slices there is at least a moment.
    for (let seconds = 0; seconds < DAY; seconds += 4) writers.forEach((writer, i) => writer.look(seconds, lineAt(i, seconds)));
    const { size } = statSync(join(place.path, 'stats.jsonl'));
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(10e6);
    const lines = readStats(place);
    expect(lines.length).toBe(readFileSync(join(place.path, 'stats.jsonl'), 'utf8').trimEnd().split('\n').length);
    const one = lines.filter(({ process }) => process.startsWith('4000000-')).map(({ seconds }) => seconds);
    expect(one.every((seconds, i) => i === 0 || seconds - one[i - 1] < 64)).toBe(true);
    expect(one.at(-1)).toBeGreaterThan(DAY - 64);
  });
});
