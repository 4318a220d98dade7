/** The commands of this BMC as data: what each accepts and what it does. */
import { AppCmd, OemCmd } from './commands.ts';
import { CC_DATA_NOT_AVAILABLE, CompletionCode } from './completion.ts';
import { CC_INDEX, REQUEST_HEADER, RESPONSE_HEADER } from './message.ts';
import { NetFn } from './netfn.ts';
import { GlobalEnable, MessageFlag, clearEvent, clearQueue, dropMessage, messageFlags } from './bmc-state.ts';
import type { BmcState } from './bmc-state.ts';

/** One command. Lengths are of its data, the header not counted; outside them the answer is C7h. */
export interface BmcCommand {
  readonly netFn: number;
  readonly cmd: number;
  readonly min: number;
  readonly max: number;
  /** Completes a response whose header is written, its completion code being 00h; returns its length. */
  readonly run: (state: BmcState, req: Uint8Array, reqLen: number, rsp: Uint8Array) => number;
}

/** Interface types of Get System Interface Capabilities, bits 3:0. */
const SSIF = 0;

/** Bits that Set BMC Global Enables and Clear Message Flags must leave 0. */
const RESERVED_ENABLES = 0x10;
const RESERVED_FLAGS = 0x14;

export const BMC_COMMANDS: readonly BmcCommand[] = [
  {
    // Longer requests pass: ipmi_ssif tries multi-part writes with a zero-filled one, and QEMU answers it.
    netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_ID, min: 0, max: Infinity,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.deviceId),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.COLD_RESET, min: 0, max: 0,
    run(state) {
      state.coldReset = true;
      return RESPONSE_HEADER;
    },
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_SELF_TEST_RESULTS, min: 0, max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.selfTest),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_DEVICE_GUID, min: 0, max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.guid),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.SET_BMC_GLOBAL_ENABLES, min: 1, max: 1,
    run(state, req, _reqLen, rsp) {
      const enables = req[REQUEST_HEADER];
      if ((enables & RESERVED_ENABLES) !== 0) return fail(rsp, CompletionCode.INVALID_DATA_FIELD);
      state.globalEnables = enables;
      if ((enables & GlobalEnable.EVENT_MESSAGE_BUFFER) === 0) clearEvent(state);
      return RESPONSE_HEADER;
    },
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_BMC_GLOBAL_ENABLES, min: 0, max: 0,
    run: (state, _req, _reqLen, rsp) => replyByte(rsp, state.globalEnables),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.CLEAR_MESSAGE_FLAGS, min: 1, max: 1,
    run(state, req, _reqLen, rsp) {
      const clear = req[REQUEST_HEADER];
      if ((clear & RESERVED_FLAGS) !== 0) return fail(rsp, CompletionCode.INVALID_DATA_FIELD);
      if ((clear & MessageFlag.RECEIVE_MESSAGE) !== 0) clearQueue(state);
      if ((clear & MessageFlag.EVENT_MESSAGE_BUFFER_FULL) !== 0) clearEvent(state);
      if ((clear & MessageFlag.WATCHDOG_PRE_TIMEOUT) !== 0) state.watchdogPreTimeout = false;
      return RESPONSE_HEADER;
    },
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_MESSAGE_FLAGS, min: 0, max: 0,
    run: (state, _req, _reqLen, rsp) => replyByte(rsp, messageFlags(state)),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_MESSAGE, min: 0, max: 0,
    run(state, _req, _reqLen, rsp) {
      if (state.queueCount === 0) return fail(rsp, CC_DATA_NOT_AVAILABLE);
      const len = reply(rsp, state.queue, 0, state.queueLengths[0]);
      if (rsp[CC_INDEX] === CompletionCode.SUCCESS) dropMessage(state);
      return len;
    },
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER, min: 0, max: 0,
    run(state, _req, _reqLen, rsp) {
      if (!state.eventFull) return fail(rsp, CC_DATA_NOT_AVAILABLE);
      const len = reply(rsp, state.event);
      if (rsp[CC_INDEX] === CompletionCode.SUCCESS) clearEvent(state);
      return len;
    },
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_BT_INTERFACE_CAPABILITIES, min: 0, max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.btCapabilities),
  },
  {
    netFn: NetFn.APP, cmd: AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES, min: 1, max: 1,
    run: (state, req, _reqLen, rsp) => (req[REQUEST_HEADER] & 0x0f) === SSIF
      ? reply(rsp, state.identity.ssifCapabilities) : fail(rsp, CompletionCode.INVALID_DATA_FIELD),
  },
  {
    // Torn data is returned as it came, for the host to see.
    netFn: NetFn.OEM, cmd: OemCmd.ECHO, min: 0, max: Infinity,
    run: (_state, req, reqLen, rsp) => reply(rsp, req, REQUEST_HEADER, reqLen - REQUEST_HEADER),
  },
];

/** Writes `count` bytes from `data[from]` behind the response header; CAh if the buffer is too small. */
function reply(rsp: Uint8Array, data: Uint8Array, from = 0, count = data.length): number {
  if (RESPONSE_HEADER + count > rsp.length) return fail(rsp, CompletionCode.CANNOT_RETURN_DATA);
  for (let i = 0; i < count; i++) rsp[RESPONSE_HEADER + i] = data[from + i];
  return RESPONSE_HEADER + count;
}

function replyByte(rsp: Uint8Array, byte: number): number {
  if (rsp.length <= RESPONSE_HEADER) return fail(rsp, CompletionCode.CANNOT_RETURN_DATA);
  rsp[RESPONSE_HEADER] = byte;
  return RESPONSE_HEADER + 1;
}

function fail(rsp: Uint8Array, cc: number): number {
  rsp[CC_INDEX] = cc;
  return RESPONSE_HEADER;
}
