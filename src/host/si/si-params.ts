import type { Ps } from '../../sim/time.ts';

/** Who makes the event calls. */
export const SiMode = {
  /** A user's `poll()`: busy, 10 us a call. */
  poll: 'poll',
  /** The kernel thread of an interface without interrupt, and the SI timer. BT has no thread unless told: force_kipmid=1. */
  kipmid: 'kipmid',
  /** The SI timer alone: BT without interrupt, see smi_start_processing(). */
  timer: 'timer',
  /** The interrupt handler, and the SI timer. */
  irq: 'irq',
} as const;
export type SiMode = (typeof SiMode)[keyof typeof SiMode];

export interface SiParams {
  readonly mode?: SiMode;
  /** Timer ticks of the host's kernel per second. */
  readonly hz?: number;
  /** What one read of the status register takes, ps: part of each round of a busy loop. */
  readonly access?: Ps;
  /** How long kipmid sleeps between two looks at a busy BMC, ps: usleep_range(100, 200). */
  readonly kipmidSleep?: Ps;
  /** For how long kipmid does so before it falls back to the tick, ps; 0: always (kipmid_max_busy_us). */
  readonly kipmidMaxBusy?: Ps;
  /** Whether somebody wants to know of events, so that an idle kipmid looks every 100 jiffies. */
  readonly needWatch?: boolean;
}
