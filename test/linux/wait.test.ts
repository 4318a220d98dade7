import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EINTR, ERESTARTSYS, WaitQueue, waitEventInterruptible, waitEventInterruptibleOn, type KernelConfig } from '../../src/linux/index.ts';
import type { Chooser, Steps } from '../../src/sim/index.ts';
import { again, answers, stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all, positions } from './bed.ts';

const { wakeLatency } = COST;
const RELEASES = ['quiet', 'timeouts 1', 'for 50 ps', 'for 3000 ps', 'for 50000 ps'];

/** A reader that waits for items; an interrupt handler makes two of them, and a task perhaps a third. */
function producer(config: Partial<KernelConfig>, wait: 'wait_event' | 'too late', items: 2 | 3 = 3): { bed: LinuxBed; got: () => number } {
  const bed = new LinuxBed(config);
  const { queue, ops } = bed.queue();
  const { spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
  let inHardware = 0;
  let inHand = 0;
  let available = 0;
  let got = 0;
  bed.sim.onReset(() => {
    inHardware = 0;
    available = 0;
    got = 0;
  });
  const take = bed.op('take', 20, { exec: () => (available--, got++, 0) });
  const check = bed.op('check', 20, { exec: () => available });
  const clear = bed.op('clear', 10, {
    exec: () => {
      inHand = inHardware;
      inHardware = 0;
      bed.lines.set(1, false);
      return 0;
    },
  });
  const make = bed.op('make', 20, { exec: (n) => (available += n === 0 ? inHand : n, 0) });
  bed.kernelThread('reader', function* (): Steps {
    while (got < items) {
      if (wait === 'wait_event') {
        expect(yield* waitEventInterruptible(queue, ops, () => available > 0)).toBe(0);
      } else {
        // Checks first and queues itself then: what comes between the two is lost.
        while ((yield check) === 0) yield* all(ops.prepareToWait, ops.schedule);
      }
      yield* all(spinLockIrqsave, take, spinUnlockIrqrestore);
    }
  });
  bed.handler(1, () => all(clear, spinLockIrqsave, make, ops.wakeUpInterruptible, spinUnlockIrqrestore));
  if (items === 3) bed.kernelThread('writer', () => all(spinLockIrqsave, make | (1 << 8), ops.wakeUpInterruptible, spinUnlockIrqrestore), 6500);
  for (const t of [0, 3000]) bed.at(t, () => {
    inHardware++;
    bed.lines.set(1, true);
  });
  return { bed, got: () => got };
}

describe('wait_event_interruptible() (linux/wait.h)', () => {
  const configs: readonly Partial<KernelConfig>[] = [{ preempt: 'none' }, { preempt: 'full' }, { cpus: 2 }];

  it('loses no wake-up, wherever one stall sits and however it ends: all positions', () => {
    for (const config of configs) {
      const { bed, got } = producer(config, 'wait_event');
      const places = positions(bed);
      expect(places.length).toBeGreaterThan(30);
      for (const place of places) for (const release of RELEASES) {
        expect(bed.run(stalls(`${place} ${release}`)), `${place} ${release} ${JSON.stringify(config)}`).toBe('done');
        expect([got(), bed.breaches]).toEqual([3, []]);
      }
    }
  });

  it('loses none, wherever two quiet stalls sit: all pairs', () => {
    const { bed, got } = producer({ preempt: 'full' }, 'wait_event');
    const places = positions(bed);
    for (const [i, one] of places.entries()) for (const two of places.slice(i + 1)) {
      expect(bed.run(stalls(`${one} quiet`, `${two} quiet`)), `${one} ${two}`).toBe('done');
      expect(got()).toBe(3);
    }
  });

  it('would lose one if it checked before it queues itself, and a single stall shows that', () => {
    const { bed } = producer({}, 'too late', 2);
    expect(bed.run()).toBe('done');
    const lost = positions(bed).filter((place) => bed.run(stalls(`${place} quiet`)) === 'stuck');
    expect(lost.some((place) => place.startsWith('reader#'))).toBe(true);
  });

  it('does not sleep if the condition holds, nor if it came true after prepare_to_wait()', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    const results: number[] = [];
    let looks = 0;
    bed.kernelThread('T', function* () {
      results.push(yield* waitEventInterruptible(queue, ops, () => true));
      results.push(yield* waitEventInterruptible(queue, ops, () => ++looks > 1));
    });
    expect(bed.run()).toBe('done');
    expect(results).toEqual([0, 0]);
    expect(bed.labels()).toEqual(['T prepare_to_wait(queue)']);
  });

  it('sleeps again after a wake-up for nothing', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    let ready = false;
    const set = bed.op('set', 1, { exec: () => ((ready = true), 0) });
    bed.kernelThread('T', function* () {
      yield* waitEventInterruptible(queue, ops, () => ready);
    });
    bed.kernelThread('U', function* () {
      yield ops.wakeUpInterruptible;
      yield bed.kernel.sleep(5000);
      yield* all(set, ops.wakeUpInterruptible);
    }, 100);
    expect(bed.run()).toBe('done');
    expect(bed.labels('T')).toEqual(['prepare_to_wait(queue)', 'schedule(queue)', 'prepare_to_wait(queue)', 'schedule(queue)']);
  });

  it('wakes all that wait, a wake-up latency later', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const { queue, ops } = bed.queue();
    let ready = false;
    const step = bed.op('step', 10);
    const set = bed.op('set', 1, { exec: () => ((ready = true), 0) });
    for (const name of ['T', 'U']) bed.kernelThread(name, function* () {
      yield* waitEventInterruptible(queue, ops, () => ready);
      yield step;
    });
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.handler(1, () => all(set, ops.wakeUpInterruptible, clear));
    bed.interruptAt(1000);
    expect(bed.run()).toBe('done');
    const woken = bed.timeOf('wake_up_interruptible(queue)');
    expect([bed.times('T').at(-1), bed.times('U').at(-1)]).toEqual([woken + wakeLatency + 10, woken + wakeLatency + 10]);
  });

  it('wakes only who sleeps on it: not a task that waits for a mutex meanwhile', () => {
    const bed = new LinuxBed();
    const { ops } = bed.queue();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const inside: string[] = [];
    const enter = bed.op('enter', 10, { exec: (_operand, ctx) => inside.push(ctx.name) });
    const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(9000) });
    bed.kernelThread('T', () => all(mutexLock, enter, sleep, enter, mutexUnlock));
    bed.kernelThread('U', () => all(ops.prepareToWait, mutexLock, enter, mutexUnlock), 1); // as a poll() does that locks after poll_wait()
    bed.kernelThread('V', () => all(ops.wakeUpInterruptible), 2);
    expect(bed.run()).toBe('done');
    expect(inside).toEqual(['T', 'T', 'U']);
  });

  it('schedule() in atomic context is reported', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    const { spinLock } = bed.spinlock();
    bed.kernelThread('T', function* () {
      yield spinLock;
      yield* waitEventInterruptible(queue, ops, () => false);
    });
    bed.run();
    expect(bed.breaches).toEqual(['sleep-in-atomic schedule-in-atomic-context T : schedule']);
  });

  it('on a freed queue is a use after free', () => {
    const bed = new LinuxBed();
    const memory = bed.memory('kcs_bmc');
    const freed = bed.op('kfree', 1, { exec: () => (memory.kfree(), 0) });
    const queue = new WaitQueue(memory, 'freed');
    bed.kernelThread('T', () => all(freed, queue.at(0).wakeUpInterruptible));
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual(['use-after-free use-after-free T : kcs_bmc']);
  });
});

