import type { Decision } from '../../sim/index.ts';
import { BT_ANSWERS } from '../bt/bt-decisions.ts';
import { describeDecision, type Answers } from '../decisions.ts';

const ANSWERS: Answers = {
  ...BT_ANSWERS,
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
};

/** A decision of the router's scenario in plain words. */
export function describeRouterDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
