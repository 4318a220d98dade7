import { BtCtrl, formatBtCtrl } from '../ipmi/index.ts';
import type { BtSystemView, Oracle } from './context.ts';

/** `protocol`: rules of IPMI 2.0 chapter 11 that bind the BMC and, as its driver keeps them, the host. */
export class BtProtocolOracle implements Oracle {
  readonly names = ['protocol'];
  private readonly view: BtSystemView;

  constructor(view: BtSystemView) {
    this.view = view;
    const { sim } = view;
    const { trace } = sim;
    view.wire.onEmptyOffer = () => {
      sim.violate('protocol', 'attention-without-response', 'driver',
        'the BMC raises B2H_ATN, but has not written a response since it last did: the host reads the one before (IPMI 11.7)');
    };
    trace.on(trace.code('bmc.bt.fifo.read'), (_at, _actor, value) => {
      const ctrl = view.ctrl();
      if ((ctrl & (BtCtrl.B_BUSY | BtCtrl.H2B_ATN)) !== 0) return;
      sim.violate('protocol', 'read-unprotected', 'driver',
        `the BMC reads ${value.toString(16).padStart(2, '0')}h from HOST2BMC with neither B_BUSY nor H2B_ATN set: the host may be writing its next request (IPMI 11.7)`);
    });
    trace.on(trace.code('bmc.bt.fifo.write'), (_at, _actor, value) => {
      const ctrl = view.ctrl();
      if ((ctrl & BtCtrl.B2H_ATN) === 0) return;
      sim.violate('protocol', 'overwrites-response', 'driver',
        `the BMC writes ${value.toString(16).padStart(2, '0')}h into BMC2HOST, BT_CTRL=${formatBtCtrl(ctrl)}: the host has not taken the response that is there (IPMI 11.7)`);
    });
  }

  /** What its driver itself knows to be wrong; other software breaks what it likes. */
  hostBroke(section: string, what: string): void {
    if (!this.view.polite()) return;
    this.view.sim.violate('protocol', `host-${what.replaceAll(' ', '-')}`, 'host', `the host's driver breaks IPMI ${section}: ${what}`);
  }
}
