import type { Op } from '../sim/op.ts';
import type { Ps } from '../sim/time.ts';

/** Number of an interface's register, counted from its base address: KCS has two (kcs-ports.ts), BT three (bt-ports.ts). */
export type PortReg = 0 | 1 | 2;

/**
 * What host software stands on: ports, its interrupt line, time. The same code runs in the simulator
 * ({@link SimIo}) and against a recording, whose values it is then fed.
 *
 * Each method that returns an op gives a step for the calling context to yield, at once and once.
 */
export interface HostIo {
  /** One port read; the step's value is the byte. */
  inb(reg: PortReg): Op;
  /** One port write of a byte. */
  outb(reg: PortReg, value: number): Op;
  /**
   * Samples the interface's status register (KCS's STATUS, BT_CTRL) every `period` ps until (status & mask) differs from
   * (last & mask), or a sample falls at or after `deadline`; the step's value is that sample. The first sample is taken
   * `first` (unless told otherwise: `period`) after the step before this one took effect: the caller has just read `last`. So
   * a loop that reads the register, sleeps and reads again is this one step, exact in time.
   */
  poll(mask: number, last: number, period: Ps, deadline: Ps, first?: Ps): Op;
  /** How many samples the poll took that has just returned, the last one included. */
  readonly samples: number;
  /** Blocks until the host's interrupt line is asserted (value 1), or `deadline` has passed (value 0). */
  waitIrq(deadline: Ps): Op;
  /** Blocks for `ps`: idle time that counts as progress. */
  sleep(ps: Ps): Op;
  /** The same ports and time, with ops labelled as issued from the function `frame`. */
  at(frame: string): HostIo;
  readonly now: Ps;
  readonly irqAsserted: boolean;
}
