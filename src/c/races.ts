import type { FieldObserver, Kernel } from '../linux/index.ts';
import { State, type Context } from '../sim/index.ts';
import { Note } from './wasm/access.ts';

/** Contexts that can be told apart. */
const CONTEXTS = 32;
/** Objects of the observer that stand for addresses begin here: below are those of the system's steps. */
const FIRST_OBJECT = 4096;
/** smp_mb() as {@link FieldObserver.fence} takes it. */
const FULL = 3;
/** Bytes of a plain write that is taken to be whole. */
const WORD = 4;

/** What names things in reports. */
export interface Names {
  /** `driver.c:120 function()` */
  place(site: number): string;
  /** `byte 84 of the memory of driver.c:452 probe()` */
  byte(address: number): string;
}

/**
 * Data races in a driver's memory, byte by byte, by vector clocks (FastTrack: Flanagan and Freund, PLDI 2009): two
 * contexts touch a byte, at least one writes, at least one is neither READ_ONCE(), WRITE_ONCE() nor atomic, and nothing
 * orders the two. The clocks are those of the oracle `data-race`, which knows locks, queues and interrupts.
 *
 * A plain write of a word or less is taken to be whole, as KCSAN does unless it is told otherwise
 * (CONFIG_KCSAN_ASSUME_PLAIN_WRITES_ATOMIC): so READ_ONCE() beside a plain write under a lock is no race. Whether it is
 * aligned does not count: the compiler makes one of several that stand side by side in a struct.
 */
export class MemoryRaces {
  private readonly kernel: Kernel;
  private readonly observer: FieldObserver;
  private readonly names: Names;
  /** By address: 1 + the number of its cell; 0: nobody has touched it in this run. */
  private readonly cellOf: Int32Array;
  /** Addresses by cell. */
  private readonly touched: number[] = [];
  /** By cell: the last write. */
  private readonly writer: number[] = [];
  private readonly writeClock: number[] = [];
  private readonly writeNote: number[] = [];
  private readonly writeAt: number[] = [];
  /** By cell and context: the last plain read, and the last marked one. */
  private readonly reads: Int32Array[] = [];
  /** Where they were made, by cell and context. */
  private readonly readAt: Int32Array[] = [];
  /** Chains of calls: the site of each, and the chain that it prolongs. 0 is the empty one. */
  private readonly sites: number[] = [-1];
  private readonly parents: number[] = [0];
  private readonly longer: Map<number, number>[] = [];
  /** By context: its next atomic operation orders nothing. */
  private readonly loose = new Uint8Array(CONTEXTS);
  /** By address of what is atomic. */
  private readonly objects = new Map<number, number>();

  /** @param size bytes of memory that contexts share */
  constructor(kernel: Kernel, observer: FieldObserver, names: Names, size: number) {
    this.kernel = kernel;
    this.observer = observer;
    this.names = names;
    this.cellOf = new Int32Array(size);
  }

  reset(): void {
    this.loose.fill(0);
    for (const address of this.touched) this.cellOf[address] = 0;
    this.touched.length = 0;
  }

  /** The chain of calls `parent`, prolonged by one made at `site`. */
  chain(parent: number, site: number): number {
    const known = (this.longer[parent] ??= new Map());
    let id = known.get(site);
    if (id === undefined) {
      id = this.sites.push(site) - 1;
      this.parents.push(parent);
      known.set(site, id);
    }
    return id;
  }

  /** The context that runs touches memory, from `site`, called by `chain`. @param bits size and {@link Note} */
  access(address: number, bits: number, site: number, chain: number): void {
    const ctx = this.kernel.sim.current;
    if (ctx === null || !counts(ctx)) return;
    if ((bits & Note.marked) !== 0) this.mark(address, bits, ctx);
    this.range(address, bits & Note.size, bits, this.chain(chain, site), ctx);
  }

  /** The same of `size` bytes, as memcpy() and its like touch them. */
  copied(address: number, size: number, write: boolean, site: number, chain: number): void {
    const ctx = this.kernel.sim.current;
    if (ctx === null || !counts(ctx)) return;
    this.range(address, size, write ? Note.write : 0, this.chain(chain, site), ctx);
  }

  /** smp_store_release() of what is at `address`, and smp_load_acquire(). */
  release(address: number): void {
    this.observer.release(this.object(address), this.kernel.sim.current);
  }

  acquire(address: number): void {
    this.observer.acquire(this.object(address), this.kernel.sim.current);
  }

  /** The next atomic operation of the context that runs gives nothing back: it orders nothing (Documentation/atomic_t.txt). */
  unordered(): void {
    const { current } = this.kernel.sim;
    if (current !== null && current.id < CONTEXTS) this.loose[current.id] = 1;
  }

