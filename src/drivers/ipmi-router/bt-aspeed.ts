import { BT_CTRL, VIC_LPC } from '../../hw/index.ts';
import { Allocation, EAGAIN, IRQ_HANDLED, IRQ_NONE, SpinLock, TimerList, type Kernel } from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { BT_FIRST_POLL_MS, BT_IRQS, BT_POLL_MS, BtIo, CONTROL, WRITE_WAITS, type AspeedIbt } from '../ibt-io.ts';
import { BtMsg } from './bt-msg.ts';
import type { IpmiBmc, IpmiBmcBus } from './driver.ts';

/**
 * bt-bmc.c as "[RFC v1 4/4] ipmi_bmc: bt-aspeed: port driver to IPMI BMC framework" has it: a bus of the router, all in
 * interrupt context. The router is called with the bus lock held, and calls back into the bus.
 */
export class BtAspeedRfcV1 {
  readonly bus: IpmiBmcBus;
  protected readonly kernel: Kernel;
  protected readonly bmc: IpmiBmc;
  protected readonly ibt: AspeedIbt;
  protected readonly memory: Allocation;
  protected readonly request: BtMsg;
  protected readonly lock: SpinLock;
  protected readonly pollTimer: TimerList;
  protected readonly in;
  private readonly action = { name: 'ipmi-bmc-bt-aspeed', handler: (): Steps<number> => this.irq() };

  constructor(bmc: IpmiBmc, ibt: AspeedIbt) {
    const { kernel } = bmc;
    this.kernel = kernel;
    this.bmc = bmc;
    this.ibt = ibt;
    this.memory = new Allocation(kernel, 'bt_bmc');
    this.request = BtMsg.in(this.memory, 'request');
    this.lock = new SpinLock(this.memory, 'bt_bmc->lock');
    this.pollTimer = new TimerList(kernel, 'poll_timer', () => this.pollTimeout(), this.memory);
    this.bus = bmc.bus(this.memory);
    this.in = constant({
      is_request_avail: this.scope('is_request_avail'),
      get_request: this.scope('get_request'),
      bt_bmc_is_response_open: this.scope('bt_bmc_is_response_open'),
      bt_bmc_send_response: this.scope('bt_bmc_send_response'),
      bt_bmc_irq: this.scope('bt_bmc_irq'),
      bt_bmc_probe: this.scope('bt_bmc_probe'),
      bt_bmc_remove: this.scope('bt_bmc_remove'),
    });
  }

  private scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    return { ...this.lock.at(frame), io: new BtIo(this.ibt.regs.at(frame), this.memory), timerDeleteSync: this.pollTimer.timerDeleteSync | frame };
  }

  /** A critical section of the driver is entered. */
  get busy(): boolean {
    return this.lock.held;
  }

  // ---- requests ----------------------------------------------------------------------------------

  /** is_request_avail(). */
  protected *isRequestAvail(): Steps<boolean> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.is_request_avail;
    yield spinLockIrqsave;
    const ctrl = yield io.readCtrl;
    yield spinUnlockIrqrestore;
    return (ctrl & BT_CTRL.H2B_ATN) !== 0;
  }

  /** get_request(): takes a request, and hands it to the router under the lock. */
  protected *getRequest(): Steps {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.get_request;
    const { request } = this;
    yield spinLockIrqsave;

    if (((yield io.readCtrl) & BT_CTRL.H2B_ATN) === 0) {
      yield spinUnlockIrqrestore;
      return;
    }
    yield* io.setBBusy();
    yield io.clrH2bAtn;
    yield io.clrRdPtr;

    request.len = yield io.read;
    const { len } = request;
    for (let i = 0; i < len; i++) request.buffer.set(1 + i, yield io.read);

    yield* io.clrBBusy();
    yield* this.bmc.handleRequest(request);

    yield spinUnlockIrqrestore;
  }

  // ---- responses ---------------------------------------------------------------------------------

  /** Whether the host has taken the last response. */
  protected *open(io: BtIo): Steps<boolean> {
    return ((yield io.readCtrl) & WRITE_WAITS) === 0;
  }

  /** bt_bmc_is_response_open(). */
  protected *isResponseOpen(): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.bt_bmc_is_response_open;
    yield spinLockIrqsave;
    const open = yield* this.open(io);
    yield spinUnlockIrqrestore;
    return open ? 1 : 0;
  }

  /** bt_bmc_send_response(). bt_bmc_is_response_open() takes the lock as well. */
  protected *sendResponse(response: BtMsg): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.bt_bmc_send_response;
    yield spinLockIrqsave;
    if ((yield* this.isResponseOpen()) === 0) {
      yield spinUnlockIrqrestore;
      return -EAGAIN;
    }
    yield* this.write(io, response);
    yield spinUnlockIrqrestore;
    return 0;
  }

  protected *write(io: BtIo, response: BtMsg): Steps {
    yield io.clrWrPtr;
    const { total } = response;
    for (let i = 0; i < total; i++) yield io.write(response.buffer.get(i));
    yield io.setB2hAtn;
  }

  // ---- timer, interrupt and binding --------------------------------------------------------------

  /** Looks for room for a response, and for a request. */
  private *look(): Steps {
    if ((yield* this.isResponseOpen()) !== 0) yield* this.bmc.signalResponseOpen();
    if (yield* this.isRequestAvail()) yield* this.getRequest();
  }

  /** poll_timer(). */
  private *pollTimeout(): Steps {
    yield* this.look();
    this.setTimer(BT_POLL_MS);
  }

  private setTimer(ms: number): void {
    this.pollTimer.modTimer(Math.ceil((ms * this.kernel.config.hz) / 1000));
  }

  /** bt_bmc_irq(). */
  private *irq(): Steps<number> {
    const { io } = this.in.bt_bmc_irq;
    const reg = (yield io.readStatus) & BT_IRQS;
    if (reg === 0) return IRQ_NONE;
    yield io.writeStatus(reg);
    yield* this.look();
    return IRQ_HANDLED;
  }

  /** bt_bmc_probe(). */
  *probe(): Steps<number> {
    const { io } = this.in.bt_bmc_probe;
    this.bus.sendResponse = (response) => this.sendResponse(response);
    this.bus.isResponseOpen = () => this.isResponseOpen();
    const rc = yield* this.bmc.registerBus(this.bus);
    if (rc !== 0) return rc;
    if (this.ibt.interrupt) {
      this.kernel.requestIrq(VIC_LPC, this.action);
      yield* io.enableIrqs(true);
    } else {
      this.setTimer(BT_FIRST_POLL_MS);
    }
    yield io.writeControl(CONTROL);
    yield* io.clrBBusy();
    return 0;
  }

  /** bt_bmc_remove(); then devres frees the interrupt and the memory. */
  *remove(): Steps {
    yield* this.bmc.unregisterBus(this.bus);
    if (this.ibt.interrupt) yield* this.kernel.freeIrq(VIC_LPC, this.action);
    else yield this.in.bt_bmc_remove.timerDeleteSync;
    this.memory.kfree();
  }
}
