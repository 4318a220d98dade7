import { CARELESS_BT_MOVES } from '../../host/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BMC_ANSWERS, describeDecision, moveAnswers, pageAnswers, type Answers } from '../decisions.ts';
import { BT_HOST_MODES } from '../lpc-parameters.ts';

/** The question which move the host makes. */
export const BT_MOVE = 'host move';

/** What the answers of a host on BT and its daemon mean. */
export const BT_ANSWERS: Answers = {
  ...BMC_ANSWERS,
  ...pageAnswers(8),
  [BT_MOVE]: moveAnswers(CARELESS_BT_MOVES),
  hostMode: BT_HOST_MODES.map((mode) => `the host drives the interface by ${mode}`),
  'no interrupt': ['', 'the BMC has no interrupt for iBT: its driver looks every 500 ms'],
  'daemon like btbridged': ['', 'the daemon is like btbridged: O_NONBLOCK, and it answers CEh when ipmid takes longer than 1 s'],
  'driver is loaded anew': ['', 'the host loads its driver anew: sequence numbers begin with 0 again'],
  'ipmid is slow': ['', 'ipmid answers 1.2 s later', 'ipmid answers 1.9 s later'],
  'before read': ['', 'the daemon sets SMS_ATN', 'the daemon crashes and is restarted'],
  'successor opens at once': ['', 'the process that is started in its place opens the device while the kernel still closes it'],
};

/** A decision of a BT scenario in plain words. */
export function describeBtDecision(decision: Decision): string {
  return describeDecision(decision, BT_ANSWERS);
}
