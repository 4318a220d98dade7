import { IPMI_SSIF_PAYLOAD_MAX } from '../../ipmi/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EINVAL, ENODATA, ENODEV, EPOLLERR, EPOLLHUP, EPOLLIN, ETIMEDOUT, KernelBuffer, Mutex, memcpy,
  waitEventInterruptible, type I2cSlaveBus, type I2cSlaveValue, type Kernel, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { MAX_PAYLOAD, SsifState, supportedReadCmd, supportedWriteCmd } from './context.ts';
import { SsifBmc2026 } from './2026-04.ts';
import { SSIF_MSG_LEN, SSIF_MSG_SIZE, SsifCommand } from './driver.ts';

/** Shortest request: NetFn and command. */
const SHORTEST = 2;

/** What struct ssif_bmc_ctx has gained; under its lock, as the rest. */
class Added {
  /** The device is unbound. */
  dead = false;
  /** Counts what ends the life of a request before read() has taken it: a copy of another one is void. */
  generation = 0;
  /** The request was read, and waits for its response. */
  answerable = false;
  /** A request was given up after it had been read: a response to it comes too late. */
  late = false;
  /** A multi-part write has begun. */
  assembling = false;
  /** Bytes of the request that is being put together. */
  assembled = 0;
  /** The read under way carries a part of the response. */
  sending = false;
  /** Where the parts of the response stood before it, should the host not take all of it. */
  nbytesProcessed = 0;
  remainLen = 0;
  blockNum = 0;
}

/**
 * 2026-04 with its faults mended; the methods below are the patch.
 *
 * A request is put together in a buffer of its own and is published whole, by which the one before it, and its
 * response, are void. A part of a response has been sent when all its bytes have been clocked out. A START ends
 * whatever was under way, so that the aborting flag and the ways out of it are gone.
 */
export class SsifBmcFixed extends SsifBmc2026 {
  private readonly added: Added;
  private readonly assembly: KernelBuffer;
  private readonly mutex: Mutex;
  /** struct kref: the bound device and its open files. Atomic: needs no lock. */
  private references = 1;
  private readonly readMutex;
  private readonly done;

  constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
    super(kernel, bus, address);
    this.added = kernel.shared('ssif_bmc_ctx', new Added(), [
      'dead', 'generation', 'answerable', 'late', 'assembling', 'assembled', 'sending', 'nbytesProcessed', 'remainLen', 'blockNum',
    ]);
    this.assembly = new KernelBuffer(this.memory, 'assembly', IPMI_SSIF_PAYLOAD_MAX);
    this.mutex = new Mutex(this.memory, 'read_mutex');
    this.readMutex = this.mutex.at(kernel.sim.ops.frame('ssif_bmc_read'));
    this.done = this.scope('ssif_bmc_read (copied)');
    kernel.sim.onReset(() => {
      Object.assign(this.added, new Added());
      this.references = 1;
    });
  }

  /** kref_put(): the last one frees the memory. */
  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  /** ssif_bmc_remove(): nothing arms the timer once the target is gone; the memory lives on until the last file is closed. */
  override *remove(): Steps {
    const { spinLockIrq, spinUnlockIrq, wakeUpInterruptible, timerDeleteSync } = this.in.ssif_bmc_remove;
    yield* this.bus.unregSlave();
    yield timerDeleteSync;
    yield* this.miscdev.deregister();
    yield spinLockIrq;
    this.added.dead = true;
    this.giveUp();
    yield spinUnlockIrq;
    yield wakeUpInterruptible;
    this.put();
  }

  /** The request, read or not, will not be answered any more. */
  private giveUp(): void {
    const { state, added } = this;
    if (added.answerable) added.late = true;
    added.answerable = false;
    added.generation++;
    state.requestAvailable = false;
    state.busy = false;
  }

  /** response_timeout(). If the timer is set again already it is for a later request than that for which it fired. */
  protected override *responseTimeout(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.response_timeout;
    yield spinLockIrqsave;
    if (this.state.busy && !this.responseTimer.pending) this.giveUp();
    yield spinUnlockIrqrestore;
  }

  // ---- file operations ------------------------------------------------------------------------

  /** ssif_bmc_open(). */
  override *open(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_open;
    const { state } = this;
    let ret = 0;
    // misc_open() holds misc_mtx, which misc_deregister() takes: the memory is still there.
    this.references++;
    yield spinLockIrq;
    if (this.added.dead) ret = -ENODEV;
    else if (state.running) ret = -EBUSY;
    else state.running = true;
    yield spinUnlockIrq;
    if (ret < 0) this.put();
    return ret;
  }

  /** ssif_bmc_release(): nobody else can answer what was asked of this one. A response that is there stays. */
  override *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    this.responseTimer.delTimer();
    this.giveUp();
    this.added.late = false;
    yield spinUnlockIrq;
    this.put();
    return 0;
  }

  /** ssif_bmc_poll(). */
  override *poll(_file: OpenFile): Steps<number> {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_poll;
    let mask = 0;
    yield pollWait;
    yield spinLockIrq;
    if (this.added.dead) mask = EPOLLERR | EPOLLHUP;
    else if (this.state.requestAvailable) mask = EPOLLIN;
    yield spinUnlockIrq;
    return mask;
  }

  /** For what a reader waits. Without the lock: READ_ONCE() of each in C; the lock decides later. */
  private readable(): boolean {
    return this.kernel.readOnce(() => this.state.requestAvailable || this.added.dead);
  }

  /**
   * ssif_bmc_read(): who may sleep waits again when another reader, or the host, was faster. Who does not offer a whole
   * struct ipmi_ssif_msg was built when its length was a byte, and would take three bytes of it for the message.
   */
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { mutexLock, mutexUnlock } = this.readMutex;
    let ret: number;
    if (count < SSIF_MSG_SIZE) return -EINVAL;
    do {
      if (!file.nonBlocking) {
        ret = yield* waitEventInterruptible(this.waitQueue, this.in.ssif_bmc_read, () => this.readable());
        if (ret < 0) return ret;
      }
      yield mutexLock;
      ret = yield* this.readRequest(buf);
      yield mutexUnlock;
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }

  /** ssif_bmc_read() under the mutex: the request stays available until it is there. */
  private *readRequest(buf: UserBuffer): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy } = this.in.ssif_bmc_read;
    const { done, state, added, request } = this;
    const msg = this.stackMessage();
    yield spinLockIrqsave;
    const { generation } = added;
    let ret = SSIF_MSG_LEN + request.len.value;
    if (added.dead) ret = -ENODEV;
    else if (!state.requestAvailable) ret = -EAGAIN;
    else memcpy(msg, 0, request.all, 0, ret);
    yield spinUnlockIrqrestore;

    if (ret < 0) return ret;
    if ((yield* this.uaccess.copyToUser(copy, buf, msg, ret)) !== 0) return -EFAULT;

    yield done.spinLockIrqsave;
    if (added.generation === generation) {
      state.requestAvailable = false;
      added.answerable = true;
      added.late = false;
    } else {
      ret = -EAGAIN;
    }
    yield done.spinUnlockIrqrestore;
    return ret;
  }

  /**
   * ssif_bmc_write(): takes the response to the request that was read last. -ETIMEDOUT if that was given up meanwhile,
   * -ENODATA if there was none. It never waits: a response that the host has not fetched is void once a new request
   * is complete. Threads that share the file must hold a lock of their own from read() to write().
   */
  override *write(_file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy } = this.in.ssif_bmc_write;
    const { state, added, response } = this;
    let ret = count;
    if (count < SSIF_MSG_LEN || count > SSIF_MSG_SIZE) return -EINVAL;

    const msg = this.stackMessage();
    if ((yield* this.uaccess.copyFromUser(copy, msg, buf, count)) !== 0) return -EFAULT;

    const len = (msg.get(0) | (msg.get(1) << 8) | (msg.get(2) << 16) | (msg.get(3) << 24)) >>> 0;
    if (!this.writableLength(len, count)) return -EINVAL;

    yield spinLockIrqsave;
    if (added.dead) {
      ret = -ENODEV;
    } else if (!added.answerable) {
      ret = added.late ? -ETIMEDOUT : -ENODATA;
      added.late = false;
    } else {
      this.responseTimer.delTimer();
      memcpy(response.all, 0, msg, 0, count);
      state.isSinglepartRead = len <= MAX_PAYLOAD;
      state.nbytesProcessed = 0;
      state.blockNum = 0;
      state.responseInProgress = true;
      state.busy = false;
      added.answerable = false;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }

  // ---- interrupt, with the lock held ----------------------------------------------------------

  /** complete_response(). */
  private responseSent(): void {
    const { state } = this;
    this.response.len.value = 0;
    state.responseInProgress = false;
    state.nbytesProcessed = 0;
  }

  /** handle_request(): a request is complete. The newest counts: a bus that cannot NAK lets it in while another is served. */
  protected override *handleRequest(): Steps {
    const { state, added, request } = this;
    this.giveUp();
    this.responseSent();
    request.len.value = added.assembled;
    memcpy(request.payload, 0, this.assembly, 0, added.assembled);
    state.busy = true;
    state.requestAvailable = true;
    yield this.in.handle_request.wakeUpInterruptible;
    this.armResponseTimer();
  }

  /** validate_request_part(). */
  protected override validateRequestPart(): boolean {
    const { state, part } = this;
    const index = part.index.value;
    const length = part.length.value;
    if (index < length) return false;
    const pec = index > length;
    if (pec && this.payloadPec(this.headerPec(false)) !== part.pec.value) return false;
    state.pecSupport = pec;
    return true;
  }

  /** process_request_part(): adds the part to the request that is put together; true if it is complete. */
  private assemble(): boolean {
    const { added, part } = this;
    const cmd = part.smbusCmd.value;
    const length = part.length.value;
    if (cmd === SsifCommand.SINGLEPART_WRITE || cmd === SsifCommand.MULTIPART_WRITE_START) added.assembled = 0;
    added.assembling = cmd === SsifCommand.MULTIPART_WRITE_START || cmd === SsifCommand.MULTIPART_WRITE_MIDDLE;
    if (added.assembled + length > IPMI_SSIF_PAYLOAD_MAX) {
      added.assembling = false;
      return false;
    }
    memcpy(this.assembly, added.assembled, part.payload, 0, length);
    added.assembled += length;
    return !added.assembling && added.assembled >= SHORTEST;
  }

  /** Whether a part of `length` bytes may come now. The last one may be empty: some hosts send it so after 32 bytes. */
  private partAllowed(cmd: number, length: number): boolean {
    if (!supportedWriteCmd(cmd) || length > MAX_PAYLOAD) return false;
    if (cmd === SsifCommand.MULTIPART_WRITE_END) return this.added.assembling;
    return length > 0 && (cmd !== SsifCommand.MULTIPART_WRITE_MIDDLE || this.added.assembling);
  }

  /** What was received is wrong: it is dropped, and the rest of the message with it, until the next one begins. */
  private abort(): void {
    this.state.state = SsifState.ABORTING;
    this.added.assembling = false;
  }

  /** on_write_requested_event(). */
  protected override onWriteRequested(val: I2cSlaveValue): void {
    const { state } = this;
    if (state.state === SsifState.RES_SENDING) this.endRead(); // its STOP was lost
    state.state = SsifState.START;
    this.part.address.value = val.value;
  }

  /** on_write_received_event(). */
  protected override *onWriteReceived(val: I2cSlaveValue): Steps {
    const { state, part } = this;
    switch (state.state) {
      case SsifState.START:
        state.state = SsifState.SMBUS_CMD;
        part.smbusCmd.value = val.value;
        break;
      case SsifState.SMBUS_CMD:
        if (this.partAllowed(part.smbusCmd.value, val.value)) {
          state.state = SsifState.REQ_RECVING;
          part.length.value = val.value;
          part.index.value = 0;
        } else {
          this.abort();
        }
        break;
      case SsifState.REQ_RECVING: {
        const index = part.index.value;
        if (index < part.length.value) part.payload.set(index, val.value);
        else if (index === part.length.value) part.pec.value = val.value;
        else this.abort();
        part.index.value = index + 1;
        break;
      }
      case SsifState.READY:
      case SsifState.RES_SENDING:
        state.state = SsifState.ABORTING;
        break;
    }
  }

  /** on_read_requested_event(). */
  protected override onReadRequested(val: I2cSlaveValue): void {
    const { state, part, added } = this;
    const asked = state.state === SsifState.SMBUS_CMD && supportedReadCmd(part.smbusCmd.value);
    if (state.state === SsifState.RES_SENDING) this.endRead();
    state.state = asked ? SsifState.RES_SENDING : SsifState.ABORTING;
    val.value = 0;
    if (!asked || !state.responseInProgress) return;

    const more = part.smbusCmd.value === SsifCommand.MULTIPART_READ_MIDDLE;
    if (more && (state.isSinglepartRead || state.nbytesProcessed === 0)) return;
    added.nbytesProcessed = state.nbytesProcessed;
    added.remainLen = state.remainLen;
    added.blockNum = state.blockNum;
    added.sending = true;
    if (state.isSinglepartRead) this.setSinglepartResponseBuffer();
    else this.setMultipartResponseBuffer();
    this.calculateResponsePartPec();
    state.msgIdx = 0;
    part.index.value = 0;
    val.value = part.length.value;
  }

  /** on_read_processed_event(). msg_idx counts the bytes asked for: one is always asked for before it can go out. */
  protected override onReadProcessed(val: I2cSlaveValue): void {
    const { state, part, added } = this;
    val.value = 0;
    if (state.state !== SsifState.RES_SENDING) state.state = SsifState.ABORTING;
    else if (added.sending && state.msgIdx++ <= part.length.value) this.handleReadProcessed(val);
  }

  /** A read is over: goes on to the next part if all of this one was asked for, and else back to where it was. */
  private endRead(): void {
    const { state, part, added } = this;
    if (!added.sending) return;
    added.sending = false;
    if (state.msgIdx < part.length.value) {
      state.nbytesProcessed = added.nbytesProcessed;
      state.remainLen = added.remainLen;
      state.blockNum = added.blockNum;
    } else if (state.isSinglepartRead || state.blockNum === 0xff) {
      this.responseSent();
    }
  }

  /** on_stop_event(). */
  protected override *onStop(): Steps {
    const { state } = this;
    if (state.state === SsifState.RES_SENDING) {
      this.endRead();
    } else if (state.state === SsifState.REQ_RECVING) {
      if (!this.validateRequestPart()) this.abort();
      else if (this.assemble()) yield* this.handleRequest();
    }
    state.state = SsifState.READY;
  }
}
