import { EAGAIN, EBUSY, EFAULT, EINVAL, Mutex, waitEventInterruptible, type MutexOps, type OpenFile, type UserBuffer } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { BmcDevintfRfcV1 } from './devintf.ts';
import type { IpmiBmc } from './driver.ts';

/** The device of the series, but read() hands out whole messages, once each, and keeps what it could not hand out. */
export class BmcDevintfFixed extends BmcDevintfRfcV1 {
  private readonly mutex: MutexOps;

  constructor(bmc: IpmiBmc) {
    super(bmc);
    this.mutex = new Mutex(this.memory, 'read_mutex').at(this.kernel.sim.ops.frame('ipmi_bmc_devintf_read'));
  }

  /** ipmi_bmc_devintf_read(). */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { mutexLock, mutexUnlock } = this.mutex;
    const { requests } = this;
    const msg = this.stackMessage();
    for (;;) {
      yield mutexLock;
      if (requests.peek(msg) !== 0) break;
      yield mutexUnlock;
      if (file.nonBlocking) return -EAGAIN;
      const ret = yield* waitEventInterruptible(this.waitQueue, this.in.read, () => !requests.empty);
      if (ret !== 0) return ret;
    }
    let ret = -EINVAL;
    if (count >= msg.total) {
      ret = (yield* this.uaccess.copyToUser(this.in.read.copy, buf, msg.buffer, msg.total)) === 0 ? msg.total : -EFAULT;
      if (ret > 0) yield* requests.skip(this.in.read);
    }
    yield mutexUnlock;
    return ret;
  }

  protected override full(ret: number): boolean {
    return ret === -EAGAIN || ret === -EBUSY;
  }
}