describe('a signal', () => {
  const fault = (...asked: readonly number[]): Chooser => answers((kind, _actor, step) => (kind === 'fault' && asked.includes(step) ? 1 : 0));

  it('comes where a task is about to sleep interruptibly, as the schedule wants, and ends the wait', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    const results: number[] = [];
    bed.kernelThread('T', function* () {
      results.push(yield* waitEventInterruptible(queue, ops, () => false));
    });
    expect(bed.run(fault(1))).toBe('done');
    expect(results).toEqual([-ERESTARTSYS]);
    expect(bed.sim.taken).toEqual([{ kind: 'fault', actor: 'T', step: 1, label: 'signal', value: 1 }]);
    bed.run(again(bed.sim.taken));
    expect(results).toEqual([-ERESTARTSYS, -ERESTARTSYS]);
  });

  it('loses against a condition that has come true by the time it ends the sleep: ___wait_event() looks once more', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    const results: number[] = [];
    let looks = 0;
    const look = bed.op('look', 10, { exec: () => (++looks >= 4 ? 1 : 0) });
    bed.kernelThread('T', function* () {
      results.push(yield* waitEventInterruptible(queue, ops, () => ++looks >= 3));
      looks = 1;
      results.push(yield* waitEventInterruptibleOn(queue, ops, function* () {
        return (yield look) !== 0;
      }));
    });
    expect(bed.run(answers((kind) => (kind === 'fault' ? 1 : 0)))).toBe('done');
    expect(results).toEqual([0, 0]);
    expect(bed.labels('T')).toEqual(['prepare_to_wait(queue)', 'schedule(queue)', 'look', 'prepare_to_wait(queue)', 'look', 'schedule(queue)', 'look']);
    expect(queue.active).toBe(false);
  });

  it('loses against a condition that holds', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    let looks = 0;
    const results: number[] = [];
    bed.kernelThread('T', function* () {
      results.push(yield* waitEventInterruptible(queue, ops, () => ++looks >= 2));
    });
    bed.run(fault(0, 1, 2, 3));
    expect(results).toEqual([0]);
  });

  it('stays pending to the end of the system call: nothing in it sleeps any more; user space sees EINTR', () => {
    const bed = new LinuxBed();
    const { queue, ops } = bed.queue();
    const results: number[] = [];
    const inner: number[] = [];
    const fops = {
      *open() { return 0; }, *release() { return 0; }, *poll() { return 0; }, *write() { return 0; }, *ioctl() { return 0; },
      *read() {
        for (let i = 0; i < 3; i++) inner.push(yield* waitEventInterruptible(queue, ops, () => false));
        return inner.at(-1)!;
      },
    };
    bed.thread('T', function* () {
      const file = { fops, nonBlocking: false, references: 1, closed: false } as never;
      results.push(yield* bed.sys.read(file, null as never, 1));
      expect(bed.tasks[0]!.signalPending).toBe(false);
      expect(bed.tasks[0]!.signalled).toBe(true);
    });
    expect(bed.run(fault(2))).toBe('done');
    expect(inner).toEqual([-ERESTARTSYS, -ERESTARTSYS, -ERESTARTSYS]);
    expect(results).toEqual([-EINTR]);
    expect(bed.sim.taken.length).toBe(1);
  });
});

