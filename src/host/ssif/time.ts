import type { Op } from '../../sim/op.ts';
import { END_OF_TIME, SEC, type Ps } from '../../sim/time.ts';

/**
 * Time as ipmi_ssif sees it. The same code runs in the simulator (`SimTime`) and against a recording.
 *
 * Each method that returns an op gives a step for the calling context to yield, at once and once.
 */
export interface SsifTime {
  readonly now: Ps;
  /**
   * Blocks until `deadline` (value 0), or until {@link wake} (value 1). With `patience` the deadline is that
   * of a time-out or of a watch: the host goes on by itself only because nothing else has happened.
   */
  wait(deadline: Ps, patience: boolean): Op;
  /** Ends the wait that is under way, if there is one. */
  wake(): void;
  /** The same time, with ops labelled as issued from the function `frame`. */
  at(frame: string): SsifTime;
}

/** No timer set. */
export const NEVER: Ps = END_OF_TIME;

/** Jiffies of the host's kernel: jiffy n begins at n times its length. */
export class Jiffies {
  private readonly clock: { readonly now: Ps };
  /** Length of a jiffy, ps. */
  readonly jiffy: Ps;
  private readonly hz: number;

  constructor(clock: { readonly now: Ps }, hz: number) {
    this.clock = clock;
    this.hz = hz;
    this.jiffy = Math.floor(SEC / hz);
  }

  /** Jiffies in `us` microseconds, rounded down: `us * 1000 / TICK_NSEC`. 5 ms are 0 jiffies at HZ=100. */
  down(us: number): number {
    return Math.floor((us * 1000) / Math.floor(1_000_000_000 / this.hz));
  }

  /** Jiffies in `ms` milliseconds, rounded up: msecs_to_jiffies(). */
  up(ms: number): number {
    return Math.ceil((ms * this.hz) / 1000);
  }

  /**
   * When a timer fires that is set at `from` to `n` jiffies later: kernel/time/timer.c never fires early, so it
   * is the tick after the n-th, between n and n + 1 jiffies away. (The recorded 5 ms at HZ=250, one jiffy, are 5
   * to 8 ms. The coarser levels of the wheel, from 63 jiffies on, are not modelled.)
   */
  fires(n: number, from: Ps = this.clock.now): Ps {
    return (Math.floor(from / this.jiffy) + n + 1) * this.jiffy;
  }

  /** When msleep(`ms`) ends: it adds a jiffy of its own. */
  msleep(ms: number): Ps {
    return this.fires(this.up(ms) + 1);
  }
}
