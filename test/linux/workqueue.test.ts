import { describe, expect, it } from 'vitest';
import { DelayedWork, Work, type WorkOps } from '../../src/linux/index.ts';
import { LinuxBed } from './bed.ts';

const LONG = 50_000;

/** A work that takes a while, and notes when it begins and ends. */
function bedWithWork(): { readonly bed: LinuxBed; readonly ops: WorkOps; readonly log: string[] } {
  const bed = new LinuxBed({ cpus: 2 });
  const log: string[] = [];
  const work = new Work(bed.memory('device'), 'work', function* () {
    log.push('begins');
    yield bed.kernel.sleep(LONG);
    log.push('ends');
  });
  bed.at(0, () => work.start());
  return { bed, ops: work.at(bed.sim.ops.frame('f')), log };
}

/** The same behind a timer; `runs`: how often it has begun. */
function bedWithDelayedWork(): { readonly bed: LinuxBed; readonly later: DelayedWork; readonly cancelWorkSync: WorkOps['cancelWorkSync']; readonly runs: () => number } {
  const bed = new LinuxBed({ cpus: 2 });
  let runs = 0;
  const later = new DelayedWork(bed.memory('device'), 'later', function* () {
    runs++;
    yield bed.kernel.sleep(LONG);
  });
  const { cancelWorkSync } = later.work.at(bed.sim.ops.frame('f'));
  bed.at(0, () => later.work.start());
  return { bed, later, cancelWorkSync, runs: () => runs };
}

/** kernel/workqueue.c */
describe('a work', () => {
  it('that is scheduled while it runs runs once more', () => {
    const { bed, ops, log } = bedWithWork();
    bed.kernelThread('T', function* () {
      expect(yield ops.scheduleWork).toBe(1);
      yield bed.kernel.sleep(LONG / 2);
      expect([yield ops.scheduleWork, yield ops.scheduleWork]).toEqual([1, 0]);
    });
    bed.run();
    expect(log).toEqual(['begins', 'ends', 'begins', 'ends']);
  });

  it('cannot be scheduled while cancel_work_sync() waits for it, and can be afterwards', () => {
    const { bed, ops, log } = bedWithWork();
    bed.kernelThread('T', function* () {
      yield ops.scheduleWork;
      yield bed.kernel.sleep(LONG / 4);
      yield ops.cancelWorkSync;
      log.push('cancelled');
      yield bed.kernel.sleep(4 * LONG);
      expect(yield ops.scheduleWork).toBe(1);
    });
    bed.kernelThread('other', function* () {
      yield bed.kernel.sleep(LONG / 2);
      expect(yield ops.scheduleWork).toBe(0);
    });
    bed.run();
    expect(log).toEqual(['begins', 'ends', 'cancelled', 'begins', 'ends']);
  });

  it.each([['runs', 0], ['waits for its timer', 1000]])('nor can its timer be set from the moment on at which cancel_delayed_work_sync() deletes it: a work that %s', (_, delay) => {
    const { bed, later, cancelWorkSync, runs } = bedWithDelayedWork();
    bed.kernelThread('T', function* () {
      later.schedule(delay);
      yield bed.kernel.sleep(LONG / 4);
      yield later.cancelTimerSync;
      expect(later.schedule(1)).toBe(0);
      later.modify(0);
      expect(later.isPending).toBe(false);
      yield cancelWorkSync;
      expect(later.schedule(1)).toBe(1);
      later.cancelPending();
    });
    bed.run();
    expect(runs()).toBe(delay === 0 ? 1 : 0);
  });

  it('nor can its timer be set meanwhile, if it has one', () => {
    const { bed, later, cancelWorkSync, runs } = bedWithDelayedWork();
    bed.kernelThread('T', function* () {
      later.schedule(0);
      yield bed.kernel.sleep(LONG / 4);
      yield cancelWorkSync;
      expect(later.schedule(1)).toBe(1);
      later.cancelPending();
    });
    bed.kernelThread('other', function* () {
      yield bed.kernel.sleep(LONG / 2);
      expect(later.schedule(1)).toBe(0);
      later.modify(1);
      expect(later.isPending).toBe(false);
    });
    bed.run();
    expect(runs()).toBe(1);
  });
});
