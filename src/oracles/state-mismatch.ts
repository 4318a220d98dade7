import { formatStr, stateName, stateOf, type KcsState } from '../ipmi/index.ts';
import type { KcsSystemView, Oracle } from './context.ts';

/** `state-mismatch`: outside its critical sections the driver's phase and the state bits of STR agree. */
export class StateMismatchOracle implements Oracle {
  readonly names = ['state-mismatch'];
  private readonly view: KcsSystemView;

  constructor(view: KcsSystemView) {
    this.view = view;
  }

  settled(): void {
    const { view } = this;
    if (view.busy() || !view.bound()) return;
    const phase = view.stateOfPhase();
    const str = view.str();
    if (phase < 0 || phase === stateOf(str)) return;
    view.sim.violate('state-mismatch', `${view.phaseName()}-in-${stateName(stateOf(str))}`, 'driver',
      `the driver is in ${view.phaseName()}, which means ${stateName(phase as KcsState)}_STATE, but the host sees STR=${formatStr(str)}`);
  }
}
