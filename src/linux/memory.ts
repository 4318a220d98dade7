import type { Kernel } from './kernel.ts';

/**
 * One kernel allocation. What lives in it (locks, queues, buffers, fields) looks at {@link freed} at each
 * use, so that a use after kfree() is a finding and not a crash of the simulator.
 */
export class Allocation {
  readonly kernel: Kernel;
  readonly name: string;
  freed = false;
  /** Its place in {@link Kernel.allocations}. */
  private readonly id: number;

  constructor(kernel: Kernel, name: string) {
    this.kernel = kernel;
    this.name = name;
    this.id = kernel.allocations.push(name) - 1;
    kernel.sim.onReset(() => {
      this.freed = false;
    });
  }

  kfree(): void {
    const { sim, events } = this.kernel;
    this.freed = true;
    sim.trace.emit(events.kfree, sim.current?.id ?? -1, this.id);
  }

  /** Reports a use by `what` after {@link kfree}. */
  useAfterFree(what: string, rule = 'use-after-free'): void {
    this.kernel.useAfterFree(this.name, what, rule);
  }
}

/** A byte buffer in kernel memory with its own bounds, whatever lies behind it in the allocation. */
export class KernelBuffer {
  readonly memory: Allocation;
  readonly name: string;
  readonly bytes: Uint8Array;

  constructor(memory: Allocation, name: string, size: number) {
    this.memory = memory;
    this.name = name;
    this.bytes = new Uint8Array(size);
    memory.kernel.sim.onReset(() => {
      if (this.dirty > 0) this.bytes.fill(0, 0, this.dirty);
      this.dirty = 0;
    });
  }

  /** One past the highest byte written in this run. */
  private dirty = 0;

  get size(): number {
    return this.bytes.length;
  }

  get(index: number): number {
    if (this.memory.freed) this.memory.useAfterFree(`${this.name}[${index}]`);
    if (index < 0 || index >= this.bytes.length) {
      this.memory.kernel.outOfBounds(this.name, index, this.bytes.length, 'read');
      return 0;
    }
    return this.bytes[index];
  }

  set(index: number, value: number): void {
    if (this.memory.freed) this.memory.useAfterFree(`${this.name}[${index}]`);
    if (index < 0 || index >= this.bytes.length) {
      this.memory.kernel.outOfBounds(this.name, index, this.bytes.length, 'write');
      return;
    }
    this.bytes[index] = value;
    if (index >= this.dirty) this.dirty = index + 1;
  }

  /** memcpy(this, from, n). */
  copyFrom(from: KernelBuffer, n: number): void {
    if (n > from.size || n > this.size) {
      for (let i = 0; i < n; i++) this.set(i, from.get(i));
      return;
    }
    if (this.memory.freed) this.memory.useAfterFree(this.name);
    if (from.memory.freed) from.memory.useAfterFree(from.name);
    for (let i = 0; i < n; i++) this.bytes[i] = from.bytes[i];
    if (n > this.dirty) this.dirty = n;
  }
}
