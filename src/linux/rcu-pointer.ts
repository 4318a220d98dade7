import type { Op } from '../sim/index.ts';
import type { Allocation } from './memory.ts';
import type { Rcu } from './rcu.ts';

/** The steps in which a pointer is read and written, as issued from one function. */
export interface RcuPointerOps {
  readonly dereference: Op;
  readonly assign: Op;
}

/**
 * A pointer that readers follow without a lock (`__rcu`). Each access is a step, {@link at}, and what the step does,
 * right behind it:
 *
 *     yield ops.dereference;
 *     const bus = this.bus.rcuDereference();
 *
 * Who publishes by a plain assignment has made a data race of it: nothing orders what it has written to the object
 * before the pointer, and a weakly ordered CPU may show a reader the pointer first (LKMM; tools/memory-model).
 */
export class RcuPointer<T> {
  private readonly rcu: Rcu;
  private readonly memory: Allocation;
  private readonly name: string;
  private readonly object: number;
  private readonly ops: RcuPointerOps;
  private target: T | null = null;

  /** @param expression as the code calls it: `ctx->bus` */
  constructor(rcu: Rcu, memory: Allocation, member: string, expression: string) {
    const { sim, config } = rcu.kernel;
    this.rcu = rcu;
    this.memory = memory;
    this.name = `${memory.name}.${member}`;
    this.object = sim.ops.object(this.name);
    this.ops = {
      dereference: sim.ops.define({
        label: `rcu_dereference(${expression})`, lead: config.lock, footprint: { reads: [this.object], writes: [] }, exec: () => 0,
      }),
      assign: sim.ops.define({
        // Of kind access: that of a plain assignment orders nothing.
        label: `${expression} =`, kind: 'access', lead: config.lock, footprint: { reads: [], writes: [this.object] }, exec: () => 0,
        describe: () => `${expression} =`,
      }),
    };
    sim.onReset(() => {
      this.target = null;
    });
  }

  at(frame: number): RcuPointerOps {
    return { dereference: this.ops.dereference | frame, assign: this.ops.assign | frame };
  }

  /** rcu_dereference(), in a reader. */
  rcuDereference(): T | null {
    const { kernel } = this.rcu;
    const { current } = kernel.sim;
    this.use();
    if (current !== null && !this.rcu.reading(current)) {
      kernel.breach('data-race', 'suspicious-rcu-usage', current,
        `rcu_dereference() of ${this.name} outside of any reader: what it points to may be freed at any time (suspicious RCU usage)`, this.name);
    }
    kernel.fields?.acquire(this.object, current);
    kernel.fields?.access(this.name, this.object, false, current);
    return this.target;
  }

  /** rcu_assign_pointer(): what was written to the object before comes before the pointer. */
  rcuAssign(target: T | null): void {
    const { kernel } = this.rcu;
    this.use();
    kernel.fields?.release(this.object, kernel.sim.current);
    this.target = target;
  }

  /** A plain read, by who alone may write it: rcu_dereference_protected(), or `ctx->bus`. */
  get plain(): T | null {
    this.use();
    return this.target;
  }

  /** A plain assignment. */
  set plain(target: T | null) {
    const { kernel } = this.rcu;
    this.use();
    kernel.fields?.access(this.name, this.object, true, kernel.sim.current);
    this.target = target;
  }

  private use(): void {
    if (this.memory.freed) this.memory.useAfterFree(this.name);
  }
}
