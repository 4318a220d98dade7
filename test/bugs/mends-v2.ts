import { KcsState, KcsStatus } from '../../src/ipmi/index.ts';
import {
  Allocation, EAGAIN, EBUSY, EFAULT, EINVAL, EOVERFLOW, KernelBuffer, waitEventInterruptible, type Kernel, type OpenFile,
  type UserBuffer,
} from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import type { AspeedKcs } from '../../src/drivers/kcs-bmc/index.ts';
import { KCS_MSG_BUFSIZ, KCS_ZERO_DATA } from '../../src/drivers/kcs-bmc/driver.ts';
import { KcsBmcV2Unlocked } from '../../src/drivers/kcs-bmc/v2-unlocked.ts';
import { KcsBmcV2, Phase } from '../../src/drivers/kcs-bmc/v2.ts';

/** kcsv2-copy-to-user-under-spinlock: the request is staged under the lock and copied out after it. */
export class CopiesToUserUnlocked extends KcsBmcV2 {
  private readonly staged: KernelBuffer;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.staged = new KernelBuffer(new Allocation(kernel, 'staged'), 'staged', KCS_MSG_BUFSIZ);
  }

  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, ...queue } = this.in.kcs_bmc_read;
    const { state } = this;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);

    yield spinLockIrq;
    const avail = state.dataInAvail;
    const n = Math.min(count, state.dataInIdx);
    state.dataInAvail = false;
    if (avail) this.staged.copyFrom(this.dataIn, n);
    yield spinUnlockIrq;
    if (!avail) return -EAGAIN;
    return (yield* this.uaccess.copyToUser(copy, buf, this.staged, n)) === 0 ? n : -EFAULT;
  }
}

/** kcsv2-copy-from-user-under-spinlock: the response is staged before the lock is taken. */
export class CopiesFromUserUnlocked extends KcsBmcV2 {
  private readonly staged: KernelBuffer;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.staged = new KernelBuffer(new Allocation(kernel, 'staged'), 'staged', KCS_MSG_BUFSIZ);
  }

  override *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, io } = this.in.kcs_bmc_write;
    const { state } = this;
    let ret = count;
    if (count < 1 || count > KCS_MSG_BUFSIZ) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(copy, this.staged, buf, count)) !== 0) return -EFAULT;

    yield spinLockIrq;
    if (state.phase === Phase.WAIT_READ) {
      this.dataOut.copyFrom(this.staged, count);
      state.phase = Phase.READ;
      state.dataOutIdx = 1;
      state.dataOutLen = count;
      yield* io.writeData(this.dataOut.get(0));
    } else {
      ret = state.phase === Phase.READ ? -EBUSY : -EINVAL;
    }
    yield spinUnlockIrq;
    return ret;
  }
}

/** kcsv2-blocking-read-eagain: a read() that may sleep goes back to the wait. */
export class WaitsAgain extends KcsBmcV2 {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const task = this.kernel.currentTask;
    let ret: number;
    do ret = yield* super.read(file, buf, count);
    while (ret === -EAGAIN && !file.nonBlocking && !task.signalPending);
    return ret;
  }
}

/** kcsv2-signal-looks-like-eagain: the result of the wait is returned. */
export class ReturnsTheWait extends KcsBmcV2 {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    if (!file.nonBlocking) {
      const result = yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => this.state.dataInAvail);
      if (result < 0) return result;
    }
    return yield* super.read(file, buf, count); // whose own wait does not sleep
  }
}

/** kcsv2-avail-cleared-on-efault: a request that could not be copied stays available. */
export class KeepsOnEfault extends KcsBmcV2 {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, ...queue } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);

    yield spinLockIrq;
    if (state.dataInAvail) {
      const n = Math.min(count, state.dataInIdx);
      ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
      if (ret >= 0) state.dataInAvail = false;
    }
    yield spinUnlockIrq;
    return ret;
  }
}

/** v2 that can end a transfer as the protocol wants it. */
abstract class Aborting extends KcsBmcV2 {
  /** ERROR_STATE, with a code for GET_STATUS/ABORT; with the lock held. IDR was or will be read by the handler. */
  protected *abort(error: number): Steps {
    const { io } = this.in.kcs_bmc_handle_event;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);
    state.phase = Phase.ERROR;
    state.error = error;
    state.dataInAvail = false;
  }
}

/** kcsv2-silent-truncate: a buffer that is too short is an error, of which the host is told. */
export class RefusesShortBuffers extends Aborting {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => state.dataInAvail);

    yield spinLockIrq;
    // Under the lock that the copy is made under, too: another reader may have taken the request that was waited for.
    if (state.dataInAvail && count < state.dataInIdx) {
      yield* this.abort(KcsStatus.LENGTH_ERROR);
      ret = -EOVERFLOW;
    } else if (state.dataInAvail) {
      state.dataInAvail = false;
      ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, state.dataInIdx)) === 0 ? state.dataInIdx : -EFAULT;
    }
    yield spinUnlockIrq;
    return ret;
  }
}

