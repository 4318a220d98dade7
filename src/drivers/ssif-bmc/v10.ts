import { IPMI_SSIF_PAYLOAD_MAX } from '../../ipmi/index.ts';
import {
  EAGAIN, EFAULT, EINVAL, memcpy, waitEventInterruptible, type I2cSlaveValue, type KernelBuffer, type OpenFile, type UserBuffer,
} from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { MAX_TRANSACTION, SsifState, supportedReadCmd, supportedWriteCmd } from './context.ts';
import { SsifBmcCore } from './core.ts';
import { SSIF_MSG_LEN, SSIF_MSG_SIZE, SsifCommand } from './driver.ts';

/** ssif_bmc.c as posted in "[PATCH v10 1/3] ipmi: ssif_bmc: Add SSIF BMC driver", October 2022, and merged for 6.2. */
export class SsifBmcV10 extends SsifBmcCore {
  // ---- file operations ------------------------------------------------------------------------

  /** ssif_bmc_read(): hands one request to user space, length first. */
  *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.ssif_bmc_read;
    const { state } = this;
    let ret: number;
    yield spinLockIrqsave;
    while (!state.requestAvailable) {
      yield spinUnlockIrqrestore;
      if (file.nonBlocking) return -EAGAIN;
      ret = yield* waitEventInterruptible(this.waitQueue, this.in.ssif_bmc_read, () => state.requestAvailable);
      if (ret !== 0) return ret;
      yield spinLockIrqsave;
    }

