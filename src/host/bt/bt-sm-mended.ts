import { BtCtrl } from '../../ipmi/bt.ts';
import type { Steps } from '../../sim/process.ts';
import type { SiSmResult as Result, Us } from '../si/si-sm.ts';
import { BtSm } from './bt-data.ts';
import { BtStateMachine } from './bt-sm.ts';

/** {@link BtStateMachine} that looks at B_BUSY and H2B_ATN in the call that writes the request, too: never posted. */
export class BtStateMachineMended extends BtStateMachine {
  override event(status: number, time: Us): Steps<Result> {
    if (this.state === BtSm.WRITE_BYTES && (status & (BtCtrl.B_BUSY | BtCtrl.H2B_ATN)) !== 0) this.state = BtSm.XACTION_START;
    return super.event(status, time);
  }
}
