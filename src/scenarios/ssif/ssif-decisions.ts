import { CARELESS_SSIF_MOVES } from '../../host/index.ts';
import type { Decision } from '../../sim/index.ts';
import { BMC_ANSWERS, describeDecision, moveAnswers, pageAnswers, type Answers } from '../decisions.ts';
import { SMBUS_MODES } from './ssif-parameters.ts';

/** The question which move the host makes; the answers differ in kind. */
export const SSIF_MOVE = 'which move?';

const ANSWERS: Answers = {
  ...BMC_ANSWERS,
  ...pageAnswers(8),
  [SSIF_MOVE]: moveAnswers(CARELESS_SSIF_MOVES),
  hostMode: SMBUS_MODES.map((mode) => `the host's SMBus controller is one like ${mode}`),
  'host asks for events': ['', 'the host asks for events, and so looks at the flags'],
  PEC: ['', 'host and BMC use PEC'],
  'daemon like ssifbridged': ['', 'the daemon is like ssifbridged: it goes on reading while an answer is being made'],
  'daemon answers node busy when late': ['', 'the daemon answers C0h (node busy) when an answer takes longer than 200 ms'],
  'fast bus': ['', 'the bus runs at 400 kHz'],
  'slow interrupts': ['', 'the BMC has so much else to do that it takes each interrupt 50 us late'],
  'daemon of an older ABI': ['', 'the daemon was built for a driver whose messages have a length of one byte', '', '', '', '', '', ''],
  'before read': ['', 'the daemon crashes and is restarted'],
};

/** A decision of an SSIF scenario in plain words. */
export function describeSsifDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
