import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED, END_OF_TIME, Signal, State, type Chooser, type Ps, type Steps } from '../../src/sim/index.ts';
import { schedule, stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all } from './bed.ts';

const { irqLatency, irqEntry, irqNext, irqExit, atomicCap, lock } = COST;

/** Kernel code of `n` steps of `lead` ps in one thread. */
function busy(n = 40, lead = 100): LinuxBed {
  const bed = new LinuxBed();
  const step = bed.op('step', lead);
  bed.kernelThread('T', function* () {
    for (let i = 0; i < n; i++) yield step;
  });
  return bed;
}

/** The interrupts of the last run: when their handlers began. */
function interrupts(bed: LinuxBed): { entered: Ps[]; sources: number[] } {
  const seen = bed.seen.filter((s) => s.who === 'bmc:irq' && (s.label === 'interrupt entry' || s.label === 'next interrupt source'));
  return { entered: seen.filter((s) => s.label === 'interrupt entry').map((s) => s.at), sources: seen.map((s) => s.value) };
}

describe('an interrupt', () => {
  it('of an idle CPU is taken its latency after the line has risen', () => {
    const bed = new LinuxBed();
    bed.handler(1);
    bed.interruptAt(777);
    bed.run();
    expect(bed.seen.map(({ label, at }) => [label, at])).toEqual([
      ['interrupt entry', 777 + irqLatency + irqEntry],
      ['handle 1', 777 + irqLatency + irqEntry + 10],
      ['next interrupt source', 777 + irqLatency + irqEntry + 10 + irqNext],
      ['return from interrupt', 777 + irqLatency + irqEntry + 10 + irqNext + irqExit],
    ]);
  });

  it('waits for the end of the step in flight, and comes before the next', () => {
    const bed = busy();
    bed.handler(1);
    bed.interruptAt(150); // the latency is over at 1150, in the step from 1100 to 1200
    bed.run();
    expect(interrupts(bed).entered).toEqual([1200 + irqEntry]);
    const back = 1200 + irqEntry + 10 + irqNext + irqExit;
    expect(bed.times('T').slice(10, 14)).toEqual([1100, 1200, back + 100, back + 200]);
  });

  it('may be as late as its jitter, not later', () => {
    for (const late of [1, 8]) {
      const bed = new LinuxBed();
      bed.handler(1);
      bed.interruptAt(0);
      bed.run(schedule([{ actor: 'bmc:irq', step: 0, late }]));
      expect(interrupts(bed).entered).toEqual([irqLatency + irqEntry + (COST.irqJitter * late) / 8]);
    }
  });

  it('waits while interrupts are off, and is taken at the unlock', () => {
    const bed = new LinuxBed();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const step = bed.op('step', 500);
    bed.handler(1);
    bed.kernelThread('T', () => all(spinLockIrq, step, step, step, step, spinUnlockIrq, step));
    bed.interruptAt(100);
    bed.run();
    const unlocked = bed.timeOf('spin_unlock_irq(lock)');
    expect(unlocked).toBe(2 * lock + 2000);
    expect(interrupts(bed).entered).toEqual([unlocked + irqEntry]);
  });

  it('does not nest: another source waits for the next look, the lowest goes first (irq-aspeed-vic.c)', () => {
    const bed = new LinuxBed();
    const slow = bed.op('slow', 3000, { exec: () => (bed.lines.set(5, false), 0) });
    bed.handler(5, () => all(slow));
    bed.handler(3);
    bed.handler(1);
    bed.interruptAt(0, 5);
    bed.interruptAt(irqLatency + irqEntry + 100, 3);
    bed.interruptAt(irqLatency + irqEntry + 200, 1);
    bed.run();
    expect(interrupts(bed)).toEqual({ entered: [irqLatency + irqEntry], sources: [5, 1, 3, -1] });
    expect(bed.labels('bmc:irq').filter((label) => label.startsWith('h') || label === 'slow')).toEqual(['slow', 'handle 1', 'handle 3']);
  });

  it('whose level its handler leaves high is taken again, for ever: a storm', () => {
    const bed = busy(3);
    let handled = 0;
    const look = bed.op('look', 10, {
      exec: () => {
        if (++handled === 20) bed.lines.set(1, false);
        return 0;
      },
    });
    bed.handler(1, () => all(look));
    bed.interruptAt(0);
    bed.run();
    expect(handled).toBe(20);
    expect(bed.allDone).toBe(true);
  });

  it('whose line falls before the handler looks finds no source: a spurious entry', () => {
    const bed = new LinuxBed();
    const taken: number[] = [];
    bed.sim.trace.on(bed.kernel.events.irq, (_at, _actor, source) => taken.push(source));
    bed.handler(1);
    bed.interruptAt(0);
    bed.at(irqLatency + irqEntry - 1, () => bed.lines.set(1, false));
    bed.run();
    expect(bed.labels('bmc:irq')).toEqual(['interrupt entry', 'return from interrupt']);
    expect(taken).toEqual([-1]);
  });

  it('whose line falls within its latency, with interrupts on, is on its way: a spurious entry', () => {
    const bed = busy();
    bed.handler(1);
    bed.interruptAt(0);
    bed.at(irqLatency - 10, () => bed.lines.set(1, false));
    bed.run();
    expect(interrupts(bed)).toEqual({ entered: [irqLatency + irqEntry], sources: [-1] });
  });

  it('whose line falls while interrupts are off is not taken at all: it is a level', () => {
    for (const after of [0, irqLatency, 3 * irqLatency]) { // before, when and after the latency is over
      const bed = new LinuxBed();
      const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
      const wait = bed.op('wait', 100 + after);
      const clear = bed.op('clear', 100, { exec: () => (bed.lines.set(1, false), 0) });
      const step = bed.op('step', 100);
      bed.handler(1);
      bed.kernelThread('T', () => all(spinLockIrq, wait, clear, spinUnlockIrq, step));
      bed.interruptAt(50);
      bed.run();
      expect(bed.labels('bmc:irq')).toEqual([]);
      expect(bed.allDone).toBe(true);
    }
  });

  it('that rises again after that is a new one, with its own latency', () => {
    const bed = new LinuxBed();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const step = bed.op('step', 3000);
    bed.handler(1);
    bed.kernelThread('T', () => all(spinLockIrq, step, step, spinUnlockIrq));
    bed.interruptAt(50);
    bed.at(4000, () => bed.lines.set(1, false));
    bed.interruptAt(5900);
    bed.run();
    expect(interrupts(bed).entered).toEqual([5900 + irqLatency + irqEntry]);
  });

  it('that rises while the handler returns is not lost', () => {
    const done = irqLatency + irqEntry + 10 + irqNext;
    for (let at = done - 40; at < done + irqExit + 5; at++) {
      const bed = busy(60);
      bed.handler(1);
      bed.interruptAt(0);
      bed.interruptAt(at);
      bed.run();
      expect(bed.labels('bmc:irq').filter((label) => label === 'handle 1').length).toBeGreaterThanOrEqual(at > done - irqNext ? 2 : 1);
      expect(bed.lines.next()).toBe(-1);
    }
  });

  it('of a masked source waits for its unmasking', () => {
    const bed = new LinuxBed();
    bed.handler(1);
    bed.at(1, () => bed.lines.mask(1));
    bed.interruptAt(2);
    bed.at(9000, () => bed.lines.unmask(1));
    bed.run();
    expect(interrupts(bed).entered).toEqual([9000 + irqLatency + irqEntry]);
  });

  it('returns to a CPU that has interrupts on, whatever its handler leaves behind', () => {
    const bed = busy();
    const { spinLockIrqsave } = bed.spinlock();
    bed.handler(1, () => all(spinLockIrqsave, clear));
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.interruptAt(0);
    bed.interruptAt(2000);
    bed.run();
    expect(interrupts(bed).entered[1]).toBeLessThanOrEqual(2000 + irqLatency + 100 + irqEntry);
  });

  it('comes between two samples of a loop that polls with interrupts on, and the loop goes on', () => {
    const bed = new LinuxBed();
    const signal = new Signal();
    let flag = 0;
    bed.sim.onReset(() => {
      flag = 0;
      signal.reset();
    });
    const poll = bed.op('poll', 10, { kind: 'poll', exec: (_operand, ctx) => (flag !== 0 ? flag : ctx.park(signal)) });
    const set = bed.op('set', 10, {
      exec: () => {
        bed.lines.set(1, false);
        flag = 1;
        signal.changed();
        return 0;
      },
    });
    bed.handler(1, () => all(set));
    const task = bed.kernelThread('T', function* () {
      task.ctx.pollPeriod = 100;
      task.ctx.pollDeadline = END_OF_TIME;
      yield poll;
    });
    bed.interruptAt(50);
    expect(bed.run()).toBe('done');
    expect(interrupts(bed).entered).toEqual([50 + irqLatency + irqEntry]);
    const back = 50 + irqLatency + irqEntry + 10 + irqNext + irqExit;
    expect(bed.times('T')).toEqual([10, 10 + Math.ceil((back - 10) / 100) * 100]);

    const { hash } = bed.sim;
    bed.sim.limit = 2; // cut short in the handler, while the poll is suspended
    bed.run();
    bed.sim.limit = 1000;
    bed.run();
    expect(bed.sim.hash).toBe(hash);
  });
});

