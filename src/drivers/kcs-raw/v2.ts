import { Str } from '../../ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EINTR, EINVAL, ENOTTY, EPOLLIN, EPOLLOUT, IRQ_HANDLED, IRQ_NONE, KernelBuffer, LockedWaitQueue, MiscDevice,
  UserAccess, waitEventInterruptibleLocked, type FileOperations, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { KcsEvent } from '../kcs-aspeed.ts';
import type { AspeedKcsObe } from '../kcs-aspeed-obe.ts';
import { KcsBmcDevice, type KcsBmcClient } from '../kcs-core.ts';
import { KcsBmcDeviceV2 } from '../kcs-core-2021.ts';
import type { KcsRawDriver } from './driver.ts';
import { RawState, describeState } from './state.ts';

/** kcs_bmc_cdev_raw.c as posted in "[PATCH v2 16/21] ipmi: kcs_bmc: Add a "raw" character device interface", 2021. */
export class KcsRawV2 implements KcsRawDriver, FileOperations, KcsBmcClient {
  readonly miscdev: MiscDevice;
  protected readonly kernel: Kernel;
  protected readonly device: KcsBmcDevice;
  protected readonly memory: Allocation;
  protected readonly queue: LockedWaitQueue;
  protected readonly uaccess: UserAccess;
  protected readonly state: RawState;
  protected readonly in;
  private readonly stack: Allocation;
  private readonly stacks: KernelBuffer[] = [];

  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    this.kernel = kernel;
    this.device = this.makeDevice(aspeed);
    this.memory = new Allocation(kernel, 'kcs_bmc_raw');
    this.stack = new Allocation(kernel, 'stack');
    this.queue = new LockedWaitQueue(this.memory, 'queue');
    this.uaccess = new UserAccess(kernel);
    this.state = kernel.shared('kcs_bmc_raw', new RawState(), ['events', 'writable', 'readable', 'idr']);
    this.miscdev = new MiscDevice(kernel, `raw-kcs${aspeed.config.channel}`, this);
    this.in = constant({
      kcs_bmc_raw_event: this.scope('kcs_bmc_raw_event', aspeed),
      kcs_bmc_raw_prepare_obe: this.scope('kcs_bmc_raw_prepare_obe', aspeed),
      kcs_bmc_raw_poll: this.scope('kcs_bmc_raw_poll', aspeed),
      kcs_bmc_raw_read: this.scope('kcs_bmc_raw_read', aspeed),
      kcs_bmc_raw_write: this.scope('kcs_bmc_raw_write', aspeed),
    });
    kernel.sim.onReset(() => this.state.reset());
  }

  /** The core below: that of the patch before it, 15/21. */
  protected makeDevice(aspeed: AspeedKcsObe): KcsBmcDevice {
    return new KcsBmcDeviceV2(this.kernel, aspeed);
  }

  /** The steps that a function issues, labelled with its name. */
  protected scope(name: string, aspeed: AspeedKcsObe) {
    const frame = this.kernel.sim.ops.frame(name);
    return { ...this.queue.at(frame), io: aspeed.at(frame), copy: this.uaccess.at(frame) };
  }

  /** Two bytes on the stack of the task that runs. */
  protected get onStack(): KernelBuffer {
    const { id } = this.kernel.currentTask.ctx;
    return (this.stacks[id] ??= new KernelBuffer(this.stack, 'data', 2));
  }

  /** The probe of the device below, then {@link attachCdev}. */
  *probe(): Steps<number> {
    yield* this.device.probe();
    return yield* this.attachCdev();
  }

  /** kcs_bmc_raw_attach_cdev(): listens for IBF, ignores OBE until necessary. */
  protected *attachCdev(): Steps<number> {
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, KcsEvent.IBF);
    return this.miscdev.register();
  }

  /** The removal of the device below, which begins with kcs_bmc_raw_detach_cdev(). */
  *remove(): Steps {
    yield* this.detachCdev();
    yield* this.device.remove();
  }

  /** kcs_bmc_raw_detach_cdev(). */
  protected *detachCdev(): Steps {
    if (!this.miscdev.registered) return;
    yield* this.miscdev.deregister();
    yield* this.device.disableDevice(this);
    this.memory.kfree();
  }

  get holds(): boolean {
    return this.state.readable;
  }

  get hasClient(): boolean {
    return this.device.hasClient;
  }

  get phaseName(): string {
    return describeState(this.state);
  }

  // ---- events ---------------------------------------------------------------------------------

  /** kcs_bmc_raw_update_event_mask(), called under queue.lock. */
  protected *updateEventMask(mask: number, state: number): Steps {
    yield* this.device.updateEventMask(mask, state);
    this.state.events = (this.state.events & ~mask) | (state & mask);
  }

  /** kcs_bmc_raw_event(). */
  *event(): Steps<number> {
    const { io, spinLock, spinUnlock, wakeUpInterruptible } = this.in.kcs_bmc_raw_event;
    const { state } = this;
    let handled = 0;
    yield spinLock;
    const status = yield io.readStatus;

    if ((state.events & KcsEvent.IBF) !== 0 && (status & Str.IBF) !== 0) {
      // Disables IDR events for back-pressure. If a byte is held it is lost ("Storm brewing!").
      yield* this.updateEventMask(KcsEvent.IBF, 0);
      state.idr = yield io.readData;
      state.readable = true;
      yield wakeUpInterruptible;
      handled |= KcsEvent.IBF;
    }

    if ((state.events & KcsEvent.OBE) !== 0 && (status & Str.OBF) === 0) {
      yield* this.updateEventMask(KcsEvent.OBE, 0);
      state.writable = true;
      yield wakeUpInterruptible;
      handled |= KcsEvent.OBE;
    }
    yield spinUnlock;
    return handled !== 0 ? IRQ_HANDLED : IRQ_NONE;
  }

  /** kcs_bmc_raw_prepare_obe(): first listens for OBE, then looks whether it has already come. */
  protected *prepareObe(): Steps<number> {
    const { io } = this.in.kcs_bmc_raw_prepare_obe;
    yield* this.updateEventMask(KcsEvent.OBE, KcsEvent.OBE);
    const writable = ((yield io.readStatus) & Str.OBF) === 0;
    if (writable) yield* this.updateEventMask(KcsEvent.OBE, 0);
    return writable ? 1 : 0;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** kcs_bmc_raw_open(). */
  open(_file: OpenFile): Steps<number> {
    return this.device.enableDevice(this);
  }

  /** kcs_bmc_raw_poll(). */
  *poll(_file: OpenFile, _requested: number): Steps<number> {
    const { io, pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_poll;
    let events = 0;
    yield pollWait;
    yield spinLockIrq;
    if ((yield* this.prepareObe()) !== 0) events |= EPOLLOUT;
    if (this.state.readable || ((yield io.readStatus) & Str.IBF) !== 0) events |= EPOLLIN;
    yield spinUnlockIrq;
    return events;
  }

  /** Whether read() answers -EWOULDBLOCK: with the test the wrong way round. */
  protected readBlocks(file: OpenFile, str: number): boolean {
    return file.nonBlocking && (str & Str.IBF) !== 0;
  }

  /** kcs_bmc_raw_read(): IDR, STR, or both. */
  *read(file: OpenFile, buf: UserBuffer, count: number, pos: number): Steps<number> {
    const { copy, io, spinLockIrq, spinUnlockIrq, ...wait } = this.in.kcs_bmc_raw_read;
    const { state } = this;
    const data = this.onStack;
    let str: number;
    let rc: number;

    if (count === 0) return 0;
    if (count > 2 || pos > 1 || pos + count > 2) return -EINVAL;
    const readIdr = pos === 0;
    const readStr = pos === 1 || count === 2;

    yield spinLockIrq;
    if (readIdr) {
      str = yield io.readStatus;
      rc = this.readBlocks(file, str) ? -EAGAIN : yield* waitEventInterruptibleLocked(
        this.queue, { ...wait, spinLockIrq, spinUnlockIrq }, () => state.readable || (str & Str.IBF) !== 0);
      if (rc === 0 && this.kernel.currentTask.signalPending) rc = -EINTR;
      if (rc < 0) {
        yield spinUnlockIrq;
        return rc;
      }

      // Events come back before IDR is read, which clears IBF: so that what the host then writes is not missed.
      yield* this.updateEventMask(KcsEvent.IBF, KcsEvent.IBF);
      if (!state.readable) state.idr = yield io.readData;
      data.set(0, state.idr);
      state.readable = false;
    }
    if (readStr) {
      str = yield io.readStatus;
      // With IDR read, IBF tells user space that its value is valid.
      if (readIdr || state.readable) str |= Str.IBF;
      data.set(count - 1, str);
    }
    yield spinUnlockIrq;

    // The C code copies each byte by itself, to one word of user space.
    if ((yield* this.uaccess.copyToUser(copy, buf, data, count)) !== 0) return -EFAULT;
    return count;
  }

  /** Waits for OBF=0 under queue.lock, with OBF=1 seen; 0 or a negated errno. */
  protected *waitForObe(): Steps<number> {
    const { state } = this;
    state.writable = (yield* this.prepareObe()) !== 0;
    // Now either OBF is already clear, or an OBE event will wake us.
    yield* waitEventInterruptibleLocked(this.queue, this.in.kcs_bmc_raw_write, () => state.writable);
    if (this.kernel.currentTask.signalPending) {
      yield* this.updateEventMask(KcsEvent.OBE, 0);
      return -EINTR;
    }
    return 0;
  }

  /** kcs_bmc_raw_write(): ODR, STR, or both. */
  *write(file: OpenFile, buf: UserBuffer, count: number, pos: number): Steps<number> {
    const { copy, io, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_write;
    const data = this.onStack;
    let result = count;

    if (count === 0) return count;
    if (count > 2 || pos >= 2 || pos + count > 2) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(copy, data, buf, count)) !== 0) return -EFAULT;
    const writeOdr = pos === 0;
    const writeStr = pos === 1 || count === 2;

    yield spinLockIrq;
    // Always STR before ODR: the write of ODR makes the SerIRQ. If bit 0 is 0 it clears OBF.
    if (writeStr) yield io.writeStatus(data.get(writeOdr ? 1 : 0));
    if (writeOdr) {
      if (((yield io.readStatus) & Str.OBF) !== 0) {
        result = file.nonBlocking ? -EAGAIN : yield* this.waitForObe();
        if (result === 0) {
          yield io.readStatus; // WARN_ON(OBF)
          result = count;
        }
      }
      if (result > 0) yield* io.writeData(data.get(0));
    }
    yield spinUnlockIrq;
    return result;
  }

  /** There are none. */
  *ioctl(_file: OpenFile, _cmd: number): Steps<number> {
    return -ENOTTY;
  }

  /** kcs_bmc_raw_release(). */
  *release(_file: OpenFile): Steps<number> {
    yield* this.device.disableDevice(this);
    return 0;
  }
}
