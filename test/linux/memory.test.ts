import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelBuffer, UserAccess, UserBuffer, type KernelConfig, type NextPage } from '../../src/linux/index.ts';
import { BLOCKED, type Steps } from '../../src/sim/index.ts';
import { stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all } from './bed.ts';

const { copyWord, pageFault } = COST;

/** One copy of `n` bytes in a kernel thread, in either direction. */
class Copy {
  readonly bed: LinuxBed;
  readonly user = new UserBuffer(64);
  readonly kernel: KernelBuffer;
  readonly access: UserAccess;
  result = -1;

  constructor(config: Partial<KernelConfig> = {}, size = 64) {
    const bed = new LinuxBed(config);
    this.bed = bed;
    this.kernel = new KernelBuffer(bed.memory('kcs_bmc'), 'data_in', size);
    this.access = new UserAccess(bed.kernel);
  }

  *toUser(n: number): Steps {
    this.result = yield* this.access.copyToUser(this.access.at(0), this.user, this.kernel, n);
  }

  *fromUser(n: number): Steps {
    this.result = yield* this.access.copyFromUser(this.access.at(0), this.kernel, this.user, n);
  }

  /** Fills the source with 1, 2, 3, ... and the destination with 0. */
  fill(): void {
    for (let i = 0; i < 64; i++) {
      this.user.bytes[i] = i + 101;
      if (i < this.kernel.size) this.kernel.set(i, i + 1);
    }
  }
}

describe('copy_to_user() and copy_from_user()', () => {
  it.each(['toUser', 'fromUser'] as const)('go word by word, each a step, after a step of the call: %s', (way) => {
    for (const n of [0, 1, 4, 5, 63, 64]) {
      const copy = new Copy();
      const { bed } = copy;
      bed.kernelThread('T', function* () {
        copy.fill();
        yield* copy[way](n);
      });
      bed.run();
      expect(bed.seen.length).toBe(1 + Math.ceil(n / 4));
      expect(bed.sim.now).toBe((1 + Math.ceil(n / 4)) * copyWord);
      expect(copy.result).toBe(0);
      const [source, target, before] = way === 'toUser' ? [1, copy.user.bytes, 101] : [101, copy.kernel.bytes, 1];
      expect([...target]).toEqual(Array.from({ length: 64 }, (_, i) => (i < n ? source + i : before + i)));
    }
  });

  it('can be seen half done: another changes the source between two words', () => {
    const copy = new Copy({ preempt: 'full' });
    const { bed } = copy;
    const overwrite = bed.op('overwrite', 1, {
      exec: () => {
        for (let i = 0; i < 8; i++) copy.kernel.set(i, 0xee);
        return 0;
      },
    });
    bed.kernelThread('T', function* () {
      copy.fill();
      yield* copy.toUser(8);
    });
    bed.kernelThread('U', () => all(overwrite), 1);
    bed.run(stalls('T#2 quiet'));
    expect([...copy.user.bytes.subarray(0, 8)]).toEqual([1, 2, 3, 4, 0xee, 0xee, 0xee, 0xee]);
  });

  it('stop at a page that is not mapped: as many bytes as were not copied are returned, the rest is untouched', () => {
    fc.assert(fc.property(fc.constantFrom('toUser' as const, 'fromUser' as const), fc.nat(64), fc.nat(16), (way, n, words) => {
      const copy = new Copy();
      const pageEnd = 4 * words;
      copy.bed.kernelThread('T', function* () {
        copy.fill();
        copy.user.place(pageEnd, 'unmapped');
        yield* copy[way](n);
      });
      copy.bed.run();
      expect(copy.result).toBe(Math.max(0, n - pageEnd));
      const [source, target, before] = way === 'toUser' ? [1, copy.user.bytes, 101] : [101, copy.kernel.bytes, 1];
      const copied = Math.min(n, pageEnd);
      expect([...target]).toEqual(Array.from({ length: 64 }, (_, i) => (i < copied ? source + i : before + i)));
    }));
  });

  it('sleep while a page is brought in, once, and then go on at that word; another task runs meanwhile', () => {
    const copy = new Copy();
    const { bed } = copy;
    const other = bed.op('other', 10);
    bed.kernelThread('T', function* () {
      copy.fill();
      copy.user.place(8, 'not-resident');
      yield* copy.toUser(16);
    });
    bed.kernelThread('U', () => all(other), 1);
    bed.run();
    expect(copy.result).toBe(0);
    expect([...copy.user.bytes.subarray(0, 16)]).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    const words = bed.seen.filter((s) => s.label === 'copy_to_user word').map((s) => [s.at, s.value]);
    const faulted = 4 * copyWord;
    expect(words).toEqual([
      [2 * copyWord, 0], [3 * copyWord, 0], [faulted, BLOCKED],
      [faulted + pageFault + copyWord, 0], [faulted + pageFault + 2 * copyWord, 0],
    ]);
    expect(bed.times('U')).toEqual([faulted + 10]);
    expect(bed.breaches).toEqual([]);
  });

  const atomic = (preempt: 'none' | 'full', how: 'spinLock' | 'spinLockIrq', nextPage: NextPage): Copy => {
    const copy = new Copy({ preempt });
    const { bed } = copy;
    const locks = bed.spinlock();
    bed.kernelThread('T', function* () {
      copy.fill();
      copy.user.place(4, nextPage);
      yield locks[how];
      yield* copy.toUser(8);
      yield how === 'spinLock' ? locks.spinUnlock : locks.spinUnlockIrq;
    });
    expect(bed.run()).toBe('done');
    return copy;
  };

  it('in atomic context are reported at the call, as might_fault() does, whether a page is missing or not', () => {
    for (const how of ['spinLock', 'spinLockIrq'] as const) for (const page of ['resident', 'not-resident', 'unmapped'] as const) {
      const { bed } = atomic('none', how, page);
      expect(bed.breaches).toEqual(['sleep-in-atomic copy_to_user-in-atomic-context T : copy_to_user']);
      expect(bed.sim.violations[0]!.at).toBe(COST.lock + copyWord);
    }
  });

  it('under a spinlock sleep all the same without CONFIG_PREEMPT_COUNT, and fail with it (faulthandler_disabled(), arch/arm/mm/fault.c)', () => {
    expect(atomic('none', 'spinLock', 'not-resident').result).toBe(0);
    expect(atomic('full', 'spinLock', 'not-resident').result).toBe(4);
    expect(atomic('none', 'spinLock', 'not-resident').bed.sim.now).toBeGreaterThan(pageFault);
    expect(atomic('full', 'spinLock', 'not-resident').bed.sim.now).toBeLessThan(pageFault);
  });

  it('beyond the kernel\'s buffer are out of bounds, byte by byte, and go on', () => {
    for (const way of ['toUser', 'fromUser'] as const) {
      const copy = new Copy({}, 6);
      copy.bed.kernelThread('T', function* () {
        copy.fill();
        yield* copy[way](9);
      });
      copy.bed.run();
      const rule = way === 'toUser' ? 'read-beyond-data_in' : 'write-beyond-data_in';
      expect(copy.bed.breaches).toEqual([`out-of-bounds ${rule} T : data_in`]);
      expect(copy.result).toBe(0);
      if (way === 'toUser') expect([...copy.user.bytes.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0]);
    }
  });
});

