import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_OF_TIME, EventQueue, NONE, TimeError, type Ps } from '../../src/sim/index.ts';

const SLOTS = 6;

/** A queue as one would write it without a thought for speed: an array, sorted by time, then by arrival. */
class Plain {
  entries: { slot: number; at: Ps; timeout: boolean }[] = [];

  schedule(slot: number, at: Ps, timeout: boolean): void {
    this.cancel(slot);
    const later = this.entries.findIndex((e) => e.at > at);
    this.entries.splice(later < 0 ? this.entries.length : later, 0, { slot, at, timeout });
  }

  cancel(slot: number): void {
    this.entries = this.entries.filter((e) => e.slot !== slot);
  }
}

function listed(queue: EventQueue): { slot: number; at: Ps; timeout: boolean }[] {
  const all = [];
  for (let n = 0, slot = queue.head; slot !== NONE; slot = queue.nth(++n)) {
    all.push({ slot, at: queue.dueAt(slot), timeout: queue.isTimeout(slot) });
  }
  return all;
}

describe('EventQueue', () => {
  const slot = fc.integer({ min: 0, max: SLOTS - 1 });
  // Few instants, so that many events fall on the same one.
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant('schedule' as const), slot, at: fc.integer({ min: 0, max: 5 }), timeout: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel' as const), slot, at: fc.constant(0), timeout: fc.constant(false) }) },
  );

  it('is a sorted array: by time, first in first out at one instant, each slot once', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const queue = new EventQueue(SLOTS);
      const plain = new Plain();
      for (const { what, slot, at, timeout } of commands) {
        if (what === 'schedule') {
          queue.schedule(slot, at, timeout);
          plain.schedule(slot, at, timeout);
        } else {
          queue.cancel(slot);
          plain.cancel(slot);
        }
        const { entries } = plain;
        const first = entries[0];
        expect(listed(queue)).toEqual(entries);
        expect(queue.head).toBe(first?.slot ?? NONE);
        expect(queue.headDue).toBe(first?.at ?? END_OF_TIME);
        expect(queue.progress).toBe(entries.filter((e) => !e.timeout).length);
        expect(queue.ties(4)).toBe(Math.min(4, entries.filter((e) => e.at === first!.at).length));
        for (let s = 0; s < SLOTS; s++) expect(queue.scheduled(s)).toBe(entries.some((e) => e.slot === s));
      }
      queue.reset();
      expect([listed(queue), queue.progress, queue.headDue]).toEqual([[], 0, END_OF_TIME]);
    }), { numRuns: 500 });
  });

  it('moves an event behind all that is due at its new time', () => {
    const queue = new EventQueue(3);
    for (const slot of [0, 1, 2]) queue.schedule(slot, 7, false);
    queue.schedule(0, 7, false);
    expect(listed(queue).map((e) => e.slot)).toEqual([1, 2, 0]);
  });

  it('refuses what passes the end of simulated time', () => {
    const queue = new EventQueue(1);
    expect(() => queue.schedule(0, END_OF_TIME, false)).toThrow(TimeError);
    expect(() => queue.schedule(0, Number.NaN, false)).toThrow(TimeError);
    queue.schedule(0, END_OF_TIME - 1, false);
    expect(queue.headDue).toBe(END_OF_TIME - 1);
  });
});
