import type { Context, Simulator } from '../sim/index.ts';

/**
 * Is told what orders contexts beside the steps, whose footprints say it: what is done within a step, or between two.
 * What hands a clock on is a number of the table of operations, or stands for itself (a timer, a line).
 */
export interface OrderObserver {
  /** What `ctx` has done so far comes before whatever follows an {@link acquire} of `what`. */
  release(what: number | object, ctx: Context | null): void;
  acquire(what: number | object, ctx: Context | null): void;
  /** Both: a lock that is taken and given back. */
  pass(what: number | object, ctx: Context | null): void;
  /** What the context that runs has done so far comes before whatever `woken` does next. */
  wake(woken: Context): void;
}

/** Sees each access to a field that contexts share. */
export interface FieldObserver extends OrderObserver {
  access(field: string, object: number, write: boolean, ctx: Context | null): void;
  /** Runs `access` with its accesses marked: READ_ONCE(), WRITE_ONCE(). */
  marked<T>(access: () => T): T;
  /** smp_wmb() (1), smp_rmb() (2), smp_mb() (3). */
  fence(kind: number, ctx: Context | null): void;
  /** An access that is marked and not ordered: what a fence before a write has kept in order a fence behind a read of it knows. */
  marks(object: number, write: boolean, read: boolean, ctx: Context): void;
  /** The vector clock of `ctx`: by context, up to when it knows what that has done. Not to be changed. */
  clock(ctx: Context): Int32Array;
}

/**
 * Turns the named fields into accessors that tell an observer. Only in a system that is built to be
 * observed: elsewhere they stay plain fields and cost nothing.
 */
export function observeFields<T extends object>(
  owner: string, state: T, names: readonly (keyof T & string)[], observer: FieldObserver, sim: Simulator,
): void {
  for (const name of names) {
    let value = state[name];
    const label = `${owner}.${name}`;
    const object = sim.ops.object(label);
    Object.defineProperty(state, name, {
      get() {
        observer.access(label, object, false, sim.current);
        return value;
      },
      set(next: T[keyof T & string]) {
        observer.access(label, object, true, sim.current);
        value = next;
      },
    });
  }
}
