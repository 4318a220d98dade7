import { operandOf, type Context, type Op, type Simulator, type StepObserver } from '../../sim/index.ts';

/** An object that several contexts touch. */
export interface Interest {
  /** As footprints name it. */
  readonly object: number;
  /** Accesses of each context in the execution that was watched. */
  readonly counts: readonly number[];
  readonly total: number;
}

/**
 * Finds out which registers, wires and locks are worth watching: those that at least two contexts touch, one
 * of them writing. Attached for single executions (it takes the observer's place and passes everything on).
 */
export class Accesses implements StepObserver {
  /** What the last execution that was watched has shown. */
  interests: readonly Interest[] = [];
  private readonly sim: Simulator;
  private before: StepObserver | null = null;
  private readonly counts = new Map<number, number[]>();
  private readonly written = new Set<number>();

  constructor(sim: Simulator) {
    this.sim = sim;
  }

  attach(): void {
    this.counts.clear();
    this.written.clear();
    this.before = this.sim.observer;
    this.sim.observer = this;
  }

  /** Ends it, and learns. */
  detach(): void {
    if (this.sim.observer !== this) return;
    this.sim.observer = this.before;
    this.before = null;
    const found: Interest[] = [];
    for (const [object, counts] of this.counts) {
      if (!this.written.has(object) || counts.filter((n) => n > 0).length < 2) continue;
      found.push({ object, counts: [...counts], total: counts.reduce((sum, n) => sum + n, 0) });
    }
    this.interests = found;
  }

  step(ctx: Context, op: Op, value: number): void {
    if (this.before !== null) this.before.step(ctx, op, value);
    const { reads, writes } = this.sim.ops.def(op).footprint(operandOf(op));
    for (let i = 0; i < writes.length; i++) {
      this.count(ctx, writes[i]);
      this.written.add(writes[i]);
    }
    for (let i = 0; i < reads.length; i++) if (!writes.includes(reads[i])) this.count(ctx, reads[i]);
  }

  held(ctx: Context): void {
    this.before?.held?.(ctx);
  }

  private count({ id }: Context, object: number): void {
    let counts = this.counts.get(object);
    if (counts === undefined) {
      counts = this.sim.contexts.map(() => 0);
      this.counts.set(object, counts);
    }
    counts[id]++;
  }
}
