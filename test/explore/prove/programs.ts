import { DEFAULT_KERNEL, IRQ_HANDLED, Kernel, Allocation, SpinLock, TimerList, WaitQueue, type KernelConfig } from '../../../src/linux/index.ts';
import {
  END_OF_TIME, GeneratorProcess, NOMINAL, NS, Prng, Signal, Simulator, withOperand, type Chooser, type Context, type Ps, type Steps,
} from '../../../src/sim/index.ts';
import type { Outcome, System } from '../../../src/scenarios/system.ts';
import { COST, Lines } from '../../linux/bed.ts';

const REGISTERS = 3;
const WORDS = 3;
const LINE = 1;
const PAUSE: Ps = 2000 * NS;

/** What one line of a program does; `a` and `b` as it needs them. */
type Verb =
  // any actor
  | 'read' | 'write' | 'work' | 'sleep' | 'fault' | 'skip'
  // on the host
  | 'poll' | 'clock' | 'interrupt' | 'pause'
  // in the kernel
  | 'load' | 'store' | 'locked' | 'wait' | 'wake' | 'timer' | 'spin';
export interface Line {
  readonly verb: Verb;
  readonly a: number;
  readonly b: number;
}

const HOST_VERBS: readonly Verb[] = ['read', 'write', 'work', 'sleep', 'fault', 'skip', 'poll', 'poll', 'clock', 'interrupt', 'interrupt', 'pause', 'pause', 'pause'];
const TASK_VERBS: readonly Verb[] = ['read', 'write', 'work', 'sleep', 'fault', 'skip', 'load', 'store', 'locked', 'wait', 'wake', 'timer', 'spin'];
const HANDLER_VERBS: readonly Verb[] = ['read', 'write', 'work', 'skip', 'load', 'store', 'wake', 'timer'];

/** A few actors drawn at random. */
export interface Program {
  readonly hosts: readonly (readonly Line[])[];
  readonly tasks: readonly (readonly Line[])[];
  readonly handler: readonly Line[];
  readonly callback: readonly Line[];
  readonly preempt: 'none' | 'full';
  readonly starts: readonly Ps[];
}

export function drawProgram(seed: number): Program {
  const prng = new Prng(seed, 0x9409);
  const lines = (verbs: readonly Verb[], n: number): Line[] => Array.from({ length: n }, () => (
    { verb: verbs[prng.below(verbs.length)], a: prng.below(8), b: prng.below(8) }));
  return {
    hosts: Array.from({ length: 1 + prng.below(2) }, () => lines(HOST_VERBS, 3 + prng.below(4))),
    tasks: Array.from({ length: prng.below(3) }, () => lines(TASK_VERBS, 2 + prng.below(4))),
    handler: lines(HANDLER_VERBS, 1 + prng.below(3)),
    callback: lines(HANDLER_VERBS, 1 + prng.below(2)),
    preempt: prng.oneIn(2) ? 'full' : 'none',
    starts: Array.from({ length: 4 }, () => prng.below(6) * 40 * NS),
  };
}

/**
 * A system that runs a program: hosts with a clock of their own and polls with time-outs, a kernel with tasks, a lock, a
 * wait queue, an interrupt and a timer, registers between the two. What an actor has in its local variable shows
 * only at its end, and what a task reads of the kernel's memory between two steps shows in no step.
 */
export class ProgramSystem implements System {
  readonly sim = new Simulator();
  trackTraces = false;
  private readonly kernel: Kernel;
  private readonly controller = new Lines();
  private readonly registers = new Int32Array(REGISTERS);
  private readonly signals = Array.from({ length: REGISTERS }, () => new Signal());
  private readonly memory: number[] = [];
  /** The local variable of each actor that has ended. */
  private readonly left: Record<string, number> = {};
  private readonly program: Program;
  private readonly hosts: { readonly ctx: Context; readonly process: GeneratorProcess }[] = [];
  private readonly ops;
  private readonly lock;
  private readonly queue;
  private readonly waitQueue: WaitQueue;
  private readonly timer: TimerList;
  private readonly tasks;
  private readonly action = { name: 'handler', handler: () => this.handle() };

  constructor(program: Program) {
    const { sim, controller } = this;
    this.program = program;
    const config: KernelConfig = { ...DEFAULT_KERNEL, ...COST, hz: 1_000_000, preempt: program.preempt };
    this.kernel = new Kernel(sim, config, controller);
    controller.kernel = this.kernel;
    this.ops = this.defineOps();
    this.lock = new SpinLock(new Allocation(this.kernel, 'state'), 'lock').at(0);
    this.waitQueue = new WaitQueue(new Allocation(this.kernel, 'state'), 'queue');
    this.queue = this.waitQueue.at(0);
    this.timer = new TimerList(this.kernel, 'timer', () => this.run('timer', program.callback));
    this.tasks = program.tasks.map((lines, i) => this.kernel.thread(`task${i}`, () => this.run(`task${i}`, lines), i === 0));
    program.hosts.forEach((lines, i) => {
      const process = new GeneratorProcess(() => this.run(`host${i}`, lines));
      this.hosts.push({ ctx: sim.context(`host${i}`, process), process });
    });
    sim.limit = 400;
    sim.onReset(() => {
      controller.reset();
      this.registers.fill(0);
      for (const signal of this.signals) signal.reset();
      this.memory.splice(0, WORDS, ...Array.from({ length: WORDS }, () => 0));
      for (const name of Object.keys(this.left)) delete this.left[name];
      for (const { process } of this.hosts) process.start();
    });
  }

  describe(): string {
    return '';
  }

