import type { Context } from '../sim/index.ts';

/** Contexts that can be told apart. */
export const CONTEXTS = 32;

/** What hands a clock on: a number of the operations' table or of an address, or what stands for itself (a timer, a line). */
export type Handed = number | object;

/** What a fence of the memory keeps in order: what was written before it, what is read behind it, both. */
export const Fence = { release: 1, acquire: 2, full: 3 } as const;

/**
 * Happens-before by vector clocks: what each context knows of what the others have done. A context's own component
 * counts how often it has handed on what it knows.
 */
export class VectorClocks {
  private readonly contexts: Int32Array[] = Array.from({ length: CONTEXTS }, () => new Int32Array(CONTEXTS));
  private readonly numbered: (Int32Array | undefined)[] = [];
  private readonly others = new Map<object, Int32Array>();
  /** By context: what it knew at its last fence, which whatever it writes next, marked, hands on. */
  private readonly fenced: (Int32Array | undefined)[] = [];
  /** By context: what it has seen by marked reads, which it knows from its next fence on. */
  private readonly seen: (Int32Array | undefined)[] = [];

  reset(): void {
    for (const [id, clock] of this.contexts.entries()) {
      clock.fill(0);
      clock[id] = 1;
    }
    for (const clock of this.numbered) clock?.fill(0);
    for (const clock of this.others.values()) clock.fill(0);
    this.fenced.length = 0;
    for (const clock of this.seen) clock?.fill(0);
  }

  /** That of `ctx`. Not to be changed. */
  of(ctx: Context): Int32Array {
    return this.contexts[ctx.id];
  }

  private at(what: Handed): Int32Array {
    if (typeof what === 'number') return (this.numbered[what] ??= new Int32Array(CONTEXTS));
    let clock = this.others.get(what);
    if (clock === undefined) this.others.set(what, clock = new Int32Array(CONTEXTS));
    return clock;
  }

  /** What `ctx` has done comes before whatever follows an {@link acquire} of `what`. */
  release(what: Handed, ctx: Context): void {
    if (ctx.id >= CONTEXTS) return;
    const clock = this.contexts[ctx.id];
    join(this.at(what), clock);
    clock[ctx.id]++;
  }

  acquire(what: Handed, ctx: Context): void {
    const known = typeof what === 'number' ? this.numbered[what] : this.others.get(what);
    if (known !== undefined && ctx.id < CONTEXTS) join(this.contexts[ctx.id], known);
  }

  /** `ctx` wakes `woken`, which is asleep (Documentation/memory-barriers.txt, "Sleep and wake-up functions"). */
  wake(ctx: Context, woken: Context): void {
    if (ctx.id >= CONTEXTS || woken.id >= CONTEXTS) return;
    const clock = this.contexts[ctx.id];
    join(this.contexts[woken.id], clock);
    clock[ctx.id]++;
  }

  /** smp_wmb(), smp_rmb(), smp_mb(): orders nothing by itself, but with marked accesses on either side. */
  fence(kind: number, ctx: Context): void {
    if (ctx.id >= CONTEXTS) return;
    const clock = this.contexts[ctx.id];
    const seen = this.seen[ctx.id];
    if ((kind & Fence.acquire) !== 0 && seen !== undefined) join(clock, seen);
    if ((kind & Fence.release) === 0) return;
    this.fenced[ctx.id] = Int32Array.from(clock);
    clock[ctx.id]++;
  }

  /** `ctx` writes `what`, marked and not ordered. */
  write(what: number, ctx: Context): void {
    const fenced = this.fenced[ctx.id];
    if (fenced !== undefined) join(this.at(what), fenced);
  }

  /** `ctx` reads `what`, marked and not ordered. */
  read(what: number, ctx: Context): void {
    const known = this.numbered[what];
    if (known !== undefined && ctx.id < CONTEXTS) join(this.seen[ctx.id] ??= new Int32Array(CONTEXTS), known);
  }
}

function join(into: Int32Array, clock: Int32Array): void {
  for (let i = 0; i < CONTEXTS; i++) if (clock[i] > into[i]) into[i] = clock[i];
}
