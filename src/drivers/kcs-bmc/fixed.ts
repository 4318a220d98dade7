import { KcsControl, KcsState, KcsStatus, Str } from '../../ipmi/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EINVAL, ENODEV, EOVERFLOW, EPOLLERR, EPOLLHUP, EPOLLIN, waitEventInterruptible, type Kernel,
  type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import type { AspeedKcs } from '../kcs-aspeed.ts';
import {
  IPMI_BMC_IOCTL_CLEAR_SMS_ATN, IPMI_BMC_IOCTL_FORCE_ABORT, IPMI_BMC_IOCTL_SET_SMS_ATN, KCS_MSG_BUFSIZ, KCS_ZERO_DATA,
} from './driver.ts';
import { KcsBmcMainline, Phase } from './mainline.ts';

/** What struct kcs_bmc_ipmi has gained; under its lock, as the rest. */
class Added {
  /** Somebody has the device open. */
  running = false;
  /** The device is unbound: its hardware must not be touched any more. */
  dead = false;
  /** Counts what ends the life of a request before read() has taken it: a copy of another one is void. */
  generation = 0;

  reset(): void {
    this.running = false;
    this.dead = false;
    this.generation = 0;
  }
}

/**
 * Mainline with its faults mended; the methods below are the patch.
 *
 * The client has the device, and IBF its interrupt, from probe() to remove(), whether the file is open
 * or not. So the raw device of the same channel can be used only when this client is not there.
 */
