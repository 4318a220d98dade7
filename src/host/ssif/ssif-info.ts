import { MessageFlag } from '../../ipmi/bmc-state.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { CompletionCode } from '../../ipmi/completion.ts';
import { CC_INDEX, RESPONSE_HEADER } from '../../ipmi/message.ts';
import { Lun, NetFn, RESPONSE_BIT, netFnLun } from '../../ipmi/netfn.ts';
import { IPMI_MAX_MSG_LENGTH } from '../si/si-sm.ts';
import { SmiMsg } from '../si/smi-msg.ts';
import type { Exchange } from './exchange.ts';
import { SsifData } from './ssif-data.ts';
import { NEVER, type Jiffies } from './time.ts';

/** What ipmi_ssif is about: `enum ssif_intf_state`. */
export const SsifState = {
  /** A message of the upper layer, or nothing. */
  IDLE: 0,
  GETTING_FLAGS: 1,
  GETTING_EVENTS: 2,
  CLEARING_FLAGS: 3,
  GETTING_MESSAGES: 4,
} as const;
export type SsifState = (typeof SsifState)[keyof typeof SsifState];

const APP = netFnLun(NetFn.APP, Lun.BMC);

/**
 * The policy of ipmi_ssif: what to send next, and what to do with what came back. Touches no bus;
 * drivers/char/ipmi/ipmi_ssif.c, the functions around msg_done_handler(). Much like {@link SmiInfo} of ipmi_si, but
 * written anew there as well: no enables are checked, flags are served after each message, and errors differ.
 */
export class SsifInfo extends SsifData {
  state: SsifState = SsifState.IDLE;
  /** Set by `sender()` while the driver is busy with something else. */
  waitingMsg: SmiMsg | null = null;
  currMsg: SmiMsg | null = null;
  /** Flags of the last Get Message Flags that are still to be served. */
  msgFlags = 0;
  /** The upper layer wants the events fetched at the next idle moment. */
  reqEvents = false;
  /** The watch timer wants the flags fetched at the next idle moment. */
  reqFlags = false;
  hasEventBuffer = false;
  supportsAlert = false;
  globalEnables = 0;
  /** Events or messages fetched one after the other. */
  private requestsInARow = 0;
  /** How many of them at most; a stable release of 6.1 got that limit, the first ones had none. */
  private readonly mostInARow: number;
  /** The message that the driver makes up for what it fetches on its own. */
  private readonly own = new SmiMsg();
  private readonly scratch = new Uint8Array(3);

  /** The probe begins with Get Device ID, without whose answer there is no interface. */
  readonly identifies: boolean = false;
  /** The thread that makes the transactions is there: kthread_run() has started it. */
  thread = false;

  /** Whether there is memory for what the function named needs: its allocation may fail. */
  hasMemory: (function_: string) => boolean = () => true;
  /** Takes the response to a message of the upper layer, and what Get Message and Read Event fetched. */
  deliver: (msg: SmiMsg, asked: boolean) => void = () => {};
  /** The watchdog's pre-timeout flag was seen: ipmi_smi_watchdog_pretimeout(). */
  pretimeout: () => void = () => {};

  constructor(exchange: Exchange, jiffies: Jiffies, mostInARow = 10) {
    super(exchange, jiffies);
    this.mostInARow = mostInARow;
  }

  /** As before the probe. */
  reset(): void {
    this.resetData();
    this.state = SsifState.IDLE;
    this.waitingMsg = null;
    this.currMsg = null;
    this.msgFlags = 0;
    this.reqEvents = false;
    this.reqFlags = false;
    this.hasEventBuffer = false;
    this.supportsAlert = false;
    this.globalEnables = 0;
    this.requestsInARow = 0;
    this.thread = false;
    this.own.rsp.fill(0);
    this.scratch.fill(0);
  }

  /** IS_SSIF_IDLE(): a message handed over now is started by its sender. */
  get quiet(): boolean {
    return this.state === SsifState.IDLE && this.currMsg === null;
  }

  /** `sender()`. */
  sender(msg: SmiMsg): void {
    if (this.waitingMsg !== null) throw new Error('ipmi_ssif is handed a message while one is waiting');
    this.waitingMsg = msg;
    this.startNextMsg();
  }

  /** `request_events()`: the upper layer's wish to hear of events. */
  requestEvents(): void {
    if (this.hasEventBuffer) this.reqEvents = true;
  }

  /** `watch_timeout()`: time to look at the flags. */
  watchTimeout(): void {
    if (this.quiet) this.startFlagFetch();
    else this.reqFlags = true;
  }

  /** `ssif_alert()`: true if the response is read now, without waiting any longer. */
  alert(): boolean {
    if (this.waitingAlert) {
      this.waitingAlert = false;
      this.retryTimer = NEVER;
      this.startGet();
      return true;
    }
    if (this.currMsg !== null) this.gotAlert = true;
    return false;
  }

  private startNextMsg(): void {
    while (this.quiet && this.waitingMsg !== null) {
      const msg = this.waitingMsg;
      this.currMsg = msg;
      this.waitingMsg = null;
      if (this.startSend(msg.data, msg.dataSize) === 0) return;
      this.currMsg = null;
      this.returnHosedMsg(msg);
    }
  }

  private startClearFlags(): void {
    this.msgFlags &= ~MessageFlag.WATCHDOG_PRE_TIMEOUT;
    this.scratch[2] = MessageFlag.WATCHDOG_PRE_TIMEOUT;
    this.startOwn(SsifState.CLEARING_FLAGS, AppCmd.CLEAR_MESSAGE_FLAGS, 3);
  }

  private startFlagFetch(): void {
    this.reqFlags = false;
    this.startOwn(SsifState.GETTING_FLAGS, AppCmd.GET_MESSAGE_FLAGS, 2);
  }

