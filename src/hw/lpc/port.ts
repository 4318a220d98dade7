import { END_OF_TIME, type Op, type Ps } from '../../sim/index.ts';
import type { LpcBus } from './bus.ts';

/** The two ports of a KCS interface, as the host numbers them. */
export const Reg = { data: 0, status: 1, command: 1 } as const;

/**
 * Two I/O ports of the host, `spacing` bytes apart: data, and command/status. Its methods make the
 * steps that a host driver yields.
 *
 * Base 0xCA2 with spacing 1 is the default of IPMI 9.4; SMBIOS type 38 also knows 4 and 16.
 */
export class LpcPort {
  /** Address of the data port. */
  readonly base: number;
  readonly spacing: number;
  private readonly bus: LpcBus;
  private readonly index: number;
  private readonly inbOp: Op;
  private readonly outbOp: Op;
  private readonly pollOp: Op;

  /** Use {@link LpcBus.port}. */
  constructor(bus: LpcBus, index: number, base: number, spacing: number, frame: number) {
    this.bus = bus;
    this.index = index;
    this.base = base;
    this.spacing = spacing;
    const operand = (index << 17) | frame;
    this.inbOp = bus.inbOp | operand;
    this.outbOp = bus.outbOp | operand;
    this.pollOp = bus.pollOp | operand | (Reg.status << 16);
  }

  /** The same ports, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame: number): LpcPort {
    return new LpcPort(this.bus, this.index, this.base, this.spacing, frame);
  }

  /** One read of port `reg` (0 or 1). Resumes with the byte; 0xFF if nobody answers. */
  inb(reg: number): Op {
    return this.inbOp | (reg << 16);
  }

  /** One write of `value` (a byte) to port `reg` (0 or 1); it vanishes if nobody answers. */
  outb(reg: number, value: number): Op {
    return this.outbOp | (reg << 16) | ((value & 0xff) << 8);
  }

  /**
   * Reads STATUS now and then every `period` ps until (STATUS & `mask`) is not (`last` & `mask`), or
   * until the first sample at or after `deadline` (a time, ps). Resumes with the last STATUS.
   *
   * Samples that would read the same are not simulated.
   */
  poll(mask: number, last: number, period: Ps, deadline: Ps = END_OF_TIME): Op {
    const ctx = this.bus.polling(period);
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.pollOp;
  }
}
