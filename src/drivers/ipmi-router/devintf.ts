import {
  Allocation, EAGAIN, EBUSY, EFAULT, EINVAL, EIO, ENOTTY, EPOLLIN, EPOLLOUT, ERESTARTSYS, MiscDevice, StackBuffer, UserAccess, WaitQueue,
  waitEventInterruptible, waitEventInterruptibleOn, type FileOperations, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { BT_MSG_SIZE, BtMsg } from './bt-msg.ts';
import type { IpmiBmc, IpmiBmcDevice } from './driver.ts';
import { KFifo } from './kfifo.ts';

/** REQUEST_FIFO_SIZE: one for each sequence number. */
const REQUEST_FIFO_SIZE = 256;

/**
 * ipmi_bmc_devintf.c of the same series ("[RFC v1 2/4] ipmi_bmc: device interface to IPMI BMC framework"): the default
 * device, which hands requests to a daemon through /dev/ipmi-bt-host.
 */
export class BmcDevintfRfcV1 implements FileOperations {
  readonly miscdev: MiscDevice;
  readonly device: IpmiBmcDevice;
  protected readonly kernel: Kernel;
  protected readonly bmc: IpmiBmc;
  protected readonly memory: Allocation;
  protected readonly waitQueue: WaitQueue;
  protected readonly requests: KFifo;
  protected readonly uaccess: UserAccess;
  protected readonly in;
  private readonly stack: StackBuffer;

  constructor(bmc: IpmiBmc) {
    const { kernel } = bmc;
    this.kernel = kernel;
    this.bmc = bmc;
    this.memory = new Allocation(kernel, 'bmc_devintf_data');
    this.stack = new StackBuffer(kernel, 'msg', BT_MSG_SIZE);
    this.waitQueue = new WaitQueue(this.memory, 'wait_queue', 'wake_up_all');
    this.requests = new KFifo(this.memory, 'requests', REQUEST_FIFO_SIZE);
    this.uaccess = new UserAccess(kernel);
    this.miscdev = new MiscDevice(kernel, 'ipmi-bt-host', this);
    this.device = bmc.device(this.memory, 'devintf');
    this.in = constant({
      read: this.scope('ipmi_bmc_devintf_read'),
      write: this.scope('ipmi_bmc_devintf_write'),
      poll: this.scope('ipmi_bmc_devintf_poll'),
      handle_request: this.scope('ipmi_bmc_devintf_handle_request'),
      signal_response_open: this.scope('ipmi_bmc_devintf_signal_response_open'),
    });
  }

  private scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    return { ...this.waitQueue.at(frame), ...this.requests.at(frame), copy: this.uaccess.at(frame) };
  }

  /** `struct bt_msg msg` on the stack of the current task. */
  protected stackMessage(): BtMsg {
    return new BtMsg(this.stack.current);
  }

  /** init_ipmi_bmc_devintf(). */
  *init(): Steps<number> {
    const { device } = this;
    device.handleRequest = (request) => this.handleRequest(request);
    device.matchRequest = () => true; // as the default device it is not asked
    device.signalResponseOpen = () => this.signalResponseOpen();
    const ret = yield* this.bmc.registerDefaultDevice(device);
    if (ret === 0) this.miscdev.registered = true;
    return ret;
  }

  /** exit_ipmi_bmc_devintf(). Nobody has the device open: an open file holds the module. */
  *exit(): Steps {
    yield* this.miscdev.deregister();
    yield* this.bmc.unregisterDefaultDevice(this.device);
    this.memory.kfree();
  }

  // ---- file operations ------------------------------------------------------------------------

  *open(_file: OpenFile): Steps<number> {
    return 0;
  }

  *release(_file: OpenFile): Steps<number> {
    return 0;
  }

  /** There are none. */
  *ioctl(_file: OpenFile, _cmd: number): Steps<number> {
    return -ENOTTY;
  }

  /** ipmi_bmc_devintf_read(). */
  *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { requests } = this;
    const msg = this.stackMessage();
    if (file.nonBlocking && requests.empty) return -EAGAIN;
    if (!file.nonBlocking) {
      if ((yield* waitEventInterruptible(this.waitQueue, this.in.read, () => !requests.empty)) !== 0) return -ERESTARTSYS;
    }
    if ((yield* requests.get(this.in.read, msg)) === 0) return -EIO;
    const n = Math.min(count, msg.total);
    if ((yield* this.uaccess.copyToUser(this.in.read.copy, buf, msg.buffer, n)) !== 0) return -EFAULT;
    return n;
  }

  /** ipmi_bmc_devintf_write(). */
  *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const msg = this.stackMessage();
    if (count > BT_MSG_SIZE) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(this.in.write.copy, msg.buffer, buf, count)) !== 0) return -EFAULT;
    if (count !== msg.total) return -EINVAL;

    let ret = yield* this.bmc.sendResponse(msg, this.device);
    const { bmc } = this;
    const isResponseOpen = function* (): Steps<boolean> {
      return (yield* bmc.isResponseOpen()) !== 0;
    };
    while (!file.nonBlocking && this.full(ret)) {
      if ((yield* waitEventInterruptibleOn(this.waitQueue, this.in.write, isResponseOpen)) !== 0) return -ERESTARTSYS;
      ret = yield* this.bmc.sendResponse(msg, this.device);
    }
    return ret < 0 ? ret : count;
  }

  /** The bus has a response in progress. The header says -EBUSY, both bus drivers say -EAGAIN. */
  protected full(ret: number): boolean {
    return ret === -EAGAIN;
  }

  /** ipmi_bmc_devintf_poll(). */
  *poll(_file: OpenFile): Steps<number> {
    yield this.in.poll.pollWait;
    let mask = this.requests.empty ? 0 : EPOLLIN;
    if ((yield* this.bmc.isResponseOpen()) !== 0) mask |= EPOLLOUT;
    return mask;
  }

  // ---- callbacks ------------------------------------------------------------------------------

  /** ipmi_bmc_devintf_handle_request(). */
  protected *handleRequest(request: BtMsg): Steps<number> {
    const { handle_request } = this.in;
    if (request.len === 0) return -EINVAL;
    if ((yield* this.requests.put(handle_request, request)) === 0) return -EBUSY;
    yield handle_request.wakeUpInterruptible;
    return 0;
  }

  /** ipmi_bmc_devintf_signal_response_open(). */
  protected *signalResponseOpen(): Steps {
    yield this.in.signal_response_open.wakeUpInterruptible;
  }
}
