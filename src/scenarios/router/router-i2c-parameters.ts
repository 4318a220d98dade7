import { MS } from '../../sim/index.ts';
import { KERNEL_PARAMETERS, THINK, WORKLOAD_PARAMETERS } from '../bmc-parameters.ts';
import { I2C_BUS, I2C_HARDWARE } from '../i2c-parameters.ts';
import type { Parameter } from '../system.ts';
import { MODULE_PARAMETERS } from './router-parameters.ts';

/** What only the router's scenario on I2C has. */
const ROUTER_I2C: readonly Parameter[] = [
  I2C_BUS,
  {
    name: 'address', default: 0x41, min: 0x08, max: 0x77, confidence: 'C', source: 'judgement: the series names none',
    text: '7-bit address of the BMC',
  },
  {
    name: 'length', default: 8, min: 4, max: 200, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request; on the wire there are 2 bytes more, of the response 3, and a message has 256 at most; drawn',
  },
  { ...THINK, default: 1 * MS },
];

/** Every parameter of the scenario: its own, those of the modules, the kernel's, the hardware's. */
export const ROUTER_I2C_PARAMETERS: readonly Parameter[] = [
  ...MODULE_PARAMETERS, ...ROUTER_I2C, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...I2C_HARDWARE,
];
