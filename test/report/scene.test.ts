import { describe, expect, it } from 'vitest';
import { formatLadder } from '../../src/report/index.ts';
import { US } from '../../src/sim/index.ts';
import { FINDINGS, play, rowsShown } from './findings.ts';
import { firstMissing } from './runs.ts';

const ladder = (name: string): string => {
  const { recording, violation, describe } = play(name);
  return formatLadder(recording, { violation, describe, width: 150 });
};

describe('what leads to the breach is not folded', () => {
  it('a byte out of place that wakes the reader', () => {
    expect(firstMissing(
      ladder('kcsv2-command-phase-unchecked'),
      /decision 1: the host's move: stray WRITE_END and byte/,
      /writes WRITE_END +IDR3=62h IBF=1 C\/D=1/,
      /writes 00h +IDR3=00h IBF=1 C\/D=0/,
      /kcs_bmc_handle_data, phase:=WAIT_READ, wake_up/,
      /kcs_bmc_read: spin_lock_irq, copy_to_user/,
      /read\(\) returns \[00\]/,
      /!! phantom-request: never-sent/,
    )).toBeUndefined();
  });

  it('the request for which the host gives one up, by its own decision', () => {
    expect(firstMissing(ladder('ssif-new-request-cleared'), /decision 1: .*another request while the BMC works on one/, /gives up request 1/, /host: request 2 begins/, /request 2 is refused by NAK/)).toBeUndefined();
    expect(firstMissing(ladder('ssif-bare-command-drops-response'), /decision 1: .*bare command/, /gives up request 1/, /host: request 2 begins, and is broken off/, /writes 02h: request 2, 0 bytes, STOP/, /249 other transactions/)).toBeUndefined();
  });

  it.each(FINDINGS)('every move of the host, and what woke a reader last though it is no request: %s', (name) => {
    const { recording, violation } = play(name);
    const { detailed, runs, conversation: { messages, places }, to } = rowsShown(name, false).scene;
    const wakers = runs.filter((run) => run.woke && run.entered <= to).map((run) => places[run.acts.at(-1) ?? 0]?.message);
    const waker = wakers.findLast((message) => message !== undefined && message.kind !== 'request');
    const told = waker === undefined || violation === null ? [] : [waker];
    for (const { decision, at } of recording.decisions) {
      if (decision.kind !== 'workload' || !decision.label.includes('move')) continue;
      const [first, second] = messages.filter(({ from }) => from >= at && from <= to);
      if (first !== undefined) told.push(first);
      if (second !== undefined && (first.ending === 'restarted' || first.ending === 'aborted')) told.push(second);
    }
    expect(told.filter((message) => !detailed.has(message))).toEqual([]);
  });
});

describe('a message in one line', () => {
  it('names the bytes that were out of place', () => {
    const { recording, violation } = play('kcsv2-command-phase-unchecked');
    expect(formatLadder(recording, { violation, from: 330 * US })).toMatch(/ \.\.\. before: stray write 1: \[62\] outside of any transfer\n/);
    expect(formatLadder(recording, { violation, from: 350 * US })).toMatch(/ \.\.\. before: 2 writes outside of any transfer \[62 00\]\n/);
  });

  it.each(FINDINGS)('has no length if it has no end: %s', (name) => {
    for (const { wide = '' } of rowsShown(name, false).rows) expect(wide).not.toMatch(/has no end \(|: $/);
  });
});