  /** smp_wmb() (1), smp_rmb() (2), smp_mb() (3). */
  fence(kind: number): void {
    this.observer.fence(kind, this.kernel.sim.current);
  }

  /** What a marked access hands on: an ordered one all that was before it, another what a fence has kept in order. */
  private mark(address: number, bits: number, ctx: Context): void {
    const { observer } = this;
    const update = (bits & Note.ordered) !== 0;
    if (!update || this.loose[ctx.id] !== 0) {
      const write = (bits & Note.write) !== 0;
      observer.marks(this.object(address), write, update || !write, ctx);
      if (update) this.loose[ctx.id] = 0;
      return;
    }
    observer.fence(FULL, ctx);
    observer.pass(this.object(address), ctx);
  }

  private object(address: number): number {
    let object = this.objects.get(address);
    if (object === undefined) this.objects.set(address, object = FIRST_OBJECT + this.objects.size);
    return object;
  }

  private range(address: number, size: number, bits: number, at: number, ctx: Context): void {
    const clock = this.observer.clock(ctx);
    const whole = size <= WORD ? bits : bits | Note.torn;
    let told = false;
    for (let i = address; i < address + size; i++) {
      if (i < 0 || i >= this.cellOf.length) return;
      const cell = this.cellOf[i] - 1;
      if (cell >= 0 && !told) told = this.check(cell, i, whole, at, ctx, clock);
      this.enter(cell >= 0 ? cell : this.open(i), whole, at, ctx, clock);
    }
  }

  private open(address: number): number {
    const cell = this.touched.push(address) - 1;
    this.cellOf[address] = cell + 1;
    this.writer[cell] = -1;
    if (this.reads.length <= cell) {
      this.reads.push(new Int32Array(2 * CONTEXTS));
      this.readAt.push(new Int32Array(2 * CONTEXTS));
    } else this.reads[cell].fill(0);
    return cell;
  }

  private enter(cell: number, bits: number, at: number, { id }: Context, clock: Int32Array): void {
    if ((bits & Note.write) === 0) {
      const slot = 2 * id + ((bits & Note.marked) === 0 ? 0 : 1);
      this.reads[cell][slot] = clock[id];
      this.readAt[cell][slot] = at;
      return;
    }
    this.writer[cell] = id;
    this.writeClock[cell] = clock[id];
    this.writeNote[cell] = bits;
    this.writeAt[cell] = at;
  }

  /** Whether the access races with an earlier one. */
  private check(cell: number, address: number, bits: number, at: number, ctx: Context, clock: Int32Array): boolean {
    const other = this.writer[cell];
    if (other >= 0 && other !== ctx.id && this.writeClock[cell] > clock[other] && races(bits, this.writeNote[cell])) {
      this.report(address, ctx, bits, at, other, 'writes', this.writeAt[cell]);
      return true;
    }
    if ((bits & Note.write) === 0) return false;
    const reads = this.reads[cell];
    for (let slot = 0; slot < reads.length; slot++) {
      const id = slot >> 1;
      if (id === ctx.id || reads[slot] <= clock[id] || !races(bits, (slot & 1) === 0 ? 0 : Note.marked)) continue;
      this.report(address, ctx, bits, at, id, 'reads', this.readAt[cell][slot]);
      return true;
    }
    return false;
  }

  private report(address: number, ctx: Context, bits: number, at: number, other: number, theirs: string, otherAt: number): void {
    const { sim } = this.kernel;
    const what = this.names.byte(address);
    const mine = (bits & Note.write) === 0 ? 'reads' : 'writes';
    const who = sim.contexts[other].name;
    sim.violate('data-race', this.innermost(otherAt), this.innermost(at),
      `${ctx.name} ${mine} ${what} at ${this.stack(at)}; ${who} ${theirs} it at ${this.stack(otherAt)}; nothing orders the two`);
  }

  private innermost(chain: number): string {
    return this.names.place(this.sites[chain]);
  }

  /** `driver.c:12 inner() < driver.c:30 outer()` */
  private stack(chain: number): string {
    const places: string[] = [];
    for (let at = chain; at !== 0; at = this.parents[at]) places.push(this.names.place(this.sites[at]));
    return places.join(' < ');
  }
}

/** Whoever was never started boots, and all else comes after that. */
function counts({ state, id }: Context): boolean {
  return state !== State.dormant && id < CONTEXTS;
}

/** Whether two accesses that nothing orders, at least one of them a write, are a race. */
function races(one: number, other: number): boolean {
  if ((one & Note.marked) !== 0 && (other & Note.marked) !== 0) return false;
  return !wholeBeside(one, other) && !wholeBeside(other, one);
}

/** A plain write that is whole beside a marked read. */
function wholeBeside(write: number, read: number): boolean {
  return (write & (Note.write | Note.torn)) === Note.write && (read & (Note.write | Note.marked)) === Note.marked;
}
