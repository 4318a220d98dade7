import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ScheduleChooser, parseFinding } from '../../src/explore/index.ts';
import { formatLadder, record } from '../../src/report/index.ts';
import { BT } from '../../src/scenarios/index.ts';

it('a byte past the end of the FIFO, which has 64, is a row of its own: it is stored nowhere, and reads as another', () => {
  const file = 'test/data/findings/bt-oversize-write.json';
  const finding = parseFinding(readFileSync(file, 'utf8'), file);
  const text = formatLadder(record(BT.build({ driver: finding.driver, settings: finding.settings }), new ScheduleChooser(finding.decisions)));
  expect(text).toContain('BMC2HOST[0..63]=[40 c4');
  expect(text).toContain('BMC2HOST[past the end], dropped: [bd]');
  expect(text).toContain('BMC2HOST[past the end]=[00]');
  expect(text).not.toContain('[0..64]');
});
