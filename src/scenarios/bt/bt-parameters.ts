import { HOST_HZ, KERNEL_PARAMETERS, THINK, WORKLOAD_PARAMETERS } from '../bmc-parameters.ts';
import { BT_MODE, IBT_HARDWARE } from '../lpc-parameters.ts';
import type { Parameter } from '../system.ts';

/** What only the BT scenarios have. A parameter that is not set is drawn where its text says so. */
const BT: readonly Parameter[] = [
  BT_MODE,
  {
    name: 'bmcIrq', default: 1, min: 0, max: 1, unit: 'flag', confidence: 'A', source: 'bt-bmc.c',
    text: 'the device tree of the BMC gives iBT an interrupt; without one the driver looks every 500 ms; drawn',
  },
  {
    name: 'length', default: 8, min: 4, max: 250, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request; on the wire there are 2 bytes more, of the response 3, and a FIFO holds 64; drawn',
  },
  THINK,
  HOST_HZ,
];

/** Every parameter of the BT scenarios: the scenario's own, the kernel's, the hardware's. */
export const BT_PARAMETERS: readonly Parameter[] = [...BT, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...IBT_HARDWARE];
