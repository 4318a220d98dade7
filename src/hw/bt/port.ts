import { END_OF_TIME, type Op, type Ps } from '../../sim/index.ts';
import type { LpcBus } from '../lpc/bus.ts';
import { BtReg } from './registers.ts';

/**
 * The three I/O ports of a BT interface, see {@link BtReg}: BT_CTRL, the FIFOs, INTMASK. Its methods make
 * the steps that a host driver yields. 0xE4 is the usual base (bt-bmc.c, ipmi_si).
 */
export class BtPort {
  /** Address of BT_CTRL. */
  readonly base: number;
  private readonly bus: LpcBus;
  private readonly operand: number;

  /** `operand` addresses the first of the ports, and may hold a frame. Use {@link LpcBus.btPort}. */
  constructor(bus: LpcBus, operand: number, base: number) {
    this.bus = bus;
    this.operand = operand;
    this.base = base;
  }

  /** The same ports, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame: number): BtPort {
    return new BtPort(this.bus, this.operand | frame, this.base);
  }

  /** One read of port `reg` (0 to 2). Resumes with the byte; 0xFF if nobody answers. */
  inb(reg: number): Op {
    return this.bus.inbOp | this.operand | (reg << 16);
  }

  /** One write of `value` (a byte) to port `reg` (0 to 2); it vanishes if nobody answers. */
  outb(reg: number, value: number): Op {
    return this.bus.outbOp | this.operand | (reg << 16) | ((value & 0xff) << 8);
  }

  /**
   * Reads BT_CTRL now and then every `period` ps until (BT_CTRL & `mask`) is not (`last` & `mask`), or
   * until the first sample at or after `deadline` (a time, ps). Resumes with the last BT_CTRL.
   *
   * Samples that would read the same are not simulated.
   */
  poll(mask: number, last: number, period: Ps, deadline: Ps = END_OF_TIME): Op {
    const ctx = this.bus.polling(period);
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.bus.pollOp | this.operand | (BtReg.ctrl << 16);
  }
}
