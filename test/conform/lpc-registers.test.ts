import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compareLpcRecording, compareLpcRegisters, isLpcRegisters, registerSequence,
} from '../../src/conform/lpc-registers.ts';
import { RecordingError, parseRecording, type Fields } from '../../src/conform/recording.ts';

const recording = parseRecording(readFileSync(new URL('../data/registers/lpc_kcs.jsonl', import.meta.url), 'utf8'));
const lines = [recording.header, ...recording.lines];

/** The same sequence with its access `i` changed. */
function tampered(fields: Fields, i: number, change: Fields): Fields {
  const ops = (fields['ops'] as Fields[]).map((op, at) => (at === i ? { ...op, ...change } : op));
  return { ...fields, ops };
}

describe('the LPC block of QEMU 7.2 ast2500-evb, as recorded', () => {
  it('is what the model does, access by access, in all sixty sequences', () => {
    expect(isLpcRegisters(recording)).toBe(true);
    expect(lines).toHaveLength(60);
    const result = compareLpcRecording(recording);
    expect(result.first).toBeUndefined();
    expect(result.mismatches).toBe(0);
    expect(result.steps).toBe(lines.reduce((sum, { ops }) => sum + (ops as Fields[]).length, 0));
  });

  it('is compared to the last bit: any other value of a read is a mismatch', () => {
    for (const fields of lines) {
      for (const [i, op] of (fields['ops'] as Fields[]).entries()) {
        if (op['op'] !== 'r') continue;
        const other = tampered(fields, i, { val: (op['val'] as number) ^ (1 << (i % 8)) });
        expect(compareLpcRegisters([registerSequence(other)]).mismatches).toBe(1);
      }
    }
  });

  it('is compared edge by edge: a missing or an additional edge is a mismatch', () => {
    for (const fields of lines) {
      for (const [i, op] of (fields['ops'] as Fields[]).entries()) {
        const irq = (op['irq'] as Fields[]).length > 0 ? [] : [{ line: 'lpc', level: 1 }];
        expect(compareLpcRegisters([registerSequence(tampered(fields, i, { irq }))]).mismatches).toBe(1);
      }
    }
  });

  it('says where it first differs', () => {
    const value = compareLpcRegisters([registerSequence(tampered(lines[0], 6, { val: 1 }))]);
    expect(value.first).toEqual({ seed: 1000, i: 6, expected: 'host reads ODR4 01h', got: '67h' });
    const edge = compareLpcRegisters([registerSequence(tampered(lines[0], 4, { irq: [] }))]);
    expect(edge.first).toEqual({ seed: 1000, i: 4, expected: 'host writes IDR4 7Bh', got: '7Bh kcs4=1 lpc=1' });
  });
});

describe('a line that is no sequence', () => {
  const good: Fields = { seed: 1, ops: [{ side: 'bmc', op: 'w', reg: 'HICR0', val: 1, irq: [] }] };

  it.each<[string, Fields]>([
    ['no seed', { ...good, seed: 'x' }],
    ['no accesses', { seed: 1 }],
    ['an access that is a number', { seed: 1, ops: [3] }],
    ['another side', tampered(good, 0, { side: 'both' })],
    ['another direction', tampered(good, 0, { op: 'rw' })],
    ['an unknown register', tampered(good, 0, { reg: 'toString' })],
    ['a value that is none', tampered(good, 0, { val: 1.5 })],
    ['edges that are none', tampered(good, 0, { irq: [1] })],
    ['no edges', tampered(good, 0, { irq: 0 })],
    ['a register that the host cannot reach', tampered(good, 0, { side: 'host' })],
    ['a host write of ODR', tampered(good, 0, { side: 'host', reg: 'ODR1' })],
  ])('is refused: %s', (_what, fields) => {
    expect(() => registerSequence(fields)).toThrow(RecordingError);
  });
});
