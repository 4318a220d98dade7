import { BT_CTRL } from '../../hw/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EINVAL, EMSGSIZE, ENODEV, EPOLLERR, EPOLLHUP, ERESTARTSYS, waitEventInterruptibleOn, type Kernel, type OpenFile,
  type UserBuffer,
} from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { BT_SHORTEST_RESPONSE } from './driver.ts';
import type { AspeedIbt } from '../ibt-io.ts';
import { BtBmcMainline } from './mainline.ts';

/** Shortest request: NetFn/LUN, Seq, Cmd, without the length byte, bytes. */
const SHORTEST = 3;

/**
 * Mainline with its faults mended; the methods below are the patch.
 *
 * H2B_ATN stays set until the request is in user space: by IPMI 11.7 the host leaves the FIFO alone so long, and a
 * read() that comes to nothing can be made again. B_BUSY changes under the mutex only, and is set while nobody has
 * the device open.
 */
export class BtBmcFixed extends BtBmcMainline {
  /** The device is unbound. Under the mutex. */
  private dead = false;
  /** struct kref: the bound device and its open files. Atomic: needs no lock. */
  private references = 1;

  constructor(kernel: Kernel, ibt: AspeedIbt) {
    super(kernel, ibt);
    kernel.sim.onReset(() => {
      this.dead = false;
      this.references = 1;
    });
  }

  /** kref_put(): the last one frees the memory. */
  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  /** Nobody can serve the host yet. */
  protected override firstBusy(): Steps {
    return this.in.bt_bmc_probe.io.setBBusy();
  }

  /** bt_bmc_remove(): the memory lives on until the last file is closed, and sleepers are sent home. */
  override *remove(): Steps {
    const { io, mutexLock, mutexUnlock, wakeUpInterruptible } = this.in.bt_bmc_remove;
    yield* this.unbind();
    yield mutexLock;
    this.dead = true;
    yield* io.enableIrqs(false);
    yield* io.setBBusy();
    yield mutexUnlock;
    yield wakeUpInterruptible;
    this.put();
  }

  /** bt_bmc_open(): one at a time on each device. */
  override *open(_file: OpenFile): Steps<number> {
    const { io, mutexLock, mutexUnlock } = this.in.bt_bmc_open;
    let ret = 0;
    // misc_open() holds misc_mtx, which misc_deregister() takes: the memory is still there.
    this.references++;
    yield mutexLock;
    if (this.dead) ret = -ENODEV;
    else if (this.openCount > 0) ret = -EBUSY;
    else {
      this.openCount++;
      yield* io.clrBBusy();
    }
    yield mutexUnlock;
    if (ret < 0) this.put();
    return ret;
  }

  /** bt_bmc_release(). */
  override *release(_file: OpenFile): Steps<number> {
    const { io, mutexLock, mutexUnlock } = this.in.bt_bmc_release;
    yield mutexLock;
    this.openCount--;
    if (!this.dead) yield* io.setBBusy();
    yield mutexUnlock;
    this.put();
    return 0;
  }

  /** bt_bmc_read(): who may sleep waits again when another reader was faster, or the message was none. */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { mutexLock, mutexUnlock } = this.in.bt_bmc_read;
    const { in: { bt_bmc_read }, queue } = this;
    let ret: number;
    do {
      if (!file.nonBlocking && (yield* waitEventInterruptibleOn(queue, bt_bmc_read, () => this.readable())) !== 0) return -ERESTARTSYS;
      yield mutexLock;
      ret = this.dead ? -ENODEV : yield* this.readRequest(buf, count);
      yield mutexUnlock;
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }

  /** For what a reader waits: H2B_ATN, or the end. */
  private *readable(): Steps<boolean> {
    return this.dead || ((yield this.in.bt_bmc_read.io.readCtrl) & BT_CTRL.H2B_ATN) !== 0;
  }

  /** bt_bmc_read() under the mutex. */
  private *readRequest(buf: UserBuffer, count: number): Steps<number> {
    const { io, copy } = this.in.bt_bmc_read;
    const { kbuffer } = this;
    let ret: number;
    if (((yield io.readCtrl) & BT_CTRL.H2B_ATN) === 0) return -EAGAIN;

    yield* io.setBBusy();
    yield io.clrRdPtr;
    const len = yield io.read;
    if (len < SHORTEST || len >= this.ibt.fifoDepth) {
      // No message (IPMI 11.3), or one that does not fit the FIFO: nobody can answer it.
      yield io.clrH2bAtn;
      ret = -EAGAIN;
    } else if (len + 1 > count) {
      ret = -EMSGSIZE;
    } else {
      kbuffer.set(0, len);
      for (let i = 1; i <= len; i++) kbuffer.set(i, yield io.read);
      ret = len + 1;
      if ((yield* this.uaccess.copyToUser(copy, buf, kbuffer, ret)) !== 0) ret = -EFAULT;
      else yield io.clrH2bAtn;
    }
    yield* io.clrBBusy();
    return ret;
  }

  /** bt_bmc_write(): takes one whole response that fits the FIFO, as its length byte says. */
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { mutexLock, mutexUnlock, copy } = this.in.bt_bmc_write;
    const { in: { bt_bmc_write }, kbuffer, queue } = this;
    let ret: number;
    if (count < BT_SHORTEST_RESPONSE) return -EINVAL;
    if (count > this.ibt.fifoDepth) return -EMSGSIZE;
    if ((yield* this.uaccess.copyFromUser(copy, kbuffer, buf, count)) !== 0) return -EFAULT;
    if (kbuffer.get(0) !== count - 1) return -EINVAL;
    do {
      if (!file.nonBlocking && (yield* waitEventInterruptibleOn(queue, bt_bmc_write, () => this.writable())) !== 0) return -ERESTARTSYS;
      yield mutexLock;
      ret = this.dead ? -ENODEV : yield* this.writeResponse(count);
      yield mutexUnlock;
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }

  /** For what a writer waits: the host has taken the last response, or the end. */
  private *writable(): Steps<boolean> {
    return this.dead || ((yield this.in.bt_bmc_write.io.readCtrl) & (BT_CTRL.H_BUSY | BT_CTRL.B2H_ATN)) === 0;
  }

  /** bt_bmc_write() under the mutex, of what is in kbuffer. */
  private *writeResponse(count: number): Steps<number> {
    const { io } = this.in.bt_bmc_write;
    const { kbuffer } = this;
    if (((yield io.readCtrl) & (BT_CTRL.H_BUSY | BT_CTRL.B2H_ATN)) !== 0) return -EAGAIN;
    yield io.clrWrPtr;
    for (let i = 0; i < count; i++) yield io.write(kbuffer.get(i));
    yield io.setB2hAtn;
    return count;
  }

  /** bt_bmc_poll(). */
  override *poll(file: OpenFile): Steps<number> {
    const mask = yield* super.poll(file);
    return this.dead ? EPOLLERR | EPOLLHUP : mask;
  }
}
