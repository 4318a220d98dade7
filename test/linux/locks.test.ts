import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mutex, SpinLock } from '../../src/linux/index.ts';
import { NS, State, type Ps, type Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all } from './bed.ts';

const { irqLatency, irqEntry, lock, wakeLatency } = COST;
/** How often a CPU that spins looks at the lock. */
const SPIN: Ps = 50 * NS;

describe('a spinlock on one CPU', () => {
  it('is preemption, and interrupts, off: an interrupt comes after spin_unlock_irq()', () => {
    const bed = new LinuxBed();
    const { lock: object, spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const cpu = bed.kernel.cpus[0]!;
    const states: unknown[] = [];
    const look = bed.op('look', 1, { exec: () => states.push([object.held, cpu.irqsOff, bed.tasks[0]!.preemptCount]) });
    bed.kernelThread('T', () => all(look, spinLockIrq, look, spinUnlockIrq, look));
    bed.run();
    expect(states).toEqual([[false, false, 0], [true, true, 1], [false, false, 0]]);
    expect(bed.breaches).toEqual([]);
  });

  it('spin_lock_irqsave() restores the flag as it was found, nested or not', () => {
    const bed = new LinuxBed();
    const a = bed.spinlock('a');
    const b = bed.spinlock('b');
    const cpu = bed.kernel.cpus[0]!;
    const states: boolean[] = [];
    const look = bed.op('look', 1, { exec: () => states.push(cpu.irqsOff) });
    bed.kernelThread('T', () => all(
      a.spinLockIrqsave, look, b.spinLockIrqsave, look, b.spinUnlockIrqrestore, look, a.spinUnlockIrqrestore, look,
      a.spinLock, look, b.spinLockIrqsave, look, b.spinUnlockIrqrestore, look, a.spinUnlock, look,
    ));
    bed.run();
    expect(states).toEqual([true, true, true, false, false, true, false, false]);
  });

  it('spin_unlock_irq() turns interrupts on whatever was before, as in Linux', () => {
    const bed = new LinuxBed();
    const a = bed.spinlock('a');
    const b = bed.spinlock('b');
    const states: boolean[] = [];
    const look = bed.op('look', 1, { exec: () => states.push(bed.kernel.cpus[0]!.irqsOff) });
    bed.kernelThread('T', () => all(a.spinLockIrq, b.spinLockIrq, b.spinUnlockIrq, look, a.spinUnlockIrq));
    bed.run();
    expect(states).toEqual([false]);
  });

  it('taken twice by one context is a deadlock that ends the run', () => {
    const bed = new LinuxBed();
    const { spinLock } = bed.spinlock();
    bed.kernelThread('T', () => all(spinLock, spinLock));
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual(['deadlock recursive-lock T : lock']);
  });

  it('taken by a handler that interrupts its holder is a deadlock', () => {
    const bed = new LinuxBed();
    const { spinLock, spinUnlock } = bed.spinlock();
    const step = bed.op('step', 3000);
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.handler(1, () => all(spinLock, clear, spinUnlock));
    bed.kernelThread('T', () => all(spinLock, step, step, spinUnlock));
    bed.interruptAt(0);
    bed.run();
    expect(bed.breaches).toEqual(['deadlock lock-held-below bmc:irq: lock']);
    expect(bed.sim.violations[0]!.message).toContain('T, which this context interrupts or displaces, holds it');
  });

  it('taken while a sleeper holds it is one, too; afterwards each gives back its own', () => {
    const bed = new LinuxBed();
    const { lock: object, spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(1000) });
    const step = bed.op('step', 100);
    bed.kernelThread('T', () => all(spinLockIrq, sleep, step, spinUnlockIrq));
    bed.kernelThread('U', () => all(spinLockIrq, step, spinUnlockIrq), 1);
    bed.run();
    expect(bed.breaches).toEqual(['deadlock lock-held-below U : lock']);
    expect(object.held).toBe(false);
    expect(bed.tasks.map((task) => task.preemptCount)).toEqual([0, 0]);
  });

  it('given back by who does not hold it is reported, and leaves the count of preemption alone', () => {
    const bed = new LinuxBed({ preempt: 'full' });
    const { spinLock, spinUnlock } = bed.spinlock();
    bed.kernelThread('T', () => all(spinLock, spinUnlock, spinUnlock));
    bed.run();
    expect(bed.breaches).toEqual(['deadlock unlock-not-held T : lock']);
    expect(bed.tasks[0]!.preemptCount).toBe(0);
  });

  it('given back by another than its holder is reported', () => {
    const bed = new LinuxBed();
    const { lock: object, spinLock, spinUnlock } = bed.spinlock();
    const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(1000) });
    bed.kernelThread('T', () => all(spinLock, sleep));
    bed.kernelThread('U', () => all(spinUnlock), 1);
    bed.run();
    expect(bed.breaches).toEqual(['deadlock unlock-not-held U : lock']);
    expect(object.held).toBe(true);
  });

  it('in freed memory is a use after free that ends the run', () => {
    for (const what of ['spinLock', 'spinUnlock', 'mutexLock', 'mutexUnlock'] as const) {
      const bed = new LinuxBed();
      const memory = bed.memory('kcs_bmc');
      const ops = { ...new SpinLock(memory, 'lock').at(0), ...new Mutex(memory, 'mutex').at(0) };
      const freed = bed.op('kfree', 1, { exec: () => (memory.kfree(), 0) });
      bed.kernelThread('T', () => all(ops.mutexLock, ops.spinLock, ops.spinUnlock, freed, ops[what]));
      expect(bed.run()).toBe('violation');
      expect(bed.breaches[0]).toBe('use-after-free use-after-free T : kcs_bmc');
    }
  });
});

