import {
  BLOCKED, NOMINAL, type Chooser, type Context, type Decision, type Op, type Ps, type Simulator, type StepObserver,
  type TraceListener,
} from '../sim/index.ts';
import type { System } from '../scenarios/index.ts';
import type { Act, Hold, PollRecord, Recording, Standing, StepEntry, TakenDecision, TraceEntry } from './recording.ts';

/** What the recorder asks of a system's kernel, if it has one. */
interface KernelView {
  readonly config: { readonly preempt: string; readonly cpus: number };
  taskAt(ctx: Context): TaskView | undefined;
}

interface TaskView {
  readonly offCpu: boolean;
  readonly copyUser: { readonly bytes: Uint8Array } | null;
  readonly copyAt: number;
}

/** What a context's gate tells, if it is a CPU. */
interface CpuView {
  readonly index?: number;
  readonly irqsOff?: boolean;
}

/** Bytes per step of a user copy. */
const WORD = 4;

/** What is remembered of each context while it runs. */
class Memory {
  /** When its next step can be issued; -1: it sleeps. */
  ready: Ps = -1;
  /** Interrupts were off after its last step. */
  irqsOff = false;
  /** Its stall, until it goes on. */
  hold: Hold | null = null;
  /** Of the poll under way: samples so far and when the last was taken. */
  samples = 0;
  sampledAt: Ps = 0;
  /** The act of its last step. */
  act = -1;
}

/**
 * Records executions of one system: every event of the trace, every step, and when contexts are held.
 * Recording is off while hunting; a finding is replayed under it.
 */
export class Recorder implements StepObserver {
  private readonly system: System & { readonly kernel?: KernelView; readonly driver?: { readonly phaseName: string } };
  private readonly sim: Simulator;
  private readonly copies = new Set<number>();
  private inner: StepObserver | null = null;
  private acts: Act[] = [];
  private pending: TraceEntry[] = [];
  private decisions: TakenDecision[] = [];
  private holds: Hold[] = [];
  private memory: Memory[] = [];
  private phases = new Map<number, string>();
  private phase = '';
  /** The last step of the BMC. */
  private lastBmc = -1;
  /** When the stall at hand begins; -1: there is none. */
  private heldAt: Ps = -1;
  /** When each decision was drawn, by its index in `sim.taken`. */
  private drawn = new Map<number, Ps>();

  constructor(system: System) {
    this.system = system;
    this.sim = system.sim;
    for (const [code, def] of this.sim.ops.defs.entries()) if (/^copy_(to|from)_user word$/.test(def.label)) this.copies.add(code);
  }

  /** Runs the system once and records it. An observer that is there goes on observing. */
  run(chooser: Chooser = NOMINAL): Recording {
    const { sim } = this;
    this.acts = [];
    this.pending = [];
    this.decisions = [];
    this.holds = [];
    this.memory = [];
    this.drawn = new Map();
    this.phases = new Map();
    this.phase = '';
    this.lastBmc = -1;
    this.inner = sim.observer;
    const listeners = sim.trace.kinds.map((_kind, code): TraceListener => (at, actor, a, b, c) => this.event({ at, actor, code, a, b, c }));
    sim.observer = this;
    for (const [code, listener] of listeners.entries()) sim.trace.on(code, listener);
    try {
      const { reason, steps, hash, time } = this.system.execute(this.timed(chooser));
      this.sync();
      this.flush();
      const config = this.system.kernel?.config;
      return {
        contexts: sim.contexts.map((ctx) => ctx.name), kinds: sim.trace.kinds, ops: sim.ops, acts: this.acts, phases: this.phases,
        decisions: this.decisions, holds: this.holds, violations: [...sim.violations], kernel: config === undefined ? null : { preempt: config.preempt, cpus: config.cpus },
        underWay: this.underWay(time), reason, steps, hash, time, waveforms: this.system.waveforms?.() ?? [],
      };
    } finally {
      sim.observer = this.inner;
      for (const [code, listener] of listeners.entries()) sim.trace.off(code, listener);
    }
  }

  /** A driver may make tasks as it runs: INIT_WORK() in open(). */
  private of(ctx: Context): Memory {
    return this.memory[ctx.id] ??= new Memory();
  }

  /** The same choices; it is noted when they are drawn. */
  private timed(chooser: Chooser): Chooser {
    if (chooser === NOMINAL) return chooser;
    const { sim, drawn } = this;
    return {
      plan: chooser.plan,
      draw(kind, actor, step, n, label) {
        const value = chooser.draw(kind, actor, step, n, label);
        if (value !== 0) drawn.set(sim.taken.length, sim.now);
        return value;
      },
    };
  }

  private event(entry: TraceEntry): void {
    this.sync();
    const [first] = this.pending;
    if (first !== undefined && first.at !== entry.at) this.flush();
    this.pending.push(entry);
  }

  /** What was emitted without a step stands alone. */
  private flush(): void {
    for (const entry of this.pending) this.acts.push({ at: entry.at, actor: entry.actor, step: null, events: [entry] });
    this.pending = [];
  }

