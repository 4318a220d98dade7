import { INTR } from '../../src/hw/index.ts';
import { AspeedI2c2022 } from '../../src/drivers/i2c-aspeed/2022.ts';
import { AspeedI2cNak } from '../../src/drivers/i2c-aspeed/nak.ts';
import { SsifBmc2026 } from '../../src/drivers/ssif-bmc/2026-04.ts';
import { MAX_PAYLOAD, SsifState } from '../../src/drivers/ssif-bmc/context.ts';
import { SSIF_MSG_LEN, SSIF_MSG_SIZE, SsifCommand } from '../../src/drivers/ssif-bmc/driver.ts';
import { IPMI_SSIF_PAYLOAD_MAX } from '../../src/ipmi/index.ts';
import { SsifBmcMainline } from '../../src/drivers/ssif-bmc/mainline.ts';
import { SsifBmcV10 } from '../../src/drivers/ssif-bmc/v10.ts';
import {
  EAGAIN, EFAULT, EINVAL, ETIMEDOUT, KernelBuffer, memcpy, waitEventInterruptible, type I2cSlaveBus, type I2cSlaveValue, type Kernel,
  type OpenFile, type UserBuffer,
} from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';

// ---- v10 ----------------------------------------------------------------------------------------

/** ssif-new-request-cleared: the command that begins a request survives the end of the response before it. */
export class KeepsTheCommand extends SsifBmcV10 {
  protected override *processSmbusCmd(val: I2cSlaveValue): Steps {
    const { value } = val;
    yield* super.processSmbusCmd(val);
    this.part.smbusCmd.value = value;
    this.part.address.value = this.address8;
  }
}

/** ssif-len-type-abi: who offers less than a whole message was built for another one. */
export class ChecksTheAbi extends SsifBmcV10 {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return count < SSIF_MSG_SIZE ? -EINVAL : yield* super.read(file, buf, count);
  }
}

// ---- mainline -----------------------------------------------------------------------------------

/** ssif-empty-poll-clears-busy: what was not there is not complete. */
export class CompletesWhatThereIs extends SsifBmcMainline {
  protected override *completeResponse(): Steps {
    if (this.state.responseInProgress) yield* super.completeResponse();
  }
}

/** ssif-request-overwritten-torn-read: a request is put together elsewhere, and published whole. */
export class AssemblesApart extends SsifBmcMainline {
  private readonly assembly: KernelBuffer;
  private assembled = 0;

  constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
    super(kernel, bus, address);
    this.assembly = new KernelBuffer(this.memory, 'assembly', IPMI_SSIF_PAYLOAD_MAX);
    kernel.sim.onReset(() => {
      this.assembled = 0;
    });
  }

  protected override processRequestPart(): void {
    const { state, part, assembly } = this;
    const length = part.length.value;
    const cmd = part.smbusCmd.value;
    if (cmd === SsifCommand.SINGLEPART_WRITE || cmd === SsifCommand.MULTIPART_WRITE_START) this.assembled = 0;
    if (this.assembled + length > IPMI_SSIF_PAYLOAD_MAX) {
      state.aborting = true;
      return;
    }
    memcpy(assembly, this.assembled, part.payload, 0, length);
    this.assembled += length;
  }

  protected override *handleRequest(): Steps {
    const { request, assembly, assembled } = this;
    request.len.value = assembled;
    memcpy(request.payload, 0, assembly, 0, assembled);
    yield* super.handleRequest();
  }
}

/** ssif-late-write-answers-next-request: write() answers what was read; mainline's, with one more test. */
export class AnswersWhatWasRead extends SsifBmcMainline {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy, ...queue } = this.in.ssif_bmc_write;
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
      ret = yield* waitEventInterruptible(this.waitQueue, queue, () => !state.responseInProgress);
      if (ret !== 0) return ret;
      yield spinLockIrqsave;
    }
    ret = state.responseTimerInited && !state.requestAvailable ? 0 : -EINVAL;
    if (ret === 0) {
      this.responseTimer.delTimer();
      state.responseTimerInited = false;
      memcpy(this.response.all, 0, msg, 0, count);
      state.isSinglepartRead = len <= MAX_PAYLOAD;
      state.responseInProgress = true;
      state.busy = false;
      this.request.all.clear();
    }
    yield spinUnlockIrqrestore;
    return ret < 0 ? ret : count;
  }
}

