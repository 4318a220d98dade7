import { CARELESS_BT_I2C_MOVES } from '../../host/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BT_ANSWERS } from '../bt/bt-decisions.ts';
import { describeDecision, moveAnswers, type Answers } from '../decisions.ts';

/** What the modules are like. */
const MODULES: Answers = {
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

const ON_BT: Answers = { ...BT_ANSWERS, ...MODULES };

/** The question which move the host on I2C makes; the answers differ in kind. */
export const BT_I2C_MOVE = 'which move?';

const ON_I2C: Answers = { ...ON_BT, [BT_I2C_MOVE]: moveAnswers(CARELESS_BT_I2C_MOVES) };

/** A decision of the router's scenario on I2C in plain words. */
export function describeRouterI2cDecision(decision: Decision): string {
  return describeDecision(decision, ON_I2C);
}

/** A decision of the router's scenario in plain words. */
export function describeRouterDecision(decision: Decision): string {
  return describeDecision(decision, ON_BT);
}
