import { END_OF_TIME, EXIT, BLOCKED, GeneratorProcess, State, type Context, type Gate, type Op, type Ps, type Steps } from '../sim/index.ts';
import { InterruptProcess } from './interrupt.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/** Bits of {@link Cpu.attention}. */
const IRQ_PENDING = 1;
const TIMERS_DUE = 2;

/** What the CPU asks of its interrupt controller. */
export interface InterruptController {
  /** The enabled pending source that comes first, or -1. */
  next(): number;
  mask(source: number): void;
  unmask(source: number): void;
}

/**
 * One CPU of the BMC: a task, a softirq context above it, an interrupt context above both.
 *
 * The interrupt context is one persistent process (vector, then the VIC loop of irq-aspeed-vic.c,
 * then back); it does not nest, as on ARM Linux.
 */
export class Cpu implements Gate {
  readonly kernel: Kernel;
  readonly index: number;
  attention = 0;
  /** The task that owns the CPU, running or interrupted. */
  current: Task | null = null;
  /** CPSR.I: interrupts are masked. */
  irqsOff = false;
  inIrq = false;
  inSoftirq = false;
  /** The line into the CPU was high for the interrupt latency. */
  private pending = false;
  /** The line into the CPU, and since when it is high. */
  private line = false;
  private lineSince: Ps = 0;
  /** For how long the schedule has stalled this interrupt, or this section with interrupts off. */
  private atomicLate: Ps = 0;
  /** Since when interrupts are masked, while they are. */
  private maskedAt: Ps = 0;
  /** Which of its contexts is stalled right now, and since when. */
  private stalled: Context | null = null;
  private stalledAt: Ps = 0;
  readonly irq: Context;
  readonly softirq: Context;
  private readonly irqSlot: number;
  private readonly waitIrq: Op;
  private readonly enterIrq: Op;
  private readonly nextIrq: Op;
  private readonly waitSoftirq: Op;

  constructor(kernel: Kernel, index: number) {
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.index = index;
    const name = index === 0 ? '' : String(index);
    this.waitIrq = sim.ops.define({ label: 'return from interrupt', kind: 'block', lead: config.irqExit, exec: () => BLOCKED });
    this.enterIrq = sim.ops.define({
      label: 'interrupt entry', lead: config.irqEntry, jitter: config.irqJitter, exec: () => this.acknowledge(),
    });
    this.nextIrq = sim.ops.define({ label: 'next interrupt source', lead: config.irqNext, exec: () => this.acknowledgeNext() });
    this.waitSoftirq = sim.ops.define({ label: 'softirq done', kind: 'block', exec: () => BLOCKED });
    const irqProcess = new InterruptProcess(kernel, this.waitIrq, this.enterIrq, this.nextIrq);
    const softirqProcess = new GeneratorProcess(() => this.softirqMain());
    this.irq = sim.context(`bmc:irq${name}`, irqProcess, this);
    this.softirq = sim.context(`bmc:softirq${name}`, softirqProcess, this);
    this.irqSlot = sim.slot(this);
    sim.onReset(() => {
      this.attention = 0;
      this.current = null;
      this.irqsOff = false;
      this.inIrq = false;
      this.inSoftirq = false;
      this.pending = false;
      this.line = false;
      this.stalled = null;
      this.stalledAt = 0;
      this.lineSince = 0;
      this.atomicLate = 0;
      this.source = -1;
      irqProcess.start();
      this.irq.state = State.blocked;
      softirqProcess.start();
      if (softirqProcess.resume(0) === EXIT) throw new Error(`${this.softirq.name} ended`);
      this.softirq.state = State.blocked;
    });
  }

  // ---- interrupts -----------------------------------------------------------------------------

  /** The level of the line from the interrupt controller. */
  irqLine(level: boolean): void {
    if (level && !this.line) this.lineSince = this.kernel.sim.now;
    else if (!level) this.lineSince = 0;
    this.line = level;
    if (level) this.sampleLine();
    else if (this.irqsOff) this.forgetLine();
  }

