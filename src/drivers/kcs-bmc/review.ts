import { KcsState } from '../../ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EIO, EOVERFLOW, KernelBuffer, Mutex, waitEventInterruptible, type Kernel, type OpenFile,
  type UserBuffer,
} from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { AspeedKcs } from '../kcs-aspeed.ts';
import { KCS_MSG_BUFSIZ } from './driver.ts';
import { KcsBmcV2, Phase as PhaseV2 } from './v2.ts';

/** enum kcs_phases with the one that the reviewer added. */
const Phase = { ...PhaseV2, WRITE_END_DONE: 8 } as const;

/**
 * v2 with the read() that its reviewer proposed, to the letter, and the phase that it needs; nothing
 * else of v2 is changed.
 */
export class KcsBmcReview extends KcsBmcV2 {
  private readonly readMutex: Mutex;
  /** kmalloc()ed by each read() in C; only the holder of the mutex uses it. */
  private readonly data: KernelBuffer;
  private readonly inRead;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.readMutex = new Mutex(this.memory, 'read_mutex');
    this.data = new KernelBuffer(new Allocation(kernel, 'data'), 'data', KCS_MSG_BUFSIZ);
    this.inRead = {
      kcs_bmc_read: { ...this.in.kcs_bmc_read, ...this.readMutex.at(kernel.sim.ops.frame('kcs_bmc_read')) },
      kcs_bmc_read_done: this.scope('kcs_bmc_read (copied)'),
    };
  }

  override stateOfPhase(): number {
    return this.state.phase === Phase.WRITE_END_DONE ? KcsState.READ : super.stateOfPhase();
  }

  override get phaseName(): string {
    return this.state.phase === Phase.WRITE_END_DONE ? 'KCS_PHASE_WRITE_END_DONE' : super.phaseName;
  }

  /** kcs_bmc_handle_data(): after the last byte comes WRITE_END_DONE; only read() goes on to WAIT_READ. */
  protected override *handleData(): Steps {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE_END:
        yield* this.setState(io, KcsState.READ);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        state.phase = Phase.WRITE_END_DONE;
        if (state.running) {
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        }
        break;

      default:
        yield* super.handleData();
        break;
    }
  }

  /** Whether copy_to_user() failed, by its result as the proposal tests it: `!` takes success for failure. */
  protected copyFailed(notCopied: number): boolean {
    return notCopied === 0;
  }

  /** kcs_bmc_read(): hands one request to user space. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy } = this.inRead.kcs_bmc_read;
    const { state, data } = this;
    let ret: number;
    let dataSize = 0;
    let avail: boolean;

    for (;;) {
      // The result is ignored, and with a signal pending the retries never sleep.
      if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.inRead.kcs_bmc_read, () => state.dataInAvail);

      yield mutexLock;

      yield spinLockIrq;
      avail = state.dataInAvail;
      if (avail) {
        data.copyFrom(this.dataIn, state.dataInIdx);
        dataSize = state.dataInIdx;
      }
      yield spinUnlockIrq;

      if (avail || file.nonBlocking) break;
      yield mutexUnlock;
    }

    if (!avail) {
      ret = -EAGAIN;
    } else if (count < dataSize) {
      ret = -EOVERFLOW;
    } else if (this.copyFailed(yield* this.uaccess.copyToUser(copy, buf, data, dataSize))) {
      ret = -EFAULT;
    } else {
      const { spinLockIrq, spinUnlockIrq } = this.inRead.kcs_bmc_read_done;
      ret = dataSize;
      yield spinLockIrq;
      if (state.phase !== Phase.WRITE_END_DONE) {
        // Something aborted or restarted the state machine.
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
