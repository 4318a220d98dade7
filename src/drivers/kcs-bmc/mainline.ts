import { KcsControl, KcsState, KcsStatus, STATE_MASK, Str } from '../../ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EINVAL, EOVERFLOW, EPOLLIN, IRQ_HANDLED, IRQ_NONE, KernelBuffer, MiscDevice, Mutex, SpinLock,
  UserAccess, WaitQueue, waitEventInterruptible, type FileOperations, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Sequence, type Steps } from '../../sim/index.ts';
import type { AspeedKcs, KcsIo } from '../kcs-aspeed.ts';
import { KcsBmcDevice, type KcsBmcClient } from '../kcs-core.ts';
import {
  IPMI_BMC_IOCTL_CLEAR_SMS_ATN, IPMI_BMC_IOCTL_FORCE_ABORT, IPMI_BMC_IOCTL_SET_SMS_ATN, KCS_MSG_BUFSIZ, KCS_ZERO_DATA,
  type KcsBmcDriver,
} from './driver.ts';
import { Phase, State, phaseName, stateOfPhase } from './ipmi-state.ts';

export { Phase } from './ipmi-state.ts';

/** kcs_bmc_cdev_ipmi.c as of 2025, on kcs_bmc.c and kcs_bmc_aspeed.c of the same kernels. */
export class KcsBmcMainline implements KcsBmcDriver, FileOperations, KcsBmcClient {
  readonly miscdev: MiscDevice;
  protected readonly kernel: Kernel;
  protected readonly device: KcsBmcDevice;
  protected readonly memory: Allocation;
  protected readonly lock: SpinLock;
  protected readonly mutex: Mutex;
  protected readonly queue: WaitQueue;
  protected readonly dataIn: KernelBuffer;
  protected readonly dataOut: KernelBuffer;
  protected readonly kbuffer: KernelBuffer;
  protected readonly uaccess: UserAccess;
  protected readonly state: State;
  protected readonly in;

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    this.kernel = kernel;
    this.device = new KcsBmcDevice(kernel, aspeed);
    this.memory = new Allocation(kernel, 'kcs_bmc_ipmi');
    this.lock = new SpinLock(this.memory, 'lock');
    this.mutex = new Mutex(this.memory, 'mutex');
    this.queue = new WaitQueue(this.memory, 'queue');
    this.dataIn = new KernelBuffer(this.memory, 'data_in', KCS_MSG_BUFSIZ);
    this.dataOut = new KernelBuffer(this.memory, 'data_out', KCS_MSG_BUFSIZ);
    this.kbuffer = new KernelBuffer(this.memory, 'kbuffer', KCS_MSG_BUFSIZ);
    this.uaccess = new UserAccess(kernel);
    this.state = kernel.shared('kcs_bmc_ipmi', new State(), [
      'phase', 'error', 'dataInAvail', 'dataInIdx', 'dataOutIdx', 'dataOutLen',
    ]);
    this.miscdev = new MiscDevice(kernel, `ipmi-kcs${aspeed.config.channel}`, this);
    this.in = constant({
      kcs_bmc_ipmi_event: this.scope('kcs_bmc_ipmi_event', aspeed),
      kcs_bmc_ipmi_handle_cmd: this.scope('kcs_bmc_ipmi_handle_cmd', aspeed),
      kcs_bmc_ipmi_handle_data: this.scope('kcs_bmc_ipmi_handle_data', aspeed),
      kcs_bmc_ipmi_force_abort: this.scope('kcs_bmc_ipmi_force_abort', aspeed),
      kcs_bmc_ipmi_poll: this.scope('kcs_bmc_ipmi_poll', aspeed),
      kcs_bmc_ipmi_read: this.scope('kcs_bmc_ipmi_read', aspeed),
      kcs_bmc_ipmi_read_overflow: this.scope('kcs_bmc_ipmi_read (too large)', aspeed),
      kcs_bmc_ipmi_read_done: this.scope('kcs_bmc_ipmi_read (copied)', aspeed),
      kcs_bmc_ipmi_write: this.scope('kcs_bmc_ipmi_write', aspeed),
      kcs_bmc_ipmi_ioctl: this.scope('kcs_bmc_ipmi_ioctl', aspeed),
    });
    kernel.sim.onReset(() => this.state.reset());
  }

  /** The steps that a function issues, labelled with its name. */
  protected scope(name: string, aspeed: AspeedKcs) {
    const frame = this.kernel.sim.ops.frame(name);
    return {
      ...this.lock.at(frame),
      ...this.mutex.at(frame),
      ...this.queue.at(frame),
      io: aspeed.at(frame),
      copy: this.uaccess.at(frame),
    };
  }

  /** kcs_bmc_ipmi_add_device(), after the probe of the device below. */
  *probe(): Steps<number> {
    yield* this.device.probe();
    this.miscdev.registered = true;
    return 0;
  }

  /** kcs_bmc_ipmi_remove_device(), then the removal of the device below. */
  *remove(): Steps {
    yield* this.miscdev.deregister();
    yield* this.device.disableDevice(this);
    this.memory.kfree();
    yield* this.device.remove();
  }

  stateOfPhase(): number {
    return stateOfPhase(this.state.phase);
  }

  get phaseName(): string {
    return phaseName(this.state.phase);
  }

  get busy(): boolean {
    return this.lock.held;
  }

  // ---- interrupt ------------------------------------------------------------------------------

  /** set_state(). */
  protected setState(io: KcsIo, state: number): Sequence {
    return io.updateStatus(STATE_MASK, state << 6);
  }

  /** kcs_bmc_ipmi_force_abort(). */
  protected *forceAbort(): Steps {
    const { io } = this.in.kcs_bmc_ipmi_force_abort;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield io.readData;
    yield* io.writeData(KCS_ZERO_DATA);

    state.phase = Phase.ERROR;
    state.dataInAvail = false;
    state.dataInIdx = 0;
  }

  /** kcs_bmc_ipmi_handle_data(). */
  protected *handleData(): Steps {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_ipmi_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE_START:
      case Phase.WRITE_DATA:
        state.phase = Phase.WRITE_DATA;
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.WRITE);
          yield* io.writeData(KCS_ZERO_DATA);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
        } else {
          yield* this.forceAbort();
          state.error = KcsStatus.LENGTH_ERROR;
        }
        break;

      case Phase.WRITE_END_CMD:
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.READ);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
          state.phase = Phase.WRITE_DONE;
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        } else {
          yield* this.forceAbort();
          state.error = KcsStatus.LENGTH_ERROR;
        }
        break;

      case Phase.READ: {
        if (state.dataOutIdx === state.dataOutLen) yield* this.setState(io, KcsState.IDLE);
        const data = yield io.readData;
        if (data !== KcsControl.READ) {
          yield* this.setState(io, KcsState.ERROR);
          yield* io.writeData(KCS_ZERO_DATA);
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
        yield* io.writeData(state.error);
        state.phase = Phase.ABORT_ERROR2;
        break;

      case Phase.ABORT_ERROR2:
        yield* this.setState(io, KcsState.IDLE);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase.IDLE;
        break;

      default:
        yield* this.forceAbort();
        break;
    }
  }

  /** kcs_bmc_ipmi_handle_cmd(). */
  protected *handleCmd(): Steps {
    const { io } = this.in.kcs_bmc_ipmi_handle_cmd;
    const { state } = this;
    yield* this.setState(io, KcsState.WRITE);
    yield* io.writeData(KCS_ZERO_DATA);

    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.phase = Phase.WRITE_START;
        state.error = KcsStatus.NO_ERROR;
        state.dataInAvail = false;
        state.dataInIdx = 0;
        break;

      case KcsControl.WRITE_END:
        if (state.phase !== Phase.WRITE_DATA) {
          yield* this.forceAbort();
          break;
        }
        state.phase = Phase.WRITE_END_CMD;
        break;

      case KcsControl.GET_STATUS_ABORT:
        if (state.error === KcsStatus.NO_ERROR) state.error = KcsStatus.ABORTED_BY_COMMAND;
        state.phase = Phase.ABORT_ERROR1;
        state.dataInAvail = false;
        state.dataInIdx = 0;
        break;

      default:
        yield* this.forceAbort();
        state.error = KcsStatus.ILLEGAL_CONTROL_CODE;
        break;
    }
  }

  /** kcs_bmc_ipmi_event(). */
  *event(): Steps<number> {
    const { io, spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_event;
    let ret = IRQ_NONE;
    yield spinLock;
    const status = yield io.readStatus;
    if ((status & Str.IBF) !== 0) {
      if ((status & Str.C_D) !== 0) yield* this.handleCmd();
      else yield* this.handleData();
      ret = IRQ_HANDLED;
    }
    yield spinUnlock;
    return ret;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** kcs_bmc_ipmi_open(). */
  open(_file: OpenFile): Steps<number> {
    return this.device.enableDevice(this);
  }

  /** kcs_bmc_ipmi_poll(). */
  *poll(_file: OpenFile): Steps<number> {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.dataInAvail ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }

  /** kcs_bmc_ipmi_read(): hands one request to user space. */
  *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy } = this.in.kcs_bmc_ipmi_read;
    const { state } = this;
    let ret: number;
    let dataLen = 0;
    // The result is ignored: a signal looks like no data.
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_ipmi_read, () => state.dataInAvail);

    yield mutexLock;

    yield spinLockIrq;
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
      if (state.phase === Phase.WRITE_DONE) {
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

  /** kcs_bmc_ipmi_write(): takes one response from user space. */
  *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
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
      if (state.phase === Phase.WAIT_READ) {
        state.phase = Phase.READ;
        state.dataOutIdx = 1;
        state.dataOutLen = count;
        this.dataOut.copyFrom(this.kbuffer, count);
        yield* io.writeData(this.dataOut.get(0));
        ret = count;
      } else {
        ret = -EINVAL;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }

  /** kcs_bmc_ipmi_ioctl(). */
  *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ipmi_ioctl;
    let ret = 0;
    yield spinLockIrq;
    switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.forceAbort();
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }

  /** kcs_bmc_ipmi_release(): aborts without the lock. */
  *release(_file: OpenFile): Steps<number> {
    yield* this.forceAbort();
    yield* this.device.disableDevice(this);
    return 0;
  }
}
