import { OpTable, STATE, Simulator, TraceBus, isStateful } from '../../sim/index.ts';

/**
 * Of the simulator what belongs to whoever runs it, and what only grows: who is made in the middle of a run, as an allocation of a
 * driver in C is, stays, and is reset before the next one as all are.
 */
const NOT_RESTORED: ReadonlySet<string> = new Set(['ops', 'trace', 'observer', 'watcher', 'chooser', 'resets']);

/**
 * Remembers all fields of all objects that can be reached from a system, and puts them back. A reset leaves
 * what the next run writes before it reads: a buffer's old bytes, the time of the last interrupt. No run
 * depends on that, but states could not be compared with it: two that are the same would differ in what
 * earlier runs have left. Costs as much as some thousand fields, so only runs whose states are compared pay.
 */
export class Pristine {
  private readonly restores: (() => void)[] = [];
  private readonly seen = new Set<object>();

  constructor(root: object) {
    this.keep(root);
  }

  /** Everything is as it was when this was made. */
  restore(): void {
    const { restores } = this;
    for (let i = 0; i < restores.length; i++) restores[i]();
  }

  private keep(object: unknown): void {
    if (typeof object !== 'object' || object === null || this.seen.has(object)) return;
    this.seen.add(object);
    if (object instanceof OpTable || object instanceof TraceBus) return;
    // What tells its state has a reset that puts all of it back; what it consists of may not.
    if (isStateful(object)) object[STATE]((part) => this.keep(part));
    else if (Array.isArray(object)) this.keepList(object);
    else if (ArrayBuffer.isView(object)) this.keepBytes(object as Uint8Array);
    else if (object instanceof Map) this.keepMap(object);
    else if (object instanceof Set) this.keepSet(object);
    else this.keepFields(object as Record<string, unknown>);
  }

  private keepList(list: unknown[]): void {
    const values = [...list];
    if (!Object.isFrozen(list)) this.restores.push(() => {
      if (list.length !== values.length) list.length = values.length;
      for (let i = 0; i < values.length; i++) list[i] = values[i];
    });
    for (const value of values) this.keep(value);
  }

  private keepBytes(bytes: Uint8Array): void {
    const values = bytes.slice();
    this.restores.push(() => bytes.set(values));
  }

  private keepMap(map: Map<unknown, unknown>): void {
    const entries = [...map];
    this.restores.push(() => {
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    });
    for (const [key, value] of entries) {
      this.keep(key);
      this.keep(value);
    }
  }

  private keepSet(set: Set<unknown>): void {
    const values = [...set];
    this.restores.push(() => {
      set.clear();
      for (const value of values) set.add(value);
    });
    for (const value of values) this.keep(value);
  }

  private keepFields(record: Record<string, unknown>): void {
    const fields = Object.entries(Object.getOwnPropertyDescriptors(record))
      .filter(([name, { get, enumerable }]) => get === undefined && enumerable === true && !(record instanceof Simulator && NOT_RESTORED.has(name)));
    const names = fields.filter(([, { writable }]) => writable).map(([name]) => name);
    const values = names.map((name) => record[name]);
    if (names.length > 0) this.restores.push(() => {
      for (let i = 0; i < names.length; i++) if (record[names[i]] !== values[i]) record[names[i]] = values[i];
    });
    for (const [, { value }] of fields) this.keep(value);
  }
}
