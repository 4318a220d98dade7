import type { KcsChannelNumber } from '../../drivers/kcs-bmc/index.ts';
import { LPC, VIC_LPC } from '../../hw/index.ts';
import { IRQ_NONE, type IrqAction } from '../../linux/index.ts';
import type { Op, Steps } from '../../sim/index.ts';
import type { KcsSystem } from './kcs-system.ts';

/** Most drivers that share the LPC block's interrupt: the other channels, iBT, snoop, mailbox and so on. */
export const MOST_OTHERS = 8;

/**
 * Has `count` other drivers registered on the LPC block's interrupt (VIC source 8) before the system's own, as the
 * other channels of a board are: each reads the status of its channel, finds nothing, and returns IRQ_NONE.
 */
export function addOtherHandlers(system: KcsSystem, own: KcsChannelNumber, count: number): void {
  const { kernel, soc, sim } = system;
  const regs = soc.registers.at(sim.ops.frame('aspeed_kcs_irq of another channel'));
  const others = STATUS.filter((_register, i) => i + 1 !== own);
  const actions = Array.from({ length: count }, (_none, i): IrqAction => {
    const status = regs.read(others[i % others.length]);
    return { name: `other ${i + 1}`, handler: () => askInVain(status) };
  });
  sim.onReset(() => {
    for (const action of actions) kernel.requestIrq(VIC_LPC, action);
  });
}

const STATUS: readonly number[] = [LPC.STR1, LPC.STR2, LPC.STR3, LPC.STR4];

function* askInVain(status: Op): Steps<number> {
  yield status;
  return IRQ_NONE;
}
