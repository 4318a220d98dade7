import { LPC, VIC_LPC, type LpcRegisters } from '../hw/index.ts';
import { ENODEV, type Kernel } from '../linux/index.ts';
import type { Steps } from '../sim/index.ts';
import type { Offers } from './api/host.ts';
import { CDriver, type DriverCode } from './driver.ts';

/** Physical address of the LPC controller. */
const LPC_BASE = 0x1e78_9000;
const LPC_SIZE = 0x1000;
/** _IO(0xb1, 0) of linux/ipmi_bmc.h. */
const IPMI_BMC_IOCTL = 0xb100;
/** include/dt-bindings/interrupt-controller/irq.h */
const [LEVEL_HIGH, LEVEL_LOW] = [4, 8];

/** The runtime knows I2C clients; here there is none. */
const NO_I2C: Offers = {
  __inband_i2c_address: ['value', () => 0],
  __inband_slave_register: ['steps', () => noBus()],
  __inband_slave_unregister: ['steps', () => noBus()],
};

function* noBus(): Steps<number> {
  return -ENODEV;
}

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
  /** @param upstream whether the device tree gives the channel a SerIRQ in this run */
  constructor(kernel: Kernel, code: DriverCode, registers: LpcRegisters, config: KcsChannelNode, upstream: () => boolean) {
    const { channel, ioAddr, serirq } = config;
    const properties: Readonly<Record<string, readonly number[]>> = {
      reg: [LPC[`IDR${channel}`], 1, LPC[`ODR${channel}`], 1, LPC[`STR${channel}`], 1],
      'aspeed,lpc-io-reg': [ioAddr],
      kcs_chan: [channel],
      kcs_addr: [ioAddr],
    };
    const at = (address: number): number => (address - LPC_BASE) & (LPC_SIZE - 1);
    super(kernel, code, {
      device: `ipmi-kcs${channel}`,
      ioctlBase: IPMI_BMC_IOCTL,
      offers: () => NO_I2C,
      bus: {
        read: (address) => registers.read(at(address)),
        write: (address, value) => (value > 0xff ? registers.write32(at(address), value) : registers.write(at(address), value)),
      },
      node: {
        compatible: ['aspeed,ast2500-kcs-bmc-v2', 'aspeed,ast2500-kcs-bmc'],
        irq: VIC_LPC,
        base: LPC_BASE,
        size: LPC_SIZE,
        property: (name) => {
          if (name !== 'aspeed,lpc-interrupts') return properties[name];
          return serirq === null || !upstream() ? undefined : [serirq.id, serirq.levelHigh ? LEVEL_HIGH : LEVEL_LOW];
        },
      },
    });
  }

  /** What a phase of the driver's own means nobody knows. */
  stateOfPhase(): number {
    return -1;
  }

  get phaseName(): string {
    return '';
  }

  get busy(): boolean {
    return false;
  }
}
