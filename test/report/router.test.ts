import { describe, expect, it } from 'vitest';
import { ScheduleChooser } from '../../src/explore/index.ts';
import { formatLadder, formatTranscript, record, type Recording } from '../../src/report/index.ts';
import { ROUTER, ROUTER_I2C, type Settings } from '../../src/scenarios/index.ts';
import type { Decision } from '../../src/sim/index.ts';

function recordingOf(settings: Settings, driver = 'ipmi-router@fixed', decisions: readonly Decision[] = []): Recording {
  return record(ROUTER.build({ driver, settings }), new ScheduleChooser(decisions));
}

describe('the transcript tells the way of a request through the router', () => {
  it('to the device that gets it, and back to the bus', () => {
    expect(formatTranscript(recordingOf({ requests: 1 }))).toContain([
      '  -> [c0 0e 01 07 31 68 0b b1]', '     router: seq 0 to devintf', '     router: response seq 0 code 00h to the bus', '  <- [c4 0e 00',
    ].join('\n'));
  });

  it('and its own answer, where no device wants it', () => {
    expect(formatTranscript(recordingOf({ requests: 1, defaultDevice: 'none' }))).toContain([
      '     router: no device wants seq 0', '     router: answers seq 0 itself, code C1h', '     router: response seq 0 code C1h to the bus',
      '  <- [c4 0e c1] completion code C1h: invalid command',
    ].join('\n'));
  });

  it('and that its device has gone away', () => {
    expect(formatTranscript(recordingOf({ requests: 1, oemDevice: 'boot-and-gone', oemAnswer: 'later' }))).toContain([
      '     router: seq 0 to oem', '     oem unregistered', '     router: answers seq 0 itself, code D3h',
    ].join('\n'));
  });

  it('and what a handler refuses, by its errno', () => {
    expect(formatTranscript(recordingOf({ requests: 1, oemDevice: 'boot', oemAnswer: 'invalid' }, 'ipmi-router@rfc-v1')))
      .toContain('     oem: seq 0 refused, -EINVAL\n     router: answers seq 0 itself, code C1h');
  });
});

it('the transcript knows requests and responses of BT over I2C, and their way', () => {
  const text = formatTranscript(record(ROUTER_I2C.build({ driver: 'ipmi-router@fixed', settings: { requests: 1 } })));
  expect(text).toContain([
    '  -> [c0 0e 01 07 31 68 0b b1]', '     router: seq 0 to devintf', '     router: response seq 0 code 00h to the bus',
    '  <- [c4 0e 00 01 07 31 68 0b b1] completion code 00h: command completed normally',
  ].join('\n'));
  expect(text).not.toContain('stray');
});

it('the ladder has the steps of the router where they are done: in the handler, or in a task', () => {
  const recording = recordingOf({ defaultDevice: 'late', requests: 1 }, 'ipmi-router@rfc-v1');
  const ladder = formatLadder(recording, { violation: null, width: 140 });
  const rows = ladder.split('\n');
  const column = (text: string): number => rows.find((row) => row.includes(text))?.indexOf(text) ?? -1;
  expect(column('router: no device wants seq 0')).toBe(column('BMC interrupt'));
  expect(column('devintf registered')).toBe(column('BMC tasks'));
});
