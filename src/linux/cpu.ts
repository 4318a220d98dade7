import { END_OF_TIME, EXIT, BLOCKED, GeneratorProcess, State, type Context, type Gate, type Op, type Ps, type Steps } from '../sim/index.ts';
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
    const irqProcess = new GeneratorProcess(() => this.irqMain());
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
      this.source = -1;
      for (const [process, ctx] of [[irqProcess, this.irq], [softirqProcess, this.softirq]] as const) {
        process.start();
        if (process.resume(0) === EXIT) throw new Error(`${ctx.name} ended`);
        ctx.state = State.blocked;
      }
    });
  }

  // ---- interrupts -----------------------------------------------------------------------------

  /** The level of the line from the interrupt controller. */
  irqLine(level: boolean): void {
    if (level && !this.line) this.lineSince = this.kernel.sim.now;
    this.line = level;
    this.sampleLine();
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
    if ((this.attention & IRQ_PENDING) !== 0 && !this.stepInFlight) this.takeIrq();
  }

  /** A step in flight is not interrupted: it ends, and the interrupt comes before the next. */
  private get stepInFlight(): boolean {
    const running = this.inSoftirq ? this.softirq : this.current === null ? null : this.current.ctx;
    return running !== null && running.state === State.flight;
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
    this.attention = 0;
    this.irq.kick(0);
  }

  setIrqsOff(off: boolean): void {
    this.irqsOff = off;
    this.updateAttention();
  }

  /** The source that is being handled, -1: none. */
  source = -1;

  private acknowledge(): number {
    this.source = this.kernel.controller.next();
    if (this.source >= 0) this.kernel.controller.mask(this.source);
    return this.source;
  }

  private acknowledgeNext(): number {
    if (this.source >= 0) this.kernel.controller.unmask(this.source);
    return this.acknowledge();
  }

  private *irqMain(): Steps {
    const { kernel } = this;
    for (;;) {
      yield this.waitIrq;
      let source = yield this.enterIrq;
      if (source < 0) kernel.irqTaken(-1, 0);
      while (source >= 0) {
        let handled = 0;
        for (const action of kernel.actions(source)) handled |= yield* action.handler();
        kernel.irqTaken(source, handled);
        source = yield this.nextIrq;
      }
    }
  }

  private *softirqMain(): Steps {
    const { kernel } = this;
    for (;;) {
      yield this.waitSoftirq;
      for (let timer = kernel.timers.expired(); timer !== null; timer = kernel.timers.expired()) yield* timer.callback();
    }
  }

  /** Timers have expired: they run when the CPU is neither in an interrupt nor in a softirq. */
  raiseSoftirq(): void {
    this.updateAttention();
    if ((this.attention & TIMERS_DUE) !== 0 && !this.stepInFlight) this.takeSoftirq();
  }

  private takeSoftirq(): void {
    this.inSoftirq = true;
    this.updateAttention();
    this.softirq.kick(0);
  }

  // ---- Gate -----------------------------------------------------------------------------------

  divert(ctx: Context): boolean {
    if (ctx === this.irq) return false;
    if ((this.attention & IRQ_PENDING) !== 0) {
      this.takeIrq();
      return true;
    }
    if (ctx === this.softirq) return false;
    this.takeSoftirq();
    return true;
  }

  ready(ctx: Context): void {
    this.kernel.enqueue(this.kernel.taskOf(ctx));
  }

  leave(ctx: Context): void {
    if (ctx === this.irq) {
      this.inIrq = false;
      this.kernel.irqDone.changed();
      this.sampleLine(); // it may have risen after the handler looked for the next source
      this.back();
    } else if (ctx === this.softirq) {
      this.inSoftirq = false;
      this.back();
    } else {
      this.switchFrom(this.kernel.taskOf(ctx));
    }
  }

  /** Takes what is pending, or goes on with what was interrupted, or finds something to do. */
  private back(): void {
    this.updateAttention();
    if ((this.attention & IRQ_PENDING) !== 0) {
      this.takeIrq();
    } else if (this.inSoftirq) {
      if (this.softirq.state === State.gated) this.softirq.grant();
    } else if (this.attention !== 0) {
      this.takeSoftirq();
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
    this.current = null;
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

  stall(ctx: Context): Ps {
    const { config } = this.kernel;
    if (ctx === this.irq) return config.atomicCap;
    if (ctx === this.softirq) return this.interruptible();
    const task = this.kernel.taskOf(ctx);
    if (this.irqsOff) return config.atomicCap;
    if (task.preemptible(config.preempt)) {
      task.offCpu = true;
      this.switchFrom(task);
      return END_OF_TIME;
    }
    return this.interruptible();
  }

  /** What is stalled with interrupts on loses the CPU to those that are pending. */
  private interruptible(): Ps {
    if ((this.attention & IRQ_PENDING) !== 0) this.takeIrq();
    return END_OF_TIME;
  }

  release(ctx: Context): void {
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
}
