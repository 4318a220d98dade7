import type { Ps } from '../sim/index.ts';

/**
 * The format of a SerIRQ sequence, in clocks of LCLK (Serialized IRQ 6.0):
 *
 *     start low | R T | frame 1: S R T | frame 2: S R T | ... | stop low | R T | gap
 *
 * S: sample, R: recovery, T: turn-around.
 */
export interface SerirqFormat {
  /** 4, 6 or 8; in quiet mode the device drives the first of them. */
  readonly startClocks: number;
  /** 17 to 32. */
  readonly frames: number;
  /** 2: the next mode is quiet; 3: it is continuous. */
  readonly stopClocks: number;
}

/** Recovery and turn-around after the start and the stop frame. */
export const RECOVERY_CLOCKS = 2;
/** S, R and T of one interrupt. */
export const FRAME_CLOCKS = 3;

/** Clocks for which the stop frame is low. */
export function stopClocks(quiet: boolean): number {
  return quiet ? 2 : 3;
}

/** The frame that carries an IRQ, counted from 1. Frame 3, the slot of IRQ2, is SMI#. */
export function frameOf(irq: number): number {
  return irq + 1;
}

/** Clocks from the start's rising edge to the sample of frame `n` (from 1): 2, 5, 8, ... */
export function clocksPastStart(n: number): number {
  return FRAME_CLOCKS * n - 1;
}

/** Clocks from the beginning of a sequence to the sample of `irq`. */
export function sampleClock(irq: number, startClocks: number): number {
  return startClocks + clocksPastStart(frameOf(irq));
}

/** Clocks of a whole sequence. */
export function sequenceClocks({ startClocks, frames, stopClocks }: SerirqFormat): number {
  return startClocks + RECOVERY_CLOCKS + FRAME_CLOCKS * frames + stopClocks + RECOVERY_CLOCKS;
}

/**
 * The first time not before `at` that is a whole number of periods away from `one`, ps. Slots lie before
 * `one` as well: a bus in continuous mode ran long before time 0.
 */
export function nextSlot(at: Ps, one: Ps, period: Ps): Ps {
  const late = (at - one) % period;
  return late <= 0 ? at - late : at + period - late;
}

/** Clocks from a change of a line to the host's sample of it. */
export interface SerirqLatency {
  /** The soonest, from the edge of LCLK at which the change is there. */
  readonly best: number;
  /** What no change exceeds: it comes when it is just too late for its slot. */
  readonly worst: number;
}

/**
 * Bounds of the way of `irq` through SerIRQ, clocks. Quiet: at best a sequence starts for it, and its slot comes;
 * continuous: at best its slot is next. In both a change that is late for its slot waits for the next sequence.
 */
export function serirqLatency(irq: number, quiet: boolean, gapClocks: number, format: SerirqFormat): SerirqLatency {
  return { best: quiet ? sampleClock(irq, format.startClocks) : 1, worst: sequenceClocks(format) + gapClocks + 1 };
}
