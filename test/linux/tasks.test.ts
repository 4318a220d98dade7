import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCKED, State, type Op, type Ps, type Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all } from './bed.ts';

const { irqLatency, irqEntry, wakeLatency, syscall } = COST;

describe('one CPU', () => {
  it('runs one task until it sleeps, ends, or is stalled where it may be preempted; then who was ready first', () => {
    const bed = new LinuxBed();
    const step = bed.op('step', 100);
    const sleep = bed.op('sleep', 100, { exec: (_operand, ctx) => ctx.doze(1000) });
    bed.kernelThread('T', () => all(step, step, sleep, step), 0);
    bed.kernelThread('U', () => all(step, step), 20);
    bed.kernelThread('V', () => all(step), 10);
    bed.run();
    // T sleeps at 300; V was ready before U.
    expect(bed.order).toEqual(['T#0@100', 'T#1@200', 'T#2@300', 'V#0@400', 'U#0@500', 'U#1@600', 'T#3@1400']);
  });

  it('gives a woken task the CPU a wake-up latency later, and when it is free', () => {
    const bed = new LinuxBed();
    const block = bed.op('block', 10, { kind: 'block', exec: () => BLOCKED });
    const step = bed.op('step', 100);
    const sleeper = bed.kernelThread('T', () => all(block, step));
    bed.kernelThread('U', () => all(...Array.from({ length: 30 }, () => step)), 20);
    bed.at(500, () => bed.kernel.wake(sleeper, 0));
    bed.run();
    expect(bed.times('U').at(-1)).toBe(20 + 3000);
    expect(bed.times('T')[1]).toBe(20 + 3000 + 100);

    const idle = new LinuxBed();
    const alone = idle.op('block', 10, { kind: 'block', exec: () => BLOCKED });
    const next = idle.op('step', 100);
    const task = idle.kernelThread('T', () => all(alone, next));
    idle.at(500, () => idle.kernel.wake(task, 0));
    idle.run();
    expect(idle.times('T')[1]).toBe(500 + wakeLatency + 100);
  });

  it('keeps a task that wakes during an interrupt until that is over', () => {
    const bed = new LinuxBed();
    const block = bed.op('block', 10, { kind: 'block', exec: () => BLOCKED });
    const step = bed.op('step', 100);
    const slow = bed.op('slow', 5000, { exec: () => (bed.lines.set(1, false), 0) });
    const sleeper = bed.kernelThread('T', () => all(block, step));
    bed.handler(1, () => all(slow));
    bed.interruptAt(0);
    bed.at(irqLatency + 500, () => bed.kernel.wake(sleeper, 0)); // ready at irqLatency + 1100, the handler ends at +5180
    bed.run();
    expect(bed.times('T')[1]).toBe(bed.timeOf('return from interrupt') + 100);
  });

  it('is idle when all have ended, and takes who comes later', () => {
    const bed = new LinuxBed();
    const step = bed.op('step', 100);
    bed.kernelThread('T', () => all(step));
    bed.kernelThread('empty', () => all(), 50);
    bed.kernelThread('U', () => all(step), 5000);
    expect(bed.run()).toBe('done');
    expect(bed.order).toEqual(['T#0@100', 'U#0@5100']);
    expect(bed.kernel.cpus[0]!.current).toBeNull();
  });
});

