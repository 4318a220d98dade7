import { EventQueue, mix, type Ps } from '../src/sim/index.ts';

/**
 * The hold model: so many events are pending; the earliest is taken out and comes back later. Equal times are
 * served first in, first out. Each queue has a loop of its own, which the compiler can make for it alone.
 */
export interface HoldModel {
  /** Serves one event for each delay (ps); returns a checksum of the order. */
  hold(delays: Float64Array): number;
}

/** The simulator's: a slot per owner in a sorted linked list. */
export class ListQueue implements HoldModel {
  private readonly queue: EventQueue;

  constructor(due: Float64Array) {
    this.queue = new EventQueue(due.length);
    due.forEach((at, id) => this.queue.schedule(id, at, false));
  }

  hold(delays: Float64Array): number {
    const { queue } = this;
    let sum = 0;
    for (let i = 0; i < delays.length; i++) {
      const id = queue.head;
      const now = queue.headDue;
      queue.cancel(id);
      sum = mix(sum, id);
      queue.schedule(id, now + delays[i], false);
    }
    return sum;
  }
}

/** Two plain arrays, sorted with the earliest last. */
export class SortedArrayQueue implements HoldModel {
  private readonly times: number[] = [];
  private readonly ids: number[] = [];

  constructor(due: Float64Array) {
    due.forEach((at, id) => this.push(at, id));
  }

  private push(at: Ps, id: number): void {
    const { times, ids } = this;
    let i = times.length;
    times.push(at);
    ids.push(id);
    for (; i > 0 && times[i - 1] <= at; i--) {
      times[i] = times[i - 1];
      ids[i] = ids[i - 1];
    }
    times[i] = at;
    ids[i] = id;
  }

  hold(delays: Float64Array): number {
    const { times, ids } = this;
    let sum = 0;
    for (let i = 0; i < delays.length; i++) {
      const id = ids.pop()!;
      const now = times.pop()!;
      sum = mix(sum, id);
      this.push(now + delays[i], id);
    }
    return sum;
  }
}

interface Entry {
  readonly at: Ps;
  readonly order: number;
  readonly id: number;
}

/** A binary heap of fresh objects. */
export class ObjectHeapQueue implements HoldModel {
  private readonly heap: Entry[] = [];
  private order = 0;

  constructor(due: Float64Array) {
    due.forEach((at, id) => this.push(at, id));
  }

  private push(at: Ps, id: number): void {
    const { heap } = this;
    const entry = { at, order: this.order++, id };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): Entry {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop()!;
    const { length } = heap;
    if (length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return top;
  }

  hold(delays: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < delays.length; i++) {
      const { at, id } = this.pop();
      sum = mix(sum, id);
      this.push(at + delays[i], id);
    }
    return sum;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
