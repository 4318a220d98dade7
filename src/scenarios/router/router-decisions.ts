import { CARELESS_BT_MOVES } from '../../host/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BMC_ANSWERS, describeDecision, moveAnswers, pageAnswers, type Answers } from '../decisions.ts';
import { HOST_MODES } from '../kcs/kcs-parameters.ts';

const ANSWERS: Answers = {
  ...BMC_ANSWERS,
  ...pageAnswers(8),
  'host move': moveAnswers(CARELESS_BT_MOVES),
  hostMode: HOST_MODES.map((mode) => `the host drives the interface by ${mode}`),
  defaultDevice: ['', 'the default device is loaded while messages run', 'there is no default device'],
  oemDevice: [
    '', 'a device in the kernel handles the echo', 'a device in the kernel that handles the echo is loaded while messages run',
    'a device in the kernel handles the echo, and is unloaded while messages run', 'a device in the kernel that handles the echo is loaded and unloaded while messages run',
  ],
  oemAnswer: [
    '', 'the device answers later, from a work', 'the device refuses the data (-EINVAL)', 'the device is busy (-EBUSY)', 'the device has no memory (-ENOMEM)',
    'the device times out (-ETIMEDOUT)', 'the device answers, and returns an error all the same', 'the device answers once, and unregisters itself',
  ],
  oemSignal: ['', 'the device has no signal_response_open()'],
  secondOem: ['', 'a second device in the kernel wants the same requests'],
  'daemon like btbridged': ['', 'the daemon is like btbridged: it answers for ipmid after a second'],
  'before read': ['', 'the daemon sets SMS_ATN', 'the daemon crashes and is restarted'],
};

/** A decision of the router's scenario in plain words. */
export function describeRouterDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
