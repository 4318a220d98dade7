import { OEM_ANSWERS } from '../../drivers/ipmi-router/index.ts';
import { AST2500_PARAMETERS } from '../../hw/index.ts';
import { MS, US } from '../../sim/index.ts';
import { KERNEL_PARAMETERS, WORKLOAD_PARAMETERS, hardwareParameters } from '../bmc-parameters.ts';
import { HOST_MODES } from '../kcs/kcs-parameters.ts';
import type { Parameter } from '../system.ts';

/** When the default device, and with it the daemon, is there; the plain answer first. */
export const DEFAULT_DEVICE = ['boot', 'late', 'none'] as const;
/** When the OEM device is there. */
export const OEM_DEVICE = ['none', 'boot', 'late', 'boot-and-gone', 'late-and-gone'] as const;

const SEED = 'ipmi_bmc.h of [RFC v1 1/4] ipmi_bmc: framework for BT IPMI on BMCs';

/** What only the scenario of the router has. A parameter that is not set is drawn where its text says so. */
const ROUTER: readonly Parameter[] = [
  {
    name: 'defaultDevice', default: 'boot', words: DEFAULT_DEVICE, confidence: 'A', source: SEED,
    text: 'the default device, behind which the daemon is: there from the start, loaded while messages run, or not at all; drawn',
  },
  {
    name: 'oemDevice', default: 'none', words: OEM_DEVICE, confidence: 'A', source: SEED,
    text: 'a device in the kernel that takes the echo out of the stream: from the start or loaded later, and perhaps unloaded again; drawn',
  },
  {
    name: 'oemAnswer', default: 'at-once', words: OEM_ANSWERS, confidence: 'A', source: SEED,
    text: 'what that device makes of a request; drawn',
  },
  {
    name: 'oemSignal', default: 1, min: 0, max: 1, unit: 'flag', confidence: 'A', source: SEED,
    text: 'that device has a signal_response_open(); drawn',
  },
  {
    name: 'secondOem', default: 0, min: 0, max: 1, unit: 'flag', confidence: 'A', source: 'Corey Minyard on the RFC, August 2017',
    text: 'a second device in the kernel wants the same requests; drawn',
  },
  {
    name: 'hostMode', default: 'kipmid', words: HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c',
    text: 'how the host drives the interface: kernel thread, interrupt, or busy polling; drawn',
  },
  {
    name: 'length', default: 8, min: 4, max: 60, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request, whose response is one longer and must fit, with two bytes of framing, the 64 bytes of the FIFO; drawn',
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

/** Every parameter of the scenario: its own, the kernel's, the hardware's. */
export const ROUTER_PARAMETERS: readonly Parameter[] = [...ROUTER, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...hardwareParameters(AST2500_PARAMETERS)];
