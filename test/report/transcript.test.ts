import { describe, expect, it } from 'vitest';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import { converse, formatTranscript, hopsOf, spreadOf, transcriptJson, type Recording } from '../../src/report/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { firstMissing, run } from './runs.ts';

function medians(recording: Recording): Record<string, number> {
  return Object.fromEntries(hopsOf(recording, converse(recording).messages).map(({ name, all }) => [name, spreadOf(all)?.median ?? -1]));
}

describe('the transcript of a nominal run', () => {
  it('has each request with its answer, by name', () => {
    const text = formatTranscript(run());
    expect(firstMissing(
      text,
      /^request 1 \(tag 1\) at \d+\.\d{3} us: Echo\n {2}-> \[c0 0e 01 07 31 68 0b b1\]\n {2}<- \[c4 0e 00 01 07 31 68 0b b1\] completion code 00h: command completed normally\n {2}answered after [\d.]+ ms\n/,
      /request 2 \(tag 2\)/,
      /latency +median +min +max +n\n/,
      /IDR write -> interrupt handler +[\d.]+ us/,
      /done after .*; no rule broken\n$/,
    )).toBeUndefined();
  });

  it('names other commands', () => {
    expect(formatTranscript(run({ settings: { command: 'get-device-id' } }))).toContain(': Get Device ID\n  -> [18 01]\n  <- [1c 01 00 ');
  });

  it('says what became of requests that were not answered', () => {
    const text = formatTranscript(run({ answers: { 'host move': [moveOf('abort while writing')], 'bytes written': [3] } }));
    expect(firstMissing(text, /request 1 at .*\n {2}-> \[c0 0e 01\], broken off\n {2}given up after/, /abort 1 at .*: status code 01h/, /request 2 \(tag 2\)/)).toBeUndefined();
  });

  it('tells the rules that a driver breaks without any stall', () => {
    expect(formatTranscript(run({ driver: KcsBmcV2 }))).toMatch(/!! sleep-in-atomic\/.*\n.*rules? broken\n$/s);
  });
});

describe('the latency of each hop', () => {
  it('adds up', () => {
    const recording = run({ settings: { hostMode: 'irq', requests: 1 } });
    const hops = medians(recording);
    const [request] = converse(recording).messages;
    expect(request.sent - request.from + hops['last byte written -> read() returns'] + hops['read() returns -> write()'] + hops['write() -> ODR']
      + hops['ODR -> host samples SerIRQ'] + hops['SerIRQ -> host reads ODR'] + hops['first byte of the response -> its end'])
      .toBe(hops['WRITE_START -> response complete']);
  });

  it('follows the parameters', () => {
    const plain = medians(run());
    const slow = medians(run({ settings: { irqLatency: 15_000_000, think: 700_000_000 } }));
    expect(slow['IDR write -> interrupt handler'] - plain['IDR write -> interrupt handler']).toBe(10_000_000);
    expect(slow['read() returns -> write()'] - plain['read() returns -> write()']).toBe(500_000_000);
  });

  it('has SerIRQ only where the host is driven by interrupt', () => {
    expect(Object.keys(medians(run()))).not.toContain('ODR -> host samples SerIRQ');
    // Quiet mode: a start frame and IRQ5's slot, about a microsecond.
    const { 'ODR -> host samples SerIRQ': serirq } = medians(run({ settings: { hostMode: 'irq' } }));
    expect(serirq).toBeGreaterThan(500_000);
    expect(serirq).toBeLessThan(3_000_000);
  });

  it('takes the lower of two middle ones, and nothing of nothing', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2, max: 4 });
    expect(spreadOf([])).toBeNull();
  });
});

describe('transcriptJson', () => {
  it('has every latency in picoseconds', () => {
    const json = JSON.parse(JSON.stringify(transcriptJson(run({ settings: { requests: 1 } })))) as {
      format: string; requests: { latency: number; from: number; to: number; request: number[]; completionCode: number }[]; hops: { all: number[]; median: number }[];
    };
    expect(json.format).toBe('inband-run/1');
    expect(json.requests).toHaveLength(1);
    const [request] = json.requests;
    expect(request).toMatchObject({ command: 'Echo', tag: 1, completionCode: 0, completion: 'command completed normally', ending: 'answered' });
    expect(request.latency).toBe(request.to - request.from);
    // WRITE_START, 7 bytes, WRITE_END, the last byte, and READ nine times
    expect(json.hops[0].all).toHaveLength(10 + 9);
    for (const hop of json.hops) expect(Number.isSafeInteger(hop.median)).toBe(true);
  });

  it('is the same for the same run', () => {
    expect(JSON.stringify(transcriptJson(run()))).toBe(JSON.stringify(transcriptJson(run())));
  });
});
