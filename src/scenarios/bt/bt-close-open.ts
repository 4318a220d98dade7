import { presetOf } from '../preset.ts';
import { BT } from './bt.ts';

/**
 * close() against open(): the process that serves the host has died and the kernel closes its file, while its successor,
 * on another CPU, opens the device anew. Mainline counts the file as closed before it sets B_BUSY, which therefore may come
 * after the clearing by open(), if the one that closes is held in between.
 */
export const BT_CLOSE_OPEN = presetOf(BT, {
  name: 'bt-close-open',
  text: 'a daemon dies, its successor opens the device at once: is B_BUSY clear when it is open?',
  model: 1,
  defaultDriver: 'bt-bmc@mainline',
  conditions: [
    { name: 'cpus', value: 2, why: 'the kernel closes the file of the one process while the other runs' },
    { name: 'requests', value: 1, why: 'the daemon dies with it in hand; what the host tries after it is the recovery' },
    { name: 'length', value: 4, why: 'the bytes in between are all alike' },
    { name: 'hostMode', value: 'poll', why: 'no other thread of the host takes part' },
  ],
  // 20 us: by then close() is over, unless it is held.
  answers: { 'crash with a request in hand': [1], 'successor opens at once': [1], 'successor delay': [1] },
});
