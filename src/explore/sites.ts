import type { Context, Op, Simulator, StepObserver } from '../sim/index.ts';

/** Steps remembered per context: beyond that a run is a storm, and more of the same. */
const MOST_STEPS = 4096;

/**
 * Remembers which step each context took when: the sites at which a schedule can depart. Attached for
 * single executions (it takes the observer's place and passes everything on), free otherwise.
 */
export class SiteRecorder implements StepObserver {
  private readonly sim: Simulator;
  private before: StepObserver | null = null;
  /** Per context id: the op of each step, from step 0. */
  readonly steps: Op[][] = [];

  constructor(sim: Simulator) {
    this.sim = sim;
  }

  /** Forgets, and records the next execution. */
  attach(): void {
    const { sim, steps } = this;
    while (steps.length < sim.contexts.length) steps.push([]);
    for (const list of steps) list.length = 0;
    this.before = sim.observer;
    sim.observer = this;
  }

  detach(): void {
    if (this.sim.observer === this) this.sim.observer = this.before;
    this.before = null;
  }

  step(ctx: Context, op: Op, value: number): void {
    if (this.before !== null) this.before.step(ctx, op, value);
    const list = this.steps[ctx.id];
    if (list.length < MOST_STEPS) list.push(op);
  }

  /** The stable label of a step. */
  label(op: Op): string {
    return this.sim.ops.label(op);
  }
}

/** The labels of all steps of one run, by context name. */
export type Sites = ReadonlyMap<string, readonly string[]>;

/** What a recorder has seen, as labels. */
export function sitesOf(recorder: SiteRecorder, sim: Simulator): Sites {
  return new Map(sim.contexts.map((ctx) => [ctx.name, recorder.steps[ctx.id].map((op) => recorder.label(op))]));
}

/** How many of the steps of `actor` before `step` have this label: its rank among its equals. */
export function rankOf(sites: Sites, actor: string, step: number, label: string): number {
  let rank = 0;
  const list = sites.get(actor) ?? [];
  for (let i = 0; i < step && i < list.length; i++) if (list[i] === label) rank++;
  return rank;
}

/** The step of `actor` that has this label and rank; -1 if there is none. */
export function stepOf(sites: Sites, actor: string, label: string, rank: number): number {
  const list = sites.get(actor) ?? [];
  let left = rank;
  for (let i = 0; i < list.length; i++) if (list[i] === label && left-- === 0) return i;
  return -1;
}
