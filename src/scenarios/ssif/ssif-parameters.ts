import { MS } from '../../sim/index.ts';
import { HOST_HZ, KERNEL_PARAMETERS, THINK, WORKLOAD_PARAMETERS } from '../bmc-parameters.ts';
import { I2C_BUS, I2C_HARDWARE } from '../i2c-parameters.ts';
import type { Parameter } from '../system.ts';

/** Drivers of the host's SMBus controller that may be drawn, the plain one first: SMBUS_KINDS. */
export const DRAWN_SMBUS_MODES = ['i801', 'piix4', 'i2c'] as const;
/** And those that are there only where they are set. */
export const SMBUS_MODES = [...DRAWN_SMBUS_MODES, 'designware'] as const;

/** What only the SSIF scenarios have. A parameter that is not set is drawn where its text says so. */
const SSIF: readonly Parameter[] = [
  I2C_BUS,
  {
    name: 'address', default: 0x10, min: 0x08, max: 0x77, confidence: 'B', source: 'SMBIOS and ACPI tables of servers (20h with the direction bit)',
    text: '7-bit address of the BMC',
  },
  {
    name: 'hostMode', default: 'i801', words: SMBUS_MODES, confidence: 'A', source: 'drivers/i2c/busses/i2c-i801.c, i2c-piix4.c, i2c-designware-master.c; i2c-core-smbus.c',
    text: 'the host\'s SMBus controller and its driver; drawn among the first three',
  },
  {
    name: 'otherController', default: 0, min: 0, max: 1, unit: 'flag', confidence: 'C', source: 'SMBus 2.0 4.3.2: a bus may have several',
    text: 'another controller on the bus talks to other targets than the BMC; drawn',
  },
  {
    name: 'pec', default: 0, min: 0, max: 1, unit: 'flag', confidence: 'A', source: 'IPMI 22.9',
    text: 'the BMC says that it supports PEC, and the host uses it; drawn',
  },
  {
    name: 'lengthBytes', default: 4, min: 1, max: 4, unit: 'bytes', confidence: 'A', source: 'linux/ipmi_ssif_bmc.h since v8, and before',
    text: 'bytes of the length with which the daemon frames its messages: 4, or 1 as daemons written for older drivers; drawn',
  },
  {
    name: 'length', default: 8, min: 4, max: 250, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request, whose response is one longer and must fit the 254 bytes of the device; drawn',
  },
  { ...THINK, default: 1 * MS },
  { ...HOST_HZ, text: `${HOST_HZ.text}: the driver's 5 ms before a read are 0 jiffies at 100` },
];

/** Every parameter of the SSIF scenarios: the scenario's own, the kernel's, the hardware's. */
export const SSIF_PARAMETERS: readonly Parameter[] = [
  ...SSIF, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...I2C_HARDWARE,
];
