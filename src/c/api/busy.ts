import { SEC, SLOTS, Signal, US, type Context, type Op, type Ps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';

/** A round takes at least this part of what the loop has lasted already, or until the next tick: a second is a thousand steps. */
const PART = 100;

/** When the kernel's watchdog complains: twice watchdog_thresh (Documentation/admin-guide/lockup-watchdogs.rst). */
const SOFT_LOCKUP: Ps = 20 * SEC;

/** How long cpu_relax() takes at least, ps. */
const RELAX: Ps = 1 * US;

/**
 * Loops that wait without sleeping. What they wait for is seen when a round is over; interrupts come meanwhile. A round
 * is a time-out, not progress: while one task waits like that, and all others sleep, all is quiet.
 */
export class BusyWaits {
  private readonly host: Host;
  private readonly never = new Signal();
  /** By context: when its loop has begun, and at which of its steps it is the same loop still; see {@link round}. */
  private readonly since = new Float64Array(SLOTS);
  private readonly steps = new Int32Array(SLOTS);
  /** By context: it has begun a round, and has not ended it. */
  private readonly waiting = new Uint8Array(SLOTS);
  /** By context: from where. */
  private readonly sites = new Int32Array(SLOTS);

  constructor(host: Host) {
    const { since, steps, waiting, sites } = this;
    this.host = host;
    host.kernel.sim.onReset(() => {
      this.never.reset();
      for (const list of [since, steps, waiting, sites]) list.fill(0);
    });
  }

  /**
   * A step that is a round of such a loop. 0 if the driver makes none of the `calls`; the first gives its label.
   *
   * @param least how long it takes at least, ps
   * @param yields others have the CPU first; so it may sleep
   */
  step(calls: readonly string[], least: Ps, yields: boolean): (site: number) => Op {
    const { host: { kernel, imports }, waiting } = this;
    if (!calls.some((name) => imports.has(name))) return () => 0;
    const [label] = calls;
    this.observe();
    const op = kernel.sim.ops.define({
      label, kind: yields ? 'block' : 'poll',
      exec: (_operand, ctx) => {
        if (kernel.booting) return this.pass(ctx, least);
        const begins = waiting[ctx.id] === 0;
        if (begins && yields) kernel.mightSleep(ctx, label);
        if (begins && !(yields && kernel.anyTaskWaits)) return this.begin(ctx, least);
        waiting[ctx.id] = 0;
        return kernel.anyTaskWaits && (yields || this.sliceIsOver(ctx)) ? ctx.doze(0) : 0;
      },
    });
    return (site) => {
      const { current } = kernel.sim;
      if (current !== null) this.round(current, site);
      return op;
    };
  }

  /** What is here belongs to the state of drivers that wait like that. */
  private observe(): void {
    const { host: { state }, since, steps, waiting, sites } = this;
    if (!state.includes(since)) state.push(since, steps, waiting, sites);
  }

  /** Another call of the kernel ends the loop; accesses of memory, where they are steps, belong to it. */
  private round({ id, steps }: Context, site: number): void {
    const own = steps - this.host.machine.accesses[id];
    if (own !== this.steps[id]) this.since[id] = this.host.kernel.sim.now;
    this.steps[id] = own + 1;
    this.sites[id] = site;
  }

  private begin(ctx: Context, least: Ps): number {
    const { sim, timers } = this.host.kernel;
    const waited = sim.now - this.since[ctx.id];
    if (waited > SOFT_LOCKUP) this.lockup(ctx);
    this.waiting[ctx.id] = 1;
    ctx.pollPeriod = least; // on this grid it looks again after an interrupt
    const tick = (timers.jiffies + 1) * timers.jiffy - sim.now;
    ctx.pollDeadline = sim.now + Math.max(least, Math.min(tick, Math.floor(waited / PART)));
    return ctx.park(this.never);
  }

  /** A probe waits outside of simulated time. */
  private pass(ctx: Context, least: Ps): number {
    const { clock } = this.host;
    clock.passes(Math.max(least, Math.floor(clock.slept / PART)));
    if (clock.slept > SOFT_LOCKUP) this.lockup(ctx);
    return 0;
  }

  private lockup(ctx: Context): never {
    this.host.machine.endless(this.sites[ctx.id], 'the loop has waited for 20 s and not slept (BUG: soft lockup)');
  }

  /** A tick has come since the round began, and the kernel may be preempted. */
  private sliceIsOver(ctx: Context): boolean {
    const { kernel } = this.host;
    const task = kernel.taskAt(ctx);
    return task?.preemptible(kernel.config.preempt) === true && Math.floor(ctx.pollOrigin / kernel.timers.jiffy) < kernel.timers.jiffies;
  }
}

/** cpu_relax() and cond_resched(). */
export function busy(host: Host, waits: BusyWaits): Offers {
  const relax = waits.step(['cpu_relax'], RELAX, false);
  const resched = waits.step(['cond_resched'], host.kernel.config.lock, true);
  return {
    cpu_relax: ['step', (_t, site) => relax(site)],
    cond_resched: ['step', (_t, site) => resched(site)],
  };
}
