import { TimerList, type IrqAction } from '../../linux/index.ts';
import { call, type Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';

/** One request_irq() of the driver. */
interface Requested {
  readonly irq: number;
  readonly device: number;
  readonly action: IrqAction;
}

/** Interrupt handlers and timers. */
export function interrupts(host: Host): Offers {
  const { kernel } = host;
  const requested: Requested[] = [];
  const timers = new Map<number, { readonly timer: TimerList; callback: number }>();
  kernel.sim.onReset(() => {
    requested.length = 0;
  });
  const timerAt = (address: number): TimerList => {
    const known = timers.get(address);
    if (known === undefined) host.machine.trap('a timer that was never set up');
    return known!.timer;
  };
  function* expire(address: number): Steps {
    yield call(host.machine.enterPointer(timers.get(address)!.callback, address));
  }
  function* free(irq: number, device: number): Steps<number> {
    const at = requested.findIndex((r) => r.irq === irq && r.device === device);
    if (at < 0) host.machine.trap('free_irq() of what was not requested');
    const [{ action }] = requested.splice(at, 1);
    yield* kernel.freeIrq(irq, action);
    return 0;
  }
  return {
    __inband_request_irq: ['value', (_t, _site, irq, handler, name, device) => {
      const action = { name: host.machine.memory.text(name), handler: () => host.machine.enterPointer(handler, irq, device) };
      requested.push({ irq, device, action });
      kernel.requestIrq(irq, action);
      return 0;
    }],
    free_irq: ['steps', (_t, _site, irq, device) => free(irq, device)],
    __inband_timer_setup: ['value', (_t, _site, address, callback, name) => {
      const known = timers.get(address);
      if (known !== undefined) known.callback = callback;
      else {
        const text = /(\w+)\W*$/.exec(host.machine.memory.text(name))?.[1] ?? 'timer';
        const timer = new TimerList(kernel, text, () => expire(address), host.machine.memory.allocationAt(address));
        timers.set(address, { timer, callback });
      }
      return 0;
    }],
    mod_timer: ['value', (_t, _site, address, expires) => {
      const timer = timerAt(address);
      const pending = timer.pending ? 1 : 0;
      timer.modTimer(Math.max(0, (expires - kernel.timers.jiffies) | 0));
      return pending;
    }],
    timer_pending: ['value', (_t, _site, address) => (timerAt(address).pending ? 1 : 0)],
    timer_delete: ['value', (_t, _site, address) => (timerAt(address).delTimer() ? 1 : 0)],
    timer_delete_sync: ['step', (_t, _site, address) => timerAt(address).timerDeleteSync],
  };
}
