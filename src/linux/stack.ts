import type { Kernel } from './kernel.ts';
import { Allocation, KernelBuffer } from './memory.ts';

/** A local array of a function: each task has its own, which holds what the task's last call has left there. */
export class StackBuffer {
  private readonly kernel: Kernel;
  private readonly stack: Allocation;
  private readonly name: string;
  private readonly size: number;
  private readonly buffers: (KernelBuffer | undefined)[] = [];

  /** @param size bytes */
  constructor(kernel: Kernel, name: string, size: number) {
    this.kernel = kernel;
    this.stack = new Allocation(kernel, 'stack');
    this.name = name;
    this.size = size;
  }

  /** That of the current task. */
  get current(): KernelBuffer {
    const { id } = this.kernel.currentTask.ctx;
    return (this.buffers[id] ??= new KernelBuffer(this.stack, this.name, this.size));
  }
}
