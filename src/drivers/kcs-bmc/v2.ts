import { KcsControl, KcsState, KcsStatus, STATE_MASK, Str } from '../../ipmi/index.ts';
import {
  Allocation, EAGAIN, EBUSY, EFAULT, EINVAL, EPOLLIN, IRQ_HANDLED, IRQ_NONE, KernelBuffer, MiscDevice, SpinLock, UserAccess,
  WaitQueue, waitEventInterruptible, type FileOperations, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { KcsEvent, type AspeedKcs, type KcsIo } from '../kcs-aspeed.ts';
import {
  IPMI_BMC_IOCTL_CLEAR_SMS_ATN, IPMI_BMC_IOCTL_FORCE_ABORT, IPMI_BMC_IOCTL_SET_SMS_ATN, KCS_MSG_BUFSIZ, KCS_ZERO_DATA,
  type KcsBmcDriver,
} from './driver.ts';

/** enum kcs_phases. */
export const Phase = {
  IDLE: 0,
  WRITE: 1,
  WRITE_END: 2,
  WAIT_READ: 3,
  READ: 4,
  ABORT_ERROR1: 5,
  ABORT_ERROR2: 6,
  ERROR: 7,
} as const;

const PHASE_NAMES = Object.keys(Phase).map((name) => `KCS_PHASE_${name}`);
/** The interface state that belongs to each phase. */
const STATE_OF_PHASE = [
  KcsState.IDLE, KcsState.WRITE, KcsState.WRITE, KcsState.READ, KcsState.READ, KcsState.WRITE, KcsState.READ, KcsState.ERROR,
];

/** struct kcs_bmc: what the interrupt handler and the file operations share. */
class State {
  running = false;
  phase: number = Phase.IDLE;
  error: number = KcsStatus.NO_ERROR;
  dataInAvail = false;
  dataInIdx = 0;
  dataOutIdx = 0;
  dataOutLen = 0;

  reset(): void {
    this.running = false;
    this.phase = Phase.IDLE;
    this.error = KcsStatus.NO_ERROR;
    this.dataInAvail = false;
    this.dataInIdx = 0;
    this.dataOutIdx = 0;
    this.dataOutLen = 0;
  }
}

/**
 * kcs_bmc.c as posted in "[PATCH arm/aspeed/ast2500 v2] ipmi: add an Aspeed KCS IPMI BMC driver",
 * January 2018, and reviewed on the list.
 */
export class KcsBmcV2 implements KcsBmcDriver, FileOperations {
  readonly miscdev: MiscDevice;
  protected readonly kernel: Kernel;
  protected readonly aspeed: AspeedKcs;
  protected readonly memory: Allocation;
  protected readonly lock: SpinLock;
  protected readonly queue: WaitQueue;
  protected readonly dataIn: KernelBuffer;
  protected readonly dataOut: KernelBuffer;
  protected readonly uaccess: UserAccess;
  protected readonly state: State;
  protected readonly in;
  private readonly action = { name: 'ast-kcs-bmc', handler: (): Steps<number> => this.irqHandler() };

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    this.kernel = kernel;
    this.aspeed = aspeed;
    this.memory = new Allocation(kernel, 'kcs_bmc');
    this.lock = new SpinLock(this.memory, 'lock');
    this.queue = new WaitQueue(this.memory, 'queue');
    this.dataIn = new KernelBuffer(this.memory, 'data_in', KCS_MSG_BUFSIZ);
    this.dataOut = new KernelBuffer(this.memory, 'data_out', KCS_MSG_BUFSIZ);
    this.uaccess = new UserAccess(kernel);
    this.state = kernel.shared('kcs_bmc', new State(), [
      'running', 'phase', 'error', 'dataInAvail', 'dataInIdx', 'dataOutIdx', 'dataOutLen',
    ]);
    this.miscdev = new MiscDevice(kernel, `ipmi-kcs${aspeed.config.channel}`, this);
    this.in = constant({
      kcs_bmc_handle_event: this.scope('kcs_bmc_handle_event'),
      kcs_bmc_handle_command: this.scope('kcs_bmc_handle_command'),
      kcs_bmc_handle_data: this.scope('kcs_bmc_handle_data'),
      kcs_bmc_open: this.scope('kcs_bmc_open'),
      kcs_bmc_poll: this.scope('kcs_bmc_poll'),
      kcs_bmc_read: this.scope('kcs_bmc_read'),
      kcs_bmc_write: this.scope('kcs_bmc_write'),
      kcs_bmc_ioctl: this.scope('kcs_bmc_ioctl'),
      kcs_bmc_release: this.scope('kcs_bmc_release'),
    });
    kernel.sim.onReset(() => this.state.reset());
  }

  /** The steps that a function issues, labelled with its name. */
  protected scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    return {
      ...this.lock.at(frame),
      ...this.queue.at(frame),
      io: this.aspeed.at(frame),
      copy: this.uaccess.at(frame),
    };
  }

  *probe(): Steps<number> {
    yield* this.aspeed.setAddress();
    yield* this.aspeed.configUpstreamIrq();
    this.aspeed.requestIrq(this.action);
    yield* this.aspeed.irqMaskUpdate(KcsEvent.IBF, KcsEvent.IBF);
    yield* this.aspeed.enableChannel(true);
    this.miscdev.registered = true;
    return 0;
  }

  *remove(): Steps {
    yield* this.miscdev.deregister();
    yield* this.aspeed.enableChannel(false);
    yield* this.aspeed.freeIrq(this.action); // devm_free_irq(), then devm_kfree()
    this.memory.kfree();
  }

  stateOfPhase(): number {
    return STATE_OF_PHASE[this.state.phase];
  }

  get phaseName(): string {
    return PHASE_NAMES[this.state.phase];
  }

  get busy(): boolean {
    return this.lock.held;
  }

  // ---- interrupt ------------------------------------------------------------------------------

  /** aspeed_kcs_irq(). */
  protected *irqHandler(): Steps<number> {
    return (yield* this.handleEvent()) === 0 ? IRQ_HANDLED : IRQ_NONE;
  }

  /** update_status_bits(): a read and a write of the whole register. */
  protected *updateStatusBits(io: KcsIo, mask: number, value: number): Steps {
    const status = yield io.readStatus;
    yield io.writeStatus((status & ~mask) | (value & mask));
  }

  /** set_state(). */
  protected setState(io: KcsIo, state: number): Steps {
    return this.updateStatusBits(io, STATE_MASK, state << 6);
  }

  /** kcs_bmc_handle_data(). */
  protected *handleData(): Steps {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE:
        yield* this.setState(io, KcsState.WRITE);
        // Set OBF before reading data.
        yield* io.writeData(KCS_ZERO_DATA);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        break;

      case Phase.WRITE_END:
        yield* this.setState(io, KcsState.READ);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        state.phase = Phase.WAIT_READ;
        if (state.running) {
          state.dataInAvail = true;
          yield wakeUpInterruptible;
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
        // Read the dummy byte.
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
        yield* this.setState(io, KcsState.ERROR);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        break;
    }
  }

  /** kcs_bmc_handle_command(). */
  protected *handleCommand(): Steps {
    const { io } = this.in.kcs_bmc_handle_command;
    const { state } = this;
    yield* this.setState(io, KcsState.WRITE);
    // Dummy data to generate OBF.
    yield* io.writeData(KCS_ZERO_DATA);

    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.dataInAvail = false;
        state.dataInIdx = 0;
        state.phase = Phase.WRITE;
        state.error = KcsStatus.NO_ERROR;
        break;

      case KcsControl.WRITE_END:
        state.phase = Phase.WRITE_END;
        break;

      case KcsControl.GET_STATUS_ABORT:
        if (state.error === KcsStatus.NO_ERROR) state.error = KcsStatus.ABORTED_BY_COMMAND;
        state.phase = Phase.ABORT_ERROR1;
        break;

      default:
        state.error = KcsStatus.ILLEGAL_CONTROL_CODE;
        yield* this.setState(io, KcsState.ERROR);
        yield* io.writeData(state.error);
        state.phase = Phase.ERROR;
        break;
    }
  }

  /** kcs_bmc_handle_event(): 0, or -1 if there is nothing for this channel. */
  protected *handleEvent(): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_handle_event;
    let ret = 0;
    yield spinLockIrqsave;
    switch ((yield io.readStatus) & (Str.IBF | Str.C_D)) {
      case Str.IBF | Str.C_D:
        yield* this.handleCommand();
        break;
      case Str.IBF:
        yield* this.handleData();
        break;
      default:
        ret = -1;
        break;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** kcs_bmc_open(). */
  *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_open;
    const { state } = this;
    let ret = 0;
    yield spinLockIrq;
    if (!state.running) {
      state.running = true;
      state.phase = Phase.IDLE;
      state.dataInAvail = false;
    } else {
      ret = -EBUSY;
    }
    yield spinUnlockIrq;
    return ret;
  }

  /** kcs_bmc_poll(). */
  *poll(_file: OpenFile): Steps<number> {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.dataInAvail ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }

  /** kcs_bmc_read(): hands one request to user space. */
  *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    // The result is ignored: a signal looks like no data.
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => state.dataInAvail);

    yield spinLockIrq;
    if (state.dataInAvail) {
      state.dataInAvail = false;
      const n = Math.min(count, state.dataInIdx);
      ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
    }
    yield spinUnlockIrq;
    return ret;
  }

  /** kcs_bmc_write(): takes one response from user space. */
  *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, copy, io } = this.in.kcs_bmc_write;
    const { state } = this;
    let ret = count;
    if (count < 1 || count > KCS_MSG_BUFSIZ) return -EINVAL;

    yield spinLockIrq;
    if (state.phase === Phase.WAIT_READ) {
      if ((yield* this.uaccess.copyFromUser(copy, this.dataOut, buf, count)) !== 0) {
        yield spinUnlockIrq;
        return -EFAULT;
      }
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

  /** kcs_bmc_ioctl(). */
  *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ioctl;
    const { state } = this;
    let ret = 0;
    yield spinLockIrq;
    switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* this.updateStatusBits(io, Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* this.updateStatusBits(io, Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.setState(io, KcsState.ERROR);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase.ERROR;
        state.dataInAvail = false;
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }

  /** kcs_bmc_release(). */
  *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    yield spinUnlockIrq;
    return 0;
  }
}
