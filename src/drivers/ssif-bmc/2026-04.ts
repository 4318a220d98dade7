import { EFAULT, type I2cSlaveValue, type KernelBuffer, type UserBuffer } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { SsifState } from './context.ts';
import { SsifCommand } from './driver.ts';
import { SsifBmcMainline } from './mainline.ts';

/** Mainline with the three fixes of April 2026, in Linux 7.1 and in stable; the methods below are the patches. */
export class SsifBmc2026 extends SsifBmcMainline {
  /** "fix missing check for copy_to_user() partial failure" (ea641be7a4fa). The request is gone all the same. */
  protected override *copyRequest(buf: UserBuffer, msg: KernelBuffer, count: number): Steps<number> {
    return (yield* super.copyRequest(buf, msg, count)) > 0 ? -EFAULT : 0;
  }

  /**
   * "fix message desynchronization after truncated response" (1d38e849adb6): a command that begins a request is taken
   * in SSIF_ABORTING, too. But so is every other byte of an aborted transfer that happens to be 02h or 06h.
   */
  protected override *onWriteReceived(val: I2cSlaveValue): Steps {
    const { state } = this;
    if (state.state !== SsifState.ABORTING) {
      yield* super.onWriteReceived(val);
    } else if (val.value === SsifCommand.SINGLEPART_WRITE || val.value === SsifCommand.MULTIPART_WRITE_START) {
      state.state = SsifState.SMBUS_CMD;
      state.aborting = false;
      yield* this.processSmbusCmd(val);
    }
  }

  /**
   * "cancel response timer on remove" (7fc3e2546cf3). The target is still registered: a request that is complete
   * between the two arms the timer again.
   */
  override *remove(): Steps {
    yield this.in.ssif_bmc_remove.timerDeleteSync;
    yield* super.remove();
  }
}
