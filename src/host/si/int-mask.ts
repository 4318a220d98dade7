import { BtIntMask } from '../../ipmi/bt.ts';
import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import type { HostIo, PortReg } from '../io.ts';

/*
 * What ipmi_si does on its own with the interrupt switch that BT has and KCS has not: drivers/char/ipmi/ipmi_si_intf.c.
 * `reg` is the state machine's {@link SiStateMachine.intMaskReg}.
 */

/** `std_irq_setup()`. */
export function enableIrq(io: HostIo, reg: PortReg): Op {
  return io.outb(reg, BtIntMask.B2H_IRQ_EN);
}

/** `ipmi_bt_irq_handler()`, before it makes its event call. */
export function acknowledgeIrq(io: HostIo, reg: PortReg): Op {
  return io.outb(reg, BtIntMask.B2H_IRQ | BtIntMask.B2H_IRQ_EN);
}

/** `check_bt_irq()`: a BMC that was reset has forgotten it, and a flags reset of the host's own switches it off. */
export function* checkIrq(io: HostIo, reg: PortReg, on: boolean): Steps {
  const enabled = ((yield io.inb(reg)) & BtIntMask.B2H_IRQ_EN) !== 0;
  if (enabled !== on) yield io.outb(reg, on ? BtIntMask.B2H_IRQ_EN : 0);
}
