import { VIC_I2C, type I2cRegisters } from '../../hw/index.ts';
import { IRQ_NONE, type IrqAction, type Kernel } from '../../linux/index.ts';
import { call, type Steps } from '../../sim/index.ts';

/** Buses that I2CG00 tells apart (ASPEED_I2C_IC_NUM_BUS). */
const BUSES = 14;

/**
 * irq-aspeed-i2c-ic.c: makes one interrupt a bus of the one line that all share.
 *
 * It is a chained handler, for which Linux counts no unhandled interrupts; it counts those of each bus, and with
 * one bus that comes to the same: so the handler returns what the buses' handlers have.
 */
export class AspeedI2cIc {
  private readonly kernel: Kernel;
  private readonly regs: I2cRegisters;
  private readonly actions: (IrqAction | undefined)[] = [];
  private chained = false;

  /** @param regs the registers of any bus: I2CG00 is common to all */
  constructor(kernel: Kernel, regs: I2cRegisters) {
    this.kernel = kernel;
    this.regs = regs.at(kernel.sim.ops.frame('aspeed_i2c_ic_irq_handler'));
    kernel.sim.onReset(() => {
      this.actions.length = 0;
      this.chained = false;
    });
  }

  /** request_irq() of a bus's interrupt; with the first the chained handler is there, which probes early in Linux. */
  requestIrq(bus: number, action: IrqAction): void {
    this.actions[bus] = action;
    if (this.chained) return;
    this.chained = true;
    this.kernel.requestIrq(VIC_I2C, { name: 'aspeed-i2c-ic', handler: () => this.irqHandler() });
  }

  /** aspeed_i2c_ic_irq_handler(). */
  private *irqHandler(): Steps<number> {
    let handled = IRQ_NONE;
    const status = yield this.regs.readGlobal;
    for (let bit = 0; bit < BUSES; bit++) {
      const action = (status & (1 << bit)) === 0 ? undefined : this.actions[bit];
      if (action !== undefined) handled |= yield call(action.handler());
    }
    return handled;
  }
}
