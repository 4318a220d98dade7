import { BLOCKED, Calls, END_OF_TIME, EXIT, GeneratorProcess, Halt, Signal, clear, withOperand, type Context, type Op, type Ps, type Simulator, type Steps } from '../sim/index.ts';
import { Cpu, type InterruptController } from './cpu.ts';
import { Task } from './task.ts';
import { TimerWheel } from './timer.ts';
import { observeFields, type FieldObserver, type OrderObserver } from './shared.ts';
import type { KernelConfig } from './config.ts';
import type { Rcu } from './rcu.ts';

/** IRQ_NONE / IRQ_HANDLED of linux/irqreturn.h. */
export const IRQ_NONE = 0;
export const IRQ_HANDLED = 1;

/** One handler of request_irq(), on a line that may be shared. */
export interface IrqAction {
  readonly name: string;
  handler(): Steps<number>;
}

/** CPUs that are built; {@link KernelConfig.cpus} says how many are online. */
const MOST_CPUS = 2;

/** A driver waits in its probe(), outside of time, for what only comes later. The message is for people. */
export class BootError extends Error {
  override name = 'BootError';

  /** @param where the step, if it is known */
  constructor(where: string) {
    super(`${where === '' ? '' : `${where}: `}the driver waits in its probe(), while the system boots and there is nobody who could wake it`);
  }
}

/** Unhandled interrupts after which note_interrupt() gives up on a line (kernel/irq/spurious.c). */
const NOBODY_CARED = 99_900;

/** The slice of Linux on which the BMC's drivers stand. */
export class Kernel {
  readonly sim: Simulator;
  readonly config: KernelConfig;
  readonly controller: InterruptController;
  readonly timers: TimerWheel;
  readonly cpus: Cpu[] = [];
  readonly tasks: Task[] = [];
  private readonly byContext: (Task | undefined)[] = [];
  private readonly runqueue: Task[] = [];
  private readonly lines: IrqAction[][] = [];
  private readonly unhandled: number[] = [];
  /** Sources that stay masked: nobody has requested them any more, or nobody cared. */
  private readonly disabled: boolean[] = [];
  /** How often disable_irq() was called more than enable_irq(), by source. */
  private readonly depth: number[] = [];
  /** struct irq_desc by source: for {@link order} only. */
  private readonly descriptors: object[] = [];
  private readonly sleepOp: Op;
  /** synchronize_irq(): waits for handlers that are under way. A step. */
  readonly synchronizeIrqOp: Op;
  /** An interrupt handler has returned. */
  readonly irqDone = new Signal();
  /** How often whoever waits for the end of a handler looks: as long as the return from it takes, but at least 1 ps. */
  readonly handlerPeriod: Ps;
  private readonly bootContext: Context;
  /** Trace codes. */
  readonly events: { readonly irq: number; readonly breach: number; readonly runs: number; readonly kfree: number };
  /** Names of what has been allocated, in that order; kfree() tells the index. */
  readonly allocations: string[] = [];
  /** Told when code outside of an interrupt handler unmasks interrupts, and since when they were masked, ps. */
  onIrqsOff: ((since: Ps) => void) | null = null;
  /** Set before drivers are built: observes their shared fields. */
  fields: FieldObserver | null = null;
  /**
   * What orders beside the footprints of steps is told here; set for drivers in C. Our models were hunted without, and what was
   * found in them stays what it was.
   */
  order: OrderObserver | null = null;
  /** Read-copy-update, where a driver uses it. */
  rcu: Rcu | null = null;

