import { State, type Context } from '../../sim/context.ts';
import { BLOCKED, type Op } from '../../sim/op.ts';
import { JITTER_STEPS } from '../../sim/seam.ts';
import type { Owner, Simulator } from '../../sim/simulator.ts';
import { END_OF_TIME, US, type Ps } from '../../sim/time.ts';

/** From the sample of the interrupt line to the first instruction of the handler, ps. */
export interface IrqInputParams {
  /** The host's interrupt controller after the SerIRQ sample. */
  readonly controller: Ps;
  /** From there to the C handler. */
  readonly entry: Ps;
  /** How much longer the two may take together: a timing choice, in eighths. */
  readonly jitter: Ps;
}

/** Judgement, not measurement: 1 us (0.5-3) for the controller, 3 us (2-10) for the entry. */
export const IRQ_INPUT: IrqInputParams = { controller: US, entry: 3 * US, jitter: 9 * US };

/**
 * The host's interrupt line and the one context that waits for it.
 *
 * The line is a level, as SerIRQ samples it: a handler that leaves the cause standing is entered again.
 * An interrupt on its way is not called back when the line falls, so the handler may find nothing to do.
 */
export class IrqInput implements Owner {
  private readonly sim: Simulator;
  private readonly params: IrqInputParams;
  private readonly op: Op;
  private readonly slot: number;
  private waiter: Context | null = null;
  private taken = 0;
  /** The level of the line at its last sample. */
  level = false;

  constructor(sim: Simulator, params: IrqInputParams = IRQ_INPUT) {
    this.sim = sim;
    this.params = params;
    this.slot = sim.slot(this);
    const line = [sim.ops.object('host: interrupt line')];
    this.op = sim.ops.define({
      label: 'host: wait for IRQ',
      kind: 'block',
      footprint: { reads: line, writes: [] },
      exec: (_operand, ctx) => this.block(ctx),
    });
    sim.onReset(() => {
      this.waiter = null;
      this.taken = 0;
      this.level = false;
    });
  }

  /** SerIRQ's sample of the line. */
  input(level: boolean): void {
    this.level = level;
    const { waiter } = this;
    if (!level || waiter === null) return;
    this.waiter = null;
    this.sim.queue.cancel(this.slot);
    waiter.wake(1, this.latency());
  }

  /** The step that waits; see {@link HostIo.waitIrq}. */
  wait(deadline: Ps): Op {
    this.sim.current!.arg = deadline;
    return this.op;
  }

  private block(ctx: Context): number {
    const { sim } = this;
    const deadline = ctx.arg;
    if (this.level) {
      ctx.state = State.blocked;
      ctx.wake(1, this.latency());
      return BLOCKED;
    }
    if (deadline <= sim.now) return 0;
    this.waiter = ctx;
    if (deadline < END_OF_TIME) sim.queue.schedule(this.slot, deadline, true);
    return BLOCKED;
  }

  /** The deadline has passed. */
  fire(): void {
    const { waiter } = this;
    this.waiter = null;
    waiter?.wake(0);
  }

  private latency(): Ps {
    const { controller, entry, jitter } = this.params;
    const late = jitter === 0 ? 0 : this.sim.choose('timing', 'host IRQ', this.taken++, JITTER_STEPS + 1, 'host: IRQ entry');
    return controller + entry + Math.floor((jitter * late) / JITTER_STEPS);
  }
}
