import { SEC, type Ps } from '../../sim/time.ts';
import type { Us } from './si-sm.ts';

/** The SI timer's pace: SI_TIMEOUT_TIME_USEC. */
const SI_TIMEOUT_TIME: Us = 10_000;
/** Jiffies between two calls if the machine asks for a short delay: set behind a tick to a jiffy later, a timer fires at the next tick but one. */
export const SHORT = 2;

/**
 * ipmi_si's timer, in jiffies of the host: when it fires, and how much time it will pass to the state machine,
 * which is what elapsed since it was last set. Jiffy n begins at n times the length of a jiffy.
 */
export class SiTimer {
  private readonly clock: { readonly now: Ps };
  /** Length of a jiffy, ps. */
  readonly jiffy: Ps;
  readonly usPerJiffy: Us;
  /** SI_TIMEOUT_JIFFIES: 10 ms, rounded down as the kernel's integer division does. */
  private readonly period: number;
  canStart = true;
  running = false;
  /** `expires` of its `struct timer_list`, in jiffies; see {@link due} for when it fires. */
  expires = 0;
  /** The jiffy in which it was last set. */
  lastTimeout = 0;

  constructor(clock: { readonly now: Ps }, hz: number) {
    this.clock = clock;
    this.jiffy = Math.floor(SEC / hz);
    this.usPerJiffy = Math.floor(1_000_000 / hz);
    this.period = Math.max(1, Math.floor(SI_TIMEOUT_TIME / this.usPerJiffy));
  }

  reset(): void {
    this.canStart = true;
    this.running = false;
    this.expires = 0;
    this.lastTimeout = 0;
  }

  get jiffies(): number {
    return Math.floor(this.clock.now / this.jiffy);
  }

  /** `smi_mod_timer()`: expires in 10 ms, or in the next jiffy. */
  mod(short = false): void {
    if (!this.canStart) return;
    this.lastTimeout = this.jiffies;
    this.expires = this.lastTimeout + (short ? 1 : this.period);
    this.running = true;
  }

  cancel(): void {
    this.running = false;
  }

  /** Time of the tick at which jiffy `n` begins. */
  tick(n: number): Ps {
    return n * this.jiffy;
  }

  /**
   * The jiffy at whose tick it is called: the one after `expires`. kernel/time/timer.c, calc_index(), rounds up, so that a
   * timer that is set to n jiffies from now fires between n and n + 1 of them later, and never early.
   */
  get due(): number {
    return this.expires + 1;
  }

  /** It is running, and its tick has come. */
  get overdue(): boolean {
    return this.running && this.jiffies >= this.due;
  }

  /** The last call up to jiffy `n`, if each sets the timer to the next jiffy, as is done for a short delay. */
  lastCall(n: number): number {
    return this.due + SHORT * Math.floor((n - this.due) / SHORT);
  }

  /** The first such call from jiffy `n` on. */
  nextCall(n: number): number {
    return this.due + SHORT * Math.max(0, Math.ceil((n - this.due) / SHORT));
  }

  /** From now until schedule_timeout(`jiffies`) ends, which is a timer as well. */
  timeout(jiffies: number): Ps {
    return this.tick(this.jiffies + jiffies + 1) - this.clock.now;
  }
}
