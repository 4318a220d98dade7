import { EAGAIN, EBUSY, EFAULT, EINVAL, waitEventInterruptible, type OpenFile, type UserBuffer } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { KCS_MSG_BUFSIZ } from './driver.ts';
import { KcsBmcV2, Phase } from './v2.ts';

/**
 * v2 with the shortest answer to "You can't call copy_to_user() with a spinlock held": the lock is
 * dropped for the copies, which still go straight out of data_in and into data_out.
 */
export class KcsBmcV2Unlocked extends KcsBmcV2 {
  /** kcs_bmc_read(): a WRITE_START in mid-copy puts another request under it. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    let n = 0;
    // The result is ignored: a signal looks like no data.
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => state.dataInAvail);

    yield spinLockIrq;
    const dataAvail = state.dataInAvail;
    if (dataAvail) {
      state.dataInAvail = false;
      n = Math.min(count, state.dataInIdx);
    }
    yield spinUnlockIrq;
    if (dataAvail) ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
    return ret;
  }

  /** kcs_bmc_write(): data_out is filled before the phase is known, even while the host reads from it. */
  override *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, io } = this.in.kcs_bmc_write;
    const { state } = this;
    let ret = count;
    if (count < 1 || count > KCS_MSG_BUFSIZ) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(copy, this.dataOut, buf, count)) !== 0) return -EFAULT;

    yield spinLockIrq;
    if (state.phase === Phase.WAIT_READ) {
      state.phase = Phase.READ;
      state.dataOutIdx = 1;
      state.dataOutLen = count;
      yield* io.writeData(this.dataOut.get(0));
    } else if (state.phase === Phase.READ) {
      ret = -EBUSY;
    } else {
      ret = -EINVAL;
    }
    yield spinUnlockIrq;
    return ret;
  }
}
