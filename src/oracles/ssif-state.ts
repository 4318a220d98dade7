import type { Oracle, SsifSystemView, WriteSeen } from './context.ts';
import type { SsifWireListener } from './ssif-wire.ts';

/** What it looks at. */
export type SsifStateView = Pick<SsifSystemView, 'sim' | 'wire' | 'pending' | 'busy' | 'bound' | 'stateName' | 'refuses' | 'holdsResponse' | 'keeps'>;

/**
 * `state-mismatch`: once a transaction is over and its interrupts are dealt with, the driver is in SSIF_READY: whatever
 * went wrong, the next START must find it willing (IPMI 2.0 section 12). And a request that it has begun to refuse others
 * for goes on to be the only one until it is answered, too old, or left behind.
 */
export class SsifStateOracle implements Oracle, SsifWireListener {
  readonly names = ['state-mismatch'];
  private readonly view: SsifStateView;
  /** A transaction that STOP has ended is over, no other has begun, and nobody has looked since. */
  private over = false;
  /** The request for which the driver refuses others, counted from 1; 0: it refuses none. */
  private busyWith = 0;
  /** The device is being closed: the driver forgets what nobody will answer. */
  private closing = false;

  constructor(view: SsifStateView) {
    this.view = view;
    view.wire.listeners.push(this);
    view.sim.onReset(() => {
      this.over = false;
      this.busyWith = 0;
      this.closing = false;
    });
  }

  begun(): void {
    this.over = false; // nobody was in time to look
  }

  ended(stopped: boolean): void {
    this.over = stopped;
  }

  daemonWrote({ result }: WriteSeen): void {
    if (result > 0) this.busyWith = 0;
  }

  daemonCloses(): void {
    this.closing = true;
  }

  daemonClosed(): void {
    this.closing = false;
    this.busyWith = 0;
  }

  settled(): void {
    const { view } = this;
    if (view.holdsResponse()) this.busyWith = 0;
    if (view.wire.busy || view.pending() || view.busy() || !view.bound()) return;
    this.refusal();
    if (!this.over) return;
    this.over = false;
    const state = view.stateName();
    if (state === 'SSIF_READY' || state === '') return; // a driver of somebody's own does not say
    view.sim.violate('state-mismatch', `${state}-after-STOP`, 'driver',
      `the transaction is over and every interrupt of it was handled, but the driver is in ${state}: what comes next is not taken for a beginning (IPMI 12)`);
  }

  private refusal(): void {
    const { view } = this;
    const { current, begun } = view.wire;
    if (this.closing || current === null || !current.complete || view.holdsResponse() || view.sim.now - current.completedAt >= view.keeps) {
      this.busyWith = 0;
    } else if (view.refuses()) {
      this.busyWith = begun;
    } else if (this.busyWith === begun) {
      this.busyWith = 0;
      view.sim.violate('state-mismatch', 'busy-dropped', 'driver',
        'the driver has refused others for the request in hand, and does no longer, though that was neither answered nor given up');
    }
  }
}
