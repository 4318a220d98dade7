import { describe, expect, it } from 'vitest';
import { kill } from '../../tools/kill-campaign.mjs';
import { setUp } from '../cli/inband.ts';

const inband = setUp();

describe('a campaign killed by SIGKILL at random moments', () => {
  it('one process: comes to the same, with nothing torn and nothing lost', async () => {
    expect(await kill({ cli: inband.file, kills: 3, processes: 1, seed: 11, executions: 1100 })).toMatchObject({ kills: 3 });
  });

  it('two processes on one folder', async () => {
    const { kills, findings } = await kill({ cli: inband.file, kills: 4, processes: 2, seed: 12, executions: 1100 });
    expect(kills).toBeGreaterThanOrEqual(4);
    expect(findings).toBeGreaterThan(1);
  });
});