  execute(chooser: Chooser = NOMINAL): Outcome {
    const { sim, kernel, program } = this;
    sim.reset(chooser);
    kernel.requestIrq(LINE, this.action);
    this.tasks.forEach(({ ctx }, i) => ctx.start(program.starts[i]));
    this.hosts.forEach(({ ctx }, i) => ctx.start(program.starts[2 + i]));
    const reason = sim.run();
    const sum = this.registers.reduce((all, value) => all * 7 + value, this.memory.reduce((all, value) => all * 5 + value, 0));
    if (sum % 5 === 3) sim.violate('state-mismatch', `sum-${sum % 15}`, 'end', 'the registers are not as they should be');
    return { reason, violations: sim.violations, taken: sim.taken, hash: sim.hash, traceHash: 0, steps: sim.steps, time: sim.now };
  }

  /** All that a run has left, as text. */
  get final(): string {
    const { sim, registers, memory, left } = this;
    return JSON.stringify([[...registers], memory, left, sim.now, sim.steps, sim.contexts.map(({ state, steps }) => [state, steps]), sim.violations]);
  }

  private defineOps() {
    const { sim, registers, signals } = this;
    const settle = (r: number, value: number): void => {
      registers[r] = value;
      signals[r].changed();
    };
    return {
      read: sim.ops.define({ label: 'read', lead: 30 * NS, jitter: 24 * NS, exec: (r) => registers[r] }),
      write: sim.ops.define({ label: 'write', lead: 20 * NS, exec: (operand) => (settle(operand & 3, (operand >> 2) & 15), 0) }),
      work: sim.ops.define({ label: 'work', lead: 15 * NS, tail: 5 * NS, exec: () => 0 }),
      fault: sim.ops.define({ label: 'fault', lead: 10 * NS, exec: (_operand, ctx) => sim.choose('fault', ctx.name, ctx.step, 2, 'fault') }),
      sleep: sim.ops.define({ label: 'sleep', kind: 'block', exec: (n, ctx) => ctx.doze((n + 1) * 35 * NS, 0, n === 7) }),
      /** Long enough for whoever is late in the kernel to be done. */
      pause: sim.ops.define({ label: 'pause', kind: 'block', exec: (_operand, ctx) => ctx.doze(PAUSE) }),
      interrupt: sim.ops.define({ label: 'interrupt', lead: 10 * NS, exec: () => (this.controller.set(LINE, true), 0) }),
      acknowledge: sim.ops.define({ label: 'acknowledge', lead: 10 * NS, exec: () => (this.controller.set(LINE, false), 0) }),
      poll: sim.ops.define({
        label: 'poll', kind: 'poll', lead: 10 * NS,
        exec: (operand, ctx) => {
          const r = operand & 3;
          if (((registers[r] ^ ctx.pollLast) & ctx.pollMask) !== 0 || sim.now >= ctx.pollDeadline) return registers[r];
          return ctx.park(signals[r]);
        },
      }),
    };
  }

  private *handle(): Steps<number> {
    yield this.ops.acknowledge;
    yield* this.run('handler', this.program.handler);
    return IRQ_HANDLED;
  }

  /** Runs a program; `acc` is its only variable. */
  private *run(name: string, lines: readonly Line[]): Steps {
    const { ops, sim, memory, lock, queue, timer } = this;
    let acc = 0;
    for (let at = 0; at < lines.length; at++) {
      const { verb, a, b } = lines[at];
      const r = a % REGISTERS;
      const word = b % WORDS;
      switch (verb) {
        case 'read':
          acc += yield withOperand(ops.read, r);
          break;
        case 'write':
          yield withOperand(ops.write, r | (((acc + b) & 15) << 2));
          break;
        case 'work':
          yield ops.work;
          break;
        case 'sleep':
          yield withOperand(ops.sleep, name.startsWith('task') || name.startsWith('host') ? a : 0);
          break;
        case 'fault':
          acc += yield ops.fault;
          break;
        case 'skip':
          if ((acc & 1) !== 0) at++;
          break;
        case 'poll':
          yield* this.poll(r, b, (value) => (acc += value));
          break;
        case 'clock':
          acc += Math.floor(sim.now / NS) % 7;
          break;
        case 'pause':
          yield ops.pause;
          break;
        case 'interrupt':
          yield ops.interrupt;
          break;
        case 'load':
          acc += memory[word];
          yield ops.work;
          break;
        case 'store':
          memory[word] = (acc + a) & 15;
          yield ops.work;
          break;
        case 'locked':
          yield lock.spinLockIrq;
          memory[word] = (memory[word] + a + acc) & 15;
          yield ops.work;
          acc = memory[word];
          yield lock.spinUnlockIrq;
          break;
        case 'wait':
          memory[word] = 0;
          yield queue.prepareToWait;
          if (memory[word] === 0) yield queue.schedule;
          acc += memory[word];
          break;
        case 'wake':
          memory[word] = 1 + (acc & 3);
          yield queue.wakeUpInterruptible;
          break;
        case 'timer':
          timer.modTimer(1 + (a & 1));
          yield ops.work;
          break;
        case 'spin':
          for (let n = 0; n < a; n++) yield ops.work;
          break;
      }
    }
    this.left[name] = acc;
  }

  private *poll(r: number, b: number, got: (value: number) => void): Steps {
    const ctx = this.sim.current!;
    ctx.pollMask = 15;
    ctx.pollLast = this.registers[r];
    ctx.pollPeriod = (20 + 15 * (b & 3)) * NS;
    ctx.pollDeadline = (b & 4) !== 0 ? END_OF_TIME : this.sim.now + 300 * NS;
    got(yield withOperand(this.ops.poll, r));
  }
}

