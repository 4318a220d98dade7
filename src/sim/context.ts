import { BLOCKED, EXIT, type Op } from './op.ts';
import { END_OF_TIME, alignUp, type Ps } from './time.ts';
import type { Process } from './process.ts';
import type { Signal } from './signal.ts';
import type { Simulator } from './simulator.ts';

/** Where a context stands. */
export const State = {
  /** Not started in this run. */
  dormant: 0,
  /** A step is issued; its effect is scheduled. */
  flight: 1,
  /** Waits for {@link Context.wake}. */
  blocked: 2,
  /** Woken; the delay until it runs is scheduled. */
  waking: 3,
  /** Has a step to issue, or a value to resume with, but not the CPU. */
  gated: 4,
  /** Stalled by the schedule before a step. */
  held: 5,
  /** Its process has ended. */
  done: 6,
} as const;
export type State = (typeof State)[keyof typeof State];

/** What a context runs on, if it must share: decides who may issue. */
export interface Gate {
  /** Non-zero: {@link Gate.divert} must be asked before a step is issued. */
  attention: number;
  /** True if `ctx` may not issue now; the gate calls {@link Context.grant} later. */
  divert(ctx: Context): boolean;
  /** `ctx` was woken and wants to run. */
  ready(ctx: Context): void;
  /** `ctx` waits (or has ended) and leaves the CPU. */
  leave(ctx: Context): void;
  /** Whether `ctx` runs with interrupts off from end to end, so that no stall of it can be long. */
  atomic(ctx: Context): boolean;
  /** `ctx` is stalled before a step. Returns for how long at most, ps. */
  stall(ctx: Context): Ps;
  /** The stall of `ctx` is over. */
  release(ctx: Context): void;
  /** Whether nobody takes the place of `ctx` if it is stalled now, and it gets that back as it was. */
  keeps(ctx: Context): boolean;
}

/**
 * One thread of execution: a process, its position, and its one event.
 *
 * Steps are counted from 0; a stall sits before a step is issued, never between issue and effect,
 * which belong to the hardware.
 */
export class Context {
  readonly sim: Simulator;
  readonly id: number;
  readonly name: string;
  readonly slot: number;
  gate: Gate | null = null;
  process: Process;

  state: State = State.dormant;
  /** The step that is in flight, or next to be issued. */
  op: Op = EXIT;
  /** Steps issued so far. */
  steps = 0;
  /** The next step about which the seam has something to say; -1: none. */
  special = -1;
  /** Steps issued when the process was at {@link home} last; -1: it has not been. */
  homeAt = -1;
  /** When the step in flight was issued. */
  issuedAt: Ps = 0;

  /** Operand that does not fit the op (32-bit register values, durations). */
  arg = 0;
  /** Parameters of a poll: watched bits, their last value, sampling period and when to give up. */
  pollMask = 0;
  pollLast = 0;
  pollPeriod: Ps = 0;
  pollOrigin: Ps = 0;
  pollDeadline: Ps = END_OF_TIME;
  private pollSignal: Signal | null = null;

  /** The gate took the CPU between two samples of a poll. */
  private suspended = false;

  /** Extra time between issue and effect of the next step, set by a timing choice. */
  lateness: Ps = 0;

  /** With which the process resumes, or has resumed, after its last wait. */
  value = 0;
  /** Whether there is a value to resume with, rather than a step to issue. */
  private resuming = false;
  private readyAt: Ps = 0;
  private effectAt: Ps = 0;

  constructor(sim: Simulator, id: number, name: string, slot: number, process: Process) {
    this.sim = sim;
    this.id = id;
    this.name = name;
    this.slot = slot;
    this.process = process;
  }

  reset(): void {
    this.state = State.dormant;
    this.op = EXIT;
    this.steps = 0;
    this.special = -1;
    this.homeAt = -1;
    this.pollSignal = null;
    this.suspended = false;
    this.resuming = false;
    this.lateness = 0;
    this.value = 0;
  }

  /** Starts the process, `delay` from now. */
  start(delay: Ps = 0): void {
    this.state = State.blocked;
    this.wake(0, delay);
  }

  /** The context is blocked: it resumes with `value`, `delay` from now (and when it has a CPU). */
  wake(value: number, delay: Ps = 0, timeout = false): void {
    if (this.state !== State.blocked) throw new Error(`${this.name} is woken but does not wait`);
    this.value = value;
    this.resuming = true;
    this.state = State.waking;
    this.sim.queue.schedule(this.slot, this.sim.now + delay, timeout);
  }

  /**
   * Called from the exec of a step that returns BLOCKED: the context sleeps for `ps` and then resumes
   * with `value`.
   */
  doze(ps: Ps, value = 0, timeout = false): typeof BLOCKED {
    this.state = State.blocked;
    this.wake(value, ps, timeout);
    return BLOCKED;
  }

  /** Index of the step in flight. */
  get step(): number {
    return this.steps - 1;
  }

  /** Resumes a blocked context at once, on behalf of its gate. */
  kick(value: number): void {
    if (this.state !== State.blocked) throw new Error(`${this.name} is kicked but does not wait`);
    this.value = value;
    this.resuming = true;
    this.grant();
  }

