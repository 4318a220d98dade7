import { CARELESS_KCS_MOVES } from '../../host/index.ts';
import { presetOf } from '../preset.ts';
import { KCS_MOVE } from './kcs-decisions.ts';
import { KCS } from './kcs.ts';

const RESTART = CARELESS_KCS_MOVES.findIndex(({ name }) => name === 'restart while waiting for the response');

/**
 * The ABA of read(): one reader, and one host that begins anew while its first request is being handed out. The phase is
 * again what it was when the reader let go of the lock, but of another request.
 */
export const KCS_READ_RESTART = presetOf(KCS, {
  name: 'kcs-read-restart',
  text: 'one reader, one host that restarts while it waits: is the answer to the first request given to the second?',
  model: 1,
  defaultDriver: 'kcs-bmc@mainline',
  conditions: [
    { name: 'requests', value: 2, why: 'one that is given up for another, and what follows' },
    { name: 'length', value: 4, why: 'the bytes in between are all alike' },
    { name: 'hostMode', value: 'poll', why: 'no other thread of the host takes part' },
  ],
  answers: { [KCS_MOVE]: RESTART },
});