describe('a stall', () => {
  it('of kernel code under preempt=none keeps the other tasks out, not the interrupts', () => {
    const bed = busy(30);
    const step = bed.op('other', 100);
    bed.handler(1);
    bed.kernelThread('U', () => all(step), 200);
    bed.interruptAt(600);
    bed.run(stalls('T#5 for 9000 ps'));
    expect(interrupts(bed).entered).toEqual([600 + irqLatency + irqEntry]);
    expect(bed.times('T')[5]).toBe(500 + 9000 + 100);
    expect(bed.times('U')[0]).toBe(bed.times('T').at(-1)! + 100);
  });

  it('that begins when an interrupt is pending gives way to it at once', () => {
    const bed = busy(30);
    bed.handler(1);
    bed.interruptAt(150);
    bed.run(stalls('T#12 for 9000 ps')); // 1200, when the interrupt is taken as well
    expect(interrupts(bed).entered).toEqual([1200 + irqEntry]);
    expect(bed.times('T')[12]).toBe(1200 + 9000 + 100);
  });

  it('that ends while the interrupt is handled waits for its end', () => {
    const bed = busy(30);
    bed.handler(1, undefined, 2000);
    bed.interruptAt(0);
    bed.run(stalls('T#10 for 500 ps'));
    const back = irqLatency + irqEntry + 2000 + irqNext + irqExit;
    expect(bed.times('T')[10]).toBe(back + 100);
  });

  it.each(['quiet', 'timeouts 9', 'until T#99', 'for 9999999 ps'])('of a handler (%s) is at most atomicCap', (release) => {
    const bed = busy(500);
    bed.handler(1);
    bed.interruptAt(0);
    bed.at(90_000, () => {});
    bed.run(stalls(`bmc:irq#1 ${release}`));
    expect(bed.timeOf('handle 1')).toBe(irqLatency + irqEntry + atomicCap + 10);
  });

  it('of all steps of a handler together is at most atomicCap', () => {
    const bed = busy(500);
    bed.handler(1);
    bed.interruptAt(0);
    bed.at(90_000, () => {});
    bed.run(stalls('bmc:irq#1 for 3000 ps', 'bmc:irq#2 for 3000 ps', 'bmc:irq#3 for 3000 ps'));
    expect(bed.timeOf('return from interrupt')).toBe(irqLatency + irqEntry + 10 + irqNext + irqExit + atomicCap);
  });

  it('of a section with interrupts off is at most atomicCap, and the next section has its own', () => {
    const bed = new LinuxBed();
    const { spinLockIrq, spinUnlockIrq, spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
    const step = bed.op('step', 100);
    bed.kernelThread('T', () => all(spinLockIrq, step, step, spinUnlockIrq, step, spinLockIrqsave, step, spinUnlockIrqrestore));
    bed.at(90_000, () => {});
    bed.run(stalls('T#1 quiet', 'T#2 for 4000 ps', 'T#3 quiet', 'T#6 quiet'));
    const [locked, , , unlocked, , again, , last] = bed.times('T');
    expect(unlocked! - locked!).toBe(200 + lock + atomicCap);
    expect(last! - again!).toBe(100 + lock + atomicCap);
  });

  it('of a handler keeps all else from the CPU', () => {
    const bed = busy(500);
    bed.handler(1);
    bed.interruptAt(0);
    bed.run(stalls('bmc:irq#1 for 4000 ps'));
    const between = bed.seen.filter((s) => s.at > irqLatency + irqEntry && s.at < irqLatency + irqEntry + 4000);
    expect(between).toEqual([]);
  });
});

describe('the interrupt flag', () => {
  it('goes with a task that sleeps with interrupts off, and comes back with it', () => {
    const bed = new LinuxBed();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const sleep = bed.op('fault', 10, { exec: (_operand, ctx) => ctx.doze(20_000) });
    const step = bed.op('step', 100);
    const other = bed.op('other', 400);
    bed.handler(1);
    bed.kernelThread('T', () => all(spinLockIrq, sleep, step, step, spinUnlockIrq));
    bed.kernelThread('U', function* () {
      for (let i = 0; i < 10; i++) yield other;
    }, 1);
    bed.interruptAt(100); // while T sleeps: taken, as U runs with interrupts on
    bed.interruptAt(20_015 - irqLatency); // while T is back: waits for its unlock
    bed.run();
    expect(interrupts(bed).entered[0]).toBeLessThan(2000);
    expect(interrupts(bed).entered[1]).toBe(bed.timeOf('spin_unlock_irq(lock)') + irqEntry);
  });

  it('is that of the new task when the sleeper leaves an idle CPU', () => {
    const bed = new LinuxBed();
    const { spinLockIrq } = bed.spinlock();
    const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(50_000) });
    bed.handler(1);
    bed.kernelThread('T', () => all(spinLockIrq, sleep));
    bed.interruptAt(100);
    bed.run();
    expect(interrupts(bed).entered).toEqual([100 + irqLatency + irqEntry]);
  });
});

