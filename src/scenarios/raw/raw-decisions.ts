import type { Decision } from '../../sim/index.ts';
import { BMC_ANSWERS, describeDecision, type Answers } from '../decisions.ts';
import { PROTOCOLS, RAW_HOST_MODES } from './raw-parameters.ts';

const WHAT: Readonly<Record<(typeof PROTOCOLS)[number], string>> = {
  mctp: 'host and BMC speak MCTP over LPC', echo: 'two threads of the BMC echo single bytes of the host', trigger: 'the BMC runs debug-trigger',
};
const PAGES = (which: string): readonly string[] => ['', `the ${which} buffer is in a page that is not resident`, `the ${which} buffer is in an unmapped page`];

const ANSWERS: Answers = {
  ...BMC_ANSWERS,
  protocol: PROTOCOLS.map((protocol) => WHAT[protocol]),
  hostMode: RAW_HOST_MODES.map((mode) => (mode === 'poll' ? 'the host polls STATUS' : 'the host waits for SerIRQ')),
  threads: ['', 'one thread serves the device'],
  pairs: ['', 'the process reads IDR and STR, and writes ODR and STR, in one call'],
  'O_NONBLOCK': ['', 'the process opens the device with O_NONBLOCK and polls it'],
  'misc_register fails': ['', 'misc_register() fails when the driver is bound: there is no minor number left'],
  'request buffer': PAGES('read'),
  'response buffer': PAGES('write'),
  'crash before read': ['', 'the process dies before it reads, and is restarted'],
  'crash before poll': ['', 'the MCTP daemon dies before it polls, and is restarted'],
  'bytes in flight': ['', 'the host sends two bytes before it waits for an answer', 'the host sends another number of bytes before it waits for an answer'],
};

/** A decision of a scenario of raw KCS in plain words. */
export function describeRawDecision(decision: Decision): string {
  return describeDecision(decision, ANSWERS);
}
