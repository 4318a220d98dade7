import { describeRouted, type RoutedRequest, type RouterSystemView } from './router-view.ts';
import type { Oracle } from './context.ts';

/** `wrong-handler`: a request goes to the device that has asked for it; and if two have, neither may believe itself alone. */
export class WrongHandlerOracle implements Oracle {
  readonly names = ['wrong-handler'];
  /** By device: registered, without an error. */
  private readonly registered: boolean[] = [];
  /** Which were, when the request came. */
  private readonly atArrival: boolean[] = [];
  private request: RoutedRequest = { seq: 0, netFnLun: 0, cmd: 0 };

  constructor(view: RouterSystemView) {
    const { sim, devices } = view;
    const { trace } = sim;
    trace.on(trace.code('router.registered'), (_at, _actor, device, on, result) => {
      if (result === 0) this.registered[device] = on !== 0;
    });
    trace.on(trace.code('router.request'), (_at, _actor, seq, netFnLun, cmd) => {
      this.request = { seq, netFnLun, cmd };
      for (const device of devices.keys()) this.atArrival[device] = this.registered[device] === true;
    });
    trace.on(trace.code('router.handed'), (_at, _actor, taker) => this.handed(view, taker));
    sim.onReset(() => {
      this.registered.fill(false);
      this.atArrival.fill(false);
    });
  }

  private handed({ sim, devices }: RouterSystemView, taker: number): void {
    const { request } = this;
    const { netFnLun, cmd } = request;
    const got = devices[taker];
    for (const [device, { name, isDefault, wants }] of devices.entries()) {
      if (device === taker || isDefault || !this.atArrival[device] || !this.registered[device] || !wants(netFnLun, cmd)) continue;
      if (got.isDefault || !got.wants(netFnLun, cmd)) {
        sim.violate('wrong-handler', 'passed-over', name, `${describeRouted(request)} went to ${got.name}, but ${name} is registered for it`);
      } else {
        sim.violate('wrong-handler', 'silent-conflict', name,
          `${describeRouted(request)} went to ${got.name}; ${name} is registered for it as well, and both were told 0: neither knows that they conflict`);
      }
    }
  }
}