export class KcsBmcFixed extends KcsBmcMainline {
  private readonly added: Added;
  /** struct kref: the bound device and its open files. Atomic: needs no lock. */
  private references = 1;
  private readonly inAdded;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    super(kernel, aspeed);
    this.added = kernel.shared('kcs_bmc_ipmi', new Added(), ['running', 'dead', 'generation']);
    this.inAdded = constant({
      kcs_bmc_ipmi_add_device: this.scope('kcs_bmc_ipmi_add_device', aspeed),
      kcs_bmc_ipmi_remove_device: this.scope('kcs_bmc_ipmi_remove_device', aspeed),
      kcs_bmc_ipmi_open: this.scope('kcs_bmc_ipmi_open', aspeed),
      kcs_bmc_ipmi_release: this.scope('kcs_bmc_ipmi_release', aspeed),
    });
    kernel.sim.onReset(() => {
      this.added.reset();
      this.references = 1;
    });
  }

  /** kref_put(): the last one frees the memory. */
  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  /** kcs_bmc_ipmi_add_device(). After a reset the state bits are 11b, before the host sees the channel. */
  override *probe(): Steps<number> {
    const { io } = this.inAdded.kcs_bmc_ipmi_add_device;
    yield io.writeStatus(KcsState.ERROR << 6);
    this.state.phase = Phase.ERROR;
    this.state.error = KcsStatus.UNSPECIFIED;
    yield* this.device.probe();
    const rc = yield* this.device.enableDevice(this);
    this.miscdev.registered = rc === 0;
    return rc;
  }

  /** kcs_bmc_ipmi_remove_device(): the memory lives on until the last open file is closed. */
  override *remove(): Steps {
    const { spinLockIrq, spinUnlockIrq, wakeUpInterruptible, io } = this.inAdded.kcs_bmc_ipmi_remove_device;
    yield* this.miscdev.deregister();
    yield spinLockIrq;
    this.added.dead = true;
    this.added.running = false;
    yield* this.abort(KcsStatus.UNSPECIFIED);
    yield spinUnlockIrq;
    yield wakeUpInterruptible;
    yield* this.device.disableDevice(this);
    // OBF=0: a host that cannot read ODR any more would be interrupted for ever.
    yield io.writeStatus(KcsState.ERROR << 6);
    this.state.phase = Phase.ERROR;
    this.put();
    yield* this.device.remove();
  }

  // ---- interrupt ------------------------------------------------------------------------------

  /** Drops the request, if there is one, and whatever read() may be copying. */
  private discard(): void {
    this.state.dataInAvail = false;
    this.state.dataInIdx = 0;
    this.added.generation++;
  }

  /**
   * kcs_bmc_ipmi_force_abort(), with the lock held, and with the code for GET_STATUS/ABORT. It leaves
   * IDR alone: the interrupt handler reads it, once for each event and after this if it can, so that
   * the host finds ERROR_STATE with IBF=0. Elsewhere a byte may wait or come at any moment: it is the
   * handler's, which finds the phase ERROR.
   */
  protected *abort(error: number): Steps {
    const { io } = this.in.kcs_bmc_ipmi_force_abort;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);

    state.phase = Phase.ERROR;
    // The first cause stands until the host has asked for it or starts anew: the others follow from it.
    if (state.error === KcsStatus.NO_ERROR) state.error = error;
    this.discard();
  }

  /** kcs_bmc_ipmi_handle_data(). */
  protected override *handleData(): Steps {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_ipmi_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE_START:
      case Phase.WRITE_DATA:
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          state.phase = Phase.WRITE_DATA;
          yield* this.setState(io, KcsState.WRITE);
          yield* io.writeData(KCS_ZERO_DATA);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
        } else {
          yield* this.abort(KcsStatus.LENGTH_ERROR);
          yield io.readData;
        }
        break;

      case Phase.WRITE_END_CMD:
        // A message has at least NetFn and Cmd: to a single byte nobody could answer.
        if (state.dataInIdx > 0 && state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.READ);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
          state.phase = Phase.WRITE_DONE;
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        } else {
          yield* this.abort(KcsStatus.LENGTH_ERROR);
          yield io.readData;
        }
        break;

      case Phase.READ: {
        if (state.dataOutIdx === state.dataOutLen) yield* this.setState(io, KcsState.IDLE);
        const data = yield io.readData;
        if (data !== KcsControl.READ) {
          yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
          break;
        }
        if (state.dataOutIdx === state.dataOutLen) {
          yield* io.writeData(KCS_ZERO_DATA);
          state.phase = Phase.IDLE;
          break;
        }
        yield* io.writeData(this.dataOut.get(state.dataOutIdx++));
        break;
      }

      case Phase.ABORT_ERROR1:
        yield* this.setState(io, KcsState.READ);
        yield io.readData;
        yield* io.writeData(state.error === KcsStatus.NO_ERROR ? KcsStatus.ABORTED_BY_COMMAND : state.error);
        state.phase = Phase.ABORT_ERROR2;
        break;

      case Phase.ABORT_ERROR2:
        yield* this.setState(io, KcsState.IDLE);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase.IDLE;
        state.error = KcsStatus.NO_ERROR;
        break;

      default:
        yield* this.abort(KcsStatus.UNSPECIFIED);
        yield io.readData;
        break;
    }
  }

  /**
   * kcs_bmc_ipmi_handle_cmd(). The command is known only when IDR is read, which clears IBF; so the
   * state that the right ones must find, WRITE, is there before. A wrong one finds it too, for a
   * moment; but the byte that its host may then write is not lost.
   *
   * While nobody has the file open a WRITE_START finds ERROR. GET_STATUS/ABORT, whose host looks at the
   * state only after the next byte, is served: if it failed too, the host would try again without end.
   */
  protected override *handleCmd(): Steps {
    const { io } = this.in.kcs_bmc_ipmi_handle_cmd;
    const { state } = this;
    const { running } = this.added;
    yield* this.setState(io, running ? KcsState.WRITE : KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);

    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.error = KcsStatus.NO_ERROR;
        if (!running) {
          yield* this.abort(KcsStatus.UNSPECIFIED);
          break;
        }
        state.phase = Phase.WRITE_START;
        this.discard();
        break;

      case KcsControl.WRITE_END:
        if (state.phase === Phase.WRITE_START || state.phase === Phase.WRITE_DATA) state.phase = Phase.WRITE_END_CMD;
        else yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
        break;

      case KcsControl.GET_STATUS_ABORT:
        if (!running) yield* this.setState(io, KcsState.WRITE);
        state.phase = Phase.ABORT_ERROR1;
        this.discard();
        break;

      default:
        yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
        break;
    }
  }

  // ---- file operations ------------------------------------------------------------------------

  /** kcs_bmc_ipmi_open(): resets nothing. No transfer has begun while the file was closed. */
  override *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.inAdded.kcs_bmc_ipmi_open;
    const { added } = this;
    let ret = 0;
    // misc_open() holds misc_mtx, which misc_deregister() takes: the memory is still there.
    this.references++;
    yield spinLockIrq;
    if (added.dead) ret = -ENODEV;
    else if (added.running) ret = -EBUSY;
    else added.running = true;
    yield spinUnlockIrq;
    if (ret < 0) this.put();
    return ret;
  }

  /** kcs_bmc_ipmi_poll(). */
  override *poll(_file: OpenFile): Steps<number> {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_poll;
    let mask = 0;
    yield pollWait;
    yield spinLockIrq;
    if (this.added.dead) mask = EPOLLERR | EPOLLHUP;
    else if (this.state.dataInAvail) mask = EPOLLIN;
    yield spinUnlockIrq;
    return mask;
  }

  /** For what a reader waits. Without the lock: READ_ONCE() of each in C; the lock decides later. */
  private readable(): boolean {
    return this.kernel.readOnce(() => this.state.dataInAvail || this.added.dead);
  }

  /** kcs_bmc_ipmi_read(): who may sleep waits again when another reader, or the host, was faster. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { mutexLock, mutexUnlock } = this.in.kcs_bmc_ipmi_read;
    let ret: number;
    do {
      if (!file.nonBlocking) {
        ret = yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_ipmi_read, () => this.readable());
        if (ret < 0) return ret;
      }
      yield mutexLock;
      ret = yield* this.readRequest(buf, count);
      yield mutexUnlock;
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }

  /**
   * kcs_bmc_ipmi_read() under the mutex: hands one request to user space. It stays available until it
   * is there; the mutex keeps other readers off, and the generation tells if the host has gone on.
   */
  protected *readRequest(buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_ipmi_read;
    const done = this.in.kcs_bmc_ipmi_read_done;
    const { state, added } = this;
    let ret: number;
    let generation = 0;

    yield spinLockIrq;
    if (added.dead) ret = -ENODEV;
    else if (!state.dataInAvail) ret = -EAGAIN;
    else if (count < state.dataInIdx) {
      yield* this.abort(KcsStatus.LENGTH_ERROR);
      ret = -EOVERFLOW;
    } else {
      ret = state.dataInIdx;
      generation = added.generation;
      this.kbuffer.copyFrom(this.dataIn, ret);
    }
    yield spinUnlockIrq;

    if (ret < 0) return ret;
    if ((yield* this.uaccess.copyToUser(copy, buf, this.kbuffer, ret)) !== 0) return -EFAULT;

    yield done.spinLockIrq;
    if (added.generation === generation) {
      state.phase = Phase.WAIT_READ;
      state.dataInAvail = false;
      state.dataInIdx = 0;
    } else {
      ret = -EAGAIN;
    }
    yield done.spinUnlockIrq;
    return ret;
  }

  /**
   * kcs_bmc_ipmi_write(): takes the response to the request that was read last; -EBUSY if there is none
   * (any more). It carries no tag: if one thread reads A, the host starts anew with B, and another
   * thread reads B, the answer of the first passes for that to B. Threads that share the file must
   * hold a lock of their own from read() to write().
   */
  override *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy, io } = this.in.kcs_bmc_ipmi_write;
    const { state } = this;
    let ret: number;
    // A minimum response size of 3: NetFn, Cmd, completion code.
    if (count < 3 || count > KCS_MSG_BUFSIZ) return -EINVAL;

    yield mutexLock;
    if ((yield* this.uaccess.copyFromUser(copy, this.kbuffer, buf, count)) !== 0) {
      ret = -EFAULT;
    } else {
      yield spinLockIrq;
      if (this.added.dead) ret = -ENODEV;
      else if (state.phase !== Phase.WAIT_READ) ret = -EBUSY;
      else {
        state.phase = Phase.READ;
        state.dataOutIdx = 1;
        state.dataOutLen = count;
        this.dataOut.copyFrom(this.kbuffer, count);
        yield* io.writeData(this.dataOut.get(0));
        ret = count;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }

  /** kcs_bmc_ipmi_ioctl(). With SMS_ATN OBF is written back as it was read: a 1 leaves it as it is. */
  override *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ipmi_ioctl;
    let ret = 0;
    yield spinLockIrq;
    if (this.added.dead) ret = -ENODEV;
    else switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.abort(KcsStatus.UNSPECIFIED);
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }

  /** kcs_bmc_ipmi_release(): whatever is under way ends here (IPMI 9.14). */
  override *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.inAdded.kcs_bmc_ipmi_release;
    yield spinLockIrq;
    this.added.running = false;
    if (!this.added.dead) yield* this.abort(KcsStatus.UNSPECIFIED);
    yield spinUnlockIrq;
    this.put();
    return 0;
  }
}
