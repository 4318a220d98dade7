import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rcu, RcuListHead, RcuPointer, listAddRcu, listDelRcu, listEntries, type KernelConfig, type RcuOps } from '../../src/linux/index.ts';
import { DataRaceOracle } from '../../src/oracles/index.ts';
import type { Op, Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { LinuxBed, all } from './bed.ts';

/** Documentation/RCU/whatisRCU.rst and Design/Requirements: what readers and grace periods promise each other. */
class RcuBed extends LinuxBed {
  readonly rcu: Rcu;
  readonly ops: RcuOps;
  /** 3000 ps of work. */
  readonly work: Op;

  constructor(config: Partial<KernelConfig> = {}, observed = false) {
    super(config);
    if (observed) {
      const races = new DataRaceOracle(this.sim);
      const { observer } = this.sim;
      this.kernel.fields = races;
      this.sim.observer = {
        step(ctx, op, value) {
          observer?.step(ctx, op, value);
          races.step(ctx, op);
        },
      };
    }
    this.rcu = new Rcu(this.kernel);
    this.ops = this.rcu.at(0);
    this.work = this.op('work', 3000);
  }

  reader(...inside: readonly Op[]): Steps {
    return all(this.ops.rcuReadLock, ...inside, this.ops.rcuReadUnlock);
  }

  /** Waits for a grace period. */
  *writer(...before: readonly Op[]): Steps {
    yield* all(...before, this.ops.synchronizeRcu);
    this.graceAt = this.sim.now;
  }

  /** When the last grace period ended. */
  graceAt = -1;
}

describe('a grace period', () => {
  it.each(['none', 'full'] as const)('waits for a reader that has begun, on another CPU (preempt=%s)', (preempt) => {
    const bed = new RcuBed({ cpus: 2, preempt });
    bed.kernelThread('reader', () => bed.reader(bed.work, bed.work));
    bed.kernelThread('writer', () => bed.writer(), 100);
    expect(bed.run()).toBe('done');
    expect(bed.graceAt).toBeGreaterThanOrEqual(bed.timeOf('rcu_read_unlock'));
    expect(bed.graceAt - bed.timeOf('rcu_read_unlock')).toBe(bed.config.wakeLatency);
  });

  it('ends at once where nobody reads', () => {
    const bed = new RcuBed();
    bed.kernelThread('writer', () => bed.writer());
    bed.run();
    expect(bed.graceAt).toBe(bed.config.lock);
  });

  it('does not wait for a reader that begins after it', () => {
    const bed = new RcuBed({ cpus: 2 });
    bed.kernelThread('first', function* () {
      yield* bed.reader(bed.work);
      yield* bed.reader(bed.work, bed.work, bed.work);
    });
    bed.kernelThread('writer', () => bed.writer(), 100);
    bed.run();
    expect(bed.graceAt).toBeGreaterThanOrEqual(bed.timeOf('rcu_read_unlock', 0));
    expect(bed.graceAt).toBeLessThan(bed.timeOf('work', 1));
  });

  it('waits for the outermost rcu_read_unlock()', () => {
    const bed = new RcuBed({ cpus: 2 });
    const { rcuReadLock, rcuReadUnlock } = bed.ops;
    bed.kernelThread('reader', () => all(rcuReadLock, rcuReadLock, bed.work, rcuReadUnlock, bed.work, rcuReadUnlock));
    bed.kernelThread('writer', () => bed.writer(), 100);
    bed.run();
    expect(bed.graceAt).toBeGreaterThanOrEqual(bed.timeOf('rcu_read_unlock', 1));
  });

  it('waits for a reader in an interrupt handler', () => {
    const bed = new RcuBed({ cpus: 2 });
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.handler(1, () => bed.reader(bed.work, bed.work, clear));
    bed.interruptAt(0);
    const delay = bed.op('delay', 1500);
    bed.kernelThread('on CPU 0', () => all(delay)); // which the interrupt takes
    bed.kernelThread('writer', () => bed.writer(delay, delay));
    bed.run();
    expect(bed.timeOf('rcu_read_lock')).toBeLessThan(bed.graceAt);
    expect(bed.graceAt).toBeGreaterThanOrEqual(bed.timeOf('rcu_read_unlock'));
  });

  it('with preempt=full waits for a reader that is preempted', () => {
    const bed = new RcuBed({ preempt: 'full' });
    bed.kernelThread('reader', () => bed.reader(bed.work));
    bed.kernelThread('writer', () => bed.writer(bed.work), 10);
    bed.run(stalls('reader#1 until writer#1', 'reader#2 for 50000 ps'));
    expect(bed.graceAt).toBeGreaterThanOrEqual(bed.timeOf('rcu_read_unlock'));
    expect(bed.breaches).toEqual([]);
  });

  it('with preempt=none needs no wait for a reader on the CPU of who waits: that has switched', () => {
    const bed = new RcuBed({ preempt: 'none' });
    bed.kernelThread('reader', () => bed.reader(bed.work));
    bed.kernelThread('writer', () => bed.writer(), 10);
    bed.run(stalls('reader#1 for 50000 ps'));
    // The stalled reader keeps the CPU: the writer comes behind it.
    expect(bed.timeOf('rcu_read_unlock')).toBeLessThan(bed.graceAt);
  });

  it('is passed under any schedule before what it protects is freed', () => {
    const plan = fc.array(fc.record({
      actor: fc.constantFrom('reader', 'other', 'writer'), step: fc.nat(6), release: fc.constantFrom('quiet', 'for 700 ps', 'for 9000 ps', 'until writer#2', 'until reader#2'),
    }), { maxLength: 4 });
    fc.assert(fc.property(plan, fc.constantFrom('none', 'full'), fc.constantFrom(1, 2), (list, preempt, cpus) => {
      const bed = new RcuBed({ preempt, cpus } as KernelConfig);
      const memory = bed.memory('object');
      let published = true;
      let held = false;
      bed.sim.onReset(() => {
        published = true;
      });
      const look = bed.op('look', 5, { exec: () => Number(held = published) });
      const use = bed.op('use', 500, {
        exec: () => {
          if (held && memory.freed) memory.useAfterFree('object');
          return 0;
        },
      });
      const retract = bed.op('retract', 5, { exec: () => Number(published = false) });
      const free = bed.op('kfree', 5, { exec: () => (memory.kfree(), 0) });
      const { rcuReadLock, rcuReadUnlock, synchronizeRcu } = bed.ops;
      bed.kernelThread('reader', () => all(rcuReadLock, look, use, use, rcuReadUnlock));
      bed.kernelThread('other', () => bed.reader(bed.work, bed.work));
      bed.kernelThread('writer', () => all(retract, synchronizeRcu, free), 20);
      expect(bed.run(stalls(...list.map(({ actor, step, release }) => `${actor}#${step} ${release}`)))).toBe('done');
      expect([bed.allDone, bed.breaches]).toEqual([true, []]);
    }), { numRuns: 300 });
  });

  it('and not before: without it such a schedule is found', () => {
    const bed = new RcuBed({ cpus: 2 });
    const memory = bed.memory('object');
    const use = bed.op('use', 500, { exec: () => (memory.freed ? memory.useAfterFree('object') : undefined, 0) });
    const free = bed.op('kfree', 5, { exec: () => (memory.kfree(), 0) });
    bed.kernelThread('reader', () => bed.reader(use));
    bed.kernelThread('writer', () => all(free), 20);
    bed.run();
    expect(bed.breaches).toEqual(['use-after-free use-after-free reader : object']);
  });
});

describe('a reader', () => {
  it('that sleeps is reported; with preempt=none nobody waits for it any more, with full they do', () => {
    for (const [preempt, waits] of [['none', false], ['full', true]] as const) {
      const bed = new RcuBed({ preempt });
      const { rcuReadLock, rcuReadUnlock } = bed.ops;
      bed.kernelThread('reader', function* () {
        yield rcuReadLock;
        yield bed.kernel.sleep(20_000);
        yield rcuReadUnlock;
      });
      bed.kernelThread('writer', () => bed.writer(), 100);
      bed.run();
      expect(bed.breaches).toEqual(['sleep-in-atomic schedule_timeout-in-rcu-reader reader : schedule_timeout']);
      expect(bed.graceAt > bed.timeOf('rcu_read_unlock')).toBe(waits);
    }
  });

  it('must not take a mutex, which may sleep, whether it is free or not', () => {
    const bed = new RcuBed();
    const { mutexLock, mutexUnlock } = bed.mutex();
    bed.kernelThread('reader', () => bed.reader(mutexLock, mutexUnlock));
    bed.run();
    expect(bed.breaches).toEqual(['sleep-in-atomic mutex_lock-in-rcu-reader reader : mutex_lock']);
  });

  it('that calls synchronize_rcu() waits for itself: with preempt=full a deadlock', () => {
    const bed = new RcuBed({ preempt: 'full' });
    bed.kernelThread('reader', () => bed.reader(bed.ops.synchronizeRcu));
    expect(bed.run()).toBe('violation');
    expect(bed.breaches[0]).toBe('deadlock grace-period-in-reader reader : synchronize_rcu');
  });

  it('that calls it with preempt=none sleeps, which is no better', () => {
    const bed = new RcuBed({ preempt: 'none' });
    bed.kernelThread('reader', () => bed.reader(bed.ops.synchronizeRcu));
    bed.run();
    expect(bed.breaches).toEqual(['sleep-in-atomic synchronize_rcu-in-rcu-reader reader : synchronize_rcu']);
  });

  it('ends that never began is reported', () => {
    const bed = new RcuBed();
    bed.kernelThread('T', () => all(bed.ops.rcuReadUnlock));
    bed.run();
    expect(bed.breaches).toEqual(['deadlock unlock-not-held T : rcu_read_unlock']);
  });
});

it('synchronize_rcu() in an interrupt handler, which cannot sleep, is reported', () => {
  const bed = new RcuBed();
  const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
  bed.handler(1, () => all(bed.ops.synchronizeRcu, clear));
  bed.interruptAt(0);
  bed.run();
  expect(bed.breaches).toEqual(['sleep-in-atomic synchronize_rcu-in-atomic-context bmc:irq: synchronize_rcu']);
});

/** An object with a field, published and read through a pointer. */
function publishing(publish: (pointer: RcuPointer<{ field: number }>, object: { field: number }) => void): RcuBed {
  const bed = new RcuBed({ cpus: 2 }, true);
  const memory = bed.memory('ctx');
  const pointer = new RcuPointer<{ field: number }>(bed.rcu, memory, 'bus', 'ctx->bus');
  const object = bed.kernel.shared('bus', { field: 0 }, ['field']);
  const { dereference, assign } = pointer.at(0);
  bed.kernelThread('registrar', function* () {
    yield bed.work;
    object.field = 1;
    yield assign;
    publish(pointer, object);
  });
  bed.kernelThread('reader', function* () {
    for (let i = 0; i < 3; i++) {
      yield bed.ops.rcuReadLock;
      yield dereference;
      const seen = pointer.rcuDereference();
      if (seen !== null) expect(seen.field).toBe(1);
      yield bed.work;
      yield bed.ops.rcuReadUnlock;
    }
  });
  bed.run();
  return bed;
}

describe('a pointer', () => {
  it('published by rcu_assign_pointer() shows what was written before it', () => {
    expect(publishing((pointer, object) => pointer.rcuAssign(object)).breaches).toEqual([]);
  });

  it('published by a plain assignment is a data race, and so is what it points to', () => {
    expect(publishing((pointer, object) => {
      pointer.plain = object;
    }).breaches).toEqual(['data-race ctx.bus registrar: ctx->bus =', 'data-race ctx.bus reader: rcu_dereference(ctx->bus)', 'data-race bus.field reader: rcu_dereference(ctx->bus)']);
  });

  it('is not followed outside of a reader', () => {
    const bed = new RcuBed();
    const pointer = new RcuPointer(bed.rcu, bed.memory('ctx'), 'bus', 'ctx->bus');
    bed.kernelThread('T', function* () {
      yield pointer.at(0).dereference;
      pointer.rcuDereference();
    });
    bed.run();
    expect(bed.breaches).toEqual(['data-race suspicious-rcu-usage T : ctx.bus']);
  });

  it('written under a lock by one and after a grace period by nobody orders readers', () => {
    // What a reader did comes before the end of the grace period: kfree() after it races with nothing.
    const bed = new RcuBed({ cpus: 2 }, true);
    const object = bed.kernel.shared('bus', { field: 0 }, ['field']);
    bed.kernelThread('reader', function* () {
      yield bed.ops.rcuReadLock;
      void object.field;
      yield bed.work;
      yield bed.ops.rcuReadUnlock;
    });
    bed.kernelThread('writer', function* () {
      yield bed.op('delay', 100);
      yield bed.ops.synchronizeRcu;
      object.field = 2;
    });
    bed.run();
    expect(bed.breaches).toEqual([]);
  });
});

describe('a list', () => {
  function listOf(): { readonly bed: RcuBed; readonly head: RcuListHead<string>; entry(name: string): RcuListHead<string>; readonly names: () => string[] } {
    const bed = new RcuBed();
    const memory = bed.memory('ctx');
    const head = new RcuListHead<string>(bed.rcu, memory, 'devices', 'ctx->devices');
    bed.sim.reset();
    head.init();
    return { bed, head, entry: (name) => new RcuListHead(bed.rcu, memory, name, `${name}->link`, name), names: () => [...listEntries(head)] };
  }

  it('has the newest entry first', () => {
    const { head, entry, names } = listOf();
    for (const name of ['a', 'b', 'c']) listAddRcu(entry(name), head);
    expect(names()).toEqual(['c', 'b', 'a']);
  });

  it('lets who stands on a deleted entry go on', () => {
    const { head, entry, names } = listOf();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => entry(name));
    for (const each of [a, b, c]) listAddRcu(each, head);
    listDelRcu(b);
    expect(names()).toEqual(['c', 'a']);
    expect(b.next.plain).toBe(a);
    expect([b.linked, a.linked]).toEqual([false, true]);
    listAddRcu(b, head);
    expect(names()).toEqual(['b', 'c', 'a']);
  });

  it('keeps its order under any additions and deletions', () => {
    fc.assert(fc.property(fc.array(fc.nat(5), { maxLength: 30 }), (picks) => {
      const { head, entry, names } = listOf();
      const entries = ['0', '1', '2', '3', '4', '5'].map((name) => entry(name));
      let model: string[] = [];
      for (const pick of picks) {
        if (entries[pick].linked) {
          listDelRcu(entries[pick]);
          model = model.filter((name) => name !== String(pick));
        } else {
          listAddRcu(entries[pick], head);
          model = [String(pick), ...model];
        }
        expect(names()).toEqual(model);
      }
    }), { numRuns: 50 });
  });
});

