import { clear } from './list.ts';
import type { Context } from './context.ts';

/**
 * A readable condition on which contexts may poll. A failing poll is not stepped: the poller parks
 * here and is woken at its next sampling time after the value has changed. Exact in time, since the
 * samples in between would have read the same.
 */
export class Signal {
  private readonly parked: Context[] = [];

  reset(): void {
    clear(this.parked);
  }

  /** Parks `ctx`, which has just sampled in vain. */
  park(ctx: Context): void {
    this.parked.push(ctx);
  }

  unpark(ctx: Context): void {
    const at = this.parked.indexOf(ctx);
    if (at >= 0) this.parked.splice(at, 1);
  }

  /**
   * The value may have changed: each poller samples again at the next multiple of its period. A sample
   * that is due at this very instant comes after the change.
   */
  changed(): void {
    const { parked } = this;
    if (parked.length === 0) return;
    for (let i = 0; i < parked.length; i++) parked[i]!.sampleNext();
    clear(parked);
  }
}
