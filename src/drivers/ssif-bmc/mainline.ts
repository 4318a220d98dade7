import { IPMI_SSIF_PAYLOAD_MAX } from '../../ipmi/index.ts';
import type { Steps } from '../../sim/index.ts';
import { SsifState } from './context.ts';
import { SSIF_MSG_LEN, SSIF_MSG_SIZE } from './driver.ts';
import { SsifBmcV10 } from './v10.ts';

/**
 * ssif_bmc.c as of 2025, before the fixes of April 2026: v10 with "ipmi: ssif_bmc: Fix new request loss when bmc ready
 * for a response" (83d8c79aa958) and the lengths checked that write() is given. The methods below are the patches.
 */
export class SsifBmcMainline extends SsifBmcV10 {
  protected override writableCount(count: number): boolean {
    return count >= SSIF_MSG_LEN && count <= SSIF_MSG_SIZE;
  }

  protected override writableLength(len: number, count: number): boolean {
    return len !== 0 && len <= IPMI_SSIF_PAYLOAD_MAX && count >= SSIF_MSG_LEN + len;
  }

  /** complete_response(): leaves the part alone, which may be the beginning of the next request. */
  protected override *completeResponse(): Steps {
    const { state } = this;
    this.response.len.value = 0;
    state.responseInProgress = false;
    state.nbytesProcessed = 0;
    state.remainLen = 0;
    state.busy = false;
    yield this.in.complete_response.wakeUpInterruptible;
  }

  /** on_stop_event(). */
  protected override *onStop(): Steps {
    const { state } = this;
    if (state.state === SsifState.RES_SENDING && (state.isSinglepartRead || state.blockNum === 0xff)) this.part.all.clear();
    yield* super.onStop();
  }
}
