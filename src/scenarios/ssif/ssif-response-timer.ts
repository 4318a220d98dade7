import { CARELESS_SSIF_MOVES } from '../../host/index.ts';
import { presetOf } from '../preset.ts';
import { SSIF_MOVE } from './ssif-decisions.ts';
import { SSIF } from './ssif.ts';

const ANOTHER = CARELESS_SSIF_MOVES.findIndex(({ name }) => name === 'another request while the BMC works on one');
/** The host gives the BMC 600 ms for the first request: longer than the response timer's 500. */
const LONGER_THAN_THE_TIMER = 3;

/**
 * The response timer against write(): the host gives up its first request, and asks another. A daemon that is late writes
 * the answer to the first when the second has armed the timer again: ssif_bmc up to 2026-04 accepts it for the second.
 */
export const SSIF_RESPONSE_TIMER = presetOf(SSIF, {
  name: 'ssif-response-timer',
  text: 'two requests, 600 ms apart, one daemon thread: is the answer to the first, written after the response timer, taken for that to the second?',
  model: 2,
  defaultDriver: 'ssif-bmc@mainline,i2c-aspeed@2023-12',
  conditions: [
    { name: 'requests', value: 2, why: 'one by a host that gives it up, and what follows' },
    { name: 'length', value: 4, why: 'the bytes in between are all alike' },
  ],
  answers: { [SSIF_MOVE]: ANOTHER, wait: LONGER_THAN_THE_TIMER },
});
