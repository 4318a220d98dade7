import { Str } from '../../ipmi/index.ts';
import { EINTR, EPOLLIN, waitEventInterruptibleLocked, type OpenFile } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { KcsEvent } from '../kcs-aspeed.ts';
import { KcsRawV3 } from './v3.ts';

/**
 * The later copy of kcs_bmc_cdev_raw.c in the kernels for OpenBMC (as Nuvoton's has it): the test for O_NONBLOCK in
 * read() is gone instead of put right, poll() knows nothing of OBF, and write() relies on an OBE interrupt.
 */
export class KcsRawOpenBmc extends KcsRawV3 {
  /** kcs_bmc_raw_poll(). */
  override *poll(_file: OpenFile, _requested: number): Steps<number> {
    const { io, pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_poll;
    let events = 0;
    yield pollWait;
    yield spinLockIrq;
    if (this.state.readable || ((yield io.readStatus) & Str.IBF) !== 0) events |= EPOLLIN;
    yield spinUnlockIrq;
    return events;
  }

  protected override readBlocks(): boolean {
    return false;
  }

  /** Enables OBE and waits, without another look at OBF. */
  protected override *waitForObe(): Steps<number> {
    const { state } = this;
    state.writable = false;
    yield* this.updateEventMask(KcsEvent.OBE, KcsEvent.OBE);
    yield* waitEventInterruptibleLocked(this.queue, this.in.kcs_bmc_raw_write, () => state.writable);
    if (this.kernel.currentTask.signalPending) {
      yield* this.updateEventMask(KcsEvent.OBE, 0);
      return -EINTR;
    }
    return 0;
  }
}
