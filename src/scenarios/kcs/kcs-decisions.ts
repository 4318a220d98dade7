import { CARELESS_KCS_MOVES } from '../../host/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BMC_ANSWERS, describeDecision, moveAnswers, pageAnswers, type Answers } from '../decisions.ts';
import { HOST_MODES } from '../lpc-parameters.ts';

/** The question which move the host makes. */
export const KCS_MOVE = 'host move';

const ANSWERS: Answers = {
  ...BMC_ANSWERS,
  ...pageAnswers(4),
  [KCS_MOVE]: moveAnswers(CARELESS_KCS_MOVES),
  hostMode: HOST_MODES.map((mode) => `the host drives the interface by ${mode}`),
  'daemon like kcsbridged': ['', 'the daemon is like kcsbridged: FORCE_ABORT first, a new request cancels the answer under way'],
  'before read': [
    '', 'the daemon asks for FORCE_ABORT', 'the daemon sets SMS_ATN', 'the daemon clears SMS_ATN', 'the daemon crashes and is restarted',
  ],
};

/** A decision of a KCS scenario in plain words. */
export function describeKcsDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