  /**
   * The line has fallen while interrupts were masked: a level that the CPU has not taken is gone. With
   * interrupts on it may be on its way into the handler, which then finds no source (a spurious entry).
   */
  private forgetLine(): void {
    this.pending = false;
    this.kernel.sim.queue.cancel(this.irqSlot);
  }

  /** Schedules the interrupt, if the line is high and nobody deals with it yet. */
  private sampleLine(): void {
    const { sim, config } = this.kernel;
    if (!this.line || this.pending || this.inIrq || sim.queue.scheduled(this.irqSlot)) return;
    sim.queue.schedule(this.irqSlot, Math.max(sim.now, this.lineSince + config.irqLatency), false);
  }

  /** The line was high for the interrupt latency: the CPU takes the interrupt when it may. */
  fire(): void {
    this.pending = true;
    this.updateAttention();
    if (this.attention !== 0) this.interrupt();
  }

  /**
   * Takes what asks for attention. A step in flight is not interrupted: it ends, and the interrupt comes
   * before the next. A loop that polls is, between two samples.
   */
  private interrupt(): void {
    const running = this.inSoftirq ? this.softirq : this.current === null ? null : this.current.ctx;
    if (running !== null && running.state === State.flight) {
      if (!running.parked) return;
      running.suspend();
    }
    this.take();
  }

  private take(): void {
    if ((this.attention & IRQ_PENDING) !== 0) this.takeIrq();
    else this.takeSoftirq();
  }

  private updateAttention(): void {
    if (this.irqsOff || this.inIrq) {
      this.attention = 0;
      return;
    }
    this.attention = this.pending ? IRQ_PENDING : 0;
    if (!this.inSoftirq && this.index === 0 && this.kernel.timers.due) this.attention |= TIMERS_DUE;
  }

  private takeIrq(): void {
    this.pending = false;
    this.inIrq = true;
    this.atomicLate = 0;
    this.attention = 0;
    this.irq.kick(0);
  }

  setIrqsOff(off: boolean): void {
    if (off !== this.irqsOff && !this.inIrq) {
      this.atomicLate = 0;
      this.excludes(off, this.inSoftirq ? this.softirq : this.current?.ctx ?? null);
      if (off) this.maskIrqs();
      else this.unmaskIrqs();
    }
    this.irqsOff = off;
    this.updateAttention();
  }

  /**
   * Where there is one CPU, whoever masks interrupts has it as long as a handler has: neither comes between what the other
   * does. Where there are two, a handler may run on the other.
   */
  private excludes(begins: boolean, ctx: Context | null): void {
    const { order, config } = this.kernel;
    if (order === null || config.cpus > 1) return;
    if (begins) order.acquire(this, ctx);
    else order.release(this, ctx);
  }

  private maskIrqs(): void {
    this.maskedAt = this.kernel.sim.now;
  }

  private unmaskIrqs(): void {
    this.kernel.onIrqsOff?.(this.maskedAt);
  }

  /** The source that is being handled, -1: none. */
  source = -1;

  private acknowledge(): number {
    this.source = this.kernel.controller.next();
    if (this.source >= 0) this.kernel.controller.mask(this.source);
    this.excludes(true, this.irq);
    this.kernel.passLine(this.source);
    return this.source;
  }

  private acknowledgeNext(): number {
    if (this.source >= 0) this.kernel.endIrq(this.source);
    return this.acknowledge();
  }

  private *softirqMain(): Steps {
    const { kernel } = this;
    for (;;) {
      kernel.sim.current?.home();
      yield this.waitSoftirq;
      this.excludes(true, this.softirq);
      for (let timer = kernel.timers.expired(); timer !== null; timer = kernel.timers.expired()) yield* timer.callback();
      this.excludes(false, this.softirq);
    }
  }

  /** Timers have expired: they run when the CPU is neither in an interrupt nor in a softirq. */
  raiseSoftirq(): void {
    this.updateAttention();
    if (this.attention !== 0) this.interrupt();
  }

  private takeSoftirq(): void {
    this.inSoftirq = true;
    this.updateAttention();
    this.softirq.kick(0);
  }

  // ---- Gate -----------------------------------------------------------------------------------

  divert(ctx: Context): boolean {
    if (ctx === this.irq) return false;
    this.take();
    return true;
  }

