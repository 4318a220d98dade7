import { describe, expect, it } from 'vitest';
import { CARELESS_KCS_MOVES } from '../../src/host/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { testBugs } from './bug-test.ts';
import { driversOf } from './drivers.ts';
import { ChecksWriteEnd } from './mends-v2.ts';
import { explainFollowed, follow, tell } from './story.ts';

testBugs('v2');

describe('kcsv2-command-phase-unchecked, after a whole request', () => {
  const move = CARELESS_KCS_MOVES.findIndex(({ name }) => name === 'stray WRITE_END and byte');
  const decisions: readonly Decision[] = [
    { kind: 'workload', actor: 'host', step: 0, label: 'more requests', value: 1 },
    { kind: 'workload', actor: 'host', step: 5, label: 'host move', value: move },
  ];
  const options = { settings: {}, oracles: ['phantom-request'] };

  it('hands out the request before, and one byte more', () => {
    const told = tell(driversOf('v2'), options, decisions);
    const story = [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:kcsd read() = 8, tag 1',
      'driver phase IDLE',
      'bmc:irq kcs_bmc_handle_command: IDR3 read = 62h',
      'driver phase WRITE_END',
      'driver phase WAIT_READ',
      'bmc:kcsd read() = 9',
      '! phantom-request never-sent',
    ];
    expect(follow(told, story).moments, explainFollowed(told, story)).toBe(story.length);
    expect(told.violations[0].message).toContain('[c0 0e 01 07 31 68 0b b1 00]');
  });

  it('does not when WRITE_END is checked', () => {
    expect(tell(ChecksWriteEnd, options, decisions).violations).toEqual([]);
  });
});
