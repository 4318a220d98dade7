import { Str } from '../../ipmi/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EINVAL, ENODEV, EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, IRQ_HANDLED, IRQ_NONE, Mutex, type MutexOps,
  waitEventInterruptibleLockedIrq, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { US, type Ps, type Steps } from '../../sim/index.ts';
import { KcsEvent } from '../kcs-aspeed.ts';
import type { AspeedKcsObe } from '../kcs-aspeed-obe.ts';
import { KcsRawV3 } from './v3.ts';

/** For how long write() looks for OBF=0 with interrupts on before it sleeps, and how often. */
const OBE_POLL: Ps = 100 * US;
const OBE_PERIOD: Ps = 1 * US;

/** The raw device with every fault mended that is known here. */
export class KcsRawFixed extends KcsRawV3 {
  /** Readers, one after the other from the look at a byte to its end: a copy that faults leaves the byte where it is. */
  private readonly reading: MutexOps;
  private removed = false;
  private references = 1;

  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    super(kernel, aspeed);
    this.reading = new Mutex(this.memory, 'reading').at(kernel.sim.ops.frame('kcs_bmc_raw_read'));
    kernel.sim.onReset(() => {
      this.removed = false;
      this.references = 1;
    });
  }

  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  /** kcs_bmc_raw_remove_device(): whoever sleeps is woken and told; open files hold the memory. */
  protected override *detachCdev(): Steps {
    if (!this.miscdev.registered) return;
    const { spinLockIrq, spinUnlockIrq, wakeUpInterruptible } = this.in.kcs_bmc_raw_event;
    yield* this.miscdev.deregister();
    // From here on nobody lets an event through any more.
    yield spinLockIrq;
    this.removed = true;
    yield wakeUpInterruptible;
    yield spinUnlockIrq;
    yield* this.device.disableDevice(this);
    this.put();
  }

  // ---- events ---------------------------------------------------------------------------------

  /** kcs_bmc_raw_event(): while a byte is held the next one stays in IDR, and the host waits. */
  override *event(): Steps<number> {
    const { io, spinLock, spinUnlock, wakeUpInterruptible } = this.in.kcs_bmc_raw_event;
    const { state } = this;
    let ret = IRQ_NONE;
    yield spinLock;
    const status = yield io.readStatus;
    if ((state.events & KcsEvent.IBF) !== 0 && (status & Str.IBF) !== 0) {
      yield* this.updateEventMask(KcsEvent.IBF, 0);
      if (!state.readable) {
        state.idr = yield io.readData;
        state.readable = true;
      }
      yield wakeUpInterruptible;
      ret = IRQ_HANDLED;
    }
    // ODR may have been filled again since aspeed_kcs_check_obe() found it free, which will not look any more by itself.
    if ((state.events & KcsEvent.OBE) !== 0 && ((status & Str.OBF) === 0 || (yield* this.prepareObe()) !== 0)) {
      yield* this.updateEventMask(KcsEvent.OBE, 0);
      state.writable = true;
      yield wakeUpInterruptible;
      ret = IRQ_HANDLED;
    }
    yield spinUnlock;
    return ret;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** kcs_bmc_raw_open(): the file holds the memory. One that is refused leaves alone what the file that is open listens for. */
  override *open(file: OpenFile): Steps<number> {
    if (this.hasClient) return -EBUSY; // misc_open() lets in one at a time
    const rc = yield* super.open(file);
    if (rc === 0) this.references++;
    return rc;
  }

  /** kcs_bmc_raw_release(). */
  override *release(file: OpenFile): Steps<number> {
    const rc = yield* super.release(file);
    this.put();
    return rc;
  }

  /** kcs_bmc_raw_poll(): listens for OBE only if the caller wants to write. */
  override *poll(_file: OpenFile, requested: number): Steps<number> {
    const { io, pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_poll;
    let events = 0;
    yield pollWait;
    yield spinLockIrq;
    if (this.removed) {
      events = EPOLLERR | EPOLLHUP;
    } else {
      if ((requested & EPOLLOUT) !== 0 && (yield* this.prepareObe()) !== 0) events |= EPOLLOUT;
      if (this.state.readable || ((yield io.readStatus) & Str.IBF) !== 0) events |= EPOLLIN;
    }
    yield spinUnlockIrq;
    return events;
  }

  /** kcs_bmc_raw_prepare_obe(): only the event masks OBE again, for all who wait for it: nobody knows who else does. */
  protected override *prepareObe(): Steps<number> {
    const { io } = this.in.kcs_bmc_raw_prepare_obe;
    yield* this.updateEventMask(KcsEvent.OBE, KcsEvent.OBE);
    return ((yield io.readStatus) & Str.OBF) === 0 ? 1 : 0;
  }

  /** kcs_bmc_raw_read(): looks, copies, and only then takes the byte. */
  override *read(file: OpenFile, buf: UserBuffer, count: number, pos: number): Steps<number> {
    const { copy, io, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_read;
    const { mutexLock, mutexUnlock } = this.reading;
    const { state } = this;
    const data = this.onStack;
    if (count === 0) return 0;
    if (count > 2 || pos > 1 || pos + count > 2) return -EINVAL;
    const readIdr = pos === 0;
    const readStr = pos === 1 || count === 2;

    if (readIdr) yield mutexLock;
    yield spinLockIrq;
    let rc = this.removed ? -ENODEV : 0;
    if (readIdr && rc === 0) {
      rc = yield* this.waitForIdr(file);
      data.set(0, state.idr);
    }
    if (readStr && rc === 0) {
      let str = yield io.readStatus;
      if (state.readable) str |= Str.IBF;
      data.set(count - 1, str);
    }
    yield spinUnlockIrq;
    if (rc === 0) rc = (yield* this.uaccess.copyToUser(copy, buf, data, count)) !== 0 ? -EFAULT : count;
    if (readIdr) {
      if (rc > 0) {
        yield spinLockIrq;
        state.readable = false;
        if (!this.removed) yield* this.updateEventMask(KcsEvent.IBF, KcsEvent.IBF);
        yield spinUnlockIrq;
      }
      yield mutexUnlock;
    }
    return rc;
  }

  /** Holds a byte, or returns a negated errno; under queue.lock, and the mutex of the readers except while it sleeps. */
  private *waitForIdr(file: OpenFile): Steps<number> {
    const { io, spinLockIrq, spinUnlockIrq, ...wait } = this.in.kcs_bmc_raw_read;
    const { mutexLock, mutexUnlock } = this.reading;
    const { state } = this;
    for (;;) {
      if (this.removed) return -ENODEV;
      if (state.readable) return 0;
      if (((yield io.readStatus) & Str.IBF) !== 0) {
        yield* this.updateEventMask(KcsEvent.IBF, 0);
        state.idr = yield io.readData;
        state.readable = true;
        return 0;
      }
      if (file.nonBlocking) return -EAGAIN;
      yield* this.updateEventMask(KcsEvent.IBF, KcsEvent.IBF);
      yield spinUnlockIrq;
      yield mutexUnlock;
      yield spinLockIrq;
      const rc = yield* waitEventInterruptibleLockedIrq(this.queue, { ...wait, spinLockIrq, spinUnlockIrq }, () => state.readable || this.removed);
      yield spinUnlockIrq;
      yield mutexLock;
      yield spinLockIrq;
      if (rc < 0 && !state.readable) return rc;
    }
  }

  /** kcs_bmc_raw_write(): ODR is free before STR is touched, so that a write that fails has changed nothing. */
  override *write(file: OpenFile, buf: UserBuffer, count: number, pos: number): Steps<number> {
    const { copy, io, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_raw_write;
    const data = this.onStack;
    if (count === 0) return count;
    if (count > 2 || pos >= 2 || pos + count > 2) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(copy, data, buf, count)) !== 0) return -EFAULT;
    const writeOdr = pos === 0;
    const writeStr = pos === 1 || count === 2;
    const str = data.get(writeOdr ? 1 : 0);
    const discards = writeStr && (str & Str.OBF) === 0;
    const waits = writeOdr && !discards;

    if (waits && !file.nonBlocking) yield* this.lookForObe();
    yield spinLockIrq;
    let rc = this.removed ? -ENODEV : 0;
    if (rc === 0 && waits) rc = yield* this.waitForOdr(file);
    if (rc === 0) {
      // Always STR before ODR: the write of ODR makes the SerIRQ.
      if (writeStr) yield io.writeStatus(str);
      if (writeOdr) yield* io.writeData(data.get(0));
    }
    yield spinUnlockIrq;
    return rc === 0 ? count : rc;
  }

  /** The look on the spot that kcs_bmc_aspeed.c takes under the lock: here nothing is locked out by it. */
  private *lookForObe(): Steps {
    const { io } = this.in.kcs_bmc_raw_prepare_obe;
    if (!this.removed) yield io.pollStatus(Str.OBF, Str.OBF, OBE_PERIOD, this.kernel.sim.now + OBE_POLL);
  }

  /** OBF=0 under queue.lock, or a negated errno. Whoever is woken looks himself: another writer may have been faster. */
  private *waitForOdr(file: OpenFile): Steps<number> {
    const { io } = this.in.kcs_bmc_raw_write;
    const { state } = this;
    if (((yield io.readStatus) & Str.OBF) === 0) return 0;
    if (file.nonBlocking) return -EAGAIN;
    for (;;) {
      state.writable = false;
      if ((yield* this.prepareObe()) !== 0) return 0;
      const rc = yield* waitEventInterruptibleLockedIrq(this.queue, this.in.kcs_bmc_raw_write, () => state.writable || this.removed);
      if (this.removed) return -ENODEV;
      if (rc < 0) return rc;
    }
  }
}
