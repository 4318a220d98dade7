import { TimerList } from '../../linux/index.ts';
import { call, type Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';
import { Objects, memberOf } from './objects.ts';

/** Where `expires` is in struct timer_list of inband/lock.h. */
const EXPIRES = 4;

/** Timers: those of src/linux, found by the address of struct timer_list. */
export function timers(host: Host): Offers {
  const { kernel } = host;
  const callbacks = new Map<number, number>();
  function* expire(address: number): Steps {
    yield call(host.machine.enterPointer(callbacks.get(address)!, address));
  }
  const known = new Objects(host, 'timer', (memory, name, address) => new TimerList(kernel, name, () => expire(address), memory));
  const at = (address: number): TimerList => known.find(address) ?? host.machine.trap('a timer that was never set up');
  return {
    __inband_timer_setup: ['value', (_t, _site, address, callback, name) => {
      callbacks.set(address, callback);
      known.at(address, memberOf(host.machine.memory.text(name))).setup();
      return 0;
    }],
    mod_timer: ['value', (_t, site, address, expires) => {
      const timer = at(address);
      if (timer.isShutDown) return 0;
      host.machine.store32(address + EXPIRES, expires, site);
      const pending = timer.pending ? 1 : 0;
      timer.modTimer(Math.max(0, (expires - host.clock.jiffies) | 0));
      return pending;
    }],
    timer_pending: ['value', (_t, _site, address) => (at(address).pending ? 1 : 0)],
    timer_delete: ['value', (_t, _site, address) => (at(address).delTimer() ? 1 : 0)],
    timer_delete_sync: ['step', (_t, _site, address) => at(address).timerDeactivateSync],
    timer_shutdown_sync: ['step', (_t, _site, address) => at(address).timerShutdownSync],
  };
}
