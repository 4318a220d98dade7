import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerList } from '../../src/linux/index.ts';
import { US, type Ps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { COST, JIFFY, LinuxBed, all } from './bed.ts';

const { irqLatency, irqEntry, atomicCap, lock } = COST;

/** A timer whose callback takes one step of `lead`; when it began. */
function timed(bed: LinuxBed, name = 'timer', lead: Ps = 100): { timer: TimerList; began: Ps[] } {
  const began: Ps[] = [];
  const step = bed.op(name, lead);
  const timer = new TimerList(bed.kernel, name, function* () {
    began.push(bed.sim.now);
    yield step;
  });
  bed.sim.onReset(() => {
    began.length = 0;
  });
  return { timer, began };
}

/** Starts `timer` at `at`, and lets the run go on until it has fired `times` times. */
function arm(bed: LinuxBed, { timer, began }: ReturnType<typeof timed>, at: Ps, jiffies: number): void {
  bed.at(at, () => timer.modTimer(jiffies));
  bed.sim.finished = () => began.length > 0;
}

describe('a timer (kernel/time/timer.c)', () => {
  it('fires at the tick after the n-th, counted from the jiffy in which it is set: between n and n + 1 jiffies later, never early (calc_index())', () => {
    const when = fc.oneof(fc.nat(3 * JIFFY), fc.nat(3).map((n) => n * JIFFY)); // the second: right at a tick
    fc.assert(fc.property(when, fc.nat(20), (at, jiffies) => {
      const bed = new LinuxBed();
      const one = timed(bed);
      arm(bed, one, at, jiffies);
      bed.run();
      expect(one.began).toEqual([(Math.floor(at / JIFFY) + jiffies + 1) * JIFFY]);
    }));
  });

  it('is a time-out: it does not keep the system busy', () => {
    const bed = new LinuxBed();
    const one = timed(bed);
    arm(bed, one, 10, 1);
    bed.sim.finished = () => true;
    expect(bed.run()).toBe('done');
    expect(one.began).toEqual([]);
  });

  it('is moved by mod_timer() and stopped by del_timer(), which says whether it was pending', () => {
    const bed = new LinuxBed();
    const one = timed(bed);
    const said: unknown[] = [];
    arm(bed, one, 0, 5);
    bed.at(100, () => one.timer.modTimer(2));
    bed.at(3 * JIFFY + 1, () => {
      said.push(one.timer.pending, one.timer.delTimer());
      one.timer.modTimer(4);
      said.push(one.timer.pending, one.timer.delTimer(), one.timer.pending);
    });
    bed.at(20 * JIFFY, () => {});
    bed.run();
    expect(one.began).toEqual([3 * JIFFY]);
    expect(said).toEqual([false, false, true, true, false]);
  });

  it('that has expired, and waits for its turn, is pending still: moved it fires once, deleted never', () => {
    for (const what of ['leave', 'move', 'delete'] as const) {
      const bed = new LinuxBed();
      const slow = timed(bed, 'slow', 500);
      const one = timed(bed);
      for (const { timer } of [slow, one]) bed.at(0, () => timer.modTimer(0));
      bed.at(JIFFY + 200, () => {
        expect([one.timer.pending, slow.timer.pending]).toEqual([true, false]);
        if (what === 'move') one.timer.modTimer(3);
        else if (what === 'delete') expect(one.timer.delTimer()).toBe(true);
      });
      bed.at(10 * JIFFY, () => {});
      bed.run();
      expect(one.began).toEqual({ leave: [JIFFY + 500], move: [5 * JIFFY], delete: [] }[what]);
    }
  });

  it('that sets itself to the next jiffy from its callback, right behind a tick, fires at each second tick', () => {
    const bed = new LinuxBed();
    const fired: Ps[] = [];
    const timer: TimerList = new TimerList(bed.kernel, 'tick', function* () {
      fired.push(bed.sim.now);
      if (fired.length < 4) timer.modTimer(1);
    });
    bed.at(0, () => timer.modTimer(1));
    bed.sim.finished = () => fired.length === 4;
    bed.run();
    expect(fired).toEqual([2, 4, 6, 8].map((n) => n * JIFFY));
    expect(bed.kernel.timers.jiffies).toBe(8);
  });
});

describe('a timer\'s callback', () => {
  /** A task that steps around the first boundary. */
  function around(step: Ps): { bed: LinuxBed; one: ReturnType<typeof timed> } {
    const bed = new LinuxBed();
    const one = timed(bed);
    const op = bed.op('step', step);
    bed.handler(1);
    bed.kernelThread('T', function* () {
      yield bed.kernel.sleep(JIFFY - 10 * step - 7);
      for (let i = 0; i < 40; i++) yield op;
    });
    arm(bed, one, 0, 0);
    return { bed, one };
  }

  it('comes between two steps of the task that it interrupts', () => {
    const { bed, one } = around(300);
    bed.run();
    const boundary = bed.times('T').find((t) => t >= JIFFY)!; // the end of the step in flight
    expect(one.began).toEqual([boundary]);
    expect(bed.timeOf('timer')).toBe(boundary + 100);
    expect(bed.times('T').find((t) => t > boundary)).toBe(boundary + 100 + 300);
  });

  it('runs with interrupts on: one comes between its steps', () => {
    const bed = new LinuxBed();
    const step = bed.op('callback', 100);
    const timer = new TimerList(bed.kernel, 'long', () => all(...Array.from({ length: 30 }, () => step)));
    bed.handler(1);
    bed.at(0, () => timer.modTimer(0));
    bed.interruptAt(JIFFY + 50);
    bed.run();
    expect(bed.timeOf('interrupt entry')).toBe(JIFFY + 1100 + irqEntry);
    expect(bed.labels('bmc:softirq').filter((label) => label === 'callback').length).toBe(30);
  });

  it('waits for an interrupt that is being handled', () => {
    const bed = new LinuxBed();
    const one = timed(bed);
    bed.handler(1, undefined, 4000);
    arm(bed, one, 0, 0);
    bed.interruptAt(JIFFY - irqLatency - 500);
    bed.run();
    expect(one.began).toEqual([bed.timeOf('return from interrupt')]);
  });

  it('waits while interrupts are off, and comes at the unlock', () => {
    const bed = new LinuxBed();
    const one = timed(bed);
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const long = bed.op('long', JIFFY + 5000);
    bed.kernelThread('T', () => all(spinLockIrq, long, spinUnlockIrq));
    arm(bed, one, 0, 0);
    bed.run();
    expect(one.began).toEqual([JIFFY + 5000 + 2 * lock]);
  });

  it('comes during a stall of kernel code, whether it expires before or in it', () => {
    for (const release of ['for 5000000000 ps', 'timeouts 1']) {
      const { bed, one } = around(300);
      const stalled = 3;
      bed.run(stalls(`T#${stalled} ${release}`));
      expect(one.began).toEqual([JIFFY]);
    }
    const { bed, one } = around(300);
    bed.run(); // the step in flight at the boundary is the one after which T is stalled next
    const step = bed.seen.find((s) => s.who === 'T' && s.at >= JIFFY)!;
    bed.run(stalls(`T#${step.step + 1} for 9000000 ps`));
    expect(one.began).toEqual([step.at]);
  });

  it('is atomic: sleeping in it is reported, and a lock with interrupts off caps its stalls', () => {
    const bed = new LinuxBed();
    const { spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const step = bed.op('step', 10);
    const timer = new TimerList(bed.kernel, 'timer', () => all(mutexLock, mutexUnlock, spinLockIrqsave, step, spinUnlockIrqrestore, step));
    bed.at(0, () => timer.modTimer(0));
    bed.at(JIFFY + 100 * US, () => {});
    bed.run(stalls('bmc:softirq#3 quiet', 'bmc:softirq#5 for 9000 ps'));
    expect(bed.breaches).toEqual(['sleep-in-atomic mutex_lock-in-atomic-context bmc:softirq: mutex_lock']);
    const [, , locked, first, , second] = bed.times('bmc:softirq');
    expect(first! - locked!).toBe(atomicCap + 10);
    expect(second! - first!).toBe(lock + 9000 + 10); // not capped any more
  });

  it('of several that are due: in the order in which they were set, one after the other, then the task goes on', () => {
    const bed = new LinuxBed();
    const timers = ['a', 'b', 'c'].map((name) => timed(bed, name));
    const step = bed.op('step', 100);
    for (const { timer } of [timers[2]!, timers[0]!, timers[1]!]) bed.at(5, () => timer.modTimer(1));
    bed.kernelThread('T', function* () {
      yield bed.kernel.sleep(2 * JIFFY - 60);
      for (let i = 0; i < 2; i++) yield step;
    });
    bed.run();
    expect(bed.labels().filter((label) => /softirq [abc]/.test(label)).join()).toBe('bmc:softirq c,bmc:softirq a,bmc:softirq b');
    expect(timers.map(({ began }) => began[0]! - 2 * JIFFY)).toEqual([140, 240, 40]);
    expect(bed.times('T').at(-1)! - 2 * JIFFY).toBe(440);
  });
});
