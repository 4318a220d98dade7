import { hashText, operandOf, mix, type Context, type Op, type StepObserver } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';

/** Features are told apart by so many bits of their hash. */
const BITS = 16;
export const SLOTS = 1 << BITS;
/** Bits of an op that say which step it is and which function issues it, without the data it carries. */
const OPCODE = 0xff;
const FRAME = 0x7f80_0000;

/**
 * What an execution has shown, as small integers, *features*: which access of one context came after which conflicting
 * access of another (the last to the same register, wire or lock), and in which situation of driver, device and
 * interrupt somebody touched something. With the number of executions that have shown each.
 */
export class Coverage implements StepObserver {
  /** The features of this execution, each once. */
  readonly features: number[] = [];
  /** How many executions have shown each feature. */
  readonly hits = new Int32Array(SLOTS);
  private readonly system: System;
  private before: StepObserver | null = null;
  /** In which execution each feature was seen last. */
  private readonly seen = new Int32Array(SLOTS);
  private execution = 0;
  /** How many executions have shown it since the last {@link recall}, and which features these have shown. */
  private readonly added = new Int32Array(SLOTS);
  private readonly touched: number[] = [];
  private recalled: readonly number[] = [];
  /** Per object: its name, hashed. Its number may be another in another process, where it was met earlier or later. */
  private readonly names: number[] = [];
  /** Per object: the site and the context of the last write, and of the last read since. */
  private readonly writes: number[] = [];
  private readonly writers: number[] = [];
  private readonly reads: number[] = [];
  private readonly readers: number[] = [];

  constructor(system: System) {
    this.system = system;
  }

  /** From now on only this was seen before: features and how many executions have shown each, by turns. */
  recall(hits: readonly number[]): void {
    for (const feature of this.touched) {
      this.hits[feature] -= this.added[feature];
      this.added[feature] = 0;
    }
    this.touched.length = 0;
    if (hits === this.recalled) return;
    this.recalled = hits;
    this.hits.fill(0);
    for (let i = 0; i < hits.length; i += 2) this.hits[hits[i]] = hits[i + 1];
  }

  /** What was seen since, likewise. */
  lessons(): readonly number[] {
    return this.touched.flatMap((feature) => [feature, this.added[feature]]);
  }

  /** Watches the next execution. */
  attach(): void {
    const { sim } = this.system;
    this.execution++;
    this.features.length = 0;
    this.writers.fill(-1);
    this.readers.fill(-1);
    while (this.writers.length < sim.ops.objectCount) {
      this.writes.push(0);
      this.writers.push(-1);
      this.reads.push(0);
      this.readers.push(-1);
      this.names.push(hashText(sim.ops.objectName(this.names.length)));
    }
    this.before = sim.observer;
    sim.observer = this;
  }

  /** The execution is over; how many of its features nobody had shown before. */
  detach(): number {
    const { sim } = this.system;
    if (sim.observer === this) sim.observer = this.before;
    this.before = null;
    let fresh = 0;
    for (const feature of this.features) {
      if (this.hits[feature]++ === 0) fresh++;
      if (this.added[feature]++ === 0) this.touched.push(feature);
    }
    return fresh;
  }

  step(ctx: Context, op: Op, value: number): void {
    if (this.before !== null) this.before.step(ctx, op, value);
    const { system, writes, writers, reads: readSites, readers } = this;
    const { reads, writes: written } = system.sim.ops.def(op).footprint(operandOf(op));
    if (reads.length === 0 && written.length === 0) return;
    const site = mix(op & (OPCODE | FRAME), ctx.id);
    if (system.situation !== undefined) this.show(mix(system.situation(), site));
    for (let i = 0; i < reads.length; i++) {
      const object = reads[i];
      this.meet(object, writers[object], writes[object], ctx.id, site);
      readers[object] = ctx.id;
      readSites[object] = site;
    }
    for (let i = 0; i < written.length; i++) {
      const object = written[i];
      this.meet(object, writers[object], writes[object], ctx.id, site);
      this.meet(object, readers[object], readSites[object], ctx.id, site);
      writers[object] = ctx.id;
      writes[object] = site;
      readers[object] = -1;
    }
  }

  held(ctx: Context): void {
    this.before?.held?.(ctx);
  }

  private meet(object: number, other: number, otherSite: number, id: number, site: number): void {
    if (other !== undefined && other >= 0 && other !== id) this.show(mix(mix(otherSite, site), this.names[object]));
  }

  private show(hash: number): void {
    const feature = (hash ^ (hash >>> BITS)) & (SLOTS - 1);
    if (this.seen[feature] === this.execution) return;
    this.seen[feature] = this.execution;
    this.features.push(feature);
  }
}
