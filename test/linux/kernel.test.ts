import { describe, expect, it } from 'vitest';
import { IRQ_NONE, formatResult, observeFields, type FieldObserver } from '../../src/linux/index.ts';
import { BLOCKED, type Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all, positions } from './bed.ts';

const { irqLatency } = COST;

/** Runs `body` before the system starts. */
class Booting extends LinuxBed {
  body: () => Steps<unknown> = function* () {};

  protected override boot(): void {
    super.boot();
    this.kernel.boot(this.body());
  }
}

describe('booting', () => {
  it('runs its steps to their end outside of time: none is counted, none can be stalled', () => {
    const bed = new Booting();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const read = bed.op('read', 1000, { exec: () => 42 });
    let got = 0;
    bed.body = function* () {
      yield* all(mutexLock, spinLockIrq);
      got = yield read;
      yield* all(spinUnlockIrq, mutexUnlock);
    };
    expect(bed.run(stalls('bmc:boot#0 quiet'))).toBe('done');
    expect([got, bed.sim.now, bed.sim.steps, bed.sim.taken, bed.kernel.cpus[0]!.irqsOff]).toEqual([42, 0, 0, [], false]);
  });

  it('is not atomic: probe() may sleep', () => {
    const bed = new Booting();
    const { mutexLock, mutexUnlock } = bed.mutex();
    bed.body = () => all(mutexLock, mutexUnlock);
    bed.run();
    expect(bed.breaches).toEqual([]);
  });

  it('is atomic under a lock all the same', () => {
    const bed = new Booting();
    const { mutexLock, mutexUnlock } = bed.mutex();
    const { spinLockIrq, spinUnlockIrq } = bed.spinlock();
    bed.body = () => all(spinLockIrq, mutexLock, mutexUnlock, spinUnlockIrq);
    bed.run();
    expect(bed.breaches.length).toBe(1);
  });

  it('cannot wait for anybody', () => {
    const bed = new Booting();
    const block = bed.op('block', 1, { exec: () => BLOCKED });
    bed.body = () => all(block);
    expect(() => bed.run()).toThrow('block: the driver waits in its probe(), while the system boots');
  });

  it('can leave an interrupt to the system', () => {
    const bed = new Booting();
    const raise = bed.op('raise', 1, { exec: () => (bed.lines.set(1, true), 0) });
    bed.handler(1);
    bed.body = () => all(raise);
    bed.run();
    expect(bed.times('bmc:irq')[0]).toBe(irqLatency + COST.irqEntry);
  });
});

describe('free_irq() (kernel/irq/manage.c)', () => {
  it.each([COST.irqExit, 0])('waits for a handler that runs on the other CPU; afterwards none is called: return from interrupt in %s ps', (irqExit) => {
    const bed = new LinuxBed({ cpus: 2, irqExit });
    let freed = false;
    const slow = bed.op('slow', 3000, {
      exec: () => {
        expect(freed).toBe(false);
        bed.lines.set(1, false);
        return 0;
      },
    });
    const action = bed.handler(1, () => all(slow));
    const step = bed.op('step', 500);
    bed.kernelThread('T', () => all(...Array.from({ length: 20 }, () => step)));
    bed.kernelThread('U', function* () {
      yield* all(step, step);
      yield* bed.kernel.freeIrq(1, action);
      freed = true;
      yield* all(step, step);
    });
    bed.interruptAt(0);
    bed.sim.onReset(() => {
      freed = false;
    });
    for (const place of positions(bed)) for (const release of ['quiet', 'for 800 ps', 'for 2500 ps']) {
      expect(bed.run(stalls(`${place} ${release}`)), `${place} ${release}`).toBe('done');
      expect(freed).toBe(true);
    }
  });

  it('takes one handler of a shared line away, the others stay', () => {
    const bed = new LinuxBed();
    const called: string[] = [];
    const handlers = ['a', 'b'].map((name) => {
      const op = bed.op(name, 10, {
        exec: () => {
          called.push(name);
          if (name === 'b') bed.lines.set(1, false);
          return 0;
        },
      });
      return bed.handler(1, () => all(op));
    });
    bed.kernelThread('T', function* () {
      yield bed.kernel.sleep(10_000);
      yield* bed.kernel.freeIrq(1, handlers[0]!);
    });
    bed.interruptAt(0);
    bed.interruptAt(20_000);
    bed.run();
    expect(called).toEqual(['a', 'b', 'b']);
  });
});

