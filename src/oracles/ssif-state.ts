import type { Oracle, SsifSystemView } from './context.ts';
import type { SsifWireListener } from './ssif-wire.ts';

/**
 * `state-mismatch`: once a transaction is over and its interrupts are dealt with, the driver is in SSIF_READY: whatever
 * went wrong, the next START must find it willing (IPMI 2.0 section 12).
 */
export class SsifStateOracle implements Oracle, SsifWireListener {
  readonly names = ['state-mismatch'];
  private readonly view: SsifSystemView;
  /** A transaction that STOP has ended is over, and nobody has looked since. */
  private over = false;

  constructor(view: SsifSystemView) {
    this.view = view;
    view.wire.listeners.push(this);
    view.sim.onReset(() => {
      this.over = false;
    });
  }

  ended(stopped: boolean): void {
    this.over = stopped;
  }

  settled(): void {
    const { view } = this;
    if (!this.over || view.wire.busy || view.pending() || view.busy() || !view.bound()) return;
    this.over = false;
    const state = view.stateName();
    if (state === 'SSIF_READY') return;
    view.sim.violate('state-mismatch', `${state}-after-STOP`, 'driver',
      `the transaction is over and every interrupt of it was handled, but the driver is in ${state}: what comes next is not taken for a beginning (IPMI 12)`);
  }
}
