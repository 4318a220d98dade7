import { State, type Context } from '../../sim/context.ts';
import { BLOCKED, withOperand, type Op } from '../../sim/op.ts';
import type { Simulator } from '../../sim/simulator.ts';
import { END_OF_TIME, type Ps } from '../../sim/time.ts';
import type { SsifTime } from './time.ts';

/** {@link SsifTime} in the simulator, for one context of the host. */
export class SimTime implements SsifTime {
  private readonly timer: Timer;
  /** Bits of the frame, or-ed into each op. */
  private readonly frame: number;

  private constructor(timer: Timer, frame: number) {
    this.timer = timer;
    this.frame = frame;
  }

  /** Call once when the system is built, and {@link at} for more views. */
  static create(sim: Simulator, name = 'host'): SimTime {
    return new SimTime(new Timer(sim, name), 0);
  }

  at(frame: string): SimTime {
    return new SimTime(this.timer, this.timer.sim.ops.frame(frame));
  }

  wait(deadline: Ps, patience: boolean): Op {
    return this.timer.wait(deadline, patience) | this.frame;
  }

  wake(): void {
    this.timer.wake();
  }

  get now(): Ps {
    return this.timer.sim.now;
  }
}

/** The event at which a wait ends. */
class Timer {
  readonly sim: Simulator;
  private readonly op: Op;
  private readonly slot: number;
  private waiter: Context | null = null;

  constructor(sim: Simulator, name: string) {
    this.sim = sim;
    // An object of its own, as the bus and its controllers have: so the run meets fewer classes.
    this.slot = sim.slot({ fire: () => this.fire() });
    const alert = [sim.ops.object(`${name}: SMBALERT#`)];
    this.op = sim.ops.define({
      label: `${name}: sleep`,
      kind: 'block',
      footprint: { reads: alert, writes: [] },
      exec: (patience, ctx) => this.block(patience !== 0, ctx),
    });
    sim.onReset(() => {
      this.waiter = null;
    });
  }

  wait(deadline: Ps, patience: boolean): Op {
    this.sim.current!.arg = deadline;
    return withOperand(this.op, patience ? 1 : 0);
  }

  wake(): void {
    const { waiter } = this;
    if (waiter === null) return;
    this.waiter = null;
    this.sim.queue.cancel(this.slot);
    waiter.wake(1);
  }

  private block(patience: boolean, ctx: Context): number {
    const { sim } = this;
    const deadline = ctx.arg;
    if (deadline <= sim.now) return 0;
    this.waiter = ctx;
    ctx.state = State.blocked;
    if (deadline < END_OF_TIME) sim.queue.schedule(this.slot, deadline, patience);
    return BLOCKED;
  }

  /** The deadline has passed. */
  private fire(): void {
    const { waiter } = this;
    this.waiter = null;
    waiter?.wake(0);
  }
}