  ready(ctx: Context): void {
    this.kernel.enqueue(this.kernel.taskOf(ctx));
  }

  leave(ctx: Context): void {
    if (ctx === this.irq) {
      if (this.sleeps(ctx, this.waitIrq)) return;
      this.excludes(false, ctx);
      this.inIrq = false;
      this.atomicLate = 0;
      this.irqsOff = false; // as they were when it was taken
      this.kernel.irqDone.changed();
      this.sampleLine(); // it may have risen after the handler looked for the next source
      this.back();
    } else if (ctx === this.softirq) {
      if (this.sleeps(ctx, this.waitSoftirq)) return;
      this.inSoftirq = false;
      this.irqsOff = false;
      this.back();
    } else {
      this.switchFrom(this.kernel.taskOf(ctx));
    }
  }

  /** Nothing can come after a handler that goes to sleep: the run ends, whoever judges it. */
  private sleeps(ctx: Context, end: Op): boolean {
    if (ctx.op === end) return false;
    const { kernel } = this;
    kernel.breach('sleep-in-atomic', 'scheduling-while-atomic', ctx,
      `${kernel.sim.ops.label(ctx.op)} sleeps in interrupt context (BUG: scheduling while atomic)`, 'schedule', true);
    kernel.sim.stop('violation');
    return true;
  }

  /** Takes what is pending, or goes on with what was interrupted, or finds something to do. */
  private back(): void {
    this.updateAttention();
    if (this.attention !== 0) {
      this.take();
    } else if (this.inSoftirq) {
      if (this.softirq.state === State.gated) this.softirq.grant();
    } else if (this.current === null) {
      this.kernel.dispatch(this);
    } else if (this.current.ctx.state === State.gated) {
      this.current.ctx.grant();
    }
  }

  /** `task` gives up the CPU: it sleeps, has ended, or is preempted. Its interrupt flag goes with it. */
  private switchFrom(task: Task): void {
    if (this.current !== task) return;
    task.irqsOff = this.irqsOff;
    task.switches++;
    this.current = null;
    this.kernel.rcu?.quiescent();
    this.irqsOff = false;
    if (!this.inIrq && !this.inSoftirq) this.back();
  }

  /** Gives the CPU to `task`. */
  switchTo(task: Task): void {
    this.current = task;
    task.ctx.gate = this;
    this.setIrqsOff(task.irqsOff);
    task.ctx.grant();
  }

  atomic(ctx: Context): boolean {
    return ctx === this.irq;
  }

  stall(ctx: Context): Ps {
    const { sim, config } = this.kernel;
    if (ctx === this.irq || this.irqsOff) {
      this.stalled = ctx;
      this.stalledAt = sim.now;
      return Math.max(0, config.atomicCap - this.atomicLate);
    }
    if (ctx === this.softirq) return this.interruptible();
    const task = this.kernel.taskOf(ctx);
    if (task.preemptible(config.preempt)) {
      task.offCpu = true;
      this.switchFrom(task);
      return END_OF_TIME;
    }
    return this.interruptible();
  }

  /** What is stalled with interrupts on loses the CPU to what asks for attention. */
  private interruptible(): Ps {
    if (this.attention !== 0) this.take();
    return END_OF_TIME;
  }

  release(ctx: Context): void {
    if (this.stalled === ctx) {
      this.atomicLate += this.kernel.sim.now - this.stalledAt;
      this.stalled = null;
      this.stalledAt = 0;
    }
    if (ctx === this.irq) {
      ctx.grant();
      return;
    }
    if (ctx === this.softirq) {
      if (!this.inIrq) ctx.grant();
      return;
    }
    const task = this.kernel.taskOf(ctx);
    if (task.offCpu) {
      task.offCpu = false;
      this.kernel.enqueue(task);
    } else if (!this.inIrq && !this.inSoftirq) {
      ctx.grant();
    }
  }
  keeps(ctx: Context): boolean {
    const { kernel } = this;
    if (ctx === this.irq || this.irqsOff) return true;
    if (this.attention !== 0) return false;
    return ctx === this.softirq || !kernel.taskOf(ctx).preemptible(kernel.config.preempt) || kernel.nobodyWaits;
  }
}
