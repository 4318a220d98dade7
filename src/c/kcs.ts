import { LPC, VIC_LPC, type LpcRegisters } from '../hw/index.ts';
import type { Kernel } from '../linux/index.ts';
import { lpcBus, lpcMap, LPC_BASE, LPC_COMPATIBLE, LPC_SIZE } from './lpc.ts';
import { CDriver } from './driver.ts';
import type { DriverCode } from './code.ts';

/** _IO(0xb1, 0) of linux/ipmi_bmc.h. */
const IPMI_BMC_IOCTL = 0xb100;
/** include/dt-bindings/interrupt-controller/irq.h */
const [LEVEL_HIGH, LEVEL_LOW] = [4, 8];

/** What the device tree says of a channel. */
export interface KcsChannelNode {
  readonly channel: 1 | 2 | 3 | 4;
  readonly ioAddr: number;
  readonly serirq: { readonly id: number; readonly levelHigh: boolean } | null;
}

/**
 * A BMC-side KCS driver in C, on one channel of the AST2500: on the node as mainline knows it
 * (aspeed,ast2500-kcs-bmc-v2), and with the properties of the first revisions (kcs_chan, kcs_addr) beside.
 */
export class CKcsDriver extends CDriver {
  /**
   * @param device name below /dev, without the number of the channel
   * @param upstream whether the device tree gives the channel a SerIRQ in this run
   */
  constructor(kernel: Kernel, code: DriverCode, device: string, registers: LpcRegisters, config: KcsChannelNode, upstream: () => boolean) {
    const { channel, ioAddr, serirq } = config;
    const properties: Readonly<Record<string, readonly number[]>> = {
      reg: [LPC[`IDR${channel}`], 1, LPC[`ODR${channel}`], 1, LPC[`STR${channel}`], 1],
      'aspeed,lpc-io-reg': [ioAddr],
      kcs_chan: [channel],
      kcs_addr: [ioAddr],
    };
    super(kernel, code, {
      device: `${device}${channel}`,
      ioctlBase: IPMI_BMC_IOCTL,
      bus: lpcBus(registers),
      map: lpcMap(kernel, registers),
      node: {
        compatible: ['aspeed,ast2500-kcs-bmc-v2', 'aspeed,ast2500-kcs-bmc'],
        parent: LPC_COMPATIBLE,
        irq: () => VIC_LPC,
        base: LPC_BASE,
        syscon: LPC_BASE,
        size: LPC_SIZE,
        property: (name) => {
          if (name !== 'aspeed,lpc-interrupts') return properties[name];
          return serirq === null || !upstream() ? undefined : [serirq.id, serirq.levelHigh ? LEVEL_HIGH : LEVEL_LOW];
        },
      },
    });
    this.rehearse();
  }

  // What stands in the driver's own struct nobody knows.

  stateOfPhase(): number {
    return -1;
  }

  get phaseName(): string {
    return '';
  }

  get busy(): boolean {
    return false;
  }

  /** Of a raw driver: whether it keeps a byte for the next read(). */
  get holds(): null {
    return null;
  }

  /** Of a raw driver: whether events reach it. */
  get hasClient(): null {
    return null;
  }
}
