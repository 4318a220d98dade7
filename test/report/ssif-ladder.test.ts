import { describe, expect, it } from 'vitest';
import { CARELESS_SSIF_MOVES } from '../../src/host/index.ts';
import { SSIF_MOVE } from '../../src/scenarios/ssif/ssif-decisions.ts';
import { converse, formatLadder, recordingJson, ruleOf } from '../../src/report/index.ts';
import { SSIF_RULES } from '../../src/report/ssif/rules.ts';
import { firstMissing, linesWith, timesOf } from './runs.ts';
import { ssifRun } from './ssif-runs.ts';

function move(name: string): number {
  const index = CARELESS_SSIF_MOVES.findIndex((one) => one.name === name);
  if (index < 0) throw new Error(`there are ${CARELESS_SSIF_MOVES.map((one) => one.name).join(', ')}`);
  return index;
}

describe('the ladder of a nominal SSIF run', () => {
  const text = formatLadder(ssifRun());

  it('has the columns of SSIF, and none for a line that there is not', () => {
    expect(text).toMatch(/^time \(us\) {2}host CPU +I2C bus +BMC interrupt +BMC tasks$/m);
    expect(text).not.toMatch(/LPC|SerIRQ|IDR|ODR/);
  });

  it('has a row for each transaction that nobody disturbs, the STOP that completes the request, and what the host waits', () => {
    expect(firstMissing(
      text,
      /host: request 1 begins: \[c0 0e 01 .*\] \(tag 1\)/,
      /\.\.\. writes 02h: request 1 \(tag 1\), 8 bytes, STOP; each taken by the handler/,
      /host: waits 6\.62 ms/,
      /INTR_STS=10h STOP: I2C_SLAVE_STOP; SSIF_REQ_RECVING *\n? *->\s+SSIF_READY; wake_up/,
      /read\(\) returns request 1: \[c0 0e 01 .*\] \(tag 1\)/, // without the length before it
      /write\(\) of \[c4 0e 00 01 .*\] \(tag 1\) is accepted/,
      /\.\.\. reads 03h: response to request 1 \(tag 1\): 9 bytes, STOP; each taken by the handler/,
      /host: request 1 \(tag 1\) is answered: \[c4 0e 00 01/,
      /\.\.\. request 2 \(tag 2\) is answered/,
    )).toBeUndefined();
    expect(timesOf(text)).toEqual([...timesOf(text)].sort((a, b) => a - b));
    for (const width of [80, 112, 150]) for (const line of formatLadder(ssifRun(), { width }).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('says the parts of long messages', () => {
    const long = formatLadder(ssifRun({ settings: { length: 40 } }), { width: 150 });
    expect(firstMissing(long, /writes 06h: first part of request 1 \(tag 1\), 32 bytes, STOP/, /writes 08h: last part of request 1 \(tag 1\), 8 bytes, STOP/, /reads 03h: .*: 32 bytes, STOP/, /reads 09h: next part .*: 12 bytes, STOP/, /request 1 \(tag 1\) is answered: .*\(41 bytes\)/)).toBeUndefined();
  });
});

describe('the ladder of SSIF findings', () => {
  it('unfolds the transaction that somebody disturbs, and folds polls in vain', () => {
    const recording = ssifRun({
      stalls: [{ actor: 'bmc:ssifd', at: 'write()', release: { kind: 'until', actor: 'bmc:irq', step: 208 } }], oracles: ['lost-response'],
    });
    const text = formatLadder(recording, { width: 200 });
    expect(firstMissing(
      text,
      /^lost-response: write\(\) accepted/,
      /reaches the host that goes\s+on\s+asking for it \(IPMI 2\.0 chapter 12: single-part and multi-part\s+reads\)/,
      /\|\| bmc:ssifd HELD before write\(\)/,
      /reads 03h: count 00h, nothing there +START, address 10h write, ACK/,
      /I2C_SLAVE_READ_REQUESTED;/,
      /SSIF_SMBUS_CMD -> SSIF_RES_SENDING; gives 00h/,
      /\|\| bmc:ssifd GOES ON with write\(\)/,
      /write\(\) of .* is accepted/,
      /INTR_STS=02h TX_NAK: I2C_SLAVE_STOP; SSIF_RES_SENDING -> SSIF_READY;\s+wake_up/,
      /\.\.\. reads 03h: response to request 1 \(tag 1\): count 00h, nothing there, STOP/,
      /\.\.\. the same 2 rows \d+ times more/,
      /!! lost-response/,
    )).toBeUndefined();
    expect(linesWith(text, 'count 00h, nothing there').length).toBeLessThan(5);
  });

  it('says what the host gives up, and that what the device carries is no message', () => {
    const text = formatLadder(ssifRun({ answers: { [SSIF_MOVE]: [move('another request while the BMC works on one')] }, oracles: ['wrong-response'] }), { width: 140 });
    expect(firstMissing(text, /gives up request 1 \(tag 1\) while waiting for the response/, /host: request 2 begins/, /read\(\) returns no byte/, /request 2 \(tag 2\) is answered: \[c4 0e 00 01/, /!! wrong-response/)).toBeUndefined();
  });

  it('takes a pass of the handler apart if somebody is held in it', () => {
    const text = formatLadder(ssifRun({ stalls: [{ actor: 'bmc:irq', at: 'ssif_bmc_cb: spin_lock' }] }), { width: 200 });
    expect(firstMissing(text, /INTR_STS read: 84h,\s+INTR_STS := 80h SLAVE_MATCH/, /I2C_SLAVE_WRITE_REQUESTED/, /\|\| bmc:irq HELD before spin_lock_irqsave in ssif_bmc_cb/, /state:=SSIF_START/)).toBeUndefined();
  });
});

describe('conversation, rules and JSON of SSIF', () => {
  it('puts requests and responses together from their parts', () => {
    const { messages } = converse(ssifRun({ settings: { length: 70 } }));
    expect(messages.map(({ kind, ending, bytes, response }) => [kind, ending, bytes.length, response.length])).toEqual([['request', 'answered', 70, 71], ['request', 'answered', 70, 71]]);
    for (const { from, sent, readFrom, readTo, to } of messages) expect([from, sent, readFrom, readTo, to]).toEqual([from, sent, readFrom, readTo, to].sort((a, b) => a - b));
  });

  it('has sections of SSIF in place of those of KCS, and the general rules for the rest', () => {
    for (const [name, { text, source }] of Object.entries(SSIF_RULES)) {
      expect(`${text} ${source}`, name).not.toMatch(/IPMI 2\.0 section(s)? 9|IBF|OBF|ERROR_STATE/);
      expect(text).toMatch(/^[a-z0-9].*[^.]$/);
    }
    expect(ruleOf({ oracle: 'lost-response', rule: 'accepted' }, SSIF_RULES).source).toContain('12');
    expect(ruleOf({ oracle: 'hang', rule: 'scl-held' }, SSIF_RULES).source).toContain('SMBus');
    expect(ruleOf({ oracle: 'deadlock', rule: 'recursive-lock' }, SSIF_RULES)).toEqual(ruleOf({ oracle: 'deadlock', rule: 'recursive-lock' }));
  });

  it('has slave events and bus events as data', () => {
    const { events } = recordingJson(ssifRun({ settings: { requests: 1 } })) as unknown as { readonly events: readonly { readonly lane: string; readonly name: string; readonly text: string }[] };
    expect(events.filter(({ name }) => name === 'i2c.slave_event').map(({ text }) => text).slice(0, 2)).toEqual(['I2C5: I2C_SLAVE_WRITE_REQUESTED', 'I2C5: I2C_SLAVE_WRITE_RECEIVED 02h']);
    expect(new Set(events.map(({ lane }) => lane))).toEqual(new Set(['host', 'i2c', 'irq', 'task']));
  });
});
