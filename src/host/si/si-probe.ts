import { GlobalEnable } from '../../ipmi/bmc-state.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { CompletionCode } from '../../ipmi/completion.ts';
import { CC_INDEX, RESPONSE_HEADER } from '../../ipmi/message.ts';
import { Lun, NetFn, RESPONSE_BIT, netFnLun } from '../../ipmi/netfn.ts';
import { EINVAL, ENODEV } from '../../linux/errno.ts';
import type { Steps } from '../../sim/process.ts';
import { waitForMsgDone } from './by-hand.ts';
import { enableIrq } from './int-mask.ts';
import type { Si } from './si.ts';
import { IPMI_MAX_MSG_LENGTH, SiSmResult } from './si-sm.ts';

const APP = netFnLun(NetFn.APP, Lun.BMC);
/** GET_DEVICE_ID_MAX_RETRY (ipmi.h). */
const MAX_RETRY = 5;
/** IPMI_MAX_CHANNELS (ipmi.h). */
const CHANNELS = 16;
/** Shortest response to Get Device ID that `ipmi_demangle_device_id()` takes: header and 6 bytes. */
const DEVICE_ID = RESPONSE_HEADER + 6;
/** A refused Set BMC Global Enables. */
const REFUSED = 1;

/**
 * The start of an interface in the order of `try_smi_init()` (ipmi_si_intf.c): from looking for the BMC to
 * the point at which the interface takes messages, with Clear Message Flags begun. Returns 0 or -errno.
 */
export function* trySmiInit(si: Si): Steps<number> {
  const { info, timer } = si;
  timer.canStart = false; // set up by smi_start_processing() only
  info.interruptDisabled = true;
  if (!(yield* si.sm.detect(si.io, timer))) return -ENODEV;
  const rv = yield* tryGetDevId(si);
  if (rv !== 0) return rv;
  yield* checkForBrokenIrqs(si);
  info.supportsEventMsgBuff = false;
  info.hasEventBuffer = (yield* tryEnableEventBuffer(si)) === 0;
  // Before timer and interrupts, which would race with it.
  info.startClearFlags();
  if (info.irq) {
    info.interruptDisabled = false;
    info.reqEvents = true; // makes SI check the enables, which switches the interrupts on
  }
  timer.canStart = true; // smi_start_processing()
  timer.mod();
  if (info.irq && si.sm.intMaskReg !== null) yield enableIrq(si.io, si.sm.intMaskReg);
  return 0;
}

/**
 * What ipmi_msghandler.c asks when an interface is registered (`ipmi_add_smi()`): Get Device GUID, Get Device
 * ID, then Get Channel Info from channel 0 on, twice over, each time until the BMC does not know the command.
 */
export function* registerSmi(si: Pick<Si, 'transact' | 'response'>): Steps {
  const request = Uint8Array.of(APP, AppCmd.GET_DEVICE_GUID, 0);
  yield* si.transact(request, 2);
  request[1] = AppCmd.GET_DEVICE_ID;
  yield* si.transact(request, 2);
  request[1] = AppCmd.GET_CHANNEL_INFO;
  for (let scan = 0; scan < 2; scan++) {
    for (request[2] = 0; request[2] < CHANNELS; request[2]++) {
      yield* si.transact(request, 3);
      if (si.response[CC_INDEX] === CompletionCode.INVALID_COMMAND) break;
    }
  }
}

/** One request by hand: `wait_for_msg_done()` and its callers. Length, or -errno. */
function* request(si: Si, rsp: Uint8Array, cmd: number, data = -1): Steps<number> {
  const { io, sm, timer } = si;
  sm.startTransaction(Uint8Array.of(APP, cmd, data), data >= 0 ? 3 : 2);
  const result = yield* waitForMsgDone(sm, io, timer);
  return result === SiSmResult.HOSED ? -ENODEV : sm.getResult(rsp, IPMI_MAX_MSG_LENGTH);
}

/** `try_get_dev_id()`: a BMC that is still starting is asked again. */
function* tryGetDevId(si: Si): Steps<number> {
  const rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  for (let retry = 0; ; retry++) {
    const length = yield* request(si, rsp, AppCmd.GET_DEVICE_ID);
    if (length < 0) return length;
    if (answers(rsp, length, AppCmd.GET_DEVICE_ID) && rsp[CC_INDEX] === 0 && length >= DEVICE_ID) return 0;
    if (rsp[CC_INDEX] === 0 || retry >= MAX_RETRY) return -EINVAL;
  }
}

/** `get_global_enables()`: the byte, or -errno. */
function* getGlobalEnables(si: Si): Steps<number> {
  const rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  const length = yield* request(si, rsp, AppCmd.GET_BMC_GLOBAL_ENABLES);
  if (length < 0) return length;
  const good = length > RESPONSE_HEADER && answers(rsp, length, AppCmd.GET_BMC_GLOBAL_ENABLES) && rsp[CC_INDEX] === 0;
  return good ? rsp[RESPONSE_HEADER] : -EINVAL;
}

/** `set_global_enables()`: 0, {@link REFUSED} or -errno. */
function* setGlobalEnables(si: Si, enables: number): Steps<number> {
  const rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  const length = yield* request(si, rsp, AppCmd.SET_BMC_GLOBAL_ENABLES, enables);
  if (length < 0) return length;
  if (!answers(rsp, length, AppCmd.SET_BMC_GLOBAL_ENABLES)) return -EINVAL;
  return rsp[CC_INDEX] === 0 ? 0 : REFUSED;
}

/** `check_for_broken_irqs()`: BMCs on which the receive interrupt can not be switched off, or on. */
function* checkForBrokenIrqs(si: Si): Steps {
  const { info } = si;
  const irq = GlobalEnable.RECEIVE_MESSAGE_INTERRUPT;
  let enables = yield* getGlobalEnables(si);
  if (enables > 0 && (enables & irq) !== 0 && (yield* setGlobalEnables(si, enables & ~irq)) === REFUSED) {
    info.cannotDisableIrq = true;
  }
  if (!info.irq) return;
  enables = yield* getGlobalEnables(si);
  if (enables >= 0 && (yield* setGlobalEnables(si, enables | irq)) === REFUSED) {
    info.cannotDisableIrq = true;
    info.irqEnableBroken = true;
  }
}

/** `try_enable_event_buffer()`: 0 if the BMC has one; -errno if not, or if it refuses. */
function* tryEnableEventBuffer(si: Si): Steps<number> {
  const enables = yield* getGlobalEnables(si);
  if (enables < 0) return enables;
  if ((enables & GlobalEnable.EVENT_MESSAGE_BUFFER) === 0) {
    const rv = yield* setGlobalEnables(si, enables | GlobalEnable.EVENT_MESSAGE_BUFFER);
    if (rv !== 0) return -ENODEV;
  }
  si.info.supportsEventMsgBuff = true;
  return 0;
}

function answers(rsp: Uint8Array, length: number, cmd: number): boolean {
  return length >= RESPONSE_HEADER && rsp[0] === (APP | RESPONSE_BIT) && rsp[1] === cmd;
}
