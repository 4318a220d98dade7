import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcMainline, Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import { KcsState } from '../../src/ipmi/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class ShowsReadTooEarly extends KcsBmcFixed {
  protected override *handleCmd(): Steps {
    yield* super.handleCmd();
    if (this.state.phase === Phase.WRITE_END_CMD) yield* this.setState(this.in.kcs_bmc_ipmi_handle_cmd.io, KcsState.READ);
  }
}

/** In READ_STATE comes another byte than READ. */
const NOT_READ = { answers: { 'host move': [moveOf('wrong byte while reading')] } };

describe('state-mismatch', () => {
  it('reports a phase that STR does not show', () => {
    expectTrip({ driver: ShowsReadTooEarly }, 'state-mismatch', 'KCS_PHASE_WRITE_END_CMD-in-READ',
      /the driver is in KCS_PHASE_WRITE_END_CMD, which means WRITE_STATE, but the host sees STR=READ C.D OBF/);
  });

  it('reports ERROR_STATE in a driver that goes on as if nothing were', () => {
    expectTrip({ driver: KcsBmcMainline, ...NOT_READ }, 'state-mismatch', 'KCS_PHASE_READ-in-ERROR', /STR=ERROR/);
  });

  it('says nothing of a driver that changes both in one section', () => {
    expectFixedIsClean({});
    expectFixedIsClean(NOT_READ);
  });
});
