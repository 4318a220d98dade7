import { Str, formatStr } from '../ipmi/index.ts';
import type { ChannelView, Oracle } from './context.ts';

/** `stuck-obf`: OBF falls when the host reads ODR, and rises only when the BMC writes it. */
export class StuckObfOracle implements Oracle {
  readonly names = ['stuck-obf'];
  private drained = false;

  constructor(view: ChannelView) {
    const { sim, wire } = view;
    const { trace } = sim;
    trace.on(trace.code('host.odr.read'), (_at, _actor, _value, _obf, channel) => {
      if (channel === wire.channel) this.drained = true;
    });
    trace.on(trace.code('bmc.odr.write'), (_at, _actor, _value, _obf, channel) => {
      if (channel === wire.channel) this.drained = false;
    });
    trace.on(trace.code('host.str.read'), (_at, _actor, str, _b, channel) => {
      if (channel !== wire.channel || !this.drained || (str & Str.OBF) === 0) return;
      sim.violate('stuck-obf', 'set-after-read', 'host', `the host has read ODR and nothing was written since, but STR=${formatStr(str)}`);
    });
    sim.onReset(() => {
      this.drained = false;
    });
  }
}