describe('a level that nobody takes down', () => {
  it('ends with free_irq() of its last handler, which shuts the line down', () => {
    const bed = new LinuxBed({ cpus: 2 });
    const look = bed.op('look', 100);
    const action = bed.handler(1, () => all(look));
    bed.kernelThread('idle', function* () {
      yield bed.kernel.sleep(1);
    });
    bed.kernelThread('T', function* () {
      yield bed.kernel.sleep(10_000);
      yield* bed.kernel.freeIrq(1, action);
    });
    bed.interruptAt(0);
    expect(bed.run()).toBe('done');
    expect(bed.allDone).toBe(true);
    expect(bed.lines.next()).toBe(-1);
  });

  it('is masked for good when 99 900 interrupts were not handled: nobody cared (kernel/irq/spurious.c)', () => {
    const bed = new LinuxBed();
    bed.sim.observer = null;
    bed.sim.limit = 1_000_000;
    let calls = 0;
    bed.handler(1, function* (): Steps<number> {
      calls++;
      return IRQ_NONE;
    });
    bed.interruptAt(0);
    expect(bed.run()).toBe('done');
    expect(calls).toBe(99_900);
  });
});

describe('what the kernel tells', () => {
  it('of an interrupt: the source, and whether anybody handled it', () => {
    const bed = new LinuxBed();
    const seen: unknown[] = [];
    bed.sim.trace.on(bed.kernel.events.irq, (_at, _actor, source, handled) => seen.push([source, handled]));
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.handler(1, function* (): Steps<number> {
      yield clear;
      return IRQ_NONE;
    });
    bed.handler(2);
    bed.interruptAt(0, 1);
    bed.interruptAt(5000, 2);
    bed.run();
    expect(seen).toEqual([[1, 0], [2, 1]]);
    expect(bed.sim.trace.kinds[bed.kernel.events.irq]!.text(1, 0, 0)).toBe('VIC 1 not handled');
    expect(bed.sim.trace.kinds[bed.kernel.events.irq]!.text(-1, 0, 0)).toBe('spurious: no source pending');
  });

  it('of a result: the name of the error', () => {
    expect([formatResult(5), formatResult(0), formatResult(-11), formatResult(-9999)]).toEqual(['5', '0', '-EAGAIN', '-9999']);
  });

  it('of a breach only once per rule and site', () => {
    const bed = new LinuxBed();
    const { spinUnlock } = bed.spinlock();
    bed.kernelThread('T', () => all(spinUnlock, spinUnlock));
    bed.run();
    expect(bed.breaches.length).toBe(1);
  });
});

describe('shared fields', () => {
  it('are plain where nobody observes, and tell each access where somebody does', () => {
    const bed = new LinuxBed();
    const plain = bed.kernel.shared('plain', { x: 1 }, ['x']);
    expect(Object.getOwnPropertyDescriptor(plain, 'x')).toMatchObject({ value: 1, writable: true });

    const seen: string[] = [];
    const observer: FieldObserver = {
      access: (field, object, write, ctx) => seen.push(`${ctx?.name} ${write ? 'writes' : 'reads'} ${field} ${bed.sim.ops.objectName(object)}`),
      marked: (access) => access(),
      release() {},
      acquire() {},
      pass() {},
      wake() {},
      fence() {},
      marks() {},
      clock: () => new Int32Array(),
    };
    const state = { phase: 1, other: 2 };
    observeFields('kcs', state, ['phase'], observer, bed.sim);
    const step = bed.op('step', 10, { exec: () => state.phase });
    const got: number[] = [];
    bed.kernelThread('T', function* () {
      got.push(yield step);
      state.phase = 5;
      got.push(state.phase, state.other);
    });
    bed.run();
    expect(got).toEqual([1, 5, 2]);
    expect(seen).toEqual(['T reads kcs.phase kcs.phase', 'T writes kcs.phase kcs.phase', 'T reads kcs.phase kcs.phase']);
  });
});
