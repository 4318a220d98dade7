import { BT_RESPONSE_LEAST, BtCtrl, BtIntMask } from '../../ipmi/bt.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { Lun, NetFn, netFnLun } from '../../ipmi/netfn.ts';
import type { Steps } from '../../sim/process.ts';
import type { HostIo } from '../io.ts';
import { waitForMsgDone } from '../si/by-hand.ts';
import { IPMI_MAX_MSG_LENGTH, SiSmResult, type SiStateMachine, type Us } from '../si/si-sm.ts';
import type { SiTimer } from '../si/si-timer.ts';
import { BT_RESET_DELAY, BtData, BtSm } from './bt-data.ts';
import { BT_BUFFER, BT_CTRL, BT_INTMASK } from './bt-ports.ts';

const APP = netFnLun(NetFn.APP, Lun.BMC);
/** Sequence number of the Warm Reset. */
const RESET_SEQ = 42;

/**
 * The host's side of BT as Linux plays it: drivers/char/ipmi/ipmi_bt_sm.c of 6.1, after IPMI 2.0 §11.7 and with what the
 * kernel makes of it, which a BMC meets in the field:
 *
 *  - B_BUSY is tested in XACTION_START. WRITE_BYTES, the call after that, does not test it again: a BMC that turns busy in
 *    between finds a request written into its buffer.
 *  - Whether H_BUSY, a toggle, is to be written follows from a read before it, here or in the call before.
 *  - A response that does not match is thrown away after it was read, and the wait goes on with the patience that is left.
 *    One that is there before the request is written is drained, with no look at its length.
 *  - A length below 4 is taken for the response, and reported as truncated.
 *  - Time is what the caller says has passed; with interrupts it passes in calls of the timer only.
 *  - A BMC that once showed a bit, but does not answer the first requests (sequence numbers up to the retry limit), is sent a
 *    Warm Reset and the request again, for as long as that goes on.
 *  - After LONG_BUSY all is as just loaded: sequence number 0, and what the BMC said of itself is forgotten.
 */
export class BtStateMachine extends BtData implements SiStateMachine {
  readonly statusReg = BT_CTRL;
  readonly intMaskReg = BT_INTMASK;

  /** `bt_event()`: executes exactly one state. */
  *event(status: number, time: Us): Steps<SiSmResult> {
    const { io } = this;
    this.nonzeroStatus |= status;
    if (this.state < BtSm.WRITE_BYTES && (status & BtCtrl.B2H_ATN) !== 0) {
      yield* this.drainBmc2Host();
      return SiSmResult.CALL_WITH_DELAY;
    }
    if (this.count(time)) return this.timedOut(status);
    switch (this.state) {
      case BtSm.IDLE:
        if ((status & BtCtrl.SMS_ATN) !== 0) {
          yield io.outb(BT_CTRL, BtCtrl.SMS_ATN);
          return SiSmResult.ATTN;
        }
        if ((status & BtCtrl.H_BUSY) !== 0) yield io.outb(BT_CTRL, BtCtrl.H_BUSY); // left over
        return SiSmResult.IDLE;

      case BtSm.XACTION_START:
        if ((status & (BtCtrl.B_BUSY | BtCtrl.H2B_ATN)) !== 0) return SiSmResult.CALL_WITH_DELAY;
        if (((yield io.inb(BT_CTRL)) & BtCtrl.H_BUSY) !== 0) yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
        this.state = BtSm.WRITE_BYTES;
        return SiSmResult.CALL_WITHOUT_DELAY;

      case BtSm.WRITE_BYTES:
        if ((status & BtCtrl.B_BUSY) !== 0) this.log.broke('11.7', 'a request is written while B_BUSY is set');
        if ((status & BtCtrl.H_BUSY) !== 0) yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
        this.begin();
        yield io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
        for (let i = 0; i < this.writeCount; i++) yield io.outb(BT_BUFFER, this.writeData[i]);
        yield io.outb(BT_CTRL, BtCtrl.H2B_ATN); // may be 0 again before it is read
        this.log.sent();
        this.state = BtSm.WRITE_CONSUME;
        return SiSmResult.CALL_WITHOUT_DELAY;

      case BtSm.WRITE_CONSUME:
        if ((status & (BtCtrl.B_BUSY | BtCtrl.H2B_ATN)) !== 0) return SiSmResult.CALL_WITH_DELAY;
        this.state = BtSm.READ_WAIT;
        return SiSmResult.CALL_WITHOUT_DELAY;

      case BtSm.READ_WAIT:
        if ((status & BtCtrl.B2H_ATN) === 0) return SiSmResult.CALL_WITH_DELAY;
        yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
        yield io.outb(BT_CTRL, BtCtrl.B2H_ATN);
        this.state = BtSm.CLEAR_B2H;
        return SiSmResult.CALL_WITHOUT_DELAY;

      case BtSm.CLEAR_B2H:
        if ((status & BtCtrl.B2H_ATN) !== 0) {
          yield io.outb(BT_CTRL, BtCtrl.B2H_ATN); // some BMCs do not clear it at the first hit
          return SiSmResult.CALL_WITH_DELAY;
        }
        this.state = BtSm.READ_BYTES;
        return SiSmResult.CALL_WITHOUT_DELAY;

      case BtSm.READ_BYTES: {
        if ((status & BtCtrl.H_BUSY) === 0) yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
        yield io.outb(BT_CTRL, BtCtrl.CLR_RD_PTR);
        const taken = yield* this.readAllBytes();
        yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
        if (!taken) {
          this.state = BtSm.READ_WAIT;
          return SiSmResult.CALL_WITHOUT_DELAY;
        }
        this.state = BtSm.IDLE;
        this.complete();
        return SiSmResult.TRANSACTION_COMPLETE;
      }

      case BtSm.RESET1:
        yield* this.resetFlags();
        yield* this.drainBmc2Host();
        this.state = BtSm.RESET2;
        return SiSmResult.CALL_WITH_DELAY;

      case BtSm.RESET2:
        yield* this.sendWarmReset();
        this.timeout = BT_RESET_DELAY;
        this.state = BtSm.RESET3;
        return SiSmResult.CALL_WITH_DELAY;

      case BtSm.RESET3:
        if (this.timeout > 0) return SiSmResult.CALL_WITH_DELAY;
        yield* this.drainBmc2Host();
        this.state = BtSm.RESTART;
        return SiSmResult.CALL_WITH_DELAY;

      case BtSm.RESTART: // neither retries nor sequence number are touched
        this.readCount = 0;
        this.nonzeroStatus = 0;
        this.timeout = this.req2rsp;
        this.state = BtSm.XACTION_START;
        return SiSmResult.CALL_WITH_DELAY;

      default: // LONG_BUSY
        if ((status & BtCtrl.B_BUSY) === 0) {
          yield* this.resetFlags();
          this.init();
        }
        return SiSmResult.CALL_WITH_DELAY;
    }
  }