describe('a sleep', () => {
  it('takes as long as it should, is progress, and lets others run', () => {
    const bed = new LinuxBed();
    const step = bed.op('step', 10);
    bed.thread('T', function* () {
      yield bed.kernel.sleep(7000);
      yield step;
    });
    bed.thread('U', () => all(step, step), 5);
    bed.run(stalls('U#1 quiet'));
    expect(bed.times('T')).toEqual([0, 7010]);
    expect(bed.times('U')).toEqual([15, 7010 + 10]); // quiet only when T has slept
  });

  it('in atomic context is reported', () => {
    const bed = new LinuxBed();
    const { spinLock } = bed.spinlock();
    bed.kernelThread('T', function* () {
      yield spinLock;
      yield bed.kernel.sleep(10);
    });
    bed.run();
    expect(bed.breaches).toEqual(['sleep-in-atomic schedule_timeout-in-atomic-context T : schedule_timeout']);
  });

  it('of any length ends when it should, among others that do', () => {
    fc.assert(fc.property(fc.array(fc.nat(5000), { minLength: 1, maxLength: 5 }), (lengths) => {
      const bed = new LinuxBed();
      const ended: number[] = [];
      for (const [i, ps] of lengths.entries()) bed.thread(`T${i}`, function* () {
        yield bed.kernel.sleep(ps);
        ended[i] = bed.sim.now;
      });
      bed.run();
      expect(ended).toEqual(lengths);
    }));
  });
});