describe('preemption', () => {
  /** T steps in the kernel with or without a lock, or in user mode; U is ready from 50 on. T's step 3 is stalled. */
  function preempted(preempt: 'none' | 'full', mode: 'user' | 'kernel' | 'spinlock' | 'irq off'): boolean {
    const bed = new LinuxBed({ preempt });
    const { spinLock, spinUnlock, spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const step = bed.op('step', 100);
    const other = bed.op('other', 100);
    const [enter, leave] = mode === 'spinlock' ? [spinLock, spinUnlock] : mode === 'irq off' ? [spinLockIrq, spinUnlockIrq] : [step, step];
    bed.thread('T', () => all(enter, step, step, step, step, leave), 0, mode !== 'user');
    bed.kernelThread('U', () => all(other), 50);
    expect(bed.run(stalls('T#3 for 4000 ps'))).toBe('done');
    const [stalledFrom, goesOn] = [bed.times('T')[2]!, bed.times('T')[3]!];
    expect(goesOn - stalledFrom).toBe(4000 + 100);
    return bed.times('U')[0]! < goesOn;
  }

  it('happens in user mode always, in the kernel only under preempt=full and without a lock', () => {
    expect([preempted('none', 'user'), preempted('full', 'user')]).toEqual([true, true]);
    expect([preempted('none', 'kernel'), preempted('full', 'kernel')]).toEqual([false, true]);
    expect([preempted('none', 'spinlock'), preempted('full', 'spinlock')]).toEqual([false, false]);
    expect([preempted('none', 'irq off'), preempted('full', 'irq off')]).toEqual([false, false]);
  });

  it('in a system call does not happen under preempt=none, on the way back it does', () => {
    const bed = new LinuxBed();
    const step = bed.op('driver', 100);
    const own = bed.op('own', 100);
    const other = bed.op('other', 100);
    const fops = {
      *open() { return 0; }, *release() { return 0; }, *read() { yield step; return 1; }, *write() { return 0; }, *poll() { return 0; }, *ioctl() { return 0; },
    };
    bed.thread('T', function* () {
      yield* bed.sys.read({ fops, nonBlocking: false, references: 1, closed: false } as never, null as never, 1);
      yield own;
    });
    bed.thread('U', () => all(other), 10);
    const during = (step: number): boolean => {
      bed.run(stalls(`T#${step} quiet`));
      return bed.times('U')[0]! < bed.times('T')[step]!;
    };
    // read(), driver, return from read(), own
    expect(bed.run()).toBe('done');
    expect(bed.labels('T')).toEqual(['read()', 'driver', 'return from read()', 'own']);
    expect([0, 1, 2, 3].map(during)).toEqual([true, false, false, true]);
  });

  it('of a task with an interrupt pending: first the interrupt, then the other task, then the rest', () => {
    const bed = new LinuxBed();
    const step = bed.op('step', 100);
    const other = bed.op('other', 100);
    bed.handler(1);
    bed.thread('T', () => all(...Array.from({ length: 14 }, () => step)));
    bed.kernelThread('U', () => all(other), 50);
    bed.interruptAt(150); // to be taken at 1200
    bed.run(stalls('T#12 for 3000 ps'));
    expect(bed.timeOf('interrupt entry')).toBe(1200 + irqEntry);
    expect(bed.times('U')).toEqual([bed.timeOf('return from interrupt') + 100]);
    expect(bed.times('T')[12]).toBe(1200 + 3000 + 100);
  });

  it('releases a task into the queue of those that are ready', () => {
    const bed = new LinuxBed();
    const step = bed.op('step', 100);
    bed.thread('T', () => all(step, step));
    bed.kernelThread('U', () => all(...Array.from({ length: 50 }, () => step)), 50);
    bed.run(stalls('T#1 for 300 ps'));
    expect(bed.times('T')[1]).toBe(bed.times('U').at(-1)! + 100);
  });
});

describe('two CPUs', () => {
  it('run two tasks in parallel, and interrupts on the first', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const step = bed.op('step', 100);
    const four = (): Steps => all(...Array.from({ length: 20 }, () => step));
    for (const name of ['T', 'U', 'V']) bed.kernelThread(name, four);
    bed.handler(1);
    bed.interruptAt(100);
    bed.run();
    expect(bed.times('T').slice(0, 11)).toEqual(bed.times('U').slice(0, 11));
    // T, on the first, is interrupted from 1100 on; U is not; V begins when U has ended.
    expect(bed.times('T')[11]).toBeGreaterThan(1200);
    expect(bed.times('U')[19]).toBe(2000);
    expect(bed.times('V')[0]).toBe(2100);
  });

  it('take a preempted task on either', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const step = bed.op('step', 100);
    bed.thread('T', () => all(step, step, step));
    bed.kernelThread('U', () => all(step, step), 10);
    bed.kernelThread('V', () => all(...Array.from({ length: 40 }, () => step)), 20);
    expect(bed.run(stalls('T#1 for 500 ps'))).toBe('done');
    // V takes T's CPU, U ends at 210: T goes on where U was.
    expect(bed.times('T')[1]).toBe(100 + 500 + 100);
    expect(bed.tasks[0]!.ctx.gate).toBe(bed.kernel.cpus[1]);
    expect(bed.times('V').length).toBe(40);
  });
});

