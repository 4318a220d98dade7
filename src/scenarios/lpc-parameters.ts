import { APB_PARAMETERS, IBT_PARAMETERS, KCS_BLOCK_PARAMETERS, LPC_PARAMETERS, SERIRQ_PARAMETERS } from '../hw/index.ts';
import { hardwareParameters } from './bmc-parameters.ts';
import type { Parameter } from './system.ts';

/** How ipmi_si can drive an interface, the plain one first. */
export const HOST_MODES = ['kipmid', 'irq', 'poll'] as const;

/** The same of BT, for which Linux starts no kernel thread unless told. */
export const BT_HOST_MODES = ['timer', 'irq', 'poll', 'kipmid'] as const;

/** Of a host with ipmi_si on KCS. */
export const SI_MODE: Parameter = {
  name: 'hostMode', default: 'kipmid', words: HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c',
  text: 'how the host drives the interface: kernel thread, interrupt, or busy polling; drawn',
};

/** Of one with ipmi_si on BT. */
export const BT_MODE: Parameter = {
  name: 'hostMode', default: 'timer', words: BT_HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c: smi_start_processing()',
  text: 'how the host drives the interface: SI timer alone, as Linux does if there is no interrupt, interrupt, busy polling, or kernel thread, which BT has with force_kipmid=1 only; drawn',
};

/** Which of the four KCS channels it is. */
export const KCS_CHANNEL: readonly Parameter[] = [
  {
    name: 'channel', default: 3, min: 1, max: 4, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'KCS channel of the BMC',
  },
  {
    name: 'serirqId', default: 5, min: 0, max: 15, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'SerIRQ that the channel raises when the host is driven by interrupt; channel 1 knows 1 and 12 only',
  },
];

/** The hardware of a system whose host talks to a KCS channel: the iBT block is there, and idle. */
export const KCS_HARDWARE: readonly Parameter[] = hardwareParameters([...LPC_PARAMETERS, ...APB_PARAMETERS, ...KCS_BLOCK_PARAMETERS, ...SERIRQ_PARAMETERS]);

/** That of one whose host talks to the iBT block. */
export const IBT_HARDWARE: readonly Parameter[] = hardwareParameters([...LPC_PARAMETERS, ...APB_PARAMETERS, ...IBT_PARAMETERS, ...SERIRQ_PARAMETERS]);