  /** `bt_detect()`: a BMC that works has not all bits 1 in both registers. Asks it what it can do. */
  *detect(io: HostIo, timer: SiTimer): Steps<boolean> {
    if ((yield io.inb(BT_CTRL)) === 0xff && (yield io.inb(BT_INTMASK)) === 0xff) return false;
    yield* this.resetFlags();
    this.startTransaction(Uint8Array.of(APP, AppCmd.GET_BT_INTERFACE_CAPABILITIES), 2);
    yield* waitForMsgDone(this, io, timer);
    this.takeCapabilities();
    return true;
  }

  /** `reset_flags()`. The last write also switches the interrupt off: 80h has 0 where it is enabled. */
  private *resetFlags(): Steps {
    const { io } = this;
    if (((yield io.inb(BT_CTRL)) & BtCtrl.H_BUSY) !== 0) yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
    yield io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
    yield io.outb(BT_CTRL, BtCtrl.SMS_ATN);
    yield io.outb(BT_INTMASK, BtIntMask.BMC_HWRST);
  }

  /** `drain_BMC2HOST()`: gets rid of a response that nobody waits for. */
  private *drainBmc2Host(): Steps {
    const { io } = this;
    if (((yield io.inb(BT_CTRL)) & BtCtrl.B2H_ATN) === 0) return;
    yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
    yield io.outb(BT_CTRL, BtCtrl.B2H_ATN);
    yield io.inb(BT_CTRL); // a pause
    yield io.outb(BT_CTRL, BtCtrl.B2H_ATN);
    yield io.outb(BT_CTRL, BtCtrl.CLR_RD_PTR);
    const size = yield io.inb(BT_BUFFER);
    for (let i = 0; i < size; i++) yield io.inb(BT_BUFFER);
    yield io.outb(BT_CTRL, BtCtrl.H_BUSY);
  }

  /** `read_all_bytes()`: false if the response belongs to another request. */
  private *readAllBytes(): Steps<boolean> {
    const { io, readData } = this;
    readData[0] = yield io.inb(BT_BUFFER);
    this.readCount = readData[0];
    if (this.readCount < BT_RESPONSE_LEAST || this.readCount >= IPMI_MAX_MSG_LENGTH) {
      this.truncated = true;
      return true;
    }
    for (let i = 1; i <= readData[0]; i++) readData[i] = yield io.inb(BT_BUFFER);
    this.readCount++;
    return this.matches();
  }

  /** Warm Reset, whose answer nobody waits for. */
  private *sendWarmReset(): Steps {
    const { io } = this;
    this.log.began(Uint8Array.of(APP, AppCmd.WARM_RESET), 2);
    yield io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
    for (const byte of [3, APP, RESET_SEQ, AppCmd.WARM_RESET]) yield io.outb(BT_BUFFER, byte);
    yield io.outb(BT_CTRL, BtCtrl.H2B_ATN);
    this.log.sent();
    this.log.abandoned('nobody waits for the answer to Warm Reset');
  }
}