/** ssif-remove-timer-uaf: nothing arms the timer any more when it is deleted. */
export class DeletesTheTimer extends SsifBmcMainline {
  override *remove(): Steps {
    yield* this.bus.unregSlave();
    yield this.in.ssif_bmc_remove.timerDeleteSync;
    yield* this.miscdev.deregister();
    this.memory.kfree();
  }
}

/** ssif-remove-open-fd-uaf: an open file holds the memory. */
export class CountsReferences extends SsifBmcMainline {
  private references = 1;

  constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
    super(kernel, bus, address);
    kernel.sim.onReset(() => {
      this.references = 1;
    });
  }

  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  override *remove(): Steps {
    yield* this.bus.unregSlave();
    yield* this.miscdev.deregister();
    this.put();
  }

  override *open(file: OpenFile): Steps<number> {
    this.references++;
    const ret = yield* super.open(file);
    if (ret !== 0) this.put();
    return ret;
  }

  override *release(file: OpenFile): Steps<number> {
    const ret = yield* super.release(file);
    this.put();
    return ret;
  }
}

/** ssif-write-overruns-payload: what follows 32 bytes is the PEC, and what follows that is dropped. */
export class BoundsTheIndex extends SsifBmcMainline {
  protected override handleWriteReceived(val: I2cSlaveValue): void {
    const { state, part } = this;
    const index = part.index.value;
    if (state.msgIdx < 2 || index < MAX_PAYLOAD) {
      super.handleWriteReceived(val);
      return;
    }
    if (index === MAX_PAYLOAD) part.pec.value = val.value;
    part.index.value = Math.min(index + 1, 0xff);
    state.msgIdx++;
  }
}

/** ssif-length-gt-32-oob-read: a length of more than 32 is wrong; behind 32 bytes the PEC is where it belongs. */
export class ChecksTheLength extends SsifBmcMainline {
  protected override validateRequestPart(): boolean {
    const { part, state } = this;
    const length = part.length.value;
    if (length > MAX_PAYLOAD) return false;
    if (length < MAX_PAYLOAD || part.index.value !== length + 1) return super.validateRequestPart();
    state.pecSupport = true;
    return this.payloadPec(this.headerPec(false)) === part.pec.value;
  }
}

/** ssif-bad-pec-eats-next-request: STOP ends a bad part, too. */
export class EndsWithStop extends SsifBmcMainline {
  protected override *onStop(): Steps {
    yield* super.onStop();
    this.state.state = SsifState.READY;
  }
}

/** ssif-stop-lost-desync: as in 2026-04, but a START alone does it. */
export class StartEndsTheRead extends SsifBmcMainline {
  protected override onWriteRequested(val: I2cSlaveValue): void {
    if (this.state.state === SsifState.RES_SENDING) this.state.state = SsifState.READY;
    super.onWriteRequested(val);
  }
}

/** ssif-copy-to-user-positive: bytes left are a fault. */
export class SeesBytesLeft extends SsifBmcMainline {
  protected override *copyRequest(buf: UserBuffer, msg: KernelBuffer, count: number): Steps<number> {
    return (yield* super.copyRequest(buf, msg, count)) > 0 ? -EFAULT : 0;
  }
}

/** ssif-end-without-start: a request has a beginning. */
export class KnowsTheBeginning extends SsifBmcMainline {
  private assembling = false;

  constructor(kernel: Kernel, bus: I2cSlaveBus, address: number) {
    super(kernel, bus, address);
    kernel.sim.onReset(() => {
      this.assembling = false;
    });
  }

  protected override validateRequestPart(): boolean {
    const cmd = this.part.smbusCmd.value;
    const follows = cmd === SsifCommand.MULTIPART_WRITE_MIDDLE || cmd === SsifCommand.MULTIPART_WRITE_END;
    const good = super.validateRequestPart() && (!follows || this.assembling);
    this.assembling = good && cmd !== SsifCommand.SINGLEPART_WRITE && cmd !== SsifCommand.MULTIPART_WRITE_END;
    return good;
  }
}

/** ssif-zero-length-request: a request has a NetFn and a command. */
export class WantsTwoBytes extends SsifBmcMainline {
  protected override validateRequestPart(): boolean {
    const short = this.part.smbusCmd.value === SsifCommand.SINGLEPART_WRITE && this.part.length.value < 2;
    return super.validateRequestPart() && !short;
  }
}

