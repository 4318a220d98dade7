import { OEM_ANSWERS } from '../../drivers/ipmi-router/index.ts';
import { BT_PARAMETERS } from '../bt/bt-parameters.ts';
import type { Parameter } from '../system.ts';

/** When the default device, and with it the daemon, is there; the plain answer first. */
export const DEFAULT_DEVICE = ['boot', 'late', 'none'] as const;
/** When the OEM device is there. */
export const OEM_DEVICE = ['none', 'boot', 'late', 'boot-and-gone', 'late-and-gone'] as const;

const SEED = 'ipmi_bmc.h of [RFC v1 1/4] ipmi_bmc: framework for BT IPMI on BMCs';

/** What only the scenarios of the router have. A parameter that is not set is drawn where its text says so. */
export const MODULE_PARAMETERS: readonly Parameter[] = [
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
];

/** Every parameter of the scenario: those of the modules, and those of BT. */
export const ROUTER_PARAMETERS: readonly Parameter[] = [...MODULE_PARAMETERS, ...BT_PARAMETERS];
