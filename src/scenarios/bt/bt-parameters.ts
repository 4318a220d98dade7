import { AST2500_PARAMETERS } from '../../hw/index.ts';
import { MS, US } from '../../sim/index.ts';
import { KERNEL_PARAMETERS, WORKLOAD_PARAMETERS, hardwareParameters } from '../bmc-parameters.ts';
import { HOST_MODES } from '../kcs/kcs-parameters.ts';
import type { Parameter } from '../system.ts';

/** What only the BT scenarios have. A parameter that is not set is drawn where its text says so. */
const BT: readonly Parameter[] = [
  {
    name: 'hostMode', default: 'kipmid', words: HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c',
    text: 'how the host drives the interface: kernel thread, interrupt, or busy polling; drawn',
  },
  {
    name: 'bmcIrq', default: 1, min: 0, max: 1, unit: 'flag', confidence: 'A', source: 'bt-bmc.c',
    text: 'the device tree of the BMC gives iBT an interrupt; without one the driver looks every 500 ms; drawn',
  },
  {
    name: 'length', default: 8, min: 4, max: 250, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request; on the wire there are 2 bytes more, of the response 3, and a FIFO holds 64; drawn',
  },
  {
    name: 'think', default: 200 * US, min: 0, max: 5_000 * MS, unit: 'ps', confidence: 'C', source: 'judgement: 200 us to 5 s with ipmid on D-Bus',
    text: 'how long the daemon takes for an answer; drawn longer',
  },
  {
    name: 'hostHz', default: 250, min: 100, max: 1000, confidence: 'B', source: 'common distribution kernels',
    text: 'HZ of the host kernel',
  },
];

/** Every parameter of the BT scenarios: the scenario's own, the kernel's, the hardware's. */
export const BT_PARAMETERS: readonly Parameter[] = [...BT, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...hardwareParameters(AST2500_PARAMETERS)];