  constructor(sim: Simulator, config: KernelConfig, controller: InterruptController) {
    this.sim = sim;
    this.config = config;
    this.handlerPeriod = Math.max(config.irqExit, 1);
    this.controller = controller;
    this.events = {
      irq: sim.trace.define({
        name: 'bmc.irq', lane: 'irq', fields: ['source', 'handled'],
        text: (source, handled) => (source < 0 ? 'spurious: no source pending' : `VIC ${source} ${handled ? 'handled' : 'not handled'}`),
      }),
      breach: sim.trace.define({ name: 'bmc.breach', lane: 'oracle', fields: [], text: () => 'kernel rule broken' }),
      runs: sim.trace.define({ name: 'bmc.runs', lane: 'task', fields: [], text: () => 'gets the CPU' }),
      kfree: sim.trace.define({
        name: 'bmc.kfree', lane: 'task', fields: ['allocation'], text: (allocation) => `kfree(${this.allocations[allocation]})`,
      }),
    };
    this.sleepOp = sim.ops.define({
      label: 'sleep', kind: 'block',
      exec: (retries, ctx) => {
        this.mightSleep(ctx, 'schedule_timeout');
        return ctx.doze(ctx.arg, 0, retries !== 0);
      },
    });
    this.synchronizeIrqOp = sim.ops.define({
      label: 'synchronize_irq', kind: 'poll', lead: config.lock,
      exec: (_operand, ctx) => {
        if (!this.cpus.some((cpu) => cpu.inIrq)) return 0;
        ctx.pollPeriod = this.handlerPeriod;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.irqDone);
      },
    });
    for (let i = 0; i < MOST_CPUS; i++) this.cpus.push(new Cpu(this, i));
    this.timers = new TimerWheel(this);
    this.bootContext = sim.context('bmc:boot', { resume: () => EXIT }, this.cpus[0]);
    sim.onReset(() => {
      clear(this.runqueue);
      this.irqDone.reset();
      for (let source = 0; source < this.lines.length; source++) {
        if (this.lines[source] === undefined) continue;
        clear(this.lines[source]);
        this.unhandled[source] = 0;
        this.disabled[source] = false;
        this.depth[source] = 0;
      }
      for (const task of this.tasks) task.reset();
    });
  }

  // ---- tasks ----------------------------------------------------------------------------------

  /**
   * Adds a thread that will run `body`; {@link Context.start} makes it runnable. It begins in user mode, and
   * {@link Syscalls} take it into the kernel, unless `inKernel` says that `body` is kernel code throughout.
   */
  thread(name: string, body: () => Steps<unknown>, inKernel = false): Task {
    const process = new GeneratorProcess(body);
    const ctx = this.sim.context(name, process, this.cpus[0]);
    const task = new Task(ctx, inKernel);
    this.tasks.push(task);
    this.byContext[ctx.id] = task;
    this.sim.onReset(() => process.start());
    return task;
  }

  taskOf(ctx: Context): Task {
    const task = this.byContext[ctx.id];
    if (task === undefined && ctx === this.bootContext) throw new BootError('');
    if (task === undefined) throw new Error(`${ctx.name} is not a task`);
    return task;
  }

  /** The task that executes now; undefined in interrupt context. */
  taskAt(ctx: Context): Task | undefined {
    return this.byContext[ctx.id];
  }

  /** The task whose code runs now. */
  get currentTask(): Task {
    const { current } = this.sim;
    if (current === null) throw new Error('no task runs');
    return this.taskOf(current);
  }

  /** Asks the seam whether a signal reaches `ctx`, which is about to sleep interruptibly. */
  signalFault(ctx: Context): boolean {
    const task = this.taskOf(ctx);
    if (!task.signalPending) task.signalPending = this.sim.choose('fault', ctx.name, ctx.step, 2, 'signal') === 1;
    if (task.signalPending) task.signalled = true;
    return task.signalPending;
  }

  cpuOf(ctx: Context): Cpu {
    return ctx.gate as Cpu;
  }

  enqueue(task: Task): void {
    for (let i = 0; i < this.config.cpus; i++) {
      const cpu = this.cpus[i];
      if (cpu.current === null && !cpu.inIrq && !cpu.inSoftirq) {
        cpu.switchTo(task);
        return;
      }
    }
    this.runqueue.push(task);
  }

  /** No task wants a CPU, and there is only one that it could get. */
  get nobodyWaits(): boolean {
    return this.runqueue.length === 0 && this.config.cpus === 1;
  }

  /** Some task is ready to run, and has no CPU. */
  get anyTaskWaits(): boolean {
    return this.runqueue.length > 0;
  }

  dispatch(cpu: Cpu): void {
    const task = this.runqueue.shift();
    if (task !== undefined) cpu.switchTo(task);
  }

  /** Wakes a sleeping task; it runs after the wake-up latency, when a CPU is free. */
  wake(task: Task, value: number): void {
    this.order?.wake(task.ctx);
    task.ctx.wake(value, this.config.wakeLatency);
  }

  /** A sleep of `ps`, e.g. user space waiting for another process. Counts as progress. */
  sleep(ps: Ps): Op {
    const ctx = this.sim.current;
    if (ctx !== null) ctx.arg = ps;
    return this.sleepOp;
  }

  /**
   * The same before something is tried again that another must make possible. No progress: if that one is held, all is
   * quiet, however often this one tries.
   */
  sleepToRetry(ps: Ps): Op {
    return withOperand(this.sleep(ps), 1);
  }

  // ---- interrupts -----------------------------------------------------------------------------

  requestIrq(source: number, action: IrqAction): void {
    (this.lines[source] ??= []).push(action);
    this.disabled[source] = false;
    this.passLine(source);
    this.controller.unmask(source);
  }

  /** The lock of the descriptor of `source`, by the context that runs: who masks, unmasks or frees it takes it, and each run of its handlers before and after. */
  passLine(source: number): void {
    if (this.order !== null && source >= 0) this.order.pass(this.descriptors[source] ??= { source }, this.sim.current);
  }

  /** The handlers of `source` have run: handle_level_irq() unmasks it, unless it was disabled. */
  endIrq(source: number): void {
    if (this.disabled[source] !== true && (this.depth[source] ?? 0) === 0) this.controller.unmask(source);
  }

  /** disable_irq_nosync(). */
  disableIrq(source: number): void {
    this.depth[source] = (this.depth[source] ?? 0) + 1;
    this.passLine(source);
    this.controller.mask(source);
  }

  /** enable_irq(). */
  enableIrq(source: number): void {
    this.depth[source] = Math.max(0, (this.depth[source] ?? 0) - 1);
    this.passLine(source);
    this.endIrq(source);
  }

  private shutDown(source: number): void {
    this.disabled[source] = true;
    this.controller.mask(source);
  }

  /**
   * free_irq(): the handler is not called any more, and no call of it is under way on another CPU. The last one
   * shuts the line down.
   */
  *freeIrq(source: number, action: IrqAction): Steps {
    const line = this.lines[source];
    const at = line === undefined ? -1 : line.indexOf(action);
    if (line !== undefined && at >= 0) this.lines[source] = line.filter((other) => other !== action);
    if (this.actions(source).length === 0) this.shutDown(source);
    yield this.synchronizeIrqOp;
    this.passLine(source);
  }

  actions(source: number): readonly IrqAction[] {
    return (this.lines[source] ??= []);
  }

  /** note_interrupt(): all handlers of `source` have run. */
  irqTaken(source: number, handled: number): void {
    this.sim.trace.emit(this.events.irq, this.cpus[0].irq.id, source, handled);
    if (source < 0) return;
    this.passLine(source);
    if (handled !== IRQ_NONE) this.unhandled[source] = 0;
    else {
      const count = (this.unhandled[source] ?? 0) + 1;
      this.unhandled[source] = count;
      if (count >= NOBODY_CARED) this.shutDown(source);
    }
  }

  // ---- rules ----------------------------------------------------------------------------------

  /** Whether `ctx` may not sleep: interrupt context, interrupts off, or preemption disabled. */
  atomic(ctx: Context): boolean {
    if (this.cpuOf(ctx).irqsOff) return true;
    const task = this.byContext[ctx.id];
    return task === undefined ? ctx !== this.bootContext : task.preemptCount > 0;
  }

  /** might_sleep(): reports a sleeping function that is called in atomic context. */
  mightSleep(ctx: Context, what: string): void {
    if (this.rcu !== null) this.rcu.mightSleep(ctx, what);
    if (!this.atomic(ctx)) return;
    this.breach('sleep-in-atomic', `${what}-in-atomic-context`, ctx,
      `${what}() may sleep, but is called ${this.describeAtomic(ctx)} (BUG: sleeping function called from invalid context)`, what);
  }

  private describeAtomic(ctx: Context): string {
    const task = this.byContext[ctx.id];
    if (task === undefined) return 'in interrupt context';
    const off = this.cpuOf(ctx).irqsOff;
    return off ? 'with a spinlock held and interrupts off' : 'with preemption disabled';
  }

  useAfterFree(allocation: string, what: string, rule = 'use-after-free'): void {
    const ctx = this.sim.current;
    if (ctx === null) return;
    this.breach('use-after-free', rule, ctx, `${what} is used after ${allocation} was freed`, allocation, true);
  }

  outOfBounds(name: string, index: number, size: number, how: 'read' | 'write'): void {
    const ctx = this.sim.current;
    if (ctx === null) return;
    this.breach('out-of-bounds', `${how}-beyond-${name}`, ctx, `${how} of ${name}[${index}], which has ${size} bytes`, name);
  }

  /** A rule of the kernel is broken by `ctx`, in the system call or handler that it runs. */
  breach(oracle: string, rule: string, ctx: Context, message: string, detail = '', fatal = false): void {
    const task = this.byContext[ctx.id];
    const where = task === undefined ? ctx.name : `${ctx.name} ${task.syscall}`;
    this.sim.violate(oracle, rule, detail === '' ? where : `${where}: ${detail}`, message, fatal);
  }

  /**
   * Runs `body` to its end outside of simulated time, before the system starts: what the boot loader
   * and the probe of drivers have done by then. What goes fatally wrong ends the run. Throws BootError if it waits.
   */
  boot(body: Steps<unknown>): void {
    const { sim } = this;
    const ctx = this.bootContext;
    sim.current = ctx;
    const calls = new Calls();
    calls.begin(body);
    let step: Op = EXIT;
    try {
      for (let op = calls.resume(0); op !== EXIT;) {
        step = op;
        const value = sim.ops.def(op).exec((op >> 8) & 0x7fff, ctx);
        if (value === BLOCKED) throw new BootError('');
        step = EXIT;
        op = calls.resume(value);
      }
    } catch (error) {
      if (error instanceof BootError && step !== EXIT) throw new BootError(sim.ops.label(step));
      if (!(error instanceof Halt && sim.stopped)) throw error;
    }
  }

  /** Whether what runs is what {@link boot} was given. */
  get booting(): boolean {
    return this.sim.current === this.bootContext;
  }

  // ---- observation ----------------------------------------------------------------------------

  /** READ_ONCE() of the shared fields that `read` looks at: not ordered, and known not to be. */
  readOnce<T>(read: () => T): T {
    return this.fields === null ? read() : this.fields.marked(read);
  }

  /** A value that depends on the time, as it is handed to code that may keep it where nobody sees it; returns it. */
  told(value: number): number {
    const { current, watcher } = this.sim;
    if (watcher !== null && current !== null) watcher.told(current, value);
    return value;
  }

  /** Declares the fields of `state` as shared between contexts; returns `state`. */
  shared<T extends object>(name: string, state: T, names: readonly (keyof T & string)[]): T {
    if (this.fields !== null) observeFields(name, state, names, this.fields, this.sim);
    return state;
  }
}
