import type { Context, Simulator } from '../sim/index.ts';

/** Sees each access to a field that contexts share. */
export interface FieldObserver {
  access(field: string, object: number, write: boolean, ctx: Context | null): void;
  /** Runs `access` with its accesses marked: READ_ONCE(), WRITE_ONCE(). */
  marked<T>(access: () => T): T;
  /** What `ctx` has done so far comes before whatever follows an {@link acquire} of `object`. */
  release(object: number, ctx: Context | null): void;
  acquire(object: number, ctx: Context | null): void;
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
