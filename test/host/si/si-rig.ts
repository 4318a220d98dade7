import { hex } from '../../../src/conform/recording.ts';
import { KcsStateMachine } from '../../../src/host/kcs/kcs-sm.ts';
import { Si, SiMode, type SiParams } from '../../../src/host/si/si.ts';
import { IPMI_MAX_MSG_LENGTH } from '../../../src/host/si/si-sm.ts';
import { answer, attention, createBmcState, type BmcState } from '../../../src/ipmi/index.ts';
import { FakeBmc } from '../kcs/fake-bmc.ts';
import { recordingLog } from '../log.ts';

/** ipmi_si in front of a fake BMC. */
export class SiRig {
  readonly bmc = new FakeBmc();
  readonly log = recordingLog();

  host(params: SiParams = {}): Si {
    this.bmc.interrupts = params.mode === SiMode.irq;
    return new Si(new KcsStateMachine(this.bmc, this.log), this.bmc, params);
  }

  /** The response to one message. */
  transact(si: Si, request: readonly number[]): number[] {
    const length = this.bmc.play(si.transact(Uint8Array.from(request), request.length));
    return [...si.response.subarray(0, length)];
  }

  /** Puts the BMC of src/ipmi behind the channel, with its SMS_ATN. */
  realBmc(state: BmcState = createBmcState()): BmcState {
    const rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
    this.bmc.attention = () => attention(state);
    this.bmc.answer = (request) => [...rsp.subarray(0, answer(state, Uint8Array.from(request), request.length, rsp))];
    return state;
  }

  /** Command and data of the requests that the BMC has got. */
  commands(): string[] {
    return this.bmc.requests.map(([, cmd = 0, ...data]) => hex([cmd, ...data]));
  }
}
