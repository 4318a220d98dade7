import { EBUSY, EINVAL, ThreadedIrq, type IrqAction } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';

/** A handler as the driver has given it; the same in each run. */
interface Handler {
  readonly irq: number;
  readonly flags: number;
  readonly device: number;
  readonly action: IrqAction;
  /** Of request_threaded_irq() with a thread. */
  readonly threaded: ThreadedIrq | null;
}

/** Flags of linux/interrupt.h. */
const IRQF_SHARED = 0x80;
const IRQF_ONESHOT = 0x2000;
const IRQF_NO_AUTOEN = 0x8_0000;

/** Interrupt handlers, in interrupt context and in threads. */
export function interrupts(host: Host): Offers {
  const { kernel } = host;
  const known = new Map<string, Handler>();
  const requested: Handler[] = [];
  /** By line: how often the driver has disabled it more than enabled. */
  const depth: number[] = [];
  kernel.sim.onReset(() => {
    requested.length = 0;
    depth.length = 0;
  });
  host.state.push(requested, depth);
  const mightSleep = (what: string): void => {
    const { current } = kernel.sim;
    if (current !== null) kernel.mightSleep(current, what);
  };
  const handlerOf = (irq: number, primary: number, thread: number, flags: number, name: number, device: number): Handler => {
    const key = `${irq} ${primary} ${thread} ${flags} ${device}`;
    let found = known.get(key);
    if (found === undefined) {
      const text = host.machine.memory.text(name) || 'driver';
      const handler = (): Steps<number> => host.machine.enterPointer(primary, irq, device);
      const threaded = thread === 0 ? null
        : new ThreadedIrq(kernel, irq, text, primary === 0 ? null : handler, () => host.machine.enterPointer(thread, irq, device), (flags & IRQF_ONESHOT) !== 0);
      found = { irq, flags, device, threaded, action: threaded?.action ?? { name: text, handler } };
      known.set(key, found);
    }
    return found;
  };
  function* free(irq: number, device: number): Steps<number> {
    const at = requested.findIndex((r) => r.irq === irq && r.device === device);
    if (at < 0) host.machine.trap('free_irq() of what was not requested');
    const [{ action, threaded }] = requested.splice(at, 1);
    if (host.node.freeIrq === undefined) yield* kernel.freeIrq(irq, action);
    else yield* host.node.freeIrq(action);
    if (threaded !== null) yield* threaded.stop();
    return 0;
  }
  /** disable_irq_nosync(). */
  const disable = (irq: number): void => {
    depth[irq] = (depth[irq] ?? 0) + 1;
    kernel.disableIrq(irq);
  };
  /** enable_irq(): one too many does nothing. */
  const enable = (irq: number): void => {
    if ((depth[irq] ?? 0) === 0) return;
    depth[irq]--;
    kernel.enableIrq(irq);
  };
  /** Handlers that run, and then threads that they have woken (__synchronize_irq()). */
  function* synchronize(site: number, irq: number): Steps<number> {
    yield kernel.synchronizeIrqOp | host.machine.frames[site];
    kernel.passLine(irq);
    for (const { threaded } of requested.filter((r) => r.irq === irq)) if (threaded !== null) yield* threaded.synchronize();
    return 0;
  }
  /** What request_threaded_irq() and __setup_irq() refuse; trigger types are not looked at. */
  const refusal = (irq: number, primary: number, thread: number, flags: number, device: number): number => {
    const shared = (flags & IRQF_SHARED) !== 0;
    if (shared && (device === 0 || (flags & IRQF_NO_AUTOEN) !== 0)) return -EINVAL;
    // A level that nobody clears before the thread runs would come again at once.
    if (primary === 0 && (thread === 0 || (flags & IRQF_ONESHOT) === 0)) return -EINVAL;
    const other = requested.find((r) => r.irq === irq);
    if (other === undefined) return 0;
    return shared && (other.flags & IRQF_SHARED) !== 0 && ((other.flags ^ flags) & IRQF_ONESHOT) === 0 ? 0 : -EBUSY;
  };
  const request = (irq: number, primary: number, thread: number, flags: number, name: number, device: number): number => {
    const error = refusal(irq, primary, thread, flags, device);
    if (error !== 0) return error;
    const handler = handlerOf(irq, primary, thread, flags, name, device);
    // The first one starts the line up, however often it was disabled before (irq_startup()).
    if (!requested.some((r) => r.irq === irq)) while ((depth[irq] ?? 0) > 0) enable(irq);
    requested.push(handler);
    handler.threaded?.start();
    if ((flags & IRQF_NO_AUTOEN) !== 0) disable(irq);
    if (host.node.requestIrq === undefined) kernel.requestIrq(irq, handler.action);
    else host.node.requestIrq(handler.action);
    if ((depth[irq] ?? 0) > 0) kernel.controller.mask(irq);
    return 0;
  };
  return {
    __inband_request_irq: ['value', (_t, _site, irq, primary, thread, flags, name, device) => request(irq, primary, thread, flags, name, device)],
    free_irq: ['steps', (_t, _site, irq, device) => free(irq, device)],
    disable_irq: ['steps', (_t, site, irq) => {
      mightSleep('disable_irq');
      disable(irq);
      return synchronize(site, irq);
    }],
    disable_irq_nosync: ['value', (_t, _site, irq) => {
      disable(irq);
      return 0;
    }],
    enable_irq: ['value', (_t, _site, irq) => {
      enable(irq);
      return 0;
    }],
    synchronize_irq: ['steps', (_t, site, irq) => {
      mightSleep('synchronize_irq');
      return synchronize(site, irq);
    }],
  };
}
