import { BT_CTRL, VIC_LPC } from '../../hw/index.ts';
import {
  Allocation, EBUSY, EFAULT, EINVAL, EIO, EPOLLIN, EPOLLOUT, ERESTARTSYS, IRQ_HANDLED, IRQ_NONE, MiscDevice, Mutex, StackBuffer, TimerList,
  UserAccess, WaitQueue, waitEventInterruptibleOn, type FileOperations, type Kernel, type KernelBuffer, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import {
  BT_BMC_BUFFER_SIZE, BT_BMC_IOCTL_SMS_ATN, BT_SHORTEST_RESPONSE, type BtBmcDriver,
} from './driver.ts';
import { BT_FIRST_POLL_MS, BT_IRQS, BT_POLL_MS, BtIo, CONTROL, WRITE_WAITS, type AspeedIbt } from '../ibt-io.ts';

/** bt-bmc.c as of 2025. */
export class BtBmcMainline implements BtBmcDriver, FileOperations {
  readonly miscdev: MiscDevice;
  protected readonly kernel: Kernel;
  protected readonly ibt: AspeedIbt;
  protected readonly memory: Allocation;
  protected readonly mutex: Mutex;
  protected readonly queue: WaitQueue;
  protected readonly pollTimer: TimerList;
  protected readonly uaccess: UserAccess;
  protected readonly in;
  private readonly stack: StackBuffer;
  private readonly action = { name: 'ipmi-bt-host', handler: (): Steps<number> => this.irq() };
  /** A static atomic_t, the same for all devices. */
  protected openCount = 0;

  constructor(kernel: Kernel, ibt: AspeedIbt) {
    this.kernel = kernel;
    this.ibt = ibt;
    this.memory = new Allocation(kernel, 'bt_bmc');
    this.mutex = new Mutex(this.memory, 'mutex');
    this.queue = new WaitQueue(this.memory, 'queue', 'wake_up');
    this.pollTimer = new TimerList(kernel, 'poll_timer', () => this.pollTimeout(), this.memory);
    this.uaccess = new UserAccess(kernel);
    this.stack = new StackBuffer(kernel, 'kbuffer', BT_BMC_BUFFER_SIZE);
    this.miscdev = new MiscDevice(kernel, 'ipmi-bt-host', this);
    this.in = constant({
      bt_bmc_open: this.scope('bt_bmc_open'),
      bt_bmc_read: this.scope('bt_bmc_read'),
      bt_bmc_write: this.scope('bt_bmc_write'),
      bt_bmc_ioctl: this.scope('bt_bmc_ioctl'),
      bt_bmc_release: this.scope('bt_bmc_release'),
      bt_bmc_poll: this.scope('bt_bmc_poll'),
      poll_timer: this.scope('poll_timer'),
      bt_bmc_irq: this.scope('bt_bmc_irq'),
      bt_bmc_probe: this.scope('bt_bmc_probe'),
      bt_bmc_remove: this.scope('bt_bmc_remove'),
    });
    kernel.sim.onReset(() => {
      this.openCount = 0;
    });
  }

  /** The steps that a function issues, labelled with its name. */
  protected scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    return {
      ...this.mutex.at(frame),
      ...this.queue.at(frame),
      io: new BtIo(this.ibt.regs.at(frame), this.memory),
      copy: this.uaccess.at(frame),
      timerDeleteSync: this.pollTimer.timerDeleteSync | frame,
    };
  }

  /** `u8 kbuffer[]` on the stack of the current task, with what its last call has left there. */
  protected get kbuffer(): KernelBuffer {
    return this.stack.current;
  }

  get busy(): boolean {
    return this.mutex.held;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** bt_bmc_open(). */
  *open(_file: OpenFile): Steps<number> {
    const { io } = this.in.bt_bmc_open;
    if (++this.openCount === 1) {
      yield* io.clrBBusy();
      return 0;
    }
    this.openCount--;
    return -EBUSY;
  }

  /** bt_bmc_read(): hands one request to user space, its length byte included. */
  *read(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { io, mutexLock, mutexUnlock } = this.in.bt_bmc_read;
    let ret = 0;
    const h2bAtn = function* (): Steps<boolean> {
      return ((yield io.readCtrl) & BT_CTRL.H2B_ATN) !== 0;
    };
    if ((yield* waitEventInterruptibleOn(this.queue, this.in.bt_bmc_read, h2bAtn)) !== 0) return -ERESTARTSYS;

    yield mutexLock;

    if (((yield io.readCtrl) & BT_CTRL.H2B_ATN) === 0) {
      ret = -EIO;
    } else {
      yield* io.setBBusy();
      ret = yield* this.takeRequest(buf, count);
      yield* io.clrBBusy();
    }
    yield mutexUnlock;
    return ret;
  }

  /** The part of bt_bmc_read() with B_BUSY set. */
  protected *takeRequest(buf: UserBuffer, count: number): Steps<number> {
    const { io } = this.in.bt_bmc_read;
    yield io.clrH2bAtn;
    yield io.clrRdPtr;
    return yield* this.copyRequest(buf, count);
  }

  /** Of that, the loop in which the message goes to user space. */
  protected *copyRequest(buf: UserBuffer, count: number): Steps<number> {
    const { io, copy } = this.in.bt_bmc_read;
    const { kbuffer } = this;
    kbuffer.set(0, yield io.read);
    let len = kbuffer.get(0);
    // The length is passed on to user space as well. u8 len.
    if (len + 1 > count) len = (count - 1) & 0xff;
    // At most 255: the loop of the C code runs once, or not at all.
    if (len === 0) return 0;
    for (let i = 1; i <= len; i++) kbuffer.set(i, yield io.read);
    return (yield* this.uaccess.copyToUser(copy, buf, kbuffer, len + 1)) === 0 ? len + 1 : -EFAULT;
  }

  /** bt_bmc_write(): takes one response from user space. */
  *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { io, mutexLock, mutexUnlock, copy } = this.in.bt_bmc_write;
    let ret = 0;
    // A minimum response size.
    if (count < BT_SHORTEST_RESPONSE) return -EINVAL;
    const taken = function* (): Steps<boolean> {
      return ((yield io.readCtrl) & WRITE_WAITS) === 0;
    };
    if ((yield* waitEventInterruptibleOn(this.queue, this.in.bt_bmc_write, taken)) !== 0) return -ERESTARTSYS;

    yield mutexLock;

    if (((yield io.readCtrl) & WRITE_WAITS) !== 0) {
      ret = -EIO;
    } else {
      yield io.clrWrPtr;

      const { kbuffer } = this;
      while (ret < count) {
        const nwritten = Math.min(count - ret, BT_BMC_BUFFER_SIZE);
        if ((yield* this.uaccess.copyFromUser(copy, kbuffer, buf, nwritten, ret)) !== 0) {
          ret = -EFAULT;
          break;
        }
        for (let i = 0; i < nwritten; i++) yield io.write(kbuffer.get(i));
        ret += nwritten;
      }

      yield io.setB2hAtn;
    }
    yield mutexUnlock;
    return ret;
  }

  /** bt_bmc_ioctl(). */
  *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    const { io } = this.in.bt_bmc_ioctl;
    switch (cmd) {
      case BT_BMC_IOCTL_SMS_ATN:
        yield io.writeCtrl(BT_CTRL.SMS_ATN);
        return 0;
    }
    return -EINVAL;
  }

  /** bt_bmc_release(). */
  *release(_file: OpenFile): Steps<number> {
    const { io } = this.in.bt_bmc_release;
    this.openCount--;
    yield* io.setBBusy();
    return 0;
  }

  /** bt_bmc_poll(). */
  *poll(_file: OpenFile): Steps<number> {
    const { io, pollWait } = this.in.bt_bmc_poll;
    let mask = 0;
    yield pollWait;
    const ctrl = yield io.readCtrl;
    if ((ctrl & BT_CTRL.H2B_ATN) !== 0) mask |= EPOLLIN;
    if ((ctrl & WRITE_WAITS) === 0) mask |= EPOLLOUT;
    return mask;
  }

  // ---- timer and interrupt --------------------------------------------------------------------

  /** poll_timer(). */
  protected *pollTimeout(): Steps {
    yield this.in.poll_timer.wakeUpInterruptible;
    this.pollTimer.modTimer(this.msecsToJiffies(BT_POLL_MS));
  }

  private msecsToJiffies(ms: number): number {
    return Math.ceil((ms * this.kernel.config.hz) / 1000);
  }

  /** bt_bmc_irq(). */
  private *irq(): Steps<number> {
    const { io, wakeUpInterruptible } = this.in.bt_bmc_irq;
    const reg = (yield io.readStatus) & BT_IRQS;
    if (reg === 0) return IRQ_NONE;
    yield io.writeStatus(reg);
    yield wakeUpInterruptible;
    return IRQ_HANDLED;
  }

  // ---- binding --------------------------------------------------------------------------------

  /** bt_bmc_probe(). */
  *probe(): Steps<number> {
    const { io } = this.in.bt_bmc_probe;
    this.miscdev.registered = true;
    if (this.ibt.interrupt) {
      this.kernel.requestIrq(VIC_LPC, this.action);
      yield* io.enableIrqs(true);
    } else {
      this.pollTimer.modTimer(this.msecsToJiffies(BT_FIRST_POLL_MS));
    }
    yield io.writeControl(CONTROL);
    yield* this.firstBusy();
    return 0;
  }

  /** How B_BUSY stands once the driver is bound: cleared, though nobody has opened the device yet. */
  protected firstBusy(): Steps {
    return this.in.bt_bmc_probe.io.clrBBusy();
  }

  /** bt_bmc_remove(); then devres frees the interrupt and the memory, whoever uses it. */
  *remove(): Steps {
    yield* this.unbind();
    this.memory.kfree();
  }

  /** No interrupt and no timer comes any more. */
  protected *unbind(): Steps {
    yield* this.miscdev.deregister();
    if (this.ibt.interrupt) yield* this.kernel.freeIrq(VIC_LPC, this.action);
    else yield this.in.bt_bmc_remove.timerDeleteSync;
  }
}
