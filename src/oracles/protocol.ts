import { KcsState, KcsStatus, formatStr, stateOf, statusName } from '../ipmi/index.ts';
import type { KcsSystemView, Oracle } from './context.ts';
import type { WireListener } from './kcs-wire.ts';

/** `protocol`: rules of IPMI 2.0 chapter 9 that bind the BMC. */
export class ProtocolOracle implements Oracle, WireListener {
  readonly names = ['protocol'];
  private readonly view: KcsSystemView;
  /** Requests that had begun when the device was about to be closed. */
  private begun = 0;

  constructor(view: KcsSystemView) {
    this.view = view;
    view.wire.listeners.push(this);
  }

  daemonCloses(): void {
    this.begun = this.view.wire.begun;
  }

  /** 9.14: the BMC must change the status to ERROR_STATE on any condition where it aborts a transfer. */
  daemonClosed(thread: string): void {
    const { sim, wire } = this.view;
    const str = this.view.str();
    // A transfer that began since is another matter.
    if (!this.view.bound() || wire.begun !== this.begun || !wire.inProgress || stateOf(str) === KcsState.ERROR) return;
    sim.violate('protocol', 'close-without-error-state', `${thread} release()`,
      `the device was closed in mid-transaction, but STR=${formatStr(str)}: ERROR_STATE is due (IPMI 9.14)`);
  }

  /** Table 9-4: "aborted by command" is for a transfer that the command aborted, not for an error before. */
  statusCode(code: number, own: boolean): void {
    if (!own || (code !== KcsStatus.ABORTED_BY_COMMAND && code !== KcsStatus.NO_ERROR)) return;
    this.view.sim.violate('protocol', 'status-code', 'host',
      `the BMC went to ERROR_STATE by itself, but tells GET_STATUS/ABORT the code ${code.toString(16).padStart(2, '0')}h "${statusName(code)}" (IPMI Table 9-4)`);
  }
}