/** ssif-bare-command-drops-response: a response is void when the next request is complete. */
export class DropsWhenComplete extends SsifBmcMainline {
  protected override *processSmbusCmd(val: I2cSlaveValue): Steps {
    const { state } = this;
    const { responseInProgress } = state;
    state.responseInProgress = false; // nothing to complete, says this to mainline's
    yield* super.processSmbusCmd(val);
    state.responseInProgress = responseInProgress;
  }

  protected override *handleRequest(): Steps {
    if (this.state.responseInProgress) yield* this.completeResponse();
    yield* super.handleRequest();
  }
}

/** ssif-truncated-read-discards: a part is sent when all of it was asked for. */
export class CountsTheBytes extends SsifBmcMainline {
  protected override *onStop(): Steps {
    const { state, part } = this;
    if (state.state === SsifState.RES_SENDING && part.index.value < part.length.value) {
      state.state = SsifState.READY;
      state.msgIdx = 0;
      return;
    }
    yield* super.onStop();
  }
}

/** ssif-middle-retry-skips-block: the next part's turn comes when this one was sent. */
export class AdvancesOnStop extends CountsTheBytes {
  private before: readonly [number, number, number] = [0, 0, 0];

  protected override setMultipartResponseBuffer(): void {
    const { state } = this;
    this.before = [state.nbytesProcessed, state.remainLen, state.blockNum];
    super.setMultipartResponseBuffer();
  }

  protected override *onStop(): Steps {
    const { state, part } = this;
    const cut = state.state === SsifState.RES_SENDING && part.index.value < part.length.value;
    if (cut && state.responseInProgress && !state.isSinglepartRead) [state.nbytesProcessed, state.remainLen, state.blockNum] = this.before;
    yield* super.onStop();
  }
}

/** ssif-release-keeps-state: nobody else is given what was asked of this one. */
export class ForgetsOnRelease extends SsifBmcMainline {
  override *release(_file: OpenFile): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_release;
    const { state } = this;
    yield spinLockIrq;
    this.responseTimer.delTimer();
    state.responseTimerInited = false;
    state.requestAvailable = false;
    state.busy = false;
    state.running = false;
    yield spinUnlockIrq;
    return 0;
  }
}

/** ssif-timeout-errno: who is late is told so. */
export class TellsWhoIsLate extends SsifBmcMainline {
  private formed = false;

  protected override writableLength(len: number, count: number): boolean {
    this.formed = super.writableLength(len, count);
    return this.formed;
  }

  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    return ret === -EINVAL && this.formed && count >= SSIF_MSG_LEN ? -ETIMEDOUT : ret;
  }
}

// ---- 2026-04 ------------------------------------------------------------------------------------

/** ssif-request-gone-on-efault: what could not be handed out is there again. */
export class KeepsOnEfault extends SsifBmc2026 {
  protected override *copyRequest(buf: UserBuffer, msg: KernelBuffer, count: number): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.ssif_bmc_read;
    const ret = yield* super.copyRequest(buf, msg, count);
    if (ret < 0) {
      yield spinLockIrqsave;
      this.state.requestAvailable = true;
      yield spinUnlockIrqrestore;
    }
    return ret;
  }
}

// ---- i2c-aspeed ---------------------------------------------------------------------------------

/** The bits of a status word that end a transfer, if it also tells of the start of another. */
function endsBeforeStart(irqStatus: number): number {
  return (irqStatus & INTR.SLAVE_MATCH) === 0 ? 0 : irqStatus & (INTR.NORMAL_STOP | INTR.TX_NAK);
}

/** i2ca-coalesced-stop-start: the end of the one transfer before the start of the other. */
export class EndsBeforeItBegins extends AspeedI2c2022 {
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    const ends = endsBeforeStart(irqStatus);
    if (ends === 0) return yield* super.slaveIrq(irqStatus);
    return (yield* super.slaveIrq(ends)) | (yield* super.slaveIrq(irqStatus & ~ends));
  }
}

/** ssif-read-in-ready: the same, in the version with which v10 was tested. */
export class TellsOfEveryStart extends AspeedI2cNak {
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    const ends = endsBeforeStart(irqStatus);
    if (ends === 0) return yield* super.slaveIrq(irqStatus);
    return (yield* super.slaveIrq(ends)) | (yield* super.slaveIrq(irqStatus & ~ends));
  }
}
