import { LPC, VIC_LPC, type LpcRegisters } from '../hw/index.ts';
import type { Kernel } from '../linux/index.ts';
import { CDriver } from './driver.ts';
import { lpcBus, lpcMap, LPC_BASE, LPC_COMPATIBLE, LPC_SIZE } from './lpc.ts';
import type { DriverCode } from './code.ts';

/** Bytes of the iBT block's registers. */
const IBT_SIZE = 0x18;

/** A BMC-side BT driver in C, on the iBT block of the AST2500. */
export class CBtDriver extends CDriver {
  /** @param interrupt whether the device tree gives the block an interrupt in this run */
  constructor(kernel: Kernel, code: DriverCode, registers: LpcRegisters, interrupt: () => boolean) {
    const properties: Readonly<Record<string, readonly number[]>> = { reg: [LPC.iBTCR0, IBT_SIZE] };
    super(kernel, code, {
      device: 'ipmi-bt-host',
      ioctlBase: 0,
      bus: lpcBus(registers),
      map: lpcMap(kernel, registers),
      node: {
        compatible: ['aspeed,ast2500-ibt-bmc', 'aspeed,ast2400-ibt-bmc'],
        parent: LPC_COMPATIBLE,
        irq: () => (interrupt() ? VIC_LPC : -1),
        base: LPC_BASE + LPC.iBTCR0,
        size: LPC_SIZE - LPC.iBTCR0,
        syscon: LPC_BASE,
        property: (name) => properties[name],
      },
    });
    this.rehearse();
  }

  /** What it is about nobody knows. */
  get busy(): boolean {
    return false;
  }
}
