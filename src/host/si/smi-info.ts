import { GlobalEnable, MessageFlag } from '../../ipmi/bmc-state.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { CompletionCode } from '../../ipmi/completion.ts';
import { CC_INDEX, RESPONSE_HEADER } from '../../ipmi/message.ts';
import { Lun, NetFn, RESPONSE_BIT, netFnLun } from '../../ipmi/netfn.ts';
import type { SiTimer } from './si-timer.ts';
import { SiState } from './si-state.ts';
import { SmiMsg } from './smi-msg.ts';
import { IPMI_MAX_MSG_LENGTH, SiSmResult, type SiStateMachine } from './si-sm.ts';

const APP = netFnLun(NetFn.APP, Lun.BMC);
const INTERRUPTS = GlobalEnable.RECEIVE_MESSAGE_INTERRUPT | GlobalEnable.EVENT_MESSAGE_BUFFER_FULL_INTERRUPT;
const WANTED = GlobalEnable.EVENT_MESSAGE_BUFFER | INTERRUPTS;

/**
 * The policy of ipmi_si: what to send next, and what to do with what came back. Touches no port; `struct
 * smi_info` and the functions around smi_event_handler() of drivers/char/ipmi/ipmi_si_intf.c.
 *
 * Memory never runs out here, so interrupts are never switched off for want of it.
 */
export class SmiInfo {
  readonly sm: SiStateMachine;
  readonly timer: SiTimer;
  /** Whether the interface has an interrupt: `io.irq`. */
  readonly irq: boolean;

  siState: SiState = SiState.NORMAL;
  /** Set by `sender()` while SI is busy with something else. */
  waitingMsg: SmiMsg | null = null;
  currMsg: SmiMsg | null = null;
  /** Flags of the last Get Message Flags that are still to be served. */
  msgFlags = 0;
  /** An ATTN came while SI was busy. */
  gotAttn = false;
  /** The upper layer wants the events fetched at the next idle moment. */
  reqEvents = false;
  hasEventBuffer = true;
  supportsEventMsgBuff = true;
  cannotDisableIrq = false;
  irqEnableBroken = false;
  interruptDisabled = false;
  /** An enables check has come to the point where the interface's own interrupt switch is looked at, if it has one: do so. */
  checksIrq = false;
  /** Whether the interrupt is wanted, as that check has found. */
  irqOn = false;
  /** The message that SI makes up for what it fetches on its own. */
  private readonly own = new SmiMsg();
  private readonly scratch = new Uint8Array(4);

  /** Takes the response to a message of the upper layer, and what Get Message and Read Event fetched. */
  deliver: (msg: SmiMsg, asked: boolean) => void = () => {};
  /** Called in an idle moment before SI turns to its own wishes: the last chance to hand it a message. */
  beforeIdle: () => void = () => {};

  constructor(sm: SiStateMachine, timer: SiTimer, irq: boolean) {
    this.sm = sm;
    this.timer = timer;
    this.irq = irq;
  }

  /** As set up by a successful probe. */
  reset(): void {
    this.siState = SiState.NORMAL;
    this.waitingMsg = null;
    this.currMsg = null;
    this.msgFlags = 0;
    this.gotAttn = false;
    this.reqEvents = false;
    this.hasEventBuffer = true;
    this.supportsEventMsgBuff = true;
    this.cannotDisableIrq = false;
    this.irqEnableBroken = false;
    this.interruptDisabled = false;
    this.checksIrq = false;
    this.irqOn = false;
    this.own.reset();
    this.scratch.fill(0);
  }

  /** Nothing in hand: a message handed over now is started by its sender. */
  get quiet(): boolean {
    return this.siState === SiState.NORMAL && this.currMsg === null;
  }

  /** `sender()`, up to the event call that it makes if SI was quiet: true if so. */
  sender(msg: SmiMsg): boolean {
    if (this.waitingMsg !== null) throw new Error('ipmi_si is handed a message while one is waiting');
    this.waitingMsg = msg;
    if (!this.quiet) return false;
    this.timer.mod();
    this.startNextMsg();
    return true;
  }

