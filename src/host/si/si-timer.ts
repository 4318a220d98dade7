import { SEC, type Ps } from '../../sim/time.ts';
import type { Us } from './si-sm.ts';

/** The SI timer's pace: SI_TIMEOUT_TIME_USEC. */
const SI_TIMEOUT_TIME: Us = 10_000;

/**
 * ipmi_si's timer, in jiffies of the host: when it is due, and how much time it will pass to the state machine,
 * which is what elapsed since it was last set. Jiffy n begins at n times the length of a jiffy.
 */
export class SiTimer {
  private readonly clock: { readonly now: Ps };
  /** Length of a jiffy, ps. */
  readonly jiffy: Ps;
  readonly usPerJiffy: Us;
  /** Jiffies between two calls: 10 ms, rounded down as the kernel's integer division does. */
  private readonly period: number;
  canStart = true;
  running = false;
  /** The jiffy in which it is due. */
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

  /** `smi_mod_timer()`: due in 10 ms, or in the next jiffy. */
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

  get due(): boolean {
    return this.running && this.jiffies >= this.expires;
  }
}