describe('a kernel buffer', () => {
  it('has its own bounds: reads beyond give 0, writes beyond vanish, both are reported', () => {
    const bed = new LinuxBed();
    const buffer = new KernelBuffer(bed.memory(), 'data_out', 4);
    const seen: number[] = [];
    bed.kernelThread('T', function* (): Steps {
      for (const i of [-1, 0, 3, 4]) {
        buffer.set(i, 7);
        seen.push(buffer.get(i));
      }
    });
    bed.run();
    expect(seen).toEqual([0, 7, 7, 0]);
    expect([...buffer.bytes]).toEqual([7, 0, 0, 7]);
    expect(bed.breaches.toSorted()).toEqual(['out-of-bounds read-beyond-data_out T : data_out', 'out-of-bounds write-beyond-data_out T : data_out']);
  });

  it('copied beyond the end of either is out of bounds, too', () => {
    for (const [from, to, n, found] of [[4, 8, 5, 1], [8, 4, 5, 1], [8, 8, 8, 0], [4, 4, 6, 2]] as const) {
      const bed = new LinuxBed();
      const source = new KernelBuffer(bed.memory(), 'source', from);
      const target = new KernelBuffer(bed.memory(), 'target', to);
      bed.kernelThread('T', function* (): Steps {
        for (let i = 0; i < from; i++) source.set(i, i + 1);
        target.copyFrom(source, n);
      });
      bed.run();
      expect(bed.breaches.length).toBe(found);
      expect([...target.bytes]).toEqual(Array.from({ length: to }, (_, i) => (i < Math.min(n, from) ? i + 1 : 0)));
    }
  });

  it('in freed memory is a use after free that ends the run, by whatever way', () => {
    for (const use of ['get', 'set', 'copy to', 'copy from'] as const) {
      const bed = new LinuxBed();
      const memory = bed.memory('kcs_bmc');
      const buffer = new KernelBuffer(memory, 'data_in', 4);
      const other = new KernelBuffer(bed.memory('other'), 'other', 4);
      const step = bed.op('step', 1);
      bed.kernelThread('T', function* () {
        memory.kfree();
        if (use === 'get') buffer.get(0);
        else if (use === 'set') buffer.set(0, 1);
        else if (use === 'copy to') buffer.copyFrom(other, 2);
        else other.copyFrom(buffer, 2);
        yield step;
      });
      expect(bed.run()).toBe('violation');
      expect(bed.breaches).toEqual(['use-after-free use-after-free T : kcs_bmc']);
    }
  });

  it('is zero and its memory allocated again after a reset', () => {
    const bed = new LinuxBed();
    const memory = bed.memory();
    const buffer = new KernelBuffer(memory, 'data', 8);
    const source = new KernelBuffer(bed.memory(), 'source', 8);
    let write = true;
    bed.kernelThread('T', function* (): Steps {
      if (!write) return;
      source.set(2, 9);
      source.set(6, 1);
      buffer.copyFrom(source, 7);
      memory.kfree();
    });
    bed.run();
    expect([[...buffer.bytes], memory.freed]).toEqual([[0, 0, 9, 0, 0, 0, 1, 0], true]);
    write = false;
    bed.run();
    expect([[...buffer.bytes], [...source.bytes], memory.freed]).toEqual([new Array(8).fill(0), new Array(8).fill(0), false]);
  });
});