  /** `request_events()`: the upper layer's wish to hear of events. */
  requestEvents(): void {
    if (this.hasEventBuffer) this.reqEvents = true;
  }

  /**
   * The part of `smi_event_handler()` that follows an event call. CALL_WITHOUT_DELAY: make another one at
   * once, with time 0. Anything else is what the handler returns.
   */
  afterEvent(result: SiSmResult): SiSmResult {
    switch (result) {
      case SiSmResult.CALL_WITHOUT_DELAY:
        return result;
      case SiSmResult.TRANSACTION_COMPLETE:
        this.handleTransactionDone();
        return SiSmResult.CALL_WITHOUT_DELAY;
      case SiSmResult.HOSED:
        this.siState = SiState.NORMAL;
        if (this.currMsg !== null) this.returnHosedMsg(CompletionCode.UNSPECIFIED);
        return SiSmResult.CALL_WITHOUT_DELAY;
    }
    // Attention goes before new messages.
    if (result === SiSmResult.ATTN || this.gotAttn) {
      this.gotAttn = this.siState !== SiState.NORMAL;
      if (!this.gotAttn) {
        this.startNewMsg(SiState.GETTING_FLAGS, AppCmd.GET_MESSAGE_FLAGS);
        return SiSmResult.CALL_WITHOUT_DELAY;
      }
    }
    if (result !== SiSmResult.IDLE) return result;
    if (this.waitingMsg === null) {
      this.currMsg = null;
      this.beforeIdle();
      if (this.currMsg !== null) return SiSmResult.CALL_WITHOUT_DELAY;
    } else {
      this.startNextMsg();
      return SiSmResult.CALL_WITHOUT_DELAY;
    }
    if (this.reqEvents) {
      this.reqEvents = false;
      // A BMC may have been reset meanwhile: see whether it still has what was set at the start.
      if (this.supportsEventMsgBuff || this.irq) {
        this.startNewMsg(SiState.CHECKING_ENABLES, AppCmd.GET_BMC_GLOBAL_ENABLES);
      } else {
        this.startGetting(SiState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
      }
      return SiSmResult.CALL_WITHOUT_DELAY;
    }
    this.timer.cancel();
    return result;
  }

  /** `start_clear_flags()`: no watchdog pre-timeout may be left over. */
  startClearFlags(): void {
    this.startNewMsg(SiState.CLEARING_FLAGS, AppCmd.CLEAR_MESSAGE_FLAGS, MessageFlag.WATCHDOG_PRE_TIMEOUT);
  }

  private startNextMsg(): void {
    const msg = this.waitingMsg!;
    this.currMsg = msg;
    this.waitingMsg = null;
    const err = this.sm.startTransaction(msg.data, msg.dataSize);
    if (err !== 0) this.returnHosedMsg(err);
  }

  private startNewMsg(state: SiState, cmd: number, data = -1): void {
    const { scratch } = this;
    scratch[0] = APP;
    scratch[1] = cmd;
    if (data >= 0) scratch[2] = data;
    this.timer.mod();
    this.sm.startTransaction(scratch, data >= 0 ? 3 : 2);
    this.siState = state;
  }

  private startGetting(state: SiState, cmd: number): void {
    this.currMsg = this.own;
    this.own.data[0] = APP;
    this.own.data[1] = cmd;
    this.own.dataSize = 2;
    this.startNewMsg(state, cmd);
  }

  /** `return_hosed_msg()`: the answer is made up. */
  private returnHosedMsg(cc: number): void {
    const msg = this.currMsg!;
    msg.rsp[0] = msg.data[0] | RESPONSE_BIT;
    msg.rsp[1] = msg.data[1];
    msg.rsp[CC_INDEX] = cc;
    msg.rspSize = RESPONSE_HEADER;
    this.currMsg = null;
    this.deliver(msg, msg !== this.own);
  }

  private handleTransactionDone(): void {
    const { scratch, sm } = this;
    switch (this.siState) {
      case SiState.NORMAL: {
        const msg = this.currMsg;
        if (msg === null) return; // an abort that belongs to no message
        msg.rspSize = sm.getResult(msg.rsp, IPMI_MAX_MSG_LENGTH);
        this.currMsg = null;
        this.deliver(msg, true);
        return;
      }
      case SiState.GETTING_FLAGS: {
        const length = sm.getResult(scratch, 4);
        if (scratch[CC_INDEX] !== 0 || length < 4) {
          this.siState = SiState.NORMAL;
          return;
        }
        this.msgFlags = scratch[3];
        this.handleFlags();
        return;
      }
      case SiState.CLEARING_FLAGS:
        sm.getResult(scratch, 3);
        this.siState = SiState.NORMAL;
        return;
      case SiState.GETTING_EVENTS:
        this.fetched(MessageFlag.EVENT_MESSAGE_BUFFER_FULL);
        return;
      case SiState.GETTING_MESSAGES:
        this.fetched(MessageFlag.RECEIVE_MESSAGE);
        return;
      case SiState.CHECKING_ENABLES:
        this.checkEnables();
        return;
      case SiState.SETTING_ENABLES:
        sm.getResult(scratch, 4);
        this.afterEnables();
        return;
    }
  }

  /** An event or message has come, or an error that says there are no more. */
  private fetched(flag: number): void {
    const msg = this.currMsg!;
    msg.rspSize = this.sm.getResult(msg.rsp, IPMI_MAX_MSG_LENGTH);
    this.currMsg = null;
    if (msg.rsp[CC_INDEX] !== 0) {
      this.msgFlags &= ~flag;
      this.handleFlags();
    } else {
      // Told before the next one is fetched: here both are the same buffers.
      this.deliver(msg, false);
      this.handleFlags();
    }
  }

  /** `handle_flags()`: the watchdog first, then messages, then events, each until there are no more. */
  private handleFlags(): void {
    if ((this.msgFlags & MessageFlag.WATCHDOG_PRE_TIMEOUT) !== 0) {
      this.startClearFlags();
      this.msgFlags &= ~MessageFlag.WATCHDOG_PRE_TIMEOUT;
    } else if ((this.msgFlags & MessageFlag.RECEIVE_MESSAGE) !== 0) {
      this.startGetting(SiState.GETTING_MESSAGES, AppCmd.GET_MESSAGE);
    } else if ((this.msgFlags & MessageFlag.EVENT_MESSAGE_BUFFER_FULL) !== 0) {
      this.startGetting(SiState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
    } else {
      this.siState = SiState.NORMAL;
    }
  }

  private checkEnables(): void {
    const { scratch, sm } = this;
    sm.getResult(scratch, 4);
    if (scratch[CC_INDEX] !== 0) {
      this.siState = SiState.NORMAL;
      return;
    }
    const now = scratch[3];
    const wanted = this.globalEnables();
    this.checksIrq = true;
    this.irqOn = (wanted & INTERRUPTS) !== 0;
    if (wanted === (now & WANTED)) {
      this.afterEnables();
      return;
    }
    scratch[0] = APP;
    scratch[1] = AppCmd.SET_BMC_GLOBAL_ENABLES;
    scratch[2] = wanted | (now & ~WANTED);
    sm.startTransaction(scratch, 3);
    this.siState = SiState.SETTING_ENABLES;
  }

  private afterEnables(): void {
    if (this.supportsEventMsgBuff) this.startGetting(SiState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
    else this.siState = SiState.NORMAL;
  }

  /** `current_global_enables()`. */
  private globalEnables(): number {
    const interrupts = this.irq && !this.interruptDisabled && !this.irqEnableBroken;
    let enables = this.supportsEventMsgBuff ? GlobalEnable.EVENT_MESSAGE_BUFFER : 0;
    if (interrupts || (this.cannotDisableIrq && !this.irqEnableBroken)) enables |= GlobalEnable.RECEIVE_MESSAGE_INTERRUPT;
    if (interrupts && this.supportsEventMsgBuff) enables |= GlobalEnable.EVENT_MESSAGE_BUFFER_FULL_INTERRUPT;
    return enables;
  }
}