/** kcsv2-overflow-ibf-storm: IDR is always read, and the host told of its error. */
export class ReadsIdrAlways extends Aborting {
  protected override *handleData(): Steps {
    const { phase, dataInIdx } = this.state;
    if ((phase !== Phase.WRITE && phase !== Phase.WRITE_END) || dataInIdx < KCS_MSG_BUFSIZ) {
      yield* super.handleData();
      return;
    }
    yield* this.abort(KcsStatus.LENGTH_ERROR);
    yield this.in.kcs_bmc_handle_data.io.readData;
  }
}

/** kcsv2-open-vs-complete: a request is available whether or not somebody has the device open when it is complete. */
export class PublishesAlways extends KcsBmcV2 {
  protected override *handleData(): Steps {
    const { state } = this;
    const before = state.phase;
    yield* super.handleData();
    if (before === Phase.WRITE_END) state.dataInAvail = true;
  }

  override *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_open;
    const { state } = this;
    yield spinLockIrq;
    const ret = state.running ? -EBUSY : 0;
    if (!state.running && !state.dataInAvail) state.phase = Phase.IDLE;
    state.running = true;
    yield spinUnlockIrq;
    return ret;
  }
}

/** kcsv2-open-resets-phase-mid-transfer: open() leaves the phase alone. */
export class OpensWithoutReset extends KcsBmcV2 {
  override *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_open;
    const { state } = this;
    yield spinLockIrq;
    const ret = state.running ? -EBUSY : 0;
    state.running = true;
    yield spinUnlockIrq;
    return ret;
  }
}

/** kcsv2-not-open-not-handled: who begins a transfer while nobody has the device open finds ERROR_STATE. */
export class RefusesWhileClosed extends Aborting {
  protected override *handleCommand(): Steps {
    yield* super.handleCommand();
    if (!this.state.running && this.state.phase === Phase.WRITE) yield* this.abort(KcsStatus.UNSPECIFIED);
  }
}

/** kcsv2-close-mid-transaction: release() ends the transfer. */
export class AbortsOnRelease extends Aborting {
  override *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    yield* this.abort(KcsStatus.UNSPECIFIED);
    yield spinUnlockIrq;
    return 0;
  }
}

/** kcsv2-command-phase-unchecked: WRITE_END outside of WRITE is an error. */
export class ChecksWriteEnd extends Aborting {
  protected override *handleCommand(): Steps {
    const before = this.state.phase;
    yield* super.handleCommand();
    if (this.state.phase === Phase.WRITE_END && before !== Phase.WRITE) yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
  }
}

/** The reviewer's phase between the last byte and read(). */
const WRITE_DONE = 8;

/**
 * kcsv2-response-to-restarted-request, kcsv2-write-without-read: only a read() of the request makes the
 * driver wait for its response.
 */
export class WaitsForTheRead extends KcsBmcV2 {
  override stateOfPhase(): number {
    return this.state.phase === WRITE_DONE ? KcsState.READ : super.stateOfPhase();
  }

  override get phaseName(): string {
    return this.state.phase === WRITE_DONE ? 'KCS_PHASE_WRITE_DONE' : super.phaseName;
  }

  protected override *handleData(): Steps {
    const { state } = this;
    const before = state.phase;
    yield* super.handleData();
    if (before === Phase.WRITE_END) state.phase = WRITE_DONE;
  }

  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, ...queue } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);

    yield spinLockIrq;
    if (state.dataInAvail) {
      state.dataInAvail = false;
      const n = Math.min(count, state.dataInIdx);
      ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
      if (ret >= 0 && state.phase === WRITE_DONE) state.phase = Phase.WAIT_READ;
    }
    yield spinUnlockIrq;
    return ret;
  }
}

/** kcsv2-error-arm-keeps-phase: with the state bits the phase becomes ERROR, and the cause is kept. */
export class FailsInPhaseToo extends KcsBmcV2 {
  protected override *handleData(): Steps {
    const { state } = this;
    const before = state.phase;
    yield* super.handleData();
    if (before !== Phase.IDLE && before !== Phase.WAIT_READ && before !== Phase.ERROR) return;
    state.phase = Phase.ERROR;
    state.error = KcsStatus.UNSPECIFIED;
  }
}

/** v2-unlocked: the copy goes out of a buffer of read()'s own. */
export class CopiesAStagedRequest extends KcsBmcV2Unlocked {
  private readonly staged: KernelBuffer;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.staged = new KernelBuffer(new Allocation(kernel, 'staged'), 'staged', KCS_MSG_BUFSIZ);
  }

  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, ...queue } = this.in.kcs_bmc_read;
    const { state } = this;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);

    yield spinLockIrq;
    const avail = state.dataInAvail;
    const n = Math.min(count, state.dataInIdx);
    state.dataInAvail = false;
    if (avail) this.staged.copyFrom(this.dataIn, n);
    yield spinUnlockIrq;
    if (!avail) return -EAGAIN;
    return (yield* this.uaccess.copyToUser(copy, buf, this.staged, n)) === 0 ? n : -EFAULT;
  }
}
