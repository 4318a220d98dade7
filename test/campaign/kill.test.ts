import { describe, expect, it } from 'vitest';
import { kill } from '../../tools/kill-campaign.mjs';
import { setUp } from '../cli/inband.ts';

const inband = setUp();

/** Whole campaigns are run, on whatever else the machine does. */
const PATIENCE = 180_000;

describe('a campaign killed by SIGKILL at random moments', () => {
  it('one process: comes to the same, with nothing torn and nothing lost', async () => {
    expect(await kill({ cli: inband.file, kills: 2, processes: 1, seed: 11, executions: 520 })).toMatchObject({ kills: 2 });
  }, PATIENCE);

  it('two processes on one folder', async () => {
    const { kills, findings } = await kill({ cli: inband.file, kills: 2, processes: 2, seed: 12, executions: 520 });
    expect(kills).toBeGreaterThanOrEqual(2);
    expect(findings).toBeGreaterThan(1);
  }, PATIENCE);
});
