import {
  GeneratorProcess, NOMINAL, Simulator, State, type ChoiceKind, type Chooser, type Context, type Decision, type Op, type OpSpec,
  type Planned, type Ps, type Release, type Steps, type StopReason, parseRelease,
} from '../../src/sim/index.ts';

/** What was seen of one step at its effect. */
export interface Seen {
  readonly at: Ps;
  readonly who: string;
  readonly step: number;
  readonly label: string;
  readonly value: number;
}

/** A simulator with contexts that need no CPU, each running what a test gives it. */
export class Bed {
  readonly sim = new Simulator();
  /** The steps of the last run, in the order of their effects. */
  readonly seen: Seen[] = [];
  private readonly processes: GeneratorProcess[] = [];
  protected readonly starts: (readonly [Context, Ps])[] = [];
  private readonly events: (() => void)[] = [];

  constructor() {
    const { sim } = this;
    sim.finished = () => this.allDone;
    sim.observer = {
      step: (ctx, op, value) => this.seen.push({ at: sim.now, who: ctx.name, step: ctx.step, label: sim.ops.label(op), value }),
    };
  }

  /** A kind of step; it takes `lead` ps and has no effect unless the test gives it one. */
  op(label: string, lead: Ps, spec: Partial<OpSpec> = {}): Op {
    return this.sim.ops.define({ label, lead, exec: () => 0, ...spec });
  }

  /** A context that starts at `start`; if that is negative, when the test says so. */
  context(name: string, body: () => Steps<unknown>, start: Ps = 0): Context {
    const process = new GeneratorProcess(body);
    const ctx = this.sim.context(name, process);
    this.processes.push(process);
    if (start >= 0) this.starts.push([ctx, start]);
    return ctx;
  }

  /** Something that happens at `time` of each run, before whatever else is due then. */
  at(time: Ps, happen: () => void, timeout = false): void {
    const slot = this.sim.slot({ fire: happen });
    this.events.push(() => this.sim.queue.schedule(slot, time, timeout));
  }

  run(chooser: Chooser = NOMINAL): StopReason {
    const { sim } = this;
    sim.reset(chooser);
    this.seen.length = 0;
    for (const schedule of this.events) schedule();
    for (const process of this.processes) process.start();
    this.boot();
    for (const [ctx, at] of this.starts) ctx.start(at);
    return sim.run();
  }

  /** What is there before the first context starts. */
  protected boot(): void {}

  /** `who#step@time` of the last run, in order. */
  get order(): string[] {
    return this.seen.map(({ who, step, at }) => `${who}#${step}@${at}`);
  }

  /** When the steps of `who` took effect. */
  times(who: string): Ps[] {
    return this.seen.filter((s) => s.who === who).map((s) => s.at);
  }

  get allDone(): boolean {
    return this.sim.contexts.every(({ state }) => state === State.done);
  }
}

/** A schedule of stalls, each written `name#step release`: `A#3 until B#2`. */
export function stalls(...texts: readonly string[]): Chooser {
  return schedule(texts.map((text) => {
    const [, actor, step, release] = /^(\S+)#(\d+) (.+)$/.exec(text)!;
    return { actor: actor!, step: Number(step), release: parseRelease(release!)! };
  }));
}

/** A schedule of which all is known beforehand. */
export function schedule(plan: readonly Planned[]): Chooser {
  return { plan, draw: () => 0 };
}

/** Answers every question by `draw`, and departs nowhere else. */
export function answers(draw: (kind: ChoiceKind, actor: string, step: number, n: number) => number): Chooser {
  return { plan: [], draw };
}

/** The schedule that a run has taken, to run it again. */
export function again(taken: readonly Decision[]): Chooser {
  const decisions = taken.map((d) => ({ ...d }));
  return {
    plan: decisions.flatMap(({ kind, actor, step, value }): Planned[] => {
      if (kind === 'timing') return [{ actor, step, late: Number(value) }];
      const release: Release | undefined = kind === 'stall' ? parseRelease(String(value)) : undefined;
      return release === undefined ? [] : [{ actor, step, release }];
    }),
    draw: (kind, actor, step) => Number(decisions.find((d) => d.kind === kind && d.actor === actor && d.step === step)?.value ?? 0),
  };
}
