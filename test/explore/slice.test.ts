import { describe, expect, it } from 'vitest';
import { sliceAt, slicesOf } from '../../src/explore/index.ts';

/** 768 slices are 196,608 executions. */
const SLICES = Array.from({ length: 768 }, (_none, index) => sliceAt(index));

describe('epochs', () => {
  it('are 1, 1, 2, 4, 8 slices long, then 16, 32 from slice 128 on, and 64 from slice 256 on', () => {
    const begin = SLICES.filter(({ turn }) => turn === 0).map(({ index, of }) => [index, of]);
    expect(begin.slice(0, 7)).toEqual([[0, 1], [1, 1], [2, 2], [4, 4], [8, 8], [16, 16], [32, 16]]);
    expect(begin.filter(([index]) => index >= 96)).toEqual([
      [96, 16], [112, 16], [128, 32], [160, 32], [192, 32], [224, 32], ...Array.from({ length: 8 }, (_none, i) => [256 + 64 * i, 64]),
    ]);
  });

  it('follow one another, each with all of its slices', () => {
    let [epoch, turn] = [0, 0];
    SLICES.forEach((slice, index) => {
      expect(slice).toEqual({ index, epoch, turn, of: slicesOf(epoch) });
      if (++turn === slice.of) [epoch, turn] = [epoch + 1, 0];
    });
  });

  it('go on for ever', () => {
    expect(sliceAt(1e12)).toEqual({ index: 1e12, epoch: 16 + (1e12 - 256) / 64, turn: 0, of: 64 });
  });
});
