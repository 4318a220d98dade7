import {
  Allocation, DEFAULT_KERNEL, IRQ_HANDLED, Kernel, Mutex, SpinLock, Syscalls, WaitQueue, type InterruptController, type IrqAction,
  type KernelConfig, type MutexOps, type SpinLockOps, type Task, type WaitQueueOps,
} from '../../src/linux/index.ts';
import { MS, NOMINAL, State, type Chooser, type Context, type Op, type Ps, type Steps, type Violation } from '../../src/sim/index.ts';
import { Bed } from '../sim/bed.ts';

/** Costs in round numbers, each recognisable in a sum. */
export const COST = {
  irqLatency: 1000, irqJitter: 800, irqEntry: 100, irqNext: 20, irqExit: 60, wakeLatency: 600, atomicCap: 5000, syscall: 50, lock: 5,
  copyWord: 2, pageFault: 20_000,
} as const satisfies Partial<KernelConfig>;

/** A jiffy of the bed's kernel, ps. */
export const JIFFY: Ps = 1 * MS;

/** Level sources in front of the CPU, the lowest first: the AST2500's VIC in ten lines. */
export class Lines implements InterruptController {
  kernel: Kernel | null = null;
  private readonly inputs = new Set<number>();
  private readonly enabled = new Set<number>();

  reset(): void {
    this.inputs.clear();
    this.enabled.clear();
  }

  set(source: number, level: boolean): void {
    if (level) this.inputs.add(source);
    else this.inputs.delete(source);
    this.settle();
  }

  next(): number {
    return [...this.inputs].filter((source) => this.enabled.has(source)).toSorted((a, b) => a - b)[0] ?? -1;
  }

  mask(source: number): void {
    this.enabled.delete(source);
    this.settle();
  }

  unmask(source: number): void {
    this.enabled.add(source);
    this.settle();
  }

  private settle(): void {
    this.kernel!.cpus[0]!.irqLine(this.next() >= 0);
  }
}

/** A kernel with the tasks, interrupt handlers and events that a test gives it. */
export class LinuxBed extends Bed {
  readonly lines = new Lines();
  readonly config: KernelConfig;
  readonly kernel: Kernel;
  readonly sys: Syscalls;
  readonly tasks: Task[] = [];
  private readonly actions: (readonly [number, IrqAction])[] = [];

  constructor(config: Partial<KernelConfig> = {}) {
    super();
    const { sim, lines } = this;
    this.config = { ...DEFAULT_KERNEL, ...COST, hz: 1000, ...config };
    this.kernel = new Kernel(sim, this.config, lines);
    lines.kernel = this.kernel;
    this.sys = new Syscalls(this.kernel);
    sim.onReset(() => lines.reset());
    sim.limit = 20_000;
  }

  /** A thread that is in the kernel from its start. */
  kernelThread(name: string, body: () => Steps<unknown>, start: Ps = 0): Task {
    return this.thread(name, body, start, true);
  }

  /** A thread that begins in user mode. */
  thread(name: string, body: () => Steps<unknown>, start: Ps = 0, inKernel = false): Task {
    const task = this.kernel.thread(name, body, inKernel);
    this.tasks.push(task);
    if (start >= 0) this.starts.push([task.ctx, start]);
    return task;
  }

  /**
   * A handler of `source`. Without a body it takes the source's input down in one step of `lead` ps; with one
   * it says IRQ_HANDLED, unless the body returns something else.
   */
  handler(source: number, body?: () => Steps<unknown>, lead: Ps = 10): IrqAction {
    const { lines } = this;
    const clear = this.op(`handle ${source}`, lead, { exec: () => (lines.set(source, false), 0) });
    const action: IrqAction = {
      name: `handler of ${source}`,
      *handler() {
        const result = body === undefined ? yield clear : yield* body();
        return body === undefined || result === undefined ? IRQ_HANDLED : Number(result);
      },
    };
    this.actions.push([source, action]);
    return action;
  }

  protected override boot(): void {
    for (const [source, action] of this.actions) this.kernel.requestIrq(source, action);
  }

  override run(chooser: Chooser = NOMINAL): ReturnType<Bed['run']> {
    return super.run(chooser);
  }

  /** Raises the input of `source` at `time`. */
  interruptAt(time: Ps, source = 1): void {
    this.at(time, () => this.lines.set(source, true));
  }

  override get allDone(): boolean {
    return this.tasks.every(({ ctx }) => ctx.state === State.done);
  }

  memory(name = 'state'): Allocation {
    return new Allocation(this.kernel, name);
  }

  spinlock(name = 'lock'): SpinLockOps & { readonly lock: SpinLock } {
    const lock = new SpinLock(this.memory(), name);
    return { ...lock.at(0), lock };
  }

  mutex(name = 'mutex'): MutexOps {
    return new Mutex(this.memory(), name).at(0);
  }

  queue(name = 'queue'): { readonly queue: WaitQueue; readonly ops: WaitQueueOps } {
    const queue = new WaitQueue(this.memory(), name);
    return { queue, ops: queue.at(0) };
  }

  /** A step of `ctx` whose label is `label`: when it took effect, the `nth` time. */
  timeOf(label: string, nth = 0): Ps {
    return this.seen.filter((s) => s.label === label)[nth]?.at ?? -1;
  }

  /** The labels of the steps of `who`, or of all with the name in front. */
  labels(who?: string): string[] {
    return this.seen.filter((s) => who === undefined || s.who === who).map((s) => (who === undefined ? `${s.who} ${s.label}` : s.label));
  }

  /** What the kernel has reported, in short. */
  get breaches(): string[] {
    return this.sim.violations.map((v: Violation) => `${v.oracle} ${v.rule} ${v.site}`);
  }
}

/** Yields each of `ops` in order. */
export function* all(...ops: readonly Op[]): Steps {
  for (const op of ops) yield op;
}

/** Every step of every context in one nominal run: where a single stall can sit. */
export function positions(bed: Bed, contexts: readonly Context[] = bed.sim.contexts): string[] {
  bed.run();
  return contexts.flatMap((ctx) => Array.from({ length: ctx.steps }, (_, step) => `${ctx.name}#${step}`));
}
