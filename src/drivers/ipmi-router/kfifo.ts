import { KernelBuffer, type Allocation } from '../../linux/index.ts';
import type { Op, Steps } from '../../sim/index.ts';
import { BT_MSG_SIZE, type BtMsg } from './bt-msg.ts';

/** Its steps, as issued from one function. */
export interface KFifoOps {
  readonly kfifoPut: Op;
  /** Copies the oldest message, and then moves on. */
  readonly kfifoGet: Op;
  readonly kfifoSkip: Op;
}

/**
 * DECLARE_KFIFO() of struct bt_msg. One writer and one reader need no lock (linux/kfifo.h: its barriers order the
 * indices); two readers do.
 */
export class KFifo {
  private readonly buffer: KernelBuffer;
  private readonly size: number;
  private readonly ops: KFifoOps;
  /** Messages put and taken so far. */
  private in_ = 0;
  private out = 0;

  /** @param size messages, a power of two */
  constructor(memory: Allocation, name: string, size: number) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.size = size;
    this.buffer = new KernelBuffer(memory, name, size * BT_MSG_SIZE);
    const object = sim.ops.object(`${memory.name}.${name}`);
    const define = (label: string): Op => sim.ops.define({
      label: `${label}(${name})`, lead: config.lock, footprint: { reads: [object], writes: [object] }, exec: () => 0,
    });
    this.ops = { kfifoPut: define('kfifo_put'), kfifoGet: define('kfifo_get'), kfifoSkip: define('kfifo_skip') };
    sim.onReset(() => {
      this.in_ = 0;
      this.out = 0;
    });
  }

  at(frame: number): KFifoOps {
    const { kfifoPut, kfifoGet, kfifoSkip } = this.ops;
    return { kfifoPut: kfifoPut | frame, kfifoGet: kfifoGet | frame, kfifoSkip: kfifoSkip | frame };
  }

  /** kfifo_is_empty(). */
  get empty(): boolean {
    return this.in_ === this.out;
  }

  /** kfifo_put(): 1, or 0 if it is full. */
  *put({ kfifoPut }: KFifoOps, message: BtMsg): Steps<number> {
    yield kfifoPut;
    if (this.in_ - this.out >= this.size) return 0;
    const at = (this.in_ % this.size) * BT_MSG_SIZE;
    const { total } = message;
    for (let i = 0; i < total; i++) this.buffer.set(at + i, message.buffer.get(i));
    this.in_++;
    return 1;
  }

  /** kfifo_peek(): 1, or 0 if it is empty. */
  peek(message: BtMsg): number {
    if (this.empty) return 0;
    const at = (this.out % this.size) * BT_MSG_SIZE;
    const total = this.buffer.get(at) + 1;
    for (let i = 0; i < total; i++) message.buffer.set(i, this.buffer.get(at + i));
    return 1;
  }

  /** kfifo_get(): 1, or 0 if it is empty. */
  *get({ kfifoGet, kfifoSkip }: KFifoOps, message: BtMsg): Steps<number> {
    yield kfifoGet;
    const out = this.out;
    if (this.peek(message) === 0) return 0;
    yield kfifoSkip;
    this.out = out + 1;
    return 1;
  }

  /** kfifo_skip(): what was peeked at is taken. */
  *skip({ kfifoSkip }: KFifoOps): Steps {
    yield kfifoSkip;
    this.out++;
  }
}
