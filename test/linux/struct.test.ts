import { describe, expect, it } from 'vitest';
import { Allocation, CStruct, DEFAULT_KERNEL, Kernel, KernelBuffer, TimerList, memcpy } from '../../src/linux/index.ts';
import { MS, Simulator, type Planned } from '../../src/sim/index.ts';

const kernelOf = (sim: Simulator, cpus: 1 | 2 = 1): Kernel =>
  new Kernel(sim, { ...DEFAULT_KERNEL, cpus }, { next: () => -1, mask() {}, unmask() {} });

/** A struct { u8 head; u8 data[4]; u8 tail; u32 len; } and what `body` breaks. */
function struct(body: (s: ReturnType<typeof layout>) => void): readonly string[] {
  const sim = new Simulator();
  const kernel = kernelOf(sim);
  const members = layout(new Allocation(kernel, 'ctx'));
  const task = kernel.thread('task', function* () {
    body(members);
  });
  sim.reset();
  task.ctx.start();
  sim.run();
  return sim.violations.map(({ message }) => message);
}

function layout(memory: Allocation) {
  const s = new CStruct(memory, 12);
  return { memory, s, head: s.u8('head', 0), data: s.array('data', 1, 4), tail: s.u8('tail', 5), len: s.u32('len', 8) };
}

describe('CStruct', () => {
  it('cuts what is assigned to the width of the member, little-endian', () => {
    expect(struct(({ s, head, len }) => {
      head.value = 0x1ff;
      len.value = 0x1_2345_6789;
      expect([head.value, len.value, s.bytes[8], s.bytes[11]]).toEqual([0xff, 0x2345_6789, 0x89, 0x23]);
      len.value = -1;
      expect(len.value).toBe(0xffff_ffff);
    })).toEqual([]);
  });

  it('lets a write beyond an array land on the member behind it, and reports it', () => {
    expect(struct(({ data, tail, head }) => {
      data.set(4, 7);
      data.set(-1, 8);
      expect([tail.value, head.value, data.get(3)]).toEqual([7, 8, 0]);
    })).toEqual(['write of data[4], which has 4 bytes']);
  });

  it('memcpy() reports each side by its own bounds, and copies all the same', () => {
    const messages = struct(({ memory, data, tail }) => {
      const buffer = new KernelBuffer(memory, 'buffer', 8);
      tail.value = 0x55;
      memcpy(buffer, 0, data, 0, 5);
      expect(buffer.get(4)).toBe(0x55);
      data.clear();
      expect(tail.value).toBe(0x55);
    });
    expect(messages).toEqual(['read of data[4], which has 4 bytes']);
  });

  it('reports a use after kfree(), and is zero again in the next run', () => {
    const sim = new Simulator();
    const { memory, s, head } = layout(new Allocation(kernelOf(sim), 'ctx'));
    head.value = 3;
    sim.reset();
    expect(s.bytes[0]).toBe(0);
    expect(struct((members) => {
      members.memory.kfree();
      members.head.value = 1;
    })).toEqual(['head is used after ctx was freed']);
    expect(memory.freed).toBe(false);
  });
});

describe('timer_delete_sync()', () => {
  /** Deletes a timer at 5 ms that is due at 10 ms, or whose callback is held from then on for 2 ms. */
  function deleted(at: number): readonly string[] {
    const sim = new Simulator();
    const kernel = kernelOf(sim, 2);
    const log: string[] = [];
    const step = sim.ops.define({ label: 'callback', exec: () => 0 });
    const timer = new TimerList(kernel, 'timer', function* () {
      yield step;
      log.push('callback');
    });
    const task = kernel.thread('task', function* () {
      yield kernel.sleep(at);
      yield timer.timerDeleteSync;
      log.push('deleted');
    });
    const plan: Planned[] = [{ actor: 'bmc:softirq', step: 1, release: { kind: 'for', ps: 2 * MS } }];
    sim.reset({ plan, draw: () => 0 });
    timer.modTimer(0);
    task.ctx.start();
    sim.run();
    return log;
  }

  it('cancels what is pending, and waits for what runs on another CPU', () => {
    expect(deleted(5 * MS)).toEqual(['deleted']);
    expect(deleted(11 * MS)).toEqual(['callback', 'deleted']);
    expect(deleted(20 * MS)).toEqual(['callback', 'deleted']);
  });
});