describe('a spinlock on two CPUs', () => {
  it('keeps the other CPU spinning until its release, then one spin period at most', () => {
    for (const held of [10, 49_000, 50_000, 123_456]) {
      const bed = new LinuxBed({ cpus: 2 });
      const { spinLock, spinUnlock } = bed.spinlock();
      const section = bed.op('section', held);
      bed.kernelThread('T', () => all(spinLock, section, spinUnlock));
      bed.kernelThread('U', () => all(spinLock, section, spinUnlock), 1);
      bed.run();
      const released = bed.timeOf('spin_unlock(lock)');
      const first = 1 + lock; // U's first look, in vain
      expect(bed.timeOf('section', 1)).toBe(first + Math.ceil((released - first) / SPIN) * SPIN + held);
      expect(bed.breaches).toEqual([]);
    }
  });

  it('excludes: no two are ever in the section, under any schedule, and all come through', () => {
    const plan = fc.array(fc.record({
      actor: fc.constantFrom('T', 'U', 'bmc:irq'), step: fc.nat(14), release: fc.constantFrom('quiet', 'for 70000 ps', 'for 400 ps', 'timeouts 1'),
    }), { maxLength: 4 });
    fc.assert(fc.property(plan, fc.nat(120_000), (stallList, rise) => {
      const bed = new LinuxBed({ cpus: 2, atomicCap: 100_000 });
      const { spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
      let inside = 0;
      const enter = bed.op('enter', 20_000, { exec: () => ++inside });
      const leave = bed.op('leave', 20_000, {
        exec: () => {
          expect(inside).toBe(1);
          return --inside;
        },
      });
      const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
      const section = [spinLockIrqsave, enter, leave, spinUnlockIrqrestore];
      bed.kernelThread('T', () => all(...section, ...section));
      bed.kernelThread('U', () => all(...section, ...section), 7);
      bed.handler(1, () => all(...section, clear));
      bed.interruptAt(rise);
      expect(bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)))).toBe('done');
      expect([bed.allDone, bed.breaches, inside]).toEqual([true, [], 0]);
      expect(bed.labels('bmc:irq')).toContain('clear');
    }), { numRuns: 300 });
  });

  it('restores the interrupt flag of each CPU', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const a = bed.spinlock('a');
    const b = bed.spinlock('b');
    const step = bed.op('step', 60_000);
    const flags: string[] = [];
    const look = bed.op('look', 1, {
      exec: (_operand, ctx) => flags.push(`${ctx.name} ${bed.kernel.cpuOf(ctx).irqsOff}`),
    });
    bed.kernelThread('T', () => all(b.spinLockIrq, a.spinLockIrqsave, step, a.spinUnlockIrqrestore, look, b.spinUnlockIrq, look));
    bed.kernelThread('U', () => all(a.spinLockIrqsave, a.spinUnlockIrqrestore, look), 100);
    bed.run();
    expect(flags.toSorted()).toEqual(['T false', 'T true', 'U false']);
  });

  it('spin_lock_irq() spins with interrupts off, spin_lock() with interrupts on', () => {
    for (const irq of [true, false]) {
      const bed = new LinuxBed({ cpus: 2 });
      const { spinLock, spinUnlock, spinLockIrq, spinUnlockIrq } = bed.spinlock();
      const section = bed.op('section', 400_000);
      const step = bed.op('step', 10);
      bed.handler(1);
      // T, on CPU 0, spins while U, on CPU 1, is in the section.
      bed.kernelThread('T', () => all(...Array.from({ length: 20 }, () => step), irq ? spinLockIrq : spinLock, irq ? spinUnlockIrq : spinUnlock));
      bed.kernelThread('U', () => all(spinLock, section, spinUnlock), 1);
      bed.interruptAt(20_000);
      expect(bed.run()).toBe('done');
      expect(bed.tasks.map((task) => task.ctx.gate)).toEqual([...bed.kernel.cpus]);
      const entered = bed.timeOf('interrupt entry');
      if (irq) expect(entered).toBe(bed.timeOf('spin_unlock_irq(lock)') + irqEntry);
      else expect(entered).toBe(20_000 + irqLatency + irqEntry);
      expect(bed.breaches).toEqual([]);
    }
  });

  it('has preemption off while it spins', () => {
    const bed = new LinuxBed({ cpus: 2, preempt: 'full' });
    const { spinLock, spinUnlock } = bed.spinlock();
    const section = bed.op('section', 200_000);
    bed.kernelThread('T', () => all(spinLock, section, spinUnlock));
    bed.kernelThread('U', () => all(spinLock, spinUnlock), 1);
    let count = -1;
    bed.at(100_000, () => {
      count = bed.tasks[1]!.preemptCount;
    });
    bed.run();
    expect(count).toBe(1);
    expect(bed.tasks.map((task) => task.preemptCount)).toEqual([0, 0]);
  });

  it('taken on the CPU of its holder, by an interrupt, is a deadlock and spins for ever', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const { spinLock, spinUnlock } = bed.spinlock();
    const step = bed.op('step', 3000);
    bed.handler(1, () => all(spinLock, spinUnlock));
    bed.kernelThread('T', () => all(spinLock, step, step, spinUnlock));
    bed.interruptAt(0);
    expect(bed.run()).toBe('stuck');
    expect(bed.breaches).toEqual(['deadlock lock-held-below bmc:irq: lock']);
  });

  it('taken on the other CPU than its holder\'s, by an interrupt, is none', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const { spinLock, spinUnlock } = bed.spinlock();
    const step = bed.op('step', 3000);
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.handler(1, () => all(spinLock, clear, spinUnlock));
    bed.kernelThread('first', () => all(step, step, step));
    bed.kernelThread('T', () => all(spinLock, step, step, spinUnlock));
    bed.interruptAt(0);
    expect(bed.run()).toBe('done');
    expect(bed.breaches).toEqual([]);
  });
});

