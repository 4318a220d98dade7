import { Str } from '../ipmi/index.ts';
import type { KcsSystemView, Oracle } from './context.ts';
import { patienceCounts } from './progress.ts';

/** `stuck-ibf`: a byte that the host has written is read before the host loses its patience. */
export class StuckIbfOracle implements Oracle {
  readonly names = ['stuck-ibf'];
  private readonly view: KcsSystemView;

  constructor(view: KcsSystemView) {
    this.view = view;
  }

  hostGaveUp(what: string): void {
    const { view } = this;
    if (!patienceCounts(view) || (view.str() & Str.IBF) === 0) return;
    const closed = view.open() ? '' : ' while no daemon has the device open';
    view.sim.violate('stuck-ibf', closed === '' ? 'never-read' : 'closed', 'host',
      `nobody reads IDR${closed}: the host has waited for ${what} until its time-out`);
  }
}
