import { AST2500_PARAMETERS } from '../../hw/index.ts';
import { MS, US } from '../../sim/index.ts';
import { KERNEL_PARAMETERS, WORKLOAD_PARAMETERS, hardwareParameters } from '../bmc-parameters.ts';
import type { Parameter } from '../system.ts';

/** Host modes, the plain one first. */
export const HOST_MODES = ['kipmid', 'irq', 'poll'] as const;

/** What only the KCS scenarios have. A parameter that is not set is drawn where its text says so. */
const KCS: readonly Parameter[] = [
  {
    name: 'channel', default: 3, min: 1, max: 4, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'KCS channel of the BMC',
  },
  {
    name: 'serirqId', default: 5, min: 0, max: 15, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'SerIRQ that the channel raises when the host is driven by interrupt; channel 1 knows 1 and 12 only',
  },
  {
    name: 'hostMode', default: 'kipmid', words: HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c',
    text: 'how the host drives the interface: kernel thread, interrupt, or busy polling; drawn',
  },
  {
    name: 'length', default: 8, min: 4, max: 271, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request, whose response is one longer and must fit the 272 bytes of ipmi_si; drawn',
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

/** Every parameter of the KCS scenarios: the scenario's own, the kernel's, the hardware's. */
export const KCS_PARAMETERS: readonly Parameter[] = [...KCS, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...hardwareParameters(AST2500_PARAMETERS)];