describe('under any schedule of any tasks', () => {
  type Part = 'step' | 'call' | 'sleeping call' | 'user sleep' | 'locked' | 'irq off';
  const part = fc.constantFrom<Part>('step', 'call', 'sleeping call', 'user sleep', 'locked', 'irq off');
  const program = fc.array(part, { minLength: 1, maxLength: 5 });
  const stall = fc.record({
    actor: fc.constantFrom('T0', 'T1', 'T2', 'bmc:irq'), step: fc.nat(20),
    release: fc.constantFrom('quiet', 'for 250 ps', 'for 3000 ps', 'for 100000 ps', 'timeouts 1', 'until T1#6', 'until T2#3'),
  });
  const shape = fc.record({
    programs: fc.array(program, { minLength: 1, maxLength: 3 }), stallList: fc.array(stall, { maxLength: 6 }),
    rises: fc.array(fc.nat(5000), { maxLength: 3 }), preempt: fc.constantFrom('none' as const, 'full' as const), cpus: fc.constantFrom(1 as const, 2 as const),
  });

  function build(programs: readonly (readonly Part[])[], rises: readonly Ps[], config: { preempt: 'none' | 'full'; cpus: 1 | 2 }): LinuxBed {
    const bed = new LinuxBed(config);
    const { spinLock, spinUnlock, spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
    const step = bed.op('step', 100);
    const sleep = bed.op('sleep', 10, { kind: 'block', exec: (_operand, ctx) => ctx.doze(700) });
    const mode = (label: string, userMode: boolean): Op => bed.op(label, syscall, {
      exec: (_operand, ctx) => {
        bed.kernel.taskOf(ctx).userMode = userMode;
        return 0;
      },
    });
    const [enter, exit] = [mode('enter', false), mode('exit', true)];
    const PARTS: Readonly<Record<Part, readonly Op[]>> = {
      step: [step], call: [enter, step, step, exit], 'sleeping call': [enter, sleep, step, exit], 'user sleep': [sleep],
      locked: [enter, spinLock, step, spinUnlock, exit], 'irq off': [enter, spinLockIrqsave, step, spinUnlockIrqrestore, exit],
    };
    programs.forEach((parts, i) => bed.thread(`T${i}`, () => all(...parts.flatMap((p) => PARTS[p])), 30 * i));
    bed.handler(1);
    for (const at of rises) bed.interruptAt(at);
    return bed;
  }

  it('no step begins before its cost has passed, none is lost, and all come to their end', () => {
    fc.assert(fc.property(shape, ({ programs, stallList, rises, preempt, cpus }) => {
      const bed = build(programs, rises, { preempt, cpus });
      const ended = new Map<string, readonly [step: number, at: Ps]>();
      const { observer } = bed.sim;
      bed.sim.observer = {
        step(ctx, op, value) {
          observer!.step(ctx, op, value);
          const [step, at] = ended.get(ctx.name) ?? [-1, 0];
          if (step === ctx.step) expect(bed.sim.now).toBeGreaterThan(at); // it spins
          else expect(ctx.issuedAt).toBeGreaterThanOrEqual(at);
          ended.set(ctx.name, [ctx.step, bed.sim.now]);
          const took = bed.sim.now - ctx.issuedAt;
          expect(took).toBeGreaterThanOrEqual(bed.sim.ops.def(op).lead);
          if (cpus === 1) expect(took).toBe(bed.sim.ops.def(op).lead); // on two a lock may spin
        },
      };
      expect(bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)))).toBe('done');
      expect(bed.allDone).toBe(true);
      expect(bed.sim.anyHeld).toBe(false);
    }), { numRuns: 500 });
  });

  it('on one CPU no two steps overlap', () => {
    fc.assert(fc.property(shape, ({ programs, stallList, rises, preempt }) => {
      const bed = build(programs, rises, { preempt, cpus: 1 });
      let until = 0;
      bed.sim.observer = {
        step(ctx) {
          expect(ctx.issuedAt).toBeGreaterThanOrEqual(until);
          until = bed.sim.now;
        },
      };
      bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)));
    }), { numRuns: 500 });
  });

  it('under preempt=none on one CPU no task runs while another is in the kernel and not asleep', () => {
    fc.assert(fc.property(shape, ({ programs, stallList, rises }) => {
      const bed = build(programs, rises, { preempt: 'none', cpus: 1 });
      let inKernel: string | null = null;
      bed.sim.observer = {
        step(ctx, _op, value) {
          if (ctx === bed.kernel.cpus[0]!.irq) return;
          if (inKernel !== null) expect(ctx.name).toBe(inKernel);
          const task = bed.kernel.taskOf(ctx);
          inKernel = task.userMode || value === BLOCKED ? null : ctx.name;
        },
      };
      bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)));
    }), { numRuns: 500 });
  });

  it('under preempt=full nobody runs on a CPU of which a task has preemption disabled, but interrupts', () => {
    fc.assert(fc.property(shape, ({ programs, stallList, rises }) => {
      const bed = build(programs, rises, { preempt: 'full', cpus: 1 });
      let locked: string | null = null;
      bed.sim.observer = {
        step(ctx) {
          if (ctx === bed.kernel.cpus[0]!.irq) return;
          if (locked !== null) expect(ctx.name).toBe(locked);
          locked = bed.kernel.taskOf(ctx).preemptCount > 0 ? ctx.name : null;
        },
      };
      bed.run(stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`)));
    }), { numRuns: 300 });
  });

  it('each run is the same again, after any other', () => {
    fc.assert(fc.property(shape, shape, (one, two) => {
      const bed = build(one.programs, one.rises, one);
      const plan = ({ stallList }: typeof one) => stalls(...stallList.map(({ actor, step, release }) => `${actor}#${step} ${release}`));
      bed.run(plan(one));
      const { hash, now } = bed.sim;
      const taken = bed.sim.taken.map((d) => ({ ...d }));
      bed.sim.limit = 17;
      bed.run(plan(two));
      bed.sim.limit = 20_000;
      bed.run(plan(one));
      expect([bed.sim.hash, bed.sim.now, bed.sim.taken]).toEqual([hash, now, taken]);
    }), { numRuns: 200 });
  });
});

describe('a task that ends', () => {
  it('while it holds nothing leaves its CPU to the next, on either CPU', () => {
    for (const cpus of [1, 2] as const) {
      const bed = new LinuxBed({ cpus });
      const step = bed.op('step', 100);
      for (let i = 0; i < 6; i++) bed.kernelThread(`T${i}`, () => all(step), i);
      expect(bed.run()).toBe('done');
      expect(bed.tasks.map(({ ctx }) => ctx.state)).toEqual(Array.from({ length: 6 }, () => State.done));
      expect(bed.sim.now).toBe(cpus === 1 ? 600 : 301);
    }
  });

  it('in a section with interrupts off leaves a CPU that takes interrupts', () => {
    const bed = new LinuxBed();
    const { spinLockIrq } = bed.spinlock();
    bed.handler(1);
    bed.kernelThread('T', () => all(spinLockIrq));
    bed.interruptAt(5000);
    bed.run();
    expect(bed.labels('bmc:irq')).toContain('handle 1');
  });
});
