import { HOST_HZ, KERNEL_PARAMETERS, THINK, WORKLOAD_PARAMETERS } from '../bmc-parameters.ts';
import { KCS_CHANNEL, KCS_HARDWARE, SI_MODE } from '../lpc-parameters.ts';
import type { Parameter } from '../system.ts';

/** What only the KCS scenarios have. A parameter that is not set is drawn where its text says so. */
const KCS: readonly Parameter[] = [
  ...KCS_CHANNEL,
  SI_MODE,
  {
    name: 'length', default: 8, min: 4, max: 271, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request, whose response is one longer and must fit the 272 bytes of ipmi_si; drawn',
  },
  THINK,
  HOST_HZ,
];

/** Every parameter of the KCS scenarios: the scenario's own, the kernel's, the hardware's. */
export const KCS_PARAMETERS: readonly Parameter[] = [...KCS, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...KCS_HARDWARE];