describe('a mutex', () => {
  it('is handed over first come, first served, and its waiter sleeps', () => {
    const bed = new LinuxBed();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(5000) });
    const body = (): Steps => all(mutexLock, sleep, mutexUnlock);
    for (const [i, name] of ['T', 'W', 'U', 'V'].entries()) bed.kernelThread(name, body, i);
    bed.run();
    const unlocks = bed.seen.filter((s) => s.label === 'mutex_unlock(mutex)');
    expect(unlocks.map((s) => s.who)).toEqual(['T', 'W', 'U', 'V']);
    // From unlock to unlock: the wake-up, the sleep, the unlock.
    for (let i = 1; i < 4; i++) expect(unlocks[i]!.at - unlocks[i - 1]!.at).toBe(wakeLatency + 10 + 5000 + lock);
  });

  it('excludes under any schedule, and everybody gets it', () => {
    const plan = fc.array(fc.record({
      actor: fc.constantFrom('T', 'U', 'V'), step: fc.nat(9), release: fc.constantFrom('quiet', 'for 700 ps', 'for 9000 ps', 'until T#4'),
    }), { maxLength: 4 });
    fc.assert(fc.property(plan, fc.constantFrom('none', 'full'), fc.constantFrom(1, 2), (stallList, preempt, cpus) => {
      const bed = new LinuxBed({ preempt, cpus } as { preempt: 'none'; cpus: 1 });
      const { mutexLock, mutexUnlock } = bed.mutex();
      let inside = 0;
      const enter = bed.op('enter', 100, { exec: () => ++inside });
      const leave = bed.op('leave', 100, {
        exec: () => {
          expect(inside).toBe(1);
          return --inside;
        },
      });
      for (const name of ['T', 'U', 'V']) bed.thread(name, () => all(mutexLock, enter, leave, mutexUnlock, mutexLock, enter, leave, mutexUnlock));
      expect(bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)))).toBe('done');
      expect([bed.allDone, bed.breaches]).toEqual([true, []]);
    }), { numRuns: 300 });
  });

  it('taken twice is a deadlock that ends the run, given back unheld is reported', () => {
    const bed = new LinuxBed();
    const { mutexLock } = bed.mutex();
    bed.kernelThread('T', () => all(mutexLock, mutexLock));
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual(['deadlock recursive-lock T : mutex']);

    const other = new LinuxBed();
    const { mutexUnlock } = other.mutex();
    other.kernelThread('T', () => all(mutexUnlock));
    other.run();
    expect(other.breaches).toEqual(['deadlock unlock-not-held T : mutex']);
  });

  it('may sleep: in atomic context mutex_lock() is reported whether it is free or not', () => {
    const bed = new LinuxBed();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const { spinLock, spinUnlock, spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.kernelThread('T', () => all(spinLock, mutexLock, mutexUnlock, spinUnlock));
    bed.kernelThread('U', () => all(spinLockIrq, mutexLock, mutexUnlock, spinUnlockIrq), 100);
    bed.handler(1, () => all(mutexLock, mutexUnlock, clear));
    bed.interruptAt(3000);
    expect(bed.run()).toBe('done');
    const rule = 'sleep-in-atomic mutex_lock-in-atomic-context';
    expect(bed.breaches).toEqual([`${rule} T : mutex_lock`, `${rule} U : mutex_lock`, `${rule} bmc:irq: mutex_lock`]);
  });
});

describe('resetting', () => {
  it('frees every lock', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const spin = bed.spinlock();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const step = bed.op('step', 10);
    let leave = false;
    bed.kernelThread('T', function* () {
      yield* all(mutexLock, spin.spinLockIrq);
      if (!leave) yield* all(spin.spinUnlockIrq, mutexUnlock, step);
    });
    bed.run();
    const { hash } = bed.sim;
    leave = true;
    bed.run();
    expect(spin.lock.held).toBe(true);
    leave = false;
    expect(bed.run()).toBe('done');
    expect([bed.sim.hash, spin.lock.held, bed.tasks[0]!.ctx.state]).toEqual([hash, false, State.done]);
  });
});