describe('a run that was cut short', () => {
  it('leaves no line high, no interrupt pending and none masked for the next', () => {
    const bed = new LinuxBed();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const step = bed.op('step', 700);
    bed.handler(1);
    bed.kernelThread('T', () => all(step, spinLockIrq, step, step, step, step, step, step, spinUnlockIrq, step));
    bed.interruptAt(40);
    bed.interruptAt(1800);
    bed.interruptAt(90_000); // the CPU is idle
    bed.run();
    const { hash, steps } = bed.sim;
    expect(interrupts(bed).entered).toContain(90_000 + irqLatency + irqEntry);
    for (let limit = 1; limit < steps; limit++) {
      bed.sim.limit = limit;
      bed.run();
      bed.sim.limit = 1000;
      bed.run();
      expect(bed.sim.hash, `after ${limit} steps`).toBe(hash);
    }
  });
});

describe('a handler that sleeps', () => {
  it('ends the run: scheduling while atomic (kernel/sched/core.c)', () => {
    const bed = new LinuxBed();
    const bad = bed.op('msleep', 10, { exec: () => BLOCKED });
    bed.handler(1, () => all(bad));
    bed.interruptAt(0);
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual(['sleep-in-atomic scheduling-while-atomic bmc:irq: schedule']);
  });

  it('ends it even if nobody judges that', () => {
    const bed = new LinuxBed();
    const bad = bed.op('msleep', 10, { exec: (_operand, ctx) => ctx.doze(10) });
    bed.handler(1, () => all(bad));
    bed.interruptAt(0);
    bed.sim.selected = new Set();
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual([]);
  });
});

