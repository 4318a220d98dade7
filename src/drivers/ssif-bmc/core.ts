import { pecByte } from '../../smbus/index.ts';
import {
  Allocation, EBUSY, ENOTTY, EPOLLIN, I2cSlaveEvent, MiscDevice, SpinLock, StackBuffer, TimerList, UserAccess, WaitQueue, memcpy,
  type FileOperations, type I2cSlaveBus, type I2cSlaveValue, type Kernel, type KernelBuffer, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import { constant, type Steps } from '../../sim/index.ts';
import {
  Buffers, MAX_PAYLOAD, MIDDLE_DATA, START_DATA, STATE_FIELDS, State, stateToString, type PartBuffer, type SsifMessage,
} from './context.ts';
import { RESPONSE_TIMEOUT_MS, SSIF_MSG_SIZE, SsifCommand, type SsifBmcDriver } from './driver.ts';

/** What no version of ssif_bmc.c has changed: the device, the frame of the callback, and how a response is cut into parts. */
export abstract class SsifBmcCore implements SsifBmcDriver, FileOperations {
  readonly miscdev: MiscDevice;
  protected readonly kernel: Kernel;
  protected readonly memory: Allocation;
  protected readonly lock: SpinLock;
  protected readonly waitQueue: WaitQueue;
  protected readonly uaccess: UserAccess;
  protected readonly responseTimer: TimerList;
  protected readonly state: State;
  protected readonly part: PartBuffer;
  protected readonly response: SsifMessage;
  protected readonly request: SsifMessage;
  protected readonly in;
  protected readonly bus: I2cSlaveBus;
  /** GET_8BIT_ADDR() of the client. */
  protected readonly address8: number;
  private readonly address: number;
  private readonly stack: StackBuffer;

  constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
    this.kernel = kernel;
    this.bus = bus;
    this.address = address;
    this.address8 = (address << 1) & 0xff;
    this.memory = new Allocation(kernel, 'ssif_bmc_ctx');
    this.stack = new StackBuffer(kernel, 'msg', SSIF_MSG_SIZE);
    this.lock = new SpinLock(this.memory, 'lock');
    this.waitQueue = new WaitQueue(this.memory, 'wait_queue', 'wake_up_all');
    this.uaccess = new UserAccess(kernel);
    this.responseTimer = new TimerList(kernel, 'response_timer', () => this.responseTimeout(), this.memory);
    this.state = kernel.shared('ssif_bmc_ctx', new State(), STATE_FIELDS);
    const buffers = new Buffers(this.memory);
    this.part = buffers.part;
    this.response = buffers.response;
    this.request = buffers.request;
    this.miscdev = new MiscDevice(kernel, 'ipmi-ssif-host', this);
    this.in = constant({
      ssif_bmc_cb: this.scope('ssif_bmc_cb'),
      ssif_bmc_open: this.scope('ssif_bmc_open'),
      ssif_bmc_poll: this.scope('ssif_bmc_poll'),
      ssif_bmc_read: this.scope('ssif_bmc_read'),
      ssif_bmc_write: this.scope('ssif_bmc_write'),
      ssif_bmc_release: this.scope('ssif_bmc_release'),
      response_timeout: this.scope('response_timeout'),
      complete_response: this.scope('complete_response'),
      handle_request: this.scope('handle_request'),
      ssif_bmc_remove: this.scope('ssif_bmc_remove'),
    });
    kernel.sim.onReset(() => Object.assign(this.state, new State()));
  }

  /** The steps that a function issues, labelled with its name. */
  protected scope(name: string) {
    const frame = this.kernel.sim.ops.frame(name);
    return {
      ...this.lock.at(frame),
      ...this.waitQueue.at(frame),
      copy: this.uaccess.at(frame),
      timerDeleteSync: this.responseTimer.timerDeleteSync | frame,
    };
  }

  /** `struct ipmi_ssif_msg msg` on the stack of the current task, with what its last call has left there. */
  protected stackMessage(): KernelBuffer {
    return this.stack.current;
  }

  /** ssif_bmc_probe(). */
  *probe(): Steps<number> {
    this.miscdev.registered = true;
    const ret = yield* this.bus.regSlave(this.address, this);
    if (ret !== 0) yield* this.miscdev.deregister();
    return ret;
  }

  /** ssif_bmc_remove(); then devres frees the context. */
  *remove(): Steps {
    yield* this.bus.unregSlave();
    yield* this.miscdev.deregister();
    this.memory.kfree();
  }

  get stateName(): string {
    return stateToString(this.state.state);
  }

  get busy(): boolean {
    return this.lock.held;
  }

  get refuses(): boolean {
    return this.state.busy && !this.state.aborting;
  }

  get responding(): boolean {
    return this.state.responseInProgress;
  }

  get requesting(): boolean {
    return this.state.requestAvailable;
  }

  // ---- file operations ------------------------------------------------------------------------

  abstract read(file: OpenFile, buf: UserBuffer, count: number): Steps<number>;
  abstract write(file: OpenFile, buf: UserBuffer, count: number): Steps<number>;

  /** ssif_bmc_open(): one at a time. */
  *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_open;
    const { state } = this;
    let ret = 0;
    yield spinLockIrq;
    if (!state.running) state.running = true;
    else ret = -EBUSY;
    yield spinUnlockIrq;
    return ret;
  }

  /** ssif_bmc_poll(). */
  *poll(_file: OpenFile): Steps<number> {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.requestAvailable ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }

  /** ssif_bmc_release(). */
  *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    yield spinUnlockIrq;
    return 0;
  }

  /** There are none. */
  *ioctl(_file: OpenFile, _cmd: number): Steps<number> {
    return -ENOTTY;
  }

  // ---- timer ----------------------------------------------------------------------------------

  /** response_timeout(): no response in time. */
  protected *responseTimeout(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.response_timeout;
    const { state } = this;
    yield spinLockIrqsave;
    if (!state.responseInProgress) {
      state.busy = false;
      state.responseTimerInited = false;
      state.aborting = true;
    }
    yield spinUnlockIrqrestore;
  }

  /** mod_timer(). */
  protected armResponseTimer(): void {
    this.state.responseTimerInited = true;
    this.responseTimer.modTimer(Math.ceil((RESPONSE_TIMEOUT_MS * this.kernel.config.hz) / 1000));
  }

  // ---- interrupt ------------------------------------------------------------------------------

  protected abstract onReadRequested(val: I2cSlaveValue): void;
  protected abstract onReadProcessed(val: I2cSlaveValue): void;
  protected abstract onWriteRequested(val: I2cSlaveValue): void;
  protected abstract onWriteReceived(val: I2cSlaveValue): Steps;
  protected abstract onStop(): Steps;

  /** ssif_bmc_cb(). */
  *slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.ssif_bmc_cb;
    let ret = 0;
    yield spinLockIrqsave;
    switch (event) {
      case I2cSlaveEvent.READ_REQUESTED:
        this.onReadRequested(val);
        break;
      case I2cSlaveEvent.WRITE_REQUESTED:
        this.onWriteRequested(val);
        break;
      case I2cSlaveEvent.READ_PROCESSED:
        this.onReadProcessed(val);
        break;
      case I2cSlaveEvent.WRITE_RECEIVED:
        yield* this.onWriteReceived(val);
        break;
      case I2cSlaveEvent.STOP:
        yield* this.onStop();
        break;
    }
    if (!this.state.aborting && this.state.busy) ret = -EBUSY;
    yield spinUnlockIrqrestore;
    return ret;
  }

  /** i2c_smbus_pec() of address, command and length. */
  protected headerPec(read: boolean): number {
    const { part } = this;
    let pec = pecByte(0, read ? part.address.value : this.address8);
    pec = pecByte(pec, part.smbusCmd.value);
    if (read) pec = pecByte(pec, part.address.value | 0x01);
    return pecByte(pec, part.length.value);
  }

  /** i2c_smbus_pec() of the payload, as many bytes as part.length says. */
  protected payloadPec(pec: number): number {
    const { part } = this;
    const length = part.length.value;
    for (let i = 0; i < length; i++) pec = pecByte(pec, part.payload.get(i));
    return pec;
  }

  /** calculate_response_part_pec(). */
  protected calculateResponsePartPec(): void {
    this.part.pec.value = this.payloadPec(this.headerPec(true));
  }

  /** set_singlepart_response_buffer(). */
  protected setSinglepartResponseBuffer(): void {
    const { part, response } = this;
    part.address.value = this.address8;
    part.length.value = response.len.value;
    const length = part.length.value;
    part.payload.clear(length, MAX_PAYLOAD - length);
    memcpy(part.payload, 0, response.payload, 0, length);
  }

  /** set_multipart_response_buffer(): the next part, and on to the one after it. */
  protected setMultipartResponseBuffer(): void {
    const { state, part, response } = this;
    let partLen = 0;
    part.address.value = this.address8;
    switch (part.smbusCmd.value) {
      case SsifCommand.MULTIPART_READ_START:
        state.nbytesProcessed = 0;
        state.blockNum = 0;
        part.length.value = MAX_PAYLOAD;
        partLen = START_DATA;
        state.remainLen = (response.len.value - partLen) & 0xff;
        // Two special codes tell that more parts follow.
        part.payload.set(0, 0x00);
        part.payload.set(1, 0x01);
        memcpy(part.payload, 2, response.payload, 0, partLen);
        break;

      case SsifCommand.MULTIPART_READ_MIDDLE:
        if (state.remainLen <= MIDDLE_DATA) {
          // The end: block number FFh and what remains.
          part.payload.clear();
          part.length.value = state.remainLen + 1;
          partLen = state.remainLen;
          state.blockNum = 0xff;
          part.payload.set(0, state.blockNum);
        } else {
          part.length.value = MAX_PAYLOAD;
          partLen = MIDDLE_DATA;
          part.payload.set(0, state.blockNum);
          state.blockNum = (state.blockNum + 1) & 0xff;
        }
        state.remainLen -= partLen;
        memcpy(part.payload, 1, response.payload, state.nbytesProcessed, partLen);
        break;
    }
    state.nbytesProcessed = (state.nbytesProcessed + partLen) & 0xff;
  }

  /** handle_read_processed(): the next byte of the part, then its PEC, then zeros. */
  protected handleReadProcessed(val: I2cSlaveValue): void {
    const { state, part } = this;
    const index = part.index.value;
    const length = part.length.value;
    if (index < length) val.value = part.payload.get(index);
    else if (index === length && state.pecSupport) val.value = part.pec.value;
    else val.value = 0;
    part.index.value = index + 1;
  }
}
