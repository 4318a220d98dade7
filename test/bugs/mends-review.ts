import { KcsState, KcsStatus } from '../../src/ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EIO, EOVERFLOW, KernelBuffer, Mutex, waitEventInterruptible, type Kernel, type OpenFile,
  type UserBuffer,
} from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import type { AspeedKcs } from '../../src/drivers/kcs-bmc/index.ts';
import { KCS_MSG_BUFSIZ, KCS_ZERO_DATA } from '../../src/drivers/kcs-bmc/driver.ts';
import { KcsBmcReviewMended } from '../../src/drivers/kcs-bmc/review-mended.ts';
import { KcsBmcReview } from '../../src/drivers/kcs-bmc/review.ts';
import { Phase } from '../../src/drivers/kcs-bmc/v2.ts';

/** kcsrev-inverted-copy-test: without the `!`. */
export class TestsTheCopy extends KcsBmcReview {
  protected override copyFailed(notCopied: number): boolean {
    return notCopied !== 0;
  }
}

/** kcsrev-aba: WRITE_START counts a generation up; a copy of an older one is void. */
export class CountsGenerations extends KcsBmcReviewMended {
  private generation = 0;
  private readonly request: KernelBuffer;
  private readonly inReadAgain;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.request = new KernelBuffer(new Allocation(kernel, 'data'), 'data', KCS_MSG_BUFSIZ);
    const mutex = new Mutex(this.memory, 'read_mutex').at(kernel.sim.ops.frame('kcs_bmc_read'));
    this.inReadAgain = { ...this.in.kcs_bmc_read, ...mutex };
    kernel.sim.onReset(() => {
      this.generation = 0;
    });
  }

  protected override *handleCommand(): Steps {
    yield* super.handleCommand();
    if (this.state.phase === Phase.WRITE) this.generation++;
  }

  /** The proposed read(), with the generation compared where the phase was. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy, ...queue } = this.inReadAgain;
    const { state } = this;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);
    yield mutexLock;

    yield spinLockIrq;
    const { generation } = this;
    const size = state.dataInIdx;
    let ret = !state.dataInAvail ? -EAGAIN : count < size ? -EOVERFLOW : size;
    if (ret >= 0) this.request.copyFrom(this.dataIn, size);
    yield spinUnlockIrq;

    if (ret >= 0 && (yield* this.uaccess.copyToUser(copy, buf, this.request, size)) !== 0) ret = -EFAULT;
    if (ret >= 0) {
      yield spinLockIrq;
      if (this.generation !== generation) {
        ret = -EIO;
      } else {
        state.phase = Phase.WAIT_READ;
        state.dataInAvail = false;
        state.dataInIdx = 0;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }
}

/** kcsrev-overflow-not-reported: the host is told, too. */
export class TellsTheHost extends KcsBmcReviewMended {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_read;
    const { state } = this;
    const ret = yield* super.read(file, buf, count);
    if (ret !== -EOVERFLOW) return ret;
    yield spinLockIrq;
    yield* this.setState(io, KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);
    state.phase = Phase.ERROR;
    state.error = KcsStatus.LENGTH_ERROR;
    state.dataInAvail = false;
    yield spinUnlockIrq;
    return ret;
  }
}
