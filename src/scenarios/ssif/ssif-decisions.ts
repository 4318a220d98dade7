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
  'news for the host': ['', 'the watchdog of the BMC has run out: a flag says so', 'the BMC has a message for the host', 'the BMC has an event for the host'],
  'answers another command': ['', 'the daemon mixes up who asked what: Get Message Flags is answered as Get BMC Global Enables'],
  'host loads its driver': ['', 'the host loads its driver, which probes the BMC'],
  ...Object.fromEntries(['kmalloc', 'kzalloc', 'ipmi_register_smi', 'ipmi_alloc_smi_msg'].map((what) => [`${what} fails`, ['', `the host has no memory for ${what}()`]])),
  PEC: ['', 'host and BMC use PEC'],
  'daemon like ssifbridged': ['', 'the daemon is like ssifbridged: it goes on reading while an answer is being made'],
  'daemon answers node busy when late': ['', 'the daemon answers C0h (node busy) when an answer takes longer than 200 ms'],
  'another controller': ['', 'another controller on the bus talks to other targets than the BMC'],
  'fast bus': ['', 'the bus runs at 400 kHz'],
  'slow interrupts': ['', 'the BMC has so much else to do that it takes each interrupt 50 us late'],
  'daemon of an older ABI': ['', 'the daemon was built for a driver whose messages have a length of one byte', '', '', '', '', '', ''],
  'before read': ['', 'the daemon crashes and is restarted'],
};

/** A decision of an SSIF scenario in plain words. */
export function describeSsifDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
