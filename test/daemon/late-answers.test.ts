import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LateAnswers } from '../../src/daemon/late-answers.ts';
import { END_OF_TIME } from '../../src/sim/index.ts';

describe('late answers', () => {
  it('come in the order in which they were owed, with their sequence number and bytes', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ minLength: 1, maxLength: 16 })), { maxLength: 8 }), (owed) => {
      const late = new LateAnswers(16);
      owed.forEach(([seq, bytes], i) => late.add(i, seq, bytes, bytes.length));
      const out = new Uint8Array(16);
      for (const [i, [seq, bytes]] of owed.entries()) {
        expect([late.nextDue, late.nextSeq]).toEqual([i, seq]);
        expect([...out.subarray(0, late.take(out))]).toEqual([...bytes]);
      }
      expect(late.nextDue).toBe(END_OF_TIME);
    }));
  });

  it('are as many as fit: the oldest goes for the newest', () => {
    const late = new LateAnswers(1);
    for (let i = 0; i < 9; i++) late.add(i, i, Uint8Array.of(i), 1);
    expect(late.nextDue).toBe(1);
    late.clear();
    expect(late.nextDue).toBe(END_OF_TIME);
  });
});
