import type { Allocation } from './memory.ts';
import { RcuPointer, type RcuPointerOps } from './rcu-pointer.ts';
import type { Rcu } from './rcu.ts';

/** struct list_head, in a list that readers walk without a lock; of the list itself, or of one of its entries. */
export class RcuListHead<T> {
  readonly next: RcuPointer<RcuListHead<T>>;
  /** Only for who may write: readers never go back. */
  prev: RcuListHead<T> | null = null;
  /** The struct that it is a member of; null: the list itself. */
  readonly entry: T | null;

  /** @param expression `ctx->devices`, or `device->link` of an entry */
  constructor(rcu: Rcu, memory: Allocation, member: string, expression: string, entry: T | null = null) {
    this.next = new RcuPointer(rcu, memory, `${member}.next`, `${expression}.next`);
    this.entry = entry;
    rcu.kernel.sim.onReset(() => {
      this.prev = null;
    });
  }

  at(frame: number): RcuPointerOps {
    return this.next.at(frame);
  }

  /** INIT_LIST_HEAD(). */
  init(): void {
    this.next.plain = this;
    this.prev = this;
  }

  /** Whether it is in a list, or is one. */
  get linked(): boolean {
    return this.prev !== null;
  }
}

/** list_add_rcu(): readers find `entry` first from now on, and whole. */
export function listAddRcu<T>(entry: RcuListHead<T>, head: RcuListHead<T>): void {
  const first = head.next.plain!;
  entry.next.plain = first;
  entry.prev = head;
  head.next.rcuAssign(entry);
  first.prev = entry;
}

/** list_del_rcu(): who stands on `entry` still finds the way on; nobody else finds it. */
export function listDelRcu<T>(entry: RcuListHead<T>): void {
  const next = entry.next.plain!;
  const { prev } = entry;
  next.prev = prev;
  prev!.next.rcuAssign(next);
  entry.prev = null; // LIST_POISON2
}

/** list_for_each_entry(), by who may write: every entry, the newest first. */
export function* listEntries<T>(head: RcuListHead<T>): Generator<T, void, undefined> {
  for (let at = head.next.plain; at !== null && at.entry !== null; at = at.next.plain) yield at.entry;
}
