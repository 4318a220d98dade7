import { AST2500_PARAMETERS, I2C_PARAMETERS } from '../../hw/index.ts';
import { MS, SEC } from '../../sim/index.ts';
import { KERNEL_PARAMETERS, WORKLOAD_PARAMETERS, hardwareParameters } from '../bmc-parameters.ts';
import type { Parameter } from '../system.ts';
import { MODULE_PARAMETERS } from './router-parameters.ts';

/** What only the router's scenario on I2C has. */
const ROUTER_I2C: readonly Parameter[] = [
  {
    name: 'bus', default: 5, min: 0, max: 13, confidence: 'C', source: 'judgement: boards differ',
    text: 'I2C bus of the BMC on which the host is the controller',
  },
  {
    name: 'address', default: 0x41, min: 0x08, max: 0x77, confidence: 'C', source: 'judgement: the series names none',
    text: '7-bit address of the BMC',
  },
  {
    name: 'length', default: 8, min: 4, max: 200, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request; on the wire there are 2 bytes more, of the response 3, and a message has 256 at most; drawn',
  },
  {
    name: 'think', default: 1 * MS, min: 0, max: 5 * SEC, unit: 'ps', confidence: 'C', source: 'judgement: 200 us to 5 s with ipmid on D-Bus',
    text: 'how long the daemon takes for an answer; drawn longer',
  },
];

/** Every parameter of the scenario: its own, those of the modules, the kernel's, the hardware's. */
export const ROUTER_I2C_PARAMETERS: readonly Parameter[] = [
  ...MODULE_PARAMETERS, ...ROUTER_I2C, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...hardwareParameters(I2C_PARAMETERS),
  ...hardwareParameters(AST2500_PARAMETERS.filter(({ name }) => /^(apb|vic)/.test(name))),
];
