import { State } from '../sim/context.ts';
import { BLOCKED, type Op } from '../sim/op.ts';
import type { Simulator } from '../sim/simulator.ts';
import type { Ps } from '../sim/time.ts';
import type { HostIo, PortReg } from './io.ts';
import { IrqInput, type IrqInputParams } from './si/irq-input.ts';

/** The ports of an interface as the bus offers them: what the host needs of hw's ports. */
export interface Port {
  inb(reg: PortReg): Op;
  outb(reg: PortReg, value: number): Op;
  /** Samples the status register at its effect, then every `period`. */
  poll(mask: number, last: number, period: Ps, deadline: Ps): Op;
}

/** {@link HostIo} in the simulator. */
export class SimIo implements HostIo {
  private readonly sim: Simulator;
  private readonly port: Port;
  private readonly irq: IrqInput;
  private readonly sleeping: Op;
  /** Bits of the frame, or-ed into each op. */
  private readonly frame: number;
  /** Of the last poll: from its issue to its first sample, and its period. */
  private firstSample: Ps = 0;
  private period: Ps = 1;

  private constructor(sim: Simulator, port: Port, irq: IrqInput, sleeping: Op, frame: number) {
    this.sim = sim;
    this.port = port;
    this.irq = irq;
    this.sleeping = sleeping;
    this.frame = frame;
  }

  /** The host's side of `port`: call once when the system is built, and {@link at} for more views. */
  static create(sim: Simulator, port: Port, irq?: IrqInputParams): SimIo {
    const sleeping = sim.ops.define({
      label: 'host: sleep',
      kind: 'block',
      exec(_operand, ctx) {
        ctx.state = State.blocked;
        ctx.wake(0, ctx.arg);
        return BLOCKED;
      },
    });
    return new SimIo(sim, port, new IrqInput(sim, irq), sleeping, 0);
  }

  at(frame: string): SimIo {
    return new SimIo(this.sim, this.port, this.irq, this.sleeping, this.sim.ops.frame(frame));
  }

  /** The host's interrupt line, as SerIRQ samples it. */
  irqInput(level: boolean): void {
    this.irq.input(level);
  }

  inb(reg: PortReg): Op {
    return this.port.inb(reg) | this.frame;
  }

  outb(reg: PortReg, value: number): Op {
    return this.port.outb(reg, value) | this.frame;
  }

  poll(mask: number, last: number, period: Ps, deadline: Ps, first: Ps = period): Op {
    const { sim } = this;
    const ctx = sim.current!;
    const op = this.port.poll(mask, last, period, deadline);
    const { lead } = sim.ops.def(op);
    // The port samples when the step takes effect; let that be `first` after the caller's own sample.
    ctx.lateness = Math.max(0, first - sim.ops.def(ctx.op).tail - lead);
    this.firstSample = lead + ctx.lateness;
    this.period = period;
    return op | this.frame;
  }

  get samples(): number {
    const since = this.sim.now - this.sim.current!.issuedAt - this.firstSample;
    return 1 + Math.max(0, Math.floor(since / this.period + 0.5));
  }

  waitIrq(deadline: Ps): Op {
    return this.irq.wait(deadline) | this.frame;
  }

  sleep(ps: Ps): Op {
    this.sim.current!.arg = ps;
    return this.sleeping | this.frame;
  }

  get now(): Ps {
    return this.sim.now;
  }

  get irqAsserted(): boolean {
    return this.irq.level;
  }
}