  private startOwn(state: SsifState, cmd: number, length: number): void {
    this.state = state;
    this.scratch[0] = APP;
    this.scratch[1] = cmd;
    if (this.startSend(this.scratch, length) !== 0) this.state = SsifState.IDLE;
  }

  /** `start_event_fetch()` and `start_recv_msg_fetch()`. */
  private startFetch(state: SsifState, cmd: number): void {
    const { own } = this;
    if (!this.hasMemory('ipmi_alloc_smi_msg')) {
      this.state = SsifState.IDLE;
      this.outOfMemory();
      return;
    }
    this.currMsg = own;
    if (this.state !== state) {
      this.requestsInARow = 0;
      this.state = state;
    }
    own.data[0] = APP;
    own.data[1] = cmd;
    own.dataSize = 2;
    if (this.startSend(own.data, own.dataSize) === 0) return; // check_start_send()
    this.currMsg = null;
    this.state = SsifState.IDLE;
  }

  private startEventFetch(): void {
    this.reqEvents = false;
    this.startFetch(SsifState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
  }

  /** `handle_flags()`: the watchdog first, then messages, then events, each until there are no more. */
  private handleFlags(): void {
    if ((this.msgFlags & MessageFlag.WATCHDOG_PRE_TIMEOUT) !== 0) {
      this.startClearFlags();
      this.pretimeout();
    } else if ((this.msgFlags & MessageFlag.RECEIVE_MESSAGE) !== 0) {
      this.startFetch(SsifState.GETTING_MESSAGES, AppCmd.GET_MESSAGE);
    } else if ((this.msgFlags & MessageFlag.EVENT_MESSAGE_BUFFER_FULL) !== 0) {
      this.startEventFetch();
    } else {
      this.state = SsifState.IDLE;
    }
  }

  /** The part of `msg_done_handler()` from continue_op on. */
  protected override done(result: number, data: Uint8Array | null, length: number): void {
    const msg = this.currMsg;
    if (msg !== null) {
      const size = data === null ? 0 : Math.min(length, IPMI_MAX_MSG_LENGTH);
      for (let i = 0; i < size; i++) msg.rsp[i] = data![i];
      msg.rspSize = size;
      this.currMsg = null;
    }
    switch (this.state) {
      case SsifState.IDLE:
        if (msg === null) break;
        if (result < 0) this.returnHosedMsg(msg);
        else this.deliver(msg, true); // unchecked: that is left to the upper layer
        break;
      case SsifState.GETTING_FLAGS:
        if (result < 0 || data === null || length < 4 || data[CC_INDEX] !== CompletionCode.SUCCESS) {
          this.state = SsifState.IDLE;
          this.flagsFailed(data);
        } else if (!answers(data, length, AppCmd.GET_MESSAGE_FLAGS)) {
          this.flagsInvalid();
        } else {
          this.msgFlags = data[3];
          this.handleFlags();
        }
        break;
      case SsifState.CLEARING_FLAGS:
        this.state = SsifState.IDLE; // whatever came
        if (result < 0) this.flagsFailed(data);
        break;
      case SsifState.GETTING_EVENTS:
        this.fetched(msg!, result, AppCmd.READ_EVENT_MESSAGE_BUFFER, MessageFlag.EVENT_MESSAGE_BUFFER_FULL);
        break;
      case SsifState.GETTING_MESSAGES:
        this.fetched(msg!, result, AppCmd.GET_MESSAGE, MessageFlag.RECEIVE_MESSAGE);
        break;
    }
    if (this.dead || !this.quiet) return;
    if (this.reqEvents) this.startEventFetch();
    else if (this.reqFlags) this.startFlagFetch();
    else this.startNextMsg();
  }

  /**
   * ssif_probe() fails after it has started the thread. Commit 75c486cb1bca of April 2026 ("ipmi:ssif: Clean up kthread on
   * errors") is the first to stop it there.
   */
  stopThread(): void {}

  /** The thread of a driver that is gone looks for something to do: at `wake_thread`, in memory that is freed. */
  threadLeft(): void {
    this.fault('use-after-free', 'ipmi_ssif_thread: ssif_info is freed');
  }

  /** Flags could not be fetched or cleared; without `data` if nothing has come at all. */
  protected flagsFailed(_data: Uint8Array | null): void {}

  /** The answer to Get Message Flags is one to something else. */
  protected flagsInvalid(): void {
    this.state = SsifState.IDLE;
  }

  /** A message of the driver's own could not be had. */
  protected outOfMemory(): void {}

  /** An event or message has come, or an error that says there are no more. */
  private fetched(msg: SmiMsg, result: number, cmd: number, flag: number): void {
    const good = result >= 0 && answers(msg.rsp, msg.rspSize, cmd);
    if (good) this.requestsInARow++;
    if (!good || this.requestsInARow > this.mostInARow) this.msgFlags &= ~flag;
    this.handleFlags();
    if (good) this.deliver(msg, false);
  }

  /** `return_hosed_msg()`: the answer is made up. */
  private returnHosedMsg(msg: SmiMsg): void {
    msg.rsp[0] = msg.data[0] | RESPONSE_BIT;
    msg.rsp[1] = msg.data[1];
    msg.rsp[CC_INDEX] = CompletionCode.UNSPECIFIED;
    msg.rspSize = RESPONSE_HEADER;
    this.deliver(msg, true);
  }
}

/** Whether it is the response to App command `cmd`, and says that all went well. */
function answers(rsp: Uint8Array, length: number, cmd: number): boolean {
  return length >= RESPONSE_HEADER && rsp[CC_INDEX] === CompletionCode.SUCCESS
    && rsp[0] === (APP | RESPONSE_BIT) && rsp[1] === cmd;
}
