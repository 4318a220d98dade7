import { BtCtrl, formatBtCtrl } from '../ipmi/index.ts';
import type { BtSystemView, Oracle } from './context.ts';
import { patienceCounts } from './progress.ts';

/** `stuck-busy`: B_BUSY falls before the host loses its patience, if there is somebody to serve it. */
export class StuckBusyOracle implements Oracle {
  readonly names = ['stuck-busy'];
  private readonly view: BtSystemView;

  constructor(view: BtSystemView) {
    this.view = view;
  }

  hostGaveUp(what: string): void {
    const { view } = this;
    const ctrl = view.ctrl();
    if (!patienceCounts(view) || (ctrl & BtCtrl.B_BUSY) === 0 || !view.open() || view.busy()) return;
    view.sim.violate('stuck-busy', 'while-open', 'host',
      `B_BUSY is set though a daemon has the device open and the driver is at rest, BT_CTRL=${formatBtCtrl(ctrl)}: `
      + `the host has waited for ${what} until its time-out, and may never write again`);
  }
}
