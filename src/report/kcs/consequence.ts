import type { Decision, Ps } from '../../sim/index.ts';
import type { Consequence } from '../medium.ts';
import type { Message } from '../messages.ts';

/** Finds where a move of the host bites: the first message that it begins and does not bring to its end. */
export function kcsConsequence({ label }: Decision, at: Ps, messages: readonly Message[]): Consequence | undefined {
  if (label !== 'host move') return undefined;
  const index = messages.findIndex((m) => m.from >= at);
  const message = messages[index];
  const next = messages[index + 1];
  if (message?.kind !== 'request' || next === undefined) return undefined;
  const name = `request ${message.number}`;
  const what = STAGES[message.stage].replace('$', name);
  if (message.ending === 'restarted') return { message, text: `the host ${what} but begins request ${next.number}`, allowed: 'IPMI 9.12 allows it' };
  if (message.ending === 'aborted' && next.kind === 'abort') return { message, text: `the host ${what} but aborts it`, allowed: 'IPMI 9.15 allows it' };
  return undefined;
}

const STAGES: Readonly<Record<Message['stage'], string>> = {
  writing: 'does not write $ to its end',
  ending: 'does not write the last byte of $',
  waiting: 'does not wait for the answer to $',
  reading: 'does not read the answer to $ to its end',
  done: 'is done with $',
};
