import { describe, expect, it } from 'vitest';
import { Regmap } from '../../src/linux/index.ts';
import { BLOCKED, type Context, type Op, type Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { LinuxBed } from './bed.ts';

/** One register of 8 bits behind a bus: steps that read and write it. */
class Registers {
  readonly read: Op;
  private readonly writes: Op;
  private readonly bed: LinuxBed;

  constructor(bed: LinuxBed, read: Op, write: Op) {
    this.bed = bed;
    this.read = read;
    this.writes = write;
  }

  write(value: number): Op {
    return this.writes | (value << 8);
  }

  around({ before = () => true, after = () => undefined }: { before?: (ctx: Context) => boolean; after?: (ctx: Context) => void }): Registers {
    const { bed } = this;
    const wrap = (op: Op): Op => {
      const { label, exec } = bed.sim.ops.def(op);
      return bed.op(label, 100, {
        exec: (operand, ctx) => {
          if (!before(ctx)) return BLOCKED;
          const value = exec(operand, ctx);
          after(ctx);
          return value;
        },
      });
    };
    return new Registers(bed, wrap(this.read), wrap(this.writes));
  }
}

/** A map of one register, whose value is `at[0]`, and an update as regmap_update_bits() makes it. */
function mapped(config = {}): { bed: LinuxBed; at: number[]; map: Regmap<Registers>; update: (mask: number, value: number) => Steps } {
  const bed = new LinuxBed(config);
  const at = [0];
  bed.sim.onReset(() => {
    at[0] = 0;
  });
  const registers = new Registers(bed, bed.op('read', 100, { exec: () => at[0] }), bed.op('write', 100, { exec: (value) => ((at[0] = value), 0) }));
  const map = new Regmap(bed.kernel, registers);
  return {
    bed, at, map,
    * update(mask, value) {
      const old = yield map.first.read;
      const now = (old & ~mask) | (value & mask);
      if (now === old) map.unlock();
      else yield map.last.write(now);
    },
  };
}

function accesses(bed: LinuxBed): string[] {
  return bed.labels().filter((label) => /read$|write$/.test(label));
}

describe('regmap_update_bits() of a map over MMIO (regmap-mmio.c has fast_io: regmap_lock_spinlock())', () => {
  it('is not interrupted between its read and its write', () => {
    const { bed, at, update } = mapped();
    bed.handler(1, function* () {
      bed.lines.set(1, false);
      yield* update(0x02, 0x02);
    });
    bed.kernelThread('T', () => update(0x01, 0x01));
    // The line rises after the read (at 100), before the write.
    bed.interruptAt(150);
    for (const stall of ['T#1 quiet', 'T#1 for 1000000 ps']) {
      expect(bed.run(stalls(stall))).toBe('done');
      expect(at[0]).toBe(0x03);
      expect(accesses(bed)).toEqual(['T read', 'T write', 'bmc:irq read', 'bmc:irq write']);
    }
  });

  it('lets interrupts in at once if there is nothing to write, and leaves them off if its caller has them off', () => {
    const { bed, update } = mapped();
    const { spinLockIrqsave, spinUnlockIrqrestore } = bed.spinlock();
    const off: boolean[] = [];
    const [cpu] = bed.kernel.cpus;
    bed.kernelThread('T', function* () {
      yield* update(0x01, 0);
      off.push(cpu.irqsOff);
      yield* update(0x01, 0x01);
      off.push(cpu.irqsOff);
      yield spinLockIrqsave;
      yield* update(0x01, 0);
      off.push(cpu.irqsOff);
      yield* update(0x01, 0);
      off.push(cpu.irqsOff);
      yield spinUnlockIrqrestore;
      off.push(cpu.irqsOff);
    });
    expect(bed.run()).toBe('done');
    expect(off).toEqual([false, false, true, true, false]);
  });

  it('keeps updates and single accesses of another CPU out', () => {
    const { bed, at, map, update } = mapped({ cpus: 2 });
    const read: number[] = [];
    bed.kernelThread('T', () => update(0x01, 0x01));
    bed.kernelThread('U', () => update(0x02, 0x02), 50);
    bed.kernelThread('V', function* () {
      yield bed.kernel.sleep(20);
      read.push(yield map.single.read);
    }, 60);
    // T is held between its read and its write for as long as it may, with interrupts off; the others wait for the lock.
    expect(bed.run(stalls('T#1 quiet'))).toBe('done');
    expect(at[0]).toBe(0x03);
    expect(read).not.toEqual([0]);
  });
});
