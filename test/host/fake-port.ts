import type { PortReg } from '../../src/host/io.ts';
import type { Port } from '../../src/host/sim-io.ts';
import { Signal, US, type Op, type Owner, type Ps, type Simulator } from '../../src/sim/index.ts';
import type { FakeIo } from './fake-io.ts';

/** Puts a {@link FakeIo} into the simulator, as hw's LpcPort does with a channel. */
export class FakePort implements Port, Owner {
  private readonly sim: Simulator;
  private readonly bmc: FakeIo;
  private readonly signal = new Signal();
  private readonly slot: number;
  private readonly ops: { readonly inb: Op; readonly outb: Op; readonly poll: Op };
  onIrq: (level: boolean) => void = () => {};

  constructor(sim: Simulator, bmc: FakeIo, lead: Ps = US) {
    this.sim = sim;
    this.bmc = bmc;
    this.slot = sim.slot(this);
    this.ops = {
      inb: sim.ops.define({ label: 'inb', lead, kind: 'access', exec: (reg) => this.after(() => bmc.read(reg as PortReg)) }),
      outb: sim.ops.define({
        label: 'outb', lead, kind: 'access',
        exec: (operand) => this.after(() => {
          bmc.write((operand & 3) as PortReg, operand >> 2);
          return 0;
        }),
      }),
      poll: sim.ops.define({
        label: 'poll', lead, kind: 'poll',
        exec: (_, ctx) => this.after(() => {
          const vain = ((bmc.status ^ ctx.pollLast) & ctx.pollMask) === 0 && sim.now < ctx.pollDeadline;
          return vain ? ctx.park(this.signal) : bmc.sample();
        }),
      }),
    };
    sim.onReset(() => this.signal.reset());
  }

  fire(): void {
    this.after(() => 0);
    this.signal.changed();
  }

  private after(access: () => number): number {
    const { bmc, sim } = this;
    const before = bmc.irqAsserted;
    bmc.until(sim.now);
    const value = access();
    if (bmc.nextEvent < Number.MAX_SAFE_INTEGER) sim.queue.schedule(this.slot, bmc.nextEvent, false);
    if (bmc.irqAsserted !== before) this.onIrq(bmc.irqAsserted);
    return value;
  }

  inb(reg: PortReg): Op {
    return this.ops.inb | (reg << 8);
  }

  outb(reg: PortReg, value: number): Op {
    return this.ops.outb | (reg << 8) | (value << 10);
  }

  poll(mask: number, last: number, period: Ps, deadline: Ps): Op {
    const ctx = this.sim.current!;
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.ops.poll;
  }
}
