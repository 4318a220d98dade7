import { BtCtrl } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import { RequestLog } from './request-log.ts';

/** Follows the iBT block from the trace: a request is what stands in HOST2BMC when H2B_ATN rises (IPMI 11.3), without length and sequence number. */
export class BtWire extends RequestLog {
  /** HOST2BMC as the host has written it. */
  private readonly fifo = new Uint8Array(256);
  private length = 0;

  constructor(sim: Simulator) {
    super(sim);
    const { trace } = sim;
    trace.on(trace.code('host.bt.fifo.write'), (_at, _actor, value, place) => {
      if (place < 0) return;
      this.fifo[place] = value;
      this.length = place + 1;
    });
    trace.on(trace.code('host.bt.ctrl.write'), (_at, _actor, value, before, after) => {
      if ((value & BtCtrl.CLR_WR_PTR) !== 0) this.length = 0;
      if ((after & ~before & BtCtrl.H2B_ATN) !== 0) this.requested();
    });
    sim.onReset(() => {
      this.length = 0;
    });
  }

  private requested(): void {
    const { fifo } = this;
    const request = this.begin();
    const end = Math.min(this.length, fifo[0] + 1);
    for (let i = 1; i < end; i++) if (i !== 2) request.append(fifo[i]);
    this.complete();
  }
}