    const size = Math.min(SSIF_MSG_LEN + this.request.len.value, SSIF_MSG_SIZE);
    if (count < size) {
      yield spinUnlockIrqrestore;
      ret = -EINVAL;
    } else {
      count = size;
      const msg = this.stackMessage();
      memcpy(msg, 0, this.request.all, 0, count);
      state.requestAvailable = false;
      yield spinUnlockIrqrestore;

      ret = yield* this.copyRequest(buf, msg, count);
    }
    return ret < 0 ? ret : count;
  }

  /** The end of ssif_bmc_read(). What copy_to_user() returns is never negative, and counts as success. */
  protected *copyRequest(buf: UserBuffer, msg: KernelBuffer, count: number): Steps<number> {
    return yield* this.uaccess.copyToUser(this.in.ssif_bmc_read.copy, buf, msg, count);
  }

  /** Whether ssif_bmc_write() takes so many bytes; a count without even a length is not looked at. */
  protected writableCount(count: number): boolean {
    return count <= SSIF_MSG_SIZE;
  }

  /** Whether `len` is a length for `count` bytes. The sum is a size_t of 32 bits: FFFFFFFCh passes. */
  protected writableLength(len: number, count: number): boolean {
    return len !== 0 && count >= (SSIF_MSG_LEN + len) >>> 0;
  }

  /** ssif_bmc_write(): takes one response from user space. */
  *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy } = this.in.ssif_bmc_write;
    const { state } = this;
    let ret: number;
    if (!this.writableCount(count)) return -EINVAL;

    const msg = this.stackMessage();
    if ((yield* this.uaccess.copyFromUser(copy, msg, buf, count)) !== 0) return -EFAULT;

    const len = (msg.get(0) | (msg.get(1) << 8) | (msg.get(2) << 16) | (msg.get(3) << 24)) >>> 0;
    if (!this.writableLength(len, count)) return -EINVAL;

    yield spinLockIrqsave;
    while (state.responseInProgress) {
      yield spinUnlockIrqrestore;
      if (file.nonBlocking) return -EAGAIN;
      ret = yield* waitEventInterruptible(this.waitQueue, this.in.ssif_bmc_write, () => !state.responseInProgress);
      if (ret !== 0) return ret;
      yield spinLockIrqsave;
    }

    // Too late: the timer has given up. Or nobody has asked. Whose answer it is the driver does not know.
    ret = state.responseTimerInited ? 0 : -EINVAL;
    if (ret === 0) {
      this.responseTimer.delTimer();
      state.responseTimerInited = false;

      memcpy(this.response.all, 0, msg, 0, count);
      state.isSinglepartRead = len <= 32;
      state.responseInProgress = true;
      state.busy = false;

      this.request.all.clear();
    }
    yield spinUnlockIrqrestore;
    return ret < 0 ? ret : count;
  }

  // ---- interrupt, with the lock held ----------------------------------------------------------

  /** complete_response(): the response counts as sent. */
  protected *completeResponse(): Steps {
    const { state } = this;
    this.response.len.value = 0;
    state.responseInProgress = false;
    state.nbytesProcessed = 0;
    state.remainLen = 0;
    state.busy = false;
    this.part.all.clear();
    yield this.in.complete_response.wakeUpInterruptible;
  }

  /** handle_request(): a request is complete. */
  protected *handleRequest(): Steps {
    const { state } = this;
    state.busy = true;
    state.requestAvailable = true;
    this.response.all.clear();
    yield this.in.handle_request.wakeUpInterruptible;

    this.armResponseTimer();
  }

  /** handle_write_received(). The bound is that of the transaction: three bytes more than the payload has. */
  protected handleWriteReceived(val: I2cSlaveValue): void {
    const { state, part } = this;
    if (state.msgIdx < 1 || state.msgIdx > MAX_TRANSACTION) return;

    if (state.msgIdx === 1) {
      part.length.value = val.value;
      part.index.value = 0;
    } else {
      // gcc and clang store the index first: if the byte lands on it, the byte stays.
      part.payload.set(part.index.value++, val.value);
    }
    state.msgIdx++;
  }

  /** validate_request_part(): the length fits, and the PEC if there is one. */
  protected validateRequestPart(): boolean {
    const { state, part } = this;
    const index = part.index.value;
    const length = part.length.value;
    if (index === length) {
      state.pecSupport = false;
      return true;
    }
    if (index !== length + 1) return false;

    state.pecSupport = true;
    part.pec.value = part.payload.get(length);
    return this.payloadPec(this.headerPec(false)) === part.pec.value;
  }

  /** process_request_part(): adds the part to the request, which read() may be about to fetch. */
  protected processRequestPart(): void {
    const { state, part, request } = this;
    const length = part.length.value;
    switch (part.smbusCmd.value) {
      case SsifCommand.SINGLEPART_WRITE:
        request.len.value = length;
        memcpy(request.payload, 0, part.payload, 0, length);
        break;
      case SsifCommand.MULTIPART_WRITE_START:
      case SsifCommand.MULTIPART_WRITE_MIDDLE:
      case SsifCommand.MULTIPART_WRITE_END: {
        if (part.smbusCmd.value === SsifCommand.MULTIPART_WRITE_START) request.len.value = 0;
        const len = request.len.value;
        if (len + length > IPMI_SSIF_PAYLOAD_MAX) {
          state.aborting = true;
        } else {
          memcpy(request.payload, len, part.payload, 0, length);
          request.len.value = len + length;
        }
        break;
      }
    }
  }

  /** process_smbus_cmd(). */
  protected *processSmbusCmd(val: I2cSlaveValue): Steps {
    const { state, part } = this;
    part.smbusCmd.value = val.value;
    state.msgIdx = 1;
    part.payload.clear();

    if (val.value === SsifCommand.SINGLEPART_WRITE || val.value === SsifCommand.MULTIPART_WRITE_START) {
      // The host has not waited for the response: drop it.
      if (state.responseInProgress) yield* this.completeResponse();
      state.aborting = false;
    }
  }

  /** on_read_requested_event(). */
  protected override onReadRequested(val: I2cSlaveValue): void {
    const { state, part } = this;
    switch (state.state) {
      case SsifState.READY:
      case SsifState.START:
      case SsifState.REQ_RECVING:
      case SsifState.RES_SENDING:
        state.state = SsifState.ABORTING;
        val.value = 0;
        return;
      case SsifState.SMBUS_CMD:
        if (!supportedReadCmd(part.smbusCmd.value)) state.aborting = true;
        state.state = state.aborting ? SsifState.ABORTING : SsifState.RES_SENDING;
        break;
    }
    state.msgIdx = 0;

    if (!state.responseInProgress || state.state === SsifState.ABORTING) {
      val.value = 0;
      return;
    }
    if (state.isSinglepartRead) this.setSinglepartResponseBuffer();
    else this.setMultipartResponseBuffer();
    this.calculateResponsePartPec();
    part.index.value = 0;
    val.value = part.length.value;
  }

  /** on_read_processed_event(). */
  protected override onReadProcessed(val: I2cSlaveValue): void {
    const { state } = this;
    switch (state.state) {
      case SsifState.READY:
      case SsifState.START:
      case SsifState.REQ_RECVING:
      case SsifState.SMBUS_CMD:
        state.state = SsifState.ABORTING;
        val.value = 0;
        return;
    }
    if (!state.responseInProgress || state.state === SsifState.ABORTING) val.value = 0;
    else this.handleReadProcessed(val);
  }

  /** on_write_requested_event(). */
  protected override onWriteRequested(val: I2cSlaveValue): void {
    const { state } = this;
    switch (state.state) {
      case SsifState.READY:
      case SsifState.SMBUS_CMD:
        state.state = SsifState.START;
        break;
      case SsifState.START:
      case SsifState.REQ_RECVING:
      case SsifState.RES_SENDING:
        state.state = SsifState.ABORTING;
        return;
    }
    state.msgIdx = 0;
    this.part.address.value = val.value;
  }

  /** on_write_received_event(). */
  protected override *onWriteReceived(val: I2cSlaveValue): Steps {
    const { state, part } = this;
    switch (state.state) {
      case SsifState.READY:
      case SsifState.RES_SENDING:
        state.state = SsifState.ABORTING;
        break;
      case SsifState.START:
        state.state = SsifState.SMBUS_CMD;
        yield* this.processSmbusCmd(val);
        break;
      case SsifState.SMBUS_CMD:
        if (!supportedWriteCmd(part.smbusCmd.value)) state.aborting = true;
        state.state = state.aborting ? SsifState.ABORTING : SsifState.REQ_RECVING;
        if (!state.aborting) this.handleWriteReceived(val);
        break;
      case SsifState.REQ_RECVING:
        this.handleWriteReceived(val);
        break;
    }
  }

  /** on_stop_event(). */
  protected override *onStop(): Steps {
    const { state, part } = this;
    switch (state.state) {
      case SsifState.READY:
      case SsifState.START:
      case SsifState.SMBUS_CMD:
      case SsifState.ABORTING:
        state.state = SsifState.READY;
        break;
      case SsifState.REQ_RECVING:
        if (this.validateRequestPart()) {
          this.processRequestPart();
          const cmd = part.smbusCmd.value;
          if (cmd === SsifCommand.SINGLEPART_WRITE || cmd === SsifCommand.MULTIPART_WRITE_END) yield* this.handleRequest();
          state.state = SsifState.READY;
        } else {
          // Drop this and all that follows until a request begins anew (IPMI 2.0 section 12). The state is left as it is.
          state.aborting = true;
        }
        break;
      case SsifState.RES_SENDING:
        if (state.isSinglepartRead || state.blockNum === 0xff) yield* this.completeResponse();
        state.state = SsifState.READY;
        break;
    }
    state.msgIdx = 0;
  }
}
