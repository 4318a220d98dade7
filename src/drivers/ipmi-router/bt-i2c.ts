import { Allocation, EAGAIN, I2cSlaveEvent, SpinLock, type I2cSlaveBackend, type I2cSlaveBus, type I2cSlaveValue, type Kernel } from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import { BT_MSG_SIZE, BtMsg } from './bt-msg.ts';
import type { IpmiBmc, IpmiBmcBus } from './driver.ts';

/** The scalars of struct bt_i2c_slave. */
export class BtI2cState {
  responseInProgress = false;
  msgIdx = 0;
}

/**
 * ipmi_bmc_bt_i2c.c as "[RFC v1 3/4] ipmi_bmc: bt-i2c: port driver to IPMI BMC framework" has it: BT's messages, length
 * first, written and read on an I2C bus. All of it is called in the bus driver's interrupt, and calls the router from there
 * with its lock held.
 */
export class BtI2cRfcV1 implements I2cSlaveBackend {
  readonly bus: IpmiBmcBus;
  protected readonly kernel: Kernel;
  protected readonly bmc: IpmiBmc;
  protected readonly memory: Allocation;
  protected readonly request: BtMsg;
  protected readonly response: BtMsg;
  protected readonly lock: SpinLock;
  protected readonly state: BtI2cState;
  protected readonly in;
  private readonly taken: number;
  private readonly i2c: I2cSlaveBus;
  private readonly address: number;

  /** @param address 7-bit */
  constructor(bmc: IpmiBmc, i2c: I2cSlaveBus, address: number) {
    const { kernel } = bmc;
    this.kernel = kernel;
    this.bmc = bmc;
    this.i2c = i2c;
    this.address = address;
    this.memory = new Allocation(kernel, 'bt_i2c_slave');
    this.request = BtMsg.in(this.memory, 'request');
    this.response = BtMsg.in(this.memory, 'response');
    this.lock = new SpinLock(this.memory, 'bt_slave->lock');
    this.state = kernel.shared('bt_i2c_slave', new BtI2cState(), ['responseInProgress', 'msgIdx']);
    this.bus = bmc.bus(this.memory);
    const scope = (name: string) => this.lock.at(kernel.sim.ops.frame(name));
    this.in = constant({
      bt_i2c_is_response_open: scope('bt_i2c_is_response_open'),
      bt_i2c_send_response: scope('bt_i2c_send_response'),
      bt_i2c_slave_cb: scope('bt_i2c_slave_cb'),
    });
    this.taken = kernel.sim.trace.define({
      name: 'bt-i2c.request', lane: 'irq', fields: ['length'], section: 'Linux ipmi_bmc_bt_i2c.c (RFC)', text: (length) => `bt-i2c: a request of ${length} bytes`,
    });
    kernel.sim.onReset(() => Object.assign(this.state, new BtI2cState()));
  }

  /** A critical section of the driver is entered. */
  get busy(): boolean {
    return this.lock.held;
  }

  /** A response waits for the host. */
  get responding(): boolean {
    return this.kernel.readOnce(() => this.state.responseInProgress);
  }

  /** bt_i2c_is_response_open(). */
  protected *isResponseOpen(): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.bt_i2c_is_response_open;
    yield spinLockIrqsave;
    const { responseInProgress } = this.state;
    yield spinUnlockIrqrestore;
    return responseInProgress ? 0 : 1;
  }

  /** bt_i2c_send_response(). */
  protected *sendResponse(response: BtMsg): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.bt_i2c_send_response;
    const { state } = this;
    yield spinLockIrqsave;
    if (state.responseInProgress) {
      yield spinUnlockIrqrestore;
      return -EAGAIN;
    }
    this.response.assign(response);
    state.responseInProgress = true;
    yield spinUnlockIrqrestore;
    return 0;
  }

  /** The request is whole. */
  protected handOn(): Steps {
    const { sim } = this.kernel;
    sim.trace.emit(this.taken, sim.current?.id ?? -1, this.request.total);
    return this.bmc.handleRequest(this.request);
  }

  /** complete_response(), with the lock held. */
  private *completeResponse(): Steps {
    this.response.len = 0;
    this.state.responseInProgress = false;
    yield* this.bmc.signalResponseOpen();
  }

  /** bt_i2c_slave_cb(). */
  *slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number> {
    const { spinLock, spinUnlock } = this.in.bt_i2c_slave_cb;
    const { state, request, response } = this;
    yield spinLock;
    switch (event) {
      case I2cSlaveEvent.WRITE_REQUESTED:
        state.msgIdx = 0;
        break;
      case I2cSlaveEvent.WRITE_RECEIVED:
        if (state.msgIdx >= BT_MSG_SIZE) break;
        request.buffer.set(state.msgIdx++, val.value);
        if (state.msgIdx >= request.total) yield* this.handOn();
        break;
      case I2cSlaveEvent.READ_REQUESTED:
        state.msgIdx = 0;
        val.value = response.buffer.get(0);
        break;
      case I2cSlaveEvent.READ_PROCESSED:
        val.value = response.len !== 0 && state.msgIdx < response.total ? response.buffer.get(++state.msgIdx) : 0;
        // The last byte is only loaded: whether the host takes it nobody knows yet.
        if (state.msgIdx + 1 >= response.total) yield* this.completeResponse();
        break;
      case I2cSlaveEvent.STOP:
        state.msgIdx = 0;
        break;
    }
    yield spinUnlock;
    return 0;
  }

  /** bt_i2c_probe(). */
  *probe(): Steps<number> {
    this.bus.sendResponse = (response) => this.sendResponse(response);
    this.bus.isResponseOpen = () => this.isResponseOpen();
    let ret = yield* this.bmc.registerBus(this.bus);
    if (ret !== 0) return ret;
    ret = yield* this.i2c.regSlave(this.address, this);
    if (ret !== 0) yield* this.bmc.unregisterBus(this.bus);
    return ret;
  }

  /** bt_i2c_remove(); then devres frees the memory. */
  *remove(): Steps {
    yield* this.i2c.unregSlave();
    yield* this.bmc.unregisterBus(this.bus);
    this.memory.kfree();
  }
}
