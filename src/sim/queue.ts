import { END_OF_TIME, TimeError, formatPs, type Ps } from './time.ts';

/** No slot: the end of the list. */
export const NONE = -1;

/**
 * The pending events of one run: a slot per owner, each due at most once, in one sorted linked list
 * laid out in typed arrays.
 *
 * A system has 4-16 events pending, and at that size the list beats heaps and wheels by 2-4 (see
 * bench/). Equal times keep the order in which they were scheduled.
 *
 * An event is either *progress* or a *time-out*: something that will only matter if all else has
 * come to rest. {@link EventQueue.progress} counts the former, which is how the simulator knows that
 * a system is quiet.
 */
export class EventQueue {
  private readonly due: Float64Array;
  private readonly next: Int32Array;
  private readonly prev: Int32Array;
  /** 1: progress, 2: time-out, 0: not scheduled. */
  private readonly kind: Uint8Array;
  /** First slot, or NONE. */
  head = NONE;
  /** When the first slot is due; {@link END_OF_TIME} if there is none. */
  headDue: Ps = END_OF_TIME;
  /** How many scheduled events are progress, not time-outs. */
  progress = 0;

  constructor(slots: number) {
    this.due = new Float64Array(slots);
    this.next = new Int32Array(slots).fill(NONE);
    this.prev = new Int32Array(slots).fill(NONE);
    this.kind = new Uint8Array(slots);
  }

  reset(): void {
    for (let slot = this.head; slot !== NONE; slot = this.next[slot]!) this.kind[slot] = 0;
    this.head = NONE;
    this.headDue = END_OF_TIME;
    this.progress = 0;
  }

  scheduled(slot: number): boolean {
    return this.kind[slot] !== 0;
  }

  /** When `slot` is due; meaningful only while it is scheduled. */
  dueAt(slot: number): Ps {
    return this.due[slot]!;
  }

  isTimeout(slot: number): boolean {
    return this.kind[slot] === 2;
  }

  /** Makes `slot` due at `at` (moves it if it is scheduled already), behind all that is due then. */
  schedule(slot: number, at: Ps, timeout: boolean): void {
    if (!(at < END_OF_TIME)) throw new TimeError(`an event at ${formatPs(at)} passes the end of simulated time`);
    if (this.kind[slot] !== 0) this.cancel(slot);
    const { due, next, prev } = this;
    if (timeout) {
      this.kind[slot] = 2;
    } else {
      this.kind[slot] = 1;
      this.progress++;
    }
    due[slot] = at;
    let before = NONE;
    let after = this.head;
    while (after !== NONE && due[after]! <= at) {
      before = after;
      after = next[after]!;
    }
    next[slot] = after;
    prev[slot] = before;
    if (after !== NONE) prev[after] = slot;
    if (before === NONE) {
      this.head = slot;
      this.headDue = at;
    } else {
      next[before] = slot;
    }
  }

  /** Takes `slot` out; no effect if it is not scheduled. */
  cancel(slot: number): void {
    const kind = this.kind[slot]!;
    if (kind === 0) return;
    if (kind === 1) this.progress--;
    this.kind[slot] = 0;
    const { next, prev } = this;
    const before = prev[slot]!;
    const after = next[slot]!;
    if (after !== NONE) prev[after] = before;
    if (before === NONE) {
      this.head = after;
      this.headDue = after === NONE ? END_OF_TIME : this.due[after]!;
    } else {
      next[before] = after;
    }
  }

  /** How many slots are due at the very instant of the head, at most `most`. */
  ties(most: number): number {
    let n = 0;
    for (let slot = this.head; slot !== NONE && n < most && this.due[slot] === this.headDue; n++) slot = this.next[slot]!;
    return n;
  }

  /** The `n`-th slot in order, 0 being the head. */
  nth(n: number): number {
    let slot = this.head;
    while (n-- > 0) slot = this.next[slot]!;
    return slot;
  }
}
