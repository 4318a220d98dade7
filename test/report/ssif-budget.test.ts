import { describe, expect, it } from 'vitest';
import { converse, formatTranscript, hopsOf, mediumOf, transcriptJson, type Recording } from '../../src/report/index.ts';
import { KCS, type Settings } from '../../src/scenarios/index.ts';
import { record } from '../../src/report/index.ts';
import { firstMissing } from './runs.ts';
import { ssifRun } from './ssif-runs.ts';

const US = 1_000_000;
const NS = 1_000;

/** SMBus at 100 kHz (hardware.md 6.7): a clock of 10 us in equal halves, the rest at its minimum. */
const LOW = 5 * US;
const BIT = 10 * US;
const HOLD_START = 4 * US;
const SETUP_START = 4_700 * NS;
const SETUP_STOP = 4 * US;

const START = HOLD_START;
const RESTART = LOW + SETUP_START + HOLD_START;
const STOP = LOW + SETUP_STOP;
/** Eight bits and ACK, from one fall of SCL to the next. */
const bytes = (n: number): number => n * 9 * BIT;

const shares = (recording: Recording, request = 0): Record<string, number> => (
  Object.fromEntries(mediumOf(recording).budgets()[request].shares.map(({ name, time }) => [name, time])));

describe('the budget of a request', () => {
  it('Get Device ID takes the time on the bus that its bits and conditions take', () => {
    const recording = ssifRun({ settings: { command: 'get-device-id', requests: 1 } });
    const [{ bytes: request, response }] = converse(recording).messages;
    expect(request).toEqual([0x18, 0x01]);
    // Address, 02h, count, request; address, 03h, address, count, response.
    const bits = bytes(3 + request.length) + bytes(2) + bytes(2 + response.length);
    const conditions = START + STOP + START + RESTART + STOP;
    expect(shares(recording)).toMatchObject({ 'bus: bits': bits, 'bus: START, repeated START and STOP': conditions });
  });

  it('of a message in parts as well, at 400 kHz and with PEC', () => {
    const recording = ssifRun({ settings: { length: 40, requests: 1, smbusKhz: 400, pec: 1 }, driver: 'ssif-bmc@fixed,i2c-aspeed@fixed' });
    // 06h with 32, 08h with 8, 03h with 32, 09h with 1 + 11; address, command and count each, the address twice in reads, PEC.
    const n = 3 + 32 + 1 + 3 + 8 + 1 + 4 + 32 + 1 + 4 + 12 + 1;
    expect(shares(recording)['bus: bits']).toBe(n * 9 * 2_500 * NS);
  });

  const settings: readonly Settings[] = [{}, { length: 70 }, { think: 100_000_000_000 }, { smbusKhz: 400 }, { cpus: 2 }, { hostHz: 1000 }];
  it.each(settings)('adds up to the whole: %o', (values) => {
    const recording = ssifRun({ settings: values, driver: 'ssif-bmc@fixed,i2c-aspeed@fixed' });
    const budgets = mediumOf(recording).budgets();
    expect(budgets).toHaveLength(2);
    for (const { message, total, shares: parts } of budgets) {
      expect(total).toBe(message.to - message.from);
      expect(parts.reduce((sum, { time }) => sum + time, 0)).toBe(total);
      for (const { name, time } of parts) expect(time, name).toBeGreaterThanOrEqual(0);
    }
  });

  it('follows the parameters: interrupt latency, daemon, host', () => {
    const [quick, slow] = [2 * US, 22 * US].map((irqLatency) => shares(ssifRun({ settings: { irqLatency, requests: 1 } })));
    expect(slow['interrupt latency of the last STOP'] - quick['interrupt latency of the last STOP']).toBe(20 * US);
    expect(shares(ssifRun({ settings: { think: 5_000 * US, requests: 1 } }))['daemon: from read() to write()']).toBeGreaterThanOrEqual(5_000 * US);
    const polled = shares(ssifRun({ settings: { think: 20_000 * US, requests: 1 } }));
    expect(polled['host: waits and gaps']).toBeGreaterThan(40_000 * US); // it asks every 60 ms
  });
});

describe('the transcript of a nominal SSIF run', () => {
  it('has requests, latencies and budgets', () => {
    expect(firstMissing(
      formatTranscript(ssifRun()),
      /^request 1 \(tag 1\) at 328\.000 us: Echo\n {2}-> \[c0 0e 01 07 31 68 0b b1\]\n {2}<- \[c4 0e 00 01 07 31 68 0b b1\] completion code 00h/,
      /byte on the bus -> interrupt handler +6\.2 us/,
      /START -> response complete/,
      /budget of request 1 \(tag 1\)\n {2}bus: bits +2\.16 ms/,
      /in all +8\.92 ms +100\.0 %/,
      /done after .*; no rule broken\n$/,
    )).toBeUndefined();
  });

  it('has every latency in ps, and its legs add up', () => {
    const recording = ssifRun({ settings: { requests: 1 } });
    const hops = new Map(hopsOf(recording, converse(recording).messages).map(({ name, all }) => [name, all[0]]));
    const legs = ['START -> STOP of the request', 'STOP -> read() returns', 'read() returns -> write()', 'write() -> write() returns', 'write() returns -> host asks for the response', 'host asks for the response -> it is complete'];
    expect(legs.reduce((sum, name) => sum + hops.get(name)!, 0)).toBe(hops.get('START -> response complete'));
    expect(transcriptJson(recording)).toMatchObject({ budgets: [{ request: 1, total: hops.get('START -> response complete') }] });
  });

  it('asks the same as over KCS', () => {
    const kcs = converse(record(KCS.build({ settings: {} }))).messages.map(({ bytes: request, response }) => [request, response]);
    expect(converse(ssifRun()).messages.map(({ bytes: request, response }) => [request, response])).toEqual(kcs);
  });
});
