import { afterEach, describe, expect, it, vi } from 'vitest';
import { Signals } from '../../src/cli/signals.ts';

const told: string[] = [];
vi.mock(import('../../src/cli/output.ts'), async (original) => ({ ...await original(), note: (text: string) => void told.push(text) }));

let signals: Signals;
afterEach(() => {
  signals.release();
  vi.restoreAllMocks();
  vi.useRealTimers();
  told.length = 0;
});

describe('signals', () => {
  it('the first says with which code to end: a terminal that is gone is one', () => {
    for (const [signal, code] of [['SIGHUP', 129], ['SIGINT', 130], ['SIGTERM', 143]] as const) {
      signals = new Signals();
      expect(signals.code).toBeNull();
      process.emit(signal, signal);
      process.emit('SIGTERM', 'SIGTERM');
      expect(signals.code).toBe(code);
      signals.release();
    }
  });

  it('a second one ends who saves as it goes, unless it is the same Ctrl-C; others it does not', () => {
    vi.useFakeTimers();
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    for (const [again, times] of [['waits', 0], ['leaves', 1]] as const) {
      signals = new Signals(again);
      process.emit('SIGINT', 'SIGINT');
      process.emit('SIGINT', 'SIGINT');
      vi.advanceTimersByTime(400);
      process.emit('SIGINT', 'SIGINT');
      expect(exit).not.toHaveBeenCalled();
      vi.advanceTimersByTime(200);
      process.emit('SIGTERM', 'SIGTERM');
      expect(exit).toHaveBeenCalledTimes(times);
      signals.release();
    }
    expect(exit).toHaveBeenCalledWith(130);
    expect(told).toEqual(['interrupted again: what was saved so far is there']);
  });
});
