import type { Outcome, System } from '../../src/scenarios/index.ts';
import {
  BLOCKED, GeneratorProcess, NOMINAL, Simulator, State, US, withOperand, type Chooser, type Context, type Decision, type Op, type Steps,
} from '../../src/sim/index.ts';

/** How long a step of a thread takes: it is not looked at. */
const STEP = 1 * US;
/** Values are small integers, and fit an operand beside this. */
const ZERO = 0x4000;

/** A variable that threads share. */
export interface Variable {
  readonly load: Op;
  store(value: number): Op;
}

/** A mutex; `lock` answers 1 if it had to be waited for, and has to be tried again. */
export interface Mutex {
  readonly lock: Op;
  readonly unlock: Op;
}

/** A thread; `join` answers 1 if it had to be waited for. */
export interface Thread {
  readonly create: Op;
  readonly join: Op;
}

/**
 * A program of POSIX threads on the engine: a context for each thread, a step for each point at which a controlled
 * scheduler may switch, no time, no hardware. Such a point stands before each access to memory that a compiler without
 * optimisation emits, those to a thread's own variables among them, and before each call of the library; and a thread
 * that was created, or waited, has one more before it goes on.
 */
export class Program implements System {
  readonly sim = new Simulator();
  trackTraces = false;
  /** An access to a variable of one's own, or a point at which nothing happens. */
  readonly local: Op;
  private readonly resets: (() => void)[] = [];
  private main: Context | undefined;

  constructor() {
    this.local = this.sim.ops.define({ label: 'local', lead: STEP, exec: () => 0 });
    this.sim.onReset(() => {
      for (const reset of this.resets) reset();
    });
  }

  /** So many accesses to variables of one's own. */
  *locals(n: number): Steps {
    for (let i = 0; i < n; i++) yield this.local;
  }

  /** pthread_mutex_lock(). */
  *acquire({ lock }: Mutex): Steps {
    while ((yield lock) === 1);
  }

  variable(name: string, initial = 0): Variable {
    const { sim } = this;
    const object = sim.ops.object(name);
    let value = initial;
    this.resets.push(() => {
      value = initial;
    });
    const load = sim.ops.define({ label: name, lead: STEP, footprint: { reads: [object], writes: [] }, exec: () => value });
    const store = sim.ops.define({
      label: `${name} =`, lead: STEP, footprint: { reads: [], writes: [object] },
      exec(operand) {
        value = operand - ZERO;
        return 0;
      },
    });
    return { load, store: (next) => withOperand(store, next + ZERO) };
  }

  /** Who has waited is woken when it is free; whose turn comes first takes it. */
  mutex(name: string): Mutex {
    const { sim } = this;
    let owner: Context | null = null;
    const waiters: Context[] = [];
    this.resets.push(() => {
      owner = null;
      waiters.length = 0;
    });
    const lock = sim.ops.define({
      label: `lock(${name})`, kind: 'block', lead: STEP,
      exec(_operand, ctx) {
        if (owner === null) {
          owner = ctx;
          return 0;
        }
        waiters.push(ctx);
        return BLOCKED;
      },
    });
    const unlock = sim.ops.define({
      label: `unlock(${name})`, lead: STEP,
      exec() {
        owner = null;
        for (const waiter of waiters.splice(0)) waiter.wake(1);
        return 0;
      },
    });
    return { lock, unlock };
  }

  thread(name: string, body: () => Steps<unknown>): Thread {
    const { sim } = this;
    const joiners: Context[] = [];
    const ctx = this.context(name, function* (this: Program): Steps {
      yield this.local; // created: it is its turn for the first time
      yield* body();
      yield this.local; // pthread_exit()
      for (const joiner of joiners.splice(0)) joiner.wake(1);
    }.bind(this));
    this.resets.push(() => {
      joiners.length = 0;
    });
    const create = sim.ops.define({
      label: `pthread_create(${name})`, lead: STEP,
      exec() {
        ctx.start();
        return 0;
      },
    });
    const join = sim.ops.define({
      label: `pthread_join(${name})`, kind: 'block', lead: STEP,
      exec(_operand, joiner) {
        if (ctx.state === State.done) return 0;
        joiners.push(joiner);
        return BLOCKED;
      },
    });
    return { create, join };
  }

  /** main(). */
  start(body: () => Steps<unknown>): this {
    this.main = this.context('main', body);
    return this;
  }

  /** assert(). */
  assert(holds: boolean, what: string): void {
    if (!holds) this.sim.violate('hang', 'assertion', what, `assertion ${what} fails`, true);
  }

  describe({ label, value }: Decision): string {
    return `${label}: ${value}`;
  }

  execute(chooser: Chooser = NOMINAL): Outcome {
    const { sim } = this;
    sim.reset(chooser);
    this.main!.start();
    const reason = sim.run();
    if (reason === 'done' && this.main!.state !== State.done) sim.violate('deadlock', 'deadlock', 'main', 'nobody can go on');
    const { violations, taken, hash, steps, now } = sim;
    return { reason, violations, taken, hash, traceHash: 0, steps, time: now };
  }

  private context(name: string, body: () => Steps<unknown>): Context {
    const process = new GeneratorProcess(body);
    const ctx = this.sim.context(name, process);
    this.sim.onReset(() => process.start());
    return ctx;
  }
}
