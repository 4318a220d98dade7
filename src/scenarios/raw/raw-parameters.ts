import { FW_WINDOW_DEFAULTS } from '../../hw/index.ts';
import { ASTLPC_VER_CUR, ASTLPC_VER_MIN, MCTP_BTU } from '../../mctp/index.ts';
import { NS, US } from '../../sim/index.ts';
import { KERNEL_PARAMETERS } from '../bmc-parameters.ts';
import { KCS_CHANNEL, KCS_HARDWARE } from '../lpc-parameters.ts';
import type { Parameter } from '../system.ts';

/** What runs on the device, the plain one first. */
export const PROTOCOLS = ['mctp', 'echo', 'trigger'] as const;
/** How the host learns of a byte in ODR, the plain one first. */
export const RAW_HOST_MODES = ['poll', 'irq'] as const;
/** Whether kcs_bmc_aspeed.c looks at OBF on the spot: as the driver's version has it, or fixed. */
export const OBE_SPINS = ['version', 'on', 'off'] as const;

const PROTOCOL: Parameter = {
  name: 'protocol', default: 'mctp', words: PROTOCOLS, confidence: 'A', source: 'libmctp astlpc.c; debug-trigger main.c; echo: ours',
  text: 'what host and BMC say over the bytes: MCTP over LPC, an echo of single bytes by up to two threads, or debug-trigger; drawn',
};

const RAW: readonly Parameter[] = [
  ...KCS_CHANNEL,
  {
    name: 'hostMode', default: 'poll', words: RAW_HOST_MODES, confidence: 'A', source: 'libmctp: the host polls or takes the SerIRQ',
    text: 'how the host learns that ODR is full; drawn',
  },
  {
    name: 'obeSpin', default: 'version', words: OBE_SPINS, confidence: 'A', source: 'kcs_bmc_aspeed.c, 2022',
    text: 'the driver below polls OBF for up to 100 us before it arms its timer of 500 ms: since 2022, or always, or never',
  },
  {
    name: 'irqsOffBudget', default: 50 * US, min: 1 * US, max: 10_000 * US, unit: 'ps', confidence: 'C', source: 'judgement',
    text: 'how long interrupts may be masked outside of handlers before it is a breach of latency',
  },
  {
    name: 'threads', default: 2, min: 1, max: 2, confidence: 'C', source: 'judgement',
    text: 'threads of the echo; drawn',
  },
  {
    name: 'requests', default: 3, min: 1, max: 8, confidence: 'C', source: 'judgement',
    text: 'requests that the host makes, or bytes that it sends; drawn up to two more',
  },
  {
    name: 'mtu', default: MCTP_BTU, min: MCTP_BTU, max: 192, unit: 'bytes', confidence: 'A', source: 'DSP0236 8.3: at least 64',
    text: 'payload of an MCTP packet that both sides ask for',
  },
  {
    name: 'bmcVersion', default: ASTLPC_VER_CUR, min: ASTLPC_VER_MIN, max: ASTLPC_VER_CUR, confidence: 'A', source: 'vendor-ibm-astlpc.md',
    text: 'newest version of MCTP over LPC that the BMC speaks: 2 negotiates sizes, 3 has a CRC-32',
  },
  {
    name: 'hostVersion', default: ASTLPC_VER_CUR, min: ASTLPC_VER_MIN, max: ASTLPC_VER_CUR, confidence: 'A', source: 'vendor-ibm-astlpc.md',
    text: 'newest version of MCTP over LPC that the host speaks',
  },
  {
    name: 'lpcFwCycle', default: FW_WINDOW_DEFAULTS.lpcFwCycle, min: 600 * NS, max: 10 * US, unit: 'ps', confidence: 'C', source: 'judgement: 21 clocks and the bridges of the host',
    text: 'LPC firmware cycle of up to 4 bytes',
  },
  {
    name: 'windowAccess', default: FW_WINDOW_DEFAULTS.windowAccess, min: 10 * NS, max: 1 * US, unit: 'ps', confidence: 'C', source: 'judgement',
    text: 'access of the BMC to 4 bytes of the window',
  },
];

const REST: readonly Parameter[] = [...RAW, ...KERNEL_PARAMETERS, ...KCS_HARDWARE];

/** Every parameter of the scenario `raw-kcs`. */
export const RAW_PARAMETERS: readonly Parameter[] = [PROTOCOL, ...REST];

/** Those of `mctp`, where one protocol is spoken. */
export const MCTP_PARAMETERS: readonly Parameter[] = [{ ...PROTOCOL, words: ['mctp'], text: 'what host and BMC say over the bytes: MCTP over LPC' }, ...REST];