describe('whatever the schedule', () => {
  /** A task of sections with interrupts on and off, of steps, polls and sleeps. */
  const part = fc.record({ off: fc.boolean(), steps: fc.array(fc.constantFrom(20, 130, 700), { minLength: 1, maxLength: 4 }), sleep: fc.boolean() });
  const stall = fc.record({
    actor: fc.constantFrom('T', 'U', 'bmc:irq'), step: fc.nat(25), release: fc.constantFrom('quiet', 'for 300 ps', 'for 30000 ps', 'timeouts 1'),
  });

  it('every rise is handled once, not before its latency, never with interrupts off nor within a step', () => {
    fc.assert(fc.property(
      fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(12_000), { maxLength: 4 }), fc.array(stall, { maxLength: 4 }),
      fc.constantFrom('none', 'full'), fc.constantFrom(1, 2), (parts, rises, stallList, preempt, cpus) => {
        const bed = new LinuxBed({ preempt, cpus } as { preempt: 'none'; cpus: 1 });
        const { spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
        const leads = new Map([20, 130, 700].map((lead) => [lead, bed.op(`step ${lead}`, lead)]));
        const sleep = bed.op('sleep', 10, { exec: (_operand, ctx) => ctx.doze(500) });
        const body = function* (): Steps {
          for (const { off, steps, sleep: sleeps } of parts) {
            if (off) yield spinLockIrqsave;
            for (const lead of steps) yield leads.get(lead)!;
            if (off) yield spinUnlockIrqrestore;
            if (sleeps) yield sleep;
          }
        };
        bed.kernelThread('T', body);
        bed.thread('U', body, 100);
        let since = -1;
        let raised = 0;
        let handled = 0;
        const cpu = bed.kernel.cpus[0]!;
        const check = bed.op('handle', 10, {
          exec: () => {
            handled++;
            expect(cpu.irqsOff).toBe(false);
            if (cpu.current !== null) expect(cpu.current.ctx.state).not.toBe(State.flight);
            bed.lines.set(1, false);
            return 0;
          },
        });
        bed.sim.trace.on(bed.kernel.events.irq, (_at, _actor, source) => expect(source).toBe(1));
        bed.handler(1, () => all(check));
        for (const at of rises) bed.at(at, () => {
          if (bed.lines.next() >= 0 || cpu.source === 1) return; // high already
          raised++;
          since = bed.sim.now;
          bed.lines.set(1, true);
        });
        const { observer } = bed.sim;
        bed.sim.observer = {
          step(ctx, op, value) {
            observer!.step(ctx, op, value);
            if (bed.sim.ops.label(op) === 'interrupt entry') expect(bed.sim.now).toBeGreaterThanOrEqual(since + irqLatency + irqEntry);
          },
        };
        const plan: Chooser = stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`));
        expect(bed.run(plan)).toBe('done');
        expect(handled).toBe(raised);
        expect(bed.allDone).toBe(true);
        expect(bed.breaches).toEqual([]);
      },
    ), { numRuns: 400 });
  });
});
