import { ThreadedIrq, type IrqAction } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';

/** A handler as the driver has given it; the same in each run. */
interface Handler {
  readonly irq: number;
  readonly device: number;
  readonly action: IrqAction;
  /** Of request_threaded_irq() with a thread. */
  readonly threaded: ThreadedIrq | null;
}

/** IRQF_ONESHOT of linux/interrupt.h. */
const IRQF_ONESHOT = 0x2000;

/** Interrupt handlers, in interrupt context and in threads. */
export function interrupts(host: Host): Offers {
  const { kernel } = host;
  const known = new Map<string, Handler>();
  const requested: Handler[] = [];
  kernel.sim.onReset(() => {
    requested.length = 0;
  });
  host.state.push(requested);
  const handlerOf = (irq: number, primary: number, thread: number, flags: number, name: number, device: number): Handler => {
    const key = `${irq} ${primary} ${thread} ${device}`;
    let found = known.get(key);
    if (found === undefined) {
      const text = host.machine.memory.text(name) || 'driver';
      const handler = (): Steps<number> => host.machine.enterPointer(primary, irq, device);
      const threaded = thread === 0 ? null
        : new ThreadedIrq(kernel, irq, text, primary === 0 ? null : handler, () => host.machine.enterPointer(thread, irq, device), (flags & IRQF_ONESHOT) !== 0);
      found = { irq, device, threaded, action: threaded?.action ?? { name: text, handler } };
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
  function* disable(irq: number): Steps<number> {
    kernel.disableIrq(irq);
    yield kernel.synchronizeIrqOp;
    return 0;
  }
  return {
    __inband_request_irq: ['value', (_t, _site, irq, primary, thread, flags, name, device) => {
      const handler = handlerOf(irq, primary, thread, flags, name, device);
      requested.push(handler);
      handler.threaded?.start();
      if (host.node.requestIrq === undefined) kernel.requestIrq(irq, handler.action);
      else host.node.requestIrq(handler.action);
      return 0;
    }],
    free_irq: ['steps', (_t, _site, irq, device) => free(irq, device)],
    disable_irq: ['steps', (_t, _site, irq) => disable(irq)],
    disable_irq_nosync: ['value', (_t, _site, irq) => {
      kernel.disableIrq(irq);
      return 0;
    }],
    enable_irq: ['value', (_t, _site, irq) => {
      kernel.enableIrq(irq);
      return 0;
    }],
    synchronize_irq: ['step', () => kernel.synchronizeIrqOp],
  };
}