  step(ctx: Context, op: Op, value: number): void {
    this.sync();
    const { now } = this.sim;
    const memory = this.of(ctx);
    if (memory.hold !== null && memory.hold.step === ctx.step) {
      memory.hold.to = ctx.issuedAt;
      memory.hold = null;
    }
    const def = this.sim.ops.def(op);
    memory.ready = value === BLOCKED ? -1 : now + def.tail;
    const poll = def.kind === 'poll' ? this.sample(ctx, memory, value) : undefined;
    const bytes = value !== BLOCKED && this.copies.has(op & 0xff) ? this.copied(ctx, value) : undefined;
    const gate = ctx.gate as CpuView | null;
    const cpu = gate?.index ?? -1;
    memory.irqsOff = gate?.irqsOff === true;
    const entry: StepEntry = {
      at: now, issuedAt: ctx.issuedAt, actor: ctx.id, step: ctx.step, op, value, cpu,
      ...(poll === undefined ? {} : { poll }), ...(def.kind === 'poll' && poll === undefined ? { sampled: memory.samples } : {}), ...(bytes === undefined ? {} : { bytes }),
    };
    if (this.pending.length > 0 && this.pending[0].at !== now) this.flush();
    if (ctx.name.startsWith('bmc:')) this.lastBmc = this.acts.length;
    memory.act = this.acts.length;
    this.acts.push({ at: now, actor: ctx.id, step: entry, events: this.pending });
    this.pending = [];
    this.inner?.step(ctx, op, value);
  }

  held(ctx: Context): void {
    // What follows the step before it, its tail, is no stall yet.
    this.heldAt = Math.max(this.sim.now, this.of(ctx).ready);
    this.sync();
    this.heldAt = -1;
    this.inner?.held?.(ctx);
  }

  /** A sample of a poll; samples that read the same were not simulated, but are counted. */
  private sample(ctx: Context, memory: Memory, value: number): PollRecord | undefined {
    const { now } = this.sim;
    memory.samples = memory.samples === 0 ? 1 : memory.samples + Math.max(1, Math.round((now - memory.sampledAt) / ctx.pollPeriod));
    memory.sampledAt = now;
    if (value === BLOCKED) return undefined;
    const record = { mask: ctx.pollMask, last: ctx.pollLast, samples: memory.samples, period: ctx.pollPeriod };
    memory.samples = 0;
    return record;
  }

  /** The polls that the end of the run cuts off, by the act of their last sample: they look until then. */
  private underWay(end: Ps): Map<number, PollRecord> {
    const polls = new Map<number, PollRecord>();
    for (const ctx of this.sim.contexts) {
      const { pollMask: mask, pollLast: last, pollPeriod: period, isSuspended } = ctx;
      const { samples, sampledAt, act } = this.of(ctx);
      const more = isSuspended ? 0 : Math.floor((end - sampledAt) / period);
      if (samples > 0) polls.set(act, { mask, last, samples: samples + more, period });
    }
    return polls;
  }

  private copied(ctx: Context, value: number): readonly number[] | undefined {
    const task = this.system.kernel?.taskAt(ctx);
    if (value !== 0 || task === undefined || task.copyUser === null) return undefined;
    const from = Math.floor((task.copyAt - 1) / WORD) * WORD;
    return [...task.copyUser.bytes.subarray(from, task.copyAt)];
  }

  // ---- decisions ------------------------------------------------------------------------------

  /** Looks at what the schedule has decided, and the driver has done between its steps, since the last look. */
  private sync(): void {
    const { taken } = this.sim;
    while (this.decisions.length < taken.length) this.decided(taken[this.decisions.length]);
    const phase = this.system.driver?.phaseName ?? '';
    if (phase === this.phase) return;
    this.phase = phase;
    if (this.lastBmc >= 0) this.phases.set(this.lastBmc, phase);
  }

  private decided(decision: Decision): void {
    const index = this.decisions.length;
    const ctx = this.sim.contexts.find((c) => c.name === decision.actor);
    const at = this.drawn.get(index) ?? (this.heldAt >= 0 ? this.heldAt : ctx === undefined ? this.sim.now : this.due(ctx, decision.step));
    this.decisions.push({ decision, at });
    if (decision.kind !== 'stall' || ctx === undefined) return;
    const hold: Hold = {
      decision: index, actor: ctx.id, step: decision.step, label: decision.label, from: at, to: -1, standing: this.standing(ctx),
    };
    this.of(ctx).hold = hold;
    this.holds.push(hold);
  }

  /**
   * When step `step` of `ctx`, which is late but not held, was about to be issued: right after the one before; or, of
   * a context that had slept, at the latest now, which is the first sign of it.
   */
  private due(ctx: Context, step: number): Ps {
    const { ready } = this.of(ctx);
    if (ready >= 0) return ready;
    return ctx.step === step ? Math.min(ctx.issuedAt, this.sim.now) : this.sim.now;
  }

  private standing(ctx: Context): Standing {
    const task = this.system.kernel?.taskAt(ctx);
    if (task === undefined) return '';
    if (task.offCpu) return 'off the CPU';
    return this.of(ctx).irqsOff ? 'interrupts off' : 'keeps the CPU';
  }
}

/** Runs `system` once under `chooser` and records it. */
export function record(system: System, chooser: Chooser = NOMINAL): Recording {
  return new Recorder(system).run(chooser);
}