  /**
   * Said by the process, which runs: it is at the head of a loop, and since it was there last none of its locals has
   * changed, but for what it takes anew from objects before it uses it. Nobody can see into a generator: this is by
   * what a run is known to be where it was before.
   */
  home(): void {
    this.homeAt = this.steps;
  }

  /** Whether the context waits for a wake-up. */
  get waits(): boolean {
    return this.state === State.blocked;
  }

  /** Parks a poll on `signal` after a vain sample; it gives up at {@link pollDeadline}. */
  park(signal: Signal): typeof BLOCKED {
    const { sim } = this;
    this.pollOrigin = sim.now;
    this.pollSignal = signal;
    signal.park(this);
    if (this.pollDeadline < END_OF_TIME) {
      const late = this.pollDeadline - sim.now;
      const samples = late <= 0 ? 1 : Math.ceil(late / this.pollPeriod);
      sim.queue.schedule(this.slot, sim.now + samples * this.pollPeriod, true);
    }
    return BLOCKED;
  }

  /** Samples again at `at`. */
  resample(at: Ps): void {
    this.sim.queue.schedule(this.slot, at, false);
  }

  /** Samples again at the next multiple of the period; never twice at one instant. */
  sampleNext(): void {
    const { sim, pollPeriod, pollOrigin } = this;
    this.resample(alignUp(Math.max(sim.now, pollOrigin + pollPeriod), pollPeriod, pollOrigin));
  }

  /** Whether it polls, and is between two samples. */
  get parked(): boolean {
    return this.pollSignal !== null;
  }

  /** Whether the gate has taken the CPU between two samples of a poll, whose grid still counts. */
  get isSuspended(): boolean {
    return this.suspended;
  }

  /** Between two samples of a poll the gate takes the CPU; {@link grant} goes on with the poll. */
  suspend(): void {
    if (this.pollSignal === null) throw new Error(`${this.name} is suspended but does not poll`);
    this.pollSignal.unpark(this);
    this.pollSignal = null;
    this.sim.queue.cancel(this.slot);
    this.suspended = true;
    this.state = State.gated;
  }

  /** The event of this context is due. */
  fire(): void {
    switch (this.state) {
      case State.flight:
        this.run();
        return;
      case State.waking:
        if (this.gate === null) this.grant();
        else {
          this.state = State.gated;
          this.gate.ready(this);
        }
        return;
      case State.held:
        this.sim.departures.expire(this);
        return;
      default:
        throw new Error(`${this.name} has an event in state ${this.state}`);
    }
  }

  /** The CPU is given (back): resume, or issue the step that waits. */
  grant(): void {
    let going: boolean;
    if (this.suspended) {
      this.suspended = false;
      this.state = State.flight;
      this.sampleNext();
      return;
    }
    if (this.resuming) {
      this.resuming = false;
      going = this.advance(this.value, 0);
    } else {
      if (this.readyAt < this.sim.now) this.readyAt = this.sim.now;
      going = this.tryIssue();
    }
    if (going) this.sim.queue.schedule(this.slot, this.effectAt, false);
  }

  private run(): void {
    const { sim } = this;
    const { queue } = sim;
    const { defs } = sim.ops;
    if (this.pollSignal !== null) {
      this.pollSignal.unpark(this);
      this.pollSignal = null;
    }
    for (;;) {
      const { op } = this;
      const def = defs[op & 0xff]!;
      sim.current = this;
      const value = def.exec((op >> 8) & 0x7fff, this);
      sim.stepped(this, op, value);
      if (value === BLOCKED) {
        if (this.pollSignal === null) {
          if (this.state === State.flight) this.state = State.blocked;
          if (this.gate !== null) this.gate.leave(this);
        }
        return;
      }
      if (!this.advance(value, def.tail)) return;
      if (this.effectAt >= queue.headDue || sim.stopped) {
        queue.schedule(this.slot, this.effectAt, false);
        return;
      }
      sim.now = this.effectAt;
    }
  }

  /** Resumes the process; true if its next step is issued. */
  private advance(value: number, tail: Ps): boolean {
    this.sim.current = this;
    const op = this.process.resume(value);
    this.op = op;
    if (op === EXIT) {
      this.state = State.done;
      if (this.sim.watcher !== null) this.sim.watcher.ended(this);
      if (this.gate !== null) this.gate.leave(this);
      return false;
    }
    this.readyAt = this.sim.now + tail;
    return this.tryIssue();
  }

  private tryIssue(): boolean {
    if (this.steps === this.special && this.sim.departures.at(this)) return false;
    const { gate } = this;
    if (gate !== null && gate.attention !== 0 && gate.divert(this)) {
      this.state = State.gated;
      return false;
    }
    this.issuedAt = this.readyAt;
    this.effectAt = this.readyAt + this.sim.ops.defs[this.op & 0xff]!.lead + this.lateness;
    this.lateness = 0;
    this.state = State.flight;
    this.steps++;
    return true;
  }
}
