import { KcsState, KcsStatus, Str } from '../../src/ipmi/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EOVERFLOW, IRQ_HANDLED, IRQ_NONE, waitEventInterruptible, type Kernel, type OpenFile, type UserBuffer,
} from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import type { AspeedKcs } from '../../src/drivers/kcs-bmc/index.ts';
import { KCS_ZERO_DATA } from '../../src/drivers/kcs-bmc/driver.ts';
import { KcsBmcMainline, Phase } from '../../src/drivers/kcs-bmc/mainline.ts';

/** kcs-read-aba: WRITE_START counts a generation up; a copy of an older one is void. */
export class CountsGenerations extends KcsBmcMainline {
  private generation = 0;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    kernel.sim.onReset(() => {
      this.generation = 0;
    });
  }

  protected override *handleCmd(): Steps {
    yield* super.handleCmd();
    if (this.state.phase === Phase.WRITE_START) this.generation++;
  }

  /** Mainline's, with the generation compared beside the phase. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy, ...queue } = this.in.kcs_bmc_ipmi_read;
    const { state } = this;
    let ret: number;
    let dataLen = 0;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, queue, () => state.dataInAvail);

    yield mutexLock;

    yield spinLockIrq;
    const { generation } = this;
    const dataAvail = state.dataInAvail;
    if (dataAvail) {
      dataLen = state.dataInIdx;
      this.kbuffer.copyFrom(this.dataIn, dataLen);
    }
    yield spinUnlockIrq;

    if (!dataAvail) {
      ret = -EAGAIN;
    } else if (count < dataLen) {
      const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_read_overflow;
      yield spinLockIrq;
      yield* this.forceAbort();
      yield spinUnlockIrq;
      ret = -EOVERFLOW;
    } else if ((yield* this.uaccess.copyToUser(copy, buf, this.kbuffer, dataLen)) !== 0) {
      ret = -EFAULT;
    } else {
      const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_read_done;
      ret = dataLen;
      yield spinLockIrq;
      if (state.phase === Phase.WRITE_DONE && this.generation === generation) {
        state.phase = Phase.WAIT_READ;
        state.dataInAvail = false;
        state.dataInIdx = 0;
      } else {
        ret = -EAGAIN;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }
}

/** kcs-closed-ibf-stuck: the client keeps the device, and answers with ERROR_STATE while nobody has the file open. */
export class AnswersWhileClosed extends KcsBmcMainline {
  private running = false;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    kernel.sim.onReset(() => {
      this.running = false;
    });
  }

  override *probe(): Steps<number> {
    const rc = yield* super.probe();
    yield* this.device.enableDevice(this);
    return rc;
  }

  override *event(): Steps<number> {
    if (this.running) return yield* super.event();
    const { io, spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_event;
    let ret = IRQ_NONE;
    yield spinLock;
    if (((yield io.readStatus) & Str.IBF) !== 0) {
      yield* this.forceAbort();
      ret = IRQ_HANDLED;
    }
    yield spinUnlock;
    return ret;
  }

  override *open(_file: OpenFile): Steps<number> {
    if (this.running) return -EBUSY;
    this.running = true;
    return 0;
  }

  override *release(_file: OpenFile): Steps<number> {
    this.running = false;
    yield* this.forceAbort();
    return 0;
  }
}

/** kcs-blocking-read-eagain: a read() that may sleep goes back to the wait, and returns what that says. */
export class WaitsAgain extends KcsBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    let ret: number;
    do {
      if (!file.nonBlocking) {
        ret = yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_ipmi_read, () => this.state.dataInAvail);
        if (ret < 0) return ret;
      }
      ret = yield* super.read(file, buf, count); // whose own wait does not sleep
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }
}

/** kcs-overflow-abort-code: force_abort() leaves a cause. */
export class KeepsTheCause extends KcsBmcMainline {
  protected override *forceAbort(): Steps {
    yield* super.forceAbort();
    if (this.state.error === KcsStatus.NO_ERROR) this.state.error = KcsStatus.UNSPECIFIED;
  }
}

/** kcs-write-state-before-check: force_abort() in the handler of a command, whose byte is read, reads no other. */
export class ReadsIdrOnce extends KcsBmcMainline {
  private read_ = false;

  protected override *handleCmd(): Steps {
    this.read_ = true;
    yield* super.handleCmd();
    this.read_ = false;
  }

  protected override *forceAbort(): Steps {
    if (!this.read_) {
      yield* super.forceAbort();
      return;
    }
    const { io } = this.in.kcs_bmc_ipmi_force_abort;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);
    state.phase = Phase.ERROR;
    state.dataInAvail = false;
    state.dataInIdx = 0;
  }
}

/** kcs-remove-open-fd-uaf: an open file holds the memory. */
export class CountsReferences extends KcsBmcMainline {
  private references = 1;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    kernel.sim.onReset(() => {
      this.references = 1;
    });
  }

  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  override *remove(): Steps {
    yield* this.miscdev.deregister();
    yield* this.device.disableDevice(this);
    this.put();
    yield* this.device.remove();
  }

  override *open(file: OpenFile): Steps<number> {
    const ret = yield* super.open(file);
    if (ret === 0) this.references++;
    return ret;
  }

  override *release(file: OpenFile): Steps<number> {
    const ret = yield* super.release(file);
    this.put();
    return ret;
  }
}
