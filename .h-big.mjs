// ../../try/big.ts
import { writeFileSync as writeFileSync2 } from "node:fs";

// tools/web.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transformSync } from "esbuild";
var root = "/tmp/wt/html";
async function bundleWeb(from = root) {
  const result = await build({
    absWorkingDir: from,
    entryPoints: ["src/web/main.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    write: false
  });
  const style = transformSync(readFileSync(join(from, "src/web/style.css"), "utf8"), { loader: "css", minify: true, charset: "utf8" }).code;
  return { script: result.outputFiles[0].text, style };
}

// src/ipmi/netfn.ts
var NetFn = {
  APP: 6,
  /** Controller-specific OEM, 30h-3Fh; the tagged echo lives here. */
  OEM: 48
};
var Lun = { BMC: 0, OEM_1: 1, SMS: 2, OEM_2: 3 };
function netFnLun(netFn, lun) {
  return (netFn << 2 | lun) & 255;
}
function netFnOf(byte0) {
  return byte0 >> 2;
}
function lunOf(byte0) {
  return byte0 & 3;
}
var RESPONSE_BIT = 4;

// src/ipmi/commands.ts
var AppCmd = {
  GET_DEVICE_ID: 1,
  COLD_RESET: 2,
  GET_SELF_TEST_RESULTS: 4,
  GET_DEVICE_GUID: 8,
  SET_BMC_GLOBAL_ENABLES: 46,
  GET_BMC_GLOBAL_ENABLES: 47,
  CLEAR_MESSAGE_FLAGS: 48,
  GET_MESSAGE_FLAGS: 49,
  GET_MESSAGE: 51,
  READ_EVENT_MESSAGE_BUFFER: 53,
  GET_BT_INTERFACE_CAPABILITIES: 54,
  /** Sent by ipmi_msghandler at start-up; this BMC answers it C1h, as the recorded one does. */
  GET_CHANNEL_INFO: 66,
  GET_SYSTEM_INTERFACE_CAPABILITIES: 87
};
var OemCmd = {
  /** Returns its data unchanged: see echo.ts. */
  ECHO: 14
};
var NAMES = /* @__PURE__ */ new Map([
  [key(NetFn.APP, AppCmd.GET_DEVICE_ID), "Get Device ID"],
  [key(NetFn.APP, AppCmd.COLD_RESET), "Cold Reset"],
  [key(NetFn.APP, AppCmd.GET_SELF_TEST_RESULTS), "Get Self Test Results"],
  [key(NetFn.APP, AppCmd.GET_DEVICE_GUID), "Get Device GUID"],
  [key(NetFn.APP, AppCmd.SET_BMC_GLOBAL_ENABLES), "Set BMC Global Enables"],
  [key(NetFn.APP, AppCmd.GET_BMC_GLOBAL_ENABLES), "Get BMC Global Enables"],
  [key(NetFn.APP, AppCmd.CLEAR_MESSAGE_FLAGS), "Clear Message Flags"],
  [key(NetFn.APP, AppCmd.GET_MESSAGE_FLAGS), "Get Message Flags"],
  [key(NetFn.APP, AppCmd.GET_MESSAGE), "Get Message"],
  [key(NetFn.APP, AppCmd.READ_EVENT_MESSAGE_BUFFER), "Read Event Message Buffer"],
  [key(NetFn.APP, AppCmd.GET_BT_INTERFACE_CAPABILITIES), "Get BT Interface Capabilities"],
  [key(NetFn.APP, AppCmd.GET_CHANNEL_INFO), "Get Channel Info"],
  [key(NetFn.APP, AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES), "Get System Interface Capabilities"],
  [key(NetFn.OEM, OemCmd.ECHO), "Echo"]
]);
function key(netFn, cmd) {
  return (netFn & ~1) << 8 | cmd;
}

// src/ipmi/completion.ts
var CompletionCode = {
  SUCCESS: 0,
  NODE_BUSY: 192,
  INVALID_COMMAND: 193,
  INVALID_FOR_LUN: 194,
  TIMEOUT: 195,
  OUT_OF_SPACE: 196,
  INVALID_RESERVATION: 197,
  REQUEST_TRUNCATED: 198,
  REQUEST_LENGTH_INVALID: 199,
  REQUEST_LENGTH_EXCEEDED: 200,
  PARAMETER_OUT_OF_RANGE: 201,
  CANNOT_RETURN_DATA: 202,
  NOT_PRESENT: 203,
  INVALID_DATA_FIELD: 204,
  ILLEGAL_FOR_SENSOR: 205,
  RESPONSE_NOT_PROVIDED: 206,
  DUPLICATED_REQUEST: 207,
  SDR_IN_UPDATE_MODE: 208,
  FIRMWARE_UPDATE_MODE: 209,
  INITIALIZING: 210,
  DESTINATION_UNAVAILABLE: 211,
  INSUFFICIENT_PRIVILEGE: 212,
  NOT_SUPPORTED_IN_STATE: 213,
  SUBFUNCTION_DISABLED: 214,
  UNSPECIFIED: 255
};
var CC_DATA_NOT_AVAILABLE = 128;
var TEXT = /* @__PURE__ */ new Map([
  [CompletionCode.SUCCESS, "command completed normally"],
  [CompletionCode.NODE_BUSY, "node busy"],
  [CompletionCode.INVALID_COMMAND, "invalid command"],
  [CompletionCode.INVALID_FOR_LUN, "command invalid for given LUN"],
  [CompletionCode.TIMEOUT, "timeout while processing command"],
  [CompletionCode.OUT_OF_SPACE, "out of space"],
  [CompletionCode.INVALID_RESERVATION, "reservation canceled or invalid reservation ID"],
  [CompletionCode.REQUEST_TRUNCATED, "request data truncated"],
  [CompletionCode.REQUEST_LENGTH_INVALID, "request data length invalid"],
  [CompletionCode.REQUEST_LENGTH_EXCEEDED, "request data field length limit exceeded"],
  [CompletionCode.PARAMETER_OUT_OF_RANGE, "parameter out of range"],
  [CompletionCode.CANNOT_RETURN_DATA, "cannot return number of requested data bytes"],
  [CompletionCode.NOT_PRESENT, "requested sensor, data or record not present"],
  [CompletionCode.INVALID_DATA_FIELD, "invalid data field in request"],
  [CompletionCode.ILLEGAL_FOR_SENSOR, "command illegal for specified sensor or record type"],
  [CompletionCode.RESPONSE_NOT_PROVIDED, "command response could not be provided"],
  [CompletionCode.DUPLICATED_REQUEST, "cannot execute duplicated request"],
  [CompletionCode.SDR_IN_UPDATE_MODE, "SDR repository in update mode"],
  [CompletionCode.FIRMWARE_UPDATE_MODE, "device in firmware update mode"],
  [CompletionCode.INITIALIZING, "BMC initialization in progress"],
  [CompletionCode.DESTINATION_UNAVAILABLE, "destination unavailable"],
  [CompletionCode.INSUFFICIENT_PRIVILEGE, "insufficient privilege level"],
  [CompletionCode.NOT_SUPPORTED_IN_STATE, "not supported in present state"],
  [CompletionCode.SUBFUNCTION_DISABLED, "command sub-function disabled or unavailable"],
  [CompletionCode.UNSPECIFIED, "unspecified error"]
]);
function completionText(cc) {
  const text = TEXT.get(cc);
  if (text !== void 0) return text;
  if (cc >= 1 && cc <= 126) return "device-specific (OEM) code";
  if (cc >= 128 && cc <= 190) return "command-specific code";
  return "reserved code";
}

// src/ipmi/message.ts
var REQUEST_HEADER = 2;
var RESPONSE_HEADER = 3;
var CC_INDEX = 2;
function writeRequest(buf, netFn, lun, cmd, at = 0) {
  buf[at] = netFnLun(netFn, lun);
  buf[at + 1] = cmd;
  return at + REQUEST_HEADER;
}
function writeResponse(rsp, req, reqLen, cc) {
  rsp[0] = (reqLen > 0 ? req[0] : 0) | RESPONSE_BIT;
  rsp[1] = reqLen > 1 ? req[1] : 0;
  rsp[CC_INDEX] = cc;
  return RESPONSE_HEADER;
}
function isResponse(buf, len) {
  return len > 0 && (buf[0] & RESPONSE_BIT) !== 0;
}
function isResponseTo(req, reqLen, rsp, rspLen) {
  return reqLen >= REQUEST_HEADER && rspLen >= RESPONSE_HEADER && !isResponse(req, reqLen) && rsp[0] === (req[0] | RESPONSE_BIT) && rsp[1] === req[1];
}

// src/ipmi/echo.ts
var ECHO_TAGS = 239;
var ECHO_PERIOD = ECHO_TAGS - 1;
var ECHO_MIN = REQUEST_HEADER + 2;
var ECHO_LAST = 100;
var FILLER = new Uint8Array(ECHO_PERIOD);
for (let q = 0, power = 1; q < ECHO_PERIOD; q++, power = power * 7 % ECHO_TAGS) FILLER[q] = power - 1;
var NETFN_LUN = netFnLun(NetFn.OEM, Lun.BMC);
function echoFiller(q) {
  return FILLER[q % ECHO_PERIOD];
}
function writeEcho(buf, tag, length, at = 0) {
  if (length < ECHO_MIN || at + length > buf.length) {
    throw new RangeError(`echo of ${length} bytes at ${at} in a buffer of ${buf.length}`);
  }
  writeRequest(buf, NetFn.OEM, Lun.BMC, OemCmd.ECHO, at);
  writeEchoData(buf, tag, length - REQUEST_HEADER, at + REQUEST_HEADER);
}
function writeEchoData(buf, tag, count3, at) {
  if (!(tag >= 0 && tag < ECHO_TAGS)) throw new RangeError(`echo tag ${tag} is not in 0..${ECHO_TAGS - 1}`);
  const last = at + count3 - 1;
  for (let i = at, q = 0; i <= last; i++) {
    const byte = tag + FILLER[q];
    buf[i] = byte < ECHO_TAGS ? byte : byte - ECHO_TAGS;
    if (++q === ECHO_PERIOD) q = 0;
  }
  buf[last] = (buf[last] + ECHO_LAST) % ECHO_TAGS;
}
function echoTag(buf, len, at = 0) {
  const header = echoHeader(buf, len, at);
  return header < 0 ? -1 : echoDataTag(buf, len - header, at + header);
}
function echoDataTag(buf, count3, at) {
  const tag = buf[at];
  if (count3 < 2 || tag >= ECHO_TAGS) return -1;
  const last = at + count3 - 1;
  let q = 1;
  for (let i = at + 1; i < last; i++) {
    const byte = tag + FILLER[q];
    if (buf[i] !== (byte < ECHO_TAGS ? byte : byte - ECHO_TAGS)) return -1;
    if (++q === ECHO_PERIOD) q = 0;
  }
  return buf[last] === (tag + FILLER[q] + ECHO_LAST) % ECHO_TAGS ? tag : -1;
}
function echoHeader(buf, len, at = 0) {
  if (len < REQUEST_HEADER || buf[at + 1] !== OemCmd.ECHO) return -1;
  if (buf[at] === NETFN_LUN) return REQUEST_HEADER;
  if (buf[at] !== (NETFN_LUN | RESPONSE_BIT) || len < RESPONSE_HEADER) return -1;
  return buf[at + CC_INDEX] === CompletionCode.SUCCESS ? RESPONSE_HEADER : -1;
}
function echoRefusal(buf, len, at = 0) {
  return len >= RESPONSE_HEADER && buf[at] === (NETFN_LUN | RESPONSE_BIT) && buf[at + 1] === OemCmd.ECHO && buf[at + CC_INDEX] !== CompletionCode.SUCCESS ? buf[at + CC_INDEX] : -1;
}

// src/ipmi/echo-verdict.ts
var PLACE = new Uint8Array(ECHO_TAGS);
for (let q = 0; q < ECHO_PERIOD; q++) PLACE[echoFiller(q) + 1] = q;
var EVIDENCE = 4;
var SIXTH = 40;
function classifyEcho(buf, len, at = 0) {
  const cc = echoRefusal(buf, len, at);
  if (cc >= 0) return { kind: "refused", cc };
  const header = echoHeader(buf, len, at);
  if (header < 0) return { kind: "foreign" };
  const data = buf.subarray(at + header, at + len);
  const tag = echoDataTag(data, data.length, 0);
  if (tag >= 0) return { kind: "whole", tag };
  const pieces = findPieces(data);
  return { kind: "torn", tags: [...new Set(pieces.map((piece) => piece.tag))], pieces };
}
function findPieces(data) {
  const pieces = [];
  let at = 0;
  while (at < data.length) {
    if (data[at] >= ECHO_TAGS) {
      at++;
      continue;
    }
    let best = inPlace(data, at);
    const other = moved(data, at);
    if (other !== void 0 && other.count >= EVIDENCE && other.count > best.count) best = other;
    pieces.push(best);
    at += best.count;
  }
  return pieces;
}
function inPlace(data, at) {
  const isLast = at === data.length - 1;
  const tag = modulo(data[at] - echoFiller(at) - (isLast ? ECHO_LAST : 0));
  return isLast ? { tag, at, from: at % ECHO_PERIOD, count: 1, last: true } : follow(data, at, at % ECHO_PERIOD, tag);
}
function moved(data, at) {
  if (at + 1 >= data.length || data[at + 1] >= ECHO_TAGS) return void 0;
  const power = modulo((data[at + 1] - data[at]) * SIXTH);
  if (power === 0) return void 0;
  const from = PLACE[power];
  return follow(data, at, from, modulo(data[at] - echoFiller(from)));
}
function follow(data, at, from, tag) {
  let count3 = 1;
  let last = false;
  while (!last && at + count3 < data.length) {
    const extra = modulo(data[at + count3] - tag - echoFiller(from + count3));
    if (data[at + count3] >= ECHO_TAGS || extra !== 0 && extra !== ECHO_LAST) break;
    last = extra === ECHO_LAST;
    count3++;
  }
  return { tag, at, from, count: count3, last };
}
function modulo(n) {
  return (n % ECHO_TAGS + ECHO_TAGS) % ECHO_TAGS;
}
function formatEchoVerdict(verdict) {
  switch (verdict.kind) {
    case "whole":
      return `echo of tag ${verdict.tag}`;
    case "refused":
      return `echo refused: ${completionText(verdict.cc)}`;
    case "foreign":
      return "not an echo";
    case "torn":
      return verdict.pieces.length === 0 ? "echo torn: no data of an echo" : `echo torn: ${verdict.pieces.map(formatPiece).join(", ")}`;
  }
}
function formatPiece({ tag, at, from, count: count3 }) {
  const moved3 = from === at % ECHO_PERIOD ? "" : ` from its byte ${from}`;
  return `${count3} ${count3 === 1 ? "byte" : "bytes"} of tag ${tag}${moved3}`;
}

// src/ipmi/bmc-state.ts
var MessageFlag = {
  RECEIVE_MESSAGE: 1,
  EVENT_MESSAGE_BUFFER_FULL: 2,
  WATCHDOG_PRE_TIMEOUT: 8
};
var GlobalEnable = {
  RECEIVE_MESSAGE_INTERRUPT: 1,
  EVENT_MESSAGE_BUFFER_FULL_INTERRUPT: 2,
  EVENT_MESSAGE_BUFFER: 4,
  SYSTEM_EVENT_LOGGING: 8
};
var EVENT_BYTES = 16;
var QUEUE_MESSAGES = 4;
var QUEUE_MESSAGE_BYTES = 64;
var QEMU_IDENTITY = {
  deviceId: Uint8Array.of(32, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0),
  guid: Uint8Array.of(17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255, 0),
  selfTest: Uint8Array.of(85, 0),
  btCapabilities: Uint8Array.of(1, 255, 255, 10, 0),
  ssifCapabilities: Uint8Array.of(0, 128, 255, 255)
};
function createBmcState(identity = QEMU_IDENTITY) {
  return {
    identity,
    globalEnables: GlobalEnable.SYSTEM_EVENT_LOGGING,
    watchdogPreTimeout: false,
    eventFull: false,
    event: new Uint8Array(EVENT_BYTES),
    queue: new Uint8Array(QUEUE_MESSAGES * QUEUE_MESSAGE_BYTES),
    queueLengths: new Uint8Array(QUEUE_MESSAGES),
    queueCount: 0,
    coldReset: false
  };
}
function resetBmcState(state) {
  state.globalEnables = GlobalEnable.SYSTEM_EVENT_LOGGING;
  state.watchdogPreTimeout = false;
  state.coldReset = false;
  clearEvent(state);
  clearQueue(state);
}
function messageFlags(state) {
  return (state.queueCount > 0 ? MessageFlag.RECEIVE_MESSAGE : 0) | (state.eventFull ? MessageFlag.EVENT_MESSAGE_BUFFER_FULL : 0) | (state.watchdogPreTimeout ? MessageFlag.WATCHDOG_PRE_TIMEOUT : 0);
}
function attention(state) {
  return state.queueCount > 0 || state.eventFull || state.watchdogPreTimeout;
}
function clearEvent(state) {
  state.eventFull = false;
  state.event.fill(0);
}
function clearQueue(state) {
  state.queueCount = 0;
  state.queue.fill(0);
  state.queueLengths.fill(0);
}
function dropMessage(state) {
  state.queueCount--;
  state.queue.copyWithin(0, QUEUE_MESSAGE_BYTES);
  state.queue.fill(0, state.queueCount * QUEUE_MESSAGE_BYTES);
  state.queueLengths.copyWithin(0, 1);
  state.queueLengths.fill(0, state.queueCount);
}

// src/ipmi/bmc-commands.ts
var SSIF = 0;
var RESERVED_ENABLES = 16;
var RESERVED_FLAGS = 20;
var BMC_COMMANDS = [
  {
    // Longer requests pass: ipmi_ssif tries multi-part writes with a zero-filled one, and QEMU answers it.
    netFn: NetFn.APP,
    cmd: AppCmd.GET_DEVICE_ID,
    min: 0,
    max: Infinity,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.deviceId)
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.COLD_RESET,
    min: 0,
    max: 0,
    run(state) {
      state.coldReset = true;
      return RESPONSE_HEADER;
    }
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_SELF_TEST_RESULTS,
    min: 0,
    max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.selfTest)
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_DEVICE_GUID,
    min: 0,
    max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.guid)
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.SET_BMC_GLOBAL_ENABLES,
    min: 1,
    max: 1,
    run(state, req, _reqLen, rsp) {
      const enables = req[REQUEST_HEADER];
      if ((enables & RESERVED_ENABLES) !== 0) return fail(rsp, CompletionCode.INVALID_DATA_FIELD);
      state.globalEnables = enables;
      if ((enables & GlobalEnable.EVENT_MESSAGE_BUFFER) === 0) clearEvent(state);
      return RESPONSE_HEADER;
    }
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_BMC_GLOBAL_ENABLES,
    min: 0,
    max: 0,
    run: (state, _req, _reqLen, rsp) => replyByte(rsp, state.globalEnables)
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.CLEAR_MESSAGE_FLAGS,
    min: 1,
    max: 1,
    run(state, req, _reqLen, rsp) {
      const clear2 = req[REQUEST_HEADER];
      if ((clear2 & RESERVED_FLAGS) !== 0) return fail(rsp, CompletionCode.INVALID_DATA_FIELD);
      if ((clear2 & MessageFlag.RECEIVE_MESSAGE) !== 0) clearQueue(state);
      if ((clear2 & MessageFlag.EVENT_MESSAGE_BUFFER_FULL) !== 0) clearEvent(state);
      if ((clear2 & MessageFlag.WATCHDOG_PRE_TIMEOUT) !== 0) state.watchdogPreTimeout = false;
      return RESPONSE_HEADER;
    }
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_MESSAGE_FLAGS,
    min: 0,
    max: 0,
    run: (state, _req, _reqLen, rsp) => replyByte(rsp, messageFlags(state))
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_MESSAGE,
    min: 0,
    max: 0,
    run(state, _req, _reqLen, rsp) {
      if (state.queueCount === 0) return fail(rsp, CC_DATA_NOT_AVAILABLE);
      const len = reply(rsp, state.queue, 0, state.queueLengths[0]);
      if (rsp[CC_INDEX] === CompletionCode.SUCCESS) dropMessage(state);
      return len;
    }
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER,
    min: 0,
    max: 0,
    run(state, _req, _reqLen, rsp) {
      if (!state.eventFull) return fail(rsp, CC_DATA_NOT_AVAILABLE);
      const len = reply(rsp, state.event);
      if (rsp[CC_INDEX] === CompletionCode.SUCCESS) clearEvent(state);
      return len;
    }
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_BT_INTERFACE_CAPABILITIES,
    min: 0,
    max: 0,
    run: (state, _req, _reqLen, rsp) => reply(rsp, state.identity.btCapabilities)
  },
  {
    netFn: NetFn.APP,
    cmd: AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES,
    min: 1,
    max: 1,
    run: (state, req, _reqLen, rsp) => (req[REQUEST_HEADER] & 15) === SSIF ? reply(rsp, state.identity.ssifCapabilities) : fail(rsp, CompletionCode.INVALID_DATA_FIELD)
  },
  {
    // Torn data is returned as it came, for the host to see.
    netFn: NetFn.OEM,
    cmd: OemCmd.ECHO,
    min: 0,
    max: Infinity,
    run: (_state, req, reqLen, rsp) => reply(rsp, req, REQUEST_HEADER, reqLen - REQUEST_HEADER)
  }
];
function reply(rsp, data, from = 0, count3 = data.length) {
  if (RESPONSE_HEADER + count3 > rsp.length) return fail(rsp, CompletionCode.CANNOT_RETURN_DATA);
  for (let i = 0; i < count3; i++) rsp[RESPONSE_HEADER + i] = data[from + i];
  return RESPONSE_HEADER + count3;
}
function replyByte(rsp, byte) {
  if (rsp.length <= RESPONSE_HEADER) return fail(rsp, CompletionCode.CANNOT_RETURN_DATA);
  rsp[RESPONSE_HEADER] = byte;
  return RESPONSE_HEADER + 1;
}
function fail(rsp, cc) {
  rsp[CC_INDEX] = cc;
  return RESPONSE_HEADER;
}

// src/ipmi/bmc.ts
var COMMANDS = new Map(
  BMC_COMMANDS.map((command) => [command.netFn << 8 | command.cmd, command])
);
function answer(state, req, reqLen, rsp) {
  if (rsp.length < RESPONSE_HEADER) throw new RangeError(`response buffer of ${rsp.length} bytes`);
  if (reqLen < REQUEST_HEADER) return writeResponse(rsp, req, reqLen, CompletionCode.REQUEST_LENGTH_INVALID);
  const command = COMMANDS.get(netFnOf(req[0]) << 8 | req[1]);
  if (command === void 0) return writeResponse(rsp, req, reqLen, CompletionCode.INVALID_COMMAND);
  if (lunOf(req[0]) !== Lun.BMC) return writeResponse(rsp, req, reqLen, CompletionCode.INVALID_FOR_LUN);
  const count3 = reqLen - REQUEST_HEADER;
  if (count3 < command.min || count3 > command.max) {
    return writeResponse(rsp, req, reqLen, CompletionCode.REQUEST_LENGTH_INVALID);
  }
  writeResponse(rsp, req, reqLen, CompletionCode.SUCCESS);
  return command.run(state, req, reqLen, rsp);
}

// src/ipmi/pec.ts
var POLYNOMIAL = 7;
var TABLE = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc << 1 ^ ((crc & 128) !== 0 ? POLYNOMIAL : 0);
  TABLE[byte] = crc;
}
function pecByte(crc, byte) {
  return TABLE[crc ^ byte];
}

// src/ipmi/kcs.ts
var Str = {
  OBF: 1,
  IBF: 2,
  SMS_ATN: 4,
  /** 1: the host last wrote the command port, 0: the data port. */
  C_D: 8,
  OEM1: 16,
  OEM2: 32,
  S0: 64,
  S1: 128
};
var STATE_MASK = 192;
var KcsState = { IDLE: 0, READ: 1, WRITE: 2, ERROR: 3 };
var KcsControl = { GET_STATUS_ABORT: 96, WRITE_START: 97, WRITE_END: 98, READ: 104 };
var KcsStatus = {
  NO_ERROR: 0,
  ABORTED_BY_COMMAND: 1,
  ILLEGAL_CONTROL_CODE: 2,
  LENGTH_ERROR: 6,
  UNSPECIFIED: 255
};
var STATE_NAMES = ["IDLE", "READ", "WRITE", "ERROR"];
function stateOf(str) {
  return str >> 6 & 3;
}
function stateName(state) {
  return STATE_NAMES[state];
}
function formatStr(str) {
  let text = STATE_NAMES[stateOf(str)];
  if ((str & Str.OEM2) !== 0) text += " OEM2";
  if ((str & Str.OEM1) !== 0) text += " OEM1";
  if ((str & Str.C_D) !== 0) text += " C/D";
  if ((str & Str.SMS_ATN) !== 0) text += " SMS_ATN";
  if ((str & Str.IBF) !== 0) text += " IBF";
  if ((str & Str.OBF) !== 0) text += " OBF";
  return text;
}
function controlName(code) {
  switch (code) {
    case KcsControl.GET_STATUS_ABORT:
      return "GET_STATUS/ABORT";
    case KcsControl.WRITE_START:
      return "WRITE_START";
    case KcsControl.WRITE_END:
      return "WRITE_END";
    case KcsControl.READ:
      return "READ";
    default:
      return `0x${code.toString(16).padStart(2, "0")}`;
  }
}
function statusName(code) {
  switch (code) {
    case KcsStatus.NO_ERROR:
      return "no error";
    case KcsStatus.ABORTED_BY_COMMAND:
      return "aborted by command";
    case KcsStatus.ILLEGAL_CONTROL_CODE:
      return "illegal control code";
    case KcsStatus.LENGTH_ERROR:
      return "length error";
    case KcsStatus.UNSPECIFIED:
      return "unspecified error";
    default:
      return code >= 192 && code <= 254 ? "OEM error" : "reserved";
  }
}

// src/ipmi/ssif.ts
var SsifCmd = {
  /** Write, single part: the whole request. */
  REQUEST: 2,
  /** Read: the whole response, or its first part behind the marker 00h 01h. */
  RESPONSE: 3,
  /** Write, first part of several: 32 bytes. */
  MULTI_PART_REQUEST_START: 6,
  /** Write, neither first nor last: 32 bytes. (Some BMCs take a shorter one, or an empty one, for the last.) */
  MULTI_PART_REQUEST_MIDDLE: 7,
  /** Write, the last part: 1 to 32 bytes. */
  MULTI_PART_REQUEST_END: 8,
  /** Read: block number (FFh: the last) and up to 31 bytes. */
  MULTI_PART_RESPONSE_MIDDLE: 9,
  /** Write: the number of the block to read again. Optional, and never used by Linux. */
  MULTI_PART_RESPONSE_RETRY: 10
};
var MULTI_PART_MARKER = [0, 1];
var LAST_BLOCK = 255;
var BLOCK_BYTES = 31;
var SSIF_ADDRESS = 16;
var IPMI_SSIF_PAYLOAD_MAX = 254;
function isSsifWrite(command) {
  return command === SsifCmd.REQUEST || command >= SsifCmd.MULTI_PART_REQUEST_START && command <= SsifCmd.MULTI_PART_REQUEST_END;
}
function isSsifRead(command) {
  return command === SsifCmd.RESPONSE || command === SsifCmd.MULTI_PART_RESPONSE_MIDDLE;
}

// src/sim/time.ts
var NS = 1e3;
var US = 1e6;
var MS = 1e9;
var SEC = 1e12;
var END_OF_TIME = Number.MAX_SAFE_INTEGER;
var TimeError = class extends Error {
  name = "TimeError";
};
function alignUp(t2, period, origin = 0) {
  const late2 = (t2 - origin) % period;
  return late2 === 0 ? t2 : t2 + (period - late2);
}
var UNITS = [
  [SEC, "s"],
  [MS, "ms"],
  [US, "us"],
  [NS, "ns"]
];
function formatPs(t2) {
  for (const [unit, name2] of UNITS) {
    if (t2 < unit) continue;
    const whole = Math.floor(t2 / unit);
    const rest = t2 % unit;
    if (rest === 0) return `${whole} ${name2}`;
    const digits = String(unit).length - 1;
    return `${whole}.${String(rest).padStart(digits, "0").replace(/0+$/, "")} ${name2}`;
  }
  return `${t2} ps`;
}
function formatShort(t2, digits = 3) {
  const [number = "", unit = ""] = formatPs(t2).split(" ");
  const [whole, rest] = number.split(".");
  const cut = (rest ?? "").slice(0, digits).replace(/0+$/, "");
  return cut === "" ? `${whole} ${unit}` : `${whole}.${cut} ${unit}`;
}

// src/sim/op.ts
var OPERAND_SHIFT = 8;
var OPERAND_MASK = 32767;
var FRAME_SHIFT = 23;
var FRAME_MASK = 255;
function withOperand(op, operand) {
  return op | operand << OPERAND_SHIFT;
}
function operandOf(op) {
  return op >> OPERAND_SHIFT & OPERAND_MASK;
}
var EXIT = 0;
var BLOCKED = -2147483648;
var NO_FOOTPRINT = { reads: [], writes: [] };
var OpTable = class {
  defs = [];
  /** The site labels that were asked for. */
  labels = /* @__PURE__ */ new Map();
  frames = [""];
  objects = [];
  constructor() {
    this.defs.push(build2({
      label: "exit",
      exec() {
        throw new Error("EXIT is not a step");
      }
    }));
  }
  /** Registers a kind of step; returns the op without operand and frame. */
  define(spec) {
    if (this.defs.length > 255) throw new RangeError(`no opcode left for ${spec.label}`);
    this.defs.push(build2(spec));
    return this.defs.length - 1;
  }
  /** Names a function of a model; or-ed into its ops it makes their labels unique. */
  frame(name2) {
    let id = this.frames.indexOf(name2);
    if (id < 0) {
      id = this.frames.length;
      if (id > FRAME_MASK) throw new RangeError(`no frame left for ${name2}`);
      this.frames.push(name2);
    }
    return id << FRAME_SHIFT;
  }
  /** Names a shared object; returns its id for footprints. */
  object(name2) {
    const known = this.objects.indexOf(name2);
    if (known >= 0) return known;
    this.objects.push(name2);
    return this.objects.length - 1;
  }
  objectName(id) {
    return this.objects[id] ?? `object ${id}`;
  }
  get objectCount() {
    return this.objects.length;
  }
  def(op) {
    return this.defs[op & 255];
  }
  frameOf(op) {
    return this.frames[op >> FRAME_SHIFT & FRAME_MASK] ?? "";
  }
  /** The stable site label: `kcs_bmc_read: copy_to_user`. */
  label(op) {
    let label = this.labels.get(op);
    if (label === void 0) {
      const frame = this.frameOf(op);
      const site = this.def(op).site(operandOf(op));
      label = frame === "" ? site : `${frame}: ${site}`;
      this.labels.set(op, label);
    }
    return label;
  }
  /** The label with the operand spelt out: `kcs_bmc_handle_cmd: ODR3 := 00h`. */
  describe(op) {
    const frame = this.frameOf(op);
    const text = this.def(op).describe(operandOf(op));
    return frame === "" ? text : `${frame}: ${text}`;
  }
};
function build2(spec) {
  const { label, kind = "compute", lead = 0, tail = 0, jitter = 0, exec, footprint = NO_FOOTPRINT } = spec;
  const site = spec.site ?? (() => label);
  return {
    label,
    kind,
    lead,
    tail,
    jitter,
    exec,
    footprint: typeof footprint === "function" ? footprint : () => footprint,
    site,
    describe: spec.describe ?? site
  };
}

// src/sim/context.ts
var State = {
  /** Not started in this run. */
  dormant: 0,
  /** A step is issued; its effect is scheduled. */
  flight: 1,
  /** Waits for {@link Context.wake}. */
  blocked: 2,
  /** Woken; the delay until it runs is scheduled. */
  waking: 3,
  /** Has a step to issue, or a value to resume with, but not the CPU. */
  gated: 4,
  /** Stalled by the schedule before a step. */
  held: 5,
  /** Its process has ended. */
  done: 6
};
var Context = class {
  sim;
  id;
  name;
  slot;
  gate = null;
  process;
  state = State.dormant;
  /** The step that is in flight, or next to be issued. */
  op = EXIT;
  /** Steps issued so far. */
  steps = 0;
  /** The next step about which the seam has something to say; -1: none. */
  special = -1;
  /** When the step in flight was issued. */
  issuedAt = 0;
  /** Operand that does not fit the op (32-bit register values, durations). */
  arg = 0;
  /** Parameters of a poll: watched bits, their last value, sampling period and when to give up. */
  pollMask = 0;
  pollLast = 0;
  pollPeriod = 0;
  pollOrigin = 0;
  pollDeadline = END_OF_TIME;
  pollSignal = null;
  /** The gate took the CPU between two samples of a poll. */
  suspended = false;
  /** Extra time between issue and effect of the next step, set by a timing choice. */
  lateness = 0;
  /** With which the process resumes next. */
  value = 0;
  /** Whether there is a value to resume with, rather than a step to issue. */
  resuming = false;
  readyAt = 0;
  effectAt = 0;
  constructor(sim, id, name2, slot, process2) {
    this.sim = sim;
    this.id = id;
    this.name = name2;
    this.slot = slot;
    this.process = process2;
  }
  reset() {
    this.state = State.dormant;
    this.op = EXIT;
    this.steps = 0;
    this.special = -1;
    this.pollSignal = null;
    this.suspended = false;
    this.resuming = false;
    this.lateness = 0;
  }
  /** Starts the process, `delay` from now. */
  start(delay = 0) {
    this.state = State.blocked;
    this.wake(0, delay);
  }
  /** The context is blocked: it resumes with `value`, `delay` from now (and when it has a CPU). */
  wake(value, delay = 0, timeout = false) {
    if (this.state !== State.blocked) throw new Error(`${this.name} is woken but does not wait`);
    this.value = value;
    this.resuming = true;
    this.state = State.waking;
    this.sim.queue.schedule(this.slot, this.sim.now + delay, timeout);
  }
  /**
   * Called from the exec of a step that returns BLOCKED: the context sleeps for `ps` and then resumes
   * with `value`.
   */
  doze(ps, value = 0, timeout = false) {
    this.state = State.blocked;
    this.wake(value, ps, timeout);
    return BLOCKED;
  }
  /** Index of the step in flight. */
  get step() {
    return this.steps - 1;
  }
  /** Resumes a blocked context at once, on behalf of its gate. */
  kick(value) {
    if (this.state !== State.blocked) throw new Error(`${this.name} is kicked but does not wait`);
    this.value = value;
    this.resuming = true;
    this.grant();
  }
  /** Whether the context waits for a wake-up. */
  get waits() {
    return this.state === State.blocked;
  }
  /** Parks a poll on `signal` after a vain sample; it gives up at {@link pollDeadline}. */
  park(signal) {
    const { sim } = this;
    this.pollOrigin = sim.now;
    this.pollSignal = signal;
    signal.park(this);
    if (this.pollDeadline < END_OF_TIME) {
      const late2 = this.pollDeadline - sim.now;
      const samples = late2 <= 0 ? 1 : Math.ceil(late2 / this.pollPeriod);
      sim.queue.schedule(this.slot, sim.now + samples * this.pollPeriod, true);
    }
    return BLOCKED;
  }
  /** Samples again at `at`. */
  resample(at) {
    this.sim.queue.schedule(this.slot, at, false);
  }
  /** Samples again at the next multiple of the period; never twice at one instant. */
  sampleNext() {
    const { sim, pollPeriod, pollOrigin } = this;
    this.resample(alignUp(Math.max(sim.now, pollOrigin + pollPeriod), pollPeriod, pollOrigin));
  }
  /** Whether it polls, and is between two samples. */
  get parked() {
    return this.pollSignal !== null;
  }
  /** Between two samples of a poll the gate takes the CPU; {@link grant} goes on with the poll. */
  suspend() {
    if (this.pollSignal === null) throw new Error(`${this.name} is suspended but does not poll`);
    this.pollSignal.unpark(this);
    this.pollSignal = null;
    this.sim.queue.cancel(this.slot);
    this.suspended = true;
    this.state = State.gated;
  }
  /** The event of this context is due. */
  fire() {
    switch (this.state) {
      case State.flight:
        this.run();
        return;
      case State.waking:
        if (this.gate === null) this.grant();
        else {
          this.state = State.gated;
          this.gate.ready(this);
        }
        return;
      case State.held:
        this.sim.expire(this);
        return;
      default:
        throw new Error(`${this.name} has an event in state ${this.state}`);
    }
  }
  /** The CPU is given (back): resume, or issue the step that waits. */
  grant() {
    let going;
    if (this.suspended) {
      this.suspended = false;
      this.state = State.flight;
      this.sampleNext();
      return;
    }
    if (this.resuming) {
      this.resuming = false;
      going = this.advance(this.value, 0);
    } else {
      if (this.readyAt < this.sim.now) this.readyAt = this.sim.now;
      going = this.tryIssue();
    }
    if (going) this.sim.queue.schedule(this.slot, this.effectAt, false);
  }
  run() {
    const { sim } = this;
    const { queue } = sim;
    const { defs } = sim.ops;
    if (this.pollSignal !== null) {
      this.pollSignal.unpark(this);
      this.pollSignal = null;
    }
    for (; ; ) {
      const { op } = this;
      const def = defs[op & 255];
      sim.current = this;
      const value = def.exec(op >> 8 & 32767, this);
      sim.stepped(this, op, value);
      if (value === BLOCKED) {
        if (this.pollSignal === null) {
          if (this.state === State.flight) this.state = State.blocked;
          if (this.gate !== null) this.gate.leave(this);
        }
        return;
      }
      if (!this.advance(value, def.tail)) return;
      if (this.effectAt >= queue.headDue || sim.stopped) {
        queue.schedule(this.slot, this.effectAt, false);
        return;
      }
      sim.now = this.effectAt;
    }
  }
  /** Resumes the process; true if its next step is issued. */
  advance(value, tail) {
    this.sim.current = this;
    const op = this.process.resume(value);
    this.op = op;
    if (op === EXIT) {
      this.state = State.done;
      if (this.gate !== null) this.gate.leave(this);
      return false;
    }
    this.readyAt = this.sim.now + tail;
    return this.tryIssue();
  }
  tryIssue() {
    if (this.steps === this.special && this.sim.departs(this)) return false;
    const { gate } = this;
    if (gate !== null && gate.attention !== 0 && gate.divert(this)) {
      this.state = State.gated;
      return false;
    }
    this.issuedAt = this.readyAt;
    this.effectAt = this.readyAt + this.sim.ops.defs[this.op & 255].lead + this.lateness;
    this.lateness = 0;
    this.state = State.flight;
    this.steps++;
    return true;
  }
};

// src/sim/hash.ts
function mix(hash, value) {
  let k = Math.imul(value, 3432918353);
  k = k << 15 | k >>> 17;
  let h = hash ^ Math.imul(k, 461845907);
  h = h << 13 | h >>> 19;
  return Math.imul(h, 5) + 3864292196 | 0;
}
function finish(hash) {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 2246822507);
  h ^= h >>> 13;
  h = Math.imul(h, 3266489909);
  return h ^ h >>> 16;
}

// src/sim/list.ts
function clear(list) {
  while (list.length > 0) list.pop();
}

// src/sim/process.ts
var { next } = Object.getPrototypeOf(function* () {
}).prototype;
function proceed(steps, value) {
  return next.call(steps, value);
}
var CALL = -1;
var callee = null;
function call(steps) {
  callee = steps;
  return CALL;
}
var Calls = class {
  steps = null;
  callers = [];
  /** What the outermost generator has returned, if it is a number. */
  result = 0;
  /** Begins anew, with `steps`, at its first {@link resume}. */
  begin(steps) {
    clear(this.callers);
    this.steps = steps;
  }
  /** The next step, or {@link EXIT} once the outermost generator has returned. */
  resume(value) {
    const result = proceed(this.steps, value);
    return result.done !== true && result.value !== CALL ? result.value : this.follow(result);
  }
  /** What ran has returned, or calls something: goes on with its caller, or with that, to the next step. */
  follow(first) {
    const { callers } = this;
    for (let result = first; ; ) {
      if (result.done === true) {
        const value = typeof result.value === "number" ? result.value : 0;
        const caller = callers.pop();
        if (caller === void 0) {
          this.result = value;
          return EXIT;
        }
        this.steps = caller;
        result = proceed(caller, value);
      } else if (result.value === CALL) {
        callers.push(this.steps);
        this.steps = callee;
        result = proceed(this.steps, 0);
      } else {
        return result.value;
      }
    }
  }
};
var GeneratorProcess = class {
  body;
  calls = new Calls();
  constructor(body) {
    this.body = body;
    this.start();
  }
  start() {
    this.calls.begin(this.body());
  }
  resume(value) {
    return this.calls.resume(value);
  }
};

// src/sim/queue.ts
var NONE = -1;
var EventQueue = class {
  due;
  next;
  prev;
  /** 1: progress, 2: time-out, 0: not scheduled. */
  kind;
  /** First slot, or NONE. */
  head = NONE;
  /** When the first slot is due; {@link END_OF_TIME} if there is none. */
  headDue = END_OF_TIME;
  /** How many scheduled events are progress, not time-outs. */
  progress = 0;
  constructor(slots) {
    this.due = new Float64Array(slots);
    this.next = new Int32Array(slots).fill(NONE);
    this.prev = new Int32Array(slots).fill(NONE);
    this.kind = new Uint8Array(slots);
  }
  reset() {
    for (let slot = this.head; slot !== NONE; slot = this.next[slot]) this.kind[slot] = 0;
    this.head = NONE;
    this.headDue = END_OF_TIME;
    this.progress = 0;
  }
  scheduled(slot) {
    return this.kind[slot] !== 0;
  }
  /** When `slot` is due; meaningful only while it is scheduled. */
  dueAt(slot) {
    return this.due[slot];
  }
  isTimeout(slot) {
    return this.kind[slot] === 2;
  }
  /** Makes `slot` due at `at` (moves it if it is scheduled already), behind all that is due then. */
  schedule(slot, at, timeout) {
    if (!(at < END_OF_TIME)) throw new TimeError(`an event at ${formatPs(at)} passes the end of simulated time`);
    if (this.kind[slot] !== 0) this.cancel(slot);
    const { due, next: next2, prev } = this;
    if (timeout) {
      this.kind[slot] = 2;
    } else {
      this.kind[slot] = 1;
      this.progress++;
    }
    due[slot] = at;
    let before = NONE;
    let after = this.head;
    while (after !== NONE && due[after] <= at) {
      before = after;
      after = next2[after];
    }
    next2[slot] = after;
    prev[slot] = before;
    if (after !== NONE) prev[after] = slot;
    if (before === NONE) {
      this.head = slot;
      this.headDue = at;
    } else {
      next2[before] = slot;
    }
  }
  /** Takes `slot` out; no effect if it is not scheduled. */
  cancel(slot) {
    const kind = this.kind[slot];
    if (kind === 0) return;
    if (kind === 1) this.progress--;
    this.kind[slot] = 0;
    const { next: next2, prev } = this;
    const before = prev[slot];
    const after = next2[slot];
    if (after !== NONE) prev[after] = before;
    if (before === NONE) {
      this.head = after;
      this.headDue = after === NONE ? END_OF_TIME : this.due[after];
    } else {
      next2[before] = after;
    }
  }
  /** How many slots are due at the very instant of the head, at most `most`. */
  ties(most) {
    let n = 0;
    for (let slot = this.head; slot !== NONE && n < most && this.due[slot] === this.headDue; n++) slot = this.next[slot];
    return n;
  }
  /** The `n`-th slot in order, 0 being the head. */
  nth(n) {
    let slot = this.head;
    while (n-- > 0) slot = this.next[slot];
    return slot;
  }
};

// src/sim/seam.ts
var NOMINAL = {
  plan: [],
  draw: () => 0
};
var JITTER_STEPS = 8;
function formatRelease(release) {
  switch (release.kind) {
    case "quiet":
      return "quiet";
    case "timeouts":
      return `timeouts ${release.n}`;
    case "until":
      return `until ${release.actor}#${release.step}`;
    case "for":
      return `for ${release.ps} ps`;
  }
}
function parseRelease(text) {
  if (text === "quiet") return { kind: "quiet" };
  const timeouts = /^timeouts ([1-9]\d{0,5})$/.exec(text);
  if (timeouts) return { kind: "timeouts", n: Number(timeouts[1]) };
  const until = /^until (\S[^#]*)#(\d{1,9})$/.exec(text);
  if (until) return { kind: "until", actor: until[1], step: Number(until[2]) };
  const span2 = /^for ([1-9]\d{0,14}) ps$/.exec(text);
  if (span2) return { kind: "for", ps: Number(span2[1]) };
  return void 0;
}

// src/sim/signal.ts
var Signal = class {
  parked = [];
  reset() {
    clear(this.parked);
  }
  /** Parks `ctx`, which has just sampled in vain. */
  park(ctx) {
    this.parked.push(ctx);
  }
  unpark(ctx) {
    const at = this.parked.indexOf(ctx);
    if (at >= 0) this.parked.splice(at, 1);
  }
  /**
   * The value may have changed: each poller samples again at the next multiple of its period. A sample
   * that is due at this very instant comes after the change.
   */
  changed() {
    const { parked } = this;
    if (parked.length === 0) return;
    for (let i = 0; i < parked.length; i++) parked[i].sampleNext();
    clear(parked);
  }
};

// src/sim/trace.ts
var TraceBus = class {
  kinds = [];
  listeners = [];
  clock;
  constructor(clock) {
    this.clock = clock;
  }
  /** Registers a kind of event; returns its code. */
  define(kind) {
    this.kinds.push(kind);
    this.listeners.push([]);
    return this.kinds.length - 1;
  }
  /** The code of a kind by name; throws if no block of this system defines it. */
  code(name2) {
    const code = this.kinds.findIndex((kind) => kind.name === name2);
    if (code < 0) throw new Error(`no trace event ${name2} in this system`);
    return code;
  }
  on(code, listener) {
    this.listeners[code].push(listener);
  }
  off(code, listener) {
    const list = this.listeners[code];
    const at = list.indexOf(listener);
    if (at >= 0) list.splice(at, 1);
  }
  emit(code, actor, a = 0, b = 0, c = 0) {
    const list = this.listeners[code];
    if (list.length === 0) return;
    const { now } = this.clock;
    for (let i = 0; i < list.length; i++) list[i](now, actor, a, b, c);
  }
};

// src/sim/simulator.ts
var MOST_TIES = 4;
var SLOTS = 128;
var Simulator = class {
  now = 0;
  queue = new EventQueue(SLOTS);
  ops = new OpTable();
  trace = new TraceBus(this);
  contexts = [];
  /** The context whose process runs right now (or ran last). */
  current = null;
  owners = [];
  resets = [];
  /** Rolling hash over every step (who, what, value, when). */
  hash = 0;
  /** Steps of this run. */
  steps = 0;
  /** A run ends as `limit` beyond so many steps. */
  limit = 1e6;
  /** A run ends as `horizon` before an event that is later than this. */
  horizon = END_OF_TIME - 1;
  observer = null;
  stopped = false;
  reason = "done";
  /** Asked when the system is quiet and nobody is held: is the run over? */
  finished = () => true;
  chooser = NOMINAL;
  /** The schedule of this run: departures that took effect. */
  taken = [];
  plans = [];
  /** In the order in which they began. */
  stalls = [];
  /** Stalls that a step ends. */
  untils = [];
  timeoutsFired = 0;
  tieCount = 0;
  /** Whether events of one instant may change places. */
  ordering = false;
  /** Which oracles are judged; undefined: all. */
  selected;
  violations = [];
  /** Reserves a slot of the event queue. */
  slot(owner) {
    if (this.owners.length >= SLOTS) throw new RangeError("no event slot left");
    this.owners.push(owner);
    return this.owners.length - 1;
  }
  /** Adds a context; it is dormant until {@link Context.start}. */
  context(name2, process2, gate = null) {
    const id = this.contexts.length;
    const slot = this.owners.length;
    const ctx = new Context(this, id, name2, slot, process2);
    ctx.gate = gate;
    this.slot(ctx);
    this.contexts.push(ctx);
    this.plans.push([]);
    return ctx;
  }
  /** Registers what a block does when the system is reset in place. */
  onReset(reset) {
    this.resets.push(reset);
  }
  /** Back to time 0 with a new source of choices. */
  reset(chooser = NOMINAL, ordering = true) {
    this.now = 0;
    this.queue.reset();
    this.hash = 0;
    this.steps = 0;
    this.stopped = false;
    this.reason = "done";
    clear(this.taken);
    clear(this.stalls);
    clear(this.untils);
    this.current = null;
    this.timeoutsFired = 0;
    this.releasedAt = -1;
    this.tieCount = 0;
    clear(this.violations);
    this.chooser = chooser;
    this.ordering = ordering && chooser !== NOMINAL;
    for (const ctx of this.contexts) ctx.reset();
    this.lay(chooser.plan);
    for (const reset of this.resets) reset();
  }
  /** Runs until the system is done, stuck, stopped or past its limit. */
  run() {
    const { queue, owners } = this;
    while (!this.stopped) {
      if (queue.progress === 0 && this.quiet()) continue;
      if (this.stopped) break;
      let slot = queue.head;
      if (slot === NONE) return "stuck";
      if (queue.headDue > this.horizon) return "horizon";
      if (queue.headDue < this.now) throw new TimeError(`an event at ${formatPs(queue.headDue)} is due in the past, at ${formatPs(this.now)}`);
      this.now = queue.headDue;
      if (this.ordering) slot = this.order(slot);
      if (queue.isTimeout(slot)) this.timeoutsFired++;
      queue.cancel(slot);
      owners[slot].fire();
    }
    return this.reason;
  }
  /** Ends the run; the first reason counts. */
  stop(reason) {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
  }
  /** Called at the effect of every step. */
  stepped(ctx, op, value) {
    this.hash = mix(mix(this.hash, op & 8388607 ^ ctx.id << 24), value ^ (this.now | 0));
    if (++this.steps >= this.limit) this.stop("limit");
    if (this.observer !== null) this.observer.step(ctx, op, value);
  }
  /** A question to the seam that arises as the run goes. 0 is nominal. */
  choose(kind, actor, step, n, label) {
    const value = this.chooser.draw(kind, actor, step, n, label);
    if (value === 0) return 0;
    if (!(value > 0 && value < n)) throw new RangeError(`choice ${value} of ${n} at ${actor} ${label}`);
    this.taken.push({ kind, actor, step, label, value });
    return value;
  }
  /** Whether a finding of `oracle` counts in this run. */
  judges(oracle) {
    return this.selected === void 0 || this.selected.has(oracle);
  }
  /**
   * Records that a rule is broken. `fatal`: nothing sensible can follow, the run ends if the oracle
   * is selected.
   */
  violate(oracle, rule, site, message, fatal = false) {
    if (!this.judges(oracle)) return;
    for (const v of this.violations) if (v.oracle === oracle && v.rule === rule && v.site === site) return;
    this.violations.push({ oracle, rule, site, message, at: this.now, step: this.steps });
    if (fatal) this.stop("violation");
  }
  // ---- departures placed by step ------------------------------------------------------------
  lay(plan) {
    for (const list of this.plans) clear(list);
    for (const departure of plan) {
      const ctx = this.contextNamed(departure.actor);
      if (ctx === void 0) continue;
      const list = this.plans[ctx.id];
      let at = list.length;
      list.push(departure);
      for (; at > 0 && list[at - 1].step < departure.step; at--) list[at] = list[at - 1];
      list[at] = departure;
    }
    for (const ctx of this.contexts) this.nextSpecial(ctx);
  }
  contextNamed(name2) {
    const { contexts } = this;
    for (let i = 0; i < contexts.length; i++) if (contexts[i].name === name2) return contexts[i];
    return void 0;
  }
  /** The next step of `ctx` at which it departs, or at which somebody is released. */
  nextSpecial(ctx) {
    const list = this.plans[ctx.id];
    let special = list.length === 0 ? -1 : list[list.length - 1].step;
    for (const { target, step } of this.untils) if (target === ctx && (special < 0 || step < special)) special = step;
    ctx.special = special;
  }
  /** Something of the schedule belongs to the step that `ctx` is about to issue. True if it is held. */
  departs(ctx) {
    if (this.untils.length > 0) this.reached(ctx);
    const list = this.plans[ctx.id];
    let stall;
    let later = 0;
    while (list.length > 0 && list[list.length - 1].step === ctx.steps) {
      const { release, late: late2 } = list.pop();
      if (release !== void 0) stall = release;
      if (late2 !== void 0) later = late2;
    }
    this.nextSpecial(ctx);
    if (later !== 0) this.delay(ctx, later);
    return stall !== void 0 && this.hold(ctx, stall);
  }
  delay(ctx, late2) {
    const { jitter } = this.ops.def(ctx.op);
    if (jitter === 0 || late2 < 1 || late2 > JITTER_STEPS) return;
    ctx.lateness += Math.floor(jitter * late2 / JITTER_STEPS);
    this.taken.push({ kind: "timing", actor: ctx.name, step: ctx.steps, label: this.ops.label(ctx.op), value: late2 });
  }
  hold(ctx, release) {
    this.taken.push({
      kind: "stall",
      actor: ctx.name,
      step: ctx.steps,
      label: this.ops.label(ctx.op),
      value: formatRelease(release)
    });
    ctx.state = State.held;
    const stall = { ctx, release, timeouts: this.timeoutsFired, over: false };
    this.stalls.push(stall);
    const most = ctx.gate === null ? END_OF_TIME : ctx.gate.stall(ctx);
    const span2 = release.kind === "for" ? Math.min(release.ps, most) : most;
    if (span2 < END_OF_TIME) this.queue.schedule(ctx.slot, this.now + span2, release.kind !== "for");
    if (release.kind === "until") this.watch(release.actor, release.step, stall);
    this.observer?.held?.(ctx);
    return true;
  }
  /** The event of a held context is due: its time, its cap, or the step that it waits for. */
  expire(ctx) {
    const stall = this.stalls.find((s2) => s2.ctx === ctx);
    if (stall !== void 0 && stall.release.kind !== "for" && !stall.over) this.timeoutsFired--;
    this.release(ctx);
  }
  /** Ends the stall of `ctx`. */
  release(ctx) {
    const at = this.stalls.findIndex((s2) => s2.ctx === ctx);
    if (at < 0) throw new Error(`${ctx.name} is not held`);
    const [stall] = this.stalls.splice(at, 1);
    this.forget(stall);
    this.releasedAt = this.now;
    this.queue.cancel(ctx.slot);
    ctx.state = State.gated;
    if (ctx.gate === null) ctx.grant();
    else ctx.gate.release(ctx);
  }
  /** When the last stall ended; -1: none has. */
  releasedAt = -1;
  get anyHeld() {
    return this.stalls.length > 0;
  }
  /** `stall` ends when `actor` is about to issue its step `step`. */
  watch(actor, step, stall) {
    const target = this.contextNamed(actor);
    if (target === void 0 || target.steps > step || target.steps === step && target !== stall.ctx && target.state === State.held) {
      this.end(stall);
      return;
    }
    this.untils.push({ target, step, stall });
    this.nextSpecial(target);
  }
  end(stall) {
    stall.over = true;
    this.queue.schedule(stall.ctx.slot, this.now, false);
  }
  forget(stall) {
    const at = this.untils.findIndex((u) => u.stall === stall);
    if (at < 0) return;
    const { target } = this.untils[at];
    this.untils.splice(at, 1);
    this.nextSpecial(target);
  }
  /** Releases whoever waits for the step that `ctx` is about to issue. */
  reached(ctx) {
    for (let i = 0; i < this.untils.length; ) {
      const { target, step, stall } = this.untils[i];
      if (target !== ctx || step > ctx.steps) {
        i++;
        continue;
      }
      this.untils.splice(i, 1);
      this.end(stall);
    }
  }
  /** Nothing but time-outs is due. True if somebody held was released and the run goes on. */
  quiet() {
    const { stalls, queue } = this;
    if (stalls.length === 0) {
      if (this.finished()) this.stop("done");
      return false;
    }
    for (const stall of stalls) {
      if (!this.due(stall)) continue;
      this.release(stall.ctx);
      return true;
    }
    if (queue.head !== NONE && !this.finished()) return false;
    this.release(stalls[0].ctx);
    return true;
  }
  /** Whether `stall` ends in a quiet system. */
  due({ ctx, release, timeouts }) {
    switch (release.kind) {
      case "quiet":
        return true;
      case "timeouts":
        return this.timeoutsFired >= timeouts + release.n;
      case "until": {
        const target = this.untils.find((u) => u.stall.ctx === ctx)?.target;
        return target === void 0 || target === ctx || target.state === State.done || this.timeoutsFired > timeouts;
      }
      case "for":
        return false;
    }
  }
  order(first) {
    const n = this.queue.ties(MOST_TIES);
    if (n < 2) return first;
    const pick = this.choose("order", "queue", this.tieCount++, n, "events of one instant");
    return pick === 0 ? first : this.queue.nth(pick);
  }
};

// src/linux/errno.ts
var EINTR = 4;
var EIO = 5;
var ENXIO = 6;
var E2BIG = 7;
var EBADF = 9;
var EAGAIN = 11;
var ENOMEM = 12;
var EFAULT = 14;
var EBUSY = 16;
var ENODEV = 19;
var EINVAL = 22;
var ENODATA = 61;
var EPROTO = 71;
var EBADMSG = 74;
var EOVERFLOW = 75;
var ETIMEDOUT = 110;
var EREMOTEIO = 121;
var ERESTARTSYS = 512;
var NAMES2 = {
  [EINTR]: "EINTR",
  [EIO]: "EIO",
  [ENXIO]: "ENXIO",
  [E2BIG]: "E2BIG",
  [EBADF]: "EBADF",
  [EAGAIN]: "EAGAIN",
  [ENOMEM]: "ENOMEM",
  [EFAULT]: "EFAULT",
  [EBUSY]: "EBUSY",
  [ENODEV]: "ENODEV",
  [EINVAL]: "EINVAL",
  [ENODATA]: "ENODATA",
  [EPROTO]: "EPROTO",
  [EBADMSG]: "EBADMSG",
  [EOVERFLOW]: "EOVERFLOW",
  [ETIMEDOUT]: "ETIMEDOUT",
  [EREMOTEIO]: "EREMOTEIO",
  [ERESTARTSYS]: "ERESTARTSYS"
};
function formatResult(result) {
  return result < 0 ? `-${NAMES2[-result] ?? -result}` : String(result);
}

// src/linux/memory.ts
var Allocation = class {
  kernel;
  name;
  freed = false;
  /** Its place in {@link Kernel.allocations}. */
  id;
  constructor(kernel, name2) {
    this.kernel = kernel;
    this.name = name2;
    this.id = kernel.allocations.push(name2) - 1;
    kernel.sim.onReset(() => {
      this.freed = false;
    });
  }
  kfree() {
    const { sim, events } = this.kernel;
    this.freed = true;
    sim.trace.emit(events.kfree, sim.current?.id ?? -1, this.id);
  }
  /** Reports a use by `what` after {@link kfree}. */
  useAfterFree(what, rule = "use-after-free") {
    this.kernel.useAfterFree(this.name, what, rule);
  }
};
var KernelBuffer = class {
  memory;
  name;
  bytes;
  constructor(memory, name2, size) {
    this.memory = memory;
    this.name = name2;
    this.bytes = new Uint8Array(size);
    memory.kernel.sim.onReset(() => {
      if (this.dirty > 0) this.bytes.fill(0, 0, this.dirty);
      this.dirty = 0;
    });
  }
  /** One past the highest byte written in this run. */
  dirty = 0;
  get size() {
    return this.bytes.length;
  }
  get(index) {
    if (this.memory.freed) this.memory.useAfterFree(`${this.name}[${index}]`);
    if (index < 0 || index >= this.bytes.length) {
      this.memory.kernel.outOfBounds(this.name, index, this.bytes.length, "read");
      return 0;
    }
    return this.bytes[index];
  }
  set(index, value) {
    if (this.memory.freed) this.memory.useAfterFree(`${this.name}[${index}]`);
    if (index < 0 || index >= this.bytes.length) {
      this.memory.kernel.outOfBounds(this.name, index, this.bytes.length, "write");
      return;
    }
    this.bytes[index] = value;
    if (index >= this.dirty) this.dirty = index + 1;
  }
  /** memcpy(this, from, n). */
  copyFrom(from, n) {
    if (n > from.size || n > this.size) {
      for (let i = 0; i < n; i++) this.set(i, from.get(i));
      return;
    }
    if (this.memory.freed) this.memory.useAfterFree(this.name);
    if (from.memory.freed) from.memory.useAfterFree(from.name);
    for (let i = 0; i < n; i++) this.bytes[i] = from.bytes[i];
    if (n > this.dirty) this.dirty = n;
  }
};

// src/linux/mutex.ts
var Mutex = class {
  name;
  kernel;
  memory;
  ops;
  owner = null;
  waiters = [];
  constructor(memory, name2) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name2;
    const object = sim.ops.object(`${memory.name}.${name2}`);
    const footprint = { reads: [object], writes: [object] };
    this.ops = {
      mutexLock: sim.ops.define({
        label: `mutex_lock(${name2})`,
        kind: "block",
        lead: config.lock,
        footprint,
        exec: (_operand, ctx) => this.lock(ctx)
      }),
      mutexUnlock: sim.ops.define({
        label: `mutex_unlock(${name2})`,
        lead: config.lock,
        footprint,
        exec: (_operand, ctx) => this.unlock(ctx)
      })
    };
    sim.onReset(() => {
      this.owner = null;
      clear(this.waiters);
    });
  }
  at(frame) {
    return { mutexLock: this.ops.mutexLock | frame, mutexUnlock: this.ops.mutexUnlock | frame };
  }
  lock(ctx) {
    const { kernel } = this;
    if (this.memory.freed) this.memory.useAfterFree(`mutex_lock(${this.name})`);
    kernel.mightSleep(ctx, "mutex_lock");
    if (this.owner === null) {
      this.owner = ctx;
      return 0;
    }
    if (this.owner === ctx) {
      kernel.breach("deadlock", "recursive-lock", ctx, `mutex_lock(${this.name}): the caller holds it already`, this.name, true);
    }
    this.waiters.push(ctx);
    return BLOCKED;
  }
  unlock(ctx) {
    const { kernel } = this;
    if (this.memory.freed) this.memory.useAfterFree(`mutex_unlock(${this.name})`);
    if (this.owner !== ctx) {
      kernel.breach("deadlock", "unlock-not-held", ctx, `mutex_unlock(${this.name}) by a task that does not hold it`, this.name);
    }
    this.owner = this.waiters.shift() ?? null;
    if (this.owner !== null) kernel.wake(kernel.taskOf(this.owner), 0);
    return 0;
  }
};

// src/linux/chardev.ts
var EPOLLIN = 1;
var EPOLLERR = 8;
var EPOLLHUP = 16;
var OpenFile = class {
  fops;
  nonBlocking;
  /** Descriptors and running system calls that hold it. */
  references = 1;
  /** The descriptor was closed. */
  closed = false;
  constructor(fops, nonBlocking) {
    this.fops = fops;
    this.nonBlocking = nonBlocking;
  }
};
var MiscDevice = class {
  name;
  fops;
  registered = false;
  /** misc_mtx, which misc_open() holds across the driver's open(). */
  mutex;
  constructor(kernel, name2, fops) {
    this.name = name2;
    this.fops = fops;
    this.mutex = new Mutex(new Allocation(kernel, "misc"), "misc_mtx").at(0);
    kernel.sim.onReset(() => {
      this.registered = false;
    });
  }
  /** misc_deregister(): from here on no open() finds it, and none is under way. */
  *deregister() {
    yield this.mutex.mutexLock;
    this.registered = false;
    yield this.mutex.mutexUnlock;
  }
};
var Syscalls = class {
  kernel;
  enter;
  exit;
  pollSchedule;
  returned;
  constructor(kernel) {
    this.kernel = kernel;
    const { sim, config } = kernel;
    const entry = (name2) => sim.ops.define({
      label: `${name2}()`,
      lead: config.syscall,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        task.userMode = false;
        task.syscall = `${name2}()`;
        task.signalled = false;
        return 0;
      }
    });
    const back = (name2) => sim.ops.define({
      label: `return from ${name2}()`,
      lead: config.syscall,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        task.userMode = true;
        task.syscall = "";
        task.signalPending = false;
        return 0;
      }
    });
    this.returned = sim.trace.define({
      name: "bmc.syscall",
      lane: "task",
      fields: ["call", "result"],
      text: (call2, result) => `${CALLS[call2]}() = ${formatResult(result)}`
    });
    this.pollSchedule = sim.ops.define({
      label: "poll_schedule_timeout",
      kind: "block",
      lead: config.lock,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        if (task.woken) return 0;
        if (kernel.signalFault(ctx)) return -ERESTARTSYS;
        task.asleep = true;
        return BLOCKED;
      }
    });
    this.enter = forCalls(entry);
    this.exit = forCalls(back);
  }
  /** open(): a file, or a negated errno. */
  *open(device, nonBlocking) {
    yield this.enter.open;
    let result = -ENODEV;
    const file = new OpenFile(device.fops, nonBlocking);
    yield device.mutex.mutexLock;
    if (device.registered) result = yield* device.fops.open(file);
    yield device.mutex.mutexUnlock;
    this.returns("open", result);
    yield this.exit.open;
    return result === 0 ? file : result;
  }
  *read(file, buf, count3) {
    yield this.enter.read;
    if (file.closed) return yield* this.badFile("read");
    file.references++;
    const result = yield call(file.fops.read(file, buf, count3));
    yield* this.put(file);
    this.returns("read", result);
    yield this.exit.read;
    return restarted(result);
  }
  *write(file, buf, count3) {
    yield this.enter.write;
    if (file.closed) return yield* this.badFile("write");
    file.references++;
    const result = yield call(file.fops.write(file, buf, count3));
    yield* this.put(file);
    this.returns("write", result);
    yield this.exit.write;
    return restarted(result);
  }
  *ioctl(file, cmd) {
    yield this.enter.ioctl;
    if (file.closed) return yield* this.badFile("ioctl");
    file.references++;
    const result = yield* file.fops.ioctl(file, cmd);
    yield* this.put(file);
    this.returns("ioctl", result);
    yield this.exit.ioctl;
    return restarted(result);
  }
  /**
   * poll() of one descriptor: the events that are ready. With `block` it sleeps until there are some
   * (or a signal: -EINTR), else it answers at once.
   */
  *poll(file, block) {
    yield this.enter.poll;
    if (file.closed) return yield* this.badFile("poll");
    file.references++;
    const task = this.kernel.currentTask;
    let result = yield* file.fops.poll(file);
    while (block && result === 0) {
      result = yield this.pollSchedule;
      if (result === 0) result = yield* file.fops.poll(file);
    }
    task.polling?.forget(task);
    task.polling = null;
    yield* this.put(file);
    yield this.exit.poll;
    return restarted(result);
  }
  *close(file) {
    yield this.enter.close;
    if (file.closed) return yield* this.badFile("close");
    file.closed = true;
    yield* this.put(file);
    yield this.exit.close;
    return 0;
  }
  /** Tells the trace with what a call goes back to user space. */
  returns(call2, result) {
    const { kernel } = this;
    kernel.sim.trace.emit(this.returned, kernel.currentTask.ctx.id, CALLS.indexOf(call2), result);
  }
  *badFile(call2) {
    yield this.exit[call2];
    return -EBADF;
  }
  *put(file) {
    if (--file.references > 0) return;
    const task = this.kernel.currentTask;
    const outer = task.syscall;
    task.syscall = "release()";
    yield* file.fops.release(file);
    task.syscall = outer;
  }
};
var CALLS = ["open", "read", "write", "ioctl", "poll", "close"];
function forCalls(make) {
  return {
    open: make("open"),
    read: make("read"),
    write: make("write"),
    ioctl: make("ioctl"),
    poll: make("poll"),
    close: make("close")
  };
}
function restarted(result) {
  return result === -ERESTARTSYS ? -EINTR : result;
}

// src/linux/config.ts
var DEFAULT_KERNEL = {
  preempt: "none",
  cpus: 1,
  hz: 100,
  irqLatency: 5 * US,
  irqJitter: 45 * US,
  irqEntry: 1200 * NS,
  irqNext: 200 * NS,
  irqExit: 600 * NS,
  wakeLatency: 60 * US,
  atomicCap: 50 * US,
  syscall: 500 * NS,
  lock: 50 * NS,
  copyWord: 20 * NS,
  pageFault: 2 * MS
};

// src/linux/interrupt.ts
var InterruptProcess = class {
  kernel;
  wait;
  enter;
  next;
  /** The step that was issued last is {@link wait}. */
  waiting = true;
  /** The step that was issued last is {@link enter}. */
  entered = false;
  /** A handler runs; where it stands among those of {@link source}. */
  handling = false;
  handler = new Calls();
  actions = [];
  at = 0;
  source = -1;
  handled = 0;
  constructor(kernel, wait, enter, next2) {
    this.kernel = kernel;
    this.wait = wait;
    this.enter = enter;
    this.next = next2;
  }
  /** Waits for the first interrupt. */
  start() {
    this.waiting = true;
    this.entered = false;
    this.handling = false;
  }
  resume(value) {
    if (this.handling) return this.handle(value);
    if (this.waiting) {
      this.waiting = false;
      this.entered = true;
      return this.enter;
    }
    if (value >= 0) return this.begin(value);
    if (this.entered) this.kernel.irqTaken(-1, 0);
    this.waiting = true;
    return this.wait;
  }
  /** Calls the handlers of `source`, one after the other. */
  begin(source) {
    this.entered = false;
    this.source = source;
    this.handled = 0;
    this.actions = this.kernel.actions(source);
    this.at = 0;
    return this.callNext();
  }
  callNext() {
    if (this.at < this.actions.length) {
      this.handler.begin(this.actions[this.at++].handler());
      this.handling = true;
      return this.handle(0);
    }
    this.handling = false;
    this.kernel.irqTaken(this.source, this.handled);
    return this.next;
  }
  handle(value) {
    const { handler } = this;
    const op = handler.resume(value);
    if (op !== EXIT) return op;
    this.handled |= handler.result;
    return this.callNext();
  }
};

// src/linux/cpu.ts
var IRQ_PENDING = 1;
var TIMERS_DUE = 2;
var Cpu = class {
  kernel;
  index;
  attention = 0;
  /** The task that owns the CPU, running or interrupted. */
  current = null;
  /** CPSR.I: interrupts are masked. */
  irqsOff = false;
  inIrq = false;
  inSoftirq = false;
  /** The line into the CPU was high for the interrupt latency. */
  pending = false;
  /** The line into the CPU, and since when it is high. */
  line = false;
  lineSince = 0;
  /** For how long the schedule has stalled this interrupt, or this section with interrupts off. */
  atomicLate = 0;
  /** Which of its contexts is stalled right now, and since when. */
  stalled = null;
  stalledAt = 0;
  irq;
  softirq;
  irqSlot;
  waitIrq;
  enterIrq;
  nextIrq;
  waitSoftirq;
  constructor(kernel, index) {
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.index = index;
    const name2 = index === 0 ? "" : String(index);
    this.waitIrq = sim.ops.define({ label: "return from interrupt", kind: "block", lead: config.irqExit, exec: () => BLOCKED });
    this.enterIrq = sim.ops.define({
      label: "interrupt entry",
      lead: config.irqEntry,
      jitter: config.irqJitter,
      exec: () => this.acknowledge()
    });
    this.nextIrq = sim.ops.define({ label: "next interrupt source", lead: config.irqNext, exec: () => this.acknowledgeNext() });
    this.waitSoftirq = sim.ops.define({ label: "softirq done", kind: "block", exec: () => BLOCKED });
    const irqProcess = new InterruptProcess(kernel, this.waitIrq, this.enterIrq, this.nextIrq);
    const softirqProcess = new GeneratorProcess(() => this.softirqMain());
    this.irq = sim.context(`bmc:irq${name2}`, irqProcess, this);
    this.softirq = sim.context(`bmc:softirq${name2}`, softirqProcess, this);
    this.irqSlot = sim.slot(this);
    sim.onReset(() => {
      this.attention = 0;
      this.current = null;
      this.irqsOff = false;
      this.inIrq = false;
      this.inSoftirq = false;
      this.pending = false;
      this.line = false;
      this.stalled = null;
      this.source = -1;
      irqProcess.start();
      this.irq.state = State.blocked;
      softirqProcess.start();
      if (softirqProcess.resume(0) === EXIT) throw new Error(`${this.softirq.name} ended`);
      this.softirq.state = State.blocked;
    });
  }
  // ---- interrupts -----------------------------------------------------------------------------
  /** The level of the line from the interrupt controller. */
  irqLine(level) {
    if (level && !this.line) this.lineSince = this.kernel.sim.now;
    this.line = level;
    if (level) this.sampleLine();
    else if (this.irqsOff) this.forgetLine();
  }
  /**
   * The line has fallen while interrupts were masked: a level that the CPU has not taken is gone. With
   * interrupts on it may be on its way into the handler, which then finds no source (a spurious entry).
   */
  forgetLine() {
    this.pending = false;
    this.kernel.sim.queue.cancel(this.irqSlot);
  }
  /** Schedules the interrupt, if the line is high and nobody deals with it yet. */
  sampleLine() {
    const { sim, config } = this.kernel;
    if (!this.line || this.pending || this.inIrq || sim.queue.scheduled(this.irqSlot)) return;
    sim.queue.schedule(this.irqSlot, Math.max(sim.now, this.lineSince + config.irqLatency), false);
  }
  /** The line was high for the interrupt latency: the CPU takes the interrupt when it may. */
  fire() {
    this.pending = true;
    this.updateAttention();
    if (this.attention !== 0) this.interrupt();
  }
  /**
   * Takes what asks for attention. A step in flight is not interrupted: it ends, and the interrupt comes
   * before the next. A loop that polls is, between two samples.
   */
  interrupt() {
    const running = this.inSoftirq ? this.softirq : this.current === null ? null : this.current.ctx;
    if (running !== null && running.state === State.flight) {
      if (!running.parked) return;
      running.suspend();
    }
    this.take();
  }
  take() {
    if ((this.attention & IRQ_PENDING) !== 0) this.takeIrq();
    else this.takeSoftirq();
  }
  updateAttention() {
    if (this.irqsOff || this.inIrq) {
      this.attention = 0;
      return;
    }
    this.attention = this.pending ? IRQ_PENDING : 0;
    if (!this.inSoftirq && this.index === 0 && this.kernel.timers.due) this.attention |= TIMERS_DUE;
  }
  takeIrq() {
    this.pending = false;
    this.inIrq = true;
    this.atomicLate = 0;
    this.attention = 0;
    this.irq.kick(0);
  }
  setIrqsOff(off) {
    if (off && !this.irqsOff && !this.inIrq) this.atomicLate = 0;
    this.irqsOff = off;
    this.updateAttention();
  }
  /** The source that is being handled, -1: none. */
  source = -1;
  acknowledge() {
    this.source = this.kernel.controller.next();
    if (this.source >= 0) this.kernel.controller.mask(this.source);
    return this.source;
  }
  acknowledgeNext() {
    if (this.source >= 0) this.kernel.endIrq(this.source);
    return this.acknowledge();
  }
  *softirqMain() {
    const { kernel } = this;
    for (; ; ) {
      yield this.waitSoftirq;
      for (let timer = kernel.timers.expired(); timer !== null; timer = kernel.timers.expired()) yield* timer.callback();
    }
  }
  /** Timers have expired: they run when the CPU is neither in an interrupt nor in a softirq. */
  raiseSoftirq() {
    this.updateAttention();
    if (this.attention !== 0) this.interrupt();
  }
  takeSoftirq() {
    this.inSoftirq = true;
    this.updateAttention();
    this.softirq.kick(0);
  }
  // ---- Gate -----------------------------------------------------------------------------------
  divert(ctx) {
    if (ctx === this.irq) return false;
    this.take();
    return true;
  }
  ready(ctx) {
    this.kernel.enqueue(this.kernel.taskOf(ctx));
  }
  leave(ctx) {
    if (ctx === this.irq) {
      if (this.sleeps(ctx, this.waitIrq)) return;
      this.inIrq = false;
      this.irqsOff = false;
      this.kernel.irqDone.changed();
      this.sampleLine();
      this.back();
    } else if (ctx === this.softirq) {
      if (this.sleeps(ctx, this.waitSoftirq)) return;
      this.inSoftirq = false;
      this.irqsOff = false;
      this.back();
    } else {
      this.switchFrom(this.kernel.taskOf(ctx));
    }
  }
  /** Nothing can come after a handler that goes to sleep: the run ends, whoever judges it. */
  sleeps(ctx, end) {
    if (ctx.op === end) return false;
    const { kernel } = this;
    kernel.breach(
      "sleep-in-atomic",
      "scheduling-while-atomic",
      ctx,
      `${kernel.sim.ops.label(ctx.op)} sleeps in interrupt context (BUG: scheduling while atomic)`,
      "schedule",
      true
    );
    kernel.sim.stop("violation");
    return true;
  }
  /** Takes what is pending, or goes on with what was interrupted, or finds something to do. */
  back() {
    this.updateAttention();
    if (this.attention !== 0) {
      this.take();
    } else if (this.inSoftirq) {
      if (this.softirq.state === State.gated) this.softirq.grant();
    } else if (this.current === null) {
      this.kernel.dispatch(this);
    } else if (this.current.ctx.state === State.gated) {
      this.current.ctx.grant();
    }
  }
  /** `task` gives up the CPU: it sleeps, has ended, or is preempted. Its interrupt flag goes with it. */
  switchFrom(task) {
    if (this.current !== task) return;
    task.irqsOff = this.irqsOff;
    this.current = null;
    this.irqsOff = false;
    if (!this.inIrq && !this.inSoftirq) this.back();
  }
  /** Gives the CPU to `task`. */
  switchTo(task) {
    this.current = task;
    task.ctx.gate = this;
    this.setIrqsOff(task.irqsOff);
    task.ctx.grant();
  }
  atomic(ctx) {
    return ctx === this.irq;
  }
  stall(ctx) {
    const { sim, config } = this.kernel;
    if (ctx === this.irq || this.irqsOff) {
      this.stalled = ctx;
      this.stalledAt = sim.now;
      return Math.max(0, config.atomicCap - this.atomicLate);
    }
    if (ctx === this.softirq) return this.interruptible();
    const task = this.kernel.taskOf(ctx);
    if (task.preemptible(config.preempt)) {
      task.offCpu = true;
      this.switchFrom(task);
      return END_OF_TIME;
    }
    return this.interruptible();
  }
  /** What is stalled with interrupts on loses the CPU to what asks for attention. */
  interruptible() {
    if (this.attention !== 0) this.take();
    return END_OF_TIME;
  }
  release(ctx) {
    if (this.stalled === ctx) {
      this.atomicLate += this.kernel.sim.now - this.stalledAt;
      this.stalled = null;
    }
    if (ctx === this.irq) {
      ctx.grant();
      return;
    }
    if (ctx === this.softirq) {
      if (!this.inIrq) ctx.grant();
      return;
    }
    const task = this.kernel.taskOf(ctx);
    if (task.offCpu) {
      task.offCpu = false;
      this.kernel.enqueue(task);
    } else if (!this.inIrq && !this.inSoftirq) {
      ctx.grant();
    }
  }
};

// src/linux/i2c-slave.ts
var I2cSlaveEvent = {
  /** The controller wants to read: `value` is to be the first byte. */
  READ_REQUESTED: 0,
  /** The controller wants to write. */
  WRITE_REQUESTED: 1,
  /** The previous byte was shifted out: `value` is to be the next, which may never be sent. */
  READ_PROCESSED: 2,
  /** `value` is the byte that came. */
  WRITE_RECEIVED: 3,
  STOP: 4
};

// src/linux/task.ts
var Task = class {
  ctx;
  /** It is in the kernel from its start: a kernel thread, or a process in a call that is not modelled. */
  inKernel;
  /** In user mode: any other task may take the CPU. */
  userMode;
  /** Sections in which preemption is disabled, nested. */
  preemptCount = 0;
  /** Its interrupt flag while it is not on the CPU. */
  irqsOff = false;
  /** Preempted while stalled by the schedule. */
  offCpu = false;
  /** Woken since it was put on a wait queue. */
  woken = false;
  /** Asleep until a wait queue wakes it, and not for a lock or a page. */
  asleep = false;
  signalPending = false;
  /** A signal reached it in the current system call. */
  signalled = false;
  /** The queue on which poll() left it. */
  polling = null;
  /** The system call it is in, for reports; empty in user mode. */
  syscall = "";
  /** The user copy in progress. */
  copyUser = null;
  copyKernel = null;
  copyAt = 0;
  copyEnd = 0;
  constructor(ctx, inKernel) {
    this.ctx = ctx;
    this.inKernel = inKernel;
    this.userMode = !inKernel;
  }
  reset() {
    this.userMode = !this.inKernel;
    this.preemptCount = 0;
    this.irqsOff = false;
    this.offCpu = false;
    this.woken = false;
    this.asleep = false;
    this.signalPending = false;
    this.signalled = false;
    this.polling = null;
    this.syscall = "";
    this.copyUser = null;
    this.copyKernel = null;
  }
  /** Whether another task may take the CPU from it here. */
  preemptible(preempt) {
    return this.userMode || preempt === "full" && this.preemptCount === 0;
  }
};

// src/linux/timer.ts
var TimerList = class {
  name;
  callback;
  /** timer_delete_sync(): deletes it, and waits for a callback that is under way on another CPU. A step. */
  timerDeleteSync;
  memory;
  wheel;
  slot;
  constructor(kernel, name2, callback, memory = null) {
    this.name = name2;
    this.memory = memory;
    this.callback = callback;
    this.wheel = kernel.timers;
    this.slot = kernel.sim.slot(this);
    this.timerDeleteSync = kernel.sim.ops.define({
      label: `timer_delete_sync(${name2})`,
      kind: "poll",
      lead: kernel.config.lock,
      exec: (_operand, ctx) => {
        this.delTimer();
        if (this.wheel.running !== this) return 0;
        ctx.pollPeriod = kernel.config.irqExit;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.wheel.ended);
      }
    });
  }
  /** mod_timer(): expires on the first jiffy that is at least `jiffies` from now. */
  modTimer(jiffies) {
    const { sim } = this.wheel.kernel;
    this.wheel.drop(this);
    sim.queue.schedule(this.slot, alignUp(sim.now + jiffies * this.wheel.jiffy, this.wheel.jiffy), true);
  }
  /** del_timer(): true if it was pending. */
  delTimer() {
    const { queue } = this.wheel.kernel.sim;
    const pending = queue.scheduled(this.slot);
    queue.cancel(this.slot);
    return this.wheel.drop(this) || pending;
  }
  /** timer_pending(): set, and its callback has not begun. */
  get pending() {
    return this.wheel.kernel.sim.queue.scheduled(this.slot) || this.wheel.has(this);
  }
  fire() {
    this.wheel.expire(this);
  }
};
var TimerWheel = class {
  kernel;
  /** One jiffy, ps. */
  jiffy;
  /** The timer whose callback runs. */
  running = null;
  /** A callback has returned. */
  ended = new Signal();
  due_ = [];
  constructor(kernel) {
    this.kernel = kernel;
    this.jiffy = Math.floor(SEC / kernel.config.hz);
    kernel.sim.onReset(() => {
      clear(this.due_);
      this.running = null;
      this.ended.reset();
    });
  }
  /** Jiffies since boot. */
  get jiffies() {
    return Math.floor(this.kernel.sim.now / this.jiffy);
  }
  get due() {
    return this.due_.length > 0;
  }
  /** Takes the next expired timer; the callback of the one before has returned. */
  expired() {
    this.running = this.due_.shift() ?? null;
    if (this.running?.memory?.freed === true) this.running.memory.useAfterFree(this.running.name, "timer");
    this.ended.changed();
    return this.running;
  }
  expire(timer) {
    this.due_.push(timer);
    this.kernel.cpus[0].raiseSoftirq();
  }
  has(timer) {
    return this.due_.includes(timer);
  }
  drop(timer) {
    const at = this.due_.indexOf(timer);
    if (at >= 0) this.due_.splice(at, 1);
    return at >= 0;
  }
};

// src/linux/shared.ts
function observeFields(owner, state, names, observer, sim) {
  for (const name2 of names) {
    let value = state[name2];
    const label = `${owner}.${name2}`;
    const object = sim.ops.object(label);
    Object.defineProperty(state, name2, {
      get() {
        observer.access(label, object, false, sim.current);
        return value;
      },
      set(next2) {
        observer.access(label, object, true, sim.current);
        value = next2;
      }
    });
  }
}

// src/linux/kernel.ts
var IRQ_NONE = 0;
var IRQ_HANDLED = 1;
var MOST_CPUS = 2;
var NOBODY_CARED = 99900;
var Kernel = class {
  sim;
  config;
  controller;
  timers;
  cpus = [];
  tasks = [];
  byContext = [];
  runqueue = [];
  lines = [];
  unhandled = [];
  /** Sources that stay masked: nobody has requested them any more, or nobody cared. */
  disabled = [];
  sleepOp;
  synchronizeIrqOp;
  /** An interrupt handler has returned. */
  irqDone = new Signal();
  bootContext;
  /** Trace codes. */
  events;
  /** Names of what has been allocated, in that order; kfree() tells the index. */
  allocations = [];
  /** Set before drivers are built: observes their shared fields. */
  fields = null;
  constructor(sim, config, controller) {
    this.sim = sim;
    this.config = config;
    this.controller = controller;
    this.events = {
      irq: sim.trace.define({
        name: "bmc.irq",
        lane: "irq",
        fields: ["source", "handled"],
        text: (source, handled) => source < 0 ? "spurious: no source pending" : `VIC ${source} ${handled ? "handled" : "not handled"}`
      }),
      breach: sim.trace.define({ name: "bmc.breach", lane: "oracle", fields: [], text: () => "kernel rule broken" }),
      runs: sim.trace.define({ name: "bmc.runs", lane: "task", fields: [], text: () => "gets the CPU" }),
      kfree: sim.trace.define({
        name: "bmc.kfree",
        lane: "task",
        fields: ["allocation"],
        text: (allocation) => `kfree(${this.allocations[allocation]})`
      })
    };
    this.sleepOp = sim.ops.define({
      label: "sleep",
      kind: "block",
      exec: (_operand, ctx) => {
        this.mightSleep(ctx, "schedule_timeout");
        return ctx.doze(ctx.arg);
      }
    });
    this.synchronizeIrqOp = sim.ops.define({
      label: "synchronize_irq",
      kind: "poll",
      lead: config.lock,
      exec: (_operand, ctx) => {
        if (!this.cpus.some((cpu) => cpu.inIrq)) return 0;
        ctx.pollPeriod = config.irqExit;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.irqDone);
      }
    });
    for (let i = 0; i < MOST_CPUS; i++) this.cpus.push(new Cpu(this, i));
    this.timers = new TimerWheel(this);
    this.bootContext = sim.context("bmc:boot", { resume: () => EXIT }, this.cpus[0]);
    sim.onReset(() => {
      clear(this.runqueue);
      this.irqDone.reset();
      for (let source = 0; source < this.lines.length; source++) {
        if (this.lines[source] === void 0) continue;
        clear(this.lines[source]);
        this.unhandled[source] = 0;
        this.disabled[source] = false;
      }
      for (const task of this.tasks) task.reset();
    });
  }
  // ---- tasks ----------------------------------------------------------------------------------
  /**
   * Adds a thread that will run `body`; {@link Context.start} makes it runnable. It begins in user mode, and
   * {@link Syscalls} take it into the kernel, unless `inKernel` says that `body` is kernel code throughout.
   */
  thread(name2, body, inKernel = false) {
    const process2 = new GeneratorProcess(body);
    const ctx = this.sim.context(name2, process2, this.cpus[0]);
    const task = new Task(ctx, inKernel);
    this.tasks.push(task);
    this.byContext[ctx.id] = task;
    this.sim.onReset(() => process2.start());
    return task;
  }
  taskOf(ctx) {
    const task = this.byContext[ctx.id];
    if (task === void 0) throw new Error(`${ctx.name} is not a task`);
    return task;
  }
  /** The task that executes now; undefined in interrupt context. */
  taskAt(ctx) {
    return this.byContext[ctx.id];
  }
  /** The task whose code runs now. */
  get currentTask() {
    const { current } = this.sim;
    if (current === null) throw new Error("no task runs");
    return this.taskOf(current);
  }
  /** Asks the seam whether a signal reaches `ctx`, which is about to sleep interruptibly. */
  signalFault(ctx) {
    const task = this.taskOf(ctx);
    if (!task.signalPending) task.signalPending = this.sim.choose("fault", ctx.name, ctx.step, 2, "signal") === 1;
    if (task.signalPending) task.signalled = true;
    return task.signalPending;
  }
  cpuOf(ctx) {
    return ctx.gate;
  }
  enqueue(task) {
    for (let i = 0; i < this.config.cpus; i++) {
      const cpu = this.cpus[i];
      if (cpu.current === null && !cpu.inIrq && !cpu.inSoftirq) {
        cpu.switchTo(task);
        return;
      }
    }
    this.runqueue.push(task);
  }
  dispatch(cpu) {
    const task = this.runqueue.shift();
    if (task !== void 0) cpu.switchTo(task);
  }
  /** Wakes a sleeping task; it runs after the wake-up latency, when a CPU is free. */
  wake(task, value) {
    task.ctx.wake(value, this.config.wakeLatency);
  }
  /** A sleep of `ps`, e.g. user space waiting for another process. Counts as progress. */
  sleep(ps) {
    const ctx = this.sim.current;
    if (ctx !== null) ctx.arg = ps;
    return this.sleepOp;
  }
  // ---- interrupts -----------------------------------------------------------------------------
  requestIrq(source, action) {
    (this.lines[source] ??= []).push(action);
    this.disabled[source] = false;
    this.controller.unmask(source);
  }
  /** The handlers of `source` have run: handle_level_irq() unmasks it, unless it was disabled. */
  endIrq(source) {
    if (this.disabled[source] !== true) this.controller.unmask(source);
  }
  disableIrq(source) {
    this.disabled[source] = true;
    this.controller.mask(source);
  }
  /**
   * free_irq(): the handler is not called any more, and no call of it is under way on another CPU. The last one
   * shuts the line down.
   */
  *freeIrq(source, action) {
    const line = this.lines[source];
    const at = line === void 0 ? -1 : line.indexOf(action);
    if (line !== void 0 && at >= 0) this.lines[source] = line.filter((other) => other !== action);
    if (this.actions(source).length === 0) this.disableIrq(source);
    yield this.synchronizeIrqOp;
  }
  actions(source) {
    return this.lines[source] ??= [];
  }
  /** note_interrupt(): all handlers of `source` have run. */
  irqTaken(source, handled) {
    this.sim.trace.emit(this.events.irq, this.cpus[0].irq.id, source, handled);
    if (source < 0) return;
    if (handled !== IRQ_NONE) this.unhandled[source] = 0;
    else {
      const count3 = (this.unhandled[source] ?? 0) + 1;
      this.unhandled[source] = count3;
      if (count3 >= NOBODY_CARED) this.disableIrq(source);
    }
  }
  // ---- rules ----------------------------------------------------------------------------------
  /** Whether `ctx` may not sleep: interrupt context, interrupts off, or preemption disabled. */
  atomic(ctx) {
    if (this.cpuOf(ctx).irqsOff) return true;
    const task = this.byContext[ctx.id];
    return task === void 0 ? ctx !== this.bootContext : task.preemptCount > 0;
  }
  /** might_sleep(): reports a sleeping function that is called in atomic context. */
  mightSleep(ctx, what) {
    if (!this.atomic(ctx)) return;
    this.breach(
      "sleep-in-atomic",
      `${what}-in-atomic-context`,
      ctx,
      `${what}() may sleep, but is called ${this.describeAtomic(ctx)} (BUG: sleeping function called from invalid context)`,
      what
    );
  }
  describeAtomic(ctx) {
    const task = this.byContext[ctx.id];
    if (task === void 0) return "in interrupt context";
    const off = this.cpuOf(ctx).irqsOff;
    return off ? "with a spinlock held and interrupts off" : "with preemption disabled";
  }
  useAfterFree(allocation, what, rule = "use-after-free") {
    const ctx = this.sim.current;
    if (ctx === null) return;
    this.breach("use-after-free", rule, ctx, `${what} is used after ${allocation} was freed`, allocation, true);
  }
  outOfBounds(name2, index, size, how) {
    const ctx = this.sim.current;
    if (ctx === null) return;
    this.breach("out-of-bounds", `${how}-beyond-${name2}`, ctx, `${how} of ${name2}[${index}], which has ${size} bytes`, name2);
  }
  /** A rule of the kernel is broken by `ctx`, in the system call or handler that it runs. */
  breach(oracle, rule, ctx, message, detail2 = "", fatal = false) {
    const task = this.byContext[ctx.id];
    const where = task === void 0 ? ctx.name : `${ctx.name} ${task.syscall}`;
    this.sim.violate(oracle, rule, detail2 === "" ? where : `${where}: ${detail2}`, message, fatal);
  }
  /**
   * Runs `body` to its end outside of simulated time, before the system starts: what the boot loader
   * and the probe of drivers have done by then.
   */
  boot(body) {
    const { sim } = this;
    const ctx = this.bootContext;
    sim.current = ctx;
    for (let result = body.next(0); result.done !== true; ) {
      const op = result.value;
      const value = sim.ops.def(op).exec(op >> 8 & 32767, ctx);
      if (value === BLOCKED) throw new Error(`${sim.ops.label(op)} waits while the system boots`);
      result = body.next(value);
    }
  }
  // ---- observation ----------------------------------------------------------------------------
  /** READ_ONCE() of the shared fields that `read` looks at: not ordered, and known not to be. */
  readOnce(read) {
    return this.fields === null ? read() : this.fields.marked(read);
  }
  /** Declares the fields of `state` as shared between contexts; returns `state`. */
  shared(name2, state, names) {
    if (this.fields !== null) observeFields(name2, state, names, this.fields, this.sim);
    return state;
  }
};

// src/linux/spinlock.ts
var SPIN_PERIOD = 50 * NS;
var SpinLock = class {
  name;
  kernel;
  memory;
  released = new Signal();
  ops;
  /** On one CPU there can be several, once the rules are broken. */
  holders = [];
  /** Per context: the interrupt flag that it restores by spin_unlock_irqrestore(), and whether it spins. */
  flags = new Uint8Array(SLOTS);
  spinning = new Uint8Array(SLOTS);
  constructor(memory, name2) {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name2;
    const object = sim.ops.object(`${memory.name}.${name2}`);
    const define = (label, exec) => sim.ops.define({
      label: `${label}(${name2})`,
      lead: config.lock,
      footprint: { reads: [object], writes: [object] },
      exec
    });
    this.ops = {
      spinLock: define("spin_lock", (_operand, ctx) => this.lock(ctx, "spin_lock", false)),
      spinUnlock: define("spin_unlock", (_operand, ctx) => this.unlock(ctx)),
      spinLockIrq: define("spin_lock_irq", (_operand, ctx) => this.lock(ctx, "spin_lock_irq", true)),
      spinUnlockIrq: define("spin_unlock_irq", (_operand, ctx) => this.unlock(ctx, false)),
      spinLockIrqsave: define("spin_lock_irqsave", (_operand, ctx) => this.lock(ctx, "spin_lock_irqsave", true)),
      spinUnlockIrqrestore: define("spin_unlock_irqrestore", (_operand, ctx) => this.unlock(ctx, this.flags[ctx.id] !== 0))
    };
    sim.onReset(() => {
      clear(this.holders);
      for (let id = 0; id < sim.contexts.length; id++) {
        this.flags[id] = 0;
        this.spinning[id] = 0;
      }
      this.released.reset();
    });
  }
  /** The steps of this lock as issued from `frame` (see {@link OpTable.frame}). */
  at(frame) {
    const { ops } = this;
    return {
      spinLock: ops.spinLock | frame,
      spinUnlock: ops.spinUnlock | frame,
      spinLockIrq: ops.spinLockIrq | frame,
      spinUnlockIrq: ops.spinUnlockIrq | frame,
      spinLockIrqsave: ops.spinLockIrqsave | frame,
      spinUnlockIrqrestore: ops.spinUnlockIrqrestore | frame
    };
  }
  get held() {
    return this.holders.length > 0;
  }
  lock(ctx, how, irqsOff) {
    const { kernel, holders } = this;
    if (this.memory.freed) this.memory.useAfterFree(`${how}(${this.name})`);
    if (this.spinning[ctx.id] === 0) {
      if (holders.length > 0 && holders.includes(ctx)) {
        kernel.breach("deadlock", "recursive-lock", ctx, `${how}(${this.name}): the caller holds it already`, this.name, true);
      }
      this.disable(ctx, irqsOff);
    }
    if (holders.length > 0) {
      this.checkBelow(ctx, how);
      if (kernel.config.cpus > 1) {
        this.spinning[ctx.id] = 1;
        ctx.pollPeriod = SPIN_PERIOD;
        ctx.pollDeadline = END_OF_TIME;
        return ctx.park(this.released);
      }
    }
    this.spinning[ctx.id] = 0;
    holders.push(ctx);
    return 0;
  }
  /** Preemption, and if asked for interrupts, are off from before the first look at the lock. */
  disable(ctx, irqsOff) {
    const task = this.kernel.taskAt(ctx);
    if (task !== void 0) task.preemptCount++;
    const cpu = this.kernel.cpuOf(ctx);
    this.flags[ctx.id] = cpu.irqsOff ? 1 : 0;
    if (irqsOff) cpu.setIrqsOff(true);
  }
  /** Whoever holds the lock on this CPU cannot go on before `ctx` does. */
  checkBelow(ctx, how) {
    const { kernel } = this;
    const cpu = kernel.cpuOf(ctx);
    for (const holder of this.holders) {
      if (holder === ctx || kernel.config.cpus > 1 && kernel.cpuOf(holder) !== cpu) continue;
      kernel.breach(
        "deadlock",
        "lock-held-below",
        ctx,
        `${how}(${this.name}): ${holder.name}, which this context interrupts or displaces, holds it`,
        this.name
      );
    }
  }
  unlock(ctx, irqsOff) {
    const { kernel, holders } = this;
    if (this.memory.freed) this.memory.useAfterFree(`spin_unlock(${this.name})`);
    const last = holders.length - 1;
    const at = last >= 0 && holders[last] === ctx ? last : holders.lastIndexOf(ctx);
    if (at < 0) {
      kernel.breach("deadlock", "unlock-not-held", ctx, `spin_unlock(${this.name}) by a context that does not hold it`, this.name);
    } else {
      if (at === last) holders.pop();
      else holders.splice(at, 1);
      const task = kernel.taskAt(ctx);
      if (task !== void 0) task.preemptCount--;
    }
    if (irqsOff !== void 0) kernel.cpuOf(ctx).setIrqsOff(irqsOff);
    this.released.changed();
    return 0;
  }
};

// src/linux/struct.ts
function memcpy(to, toAt, from, fromAt, n) {
  for (let i = 0; i < n; i++) to.set(toAt + i, from.get(fromAt + i));
}
var CStruct = class {
  memory;
  bytes;
  constructor(memory, size) {
    this.memory = memory;
    this.bytes = new Uint8Array(size);
    memory.kernel.sim.onReset(() => {
      this.bytes.fill(0);
    });
  }
  /** u8 name; at `offset`. */
  u8(name2, offset) {
    return new CField(this, name2, offset, 1);
  }
  /** u32 name; at `offset`, little-endian. */
  u32(name2, offset) {
    return new CField(this, name2, offset, 4);
  }
  /** u8 name[size]; at `offset`. */
  array(name2, offset, size) {
    return new CArray(this, name2, offset, size);
  }
  /** A member is used; `what` names it. */
  use(what) {
    if (this.memory.freed) this.memory.useAfterFree(what);
  }
};
var CField = class {
  struct;
  name;
  offset;
  size;
  constructor(struct, name2, offset, size) {
    this.struct = struct;
    this.name = name2;
    this.offset = offset;
    this.size = size;
  }
  get value() {
    const { struct, offset } = this;
    struct.use(this.name);
    if (this.size === 1) return struct.bytes[offset];
    let value = 0;
    for (let i = this.size - 1; i >= 0; i--) value = value * 256 + struct.bytes[offset + i];
    return value;
  }
  set value(value) {
    const { struct, offset } = this;
    struct.use(this.name);
    struct.bytes[offset] = value;
    for (let i = 1; i < this.size; i++) struct.bytes[offset + i] = value >>> 8 * i;
  }
};
var CArray = class {
  size;
  struct;
  name;
  offset;
  constructor(struct, name2, offset, size) {
    this.struct = struct;
    this.name = name2;
    this.offset = offset;
    this.size = size;
  }
  get(index) {
    this.check(index, "read");
    return this.struct.bytes[this.offset + index] ?? 0;
  }
  set(index, value) {
    this.check(index, "write");
    this.struct.bytes[this.offset + index] = value;
  }
  /** memset(this + at, 0, n). */
  clear(at = 0, n = this.size - at) {
    if (n <= 0) return;
    if (at < 0 || at + n > this.size) {
      for (let i = at; i < at + n; i++) this.set(i, 0);
      return;
    }
    this.struct.use(this.name);
    this.struct.bytes.fill(0, this.offset + at, this.offset + at + n);
  }
  check(index, how) {
    this.struct.use(this.name);
    if (index < 0 || index >= this.size) this.struct.memory.kernel.outOfBounds(this.name, index, this.size, how);
  }
};

// src/linux/uaccess.ts
var UserBuffer = class {
  bytes;
  /** Offset at which the page that is surely there ends; a multiple of 4. */
  pageEnd = 0;
  nextPage = "resident";
  constructor(size) {
    this.bytes = new Uint8Array(size);
  }
  /** Lays the buffer anew: a page end at `pageEnd`, beyond it a page in state `nextPage`. */
  place(pageEnd, nextPage) {
    this.pageEnd = pageEnd;
    this.nextPage = nextPage;
  }
};
var WORD = 4;
var NEXT = 0;
var AGAIN = 1;
var FAULT = 2;
var UserAccess = class {
  kernel;
  ops;
  constructor(kernel) {
    this.kernel = kernel;
    const { sim, config } = kernel;
    const define = (label, kind, exec) => sim.ops.define({
      label,
      kind,
      lead: config.copyWord,
      exec
    });
    this.ops = {
      toUser: define("copy_to_user", "compute", (_operand, ctx) => this.mightFault(ctx, "copy_to_user")),
      toUserWord: define("copy_to_user word", "block", (_operand, ctx) => this.word(ctx, true)),
      fromUser: define("copy_from_user", "compute", (_operand, ctx) => this.mightFault(ctx, "copy_from_user")),
      fromUserWord: define("copy_from_user word", "block", (_operand, ctx) => this.word(ctx, false))
    };
  }
  at(frame) {
    const { ops } = this;
    return {
      toUser: ops.toUser | frame,
      toUserWord: ops.toUserWord | frame,
      fromUser: ops.fromUser | frame,
      fromUserWord: ops.fromUserWord | frame
    };
  }
  /** might_fault(): reported at the call, whether a page is missing or not. */
  mightFault(ctx, what) {
    this.kernel.mightSleep(ctx, what);
    return 0;
  }
  word(ctx, toUser) {
    const task = this.kernel.taskOf(ctx);
    const { copyUser: user, copyKernel: memory } = task;
    if (user === null || memory === null) throw new Error("no copy in progress");
    const at = task.copyAt;
    if (at >= user.pageEnd && user.nextPage !== "resident") {
      if (user.nextPage === "unmapped" || this.kernel.config.preempt === "full" && task.preemptCount > 0) return FAULT;
      user.nextPage = "resident";
      ctx.doze(this.kernel.config.pageFault, AGAIN);
      return BLOCKED;
    }
    const end = Math.min(at + WORD, task.copyEnd);
    for (let i = at; i < end; i++) {
      if (toUser) user.bytes[i] = memory.get(i);
      else memory.set(i, user.bytes[i]);
    }
    task.copyAt = end;
    return NEXT;
  }
  /** copy_to_user(to, from, n): returns the number of bytes that could not be copied. */
  *copyToUser(ops, to, from, n) {
    yield ops.toUser;
    return yield* this.copy(ops.toUserWord, to, from, n);
  }
  /** copy_from_user(to, from, n): returns the number of bytes that could not be copied. */
  *copyFromUser(ops, to, from, n) {
    yield ops.fromUser;
    return yield* this.copy(ops.fromUserWord, from, to, n);
  }
  *copy(word, user, memory, n) {
    const task = this.kernel.currentTask;
    task.copyUser = user;
    task.copyKernel = memory;
    task.copyAt = 0;
    task.copyEnd = n;
    while (task.copyAt < n) {
      if ((yield word) === FAULT) return n - task.copyAt;
    }
    return 0;
  }
};

// src/linux/waitqueue.ts
var WaitQueue = class {
  name;
  kernel;
  memory;
  ops;
  waiters = [];
  /** @param wakeUp the macro by which the driver wakes; none of those that sleep here is exclusive, so all do the same */
  constructor(memory, name2, wakeUp = "wake_up_interruptible") {
    const { kernel } = memory;
    const { sim, config } = kernel;
    this.kernel = kernel;
    this.memory = memory;
    this.name = name2;
    const object = sim.ops.object(`${memory.name}.${name2}`);
    const footprint = { reads: [object], writes: [object] };
    const define = (label, kind, exec) => sim.ops.define({
      label: `${label}(${name2})`,
      kind,
      lead: config.lock,
      footprint,
      exec
    });
    this.ops = {
      wakeUpInterruptible: define(wakeUp, "compute", () => this.wakeUp()),
      prepareToWait: define("prepare_to_wait", "compute", (_operand, ctx) => this.prepare(ctx)),
      schedule: define("schedule", "block", (_operand, ctx) => this.schedule(ctx)),
      pollWait: define("poll_wait", "compute", (_operand, ctx) => {
        kernel.taskOf(ctx).polling = this;
        return this.prepare(ctx);
      })
    };
    sim.onReset(() => {
      clear(this.waiters);
    });
  }
  at(frame) {
    const { ops } = this;
    return {
      wakeUpInterruptible: ops.wakeUpInterruptible | frame,
      prepareToWait: ops.prepareToWait | frame,
      schedule: ops.schedule | frame,
      pollWait: ops.pollWait | frame
    };
  }
  wakeUp() {
    if (this.memory.freed) this.memory.useAfterFree(`wake_up(${this.name})`);
    for (const task of this.waiters) {
      if (task.woken) continue;
      task.woken = true;
      if (task.asleep) this.kernel.wake(task, 0);
      task.asleep = false;
    }
    return 0;
  }
  prepare(ctx) {
    if (this.memory.freed) this.memory.useAfterFree(`prepare_to_wait(${this.name})`);
    const task = this.kernel.taskOf(ctx);
    task.woken = false;
    if (!this.waiters.includes(task)) this.waiters.push(task);
    return 0;
  }
  schedule(ctx) {
    const { kernel } = this;
    kernel.mightSleep(ctx, "schedule");
    const task = kernel.taskOf(ctx);
    if (task.woken) return 0;
    if (kernel.signalFault(ctx)) return -ERESTARTSYS;
    task.asleep = true;
    return BLOCKED;
  }
  /** Takes `task` off the queue. */
  forget(task) {
    const at = this.waiters.indexOf(task);
    if (at >= 0) this.waiters.splice(at, 1);
  }
  /** finish_wait(), by the current task. */
  finishWait() {
    this.forget(this.kernel.currentTask);
  }
};
function* waitEventInterruptible(queue, ops, condition) {
  if (condition()) return 0;
  for (; ; ) {
    yield ops.prepareToWait;
    let result = 0;
    if (!condition()) {
      result = yield ops.schedule;
      if (result === 0 && !condition()) continue;
    }
    queue.finishWait();
    return result;
  }
}

// src/drivers/kcs-bmc/driver.ts
var KCS_MSG_BUFSIZ = 1e3;
var KCS_ZERO_DATA = 0;
var IPMI_BMC_IOCTL_SET_SMS_ATN = 0;
var IPMI_BMC_IOCTL_CLEAR_SMS_ATN = 1;
var IPMI_BMC_IOCTL_FORCE_ABORT = 2;

// src/drivers/kcs-bmc/core.ts
var KcsBmcDevice = class {
  aspeed;
  lock;
  client = null;
  in;
  action = { name: "aspeed-kcs-bmc", handler: () => this.handleEvent() };
  constructor(kernel, aspeed) {
    this.aspeed = aspeed;
    const memory = new Allocation(kernel, "kcs_bmc_device");
    this.lock = new SpinLock(memory, "kcs_bmc->lock");
    this.in = {
      kcs_bmc_handle_event: this.lock.at(kernel.sim.ops.frame("kcs_bmc_handle_event")),
      kcs_bmc_enable_device: this.lock.at(kernel.sim.ops.frame("kcs_bmc_enable_device")),
      kcs_bmc_disable_device: this.lock.at(kernel.sim.ops.frame("kcs_bmc_disable_device"))
    };
    kernel.sim.onReset(() => {
      this.client = null;
    });
  }
  /** aspeed_kcs_probe(): IBF stays masked until a client opens the device. */
  *probe() {
    yield* this.aspeed.irqMaskUpdate(false);
    yield* this.aspeed.setAddress();
    yield* this.aspeed.configUpstreamIrq();
    this.aspeed.requestIrq(this.action);
    yield* this.aspeed.enableChannel(true);
  }
  /** aspeed_kcs_remove(), after the client was removed. */
  *remove() {
    yield* this.aspeed.enableChannel(false);
    yield* this.aspeed.irqMaskUpdate(false);
    yield* this.aspeed.freeIrq(this.action);
  }
  /** kcs_bmc_handle_event(). */
  *handleEvent() {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_handle_event;
    let rc = IRQ_NONE;
    yield spinLockIrqsave;
    if (this.client !== null) rc = yield* this.client.event();
    yield spinUnlockIrqrestore;
    return rc;
  }
  /** kcs_bmc_enable_device(). */
  *enableDevice(client) {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_enable_device;
    let rc = 0;
    yield spinLockIrq;
    if (this.client !== null) {
      rc = -EBUSY;
    } else {
      this.client = client;
      yield* this.aspeed.irqMaskUpdate(true);
    }
    yield spinUnlockIrq;
    return rc;
  }
  /** kcs_bmc_disable_device(). */
  *disableDevice(client) {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_disable_device;
    yield spinLockIrq;
    if (this.client === client) {
      yield* this.aspeed.irqMaskUpdate(false);
      this.client = null;
    }
    yield spinUnlockIrq;
  }
};

// src/drivers/kcs-bmc/ipmi-state.ts
var Phase = {
  IDLE: 0,
  WRITE_START: 1,
  WRITE_DATA: 2,
  WRITE_END_CMD: 3,
  WRITE_DONE: 4,
  WAIT_READ: 5,
  READ: 6,
  ABORT_ERROR1: 7,
  ABORT_ERROR2: 8,
  ERROR: 9
};
var PHASES = Object.keys(Phase);
var STATE_OF_PHASE = [
  KcsState.IDLE,
  KcsState.WRITE,
  KcsState.WRITE,
  KcsState.WRITE,
  KcsState.READ,
  KcsState.READ,
  KcsState.READ,
  KcsState.WRITE,
  KcsState.READ,
  KcsState.ERROR
];
var State2 = class {
  phase = Phase.IDLE;
  error = KcsStatus.NO_ERROR;
  dataInAvail = false;
  dataInIdx = 0;
  dataOutIdx = 0;
  dataOutLen = 0;
  reset() {
    this.phase = Phase.IDLE;
    this.error = KcsStatus.NO_ERROR;
    this.dataInAvail = false;
    this.dataInIdx = 0;
    this.dataOutIdx = 0;
    this.dataOutLen = 0;
  }
};
function stateOfPhase(phase) {
  return STATE_OF_PHASE[phase];
}
function phaseName(phase) {
  return `KCS_PHASE_${PHASES[phase]}`;
}

// src/drivers/kcs-bmc/mainline.ts
var KcsBmcMainline = class {
  miscdev;
  kernel;
  device;
  memory;
  lock;
  mutex;
  queue;
  dataIn;
  dataOut;
  kbuffer;
  uaccess;
  state;
  in;
  constructor(kernel, aspeed) {
    this.kernel = kernel;
    this.device = new KcsBmcDevice(kernel, aspeed);
    this.memory = new Allocation(kernel, "kcs_bmc_ipmi");
    this.lock = new SpinLock(this.memory, "lock");
    this.mutex = new Mutex(this.memory, "mutex");
    this.queue = new WaitQueue(this.memory, "queue");
    this.dataIn = new KernelBuffer(this.memory, "data_in", KCS_MSG_BUFSIZ);
    this.dataOut = new KernelBuffer(this.memory, "data_out", KCS_MSG_BUFSIZ);
    this.kbuffer = new KernelBuffer(this.memory, "kbuffer", KCS_MSG_BUFSIZ);
    this.uaccess = new UserAccess(kernel);
    this.state = kernel.shared("kcs_bmc_ipmi", new State2(), [
      "phase",
      "error",
      "dataInAvail",
      "dataInIdx",
      "dataOutIdx",
      "dataOutLen"
    ]);
    this.miscdev = new MiscDevice(kernel, `ipmi-kcs${aspeed.config.channel}`, this);
    this.in = {
      kcs_bmc_ipmi_event: this.scope("kcs_bmc_ipmi_event", aspeed),
      kcs_bmc_ipmi_handle_cmd: this.scope("kcs_bmc_ipmi_handle_cmd", aspeed),
      kcs_bmc_ipmi_handle_data: this.scope("kcs_bmc_ipmi_handle_data", aspeed),
      kcs_bmc_ipmi_force_abort: this.scope("kcs_bmc_ipmi_force_abort", aspeed),
      kcs_bmc_ipmi_poll: this.scope("kcs_bmc_ipmi_poll", aspeed),
      kcs_bmc_ipmi_read: this.scope("kcs_bmc_ipmi_read", aspeed),
      kcs_bmc_ipmi_read_overflow: this.scope("kcs_bmc_ipmi_read (too large)", aspeed),
      kcs_bmc_ipmi_read_done: this.scope("kcs_bmc_ipmi_read (copied)", aspeed),
      kcs_bmc_ipmi_write: this.scope("kcs_bmc_ipmi_write", aspeed),
      kcs_bmc_ipmi_ioctl: this.scope("kcs_bmc_ipmi_ioctl", aspeed)
    };
    kernel.sim.onReset(() => this.state.reset());
  }
  /** The steps that a function issues, labelled with its name. */
  scope(name2, aspeed) {
    const frame = this.kernel.sim.ops.frame(name2);
    return {
      ...this.lock.at(frame),
      ...this.mutex.at(frame),
      ...this.queue.at(frame),
      io: aspeed.at(frame),
      copy: this.uaccess.at(frame)
    };
  }
  /** kcs_bmc_ipmi_add_device(), after the probe of the device below. */
  *probe() {
    yield* this.device.probe();
    this.miscdev.registered = true;
    return 0;
  }
  /** kcs_bmc_ipmi_remove_device(), then the removal of the device below. */
  *remove() {
    yield* this.miscdev.deregister();
    yield* this.device.disableDevice(this);
    this.memory.kfree();
    yield* this.device.remove();
  }
  stateOfPhase() {
    return stateOfPhase(this.state.phase);
  }
  get phaseName() {
    return phaseName(this.state.phase);
  }
  get busy() {
    return this.lock.held;
  }
  // ---- interrupt ------------------------------------------------------------------------------
  /** set_state(). */
  setState(io, state) {
    return io.updateStatus(STATE_MASK, state << 6);
  }
  /** kcs_bmc_ipmi_force_abort(). */
  *forceAbort() {
    const { io } = this.in.kcs_bmc_ipmi_force_abort;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield io.readData;
    yield* io.writeData(KCS_ZERO_DATA);
    state.phase = Phase.ERROR;
    state.dataInAvail = false;
    state.dataInIdx = 0;
  }
  /** kcs_bmc_ipmi_handle_data(). */
  *handleData() {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_ipmi_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE_START:
      case Phase.WRITE_DATA:
        state.phase = Phase.WRITE_DATA;
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.WRITE);
          yield* io.writeData(KCS_ZERO_DATA);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
        } else {
          yield* this.forceAbort();
          state.error = KcsStatus.LENGTH_ERROR;
        }
        break;
      case Phase.WRITE_END_CMD:
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.READ);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
          state.phase = Phase.WRITE_DONE;
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        } else {
          yield* this.forceAbort();
          state.error = KcsStatus.LENGTH_ERROR;
        }
        break;
      case Phase.READ: {
        if (state.dataOutIdx === state.dataOutLen) yield* this.setState(io, KcsState.IDLE);
        const data = yield io.readData;
        if (data !== KcsControl.READ) {
          yield* this.setState(io, KcsState.ERROR);
          yield* io.writeData(KCS_ZERO_DATA);
          break;
        }
        if (state.dataOutIdx === state.dataOutLen) {
          yield* io.writeData(KCS_ZERO_DATA);
          state.phase = Phase.IDLE;
          break;
        }
        yield* io.writeData(this.dataOut.get(state.dataOutIdx++));
        break;
      }
      case Phase.ABORT_ERROR1:
        yield* this.setState(io, KcsState.READ);
        yield io.readData;
        yield* io.writeData(state.error);
        state.phase = Phase.ABORT_ERROR2;
        break;
      case Phase.ABORT_ERROR2:
        yield* this.setState(io, KcsState.IDLE);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase.IDLE;
        break;
      default:
        yield* this.forceAbort();
        break;
    }
  }
  /** kcs_bmc_ipmi_handle_cmd(). */
  *handleCmd() {
    const { io } = this.in.kcs_bmc_ipmi_handle_cmd;
    const { state } = this;
    yield* this.setState(io, KcsState.WRITE);
    yield* io.writeData(KCS_ZERO_DATA);
    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.phase = Phase.WRITE_START;
        state.error = KcsStatus.NO_ERROR;
        state.dataInAvail = false;
        state.dataInIdx = 0;
        break;
      case KcsControl.WRITE_END:
        if (state.phase !== Phase.WRITE_DATA) {
          yield* this.forceAbort();
          break;
        }
        state.phase = Phase.WRITE_END_CMD;
        break;
      case KcsControl.GET_STATUS_ABORT:
        if (state.error === KcsStatus.NO_ERROR) state.error = KcsStatus.ABORTED_BY_COMMAND;
        state.phase = Phase.ABORT_ERROR1;
        state.dataInAvail = false;
        state.dataInIdx = 0;
        break;
      default:
        yield* this.forceAbort();
        state.error = KcsStatus.ILLEGAL_CONTROL_CODE;
        break;
    }
  }
  /** kcs_bmc_ipmi_event(). */
  *event() {
    const { io, spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_event;
    let ret = IRQ_NONE;
    yield spinLock;
    const status = yield io.readStatus;
    if ((status & Str.IBF) !== 0) {
      if ((status & Str.C_D) !== 0) yield* this.handleCmd();
      else yield* this.handleData();
      ret = IRQ_HANDLED;
    }
    yield spinUnlock;
    return ret;
  }
  // ---- file operations ------------------------------------------------------------------------
  /** kcs_bmc_ipmi_open(). */
  open(_file) {
    return this.device.enableDevice(this);
  }
  /** kcs_bmc_ipmi_poll(). */
  *poll(_file) {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.dataInAvail ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }
  /** kcs_bmc_ipmi_read(): hands one request to user space. */
  *read(file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy } = this.in.kcs_bmc_ipmi_read;
    const { state } = this;
    let ret;
    let dataLen = 0;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_ipmi_read, () => state.dataInAvail);
    yield mutexLock;
    yield spinLockIrq;
    const dataAvail = state.dataInAvail;
    if (dataAvail) {
      dataLen = state.dataInIdx;
      this.kbuffer.copyFrom(this.dataIn, dataLen);
    }
    yield spinUnlockIrq;
    if (!dataAvail) {
      ret = -EAGAIN;
    } else if (count3 < dataLen) {
      const { spinLockIrq: spinLockIrq2, spinUnlockIrq: spinUnlockIrq2 } = this.in.kcs_bmc_ipmi_read_overflow;
      yield spinLockIrq2;
      yield* this.forceAbort();
      yield spinUnlockIrq2;
      ret = -EOVERFLOW;
    } else if ((yield* this.uaccess.copyToUser(copy, buf, this.kbuffer, dataLen)) !== 0) {
      ret = -EFAULT;
    } else {
      const { spinLockIrq: spinLockIrq2, spinUnlockIrq: spinUnlockIrq2 } = this.in.kcs_bmc_ipmi_read_done;
      ret = dataLen;
      yield spinLockIrq2;
      if (state.phase === Phase.WRITE_DONE) {
        state.phase = Phase.WAIT_READ;
        state.dataInAvail = false;
        state.dataInIdx = 0;
      } else {
        ret = -EAGAIN;
      }
      yield spinUnlockIrq2;
    }
    yield mutexUnlock;
    return ret;
  }
  /** kcs_bmc_ipmi_write(): takes one response from user space. */
  *write(_file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy, io } = this.in.kcs_bmc_ipmi_write;
    const { state } = this;
    let ret;
    if (count3 < 3 || count3 > KCS_MSG_BUFSIZ) return -EINVAL;
    yield mutexLock;
    if ((yield* this.uaccess.copyFromUser(copy, this.kbuffer, buf, count3)) !== 0) {
      ret = -EFAULT;
    } else {
      yield spinLockIrq;
      if (state.phase === Phase.WAIT_READ) {
        state.phase = Phase.READ;
        state.dataOutIdx = 1;
        state.dataOutLen = count3;
        this.dataOut.copyFrom(this.kbuffer, count3);
        yield* io.writeData(this.dataOut.get(0));
        ret = count3;
      } else {
        ret = -EINVAL;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }
  /** kcs_bmc_ipmi_ioctl(). */
  *ioctl(_file, cmd) {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ipmi_ioctl;
    let ret = 0;
    yield spinLockIrq;
    switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.forceAbort();
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_ipmi_release(): aborts without the lock. */
  *release(_file) {
    yield* this.forceAbort();
    yield* this.device.disableDevice(this);
    return 0;
  }
};

// src/drivers/kcs-bmc/fixed.ts
var Added = class {
  /** Somebody has the device open. */
  running = false;
  /** The device is unbound: its hardware must not be touched any more. */
  dead = false;
  /** Counts what ends the life of a request before read() has taken it: a copy of another one is void. */
  generation = 0;
  reset() {
    this.running = false;
    this.dead = false;
    this.generation = 0;
  }
};
var KcsBmcFixed = class extends KcsBmcMainline {
  added;
  /** struct kref: the bound device and its open files. Atomic: needs no lock. */
  references = 1;
  inAdded;
  constructor(kernel, aspeed) {
    super(kernel, aspeed);
    this.added = kernel.shared("kcs_bmc_ipmi", new Added(), ["running", "dead", "generation"]);
    this.inAdded = {
      kcs_bmc_ipmi_add_device: this.scope("kcs_bmc_ipmi_add_device", aspeed),
      kcs_bmc_ipmi_remove_device: this.scope("kcs_bmc_ipmi_remove_device", aspeed),
      kcs_bmc_ipmi_open: this.scope("kcs_bmc_ipmi_open", aspeed),
      kcs_bmc_ipmi_release: this.scope("kcs_bmc_ipmi_release", aspeed)
    };
    kernel.sim.onReset(() => {
      this.added.reset();
      this.references = 1;
    });
  }
  /** kref_put(): the last one frees the memory. */
  put() {
    if (--this.references === 0) this.memory.kfree();
  }
  /** kcs_bmc_ipmi_add_device(). After a reset the state bits are 11b, before the host sees the channel. */
  *probe() {
    const { io } = this.inAdded.kcs_bmc_ipmi_add_device;
    yield io.writeStatus(KcsState.ERROR << 6);
    this.state.phase = Phase.ERROR;
    this.state.error = KcsStatus.UNSPECIFIED;
    yield* this.device.probe();
    const rc = yield* this.device.enableDevice(this);
    this.miscdev.registered = rc === 0;
    return rc;
  }
  /** kcs_bmc_ipmi_remove_device(): the memory lives on until the last open file is closed. */
  *remove() {
    const { spinLockIrq, spinUnlockIrq, wakeUpInterruptible, io } = this.inAdded.kcs_bmc_ipmi_remove_device;
    yield* this.miscdev.deregister();
    yield spinLockIrq;
    this.added.dead = true;
    this.added.running = false;
    yield* this.abort(KcsStatus.UNSPECIFIED);
    yield spinUnlockIrq;
    yield wakeUpInterruptible;
    yield* this.device.disableDevice(this);
    yield io.writeStatus(KcsState.ERROR << 6);
    this.state.phase = Phase.ERROR;
    this.put();
    yield* this.device.remove();
  }
  // ---- interrupt ------------------------------------------------------------------------------
  /** Drops the request, if there is one, and whatever read() may be copying. */
  discard() {
    this.state.dataInAvail = false;
    this.state.dataInIdx = 0;
    this.added.generation++;
  }
  /**
   * kcs_bmc_ipmi_force_abort(), with the lock held, and with the code for GET_STATUS/ABORT. It leaves
   * IDR alone: the interrupt handler reads it, once for each event and after this if it can, so that
   * the host finds ERROR_STATE with IBF=0. Elsewhere a byte may wait or come at any moment: it is the
   * handler's, which finds the phase ERROR.
   */
  *abort(error) {
    const { io } = this.in.kcs_bmc_ipmi_force_abort;
    const { state } = this;
    yield* this.setState(io, KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);
    state.phase = Phase.ERROR;
    if (state.error === KcsStatus.NO_ERROR) state.error = error;
    this.discard();
  }
  /** kcs_bmc_ipmi_handle_data(). */
  *handleData() {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_ipmi_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase.WRITE_START:
      case Phase.WRITE_DATA:
        if (state.dataInIdx < KCS_MSG_BUFSIZ) {
          state.phase = Phase.WRITE_DATA;
          yield* this.setState(io, KcsState.WRITE);
          yield* io.writeData(KCS_ZERO_DATA);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
        } else {
          yield* this.abort(KcsStatus.LENGTH_ERROR);
          yield io.readData;
        }
        break;
      case Phase.WRITE_END_CMD:
        if (state.dataInIdx > 0 && state.dataInIdx < KCS_MSG_BUFSIZ) {
          yield* this.setState(io, KcsState.READ);
          this.dataIn.set(state.dataInIdx++, yield io.readData);
          state.phase = Phase.WRITE_DONE;
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        } else {
          yield* this.abort(KcsStatus.LENGTH_ERROR);
          yield io.readData;
        }
        break;
      case Phase.READ: {
        if (state.dataOutIdx === state.dataOutLen) yield* this.setState(io, KcsState.IDLE);
        const data = yield io.readData;
        if (data !== KcsControl.READ) {
          yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
          break;
        }
        if (state.dataOutIdx === state.dataOutLen) {
          yield* io.writeData(KCS_ZERO_DATA);
          state.phase = Phase.IDLE;
          break;
        }
        yield* io.writeData(this.dataOut.get(state.dataOutIdx++));
        break;
      }
      case Phase.ABORT_ERROR1:
        yield* this.setState(io, KcsState.READ);
        yield io.readData;
        yield* io.writeData(state.error === KcsStatus.NO_ERROR ? KcsStatus.ABORTED_BY_COMMAND : state.error);
        state.phase = Phase.ABORT_ERROR2;
        break;
      case Phase.ABORT_ERROR2:
        yield* this.setState(io, KcsState.IDLE);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase.IDLE;
        state.error = KcsStatus.NO_ERROR;
        break;
      default:
        yield* this.abort(KcsStatus.UNSPECIFIED);
        yield io.readData;
        break;
    }
  }
  /**
   * kcs_bmc_ipmi_handle_cmd(). The command is known only when IDR is read, which clears IBF; so the
   * state that the right ones must find, WRITE, is there before. A wrong one finds it too, for a
   * moment; but the byte that its host may then write is not lost.
   *
   * While nobody has the file open a WRITE_START finds ERROR. GET_STATUS/ABORT, whose host looks at the
   * state only after the next byte, is served: if it failed too, the host would try again without end.
   */
  *handleCmd() {
    const { io } = this.in.kcs_bmc_ipmi_handle_cmd;
    const { state } = this;
    const { running } = this.added;
    yield* this.setState(io, running ? KcsState.WRITE : KcsState.ERROR);
    yield* io.writeData(KCS_ZERO_DATA);
    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.error = KcsStatus.NO_ERROR;
        if (!running) {
          yield* this.abort(KcsStatus.UNSPECIFIED);
          break;
        }
        state.phase = Phase.WRITE_START;
        this.discard();
        break;
      case KcsControl.WRITE_END:
        if (state.phase === Phase.WRITE_START || state.phase === Phase.WRITE_DATA) state.phase = Phase.WRITE_END_CMD;
        else yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
        break;
      case KcsControl.GET_STATUS_ABORT:
        if (!running) yield* this.setState(io, KcsState.WRITE);
        state.phase = Phase.ABORT_ERROR1;
        this.discard();
        break;
      default:
        yield* this.abort(KcsStatus.ILLEGAL_CONTROL_CODE);
        break;
    }
  }
  // ---- file operations ------------------------------------------------------------------------
  /** kcs_bmc_ipmi_open(): resets nothing. No transfer has begun while the file was closed. */
  *open(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.inAdded.kcs_bmc_ipmi_open;
    const { added } = this;
    let ret = 0;
    this.references++;
    yield spinLockIrq;
    if (added.dead) ret = -ENODEV;
    else if (added.running) ret = -EBUSY;
    else added.running = true;
    yield spinUnlockIrq;
    if (ret < 0) this.put();
    return ret;
  }
  /** kcs_bmc_ipmi_poll(). */
  *poll(_file) {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_ipmi_poll;
    let mask = 0;
    yield pollWait;
    yield spinLockIrq;
    if (this.added.dead) mask = EPOLLERR | EPOLLHUP;
    else if (this.state.dataInAvail) mask = EPOLLIN;
    yield spinUnlockIrq;
    return mask;
  }
  /** For what a reader waits. Without the lock: READ_ONCE() of each in C; the lock decides later. */
  readable() {
    return this.kernel.readOnce(() => this.state.dataInAvail || this.added.dead);
  }
  /** kcs_bmc_ipmi_read(): who may sleep waits again when another reader, or the host, was faster. */
  *read(file, buf, count3) {
    const { mutexLock, mutexUnlock } = this.in.kcs_bmc_ipmi_read;
    let ret;
    do {
      if (!file.nonBlocking) {
        ret = yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_ipmi_read, () => this.readable());
        if (ret < 0) return ret;
      }
      yield mutexLock;
      ret = yield* this.readRequest(buf, count3);
      yield mutexUnlock;
    } while (ret === -EAGAIN && !file.nonBlocking);
    return ret;
  }
  /**
   * kcs_bmc_ipmi_read() under the mutex: hands one request to user space. It stays available until it
   * is there; the mutex keeps other readers off, and the generation tells if the host has gone on.
   */
  *readRequest(buf, count3) {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_ipmi_read;
    const done = this.in.kcs_bmc_ipmi_read_done;
    const { state, added } = this;
    let ret;
    let generation = 0;
    yield spinLockIrq;
    if (added.dead) ret = -ENODEV;
    else if (!state.dataInAvail) ret = -EAGAIN;
    else if (count3 < state.dataInIdx) {
      yield* this.abort(KcsStatus.LENGTH_ERROR);
      ret = -EOVERFLOW;
    } else {
      ret = state.dataInIdx;
      generation = added.generation;
      this.kbuffer.copyFrom(this.dataIn, ret);
    }
    yield spinUnlockIrq;
    if (ret < 0) return ret;
    if ((yield* this.uaccess.copyToUser(copy, buf, this.kbuffer, ret)) !== 0) return -EFAULT;
    yield done.spinLockIrq;
    if (added.generation === generation) {
      state.phase = Phase.WAIT_READ;
      state.dataInAvail = false;
      state.dataInIdx = 0;
    } else {
      ret = -EAGAIN;
    }
    yield done.spinUnlockIrq;
    return ret;
  }
  /**
   * kcs_bmc_ipmi_write(): takes the response to the request that was read last; -EBUSY if there is none
   * (any more). It carries no tag: if one thread reads A, the host starts anew with B, and another
   * thread reads B, the answer of the first passes for that to B. Threads that share the file must
   * hold a lock of their own from read() to write().
   */
  *write(_file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy, io } = this.in.kcs_bmc_ipmi_write;
    const { state } = this;
    let ret;
    if (count3 < 3 || count3 > KCS_MSG_BUFSIZ) return -EINVAL;
    yield mutexLock;
    if ((yield* this.uaccess.copyFromUser(copy, this.kbuffer, buf, count3)) !== 0) {
      ret = -EFAULT;
    } else {
      yield spinLockIrq;
      if (this.added.dead) ret = -ENODEV;
      else if (state.phase !== Phase.WAIT_READ) ret = -EBUSY;
      else {
        state.phase = Phase.READ;
        state.dataOutIdx = 1;
        state.dataOutLen = count3;
        this.dataOut.copyFrom(this.kbuffer, count3);
        yield* io.writeData(this.dataOut.get(0));
        ret = count3;
      }
      yield spinUnlockIrq;
    }
    yield mutexUnlock;
    return ret;
  }
  /** kcs_bmc_ipmi_ioctl(). With SMS_ATN OBF is written back as it was read: a 1 leaves it as it is. */
  *ioctl(_file, cmd) {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ipmi_ioctl;
    let ret = 0;
    yield spinLockIrq;
    if (this.added.dead) ret = -ENODEV;
    else switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* io.updateStatus(Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.abort(KcsStatus.UNSPECIFIED);
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_ipmi_release(): whatever is under way ends here (IPMI 9.14). */
  *release(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.inAdded.kcs_bmc_ipmi_release;
    yield spinLockIrq;
    this.added.running = false;
    if (!this.added.dead) yield* this.abort(KcsStatus.UNSPECIFIED);
    yield spinUnlockIrq;
    this.put();
    return 0;
  }
};

// src/drivers/kcs-bmc/v2.ts
var Phase2 = {
  IDLE: 0,
  WRITE: 1,
  WRITE_END: 2,
  WAIT_READ: 3,
  READ: 4,
  ABORT_ERROR1: 5,
  ABORT_ERROR2: 6,
  ERROR: 7
};
var PHASES2 = Object.keys(Phase2);
var STATE_OF_PHASE2 = [
  KcsState.IDLE,
  KcsState.WRITE,
  KcsState.WRITE,
  KcsState.READ,
  KcsState.READ,
  KcsState.WRITE,
  KcsState.READ,
  KcsState.ERROR
];
var State3 = class {
  running = false;
  phase = Phase2.IDLE;
  error = KcsStatus.NO_ERROR;
  dataInAvail = false;
  dataInIdx = 0;
  dataOutIdx = 0;
  dataOutLen = 0;
  reset() {
    this.running = false;
    this.phase = Phase2.IDLE;
    this.error = KcsStatus.NO_ERROR;
    this.dataInAvail = false;
    this.dataInIdx = 0;
    this.dataOutIdx = 0;
    this.dataOutLen = 0;
  }
};
var KcsBmcV2 = class {
  miscdev;
  kernel;
  aspeed;
  memory;
  lock;
  queue;
  dataIn;
  dataOut;
  uaccess;
  state;
  in;
  action = { name: "ast-kcs-bmc", handler: () => this.irqHandler() };
  constructor(kernel, aspeed) {
    this.kernel = kernel;
    this.aspeed = aspeed;
    this.memory = new Allocation(kernel, "kcs_bmc");
    this.lock = new SpinLock(this.memory, "lock");
    this.queue = new WaitQueue(this.memory, "queue");
    this.dataIn = new KernelBuffer(this.memory, "data_in", KCS_MSG_BUFSIZ);
    this.dataOut = new KernelBuffer(this.memory, "data_out", KCS_MSG_BUFSIZ);
    this.uaccess = new UserAccess(kernel);
    this.state = kernel.shared("kcs_bmc", new State3(), [
      "running",
      "phase",
      "error",
      "dataInAvail",
      "dataInIdx",
      "dataOutIdx",
      "dataOutLen"
    ]);
    this.miscdev = new MiscDevice(kernel, `ipmi-kcs${aspeed.config.channel}`, this);
    this.in = {
      kcs_bmc_handle_event: this.scope("kcs_bmc_handle_event"),
      kcs_bmc_handle_command: this.scope("kcs_bmc_handle_command"),
      kcs_bmc_handle_data: this.scope("kcs_bmc_handle_data"),
      kcs_bmc_open: this.scope("kcs_bmc_open"),
      kcs_bmc_poll: this.scope("kcs_bmc_poll"),
      kcs_bmc_read: this.scope("kcs_bmc_read"),
      kcs_bmc_write: this.scope("kcs_bmc_write"),
      kcs_bmc_ioctl: this.scope("kcs_bmc_ioctl"),
      kcs_bmc_release: this.scope("kcs_bmc_release")
    };
    kernel.sim.onReset(() => this.state.reset());
  }
  /** The steps that a function issues, labelled with its name. */
  scope(name2) {
    const frame = this.kernel.sim.ops.frame(name2);
    return {
      ...this.lock.at(frame),
      ...this.queue.at(frame),
      io: this.aspeed.at(frame),
      copy: this.uaccess.at(frame)
    };
  }
  *probe() {
    yield* this.aspeed.setAddress();
    yield* this.aspeed.configUpstreamIrq();
    this.aspeed.requestIrq(this.action);
    yield* this.aspeed.irqMaskUpdate(true);
    yield* this.aspeed.enableChannel(true);
    this.miscdev.registered = true;
    return 0;
  }
  *remove() {
    yield* this.miscdev.deregister();
    yield* this.aspeed.enableChannel(false);
    yield* this.aspeed.freeIrq(this.action);
    this.memory.kfree();
  }
  stateOfPhase() {
    return STATE_OF_PHASE2[this.state.phase];
  }
  get phaseName() {
    return `KCS_PHASE_${PHASES2[this.state.phase]}`;
  }
  get busy() {
    return this.lock.held;
  }
  // ---- interrupt ------------------------------------------------------------------------------
  /** aspeed_kcs_irq(). */
  *irqHandler() {
    return (yield* this.handleEvent()) === 0 ? IRQ_HANDLED : IRQ_NONE;
  }
  /** update_status_bits(): a read and a write of the whole register. */
  *updateStatusBits(io, mask, value) {
    const status = yield io.readStatus;
    yield io.writeStatus(status & ~mask | value & mask);
  }
  /** set_state(). */
  setState(io, state) {
    return this.updateStatusBits(io, STATE_MASK, state << 6);
  }
  /** kcs_bmc_handle_data(). */
  *handleData() {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase2.WRITE:
        yield* this.setState(io, KcsState.WRITE);
        yield* io.writeData(KCS_ZERO_DATA);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        break;
      case Phase2.WRITE_END:
        yield* this.setState(io, KcsState.READ);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        state.phase = Phase2.WAIT_READ;
        if (state.running) {
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        }
        break;
      case Phase2.READ: {
        if (state.dataOutIdx === state.dataOutLen) yield* this.setState(io, KcsState.IDLE);
        const data = yield io.readData;
        if (data !== KcsControl.READ) {
          yield* this.setState(io, KcsState.ERROR);
          yield* io.writeData(KCS_ZERO_DATA);
          break;
        }
        if (state.dataOutIdx === state.dataOutLen) {
          yield* io.writeData(KCS_ZERO_DATA);
          state.phase = Phase2.IDLE;
          break;
        }
        yield* io.writeData(this.dataOut.get(state.dataOutIdx++));
        break;
      }
      case Phase2.ABORT_ERROR1:
        yield* this.setState(io, KcsState.READ);
        yield io.readData;
        yield* io.writeData(state.error);
        state.phase = Phase2.ABORT_ERROR2;
        break;
      case Phase2.ABORT_ERROR2:
        yield* this.setState(io, KcsState.IDLE);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase2.IDLE;
        break;
      default:
        yield* this.setState(io, KcsState.ERROR);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        break;
    }
  }
  /** kcs_bmc_handle_command(). */
  *handleCommand() {
    const { io } = this.in.kcs_bmc_handle_command;
    const { state } = this;
    yield* this.setState(io, KcsState.WRITE);
    yield* io.writeData(KCS_ZERO_DATA);
    const cmd = yield io.readData;
    switch (cmd) {
      case KcsControl.WRITE_START:
        state.dataInAvail = false;
        state.dataInIdx = 0;
        state.phase = Phase2.WRITE;
        state.error = KcsStatus.NO_ERROR;
        break;
      case KcsControl.WRITE_END:
        state.phase = Phase2.WRITE_END;
        break;
      case KcsControl.GET_STATUS_ABORT:
        if (state.error === KcsStatus.NO_ERROR) state.error = KcsStatus.ABORTED_BY_COMMAND;
        state.phase = Phase2.ABORT_ERROR1;
        break;
      default:
        state.error = KcsStatus.ILLEGAL_CONTROL_CODE;
        yield* this.setState(io, KcsState.ERROR);
        yield* io.writeData(state.error);
        state.phase = Phase2.ERROR;
        break;
    }
  }
  /** kcs_bmc_handle_event(): 0, or -1 if there is nothing for this channel. */
  *handleEvent() {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_handle_event;
    let ret = 0;
    yield spinLockIrqsave;
    switch ((yield io.readStatus) & (Str.IBF | Str.C_D)) {
      case Str.IBF | Str.C_D:
        yield* this.handleCommand();
        break;
      case Str.IBF:
        yield* this.handleData();
        break;
      default:
        ret = -1;
        break;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }
  // ---- file operations ------------------------------------------------------------------------
  /** kcs_bmc_open(). */
  *open(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_open;
    const { state } = this;
    let ret = 0;
    yield spinLockIrq;
    if (!state.running) {
      state.running = true;
      state.phase = Phase2.IDLE;
      state.dataInAvail = false;
    } else {
      ret = -EBUSY;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_poll(). */
  *poll(_file) {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.dataInAvail ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }
  /** kcs_bmc_read(): hands one request to user space. */
  *read(file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => state.dataInAvail);
    yield spinLockIrq;
    if (state.dataInAvail) {
      state.dataInAvail = false;
      const n = Math.min(count3, state.dataInIdx);
      ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_write(): takes one response from user space. */
  *write(_file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, copy, io } = this.in.kcs_bmc_write;
    const { state } = this;
    let ret = count3;
    if (count3 < 1 || count3 > KCS_MSG_BUFSIZ) return -EINVAL;
    yield spinLockIrq;
    if (state.phase === Phase2.WAIT_READ) {
      if ((yield* this.uaccess.copyFromUser(copy, this.dataOut, buf, count3)) !== 0) {
        yield spinUnlockIrq;
        return -EFAULT;
      }
      state.phase = Phase2.READ;
      state.dataOutIdx = 1;
      state.dataOutLen = count3;
      yield* io.writeData(this.dataOut.get(0));
    } else if (state.phase === Phase2.READ) {
      ret = -EBUSY;
    } else {
      ret = -EINVAL;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_ioctl(). */
  *ioctl(_file, cmd) {
    const { spinLockIrq, spinUnlockIrq, io } = this.in.kcs_bmc_ioctl;
    const { state } = this;
    let ret = 0;
    yield spinLockIrq;
    switch (cmd) {
      case IPMI_BMC_IOCTL_SET_SMS_ATN:
        yield* this.updateStatusBits(io, Str.SMS_ATN, Str.SMS_ATN);
        break;
      case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
        yield* this.updateStatusBits(io, Str.SMS_ATN, 0);
        break;
      case IPMI_BMC_IOCTL_FORCE_ABORT:
        yield* this.setState(io, KcsState.ERROR);
        yield io.readData;
        yield* io.writeData(KCS_ZERO_DATA);
        state.phase = Phase2.ERROR;
        state.dataInAvail = false;
        break;
      default:
        ret = -EINVAL;
        break;
    }
    yield spinUnlockIrq;
    return ret;
  }
  /** kcs_bmc_release(). */
  *release(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    yield spinUnlockIrq;
    return 0;
  }
};

// src/drivers/kcs-bmc/review.ts
var Phase3 = { ...Phase2, WRITE_END_DONE: 8 };
var KcsBmcReview = class extends KcsBmcV2 {
  readMutex;
  /** kmalloc()ed by each read() in C; only the holder of the mutex uses it. */
  data;
  inRead;
  constructor(kernel, aspeed) {
    super(kernel, aspeed);
    this.readMutex = new Mutex(this.memory, "read_mutex");
    this.data = new KernelBuffer(new Allocation(kernel, "data"), "data", KCS_MSG_BUFSIZ);
    this.inRead = {
      kcs_bmc_read: { ...this.in.kcs_bmc_read, ...this.readMutex.at(kernel.sim.ops.frame("kcs_bmc_read")) },
      kcs_bmc_read_done: this.scope("kcs_bmc_read (copied)")
    };
  }
  stateOfPhase() {
    return this.state.phase === Phase3.WRITE_END_DONE ? KcsState.READ : super.stateOfPhase();
  }
  get phaseName() {
    return this.state.phase === Phase3.WRITE_END_DONE ? "KCS_PHASE_WRITE_END_DONE" : super.phaseName;
  }
  /** kcs_bmc_handle_data(): after the last byte comes WRITE_END_DONE; only read() goes on to WAIT_READ. */
  *handleData() {
    const { io, wakeUpInterruptible } = this.in.kcs_bmc_handle_data;
    const { state } = this;
    switch (state.phase) {
      case Phase3.WRITE_END:
        yield* this.setState(io, KcsState.READ);
        if (state.dataInIdx < KCS_MSG_BUFSIZ) this.dataIn.set(state.dataInIdx++, yield io.readData);
        state.phase = Phase3.WRITE_END_DONE;
        if (state.running) {
          state.dataInAvail = true;
          yield wakeUpInterruptible;
        }
        break;
      default:
        yield* super.handleData();
        break;
    }
  }
  /** Whether copy_to_user() failed, by its result as the proposal tests it: `!` takes success for failure. */
  copyFailed(notCopied) {
    return notCopied === 0;
  }
  /** kcs_bmc_read(): hands one request to user space. */
  *read(file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, mutexLock, mutexUnlock, copy } = this.inRead.kcs_bmc_read;
    const { state, data } = this;
    let ret;
    let dataSize = 0;
    let avail;
    for (; ; ) {
      if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.inRead.kcs_bmc_read, () => state.dataInAvail);
      yield mutexLock;
      yield spinLockIrq;
      avail = state.dataInAvail;
      if (avail) {
        data.copyFrom(this.dataIn, state.dataInIdx);
        dataSize = state.dataInIdx;
      }
      yield spinUnlockIrq;
      if (avail || file.nonBlocking) break;
      yield mutexUnlock;
    }
    if (!avail) {
      ret = -EAGAIN;
    } else if (count3 < dataSize) {
      ret = -EOVERFLOW;
    } else if (this.copyFailed(yield* this.uaccess.copyToUser(copy, buf, data, dataSize))) {
      ret = -EFAULT;
    } else {
      const { spinLockIrq: spinLockIrq2, spinUnlockIrq: spinUnlockIrq2 } = this.inRead.kcs_bmc_read_done;
      ret = dataSize;
      yield spinLockIrq2;
      if (state.phase !== Phase3.WRITE_END_DONE) {
        ret = -EIO;
      } else {
        state.phase = Phase3.WAIT_READ;
        state.dataInAvail = false;
        state.dataInIdx = 0;
      }
      yield spinUnlockIrq2;
    }
    yield mutexUnlock;
    return ret;
  }
};

// src/drivers/kcs-bmc/review-mended.ts
var KcsBmcReviewMended = class extends KcsBmcReview {
  /** copy_to_user() returns the number of bytes that it could not copy. */
  copyFailed(notCopied) {
    return notCopied !== 0;
  }
};

// src/drivers/kcs-bmc/v2-unlocked.ts
var KcsBmcV2Unlocked = class extends KcsBmcV2 {
  /** kcs_bmc_read(): a WRITE_START in mid-copy puts another request under it. */
  *read(file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, copy } = this.in.kcs_bmc_read;
    const { state } = this;
    let ret = -EAGAIN;
    let n = 0;
    if (!file.nonBlocking) yield* waitEventInterruptible(this.queue, this.in.kcs_bmc_read, () => state.dataInAvail);
    yield spinLockIrq;
    const dataAvail = state.dataInAvail;
    if (dataAvail) {
      state.dataInAvail = false;
      n = Math.min(count3, state.dataInIdx);
    }
    yield spinUnlockIrq;
    if (dataAvail) ret = (yield* this.uaccess.copyToUser(copy, buf, this.dataIn, n)) === 0 ? n : -EFAULT;
    return ret;
  }
  /** kcs_bmc_write(): data_out is filled before the phase is known, even while the host reads from it. */
  *write(_file, buf, count3) {
    const { spinLockIrq, spinUnlockIrq, copy, io } = this.in.kcs_bmc_write;
    const { state } = this;
    let ret = count3;
    if (count3 < 1 || count3 > KCS_MSG_BUFSIZ) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(copy, this.dataOut, buf, count3)) !== 0) return -EFAULT;
    yield spinLockIrq;
    if (state.phase === Phase2.WAIT_READ) {
      state.phase = Phase2.READ;
      state.dataOutIdx = 1;
      state.dataOutLen = count3;
      yield* io.writeData(this.dataOut.get(0));
    } else if (state.phase === Phase2.READ) {
      ret = -EBUSY;
    } else {
      ret = -EINVAL;
    }
    yield spinUnlockIrq;
    return ret;
  }
};

// src/hw/apb.ts
function apbReadTiming({ apbRead, apbReadMax }) {
  return { lead: apbRead, jitter: Math.max(0, apbReadMax - apbRead) };
}
function apbWriteTiming({ apbWrite, apbWriteMax }) {
  return { lead: apbWrite, jitter: Math.max(0, apbWriteMax - apbWrite) };
}

// src/hw/ast2500-params.ts
var AST2500_PARAMETERS = [
  {
    name: "lclk",
    default: 30303,
    min: 3e4,
    max: 4e4,
    unit: "ps",
    source: "A",
    text: "period of the LPC clock LCLK, 33 MHz (LPC 1.1)"
  },
  {
    name: "lpcCycleClocks",
    default: 13,
    min: 13,
    max: 13,
    unit: "clocks",
    source: "A",
    text: "LPC I/O cycle of one byte without wait states (LPC 1.1, H8S/2117 manual \xA719)"
  },
  {
    name: "lpcUpdateClocks",
    default: 12,
    min: 11,
    max: 13,
    unit: "clocks",
    source: "B",
    text: "clocks of the cycle after which IDR, ODR and flags have moved (H8S/2117 manual \xA719)"
  },
  {
    name: "lpcWaitStates",
    default: 0,
    min: 0,
    max: 8,
    unit: "clocks",
    source: "C",
    text: "SYNC wait states that the KCS block inserts; the H8S block inserts none, LPC 1.1 allows 8 short ones"
  },
  {
    name: "lpcAbortClocks",
    default: 16,
    min: 15,
    max: 20,
    unit: "clocks",
    source: "B",
    text: "LPC cycle that nobody answers: 8, 3 without SYNC, and LFRAME# low for 4 or more (LPC 1.1)"
  },
  {
    name: "hostIo",
    default: 6e5,
    min: 3e5,
    max: 15e5,
    unit: "ps",
    source: "C",
    text: "what in/out costs the host beyond the LPC cycle (chipset, serialising instruction)"
  },
  {
    name: "apbRead",
    default: 3e5,
    min: 12e4,
    max: 8e5,
    unit: "ps",
    source: "C",
    text: "BMC register read: ARM to AHB (198 MHz) to APB (24.75 MHz) and back"
  },
  {
    name: "apbReadMax",
    default: 8e5,
    min: 12e4,
    max: 8e5,
    unit: "ps",
    source: "C",
    text: "longest BMC register read that a schedule may draw"
  },
  {
    name: "apbWrite",
    default: 12e4,
    min: 4e4,
    max: 4e5,
    unit: "ps",
    source: "C",
    text: "BMC register write, until it has its effect"
  },
  {
    name: "apbWriteMax",
    default: 4e5,
    min: 4e4,
    max: 4e5,
    unit: "ps",
    source: "C",
    text: "longest BMC register write that a schedule may draw"
  },
  {
    name: "vicAccess",
    default: 1e5,
    min: 6e4,
    max: 3e5,
    unit: "ps",
    source: "C",
    text: "access to the interrupt controller, which is on the AHB"
  },
  {
    name: "idrOverwrite",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "a host write of IDR with IBF=1: 1 replaces the byte, 0 is dropped (as by QEMU); unverified on silicon"
  },
  {
    name: "decodeOverlap",
    default: 0,
    min: 0,
    max: 2,
    unit: "choice",
    source: "C",
    text: "two channels decode one port: 0 the lowest answers reads and all get writes, 1 the lowest gets everything, 2 the highest answers reads; unverified on silicon"
  },
  {
    name: "dropIrqEnable",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "B",
    text: "the SerIRQ enable bit of channels 1-3 falls when the host reads ODR (H8S; implied by kcs_bmc_aspeed.c)"
  },
  {
    name: "dropIrqEnable4",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "the same for channel 4, whatever OBF4_AUTO_CLR says; unverified"
  },
  {
    name: "dropIrqEnableOnStr",
    default: 0,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "it also falls when the BMC clears OBF by writing STR; unverified"
  },
  {
    name: "lresetClearsStr",
    default: 0,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "LRESET# clears the status registers, as in the H8S block; unverified on the AST2500"
  },
  {
    name: "serirqQuiet",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "A",
    text: "SerIRQ mode chosen by the host: 0 continuous, 1 quiet (Serialized IRQ 6.0)"
  },
  {
    name: "serirqStartClocks",
    default: 4,
    min: 4,
    max: 8,
    unit: "clocks",
    source: "A",
    text: "SerIRQ start frame: 4, 6 or 8 clocks low (Serialized IRQ 6.0)"
  },
  {
    name: "serirqFrames",
    default: 17,
    min: 17,
    max: 32,
    unit: "count",
    source: "A",
    text: "SerIRQ frames in a sequence: at least 17, 21 on most PCs (Serialized IRQ 6.0)"
  },
  {
    name: "serirqGapClocks",
    default: 2,
    min: 2,
    max: 1e3,
    unit: "clocks",
    source: "A",
    text: "clocks between two SerIRQ sequences; beyond 2 the host decides (Serialized IRQ 6.0)"
  },
  {
    name: "serirqPhase",
    default: 0,
    min: 0,
    max: 4e7,
    unit: "ps",
    source: "C",
    text: "continuous SerIRQ: start of some sequence; the schedule shifts it by eighths of a sequence"
  }
];
function ast2500Params(overrides = {}) {
  const all = parameterValues(AST2500_PARAMETERS, overrides);
  if (all.serirqStartClocks % 2 !== 0) throw new RangeError("serirqStartClocks is 4, 6 or 8");
  return all;
}
function parameterValues(list, overrides) {
  const params = {};
  for (const { name: name2, default: nominal, min, max, unit } of list) {
    const value = overrides[name2] ?? nominal;
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name2}=${value} is not an integer from ${min} to ${max} (${unit})`);
    }
    params[name2] = value;
  }
  return params;
}

// src/hw/i2c/registers.ts
var I2C = {
  FUN_CTRL: 0,
  AC_TIMING1: 4,
  AC_TIMING2: 8,
  INTR_CTRL: 12,
  INTR_STS: 16,
  /** Commands when written, commands under way and the state of the bus when read. */
  CMD: 20,
  DEV_ADDR: 24,
  POOL_CTRL: 28,
  /** [15:8] the byte received, [7:0] the byte to transmit. */
  BYTE_BUF: 32
};
var FUN_CTRL = {
  MASTER_EN: 1 << 0,
  SLAVE_EN: 1 << 1,
  HIGH_SPEED: 1 << 6,
  M_SDA_DRIVE_1T: 1 << 7,
  SDA_DRIVE_1T: 1 << 8,
  MSB_STS: 1 << 9,
  SCL_DRIVE: 1 << 14,
  MULTI_MASTER_DIS: 1 << 15
};
var INTR = {
  TX_ACK: 1 << 0,
  TX_NAK: 1 << 1,
  RX_DONE: 1 << 2,
  ARBIT_LOSS: 1 << 3,
  NORMAL_STOP: 1 << 4,
  ABNORMAL: 1 << 5,
  SCL_TIMEOUT: 1 << 6,
  SLAVE_MATCH: 1 << 7,
  GCALL_MATCH: 1 << 8,
  SMBUS_ALERT: 1 << 12,
  BUS_RECOVER_DONE: 1 << 13,
  SDA_DL_TIMEOUT: 1 << 14
};
var CMD = {
  M_START: 1 << 0,
  M_TX: 1 << 1,
  S_TX: 1 << 2,
  M_RX: 1 << 3,
  /** The next byte received is NAKed, as controller and as target. */
  M_S_RX_CMD_LAST: 1 << 4,
  M_STOP: 1 << 5,
  BUS_RECOVER: 1 << 11,
  BUS_BUSY: 1 << 16,
  SDA_LEVEL: 1 << 17,
  SCL_LEVEL: 1 << 18
};
var I2cState = {
  IDLE: 0,
  SWAIT: 1,
  RECOVER: 3,
  SRXD: 4,
  STXACK: 5,
  STXD: 6,
  SRXACK: 7,
  MACTIVE: 8,
  MSTART: 9,
  MSTARTR: 10,
  MSTOP: 11,
  MTXD: 12,
  MRXACK: 13,
  MRXD: 14,
  MTXACK: 15
};

// src/hw/i2c/footprints.ts
var WORDS = 11;
var I2cFootprints = class {
  readGlobal;
  reads = [];
  writes = [];
  constructor(ops, buses) {
    const status = [];
    for (const bus of buses) {
      const object = (name2) => ops.object(`I2C${bus} ${name2}`);
      const of = new Map(Object.entries(I2C).map(([name2, offset]) => [offset >> 2, object(name2)]));
      const wire = object("bus");
      const sts = of.get(I2C.INTR_STS >> 2);
      const buf = of.get(I2C.BYTE_BUF >> 2);
      const cmd = of.get(I2C.CMD >> 2);
      status.push(sts, of.get(I2C.INTR_CTRL >> 2));
      const reads = [];
      const writes = [];
      for (let word = 0; word < WORDS; word++) {
        const self = of.get(word);
        if (self === void 0) {
          reads.push(NO_FOOTPRINT);
          writes.push(NO_FOOTPRINT);
          continue;
        }
        reads.push({ reads: [self], writes: [] });
        if (self === sts) writes.push({ reads: [cmd, buf, wire], writes: [sts, cmd, wire] });
        else if (self === cmd) writes.push({ reads: [buf, sts, wire], writes: [cmd, sts, wire] });
        else writes.push({ reads: [], writes: [self] });
      }
      this.reads.push(reads);
      this.writes.push(writes);
    }
    this.readGlobal = { reads: status, writes: [] };
  }
  /** The BMC reads the register at word index `word` of an engine. */
  read(engine, word) {
    return this.reads[engine][word] ?? NO_FOOTPRINT;
  }
  /** The BMC writes it. */
  write(engine, word) {
    return this.writes[engine][word] ?? NO_FOOTPRINT;
  }
};

// src/hw/lpc/registers.ts
var LPC = {
  HICR0: 0,
  HICR1: 4,
  HICR2: 8,
  HICR3: 12,
  HICR4: 16,
  LADR3H: 20,
  LADR3L: 24,
  LADR12H: 28,
  LADR12L: 32,
  IDR1: 36,
  IDR2: 40,
  IDR3: 44,
  ODR1: 48,
  ODR2: 52,
  ODR3: 56,
  STR1: 60,
  STR2: 64,
  STR3: 68,
  SIRQCR0: 112,
  SIRQCR1: 116,
  SIRQCR2: 120,
  SIRQCR3: 124,
  HICR5: 128,
  HICR6: 132,
  HICR7: 136,
  HICR8: 140,
  SNPWADR: 144,
  SNPWDR: 148,
  HICR9: 152,
  HICRA: 156,
  LHCR0: 160,
  LHCR1: 164,
  LHCR2: 168,
  LHCR3: 172,
  LHCR4: 176,
  LHCR5: 180,
  LHCR6: 184,
  LHCR7: 188,
  LHCR8: 192,
  LHCR9: 196,
  LHCRA: 200,
  LHCRB: 204,
  HICRB: 256,
  HICRC: 260,
  HISR0: 264,
  HISR1: 268,
  LADR4: 272,
  IDR4: 276,
  ODR4: 280,
  STR4: 284,
  LSADR12: 288,
  PCCR0: 304,
  PCCR1: 308,
  PCCR2: 312,
  PCCR3: 316
};
var HICR0 = { LPC3E: 128, LPC2E: 64, LPC1E: 32, SDWNE: 8, PMEE: 4 };
var HICR1 = { LPCBSY: 128, CLKREQ: 64, IRQBSY: 32, LRSTB: 16, SDWNB: 8, PMEB: 4 };
var HICR2 = {
  LRST: 64,
  SDWN: 32,
  ABRT: 16,
  IBFIE3: 8,
  IBFIE2: 4,
  IBFIE1: 2,
  ERRIE: 1
};
var HICR4 = {
  LADR12AS: 128,
  CLRINTLRSTR: 64,
  STSINTLRSTR: 32,
  ENINTLRSTR: 16,
  KCSENBL: 4,
  BTENBL: 1
};
var HICR5 = {
  ID3IRQX: 15728640,
  ID2IRQX: 983040,
  SEL3IRQX: 32768,
  IRQXE3: 16384,
  SEL2IRQX: 8192,
  IRQXE2: 4096,
  ENFWH: 1024,
  ENL2H: 256,
  ENSET_SF: 32,
  ENINT_SNP1W: 8,
  ENSNP1W: 4,
  ENINT_SNP0W: 2,
  ENSNP0W: 1
};
var HICR6 = { STR_SNP1W: 2, STR_SNP0W: 1 };
var HICRB = {
  ENSNP1D: 32768,
  ENSNP0D: 16384,
  EN16LADR2: 32,
  EN16LADR1: 16,
  IBFIE4: 2,
  LPC4E: 1
};
var HICRC = { ID4IRQX: 240, TY4IRQX: 12, OBF4_AUTO_CLR: 2, IRQXE4: 1 };
var SIRQCR0 = {
  QC: 128,
  SELREQ: 64,
  IEDIR: 32,
  SMIE3B: 16,
  SMIE3A: 8,
  SMIE2: 4,
  IRQ12E1: 2,
  IRQ1E1: 1
};
var SIRQCR1 = {
  IRQ11E3: 128,
  IRQ10E3: 64,
  IRQ9E3: 32,
  IRQ6E3: 16,
  IRQ11E2: 8,
  IRQ10E2: 4,
  IRQ9E2: 2,
  IRQ6E2: 1
};
var SIRQCR2 = { IEDIR3: 128 };
var SIRQCR3 = {
  SELIRQ11: 64,
  SELIRQ10: 32,
  SELIRQ9: 16,
  SELIRQ6: 8,
  SELSMI: 4,
  SELIRQ12: 2,
  SELIRQ1: 1
};
var LADR4 = { LADR4_STATUS: 4294901760, LADR4_DATA: 65535 };
var LSADR12 = { LSADR2: 4294901760, LSADR1: 65535 };
var STR = {
  S1: 128,
  S0: 64,
  OEM2: 32,
  OEM1: 16,
  CD: 8,
  SMS_ATN: 4,
  IBF: 2,
  OBF: 1
};
var STR_STATE = 192;
var STR_DBU = 244;
var ALL = 4294967295;
function register(name2, size, fields, writable = size === 8 ? 255 : ALL, rest = {}) {
  return { name: name2, offset: LPC[name2], size, reset: 0, clear0: 0, clear1: 0, ...rest, writable, fields };
}
function channel(n) {
  return [
    register(`IDR${n}`, 8, {}, 0),
    register(`ODR${n}`, 8, {}),
    // IBF and C/D belong to the hardware (AST2050 §30): otherwise each read-modify-write of the state
    // bits could undo a write of the host that came in between.
    register(`STR${n}`, 8, STR, STR_DBU, { clear0: STR.OBF })
  ];
}
var LPC_REGISTERS = [
  register("HICR0", 8, HICR0),
  register("HICR1", 8, HICR1, 28),
  register("HICR2", 8, HICR2, 15, { clear0: 112 }),
  register("HICR3", 8, {}, 0),
  // the levels of pins
  register("HICR4", 8, HICR4, 255 & ~(HICR4.CLRINTLRSTR | HICR4.STSINTLRSTR)),
  register("LADR3H", 8, {}),
  register("LADR3L", 8, {}),
  register("LADR12H", 8, {}),
  // each of the two banks
  register("LADR12L", 8, {}, 255, { reset: 96 }),
  // bank 2: 0x62, the legacy 8042's second pair
  ...channel(1),
  ...channel(2),
  ...channel(3),
  register("SIRQCR0", 8, SIRQCR0, 127),
  register("SIRQCR1", 8, SIRQCR1),
  register("SIRQCR2", 8, SIRQCR2),
  register("SIRQCR3", 8, SIRQCR3),
  register("HICR5", 32, HICR5),
  register("HICR6", 32, HICR6, 0, { clear1: 3 }),
  register("HICR7", 32, {}),
  register("HICR8", 32, {}),
  register("SNPWADR", 32, {}),
  register("SNPWDR", 32, {}, 0),
  register("HICR9", 32, {}),
  register("HICRA", 32, {}),
  ...["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B"].map((n) => register(`LHCR${n}`, 32, {})),
  register("HICRB", 32, HICRB),
  register("HICRC", 32, HICRC),
  register("HISR0", 32, {}, 0, { clear1: ALL }),
  register("HISR1", 32, {}, 0, { clear1: ALL }),
  register("LADR4", 32, LADR4),
  ...channel(4),
  register("LSADR12", 32, LSADR12),
  register("PCCR0", 32, {}),
  register("PCCR1", 32, {}),
  register("PCCR2", 32, {}),
  register("PCCR3", 32, {})
];
var BY_OFFSET = new Map(LPC_REGISTERS.map((info) => [info.offset, info]));
function registerName(offset) {
  return BY_OFFSET.get(offset)?.name ?? `LPC+${hex(offset, 3)}`;
}
function shiftOf(mask) {
  return 31 - Math.clz32(mask & -mask);
}
function hex(value, digits = 2) {
  return `${(value >>> 0).toString(16).toUpperCase().padStart(digits, "0")}h`;
}
function formatStatus(value) {
  const words = [STATES[(value & STR_STATE) >> 6]];
  for (const [name2, mask] of STATUS_BITS) if ((value & mask) !== 0) words.push(name2 === "CD" ? "C/D" : name2);
  return words.join(" ");
}
var STATES = ["IDLE", "READ", "WRITE", "ERROR"];
var STATUS_BITS = Object.entries(STR).filter(([, mask]) => (mask & STR_STATE) === 0);

// src/hw/i2c/format.ts
var NAMES3 = (() => {
  const names = [];
  for (const [name2, offset] of Object.entries(I2C)) names[offset >> 2] = name2;
  return names;
})();
function i2cRegisterName(offset) {
  return NAMES3[offset >> 2] ?? `I2C+${hex(offset)}`;
}
var STATE_SHIFT = 19;
var STATE_MASK2 = 15 << STATE_SHIFT;
var STATES2 = (() => {
  const names = [];
  for (const [name2, code] of Object.entries(I2cState)) names[code] = name2;
  return names;
})();
function i2cStateName(state) {
  return STATES2[state] ?? `state ${state}`;
}
function formatI2c(offset, value) {
  const digits = value > 65535 ? 8 : value > 255 ? 4 : 2;
  const words = [`${i2cRegisterName(offset)}=${hex(value, digits)}`];
  if (offset === I2C.CMD && (value & STATE_MASK2) !== 0) words.push(i2cStateName((value & STATE_MASK2) >>> STATE_SHIFT));
  const bits = offset === I2C.CMD ? CMD : offset === I2C.INTR_STS || offset === I2C.INTR_CTRL ? INTR : {};
  for (const [name2, mask] of Object.entries(bits)) {
    if ((value & mask) !== 0 && mask !== CMD_LEVELS[name2]) words.push(name2);
  }
  return words.join(" ");
}
var CMD_LEVELS = { SDA_LEVEL: CMD.SDA_LEVEL, SCL_LEVEL: CMD.SCL_LEVEL };

// src/hw/i2c/apb.ts
var ENGINE_SHIFT = 12;
var WORD_SHIFT = 8;
var GLOBAL_WORD = 15;
var I2cRegisters = class _I2cRegisters {
  /** Which bus of the chip, 0 to 13. */
  bus;
  /** Reads I2CG00: bit n is the interrupt of bus n. */
  readGlobal;
  ops;
  engine;
  readOp;
  writeOp;
  writeWideOp;
  /** Use {@link I2cBlock.registers}, and {@link I2cRegisters.at}. */
  constructor(ops, bus, engine, frame) {
    this.ops = ops;
    this.bus = bus;
    this.engine = engine;
    const place2 = engine << ENGINE_SHIFT + 8 | frame;
    this.readOp = ops.read | place2;
    this.writeOp = ops.write | place2;
    this.writeWideOp = ops.writeWide | place2;
    this.readGlobal = this.readOp | GLOBAL_WORD << WORD_SHIFT + 8;
  }
  /** The same registers, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame) {
    return new _I2cRegisters(this.ops, this.bus, this.engine, frame);
  }
  /** Reads the register at `offset`; resumes with its 32 bits. */
  read(offset) {
    return this.readOp | offset << 14;
  }
  /** Writes 32 bits to the register at `offset`: a byte in the step itself, more by the context's `arg`. */
  write(offset, value) {
    const bits = value >>> 0;
    if (bits <= 255) return this.writeOp | offset << 14 | bits << 8;
    const ctx = this.ops.sim.current;
    if (ctx === null) throw new Error("an access is a step of a running context");
    ctx.arg = bits;
    return this.writeWideOp | offset << 14;
  }
};
function defineI2cOps(sim, block, params) {
  const footprints = new I2cFootprints(sim.ops, block.numbers);
  const engineOf = (operand) => operand >> ENGINE_SHIFT;
  const wordOf = (operand) => operand >> WORD_SHIFT & 15;
  const name2 = (operand) => wordOf(operand) === GLOBAL_WORD ? "I2CG00" : i2cRegisterName(wordOf(operand) << 2);
  return {
    sim,
    read: sim.ops.define({
      label: "register read",
      kind: "access",
      ...apbReadTiming(params),
      exec: (operand) => wordOf(operand) === GLOBAL_WORD ? block.globalInterrupts : block.engines[engineOf(operand)].read(wordOf(operand) << 2),
      footprint: (operand) => wordOf(operand) === GLOBAL_WORD ? footprints.readGlobal : footprints.read(engineOf(operand), wordOf(operand)),
      site: (operand) => `${name2(operand)} read`
    }),
    write: sim.ops.define({
      label: "register write",
      kind: "access",
      ...apbWriteTiming(params),
      exec(operand) {
        block.engines[engineOf(operand)].write(wordOf(operand) << 2, operand & 255);
        return 0;
      },
      footprint: (operand) => footprints.write(engineOf(operand), wordOf(operand)),
      site: (operand) => `${name2(operand)} write`,
      describe: (operand) => formatI2c(wordOf(operand) << 2, operand & 255).replace("=", " := ")
    }),
    writeWide: sim.ops.define({
      label: "register write",
      kind: "access",
      ...apbWriteTiming(params),
      exec(operand, ctx) {
        block.engines[engineOf(operand)].write(wordOf(operand) << 2, ctx.arg);
        return 0;
      },
      footprint: (operand) => footprints.write(engineOf(operand), wordOf(operand)),
      site: (operand) => `${name2(operand)} write`
    })
  };
}

// src/hw/i2c/audience.ts
var I2cAudience = class {
  taps = [];
  reset() {
    for (const tap of this.taps) tap.reset();
  }
  /** START or STOP, with `bits` of a byte under way: nobody is addressed any more. */
  condition(bits, stop) {
    for (const tap of this.taps) {
      tap.mode = 0;
      if (stop) tap.target.stop(bits);
      else tap.target.start(bits);
    }
  }
  /** Eight bits of an address byte are in. A chip does not address itself. Returns whether any ACKs. */
  address(byte, owns) {
    let ack = false;
    for (const tap of this.taps) {
      const matches = (tap.own === null || !owns(tap.own)) && tap.target.address(byte);
      tap.mode = matches ? (byte & 1) === 0 ? 1 : 2 : 0;
      if (matches) ack = true;
    }
    return ack;
  }
  /** Eight bits of a data byte are in. Returns whether any ACKs. */
  acks(byte) {
    let ack = false;
    for (const tap of this.taps) if (tap.mode === 1 && tap.target.acks(byte)) ack = true;
    return ack;
  }
  /** The AND of what the addressed targets send next; FFh if there is none. */
  next() {
    let byte = 255;
    for (const tap of this.taps) if (tap.mode === 2) byte &= tap.target.next();
    return byte;
  }
  /** The ACK bit of an address byte is over. */
  addressed(byte) {
    for (const tap of this.taps) if (tap.mode !== 0) tap.target.addressed(byte);
  }
  /** The ACK bit of a byte to targets is over. */
  received(byte, ack) {
    for (const tap of this.taps) if (tap.mode === 1) tap.target.received(byte, ack);
  }
  /** The ACK bit of a byte from targets is over. */
  sent(ack) {
    for (const tap of this.taps) if (tap.mode === 2) tap.target.sent(ack);
  }
};

// src/hw/i2c/port.ts
var Request = { none: 0, start: 1, write: 2, read: 3, stop: 4 };
var GLITCHES = ["none", "start", "stop"];
var I2cPort = class {
  controller;
  /** Among the ports of its bus. */
  index;
  timing;
  /** The context whose doing this is, for the trace; -1: none. */
  actor = -1;
  /** SCL low for so long is told by {@link I2cController.timedOut}, ps; 0: never. */
  timeout = 0;
  /** By how much longer SCL stays low before each byte, ps. */
  gap = 0;
  /** The same, once: before what is asked for next. */
  pause = 0;
  /** For the bus: what is asked for, since when, and the byte. */
  request = Request.none;
  since = 0;
  byte = 0;
  /** For the bus: after so many bits of the next byte the controller vanishes; -1: it does not. */
  cut = -1;
  glitch = "none";
  /** For the bus: it was told of a time-out. */
  expired = false;
  bus;
  constructor(bus, index, controller, timing) {
    this.bus = bus;
    this.index = index;
    this.controller = controller;
    this.timing = timing;
  }
  reset() {
    this.actor = -1;
    this.request = Request.none;
    this.pause = 0;
    this.cut = -1;
    this.expired = false;
  }
  /** Whether the bus is this controller's. */
  get owns() {
    return this.bus.ownedBy(this);
  }
  /** START as soon as the bus is free, or repeated START. */
  start() {
    this.ask(Request.start);
  }
  /** Sends a byte. The first after a START is the address. */
  write(byte) {
    this.byte = byte & 255;
    this.ask(Request.write);
  }
  /** Receives a byte. */
  read() {
    this.byte = 255;
    this.ask(Request.read);
  }
  /** STOP; on a bus without START a bare one. */
  stop() {
    this.ask(Request.stop);
  }
  /** In the byte that is asked for next the controller vanishes after `bits` (0-8) bits. */
  vanishAfter(bits, glitch = "none") {
    this.cut = bits;
    this.glitch = glitch;
  }
  /** The controller is gone, now: SCL and SDA are let go, wherever they are. */
  vanish(glitch = "none") {
    this.bus.vanish(this, glitch);
  }
  ask(request) {
    if (this.request !== Request.none) throw new Error("a controller asks for one thing at a time");
    this.request = request;
    this.bus.asked(this);
  }
};
var I2cTap = class {
  target;
  /** The controller of the same chip, which does not address itself; null: none. */
  own;
  /** For the bus: the target is addressed, 1 to receive, 2 to send. */
  mode = 0;
  bus;
  holding = false;
  constructor(bus, target, own) {
    this.bus = bus;
    this.target = target;
    this.own = own;
  }
  reset() {
    this.mode = 0;
    this.holding = false;
  }
  /** Whether the target keeps SCL low. */
  get holds() {
    return this.holding;
  }
  /** Keeps SCL low; only while it is low already. */
  hold() {
    if (this.holding) return;
    this.holding = true;
    this.bus.held();
  }
  /** Lets go of SCL, `delay` from now. */
  release(delay) {
    if (!this.holding) return;
    this.holding = false;
    this.bus.released(delay);
  }
  /** The target is reset: it lets go of both lines and takes no part until it is addressed again. */
  leave() {
    this.mode = 0;
    this.bus.unstick();
    this.release(0);
  }
};

// src/hw/i2c/arbitration.ts
function arbitrate(ports, owners, lostAt) {
  let left = owners;
  for (const port of ports) lostAt[port.index] = -1;
  for (let bit = 0; bit < 8; bit++) {
    let low = false;
    let condition = Request.none;
    for (const port of ports) {
      if ((left & 1 << port.index) === 0) continue;
      if (!sendsHigh(port, bit)) low = true;
      if (port.request === Request.start) condition = Request.start;
    }
    for (const port of ports) {
      if ((left & 1 << port.index) === 0) continue;
      const high = sendsHigh(port, bit);
      const loses = low ? high : condition === Request.start && port.request !== Request.start;
      if (!loses) continue;
      lostAt[port.index] = bit;
      left &= ~(1 << port.index);
    }
    if (bit === 0) left = dropStops(ports, left, lostAt);
  }
  return left;
}
function dropStops(ports, owners, lostAt) {
  let left = owners;
  let bytes = false;
  for (const port of ports) {
    if ((left & 1 << port.index) !== 0 && (port.request === Request.write || port.request === Request.read)) bytes = true;
  }
  if (!bytes) return left;
  for (const port of ports) {
    if ((left & 1 << port.index) === 0 || port.request !== Request.stop) continue;
    lostAt[port.index] = 0;
    left &= ~(1 << port.index);
  }
  return left;
}
function sendsHigh({ request, byte }, bit) {
  switch (request) {
    case Request.write:
      return (byte >> 7 - bit & 1) !== 0;
    case Request.stop:
      return false;
    default:
      return true;
  }
}

// src/hw/i2c/crew.ts
var MOST_PORTS = 16;
var I2cCrew = class {
  ports = [];
  /** Those that drive the bus, as bits by index. */
  owners = 0;
  /** One of them, whose doing all is that they do in common; null: nobody drives the bus. */
  lead = null;
  /** How many have lost in the byte under way and have not come to the bit at which they see it. */
  losses = 0;
  lostAt = new Int8Array(MOST_PORTS).fill(-1);
  reset() {
    this.leave();
    this.lostAt.fill(-1);
    this.losses = 0;
    for (const port of this.ports) port.reset();
  }
  owns(port) {
    return (this.owners & 1 << port.index) !== 0;
  }
  /** Nobody drives the bus. */
  leave() {
    this.owners = 0;
    this.lead = null;
  }
  /** These, as bits, drive the bus; the lead stays if it can. */
  set(owners) {
    this.owners = owners;
    if (this.lead === null || !this.owns(this.lead)) {
      this.lead = owners === 0 ? null : this.ports[31 - Math.clz32(owners & -owners)];
    }
  }
  /** Whether all who drive the bus have asked for what comes next. */
  get ready() {
    if (this.owners === 0) return false;
    for (const port of this.ports) if (this.owns(port) && port.request === Request.none) return false;
    return true;
  }
  /**
   * All have asked: who is left decides, and is the lead. Sets the clock of what comes (the longest tLOW, the
   * shortest tHIGH); returns when SCL rises, if no target holds it.
   */
  agree(lines) {
    const { ports, owners } = this;
    const left = this.contest();
    let rise = 0;
    lines.low = 0;
    lines.high = this.lead.timing.high;
    for (const port of ports) {
      if ((owners & 1 << port.index) === 0) continue;
      const { timing } = port;
      rise = Math.max(rise, lines.lowSince + timing.low + port.gap + port.pause);
      if (port.since > lines.lowSince) rise = Math.max(rise, port.since + timing.setupData);
      lines.low = Math.max(lines.low, timing.low);
      lines.high = Math.min(lines.high, timing.high);
      port.pause = 0;
    }
    this.set(left);
    return rise;
  }
  /** Who is left of those who drive the bus; the others are to see that they have lost. */
  contest() {
    const { owners } = this;
    if (this.losses !== 0) throw new Error("somebody who has lost was never told");
    if ((owners & owners - 1) === 0) return owners;
    const left = arbitrate(this.ports, owners, this.lostAt);
    for (let rest = owners & ~left; rest !== 0; rest &= rest - 1) this.losses++;
    return left;
  }
  /** `port` is gone: it will not see that it has lost. */
  forget(port) {
    if (this.losses === 0 || this.lostAt[port.index] < 0) return;
    this.lostAt[port.index] = -1;
    this.losses--;
  }
  /**
   * Who has won the byte under way is gone, before others have come to the bit at which they lose: they go on
   * among themselves. Returns whether there are any.
   */
  revive() {
    if (this.losses === 0) return false;
    let owners = 0;
    for (const { index } of this.ports) {
      if (this.lostAt[index] >= 0) owners |= 1 << index;
      this.lostAt[index] = -1;
    }
    this.losses = 0;
    this.owners = owners;
    this.set(this.contest());
    for (const port of this.ports) if (this.owns(port)) port.request = Request.none;
    return true;
  }
  /** The first bit at which somebody sees that he has lost; 9: none. */
  get nextLoss() {
    let first = 9;
    if (this.losses > 0) {
      for (const bit of this.lostAt) if (bit >= 0 && bit < first) first = bit;
    }
    return first;
  }
  /** Takes out one who loses at `bit`; null: there is none left. */
  loser(bit) {
    for (const port of this.ports) {
      if (this.losses === 0 || this.lostAt[port.index] !== bit) continue;
      this.lostAt[port.index] = -1;
      this.losses--;
      return port;
    }
    return null;
  }
};

// src/hw/i2c/lines.ts
var Phase4 = {
  /** No controller drives it. Next: a START, when it may come. */
  free: 0,
  /** SDA has fallen, SCL has not. */
  start: 1,
  /** SCL is low between two bytes; waits for controllers to ask and for targets to let go. */
  low: 2,
  /** Bits of a byte. Next: one of them at which something happens, or the end of the eighth. */
  bits: 3,
  /** The ninth bit. Next: its end. */
  ack: 4,
  /** SCL rises for a repeated START. Next: SDA falls. */
  restart: 5,
  /** SCL rises for a STOP. Next: SDA rises. */
  stop: 6
};
var I2cLines = class {
  phase = Phase4.free;
  /** tLOW and tHIGH of the byte under way. */
  low = 0;
  high = 0;
  /** When SCL rises, or rose, for its first bit, or for a condition. */
  rise = 0;
  /** What SDA shows in it, and in its ninth bit. */
  byte = 0;
  ack = false;
  /** SCL has been low since. */
  lowSince = 0;
  /** Targets that hold SCL, and until when those hold it that have let go. */
  holders = 0;
  heldUntil = 0;
  /** A target keeps SDA low for so many clocks more; 0: none does. */
  stuckFor = 0;
  clock;
  constructor(clock) {
    this.clock = clock;
  }
  reset() {
    this.phase = Phase4.free;
    this.low = 0;
    this.high = 0;
    this.rise = 0;
    this.lowSince = 0;
    this.holders = 0;
    this.heldUntil = 0;
    this.stuckFor = 0;
  }
  /** When SCL rises for a bit of the byte under way (0 the first, 8 ACK), and when it falls. */
  riseOf(bit) {
    return this.rise + bit * (this.low + this.high);
  }
  fallOf(bit) {
    return this.riseOf(bit) + this.high;
  }
  /** How many bits of the byte under way are clocked. */
  get clocked() {
    if (this.phase === Phase4.ack) return 8;
    const since = this.clock.now - this.rise - this.high;
    return this.phase === Phase4.bits && since >= 0 ? Math.floor(since / (this.low + this.high)) + 1 : 0;
  }
  /** Level of SCL now. */
  get scl() {
    const { now } = this.clock;
    switch (this.phase) {
      case Phase4.free:
        return this.holders === 0 && now >= this.heldUntil ? 1 : 0;
      case Phase4.start:
        return 1;
      case Phase4.low:
        return 0;
      case Phase4.bits:
      case Phase4.ack:
        return now >= this.rise && (now - this.rise) % (this.low + this.high) < this.high ? 1 : 0;
      default:
        return now >= this.rise ? 1 : 0;
    }
  }
  /** Level of SDA now; between two bytes it is taken to be high. */
  get sda() {
    switch (this.phase) {
      case Phase4.free:
        return this.stuckFor === 0 ? 1 : 0;
      case Phase4.start:
      case Phase4.stop:
        return 0;
      case Phase4.bits: {
        const bit = Math.floor((this.clock.now - this.rise + this.low) / (this.low + this.high));
        return this.byte >> 7 - Math.min(7, Math.max(0, bit)) & 1;
      }
      case Phase4.ack:
        return this.ack ? 0 : 1;
      default:
        return 1;
    }
  }
};

// src/hw/i2c/core.ts
var I2cCore = class {
  sim;
  number;
  codes;
  lines;
  crew = new I2cCrew();
  audience = new I2cAudience();
  slot;
  /** A controller lets go of the lines after `bits` bits of a byte. */
  leave = () => {
  };
  /** `fire`: the event of the bus is due. */
  constructor(sim, number, codes, fire) {
    this.sim = sim;
    this.number = number;
    this.codes = codes;
    this.lines = new I2cLines(sim);
    this.slot = sim.slot({ fire });
  }
  reset() {
    this.lines.reset();
    this.crew.reset();
    this.audience.reset();
  }
  /** The next event of the bus. */
  schedule(at) {
    this.sim.queue.schedule(this.slot, at, false);
  }
  /** Tells the trace of something that whoever drives the bus does. */
  emit(code, a, b = 0) {
    const { lead } = this.crew;
    this.sim.trace.emit(code, lead === null ? -1 : lead.actor, a, b, this.number);
  }
  /** Those who lose at `bit` see it now. */
  lose(bit) {
    for (let port = this.crew.loser(bit); port !== null; port = this.crew.loser(bit)) this.lost(port, bit);
  }
  /** `port` sees that it has lost arbitration. */
  lost(port, bit) {
    port.request = Request.none;
    this.sim.trace.emit(this.codes.arbitration, port.actor, bit, port.byte, this.number);
    port.controller.lost(bit);
  }
};

// src/hw/i2c/low-watch.ts
var LowWatch = class {
  core;
  slot;
  /** `tell` is called around the answers of controllers. */
  constructor(core, tell) {
    this.core = core;
    this.slot = core.sim.slot({ fire: () => tell(() => this.tooLong()) });
  }
  /** SCL is let go. */
  cancel() {
    this.core.sim.queue.cancel(this.slot);
  }
  /** SCL is kept low: when that is too long for the first of those who wait for it. */
  arm() {
    const { crew, lines, sim } = this.core;
    if (sim.queue.scheduled(this.slot)) return;
    let at = -1;
    for (const port of crew.ports) {
      if (!this.waits(port)) continue;
      const due = lines.lowSince + port.timeout;
      if (at < 0 || due < at) at = due;
    }
    if (at >= 0) sim.queue.schedule(this.slot, Math.max(at, sim.now), true);
  }
  waits(port) {
    return port.request !== Request.none && this.core.crew.owns(port) && port.timeout !== 0 && !port.expired;
  }
  tooLong() {
    const { crew, lines, sim, codes, number } = this.core;
    const low = sim.now - lines.lowSince;
    for (const port of crew.ports) {
      if (!this.waits(port) || port.timeout > low) continue;
      port.expired = true;
      port.request = Request.none;
      sim.trace.emit(codes.timeout, port.actor, low, 0, number);
      port.controller.timedOut();
    }
  }
};

// src/hw/i2c/trace.ts
var I2C_EVENTS = {
  start: "i2c.start",
  address: "i2c.address",
  byte: "i2c.byte",
  stop: "i2c.stop",
  stretch: "i2c.stretch",
  arbitration: "i2c.arbitration",
  timeout: "i2c.timeout",
  vanish: "i2c.vanish",
  recover: "i2c.recover"
};
var ACKED = 1;
var TO_CONTROLLER = 2;
var STUCK = 1;
function defineI2cTrace(trace) {
  const lane = "i2c";
  const section = "I2C-bus specification UM10204 \xA73.1";
  const ack = (flags) => (flags & ACKED) !== 0 ? "ACK" : "NAK";
  return {
    start: trace.define({
      name: I2C_EVENTS.start,
      lane,
      fields: ["repeated", "none", "bus"],
      section: `${section}.4`,
      text: (a, _b, c) => `I2C${c}: ${a === 0 ? "START" : "repeated START"}`
    }),
    address: trace.define({
      name: I2C_EVENTS.address,
      lane,
      fields: ["byte", "flags", "bus"],
      section: `${section}.10`,
      text: (a, b, c) => `I2C${c}: address ${hex(a >> 1)} ${(a & 1) === 0 ? "write" : "read"} ${ack(b)}`
    }),
    byte: trace.define({
      name: I2C_EVENTS.byte,
      lane,
      fields: ["byte", "flags", "bus"],
      section: `${section}.5`,
      text: (a, b, c) => `I2C${c}: ${(b & TO_CONTROLLER) === 0 ? "writes" : "reads"} ${hex(a)} ${ack(b)}`
    }),
    stop: trace.define({
      name: I2C_EVENTS.stop,
      lane,
      fields: ["bare", "none", "bus"],
      section: `${section}.4`,
      text: (a, _b, c) => `I2C${c}: STOP${a === 0 ? "" : " without START"}`
    }),
    stretch: trace.define({
      name: I2C_EVENTS.stretch,
      lane,
      fields: ["ps", "left", "bus"],
      section: `${section}.9`,
      text: (a, _b, c) => `I2C${c}: SCL is stretched by ${formatShort(a)}`
    }),
    arbitration: trace.define({
      name: I2C_EVENTS.arbitration,
      lane,
      fields: ["bit", "byte", "bus"],
      section: `${section}.8`,
      text: (a, b, c) => `I2C${c}: arbitration of ${hex(b)} is lost at bit ${a}`
    }),
    timeout: trace.define({
      name: I2C_EVENTS.timeout,
      lane,
      fields: ["ps", "none", "bus"],
      section: "SMBus 2.0 \xA73.1.1.3",
      text: (a, _b, c) => `I2C${c}: SCL low for ${formatShort(a)}: time-out`
    }),
    vanish: trace.define({
      name: I2C_EVENTS.vanish,
      lane,
      fields: ["bits", "flags", "bus"],
      section,
      text: (a, b, c) => `I2C${c}: the controller vanishes after ${a} bits${(b & STUCK) === 0 ? "" : ", SDA stays low"}`
    }),
    recover: trace.define({
      name: I2C_EVENTS.recover,
      lane,
      fields: ["clocks", "none", "bus"],
      section: `${section}.16`,
      text: (a, _b, c) => `I2C${c}: bus cleared with ${a} clocks`
    })
  };
}

// src/hw/i2c/shifter.ts
var I2cShifter = class {
  /** The next byte is an address. */
  first = false;
  core;
  /** The byte goes from targets to controllers. */
  reading = false;
  /** After so many bits of it the controller vanishes; -1: it does not. */
  cut = -1;
  owns;
  constructor(core) {
    this.core = core;
    this.owns = (port) => core.crew.owns(port);
  }
  reset() {
    this.first = false;
    this.cut = -1;
  }
  /** A byte begins; when SCL rises for it is in the lines. */
  begin(reading) {
    const { lines, crew, audience } = this.core;
    const lead = crew.lead;
    this.reading = reading;
    lines.byte = reading ? audience.next() : lead.byte;
    lines.phase = Phase4.bits;
    this.cut = lead.cut;
    lead.cut = -1;
    this.next();
  }
  /** One of several controllers has left: the others go on with what they send. */
  goOn() {
    const { lines, crew } = this.core;
    this.cut = -1;
    if (lines.phase !== Phase4.bits) return;
    if (!this.reading) lines.byte = crew.lead.byte;
    this.next();
  }
  /** Schedules the next bit at which something happens. */
  next() {
    const { core, cut } = this;
    const { lines, crew } = core;
    let at = lines.fallOf(this.reading ? 8 : 7);
    if (cut >= 0) at = Math.min(at, cut === 0 ? core.sim.now : lines.fallOf(cut - 1));
    if (crew.losses > 0) at = Math.min(at, lines.riseOf(crew.nextLoss));
    core.schedule(at);
  }
  /** That bit has come. */
  bit() {
    const { core, cut } = this;
    const { lines, crew } = core;
    const { now } = core.sim;
    if (crew.losses > 0 && lines.riseOf(crew.nextLoss) === now) core.lose(crew.nextLoss);
    if (cut === 0 || cut > 0 && now >= lines.fallOf(cut - 1)) {
      const lead = crew.lead;
      core.leave(lead, cut, lead.glitch);
      lead.controller.vanished();
    } else if (this.reading && now === lines.fallOf(8)) this.end();
    else if (!this.reading && now === lines.fallOf(7)) {
      lines.ack = this.answer();
      lines.phase = Phase4.ack;
      core.schedule(lines.fallOf(8));
    } else this.next();
  }
  /** The eighth bit is over: what the targets answer. */
  answer() {
    const { lines, audience } = this.core;
    return this.first ? audience.address(lines.byte, this.owns) : audience.acks(lines.byte);
  }
  /** The ACK bit is over. Targets hear of it first: they may hold SCL before the controller goes on. */
  end() {
    const { core, first } = this;
    const { lines, crew, audience, codes } = core;
    const { byte } = lines;
    lines.phase = Phase4.low;
    lines.lowSince = core.sim.now;
    this.first = false;
    if (this.reading) {
      const ack2 = this.readersAck(byte);
      core.emit(codes.byte, byte, (ack2 ? ACKED : 0) | TO_CONTROLLER);
      audience.sent(ack2);
      for (const port of crew.ports) if (crew.owns(port)) port.controller.received(byte);
      return;
    }
    const { ack } = lines;
    core.emit(first ? codes.address : codes.byte, byte, ack ? ACKED : 0);
    if (first) audience.addressed(byte);
    else audience.received(byte, ack);
    for (const port of crew.ports) if (crew.owns(port)) port.controller.sent(ack);
  }
  /** Of several readers, one that NAKs while another ACKs loses at the ninth bit. */
  readersAck(byte) {
    const { core } = this;
    const { crew } = core;
    let acks = 0;
    for (const port of crew.ports) if (crew.owns(port) && port.controller.acks(byte)) acks |= 1 << port.index;
    const losers = crew.owners & ~acks;
    if (acks === 0 || losers === 0) return acks !== 0;
    crew.set(acks);
    for (const port of crew.ports) if ((losers & 1 << port.index) !== 0) core.lost(port, 8);
    return true;
  }
  /** For how many clocks a target goes on to keep SDA low when the clock stops after `bits` bits. */
  drivenLow(bits) {
    const { phase, ack, byte } = this.core.lines;
    if (!this.reading) return bits >= 8 && (phase === Phase4.ack ? ack : this.answer()) ? 1 : 0;
    let clocks = 0;
    while (bits + clocks < 8 && (byte >> 7 - bits - clocks & 1) === 0) clocks++;
    return clocks;
  }
};

// src/hw/i2c/timing.ts
var STANDARD_MODE = {
  low: 5 * US,
  high: 5 * US,
  holdStart: 4 * US,
  setupStart: 4700 * NS,
  setupStop: 4 * US,
  busFree: 4700 * NS,
  setupData: 250 * NS
};
var FAST_MODE = {
  low: 1300 * NS,
  high: 1200 * NS,
  holdStart: 600 * NS,
  setupStart: 600 * NS,
  setupStop: 600 * NS,
  busFree: 1300 * NS,
  setupData: 100 * NS
};
var MILLISECOND = 1e9;
function timingOf(khz) {
  const period = Math.floor(MILLISECOND / khz);
  const mode = khz <= 100 ? STANDARD_MODE : FAST_MODE;
  const shortest = khz <= 100 ? 4700 * NS : FAST_MODE.low;
  const low = Math.max(shortest, period - Math.floor(period / 2));
  return { ...mode, low, high: period - low };
}
var AC_TIMING1 = { busFree: 28, holdStart: 24, setup: 20, high: 16, low: 12 };
function acTiming(register2, apbClock) {
  const unit = apbClock * (1 << (register2 & 15));
  const time = (shift) => ((register2 >>> shift & 15) + 1) * unit;
  return {
    low: time(AC_TIMING1.low),
    high: time(AC_TIMING1.high),
    holdStart: time(AC_TIMING1.holdStart),
    setupStart: time(AC_TIMING1.setup),
    setupStop: time(AC_TIMING1.setup),
    busFree: time(AC_TIMING1.busFree),
    setupData: apbClock
  };
}
function acTimeout(timing1, timing2, apbClock) {
  return (timing2 & 31) * (16384 << 2 * (timing1 >> 8 & 3)) * apbClock;
}
var IDLE_HIGH = 50 * US;

// src/hw/i2c/bus.ts
var I2cBus = class {
  number;
  /** START was seen, and no STOP since. */
  busy = false;
  sim;
  core;
  shifter;
  low;
  /** A START has been seen since the bus was last taken. */
  begun = false;
  /** A condition is under way, and bytes that have lost against it: they see that when SCL rises. */
  contested = false;
  /** The bus became free at, by a STOP, and with so many bits of a byte that nobody ended. */
  idleSince = 0;
  stopped = true;
  bitsLeft = 0;
  /** Calls to participants are under way: what they ask for is begun afterwards. */
  telling = false;
  constructor(sim, number, codes = defineI2cTrace(sim.trace)) {
    this.sim = sim;
    this.number = number;
    this.core = new I2cCore(sim, number, codes, () => this.fire());
    this.core.leave = (port, bits, glitch) => this.leave(port, bits, glitch);
    this.shifter = new I2cShifter(this.core);
    this.low = new LowWatch(this.core, (told2) => {
      this.telling = true;
      told2();
      this.telling = false;
      this.settle();
    });
    sim.onReset(() => this.reset());
  }
  /** Nobody drives the bus, and it has been free for long. */
  reset() {
    this.busy = false;
    this.core.reset();
    this.shifter.reset();
    this.begun = false;
    this.contested = false;
    this.idleSince = -IDLE_HIGH;
    this.stopped = true;
    this.bitsLeft = 0;
    this.telling = false;
  }
  /** Adds a controller. */
  attach(controller, timing = STANDARD_MODE) {
    const { ports } = this.core.crew;
    if (ports.length >= MOST_PORTS) throw new RangeError("no room for another controller");
    const port = new I2cPort(this, ports.length, controller, timing);
    ports.push(port);
    return port;
  }
  /** Adds a target; `own`: the controller on the same pins. */
  addTarget(target, own = null) {
    const tap = new I2cTap(this, target, own);
    this.core.audience.taps.push(tap);
    return tap;
  }
  /** Level of SCL now. */
  get scl() {
    return this.core.lines.scl;
  }
  /** Level of SDA now. */
  get sda() {
    return this.core.lines.sda;
  }
  // ---- for ports and taps -------------------------------------------------------------------
  ownedBy(port) {
    return this.core.crew.owns(port);
  }
  /** `port` has asked for something. */
  asked(port) {
    port.since = this.sim.now;
    this.settle();
  }
  held() {
    this.core.lines.holders++;
  }
  released(delay) {
    const { lines } = this.core;
    lines.holders--;
    lines.heldUntil = Math.max(lines.heldUntil, this.sim.now + delay);
    if (lines.phase === Phase4.free) this.idleSince = Math.max(this.idleSince, lines.heldUntil);
    this.settle();
  }
  /** The target that kept SDA low lets go. */
  unstick() {
    const { lines } = this.core;
    if (lines.stuckFor === 0) return;
    lines.stuckFor = 0;
    this.idleSince = this.sim.now;
    this.settle();
  }
  /** `port` lets go of the lines, and forgets what it asked for. */
  vanish(port, glitch) {
    port.request = Request.none;
    port.cut = -1;
    if (this.ownedBy(port)) this.leave(port, this.core.lines.clocked, glitch);
    else this.core.crew.forget(port);
    this.settle();
  }
  // ---- events -------------------------------------------------------------------------------
  /** The event of the phase is due. */
  fire() {
    this.telling = true;
    switch (this.core.lines.phase) {
      case Phase4.free:
        this.grant();
        break;
      case Phase4.start:
        this.sclFalls();
        break;
      case Phase4.bits:
        this.shifter.bit();
        break;
      case Phase4.ack:
        this.shifter.end();
        break;
      case Phase4.restart:
        if (!this.conditionContested()) this.sdaFalls(1);
        break;
      case Phase4.stop:
        if (!this.conditionContested()) this.sdaRises();
        break;
      default:
        throw new Error(`I2C${this.number} has an event while SCL is low`);
    }
    this.telling = false;
    this.settle();
  }
  /** Goes on as far as controllers have asked and targets have let go. */
  settle() {
    if (this.telling) return;
    const { lines, crew } = this.core;
    if (lines.phase === Phase4.free) this.arm();
    else if (lines.phase === Phase4.low) {
      if (crew.ready && lines.holders === 0) this.begin();
      else this.low.arm();
    }
  }
  // ---- free, and START ------------------------------------------------------------------------
  /** When `port` may take the bus. */
  eligible(port) {
    return Math.max(port.since, this.idleSince + (this.stopped ? port.timing.busFree : IDLE_HIGH));
  }
  /** Schedules the next taking of the bus. */
  arm() {
    const { sim, core } = this;
    let at = -1;
    for (const port of core.crew.ports) {
      if (port.request === Request.none) continue;
      const due = this.eligible(port);
      if (at < 0 || due < at) at = due;
    }
    if (at < 0 || core.lines.holders !== 0) sim.queue.cancel(core.slot);
    else core.schedule(Math.max(at, core.lines.heldUntil, sim.now));
  }
  grant() {
    const { crew, lines } = this.core;
    const { now } = this.sim;
    for (const port of crew.ports) {
      if (port.request === Request.none || this.eligible(port) > now) continue;
      if (port.request === Request.start && lines.stuckFor !== 0) {
        port.request = Request.none;
        port.controller.stuck();
        continue;
      }
      crew.set(1 << port.index);
      if (port.request === Request.start) {
        this.sdaFalls(0);
        crew.owners = 0;
      } else {
        this.begun = false;
        this.shifter.first = false;
        lines.lowSince = now;
        lines.phase = Phase4.low;
      }
      return;
    }
  }
  sdaFalls(repeated) {
    const { core } = this;
    core.emit(core.codes.start, repeated);
    this.condition(false);
    this.busy = true;
    this.begun = true;
    core.lines.phase = Phase4.start;
    core.schedule(this.sim.now + core.crew.lead.timing.holdStart);
  }
  sclFalls() {
    const { crew, lines } = this.core;
    const { now } = this.sim;
    let { owners } = crew;
    if (owners === 0) {
      for (const port of crew.ports) {
        if (port.request === Request.start && this.eligible(port) <= now) owners |= 1 << port.index;
      }
      crew.set(owners);
    }
    this.stopped = false;
    if (owners === 0) {
      this.free();
      return;
    }
    lines.phase = Phase4.low;
    lines.lowSince = now;
    this.shifter.first = true;
    for (const port of crew.ports) {
      if (!crew.owns(port)) continue;
      port.request = Request.none;
      port.controller.started();
    }
  }
  // ---- SCL low: the next byte or condition ----------------------------------------------------
  begin() {
    const { core } = this;
    const { lines, crew } = core;
    this.low.cancel();
    const ready = crew.agree(lines);
    lines.rise = Math.max(ready, lines.heldUntil);
    if (lines.rise > ready) core.emit(core.codes.stretch, lines.rise - ready, Math.min(lines.rise - this.sim.now, lines.rise - ready));
    const { request } = crew.lead;
    for (const port of crew.ports) if (crew.owns(port)) port.request = Request.none;
    if (request === Request.write || request === Request.read) this.shifter.begin(request === Request.read);
    else {
      lines.phase = request === Request.start ? Phase4.restart : Phase4.stop;
      this.contested = crew.losses > 0;
      if (this.contested) core.schedule(lines.rise);
      else this.conditionComes();
    }
  }
  /** SCL rises for a condition: who has sent the first bit of a byte sees that it is none. */
  conditionContested() {
    if (!this.contested) return false;
    this.contested = false;
    this.core.lose(0);
    this.conditionComes();
    return true;
  }
  conditionComes() {
    const { core } = this;
    const { timing } = core.crew.lead;
    const setup = core.lines.phase === Phase4.restart ? timing.setupStart : this.clearing() + timing.setupStop;
    core.schedule(core.lines.rise + setup);
  }
  sdaRises() {
    const { core } = this;
    const { crew } = core;
    const { owners } = crew;
    core.emit(core.codes.stop, this.begun ? 0 : 1);
    this.busy = false;
    this.stopped = true;
    this.free();
    this.condition(true);
    for (const port of crew.ports) {
      if ((owners & 1 << port.index) === 0) continue;
      port.expired = false;
      port.controller.stopped();
    }
  }
  condition(stop) {
    const bits = this.bitsLeft;
    this.bitsLeft = 0;
    this.core.audience.condition(bits, stop);
  }
  free() {
    this.core.lines.phase = Phase4.free;
    this.core.crew.leave();
    this.idleSince = this.sim.now;
  }
  // ---- when it goes wrong ---------------------------------------------------------------------
  /** `port` lets go after `bits` bits of a byte; if it was alone, the bus is nobody's. */
  leave(port, bits, glitch) {
    const { core, telling } = this;
    const { lines, crew, codes } = core;
    port.expired = false;
    port.request = Request.none;
    const others = crew.owners & ~(1 << port.index);
    if (others !== 0) crew.set(others);
    if (others !== 0 || lines.phase === Phase4.bits && crew.revive()) {
      this.shifter.goOn();
      return;
    }
    core.lose(0);
    const inByte = lines.phase === Phase4.bits || lines.phase === Phase4.ack;
    if (inByte) lines.stuckFor = this.shifter.drivenLow(bits);
    core.emit(codes.vanish, bits, (lines.stuckFor === 0 ? 0 : STUCK) | (inByte ? lines.byte << 8 : 0));
    this.sim.queue.cancel(core.slot);
    this.low.cancel();
    this.free();
    this.stopped = false;
    this.bitsLeft = bits;
    this.telling = true;
    if (glitch === "start") {
      core.emit(codes.start, 1);
      this.busy = true;
      this.condition(false);
    } else if (glitch === "stop") {
      core.emit(codes.stop, 0);
      this.busy = false;
      this.stopped = true;
      this.condition(true);
    }
    this.telling = telling;
  }
  /** A STOP on a bus whose SDA is kept low: clocks first, until it is let go (UM10204 §3.1.16). */
  clearing() {
    const { core } = this;
    const { lines } = core;
    const clocks = lines.stuckFor;
    if (clocks === 0) return 0;
    core.emit(core.codes.recover, clocks);
    lines.stuckFor = 0;
    this.bitsLeft = Math.min(8, this.bitsLeft + clocks);
    return clocks * (lines.low + lines.high);
  }
};

// src/hw/i2c/initiator.ts
var M_COMMANDS = CMD.M_START | CMD.M_TX | CMD.M_RX | CMD.M_S_RX_CMD_LAST | CMD.M_STOP;
var M_RECEIVE = CMD.M_RX | CMD.M_S_RX_CMD_LAST;
var AspeedInitiator = class {
  /** CMD [22:19] in controller mode. */
  state = I2cState.IDLE;
  /** Commands that are for controller mode: {@link CMD.M_S_RX_CMD_LAST} may be for the target instead. */
  mine = 0;
  /** Something was asked of the bus and is not over. */
  waiting = false;
  addressing = false;
  /** The STOP under way ends a transaction. */
  stopping = false;
  engine;
  port;
  constructor(engine) {
    this.engine = engine;
  }
  reset() {
    this.state = I2cState.IDLE;
    this.mine = 0;
    this.waiting = false;
    this.addressing = false;
    this.stopping = false;
  }
  /** CMD was written, with `commands` for controller mode. */
  command(commands) {
    this.mine = commands;
    this.run();
  }
  /** The engine is reset or its controller mode switched off. */
  off() {
    this.reset();
    this.port.vanish();
  }
  /** Whether LAST in CMD is this mode's. */
  get expectsLast() {
    return (this.mine & CMD.M_S_RX_CMD_LAST) !== 0;
  }
  /** Does the next thing that CMD asks for, if nothing is under way. */
  run() {
    const { engine, port } = this;
    if (this.waiting) return;
    const cmd = engine.cmd & this.mine;
    if ((cmd & CMD.M_START) !== 0) {
      this.state = (this.state & 8) === 0 ? I2cState.MSTART : I2cState.MSTARTR;
      this.waiting = true;
      port.start();
    } else if ((cmd & CMD.M_TX) !== 0) {
      this.state = I2cState.MTXD;
      this.waiting = true;
      port.write(engine.byteBuf);
    } else if ((cmd & M_RECEIVE) !== 0 && (engine.intrSts & INTR.RX_DONE) === 0) {
      this.state = I2cState.MRXD;
      this.waiting = true;
      port.read();
    } else if ((cmd & CMD.M_STOP) !== 0) {
      this.stopping = (this.state & 8) !== 0;
      this.state = I2cState.MSTOP;
      this.waiting = true;
      port.stop();
    }
  }
  /** What was asked of the bus is over. */
  done(clear2, state, status) {
    const { engine } = this;
    this.waiting = false;
    this.state = state;
    engine.cmd &= ~clear2;
    engine.latch(status);
    this.run();
  }
  started() {
    this.addressing = true;
    this.state = I2cState.MTXD;
    this.port.write(this.engine.byteBuf);
  }
  sent(ack) {
    let clear2 = CMD.M_TX;
    if (this.addressing) {
      this.addressing = false;
      clear2 |= CMD.M_START;
      if (!ack) clear2 |= M_RECEIVE | CMD.M_STOP;
    }
    this.done(clear2, I2cState.MACTIVE, ack ? INTR.TX_ACK : INTR.TX_NAK);
  }
  acks() {
    return (this.engine.cmd & CMD.M_S_RX_CMD_LAST) === 0;
  }
  received(byte) {
    this.engine.receive(byte);
    this.done(M_RECEIVE, I2cState.MACTIVE, INTR.RX_DONE);
  }
  stopped() {
    this.done(CMD.M_STOP, I2cState.IDLE, this.stopping ? INTR.NORMAL_STOP : INTR.ABNORMAL);
  }
  lost() {
    this.giveUp(INTR.ARBIT_LOSS);
  }
  timedOut() {
    this.port.vanish();
    this.giveUp(INTR.SCL_TIMEOUT);
  }
  vanished() {
    this.reset();
  }
  stuck() {
    this.giveUp(INTR.SDA_DL_TIMEOUT);
  }
  giveUp(status) {
    this.addressing = false;
    this.done(M_COMMANDS, I2cState.IDLE, status);
  }
};

// src/hw/i2c/target.ts
var AspeedTarget = class {
  /** None, addressed to receive, addressed to send. */
  active = 0;
  /** A byte must be given by S_TX before the controller may clock it. */
  wanted = false;
  engine;
  params;
  tap;
  constructor(engine, params) {
    this.engine = engine;
    this.params = params;
  }
  reset() {
    this.active = 0;
    this.wanted = false;
  }
  /** The engine is reset or its target mode switched off. */
  off() {
    this.reset();
    this.tap.leave();
  }
  /** Whether the engine is addressed as target. */
  get addressedNow() {
    return this.active !== 0;
  }
  /** CMD [22:19] in target mode. */
  get state() {
    return this.active === 0 ? I2cState.IDLE : this.active === 1 ? I2cState.SRXD : I2cState.STXD;
  }
  /** RX_DONE was cleared, or S_TX written: may SCL rise? */
  settle() {
    const { engine } = this;
    if (!this.tap.holds || (engine.intrSts & INTR.RX_DONE) !== 0) return;
    if (this.wanted && (engine.cmd & CMD.S_TX) === 0) return;
    this.tap.release(this.params.i2cSclRelease);
  }
  // ---- the bus ------------------------------------------------------------------------------
  start(bits) {
    if (this.active !== 0 && bits > 0 && this.params.i2cMidByte !== 0) this.engine.latch(INTR.ABNORMAL);
    this.end();
  }
  address(byte) {
    const { engine } = this;
    return (engine.funCtrl & FUN_CTRL.SLAVE_EN) !== 0 && byte >> 1 === (engine.devAddr & 127);
  }
  addressed(byte) {
    const { engine } = this;
    this.active = (byte & 1) === 0 ? 1 : 2;
    this.wanted = this.active === 2 && this.params.i2cStretchTx !== 0;
    engine.receive(byte);
    this.tap.hold();
    engine.latch(INTR.SLAVE_MATCH | INTR.RX_DONE);
  }
  acks() {
    return (this.engine.cmd & CMD.M_S_RX_CMD_LAST) === 0;
  }
  received(byte, ack) {
    const { engine } = this;
    engine.receive(byte);
    if (!ack) engine.cmd &= ~CMD.M_S_RX_CMD_LAST;
    if (!ack && this.params.i2cRxDoneOnNak === 0) return;
    this.tap.hold();
    engine.latch(INTR.RX_DONE);
  }
  next() {
    const { engine } = this;
    engine.cmd &= ~CMD.S_TX;
    return engine.byteBuf & 255;
  }
  sent(ack) {
    if (ack) {
      this.wanted = this.params.i2cStretchTx !== 0;
      if (this.wanted && (this.engine.cmd & CMD.S_TX) === 0) this.tap.hold();
    }
    this.engine.latch(ack ? INTR.TX_ACK : INTR.TX_NAK);
  }
  stop(bits) {
    if (this.active === 0) return;
    this.end();
    const how = this.params.i2cMidByte;
    const status = bits === 0 || how === 0 ? INTR.NORMAL_STOP : how === 1 ? INTR.ABNORMAL : INTR.ABNORMAL | INTR.NORMAL_STOP;
    this.engine.latch(status);
  }
  /** Not addressed any more: what was to happen to the next byte is void. */
  end() {
    if (this.active === 0) return;
    this.active = 0;
    this.wanted = false;
    if (this.params.i2cCommandSticks === 0) this.engine.dropTargetCommands();
  }
};

// src/hw/i2c/controller.ts
var WRITABLE = [
  7455743,
  // FUN_CTRL
  4294967295,
  // AC_TIMING1
  31,
  // AC_TIMING2
  65535,
  // INTR_CTRL
  0,
  // INTR_STS: written 1 to clear
  0,
  // CMD
  32767,
  // DEV_ADDR
  16777215,
  // POOL_CTRL
  0,
  // BYTE_BUF: the low byte
  4294967292,
  // DMA address, on the AST2500 kept and not used here
  4095
  // DMA length
];
var WORDS2 = WRITABLE.length;
var COMMANDS2 = 65535;
var AspeedI2c = class {
  target;
  initiator;
  /** INTR_STS. */
  intrSts = 0;
  /** CMD [15:0]: commands that are not done. */
  cmd = 0;
  /** BYTE_BUF: [15:8] received, [7:0] to transmit. */
  byteBuf = 0;
  /** Level of the engine's interrupt. */
  line = 0;
  /** Called when the engine's interrupt rises (1) or falls (0). */
  onLine = () => {
  };
  bus;
  params;
  regs = new Uint32Array(WORDS2);
  constructor(sim, bus, params) {
    this.bus = bus;
    this.params = params;
    this.initiator = new AspeedInitiator(this);
    this.target = new AspeedTarget(this, params);
    this.initiator.port = bus.attach(this.initiator);
    this.target.tap = bus.addTarget(this.target, this.initiator.port);
    this.toReset();
    sim.onReset(() => this.reset());
  }
  get funCtrl() {
    return this.regs[I2C.FUN_CTRL >> 2];
  }
  get devAddr() {
    return this.regs[I2C.DEV_ADDR >> 2];
  }
  /** Power-on: all registers 0, and nobody is told. */
  reset() {
    this.toReset();
    this.initiator.reset();
    this.target.reset();
    this.line = 0;
  }
  /** The BMC is reset while the system runs: the engine lets go of its lines, wherever they are. */
  bmcReset() {
    this.toReset();
    this.initiator.off();
    this.target.off();
    this.settleLine();
  }
  /** The BMC reads the register at byte `offset`: an unsigned value of 32 bits. */
  read(offset) {
    switch (offset) {
      case I2C.INTR_STS: {
        const { i2cAddressPending: bit } = this.params;
        const match = INTR.SLAVE_MATCH | INTR.RX_DONE;
        return bit !== 0 && (this.intrSts & match) === match ? (this.intrSts | 1 << bit) >>> 0 : this.intrSts;
      }
      case I2C.CMD:
        return this.cmd | this.busState();
      case I2C.BYTE_BUF:
        return this.byteBuf;
      default:
        return offset >> 2 < WORDS2 ? this.regs[offset >> 2] : 0;
    }
  }
  /** The BMC writes `value` (32 bits) to the register at byte `offset`. */
  write(offset, value) {
    switch (offset) {
      case I2C.INTR_STS:
        this.acknowledge(value);
        return;
      case I2C.CMD:
        this.command(value);
        return;
      case I2C.BYTE_BUF:
        this.byteBuf = this.byteBuf & 65280 | value & 255;
        return;
      default:
    }
    const word = offset >> 2;
    if (word >= WORDS2) return;
    this.regs[word] = value & WRITABLE[word];
    if (offset === I2C.FUN_CTRL) this.enable();
    else if (offset === I2C.INTR_CTRL) this.settleLine();
    else if (offset === I2C.AC_TIMING1 || offset === I2C.AC_TIMING2) this.retime();
  }
  // ---- for controller and target mode -------------------------------------------------------
  /** Bits of INTR_STS are set, enabled or not. */
  latch(status) {
    this.intrSts |= status;
    this.settleLine();
  }
  /** A byte has come. */
  receive(byte) {
    this.byteBuf = byte << 8 | this.byteBuf & 255;
  }
  /** S_TX and LAST, as far as they are meant for target mode, are void. */
  dropTargetCommands() {
    this.cmd &= ~(CMD.S_TX | (this.initiator.expectsLast ? 0 : CMD.M_S_RX_CMD_LAST));
  }
  // ---- effects of writes ----------------------------------------------------------------------
  acknowledge(status) {
    this.intrSts &= ~status;
    this.settleLine();
    if ((status & INTR.RX_DONE) === 0) return;
    this.target.settle();
    this.initiator.run();
  }
  command(value) {
    const { funCtrl, target } = this;
    let accepted = 0;
    if ((funCtrl & FUN_CTRL.MASTER_EN) !== 0) accepted = COMMANDS2;
    if ((funCtrl & FUN_CTRL.SLAVE_EN) !== 0) accepted |= CMD.S_TX | CMD.M_S_RX_CMD_LAST;
    if (accepted === 0) return;
    this.cmd = value & accepted;
    if ((value & CMD.S_TX) !== 0) target.settle();
    if ((funCtrl & FUN_CTRL.MASTER_EN) === 0) return;
    const commands = this.cmd & M_COMMANDS;
    this.initiator.command(target.addressedNow && commands === CMD.M_S_RX_CMD_LAST ? 0 : commands);
  }
  enable() {
    const { funCtrl } = this;
    if ((funCtrl & FUN_CTRL.SLAVE_EN) === 0) this.target.off();
    if ((funCtrl & FUN_CTRL.MASTER_EN) === 0) {
      this.cmd &= ~M_COMMANDS;
      this.initiator.off();
    }
  }
  retime() {
    const { port } = this.initiator;
    const timing1 = this.regs[I2C.AC_TIMING1 >> 2];
    port.timing = acTiming(timing1, this.params.i2cApbClock);
    port.timeout = acTimeout(timing1, this.regs[I2C.AC_TIMING2 >> 2], this.params.i2cApbClock);
  }
  busState() {
    const { bus } = this;
    const state = this.initiator.state === I2cState.IDLE ? this.target.state : this.initiator.state;
    let bits = state << STATE_SHIFT & STATE_MASK2;
    if (bus.busy) bits |= CMD.BUS_BUSY;
    if (bus.sda !== 0) bits |= CMD.SDA_LEVEL;
    if (bus.scl !== 0) bits |= CMD.SCL_LEVEL;
    return bits;
  }
  settleLine() {
    const { i2cMatchInterrupts } = this.params;
    const enabled = this.regs[I2C.INTR_CTRL >> 2] | (i2cMatchInterrupts === 0 ? 0 : INTR.SLAVE_MATCH);
    const line = (this.intrSts & enabled) === 0 ? 0 : 1;
    if (line === this.line) return;
    this.line = line;
    this.onLine(line);
  }
  toReset() {
    this.regs.fill(0);
    this.intrSts = 0;
    this.cmd = 0;
    this.byteBuf = 0;
    this.retime();
  }
};

// src/hw/i2c/block.ts
var I2C_BUSES = 14;
var MOST_BUSES = 8;
var I2cBlock = class {
  /** The buses that exist, 0 to 13. */
  numbers;
  engines;
  /** I2CG00: bit n is the interrupt of bus n. */
  globalInterrupts = 0;
  /** Called when the shared line rises (1) or falls (0). */
  onLine = () => {
  };
  buses;
  ops;
  constructor(sim, numbers, params, apb) {
    for (const n of numbers) {
      if (!(Number.isInteger(n) && n >= 0 && n < I2C_BUSES)) throw new RangeError(`the AST2500 has no I2C bus ${n}`);
    }
    if (new Set(numbers).size !== numbers.length || numbers.length > MOST_BUSES) {
      throw new RangeError(`at most ${MOST_BUSES} different I2C buses, not ${numbers.join(", ")}`);
    }
    this.numbers = numbers;
    const codes = defineI2cTrace(sim.trace);
    this.buses = numbers.map((n) => new I2cBus(sim, n, codes));
    this.engines = this.buses.map((bus) => new AspeedI2c(sim, bus, params));
    for (const [i, engine] of this.engines.entries()) {
      const bit = 1 << numbers[i];
      engine.onLine = (level) => this.hold(level === 0 ? this.globalInterrupts & ~bit : this.globalInterrupts | bit);
    }
    this.ops = defineI2cOps(sim, this, apb);
    sim.onReset(() => {
      this.globalInterrupts = 0;
    });
  }
  /** The wires of bus `n`. */
  bus(n) {
    return this.buses[this.indexOf(n)];
  }
  /** The engine of bus `n`, without time. */
  engine(n) {
    return this.engines[this.indexOf(n)];
  }
  /** The registers of bus `n` as steps of the BMC. */
  registers(n) {
    return new I2cRegisters(this.ops, n, this.indexOf(n), 0);
  }
  /** The BMC alone is reset: the engines let go of their lines, the buses go on. */
  bmcReset() {
    for (const engine of this.engines) engine.bmcReset();
  }
  indexOf(n) {
    const index = this.numbers.indexOf(n);
    if (index < 0) throw new RangeError(`I2C bus ${n} is not built in this system`);
    return index;
  }
  hold(interrupts2) {
    const was = this.globalInterrupts !== 0;
    this.globalInterrupts = interrupts2;
    const is = interrupts2 !== 0;
    if (was !== is) this.onLine(is ? 1 : 0);
  }
};

// src/hw/i2c/params.ts
var I2C_PARAMETERS = [
  {
    name: "i2cApbClock",
    default: 40404,
    min: 4e4,
    max: 80808,
    unit: "ps",
    source: "B",
    text: "clock of the APB, 24.75 MHz, of which AC_TIMING1 makes the bus clock (clk-aspeed.c)"
  },
  {
    name: "i2cSclRelease",
    default: 1e6,
    min: 1e5,
    max: 5e6,
    unit: "ps",
    source: "C",
    text: "from the acknowledgement of RX_DONE, or S_TX, until SCL is let go"
  },
  {
    name: "i2cMatchInterrupts",
    default: 0,
    min: 0,
    max: 1,
    unit: "flag",
    source: "B",
    text: "SLAVE_MATCH interrupts: 0 if enabled in INTR_CTRL as any other bit, 1 always (as by QEMU)"
  },
  {
    name: "i2cRxDoneOnNak",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "a byte that the target has NAKed still sets RX_DONE (as by QEMU); unverified on silicon"
  },
  {
    name: "i2cStretchTx",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "B",
    text: "read direction: SCL is held until S_TX; 0: the byte in BYTE_BUF is sent as it is (i2c-aspeed.c needs 1)"
  },
  {
    name: "i2cCommandSticks",
    default: 0,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "S_TX or RX_CMD_LAST that the target has not used: 0 void at the next START or STOP, 1 kept for the next byte"
  },
  {
    name: "i2cAddressPending",
    default: 0,
    min: 0,
    max: 30,
    unit: "choice",
    source: "B",
    text: "bit of INTR_STS that shows an address byte not yet taken: 29 or 30 (newer and older QEMU), 0 none"
  },
  {
    name: "i2cMidByte",
    default: 2,
    min: 0,
    max: 2,
    unit: "choice",
    source: "C",
    text: "START or STOP in mid-byte, as target: 0 NORMAL_STOP for a STOP, 1 ABNORMAL, 2 ABNORMAL and NORMAL_STOP"
  },
  {
    name: "smbusKhz",
    default: 100,
    min: 10,
    max: 400,
    unit: "choice",
    source: "A",
    text: "speed of the host's SMBus controller, kHz: 100, 400 (I2C bus specification, SMBus 2.0 \xA73.1.1)"
  },
  {
    name: "smbusSetup",
    default: 8e6,
    min: 0,
    max: 1e9,
    unit: "ps",
    source: "C",
    text: "the host programs its SMBus controller: about eight port writes of 1 us"
  },
  {
    name: "smbusDone",
    default: 5e6,
    min: 0,
    max: 1e10,
    unit: "ps",
    source: "C",
    text: "from STOP until the host's software goes on: an interrupt; 250 us and more where it polls"
  },
  {
    name: "smbusByteGap",
    default: 0,
    min: 0,
    max: 1e10,
    unit: "ps",
    source: "A",
    text: "how much longer the host keeps SCL low between two bytes; at most tLOW:MEXT (SMBus 2.0 \xA73.1.1)"
  },
  {
    name: "smbusTimeout",
    default: 3e10,
    min: 25e9,
    max: 35e9,
    unit: "ps",
    source: "A",
    text: "SCL low for so long ends the transaction of the host: tTIMEOUT (SMBus 2.0 \xA73.1.1)"
  },
  {
    name: "smbusTimeoutStop",
    default: 1,
    min: 0,
    max: 1,
    unit: "flag",
    source: "C",
    text: "after tTIMEOUT the host sends a STOP as soon as SCL is let go (SMBus 2.0 \xA73.1.1.3); 0: it sends none"
  },
  {
    name: "smbusBadCount",
    default: 0,
    min: 0,
    max: 1,
    unit: "choice",
    source: "C",
    text: "block read with a count of 0 or over 32: 0 the host NAKs the count, 1 it ACKs it and takes one byte more"
  }
];
function i2cParams(overrides = {}) {
  const all = parameterValues(I2C_PARAMETERS, overrides);
  if (![0, 29, 30].includes(all.i2cAddressPending)) throw new RangeError("i2cAddressPending is 0, 29 or 30");
  return all;
}

// src/hw/lpc/register-map.ts
var WORDS3 = 128;
var Kind = {
  /** Reads 0, ignores writes. */
  none: 0,
  /** Keeps what it is given, by the masks below. */
  stored: 1,
  /** LADR12H and LADR12L: two of each. */
  banked: 2,
  idr: 3,
  odr: 4,
  str: 5
};
var Effect = {
  /** Which host port reaches which channel. */
  decode: 1,
  /** The interrupt to the BMC's CPU. */
  interrupt: 2,
  /** The interrupt requests to the host. */
  serirq: 4
};
var KIND = new Uint8Array(WORDS3);
var CHANNEL = new Uint8Array(WORDS3);
var EFFECT = new Uint8Array(WORDS3);
var RESET = new Uint32Array(WORDS3);
var WRITABLE2 = new Uint32Array(WORDS3);
var CLEAR0 = new Uint32Array(WORDS3);
var CLEAR1 = new Uint32Array(WORDS3);
for (const info of LPC_REGISTERS) {
  const word = info.offset >> 2;
  KIND[word] = Kind.stored;
  RESET[word] = info.reset;
  WRITABLE2[word] = info.writable;
  CLEAR0[word] = info.clear0;
  CLEAR1[word] = info.clear1;
}
for (const c of [1, 2, 3, 4]) {
  for (const [offset, kind] of [
    [LPC[`IDR${c}`], Kind.idr],
    [LPC[`ODR${c}`], Kind.odr],
    [LPC[`STR${c}`], Kind.str]
  ]) {
    KIND[offset >> 2] = kind;
    CHANNEL[offset >> 2] = c - 1;
  }
}
KIND[LPC.LADR12H >> 2] = Kind.banked;
KIND[LPC.LADR12L >> 2] = Kind.banked;
for (const [name2, effect] of [
  ["HICR0", Effect.decode | Effect.interrupt],
  ["HICR2", Effect.interrupt],
  ["HICR4", Effect.decode | Effect.interrupt],
  ["LADR3H", Effect.decode],
  ["LADR3L", Effect.decode],
  ["LADR12H", Effect.decode],
  ["LADR12L", Effect.decode],
  ["HICRB", Effect.decode | Effect.interrupt],
  ["LADR4", Effect.decode],
  ["LSADR12", Effect.decode],
  ["SIRQCR0", Effect.serirq],
  ["SIRQCR2", Effect.serirq],
  ["HICR5", Effect.serirq],
  ["HICRC", Effect.serirq]
]) {
  EFFECT[LPC[name2] >> 2] = effect;
}

// src/hw/lpc/host-irq.ts
var HostIrqs = class {
  regs;
  channels;
  params;
  /** Interrupts that each channel may request now, as bits by IRQ number. */
  enabled = new Int32Array(4);
  /** Channels, as bits, whose request does not wait for OBF. */
  direct = 0;
  /** Interrupts requested, as bits by IRQ number. */
  requested = 0;
  /** Called for each interrupt whose request begins (level 1) or ends (0). */
  onRequest = () => {
  };
  constructor(regs, channels, params) {
    this.regs = regs;
    this.channels = channels;
    this.params = params;
  }
  /** Forgets everything without a word. */
  reset() {
    this.enabled.fill(0);
    this.direct = 0;
    this.requested = 0;
  }
  /** Follows SIRQCR0, SIRQCR2, HICR5 and HICRC. */
  refresh() {
    const { regs, enabled } = this;
    const sirqcr0 = regs[LPC.SIRQCR0 >> 2];
    const hicr5 = regs[LPC.HICR5 >> 2];
    const hicrc = regs[LPC.HICRC >> 2];
    enabled[0] = ((sirqcr0 & SIRQCR0.IRQ1E1) !== 0 ? 1 << 1 : 0) | ((sirqcr0 & SIRQCR0.IRQ12E1) !== 0 ? 1 << 12 : 0);
    enabled[1] = (hicr5 & HICR5.IRQXE2) !== 0 ? 1 << ((hicr5 & HICR5.ID2IRQX) >> ID2) : 0;
    enabled[2] = (hicr5 & HICR5.IRQXE3) !== 0 ? 1 << ((hicr5 & HICR5.ID3IRQX) >> ID3) : 0;
    enabled[3] = (hicrc & HICRC.IRQXE4) !== 0 ? 1 << ((hicrc & HICRC.ID4IRQX) >> ID4) : 0;
    this.direct = (sirqcr0 & SIRQCR0.IEDIR) !== 0 ? 3 : 0;
    if ((regs[LPC.SIRQCR2 >> 2] & SIRQCR2.IEDIR3) !== 0) this.direct |= 4;
    this.settle();
  }
  /** OBF of channel `c` (from 0) has risen. */
  obfSet(c) {
    if (this.enabled[c] !== 0) this.settle();
  }
  /** OBF of channel `c` has fallen: the host has read ODR, or the BMC has written STR. */
  obfCleared(c, byHost) {
    if (this.enabled[c] === 0) return;
    const { params } = this;
    const drops = (c === 3 ? params.dropIrqEnable4 : params.dropIrqEnable) !== 0;
    const applies = (this.direct >> c & 1) === 0;
    if (drops && applies && (byHost || params.dropIrqEnableOnStr !== 0)) {
      this.regs[ENABLE_WORD[c]] &= ~ENABLE_BITS[c];
      this.enabled[c] = 0;
    }
    this.settle();
  }
  /** Whether requests of channel `c` (from 0) are high-active on the wire. */
  activeHigh(c) {
    if (c === 0) return true;
    if (c === 3) return (this.regs[LPC.HICRC >> 2] & HICRC.TY4IRQX) !== 0;
    return (this.regs[LPC.HICR5 >> 2] & (c === 1 ? HICR5.SEL2IRQX : HICR5.SEL3IRQX)) !== 0;
  }
  settle() {
    let requested = 0;
    for (let c = 0; c < 4; c++) {
      const irqs = this.enabled[c];
      if (irqs !== 0 && ((this.direct >> c & 1) !== 0 || (this.channels[c].str & STR.OBF) !== 0)) requested |= irqs;
    }
    let changed = requested ^ this.requested;
    this.requested = requested;
    for (; changed !== 0; changed &= changed - 1) {
      const irq = shiftOf(changed);
      this.onRequest(irq, requested >> irq & 1);
    }
  }
};
var ID2 = shiftOf(HICR5.ID2IRQX);
var ID3 = shiftOf(HICR5.ID3IRQX);
var ID4 = shiftOf(HICRC.ID4IRQX);
var ENABLE_WORD = [LPC.SIRQCR0 >> 2, LPC.HICR5 >> 2, LPC.HICR5 >> 2, LPC.HICRC >> 2];
var ENABLE_BITS = [SIRQCR0.IRQ1E1 | SIRQCR0.IRQ12E1, HICR5.IRQXE2, HICR5.IRQXE3, HICRC.IRQXE4];

// src/hw/lpc/footprints.ts
var LpcFootprints = class {
  objects = [];
  decode;
  /** By place. */
  reads = [];
  nobody;
  /** By set of places, made when first asked for. */
  writes = /* @__PURE__ */ new Map();
  bmcReads = [];
  bmcWrites = [];
  constructor(ops) {
    for (let word = 0; word < WORDS3; word++) {
      this.objects.push(KIND[word] === Kind.none ? -1 : ops.object(registerName(word << 2)));
    }
    this.decode = ops.object("LPC decode");
    this.nobody = { reads: [this.decode], writes: [] };
    for (let c = 0; c < 4; c++) {
      const odr = this.of(ODR[c]);
      const str = this.of(STR2[c]);
      const enable = this.objects[ENABLE_WORD[c]];
      this.reads.push({ reads: [this.decode, odr, str, enable], writes: [str, enable] });
      this.reads.push({ reads: [this.decode, str], writes: [] });
    }
    for (let word = 0; word < WORDS3; word++) {
      this.bmcReads.push(this.bmcRead(word));
      this.bmcWrites.push(this.bmcWrite(word));
    }
  }
  /** The host reads at `place`; -1: nobody answers. */
  hostRead(place2) {
    return place2 < 0 ? this.nobody : this.reads[place2];
  }
  /** The host writes, and the places in `claims` take it. */
  hostWrite(claims) {
    if (claims === 0) return this.nobody;
    let known = this.writes.get(claims);
    if (known === void 0) {
      const touched = [];
      for (let c = 0; c < 4; c++) if ((claims >> 2 * c & 3) !== 0) touched.push(this.of(IDR[c]), this.of(STR2[c]));
      known = { reads: [this.decode, this.of(LPC.HICR2), ...touched], writes: touched };
      this.writes.set(claims, known);
    }
    return known;
  }
  /** The BMC reads the register at word index `word`. */
  read(word) {
    return this.bmcReads[word] ?? NO_FOOTPRINT;
  }
  /** The BMC writes the register at word index `word`. */
  write(word) {
    return this.bmcWrites[word] ?? NO_FOOTPRINT;
  }
  of(offset) {
    return this.objects[offset >> 2];
  }
  enableOf(word) {
    return this.objects[ENABLE_WORD[CHANNEL[word]]];
  }
  bmcRead(word) {
    const self = this.objects[word];
    switch (KIND[word]) {
      case Kind.none:
        return NO_FOOTPRINT;
      case Kind.idr: {
        const str = this.of(STR2[CHANNEL[word]]);
        return { reads: [self, str, this.of(CHANNEL[word] === 3 ? LPC.HICRB : LPC.HICR2)], writes: [str] };
      }
      case Kind.banked:
        return { reads: [self, this.of(LPC.HICR4)], writes: [] };
      default:
        return { reads: [self], writes: [] };
    }
  }
  bmcWrite(word) {
    const self = this.objects[word];
    switch (KIND[word]) {
      case Kind.none:
      case Kind.idr:
        return NO_FOOTPRINT;
      case Kind.odr:
        return { reads: [this.enableOf(word)], writes: [self, this.of(STR2[CHANNEL[word]])] };
      case Kind.str:
        return { reads: [self, this.enableOf(word)], writes: [self] };
      case Kind.banked:
        return { reads: [this.of(LPC.HICR4)], writes: [self, this.decode] };
      default:
        return { reads: [], writes: (EFFECT[word] & Effect.decode) === 0 ? [self] : [self, this.decode] };
    }
  }
};
var IDR = [LPC.IDR1, LPC.IDR2, LPC.IDR3, LPC.IDR4];
var ODR = [LPC.ODR1, LPC.ODR2, LPC.ODR3, LPC.ODR4];
var STR2 = [LPC.STR1, LPC.STR2, LPC.STR3, LPC.STR4];

// src/hw/lpc/apb.ts
var LpcRegisters = class _LpcRegisters {
  ops;
  readOp;
  writeOp;
  write32Op;
  pollOp;
  /** Use {@link defineLpcRegisters} for the first, {@link LpcRegisters.at} for others. */
  constructor(ops, frame) {
    this.ops = ops;
    this.readOp = ops.read | frame;
    this.writeOp = ops.write | frame;
    this.write32Op = ops.write32 | frame;
    this.pollOp = ops.poll | frame;
  }
  /** The same registers, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame) {
    return new _LpcRegisters(this.ops, frame);
  }
  /** Reads the register at `offset`; resumes with its value. */
  read(offset) {
    return this.readOp | offset << 14;
  }
  /** Writes a byte to the register at `offset`; a wider register's other bits become 0. */
  write(offset, byte) {
    return this.writeOp | offset << 14 | (byte & 255) << 8;
  }
  /** Writes 32 bits to the register at `offset`. The value goes through the context's `arg`. */
  write32(offset, value) {
    this.current().arg = value;
    return this.write32Op | offset << 14;
  }
  /**
   * Reads the STR at `offset` now and then every `period` ps until (STR & `mask`) is not
   * (`last` & `mask`), or until the first sample at or after `deadline` (a time, ps). Resumes with STR.
   */
  poll(offset, mask, last, period, deadline = END_OF_TIME) {
    if (KIND[offset >> 2] !== Kind.str) throw new RangeError(`${registerName(offset)} cannot be polled`);
    if (!(period > 0)) throw new RangeError(`a poll needs a period, not ${period} ps`);
    const ctx = this.current();
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.pollOp | offset << 14;
  }
  current() {
    const ctx = this.ops.sim.current;
    if (ctx === null) throw new Error("an access is a step of a running context");
    return ctx;
  }
};
function defineLpcRegisters(sim, lpc, codes, params) {
  const { trace } = sim;
  const footprints = new LpcFootprints(sim.ops);
  const name2 = (operand) => registerName(operand >> 8 << 2);
  const readTiming = apbReadTiming(params);
  const writeTiming = apbWriteTiming(params);
  const read = (operand, ctx) => {
    const word = operand >> 8;
    const kind = KIND[word];
    if (kind >= Kind.idr) {
      const channel2 = lpc.channels[CHANNEL[word]];
      const { str } = channel2;
      if (kind === Kind.str) trace.emit(codes.bmcStrRead, ctx.id, str, 0, channel2.number);
      else if (kind === Kind.idr) {
        trace.emit(codes.bmcIdrRead, ctx.id, channel2.idr, str & (STR.IBF | STR.CD), channel2.number);
      } else trace.emit(codes.bmcOdrRead, ctx.id, channel2.odr, str & STR.OBF, channel2.number);
    }
    return lpc.read(word << 2);
  };
  const write = (word, value, ctx) => {
    const kind = KIND[word];
    if (kind === Kind.odr) {
      const channel2 = lpc.channels[CHANNEL[word]];
      trace.emit(codes.bmcOdrWrite, ctx.id, value & 255, channel2.str & STR.OBF, channel2.number);
    } else if (kind === Kind.str) {
      const channel2 = lpc.channels[CHANNEL[word]];
      trace.emit(codes.bmcStrWrite, ctx.id, channel2.str, channel2.afterWrite(value), channel2.number);
    }
    lpc.write(word << 2, value);
    return 0;
  };
  return new LpcRegisters({
    sim,
    read: sim.ops.define({
      label: "register read",
      kind: "access",
      ...readTiming,
      exec: read,
      footprint: (operand) => footprints.read(operand >> 8),
      site: (operand) => `${name2(operand)} read`
    }),
    write: sim.ops.define({
      label: "register write",
      kind: "access",
      ...writeTiming,
      exec: (operand, ctx) => write(operand >> 8, operand & 255, ctx),
      footprint: (operand) => footprints.write(operand >> 8),
      site: (operand) => `${name2(operand)} write`,
      describe: (operand) => `${name2(operand)} := ${hex(operand & 255)}`
    }),
    write32: sim.ops.define({
      label: "register write",
      kind: "access",
      ...writeTiming,
      exec: (operand, ctx) => write(operand >> 8, ctx.arg, ctx),
      footprint: (operand) => footprints.write(operand >> 8),
      site: (operand) => `${name2(operand)} write`
    }),
    poll: sim.ops.define({
      label: "register poll",
      kind: "poll",
      ...readTiming,
      exec: (operand, ctx) => {
        const value = read(operand, ctx);
        if (((value ^ ctx.pollLast) & ctx.pollMask) !== 0 || sim.now >= ctx.pollDeadline) return value;
        return ctx.park(lpc.channels[CHANNEL[operand >> 8]].status);
      },
      footprint: (operand) => footprints.read(operand >> 8),
      site: (operand) => `${name2(operand)} poll`
    })
  }, 0);
}

// src/hw/lpc/port.ts
var Reg = { data: 0, status: 1, command: 1 };
var LpcPort = class _LpcPort {
  /** Address of the data port. */
  base;
  spacing;
  bus;
  index;
  inbOp;
  outbOp;
  pollOp;
  /** Use {@link LpcBus.port}. */
  constructor(bus, index, base, spacing, frame) {
    this.bus = bus;
    this.index = index;
    this.base = base;
    this.spacing = spacing;
    const operand = index << 17 | frame;
    this.inbOp = bus.inbOp | operand;
    this.outbOp = bus.outbOp | operand;
    this.pollOp = bus.pollOp | operand | Reg.status << 16;
  }
  /** The same ports, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame) {
    return new _LpcPort(this.bus, this.index, this.base, this.spacing, frame);
  }
  /** One read of port `reg` (0 or 1). Resumes with the byte; 0xFF if nobody answers. */
  inb(reg) {
    return this.inbOp | reg << 16;
  }
  /** One write of `value` (a byte) to port `reg` (0 or 1); it vanishes if nobody answers. */
  outb(reg, value) {
    return this.outbOp | reg << 16 | (value & 255) << 8;
  }
  /**
   * Reads STATUS now and then every `period` ps until (STATUS & `mask`) is not (`last` & `mask`), or
   * until the first sample at or after `deadline` (a time, ps). Resumes with the last STATUS.
   *
   * Samples that would read the same are not simulated.
   */
  poll(mask, last, period, deadline = END_OF_TIME) {
    const ctx = this.bus.polling(period);
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.pollOp;
  }
};

// src/hw/lpc/trace.ts
var LPC_EVENTS = {
  hostStrRead: "host.str.read",
  hostOdrRead: "host.odr.read",
  hostIdrWrite: "host.idr.write",
  bmcIdrRead: "bmc.idr.read",
  bmcOdrWrite: "bmc.odr.write",
  bmcOdrRead: "bmc.odr.read",
  bmcStrWrite: "bmc.str.write",
  bmcStrRead: "bmc.str.read",
  abort: "lpc.abort"
};
var DROPPED = 256;
var CHANNEL2 = "AST2050 datasheet \xA730, H8S/2138 manual \xA717.2";
function defineLpcTrace(trace) {
  const full = (flags) => (flags & STR.OBF) === 0 ? " (OBF=0: stale)" : "";
  return {
    hostStrRead: trace.define({
      name: LPC_EVENTS.hostStrRead,
      lane: "lpc",
      fields: ["str", "none", "channel"],
      section: "IPMI 9.5",
      text: (a, _b, c) => `host reads STR${c}=${hex(a)} ${formatStatus(a)}`
    }),
    hostOdrRead: trace.define({
      name: LPC_EVENTS.hostOdrRead,
      lane: "lpc",
      fields: ["value", "obf", "channel"],
      section: CHANNEL2,
      text: (a, b, c) => `host reads ODR${c}=${hex(a)}${full(b)}`
    }),
    hostIdrWrite: trace.define({
      name: LPC_EVENTS.hostIdrWrite,
      lane: "lpc",
      fields: ["value", "flags", "channel"],
      section: CHANNEL2,
      text(a, b, c) {
        const lost = (b & DROPPED) !== 0 ? " (IBF=1: dropped)" : (b & STR.IBF) !== 0 ? " (IBF=1: overwrites)" : "";
        return `host writes ${(b & STR.CD) !== 0 ? "command" : "data"} ${hex(a)} to IDR${c}${lost}`;
      }
    }),
    bmcIdrRead: trace.define({
      name: LPC_EVENTS.bmcIdrRead,
      lane: "lpc",
      fields: ["value", "flags", "channel"],
      section: CHANNEL2,
      text(a, b, c) {
        const stale = (b & STR.IBF) === 0 ? " (IBF=0: stale)" : "";
        return `BMC reads IDR${c}=${hex(a)} ${(b & STR.CD) !== 0 ? "command" : "data"}${stale}`;
      }
    }),
    bmcOdrWrite: trace.define({
      name: LPC_EVENTS.bmcOdrWrite,
      lane: "lpc",
      fields: ["value", "obf", "channel"],
      section: CHANNEL2,
      text: (a, b, c) => `BMC writes ODR${c}:=${hex(a)}${(b & STR.OBF) === 0 ? "" : " (OBF=1: overwrites)"}`
    }),
    bmcOdrRead: trace.define({
      name: LPC_EVENTS.bmcOdrRead,
      lane: "lpc",
      fields: ["value", "obf", "channel"],
      section: CHANNEL2,
      text: (a, _b, c) => `BMC reads ODR${c}=${hex(a)}`
    }),
    bmcStrWrite: trace.define({
      name: LPC_EVENTS.bmcStrWrite,
      lane: "lpc",
      fields: ["before", "after", "channel"],
      section: CHANNEL2,
      text(a, b, c) {
        const lost = (a & ~b & STR.OBF) === 0 ? "" : " (discards ODR)";
        return `BMC writes STR${c}:=${hex(b)} ${formatStatus(b)}${lost}`;
      }
    }),
    bmcStrRead: trace.define({
      name: LPC_EVENTS.bmcStrRead,
      lane: "lpc",
      fields: ["str", "none", "channel"],
      section: CHANNEL2,
      text: (a, _b, c) => `BMC reads STR${c}=${hex(a)} ${formatStatus(a)}`
    }),
    abort: trace.define({
      name: LPC_EVENTS.abort,
      lane: "lpc",
      fields: ["port", "value", "none"],
      section: "LPC 1.1",
      text(a, b) {
        const access = b < 0 ? `reads port ${hex(a, 3)}=FFh` : `writes ${hex(b)} to port ${hex(a, 3)}`;
        return `host ${access}: nobody answers`;
      }
    })
  };
}

// src/hw/lpc/bus.ts
var MAX_WAIT_STATES = 8;
var MAX_PORTS = 64;
var LpcBus = class {
  sim;
  lpc;
  inbOp;
  outbOp;
  pollOp;
  codes;
  footprints;
  ports = [];
  /** For each port address in use, by index * 2 + reg: who takes writes, and who answers reads. */
  address = new Int32Array(2 * MAX_PORTS);
  claims = new Int32Array(2 * MAX_PORTS);
  responder = new Int32Array(2 * MAX_PORTS);
  /** The decoder's version for which these hold. */
  version = 0;
  /** How much longer an unanswered cycle takes than an answered one, ps. */
  abortExtra;
  /** Contexts, by id, whose unanswered cycle is past its 12th clock, and how many they are. */
  aborting = new Uint8Array(256);
  aborts = 0;
  /** On which an unanswered cycle waits; it never changes. */
  silence = new Signal();
  constructor(sim, lpc, codes, params) {
    this.sim = sim;
    this.lpc = lpc;
    this.codes = codes;
    this.footprints = new LpcFootprints(sim.ops);
    const { lclk, lpcWaitStates: waits } = params;
    const cycle = params.lpcCycleClocks + waits;
    this.abortExtra = Math.max(0, params.lpcAbortClocks - cycle) * lclk;
    const timing = {
      lead: params.hostIo + (params.lpcUpdateClocks + waits) * lclk,
      tail: (params.lpcCycleClocks - params.lpcUpdateClocks) * lclk,
      jitter: (MAX_WAIT_STATES - waits) * lclk
    };
    this.inbOp = sim.ops.define({
      label: "inb",
      kind: "access",
      ...timing,
      exec: (operand, ctx) => this.inb(operand >> 8, ctx),
      footprint: (operand) => this.readFootprint(operand >> 8),
      site: (operand) => `${this.nameOf(operand, "STATUS")} read`
    });
    this.outbOp = sim.ops.define({
      label: "outb",
      kind: "access",
      ...timing,
      exec: (operand, ctx) => this.outb(operand >> 8, operand & 255, ctx),
      footprint: (operand) => this.writeFootprint(operand >> 8),
      site: (operand) => `${this.nameOf(operand, "COMMAND")} write`,
      describe: (operand) => `${this.nameOf(operand, "COMMAND")} := ${hex(operand & 255)}`
    });
    this.pollOp = sim.ops.define({
      label: "poll",
      kind: "poll",
      ...timing,
      exec: (operand, ctx) => this.poll(operand >> 8, ctx),
      footprint: (operand) => this.readFootprint(operand >> 8),
      site: (operand) => `${this.nameOf(operand, "STATUS")} poll`
    });
    sim.onReset(() => {
      if (this.aborts > 0) this.aborting.fill(0);
      this.aborts = 0;
      this.silence.reset();
    });
  }
  /** The ports at `base` (data) and `base + spacing` (command/status). */
  port(base, spacing = 1) {
    const known = this.ports.find((port2) => port2.base === base && port2.spacing === spacing);
    if (known !== void 0) return known;
    const index = this.ports.length;
    if (index >= MAX_PORTS) throw new RangeError("no room for another port");
    if (!(base >= 0 && spacing > 0 && base + spacing <= 65535)) {
      throw new RangeError(`no I/O ports at ${base} + ${spacing}`);
    }
    const port = new LpcPort(this, index, base, spacing, 0);
    this.ports.push(port);
    this.address[2 * index] = base;
    this.address[2 * index + 1] = base + spacing;
    this.version = 0;
    return port;
  }
  /** The context that is about to poll. For {@link LpcPort.poll}. */
  polling(period) {
    const ctx = this.sim.current;
    if (ctx === null) throw new Error("a poll is a step of a running context");
    if (!(period > 0)) throw new RangeError(`a poll needs a period, not ${period} ps`);
    return ctx;
  }
  // ---- effects ------------------------------------------------------------------------------
  inb(at, ctx) {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const place2 = this.responder[at];
    if (place2 < 0 || this.aborts !== 0 && this.aborting[ctx.id] !== 0) return this.abort(at, -1, ctx);
    return this.read(place2, ctx);
  }
  outb(at, value, ctx) {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const claims = this.claims[at];
    if (claims === 0 || this.aborts !== 0 && this.aborting[ctx.id] !== 0) return this.abort(at, value, ctx);
    for (let rest = claims; rest !== 0; rest &= rest - 1) {
      const place2 = 31 - Math.clz32(rest & -rest);
      const channel2 = this.lpc.channels[place2 >> 1];
      const ibf = channel2.str & STR.IBF;
      const flags = ibf | ((place2 & 1) !== 0 ? STR.CD : 0) | (ibf !== 0 && !channel2.overwrite ? DROPPED : 0);
      this.sim.trace.emit(this.codes.hostIdrWrite, ctx.id, value, flags, channel2.number);
      this.lpc.hostWriteAt(place2, value);
    }
    return 0;
  }
  poll(at, ctx) {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    const place2 = this.responder[at];
    if (this.aborts !== 0 && this.aborting[ctx.id] !== 0) return this.abort(at, -1, ctx);
    const value = place2 < 0 ? 255 : this.read(place2, ctx);
    if (((value ^ ctx.pollLast) & ctx.pollMask) === 0 && this.sim.now < ctx.pollDeadline) {
      return ctx.park(place2 < 0 ? this.lpc.decodeChanged : this.lpc.channels[place2 >> 1].status);
    }
    return place2 < 0 ? this.abort(at, -1, ctx) : value;
  }
  read(place2, ctx) {
    const channel2 = this.lpc.channels[place2 >> 1];
    const { str } = channel2;
    if ((place2 & 1) !== 0) this.sim.trace.emit(this.codes.hostStrRead, ctx.id, str, 0, channel2.number);
    else this.sim.trace.emit(this.codes.hostOdrRead, ctx.id, channel2.odr, str & STR.OBF, channel2.number);
    return this.lpc.hostReadAt(place2);
  }
  /**
   * A cycle that nobody answers, at its 12th clock and again at its end. It stays in flight in between,
   * by way of a poll that only its own event ends.
   */
  abort(at, value, ctx) {
    if (this.aborting[ctx.id] === 0 && this.abortExtra > 0) {
      this.aborting[ctx.id] = 1;
      this.aborts++;
      ctx.pollDeadline = END_OF_TIME;
      const blocked = ctx.park(this.silence);
      ctx.resample(this.sim.now + this.abortExtra);
      return blocked;
    }
    if (this.aborting[ctx.id] !== 0) {
      this.aborting[ctx.id] = 0;
      this.aborts--;
    }
    this.sim.trace.emit(this.codes.abort, ctx.id, this.address[at], value);
    return value < 0 ? 255 : 0;
  }
  redecode() {
    const { decoder } = this.lpc;
    this.version = decoder.version;
    for (let at = 0; at < 2 * this.ports.length; at++) {
      const claims = decoder.claims(this.address[at]);
      this.claims[at] = claims;
      this.responder[at] = decoder.responder(claims);
    }
  }
  // ---- for people and for analysis ----------------------------------------------------------
  nameOf(operand, second) {
    const at = operand >> 8;
    return `${(at & 1) === 0 ? "DATA" : second}(${hex(this.address[at], 3)})`;
  }
  readFootprint(at) {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    return this.footprints.hostRead(this.responder[at]);
  }
  writeFootprint(at) {
    if (this.version !== this.lpc.decoder.version) this.redecode();
    return this.footprints.hostWrite(this.claims[at]);
  }
};

// src/hw/lpc/decode.ts
var Overlap = {
  /** The lowest channel answers reads, all get writes. */
  lowestReads: 0,
  /** The lowest channel answers everything. */
  lowestOnly: 1,
  /** The highest channel answers reads, all get writes. */
  highestReads: 2
};
var LpcDecode = class {
  overlap;
  /** The ports of each channel; -1 while it is disabled. */
  data = new Int32Array(4).fill(-1);
  status = new Int32Array(4).fill(-1);
  /** Raised each time that a port may have changed hands, for whoever keeps a result. */
  version = 1;
  constructor(overlap = Overlap.lowestReads) {
    this.overlap = overlap;
  }
  /**
   * Follows the registers; `regs` by word, `ladr12` the banks (H1 L1 H2 L2). True if a port changed
   * hands.
   */
  refresh(regs, ladr12) {
    const hicr0 = regs[LPC.HICR0 >> 2];
    const hicrb = regs[LPC.HICRB >> 2];
    const lsadr12 = regs[LPC.LSADR12 >> 2];
    const ladr4 = regs[LPC.LADR4 >> 2];
    const x1 = ladr12[0] << 8 | ladr12[1];
    const x2 = ladr12[2] << 8 | ladr12[3];
    const x3 = regs[LPC.LADR3H >> 2] << 8 | regs[LPC.LADR3L >> 2];
    const s1 = (hicrb & HICRB.EN16LADR1) !== 0 ? lsadr12 & 65535 : x1 + 4;
    const s2 = (hicrb & HICRB.EN16LADR2) !== 0 ? lsadr12 >>> 16 : x2 + 4;
    const kcs3 = (hicr0 & HICR0.LPC3E) !== 0 && (regs[LPC.HICR4 >> 2] & HICR4.KCSENBL) !== 0;
    let moved3 = this.place(0, (hicr0 & HICR0.LPC1E) !== 0, x1, s1);
    moved3 = this.place(1, (hicr0 & HICR0.LPC2E) !== 0, x2, s2) || moved3;
    moved3 = this.place(2, kcs3, x3, x3 + 1) || moved3;
    moved3 = this.place(3, (hicrb & HICRB.LPC4E) !== 0, ladr4 & 65535, ladr4 >>> 16) || moved3;
    if (moved3) this.version++;
    return moved3;
  }
  place(c, enabled, data, status) {
    const d = enabled ? data : -1;
    const s2 = enabled ? status & 65535 : -1;
    if (this.data[c] === d && this.status[c] === s2) return false;
    this.data[c] = d;
    this.status[c] = s2;
    return true;
  }
  /** The data port of channel `c` (from 0), or -1 while it is disabled. */
  dataPort(c) {
    return this.data[c];
  }
  /** The command/status port of channel `c` (from 0), or -1 while it is disabled. */
  statusPort(c) {
    return this.status[c];
  }
  /**
   * Who takes a write to `port`: the set of *places*, a place being twice the channel (from 0), plus 1
   * for command/status. 0: nobody, and reads give 0xFF.
   */
  claims(port) {
    let claims = 0;
    for (let c = 0; c < 4; c++) {
      if (this.data[c] === port) claims |= 1 << 2 * c;
      else if (this.status[c] === port) claims |= 2 << 2 * c;
    }
    return this.overlap === Overlap.lowestOnly ? claims & -claims : claims;
  }
  /** The place that answers a read, of those in `claims`; -1: none. */
  responder(claims) {
    return 31 - Math.clz32(this.overlap === Overlap.highestReads ? claims : claims & -claims);
  }
};

// src/hw/lpc/kcs-channel.ts
var KcsChannel = class {
  /** 1 to 4. */
  number;
  /** Whether a host write of IDR while IBF is set replaces the byte that waits there. */
  overwrite;
  /** Changes whenever STR does, for whoever polls it. */
  status = new Signal();
  /** The latches: what a read would return. Undefined on silicon after reset, 0 here. */
  idr = 0;
  odr = 0;
  str = 0;
  /**
   * `overwrite`: unverified on silicon. It decides whether a host recovers that, after its IBF
   * time-out, writes GET_STATUS/ABORT onto a byte that was never taken. QEMU's host-facing model drops it.
   */
  constructor(number, overwrite = true) {
    this.number = number;
    this.overwrite = overwrite;
  }
  /** Block reset: latches and flags to 0. Tells no poller: see {@link Signal.reset} and {@link KcsChannel.status}. */
  reset() {
    this.idr = 0;
    this.odr = 0;
    this.str = 0;
  }
  /** The host reads STR: no side effect. */
  hostReadStatus() {
    return this.str;
  }
  /** The host reads ODR: OBF falls. With OBF clear it gets the old byte again. */
  hostReadData() {
    this.setStr(this.str & ~STR.OBF);
    return this.odr;
  }
  /** The host writes IDR through the data address (`command` 0) or the command address (1). */
  hostWrite(value, command) {
    if ((this.str & STR.IBF) !== 0 && !this.overwrite) return;
    this.idr = value & 255;
    this.setStr(this.str & ~STR.CD | STR.IBF | (command === 0 ? 0 : STR.CD));
  }
  /** The BMC reads IDR: IBF falls. With IBF clear it gets the old byte again. */
  readIdr() {
    this.setStr(this.str & ~STR.IBF);
    return this.idr;
  }
  readOdr() {
    return this.odr;
  }
  /** The BMC reads STR: no side effect. */
  readStr() {
    return this.str;
  }
  /** The BMC writes ODR: OBF rises. If it was set, the host never sees the old byte. */
  writeOdr(value) {
    this.odr = value & 255;
    this.setStr(this.str | STR.OBF);
  }
  /** The BMC writes STR. A 0 in the place of OBF throws away a byte that the host has not read. */
  writeStr(value) {
    this.setStr(this.afterWrite(value));
  }
  /** What STR would be if the BMC wrote `value` to it now. */
  afterWrite(value) {
    return this.str & (STR.CD | STR.IBF) | value & STR_DBU | this.str & value & STR.OBF;
  }
  setStr(str) {
    if (str === this.str) return;
    this.str = str;
    this.status.changed();
  }
};

// src/hw/lpc/lpc-controller.ts
var LPC_DEFAULTS = {
  idrOverwrite: 1,
  dropIrqEnable: 1,
  dropIrqEnable4: 1,
  dropIrqEnableOnStr: 0,
  decodeOverlap: 0,
  lresetClearsStr: 0
};
var Cause = { ibf: 15, lpcReset: 1 << 4, snoop: 1 << 5, bt: 1 << 6 };
var LpcController = class {
  params;
  /** Channels 1 to 4, at 0 to 3. */
  channels;
  decoder;
  hostIrqs;
  /** Changes whenever a host port may have changed hands. */
  decodeChanged = new Signal();
  /** What holds the interrupt line now. */
  causes = 0;
  /** Called when the interrupt line rises (1) or falls (0). */
  onLine = () => {
  };
  regs = new Uint32Array(WORDS3);
  /** LADR12H and LADR12L of channel 1, then of channel 2. */
  ladr12 = new Uint8Array(4);
  /** Channels, as bits, whose IBF may interrupt. */
  ibfEnabled = 0;
  constructor(params = LPC_DEFAULTS) {
    this.params = params;
    this.channels = [1, 2, 3, 4].map((n) => new KcsChannel(n, params.idrOverwrite !== 0));
    this.decoder = new LpcDecode(params.decodeOverlap);
    this.hostIrqs = new HostIrqs(this.regs, this.channels, params);
    this.reset();
  }
  /** Power-on: every register at its reset value, and nobody is told. */
  reset() {
    this.toReset();
    this.causes = 0;
    this.hostIrqs.reset();
    for (const channel2 of this.channels) channel2.status.reset();
    this.decodeChanged.reset();
    this.refresh(Effect.decode | Effect.interrupt | Effect.serirq);
  }
  /** The BMC is reset while the system runs: lines fall, pollers see what is left. */
  bmcReset() {
    const learned = this.regs[LPC.SIRQCR0 >> 2] & SIRQCR0.QC;
    this.toReset();
    this.regs[LPC.SIRQCR0 >> 2] |= learned;
    this.refresh(Effect.decode | Effect.interrupt | Effect.serirq);
    for (const channel2 of this.channels) channel2.status.changed();
  }
  /** LRESET# pulses: the host is reset. */
  lpcReset() {
    this.regs[LPC.HICR2 >> 2] |= HICR2.LRST;
    this.regs[LPC.HICR4 >> 2] |= HICR4.STSINTLRSTR;
    if (this.params.lresetClearsStr !== 0) {
      for (let c = 0; c < 4; c++) {
        const channel2 = this.channels[c];
        if (channel2.str === 0) continue;
        const obf = channel2.str & STR.OBF;
        channel2.reset();
        channel2.status.changed();
        this.settleIbf(c);
        if (obf !== 0) this.hostIrqs.obfCleared(c, true);
      }
    }
    this.refresh(Effect.interrupt);
  }
  /** The host has chosen SerIRQ's mode; the block learns it from the stop frame (SIRQCR0.Q/C). */
  learnSerirqMode(quiet) {
    const word = LPC.SIRQCR0 >> 2;
    this.regs[word] = this.regs[word] & ~SIRQCR0.QC | (quiet ? SIRQCR0.QC : 0);
  }
  // ---- the BMC's side -----------------------------------------------------------------------
  /** The BMC reads the register at byte `offset`: an unsigned value of 32 bits. */
  read(offset) {
    const word = offset >> 2;
    switch (KIND[word]) {
      case Kind.idr: {
        const c = CHANNEL[word];
        const value = this.channels[c].readIdr();
        this.settleIbf(c);
        return value;
      }
      case Kind.odr:
        return this.channels[CHANNEL[word]].readOdr();
      case Kind.str:
        return this.channels[CHANNEL[word]].readStr();
      case Kind.stored:
        return this.regs[word];
      case Kind.banked:
        return this.ladr12[this.bankOf(word)];
      default:
        return 0;
    }
  }
  /** The BMC writes `value` (32 bits) to the register at byte `offset`. */
  write(offset, value) {
    const word = offset >> 2;
    switch (KIND[word]) {
      case Kind.odr: {
        const c = CHANNEL[word];
        this.channels[c].writeOdr(value);
        this.hostIrqs.obfSet(c);
        return;
      }
      case Kind.str: {
        const c = CHANNEL[word];
        const channel2 = this.channels[c];
        const before = channel2.str;
        channel2.writeStr(value);
        if ((before & ~channel2.str & STR.OBF) !== 0) this.hostIrqs.obfCleared(c, false);
        return;
      }
      case Kind.stored:
        this.store(word, value);
        return;
      case Kind.banked:
        this.ladr12[this.bankOf(word)] = value;
        this.refresh(Effect.decode);
        return;
      default:
    }
  }
  bankOf(word) {
    const low = word === LPC.LADR12L >> 2 ? 1 : 0;
    return (this.regs[LPC.HICR4 >> 2] & HICR4.LADR12AS) === 0 ? low : 2 + low;
  }
  store(word, value) {
    const { regs } = this;
    const old = regs[word];
    const clear0 = CLEAR0[word];
    const clear1 = CLEAR1[word];
    const writable = WRITABLE2[word];
    const kept = old & ~(writable | clear0 | clear1);
    regs[word] = kept | value & writable | old & clear0 & value | old & clear1 & ~value;
    if (word === LPC.HICR4 >> 2 && (value & HICR4.CLRINTLRSTR) !== 0) regs[word] &= ~HICR4.STSINTLRSTR;
    this.refresh(EFFECT[word]);
  }
  // ---- the host's side ----------------------------------------------------------------------
  /** Who takes an access to the host's I/O `port`: see {@link LpcDecode.claims}. 0: nobody. */
  decode(port) {
    return this.decoder.claims(port);
  }
  /** The host reads `port`; -1 if nobody decodes it. */
  hostRead(port) {
    const place2 = this.decoder.responder(this.decoder.claims(port));
    return place2 < 0 ? -1 : this.hostReadAt(place2);
  }
  /** The host writes `port`; false if nobody decodes it. */
  hostWrite(port, value) {
    const claims = this.decoder.claims(port);
    for (let rest = claims; rest !== 0; rest &= rest - 1) this.hostWriteAt(31 - Math.clz32(rest & -rest), value);
    return claims !== 0;
  }
  /** The host reads at a place: twice the channel (from 0), plus 1 for STR rather than ODR. */
  hostReadAt(place2) {
    const c = place2 >> 1;
    const channel2 = this.channels[c];
    if ((place2 & 1) !== 0) return channel2.hostReadStatus();
    const full = (channel2.str & STR.OBF) !== 0;
    const value = channel2.hostReadData();
    if (full) this.hostIrqs.obfCleared(c, true);
    return value;
  }
  /** The host writes at a place: twice the channel (from 0), plus 1 for the command address. */
  hostWriteAt(place2, value) {
    const c = place2 >> 1;
    this.channels[c].hostWrite(value, place2 & 1);
    this.settleIbf(c);
  }
  // ---- lines --------------------------------------------------------------------------------
  /** Another function of the block (a bit of {@link Cause}) begins or ends to hold the line. */
  setCause(cause, active) {
    this.hold(active ? this.causes | cause : this.causes & ~cause);
  }
  /** IBF of channel `c` may have changed. */
  settleIbf(c) {
    const active = this.ibfEnabled >> c & this.channels[c].str >> 1 & 1;
    if ((this.causes >> c & 1) !== active) this.hold(this.causes ^ 1 << c);
  }
  hold(causes) {
    const was = this.causes !== 0;
    this.causes = causes;
    const is = causes !== 0;
    if (was !== is) this.onLine(is ? 1 : 0);
  }
  refresh(effects) {
    const { regs } = this;
    if ((effects & Effect.decode) !== 0 && this.decoder.refresh(regs, this.ladr12)) {
      for (const channel2 of this.channels) channel2.status.changed();
      this.decodeChanged.changed();
    }
    if ((effects & Effect.interrupt) !== 0) this.refreshInterrupts();
    if ((effects & Effect.serirq) !== 0) this.hostIrqs.refresh();
  }
  refreshInterrupts() {
    const { regs } = this;
    const hicr0 = regs[LPC.HICR0 >> 2];
    const hicr2 = regs[LPC.HICR2 >> 2];
    const hicr4 = regs[LPC.HICR4 >> 2];
    const hicrb = regs[LPC.HICRB >> 2];
    let enabled = 0;
    if ((hicr0 & HICR0.LPC1E) !== 0 && (hicr2 & HICR2.IBFIE1) !== 0) enabled |= 1;
    if ((hicr0 & HICR0.LPC2E) !== 0 && (hicr2 & HICR2.IBFIE2) !== 0) enabled |= 2;
    const kcs3 = (hicr0 & HICR0.LPC3E) !== 0 && (hicr4 & HICR4.KCSENBL) !== 0;
    if (kcs3 && (hicr2 & HICR2.IBFIE3) !== 0) enabled |= 4;
    if ((hicrb & HICRB.LPC4E) !== 0 && (hicrb & HICRB.IBFIE4) !== 0) enabled |= 8;
    this.ibfEnabled = enabled;
    let causes = this.causes & ~(Cause.ibf | Cause.lpcReset);
    for (let c = 0; c < 4; c++) causes |= (enabled >> c & this.channels[c].str >> 1 & 1) << c;
    const error = (hicr2 & HICR2.ERRIE) !== 0 && (hicr2 & (HICR2.LRST | HICR2.SDWN | HICR2.ABRT)) !== 0;
    const lreset = (hicr4 & HICR4.ENINTLRSTR) !== 0 && (hicr4 & HICR4.STSINTLRSTR) !== 0;
    if (error || lreset) causes |= Cause.lpcReset;
    this.hold(causes);
  }
  toReset() {
    this.regs.set(RESET);
    this.ladr12[0] = 0;
    this.ladr12[1] = 96;
    this.ladr12[2] = 0;
    this.ladr12[3] = 98;
    for (const channel2 of this.channels) channel2.reset();
  }
};

// src/hw/serirq-format.ts
var RECOVERY = 2;
var FRAME = 3;
function stopClocks(quiet) {
  return quiet ? 2 : 3;
}
function frameOf(irq) {
  return irq + 1;
}
function clocksPastStart(n) {
  return FRAME * n - 1;
}
function sampleClock(irq, startClocks) {
  return startClocks + clocksPastStart(frameOf(irq));
}
function sequenceClocks({ startClocks, frames, stopClocks: stopClocks2 }) {
  return startClocks + RECOVERY + FRAME * frames + stopClocks2 + RECOVERY;
}
function nextSlot(at, one, period) {
  const late2 = (at - one) % period;
  return late2 <= 0 ? at - late2 : at + period - late2;
}

// src/hw/serirq.ts
var SERIRQ_EVENTS = {
  /** A device's line has changed: `a` IRQ, `b` level. */
  request: "serirq.request",
  /** The sequence that will carry it: `a` IRQ, `b` start of the sequence (ps), `c` its sample (ps). */
  slot: "serirq.slot",
  /** The host has sampled a change: `a` IRQ, `b` level, `c` how long after the change (ps). */
  sample: "serirq.sample"
};
var PHASES3 = 8;
var LINES = 16;
var Serirq = class {
  /** Called when the host samples a change. */
  onHost = () => {
  };
  sim;
  lclk;
  quiet;
  phase;
  length;
  gap;
  /** From the start of a sequence to each IRQ's sample, ps. */
  offset = new Float64Array(LINES);
  slot;
  requestCode;
  slotCode;
  sampleCode;
  /** As the devices drive them, as the host has last seen them, and as the pending slots carry them. */
  lines = 0;
  seen = 0;
  carried = 0;
  /** IRQs with a change under way, and those that changed once more after their slot was fixed. */
  pending = 0;
  again = 0;
  /** When the host samples each pending IRQ, and when it changed. */
  sampleAt = new Float64Array(LINES);
  changedAt = new Float64Array(LINES);
  /** Quiet mode: when the running (or last) sequence started, and the one that waits behind it. */
  start = -1;
  queued = -1;
  /** Continuous mode: the phase of this run, -1 before it is needed. */
  origin = -1;
  constructor(sim, params) {
    this.sim = sim;
    this.lclk = params.lclk;
    this.quiet = params.serirqQuiet !== 0;
    this.phase = params.serirqPhase;
    const format = serirqFormat(params);
    this.length = sequenceClocks(format) * this.lclk;
    this.gap = params.serirqGapClocks * this.lclk;
    for (let irq = 0; irq < LINES; irq++) this.offset[irq] = sampleClock(irq, format.startClocks) * this.lclk;
    this.slot = sim.slot(this);
    const lane = "serirq";
    const section = "Serialized IRQ 6.0";
    this.requestCode = sim.trace.define({
      name: SERIRQ_EVENTS.request,
      lane,
      fields: ["irq", "level", "none"],
      section,
      text: (a, b) => `BMC ${b === 0 ? "withdraws" : "requests"} IRQ${a}`
    });
    this.slotCode = sim.trace.define({
      name: SERIRQ_EVENTS.slot,
      lane,
      fields: ["irq", "start", "sample"],
      section,
      text: (a, b, c) => `IRQ${a} is sampled at ${c} ps, in the sequence from ${b} ps`
    });
    this.sampleCode = sim.trace.define({
      name: SERIRQ_EVENTS.sample,
      lane,
      fields: ["irq", "level", "latency"],
      section,
      text: (a, b) => `host samples IRQ${a} ${b === 0 ? "low" : "high"}`
    });
  }
  reset() {
    this.lines = 0;
    this.seen = 0;
    this.carried = 0;
    this.pending = 0;
    this.again = 0;
    this.start = -1;
    this.queued = -1;
    this.origin = -1;
    this.sim.queue.cancel(this.slot);
  }
  /** Whether the host sees `irq` requested. */
  level(irq) {
    return this.seen >> irq & 1;
  }
  /** A device begins (1) or ends (0) to request `irq`. */
  set(irq, level) {
    const bit = 1 << irq;
    if ((this.lines & bit) !== 0 === (level !== 0)) return;
    const { now } = this.sim;
    this.lines ^= bit;
    this.sim.trace.emit(this.requestCode, -1, irq, level);
    if ((this.pending & bit) === 0) {
      this.assign(irq);
      return;
    }
    if (now + this.lclk <= this.sampleAt[irq]) {
      this.carried ^= bit;
      this.changedAt[irq] = now;
    } else {
      this.again ^= bit;
    }
  }
  /** A slot has come: the host samples. */
  fire() {
    const { now } = this.sim;
    for (let rest = this.pending; rest !== 0; rest &= rest - 1) {
      const irq = 31 - Math.clz32(rest & -rest);
      if (this.sampleAt[irq] <= now) this.sample(irq);
    }
    this.arm();
  }
  sample(irq) {
    const bit = 1 << irq;
    this.pending &= ~bit;
    if (((this.seen ^ this.carried) & bit) !== 0) {
      this.seen ^= bit;
      const level = this.seen >> irq & 1;
      this.sim.trace.emit(this.sampleCode, -1, irq, level, this.sim.now - this.changedAt[irq]);
      this.onHost(irq, level);
    }
    if ((this.again & bit) === 0) return;
    this.again &= ~bit;
    this.assign(irq);
  }
  /** Finds the slot that carries the level that `irq` has now. */
  assign(irq) {
    const bit = 1 << irq;
    const { now } = this.sim;
    const start = this.quiet ? this.quietStart(irq, now) : this.continuousStart(irq, now);
    this.pending |= bit;
    this.carried = this.carried & ~bit | this.lines & bit;
    this.changedAt[irq] = now;
    this.sampleAt[irq] = start + this.offset[irq];
    this.sim.trace.emit(this.slotCode, -1, irq, start, this.sampleAt[irq]);
    this.arm();
  }
  /** Quiet mode: the running sequence if it still can, the next one if not, or a new one now. */
  quietStart(irq, now) {
    if (this.queued >= 0 && now >= this.queued) {
      this.start = this.queued;
      this.queued = -1;
    }
    if (this.start >= 0) {
      if (now + this.lclk <= this.start + this.offset[irq]) return this.start;
      const next2 = this.start + this.length + this.gap;
      if (now < next2) {
        this.queued = next2;
        return next2;
      }
    }
    this.start = alignUp(now, this.lclk);
    return this.start;
  }
  /** Continuous mode: sequences follow one another from the phase on. */
  continuousStart(irq, now) {
    const period = this.length + this.gap;
    if (this.origin < 0) {
      const step = this.sim.choose("timing", "serirq", 0, PHASES3, "phase");
      this.origin = (this.phase + Math.floor(period * step / PHASES3)) % period;
    }
    const offset = this.offset[irq];
    return nextSlot(now + this.lclk, this.origin + offset, period) - offset;
  }
  arm() {
    let due = END_OF_TIME;
    for (let rest = this.pending; rest !== 0; rest &= rest - 1) {
      const at = this.sampleAt[31 - Math.clz32(rest & -rest)];
      if (at < due) due = at;
    }
    if (due === END_OF_TIME) this.sim.queue.cancel(this.slot);
    else this.sim.queue.schedule(this.slot, due, false);
  }
};
function serirqFormat(params) {
  return {
    startClocks: params.serirqStartClocks,
    frames: params.serirqFrames,
    stopClocks: stopClocks(params.serirqQuiet !== 0)
  };
}

// src/hw/vic.ts
var VIC_LPC = 8;
var VIC_I2C = 12;
var SOURCES = 64;
var VIC_EVENTS = {
  /** An input has changed: `a` source, `b` level. */
  source: "vic.source",
  /** A source was masked or unmasked: `a` source, `b` 1 if it is enabled. */
  enable: "vic.enable",
  /** The line to the CPU has changed: `a` level, `b` the source that comes first, or -1. */
  line: "vic.line"
};
var Vic = class {
  /** Called when the CPU's IRQ line rises (1) or falls (0). */
  onLine = () => {
  };
  sim;
  source;
  enable;
  line;
  inputLo = 0;
  inputHi = 0;
  latchLo = 0;
  latchHi = 0;
  enableLo = 0;
  enableHi = 0;
  /** 1: level-sensitive. */
  senseLo = -1;
  senseHi = -1;
  level = 0;
  constructor(sim) {
    this.sim = sim;
    const lane = "irq";
    const section = "Linux irq-aspeed-vic.c";
    this.source = sim.trace.define({
      name: VIC_EVENTS.source,
      lane,
      fields: ["source", "level", "none"],
      section,
      text: (a, b) => `interrupt source ${a}${NAMES4[a] ?? ""} ${b === 0 ? "falls" : "rises"}`
    });
    this.enable = sim.trace.define({
      name: VIC_EVENTS.enable,
      lane,
      fields: ["source", "enabled", "none"],
      section,
      text: (a, b) => `interrupt source ${a}${NAMES4[a] ?? ""} ${b === 0 ? "masked" : "unmasked"}`
    });
    this.line = sim.trace.define({
      name: VIC_EVENTS.line,
      lane,
      fields: ["level", "source", "none"],
      section,
      text: (a, b) => a === 0 ? "IRQ to the BMC falls" : `IRQ to the BMC rises for source ${b}${NAMES4[b] ?? ""}`
    });
  }
  /** After reset all sources are masked and, here, level-sensitive: the sense the device tree gives them. */
  reset() {
    this.inputLo = 0;
    this.inputHi = 0;
    this.latchLo = 0;
    this.latchHi = 0;
    this.enableLo = 0;
    this.enableHi = 0;
    this.senseLo = -1;
    this.senseHi = -1;
    this.level = 0;
  }
  /** The BMC is reset while the system runs: all is masked, the CPU's line falls, inputs stay. */
  bmcReset() {
    this.enableLo = 0;
    this.enableHi = 0;
    this.latchLo = 0;
    this.latchHi = 0;
    this.senseLo = -1;
    this.senseHi = -1;
    this.settle();
  }
  /** The input of `source` is at `level` (0 or 1). */
  raise(source, level) {
    const bit = bitOf(source);
    if (source < 32) {
      if ((this.inputLo & bit) !== 0 === (level !== 0)) return;
      this.inputLo ^= bit;
      if (level !== 0) this.latchLo |= bit;
    } else {
      if ((this.inputHi & bit) !== 0 === (level !== 0)) return;
      this.inputHi ^= bit;
      if (level !== 0) this.latchHi |= bit;
    }
    this.sim.trace.emit(this.source, -1, source, level);
    this.settle();
  }
  /** Which sources ask, masked or not: inputs where level-sensitive, seen edges elsewhere. */
  get rawLo() {
    return (this.inputLo & this.senseLo | this.latchLo & ~this.senseLo) >>> 0;
  }
  get rawHi() {
    return (this.inputHi & this.senseHi | this.latchHi & ~this.senseHi) >>> 0;
  }
  /** Which enabled sources ask: what the handler reads. */
  get statusLo() {
    return this.askingLo() >>> 0;
  }
  get statusHi() {
    return this.askingHi() >>> 0;
  }
  /** The status words as int32: most uses need no conversion to unsigned. */
  askingLo() {
    return (this.inputLo & this.senseLo | this.latchLo & ~this.senseLo) & this.enableLo;
  }
  askingHi() {
    return (this.inputHi & this.senseHi | this.latchHi & ~this.senseHi) & this.enableHi;
  }
  /** The source that the handler takes next: the lowest that asks and is enabled; -1: none. */
  next() {
    const lo = this.askingLo();
    if (lo !== 0) return 31 - Math.clz32(lo & -lo);
    const hi = this.askingHi();
    return hi === 0 ? -1 : 63 - Math.clz32(hi & -hi);
  }
  /** Disables `source` (a write to the enable-clear register). */
  mask(source) {
    this.setEnable(source, false);
  }
  /** Enables `source`. A level source that asks interrupts at once. */
  unmask(source) {
    this.setEnable(source, true);
  }
  /** Makes `source` level-sensitive, or sensitive to rising edges. */
  sense(source, level) {
    const bit = bitOf(source);
    if (source < 32) this.senseLo = level ? this.senseLo | bit : this.senseLo & ~bit;
    else this.senseHi = level ? this.senseHi | bit : this.senseHi & ~bit;
    this.settle();
  }
  /** Forgets the edge that `source` has latched. */
  edgeClear(source) {
    if (source < 32) this.latchLo &= ~bitOf(source);
    else this.latchHi &= ~bitOf(source);
    this.settle();
  }
  setEnable(source, enabled) {
    const bit = bitOf(source);
    if (source < 32) this.enableLo = enabled ? this.enableLo | bit : this.enableLo & ~bit;
    else this.enableHi = enabled ? this.enableHi | bit : this.enableHi & ~bit;
    this.sim.trace.emit(this.enable, -1, source, enabled ? 1 : 0);
    this.settle();
  }
  settle() {
    const level = (this.askingLo() | this.askingHi()) === 0 ? 0 : 1;
    if (level === this.level) return;
    this.level = level;
    this.sim.trace.emit(this.line, -1, level, this.next());
    this.onLine(level);
  }
};
var NAMES4 = { [VIC_LPC]: " (LPC)", [VIC_I2C]: " (I2C)" };
function bitOf(source) {
  if (!(source >= 0 && source < SOURCES)) throw new RangeError(`the VIC has no source ${source}`);
  return 1 << (source & 31);
}

// src/hw/ast2500.ts
var Ast2500 = class {
  params;
  /** The registers themselves, without time. */
  lpc;
  /** The registers as steps of the BMC. */
  registers;
  vic;
  serirq;
  bus;
  i2cBlock;
  constructor(sim, params = ast2500Params(), i2c) {
    this.params = params;
    const codes = defineLpcTrace(sim.trace);
    this.lpc = new LpcController(params);
    this.bus = new LpcBus(sim, this.lpc, codes, params);
    this.registers = defineLpcRegisters(sim, this.lpc, codes, params);
    this.vic = new Vic(sim);
    this.serirq = new Serirq(sim, params);
    this.lpc.onLine = (level) => this.vic.raise(VIC_LPC, level);
    this.lpc.hostIrqs.onRequest = (irq, level) => this.serirq.set(irq, level);
    this.i2cBlock = i2c === void 0 ? null : new I2cBlock(sim, i2c.buses, i2c.params ?? i2cParams(), params);
    if (this.i2cBlock !== null) this.i2cBlock.onLine = (level) => this.vic.raise(VIC_I2C, level);
    sim.onReset(() => this.powerOn());
    this.powerOn();
  }
  /** The I2C engines; only if the system was made with them. */
  get i2c() {
    if (this.i2cBlock === null) throw new Error("this system was made without I2C");
    return this.i2cBlock;
  }
  /** The host's ports at `base` (data) and `base + spacing` (command/status), as steps of the host. */
  port(base, spacing = 1) {
    return this.bus.port(base, spacing);
  }
  /** The BMC alone is reset: the LPC block forgets all, the host sees its channels vanish. */
  bmcReset() {
    this.lpc.bmcReset();
    this.i2cBlock?.bmcReset();
    this.vic.bmcReset();
  }
  /** The host alone is reset: LRESET# pulses. */
  hostReset() {
    this.lpc.lpcReset();
  }
  powerOn() {
    this.vic.reset();
    this.lpc.reset();
    this.serirq.reset();
    this.lpc.learnSerirqMode(this.params.serirqQuiet !== 0);
  }
};

// src/hw/i2c/pec.ts
var TABLE2 = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc << 1 ^ ((crc & 128) === 0 ? 0 : 7);
  TABLE2[byte] = crc;
}
function crc8(crc, byte) {
  return TABLE2[crc ^ byte];
}

// src/hw/i2c/smbus-script.ts
var Do = {
  /** START and the address byte. */
  start: 0,
  /** A byte written. */
  send: 1,
  /** The PEC of all bytes so far, written. */
  sendPec: 2,
  /** Bytes read, the last NAKed. */
  receive: 3,
  /** Bytes read, all ACKed. */
  receiveAll: 4,
  /** A count, and as many bytes; the last NAKed. */
  block: 5,
  /** The same and a PEC, which is NAKed. */
  blockPec: 6,
  stop: 7,
  /** SCL is low for longer before what follows. */
  hold: 8,
  /** In what follows the controller vanishes, with one of {@link GLITCHES}. */
  vanish: 9
};
var MOST_STEPS = 1024;
var SMBUS_BLOCK_MAX = 32;
var SmbusScript = class {
  /** For the controller that runs it. */
  steps = 0;
  what = new Uint8Array(MOST_STEPS);
  operand = new Float64Array(MOST_STEPS);
  /** A byte that is NAKed ends the transaction with STOP; false: the script goes on regardless. */
  heedNak = true;
  /** An empty script. */
  clear() {
    this.steps = 0;
    this.heedNak = true;
    return this;
  }
  /** START (repeated, if the bus is ours) and the address byte. */
  start(address, read) {
    return this.add(Do.start, (address & 127) << 1 | (read ? 1 : 0));
  }
  /** One byte written. */
  send(byte) {
    return this.add(Do.send, byte & 255);
  }
  /** The PEC of all bytes so far, written. */
  sendPec() {
    return this.add(Do.sendPec, 0);
  }
  /** `count` bytes read, the last NAKed unless `ackLast`. */
  receive(count3, ackLast = false) {
    return count3 > 0 ? this.add(ackLast ? Do.receiveAll : Do.receive, count3) : this;
  }
  /** A count, then that many bytes, with `pec` one more that must be the PEC; the last NAKed. */
  receiveBlock(pec) {
    return this.add(pec ? Do.blockPec : Do.block, 0);
  }
  /** STOP. On a bus without START a bare one, after the clocks that free an SDA which is kept low. */
  stop() {
    return this.add(Do.stop, 0);
  }
  /** SCL stays low for `ps` longer before what follows. */
  hold(ps) {
    return this.add(Do.hold, ps);
  }
  /** The controller vanishes after `bits` (0-8) bits of the byte that follows; nothing after it is done. */
  powerOff(bits, glitch = "none") {
    return this.add(Do.vanish, bits * GLITCHES.length + GLITCHES.indexOf(glitch));
  }
  /** Whatever a target answers, go on. */
  ignoreNak() {
    this.heedNak = false;
    return this;
  }
  // ---- whole SMBus transactions ---------------------------------------------------------------
  /** Quick command (SMBus 2.0 §5.5.1): the address alone. */
  quick(address, read) {
    return this.clear().start(address, read).stop();
  }
  /** Block write (§5.5.7): addr+W, command, count, data[, PEC]. */
  blockWrite(address, command, data, length, pec) {
    this.clear().start(address, false).send(command).send(length);
    for (let i = 0; i < length; i++) this.send(data[i]);
    if (pec) this.sendPec();
    return this.stop();
  }
  /** Block read (§5.5.7): addr+W, command, repeated START, addr+R, count, data[, PEC]. */
  blockRead(address, command, pec) {
    return this.clear().start(address, false).send(command).start(address, true).receiveBlock(pec).stop();
  }
  add(what, operand) {
    if (this.steps >= MOST_STEPS) throw new RangeError("the script is too long");
    this.what[this.steps] = what;
    this.operand[this.steps] = operand;
    this.steps++;
    return this;
  }
};

// src/hw/i2c/smbus-host.ts
var SmbusStatus = {
  OK: 0,
  /** A byte was NAKed: {@link SmbusHost.nakAt} says which. */
  DEV_ERR: 1,
  /** Arbitration was lost, or a target keeps SDA low. */
  BUS_ERR: 2,
  /** SCL was low, or the bus not free, for longer than tTIMEOUT. */
  TIMEOUT: 3,
  /** The received PEC is wrong. */
  PEC_ERR: 4,
  /** A block read with a count of 0 or of more than 32. */
  COUNT_ERR: 5,
  /** The controller vanished in the middle, as the script says. */
  OFF: 6
};
var MOST_DATA = 1024;
var SmbusHost = class extends SmbusScript {
  /** Bytes received by the last transaction; of a block read the data without the count. */
  data = new Uint8Array(MOST_DATA);
  /** How many. */
  length = 0;
  /** Index of the first byte that was NAKed, the first address byte being 0; -1: none. */
  nakAt = -1;
  /** The step that runs the script; resumes with a {@link SmbusStatus}. */
  transfer;
  bus;
  sim;
  port;
  params;
  timer;
  /** Who waits; null: no transaction is under way. */
  waiter = null;
  pc = 0;
  left = 0;
  crc = 0;
  sentBytes = 0;
  status = SmbusStatus.OK;
  /** The STOP under way is of a transaction that has failed, or was given up long ago. */
  failing = false;
  draining = false;
  /** The transaction has ended before the step that starts it was over. */
  beginning = false;
  /** Adds the controller to `bus`; `name` is how its step is called: `smbus transfer`. */
  constructor(sim, bus, params, name2 = "smbus") {
    super();
    this.sim = sim;
    this.bus = bus;
    this.params = params;
    this.port = bus.attach(this, timingOf(params.smbusKhz));
    this.port.gap = params.smbusByteGap;
    this.port.timeout = params.smbusTimeout;
    this.timer = sim.slot({ fire: () => this.giveUp() });
    const touched = ["bus", "INTR_STS", "CMD", "BYTE_BUF"].map((name3) => sim.ops.object(`I2C${bus.number} ${name3}`));
    this.transfer = sim.ops.define({
      label: `${name2} transfer`,
      kind: "access",
      lead: params.smbusSetup,
      exec: (_operand, ctx) => this.begin(ctx),
      footprint: { reads: touched, writes: touched }
    });
    sim.onReset(() => this.reset());
  }
  /** Sets the speed at which it drives the bus, kHz, as `smbusKhz` has before. */
  setSpeed(khz) {
    this.port.timing = timingOf(khz);
  }
  /** {@link transfer} with `frame` (of `sim.ops.frame(name)`) in its label. */
  transferAt(frame) {
    return this.transfer | frame;
  }
  /** The host loses its power, or is reset: the lines are let go, whoever waits gets OFF. */
  cutPower(glitch = "none") {
    this.draining = false;
    this.port.vanish(glitch);
    if (this.waiter !== null) this.finish(SmbusStatus.OFF);
  }
  reset() {
    this.clear();
    this.length = 0;
    this.nakAt = -1;
    this.waiter = null;
    this.failing = false;
    this.draining = false;
  }
  // ---- the transaction ------------------------------------------------------------------------
  begin(ctx) {
    if (this.waiter !== null) throw new Error("an SMBus controller runs one transaction at a time");
    this.waiter = ctx;
    this.port.actor = ctx.id;
    this.pc = 0;
    this.length = 0;
    this.nakAt = -1;
    this.crc = 0;
    this.sentBytes = 0;
    this.status = SmbusStatus.OK;
    this.failing = false;
    if (this.draining || !this.port.owns) this.sim.queue.schedule(this.timer, this.sim.now + this.params.smbusTimeout, true);
    this.beginning = true;
    if (!this.draining) this.advance();
    this.beginning = false;
    return this.waiter === null ? ctx.doze(this.params.smbusDone, this.status) : BLOCKED;
  }
  finish(status) {
    const ctx = this.waiter;
    this.status = status;
    this.waiter = null;
    this.sim.queue.cancel(this.timer);
    if (!this.beginning) ctx.wake(status, this.params.smbusDone);
  }
  /** The next step of the script. */
  advance() {
    const { port } = this;
    while (this.pc < this.steps) {
      const operand = this.operand[this.pc];
      switch (this.what[this.pc]) {
        case Do.start:
          port.start();
          return;
        case Do.send:
          this.write(operand);
          return;
        case Do.sendPec:
          this.write(this.crc);
          return;
        case Do.stop:
          port.stop();
          return;
        case Do.hold:
          port.pause += operand;
          break;
        case Do.vanish:
          port.vanishAfter(Math.floor(operand / GLITCHES.length), GLITCHES[operand % GLITCHES.length]);
          break;
        default:
          this.left = operand;
          port.read();
          return;
      }
      this.pc++;
    }
    this.finish(this.status);
  }
  next() {
    this.pc++;
    this.advance();
  }
  /** The transaction has failed: STOP, and no more. */
  fail(status) {
    this.status = status;
    this.failing = true;
    this.port.stop();
  }
  write(byte) {
    this.crc = crc8(this.crc, byte);
    this.port.write(byte);
  }
  // ---- the bus --------------------------------------------------------------------------------
  started() {
    this.sim.queue.cancel(this.timer);
    this.write(this.operand[this.pc]);
  }
  sent(ack) {
    if (!ack) {
      if (this.nakAt < 0) this.nakAt = this.sentBytes;
      if (this.heedNak) {
        this.fail(SmbusStatus.DEV_ERR);
        return;
      }
      this.status = SmbusStatus.DEV_ERR;
    }
    this.sentBytes++;
    this.next();
  }
  acks(byte) {
    switch (this.what[this.pc]) {
      case Do.receiveAll:
        return true;
      case Do.receive:
        return this.left > 1;
      default:
        if (this.left === 0) return isCount(byte) || this.params.smbusBadCount !== 0;
        return this.left > 1;
    }
  }
  received(byte) {
    const what = this.what[this.pc];
    const block = what === Do.block || what === Do.blockPec;
    if (block && this.left === 0) {
      this.crc = crc8(this.crc, byte);
      if (isCount(byte)) {
        this.left = what === Do.blockPec ? byte + 1 : byte;
        this.port.read();
      } else if (this.params.smbusBadCount === 0) this.fail(SmbusStatus.COUNT_ERR);
      else {
        this.status = SmbusStatus.COUNT_ERR;
        this.left = 1;
        this.port.read();
      }
      return;
    }
    this.left--;
    if (this.status === SmbusStatus.COUNT_ERR) {
      this.fail(SmbusStatus.COUNT_ERR);
      return;
    }
    if (what === Do.blockPec && this.left === 0) {
      if (byte !== this.crc) this.status = SmbusStatus.PEC_ERR;
    } else {
      this.crc = crc8(this.crc, byte);
      if (this.length < MOST_DATA) this.data[this.length++] = byte;
    }
    if (this.left > 0) this.port.read();
    else this.next();
  }
  stopped() {
    if (this.draining) {
      this.draining = false;
      if (this.waiter !== null) this.advance();
    } else if (this.failing) this.finish(this.status);
    else this.next();
  }
  lost() {
    this.finish(SmbusStatus.BUS_ERR);
  }
  stuck() {
    this.finish(SmbusStatus.BUS_ERR);
  }
  vanished() {
    this.finish(SmbusStatus.OFF);
  }
  timedOut() {
    if (this.params.smbusTimeoutStop === 0) this.port.vanish();
    else {
      this.draining = true;
      this.port.stop();
    }
    this.finish(SmbusStatus.TIMEOUT);
  }
  /** The bus has not become free in time. */
  giveUp() {
    if (!this.draining) this.port.vanish();
    this.finish(SmbusStatus.TIMEOUT);
  }
};
function isCount(byte) {
  return byte >= 1 && byte <= SMBUS_BLOCK_MAX;
}

// src/drivers/kcs-bmc/aspeed.ts
var CHANNEL3 = {
  1: { idr: LPC.IDR1, odr: LPC.ODR1, str: LPC.STR1, ibfie: HICR2.IBFIE1 },
  2: { idr: LPC.IDR2, odr: LPC.ODR2, str: LPC.STR2, ibfie: HICR2.IBFIE2 },
  3: { idr: LPC.IDR3, odr: LPC.ODR3, str: LPC.STR3, ibfie: HICR2.IBFIE3 },
  4: { idr: LPC.IDR4, odr: LPC.ODR4, str: LPC.STR4, ibfie: HICRB.IBFIE4 }
};
var HICRC_SEL4IRQX = 1 << 2;
function field(mask, value) {
  return value << shiftOf(mask) & mask;
}
var AspeedKcs = class {
  config;
  kernel;
  regs;
  frames = /* @__PURE__ */ new Map();
  in;
  /** The device tree gives the channel a SerIRQ: ODR writes raise it. */
  upstream = true;
  constructor(kernel, regs, config) {
    this.kernel = kernel;
    this.regs = regs;
    this.config = config;
    const { ops } = kernel.sim;
    this.in = {
      aspeed_kcs_set_address: this.at(ops.frame("aspeed_kcs_set_address")),
      aspeed_kcs_config_upstream_irq: this.at(ops.frame("aspeed_kcs_config_upstream_irq")),
      aspeed_kcs_enable_channel: this.at(ops.frame("aspeed_kcs_enable_channel")),
      aspeed_kcs_irq_mask_update: this.at(ops.frame("aspeed_kcs_irq_mask_update"))
    };
  }
  /** The register accesses of this channel as issued from `frame`. */
  at(frame) {
    let io = this.frames.get(frame);
    if (io === void 0) {
      io = new KcsIo(this, this.regs.at(frame));
      this.frames.set(frame, io);
    }
    return io;
  }
  requestIrq(action) {
    this.kernel.requestIrq(VIC_LPC, action);
  }
  freeIrq(action) {
    return this.kernel.freeIrq(VIC_LPC, action);
  }
  /** aspeed_kcs_set_address(). */
  *setAddress() {
    const io = this.in.aspeed_kcs_set_address;
    const { channel: channel2, ioAddr } = this.config;
    switch (channel2) {
      case 1:
      case 2:
        yield* io.updateBits(LPC.HICR4, HICR4.LADR12AS, channel2 === 2 ? HICR4.LADR12AS : 0);
        yield io.regs.write(LPC.LADR12H, ioAddr >> 8);
        yield io.regs.write(LPC.LADR12L, ioAddr & 255);
        break;
      case 3:
        yield io.regs.write(LPC.LADR3H, ioAddr >> 8);
        yield io.regs.write(LPC.LADR3L, ioAddr & 255);
        break;
      case 4:
        yield io.regs.write32(LPC.LADR4, (ioAddr + 1 << 16 | ioAddr) >>> 0);
        break;
    }
  }
  /** aspeed_kcs_config_upstream_irq(): number and polarity; channel 1 has neither to choose. */
  *configUpstreamIrq() {
    const io = this.in.aspeed_kcs_config_upstream_irq;
    const { channel: channel2, serirq: serirq2 } = this.config;
    if (serirq2 === null || !this.upstream) return;
    const { id, levelHigh } = serirq2;
    switch (channel2) {
      case 1:
        break;
      case 2:
        yield* io.updateBits(
          LPC.HICR5,
          HICR5.SEL2IRQX | HICR5.ID2IRQX,
          field(HICR5.ID2IRQX, id) | (levelHigh ? HICR5.SEL2IRQX : 0)
        );
        break;
      case 3:
        yield* io.updateBits(
          LPC.HICR5,
          HICR5.SEL3IRQX | HICR5.ID3IRQX,
          field(HICR5.ID3IRQX, id) | (levelHigh ? HICR5.SEL3IRQX : 0)
        );
        break;
      case 4:
        yield* io.updateBits(
          LPC.HICRC,
          HICRC_SEL4IRQX | HICRC.OBF4_AUTO_CLR | HICRC.ID4IRQX,
          field(HICRC.ID4IRQX, id) | (levelHigh ? HICRC_SEL4IRQX : 0)
        );
        break;
    }
  }
  /** aspeed_kcs_enable_channel(). */
  *enableChannel(enable) {
    const io = this.in.aspeed_kcs_enable_channel;
    const set = (bits) => enable ? bits : 0;
    switch (this.config.channel) {
      case 1:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC1E, set(HICR0.LPC1E));
        break;
      case 2:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC2E, set(HICR0.LPC2E));
        break;
      case 3:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC3E, set(HICR0.LPC3E));
        yield* io.updateBits(LPC.HICR4, HICR4.KCSENBL, set(HICR4.KCSENBL));
        break;
      case 4:
        yield* io.updateBits(LPC.HICRB, HICRB.LPC4E, set(HICRB.LPC4E));
        break;
    }
  }
  /** aspeed_kcs_irq_mask_update(), for the IBF event. There is no OBE interrupt on this chip. */
  *irqMaskUpdate(enable) {
    const io = this.in.aspeed_kcs_irq_mask_update;
    const { channel: channel2 } = this.config;
    const { ibfie } = CHANNEL3[channel2];
    yield* io.updateBits(channel2 === 4 ? LPC.HICRB : LPC.HICR2, ibfie, enable ? ibfie : 0);
  }
};
var KcsIo = class {
  regs;
  aspeed;
  /** IDR: clears IBF. */
  readData;
  readStatus;
  odr;
  str;
  serirqRegister;
  serirqEnable;
  constructor(aspeed, regs) {
    const { config } = aspeed;
    const { idr, odr, str } = CHANNEL3[config.channel];
    this.aspeed = aspeed;
    this.regs = regs;
    this.readData = regs.read(idr);
    this.readStatus = regs.read(str);
    this.odr = odr;
    this.str = str;
    [this.serirqRegister, this.serirqEnable] = upstreamEnable(config);
  }
  /** STR := value; bit 0 = 0 clears OBF, bits 1 and 3 are the hardware's. */
  writeStatus(value) {
    return this.regs.write(this.str, value);
  }
  /**
   * ODR := data, which sets OBF; then the enable of the SerIRQ, which the host's ODR read has dropped
   * (aspeed_kcs_outb()).
   */
  writeData(data) {
    const write = this.regs.write(this.odr, data);
    const enable = this.aspeed.upstream ? this.serirqEnable : 0;
    return new Update(this.regs, write, enable === 0 ? -1 : this.serirqRegister, enable, enable);
  }
  /** regmap_update_bits() of STR. */
  updateStatus(mask, value) {
    return this.updateBits(this.str, mask, value);
  }
  /** regmap_update_bits(): a read, and a write only if the value changes. */
  updateBits(register2, mask, value) {
    return new Update(this.regs, -1, register2, mask, value);
  }
};
var Update = class {
  regs;
  /** The next step, if it is known without the value of the last; -1: it is not. */
  first;
  /** Offset of the register that is still to be read; -1: none. */
  register;
  /** Offset of the register whose value comes next; -1: none. */
  reading = -1;
  mask;
  value;
  constructor(regs, first, register2, mask, value) {
    this.regs = regs;
    this.first = first;
    this.register = register2;
    this.mask = mask;
    this.value = value;
  }
  [Symbol.iterator]() {
    return this;
  }
  next(old) {
    const { regs, first, register: register2, reading, mask } = this;
    if (first >= 0) {
      this.first = -1;
      return { value: first, done: false };
    }
    if (register2 >= 0) {
      this.register = -1;
      this.reading = register2;
      return { value: regs.read(register2), done: false };
    }
    if (reading < 0) return DONE;
    this.reading = -1;
    const now = (old & ~mask | this.value & mask) >>> 0;
    if (now === old) return DONE;
    return { value: now > 255 || old > 255 ? regs.write32(reading, now) : regs.write(reading, now), done: false };
  }
};
var DONE = { value: void 0, done: true };
function upstreamEnable({ channel: channel2, serirq: serirq2 }) {
  if (serirq2 === null) return [0, 0];
  switch (channel2) {
    case 1:
      return [LPC.SIRQCR0, serirq2.id === 12 ? SIRQCR0.IRQ12E1 : serirq2.id === 1 ? SIRQCR0.IRQ1E1 : 0];
    case 2:
      return [LPC.HICR5, HICR5.IRQXE2];
    case 3:
      return [LPC.HICR5, HICR5.IRQXE3];
    case 4:
      return [LPC.HICRC, HICRC.IRQXE4];
  }
}

// src/drivers/kcs-bmc/index.ts
var REVIEW = "Re: [PATCH arm/aspeed/ast2500 v2] ipmi: add an Aspeed KCS IPMI BMC driver, 2018";
var KCS_BMC_VERSIONS = [
  {
    version: "v2",
    model: 1,
    driver: KcsBmcV2,
    text: "as first reviewed: user copies under the spinlock, a restarted request gets the old answer",
    source: "[PATCH arm/aspeed/ast2500 v2] ipmi: add an Aspeed KCS IPMI BMC driver, 2018"
  },
  {
    version: "v2-unlocked",
    model: 1,
    driver: KcsBmcV2Unlocked,
    text: "v2 with the lock merely dropped around the user copies: a restart tears the message",
    source: `never posted: the shortest answer to ${REVIEW}`
  },
  {
    version: "review",
    model: 1,
    driver: KcsBmcReview,
    text: "v2 with the read() that the reviewer proposed, its inverted test of copy_to_user() included",
    source: REVIEW
  },
  {
    version: "review-mended",
    model: 1,
    driver: KcsBmcReviewMended,
    text: "the same with that test put right: a copy of A still passes for a restarted B",
    source: `never posted: the proposal of ${REVIEW}, with one "!" removed`
  },
  {
    version: "mainline",
    model: 1,
    driver: KcsBmcMainline,
    text: "what Linux has: the answer to A can still go to a restarted B",
    source: "drivers/char/ipmi/kcs_bmc_cdev_ipmi.c, kcs_bmc.c and kcs_bmc_aspeed.c, 2025"
  },
  {
    version: "fixed",
    model: 1,
    driver: KcsBmcFixed,
    text: "mainline with every fault mended that is known here",
    source: "ours, on top of mainline"
  }
];

// src/scenarios/bmc-parameters.ts
var PREEMPT = ["none", "full"];
var KERNEL_TEXT = [
  ["irqLatency", 2 * US, 50 * US, "C", "interrupt line high to the C handler"],
  ["irqJitter", 0, 48 * US, "C", "by how much a schedule may draw that longer"],
  ["irqEntry", 0, 5 * US, "C", "VIC read and mask before the first handler"],
  ["irqNext", 0, 5 * US, "C", "VIC unmask and read after a handler"],
  ["irqExit", 0, 5 * US, "C", "return from interrupt"],
  ["wakeLatency", 20 * US, 10 * MS, "C", "wake-up to the woken thread running"],
  ["atomicCap", 0, 1e3 * US, "C", "longest stall with interrupts off or in a handler"],
  ["syscall", 0, 10 * US, "C", "entry to or return from a system call"],
  ["lock", 0, 1 * US, "C", "an uncontended lock or unlock"],
  ["copyWord", 0, 1 * US, "C", "a 4-byte word of a user copy"],
  ["pageFault", 1 * US, 100 * MS, "C", "bringing in a page that is not resident"]
];
var KERNEL_PARAMETERS = [
  {
    name: "preempt",
    default: "none",
    words: PREEMPT,
    confidence: "A",
    source: "aspeed_g5_defconfig",
    text: "preemption of the BMC kernel; drawn"
  },
  {
    name: "cpus",
    default: 1,
    min: 1,
    max: 2,
    confidence: "A",
    source: "AST2500 has one ARM1176",
    text: "CPUs of the BMC; drawn"
  },
  ...KERNEL_TEXT.map(([name2, min, max, confidence, text]) => ({
    name: name2,
    default: DEFAULT_KERNEL[name2],
    min,
    max,
    unit: "ps",
    confidence,
    source: "judgement",
    text
  }))
];
var WORKLOAD_PARAMETERS = [
  {
    name: "threads",
    default: 1,
    min: 1,
    max: 2,
    confidence: "C",
    source: "judgement",
    text: "threads of the daemon; drawn"
  },
  {
    name: "requests",
    default: 2,
    min: 1,
    max: 8,
    confidence: "C",
    source: "judgement",
    text: "requests that the host makes; drawn up to two more"
  },
  {
    name: "command",
    default: "echo",
    words: ["echo", "get-device-id"],
    confidence: "C",
    source: "IPMI 20.1",
    text: "what the host asks; only the echo carries a tag by which answers can be told apart"
  }
];
var HARDWARE_SOURCES = { A: "the document that is named", B: "derived from the document that is named, or from an earlier chip", C: "judgement" };
function hardwareParameters(list) {
  return list.map(({ name: name2, default: value, min, max, unit, source, text }) => ({
    name: name2,
    default: value,
    min,
    max,
    unit,
    confidence: source,
    source: HARDWARE_SOURCES[source],
    text
  }));
}

// src/scenarios/kcs/kcs-parameters.ts
var HOST_MODES = ["kipmid", "irq", "poll"];
var KCS = [
  {
    name: "channel",
    default: 3,
    min: 1,
    max: 4,
    confidence: "A",
    source: "kcs_bmc_aspeed.c",
    text: "KCS channel of the BMC"
  },
  {
    name: "serirqId",
    default: 5,
    min: 0,
    max: 15,
    confidence: "A",
    source: "kcs_bmc_aspeed.c",
    text: "SerIRQ that the channel raises when the host is driven by interrupt; channel 1 knows 1 and 12 only"
  },
  {
    name: "hostMode",
    default: "kipmid",
    words: HOST_MODES,
    confidence: "A",
    source: "ipmi_si_intf.c",
    text: "how the host drives the interface: kernel thread, interrupt, or busy polling; drawn"
  },
  {
    name: "length",
    default: 8,
    min: 4,
    max: 271,
    unit: "bytes",
    confidence: "C",
    source: "judgement",
    text: "length of an echo request, whose response is one longer and must fit the 272 bytes of ipmi_si; drawn"
  },
  {
    name: "think",
    default: 200 * US,
    min: 0,
    max: 5e3 * MS,
    unit: "ps",
    confidence: "C",
    source: "judgement: 200 us to 5 s with ipmid on D-Bus",
    text: "how long the daemon takes for an answer; drawn longer"
  },
  {
    name: "hostHz",
    default: 250,
    min: 100,
    max: 1e3,
    confidence: "B",
    source: "common distribution kernels",
    text: "HZ of the host kernel"
  }
];
var KCS_PARAMETERS = [...KCS, ...WORKLOAD_PARAMETERS, ...KERNEL_PARAMETERS, ...hardwareParameters(AST2500_PARAMETERS)];

// src/daemon/thread.ts
var DaemonThread = class {
  name;
  buffer;
  request;
  requestLength = 0;
  /** The request before it, while its answer is held back. */
  older;
  response;
  responseLength = 0;
  failures = 0;
  headerBytes = 0;
  body;
  constructor(name2, size) {
    this.name = name2;
    this.buffer = new UserBuffer(size);
    this.request = new Uint8Array(size);
    this.older = new Uint8Array(size);
    this.response = new UserBuffer(size);
    this.body = this.response.bytes;
  }
  /** Bytes before the message in what read() and write() carry. */
  get header() {
    return this.headerBytes;
  }
  set header(bytes) {
    if (bytes === this.headerBytes) return;
    this.headerBytes = bytes;
    this.body = bytes === 0 ? this.response.bytes : this.response.bytes.subarray(bytes);
  }
  /** The response without its header. */
  get message() {
    return this.body;
  }
  /** A driver may say that it has copied what it has not: then a process sees what its buffer held before. */
  reset() {
    this.buffer.bytes.fill(0);
    this.requestLength = 0;
    this.responseLength = 0;
    this.failures = 0;
  }
};

// src/daemon/daemon.ts
var PATIENCE = 4;
var UNSOLICITED = 8;
var RESTART = [100 * US, 500 * US, 3 * MS, 30 * MS];
var LATE = [0, 250 * US, 1 * MS, 20 * MS];
var SHORT = 3;
var Daemon = class {
  tasks;
  bmc = createBmcState();
  kernel;
  sys;
  witness;
  thinkTime;
  draw;
  kind;
  shape;
  file = null;
  device;
  lock;
  threads;
  /** What the process offers to read(), bytes. */
  count;
  /** The process is gone for good. */
  dead = false;
  constructor(kind, shape, kernel, device, thinkTime, draw, witness) {
    this.kind = kind;
    this.shape = shape;
    this.kernel = kernel;
    this.sys = new Syscalls(kernel);
    this.device = device;
    this.thinkTime = thinkTime;
    this.draw = draw;
    this.witness = witness;
    this.count = kind.buffer;
    this.lock = new Mutex(new Allocation(kernel, "daemon"), "pthread_mutex").at(kernel.sim.ops.frame(kind.name));
    this.threads = [`bmc:${kind.name}`, `bmc:${kind.name}/2`].map((name2) => new DaemonThread(name2, kind.buffer));
    this.tasks = this.threads.map((thread, i) => kernel.thread(thread.name, () => this.main(i)));
    kernel.sim.onReset(() => {
      resetBmcState(this.bmc);
      this.file = null;
      this.dead = false;
      for (const thread of this.threads) thread.reset();
      this.reset();
    });
  }
  /** Starts the process in this run. */
  start(shape) {
    this.shape = shape;
    for (const thread of this.threads) thread.header = this.header();
    this.tasks[0].ctx.start(LATE[this.draw(this.threads[0].name, LATE.length, "daemon starts late")]);
  }
  /** Whether the process has the device open. */
  get opened() {
    return this.file !== null;
  }
  /** Whether it has the device open and still reads from it. */
  get serves() {
    return this.file !== null && !this.dead;
  }
  // ---- what the daemons of the interfaces add --------------------------------------------------
  /** Forgets what a run has left. */
  reset() {
  }
  /** Bytes before the message in what read() and write() carry. */
  header() {
    return 0;
  }
  /** What the process offers to read() for a message of any length, bytes. */
  wholeMessage() {
    return this.kind.buffer;
  }
  /** The device is open. */
  *afterOpen(_thread, _file) {
  }
  /** The process gives up: nobody is left to serve the host. */
  *beforeEnd(_file) {
  }
  /** Whether a process that gives up because of `error` closes the device. */
  closesAfter(_error) {
    return true;
  }
  /** The length of the message in the thread's buffer, of which read() has filled `result` bytes. */
  decode(_thread, result) {
    return result;
  }
  /** Puts the header before the response. */
  encode(_thread) {
  }
  // ---- the process ----------------------------------------------------------------------------
  *main(index) {
    const thread = this.threads[index];
    if (index === 0) {
      yield* this.openDevice(thread);
      if (this.shape.threads === 2) this.tasks[1].ctx.start();
    }
    while (!this.dead) {
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexLock;
      yield call(this.serve(thread));
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexUnlock;
    }
  }
  *openDevice(thread) {
    const file = yield* this.sys.open(this.device, this.shape.nonBlocking);
    if (typeof file === "number") {
      this.giveUp(thread);
      return;
    }
    this.file = file;
    this.count = this.draw(thread.name, 2, "short buffer") === 1 ? SHORT : this.wholeMessage();
    this.witness.opened(thread.name);
    yield* this.afterOpen(thread, file);
  }
  giveUp(thread) {
    this.dead = true;
    this.witness.exited(thread.name);
  }
  /** Reads one request and answers it. */
  *serve(thread) {
    const { file } = this;
    if (file === null) return;
    yield* this.beforeRead(thread, file);
    const length = yield call(this.readRequest(thread, file));
    if (length < 0) {
      yield* this.failed(thread, length);
      return;
    }
    thread.failures = 0;
    if (this.shape.locked && this.draw(thread.name, 2, "crash with a request in hand") === 1) {
      yield* this.crash(thread, file);
      return;
    }
    yield* this.respond(thread, file, length);
  }
  /** A response to nothing, if the schedule says so. */
  *unsolicited(thread, file) {
    if (this.draw(thread.name, UNSOLICITED, "write without read") !== 1 || this.file !== file) return;
    yield this.kernel.sleep(this.thinkTime);
    thread.requestLength = 0;
    thread.responseLength = 3;
    thread.message.set([28, 1, 192]);
    yield* this.writeResponse(thread, file);
  }
  /** Makes the response to the thread's request. */
  answer(thread, length) {
    thread.responseLength = answer(this.bmc, thread.request, length, thread.message);
    if (thread.responseLength > this.kind.longestResponse) {
      thread.responseLength = writeResponse(thread.message, thread.request, length, CompletionCode.CANNOT_RETURN_DATA);
    }
  }
  /** How long the daemon takes for an answer, ps. */
  thinks(thread) {
    const { think } = this.kind;
    return this.thinkTime + think[this.draw(thread.name, think.length, "think longer")];
  }
  /** read() into the thread's request; its length, or -errno. */
  *readRequest(thread, file) {
    if (this.file !== file) return -EAGAIN;
    const { name: name2, buffer, header } = thread;
    const { count: count3 } = this;
    const { pages } = this.kind;
    const [pageEnd, nextPage] = pages[this.draw(name2, pages.length, "request buffer")];
    buffer.place(pageEnd, nextPage);
    this.witness.reads(name2);
    if (this.shape.nonBlocking) {
      const ready = yield* this.sys.poll(file, true);
      if (ready < 0) return ready;
    }
    const raw = yield call(this.sys.read(file, buffer, count3));
    const { signalled } = this.kernel.currentTask;
    const result = raw < 0 ? raw : this.decode(thread, raw);
    const bytes = header === 0 ? buffer.bytes : buffer.bytes.subarray(header);
    this.witness.read({
      thread: name2,
      result,
      bytes,
      count: Math.max(count3 - header, 0),
      nonBlocking: this.shape.nonBlocking,
      signalled,
      pageEnd: Math.max(pageEnd - header, 0),
      nextPage
    });
    if (result > 0) thread.request.set(bytes.subarray(0, result));
    thread.requestLength = Math.max(result, 0);
    return result;
  }
  /** write() of the thread's response to `request`; a second time from a good buffer if the first was bad. */
  *writeResponse(thread, file, request = thread.request, requestLength = thread.requestLength) {
    const { name: name2, response, responseLength, header } = thread;
    const { pages } = this.kind;
    const length = header + responseLength;
    this.encode(thread);
    response.place(...pages[this.draw(name2, pages.length, "response buffer")]);
    let result = yield call(this.sys.write(file, response, length));
    if (result === -EFAULT) {
      response.place(...pages[0]);
      result = yield call(this.sys.write(file, response, length));
    }
    if (result > 0) result = Math.max(result - header, 0);
    this.witness.wrote({ thread: name2, result, bytes: thread.message, length: responseLength, request, requestLength });
  }
  /** read() failed: try again, but not for ever. */
  *failed(thread, error) {
    if (error === -EINTR || ++thread.failures < PATIENCE) return;
    const { file } = this;
    this.giveUp(thread);
    if (file === null) return;
    yield* this.beforeEnd(file);
    if (this.closesAfter(error)) yield* this.closeDevice(thread, file);
  }
  /** Closes the device; with another thread in the driver its release() comes later. */
  *closeDevice(thread, file) {
    this.file = null;
    this.witness.closes(thread.name);
    yield* this.sys.close(file);
    if (file.references === 0) this.witness.closed(thread.name);
  }
  /** The process dies, and is started again. */
  *crash(thread, file) {
    yield* this.closeDevice(thread, file);
    yield this.kernel.sleep(RESTART[this.draw(thread.name, RESTART.length, "restart delay")]);
    yield* this.openDevice(thread);
  }
};

// src/daemon/kcsd.ts
var SET_SMS_ATN = 0;
var CLEAR_SMS_ATN = 1;
var FORCE_ABORT = 2;
var BUFFER = 1024;
var KCSD = {
  name: "kcsd",
  buffer: BUFFER,
  longestResponse: 1e3,
  pages: [[BUFFER, "resident"], [4, "not-resident"], [4, "unmapped"], [0, "not-resident"], [0, "unmapped"]],
  think: [0, 20 * US, 500 * US, 2 * MS, 20 * MS]
};
var Kcsd = class extends Daemon {
  attentionSet = false;
  constructor(kernel, device, thinkTime, draw, witness) {
    super(KCSD, { threads: 1, locked: true, nonBlocking: false, bridge: false }, kernel, device, thinkTime, draw, witness);
  }
  reset() {
    this.attentionSet = false;
  }
  *afterOpen(thread, file) {
    if (this.shape.bridge) yield* this.forceAbort(thread, file);
    yield* this.updateAttention(file);
  }
  *forceAbort(thread, file) {
    this.witness.aborted(thread.name);
    yield* this.sys.ioctl(file, FORCE_ABORT);
  }
  *beforeRead(thread, file) {
    switch (this.draw(thread.name, 5, "before read")) {
      case 1:
        yield* this.forceAbort(thread, file);
        break;
      case 2:
        yield* this.sys.ioctl(file, SET_SMS_ATN);
        this.attentionSet = true;
        break;
      case 3:
        yield* this.sys.ioctl(file, CLEAR_SMS_ATN);
        this.attentionSet = false;
        break;
      case 4:
        if (this.file !== null && this.shape.locked) yield* this.crash(thread, file);
        break;
    }
    yield* this.unsolicited(thread, file);
  }
  *respond(thread, file, length) {
    this.answer(thread, length);
    yield this.kernel.sleep(this.thinks(thread));
    if (this.shape.bridge && ((yield* this.sys.poll(file, false)) & EPOLLIN) !== 0) return;
    yield call(this.writeResponse(thread, file));
    yield* this.updateAttention(file);
  }
  *updateAttention(file) {
    const wanted = attention(this.bmc);
    if (wanted === this.attentionSet) return;
    this.attentionSet = wanted;
    yield* this.sys.ioctl(file, wanted ? SET_SMS_ATN : CLEAR_SMS_ATN);
  }
  *beforeEnd(file) {
    if (this.attentionSet) yield* this.sys.ioctl(file, CLEAR_SMS_ATN);
  }
  /** What is too long for it a process leaves alone. */
  closesAfter(error) {
    return error !== -EOVERFLOW;
  }
};

// src/daemon/ssifd.ts
var BUFFER2 = 260;
var SSIFD = {
  name: "ssifd",
  buffer: BUFFER2,
  longestResponse: IPMI_SSIF_PAYLOAD_MAX,
  pages: [[BUFFER2, "resident"], [8, "not-resident"], [8, "unmapped"], [0, "not-resident"], [0, "unmapped"]],
  // The host's budget is 227 ms (IPMI 12.7), the driver gives up after 500 ms.
  think: [0, 500 * US, 20 * MS, 240 * MS, 495 * MS, 700 * MS, 1600 * MS]
};
var PLAIN_SSIFD = { threads: 1, locked: true, nonBlocking: false, lengthBytes: 4, late: "write", timeout: 0 };
var SSIFBRIDGED = { ...PLAIN_SSIFD, nonBlocking: true, late: "match" };
var Ssifd = class extends Daemon {
  constructor(kernel, device, thinkTime, draw, witness) {
    super(SSIFD, PLAIN_SSIFD, kernel, device, thinkTime, draw, witness);
  }
  header() {
    return this.shape.lengthBytes;
  }
  /** sizeof(struct ipmi_ssif_msg), which was less while its length was a byte. */
  wholeMessage() {
    return this.shape.lengthBytes === 1 ? 1 + IPMI_SSIF_PAYLOAD_MAX : BUFFER2;
  }
  /** What is behind the length; its value is not looked at, as by ssifbridged. */
  decode(thread, result) {
    return Math.max(result - thread.header, 0);
  }
  encode(thread) {
    const { bytes } = thread.response;
    for (let i = 0; i < thread.header; i++) bytes[i] = thread.responseLength >>> 8 * i;
  }
  *beforeRead(thread, file) {
    if (this.draw(thread.name, 2, "before read") === 1 && this.file !== null && this.shape.locked) yield* this.crash(thread, file);
    yield* this.unsolicited(thread, file);
  }
  *respond(thread, file, length) {
    const { timeout, late: late2 } = this.shape;
    const thinks = this.thinks(thread);
    this.answer(thread, length);
    if (timeout > 0 && thinks > timeout) {
      thread.responseLength = writeResponse(thread.message, thread.request, length, CompletionCode.NODE_BUSY);
      yield this.kernel.sleep(timeout);
    } else {
      yield this.kernel.sleep(thinks);
    }
    if (late2 === "write" || ((yield* this.sys.poll(file, false)) & EPOLLIN) === 0) yield* this.writeResponse(thread, file);
    else if (late2 === "match") yield* this.readOn(thread, file, length);
  }
  /** A request has come while the answer to another was being made. */
  *readOn(thread, file, length) {
    const { older, request } = thread;
    older.set(request.subarray(0, length));
    const next2 = yield* this.readRequest(thread, file);
    if (next2 < 0) {
      yield* this.failed(thread, next2);
      return;
    }
    if (length >= 2 && next2 >= 2 && older[0] === request[0] && older[1] === request[1]) {
      yield* this.writeResponse(thread, file, older, length);
    }
    yield* this.respond(thread, file, next2);
  }
};

// src/host/io.ts
var DATA = 0;
var STATUS = 1;

// src/host/log.ts
var SILENT = {
  began() {
  },
  sent() {
  },
  abandoned() {
  },
  responded() {
  },
  broke() {
  },
  gaveUp() {
  }
};

// src/host/kcs/careless.ts
var CARELESS_BYTES = 2048;
var Move = {
  /** As intended. */
  ok: 0,
  /** The BMC's state was not the expected one. */
  wrongState: 1,
  /** The host lost patience. */
  gaveUp: 2
};
var CarelessHost = class {
  io;
  draw;
  log;
  next;
  period;
  patience;
  impatience;
  resetTime;
  /** The request in hand, and its length. */
  request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  /** The response read so far, and its length (which goes on counting when the buffer is full). */
  response = new Uint8Array(CARELESS_BYTES);
  responseLength = 0;
  /** The STATUS read last. */
  status = 0;
  /** It has stopped for good. */
  stopped = false;
  /** A request has begun, and neither been answered nor abandoned. */
  open = false;
  constructor(io, draw, next2, log = SILENT, params = {}) {
    this.io = io.at("careless host");
    this.draw = draw;
    this.next = next2;
    this.log = log;
    this.period = params.period ?? 10 * US;
    this.patience = params.patience ?? 20 * MS;
    this.impatience = params.impatience ?? 500 * US;
    this.resetTime = params.reset ?? 5 * MS;
  }
  /** Back to the start, for the next execution. */
  reset() {
    this.length = 0;
    this.responseLength = 0;
    this.status = 0;
    this.stopped = false;
    this.open = false;
  }
  /** Takes the next request in hand. */
  compose(length) {
    this.length = this.next(this.request, length);
  }
  /** Announces that what follows is against §`section`. */
  break(section, what) {
    this.log.broke(section, what);
  }
  /** Lets go of the request, if one has begun. */
  abandon(why) {
    if (this.open) this.log.abandoned(why);
    this.open = false;
  }
  /** Waits while STATUS & mask is `value`, at most `patience`. False: it still is. */
  *waitWhile(mask, value, patience = this.patience) {
    const deadline = this.io.now + patience;
    this.status = yield this.io.inb(STATUS);
    if ((this.status & mask) !== value) return true;
    this.status = yield this.io.poll(mask, this.status, this.period, deadline);
    return (this.status & mask) !== value;
  }
  /** Waits for IBF=0 and writes a byte: legal. */
  *put(reg, value) {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp("IBF=0");
      return Move.gaveUp;
    }
    yield this.io.outb(reg, value);
    return Move.ok;
  }
  /** Waits for IBF=0, expects `state` (if given) and drains OBF: what follows each write of the request. */
  *settle(state) {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp("IBF=0");
      return Move.gaveUp;
    }
    if (state !== void 0 && stateOf(this.status) !== state) return Move.wrongState;
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    return Move.ok;
  }
  /**
   * WRITE_START for the request in hand, at any time (§9.12: a command may be restarted whenever IBF is 0). A
   * request that was open is abandoned by that.
   */
  *writeStart() {
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
      this.log.gaveUp("IBF=0");
      return Move.gaveUp;
    }
    if ((this.status & Str.OBF) !== 0) yield this.io.inb(DATA);
    this.abandon("restarted");
    this.open = true;
    this.responseLength = 0;
    this.log.began(this.request, this.length);
    yield this.io.outb(STATUS, KcsControl.WRITE_START);
    return yield* this.settle(KcsState.WRITE);
  }
  /** Byte `i` of the request, not the last. */
  *writeByte(i) {
    yield this.io.outb(DATA, this.request[i]);
    return yield* this.settle(KcsState.WRITE);
  }
  /** WRITE_END and the last byte. */
  *writeEnd() {
    yield this.io.outb(STATUS, KcsControl.WRITE_END);
    const move = yield* this.settle(KcsState.WRITE);
    if (move !== Move.ok) return move;
    yield this.io.outb(DATA, this.request[this.length - 1]);
    this.log.sent();
    return Move.ok;
  }
  /** The request in hand up to and without byte `end`; all of it with WRITE_END if `end` is its length. */
  *write(end = this.length) {
    let move = yield* this.writeStart();
    const plain3 = Math.min(end, this.length - 1);
    for (let i = 0; i < plain3 && move === Move.ok; i++) move = yield* this.writeByte(i);
    if (move === Move.ok && end >= this.length) move = yield* this.writeEnd();
    return move;
  }
  /** Waits for the first byte of the response, at most `patience`: false if it has not come. */
  *awaitResponse(patience = this.patience) {
    const deadline = this.io.now + patience;
    const there = yield* this.waitWhile(Str.IBF, Str.IBF, patience);
    return there && (yield* this.waitWhile(Str.OBF, 0, Math.max(0, deadline - this.io.now)));
  }
  /** Reads the response to its end, or `limit` bytes of it (then Move.ok comes early, with the request open). */
  *read(limit = Infinity) {
    for (; ; ) {
      if (!(yield* this.waitWhile(Str.IBF, Str.IBF))) {
        this.log.gaveUp("IBF=0");
        return Move.gaveUp;
      }
      const state = stateOf(this.status);
      if (state !== KcsState.READ && state !== KcsState.IDLE) return Move.wrongState;
      if (state === KcsState.READ && this.responseLength >= limit) return Move.ok;
      if ((this.status & Str.OBF) === 0) {
        const here = this.status & STATE_MASK;
        if (!(yield* this.waitWhile(Str.OBF | STATE_MASK, here))) {
          this.log.gaveUp("OBF=1");
          return state === KcsState.READ ? Move.gaveUp : this.answered();
        }
        if ((this.status & Str.OBF) === 0) continue;
      }
      const byte = yield this.io.inb(DATA);
      if (state === KcsState.IDLE) return this.answered();
      if (this.responseLength < CARELESS_BYTES) this.response[this.responseLength] = byte;
      this.responseLength++;
      yield this.io.outb(DATA, KcsControl.READ);
    }
  }
  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact() {
    let move = yield* this.write();
    if (move === Move.ok) move = yield* this.read();
    if (move !== Move.ok) this.abandon(move === Move.gaveUp ? "out of patience" : "unexpected state");
    return move;
  }
  /**
   * GET_STATUS/ABORT at any time, and its error code (§9.15, figure 9-8): 0-255, or -1 if the BMC does not
   * play along. What was open is abandoned.
   */
  *abort() {
    this.abandon("aborted");
    if ((yield* this.put(STATUS, KcsControl.GET_STATUS_ABORT)) !== Move.ok) return -1;
    if ((yield* this.settle()) !== Move.ok) return -1;
    yield this.io.outb(DATA, 0);
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF)) || stateOf(this.status) !== KcsState.READ) return -1;
    const code = yield* this.take();
    if (code < 0) return -1;
    yield this.io.outb(DATA, KcsControl.READ);
    if (!(yield* this.waitWhile(Str.IBF, Str.IBF)) || stateOf(this.status) !== KcsState.IDLE) return -1;
    return (yield* this.take()) < 0 ? -1 : code;
  }
  /** Waits for OBF=1 and reads ODR; -1 if OBF does not come. */
  *take() {
    if (!(yield* this.waitWhile(Str.OBF, 0))) {
      this.log.gaveUp("OBF=1");
      return -1;
    }
    return yield this.io.inb(DATA);
  }
  answered() {
    if (this.open) this.log.responded(this.response, Math.min(this.responseLength, CARELESS_BYTES));
    this.open = false;
    return Move.ok;
  }
};

// src/host/kcs/careless-moves.ts
var OVERLONG = [273, 513, 999, 1e3, 1001, 1002, 1025, 1500];
var ILLEGAL_CODES = [99, 104, 0, 225, 111, 255];
function some(host) {
  return host.draw(host.length, "bytes written");
}
function* partly(host) {
  host.compose();
  return yield* host.write(some(host));
}
function* readPartly(host) {
  host.compose();
  const move = yield* host.write();
  return move === Move.ok ? yield* host.read(1 + host.draw(8, "bytes read")) : move;
}
var IMPATIENCE = [1, 0, 2, 8];
function* impatiently(host) {
  host.compose();
  if ((yield* host.write()) !== Move.ok) return false;
  const waits = IMPATIENCE[host.draw(IMPATIENCE.length, "impatience")];
  if (waits > 0) yield host.io.sleep(waits * host.impatience);
  host.status = yield host.io.inb(STATUS);
  return stateOf(host.status) === KcsState.READ && (host.status & (Str.IBF | Str.OBF)) === Str.OBF;
}
function* plain(host) {
  host.compose();
  return yield* host.transact();
}
function* stray(host, reg, value) {
  host.abandon("broken off");
  if ((yield* host.put(reg, value)) === Move.ok) yield* host.waitWhile(Str.IBF, Str.IBF);
}
var CARELESS_MOVES = [
  { name: "plain", legal: true, run: plain },
  {
    name: "restart while waiting for the response",
    legal: true,
    *run(host) {
      if (yield* impatiently(host)) yield* host.read();
      else yield* plain(host);
    }
  },
  {
    name: "restart while writing",
    legal: true,
    *run(host) {
      yield* partly(host);
      yield* plain(host);
    }
  },
  {
    name: "restart while reading",
    legal: true,
    *run(host) {
      yield* readPartly(host);
      yield* plain(host);
    }
  },
  {
    name: "abort while idle",
    legal: true,
    *run(host) {
      yield* host.abort();
    }
  },
  {
    name: "abort while writing",
    legal: true,
    *run(host) {
      yield* partly(host);
      yield* host.abort();
    }
  },
  {
    name: "abort while waiting for the response",
    legal: true,
    *run(host) {
      if (yield* impatiently(host)) yield* host.read();
      else yield* host.abort();
    }
  },
  {
    name: "abort while reading",
    legal: true,
    *run(host) {
      yield* readPartly(host);
      yield* host.abort();
    }
  },
  {
    name: "abort twice",
    legal: true,
    *run(host) {
      yield* partly(host);
      if ((yield* host.put(STATUS, KcsControl.GET_STATUS_ABORT)) === Move.ok) host.abandon("aborted");
      yield* host.abort();
    }
  },
  {
    name: "stray byte",
    legal: false,
    *run(host) {
      host.break("9.15", "a data byte outside of a transfer");
      yield* stray(host, DATA, host.draw(256, "byte"));
    }
  },
  {
    name: "stray WRITE_END and byte",
    legal: false,
    *run(host) {
      host.break("9.15", "WRITE_END outside of a transfer");
      yield* stray(host, STATUS, KcsControl.WRITE_END);
      yield* stray(host, DATA, host.draw(256, "byte"));
    }
  },
  {
    name: "illegal control code",
    legal: false,
    *run(host) {
      if (host.draw(2, "while writing") !== 0) yield* partly(host);
      const code = ILLEGAL_CODES[host.draw(ILLEGAL_CODES.length, "code")];
      host.break("9.10", "a control code that is reserved");
      yield* stray(host, STATUS, code);
    }
  },
  {
    name: "wrong byte while reading",
    legal: false,
    *run(host) {
      const move = yield* readPartly(host);
      if (move !== Move.ok || !host.open) return;
      host.break("9.15", "a byte that is not READ in READ_STATE");
      yield* stray(host, DATA, KcsControl.READ ^ 1 + host.draw(8, "byte"));
    }
  },
  {
    name: "one-byte message",
    legal: false,
    *run(host) {
      host.compose();
      host.length = 1;
      host.break("9.2", "a request of one byte");
      yield* host.transact();
    }
  },
  {
    name: "overlong message",
    legal: true,
    // the BMC may refuse it, by ERROR_STATE and status code 06h
    *run(host) {
      host.compose(OVERLONG[host.draw(OVERLONG.length, "length")]);
      yield* host.transact();
    }
  },
  {
    name: "write without waiting for IBF",
    legal: false,
    *run(host) {
      yield* partly(host);
      host.break("9.15", "a write while IBF may be set");
      host.abandon("wrote without waiting");
      yield host.io.outb(DATA, 85);
      if (host.draw(2, "second write") === 0) yield host.io.outb(DATA, 170);
      else yield host.io.outb(STATUS, KcsControl.WRITE_START);
      yield* host.waitWhile(Str.IBF, Str.IBF);
    }
  },
  {
    name: "host reset",
    legal: true,
    *run(host) {
      const where = host.draw(3, "where");
      if (where === 0) yield* partly(host);
      else if (where === 1) yield* impatiently(host);
      else yield* readPartly(host);
      host.abandon("host reset");
      yield host.io.sleep(host.resetTime);
      yield* plain(host);
    }
  },
  {
    name: "stop",
    legal: true,
    *run(host) {
      const where = host.draw(3, "where");
      if (where === 0) yield* partly(host);
      else if (where === 1) yield* impatiently(host);
      else yield* readPartly(host);
      host.abandon("stopped for good");
      host.stopped = true;
    }
  }
];

// src/host/si/irq-input.ts
var IRQ_INPUT = { controller: US, entry: 3 * US, jitter: 9 * US };
var IrqInput = class {
  sim;
  params;
  op;
  slot;
  waiter = null;
  taken = 0;
  /** The level of the line at its last sample. */
  level = false;
  constructor(sim, params = IRQ_INPUT) {
    this.sim = sim;
    this.params = params;
    this.slot = sim.slot(this);
    const line = [sim.ops.object("host: interrupt line")];
    this.op = sim.ops.define({
      label: "host: wait for IRQ",
      kind: "block",
      footprint: { reads: line, writes: [] },
      exec: (_operand, ctx) => this.block(ctx)
    });
    sim.onReset(() => {
      this.waiter = null;
      this.taken = 0;
      this.level = false;
    });
  }
  /** SerIRQ's sample of the line. */
  input(level) {
    this.level = level;
    const { waiter } = this;
    if (!level || waiter === null) return;
    this.waiter = null;
    this.sim.queue.cancel(this.slot);
    waiter.wake(1, this.latency());
  }
  /** The step that waits; see {@link HostIo.waitIrq}. */
  wait(deadline) {
    this.sim.current.arg = deadline;
    return this.op;
  }
  block(ctx) {
    const { sim } = this;
    const deadline = ctx.arg;
    if (this.level) {
      ctx.state = State.blocked;
      ctx.wake(1, this.latency());
      return BLOCKED;
    }
    if (deadline <= sim.now) return 0;
    this.waiter = ctx;
    if (deadline < END_OF_TIME) sim.queue.schedule(this.slot, deadline, true);
    return BLOCKED;
  }
  /** The deadline has passed. */
  fire() {
    const { waiter } = this;
    this.waiter = null;
    waiter?.wake(0);
  }
  latency() {
    const { controller, entry, jitter } = this.params;
    const late2 = jitter === 0 ? 0 : this.sim.choose("timing", "host IRQ", this.taken++, JITTER_STEPS + 1, "host: IRQ entry");
    return controller + entry + Math.floor(jitter * late2 / JITTER_STEPS);
  }
};

// src/host/si/si-sm.ts
var SiSmResult = {
  /** Call again at once, with time 0. */
  CALL_WITHOUT_DELAY: 0,
  /** Call again when some time has passed, and say how much. */
  CALL_WITH_DELAY: 1,
  /** The same, at the pace of the timer tick. */
  CALL_WITH_TICK_DELAY: 2,
  /** A transaction is over; its result can be fetched. */
  TRANSACTION_COMPLETE: 3,
  /** Nothing to do. */
  IDLE: 4,
  /** The machine has given up, and starts afresh. */
  HOSED: 5,
  /** Nothing to do, and the BMC asks for attention. */
  ATTN: 6
};
var IPMI_MAX_MSG_LENGTH = 272;

// src/host/kcs/kcs-data.ts
var KcsSm = {
  /** No transaction; drains OBF, looks at SMS_ATN. */
  IDLE: 0,
  /** A request is ready; nothing has been written yet. */
  START_OP: 1,
  /** WRITE_START is written. */
  WAIT_WRITE_START: 2,
  /** A byte that is not the last is written. */
  WAIT_WRITE: 3,
  /** WRITE_END is written, the last byte is not. */
  WAIT_WRITE_END: 4,
  /** The request, or READ, is written: a byte of the response or the end comes next. */
  WAIT_READ: 5,
  /** Something went wrong: GET_STATUS/ABORT comes next. */
  ERROR0: 6,
  /** GET_STATUS/ABORT is written. */
  ERROR1: 7,
  /** The 00h behind it is written: the error code comes next. */
  ERROR2: 8,
  /** READ is written behind the error code. */
  ERROR3: 9,
  /** The BMC does not follow the protocol. */
  HOSED: 10
};
var IBF_RETRY_TIMEOUT = 5e6;
var OBF_RETRY_TIMEOUT = 5e6;
var MAX_ERROR_RETRIES = 10;
var ERROR0_OBF_WAIT = 2 * SEC;
var KcsData = class {
  io;
  log;
  /** Length of a jiffy, ps. */
  jiffy;
  state = KcsSm.IDLE;
  writeData = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  writePos = 0;
  writeCount = 0;
  /** Bytes of the pending request, for restarting it; 0: none pending. */
  origWriteCount = 0;
  readData = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  readPos = 0;
  truncated = false;
  /** Ways into error recovery since the request began. */
  errorRetries = 0;
  ibfTimeout = IBF_RETRY_TIMEOUT;
  obfTimeout = OBF_RETRY_TIMEOUT;
  /** The jiffy before which ERROR0 waits for OBF. */
  error0Timeout = 0;
  /** Whether a request has begun on the wire whose end the log has not been told. */
  open = false;
  constructor(io, log = SILENT, params = {}) {
    this.io = io.at("kcs_event");
    this.log = log;
    this.jiffy = Math.floor(SEC / (params.hz ?? 250));
    this.init(KcsSm.IDLE);
  }
  /** `init_kcs_data_with_state()`: forgets any request. */
  init(state = KcsSm.IDLE) {
    this.state = state;
    this.writePos = 0;
    this.writeCount = 0;
    this.origWriteCount = 0;
    this.readPos = 0;
    this.errorRetries = 0;
    this.truncated = false;
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    this.obfTimeout = OBF_RETRY_TIMEOUT;
    this.open = false;
  }
  /** `kcs_detect()`: no KCS reads all ones, an address where nobody answers does. */
  static present(status) {
    return status !== 255;
  }
  /** `start_kcs_transaction()`: a request of 2 to 272 bytes, in IDLE. 0 or a completion code. */
  startTransaction(data, size) {
    if (size < 2) return CompletionCode.REQUEST_LENGTH_INVALID;
    if (size > IPMI_MAX_MSG_LENGTH) return CompletionCode.REQUEST_LENGTH_EXCEEDED;
    if (this.state !== KcsSm.IDLE) return CompletionCode.NOT_SUPPORTED_IN_STATE;
    this.errorRetries = 0;
    for (let i = 0; i < size; i++) this.writeData[i] = data[i];
    this.origWriteCount = size;
    this.rewind();
    this.state = KcsSm.START_OP;
    return 0;
  }
  /**
   * `get_kcs_result()`: a response that is too short gets CC FFh, a truncated one C6h over its own. (Bytes 0
   * and 1 of a response shorter than that stay as `out` had them.)
   */
  getResult(out2, length) {
    if (length < this.readPos) {
      this.readPos = length;
      this.truncated = true;
    }
    for (let i = 0; i < this.readPos; i++) out2[i] = this.readData[i];
    if (length >= 3 && this.readPos < 3) {
      out2[CC_INDEX] = CompletionCode.UNSPECIFIED;
      this.readPos = 3;
    }
    if (this.truncated) {
      out2[CC_INDEX] = CompletionCode.REQUEST_TRUNCATED;
      this.truncated = false;
    }
    return this.readPos;
  }
  watched(status) {
    if ((status & Str.IBF) !== 0) return Str.IBF;
    if (this.state === KcsSm.IDLE) return Str.IBF | Str.OBF | Str.SMS_ATN;
    return Str.IBF | Str.OBF | STATE_MASK;
  }
  budget(status) {
    return (status & Str.IBF) !== 0 ? this.ibfTimeout : this.obfTimeout;
  }
  skip(status, time) {
    if ((status & Str.IBF) !== 0) this.ibfTimeout -= time;
    else this.obfTimeout -= time;
  }
  get jiffies() {
    return Math.floor(this.io.now / this.jiffy);
  }
  rewind() {
    this.writeCount = this.origWriteCount;
    this.writePos = 0;
    this.readPos = 0;
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    this.obfTimeout = OBF_RETRY_TIMEOUT;
  }
  begin() {
    this.open = true;
    this.log.began(this.writeData, this.origWriteCount);
  }
  nextByte() {
    this.writeCount--;
    return this.writeData[this.writePos++];
  }
  /** `read_next_byte()`: what does not fit is thrown away. */
  store(byte) {
    if (this.readPos >= IPMI_MAX_MSG_LENGTH) this.truncated = true;
    else this.readData[this.readPos++] = byte;
  }
  /** `check_ibf()`: true if the call goes on, because IBF is 0 or because patience has ended. */
  checkIbf(status, time) {
    if ((status & Str.IBF) !== 0) {
      this.ibfTimeout -= time;
      if (this.ibfTimeout >= 0) return false;
      this.log.gaveUp("IBF=0");
      this.startErrorRecovery("IBF not clear in time");
    }
    this.ibfTimeout = IBF_RETRY_TIMEOUT;
    return true;
  }
  /** `check_obf()`: true if the call goes on, because OBF is 1 or because patience has ended. */
  checkObf(status, time) {
    if ((status & Str.OBF) === 0) {
      this.obfTimeout -= time;
      if (this.obfTimeout >= 0) return false;
      this.log.gaveUp("OBF=1");
      this.startErrorRecovery("OBF not set in time");
    }
    this.obfTimeout = OBF_RETRY_TIMEOUT;
    return true;
  }
  /** `start_error_recovery()`: the retries of one request are limited, the abort comes next. */
  startErrorRecovery(why) {
    if (this.open) {
      this.open = false;
      this.log.abandoned(why);
    }
    this.errorRetries++;
    if (this.errorRetries > MAX_ERROR_RETRIES) {
      this.log.gaveUp("the BMC");
      this.state = KcsSm.HOSED;
    } else {
      this.error0Timeout = this.jiffies + Math.floor(ERROR0_OBF_WAIT / this.jiffy);
      this.state = KcsSm.ERROR0;
    }
  }
  /** The response has been read to its end. */
  complete() {
    this.origWriteCount = 0;
    this.state = KcsSm.IDLE;
    this.open = false;
    this.log.responded(this.readData, this.readPos);
  }
};

// src/host/kcs/kcs-sm.ts
var KcsStateMachine = class extends KcsData {
  /** `kcs_event()`: executes exactly one state. */
  *event(status, time) {
    if (!this.checkIbf(status, time)) return SiSmResult.CALL_WITH_DELAY;
    const { io } = this;
    const state = stateOf(status);
    const obf = (status & Str.OBF) !== 0;
    switch (this.state) {
      case KcsSm.IDLE:
        if (obf) yield io.inb(DATA);
        return (status & Str.SMS_ATN) !== 0 ? SiSmResult.ATTN : SiSmResult.IDLE;
      case KcsSm.START_OP:
        if (state !== KcsState.IDLE) {
          this.startErrorRecovery("not in IDLE_STATE at the start");
          break;
        }
        if (obf) yield io.inb(DATA);
        this.begin();
        yield io.outb(STATUS, KcsControl.WRITE_START);
        this.state = KcsSm.WAIT_WRITE_START;
        break;
      case KcsSm.WAIT_WRITE_START:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery("not in WRITE_STATE after WRITE_START");
          break;
        }
        yield io.inb(DATA);
        if (this.writeCount === 1) {
          yield io.outb(STATUS, KcsControl.WRITE_END);
          this.state = KcsSm.WAIT_WRITE_END;
        } else {
          yield io.outb(DATA, this.nextByte());
          this.state = KcsSm.WAIT_WRITE;
        }
        break;
      case KcsSm.WAIT_WRITE:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery("not in WRITE_STATE after a byte");
          break;
        }
        if (obf) yield io.inb(DATA);
        if (this.writeCount === 1) {
          yield io.outb(STATUS, KcsControl.WRITE_END);
          this.state = KcsSm.WAIT_WRITE_END;
        } else {
          yield io.outb(DATA, this.nextByte());
        }
        break;
      case KcsSm.WAIT_WRITE_END:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery("not in WRITE_STATE after WRITE_END");
          break;
        }
        if (obf) yield io.inb(DATA);
        yield io.outb(DATA, this.nextByte());
        this.log.sent();
        this.state = KcsSm.WAIT_READ;
        break;
      case KcsSm.WAIT_READ:
        if (state === KcsState.IDLE) {
          if (obf) yield io.inb(DATA);
          this.complete();
          return SiSmResult.TRANSACTION_COMPLETE;
        }
        if (state !== KcsState.READ) {
          this.startErrorRecovery("neither in READ_STATE nor in IDLE_STATE while reading");
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (!obf) this.log.broke("9.15", "READ is written though no byte has come");
        this.store(yield io.inb(DATA));
        yield io.outb(DATA, KcsControl.READ);
        break;
      // the state is ERROR0, or HOSED, if OBF did not come in time
      case KcsSm.ERROR0:
        if (obf) yield io.inb(DATA);
        if (((yield io.inb(STATUS)) & Str.OBF) !== 0 && this.jiffies < this.error0Timeout) {
          return SiSmResult.CALL_WITH_TICK_DELAY;
        }
        if ((status & Str.IBF) !== 0) this.log.broke("9.15", "GET_STATUS/ABORT is written while IBF is set");
        yield io.outb(STATUS, KcsControl.GET_STATUS_ABORT);
        this.state = KcsSm.ERROR1;
        break;
      case KcsSm.ERROR1:
        if (obf) yield io.inb(DATA);
        yield io.outb(DATA, 0);
        this.state = KcsSm.ERROR2;
        break;
      case KcsSm.ERROR2:
        if (state !== KcsState.READ) {
          this.startErrorRecovery("not in READ_STATE for the error code");
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (obf) yield io.inb(DATA);
        else this.log.broke("9.15", "READ is written though no error code has come");
        yield io.outb(DATA, KcsControl.READ);
        this.state = KcsSm.ERROR3;
        break;
      case KcsSm.ERROR3:
        if (state !== KcsState.IDLE) {
          this.startErrorRecovery("not in IDLE_STATE after the error code");
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (obf) yield io.inb(DATA);
        if (this.origWriteCount === 0) {
          this.state = KcsSm.IDLE;
          return SiSmResult.TRANSACTION_COMPLETE;
        }
        this.rewind();
        this.begin();
        this.state = KcsSm.WAIT_WRITE_START;
        yield io.outb(STATUS, KcsControl.WRITE_START);
        break;
      case KcsSm.HOSED:
        break;
    }
    if (this.state !== KcsSm.HOSED) return SiSmResult.CALL_WITHOUT_DELAY;
    this.init(KcsSm.ERROR0);
    return SiSmResult.HOSED;
  }
};

// src/host/si/smi-msg.ts
var SmiMsg = class {
  data = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  dataSize = 0;
  rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  rspSize = 0;
  /** Forgets the response. */
  reset() {
    if (this.rspSize > 0) this.rsp.fill(0);
    this.rspSize = 0;
  }
};

// src/host/si/smi-info.ts
var SiState = {
  /** A message of the upper layer, or nothing. */
  NORMAL: 0,
  GETTING_FLAGS: 1,
  GETTING_EVENTS: 2,
  CLEARING_FLAGS: 3,
  GETTING_MESSAGES: 4,
  CHECKING_ENABLES: 5,
  SETTING_ENABLES: 6
};
var APP = netFnLun(NetFn.APP, Lun.BMC);
var WANTED = GlobalEnable.EVENT_MESSAGE_BUFFER | GlobalEnable.RECEIVE_MESSAGE_INTERRUPT | GlobalEnable.EVENT_MESSAGE_BUFFER_FULL_INTERRUPT;
var SmiInfo = class {
  sm;
  timer;
  /** Whether the interface has an interrupt: `io.irq`. */
  irq;
  siState = SiState.NORMAL;
  /** Set by `sender()` while SI is busy with something else. */
  waitingMsg = null;
  currMsg = null;
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
  /** The message that SI makes up for what it fetches on its own. */
  own = new SmiMsg();
  scratch = new Uint8Array(4);
  /** Takes the response to a message of the upper layer, and what Get Message and Read Event fetched. */
  deliver = () => {
  };
  /** Called in an idle moment before SI turns to its own wishes: the last chance to hand it a message. */
  beforeIdle = () => {
  };
  constructor(sm, timer, irq) {
    this.sm = sm;
    this.timer = timer;
    this.irq = irq;
  }
  /** As set up by a successful probe. */
  reset() {
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
    this.own.reset();
    this.scratch.fill(0);
  }
  /** Nothing in hand: a message handed over now is started by its sender. */
  get quiet() {
    return this.siState === SiState.NORMAL && this.currMsg === null;
  }
  /** `sender()`, up to the event call that it makes if SI was quiet: true if so. */
  sender(msg) {
    if (this.waitingMsg !== null) throw new Error("ipmi_si is handed a message while one is waiting");
    this.waitingMsg = msg;
    if (!this.quiet) return false;
    this.timer.mod();
    this.startNextMsg();
    return true;
  }
  /** `request_events()`: the upper layer's wish to hear of events. */
  requestEvents() {
    if (this.hasEventBuffer) this.reqEvents = true;
  }
  /**
   * The part of `smi_event_handler()` that follows an event call. CALL_WITHOUT_DELAY: make another one at
   * once, with time 0. Anything else is what the handler returns.
   */
  afterEvent(result) {
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
  startClearFlags() {
    this.startNewMsg(SiState.CLEARING_FLAGS, AppCmd.CLEAR_MESSAGE_FLAGS, MessageFlag.WATCHDOG_PRE_TIMEOUT);
  }
  startNextMsg() {
    const msg = this.waitingMsg;
    this.currMsg = msg;
    this.waitingMsg = null;
    const err = this.sm.startTransaction(msg.data, msg.dataSize);
    if (err !== 0) this.returnHosedMsg(err);
  }
  startNewMsg(state, cmd, data = -1) {
    const { scratch } = this;
    scratch[0] = APP;
    scratch[1] = cmd;
    if (data >= 0) scratch[2] = data;
    this.timer.mod();
    this.sm.startTransaction(scratch, data >= 0 ? 3 : 2);
    this.siState = state;
  }
  startGetting(state, cmd) {
    this.currMsg = this.own;
    this.own.data[0] = APP;
    this.own.data[1] = cmd;
    this.own.dataSize = 2;
    this.startNewMsg(state, cmd);
  }
  /** `return_hosed_msg()`: the answer is made up. */
  returnHosedMsg(cc) {
    const msg = this.currMsg;
    msg.rsp[0] = msg.data[0] | RESPONSE_BIT;
    msg.rsp[1] = msg.data[1];
    msg.rsp[CC_INDEX] = cc;
    msg.rspSize = RESPONSE_HEADER;
    this.currMsg = null;
    this.deliver(msg, msg !== this.own);
  }
  handleTransactionDone() {
    const { scratch, sm } = this;
    switch (this.siState) {
      case SiState.NORMAL: {
        const msg = this.currMsg;
        if (msg === null) return;
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
  fetched(flag) {
    const msg = this.currMsg;
    msg.rspSize = this.sm.getResult(msg.rsp, IPMI_MAX_MSG_LENGTH);
    this.currMsg = null;
    if (msg.rsp[CC_INDEX] !== 0) {
      this.msgFlags &= ~flag;
      this.handleFlags();
    } else {
      this.deliver(msg, false);
      this.handleFlags();
    }
  }
  /** `handle_flags()`: the watchdog first, then messages, then events, each until there are no more. */
  handleFlags() {
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
  checkEnables() {
    const { scratch, sm } = this;
    sm.getResult(scratch, 4);
    if (scratch[CC_INDEX] !== 0) {
      this.siState = SiState.NORMAL;
      return;
    }
    const now = scratch[3];
    const wanted = this.globalEnables();
    if (wanted === (now & WANTED)) {
      this.afterEnables();
      return;
    }
    scratch[0] = APP;
    scratch[1] = AppCmd.SET_BMC_GLOBAL_ENABLES;
    scratch[2] = wanted | now & ~WANTED;
    sm.startTransaction(scratch, 3);
    this.siState = SiState.SETTING_ENABLES;
  }
  afterEnables() {
    if (this.supportsEventMsgBuff) this.startGetting(SiState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
    else this.siState = SiState.NORMAL;
  }
  /** `current_global_enables()`. */
  globalEnables() {
    const interrupts2 = this.irq && !this.interruptDisabled && !this.irqEnableBroken;
    let enables = this.supportsEventMsgBuff ? GlobalEnable.EVENT_MESSAGE_BUFFER : 0;
    if (interrupts2 || this.cannotDisableIrq && !this.irqEnableBroken) enables |= GlobalEnable.RECEIVE_MESSAGE_INTERRUPT;
    if (interrupts2 && this.supportsEventMsgBuff) enables |= GlobalEnable.EVENT_MESSAGE_BUFFER_FULL_INTERRUPT;
    return enables;
  }
};

// src/host/si/si-timer.ts
var SI_TIMEOUT_TIME = 1e4;
var SiTimer = class {
  clock;
  /** Length of a jiffy, ps. */
  jiffy;
  usPerJiffy;
  /** Jiffies between two calls: 10 ms, rounded down as the kernel's integer division does. */
  period;
  canStart = true;
  running = false;
  /** The jiffy in which it is due. */
  expires = 0;
  /** The jiffy in which it was last set. */
  lastTimeout = 0;
  constructor(clock, hz) {
    this.clock = clock;
    this.jiffy = Math.floor(SEC / hz);
    this.usPerJiffy = Math.floor(1e6 / hz);
    this.period = Math.max(1, Math.floor(SI_TIMEOUT_TIME / this.usPerJiffy));
  }
  reset() {
    this.canStart = true;
    this.running = false;
    this.expires = 0;
    this.lastTimeout = 0;
  }
  get jiffies() {
    return Math.floor(this.clock.now / this.jiffy);
  }
  /** `smi_mod_timer()`: due in 10 ms, or in the next jiffy. */
  mod(short = false) {
    if (!this.canStart) return;
    this.lastTimeout = this.jiffies;
    this.expires = this.lastTimeout + (short ? 1 : this.period);
    this.running = true;
  }
  cancel() {
    this.running = false;
  }
  /** Time of the tick at which jiffy `n` begins. */
  tick(n) {
    return n * this.jiffy;
  }
  get due() {
    return this.running && this.jiffies >= this.expires;
  }
};

// src/host/si/si.ts
var SiMode = {
  /** A user's `poll()`: busy, 10 us a call. */
  poll: "poll",
  /** The kernel thread of an interface without interrupt, and the SI timer. */
  kipmid: "kipmid",
  /** The interrupt handler, and the SI timer. */
  irq: "irq"
};
var POLL_STEP = 10;
var IDLE_WATCH = 100;
var Si = class {
  info;
  timer;
  mode;
  sm;
  io;
  /** The response to the last message, of the length that {@link transact} has returned. */
  response = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  responseLength = 0;
  waiting = false;
  message = new SmiMsg();
  access;
  kipmidSleep;
  kipmidMaxBusy;
  busyUntil = END_OF_TIME;
  needWatch;
  /** Set for each message or event that SI has fetched on its own. */
  onReceive = () => {
  };
  /** How to wait for the next event call, as {@link plan} has found. */
  mask = 0;
  period = 1;
  deadline = 0;
  /** The event calls that follow are the timer's. */
  byTimer = false;
  constructor(sm, io, params = {}) {
    this.sm = sm;
    this.mode = params.mode ?? SiMode.kipmid;
    this.io = io.at("smi_event_handler");
    this.timer = new SiTimer(io, params.hz ?? 250);
    this.info = new SmiInfo(sm, this.timer, this.mode === SiMode.irq);
    this.access = params.access ?? US;
    this.kipmidSleep = params.kipmidSleep ?? 150 * US;
    this.kipmidMaxBusy = params.kipmidMaxBusy ?? 0;
    this.needWatch = params.needWatch ?? false;
    this.info.deliver = (msg, asked) => {
      if (!asked) {
        this.onReceive(msg.rsp, msg.rspSize);
        return;
      }
      this.response.set(msg.rsp);
      this.responseLength = msg.rspSize;
      this.waiting = false;
    };
  }
  /** As after a successful probe, for the next execution. The state machine is reset by its owner. */
  reset() {
    this.info.reset();
    this.timer.reset();
    this.message.reset();
    if (this.responseLength > 0) this.response.fill(0);
    this.responseLength = 0;
    this.waiting = false;
    this.busyUntil = END_OF_TIME;
    this.byTimer = false;
  }
  /** Hands over a message without making event calls: `sender()`. One at a time. */
  send(request, length) {
    if (this.waiting) throw new Error("ipmi_si is handed a message before the last is answered");
    const { message } = this;
    message.dataSize = length;
    for (let i = 0; i < length && i < IPMI_MAX_MSG_LENGTH; i++) message.data[i] = request[i];
    this.waiting = true;
    this.info.sender(message);
  }
  /**
   * Sends one message and returns the length of its response, which is in {@link response}, serving whatever
   * else comes up meanwhile. There always is a response: SI makes one up for a BMC that is lost.
   */
  transact(request, length) {
    this.send(request, length);
    return this.drive(END_OF_TIME);
  }
  /** Nothing in hand: a message handed over now goes out at once. */
  get quiet() {
    return this.info.quiet;
  }
  /** What SI does until `until` while no message is queued: idle polls, attention. */
  idle(until) {
    return this.drive(until);
  }
  /** One call of `smi_event_handler()` with time 0. */
  handler() {
    return this.drive(0);
  }
  /**
   * Makes event calls until the message is answered if `until` is the end of time, or else until `until`. Returns
   * the length of the last response. (The only generator between caller and event call: each costs at every step.)
   */
  *drive(until) {
    const { io, sm, info, timer } = this;
    const answer2 = until === END_OF_TIME;
    let status = yield io.inb(STATUS);
    let time = 0;
    for (; ; ) {
      const result = info.afterEvent(yield* sm.event(status, time));
      time = 0;
      if (result === SiSmResult.CALL_WITHOUT_DELAY) {
        status = yield io.inb(STATUS);
        continue;
      }
      this.handled(result);
      if (answer2 ? !this.waiting : io.now >= until) return this.responseLength;
      if (this.mode === SiMode.irq) {
        const deadline = timer.running ? Math.min(until, timer.tick(timer.expires)) : until;
        if ((yield io.waitIrq(deadline)) === 0) {
          if (timer.due) time = this.timerCall(timer.jiffies);
          else return this.responseLength;
        }
        status = yield io.inb(STATUS);
        continue;
      }
      if (!this.plan(result, status, until)) {
        yield io.sleep(until - io.now);
        return this.responseLength;
      }
      const last = status;
      status = yield this.poll(last);
      time = this.account(last);
    }
  }
  /** What the caller of the handler does once it has returned. */
  handled(result) {
    const { timer } = this;
    if (this.byTimer) {
      this.byTimer = false;
      if (result === SiSmResult.IDLE) timer.cancel();
      else timer.mod(result === SiSmResult.CALL_WITH_DELAY && this.mode !== SiMode.irq);
    } else if (this.mode === SiMode.kipmid && result !== SiSmResult.IDLE && !timer.running) {
      timer.mod();
    }
  }
  /** Chooses mask, period and deadline of the wait for the next event call; false: there is none. */
  plan(result, status, until) {
    const { io, sm, timer } = this;
    const { now } = io;
    const polling = this.mode === SiMode.poll;
    this.mask = sm.watched(status);
    this.period = (polling ? POLL_STEP * US : this.kipmidSleep) + this.access;
    if (result !== SiSmResult.CALL_WITH_DELAY) this.busyUntil = END_OF_TIME;
    switch (result) {
      case SiSmResult.CALL_WITH_DELAY: {
        this.deadline = Math.min(until, polling ? now + this.pollsLeft(status) * this.period : this.ticksLeft(status));
        if (!polling && this.kipmidMaxBusy > 0) this.limitBusy(now);
        return true;
      }
      case SiSmResult.IDLE: {
        if (!polling) {
          if (!this.needWatch) return false;
          this.period = IDLE_WATCH * timer.jiffy;
        }
        const looks = Math.floor((until - now) / this.period);
        this.deadline = now + looks * this.period;
        return looks > 0;
      }
      default:
        if (!polling) this.period = this.toNextTick(now);
        this.deadline = now;
        return true;
    }
  }
  poll(last) {
    return this.io.poll(this.mask, last, this.period, this.deadline);
  }
  /** Makes up for the event calls of a poll that found nothing new. Returns the time for the one that follows. */
  account(last) {
    const { io, sm, timer } = this;
    if (this.mode === SiMode.poll) {
      sm.skip(last, (io.samples - 1) * POLL_STEP);
      return POLL_STEP;
    }
    if (!timer.due) return 0;
    const { jiffies } = timer;
    const late2 = timer.tick(jiffies) > io.now - this.period;
    const vain = late2 ? jiffies - 1 : jiffies;
    if (vain >= timer.expires) {
      sm.skip(last, (vain - timer.lastTimeout) * timer.usPerJiffy);
      timer.lastTimeout = vain;
      timer.expires = vain + 1;
    }
    return late2 ? this.timerCall(jiffies) : 0;
  }
  /** The event calls that follow are those of `smi_timeout()`; returns the time that it says has passed. */
  timerCall(jiffies) {
    this.byTimer = true;
    return (jiffies - this.timer.lastTimeout) * this.timer.usPerJiffy;
  }
  /** How many more calls of `poll()` the machine takes with `status` before it loses patience. */
  pollsLeft(status) {
    return Math.floor(this.sm.budget(status) / POLL_STEP) + 1;
  }
  /** The tick at which the timer's calls make the machine lose patience with `status`. */
  ticksLeft(status) {
    const { timer } = this;
    const jiffy = timer.lastTimeout + Math.floor(this.sm.budget(status) / timer.usPerJiffy) + 1;
    return timer.tick(Math.max(jiffy, timer.expires));
  }
  /** `ipmi_thread_busy_wait()`: short sleeps for a while, then one for a tick, then again. */
  limitBusy(now) {
    if (this.busyUntil === END_OF_TIME) this.busyUntil = now + this.kipmidMaxBusy;
    if (now > this.busyUntil) {
      this.busyUntil = END_OF_TIME;
      this.period = this.toNextTick(now);
      this.deadline = now;
    } else {
      this.deadline = Math.min(this.deadline, this.busyUntil + 1);
    }
  }
  /** schedule_timeout(1): up to the next tick. */
  toNextTick(now) {
    return this.timer.tick(this.timer.jiffies + 1) - now;
  }
};

// src/host/si/si-probe.ts
var APP2 = netFnLun(NetFn.APP, Lun.BMC);
var DEVICE_ID = RESPONSE_HEADER + 6;

// src/host/sim-io.ts
var SimIo = class _SimIo {
  sim;
  port;
  irq;
  sleeping;
  /** Bits of the frame, or-ed into each op. */
  frame;
  /** Of the last poll: from its issue to its first sample, and its period. */
  firstSample = 0;
  period = 1;
  constructor(sim, port, irq, sleeping, frame) {
    this.sim = sim;
    this.port = port;
    this.irq = irq;
    this.sleeping = sleeping;
    this.frame = frame;
  }
  /** The host's side of `port`: call once when the system is built, and {@link at} for more views. */
  static create(sim, port, irq) {
    const sleeping = sim.ops.define({
      label: "host: sleep",
      kind: "block",
      exec(_operand, ctx) {
        ctx.state = State.blocked;
        ctx.wake(0, ctx.arg);
        return BLOCKED;
      }
    });
    return new _SimIo(sim, port, new IrqInput(sim, irq), sleeping, 0);
  }
  at(frame) {
    return new _SimIo(this.sim, this.port, this.irq, this.sleeping, this.sim.ops.frame(frame));
  }
  /** The host's interrupt line, as SerIRQ samples it. */
  irqInput(level) {
    this.irq.input(level);
  }
  inb(reg) {
    return this.port.inb(reg) | this.frame;
  }
  outb(reg, value) {
    return this.port.outb(reg, value) | this.frame;
  }
  poll(mask, last, period, deadline) {
    const { sim } = this;
    const ctx = sim.current;
    const op = this.port.poll(mask, last, period, deadline);
    const { lead } = sim.ops.def(op);
    ctx.lateness = Math.max(0, period - sim.ops.def(ctx.op).tail - lead);
    this.firstSample = lead + ctx.lateness;
    this.period = period;
    return op | this.frame;
  }
  get samples() {
    const since = this.sim.now - this.sim.current.issuedAt - this.firstSample;
    return 1 + Math.max(0, Math.floor(since / this.period + 0.5));
  }
  waitIrq(deadline) {
    return this.irq.wait(deadline) | this.frame;
  }
  sleep(ps) {
    this.sim.current.arg = ps;
    return this.sleeping | this.frame;
  }
  get now() {
    return this.sim.now;
  }
  get irqAsserted() {
    return this.irq.level;
  }
};

// src/host/ssif/smbus.ts
var I2C_SMBUS_BLOCK_MAX = 32;

// src/host/ssif/smbus-kinds.ts
var SMBUS_KINDS = {
  /**
   * drivers/i2c/busses/i2c-i801.c, with the features of the ICH5 and later: the controller appends and checks PEC
   * itself (SMBAUXCTL_CRC), keeps the block in a buffer (so a bad count is seen when the transaction is over), and
   * interrupts. DEV_ERR stands for a NAK and for a clock that is low too long.
   */
  i801: {
    name: "i801",
    pec: true,
    nak: -ENXIO,
    arbitration: -EAGAIN,
    retries: 3,
    timeout: 200 * MS,
    clockLow: -ENXIO,
    badPec: -EBADMSG,
    badCount: -EPROTO,
    noData: -EPROTO,
    done: 20 * US
  },
  /**
   * drivers/i2c/busses/i2c-piix4.c: no PEC, whatever the flag says, neither sent nor checked; it asks the controller
   * every 250 to 500 us whether it has finished.
   */
  piix4: {
    name: "piix4",
    pec: false,
    nak: -ENXIO,
    arbitration: -EIO,
    retries: 0,
    timeout: 0,
    clockLow: -ENXIO,
    badPec: -EBADMSG,
    badCount: -EPROTO,
    noData: -EINVAL,
    done: 250 * US
  },
  /**
   * A plain I2C controller with i2c_smbus_xfer_emulated() (drivers/i2c/i2c-core-smbus.c): the core computes and
   * checks PEC, and writes empty blocks. The other numbers are those that Documentation/i2c/fault-codes.rst wants;
   * drivers differ, some even let a count of 0 pass.
   */
  i2c: {
    name: "i2c",
    pec: true,
    nak: -ENXIO,
    arbitration: -EAGAIN,
    retries: 3,
    timeout: 1e3 * MS,
    clockLow: -ETIMEDOUT,
    badPec: -EBADMSG,
    badCount: -EPROTO,
    noData: 0,
    done: 20 * US
  }
};

// src/host/ssif/adapter.ts
var SimSmbus = class {
  pec = false;
  sim;
  host;
  kind;
  /** The 7-bit address of the BMC. */
  address;
  transfer;
  constructor(sim, host, kind = SMBUS_KINDS.i801, address = SSIF_ADDRESS) {
    this.sim = sim;
    this.host = host;
    this.kind = kind;
    this.address = address;
    this.transfer = host.transferAt(sim.ops.frame(`${kind.name}_access`));
  }
  *quickWrite() {
    this.host.quick(this.address, false);
    return yield* this.xfer();
  }
  *blockWrite(command, data, length) {
    const count3 = Math.min(length, I2C_SMBUS_BLOCK_MAX);
    if (count3 === 0 && this.kind.noData !== 0) return this.kind.noData;
    this.host.blockWrite(this.address, command, data, count3, this.usesPec);
    return yield* this.xfer();
  }
  *blockRead(command, data) {
    const { host } = this;
    host.blockRead(this.address, command, this.usesPec);
    const result = yield* this.xfer();
    if (result < 0) return result;
    for (let i = 0; i < host.length; i++) data[i] = host.data[i];
    return host.length;
  }
  get usesPec() {
    return this.pec && this.kind.pec;
  }
  /** __i2c_smbus_xfer(): lost arbitration is tried again. 0 or -errno. */
  *xfer() {
    const { kind, sim } = this;
    const begun = sim.now;
    let result = 0;
    for (let tried = 0; tried <= kind.retries; tried++) {
      result = this.errno(yield this.transfer);
      if (result !== -EAGAIN || sim.now > begun + kind.timeout) break;
    }
    return result;
  }
  errno(status) {
    const { kind } = this;
    switch (status) {
      case SmbusStatus.OK:
        return 0;
      case SmbusStatus.DEV_ERR:
        return kind.nak;
      case SmbusStatus.BUS_ERR:
        return kind.arbitration;
      case SmbusStatus.TIMEOUT:
        return kind.clockLow;
      case SmbusStatus.PEC_ERR:
        return kind.badPec;
      case SmbusStatus.COUNT_ERR:
        return kind.badCount;
      default:
        return -EIO;
    }
  }
};

// src/host/ssif/careless-other.ts
var GAPS = [MS, 0, 100 * US, 20 * MS];
function foreignScript(script, address, draw) {
  const read = draw(2, "read") !== 0;
  const bytes = draw(4, "bytes");
  script.start(address, read);
  if (read) script.receive(bytes + 1);
  else for (let i = 0; i < bytes; i++) script.send(draw(256, "byte"));
  script.stop();
}

// src/host/ssif/exchange.ts
var Exchange = class {
  log;
  /** A request has begun, and neither been answered nor abandoned. */
  open = false;
  constructor(log) {
    this.log = log;
  }
  /** The first byte of a request is written next. One that is open is given up for it: the same, if not said otherwise. */
  begin(request, length, why = "sent again") {
    this.abandon(why);
    this.open = true;
    this.log.began(request, length);
  }
  /** The last part is written. */
  sent() {
    this.log.sent();
  }
  responded(response, length) {
    if (this.open) this.log.responded(response, length);
    this.open = false;
  }
  abandon(why) {
    if (this.open) this.log.abandoned(why);
    this.open = false;
  }
  /** The response has not come for as long as the host waits. */
  gaveUp(what) {
    if (!this.open) return;
    this.log.gaveUp(what);
    this.abandon(`no ${what}`);
  }
};

// src/host/ssif/careless.ts
var CarelessSmbus = class {
  own;
  time;
  draw;
  log;
  next;
  pace;
  period;
  patience;
  resetTime;
  address;
  exchange;
  transfer;
  /** Whether it uses PEC, as it may once the BMC has said that it supports it. */
  pec = false;
  /** The request in hand, and its length. */
  request = new Uint8Array(CARELESS_BYTES);
  length = 0;
  /** The response read so far, and its length (which goes on counting when the buffer is full). */
  response = new Uint8Array(CARELESS_BYTES);
  responseLength = 0;
  /** It has stopped for good. */
  stopped = false;
  constructor(own, time, draw, next2, log = SILENT, params = {}) {
    this.own = own;
    this.time = time.at("careless host");
    this.draw = draw;
    this.next = next2;
    this.log = log;
    this.pace = params.pace ?? 5 * MS;
    this.period = params.period ?? 60 * MS;
    this.patience = params.patience ?? 5 * SEC;
    this.resetTime = params.reset ?? 5 * MS;
    this.address = params.address ?? SSIF_ADDRESS;
    this.exchange = new Exchange(log);
    this.transfer = own.transferAt(params.frame ?? 0);
  }
  /** Back to the start, for the next execution. */
  reset() {
    this.pec = false;
    this.length = 0;
    this.responseLength = 0;
    this.stopped = false;
    this.exchange.open = false;
  }
  /** A request has begun, and neither been answered nor abandoned. */
  get open() {
    return this.exchange.open;
  }
  /** Takes the next request in hand. */
  compose(length) {
    this.length = this.next(this.request, length);
  }
  /** Announces that what follows is against §`section`. */
  break(section, what) {
    this.log.broke(section, what);
  }
  abandon(why) {
    this.exchange.abandon(why);
  }
  /** A script of its own controller, from the address byte for writing on. */
  script() {
    return this.own.clear().start(this.address, false);
  }
  /** Runs the script; the value is a `SmbusStatus`. */
  *run() {
    return yield this.transfer;
  }
  /** Runs it and says whether all went well. */
  *done() {
    return (yield this.transfer) === SmbusStatus.OK ? Move.ok : Move.wrongState;
  }
  *sleep(ps) {
    if (ps > 0) yield this.time.wait(this.time.now + ps, false);
  }
  /** Block write up to its last byte: command, count, `count` bytes of the request from `from` on. */
  block(command, from, count3) {
    const script = this.script().send(command).send(count3);
    for (let i = from; i < from + count3; i++) script.send(this.request[i]);
    return script;
  }
  /** Its end. */
  endBlock(script) {
    if (this.pec) script.sendPec();
    return script.stop();
  }
  /** The begin of the request in hand, whatever is done with it. */
  begin() {
    this.responseLength = 0;
    this.exchange.begin(this.request, this.length, "given up for another");
  }
  /** Parts of the request in hand: one of up to 32 bytes, or 32 each and the rest. */
  get parts() {
    return Math.max(1, Math.ceil(this.length / I2C_SMBUS_BLOCK_MAX));
  }
  /** Part `n` of the request in hand, tried once. */
  *writePart(n) {
    const { parts } = this;
    const from = n * I2C_SMBUS_BLOCK_MAX;
    this.endBlock(this.block(partCommand(n, parts), from, Math.min(I2C_SMBUS_BLOCK_MAX, this.length - from)));
    const move = yield* this.done();
    if (move === Move.ok && n === parts - 1) this.exchange.sent();
    return move;
  }
  /** The request in hand up to and without part `end`, tried once. */
  *write(end = this.parts) {
    this.begin();
    let move = Move.ok;
    for (let n = 0; n < end && move === Move.ok; n++) move = yield* this.writePart(n);
    return move;
  }
  /** The same, again from its begin if the BMC does not take it: at most five times (§12.17, request retries). */
  *insist() {
    for (let tried = 1; ; tried++) {
      const move = yield* this.write();
      if (move === Move.ok || tried === 5) return move;
      this.abandon("not taken");
      yield* this.sleep(this.period);
    }
  }
  /** One block read. Its bytes are then in `own.data`; the length, or -1. */
  *readBlock(command) {
    const { own } = this;
    this.script().send(command).start(this.address, true).receiveBlock(this.pec).stop();
    return (yield* this.run()) === SmbusStatus.OK ? own.length : -1;
  }
  /**
   * Reads the response to its end, or `limit` parts of it (then Move.ok comes early, with the request open); asks for
   * it, from the first part, until it is there.
   */
  *read(limit = Infinity, patience = this.patience) {
    const deadline = this.time.now + patience;
    for (; ; ) {
      const move = yield* this.readOnce(limit);
      if (move !== Move.gaveUp) return move;
      if (this.time.now >= deadline) {
        this.exchange.gaveUp("response");
        return Move.gaveUp;
      }
      yield this.time.wait(this.time.now + this.period, true);
    }
  }
  /** The same, tried once: Move.gaveUp if a part of it cannot be read. */
  *readOnce(limit = Infinity) {
    const { data } = this.own;
    this.responseLength = 0;
    const length = yield* this.readBlock(SsifCmd.RESPONSE);
    if (length < 1) return Move.gaveUp;
    if (length < 2 || data[0] !== MULTI_PART_MARKER[0] || data[1] !== MULTI_PART_MARKER[1]) {
      this.keep(0, length);
      return this.answered();
    }
    this.keep(2, length);
    return yield* this.readParts(limit, false);
  }
  /** What is left of a response whose first part is read, each part tried once; `blind`: takes any block for the next. */
  *readParts(limit, blind) {
    const { data } = this.own;
    for (let part = 1; part < limit; part++) {
      const more = yield* this.readBlock(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
      if (more < 1) return Move.gaveUp;
      const block = data[0];
      this.keep(1, more);
      if (block === LAST_BLOCK) return this.answered();
      if (!blind && (block !== part - 1 || more !== BLOCK_BYTES + 1)) return Move.wrongState;
    }
    return Move.ok;
  }
  /** The same, after a read of the first middle part that was broken off; this host does not look at block numbers. */
  readRest() {
    return this.readParts(Infinity, true);
  }
  /** The request in hand in one part with PEC, of which bit `flip` of byte `at` (behind all data: the PEC) is wrong. */
  *noisyWrite(at, flip) {
    let crc = pecByte(0, this.address << 1);
    const script = this.script();
    const put = (byte, noise) => {
      crc = pecByte(crc, byte);
      script.send(byte ^ noise);
    };
    put(SsifCmd.REQUEST, 0);
    put(this.length, 0);
    for (let i = 0; i < this.length; i++) put(this.request[i], i === at ? flip : 0);
    script.send(crc ^ (at >= this.length ? flip : 0)).stop();
    return yield* this.done();
  }
  /** A transaction with another target. */
  *foreign(address) {
    foreignScript(this.own.clear(), address, this.draw);
    yield* this.run();
  }
  /** The whole of it, plainly; anything unexpected ends it and abandons the request. */
  *transact() {
    let move = yield* this.insist();
    if (move === Move.ok) {
      yield* this.sleep(this.pace);
      move = yield* this.read();
    }
    if (move !== Move.ok) this.abandon(move === Move.gaveUp ? "out of patience" : "not taken, or not in order");
    return move;
  }
  keep(from, end) {
    const { data } = this.own;
    for (let i = from; i < end; i++) {
      if (this.responseLength < CARELESS_BYTES) this.response[this.responseLength] = data[i];
      this.responseLength++;
    }
  }
  answered() {
    this.exchange.responded(this.response, Math.min(this.responseLength, CARELESS_BYTES));
    return Move.ok;
  }
};
function partCommand(n, parts) {
  if (parts === 1) return SsifCmd.REQUEST;
  if (n === 0) return SsifCmd.MULTI_PART_REQUEST_START;
  return n === parts - 1 ? SsifCmd.MULTI_PART_REQUEST_END : SsifCmd.MULTI_PART_REQUEST_MIDDLE;
}

// src/host/ssif/careless-parts.ts
var LONG = [33, 64, 65, 97];
var WAITS = [0, 5 * MS, 60 * MS, 600 * MS];
function composeAny(host) {
  if (host.draw(2, "several parts") === 0) host.compose();
  else composeLong(host);
}
function composeLong(host) {
  host.compose(LONG[host.draw(LONG.length, "length")]);
}
function* plain2(host) {
  composeAny(host);
  return yield* host.transact();
}
function* ask(host) {
  composeAny(host);
  const move = yield* host.insist();
  if (move === Move.ok) yield* host.sleep(WAITS[host.draw(WAITS.length, "wait")]);
  else host.abandon("not taken");
  return move;
}
function someOfBlock(host) {
  const command = host.length > I2C_SMBUS_BLOCK_MAX ? SsifCmd.MULTI_PART_REQUEST_START : SsifCmd.REQUEST;
  const count3 = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
  const script = host.script().send(command);
  const bytes = host.draw(count3 + 1, "bytes written");
  if (bytes > 0) script.send(count3);
  for (let i = 0; i < bytes - 1; i++) script.send(host.request[i]);
  return script;
}
function* readSome(host, command, bytes) {
  host.script().send(command).start(host.address, true).receive(bytes).stop();
  return yield* host.done();
}
function* powerOff(host, script, reading) {
  script.powerOff(host.draw(9, "bits"), GLITCHES[host.draw(GLITCHES.length, "glitch")]);
  if (reading) script.receive(1);
  else script.send(host.draw(256, "byte"));
  yield* host.run();
  host.abandon("the host was reset");
  yield* host.sleep(host.resetTime);
  if (host.own.bus.sda === 1) return;
  host.own.clear().stop();
  yield* host.run();
}
function* illegalWrite(host, script) {
  host.endBlock(script);
  yield* host.done();
  host.abandon("written against the rules");
}

// src/host/ssif/careless-breaks.ts
var COUNTS = [33, 34, 35, 32, 64, 254];
var RESERVED = [0, 1, 4, 5, 11, 128, 255];
var OVERLONG2 = [255, 256, 273, 300];
var BREAKING_MOVES = [
  {
    name: "wrong length",
    legal: false,
    *run(host) {
      host.compose();
      host.break("12", "a count that is not the number of data bytes");
      host.begin();
      const count3 = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      const off = [1, -1, 2, 31 - count3][host.draw(4, "off by")];
      const script = host.script().send(SsifCmd.REQUEST).send(Math.max(0, count3 + (off === 0 ? 1 : off)));
      for (let i = 0; i < count3; i++) script.send(host.request[i]);
      yield* illegalWrite(host, script);
    }
  },
  {
    name: "length 0",
    legal: false,
    *run(host) {
      host.break("12", "a block of no bytes");
      host.abandon("given up");
      yield* illegalWrite(host, host.script().send(SsifCmd.REQUEST).send(0));
    }
  },
  {
    name: "one-byte message",
    legal: false,
    *run(host) {
      host.compose();
      host.length = 1;
      host.break("12", "a request of one byte");
      yield* host.transact();
    }
  },
  {
    name: "more data than a block holds",
    legal: false,
    // What stands at and behind the 33rd byte may overwrite what the BMC keeps behind its buffer.
    *run(host) {
      host.compose(I2C_SMBUS_BLOCK_MAX);
      host.break("12", "a block of more than 32 bytes");
      host.begin();
      const count3 = COUNTS[host.draw(COUNTS.length, "count")];
      const extra = 1 + host.draw(3, "bytes too many");
      const value = [count3, count3 - 1, 0, 85, 255][host.draw(5, "their value")];
      const command = host.draw(2, "first of several parts") === 0 ? SsifCmd.REQUEST : SsifCmd.MULTI_PART_REQUEST_START;
      const script = host.script().send(command).send(count3);
      for (let i = 0; i < I2C_SMBUS_BLOCK_MAX; i++) script.send(host.request[i]);
      for (let i = 0; i < extra; i++) script.send(value);
      yield* illegalWrite(host, script);
    }
  },
  {
    name: "overlong message",
    legal: false,
    *run(host) {
      host.compose(OVERLONG2[host.draw(OVERLONG2.length, "length")]);
      host.break("22.9", "a request longer than any input buffer");
      yield* host.write();
      host.abandon("too long to be taken");
    }
  },
  {
    name: "missing STOP",
    legal: false,
    *run(host) {
      composeAny(host);
      host.length = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      host.break("12", "a write that ends in a repeated START");
      host.begin();
      const script = host.block(SsifCmd.REQUEST, 0, host.length);
      if (host.pec) script.sendPec();
      if (host.draw(2, "then") === 0) script.start(host.address, false).send(SsifCmd.RESPONSE).start(host.address, true);
      else script.start(host.address, true);
      script.receive(1 + host.draw(4, "bytes read")).stop();
      yield* host.done();
      host.abandon("written against the rules");
    }
  },
  {
    name: "END without START",
    legal: false,
    *run(host) {
      if (host.draw(2, "behind a request") !== 0) yield* ask(host);
      host.compose();
      host.break("12", "the end of a request that has no beginning");
      host.abandon("given up");
      const count3 = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      if (host.draw(2, "with a middle part") !== 0) {
        host.endBlock(host.block(SsifCmd.MULTI_PART_REQUEST_MIDDLE, 0, I2C_SMBUS_BLOCK_MAX));
        yield* host.done();
      }
      yield* illegalWrite(host, host.block(SsifCmd.MULTI_PART_REQUEST_END, 0, count3));
    }
  },
  {
    name: "reserved command",
    legal: false,
    *run(host) {
      host.compose();
      host.break("12", "an SMBus command that SSIF has not");
      host.abandon("given up");
      const command = RESERVED[host.draw(RESERVED.length, "command")];
      if (host.draw(2, "read") === 0) yield* illegalWrite(host, host.block(command, 0, Math.min(host.length, I2C_SMBUS_BLOCK_MAX)));
      else yield* readSome(host, command, 1 + host.draw(4, "bytes read"));
    }
  },
  {
    name: "read without a command",
    legal: false,
    // SMBus receive byte: the BMC is addressed for reading out of nowhere.
    *run(host) {
      if (host.draw(2, "while the BMC works") !== 0) yield* ask(host);
      host.break("12", "a read without a command");
      host.own.clear().start(host.address, true).receive(1 + host.draw(4, "bytes read")).stop();
      yield* host.done();
      host.abandon("read against the rules");
    }
  },
  {
    name: "reads more than there is",
    legal: false,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      host.break("12", "a read of more than count, data and PEC");
      yield* readSome(host, SsifCmd.RESPONSE, I2C_SMBUS_BLOCK_MAX + 3 + host.draw(8, "bytes too many"));
      host.abandon("read against the rules");
      yield* plain2(host);
    }
  },
  {
    name: "middle part of nothing",
    legal: false,
    *run(host) {
      host.break("12", "a middle part is read before the first");
      host.abandon("given up");
      yield* readSome(host, SsifCmd.MULTI_PART_RESPONSE_MIDDLE, 1 + host.draw(33, "bytes read"));
    }
  }
];

// src/host/ssif/careless-moves.ts
var OTHER_ADDRESSES = [80, 17, 8, 12];
var SLOW = [MS, 9 * MS];
var LEGAL_MOVES = [
  { name: "plain", legal: true, run: plain2 },
  {
    name: "back to back",
    legal: true,
    // With nothing but tBUF between: STOP and the next START are in one interrupt of the BMC.
    *run(host) {
      composeAny(host);
      if ((yield* host.insist()) !== Move.ok) {
        host.abandon("not taken");
        return;
      }
      for (let reads = 1 + host.draw(4, "reads"); reads > 0; reads--) {
        if ((yield* host.readOnce()) === Move.ok) break;
      }
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon("out of patience");
      yield* plain2(host);
    }
  },
  {
    name: "another request while the BMC works on one",
    legal: true,
    *run(host) {
      yield* ask(host);
      yield* plain2(host);
    }
  },
  {
    name: "asks too early, then sends another request",
    legal: true,
    *run(host) {
      yield* ask(host);
      if ((yield* host.readOnce()) === Move.ok) return;
      if (host.draw(2, "long") === 0) yield* plain2(host);
      else {
        composeLong(host);
        yield* host.transact();
      }
    }
  },
  {
    name: "reads though it has asked nothing",
    legal: true,
    *run(host) {
      host.abandon("left");
      yield* host.readOnce();
    }
  },
  {
    name: "write broken off",
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      someOfBlock(host).stop();
      yield* host.done();
      host.abandon("broken off");
    }
  },
  {
    name: "write broken off between parts",
    legal: true,
    *run(host) {
      composeLong(host);
      yield* host.write(1 + host.draw(host.parts - 1, "parts"));
      host.abandon("broken off");
      yield* plain2(host);
    }
  },
  {
    name: "bare command",
    legal: true,
    // a write of which no more was left; and an SMBus send byte, which means nothing here
    *run(host) {
      yield* ask(host);
      host.script().send(host.draw(2, "first of several parts") === 0 ? SsifCmd.REQUEST : SsifCmd.MULTI_PART_REQUEST_START).stop();
      yield* host.done();
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon("out of patience");
    }
  },
  {
    name: "address alone",
    legal: true,
    // SMBus quick command, as scans of the bus do
    *run(host) {
      if (host.draw(2, "while the BMC works") !== 0) yield* ask(host);
      host.script().stop();
      yield* host.done();
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon("out of patience");
    }
  },
  {
    name: "read broken off",
    legal: true,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      yield* readSome(host, SsifCmd.RESPONSE, 1 + host.draw(4, "bytes read"));
      if ((yield* host.read()) !== Move.ok) host.abandon("out of patience");
    }
  },
  {
    name: "middle part read again",
    legal: true,
    // after a read that failed on the bus, as far as the host can tell
    *run(host) {
      composeLong(host);
      if ((yield* host.insist()) !== Move.ok) {
        host.abandon("not taken");
        return;
      }
      yield* host.sleep(host.pace);
      if ((yield* host.read(1)) === Move.ok && host.open) {
        yield* readSome(host, SsifCmd.MULTI_PART_RESPONSE_MIDDLE, 1 + host.draw(4, "bytes read"));
        yield* host.readRest();
      }
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon("out of patience");
    }
  },
  {
    name: "noise on a request with PEC",
    legal: true,
    // a bit flips on the wire: the BMC is to see that, and to take the next request
    *run(host) {
      host.compose();
      host.length = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      host.begin();
      const at = host.length - host.draw(host.length + 1, "byte");
      const flip = 1 << host.draw(8, "bit");
      yield* host.noisyWrite(at, flip);
      host.abandon("its PEC is wrong");
      yield* plain2(host);
    }
  },
  {
    name: "slow controller",
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      const count3 = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      const script = host.script().send(host.length > count3 ? SsifCmd.MULTI_PART_REQUEST_START : SsifCmd.REQUEST);
      script.hold(SLOW[host.draw(SLOW.length, "how slow")]).send(count3);
      for (let i = 0; i < count3; i++) script.send(host.request[i]);
      host.endBlock(script);
      let move = yield* host.done();
      if (move === Move.ok && host.parts === 1) host.exchange.sent();
      for (let n = 1; n < host.parts && move === Move.ok; n++) move = yield* host.writePart(n);
      yield* host.sleep(host.pace);
      if (move === Move.ok) move = yield* host.read();
      if (move !== Move.ok) host.abandon("not taken, or not answered");
    }
  },
  {
    name: "another address",
    legal: true,
    *run(host) {
      if (host.draw(2, "while the BMC works") !== 0) yield* ask(host);
      yield* host.foreign(OTHER_ADDRESSES[host.draw(OTHER_ADDRESSES.length, "address")]);
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon("out of patience");
    }
  },
  {
    name: "power lost while writing",
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      yield* powerOff(host, someOfBlock(host), false);
    }
  },
  {
    name: "power lost while reading",
    legal: true,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      const script = host.script().send(SsifCmd.RESPONSE).start(host.address, true);
      const bytes = host.draw(6, "bytes read");
      if (bytes > 0) script.receive(bytes, true);
      yield* powerOff(host, script, true);
    }
  },
  {
    name: "stop",
    legal: true,
    *run(host) {
      if (host.draw(2, "while the BMC works") !== 0) yield* ask(host);
      host.abandon("stopped for good");
      host.stopped = true;
    }
  }
];
var CARELESS_SSIF_MOVES = [...LEGAL_MOVES, ...BREAKING_MOVES];

// src/host/ssif/sim-time.ts
var SimTime = class _SimTime {
  timer;
  /** Bits of the frame, or-ed into each op. */
  frame;
  constructor(timer, frame) {
    this.timer = timer;
    this.frame = frame;
  }
  /** Call once when the system is built, and {@link at} for more views. */
  static create(sim, name2 = "host") {
    return new _SimTime(new Timer(sim, name2), 0);
  }
  at(frame) {
    return new _SimTime(this.timer, this.timer.sim.ops.frame(frame));
  }
  wait(deadline, patience) {
    return this.timer.wait(deadline, patience) | this.frame;
  }
  wake() {
    this.timer.wake();
  }
  get now() {
    return this.timer.sim.now;
  }
};
var Timer = class {
  sim;
  op;
  slot;
  waiter = null;
  constructor(sim, name2) {
    this.sim = sim;
    this.slot = sim.slot({ fire: () => this.fire() });
    const alert = [sim.ops.object(`${name2}: SMBALERT#`)];
    this.op = sim.ops.define({
      label: `${name2}: sleep`,
      kind: "block",
      footprint: { reads: alert, writes: [] },
      exec: (patience, ctx) => this.block(patience !== 0, ctx)
    });
    sim.onReset(() => {
      this.waiter = null;
    });
  }
  wait(deadline, patience) {
    this.sim.current.arg = deadline;
    return withOperand(this.op, patience ? 1 : 0);
  }
  wake() {
    const { waiter } = this;
    if (waiter === null) return;
    this.waiter = null;
    this.sim.queue.cancel(this.slot);
    waiter.wake(1);
  }
  block(patience, ctx) {
    const { sim } = this;
    const deadline = ctx.arg;
    if (deadline <= sim.now) return 0;
    this.waiter = ctx;
    ctx.state = State.blocked;
    if (deadline < END_OF_TIME) sim.queue.schedule(this.slot, deadline, patience);
    return BLOCKED;
  }
  /** The deadline has passed. */
  fire() {
    const { waiter } = this;
    this.waiter = null;
    waiter?.wake(0);
  }
};

// src/host/ssif/time.ts
var NEVER = END_OF_TIME;
var Jiffies = class {
  clock;
  /** Length of a jiffy, ps. */
  jiffy;
  hz;
  constructor(clock, hz) {
    this.clock = clock;
    this.hz = hz;
    this.jiffy = Math.floor(SEC / hz);
  }
  /** Jiffies in `us` microseconds, rounded down: `us * 1000 / TICK_NSEC`. 5 ms are 0 jiffies at HZ=100. */
  down(us) {
    return Math.floor(us * 1e3 / Math.floor(1e9 / this.hz));
  }
  /** Jiffies in `ms` milliseconds, rounded up: msecs_to_jiffies(). */
  up(ms) {
    return Math.ceil(ms * this.hz / 1e3);
  }
  /**
   * When a timer fires that is set at `from` to `n` jiffies later: kernel/time/timer.c never fires early, so it
   * is the tick after the n-th, between n and n + 1 jiffies away. (The recorded 5 ms at HZ=250, one jiffy, are 5
   * to 8 ms. The coarser levels of the wheel, from 63 jiffies on, are not modelled.)
   */
  fires(n, from = this.clock.now) {
    return (Math.floor(from / this.jiffy) + n + 1) * this.jiffy;
  }
  /** When msleep(`ms`) ends: it adds a jiffy of its own. */
  msleep(ms) {
    return this.fires(this.up(ms) + 1);
  }
};

// src/host/ssif/ssif-data.ts
var SSIF_MSG_USEC = 6e4;
var SSIF_REQ_RETRY_USEC = 6e4;
var SSIF_MSG_PART_USEC = 5e3;
var SSIF_SEND_RETRIES = 5;
var SSIF_RECV_RETRIES = 250;
var GOING_ON = 1;
var SsifData = class {
  exchange;
  jiffies;
  // ---- What the thread is to do: the arguments of ssif_i2c_send() -----------------------------
  /** The SMBus command of the next transaction; 0: none is asked for. */
  command = 0;
  write = false;
  /** Of a write: where its bytes stand in {@link data}, and how many they are. */
  at = 0;
  size = 0;
  /** When the retry timer fires. */
  retryTimer = NEVER;
  /** The response is read when the timer fires, or at an alert. */
  waitingAlert = false;
  /** An alert came before the request was out. */
  gotAlert = false;
  /** The request is sent again when the timer fires. */
  doResend = false;
  retriesLeft = 0;
  /** A length, then the message; +1 for that length. In reads of several parts, the response from index 0 on. */
  data = new Uint8Array(IPMI_MAX_MSG_LENGTH + 1);
  message = this.data.subarray(1);
  dataLen = 0;
  /** Part of the response as it was read. A block that the adapter does not check may be longer than 32. */
  recv = new Uint8Array(256);
  /** More parts of the request are to be written: `multi_data` is not NULL. */
  multiWrite = false;
  multiLen = 0;
  multiPos = 0;
  /** Between two reads: {@link SSIF_MSG_USEC}, in this version. */
  msgUsec = SSIF_MSG_USEC;
  /** A middle part of a response must be full. */
  fullBlocks = true;
  /** The probe finds out how a request of several parts ends. */
  testsMultipart = true;
  /** What Get System Interface Capabilities has said; set by the probe. */
  maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
  /** Kept, and never looked at: as in the driver. */
  maxRecvMsgSize = I2C_SMBUS_BLOCK_MAX;
  cmd8Works = false;
  /** The driver has hung or crashed: it does nothing any more. */
  dead = false;
  /** Told of that, by the oracle's name and what has happened where. */
  onFault = () => {
  };
  constructor(exchange, jiffies) {
    this.exchange = exchange;
    this.jiffies = jiffies;
  }
  resetData() {
    this.command = 0;
    this.write = false;
    this.at = 0;
    this.size = 0;
    this.retryTimer = NEVER;
    this.waitingAlert = false;
    this.gotAlert = false;
    this.doResend = false;
    this.retriesLeft = 0;
    this.dataLen = 0;
    this.multiWrite = false;
    this.multiLen = 0;
    this.multiPos = 0;
    this.data.fill(0);
    this.recv.fill(0);
    this.maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
    this.maxRecvMsgSize = I2C_SMBUS_BLOCK_MAX;
    this.cmd8Works = false;
    this.dead = false;
    this.exchange.open = false;
  }
  /** The driver is lost, with all that it holds. */
  fault(oracle, what) {
    this.dead = true;
    this.command = 0;
    this.retryTimer = NEVER;
    this.exchange.abandon("the driver is dead");
    this.onFault(oracle, what);
  }
  /** The timer is that of the first read, which no other has preceded. */
  get firstRead() {
    return this.waitingAlert && this.retriesLeft === SSIF_RECV_RETRIES;
  }
  /** `start_send()`: 0, or -E2BIG for what is longer than the BMC takes; nothing is sent then. */
  startSend(message, length) {
    if (length > IPMI_MAX_MSG_LENGTH || length > this.maxXmitMsgSize) return -E2BIG;
    this.retriesLeft = SSIF_SEND_RETRIES;
    for (let i = 0; i < length; i++) this.message[i] = message[i];
    this.dataLen = length;
    this.startResend();
    return 0;
  }
  /**
   * `start_resend()`: from the first part on. The message is sent as it stands in `data`, in which earlier parts
   * have left their lengths, so of a message sent in parts before the bytes 31, 63 and so on are wrong.
   */
  startResend() {
    this.gotAlert = false;
    this.exchange.begin(this.message, this.dataLen);
    if (this.dataLen > I2C_SMBUS_BLOCK_MAX) {
      this.multiWrite = true;
      this.multiLen = this.dataLen;
      this.multiPos = I2C_SMBUS_BLOCK_MAX;
      this.data[0] = I2C_SMBUS_BLOCK_MAX;
      this.askWrite(SsifCmd.MULTI_PART_REQUEST_START, 0);
    } else {
      this.multiWrite = false;
      this.data[0] = this.dataLen;
      this.askWrite(SsifCmd.REQUEST, 0);
    }
  }
  /** `msg_written_handler()`: a part of the request is written, or `result` is -errno. */
  written(result) {
    if (result < 0) {
      this.retriesLeft--;
      if (this.retriesLeft > 0) this.sendAgain();
      else {
        this.exchange.abandon("could not be sent");
        this.received(-EIO, 0);
      }
    } else if (this.multiWrite) {
      this.writeNextPart();
    } else {
      this.exchange.sent();
      if (this.gotAlert) {
        this.gotAlert = false;
        this.readAtOnce();
      } else {
        this.waitingAlert = true;
        this.retriesLeft = SSIF_RECV_RETRIES;
        this.retryTimer = this.jiffies.fires(this.jiffies.down(SSIF_MSG_PART_USEC));
      }
    }
  }
  /** A part was not taken: the whole message again, T6 later. */
  sendAgain() {
    this.doResend = true;
    this.retryTimer = this.jiffies.fires(this.jiffies.down(SSIF_REQ_RETRY_USEC));
  }
  /** The next part of a request. Its length overwrites the byte before it, which has just been written. */
  writeNextPart() {
    const left = this.multiLen - this.multiPos;
    const length = Math.min(left, I2C_SMBUS_BLOCK_MAX);
    const at = this.multiPos;
    this.data[at] = length;
    this.multiPos += length;
    let command = SsifCmd.MULTI_PART_REQUEST_MIDDLE;
    if (this.cmd8Works) {
      if (left === length) {
        command = SsifCmd.MULTI_PART_REQUEST_END;
        this.multiWrite = false;
      }
    } else if (length < I2C_SMBUS_BLOCK_MAX) {
      this.multiWrite = false;
    }
    this.askWrite(command, at);
  }
  /** The response is there already. How often it is asked for is what is left of the tries of sending. */
  readAtOnce() {
    this.startGet();
  }
  /** `start_get()`: the response from its first part on. */
  startGet() {
    this.multiPos = 0;
    this.askRead(SsifCmd.RESPONSE);
  }
  /** `retry_timeout()`. */
  retryTimeout() {
    this.retryTimer = NEVER;
    const resend = this.doResend;
    const waiting2 = this.waitingAlert;
    this.doResend = false;
    this.waitingAlert = false;
    if (waiting2) this.startGet();
    if (resend) this.startResend();
  }
  /** `msg_done_handler()`: a part of the response, `length` bytes of {@link recv}, is read, or `result` is -errno. */
  received(result, length) {
    if (result < 0) {
      this.retriesLeft--;
      if (this.retriesLeft > 0) {
        this.waitingAlert = true;
        this.retryTimer = this.jiffies.fires(this.jiffies.down(this.msgUsec));
      } else {
        this.exchange.gaveUp("response");
        this.done(result, null, 0);
      }
      return;
    }
    const { recv } = this;
    if (this.multiPos === 0) {
      if (this.isFirstOfMany(length)) this.firstPart(length);
      else this.complete(recv, length);
      return;
    }
    const next2 = this.nextPart(length);
    if (next2 === GOING_ON) return;
    if (next2 < 0) {
      this.exchange.abandon("its response is not in order");
      this.done(next2, recv, length);
    } else {
      this.complete(this.data, this.multiLen);
    }
  }
  isFirstOfMany(length) {
    return length > 1 && this.recv[0] === MULTI_PART_MARKER[0] && this.recv[1] === MULTI_PART_MARKER[1];
  }
  firstPart(length) {
    this.store(0, 2, length);
    this.multiLen = length - 2;
    this.multiPos = 1;
    this.askRead(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
  }
  /** A middle or the last part: {@link GOING_ON}, 0 at the end, or -errno. Nothing of this is tried again. */
  nextPart(length) {
    if (length === 0) return -EIO;
    const block = this.recv[0];
    const count3 = length - 1;
    if (this.fullBlocks && block !== LAST_BLOCK && count3 !== BLOCK_BYTES) return -EIO;
    if (this.multiLen + count3 > IPMI_MAX_MSG_LENGTH) return -E2BIG;
    this.store(this.multiLen, 1, length);
    this.multiLen += count3;
    if (block === LAST_BLOCK) return 0;
    if (block + 1 !== this.multiPos) return -EIO;
    this.multiPos++;
    this.askRead(SsifCmd.MULTI_PART_RESPONSE_MIDDLE);
    return GOING_ON;
  }
  complete(data, length) {
    this.exchange.responded(data, length);
    this.done(0, data, length);
  }
  store(to, from, end) {
    for (let i = from; i < end; i++) this.data[to + i - from] = this.recv[i];
  }
  askWrite(command, at) {
    this.write = true;
    this.command = command;
    this.at = at + 1;
    this.size = this.data[at];
  }
  askRead(command) {
    this.write = false;
    this.command = command;
  }
};

// src/host/ssif/ssif-info.ts
var SsifState = {
  /** A message of the upper layer, or nothing. */
  IDLE: 0,
  GETTING_FLAGS: 1,
  GETTING_EVENTS: 2,
  CLEARING_FLAGS: 3,
  GETTING_MESSAGES: 4
};
var APP3 = netFnLun(NetFn.APP, Lun.BMC);
var SsifInfo = class extends SsifData {
  state = SsifState.IDLE;
  /** Set by `sender()` while the driver is busy with something else. */
  waitingMsg = null;
  currMsg = null;
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
  requestsInARow = 0;
  /** How many of them at most; a stable release of 6.1 got that limit, the first ones had none. */
  mostInARow;
  /** The message that the driver makes up for what it fetches on its own. */
  own = new SmiMsg();
  scratch = new Uint8Array(3);
  /** Whether there is memory for a message of the driver's own. */
  hasMemory = () => true;
  /** Takes the response to a message of the upper layer, and what Get Message and Read Event fetched. */
  deliver = () => {
  };
  /** The watchdog's pre-timeout flag was seen: ipmi_smi_watchdog_pretimeout(). */
  pretimeout = () => {
  };
  constructor(exchange, jiffies, mostInARow = 10) {
    super(exchange, jiffies);
    this.mostInARow = mostInARow;
  }
  /** As before the probe. */
  reset() {
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
    this.own.rsp.fill(0);
    this.scratch.fill(0);
  }
  /** IS_SSIF_IDLE(): a message handed over now is started by its sender. */
  get quiet() {
    return this.state === SsifState.IDLE && this.currMsg === null;
  }
  /** `sender()`. */
  sender(msg) {
    if (this.waitingMsg !== null) throw new Error("ipmi_ssif is handed a message while one is waiting");
    this.waitingMsg = msg;
    this.startNextMsg();
  }
  /** `request_events()`: the upper layer's wish to hear of events. */
  requestEvents() {
    if (this.hasEventBuffer) this.reqEvents = true;
  }
  /** `watch_timeout()`: time to look at the flags. */
  watchTimeout() {
    if (this.quiet) this.startFlagFetch();
    else this.reqFlags = true;
  }
  /** `ssif_alert()`: true if the response is read now, without waiting any longer. */
  alert() {
    if (this.waitingAlert) {
      this.waitingAlert = false;
      this.retryTimer = NEVER;
      this.startGet();
      return true;
    }
    if (this.currMsg !== null) this.gotAlert = true;
    return false;
  }
  startNextMsg() {
    while (this.quiet && this.waitingMsg !== null) {
      const msg = this.waitingMsg;
      this.currMsg = msg;
      this.waitingMsg = null;
      if (this.startSend(msg.data, msg.dataSize) === 0) return;
      this.currMsg = null;
      this.returnHosedMsg(msg);
    }
  }
  startClearFlags() {
    this.msgFlags &= ~MessageFlag.WATCHDOG_PRE_TIMEOUT;
    this.scratch[2] = MessageFlag.WATCHDOG_PRE_TIMEOUT;
    this.startOwn(SsifState.CLEARING_FLAGS, AppCmd.CLEAR_MESSAGE_FLAGS, 3);
  }
  startFlagFetch() {
    this.reqFlags = false;
    this.startOwn(SsifState.GETTING_FLAGS, AppCmd.GET_MESSAGE_FLAGS, 2);
  }
  startOwn(state, cmd, length) {
    this.state = state;
    this.scratch[0] = APP3;
    this.scratch[1] = cmd;
    if (this.startSend(this.scratch, length) !== 0) this.state = SsifState.IDLE;
  }
  /** `start_event_fetch()` and `start_recv_msg_fetch()`. */
  startFetch(state, cmd) {
    const { own } = this;
    if (!this.hasMemory()) {
      this.state = SsifState.IDLE;
      this.outOfMemory();
      return;
    }
    this.currMsg = own;
    if (this.state !== state) {
      this.requestsInARow = 0;
      this.state = state;
    }
    own.data[0] = APP3;
    own.data[1] = cmd;
    own.dataSize = 2;
    if (this.startSend(own.data, own.dataSize) === 0) return;
    this.currMsg = null;
    this.state = SsifState.IDLE;
  }
  startEventFetch() {
    this.reqEvents = false;
    this.startFetch(SsifState.GETTING_EVENTS, AppCmd.READ_EVENT_MESSAGE_BUFFER);
  }
  /** `handle_flags()`: the watchdog first, then messages, then events, each until there are no more. */
  handleFlags() {
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
  done(result, data, length) {
    const msg = this.currMsg;
    if (msg !== null) {
      const size = data === null ? 0 : Math.min(length, IPMI_MAX_MSG_LENGTH);
      for (let i = 0; i < size; i++) msg.rsp[i] = data[i];
      msg.rspSize = size;
      this.currMsg = null;
    }
    switch (this.state) {
      case SsifState.IDLE:
        if (msg === null) break;
        if (result < 0) this.returnHosedMsg(msg);
        else this.deliver(msg, true);
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
        this.state = SsifState.IDLE;
        if (result < 0) this.flagsFailed(data);
        break;
      case SsifState.GETTING_EVENTS:
        this.fetched(msg, result, AppCmd.READ_EVENT_MESSAGE_BUFFER, MessageFlag.EVENT_MESSAGE_BUFFER_FULL);
        break;
      case SsifState.GETTING_MESSAGES:
        this.fetched(msg, result, AppCmd.GET_MESSAGE, MessageFlag.RECEIVE_MESSAGE);
        break;
    }
    if (this.dead || !this.quiet) return;
    if (this.reqEvents) this.startEventFetch();
    else if (this.reqFlags) this.startFlagFetch();
    else this.startNextMsg();
  }
  /** Flags could not be fetched or cleared; without `data` if nothing has come at all. */
  flagsFailed(_data) {
  }
  /** The answer to Get Message Flags is one to something else. */
  flagsInvalid() {
    this.state = SsifState.IDLE;
  }
  /** A message of the driver's own could not be had. */
  outOfMemory() {
  }
  /** An event or message has come, or an error that says there are no more. */
  fetched(msg, result, cmd, flag) {
    const good = result >= 0 && answers(msg.rsp, msg.rspSize, cmd);
    if (good) this.requestsInARow++;
    if (!good || this.requestsInARow > this.mostInARow) this.msgFlags &= ~flag;
    this.handleFlags();
    if (good) this.deliver(msg, false);
  }
  /** `return_hosed_msg()`: the answer is made up. */
  returnHosedMsg(msg) {
    msg.rsp[0] = msg.data[0] | RESPONSE_BIT;
    msg.rsp[1] = msg.data[1];
    msg.rsp[CC_INDEX] = CompletionCode.UNSPECIFIED;
    msg.rspSize = RESPONSE_HEADER;
    this.deliver(msg, true);
  }
};
function answers(rsp, length, cmd) {
  return length >= RESPONSE_HEADER && rsp[CC_INDEX] === CompletionCode.SUCCESS && rsp[0] === (APP3 | RESPONSE_BIT) && rsp[1] === cmd;
}

// src/host/ssif/ssif-2017.ts
var SsifInfo2017 = class extends SsifInfo {
  msgUsec = 2e4;
  fullBlocks = false;
  testsMultipart = false;
  /** Flags are looked at first, the lower layer having no way to ask for attention. */
  requestEvents() {
    if (!this.hasEventBuffer || this.dead) return;
    this.reqEvents = true;
    this.watchTimeout();
  }
  sendAgain() {
    this.startResend();
  }
  /** retry_timeout() is called to read, but looks at waiting_alert, which has just been cleared: nobody reads. */
  readAtOnce() {
  }
  /** The last part is sent from where `multi_data`, NULL by then, points to; it is always the second. */
  writeNextPart() {
    this.fault("crash", "ssif_i2c_send: multi_data is NULL");
  }
  /** The warning prints data[2] whether there is data or not. */
  flagsFailed(data) {
    if (data === null) this.fault("crash", "msg_done_handler: data is NULL");
  }
  /** Warns, and keeps the lock that is taken again right after. */
  flagsInvalid() {
    this.fault("deadlock", "msg_done_handler: ssif_info->lock is taken twice");
  }
  /** start_event_fetch() and start_recv_msg_fetch() return with the lock held. */
  outOfMemory() {
    this.state = SsifState.IDLE;
    this.fault("deadlock", "start_event_fetch: ssif_info->lock is left locked");
  }
};

// src/host/ssif/ssif-versions.ts
var SSIF_VERSIONS = [
  {
    version: "2017",
    model: 1,
    alerts: false,
    info: SsifInfo2017,
    text: "hangs or crashes on answers that it does not expect, and on requests of more than 32 bytes",
    source: "drivers/char/ipmi/ipmi_ssif.c, 2017"
  },
  {
    version: "6.1",
    model: 1,
    alerts: true,
    info: SsifInfo,
    text: "what Linux has: as recorded, with the retry times of the specification",
    source: "drivers/char/ipmi/ipmi_ssif.c of Linux 6.1.192"
  }
];

// src/host/ssif/ssif.ts
var SsifWatch = {
  none: "none",
  /** Messages and events: every 10 ms. */
  messages: "messages",
  /** The watchdog's pre-timeout only: every 250 ms. */
  watchdog: "watchdog"
};
var WATCH_MS = { none: 0, messages: 10, watchdog: 250 };
var QEMU_CAPABILITIES = {
  maxXmitMsgSize: 255,
  maxRecvMsgSize: 255,
  cmd8Works: true,
  pec: false,
  hasEventBuffer: true
};
var Ssif = class {
  info;
  smbus;
  time;
  jiffies;
  exchange;
  alertsBroken;
  /** The response to the last message, of the length that {@link transact} has returned. */
  response = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  responseLength = 0;
  waiting = false;
  message = new SmiMsg();
  /** Bytes of the part that is written. */
  part = new Uint8Array(I2C_SMBUS_BLOCK_MAX);
  /** Jiffies between two looks at the flags; 0: none. */
  watchTimeout;
  watchTimer = NEVER;
  /** Set for each message or event that the driver has fetched on its own. */
  onReceive = () => {
  };
  constructor(smbus, time, log = SILENT, params = {}) {
    this.smbus = smbus;
    this.time = time.at("ipmi_ssif_thread");
    this.jiffies = new Jiffies(time, params.hz ?? 250);
    this.exchange = new Exchange(log);
    this.alertsBroken = params.alertsBroken ?? params.version?.alerts === false;
    this.watchTimeout = this.jiffies.up(WATCH_MS[params.watch ?? SsifWatch.none]);
    this.info = this.makeInfo(params);
    this.info.deliver = (msg, asked) => {
      if (!asked) {
        this.onReceive(msg.rsp, msg.rspSize);
        return;
      }
      this.response.set(msg.rsp);
      this.responseLength = msg.rspSize;
      this.waiting = false;
    };
  }
  makeInfo(params) {
    const { info } = params.version ?? SSIF_VERSIONS[SSIF_VERSIONS.length - 1];
    return new info(this.exchange, this.jiffies, params.mostInARow);
  }
  /** As before the probe, for the next execution. */
  reset() {
    this.info.reset();
    this.smbus.pec = false;
    this.message.rsp.fill(0);
    this.response.fill(0);
    this.responseLength = 0;
    this.waiting = false;
    this.watchTimer = NEVER;
  }
  /** As after a probe that has found `capabilities`, with no transaction made. */
  probed(capabilities = QEMU_CAPABILITIES) {
    const { info } = this;
    info.maxXmitMsgSize = capabilities.maxXmitMsgSize;
    info.maxRecvMsgSize = capabilities.maxRecvMsgSize;
    info.cmd8Works = capabilities.cmd8Works;
    info.hasEventBuffer = capabilities.hasEventBuffer;
    this.smbus.pec = capabilities.pec;
  }
  /** Nothing in hand: a message handed over now goes out at once. */
  get quiet() {
    return this.info.quiet;
  }
  /** The upper layer begins to watch, as it does when the interface is registered with somebody waiting. */
  startWatch() {
    this.watchTimer = this.watchTimeout === 0 ? NEVER : this.jiffies.fires(this.watchTimeout);
  }
  /** SMBALERT# was asserted, and the alert response address has named this BMC. */
  alert() {
    if (this.info.alert()) this.time.wake();
  }
  /** Hands over a message without a transaction: `sender()`. One at a time. */
  send(request, length) {
    if (this.waiting) throw new Error("ipmi_ssif is handed a message before the last is answered");
    const { message } = this;
    message.dataSize = length;
    for (let i = 0; i < length && i < IPMI_MAX_MSG_LENGTH; i++) message.data[i] = request[i];
    message.rsp.fill(0);
    this.waiting = true;
    this.info.sender(message);
  }
  /**
   * Sends one message and returns the length of its response, which is in {@link response}, serving whatever
   * else comes up meanwhile. There always is a response: the driver makes one up for a BMC that is lost.
   */
  transact(request, length) {
    this.send(request, length);
    return this.drive(END_OF_TIME);
  }
  /** What the driver does until `until` while no message is queued: the flags, if it watches them. */
  idle(until) {
    return this.drive(until);
  }
  /**
   * The transaction that is asked for, if one is, and the handler after it. Afterwards another one may be asked
   * for, or a timer set.
   */
  *step() {
    const { info, smbus } = this;
    const { command } = info;
    if (command === 0) return;
    info.command = 0;
    if (info.write) {
      for (let i = 0; i < info.size; i++) this.part[i] = info.data[info.at + i];
      const result = yield* smbus.blockWrite(command, this.part, info.size);
      this.expireWatch();
      info.written(result);
    } else {
      const result = yield* smbus.blockRead(command, info.recv);
      this.expireWatch();
      info.received(Math.min(result, 0), Math.max(result, 0));
    }
  }
  /** Goes on until the message is answered if `until` is the end of time, or else until `until`. */
  *drive(until) {
    const { info, time } = this;
    const answer2 = until === END_OF_TIME;
    for (; ; ) {
      if (info.command !== 0) {
        yield* this.step();
        continue;
      }
      if (time.now >= info.retryTimer) {
        info.retryTimeout();
        continue;
      }
      this.expireWatch();
      if (info.command !== 0) continue;
      if (answer2 ? !this.waiting : time.now >= until) return this.responseLength;
      const deadline = Math.min(until, info.retryTimer, info.dead ? NEVER : this.watchTimer);
      const pace = deadline === until || deadline === info.retryTimer && info.firstRead;
      yield time.wait(deadline, !pace);
    }
  }
  /** `watch_timeout()`, if it is due; the timer is set anew each time. */
  expireWatch() {
    if (this.time.now < this.watchTimer || this.info.dead) return;
    while (this.time.now >= this.watchTimer) this.watchTimer = this.jiffies.fires(this.watchTimeout, this.watchTimer);
    this.info.watchTimeout();
  }
};

// src/host/ssif/ssif-probe.ts
var APP4 = netFnLun(NetFn.APP, Lun.BMC);

// src/oracles/data-race.ts
var CONTEXTS = 32;
var DataRaceOracle = class {
  names = ["data-race"];
  sim;
  clocks = Array.from({ length: CONTEXTS }, () => new Int32Array(CONTEXTS));
  objects = [];
  fields = /* @__PURE__ */ new Map();
  quietly = 0;
  constructor(sim) {
    this.sim = sim;
    sim.onReset(() => {
      for (const [id, clock] of this.clocks.entries()) {
        clock.fill(0);
        clock[id] = 1;
      }
      for (const object of this.objects) object?.fill(0);
      for (const field2 of this.fields.values()) {
        field2.writes.fill(0);
        field2.reads.fill(0);
      }
    });
  }
  /** Runs `access` with its field accesses marked. */
  marked(access) {
    this.quietly++;
    try {
      return access();
    } finally {
      this.quietly--;
    }
  }
  /** Lock operations hand the clock on; register accesses order nothing. */
  step(ctx, op) {
    const def = this.sim.ops.def(op);
    if (def.kind === "access") return;
    const { writes } = def.footprint(0);
    const clock = this.clocks[ctx.id];
    for (const id of writes) {
      const object = this.objects[id] ??= new Int32Array(CONTEXTS);
      for (let i = 0; i < CONTEXTS; i++) {
        if (object[i] > clock[i]) clock[i] = object[i];
        else object[i] = clock[i];
      }
    }
    if (writes.length > 0) clock[ctx.id]++;
  }
  /** An access to a shared field by the context that runs now. */
  access(name2, object, write, ctx) {
    if (ctx === null || this.quietly > 0 || ctx.steps === 0) return;
    let field2 = this.fields.get(object);
    if (field2 === void 0) {
      field2 = { name: name2, writes: new Int32Array(CONTEXTS), reads: new Int32Array(CONTEXTS), sites: [] };
      this.fields.set(object, field2);
    }
    const clock = this.clocks[ctx.id];
    const site = this.sim.ops.label(ctx.op);
    for (let other = 0; other < CONTEXTS; other++) {
      if (other === ctx.id) continue;
      const theirs = field2.writes[other] > clock[other] ? "writes" : write && field2.reads[other] > clock[other] ? "reads" : "";
      if (theirs === "") continue;
      const { name: who } = this.sim.contexts[other];
      this.sim.violate(
        "data-race",
        name2,
        `${ctx.name}: ${site}`,
        `${ctx.name} ${write ? "writes" : "reads"} ${name2} (after ${site}), ${who} ${theirs} it (after ${field2.sites[other]}), and nothing orders the two`
      );
    }
    field2.sites[ctx.id] = site;
    (write ? field2.writes : field2.reads)[ctx.id] = clock[ctx.id];
  }
};

// src/oracles/text.ts
var SHOWN = 16;
function hexBytes(bytes, length) {
  const parts = [];
  for (let i = 0; i < length && i < SHOWN; i++) parts.push(bytes[i].toString(16).padStart(2, "0"));
  if (length > SHOWN) parts.push(`... (${length} bytes)`);
  return parts.join(" ");
}
function describeMessage(bytes, length) {
  const tag = echoTag(bytes, length);
  return `[${hexBytes(bytes, length)}]${tag < 0 ? "" : ` (tag ${tag})`}`;
}
var TELLING = 7;
function tornFrom(bytes, length) {
  if (length < TELLING) return "";
  const verdict = classifyEcho(bytes, length);
  return verdict.kind === "torn" ? `; ${formatEchoVerdict(verdict)}` : "";
}

// src/oracles/torn.ts
var MOST_PIECES = 4;
function partText(bytes, length, requests) {
  const same = requests.findLast((request) => request.equals(bytes, length));
  if (same !== void 0) return ` as a whole request: it is all that there is of one ${fateOf(same)}`;
  const longer = requests.findLast((request) => request.beginsWith(bytes, length));
  if (longer === void 0) return "";
  const whole = describeMessage(longer.bytes, longer.length);
  return ` as a whole request: it is ${stretch(0, length)} of the ${longer.length} of ${whole}, ${fateOf(longer)}`;
}
function mixtureText(bytes, length, requests) {
  const pieces = piecesOf(bytes, length, requests);
  if (pieces.length > MOST_PIECES || pieces.every(({ request }) => request === null)) return "";
  return ` as one request: it is ${pieces.map(pieceText).join(", then ")}`;
}
function piecesOf(bytes, length, requests) {
  const pieces = [];
  for (let at = 0; at < length; ) {
    let best = null;
    let to = at;
    for (const request of requests) {
      const end = request.agreesTo(bytes, at, length);
      if (end > at && end >= to) [best, to] = [request, end];
    }
    const last = pieces[pieces.length - 1];
    if (best !== null) pieces.push({ request: best, from: at, to });
    else if (last?.request === null) last.to++;
    else pieces.push({ request: null, from: at, to: at + 1 });
    at = Math.max(to, at + 1);
  }
  return pieces;
}
function pieceText({ request, from, to }) {
  if (request === null) return `${stretch(from, to)} of no request`;
  return `${stretch(from, to)} of ${describeMessage(request.bytes, request.length)}${request.complete ? "" : `, ${fateOf(request)}`}`;
}
function stretch(from, to) {
  return to - from === 1 ? `byte ${to}` : `bytes ${from + 1} to ${to}`;
}
function fateOf({ complete, abandoned, delivered }) {
  if (!complete) return abandoned ? "which was given up before its end" : "which the host has not written to its end";
  if (delivered > 0) return "which was handed out before";
  return abandoned ? "which was given up" : "which the host has sent";
}

// src/oracles/delivery.ts
var DeliveryOracle = class {
  names = ["torn-message", "phantom-request", "duplicate-request"];
  view;
  constructor(view) {
    this.view = view;
  }
  daemonRead(read) {
    const { result, bytes } = read;
    if (result === 0) this.empty(read);
    if (result <= 0) return;
    if (read.nextPage === "unmapped" && result > read.pageEnd) return;
    const { sim, wire } = this.view;
    if (this.view.misfits()) {
      sim.violate(
        "torn-message",
        "other-framing",
        `${read.thread} read()`,
        `read() handed out ${describeMessage(bytes, result)} to a daemon that was built for messages of another form, and has not refused it`
      );
      return;
    }
    let fresh;
    let known;
    let open;
    let head;
    for (const request of wire.requests()) {
      if (request.delivered === 0) open = request;
      if (request.complete && request.equals(bytes, result)) {
        if (request.delivered === 0) fresh = request;
        else known = request;
      } else if (request.complete && request.delivered === 0 && request.beginsWith(bytes, result)) {
        head = request;
      }
    }
    if (fresh !== void 0) {
      fresh.delivered++;
      return;
    }
    const got = describeMessage(bytes, result);
    const site = `${read.thread} read()`;
    if (known !== void 0) {
      sim.violate("duplicate-request", "delivered-twice", site, `read() returned ${got} a second time; the host sent it once`);
      return;
    }
    if (head !== void 0) {
      head.delivered++;
      sim.violate(
        "torn-message",
        "truncated",
        site,
        `read() returned ${result} bytes as a whole request; the host sent ${head.length}, of which ${head.length - result} ${head.length - result === 1 ? "is" : "are"} cut off: ` + describeMessage(head.bytes, head.length)
      );
      return;
    }
    const requests = [...wire.requests()];
    const part = partText(bytes, result, requests);
    if (open === void 0) {
      sim.violate("phantom-request", "never-sent", site, `read() returned ${got}${part === "" ? ", which the host never sent" : part}`);
      return;
    }
    const { current } = wire;
    if (current !== null && current.complete && current.delivered === 0) current.delivered++;
    const what = part === "" ? mixtureText(bytes, result, requests) : part;
    const unfinished = requests.some((request) => !request.complete && request.equals(bytes, result));
    sim.violate("torn-message", unfinished ? "unfinished" : "mixed", site, `read() returned ${got}${what === "" ? `: no request that the host sent${tornFrom(bytes, result)}` : what}`);
  }
  /** Nobody can ask with no bytes at all; and to a daemon it looks like the end of the file. */
  empty({ thread, count: count3 }) {
    if (count3 === 0) return;
    this.view.sim.violate("phantom-request", "empty", `${thread} read()`, "read() handed out a request of no bytes");
  }
};

// src/oracles/errno.ts
var EAGAIN2 = 11;
var EFAULT2 = 14;
var ErrnoOracle = class {
  names = ["errno"];
  view;
  constructor(view) {
    this.view = view;
  }
  daemonRead(read) {
    const { sim } = this.view;
    const site = `${read.thread} read()`;
    if (read.result === -EAGAIN2 && !read.nonBlocking) {
      if (read.signalled) {
        sim.violate(
          "errno",
          "signal-as-eagain",
          site,
          "a signal ended a blocking read(), which returned -EAGAIN instead of -ERESTARTSYS: SA_RESTART is lost"
        );
      } else {
        sim.violate("errno", "blocking-read-eagain", site, "a blocking read() returned -EAGAIN (read(2): only with O_NONBLOCK)");
      }
    } else if (read.result === -EFAULT2 && read.nextPage !== "unmapped") {
      sim.violate("errno", "efault-without-fault", site, "read() returned -EFAULT, but every byte of the buffer is mapped");
    } else if (read.result > 0 && read.nextPage === "unmapped" && read.result > read.pageEnd) {
      sim.violate(
        "errno",
        "fault-not-reported",
        site,
        `read() returned ${read.result}, but the buffer is unmapped from byte ${read.pageEnd} on: ${describeMessage(read.bytes, read.pageEnd)}`
      );
    }
  }
};

// src/oracles/i2c-irq.ts
var STORM = 16;
var UNHANDLED = 8;
var I2cIrqOracle = class {
  names = ["irq-storm", "spurious-irq"];
  /** Interrupts taken since the bus last moved. */
  idle = 0;
  unhandled = 0;
  constructor(view, source) {
    const { sim } = view;
    const { trace } = sim;
    const moved3 = () => {
      this.idle = 0;
      this.unhandled = 0;
    };
    for (const event of ["i2c.start", "i2c.address", "i2c.byte", "i2c.stop"]) trace.on(trace.code(event), moved3);
    trace.on(trace.code("bmc.irq"), (_at, _actor, from, handled) => {
      if (from !== source) return;
      if (view.pending() && ++this.idle >= STORM) {
        sim.violate(
          "irq-storm",
          "status-never-cleared",
          "bmc:irq",
          `${STORM} interrupts in a row, with nothing new on the bus, have left the line high: the CPU does nothing else`,
          true
        );
      }
      this.unhandled = handled === 0 ? this.unhandled + 1 : 0;
      if (this.unhandled >= UNHANDLED) {
        sim.violate("spurious-irq", "nobody-cared", "bmc:irq", `${UNHANDLED} interrupts in a row that no handler claims (irq ${source}: nobody cared)`, true);
      }
    });
    sim.onReset(() => {
      this.idle = 0;
      this.unhandled = 0;
    });
  }
};

// src/oracles/irq.ts
var STORM2 = 16;
var UNHANDLED2 = 8;
var IrqOracle = class {
  names = ["irq-storm", "spurious-irq", "lost-byte"];
  /** Interrupts taken without a byte being read. */
  idle = 0;
  unhandled = 0;
  /** Bytes that the handler has consumed in this interrupt. */
  consumed = 0;
  constructor(view, irqContext, source) {
    const { sim, wire } = view;
    const { trace } = sim;
    trace.on(trace.code("bmc.idr.read"), (_at, actor, value, flags, channel2) => {
      if (channel2 !== wire.channel || (flags & Str.IBF) === 0) return;
      this.idle = 0;
      if (actor !== irqContext) return;
      if (++this.consumed < 2) return;
      sim.violate(
        "lost-byte",
        "dummy-read",
        "bmc:irq",
        `the handler sampled STR once and read IDR twice: ${value.toString(16).padStart(2, "0")}h, which the host wrote in between, is swallowed unseen`
      );
    });
    trace.on(trace.code("bmc.irq"), (_at, _actor, from, handled) => {
      this.consumed = 0;
      if (from !== source) return;
      if ((view.str() & Str.IBF) !== 0 && ++this.idle >= STORM2) {
        sim.violate(
          "irq-storm",
          "ibf-never-read",
          "bmc:irq",
          `${STORM2} interrupts in a row have left IBF set: the level interrupt fires for ever and the CPU does nothing else`,
          true
        );
      }
      this.unhandled = handled === 0 ? this.unhandled + 1 : 0;
      if (this.unhandled >= UNHANDLED2) {
        sim.violate("spurious-irq", "nobody-cared", "bmc:irq", `${UNHANDLED2} interrupts in a row that no handler claims (irq ${source}: nobody cared)`, true);
      }
    });
    sim.onReset(() => {
      this.idle = 0;
      this.unhandled = 0;
      this.consumed = 0;
    });
  }
};

// src/oracles/request-log.ts
var KEPT = 1200;
var REQUESTS = 64;
var WireRequest = class {
  bytes = new Uint8Array(KEPT);
  length = 0;
  /** Its last byte has been taken. */
  complete = false;
  /** The host still wants an answer, and the BMC has not told it that there will be none. */
  owed = false;
  /** The host has let go of it. */
  abandoned = false;
  /** Times that it was handed to a daemon. */
  delivered = 0;
  /** A response was accepted by the driver while this was the request in hand. */
  answered = false;
  /** read() refused to hand it out because the daemon's buffer is too short. */
  overflowed = false;
  /** write() refused a response to it, which was not late. */
  refused = false;
  /** When its last byte was taken. */
  completedAt = 0;
  /** When a daemon first asked for a request while this one was there, not delivered yet; -1: none has. */
  askedForAt = -1;
  /** The device was closed since. */
  orphaned = false;
  reset() {
    this.length = 0;
    this.complete = false;
    this.owed = false;
    this.abandoned = false;
    this.delivered = 0;
    this.answered = false;
    this.overflowed = false;
    this.refused = false;
    this.completedAt = 0;
    this.askedForAt = -1;
    this.orphaned = false;
  }
  append(byte) {
    if (this.length < KEPT) this.bytes[this.length] = byte;
    this.length++;
  }
  equals(bytes, length) {
    if (length !== this.length || length > KEPT) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }
  /** How far `bytes[from..length)` is what stands here in the same place: up to the index returned. */
  agreesTo(bytes, from, length) {
    const end = Math.min(length, this.length, KEPT);
    let at = from;
    while (at < end && bytes[at] === this.bytes[at]) at++;
    return at;
  }
  /** Whether `bytes[0..length)` is the beginning of this request, and less than all of it. */
  beginsWith(bytes, length) {
    if (length >= this.length) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }
};
var RequestLog = class {
  sim;
  pool = Array.from({ length: REQUESTS }, () => new WireRequest());
  used = 0;
  /** The request that is being written or waits for its answer. */
  current = null;
  constructor(sim) {
    this.sim = sim;
    sim.onReset(() => {
      for (let i = 0; i < this.used; i++) this.pool[i].reset();
      this.used = 0;
      this.current = null;
    });
  }
  /** Requests of this run, oldest first. */
  *requests() {
    for (let i = 0; i < this.used; i++) yield this.pool[i];
  }
  /** Requests that have begun in this run. */
  get begun() {
    return this.used;
  }
  /** The host no longer wants an answer to what it has sent. */
  abandon() {
    if (this.current === null) return;
    this.current.owed = false;
    this.current.abandoned = true;
  }
  /** The request in hand has come to its end, whatever it was. */
  drop() {
    this.abandon();
    this.current = null;
  }
  /** The host begins a request; what was in hand is dropped. */
  begin() {
    this.drop();
    this.current = this.pool[this.used < REQUESTS ? this.used++ : REQUESTS - 1];
    this.current.reset();
    return this.current;
  }
  /** The request in hand has been taken whole. */
  complete() {
    const { current } = this;
    if (current === null) return;
    current.complete = true;
    current.completedAt = this.sim.now;
    current.owed = !current.abandoned;
  }
};

// src/oracles/kcs-wire.ts
var WirePhase = { idle: 0, writing: 1, ending: 2, response: 3, abort: 4, abortCode: 5 };
var KcsWire = class extends RequestLog {
  channel;
  phase = WirePhase.idle;
  /** STR as far as it is known. */
  str = 0;
  errorBeforeAbort = false;
  listeners = [];
  constructor(sim, channel2) {
    super(sim);
    this.channel = channel2;
    const { trace } = sim;
    trace.on(trace.code("bmc.idr.read"), (_at, _actor, value, flags, ch) => {
      if (ch !== channel2 || (flags & Str.IBF) === 0) return;
      if ((flags & Str.C_D) !== 0) this.command(value);
      else this.data(value);
    });
    trace.on(trace.code("bmc.str.write"), (_at, _actor, _before, after, ch) => {
      if (ch === channel2) this.status(after);
    });
    trace.on(trace.code("host.idr.write"), (_at, _actor, value, flags, ch) => {
      if (ch === channel2 && (flags & Str.C_D) !== 0 && value === KcsControl.GET_STATUS_ABORT) {
        this.errorBeforeAbort = stateOf(this.str) === KcsState.ERROR;
      }
    });
    trace.on(trace.code("host.odr.read"), (_at, _actor, value, obf, ch) => {
      if (ch !== channel2 || obf === 0 || this.phase !== WirePhase.abortCode || stateOf(this.str) !== KcsState.READ) return;
      this.phase = WirePhase.idle;
      for (const listener of this.listeners) listener.statusCode?.(value, this.errorBeforeAbort);
    });
    sim.onReset(() => {
      this.phase = WirePhase.idle;
      this.str = 0;
      this.errorBeforeAbort = false;
    });
  }
  /** A transfer is under way: the BMC owes the host a response or ERROR_STATE. */
  get inProgress() {
    switch (this.phase) {
      case WirePhase.writing:
      case WirePhase.ending:
      case WirePhase.response:
        return this.current !== null && !this.current.abandoned;
      default:
        return false;
    }
  }
  command(code) {
    switch (code) {
      case KcsControl.WRITE_START:
        this.begin();
        this.phase = WirePhase.writing;
        return;
      case KcsControl.WRITE_END:
        if (this.phase === WirePhase.writing) {
          this.phase = WirePhase.ending;
          return;
        }
        break;
      case KcsControl.GET_STATUS_ABORT:
        this.drop();
        this.phase = WirePhase.abort;
        return;
    }
    this.drop();
    this.phase = WirePhase.idle;
    for (const listener of this.listeners) listener.illegalCommand?.(code);
  }
  data(byte) {
    const { current } = this;
    switch (this.phase) {
      case WirePhase.writing:
        current.append(byte);
        return;
      case WirePhase.ending:
        current.append(byte);
        this.complete();
        this.phase = WirePhase.response;
        return;
      case WirePhase.abort:
        this.phase = WirePhase.abortCode;
        return;
      case WirePhase.response:
        if (byte === KcsControl.READ) return;
        break;
    }
    this.drop();
    if (this.phase !== WirePhase.abortCode) this.phase = WirePhase.idle;
  }
  status(after) {
    const before = stateOf(this.str);
    this.str = after;
    const state = stateOf(after);
    if (state === before) return;
    if (state === KcsState.ERROR) {
      this.drop();
      this.phase = WirePhase.idle;
    } else if (state === KcsState.IDLE && this.phase === WirePhase.response) {
      this.drop();
      this.phase = WirePhase.idle;
    }
  }
};

// src/oracles/progress.ts
var EOVERFLOW2 = 75;
var SETTLE = SEC;
function patienceCounts({ sim, bound }) {
  return !sim.anyHeld && bound() && (sim.releasedAt < 0 || sim.now - sim.releasedAt >= SETTLE);
}
var ProgressOracle = class {
  names = ["lost-request", "lost-response", "hang"];
  view;
  /** Per thread: which request its read() is about, counted from 1. */
  asked = /* @__PURE__ */ new Map();
  /** Threads that wait for a request, in read() or poll(), and since when. */
  asking = /* @__PURE__ */ new Map();
  constructor(view) {
    this.view = view;
    view.sim.onReset(() => {
      if (this.asking.size > 0) this.asking.clear();
      if (this.asked.size > 0) this.asked.clear();
    });
  }
  daemonReads(thread) {
    const { wire, sim } = this.view;
    const { current } = wire;
    const pending = current !== null && current.delivered === 0;
    if (pending && current.complete && current.askedForAt < 0) current.askedForAt = sim.now;
    this.asking.set(thread, sim.now);
    this.asked.set(thread, pending ? wire.begun : wire.begun + 1);
  }
  daemonRead(read) {
    const { wire } = this.view;
    this.asking.delete(read.thread);
    if (read.result !== -EOVERFLOW2 || this.asked.get(read.thread) !== wire.begun) return;
    if (wire.current !== null && wire.current.complete) wire.current.overflowed = true;
  }
  daemonWrote(write) {
    const { sim, wire, keeps } = this.view;
    const { current } = wire;
    if (current === null || current.delivered === 0 || !current.equals(write.request, write.requestLength)) return;
    if (write.result > 0) current.answered = true;
    else if (sim.now - current.completedAt < keeps) current.refused = true;
  }
  daemonClosed() {
    const { current } = this.view.wire;
    if (current !== null && current.complete) current.orphaned = true;
  }
  hostGaveUp(what) {
    const { sim, wire } = this.view;
    if (!patienceCounts(this.view) || this.view.stuck()) return;
    const site = "host";
    const { current } = wire;
    if (current === null || !current.complete || !current.owed || this.view.refused()) return;
    if (!this.view.minds && (current.orphaned || !this.view.open())) return;
    const asked = describeMessage(current.bytes, current.length);
    const waits = `the host has waited for ${what} until its time-out, ${this.view.face()}`;
    if (current.overflowed) {
      sim.violate(
        "hang",
        "overflow-not-reported",
        site,
        `${asked} is too long for the daemon, read() said so (-EOVERFLOW), but the host was not told: ${waits}`
      );
    } else if (!this.view.open()) {
      sim.violate(
        "hang",
        "not-open",
        site,
        `no daemon has the device open, and ${asked} got neither a response nor ERROR_STATE (IPMI 9.14): ${waits}`
      );
    } else if (this.view.answersMix() || this.view.misfits() || !this.view.serving()) {
    } else if (current.answered) {
      const rule = this.view.holdsResponse() ? "withheld" : "accepted";
      sim.violate("lost-response", rule, site, `write() accepted a response to ${asked}, but it never came: ${waits}`);
    } else if (current.delivered === 0 && this.wanted(current)) {
      sim.violate("lost-request", "never-delivered", site, `${asked} was never handed to the daemon: ${waits}`);
    } else if (current.refused) {
      sim.violate("lost-response", "refused", site, `write() refused the response to ${asked}: ${waits}`);
    }
  }
  /** A daemon asks for it, and did while the driver had to keep it. */
  wanted({ completedAt, askedForAt }) {
    const { sim, keeps } = this.view;
    if (this.asking.size === 0 || sim.releasedAt - completedAt >= keeps) return false;
    for (const since of this.asking.values()) if (since <= completedAt) return true;
    return askedForAt >= 0 && askedForAt - completedAt < keeps;
  }
  finish(satisfied, askedAt) {
    const { sim } = this.view;
    if (satisfied || sim.anyHeld || sim.releasedAt >= askedAt || !this.view.bound() || !this.view.serving() || this.view.misfits()) return;
    sim.violate(
      "hang",
      "no-recovery",
      "host",
      "a polite host got no answer to its last request, with a daemon serving and nothing stalled"
    );
  }
};

// src/oracles/protocol.ts
var ProtocolOracle = class {
  names = ["protocol"];
  view;
  /** Requests that had begun when the device was about to be closed. */
  begun = 0;
  constructor(view) {
    this.view = view;
    view.wire.listeners.push(this);
  }
  daemonCloses() {
    this.begun = this.view.wire.begun;
  }
  /** 9.14: the BMC must change the status to ERROR_STATE on any condition where it aborts a transfer. */
  daemonClosed(thread) {
    const { sim, wire } = this.view;
    const str = this.view.str();
    if (!this.view.bound() || wire.begun !== this.begun || !wire.inProgress || stateOf(str) === KcsState.ERROR) return;
    sim.violate(
      "protocol",
      "close-without-error-state",
      `${thread} release()`,
      `the device was closed in mid-transaction, but STR=${formatStr(str)}: ERROR_STATE is due (IPMI 9.14)`
    );
  }
  /** Table 9-4: "aborted by command" is for a transfer that the command aborted, not for an error before. */
  statusCode(code, own) {
    if (!own || code !== KcsStatus.ABORTED_BY_COMMAND && code !== KcsStatus.NO_ERROR) return;
    this.view.sim.violate(
      "protocol",
      "status-code",
      "host",
      `the BMC went to ERROR_STATE by itself, but tells GET_STATUS/ABORT the code ${code.toString(16).padStart(2, "0")}h "${statusName(code)}" (IPMI Table 9-4)`
    );
  }
};

// src/oracles/response.ts
var FABRICATED = [255, 198];
var ResponseOracle = class {
  names = ["wrong-response", "torn-message"];
  view;
  request = new Uint8Array(1200);
  length = 0;
  tainted = false;
  /** What the daemon has read last is not what read() says, or one of two requests: its answer is nothing to go by. */
  misread = false;
  /** It has read a request, and not written a response since. */
  answering = false;
  constructor(view) {
    this.view = view;
    view.sim.onReset(() => {
      this.length = 0;
      this.tainted = false;
      this.misread = false;
      this.answering = false;
    });
  }
  hostBegan(request, length) {
    this.length = Math.min(length, this.request.length);
    for (let i = 0; i < this.length; i++) this.request[i] = request[i];
    this.tainted = false;
  }
  hostBroke() {
    this.tainted = true;
  }
  /** Bytes behind a page that is not there are for the errno oracle, and so is what comes of them. */
  daemonRead({ result, nextPage, pageEnd }) {
    if (result <= 0) return;
    this.misread = nextPage === "unmapped" && result > pageEnd || this.answering && this.view.readsOn();
    this.answering = true;
  }
  daemonWrote() {
    this.answering = false;
  }
  daemonClosed() {
    this.answering = false;
  }
  hostResponded(response, length) {
    const { request } = this;
    if (this.tainted || this.misread || this.length < REQUEST_HEADER || this.view.answersMix() || this.view.misfits()) return;
    if (!this.view.bound()) return;
    if (length >= 3 && FABRICATED.includes(response[CC_INDEX]) && length === 3) return;
    const asked = echoTag(request, this.length);
    const { sim } = this.view;
    if (asked < 0) {
      if (isResponseTo(request, this.length, response, length)) return;
      this.wrong(response, length, echoTag(response, length) >= 0);
      return;
    }
    const got = echoTag(response, length);
    if (got === asked && length === this.length + 1) return;
    const verdict = classifyEcho(response, length);
    const another = verdict.kind === "torn" && verdict.tags.length === 1 && verdict.tags[0] > 0 && verdict.tags[0] < asked;
    if (got === asked || verdict.kind === "torn" && !another) {
      sim.violate(
        "torn-message",
        "response",
        "host",
        `the host asked ${describeMessage(request, this.length)} and got ${describeMessage(response, length)}${tornFrom(response, length)}`
      );
      return;
    }
    if (echoRefusal(response, length) >= 0) return;
    this.wrong(response, length, got >= 0 || another);
  }
  wrong(response, length, another) {
    this.view.sim.violate(
      "wrong-response",
      another ? "answers-another-request" : "answers-nothing",
      "host",
      `the host asked ${describeMessage(this.request, this.length)} and got ${describeMessage(response, length)}, ` + (another ? "the answer to another request" : "which answers nothing that it asked")
    );
  }
};

// src/oracles/scl-held.ts
var SclHeldOracle = class {
  names = ["hang"];
  constructor(view) {
    const { sim, wire } = view;
    sim.trace.on(sim.trace.code("i2c.timeout"), (_at, _actor, low, _b, bus) => {
      if (bus !== wire.bus || sim.anyHeld || !view.bound() || sim.releasedAt >= 0 && sim.now - sim.releasedAt < low) return;
      sim.violate(
        "hang",
        "scl-held",
        "host",
        `the BMC has kept SCL low for ${formatShort(low)}, until the host's controller gave up (tTIMEOUT): nobody writes the byte that the host waits for, or acknowledges the one that it has sent; ${view.face()}`
      );
    });
  }
};

// src/oracles/ssif-device.ts
var EINVAL2 = 22;
var SsifDeviceOracle = class {
  names = ["phantom-request", "errno"];
  view;
  /** What nobody had read when the device was about to be closed, and the driver had dealt with all that the bus told. */
  left = null;
  /** The same, once release() has returned. */
  behind = null;
  begun = 0;
  /** Threads whose read() has begun since: what comes of another may have been handed out before. */
  since = /* @__PURE__ */ new Set();
  constructor(view) {
    this.view = view;
    view.sim.onReset(() => {
      this.left = null;
      this.behind = null;
      this.begun = 0;
      if (this.since.size > 0) this.since.clear();
    });
  }
  daemonCloses() {
    const { wire, pending, busy } = this.view;
    const { current } = wire;
    this.left = current !== null && current.complete && current.delivered === 0 && !pending() && !busy() ? current : null;
  }
  daemonClosed() {
    const { wire } = this.view;
    this.behind = this.left === wire.current ? this.left : null;
    this.begun = wire.begun;
    this.since.clear();
  }
  daemonReads(thread) {
    if (this.behind !== null) this.since.add(thread);
  }
  daemonRead({ thread, result, bytes }) {
    const { sim, wire } = this.view;
    const { behind } = this;
    if (result <= 0 || behind === null || !this.since.has(thread) || behind.delivered > 0 || wire.begun !== this.begun || !behind.equals(bytes, result)) return;
    sim.violate(
      "phantom-request",
      "left-behind",
      `${thread} read()`,
      `read() returned ${describeMessage(bytes, result)}, which was asked of the process that had the device open before`
    );
  }
  daemonWrote({ thread, result, bytes, length, requestLength }) {
    if (result !== -EINVAL2 || requestLength === 0 || length === 0 || length > IPMI_SSIF_PAYLOAD_MAX || this.view.answersMix()) return;
    if (this.view.misfits()) return;
    this.view.sim.violate(
      "errno",
      "late-as-einval",
      `${thread} write()`,
      `write() refused ${describeMessage(bytes, length)}, a response in good form to a request that it had handed out, with -EINVAL as if it were none`
    );
  }
};

// src/oracles/ssif-state.ts
var SsifStateOracle = class {
  names = ["state-mismatch"];
  view;
  /** A transaction that STOP has ended is over, and nobody has looked since. */
  over = false;
  /** The request for which the driver refuses others, counted from 1; 0: it refuses none. */
  busyWith = 0;
  /** The device is being closed: the driver forgets what nobody will answer. */
  closing = false;
  constructor(view) {
    this.view = view;
    view.wire.listeners.push(this);
    view.sim.onReset(() => {
      this.over = false;
      this.busyWith = 0;
      this.closing = false;
    });
  }
  ended(stopped) {
    this.over = stopped;
  }
  daemonWrote({ result }) {
    if (result > 0) this.busyWith = 0;
  }
  daemonCloses() {
    this.closing = true;
  }
  daemonClosed() {
    this.closing = false;
    this.busyWith = 0;
  }
  settled() {
    const { view } = this;
    if (view.holdsResponse()) this.busyWith = 0;
    if (view.wire.busy || view.pending() || view.busy() || !view.bound()) return;
    this.refusal();
    if (!this.over) return;
    this.over = false;
    const state = view.stateName();
    if (state === "SSIF_READY") return;
    view.sim.violate(
      "state-mismatch",
      `${state}-after-STOP`,
      "driver",
      `the transaction is over and every interrupt of it was handled, but the driver is in ${state}: what comes next is not taken for a beginning (IPMI 12)`
    );
  }
  refusal() {
    const { view } = this;
    const { current, begun } = view.wire;
    if (this.closing || current === null || !current.complete || view.holdsResponse() || view.sim.now - current.completedAt >= view.keeps) {
      this.busyWith = 0;
    } else if (view.refuses()) {
      this.busyWith = begun;
    } else if (this.busyWith === begun) {
      this.busyWith = 0;
      view.sim.violate(
        "state-mismatch",
        "busy-dropped",
        "driver",
        "the driver has refused others for the request in hand, and does no longer, though that was neither answered nor given up"
      );
    }
  }
};

// src/oracles/ssif-wire.ts
var BLOCK_MAX = 32;
var REQUEST_MIN = 2;
var ACKED2 = 1;
var TO_CONTROLLER2 = 2;
var KEPT2 = 40;
var SsifWire = class extends RequestLog {
  names = [];
  bus;
  address;
  listeners = [];
  /** The BMC is addressed, for writing or for reading. */
  writing = false;
  reading = false;
  /** The transaction that writes to it: command, count, data, PEC. */
  bytes = new Uint8Array(KEPT2);
  length = 0;
  /** A byte of it was NAKed: it counts for nothing. */
  refused = false;
  /** The bytes of the read under way. */
  read = new Uint8Array(KEPT2);
  readLength = 0;
  /** Parts of the request in hand are still to come. */
  open = false;
  /** Whether the last write had a PEC. */
  pec = false;
  constructor(sim, bus, address) {
    super(sim);
    this.bus = bus;
    this.address = address;
    const { trace } = sim;
    const on = (name2, listener) => {
      trace.on(trace.code(name2), (_at, _actor, a, b, c) => {
        if (c === bus) listener(a, b);
      });
    };
    on("i2c.start", () => this.condition());
    on("i2c.address", (byte, flags) => this.addressed(byte, flags));
    on("i2c.byte", (byte, flags) => this.byte(byte, flags));
    on("i2c.stop", () => this.stop());
    on("i2c.vanish", () => this.vanish());
    on("i2c.timeout", () => this.vanish());
    sim.onReset(() => {
      this.writing = false;
      this.reading = false;
      this.length = 0;
      this.refused = false;
      this.readLength = 0;
      this.open = false;
      this.pec = false;
    });
  }
  /** A transaction with the BMC is under way. */
  get busy() {
    return this.writing || this.reading;
  }
  /** The host has its response: what it asked is done with. */
  hostResponded() {
    this.drop();
  }
  condition() {
    this.endRead();
    this.writing = false;
  }
  addressed(byte, flags) {
    if (byte >> 1 !== this.address || (flags & ACKED2) === 0) return;
    if ((byte & 1) !== 0) {
      this.reading = true;
      this.readLength = 0;
    } else {
      this.writing = true;
      this.length = 0;
      this.refused = false;
    }
  }
  byte(byte, flags) {
    if (this.writing && (flags & TO_CONTROLLER2) === 0) {
      if ((flags & ACKED2) === 0) this.refused = true;
      if (this.length < KEPT2) this.bytes[this.length] = byte;
      this.length++;
    } else if (this.reading && (flags & TO_CONTROLLER2) !== 0) {
      if (this.readLength < KEPT2) this.read[this.readLength] = byte;
      this.readLength++;
    }
  }
  stop() {
    const met = this.busy;
    if (this.writing) this.written();
    this.endRead();
    this.writing = false;
    if (met) for (const listener of this.listeners) listener.ended?.(true);
  }
  /** The controller is gone, or has given up: no STOP, and what was written came to nothing. */
  vanish() {
    const met = this.busy;
    this.endRead();
    this.writing = false;
    if (met) for (const listener of this.listeners) listener.ended?.(false);
  }
  endRead() {
    if (!this.reading) return;
    this.reading = false;
    const command = this.length === 1 && !this.refused ? this.bytes[0] : -1;
    if (!isSsifRead(command)) return;
    for (const listener of this.listeners) listener.blockRead?.(command, this.read, this.readLength);
  }
  /** A write to the BMC that STOP has ended: a part of a request, if it is a good one. */
  written() {
    const { bytes, length } = this;
    if (length < 2) return;
    const [command, count3] = bytes;
    const data = length - 2;
    if (!isSsifWrite(command)) return;
    const good = !this.refused && count3 >= 1 && count3 <= BLOCK_MAX && (data === count3 || data === count3 + 1 && this.goodPec());
    if (!good) {
      if (!this.refused) this.close();
      return;
    }
    this.pec = data === count3 + 1;
    switch (command) {
      case SsifCmd.REQUEST:
        this.open = false;
        if (count3 < REQUEST_MIN) return;
        this.begin();
        this.append(count3);
        this.complete();
        return;
      case SsifCmd.MULTI_PART_REQUEST_START:
        this.begin();
        this.open = count3 === BLOCK_MAX;
        if (this.open) this.append(count3);
        else this.drop();
        return;
      case SsifCmd.MULTI_PART_REQUEST_MIDDLE:
        if (!this.open) return;
        this.append(count3);
        if (count3 !== BLOCK_MAX) this.close();
        return;
      case SsifCmd.MULTI_PART_REQUEST_END:
        if (!this.open) return;
        this.open = false;
        this.append(count3);
        if (this.current !== null && this.current.length > IPMI_SSIF_PAYLOAD_MAX) this.drop();
        else this.complete();
        return;
    }
  }
  /** The parts of the request in hand lead to nothing. */
  close() {
    if (this.open) this.drop();
    this.open = false;
  }
  append(count3) {
    for (let i = 0; i < count3; i++) this.current?.append(this.bytes[2 + i]);
  }
  goodPec() {
    let crc = pecByte(0, this.address << 1);
    for (let i = 0; i < this.length - 1; i++) crc = pecByte(crc, this.bytes[i]);
    return crc === this.bytes[this.length - 1];
  }
};

// src/oracles/state-mismatch.ts
var StateMismatchOracle = class {
  names = ["state-mismatch"];
  view;
  constructor(view) {
    this.view = view;
  }
  settled() {
    const { view } = this;
    if (view.busy() || !view.bound()) return;
    const phase = view.stateOfPhase();
    const str = view.str();
    if (phase < 0 || phase === stateOf(str)) return;
    view.sim.violate(
      "state-mismatch",
      `${view.phaseName()}-in-${stateName(stateOf(str))}`,
      "driver",
      `the driver is in ${view.phaseName()}, which means ${stateName(phase)}_STATE, but the host sees STR=${formatStr(str)}`
    );
  }
};

// src/oracles/stuck-ibf.ts
var StuckIbfOracle = class {
  names = ["stuck-ibf"];
  view;
  constructor(view) {
    this.view = view;
  }
  hostGaveUp(what) {
    const { view } = this;
    if (!patienceCounts(view) || (view.str() & Str.IBF) === 0) return;
    const closed = view.open() ? "" : " while no daemon has the device open";
    view.sim.violate(
      "stuck-ibf",
      closed === "" ? "never-read" : "closed",
      "host",
      `nobody reads IDR${closed}: the host has waited for ${what} until its time-out`
    );
  }
};

// src/oracles/stuck-obf.ts
var StuckObfOracle = class {
  names = ["stuck-obf"];
  drained = false;
  constructor(view) {
    const { sim, wire } = view;
    const { trace } = sim;
    trace.on(trace.code("host.odr.read"), (_at, _actor, _value, _obf, channel2) => {
      if (channel2 === wire.channel) this.drained = true;
    });
    trace.on(trace.code("bmc.odr.write"), (_at, _actor, _value, _obf, channel2) => {
      if (channel2 === wire.channel) this.drained = false;
    });
    trace.on(trace.code("host.str.read"), (_at, _actor, str, _b, channel2) => {
      if (channel2 !== wire.channel || !this.drained || (str & Str.OBF) === 0) return;
      sim.violate("stuck-obf", "set-after-read", "host", `the host has read ODR and nothing was written since, but STR=${formatStr(str)}`);
    });
    sim.onReset(() => {
      this.drained = false;
    });
  }
};

// src/scenarios/draws.ts
var Draws = class {
  sim;
  actors = [];
  /** Nothing goes wrong any more: every answer is the nominal one. */
  calm = false;
  constructor(sim) {
    this.sim = sim;
    sim.onReset(() => {
      for (let i = 0; i < this.actors.length; i++) this.actors[i].asked = 0;
      this.calm = false;
    });
  }
  /** A number in [0, n); 0 is nominal. */
  draw(kind, actor, n, label) {
    if (this.calm || n < 2) return 0;
    return this.sim.choose(kind, actor, this.actor(actor).asked++, n, label);
  }
  actor(name2) {
    const { actors } = this;
    for (let i = 0; i < actors.length; i++) if (actors[i].name === name2) return actors[i];
    const actor = { name: name2, asked: 0 };
    actors.push(actor);
    return actor;
  }
};

// src/scenarios/hooks.ts
function hooked(oracles, name2) {
  return oracles.filter((oracle) => oracle[name2] !== void 0);
}
function daemonWitness(oracles, settled) {
  const closes = hooked(oracles, "daemonCloses");
  const closed = hooked(oracles, "daemonClosed");
  const reads = hooked(oracles, "daemonReads");
  const read = hooked(oracles, "daemonRead");
  const wrote = hooked(oracles, "daemonWrote");
  return {
    opened: settled,
    closes(thread) {
      for (const oracle of closes) oracle.daemonCloses(thread);
    },
    closed(thread) {
      for (const oracle of closed) oracle.daemonClosed(thread);
      settled();
    },
    reads(thread) {
      for (const oracle of reads) oracle.daemonReads(thread);
    },
    read(result) {
      for (const oracle of read) oracle.daemonRead(result);
      settled();
    },
    wrote(result) {
      for (const oracle of wrote) oracle.daemonWrote(result);
      settled();
    },
    aborted() {
    },
    exited() {
    }
  };
}
function hostLog(oracles, wire) {
  const began = hooked(oracles, "hostBegan");
  const abandoned = hooked(oracles, "hostAbandoned");
  const responded = hooked(oracles, "hostResponded");
  const broke = hooked(oracles, "hostBroke");
  const gaveUp = hooked(oracles, "hostGaveUp");
  return {
    began(request, length) {
      for (const oracle of began) oracle.hostBegan(request, length);
    },
    sent() {
    },
    abandoned(why) {
      wire.abandon();
      for (const oracle of abandoned) oracle.hostAbandoned(why);
    },
    responded(response, length) {
      for (const oracle of responded) oracle.hostResponded(response, length);
    },
    broke(section, what) {
      for (const oracle of broke) oracle.hostBroke(section, what);
    },
    gaveUp(what) {
      for (const oracle of gaveUp) oracle.hostGaveUp(what);
    }
  };
}

// src/scenarios/system.ts
var UsageError = class extends Error {
  name = "UsageError";
};
var DATA_RACE = "data-race";
function oneOf(what, name2, known) {
  if (name2 !== void 0 && !known.includes(name2)) throw new UsageError(`unknown ${what} "${name2}": there are ${known.join(", ")}`);
}
function splitDrivers(scenario, drivers, ids) {
  const named = /* @__PURE__ */ new Map();
  for (const driver of drivers.split(",")) {
    const [id] = driver.split("@");
    if (!ids.includes(id)) throw new UsageError(`unknown driver "${driver}": scenario ${scenario} knows ${ids.join(", ")}`);
    if (named.has(id)) throw new UsageError(`driver ${id} is given twice: ${named.get(id)} and ${driver}`);
    named.set(id, driver);
  }
  return named;
}
function versionOf(scenario, driver, id, versions) {
  const [given, version, ...rest] = driver.split("@");
  const names = versions.map((v) => `${id}@${v.version}`).join(", ");
  if (given !== id || rest.length > 0) throw new UsageError(`unknown driver "${driver}": scenario ${scenario} knows ${names}`);
  const found = versions.find((v) => v.version === version);
  if (found === void 0) throw new UsageError(`unknown version "${driver}": there are ${names}`);
  return found;
}

// src/scenarios/settings.ts
var Values = class {
  parameters;
  values = /* @__PURE__ */ new Map();
  settings;
  constructor(parameters, settings2) {
    this.parameters = new Map(parameters.map((p) => [p.name, p]));
    this.settings = new Set(Object.keys(settings2));
    for (const [name2, value] of Object.entries(settings2)) this.check(name2, value);
    for (const { name: name2, default: value } of parameters) this.values.set(name2, settings2[name2] ?? value);
  }
  check(name2, value) {
    const p = this.parameters.get(name2);
    if (p === void 0) throw new UsageError(`unknown parameter "${name2}" (see: inband list parameters)`);
    if (p.words !== void 0) {
      if (typeof value !== "string" || !p.words.includes(value)) {
        throw new UsageError(`parameter ${name2}=${value}: expected one of ${p.words.join(", ")}`);
      }
    } else if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw new UsageError(`parameter ${name2}=${value}: expected an integer`);
    } else if (p.min !== void 0 && value < p.min || p.max !== void 0 && value > p.max) {
      throw new UsageError(`parameter ${name2}=${value}: expected ${p.min} to ${p.max}${p.unit === void 0 ? "" : ` ${p.unit}`}`);
    }
  }
  /** Whether the user has fixed it: then it is not drawn. */
  fixed(name2) {
    return this.settings.has(name2);
  }
  number(name2) {
    const value = this.values.get(name2);
    if (typeof value !== "number") throw new Error(`${name2} is not a number`);
    return value;
  }
  word(name2) {
    const value = this.values.get(name2);
    if (typeof value !== "string") throw new Error(`${name2} is not a word`);
    return value;
  }
};

// src/scenarios/trace-hash.ts
var TraceHash = class {
  sim;
  /** Per object: hash of the writes so far. */
  versions = new Int32Array(256);
  /** Per object: sum of the reads of this version. */
  readers = new Int32Array(256);
  sum = 0;
  /** Something has been entered since the last reset. */
  used = false;
  constructor(sim) {
    this.sim = sim;
    sim.onReset(() => {
      if (!this.used) return;
      this.used = false;
      this.versions.fill(0);
      this.readers.fill(0);
      this.sum = 0;
    });
  }
  get value() {
    return finish(this.sum);
  }
  step(ctx, op, value) {
    this.used = true;
    const { reads, writes } = this.sim.ops.defs[op & 255].footprint(op >> 8 & 32767);
    const self = mix(mix(ctx.id, ctx.steps), mix(op & 8388607, value));
    let met = self;
    for (let i = 0; i < reads.length; i++) {
      const id = reads[i];
      met = mix(met, this.versions[id]);
      this.readers[id] = this.readers[id] + self | 0;
    }
    for (let i = 0; i < writes.length; i++) {
      const id = writes[i];
      met = mix(met, mix(this.versions[id], this.readers[id]));
      this.versions[id] = mix(this.versions[id] ^ this.readers[id], self);
      this.readers[id] = 0;
    }
    this.sum = this.sum + finish(met) | 0;
  }
};

// src/scenarios/bmc-system.ts
var HOST_START = 300 * US;
var UNBIND = [0, 350 * US, 1 * MS, 5 * MS];
var STEP_LIMIT = 25e4;
var HORIZON = 400 * SEC;
var IDLE_STEPS = 1e4;
var UNBOUND_STEPS = 5e3;
var BmcSystem = class {
  sim = new Simulator();
  soc;
  kernel;
  values;
  draws;
  oracles = [];
  config;
  settling = [];
  traceHash;
  hostContext;
  unbinder;
  bound = false;
  unbinding = false;
  constructor(options, kind) {
    const { sim } = this;
    const values = new Values(kind.parameters, options.settings);
    this.values = values;
    this.config = kernelConfig(values);
    this.draws = new Draws(sim);
    sim.selected = options.oracles === void 0 ? kind.oracles : new Set(options.oracles);
    sim.horizon = HORIZON;
    sim.finished = () => this.workload.done && !this.unbinding;
    this.soc = this.buildSoc();
    this.kernel = new Kernel(sim, this.config, this.soc.vic);
    this.soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    if (options.observed === true) {
      const races = new DataRaceOracle(sim);
      this.kernel.fields = races;
      sim.observer = races;
    }
  }
  /** The hardware, with the parameters that the user has set. */
  buildSoc() {
    return new Ast2500(this.sim, ast2500Params(this.hardware(AST2500_PARAMETERS)));
  }
  /** The values of some of the hardware's parameters. */
  hardware(list) {
    return Object.fromEntries(list.map(({ name: name2 }) => [name2, this.values.number(name2)]));
  }
  /** The context in which the host runs. */
  get host() {
    return this.hostContext;
  }
  get trackTraces() {
    return this.traceHash !== void 0 && this.sim.observer === this.traceHash;
  }
  set trackTraces(on) {
    if (this.kernel.fields === null) this.sim.observer = on ? this.traceHash : null;
  }
  execute(chooser = NOMINAL) {
    const { sim } = this;
    sim.reset(chooser);
    sim.limit = IDLE_STEPS;
    this.configureKernel();
    this.configure();
    this.kernel.boot(this.driver.probe());
    this.bound = true;
    this.startDaemon();
    this.host.start(HOST_START);
    const after = UNBIND[this.configured("driver is unbound", UNBIND.length)];
    if (after > 0) {
      this.unbinding = true;
      this.unbinder.start(after);
    }
    const reason = sim.run();
    const hostBusy = sim.steps >= STEP_LIMIT;
    if (reason === "limit" && !hostBusy && this.bound && this.daemon.serves && !sim.anyHeld) {
      sim.violate("hang", "endless", "run", `the BMC is busy for ever: no end after ${sim.steps} steps, while the host waits`);
    }
    if (reason === "done" || reason === "limit" && hostBusy) {
      for (const oracle of this.oracles) oracle.finish?.(this.workload.satisfied, this.workload.askedAt);
    }
    return {
      reason,
      violations: sim.violations,
      taken: sim.taken,
      hash: sim.hash,
      traceHash: this.trackTraces ? this.traceHash.value : 0,
      steps: sim.steps,
      time: sim.now
    };
  }
  configured(label, n) {
    return this.draws.draw("config", "scenario", n, label);
  }
  /** The index of the word that the user has fixed, or one that is drawn. */
  configuredWord(name2, words) {
    return this.values.fixed(name2) ? words.indexOf(this.values.word(name2)) : this.configured(name2, words.length);
  }
  configureKernel() {
    const { values, config } = this;
    config.preempt = PREEMPT[this.configuredWord("preempt", PREEMPT)];
    config.cpus = values.fixed("cpus") ? values.number("cpus") : this.configured("cpus", 2) === 1 ? 2 : 1;
  }
  // ---- what a system is made of, for its constructor -------------------------------------------
  /** The task that unbinds the driver. */
  addUnbinder() {
    this.unbinder = this.kernel.thread("bmc:unbind", () => this.unbind()).ctx;
  }
  *unbind() {
    this.bound = false;
    this.sim.limit = this.sim.steps + UNBOUND_STEPS;
    yield* this.driver.remove();
    this.unbinding = false;
  }
  /** The host, last of all contexts. `reset` forgets what its drivers know. */
  addHost(reset) {
    const { sim } = this;
    const process2 = new GeneratorProcess(() => this.workload.main());
    const host = sim.context("host", process2);
    this.hostContext = host;
    sim.onReset(() => {
      reset();
      this.workload.reset();
      process2.start();
      this.bound = false;
      this.unbinding = false;
    });
    this.traceHash = new TraceHash(sim);
  }
  /** The part of the view that all oracles share. */
  view(wire) {
    return {
      sim: this.sim,
      wire,
      bound: () => this.bound,
      open: () => this.daemon.opened,
      serving: () => this.daemon.serves
    };
  }
  /** Who judges; and the trace events by which the host shows that it is alive. */
  addOracles(oracles, signsOfLife) {
    const { sim, kernel } = this;
    this.oracles.push(...oracles);
    this.settling.push(...hooked(oracles, "settled"));
    sim.trace.on(kernel.events.irq, () => this.settled());
    const alive = () => {
      if (this.bound) sim.limit = Math.min(STEP_LIMIT, sim.steps + IDLE_STEPS);
    };
    for (const event of signsOfLife) sim.trace.on(sim.trace.code(event), alive);
  }
  /** A system call has returned or an interrupt was handled: tells only those who listen. */
  settled() {
    const { settling } = this;
    for (let i = 0; i < settling.length; i++) settling[i].settled();
  }
};
function kernelConfig(values) {
  const config = { ...DEFAULT_KERNEL };
  for (const name2 of [
    "irqLatency",
    "irqJitter",
    "irqEntry",
    "irqNext",
    "irqExit",
    "wakeLatency",
    "atomicCap",
    "syscall",
    "lock",
    "copyWord",
    "pageFault"
  ]) config[name2] = values.number(name2);
  return config;
}

// src/scenarios/requests.ts
var LONGEST = 2048;
var CommandRequest = class {
  bytes = new Uint8Array(LONGEST);
  length = 0;
  command;
  tag = 0;
  constructor(command) {
    this.command = command;
  }
  reset() {
    this.tag = 0;
  }
  /** The next request, of `length` bytes if it is an echo. */
  next(length) {
    if (this.command === "get-device-id") {
      this.length = writeRequest(this.bytes, NetFn.APP, Lun.BMC, AppCmd.GET_DEVICE_ID);
    } else {
      this.tag = (this.tag + 1) % ECHO_TAGS;
      writeEcho(this.bytes, this.tag, length);
      this.length = length;
    }
    return this;
  }
  /** Whether the response belongs to the last request. */
  answers(response, length) {
    if (!isResponseTo(this.bytes, this.length, response, length)) return false;
    if (this.command === "get-device-id") return response[CC_INDEX] === CompletionCode.SUCCESS;
    return echoTag(response, length) === this.tag;
  }
};

// src/scenarios/host-workload.ts
var GAPS2 = [20 * US, 200 * US, 2 * MS, 30 * MS];
var HEAL = 6 * SEC;
var HEAL_TRIES = 2;
var HostWorkload = class {
  options;
  requests;
  careless;
  /** Index of the host mode. */
  mode = 0;
  done = false;
  satisfied = false;
  askedAt = 0;
  constructor(options) {
    this.options = options;
    this.requests = new CommandRequest(options.values.word("command"));
    this.careless = options.careless((buf, length) => this.compose(buf, length));
  }
  reset() {
    this.done = false;
    this.satisfied = false;
    this.askedAt = 0;
    this.requests.reset();
    this.careless.reset();
  }
  /** Writes the next request into `buf`. */
  compose(buf, length) {
    const request = this.requests.next(length ?? this.drawLength());
    buf.set(request.bytes.subarray(0, request.length));
    return request.length;
  }
  drawLength() {
    const { values, draw, lengths } = this.options;
    if (values.fixed("length")) return values.number("length");
    const choice = draw(lengths.length + 1, "length");
    return choice === 0 ? values.number("length") : lengths[choice - 1];
  }
  *main() {
    const { clock, values, modes, moves, question, draw } = this.options;
    const count3 = values.number("requests") + (values.fixed("requests") ? 0 : draw(3, "more requests"));
    for (let i = 0; i < count3; i++) {
      yield call(modes[this.mode].idle(clock.now + GAPS2[draw(GAPS2.length, "gap")]));
      const free = i < count3 - 1 && modes[this.mode].quiet;
      const move = !free ? 0 : draw(moves.length, question);
      if (move === 0) {
        yield call(this.polite());
      } else {
        yield call(moves[move].run(this.careless));
        this.options.takeOver();
      }
    }
    for (let i = 0; i < HEAL_TRIES && !this.satisfied; i++) {
      this.options.calmDown();
      yield* modes[this.mode].idle(clock.now + HEAL);
      yield* this.polite();
    }
    yield* modes[this.mode].idle(clock.now + GAPS2[0]);
    this.done = true;
  }
  /** One request through the driver, which recovers from whatever it finds. */
  *polite() {
    const host = this.options.modes[this.mode];
    this.options.wish?.(host);
    this.askedAt = this.options.clock.now;
    const request = this.requests.next(this.drawLength());
    const got = yield call(host.transact(request.bytes, request.length));
    this.satisfied = this.requests.answers(host.response, got);
  }
};

// src/scenarios/decisions.ts
function moveAnswers(moves) {
  return moves.map((move) => `the host's move: ${move.name}${move.legal ? "" : " (against the protocol)"}`);
}
var BMC_ANSWERS = {
  preempt: PREEMPT.map((mode) => `the BMC kernel is built with preempt=${mode}`),
  cpus: ["", "the BMC has two CPUs"],
  threads: ["", "the daemon has two threads, which share a lock", "the daemon has two threads, which share no lock"],
  "O_NONBLOCK": ["", "the daemon opens the device with O_NONBLOCK and polls it"],
  "write without read": ["", "the daemon writes a response without having read a request"],
  "crash with a request in hand": ["", "the daemon crashes after it has read a request, and is restarted"],
  "short buffer": ["", "the daemon offers read() a buffer of 3 bytes"],
  signal: ["", "a signal reaches the thread before it sleeps"]
};
function pageAnswers(split) {
  const pages = (which) => [
    "",
    `the ${which} buffer runs into a page that is not resident, at byte ${split}`,
    `the ${which} buffer runs into an unmapped page, at byte ${split}`,
    `the ${which} buffer is in a page that is not resident`,
    `the ${which} buffer is in an unmapped page`
  ];
  return { "request buffer": pages("request"), "response buffer": pages("response") };
}
function describeDecision(decision, answers2) {
  const { kind, actor, step, label, value } = decision;
  if (kind === "stall") {
    const release = typeof value === "string" ? parseRelease(value) : void 0;
    return `${actor} is held before step ${step}, ${label}, ${release === void 0 ? value : describeRelease(release)}`;
  }
  if (kind === "timing") return `${actor} step ${step}, ${label}, takes ${value}/8 of its jitter longer`;
  if (kind === "order") return `of events at the same instant number ${value} goes first`;
  const answer2 = typeof value === "number" ? answers2[label]?.[value] : void 0;
  return answer2 === void 0 || answer2 === "" ? `${actor}: ${label} = ${value}` : answer2;
}
function describeRelease(release) {
  switch (release.kind) {
    case "quiet":
      return "until all else is quiet";
    case "timeouts":
      return `past ${release.n} time-out${release.n === 1 ? "" : "s"}`;
    case "until":
      return `until ${release.actor} has issued step ${release.step}`;
    case "for":
      return `for ${formatShort(release.ps)}`;
  }
}

// src/scenarios/kcs/kcs-decisions.ts
var ANSWERS = {
  ...BMC_ANSWERS,
  ...pageAnswers(4),
  "host move": moveAnswers(CARELESS_MOVES),
  hostMode: HOST_MODES.map((mode) => `the host drives the interface by ${mode}`),
  "daemon like kcsbridged": ["", "the daemon is like kcsbridged: FORCE_ABORT first, a new request cancels the answer under way"],
  "before read": [
    "",
    "the daemon asks for FORCE_ABORT",
    "the daemon sets SMS_ATN",
    "the daemon clears SMS_ATN",
    "the daemon crashes and is restarted"
  ]
};
function describeKcsDecision(decision) {
  return describeDecision(decision, ANSWERS);
}

// src/scenarios/kcs/kcs-system.ts
var IO_BASE = {
  1: [3232, 4],
  2: [3240, 4],
  3: [3234, 1],
  4: [3236, 1]
};
var LENGTHS = [4, 5, 12, 21];
var PATIENCE2 = 5 * SEC;
var KcsSystem = class extends BmcSystem {
  driver;
  daemon;
  wire;
  workload;
  aspeed;
  channel;
  daemonKind;
  shape = { threads: 1, locked: true, nonBlocking: false, bridge: false };
  constructor(options) {
    super(options, { parameters: KCS_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, values } = this;
    this.daemonKind = options.daemon ?? "";
    this.channel = values.number("channel");
    const [ioAddr, spacing] = IO_BASE[this.channel];
    this.aspeed = new AspeedKcs(this.kernel, this.soc.registers, {
      channel: this.channel,
      ioAddr,
      serirq: { id: values.number("serirqId"), levelHigh: true }
    });
    this.driver = new options.driverClass(this.kernel, this.aspeed);
    this.wire = new KcsWire(sim, this.channel);
    this.addOracles(this.judges(), ["host.idr.write", "host.str.read"]);
    this.daemon = new Kcsd(
      this.kernel,
      this.driver.miscdev,
      values.number("think"),
      (thread, n, label) => this.draws.draw("workload", thread, n, label),
      daemonWitness(this.oracles, () => this.settled())
    );
    this.addUnbinder();
    const io = SimIo.create(sim, this.soc.port(ioAddr, spacing));
    const serirqId = values.number("serirqId");
    this.soc.serirq.onHost = (irq, level) => {
      if (irq === serirqId) io.irqInput(level !== 0);
    };
    const log = hostLog(this.oracles, this.wire);
    const sm = new KcsStateMachine(io, log, { hz: values.number("hostHz") });
    const modes = HOST_MODES.map((mode) => new Si(sm, io, { mode, hz: values.number("hostHz") }));
    const takeOver = () => {
      sm.init();
      for (const si of modes) si.reset();
    };
    const draw = (n, label) => this.draws.draw("workload", "host", n, label);
    this.workload = new HostWorkload({
      clock: io,
      values,
      modes,
      moves: CARELESS_MOVES,
      question: "host move",
      lengths: LENGTHS,
      draw,
      takeOver,
      careless: (next2) => new CarelessHost(io, draw, next2, log, { patience: PATIENCE2 }),
      calmDown: () => {
        this.draws.calm = true;
      }
    });
    this.addHost(takeOver);
  }
  describe(decision) {
    return describeKcsDecision(decision);
  }
  startDaemon() {
    this.daemon.start(this.shape);
  }
  configure() {
    const { values } = this;
    const mode = this.configuredWord("hostMode", HOST_MODES);
    this.workload.mode = mode;
    this.aspeed.upstream = HOST_MODES[mode] === "irq";
    const threads = values.fixed("threads") ? values.number("threads") - 1 : this.configured("threads", 3);
    const bridge = this.daemonKind === "" ? this.configured("daemon like kcsbridged", 2) === 1 : this.daemonKind === "kcsbridged";
    this.shape = {
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: bridge || this.configured("O_NONBLOCK", 2) === 1,
      bridge
    };
  }
  judges() {
    const { kernel } = this;
    const channel2 = this.soc.lpc.channels[this.channel - 1];
    const view = {
      ...this.view(this.wire),
      str: () => channel2.readStr(),
      keeps: END_OF_TIME,
      minds: true,
      face: () => `STR=${formatStr(channel2.readStr())}`,
      stuck: () => (channel2.readStr() & Str.IBF) !== 0,
      refused: () => stateOf(channel2.readStr()) === KcsState.ERROR,
      stateOfPhase: () => kernel.readOnce(() => this.driver.stateOfPhase()),
      phaseName: () => kernel.readOnce(() => this.driver.phaseName),
      busy: () => this.driver.busy,
      holdsResponse: () => false,
      // STR tells the host where it stands
      readsOn: () => false,
      misfits: () => false,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked
    };
    return [
      new DeliveryOracle(view),
      new ResponseOracle(view),
      new StuckIbfOracle(view),
      new ProgressOracle(view),
      new ErrnoOracle(view),
      new IrqOracle(view, kernel.cpus[0].irq.id, VIC_LPC),
      new StateMismatchOracle(view),
      new ProtocolOracle(view),
      new StuckObfOracle(view)
    ];
  }
};
var KCS_ORACLES = [
  "torn-message",
  "wrong-response",
  "lost-request",
  "lost-response",
  "phantom-request",
  "duplicate-request",
  "stuck-ibf",
  "stuck-obf",
  "irq-storm",
  "spurious-irq",
  "hang",
  "sleep-in-atomic",
  "deadlock",
  "out-of-bounds",
  "use-after-free",
  "state-mismatch",
  "protocol",
  "errno",
  "lost-byte"
];
var DEFAULT_ORACLES = new Set(KCS_ORACLES);

// src/scenarios/kcs/kcs.ts
var HARDWARE_MODEL = 1;
var HOST_MODEL = 1;
var DAEMON_MODEL = 1;
var DRIVER_ID = "kcs-bmc";
var HOSTS = ["ipmi_si@6.1"];
var DAEMONS = ["kcsd", "kcsbridged"];
function kcsBmcVersion(driver) {
  return versionOf("kcs", driver, DRIVER_ID, KCS_BMC_VERSIONS);
}
var KCS2 = {
  name: "kcs",
  text: "KCS over LPC: a Linux host (polite or careless), the AST2500, a KCS driver and a daemon that can crash",
  model: 1,
  defaultDriver: `${DRIVER_ID}@v2`,
  drivers: KCS_BMC_VERSIONS.map((v) => `${DRIVER_ID}@${v.version}`),
  hosts: HOSTS,
  daemons: DAEMONS,
  oracles: [...KCS_ORACLES, DATA_RACE],
  parameters: KCS_PARAMETERS,
  wholeDriver(driver) {
    return `${DRIVER_ID}@${kcsBmcVersion(driver).version}`;
  },
  build(options) {
    this.models(options);
    return new KcsSystem({
      ...options,
      driverClass: kcsBmcVersion(options.driver ?? this.defaultDriver).driver,
      observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true
    });
  },
  models(options) {
    const version = kcsBmcVersion(options.driver ?? this.defaultDriver);
    oneOf("host", options.host, HOSTS);
    oneOf("daemon", options.daemon, DAEMONS);
    for (const name2 of options.oracles ?? []) oneOf("oracle", name2, this.oracles);
    new Values(KCS_PARAMETERS, options.settings);
    return {
      [`driver ${DRIVER_ID}@${version.version}`]: version.model,
      hardware: HARDWARE_MODEL,
      host: HOST_MODEL,
      daemon: DAEMON_MODEL,
      "scenario kcs": this.model
    };
  }
};

// src/drivers/i2c-aspeed/bus.ts
var SlaveState = {
  INACTIVE: 0,
  START: 1,
  READ_REQUESTED: 2,
  READ_PROCESSED: 3,
  WRITE_REQUESTED: 4,
  WRITE_RECEIVED: 5,
  STOP: 6
};
var STATES3 = Object.keys(SlaveState);
var EVENTS = Object.keys(I2cSlaveEvent).map((name2) => `I2C_SLAVE_${name2}`);
var MASTER_ERRORS = INTR.SDA_DL_TIMEOUT | INTR.SCL_TIMEOUT | INTR.ABNORMAL | INTR.ARBIT_LOSS;
var INTR_ALL = MASTER_ERRORS | INTR.BUS_RECOVER_DONE | INTR.NORMAL_STOP | INTR.RX_DONE | INTR.TX_NAK | INTR.TX_ACK;
var INTR_RECV_MASK = 4026597375;
var CLK_REG_VAL = 15 << 16 | 14 << 12 | 3;
var KEPT_TIMING = 4293918720;
var DEV_ADDR_MASK = 127;
var Complaint = {
  ACK_ON_READ_REQUEST: 0,
  NO_ACK_AFTER_READ: 1,
  UNKNOWN_STATE: 2,
  NOT_HANDLED: 3
};
var State4 = class {
  slave = null;
  slaveState = SlaveState.INACTIVE;
};
var AspeedI2cBus = class {
  kernel;
  lock;
  state;
  in;
  /** The `u8 value` on the handler's stack, which some events find as the last one left it. */
  value = { value: 0 };
  ic;
  number;
  complaint;
  delivered;
  constructor(kernel, regs, ic) {
    this.kernel = kernel;
    this.ic = ic;
    this.number = regs.bus;
    const memory = new Allocation(kernel, "aspeed_i2c_bus");
    this.lock = new SpinLock(memory, "bus->lock");
    this.state = kernel.shared("aspeed_i2c_bus", new State4(), ["slave", "slaveState"]);
    const scope = (name2) => {
      const frame = kernel.sim.ops.frame(name2);
      return { ...this.lock.at(frame), io: regs.at(frame) };
    };
    this.in = {
      aspeed_i2c_bus_irq: scope("aspeed_i2c_bus_irq"),
      aspeed_i2c_slave_irq: scope("aspeed_i2c_slave_irq"),
      aspeed_i2c_probe_bus: scope("aspeed_i2c_probe_bus"),
      aspeed_i2c_init: scope("aspeed_i2c_init"),
      aspeed_i2c_reg_slave: scope("aspeed_i2c_reg_slave"),
      aspeed_i2c_unreg_slave: scope("aspeed_i2c_unreg_slave")
    };
    this.complaint = kernel.sim.trace.define({
      name: "i2c.dev_err",
      lane: "irq",
      fields: ["what", "expected", "handled"],
      section: "Linux i2c-aspeed.c",
      text: (what, expected, handled) => complain(what, expected, handled)
    });
    this.delivered = kernel.sim.trace.define({
      name: "i2c.slave_event",
      lane: "irq",
      fields: ["event", "value", "bus"],
      section: "Linux Documentation/i2c/slave-interface.rst",
      text: (event, value, bus) => `I2C${bus}: ${EVENTS[event]}${event === I2cSlaveEvent.WRITE_RECEIVED ? ` ${value.toString(16).toUpperCase().padStart(2, "0")}h` : ""}`
    });
    kernel.sim.onReset(() => {
      Object.assign(this.state, new State4());
      this.value.value = 0;
    });
  }
  /** aspeed_i2c_probe_bus(). */
  *probe() {
    const { io } = this.in.aspeed_i2c_probe_bus;
    yield io.write(I2C.INTR_CTRL, 0);
    yield io.write(I2C.INTR_STS, 4294967295);
    yield* this.init();
    this.ic.requestIrq(this.number, { name: "aspeed_i2c_bus", handler: () => this.busIrq() });
    return 0;
  }
  /** aspeed_i2c_init(), with aspeed_i2c_init_clk(). */
  *init() {
    const { io } = this.in.aspeed_i2c_init;
    yield io.write(I2C.FUN_CTRL, 0);
    const timing = yield io.read(I2C.AC_TIMING1);
    yield io.write(I2C.AC_TIMING1, timing & KEPT_TIMING | CLK_REG_VAL);
    yield io.write(I2C.AC_TIMING2, 0);
    const control = yield io.read(I2C.FUN_CTRL);
    yield io.write(I2C.FUN_CTRL, control | FUN_CTRL.MASTER_EN | FUN_CTRL.MULTI_MASTER_DIS);
    yield io.write(I2C.INTR_CTRL, INTR_ALL);
  }
  get stateName() {
    return `ASPEED_I2C_SLAVE_${STATES3[this.state.slaveState]}`;
  }
  get busy() {
    return this.lock.held;
  }
  /** aspeed_i2c_bus_irq(). */
  *busIrq() {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    yield io.write(I2C.INTR_STS, irqReceived & ~INTR.RX_DONE);
    yield io.read(I2C.INTR_STS);
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));
    if ((irqReceived & INTR.RX_DONE) !== 0) {
      yield io.write(I2C.INTR_STS, INTR.RX_DONE);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }
  /** The part of aspeed_i2c_bus_irq() behind the target: its controller's turn. Returns what nobody wanted. */
  remaining(irqReceived, handledBySlave) {
    const irqHandled = handledBySlave | this.masterIrq(irqReceived & ~handledBySlave);
    const irqRemaining = irqReceived & ~irqHandled;
    if (irqRemaining !== 0) this.devErr(Complaint.NOT_HANDLED, irqReceived, irqHandled);
    return irqRemaining;
  }
  /** aspeed_i2c_master_irq() with master_state INACTIVE: takes note of errors and does nothing. */
  masterIrq(irqStatus) {
    return irqStatus & (INTR.BUS_RECOVER_DONE | MASTER_ERRORS);
  }
  devErr(what, expected = 0, handled = 0) {
    const { sim } = this.kernel;
    sim.trace.emit(this.complaint, sim.current?.id ?? -1, what, expected, handled);
  }
  /** i2c_slave_event(). */
  slaveEvent(slave, event) {
    const { sim } = this.kernel;
    sim.trace.emit(this.delivered, sim.current?.id ?? -1, event, this.value.value, this.number);
    return slave.slaveEvent(event, this.value);
  }
  // ---- registration ---------------------------------------------------------------------------
  /** aspeed_i2c_reg_slave(). */
  *regSlave(address, backend) {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.aspeed_i2c_reg_slave;
    const { state } = this;
    let ret = 0;
    yield spinLockIrqsave;
    if (state.slave !== null) {
      ret = -EINVAL;
    } else {
      yield io.write(I2C.DEV_ADDR, address & DEV_ADDR_MASK);
      const control = yield io.read(I2C.FUN_CTRL);
      yield io.write(I2C.FUN_CTRL, control | FUN_CTRL.SLAVE_EN);
      state.slaveState = SlaveState.INACTIVE;
      state.slave = backend;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }
  /** aspeed_i2c_unreg_slave(). The lock waits for a handler that is under way on another CPU. */
  *unregSlave() {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.aspeed_i2c_unreg_slave;
    const { state } = this;
    let ret = 0;
    yield spinLockIrqsave;
    if (state.slave === null) {
      ret = -EINVAL;
    } else {
      const control = yield io.read(I2C.FUN_CTRL);
      yield io.write(I2C.FUN_CTRL, control & ~FUN_CTRL.SLAVE_EN);
      state.slave = null;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }
};
function complain(what, expected, handled) {
  const hex3 = (value) => `${(value >>> 0).toString(16).toUpperCase().padStart(2, "0")}h`;
  switch (what) {
    case Complaint.ACK_ON_READ_REQUEST:
      return "unexpected ACK on read request";
    case Complaint.NO_ACK_AFTER_READ:
      return "expected ACK after processed read";
    case Complaint.UNKNOWN_STATE:
      return `unknown slave_state: ${expected}`;
    default:
      return `irq handled != irq: expected ${hex3(expected)}, but was ${hex3(handled)}`;
  }
}

// src/drivers/i2c-aspeed/2022.ts
var AspeedI2c2022 = class extends AspeedI2cBus {
  /** aspeed_i2c_slave_irq(). */
  *slaveIrq(irqStatus) {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;
    yield io.read(I2C.CMD);
    if ((irqStatus & INTR.SLAVE_MATCH) !== 0) {
      irqHandled |= INTR.SLAVE_MATCH;
      state.slaveState = SlaveState.START;
    }
    if (state.slaveState === SlaveState.INACTIVE) return irqHandled;
    if ((irqStatus & INTR.RX_DONE) !== 0) {
      value.value = (yield io.read(I2C.BYTE_BUF)) >> 8 & 255;
      if (state.slaveState === SlaveState.START) {
        state.slaveState = (value.value & 1) !== 0 ? SlaveState.READ_REQUESTED : SlaveState.WRITE_REQUESTED;
      }
      irqHandled |= INTR.RX_DONE;
    }
    if ((irqStatus & INTR.NORMAL_STOP) !== 0) {
      irqHandled |= INTR.NORMAL_STOP;
      state.slaveState = SlaveState.STOP;
    }
    if ((irqStatus & INTR.TX_NAK) !== 0 && state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= INTR.TX_NAK;
      state.slaveState = SlaveState.STOP;
    }
    switch (state.slaveState) {
      case SlaveState.READ_REQUESTED:
        if ((irqStatus & INTR.TX_ACK) !== 0) this.devErr(Complaint.ACK_ON_READ_REQUEST);
        state.slaveState = SlaveState.READ_PROCESSED;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_REQUESTED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.READ_PROCESSED:
        if ((irqStatus & INTR.TX_ACK) === 0) {
          this.devErr(Complaint.NO_ACK_AFTER_READ);
          break;
        }
        irqHandled |= INTR.TX_ACK;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_PROCESSED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.WRITE_REQUESTED:
        state.slaveState = SlaveState.WRITE_RECEIVED;
        yield* this.writeRequested(slave);
        break;
      case SlaveState.WRITE_RECEIVED:
        yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
        break;
      case SlaveState.STOP:
        yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
        state.slaveState = SlaveState.INACTIVE;
        break;
      case SlaveState.START:
        break;
      default:
        this.devErr(Complaint.UNKNOWN_STATE, state.slaveState);
        state.slaveState = SlaveState.INACTIVE;
        break;
    }
    return irqHandled;
  }
  /** The address was ACKed by the hardware; that the backend is busy tells nobody. */
  writeRequested(slave) {
    return this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED);
  }
};

// src/drivers/i2c-aspeed/2023-12.ts
var AspeedI2c2023 = class extends AspeedI2cBus {
  /** aspeed_i2c_slave_irq(). */
  *slaveIrq(irqStatus) {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;
    if ((irqStatus & INTR.NORMAL_STOP) !== 0) {
      irqHandled |= INTR.NORMAL_STOP;
      state.slaveState = SlaveState.STOP;
    }
    if ((irqStatus & INTR.TX_NAK) !== 0 && state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= INTR.TX_NAK;
      state.slaveState = SlaveState.STOP;
    }
    if (state.slaveState === SlaveState.STOP) {
      yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
      state.slaveState = SlaveState.INACTIVE;
    }
    if ((irqStatus & INTR.SLAVE_MATCH) !== 0) {
      irqHandled |= INTR.SLAVE_MATCH;
      state.slaveState = SlaveState.START;
    }
    if (state.slaveState === SlaveState.INACTIVE) return irqHandled;
    yield io.read(I2C.CMD);
    if ((irqStatus & INTR.RX_DONE) !== 0) {
      value.value = (yield io.read(I2C.BYTE_BUF)) >> 8 & 255;
      if (state.slaveState === SlaveState.START) {
        state.slaveState = (value.value & 1) !== 0 ? SlaveState.READ_REQUESTED : SlaveState.WRITE_REQUESTED;
      }
      irqHandled |= INTR.RX_DONE;
    }
    switch (state.slaveState) {
      case SlaveState.READ_REQUESTED:
        if ((irqStatus & INTR.TX_ACK) !== 0) this.devErr(Complaint.ACK_ON_READ_REQUEST);
        state.slaveState = SlaveState.READ_PROCESSED;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_REQUESTED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.READ_PROCESSED:
        if ((irqStatus & INTR.TX_ACK) === 0) {
          this.devErr(Complaint.NO_ACK_AFTER_READ);
          break;
        }
        irqHandled |= INTR.TX_ACK;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_PROCESSED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.WRITE_REQUESTED:
        state.slaveState = SlaveState.WRITE_RECEIVED;
        if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) < 0) yield io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
        break;
      case SlaveState.WRITE_RECEIVED:
        yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
        break;
      case SlaveState.START:
        break;
      default:
        this.devErr(Complaint.UNKNOWN_STATE, state.slaveState);
        state.slaveState = SlaveState.INACTIVE;
        break;
    }
    return irqHandled;
  }
};

// src/drivers/i2c-aspeed/fixed.ts
var Added2 = class {
  /** RX_CMD_LAST is set: the next byte is NAKed, if one comes. */
  nakArmed = false;
  /** Bits of the status that are still to be acknowledged. */
  unacked = 0;
};
var AspeedI2cFixed = class extends AspeedI2cBus {
  added;
  constructor(kernel, regs, ic) {
    super(kernel, regs, ic);
    this.added = kernel.shared("aspeed_i2c_bus", new Added2(), ["nakArmed", "unacked"]);
    kernel.sim.onReset(() => Object.assign(this.added, new Added2()));
  }
  /** aspeed_i2c_bus_irq(): RX_DONE and TX_ACK, on which the host waits, are acknowledged when they are dealt with. */
  *busIrq() {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    const { added } = this;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    added.unacked = irqReceived & (INTR.RX_DONE | INTR.TX_ACK);
    if (irqReceived !== added.unacked) {
      yield io.write(I2C.INTR_STS, irqReceived & ~added.unacked);
      yield io.read(I2C.INTR_STS);
    }
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));
    if (added.unacked !== 0) {
      yield io.write(I2C.INTR_STS, added.unacked);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }
  /** aspeed_i2c_slave_irq(). */
  *slaveIrq(irqStatus) {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value, added } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;
    const match = (irqStatus & INTR.SLAVE_MATCH) !== 0;
    if (!match && (irqStatus & INTR.RX_DONE) !== 0 && state.slaveState === SlaveState.WRITE_RECEIVED) {
      irqHandled |= INTR.RX_DONE;
      value.value = (yield io.read(I2C.BYTE_BUF)) >> 8 & 255;
      if (!added.nakArmed) yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
      added.nakArmed = false;
    }
    let ended2 = (irqStatus & (INTR.NORMAL_STOP | INTR.ABNORMAL)) !== 0;
    irqHandled |= irqStatus & (INTR.NORMAL_STOP | INTR.ABNORMAL);
    if (state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= irqStatus & (INTR.TX_NAK | INTR.TX_ACK);
      ended2 ||= (irqStatus & INTR.TX_NAK) !== 0;
    }
    if (ended2 && state.slaveState !== SlaveState.INACTIVE) {
      yield* this.disarm();
      yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
      state.slaveState = SlaveState.INACTIVE;
    }
    if (match) {
      irqHandled |= irqStatus & (INTR.SLAVE_MATCH | INTR.TX_ACK);
      yield* this.disarm();
      state.slaveState = SlaveState.START;
    }
    if (state.slaveState === SlaveState.START && (irqStatus & INTR.RX_DONE) !== 0) {
      irqHandled |= INTR.RX_DONE;
      value.value = (yield io.read(I2C.BYTE_BUF)) >> 8 & 255;
      if ((value.value & 1) !== 0) {
        state.slaveState = SlaveState.READ_PROCESSED;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_REQUESTED);
        yield* this.sendByte();
      } else {
        state.slaveState = SlaveState.WRITE_RECEIVED;
        yield* this.writeRequested(slave);
      }
    } else if (state.slaveState === SlaveState.READ_PROCESSED && (irqStatus & INTR.TX_ACK) !== 0) {
      yield* this.slaveEvent(slave, I2cSlaveEvent.READ_PROCESSED);
      yield* this.sendByte();
    }
    return irqHandled;
  }
  /** I2C_SLAVE_WRITE_REQUESTED: the address was ACKed by the hardware; the next byte is the first that can be NAKed. */
  *writeRequested(slave) {
    if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) >= 0) return;
    this.added.nakArmed = true;
    yield this.in.aspeed_i2c_slave_irq.io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
  }
  /** RX_CMD_LAST without a byte: it must not hit the first one of the next transfer. */
  *disarm() {
    const { io } = this.in.aspeed_i2c_slave_irq;
    if (!this.added.nakArmed) return;
    this.added.nakArmed = false;
    const command = yield io.read(I2C.CMD);
    yield io.write(I2C.CMD, command & COMMANDS3 & ~CMD.M_S_RX_CMD_LAST);
  }
  /**
   * The next byte of a read. TX_ACK of the one before is acknowledged after this one is in place, and before S_TX
   * lets it go: its own TX_ACK cannot be taken for the old one.
   */
  *sendByte() {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { added } = this;
    yield io.write(I2C.BYTE_BUF, this.value.value);
    if ((added.unacked & INTR.TX_ACK) !== 0) {
      added.unacked &= ~INTR.TX_ACK;
      yield io.write(I2C.INTR_STS, INTR.TX_ACK);
      yield io.read(I2C.INTR_STS);
    }
    yield io.write(I2C.CMD, CMD.S_TX);
  }
};
var COMMANDS3 = 63;

// src/drivers/i2c-aspeed/late-ack.ts
var ACK_RX_TX = INTR.RX_DONE | INTR.TX_ACK | INTR.TX_NAK;
var AspeedI2cLateAck = class extends AspeedI2c2023 {
  /** aspeed_i2c_bus_irq(). */
  *busIrq() {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    if ((irqReceived & ~ACK_RX_TX) !== 0) {
      yield io.write(I2C.INTR_STS, irqReceived & ~ACK_RX_TX);
      yield io.read(I2C.INTR_STS);
    }
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));
    if ((irqReceived & ACK_RX_TX) !== 0) {
      yield io.write(I2C.INTR_STS, irqReceived & ACK_RX_TX);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }
};

// src/drivers/i2c-aspeed/nak.ts
var AspeedI2cNak = class extends AspeedI2c2022 {
  /** The address was ACKed by the hardware; the next byte is the first that can be NAKed. */
  *writeRequested(slave) {
    const { io } = this.in.aspeed_i2c_slave_irq;
    if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) < 0) yield io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
  }
};

// src/drivers/i2c-aspeed/ic.ts
var BUSES = 14;
var AspeedI2cIc = class {
  kernel;
  regs;
  actions = [];
  chained = false;
  /** @param regs the registers of any bus: I2CG00 is common to all */
  constructor(kernel, regs) {
    this.kernel = kernel;
    this.regs = regs.at(kernel.sim.ops.frame("aspeed_i2c_ic_irq_handler"));
    kernel.sim.onReset(() => {
      this.actions.length = 0;
      this.chained = false;
    });
  }
  /** request_irq() of a bus's interrupt; with the first the chained handler is there, which probes early in Linux. */
  requestIrq(bus, action) {
    this.actions[bus] = action;
    if (this.chained) return;
    this.chained = true;
    this.kernel.requestIrq(VIC_I2C, { name: "aspeed-i2c-ic", handler: () => this.irqHandler() });
  }
  /** aspeed_i2c_ic_irq_handler(). */
  *irqHandler() {
    let handled = IRQ_NONE;
    const status = yield this.regs.readGlobal;
    for (let bit = 0; bit < BUSES; bit++) {
      const action = (status & 1 << bit) === 0 ? void 0 : this.actions[bit];
      if (action !== void 0) handled |= yield call(action.handler());
    }
    return handled;
  }
};

// src/drivers/i2c-aspeed/index.ts
var I2C_ASPEED_VERSIONS = [
  {
    version: "2022",
    model: 1,
    driver: AspeedI2c2022,
    text: "one event a status word: a STOP that comes with the next START hides it, and a busy target ACKs all",
    source: "drivers/i2c/busses/i2c-aspeed.c before Linux 6.1"
  },
  {
    version: "nak",
    model: 1,
    driver: AspeedI2cNak,
    text: "the same, but a busy target NAKs the first byte after its address",
    source: "[PATCH v10 3/3] i2c: aspeed: Assert NAK when slave is busy, 2022 (fd66bd74afe8)"
  },
  {
    version: "2023-12",
    model: 1,
    driver: AspeedI2c2023,
    text: "what Linux has: the end of a transfer comes before the start of the next, and after a read twice",
    source: "i2c: aspeed: Handle the coalesced stop conditions with the start conditions., 2023 (b4cc1cbba519)"
  },
  {
    version: "late-ack",
    model: 1,
    driver: AspeedI2cLateAck,
    text: "with TX_ACK acknowledged last: if a byte is sent meanwhile its own TX_ACK is lost",
    source: "[PATCH v4 2/2] i2c: aspeed: Acknowledge Tx done with and without ACK irq late, 2023, not merged"
  },
  {
    version: "fixed",
    model: 1,
    driver: AspeedI2cFixed,
    text: "2023-12 with every fault mended that is known here",
    source: "ours, on top of 2023-12"
  }
];

// src/drivers/ssif-bmc/driver.ts
var SSIF_MSG_LEN = 4;
var SSIF_MSG_SIZE = 260;
var RESPONSE_TIMEOUT_MS = 500;
var SsifCommand = {
  SINGLEPART_WRITE: SsifCmd.REQUEST,
  SINGLEPART_READ: SsifCmd.RESPONSE,
  MULTIPART_WRITE_START: SsifCmd.MULTI_PART_REQUEST_START,
  MULTIPART_WRITE_MIDDLE: SsifCmd.MULTI_PART_REQUEST_MIDDLE,
  MULTIPART_WRITE_END: SsifCmd.MULTI_PART_REQUEST_END,
  /** The same as SINGLEPART_READ: the response tells. */
  MULTIPART_READ_START: SsifCmd.RESPONSE,
  MULTIPART_READ_MIDDLE: SsifCmd.MULTI_PART_RESPONSE_MIDDLE
};

// src/drivers/ssif-bmc/context.ts
var MAX_PAYLOAD = 32;
var MAX_TRANSACTION = MAX_PAYLOAD + 4;
var START_DATA = 30;
var MIDDLE_DATA = 31;
var SsifState2 = {
  READY: 0,
  START: 1,
  SMBUS_CMD: 2,
  REQ_RECVING: 3,
  RES_SENDING: 4,
  ABORTING: 5
};
var STATES4 = Object.keys(SsifState2);
function stateToString(state) {
  return `SSIF_${STATES4[state]}`;
}
var State5 = class {
  msgIdx = 0;
  pecSupport = false;
  running = false;
  state = SsifState2.READY;
  responseTimerInited = false;
  isSinglepartRead = false;
  /** u8, as are the next two. */
  nbytesProcessed = 0;
  remainLen = 0;
  blockNum = 0;
  requestAvailable = false;
  responseInProgress = false;
  busy = false;
  aborting = false;
};
var STATE_FIELDS = [
  "msgIdx",
  "pecSupport",
  "running",
  "state",
  "responseTimerInited",
  "isSinglepartRead",
  "nbytesProcessed",
  "remainLen",
  "blockNum",
  "requestAvailable",
  "responseInProgress",
  "busy",
  "aborting"
];
var PART_SIZE = 3 + MAX_PAYLOAD + 2;
var Buffers = class {
  part;
  response;
  request;
  constructor(memory) {
    const response = PART_SIZE + 1;
    const request = response + SSIF_MSG_SIZE;
    const struct = new CStruct(memory, request + SSIF_MSG_SIZE);
    const at = 3 + MAX_PAYLOAD;
    this.part = {
      address: struct.u8("part_buf.address", 0),
      smbusCmd: struct.u8("part_buf.smbus_cmd", 1),
      length: struct.u8("part_buf.length", 2),
      payload: struct.array("part_buf.payload", 3, MAX_PAYLOAD),
      pec: struct.u8("part_buf.pec", at),
      index: struct.u8("part_buf.index", at + 1),
      all: struct.array("part_buf", 0, PART_SIZE)
    };
    const message = (name2, offset) => ({
      len: struct.u32(`${name2}.len`, offset),
      payload: struct.array(`${name2}.payload`, offset + 4, IPMI_SSIF_PAYLOAD_MAX),
      all: struct.array(name2, offset, SSIF_MSG_SIZE)
    });
    this.response = message("response", response);
    this.request = message("request", request);
  }
};
function supportedReadCmd(cmd) {
  return isSsifRead(cmd);
}
function supportedWriteCmd(cmd) {
  return isSsifWrite(cmd);
}

// src/drivers/ssif-bmc/core.ts
var SsifBmcCore = class {
  miscdev;
  kernel;
  memory;
  lock;
  waitQueue;
  uaccess;
  responseTimer;
  state;
  part;
  response;
  request;
  in;
  bus;
  /** GET_8BIT_ADDR() of the client. */
  address8;
  address;
  stack;
  stacks = [];
  constructor(kernel, bus, address) {
    this.kernel = kernel;
    this.bus = bus;
    this.address = address;
    this.address8 = address << 1 & 255;
    this.memory = new Allocation(kernel, "ssif_bmc_ctx");
    this.stack = new Allocation(kernel, "stack");
    this.lock = new SpinLock(this.memory, "lock");
    this.waitQueue = new WaitQueue(this.memory, "wait_queue", "wake_up_all");
    this.uaccess = new UserAccess(kernel);
    this.responseTimer = new TimerList(kernel, "response_timer", () => this.responseTimeout(), this.memory);
    this.state = kernel.shared("ssif_bmc_ctx", new State5(), STATE_FIELDS);
    const buffers = new Buffers(this.memory);
    this.part = buffers.part;
    this.response = buffers.response;
    this.request = buffers.request;
    this.miscdev = new MiscDevice(kernel, "ipmi-ssif-host", this);
    this.in = {
      ssif_bmc_cb: this.scope("ssif_bmc_cb"),
      ssif_bmc_open: this.scope("ssif_bmc_open"),
      ssif_bmc_poll: this.scope("ssif_bmc_poll"),
      ssif_bmc_read: this.scope("ssif_bmc_read"),
      ssif_bmc_write: this.scope("ssif_bmc_write"),
      ssif_bmc_release: this.scope("ssif_bmc_release"),
      response_timeout: this.scope("response_timeout"),
      complete_response: this.scope("complete_response"),
      handle_request: this.scope("handle_request"),
      ssif_bmc_remove: this.scope("ssif_bmc_remove")
    };
    kernel.sim.onReset(() => Object.assign(this.state, new State5()));
  }
  /** The steps that a function issues, labelled with its name. */
  scope(name2) {
    const frame = this.kernel.sim.ops.frame(name2);
    return {
      ...this.lock.at(frame),
      ...this.waitQueue.at(frame),
      copy: this.uaccess.at(frame),
      timerDeleteSync: this.responseTimer.timerDeleteSync | frame
    };
  }
  /** `struct ipmi_ssif_msg msg` on the stack of the current task, with what its last call has left there. */
  stackMessage() {
    const { id } = this.kernel.currentTask.ctx;
    return this.stacks[id] ??= new KernelBuffer(this.stack, "msg", SSIF_MSG_SIZE);
  }
  /** ssif_bmc_probe(). */
  *probe() {
    this.miscdev.registered = true;
    const ret = yield* this.bus.regSlave(this.address, this);
    if (ret !== 0) yield* this.miscdev.deregister();
    return ret;
  }
  /** ssif_bmc_remove(); then devres frees the context. */
  *remove() {
    yield* this.bus.unregSlave();
    yield* this.miscdev.deregister();
    this.memory.kfree();
  }
  get stateName() {
    return stateToString(this.state.state);
  }
  get busy() {
    return this.lock.held;
  }
  get refuses() {
    return this.state.busy && !this.state.aborting;
  }
  get responding() {
    return this.state.responseInProgress;
  }
  get requesting() {
    return this.state.requestAvailable;
  }
  /** ssif_bmc_open(): one at a time. */
  *open(_file) {
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
  *poll(_file) {
    const { pollWait, spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_poll;
    yield pollWait;
    yield spinLockIrq;
    const mask = this.state.requestAvailable ? EPOLLIN : 0;
    yield spinUnlockIrq;
    return mask;
  }
  /** ssif_bmc_release(). */
  *release(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_release;
    yield spinLockIrq;
    this.state.running = false;
    yield spinUnlockIrq;
    return 0;
  }
  /** The device has no ioctl(). */
  *ioctl(_file, _cmd) {
    return -EINVAL;
  }
  // ---- timer ----------------------------------------------------------------------------------
  /** response_timeout(): no response in time. */
  *responseTimeout() {
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
  armResponseTimer() {
    this.state.responseTimerInited = true;
    this.responseTimer.modTimer(Math.ceil(RESPONSE_TIMEOUT_MS * this.kernel.config.hz / 1e3));
  }
  /** ssif_bmc_cb(). */
  *slaveEvent(event, val) {
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
  headerPec(read) {
    const { part } = this;
    let pec = pecByte(0, read ? part.address.value : this.address8);
    pec = pecByte(pec, part.smbusCmd.value);
    if (read) pec = pecByte(pec, part.address.value | 1);
    return pecByte(pec, part.length.value);
  }
  /** i2c_smbus_pec() of the payload, as many bytes as part.length says. */
  payloadPec(pec) {
    const { part } = this;
    const length = part.length.value;
    for (let i = 0; i < length; i++) pec = pecByte(pec, part.payload.get(i));
    return pec;
  }
  /** calculate_response_part_pec(). */
  calculateResponsePartPec() {
    this.part.pec.value = this.payloadPec(this.headerPec(true));
  }
  /** set_singlepart_response_buffer(). */
  setSinglepartResponseBuffer() {
    const { part, response } = this;
    part.address.value = this.address8;
    part.length.value = response.len.value;
    const length = part.length.value;
    part.payload.clear(length, MAX_PAYLOAD - length);
    memcpy(part.payload, 0, response.payload, 0, length);
  }
  /** set_multipart_response_buffer(): the next part, and on to the one after it. */
  setMultipartResponseBuffer() {
    const { state, part, response } = this;
    let partLen = 0;
    part.address.value = this.address8;
    switch (part.smbusCmd.value) {
      case SsifCommand.MULTIPART_READ_START:
        state.nbytesProcessed = 0;
        state.blockNum = 0;
        part.length.value = MAX_PAYLOAD;
        partLen = START_DATA;
        state.remainLen = response.len.value - partLen & 255;
        part.payload.set(0, 0);
        part.payload.set(1, 1);
        memcpy(part.payload, 2, response.payload, 0, partLen);
        break;
      case SsifCommand.MULTIPART_READ_MIDDLE:
        if (state.remainLen <= MIDDLE_DATA) {
          part.payload.clear();
          part.length.value = state.remainLen + 1;
          partLen = state.remainLen;
          state.blockNum = 255;
          part.payload.set(0, state.blockNum);
        } else {
          part.length.value = MAX_PAYLOAD;
          partLen = MIDDLE_DATA;
          part.payload.set(0, state.blockNum);
          state.blockNum = state.blockNum + 1 & 255;
        }
        state.remainLen -= partLen;
        memcpy(part.payload, 1, response.payload, state.nbytesProcessed, partLen);
        break;
    }
    state.nbytesProcessed = state.nbytesProcessed + partLen & 255;
  }
  /** handle_read_processed(): the next byte of the part, then its PEC, then zeros. */
  handleReadProcessed(val) {
    const { state, part } = this;
    const index = part.index.value;
    const length = part.length.value;
    if (index < length) val.value = part.payload.get(index);
    else if (index === length && state.pecSupport) val.value = part.pec.value;
    else val.value = 0;
    part.index.value = index + 1;
  }
};

// src/drivers/ssif-bmc/v10.ts
var SsifBmcV10 = class extends SsifBmcCore {
  // ---- file operations ------------------------------------------------------------------------
  /** ssif_bmc_read(): hands one request to user space, length first. */
  *read(file, buf, count3) {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.ssif_bmc_read;
    const { state } = this;
    let ret;
    yield spinLockIrqsave;
    while (!state.requestAvailable) {
      yield spinUnlockIrqrestore;
      if (file.nonBlocking) return -EAGAIN;
      ret = yield* waitEventInterruptible(this.waitQueue, this.in.ssif_bmc_read, () => state.requestAvailable);
      if (ret !== 0) return ret;
      yield spinLockIrqsave;
    }
    const size = Math.min(SSIF_MSG_LEN + this.request.len.value, SSIF_MSG_SIZE);
    if (count3 < size) {
      yield spinUnlockIrqrestore;
      ret = -EINVAL;
    } else {
      count3 = size;
      const msg = this.stackMessage();
      memcpy(msg, 0, this.request.all, 0, count3);
      state.requestAvailable = false;
      yield spinUnlockIrqrestore;
      ret = yield* this.copyRequest(buf, msg, count3);
    }
    return ret < 0 ? ret : count3;
  }
  /** The end of ssif_bmc_read(). What copy_to_user() returns is never negative, and counts as success. */
  *copyRequest(buf, msg, count3) {
    return yield* this.uaccess.copyToUser(this.in.ssif_bmc_read.copy, buf, msg, count3);
  }
  /** Whether ssif_bmc_write() takes so many bytes; a count without even a length is not looked at. */
  writableCount(count3) {
    return count3 <= SSIF_MSG_SIZE;
  }
  /** Whether `len` is a length for `count` bytes. The sum is a size_t of 32 bits: FFFFFFFCh passes. */
  writableLength(len, count3) {
    return len !== 0 && count3 >= SSIF_MSG_LEN + len >>> 0;
  }
  /** ssif_bmc_write(): takes one response from user space. */
  *write(file, buf, count3) {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy } = this.in.ssif_bmc_write;
    const { state } = this;
    let ret;
    if (!this.writableCount(count3)) return -EINVAL;
    const msg = this.stackMessage();
    if ((yield* this.uaccess.copyFromUser(copy, msg, buf, count3)) !== 0) return -EFAULT;
    const len = (msg.get(0) | msg.get(1) << 8 | msg.get(2) << 16 | msg.get(3) << 24) >>> 0;
    if (!this.writableLength(len, count3)) return -EINVAL;
    yield spinLockIrqsave;
    while (state.responseInProgress) {
      yield spinUnlockIrqrestore;
      if (file.nonBlocking) return -EAGAIN;
      ret = yield* waitEventInterruptible(this.waitQueue, this.in.ssif_bmc_write, () => !state.responseInProgress);
      if (ret !== 0) return ret;
      yield spinLockIrqsave;
    }
    ret = state.responseTimerInited ? 0 : -EINVAL;
    if (ret === 0) {
      this.responseTimer.delTimer();
      state.responseTimerInited = false;
      memcpy(this.response.all, 0, msg, 0, count3);
      state.isSinglepartRead = len <= 32;
      state.responseInProgress = true;
      state.busy = false;
      this.request.all.clear();
    }
    yield spinUnlockIrqrestore;
    return ret < 0 ? ret : count3;
  }
  // ---- interrupt, with the lock held ----------------------------------------------------------
  /** complete_response(): the response counts as sent. */
  *completeResponse() {
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
  *handleRequest() {
    const { state } = this;
    state.busy = true;
    state.requestAvailable = true;
    this.response.all.clear();
    yield this.in.handle_request.wakeUpInterruptible;
    this.armResponseTimer();
  }
  /** handle_write_received(). The bound is that of the transaction: three bytes more than the payload has. */
  handleWriteReceived(val) {
    const { state, part } = this;
    if (state.msgIdx < 1 || state.msgIdx > MAX_TRANSACTION) return;
    if (state.msgIdx === 1) {
      part.length.value = val.value;
      part.index.value = 0;
    } else {
      part.payload.set(part.index.value++, val.value);
    }
    state.msgIdx++;
  }
  /** validate_request_part(): the length fits, and the PEC if there is one. */
  validateRequestPart() {
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
  processRequestPart() {
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
  *processSmbusCmd(val) {
    const { state, part } = this;
    part.smbusCmd.value = val.value;
    state.msgIdx = 1;
    part.payload.clear();
    if (val.value === SsifCommand.SINGLEPART_WRITE || val.value === SsifCommand.MULTIPART_WRITE_START) {
      if (state.responseInProgress) yield* this.completeResponse();
      state.aborting = false;
    }
  }
  /** on_read_requested_event(). */
  onReadRequested(val) {
    const { state, part } = this;
    switch (state.state) {
      case SsifState2.READY:
      case SsifState2.START:
      case SsifState2.REQ_RECVING:
      case SsifState2.RES_SENDING:
        state.state = SsifState2.ABORTING;
        val.value = 0;
        return;
      case SsifState2.SMBUS_CMD:
        if (!supportedReadCmd(part.smbusCmd.value)) state.aborting = true;
        state.state = state.aborting ? SsifState2.ABORTING : SsifState2.RES_SENDING;
        break;
    }
    state.msgIdx = 0;
    if (!state.responseInProgress || state.state === SsifState2.ABORTING) {
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
  onReadProcessed(val) {
    const { state } = this;
    switch (state.state) {
      case SsifState2.READY:
      case SsifState2.START:
      case SsifState2.REQ_RECVING:
      case SsifState2.SMBUS_CMD:
        state.state = SsifState2.ABORTING;
        val.value = 0;
        return;
    }
    if (!state.responseInProgress || state.state === SsifState2.ABORTING) val.value = 0;
    else this.handleReadProcessed(val);
  }
  /** on_write_requested_event(). */
  onWriteRequested(val) {
    const { state } = this;
    switch (state.state) {
      case SsifState2.READY:
      case SsifState2.SMBUS_CMD:
        state.state = SsifState2.START;
        break;
      case SsifState2.START:
      case SsifState2.REQ_RECVING:
      case SsifState2.RES_SENDING:
        state.state = SsifState2.ABORTING;
        return;
    }
    state.msgIdx = 0;
    this.part.address.value = val.value;
  }
  /** on_write_received_event(). */
  *onWriteReceived(val) {
    const { state, part } = this;
    switch (state.state) {
      case SsifState2.READY:
      case SsifState2.RES_SENDING:
        state.state = SsifState2.ABORTING;
        break;
      case SsifState2.START:
        state.state = SsifState2.SMBUS_CMD;
        yield* this.processSmbusCmd(val);
        break;
      case SsifState2.SMBUS_CMD:
        if (!supportedWriteCmd(part.smbusCmd.value)) state.aborting = true;
        state.state = state.aborting ? SsifState2.ABORTING : SsifState2.REQ_RECVING;
        if (!state.aborting) this.handleWriteReceived(val);
        break;
      case SsifState2.REQ_RECVING:
        this.handleWriteReceived(val);
        break;
    }
  }
  /** on_stop_event(). */
  *onStop() {
    const { state, part } = this;
    switch (state.state) {
      case SsifState2.READY:
      case SsifState2.START:
      case SsifState2.SMBUS_CMD:
      case SsifState2.ABORTING:
        state.state = SsifState2.READY;
        break;
      case SsifState2.REQ_RECVING:
        if (this.validateRequestPart()) {
          this.processRequestPart();
          const cmd = part.smbusCmd.value;
          if (cmd === SsifCommand.SINGLEPART_WRITE || cmd === SsifCommand.MULTIPART_WRITE_END) yield* this.handleRequest();
          state.state = SsifState2.READY;
        } else {
          state.aborting = true;
        }
        break;
      case SsifState2.RES_SENDING:
        if (state.isSinglepartRead || state.blockNum === 255) yield* this.completeResponse();
        state.state = SsifState2.READY;
        break;
    }
    state.msgIdx = 0;
  }
};

// src/drivers/ssif-bmc/mainline.ts
var SsifBmcMainline = class extends SsifBmcV10 {
  writableCount(count3) {
    return count3 >= SSIF_MSG_LEN && count3 <= SSIF_MSG_SIZE;
  }
  writableLength(len, count3) {
    return len !== 0 && len <= IPMI_SSIF_PAYLOAD_MAX && count3 >= SSIF_MSG_LEN + len;
  }
  /** complete_response(): leaves the part alone, which may be the beginning of the next request. */
  *completeResponse() {
    const { state } = this;
    this.response.len.value = 0;
    state.responseInProgress = false;
    state.nbytesProcessed = 0;
    state.remainLen = 0;
    state.busy = false;
    yield this.in.complete_response.wakeUpInterruptible;
  }
  /** on_stop_event(). */
  *onStop() {
    const { state } = this;
    if (state.state === SsifState2.RES_SENDING && (state.isSinglepartRead || state.blockNum === 255)) this.part.all.clear();
    yield* super.onStop();
  }
};

// src/drivers/ssif-bmc/2026-04.ts
var SsifBmc2026 = class extends SsifBmcMainline {
  /** "fix missing check for copy_to_user() partial failure" (ea641be7a4fa). The request is gone all the same. */
  *copyRequest(buf, msg, count3) {
    return (yield* super.copyRequest(buf, msg, count3)) > 0 ? -EFAULT : 0;
  }
  /**
   * "fix message desynchronization after truncated response" (1d38e849adb6): a command that begins a request is taken
   * in SSIF_ABORTING, too. But so is every other byte of an aborted transfer that happens to be 02h or 06h.
   */
  *onWriteReceived(val) {
    const { state } = this;
    if (state.state !== SsifState2.ABORTING) {
      yield* super.onWriteReceived(val);
    } else if (val.value === SsifCommand.SINGLEPART_WRITE || val.value === SsifCommand.MULTIPART_WRITE_START) {
      state.state = SsifState2.SMBUS_CMD;
      state.aborting = false;
      yield* this.processSmbusCmd(val);
    }
  }
  /**
   * "cancel response timer on remove" (7fc3e2546cf3). The target is still registered: a request that is complete
   * between the two arms the timer again.
   */
  *remove() {
    yield this.in.ssif_bmc_remove.timerDeleteSync;
    yield* super.remove();
  }
};

// src/drivers/ssif-bmc/fixed.ts
var SHORTEST = 2;
var Added3 = class {
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
};
var SsifBmcFixed = class extends SsifBmc2026 {
  added;
  assembly;
  mutex;
  /** struct kref: the bound device and its open files. Atomic: needs no lock. */
  references = 1;
  readMutex;
  done;
  constructor(kernel, bus, address) {
    super(kernel, bus, address);
    this.added = kernel.shared("ssif_bmc_ctx", new Added3(), [
      "dead",
      "generation",
      "answerable",
      "late",
      "assembling",
      "assembled",
      "sending",
      "nbytesProcessed",
      "remainLen",
      "blockNum"
    ]);
    this.assembly = new KernelBuffer(this.memory, "assembly", IPMI_SSIF_PAYLOAD_MAX);
    this.mutex = new Mutex(this.memory, "read_mutex");
    this.readMutex = this.mutex.at(kernel.sim.ops.frame("ssif_bmc_read"));
    this.done = this.scope("ssif_bmc_read (copied)");
    kernel.sim.onReset(() => {
      Object.assign(this.added, new Added3());
      this.references = 1;
    });
  }
  /** kref_put(): the last one frees the memory. */
  put() {
    if (--this.references === 0) this.memory.kfree();
  }
  /** ssif_bmc_remove(): nothing arms the timer once the target is gone; the memory lives on until the last file is closed. */
  *remove() {
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
  giveUp() {
    const { state, added } = this;
    if (added.answerable) added.late = true;
    added.answerable = false;
    added.generation++;
    state.requestAvailable = false;
    state.busy = false;
  }
  /** response_timeout(). If the timer is set again already it is for a later request than that for which it fired. */
  *responseTimeout() {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.response_timeout;
    yield spinLockIrqsave;
    if (this.state.busy && !this.responseTimer.pending) this.giveUp();
    yield spinUnlockIrqrestore;
  }
  // ---- file operations ------------------------------------------------------------------------
  /** ssif_bmc_open(). */
  *open(_file) {
    const { spinLockIrq, spinUnlockIrq } = this.in.ssif_bmc_open;
    const { state } = this;
    let ret = 0;
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
  *release(_file) {
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
  *poll(_file) {
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
  readable() {
    return this.kernel.readOnce(() => this.state.requestAvailable || this.added.dead);
  }
  /**
   * ssif_bmc_read(): who may sleep waits again when another reader, or the host, was faster. Who does not offer a whole
   * struct ipmi_ssif_msg was built when its length was a byte, and would take three bytes of it for the message.
   */
  *read(file, buf, count3) {
    const { mutexLock, mutexUnlock } = this.readMutex;
    let ret;
    if (count3 < SSIF_MSG_SIZE) return -EINVAL;
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
  *readRequest(buf) {
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
  *write(_file, buf, count3) {
    const { spinLockIrqsave, spinUnlockIrqrestore, copy } = this.in.ssif_bmc_write;
    const { state, added, response } = this;
    let ret = count3;
    if (count3 < SSIF_MSG_LEN || count3 > SSIF_MSG_SIZE) return -EINVAL;
    const msg = this.stackMessage();
    if ((yield* this.uaccess.copyFromUser(copy, msg, buf, count3)) !== 0) return -EFAULT;
    const len = (msg.get(0) | msg.get(1) << 8 | msg.get(2) << 16 | msg.get(3) << 24) >>> 0;
    if (!this.writableLength(len, count3)) return -EINVAL;
    yield spinLockIrqsave;
    if (added.dead) {
      ret = -ENODEV;
    } else if (!added.answerable) {
      ret = added.late ? -ETIMEDOUT : -ENODATA;
      added.late = false;
    } else {
      this.responseTimer.delTimer();
      memcpy(response.all, 0, msg, 0, count3);
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
  responseSent() {
    const { state } = this;
    this.response.len.value = 0;
    state.responseInProgress = false;
    state.nbytesProcessed = 0;
  }
  /** handle_request(): a request is complete. The newest counts: a bus that cannot NAK lets it in while another is served. */
  *handleRequest() {
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
  validateRequestPart() {
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
  assemble() {
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
  partAllowed(cmd, length) {
    if (!supportedWriteCmd(cmd) || length > MAX_PAYLOAD) return false;
    if (cmd === SsifCommand.MULTIPART_WRITE_END) return this.added.assembling;
    return length > 0 && (cmd !== SsifCommand.MULTIPART_WRITE_MIDDLE || this.added.assembling);
  }
  /** What was received is wrong: it is dropped, and the rest of the message with it, until the next one begins. */
  abort() {
    this.state.state = SsifState2.ABORTING;
    this.added.assembling = false;
  }
  /** on_write_requested_event(). */
  onWriteRequested(val) {
    const { state } = this;
    if (state.state === SsifState2.RES_SENDING) this.endRead();
    state.state = SsifState2.START;
    this.part.address.value = val.value;
  }
  /** on_write_received_event(). */
  *onWriteReceived(val) {
    const { state, part } = this;
    switch (state.state) {
      case SsifState2.START:
        state.state = SsifState2.SMBUS_CMD;
        part.smbusCmd.value = val.value;
        break;
      case SsifState2.SMBUS_CMD:
        if (this.partAllowed(part.smbusCmd.value, val.value)) {
          state.state = SsifState2.REQ_RECVING;
          part.length.value = val.value;
          part.index.value = 0;
        } else {
          this.abort();
        }
        break;
      case SsifState2.REQ_RECVING: {
        const index = part.index.value;
        if (index < part.length.value) part.payload.set(index, val.value);
        else if (index === part.length.value) part.pec.value = val.value;
        else this.abort();
        part.index.value = index + 1;
        break;
      }
      case SsifState2.READY:
      case SsifState2.RES_SENDING:
        state.state = SsifState2.ABORTING;
        break;
    }
  }
  /** on_read_requested_event(). */
  onReadRequested(val) {
    const { state, part, added } = this;
    const asked = state.state === SsifState2.SMBUS_CMD && supportedReadCmd(part.smbusCmd.value);
    if (state.state === SsifState2.RES_SENDING) this.endRead();
    state.state = asked ? SsifState2.RES_SENDING : SsifState2.ABORTING;
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
  onReadProcessed(val) {
    const { state, part, added } = this;
    val.value = 0;
    if (state.state !== SsifState2.RES_SENDING) state.state = SsifState2.ABORTING;
    else if (added.sending && state.msgIdx++ <= part.length.value) this.handleReadProcessed(val);
  }
  /** A read is over: goes on to the next part if all of this one was asked for, and else back to where it was. */
  endRead() {
    const { state, part, added } = this;
    if (!added.sending) return;
    added.sending = false;
    if (state.msgIdx < part.length.value) {
      state.nbytesProcessed = added.nbytesProcessed;
      state.remainLen = added.remainLen;
      state.blockNum = added.blockNum;
    } else if (state.isSinglepartRead || state.blockNum === 255) {
      this.responseSent();
    }
  }
  /** on_stop_event(). */
  *onStop() {
    const { state } = this;
    if (state.state === SsifState2.RES_SENDING) {
      this.endRead();
    } else if (state.state === SsifState2.REQ_RECVING) {
      if (!this.validateRequestPart()) this.abort();
      else if (this.assemble()) yield* this.handleRequest();
    }
    state.state = SsifState2.READY;
  }
};

// src/drivers/ssif-bmc/index.ts
var SSIF_BMC_VERSIONS = [
  {
    version: "v10",
    model: 1,
    driver: SsifBmcV10,
    text: "as tested on the list: a request that comes before its predecessor was answered is lost",
    source: "[PATCH v10 1/3] ipmi: ssif_bmc: Add SSIF BMC driver, 2022"
  },
  {
    version: "mainline",
    model: 1,
    driver: SsifBmcMainline,
    text: "what Linux had until 2026: the answer to A can go to B, and 33 bytes of data overrun the buffer of 32",
    source: "drivers/char/ipmi/ssif_bmc.c, 2025"
  },
  {
    version: "2026-04",
    model: 1,
    driver: SsifBmc2026,
    text: "with the fixes of April 2026: a lost STOP costs nothing any more, but data may pass for a command",
    source: "drivers/char/ipmi/ssif_bmc.c of Linux 7.1 (ea641be7a4fa, 1d38e849adb6, 7fc3e2546cf3)"
  },
  {
    version: "fixed",
    model: 1,
    driver: SsifBmcFixed,
    text: "2026-04 with every fault mended that is known here",
    source: "ours, on top of 2026-04"
  }
];

// src/scenarios/ssif/ssif-parameters.ts
var SMBUS_MODES = ["i801", "piix4", "i2c"];
var SSIF2 = [
  {
    name: "bus",
    default: 5,
    min: 0,
    max: 13,
    confidence: "C",
    source: "judgement: boards differ",
    text: "I2C bus of the BMC on which the host is the controller"
  },
  {
    name: "address",
    default: 16,
    min: 8,
    max: 119,
    confidence: "B",
    source: "SMBIOS and ACPI tables of servers (20h with the direction bit)",
    text: "7-bit address of the BMC"
  },
  {
    name: "hostMode",
    default: "i801",
    words: SMBUS_MODES,
    confidence: "A",
    source: "drivers/i2c/busses/i2c-i801.c, i2c-piix4.c; i2c-core-smbus.c",
    text: "the host's SMBus controller and its driver; drawn"
  },
  {
    name: "pec",
    default: 0,
    min: 0,
    max: 1,
    unit: "flag",
    confidence: "A",
    source: "IPMI 22.9",
    text: "the BMC says that it supports PEC, and the host uses it; drawn"
  },
  {
    name: "lengthBytes",
    default: 4,
    min: 1,
    max: 4,
    unit: "bytes",
    confidence: "A",
    source: "linux/ipmi_ssif_bmc.h since v8, and before",
    text: "bytes of the length with which the daemon frames its messages: 4, or 1 as daemons written for older drivers; drawn"
  },
  {
    name: "length",
    default: 8,
    min: 4,
    max: 250,
    unit: "bytes",
    confidence: "C",
    source: "judgement",
    text: "length of an echo request, whose response is one longer and must fit the 254 bytes of the device; drawn"
  },
  {
    name: "think",
    default: 1 * MS,
    min: 0,
    max: 5 * SEC,
    unit: "ps",
    confidence: "C",
    source: "judgement: 200 us to 5 s with ipmid on D-Bus",
    text: "how long the daemon takes for an answer; drawn longer"
  },
  {
    name: "hostHz",
    default: 250,
    min: 100,
    max: 1e3,
    confidence: "B",
    source: "common distribution kernels",
    text: "HZ of the host kernel: the driver's 5 ms before a read are 0 jiffies at 100"
  }
];
var SSIF_PARAMETERS = [
  ...SSIF2,
  ...WORKLOAD_PARAMETERS,
  ...KERNEL_PARAMETERS,
  ...hardwareParameters(I2C_PARAMETERS),
  ...hardwareParameters(AST2500_PARAMETERS.filter(({ name: name2 }) => /^(apb|vic)/.test(name2)))
];

// src/scenarios/ssif/ssif-decisions.ts
var SSIF_MOVE = "which move?";
var ANSWERS2 = {
  ...BMC_ANSWERS,
  ...pageAnswers(8),
  [SSIF_MOVE]: moveAnswers(CARELESS_SSIF_MOVES),
  hostMode: SMBUS_MODES.map((mode) => `the host's SMBus controller is one like ${mode}`),
  "host asks for events": ["", "the host asks for events, and so looks at the flags"],
  PEC: ["", "host and BMC use PEC"],
  "daemon like ssifbridged": ["", "the daemon is like ssifbridged: it goes on reading while an answer is being made"],
  "daemon answers node busy when late": ["", "the daemon answers C0h (node busy) when an answer takes longer than 200 ms"],
  "fast bus": ["", "the bus runs at 400 kHz"],
  "slow interrupts": ["", "the BMC has so much else to do that it takes each interrupt 50 us late"],
  "daemon of an older ABI": ["", "the daemon was built for a driver whose messages have a length of one byte", "", "", "", "", "", ""],
  "before read": ["", "the daemon crashes and is restarted"]
};
function describeSsifDecision(decision) {
  return describeDecision(decision, ANSWERS2);
}

// src/scenarios/ssif/ssif-system.ts
var LENGTHS2 = [4, 12, 32, 33, 40, 64, 70];
var PATIENCE3 = 15 * SEC;
var NODE_BUSY = 200 * MS;
var SPEEDS = [100, 400];
var SLOW_INTERRUPTS = 50 * US;
var OLD_DAEMONS = 8;
var SsifDrivers = class {
  ssifBmc;
  i2cAspeed;
  constructor(ssifBmc, i2cAspeed) {
    this.ssifBmc = ssifBmc;
    this.i2cAspeed = i2cAspeed;
  }
  *probe() {
    yield* this.i2cAspeed.probe();
    yield* this.ssifBmc.probe();
  }
  /** The SSIF driver alone: the bus has other users. */
  remove() {
    return this.ssifBmc.remove();
  }
  /** For reports: the state of the driver that makes the messages. */
  get phaseName() {
    return this.ssifBmc.stateName;
  }
};
var SsifSystem = class extends BmcSystem {
  driver;
  daemon;
  wire;
  workload;
  modes;
  careless = [];
  daemonKind;
  smbus;
  pec = false;
  shape = PLAIN_SSIFD;
  constructor(options) {
    super(options, { parameters: SSIF_PARAMETERS, oracles: DEFAULT_ORACLES2 });
    const { sim, values, kernel, soc } = this;
    this.daemonKind = options.daemon ?? "";
    const bus = values.number("bus");
    const address = values.number("address");
    const registers = soc.i2c.registers(bus);
    const i2cAspeed = new options.i2cAspeed(kernel, registers, new AspeedI2cIc(kernel, registers));
    const ssifBmc = new options.ssifBmc(kernel, i2cAspeed, address);
    this.driver = new SsifDrivers(ssifBmc, i2cAspeed);
    this.wire = new SsifWire(sim, bus, address);
    this.addOracles(this.judges(), ["i2c.start", "i2c.byte"]);
    this.daemon = new Ssifd(
      kernel,
      ssifBmc.miscdev,
      values.number("think"),
      (thread, n, label) => this.draws.draw("workload", thread, n, label),
      daemonWitness(this.oracles, () => this.settled())
    );
    this.addUnbinder();
    const smbus = new SmbusHost(sim, soc.i2c.bus(bus), i2cParams(this.hardware(I2C_PARAMETERS)));
    this.smbus = smbus;
    const time = SimTime.create(sim);
    const log = hostLog(this.oracles, this.wire);
    const version = SSIF_VERSIONS.find((known) => `ipmi_ssif@${known.version}` === options.host) ?? SSIF_VERSIONS[SSIF_VERSIONS.length - 1];
    this.modes = SMBUS_MODES.map((kind) => new Ssif(new SimSmbus(sim, smbus, SMBUS_KINDS[kind], address), time, log, { hz: values.number("hostHz"), version }));
    for (const { info } of this.modes) {
      info.onFault = (oracle, what) => sim.violate(oracle, what.replace(/^.*: /, "").replaceAll(/[ >]+/g, "-"), "host", `the host's driver does not survive what the BMC did: ${what}`, true);
    }
    const draw = (n, label) => this.draws.draw("workload", "host", n, label);
    this.workload = new HostWorkload({
      clock: time,
      values,
      modes: this.modes,
      moves: CARELESS_SSIF_MOVES,
      question: SSIF_MOVE,
      lengths: LENGTHS2,
      draw,
      ...version.alerts ? {} : { wish: (host) => this.askForEvents(host, draw) },
      takeOver: () => this.loadDriver(),
      careless: (next2) => {
        const careless = new CarelessSmbus(smbus, time, draw, next2, log, { patience: PATIENCE3, address, frame: sim.ops.frame("careless host") });
        this.careless.push(careless);
        return careless;
      },
      calmDown: () => {
        this.draws.calm = true;
      }
    });
    this.addHost(() => this.loadDriver());
  }
  /** I2C is what the host talks over; the LPC side is there, and idle. */
  buildSoc() {
    return new Ast2500(this.sim, ast2500Params(this.hardware(AST2500_PARAMETERS.filter(({ name: name2 }) => /^(apb|vic)/.test(name2)))), {
      buses: [this.values.number("bus")],
      params: i2cParams(this.hardware(I2C_PARAMETERS))
    });
  }
  /** Without alerts the upper layer's wish for events is what makes the driver look at the flags. */
  askForEvents(host, draw) {
    if (host instanceof Ssif && draw(2, "host asks for events") === 1) host.info.requestEvents();
  }
  /** ipmi_ssif as after its probe. */
  loadDriver() {
    for (const ssif of this.modes) {
      ssif.reset();
      ssif.probed({ ...QEMU_CAPABILITIES, pec: this.pec });
    }
  }
  describe(decision) {
    return describeSsifDecision(decision);
  }
  startDaemon() {
    this.daemon.start(this.shape);
  }
  configure() {
    const { values } = this;
    this.workload.mode = this.configuredWord("hostMode", SMBUS_MODES);
    this.pec = (values.fixed("pec") ? values.number("pec") : this.configured("PEC", 2)) === 1;
    for (const careless of this.careless) careless.pec = this.pec;
    if (!values.fixed("irqLatency")) {
      this.kernel.config.irqLatency = [values.number("irqLatency"), SLOW_INTERRUPTS][this.configured("slow interrupts", 2)];
    }
    if (!values.fixed("smbusKhz")) this.smbus.setSpeed(SPEEDS[this.configured("fast bus", SPEEDS.length)]);
    this.loadDriver();
    const threads = values.fixed("threads") ? values.number("threads") - 1 : this.configured("threads", 3);
    const bridge = this.daemonKind === "" ? this.configured("daemon like ssifbridged", 2) === 1 : this.daemonKind === "ssifbridged";
    const base = bridge ? SSIFBRIDGED : PLAIN_SSIFD;
    this.shape = {
      ...base,
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: base.nonBlocking || this.configured("O_NONBLOCK", 2) === 1,
      lengthBytes: this.lengthBytes(),
      timeout: this.configured("daemon answers node busy when late", 2) === 1 ? NODE_BUSY : 0
    };
  }
  lengthBytes() {
    const old = this.values.fixed("lengthBytes") ? this.values.number("lengthBytes") === 1 : this.configured("daemon of an older ABI", OLD_DAEMONS) === 1;
    return old ? 1 : 4;
  }
  judges() {
    const { kernel, wire } = this;
    const { ssifBmc, i2cAspeed } = this.driver;
    const engine = this.soc.i2c.engine(wire.bus);
    const view = {
      ...this.view(wire),
      keeps: RESPONSE_TIMEOUT_MS * MS,
      minds: false,
      // there is no way to tell the host
      face: () => `the driver is in ${kernel.readOnce(() => ssifBmc.stateName)}`,
      stuck: () => false,
      refused: () => false,
      stateName: () => kernel.readOnce(() => ssifBmc.stateName),
      refuses: () => kernel.readOnce(() => ssifBmc.refuses),
      holdsResponse: () => kernel.readOnce(() => ssifBmc.responding),
      pending: () => engine.line !== 0,
      busy: () => ssifBmc.busy || i2cAspeed.busy,
      readsOn: () => this.shape.late === "match",
      misfits: () => this.shape.lengthBytes !== PLAIN_SSIFD.lengthBytes,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked
    };
    return [
      new SsifDeviceOracle(view),
      new DeliveryOracle(view),
      new ResponseOracle(view),
      new SclHeldOracle(view),
      new ProgressOracle(view),
      new ErrnoOracle(view),
      new I2cIrqOracle(view, VIC_I2C),
      new SsifStateOracle(view),
      wire
    ];
  }
};
var SSIF_ORACLES = [
  "torn-message",
  "wrong-response",
  "lost-request",
  "lost-response",
  "phantom-request",
  "duplicate-request",
  "irq-storm",
  "spurious-irq",
  "hang",
  "sleep-in-atomic",
  "deadlock",
  "out-of-bounds",
  "use-after-free",
  "state-mismatch",
  "errno",
  "crash"
];
var DEFAULT_ORACLES2 = new Set(SSIF_ORACLES);

// src/scenarios/ssif/ssif.ts
var HARDWARE_MODEL2 = 1;
var HOST_MODEL2 = 1;
var DAEMON_MODEL2 = 1;
var SSIF_BMC = "ssif-bmc";
var I2C_ASPEED = "i2c-aspeed";
var HOSTS2 = SSIF_VERSIONS.map(({ version }) => `ipmi_ssif@${version}`);
var DAEMONS2 = ["ssifd", "ssifbridged"];
var DEFAULT_SSIF_BMC = `${SSIF_BMC}@mainline`;
var DEFAULT_I2C_ASPEED = `${I2C_ASPEED}@2023-12`;
function ssifVersions(drivers) {
  const named = splitDrivers("ssif", drivers, [SSIF_BMC, I2C_ASPEED]);
  return [
    versionOf("ssif", named.get(SSIF_BMC) ?? DEFAULT_SSIF_BMC, SSIF_BMC, SSIF_BMC_VERSIONS),
    versionOf("ssif", named.get(I2C_ASPEED) ?? DEFAULT_I2C_ASPEED, I2C_ASPEED, I2C_ASPEED_VERSIONS)
  ];
}
var SSIF3 = {
  name: "ssif",
  text: "SSIF over I2C: a Linux host (polite or careless), the AST2500, the I2C bus driver, an SSIF driver and a daemon that can crash",
  model: 1,
  defaultDriver: `${SSIF_BMC}@v10,${DEFAULT_I2C_ASPEED}`,
  drivers: [...SSIF_BMC_VERSIONS.map((v) => `${SSIF_BMC}@${v.version}`), ...I2C_ASPEED_VERSIONS.map((v) => `${I2C_ASPEED}@${v.version}`)],
  hosts: HOSTS2,
  daemons: DAEMONS2,
  oracles: [...SSIF_ORACLES, DATA_RACE],
  parameters: SSIF_PARAMETERS,
  wholeDriver(driver) {
    const [ssifBmc, i2cAspeed] = ssifVersions(driver);
    return `${SSIF_BMC}@${ssifBmc.version},${I2C_ASPEED}@${i2cAspeed.version}`;
  },
  build(options) {
    this.models(options);
    const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver);
    return new SsifSystem({
      ...options,
      ssifBmc: ssifBmc.driver,
      i2cAspeed: i2cAspeed.driver,
      observed: options.observed === true || options.oracles?.includes(DATA_RACE) === true
    });
  },
  models(options) {
    const [ssifBmc, i2cAspeed] = ssifVersions(options.driver ?? this.defaultDriver);
    oneOf("host", options.host, HOSTS2);
    oneOf("daemon", options.daemon, DAEMONS2);
    for (const name2 of options.oracles ?? []) oneOf("oracle", name2, this.oracles);
    new Values(SSIF_PARAMETERS, options.settings);
    return {
      [`driver ${SSIF_BMC}@${ssifBmc.version}`]: ssifBmc.model,
      [`driver ${I2C_ASPEED}@${i2cAspeed.version}`]: i2cAspeed.model,
      hardware: HARDWARE_MODEL2,
      host: HOST_MODEL2,
      daemon: DAEMON_MODEL2,
      "scenario ssif": this.model
    };
  }
};

// src/scenarios/ssif/ssif-read-report.ts
var CONDITIONS = [
  {
    name: "smbusKhz",
    value: 400,
    why: "at 400 kHz STOP and the address of the next transaction are 36 us apart (5 + 8 us of the host, START, 9 bits), at 100 kHz 111 us: more than any interrupt takes"
  },
  {
    name: "irqLatency",
    value: 40 * US,
    shown: "40 us",
    why: "a BMC that is busy: within its bounds (2 to 50 us), and longer than those 36 us, so the handler finds both in one status word"
  },
  {
    name: "length",
    value: 32,
    why: "the longest request of one part; its response of 33 bytes takes two reads (03h, 09h), between which ipmi_ssif does not wait"
  },
  { name: "requests", value: 1, why: "what the host tries after it is the recovery" }
];
var SETTINGS = Object.fromEntries(CONDITIONS.map(({ name: name2, value }) => [name2, value]));
var PARAMETERS = SSIF_PARAMETERS.map((parameter) => {
  const condition = CONDITIONS.find(({ name: name2 }) => name2 === parameter.name);
  return condition === void 0 ? parameter : { ...parameter, default: condition.value, text: `${parameter.text.replace(/; drawn.*$/, "")}. Here: ${condition.why}` };
});
var SSIF_READ_REPORT = {
  ...SSIF3,
  name: "ssif-read-report",
  text: "the report on ssif_bmc v10: writes work, a read of a response breaks it for good; SSIF at 400 kHz with a busy BMC, no schedule needed",
  model: 1,
  defaultDriver: "ssif-bmc@v10,i2c-aspeed@2022",
  parameters: PARAMETERS,
  report: {
    text: "It works as long as I only ever send SSIF commands, any attempt to read a response crashes the state machine and the driver never recovers.",
    source: "Re: [PATCH v10 1/3] ipmi: ssif_bmc: Add SSIF BMC driver, linux-arm-kernel, October 2022",
    conditions: CONDITIONS.map(({ name: name2, value, shown, why }) => `${name2}=${shown ?? value}: ${why}`)
  },
  /** A driver that is not named is the one of the report. */
  wholeDriver(driver) {
    const given = driver.split(",").map((name2) => name2.split("@")[0]);
    const rest = this.defaultDriver.split(",").filter((name2) => !given.includes(name2.split("@")[0]));
    return SSIF3.wholeDriver([driver, ...rest].join(","));
  },
  build(options) {
    return SSIF3.build(withConditions(options));
  },
  models(options) {
    return { ...SSIF3.models(withConditions(options)), "scenario ssif-read-report": this.model };
  }
};
function withConditions(options) {
  return { ...options, driver: options.driver ?? SSIF_READ_REPORT.defaultDriver, settings: { ...SETTINGS, ...options.settings } };
}

// src/scenarios/scenarios.ts
var SCENARIOS = [KCS2, SSIF3, SSIF_READ_REPORT];

// src/report/rows.ts
var HOST = 0;
var WIRE = 1;
var LINE = 2;
var IRQ = 3;
var TASK = 4;
var COLUMNS = [HOST, WIRE, LINE, IRQ, TASK];
function cell(at, column, text, more = {}) {
  const cells2 = COLUMNS.map(() => "");
  cells2[column] = text;
  return { at, style: "event", ...more, cells: cells2 };
}
function cells(at, texts, more = {}) {
  const row = COLUMNS.map(() => "");
  for (const [column, text] of texts) row[column] = text;
  return { at, style: "event", ...more, cells: row };
}

// src/report/names.ts
function hex2(value, digits = 2) {
  return `${(value >>> 0).toString(16).toUpperCase().padStart(digits, "0")}h`;
}
var SHOWN2 = 16;
function messageBytes(bytes, shown = SHOWN2) {
  const head = bytes.slice(0, shown).map((byte) => byte.toString(16).padStart(2, "0"));
  if (bytes.length > shown) head.push(`... (${bytes.length} bytes)`);
  return `[${head.join(" ")}]`;
}
function tagOf(bytes) {
  return echoTag(Uint8Array.from(bytes), bytes.length);
}
var TELLING2 = 7;
function tagText(bytes) {
  const tag = tagOf(bytes);
  if (tag >= 0) return `(tag ${tag})`;
  if (bytes.length < TELLING2) return "";
  const verdict = classifyEcho(Uint8Array.from(bytes), bytes.length);
  return verdict.kind === "torn" ? `(${formatEchoVerdict(verdict)})` : "";
}
function messageText(bytes, shown = SHOWN2) {
  const tag = tagText(bytes);
  return tag === "" ? messageBytes(bytes, shown) : `${messageBytes(bytes, shown)} ${tag}`;
}
function micros(at) {
  const ns = Math.floor(at / 1e3);
  return `${Math.floor(ns / 1e3)}.${String(ns % 1e3).padStart(3, "0")}`;
}
function span(ps) {
  for (const [unit, name2] of UNITS2) {
    if (ps < unit) continue;
    const hundredths = Math.round(ps / (unit / 100));
    const rest = hundredths % 100;
    const whole = Math.floor(hundredths / 100);
    if (whole >= 100 || rest === 0) return `${Math.round(ps / unit)} ${name2}`;
    return `${whole}.${String(rest).padStart(2, "0").replace(/0$/, "")} ${name2}`;
  }
  return `${ps} ps`;
}
var UNITS2 = [
  [1e12, "s"],
  [1e9, "ms"],
  [1e6, "us"],
  [1e3, "ns"]
];
function siteOf(label) {
  const at = label.indexOf(": ");
  const frame = at < 0 || label.startsWith("host: ") ? "" : label.slice(0, at);
  const step = frame === "" ? label.replace(/^host: /, "") : label.slice(at + 2).replace(/^host: /, "");
  return { frame, step: step.replace(/^((?:spin|mutex|prepare|schedule|wake|poll)\w*)\(.*\)$/, "$1").replace(/\([0-9A-F]+h\)/, "") };
}
function siteText(label) {
  const { frame, step } = siteOf(label);
  return frame === "" ? step : `${step} in ${frame}`;
}

// src/report/recording.ts
var UNBINDER = "bmc:unbind";
function sideOf(recording, actor) {
  const name2 = recording.contexts[actor];
  if (name2 === void 0) return "none";
  if (!name2.startsWith("bmc:")) return "host";
  return /^bmc:(soft)?irq/.test(name2) ? "irq" : "task";
}
function nameOf(recording, event) {
  return recording.kinds[event.code].name;
}

// src/report/decisions.ts
function releaseText(value, recording) {
  const release = typeof value === "string" ? parseRelease(value) : void 0;
  switch (release?.kind) {
    case "quiet":
      return "until all else is quiet";
    case "timeouts":
      return `past ${release.n} time-out${release.n === 1 ? "" : "s"}`;
    case "until":
      return `until ${release.actor} reaches its step ${release.step}${stepText(recording, release.actor, release.step)}`;
    case "for":
      return `for ${span(release.ps)}`;
    default:
      return String(value);
  }
}
function stepText(recording, actor, step) {
  const found = recording?.acts.find((act) => act.step !== null && act.step.step === step && recording.contexts[act.actor] === actor);
  return found?.step == null || recording === void 0 ? "" : ` (${siteText(recording.ops.label(found.step.op))})`;
}
function stallText(decision, recording, hold) {
  const until = releaseText(decision.value, recording);
  const notes = [];
  if (hold !== void 0) {
    const length = span(hold.to - hold.from);
    if (hold.to < 0) notes.push("to the end");
    else if (until !== `for ${length}`) notes.push(until.startsWith("for ") ? `${length} at most` : length);
    if (hold.standing !== "") notes.push(STANDING[hold.standing]);
  }
  return `${decision.actor} is held before ${siteText(decision.label)}, ${until}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}
var STANDING = { "keeps the CPU": "it keeps the CPU", "off the CPU": "it is off the CPU", "interrupts off": "interrupts are off" };
function numberText({ label, actor, value }, at, messages, recording) {
  const next2 = messages.find((message) => message.from >= at);
  const open = messages.find((message) => message.from <= at && (message.to < 0 || message.to > at));
  switch (label) {
    case "more requests":
      return `the host makes ${value} more request${value === 1 ? "" : "s"}`;
    case "gap":
      return next2 === void 0 ? void 0 : `the host pauses for ${span(next2.from - at)} before ${next2.kind} ${next2.number}`;
    case "length":
      return next2?.kind === "request" && next2.sent >= 0 ? `request ${next2.number} is ${next2.bytes.length} bytes long` : void 0;
    case "bytes written":
      return next2?.kind === "request" && next2.sent < 0 ? `the host breaks off request ${next2.number} after ${next2.bytes.length} bytes` : void 0;
    case "bytes read":
      return open?.kind === "request" ? `the host breaks off the response to request ${open.number} after ${open.response.length} bytes` : void 0;
    case "daemon starts late":
      return "the daemon opens the device late";
    case "think longer":
      return `${actor} takes longer for its answer`;
    case "restart delay":
      return "the daemon is back later after its crash";
    case "driver is unbound":
      return unboundText(recording);
    default:
      return void 0;
  }
}
function unboundText(recording) {
  const first = recording?.acts.find((act) => act.step !== null && recording.contexts[act.actor] === UNBINDER);
  return `the driver is unbound ${first?.step == null ? "while the system runs" : `after ${span(first.step.issuedAt)}`}`;
}
function decisionText(decision, at, recording, medium, hold, describe2 = () => void 0) {
  const { kind, actor, step, label, value } = decision;
  switch (kind) {
    case "stall":
      return stallText(decision, recording, hold);
    case "timing":
      return `${actor} takes ${value}/8 of its jitter longer at ${siteText(label)} (step ${step})`;
    case "order":
      return `of events at the same instant, number ${value} goes first`;
    default: {
      const seen = medium.consequence(decision, at);
      if (seen !== void 0) return `${seen.text} (${seen.allowed})`;
      return numberText(decision, at, medium.conversation.messages, recording) ?? describe2(decision) ?? `${actor}: ${label} = ${value}`;
    }
  }
}

// src/report/messages.ts
function messageName(message) {
  const tag = message.kind === "request" ? tagOf(message.bytes) : -1;
  const name2 = message.kind === "stray" ? `stray write ${message.number}` : `${message.kind} ${message.number}`;
  return tag < 0 ? name2 : `${name2} (tag ${tag})`;
}

// src/report/rules.ts
var READ_STATE = "IPMI 2.0 section 9.15";
var MAN_READ = "read(2)";
var RULES = {
  "wrong-response": { text: "the response that the host reads answers the request that it wrote last", source: "IPMI 2.0 sections 9.2 and 9.15" },
  "wrong-response/answers-another-request": {
    text: "after a restart the response to the request that was given up must not reach the host",
    source: "IPMI 2.0 sections 9.12 and 9.15"
  },
  "wrong-response/answers-nothing": { text: "a response carries the NetFn, LUN and command of its request", source: "IPMI 2.0 section 9.3" },
  "torn-message": { text: "a message is handed on byte for byte as it was written between WRITE_START and the byte after WRITE_END", source: READ_STATE },
  "torn-message/truncated": { text: "read() hands out one whole request or fails", source: "drivers/char/ipmi/kcs_bmc: one request a read()" },
  "torn-message/mixed": { text: "a request is the bytes of one transfer; WRITE_START begins a new one and drops what was there", source: "IPMI 2.0 sections 9.12 and 9.15" },
  "torn-message/response": { text: "a response is the bytes of one write(), in order and all of them", source: READ_STATE },
  "lost-request": { text: "a request that was written to its end is handed to the daemon, or refused by ERROR_STATE", source: "IPMI 2.0 section 9.14" },
  "lost-response": { text: "a response is delivered to the host that waits for it, or the transfer ends in ERROR_STATE", source: "IPMI 2.0 section 9.14" },
  "lost-response/accepted": { text: "a response that write() has accepted reaches the host, or the transfer ends in ERROR_STATE", source: "IPMI 2.0 section 9.14" },
  "lost-response/refused": { text: "the response to the request in hand is accepted by write()", source: "IPMI 2.0 section 9.15, write(2)" },
  "phantom-request": { text: "read() hands out only what the host has sent", source: READ_STATE },
  "duplicate-request": { text: "read() hands out each request once", source: MAN_READ },
  "stuck-ibf": { text: "the BMC reads IDR, and so clears IBF, for whatever the host writes", source: "IPMI 2.0 sections 9.12 and 9.15" },
  "stuck-ibf/closed": { text: "the BMC answers by ERROR_STATE, not by silence, also while no daemon has the device open", source: "IPMI 2.0 section 9.14" },
  "stuck-obf": { text: "OBF falls when the host reads ODR and rises only when the BMC writes it", source: "IPMI 2.0 section 9.5" },
  "irq-storm": { text: "a handler of a level interrupt removes its cause: it reads IDR, whatever it does with the byte", source: "AST2500: IBF is a level interrupt" },
  "spurious-irq": { text: "a handler returns IRQ_HANDLED for an interrupt of its device", source: "kernel/irq/spurious.c: nobody cared" },
  hang: { text: "a host that follows the protocol gets a response or ERROR_STATE in finite time", source: "IPMI 2.0 sections 9.14 and 9.15" },
  "hang/not-open": { text: "a request that nobody can serve is refused by ERROR_STATE", source: "IPMI 2.0 section 9.14" },
  "hang/overflow-not-reported": { text: "a request that the BMC gives up for its length ends in ERROR_STATE and status code 06h", source: "IPMI 2.0 section 9.14 and Table 9-4" },
  "hang/no-recovery": { text: "after faults have ended, a host that follows the protocol is served again", source: READ_STATE },
  "hang/endless": { text: "the system comes to rest", source: "limit of steps of one execution" },
  "sleep-in-atomic": { text: "what may sleep is not called under a spinlock, with interrupts off, or in interrupt context", source: "Linux: might_sleep()" },
  deadlock: { text: "a lock is free when its holder asks for it, and released by its holder only", source: "Linux: Documentation/locking" },
  "deadlock/recursive-lock": { text: "a lock is not taken twice by the same context", source: "Linux: Documentation/locking/spinlocks.rst" },
  "deadlock/lock-held-below": {
    text: "a lock that an interrupt handler takes is held elsewhere only with interrupts off",
    source: "Linux: Documentation/locking/spinlocks.rst"
  },
  "deadlock/unlock-not-held": { text: "a lock is released by the context that holds it", source: "Linux: Documentation/locking" },
  "data-race": { text: "two accesses to a shared field, one of them a write, are ordered by a lock or marked", source: "Linux kernel memory model" },
  "out-of-bounds": { text: "a buffer is accessed within its bounds", source: "Linux: KASAN" },
  "use-after-free": { text: "memory is not used after kfree()", source: "Linux: KASAN" },
  "state-mismatch": { text: "outside its critical sections the phase of the driver and S1 S0 in STR say the same", source: "IPMI 2.0 section 9.7" },
  protocol: { text: "the BMC follows the KCS protocol", source: "IPMI 2.0 chapter 9" },
  "protocol/close-without-error-state": { text: "the BMC sets ERROR_STATE when it gives up a transfer", source: "IPMI 2.0 section 9.14" },
  "protocol/status-code": { text: "the status code says why the BMC went to ERROR_STATE", source: "IPMI 2.0 Table 9-4" },
  errno: { text: "a system call fails with the errno that its manual page gives", source: MAN_READ },
  "errno/blocking-read-eagain": { text: "read() returns -EAGAIN only with O_NONBLOCK", source: MAN_READ },
  "errno/signal-as-eagain": { text: "a read() that a signal ends returns -ERESTARTSYS", source: "signal(7): SA_RESTART" },
  "errno/efault-without-fault": { text: "read() returns -EFAULT only if the buffer is not accessible", source: MAN_READ },
  "errno/fault-not-reported": { text: "read() reports the bytes that it could not copy", source: "copy_to_user() returns the number of bytes not copied" },
  latency: { text: "the driver answers within its bound", source: "the bound that was asked for" },
  "lost-byte": { text: "each byte that the host writes is read once and looked at", source: READ_STATE },
  "lost-byte/dummy-read": { text: "IDR is read once for each IBF that the handler has seen", source: READ_STATE },
  crash: { text: "the driver does not crash", source: "Linux" },
  "stuck-busy": { text: "a busy flag is cleared when its owner is done", source: "IPMI 2.0 section 11" },
  "duplicate-response": { text: "each request is answered once", source: "IPMI 2.0 section 9.2" },
  "wrong-handler": { text: "a request is served by the handler that claims it", source: "the routing of the driver" },
  "completion-code": { text: "the completion code says what became of the request", source: "IPMI 2.0 section 5.2" }
};
function ruleOf({ oracle, rule }, own = {}) {
  const name2 = `${oracle}/${rule}`;
  return own[name2] ?? own[oracle] ?? RULES[name2] ?? RULES[oracle] ?? { text: "what the oracle of this name watches", source: oracle };
}

// src/report/calls.ts
var CALL2 = /^(open|read|write|ioctl|poll|close)\(\)$/;
var RETURN = /^return from (open|read|write|ioctl|poll|close)\(\)$/;
var RESULT = "bmc.syscall";
function callsOf(recording) {
  const calls = [];
  const open = /* @__PURE__ */ new Map();
  const returned = /* @__PURE__ */ new Map();
  const asleep = /* @__PURE__ */ new Set();
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      const call3 = open.get(event.actor) ?? returned.get(event.actor);
      if (call3 === void 0) continue;
      if (nameOf(recording, event) === RESULT) call3.result = event.b;
    }
    const { step } = act;
    if (step === null || sideOf(recording, step.actor) !== "task") continue;
    const { actor } = step;
    const label = recording.ops.label(step.op);
    const began = CALL2.exec(label);
    settle(returned, actor, began?.[1]);
    if (began !== null) {
      const call3 = {
        actor,
        name: began[1],
        from: step.issuedAt,
        first: index,
        to: -1,
        last: -1,
        bytes: [],
        copied: -1,
        woke: step.issuedAt,
        wokeAct: index,
        frames: [],
        outcome: "running"
      };
      calls.push(call3);
      open.set(actor, call3);
      continue;
    }
    const call2 = open.get(actor);
    if (call2 === void 0) continue;
    if (asleep.delete(actor)) {
      call2.woke = step.issuedAt;
      call2.wokeAct = index;
    }
    if (step.value === BLOCKED) asleep.add(actor);
    const { frame, step: what } = siteOf(label);
    if (frame !== "" && !call2.frames.includes(frame)) call2.frames.push(frame);
    if (/^copy_(to|from)_user$/.test(what)) call2.bytes.length = 0;
    if (step.bytes !== void 0) {
      call2.bytes.push(...step.bytes);
      call2.copied = act.at;
    }
    if (RETURN.test(label)) {
      call2.to = act.at;
      call2.last = index;
      call2.outcome = ended(call2);
      open.delete(actor);
      returned.set(actor, call2);
    }
  }
  return calls;
}
function ended({ name: name2, result, bytes }) {
  if (result !== void 0) return result < 0 ? "failed" : "done";
  return name2 === "read" && bytes.length === 0 ? "failed" : "done";
}
function settle(returned, actor, next2) {
  const call2 = returned.get(actor);
  if (call2 === void 0) return;
  returned.delete(actor);
  if (call2.result !== void 0) call2.outcome = call2.result < 0 ? "failed" : "done";
  else if (call2.name === "read" && next2 === "read") call2.outcome = "failed";
}

// src/report/kcs/consequence.ts
function kcsConsequence({ label }, at, messages) {
  if (label !== "host move") return void 0;
  const index = messages.findIndex((m) => m.from >= at);
  const message = messages[index];
  const next2 = messages[index + 1];
  if (message?.kind !== "request" || next2 === void 0) return void 0;
  const name2 = `request ${message.number}`;
  const what = STAGES[message.stage].replace("$", name2);
  if (message.ending === "restarted") return { message, text: `the host ${what} but begins request ${next2.number}`, allowed: "IPMI 9.12 allows it" };
  if (message.ending === "aborted" && next2.kind === "abort") return { message, text: `the host ${what} but aborts it`, allowed: "IPMI 9.15 allows it" };
  return void 0;
}
var STAGES = {
  writing: "does not write $ to its end",
  ending: "does not write the last byte of $",
  waiting: "does not wait for the answer to $",
  reading: "does not read the answer to $ to its end",
  done: "is done with $"
};

// src/report/kcs/conversation.ts
var Follower = class {
  messages = [];
  places = [];
  str = [];
  recording;
  channel;
  status = 0;
  current = null;
  place;
  act = 0;
  constructor(recording, channel2) {
    this.recording = recording;
    this.channel = channel2;
  }
  follow() {
    for (const [index, act] of this.recording.acts.entries()) {
      this.act = index;
      for (const event of act.events) this.event(event);
      this.places.push(this.place);
      this.str.push(this.status);
    }
  }
  event(event) {
    const { a, b, c } = event;
    if (c !== this.channel) return;
    switch (nameOf(this.recording, event)) {
      case "host.idr.write":
        this.written(event);
        break;
      case "host.odr.read":
        this.read(event);
        this.status &= ~Str.OBF;
        break;
      case "host.str.read":
        this.status = a;
        this.looked(event);
        break;
      case "bmc.idr.read":
        this.status &= ~Str.IBF;
        break;
      case "bmc.odr.write":
        this.status |= Str.OBF;
        break;
      case "bmc.str.write":
        this.status = b;
        break;
      case "bmc.str.read":
        this.status = a;
        break;
    }
  }
  begin(kind, at) {
    const number = this.messages.filter((message2) => message2.kind === kind).length + 1;
    const message = {
      kind,
      number,
      from: at,
      first: this.act,
      bytes: [],
      sent: -1,
      response: [],
      readFrom: -1,
      readTo: -1,
      to: -1,
      last: -1,
      lastExchange: 0,
      ending: "open",
      stage: "writing"
    };
    this.messages.push(message);
    this.current = message;
    this.place = { message, exchange: 0 };
    return message;
  }
  end(ending, at) {
    const { current } = this;
    if (current === null) return;
    current.ending = ending;
    current.to = at;
    current.last = this.act;
    current.lastExchange = this.place?.exchange ?? 0;
    this.current = null;
  }
  written(event) {
    const { at, a: value, b: flags } = event;
    const command = (flags & Str.C_D) !== 0;
    this.status |= Str.IBF;
    this.status = command ? this.status | Str.C_D : this.status & ~Str.C_D;
    if (command && value === KcsControl.WRITE_START) {
      this.end("restarted", at);
      this.begin("request", at);
      return;
    }
    if (command && value === KcsControl.GET_STATUS_ABORT) {
      this.end("aborted", at);
      this.begin("abort", at);
      return;
    }
    const { current } = this;
    if (current === null || command && value !== KcsControl.WRITE_END) {
      this.end("aborted", at);
      this.begin("stray", at).bytes.push(value);
      this.end("open", at);
      return;
    }
    this.place = { message: current, exchange: this.place.exchange + 1 };
    if (command) current.stage = "ending";
    else if (current.kind === "abort") this.afterAbort(current, at);
    else this.data(current, value, at);
  }
  afterAbort(abort, at) {
    if (abort.sent < 0) abort.sent = at;
    abort.stage = "waiting";
  }
  data(request, value, at) {
    if (request.stage === "writing") {
      request.bytes.push(value);
    } else if (request.stage === "ending") {
      request.bytes.push(value);
      request.sent = at;
      request.stage = "waiting";
    }
  }
  read(event) {
    const { current } = this;
    if (current === null || event.b === 0 || current.sent < 0 || stateOf(this.status) !== KcsState.READ) return;
    current.response.push(event.a);
    if (current.readFrom < 0) current.readFrom = event.at;
    current.readTo = event.at;
    current.stage = "reading";
  }
  /** The host reads STATUS: IDLE_STATE ends a response, ERROR_STATE whatever was under way. */
  looked({ at, a }) {
    const { current } = this;
    if (current === null || (a & Str.IBF) !== 0) return;
    const state = stateOf(a);
    if (state === KcsState.IDLE && current.response.length > 0) {
      current.stage = "done";
      this.end("answered", at);
    } else if (state === KcsState.ERROR && current.kind === "request") {
      this.end("refused", at);
    }
  }
};
function converseKcs(recording) {
  const channel2 = firstChannel(recording);
  const follower = new Follower(recording, channel2);
  follower.follow();
  return { channel: channel2, messages: follower.messages, places: follower.places, str: follower.str };
}
function firstChannel(recording) {
  for (const act of recording.acts) {
    for (const event of act.events) if (nameOf(recording, event) === "host.idr.write") return event.c;
  }
  return 3;
}

// src/report/kcs/fold.ts
function isLastByte({ message, exchange }) {
  return message.kind === "request" && message.sent >= 0 && exchange === message.bytes.length + 1;
}
function kcsFoldText(groups, handler) {
  const [{ message, exchange: first }] = groups;
  const taken = `, ${groups.length === 1 ? "" : "each "}taken by ${handler}`;
  if (message.kind !== "request") return `${count(groups.length, first === 0 ? "" : "more ")} of ${messageName(message)}${taken}`;
  const written2 = groups.filter((group) => message.sent < 0 || group.exchange <= message.bytes.length + 1);
  const read = groups.length - written2.length;
  const parts = [];
  if (written2.length > 0) {
    const end = endOf(message);
    const data = written2.filter(({ exchange }) => exchange !== 0 && exchange !== end).length;
    const words = [
      ...first === 0 ? ["WRITE_START"] : [],
      ...data > 0 ? [count(data, first === 0 ? "" : "more ")] : [],
      ...written2.some(({ exchange }) => exchange === end) ? ["WRITE_END"] : []
    ];
    parts.push(`${[words.slice(0, -1).join(", "), ...words.slice(-1)].filter((word) => word !== "").join(" and ")} of request ${message.number}`);
  }
  if (read > 0) parts.push(`${count(read, "more ")} of the response to request ${message.number}`);
  return `${parts.join("; ")}${taken}`;
}
function count(n, more) {
  return `${n} ${more}byte${n === 1 ? "" : "s"}`;
}
function endOf({ bytes, sent, stage }) {
  if (sent >= 0) return bytes.length;
  return stage === "ending" ? bytes.length + 1 : -1;
}
function kcsMinors(rows) {
  const out2 = [];
  let known = "";
  let handler = "";
  for (const [i, row] of rows.entries()) {
    const host = row.cells[HOST];
    const over = row.place === void 0 || row.place.message.to >= 0 && row.at > row.place.message.to;
    if (row.minor === true && row.cells[LINE].endsWith(" high")) {
      out2.push(row);
      continue;
    }
    const status = host.startsWith("reads STATUS") || host.startsWith("polls STATUS");
    if (row.minor === true && (!status || over || row.cells.join("|") === known || nextHost(rows, i).startsWith("polls STATUS"))) continue;
    if (row.cells[IRQ] !== "") handler = row.cells[WIRE];
    else if (host.endsWith("until IBF=0") && row.odd !== true && row.cells[WIRE] === handler) continue;
    if (status) known = `reads STATUS|${row.cells.slice(1).join("|")}`;
    else if (host !== "" || row.cells[IRQ] !== "") known = "";
    out2.push(row);
  }
  return out2;
}
function nextHost(rows, at) {
  for (let i = at + 1; i < rows.length; i++) {
    if (rows[i].cells[HOST] !== "") return rows[i].cells[HOST];
    if (rows[i].wide !== void 0) return "";
  }
  return "";
}

// src/report/runs.ts
var LATE2 = 20 * US;
function pendingFor({ raised, entered }, usual = 0) {
  return raised >= 0 && entered - raised > LATE2 + usual ? entered - raised : 0;
}
function runsOf(recording, accesses) {
  const runs = [];
  const open = /* @__PURE__ */ new Map();
  let raised = -1;
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      const name2 = nameOf(recording, event);
      if (name2 === "vic.line" && event.a !== 0) raised = event.at;
      else if (name2 === "bmc.irq") finish2(open, event.actor, event.b !== 0);
    }
    if (sideOf(recording, act.actor) !== "irq") continue;
    const { step } = act;
    if (step === null) {
      open.get(act.actor)?.acts.push(index);
      continue;
    }
    const { step: what } = siteOf(recording.ops.label(step.op));
    if (what === "interrupt entry" || what === "next interrupt source") {
      if (step.value < 0) continue;
      const run2 = {
        actor: step.actor,
        source: step.value,
        raised,
        entered: act.at,
        acts: [index],
        accesses: [],
        handled: void 0,
        woke: false,
        phase: "",
        whole: true
      };
      runs.push(run2);
      open.set(step.actor, run2);
      raised = -1;
      continue;
    }
    const run = open.get(step.actor);
    if (run === void 0) continue;
    run.acts.push(index);
    if (accesses(act)) run.accesses.push(index);
    if (what.startsWith("wake_up")) run.woke = true;
    run.phase = recording.phases.get(index) ?? run.phase;
  }
  for (const run of runs) run.whole = undisturbed(recording, run, accesses);
  return runs;
}
function finish2(open, actor, handled) {
  const run = open.get(actor);
  if (run === void 0) return;
  run.handled = handled;
  open.delete(actor);
}
function undisturbed(recording, run, accesses) {
  const first = run.acts[0];
  const last = run.acts[run.acts.length - 1];
  const from = recording.acts[first].at;
  const to = recording.acts[last].at;
  if (recording.holds.some((hold) => hold.actor === run.actor && within(hold, from, to))) return false;
  const [begin] = run.accesses;
  const end = run.accesses[run.accesses.length - 1];
  if (begin === void 0) return true;
  for (let i = begin; i <= end; i++) {
    const act = recording.acts[i];
    if (act.actor !== run.actor && accesses(act)) return false;
  }
  return true;
}
function within(hold, from, to) {
  return hold.from >= from && hold.from <= to;
}

// src/report/kcs/names.ts
function strText(channel2, str) {
  return `STR${channel2}=${hex2(str)} ${formatStr(str)}`;
}
function idrByte(value, command, reading) {
  if (command) return controlName(value).startsWith("0x") ? `command ${hex2(value)}` : controlName(value);
  return reading && value === KcsControl.READ ? "READ" : hex2(value);
}
function pollGoal(mask, last, value) {
  const changed = (last ^ value) & mask;
  const goals = [];
  if ((changed & Str.IBF) !== 0) goals.push(`IBF=${(value & Str.IBF) === 0 ? 0 : 1}`);
  if ((changed & Str.OBF) !== 0) goals.push(`OBF=${(value & Str.OBF) === 0 ? 0 : 1}`);
  if ((changed & Str.SMS_ATN) !== 0) goals.push(`SMS_ATN=${(value & Str.SMS_ATN) === 0 ? 0 : 1}`);
  if ((changed & STATE_MASK) !== 0) goals.push(`${stateName(stateOf(value))}_STATE`);
  return goals.join(", ");
}

// src/report/kcs/irq-rows.ts
var REGISTER = /^(host\.(odr\.read|idr\.write)|bmc\.(idr|odr|str)\.(read|write))$/;
function accessesChannel(recording, act) {
  return act.events.some((event) => REGISTER.test(nameOf(recording, event)));
}
function kcsRunRow(scene, { channel: channel2, places, str }, run) {
  const { recording } = scene;
  const last = run.accesses[run.accesses.length - 1] ?? run.acts[run.acts.length - 1];
  const { at } = recording.acts[last];
  const gave = lastOdr(recording, run);
  const registers = run.accesses.length === 0 ? "" : `${gave > 0 ? `ODR${channel2}=${hex2(gave)}, ` : ""}${strText(channel2, str[last])}`;
  const place2 = places[last];
  return cells(at, [[IRQ, describe(recording, run)], [WIRE, registers], [LINE, raisedText(scene, run)]], {
    ...place2 === void 0 ? {} : { place: place2 },
    odd: run.handled === false || pendingFor(run) > 0 || isWhere(scene, str, run)
  });
}
function raisedText(scene, run) {
  for (const index of run.acts) {
    for (const event of scene.recording.acts[index].events) {
      if (nameOf(scene.recording, event) === "serirq.request" && event.b !== 0) return `IRQ${event.a} up`;
    }
  }
  return "";
}
function isWhere({ recording, violation }, str, run) {
  const first = run.acts[0];
  const last = run.acts[run.acts.length - 1];
  if (violation !== void 0 && violation.at >= recording.acts[first].at && violation.at <= recording.acts[last].at) return true;
  return stateOf(str[last]) === KcsState.ERROR;
}
function describe(recording, run) {
  const frame = frameOf2(recording, run);
  let text = frame === "" ? "interrupt handler" : frame;
  if (run.phase !== "") text += `, ${kcsPhaseText(run.phase)}`;
  if (run.woke) text += ", wake_up";
  if (run.handled === false) text += ": IRQ_NONE";
  if (pendingFor(run) > 0) text += ` (after ${span(pendingFor(run))} pending)`;
  return text;
}
function frameOf2({ acts, ops, kinds }, run) {
  let last = "";
  for (const index of run.acts.slice(1)) {
    const { step, events } = acts[index];
    const { frame } = siteOf(step === null ? "" : ops.label(step.op));
    if (frame !== "") last = frame;
    if (events.some(({ code }) => kinds[code].name === "bmc.idr.read")) return frame;
  }
  return last;
}
function lastOdr(recording, run) {
  const events = run.acts.flatMap((index) => recording.acts[index].events);
  return events.findLast((event) => nameOf(recording, event) === "bmc.odr.write")?.a ?? -1;
}
function kcsPhaseText(phase) {
  return `phase:=${phase.replace(/^KCS_PHASE_/, "")}`;
}
function kcsEffects(recording, act, every) {
  const out2 = [];
  for (const event of act.events) {
    const name2 = nameOf(recording, event);
    if (!every && name2 === "bmc.str.read") continue;
    const text = registerText(name2, event);
    if (text !== "") out2.push({ column: WIRE, text });
    else if (name2 === "serirq.request") out2.push({ column: LINE, text: `IRQ${event.a} ${event.b === 0 ? "down" : "up"}` });
  }
  return out2;
}
function registerText(name2, { a, b, c }) {
  switch (name2) {
    case "bmc.idr.read":
      return `IDR${c} read: ${hex2(a)}, ${(b & 2) === 0 ? "stale (IBF was 0)" : "IBF=0"}`;
    case "bmc.odr.write":
      return `ODR${c}:=${hex2(a)} OBF=1${(b & 1) === 0 ? "" : ", overwrites: OBF was 1"}`;
    case "bmc.odr.read":
      return `ODR${c} read: ${hex2(a)}`;
    case "bmc.str.write":
      return `${strText(c, b).replace("=", ":=")}${(a & ~b & 1) === 0 ? "" : ", discards ODR"}`;
    case "bmc.str.read":
      return `${strText(c, a).replace("=", " read: ")}`;
    default:
      return "";
  }
}

// src/report/kcs/hops.ts
function kcsHops(recording, messages) {
  return [...byteHops(recording), ...requestHops(recording, messages)];
}
function byteHops(recording) {
  const toHandler = [];
  const toRead = [];
  const toHost = [];
  const entries = new Map(runsOf(recording, (act) => accessesChannel(recording, act)).map((run) => [run.acts[0], run.entered]));
  let written2 = -1;
  let entered = -1;
  let read = -1;
  for (const [index, { at, events }] of recording.acts.entries()) {
    const entry = entries.get(index);
    if (entry !== void 0 && written2 >= 0 && entered < 0) {
      entered = entry;
      toHandler.push(entered - written2);
    }
    for (const event of events) {
      switch (nameOf(recording, event)) {
        case "host.idr.write":
          [written2, entered, read] = [at, -1, -1];
          break;
        case "bmc.idr.read":
          if (entered >= 0 && (event.b & Str.IBF) !== 0) {
            toRead.push(at - entered);
            [written2, entered, read] = [-1, -1, at];
          }
          break;
        case "host.str.read":
          if (read >= 0 && (event.a & Str.IBF) === 0) {
            toHost.push(at - read);
            read = -1;
          }
          break;
      }
    }
  }
  return [
    { name: "IDR write -> interrupt handler", per: "byte", all: toHandler },
    { name: "interrupt handler -> IDR read", per: "byte", all: toRead },
    { name: "IDR read -> host sees IBF=0", per: "byte", all: toHost }
  ];
}
function requestHops(recording, messages) {
  const calls = callsOf(recording);
  const requests = messages.filter((message) => message.kind === "request" && message.sent >= 0);
  const legs = requests.map((request) => legsOf(recording, calls, request));
  const leg = (name2, time) => ({
    name: name2,
    per: "request",
    all: requests.map((request, i) => time(request, legs[i])).filter(([from, to]) => from >= 0 && to >= from).map(([from, to]) => to - from)
  });
  const hops = [
    leg("last byte written -> read() returns", (request, { read }) => [request.sent, read]),
    leg("read() returns -> write()", (_request, { read, write }) => [read, write]),
    leg("write() -> ODR", (_request, { write, odr }) => [write, odr])
  ];
  if (legs.some(({ sample }) => sample >= 0)) {
    hops.push(
      leg("ODR -> host samples SerIRQ", (_request, { odr, sample }) => [odr, sample]),
      leg("SerIRQ -> host reads ODR", ({ readFrom }, { sample }) => [sample, readFrom])
    );
  } else {
    hops.push(leg("ODR -> host reads ODR", ({ readFrom }, { odr }) => [odr, readFrom]));
  }
  hops.push(leg("first byte of the response -> its end", ({ readFrom, to, ending }) => [ending === "answered" ? readFrom : -1, to]));
  return [...hops, leg("WRITE_START -> response complete", ({ from, to, ending }) => [ending === "answered" ? from : -1, to])];
}
function legsOf(recording, calls, request) {
  const end = request.to < 0 ? recording.time : request.to;
  const read = calls.find((call2) => call2.name === "read" && call2.outcome === "done" && call2.to >= request.sent && call2.to <= end);
  const write = read === void 0 ? void 0 : calls.find((call2) => call2.name === "write" && call2.actor === read.actor && call2.outcome === "done" && call2.from >= read.to && call2.from <= end);
  const odr = write === void 0 ? -1 : firstEvent(recording, write.first, "bmc.odr.write", (actor) => actor === write.actor);
  const sample = odr < 0 ? -1 : firstEvent(recording, write?.first ?? 0, "serirq.sample", () => true);
  return { read: read?.to ?? -1, write: write?.from ?? -1, odr, sample: request.readFrom >= 0 && sample <= request.readFrom ? sample : -1 };
}
function firstEvent(recording, from, name2, by) {
  for (let i = from; i < recording.acts.length; i++) {
    for (const event of recording.acts[i].events) if (nameOf(recording, event) === name2 && by(event.actor)) return event.at;
  }
  return -1;
}

// src/report/kcs/host-rows.ts
var DROPPED2 = 256;
function kcsHostRows(scene, index) {
  const { recording, conversation } = scene;
  const act = recording.acts[index];
  const ends = conversation.messages.filter((message) => message.last === index && message.ending !== "open");
  const rows = ends.filter(isGivenUp).map(closing);
  for (const event of act.events) {
    switch (nameOf(recording, event)) {
      case "host.idr.write":
        rows.push(...written(scene, index, event));
        break;
      case "host.odr.read":
        rows.push(odrRead(scene, index, event));
        break;
      case "host.str.read":
        rows.push(...looked(scene, index, event));
        break;
      case "lpc.abort":
        rows.push(cells(act.at, [[HOST, event.b < 0 ? `reads port ${hex2(event.a, 3)}` : `writes ${hex2(event.b)}`], [WIRE, "nobody answers: FFh"]]));
        break;
    }
  }
  const { step } = act;
  if (step !== null && step.value === 1 && recording.ops.label(step.op).endsWith("host: wait for IRQ")) {
    rows.push(cell(act.at, HOST, "IRQ is up already", { minor: true }));
  }
  rows.push(...ends.filter((message) => !isGivenUp(message)).map(closing));
  return rows;
}
function place(scene, index) {
  const found = scene.conversation.places[index];
  return found === void 0 ? {} : { place: found };
}
function serirq(scene, act) {
  const event = act.events.find((e) => nameOf(scene.recording, e) === "serirq.request");
  return event === void 0 ? [] : [[LINE, `IRQ${event.a} ${event.b === 0 ? "down" : "up"}`]];
}
function written(scene, index, event) {
  const { a: value, b: flags, c: channel2, at } = event;
  const message = scene.conversation.places[index]?.message;
  const command = (flags & Str.C_D) !== 0;
  const reading = message !== void 0 && message.sent >= 0 && message.sent < at;
  const lost = (flags & DROPPED2) !== 0 ? ", dropped: IBF was 1" : (flags & Str.IBF) !== 0 ? ", overwrites: IBF was 1" : "";
  const row = cells(at, [
    [HOST, `writes ${idrByte(value, command, reading)}`],
    [WIRE, `IDR${channel2}=${hex2(value)} IBF=1 C/D=${command ? 1 : 0}${lost}`]
  ], { ...place(scene, index), odd: lost !== "" || reading && !command && value !== KcsControl.READ && message.kind === "request" });
  if (message === void 0 || message.first !== index) return [row];
  return [opening(scene, message, at), row];
}
function opening(scene, message, at) {
  return cell(at, HOST, `host: ${openingText(scene, message)}`, { style: "message", place: { message, exchange: 0 } });
}
function openingText({ conversation }, message) {
  const { kind, number, bytes, sent } = message;
  if (kind === "stray") return "a write outside of any transfer";
  if (kind === "abort") return `abort ${number} begins`;
  if (sent < 0) return `request ${number} begins, ${bytes.length === 0 ? "no byte of it follows" : `and is broken off: ${messageBytes(bytes)}`}`;
  const again = conversation.messages.find((m) => m.kind === kind && m.sent >= 0 && m.number < number && m.bytes.join() === bytes.join());
  return again === void 0 ? `request ${number} begins: ${messageText(bytes)}` : `request ${number} begins: request ${again.number} once more`;
}
function odrRead(scene, index, { a, b, c, at }) {
  const act = scene.recording.acts[index];
  return cells(at, [
    [HOST, "reads ODR"],
    [WIRE, `ODR${c}=${hex2(a)}${b === 0 ? ", stale: OBF was 0" : ""}`],
    ...serirq(scene, act)
  ], { ...place(scene, index), minor: a === 0 && b !== 0, odd: b === 0 });
}
function looked(scene, index, { a, c, at }) {
  const { step } = scene.recording.acts[index];
  if (step?.poll === void 0) {
    if (step !== null && scene.recording.ops.def(step.op).kind === "poll") return [];
    return [cells(at, [[HOST, "reads STATUS"], [WIRE, strText(c, a)]], { ...place(scene, index), minor: true })];
  }
  const { mask, last } = step.poll;
  const samples = step.poll.samples + (readJustBefore(scene, index) ? 1 : 0);
  const goal = pollGoal(mask, last, a);
  const text = `polls STATUS ${samples}x ${goal === "" ? "in vain" : `until ${goal}`}`;
  return [cells(at, [[HOST, text], [WIRE, strText(c, a)]], { ...place(scene, index), odd: goal === "" })];
}
function readJustBefore({ recording }, index) {
  const { actor } = recording.acts[index];
  for (let i = index - 1; i >= 0; i--) {
    const { step, events } = recording.acts[i];
    if (recording.acts[i].actor !== actor || step === null) continue;
    if (recording.ops.def(step.op).kind === "poll") continue;
    return events.some((event) => nameOf(recording, event) === "host.str.read");
  }
  return false;
}
function closing(message) {
  return cell(message.to, HOST, `host: ${kcsEndingText(message)}`, { style: "message", place: { message, exchange: message.lastExchange } });
}
function isGivenUp({ ending }) {
  return ending === "restarted" || ending === "aborted";
}
function kcsEndingText(message) {
  const name2 = messageName(message);
  switch (message.ending) {
    case "answered":
      return `${name2} is answered: ${message.kind === "abort" ? `status code ${hex2(message.response[0] ?? 0)}` : messageText(message.response)}`;
    case "restarted":
      return `gives up ${name2} while ${message.stage}${message.stage === "waiting" ? " for the response" : ""}, as IPMI 9.12 allows`;
    case "aborted":
      return `gives up ${name2} while ${message.stage}`;
    case "refused":
      return `sees ERROR_STATE: ${name2} is refused`;
    case "open":
      return "";
  }
}

// src/report/kcs/registers.ts
function kcsRegisters(recording, { channel: channel2, str }) {
  const status = [];
  const idr = [];
  const odr = [];
  let last = -1;
  for (const [index, act] of recording.acts.entries()) {
    if (str[index] !== last) {
      last = str[index];
      status.push({ at: act.at, text: strText(channel2, last) });
    }
    for (const event of act.events) {
      if (event.c !== channel2) continue;
      const name2 = nameOf(recording, event);
      if (name2 === "host.idr.write") {
        const command = (event.b & Str.C_D) !== 0;
        idr.push({ at: event.at, text: `${hex2(event.a)} ${command ? idrByte(event.a, true, false) : "data"}` });
      } else if (name2 === "bmc.odr.write") {
        odr.push({ at: event.at, text: hex2(event.a) });
      }
    }
  }
  return [{ name: `STR${channel2}`, changes: status }, { name: `IDR${channel2}`, changes: idr }, { name: `ODR${channel2}`, changes: odr }];
}

// src/report/kcs/medium.ts
var KcsMedium = class {
  conversation;
  heads = ["host CPU", "LPC / KCS registers", "SerIRQ", "BMC interrupt", "BMC tasks"];
  shares = [18, 23, 8, 25, 21];
  words = {
    stray: "write outside of any transfer",
    strayWhere: "outside of any transfer",
    endings: {
      answered: "answered",
      refused: "refused by ERROR_STATE",
      restarted: "given up by WRITE_START",
      aborted: "given up",
      open: "without an end"
    },
    end: {
      open: "open",
      restarted: "given up for the next request",
      aborted: "given up",
      refused: "refused by ERROR_STATE",
      answered: "answered"
    }
  };
  /** The general ones speak of KCS. */
  rules = {};
  recording;
  constructor(recording) {
    this.recording = recording;
    this.conversation = converseKcs(recording);
  }
  endingText(message) {
    return kcsEndingText(message);
  }
  consequence(decision, at) {
    return kcsConsequence(decision, at, this.conversation.messages);
  }
  accesses(act) {
    return accessesChannel(this.recording, act);
  }
  /** The device carries the bare message. */
  payload(bytes) {
    return bytes;
  }
  hostRows(scene, index) {
    return kcsHostRows(scene, index);
  }
  /** The host samples SerIRQ. */
  hardwareRows({ recording }, index) {
    const { at, events: [event] } = recording.acts[index];
    if (event === void 0 || nameOf(recording, event) !== "serirq.sample") return [];
    const place2 = this.conversation.places[index];
    return [cell(at, LINE, `IRQ${event.a} ${event.b === 0 ? "low" : "high"}`, { minor: true, ...place2 === void 0 ? {} : { place: place2 } })];
  }
  runRow(scene, run) {
    return kcsRunRow(scene, this.conversation, run);
  }
  effects(act, every) {
    return kcsEffects(this.recording, act, every);
  }
  stepText(_step, plain3) {
    return plain3;
  }
  phaseText(phase) {
    return kcsPhaseText(phase);
  }
  isMove(row) {
    return row.cells[HOST].startsWith("writes ");
  }
  keeps(row) {
    return row.cells[HOST] === "reads ODR";
  }
  isLast(place2) {
    return isLastByte(place2);
  }
  keepsOfLast(_place, row) {
    return row.cells[IRQ] !== "";
  }
  foldText(exchanges2, handler) {
    return kcsFoldText(exchanges2, handler);
  }
  minors(rows) {
    return kcsMinors(rows);
  }
  registers() {
    return kcsRegisters(this.recording, this.conversation);
  }
  hops(messages) {
    return kcsHops(this.recording, messages);
  }
  budgets() {
    return [];
  }
  verdict() {
    return void 0;
  }
};

// src/report/ssif/transactions.ts
var ACKED3 = 1;
var TO_CONTROLLER3 = 2;
function busOf(recording) {
  for (const { events } of recording.acts) {
    for (const event of events) if (nameOf(recording, event) === "i2c.start") return event.c;
  }
  return 0;
}
function transactionsOf(recording, bus) {
  const all = [];
  let open = null;
  for (const [index, act] of recording.acts.entries()) {
    for (const event of act.events) {
      if (event.c !== bus) continue;
      const name2 = nameOf(recording, event);
      if (name2 === "i2c.start" && (event.a === 0 || open === null)) {
        open = { from: event.at, first: index, to: -1, last: -1, items: [], end: "open", stretched: 0 };
        all.push(open);
      } else if (open !== null && told(open, name2, event, index)) open = null;
    }
  }
  return all;
}
function told(open, name2, { at, a, b }, act) {
  const end = (how) => {
    open.to = at;
    open.last = act;
    open.end = how;
    return true;
  };
  switch (name2) {
    case "i2c.address":
      open.items.push({ what: "address", act, at, byte: a, ack: (b & ACKED3) !== 0, reading: (a & 1) !== 0 });
      return false;
    case "i2c.byte":
      open.items.push({ what: "byte", act, at, byte: a, ack: (b & ACKED3) !== 0, reading: (b & TO_CONTROLLER3) !== 0 });
      return false;
    case "i2c.stop":
      open.items.push({ what: "stop", act, at, byte: 0, ack: true, reading: false });
      return end("stop");
    case "i2c.stretch":
      open.stretched += a;
      return false;
    case "i2c.timeout":
      return end("timeout");
    case "i2c.vanish":
      return end("vanished");
    case "i2c.arbitration":
      return end("arbitration");
    default:
      return false;
  }
}
function writtenIn({ items }) {
  return items.filter(({ what, reading }) => what === "byte" && !reading).map(({ byte }) => byte);
}
function readIn({ items }) {
  return items.filter(({ what, reading }) => what === "byte" && reading).map(({ byte }) => byte);
}
function refusedIn({ items }) {
  return items.some(({ what, ack, reading }) => !ack && (what === "address" || !reading));
}
function readsIn({ items }) {
  return items.some(({ what, reading }) => what === "address" && reading);
}

// src/report/ssif/text.ts
var BITS = [
  [128, "SLAVE_MATCH"],
  [4, "RX_DONE"],
  [16, "STOP"],
  [1, "TX_ACK"],
  [2, "TX_NAK"],
  [8, "ARBIT_LOSS"],
  [32, "ABNORMAL"],
  [64, "SCL_TIMEOUT"],
  [8192, "BUS_RECOVER_DONE"],
  [16384, "SDA_DL_TIMEOUT"],
  [32768, "SLAVE_INACTIVE_TIMEOUT"]
];
var Intr = { TX_ACK: 1, TX_NAK: 2, RX_DONE: 4, STOP: 16, SLAVE_MATCH: 128 };
function bitsText(status) {
  return BITS.filter(([bit]) => (status & bit) !== 0).map(([, name2]) => name2).join(" ");
}
function statusText(status) {
  return `INTR_STS=${hex2(status)}${status === 0 ? "" : ` ${bitsText(status)}`}`;
}
var EVENTS2 = ["READ_REQUESTED", "WRITE_REQUESTED", "READ_PROCESSED", "WRITE_RECEIVED", "STOP"];
var SlaveEvent = { READ_REQUESTED: 0, WRITE_REQUESTED: 1, READ_PROCESSED: 2, WRITE_RECEIVED: 3, STOP: 4 };
function slaveEventText(event, value) {
  return `I2C_SLAVE_${EVENTS2[event]}${event === SlaveEvent.WRITE_RECEIVED ? ` ${hex2(value)}` : ""}`;
}
function itemText({ what, byte, ack, reading }) {
  const answer2 = ack ? "ACK" : "NAK";
  if (what === "stop") return "STOP";
  if (what === "address") return `address ${hex2(byte >> 1)} ${reading ? "read" : "write"}, ${answer2}`;
  return reading ? `${hex2(byte)} from the BMC, ${answer2}` : `${hex2(byte)} ${answer2}`;
}
function purpose(part) {
  return `${intent(part)}${outcome(part)}`;
}
function purposeInShort(part) {
  const { transaction, message, command } = part;
  const [, count3 = 0] = writtenIn(transaction);
  if (command < 0) return purpose(part);
  const what = readsIn(transaction) ? `reads ${hex2(command)}` : `writes ${hex2(command)}: ${message.kind} ${message.number}, ${count3} byte${count3 === 1 ? "" : "s"}`;
  return `${what}${outcome(part)}`;
}
function intent(part) {
  const { transaction, message, command } = part;
  const [, count3 = 0] = writtenIn(transaction);
  const name2 = messageName(message);
  const bytes = `${count3} byte${count3 === 1 ? "" : "s"}`;
  switch (command) {
    case SsifCmd.REQUEST:
      return `writes 02h: ${name2}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_START:
      return `writes 06h: first part of ${name2}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_MIDDLE:
      return `writes 07h: middle part of ${name2}, ${bytes}`;
    case SsifCmd.MULTI_PART_REQUEST_END:
      return `writes 08h: last part of ${name2}, ${bytes}`;
    case SsifCmd.RESPONSE:
      return `reads 03h: response to ${name2}`;
    case SsifCmd.MULTI_PART_RESPONSE_MIDDLE:
      return `reads 09h: next part of the response to ${name2}`;
    default:
      if (command >= 0) return `${readsIn(transaction) ? "reads" : "writes"} ${hex2(command)}`;
      return readsIn(transaction) ? "reads without a command" : "addresses the BMC";
  }
}
function outcome({ transaction }) {
  const { end, to, from } = transaction;
  if (end === "timeout") return `; gives up, SCL is held (tTIMEOUT, after ${span(to - from)})`;
  if (end === "vanished") return "; breaks off in the middle";
  if (end === "arbitration") return "; loses arbitration";
  if (refusedIn(transaction)) return `; NAK at the ${nakAt(transaction.items)}`;
  if (!readsIn(transaction) || end === "open") return "";
  const [count3 = 0, ...data] = readIn(transaction);
  if (count3 === 0) return ": count 00h, nothing there";
  if (count3 > 32) return `: count ${hex2(count3)}, which no block has`;
  return `: ${data.length > count3 ? `${count3} bytes and PEC` : `${Math.min(count3, data.length)} byte${count3 === 1 ? "" : "s"}`}`;
}
function nakAt(items) {
  const at = items.findIndex(({ what, ack, reading }) => !ack && (what === "address" || !reading));
  return at === 0 || items[at]?.what === "address" ? "address" : at === 1 ? "command" : at === 2 ? "count" : `byte ${at - 2}`;
}

// src/report/ssif/passes.ts
var LOOKED_AT = 4026597375;
var NOT_HANDLED = 3;
var STATUS_READ = /(?:^|: )INTR_STS read$/;
var REGISTER2 = /(?:^|: )(?:INTR_STS|CMD|BYTE_BUF) (?:read|write)$/;
function accessesBus({ ops }, { step }) {
  return step !== null && REGISTER2.test(ops.label(step.op));
}
var FIRST_STATE = "SSIF_READY";
function transitions({ phases }) {
  let before = FIRST_STATE;
  const all = /* @__PURE__ */ new Map();
  for (const [act, phase] of [...phases].sort(([one], [other]) => one - other)) {
    if (phase !== before) all.set(act, [before, phase]);
    before = phase;
  }
  return all;
}
function passesOf(recording) {
  const moves = transitions(recording);
  const passes = [];
  const bus = new BusReality();
  for (const run of runsOf(recording, (act) => accessesBus(recording, act))) {
    const act = run.acts.find((index) => isStatusRead(recording, recording.acts[index].step));
    if (act === void 0) continue;
    const status = (recording.acts[act].step.value & LOOKED_AT) >>> 0;
    const told2 = run.acts.flatMap((index) => recording.acts[index].events);
    const events = told2.filter((event) => nameOf(recording, event) === "i2c.slave_event").map(({ a, b }) => ({ event: a, value: b }));
    const errors = told2.filter((event) => nameOf(recording, event) === "i2c.dev_err");
    const unhandled = errors.filter(({ a }) => a === NOT_HANDLED).reduce((bits, { b, c }) => bits | b & ~c, 0);
    const complaints = errors.filter(({ a }) => a !== NOT_HANDLED).map(({ code, a, b, c }) => recording.kinds[code].text(a, b, c));
    const written2 = run.acts.map((index) => writeText(recording, recording.acts[index].step));
    const given = written2.findLast((text) => text.startsWith("BYTE_BUF := "));
    passes.push({
      run,
      act,
      status,
      events,
      unhandled,
      complaints,
      lost: run.handled === void 0 ? [] : bus.lost(status, events.map(({ event }) => event), addressIn(recording, run)),
      states: chain(run.acts.flatMap((index) => moves.get(index) ?? [])),
      gives: given === void 0 ? -1 : Number.parseInt(given.slice("BYTE_BUF := ".length), 16) & 255,
      refuses: written2.some((text) => /^CMD := .*RX_CMD_LAST/.test(text))
    });
  }
  return passes;
}
function isStatusRead({ ops }, step) {
  return step !== null && STATUS_READ.test(ops.label(step.op));
}
function writeText({ ops }, step) {
  if (step === null || !REGISTER2.test(ops.label(step.op))) return "";
  const text = ops.describe(step.op).replace(/^.*?: /, "");
  return text.includes(" := ") ? text : "";
}
function registerStep(recording, step, plain3) {
  const write = writeText(recording, step);
  if (write !== "") return write;
  const { step: name2 } = siteOf(recording.ops.label(step.op));
  return /^(?:INTR_STS|BYTE_BUF) read$/.test(name2) ? `${name2}: ${hex2(step.value & LOOKED_AT)}` : plain3;
}
function addressIn({ acts, ops }, run) {
  const step = run.acts.map((index) => acts[index].step).find((one) => one !== null && ops.label(one.op).endsWith("BYTE_BUF read"));
  return step == null ? -1 : step.value >> 8 & 255;
}
function chain(pairs) {
  return pairs.filter((state, i) => i === 0 || state !== pairs[i - 1]);
}
var BusReality = class {
  /** A transfer has begun, and its end has not come. */
  open = false;
  /** Which of the events that `status` stands for are not among those `delivered`. */
  lost(status, delivered, address) {
    const missing = [];
    if (this.open && (status & (Intr.STOP | Intr.TX_NAK)) !== 0) {
      this.open = false;
      if (!delivered.includes(SlaveEvent.STOP)) missing.push(SlaveEvent.STOP);
    }
    if ((status & Intr.SLAVE_MATCH) !== 0) {
      this.open = true;
      const begun = delivered.includes(SlaveEvent.WRITE_REQUESTED) || delivered.includes(SlaveEvent.READ_REQUESTED);
      if (!begun) missing.push(address < 0 ? REQUESTED : (address & 1) === 0 ? SlaveEvent.WRITE_REQUESTED : SlaveEvent.READ_REQUESTED);
    }
    return missing;
  }
};
var REQUESTED = 5;

// src/report/ssif/hops.ts
function ssifHops(recording, conversation, messages) {
  return [...byteHops2(recording), ...requestHops2(recording, conversation, messages)];
}
function byteHops2(recording) {
  const passes = passesOf(recording);
  const raised = passes.filter(({ run }) => run.raised >= 0);
  return [
    { name: "byte on the bus -> interrupt handler", per: "byte", all: raised.map(({ run }) => run.entered - run.raised) },
    { name: "interrupt handler -> INTR_STS read", per: "byte", all: passes.map(({ run, act }) => recording.acts[act].at - run.entered) },
    { name: "INTR_STS read -> handler done", per: "byte", all: passes.map(({ run, act }) => recording.acts[run.acts[run.acts.length - 1]].at - recording.acts[act].at) }
  ];
}
function requestHops2(recording, conversation, messages) {
  const calls = callsOf(recording);
  const requests = messages.filter((message) => message.kind === "request" && message.sent >= 0);
  const legs = requests.map((request) => legsOf2(recording, conversation, calls, request));
  const leg = (name2, time) => ({
    name: name2,
    per: "request",
    all: requests.map((request, i) => time(request, legs[i])).filter(([from, to]) => from >= 0 && to >= from).map(([from, to]) => to - from)
  });
  return [
    leg("START -> STOP of the request", ({ from, sent }) => [from, sent]),
    leg("STOP -> read() returns", ({ sent }, { read }) => [sent, read]),
    leg("read() returns -> write()", (_request, { read, write }) => [read, write]),
    leg("write() -> write() returns", (_request, { write, written: written2 }) => [write, written2]),
    leg("write() returns -> host asks for the response", (_request, { written: written2, asked }) => [written2, asked]),
    leg("host asks for the response -> it is complete", ({ to, ending }, { asked }) => [ending === "answered" ? asked : -1, to]),
    leg("START -> response complete", ({ from, to, ending }) => [ending === "answered" ? from : -1, to])
  ];
}
function legsOf2(recording, { parts }, calls, request) {
  const end = request.to < 0 ? recording.time : request.to;
  const read = calls.find((call2) => call2.name === "read" && call2.outcome === "done" && call2.to >= request.sent && call2.to <= end);
  const write = read === void 0 ? void 0 : calls.find((call2) => call2.name === "write" && call2.actor === read.actor && call2.outcome === "done" && call2.from >= read.to && call2.from <= end);
  const asked = parts.find(({ message, transaction }) => message.kind === "request" && message.number === request.number && request.readFrom >= 0 && transaction.from <= request.readFrom && transaction.to >= request.readFrom);
  return { woke: read?.woke ?? -1, read: read?.to ?? -1, write: write?.from ?? -1, written: write?.to ?? -1, asked: asked?.transaction.from ?? -1 };
}

// src/report/ssif/budget.ts
function budgetsOf(recording, conversation) {
  const passes = passesOf(recording);
  const calls = callsOf(recording);
  const stretches = stretchesOf(recording, conversation.bus);
  const bits = bitsOf(conversation.parts, stretches);
  return conversation.messages.flatMap((message) => {
    if (message.kind !== "request" || message.ending !== "answered") return [];
    const { woke, read, write, written: written2, asked } = legsOf2(recording, conversation, calls, message);
    const end = passes.find(({ run, events }) => run.entered >= message.sent && events.some(({ event }) => event === SlaveEvent.STOP));
    if (end === void 0 || woke < 0 || read < 0 || written2 < 0 || asked < written2) return [];
    const done = recording.acts[end.run.acts[end.run.acts.length - 1]].at;
    const awake = Math.max(done, woke);
    const parts = conversation.parts.filter((part) => part.message === message);
    const onBus = parts.filter(({ transaction }) => transaction.to <= message.sent || transaction.from >= asked);
    const bus = sums(onBus.map(({ transaction }) => busTime(transaction, stretches, passes, bits)));
    const host = message.to - message.from - sum(onBus.map(({ transaction }) => transaction.to - transaction.from)) - (written2 - message.sent);
    const shares = [
      { name: "bus: bits", time: bus.bits },
      { name: "bus: START, repeated START and STOP", time: bus.conditions },
      { name: "SCL held: interrupt latency", time: bus.interrupt },
      { name: "SCL held: drivers", time: bus.drivers },
      { name: "SCL held: until it has risen", time: bus.release },
      { name: "interrupt latency of the last STOP", time: end.run.entered - message.sent },
      { name: "drivers: handler, read() and write()", time: done - end.run.entered + (read - awake) + (written2 - write) },
      { name: "daemon: wake-up", time: awake - done },
      { name: "daemon: from read() to write()", time: write - read },
      { name: "host: waits and gaps", time: host }
    ];
    return [{ message, total: message.to - message.from, shares }];
  });
}
function stretchesOf(recording, bus) {
  return recording.acts.flatMap(({ events }) => events.filter((event) => nameOf(recording, event) === "i2c.stretch" && event.c === bus).map(({ at, a, b }) => ({ from: at + b - a, let: at, to: at + b })));
}
function bitsOf(parts, stretches) {
  let shortest = Infinity;
  for (const { transaction: { items } } of parts) {
    for (const [i, item] of items.entries()) {
      if (item.what !== "byte" || i === 0) continue;
      const held2 = sum(within2(stretches, items[i - 1].at, item.at).map(({ from, to }) => to - from));
      shortest = Math.min(shortest, item.at - items[i - 1].at - held2);
    }
  }
  return shortest === Infinity ? 0 : shortest;
}
function within2(stretches, from, to) {
  return stretches.filter((stretch2) => stretch2.from >= from && stretch2.to <= to);
}
function busTime({ from, to, items }, stretches, passes, byte) {
  const held2 = within2(stretches, from, to);
  const bits = items.filter(({ what }) => what !== "stop").length * byte;
  const interrupt = sum(held2.map((stretch2) => waiting(stretch2, passes)));
  return {
    bits,
    conditions: to - from - bits - sum(held2.map((stretch2) => stretch2.to - stretch2.from)),
    interrupt,
    drivers: sum(held2.map((stretch2) => stretch2.let - stretch2.from)) - interrupt,
    release: sum(held2.map((stretch2) => stretch2.to - stretch2.let))
  };
}
function waiting({ from, let: end }, passes) {
  const pass = passes.findLast(({ run }) => run.entered <= end);
  return pass === void 0 ? 0 : Math.max(0, pass.run.entered - from);
}
function sums(all) {
  const of = (key2) => sum(all.map((one) => one[key2]));
  return { bits: of("bits"), conditions: of("conditions"), interrupt: of("interrupt"), drivers: of("drivers"), release: of("release") };
}
function sum(all) {
  return all.reduce((before, one) => before + one, 0);
}

// src/report/hops.ts
function spreadOf(all) {
  if (all.length === 0) return null;
  const sorted = [...all].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length - 1 >> 1], max: sorted[sorted.length - 1] };
}

// src/report/ssif/conversation.ts
var BLOCK = 32;
var Assembler = class {
  messages = [];
  parts = [];
  current = null;
  /** Items that each message has had. */
  items = /* @__PURE__ */ new Map();
  add(transaction) {
    const written2 = writtenIn(transaction);
    const command = written2[0] ?? -1;
    const write = isSsifWrite(command) && !readsIn(transaction);
    const begins = write && (command === SsifCmd.REQUEST || command === SsifCmd.MULTI_PART_REQUEST_START || this.current?.stage !== "writing");
    const lone = command < 0 && this.current !== null;
    if (begins) {
      if (this.current !== null) this.end(this.current, "restarted", transaction.from, transaction.first);
      this.begin("request", transaction);
    } else if (!write && !lone && (!isSsifRead(command) || this.current === null)) {
      this.belongs(transaction, this.stray(transaction, written2), command);
      return;
    }
    const message = this.current ?? this.begin("request", transaction);
    this.belongs(transaction, message, command);
    if (write) this.wrote(message, transaction, written2);
    else if (transaction.end === "stop" || readIn(transaction).length > 0) this.read(message, transaction, command);
  }
  begin(kind, { from, first }) {
    const number = this.messages.filter((message2) => message2.kind === kind).length + 1;
    const message = {
      kind,
      number,
      from,
      first,
      bytes: [],
      sent: -1,
      response: [],
      readFrom: -1,
      readTo: -1,
      to: -1,
      last: -1,
      lastExchange: 0,
      ending: "open",
      stage: "writing"
    };
    this.messages.push(message);
    if (kind === "request") this.current = message;
    return message;
  }
  stray(transaction, written2) {
    const message = this.begin("stray", transaction);
    message.bytes.push(...written2);
    message.to = transaction.to;
    return message;
  }
  belongs(transaction, message, command) {
    const exchange = this.items.get(message) ?? 0;
    this.parts.push({ transaction, message, exchange, command });
    this.items.set(message, exchange + transaction.items.length);
  }
  end(message, ending, at, act) {
    message.ending = ending;
    message.to = at;
    message.last = act;
    message.lastExchange = Math.max(0, (this.items.get(message) ?? 0) - 1);
    this.current = null;
  }
  wrote(message, transaction, written2) {
    const [command, count3 = 0] = written2;
    const data = written2.slice(2, 2 + count3);
    const { end, to, last } = transaction;
    const whole = end === "stop" && written2.length >= 2 + count3 && !refusedIn(transaction);
    message.bytes.push(...data);
    if (!whole) {
      if (end !== "open") this.end(message, refusedIn(transaction) ? "refused" : "aborted", to, last);
      return;
    }
    const more = command === SsifCmd.MULTI_PART_REQUEST_START || command === SsifCmd.MULTI_PART_REQUEST_MIDDLE && count3 === BLOCK;
    if (more) return;
    message.sent = to;
    message.stage = "waiting";
  }
  read(message, transaction, command) {
    const [count3 = 0, ...data] = readIn(transaction).slice(0, (readIn(transaction)[0] ?? 0) + 1);
    const { end, to, last, items } = transaction;
    if (count3 === 0 || count3 > BLOCK || data.length < count3 || end !== "stop" || message.sent < 0) return;
    const bytes = items.filter(({ what, reading }) => what === "byte" && reading);
    message.stage = "reading";
    const first = command === SsifCmd.RESPONSE;
    const many = first && data[0] === MULTI_PART_MARKER[0] && data[1] === MULTI_PART_MARKER[1];
    if (first) {
      message.response.length = 0;
      message.readFrom = bytes[0].at;
    }
    message.response.push(...data.slice(many ? 2 : first ? 0 : 1));
    message.readTo = bytes[bytes.length - 1].at;
    if (many || !first && data[0] !== LAST_BLOCK) return;
    message.stage = "done";
    this.end(message, "answered", to, last);
  }
};
function converseSsif(recording) {
  const bus = busOf(recording);
  const assembler = new Assembler();
  for (const transaction of transactionsOf(recording, bus)) assembler.add(transaction);
  const { messages, parts } = assembler;
  const waits = runsOf(recording, () => false).filter(({ raised }) => raised >= 0).map(({ raised, entered }) => entered - raised);
  return { bus, messages, parts, places: placesOf(recording, parts), usual: spreadOf(waits)?.median ?? 0 };
}
function placesOf({ acts }, parts) {
  const begins = /* @__PURE__ */ new Map();
  for (const { transaction, message, exchange } of parts) {
    begins.set(transaction.first, { message, exchange });
    for (const [i, item] of transaction.items.entries()) begins.set(item.act, { message, exchange: exchange + i });
  }
  let place2;
  return acts.map((_act, index) => {
    place2 = begins.get(index) ?? place2;
    return place2;
  });
}

// src/report/ssif/fold.ts
function partAt({ parts }, { message, exchange }) {
  const part = parts.findLast((p) => p.message === message && p.exchange <= exchange);
  return part === void 0 ? void 0 : { part, item: part.transaction.items[exchange - part.exchange] };
}
function isStop(conversation, place2) {
  return partAt(conversation, place2)?.item?.what === "stop";
}
function completes(conversation, place2) {
  const found = partAt(conversation, place2);
  return found?.item?.what === "stop" && found.item.at === place2.message.sent;
}
var TAKEN = "each taken by the handler";
function ssifFoldText(conversation, exchanges2) {
  const [first] = exchanges2;
  const found = partAt(conversation, first);
  const items = exchanges2.map((place2) => partAt(conversation, place2)?.item).filter((item) => item !== void 0);
  if (found === void 0) return `${exchanges2.length} bytes, ${TAKEN}`;
  const whole = exchanges2.length === found.part.transaction.items.length;
  if (whole) return `${purpose(found.part)}, STOP; ${TAKEN}`;
  const rest = [...bytesText(items), ...items.at(-1)?.what === "stop" ? ["STOP"] : []].join(", ");
  if (items[0]?.what !== "address") return `${rest}; ${TAKEN}`;
  return `${purpose(found.part)}; ${["START, address", ...rest === "" ? [] : [rest]].join(", ")}; ${TAKEN}`;
}
function bytesText(items) {
  const bytes = items.filter(({ what }) => what === "byte").length;
  return bytes === 0 ? [] : [`${bytes} byte${bytes === 1 ? "" : "s"}`];
}

// src/report/ssif/host-rows.ts
var LONG_STRETCH = 50 * US;
var PAUSE = MS;
function ssifHostRows(scene, conversation, index) {
  const act = scene.recording.acts[index];
  const ends = conversation.messages.filter((message) => message.last === index && message.ending !== "open");
  const rows = ends.filter(isGivenUp2).map(closing2);
  for (const event of act.events) if (event.c === conversation.bus) rows.push(...busRows(scene, conversation, index, event));
  const pause = pauseText(scene, index);
  const place2 = conversation.places[index];
  if (pause !== "") rows.push(cell(act.at, HOST, `host: ${pause}`, { style: "message", ...place2 === void 0 ? {} : { place: place2 } }));
  rows.push(...ends.filter((message) => !isGivenUp2(message)).map(closing2));
  return rows;
}
function pauseText({ recording }, index) {
  const { acts, ops } = recording;
  const { step, at, actor } = acts[index];
  if (step === null || step.value !== BLOCKED || !ops.label(step.op).endsWith("host: sleep")) return "";
  for (let i = index + 1; i < acts.length; i++) {
    const next2 = acts[i].step;
    if (acts[i].actor !== actor || next2 === null) continue;
    return next2.issuedAt - at >= PAUSE ? `waits ${span(next2.issuedAt - at)}` : "";
  }
  return "";
}
function busRows(scene, { parts, places, usual }, index, event) {
  const { at, a } = event;
  const place2 = places[index];
  const more = place2 === void 0 ? {} : { place: place2 };
  const name2 = nameOf(scene.recording, event);
  switch (name2) {
    case "i2c.start": {
      const part = parts.find(({ transaction, message }) => transaction.first === index && message.first === index);
      return part === void 0 ? [] : [opening2(scene, part, at)];
    }
    case "i2c.address":
    case "i2c.byte":
    case "i2c.stop": {
      const part = parts.find(({ transaction }) => transaction.items.some(({ act }) => act === index));
      const i = part?.transaction.items.findIndex(({ act }) => act === index) ?? -1;
      const item = part?.transaction.items[i];
      if (part === void 0 || item === void 0) return [cell(at, WIRE, wireText(scene, event), more)];
      const start = item.what !== "address" ? "" : i === 0 ? "START, " : "repeated START, ";
      return [cells(at, [[HOST, i === 0 && start !== "" ? purposeInShort(part) : ""], [WIRE, `${start}${itemText(item)}`]], { ...more, odd: !item.ack && !item.reading })];
    }
    case "i2c.timeout":
    case "i2c.vanish":
    case "i2c.arbitration":
    case "i2c.recover":
      return [cell(at, WIRE, wireText(scene, event), { ...more, odd: true })];
    case "i2c.stretch":
      return a < LONG_STRETCH + usual ? [] : [cell(at, WIRE, wireText(scene, event), { ...more, odd: true })];
    default:
      return [];
  }
}
function wireText({ recording }, { code, a, b, c }) {
  return recording.kinds[code].text(a, b, c).replace(/^I2C\d+: /, "");
}
function opening2({ conversation }, { message, exchange }, at) {
  return cell(at, HOST, `host: ${openingText2(conversation.messages, message)}`, { style: "message", place: { message, exchange } });
}
function openingText2(messages, message) {
  const { kind, number, bytes, sent, ending } = message;
  if (kind === "stray") return "a transaction that belongs to no request";
  if (sent < 0 && ending === "aborted") return `request ${number} begins, and is broken off: ${messageBytes(bytes)}`;
  const again = messages.find((m) => m.kind === kind && m.number < number && m.bytes.length >= bytes.length && bytes.length > 0 && m.bytes.join() === bytes.join());
  return again === void 0 ? `request ${number} begins: ${messageText(bytes)}` : `request ${number} begins: request ${again.number} once more`;
}
function closing2(message) {
  return cell(message.to, HOST, `host: ${ssifEndingText(message)}`, { style: "message", place: { message, exchange: message.lastExchange } });
}
function isGivenUp2({ ending }) {
  return ending === "restarted";
}
function ssifEndingText(message) {
  const name2 = messageName(message);
  switch (message.ending) {
    case "answered":
      return `${name2} is answered: ${messageText(message.response)}`;
    case "restarted":
      return `gives up ${name2} while ${message.stage}${message.stage === "waiting" ? " for the response" : ""}`;
    case "aborted":
      return `${name2} is broken off`;
    case "refused":
      return `${name2} is refused by NAK`;
    case "open":
      return "";
  }
}

// src/report/ssif/irq-rows.ts
function ssifRunRow(scene, conversation, run, pass) {
  const { recording } = scene;
  const { places, usual } = conversation;
  const act = pass?.act ?? run.acts[run.acts.length - 1];
  const place2 = places[act];
  const odd = pass === void 0 || isOdd(pass) || run.handled === void 0 || pendingFor(run, usual) > 0 || isWhere2(scene, run) || pass.states.length > 1 && isDisturbed(scene, conversation, act);
  return cells(recording.acts[act].at, [[IRQ, `${pass === void 0 ? handlerText(run) : passText(pass)}${late(run, usual)}`], [WIRE, held(recording, run, usual)]], {
    ...place2 === void 0 ? {} : { place: place2 },
    odd
  });
}
function isOdd({ lost, unhandled, complaints, refuses, status, states }) {
  return lost.length > 0 || states.includes("SSIF_ABORTING") || (unhandled & ~(Intr.STOP | Intr.TX_NAK)) !== 0 || complaints.length > 0 || refuses || (status & Intr.SLAVE_MATCH) !== 0 && (status & (Intr.STOP | Intr.TX_NAK | Intr.TX_ACK)) !== 0;
}
function isDisturbed({ recording, calls }, { parts }, act) {
  const part = parts.findLast(({ transaction }) => transaction.first <= act);
  if (part === void 0) return false;
  const { from, to } = part.transaction;
  const within3 = (at) => at >= from && (to < 0 || at <= to);
  return recording.holds.some((hold) => within3(hold.from) || within3(hold.to)) || calls.some(({ name: name2, to: end }) => /^(?:read|write)$/.test(name2) && within3(end));
}
function isWhere2({ recording, violation }, run) {
  const first = run.acts[0];
  const last = run.acts[run.acts.length - 1];
  return violation !== void 0 && violation.at >= recording.acts[first].at && violation.at <= recording.acts[last].at;
}
function held(recording, run, usual) {
  for (const index of run.acts) {
    for (const event of recording.acts[index].events) {
      if (nameOf(recording, event) === "i2c.stretch" && event.a >= LONG_STRETCH + usual) return wireText({ recording }, event);
    }
  }
  return "";
}
function handlerText(run) {
  return `interrupt handler${run.handled === false ? ": IRQ_NONE" : ""}`;
}
function late(run, usual) {
  const waited = pendingFor(run, usual);
  return waited > 0 ? ` (after ${span(waited)} pending)` : "";
}
function passText({ run, status, events, lost, unhandled, complaints, states, gives, refuses }) {
  let text = `${statusText(status)}: ${events.length === 0 ? "no event" : events.map(({ event, value }) => slaveEventText(event, value)).join(", ")}`;
  if (lost.length > 0) text += `, LOST: ${lost.map(lostText).join(", ")}`;
  if (states.length > 1) text += `; ${states.join(" -> ")}`;
  if (gives >= 0) text += `; gives ${hex2(gives)}`;
  if (refuses) text += "; asks for a NAK";
  if (run.woke) text += "; wake_up";
  if (unhandled !== 0) text += `; not handled: ${bitsText(unhandled)}`;
  for (const complaint of complaints) text += `; ${complaint}`;
  return text;
}
function lostText(event) {
  return event === REQUESTED ? "I2C_SLAVE_WRITE_REQUESTED or READ_REQUESTED" : slaveEventText(event, 0);
}
function ssifEffects(recording, { usual }, act) {
  const out2 = [];
  for (const event of act.events) {
    const name2 = nameOf(recording, event);
    const { code, a, b, c } = event;
    if (name2 === "i2c.slave_event") out2.push({ column: IRQ, text: slaveEventText(a, b) });
    else if (name2 === "i2c.dev_err") out2.push({ column: IRQ, text: recording.kinds[code].text(a, b, c) });
    else if (name2 === "i2c.stretch" && a >= LONG_STRETCH + usual) out2.push({ column: WIRE, text: wireText({ recording }, event) });
  }
  return out2;
}

// src/report/ssif/registers.ts
function ssifRegisters(recording, passes) {
  const { acts } = recording;
  const told2 = acts.flatMap(({ events }) => events.filter((event) => nameOf(recording, event) === "i2c.slave_event"));
  return [
    { name: "INTR_STS", changes: [...passes].map(({ act, status }) => ({ at: acts[act].at, text: statusText(status) })) },
    { name: "target event", changes: told2.map(({ at, a, b }) => ({ at, text: slaveEventText(a, b) })) }
  ];
}

// src/report/ssif/rules.ts
var WRITES = "IPMI 2.0 sections 12.2 and 12.4";
var READS = "IPMI 2.0 sections 12.5 and 12.6";
var TIMING = "IPMI 2.0 section 12.17";
var CONTRACT = "Linux: Documentation/i2c/slave-interface.rst";
var SSIF_RULES = {
  "wrong-response": { text: "the response that the host reads answers the request that it wrote last", source: READS },
  "wrong-response/answers-another-request": {
    text: "a new request voids the response to the one before it, which must not reach the host any more",
    source: READS
  },
  "wrong-response/answers-nothing": { text: "a response carries the NetFn, LUN and command of its request", source: READS },
  "torn-message": { text: "a message is handed on byte for byte as its SMBus blocks carried it", source: WRITES },
  "torn-message/truncated": { text: "read() hands out one whole request or fails", source: "drivers/char/ipmi/ssif_bmc.c: one request a read()" },
  "torn-message/mixed": { text: "a request is the bytes of its own parts; 02h or 06h begins a new one and drops what was there", source: WRITES },
  "torn-message/unfinished": { text: "read() hands out a request when its last part is there, not before", source: WRITES },
  "torn-message/other-framing": { text: "driver and daemon agree on the length before each message", source: "include/uapi/linux/ipmi_ssif_bmc.h" },
  "torn-message/response": { text: "a response is the bytes of one write(), in order and all of them", source: READS },
  "lost-request": { text: "a request whose every part was ACKed is handed to the daemon", source: WRITES },
  "lost-response": { text: "a response is delivered to the host that goes on asking for it", source: `${READS}; ${TIMING}` },
  "lost-response/accepted": { text: "a response that write() has accepted reaches the host that goes on asking for it", source: READS },
  "lost-response/withheld": { text: "a response that the driver holds is what a host that asks for it gets", source: READS },
  "lost-response/refused": { text: "the response to the request in hand is accepted by write()", source: `${READS}, write(2)` },
  "phantom-request": { text: "read() hands out only what the host has sent", source: WRITES },
  "phantom-request/empty": { text: "a request has at least NetFn/LUN and command", source: "IPMI 2.0 section 12.2" },
  "phantom-request/left-behind": { text: "who opens the device is handed what the host sends from then on", source: "open(2): one user at a time" },
  "errno/late-as-einval": { text: "write() fails with -EINVAL only for what is wrong with its arguments", source: "write(2)" },
  "irq-storm": { text: "a handler of a level interrupt acknowledges its cause: what it does not want as well", source: "AST2500: INTR_STS is write 1 to clear" },
  hang: { text: "a host that follows the protocol gets its response in finite time", source: TIMING },
  "hang/scl-held": { text: "a target keeps SCL low for no longer than 25 ms", source: "SMBus 2.0 section 3.1.1.3: tLOW:SEXT and tTIMEOUT" },
  "hang/no-recovery": { text: "after faults have ended, a host that follows the protocol is served again", source: TIMING },
  "hang/endless": { text: "the system comes to rest", source: "limit of steps of one execution" },
  "state-mismatch/busy-dropped": { text: "the driver is busy from a complete request until its response is there or given up", source: "drivers/char/ipmi/ssif_bmc.c: busy" },
  "state-mismatch": { text: "when a transaction is over the driver waits for the next START", source: `${CONTRACT}: STOP; IPMI 2.0 section 12` }
};

// src/report/ssif/verdict.ts
function ssifVerdict(recording) {
  const { parts } = converseSsif(recording);
  const passes = passesOf(recording);
  const bus = busFaults(recording, passes);
  const backend = [...stuckFaults(recording, passes), ...abortFaults(recording, parts, passes)];
  const faults = [...bus, ...backend].sort((one, other) => one.at - other.at);
  const reasons = faults.flatMap((fault) => bus.includes(fault) ? [fault.text, ...orphanedReads(recording, passes)] : [fault.text]);
  return { blame: [...new Set(faults.map(({ who }) => who))], reasons: [...reasons, served(recording, parts)] };
}
var times = (n) => n === 1 ? "once" : `${n} times`;
function busFaults(recording, passes) {
  const losing = passes.filter(({ lost }) => lost.length > 0);
  const [first] = losing;
  if (first === void 0) return [];
  const { at } = recording.acts[first.act];
  const told2 = first.events.length === 0 ? "nothing" : first.events.map(({ event }) => lostText(event)).join(", ");
  return [{
    who: "i2c-aspeed",
    at,
    text: `i2c-aspeed reads INTR_STS=${hex2(first.status)} (${bitsText(first.status)}) at ${micros(at)} us: an end and a beginning in one word, because the interrupt was taken after the next address had come. It tells the backend ${told2} and loses ${first.lost.map(lostText).join(", ")}; so ${times(losing.length)} in this run.`
  }];
}
function orphanedReads(recording, passes) {
  const orphans = passes.filter(({ events, states }) => events.some(({ event }) => event === SlaveEvent.READ_REQUESTED) && states[0] === "SSIF_READY");
  const [first] = orphans;
  if (first === void 0) return [];
  return [`So I2C_SLAVE_READ_REQUESTED reaches ssif-bmc in SSIF_READY (first at ${micros(recording.acts[first.act].at)} us, ${times(orphans.length)} in all), which has seen no command and can only answer ${hex2(Math.max(first.gives, 0))}: that is by its contract, and not its fault.`];
}
function stuckFaults(recording, passes) {
  const stuck = passes.filter(({ events, states }) => events[events.length - 1]?.event === SlaveEvent.STOP && states.length > 1 && states[states.length - 1] !== "SSIF_READY");
  const stays = passes.filter(({ events }, i) => events[events.length - 1]?.event === SlaveEvent.STOP && stateAfter(passes, i) !== "SSIF_READY");
  const first = stuck[0] ?? stays[0];
  if (first === void 0) return [];
  const { at } = recording.acts[first.act];
  return [{
    who: "ssif-bmc",
    at,
    text: `ssif-bmc is told I2C_SLAVE_STOP at ${micros(at)} us and stays in ${stateAfter(passes, passes.indexOf(first))}: it does not take what comes next for a beginning (${times(Math.max(stuck.length, stays.length))} in this run).`
  }];
}
function stateAfter(passes, index) {
  for (let i = index; i >= 0; i--) if (passes[i].states.length > 0) return passes[i].states[passes[i].states.length - 1];
  return "SSIF_READY";
}
function abortFaults(recording, parts, passes) {
  const aborted = parts.filter((part) => {
    const { transaction: transaction2, command } = part;
    if (command !== SsifCmd.REQUEST || transaction2.end !== "stop" || refusedIn(transaction2)) return false;
    const own = passes.filter(({ act }) => act >= transaction2.first && act <= transaction2.last);
    return own[0]?.states[0] === "SSIF_READY" && own.every(({ lost }) => lost.length === 0) && own.some(({ states }) => states.includes("SSIF_ABORTING"));
  });
  const [first] = aborted;
  if (first === void 0) return [];
  const { transaction, message } = first;
  const left = unfetched(recording, parts, first) ? " The response to the request before it had been accepted, and never fetched." : "";
  return [{
    who: "ssif-bmc",
    at: transaction.from,
    text: `ssif-bmc aborts ${messageName(message)} at ${micros(transaction.from)} us, although it is told every byte of it in order, from SSIF_READY on (${times(aborted.length)} in this run).${left}`
  }];
}
function unfetched(recording, parts, part) {
  const before = parts.findLast(({ message }) => message.kind === "request" && message.from < part.message.from)?.message;
  if (before === void 0 || before.ending === "answered") return false;
  return callsOf(recording).some(({ name: name2, outcome: outcome2, to }) => name2 === "write" && outcome2 === "done" && to >= before.sent && to <= part.transaction.from);
}
function served(recording, parts) {
  const requests = [...new Set(parts.map(({ message }) => message))].filter(({ kind }) => kind === "request");
  const answered = requests.filter(({ ending }) => ending === "answered").length;
  const empty = parts.filter(({ transaction }) => readsIn(transaction) && transaction.end === "stop" && readIn(transaction)[0] === 0).length;
  return `The host has an answer to ${answered} of ${requests.length} request${requests.length === 1 ? "" : "s"}${empty === 0 ? "" : `, and count 00h from ${empty} read${empty === 1 ? "" : "s"}`}, by ${micros(recording.time)} us.`;
}

// src/report/ssif/medium.ts
var SsifMedium = class {
  conversation;
  heads = ["host CPU", "I2C bus", "", "BMC interrupt", "BMC tasks"];
  shares = [20, 22, 0, 40, 20];
  words = {
    stray: "other transaction",
    strayWhere: "in no request",
    endings: { answered: "answered", refused: "refused by NAK", restarted: "given up for the next", aborted: "broken off", open: "without an end" },
    end: { open: "open", restarted: "given up for the next request", aborted: "broken off", refused: "refused by NAK", answered: "answered" }
  };
  rules = SSIF_RULES;
  recording;
  passes;
  constructor(recording) {
    this.recording = recording;
    this.conversation = converseSsif(recording);
    this.passes = new Map(passesOf(recording).map((pass) => [pass.run.acts[0], pass]));
  }
  endingText(message) {
    return ssifEndingText(message);
  }
  /** The scenario says what its moves are. */
  consequence(_decision, _at) {
    return void 0;
  }
  /** Only the handler's own accesses: what happens on the bus meanwhile waits for its next pass. */
  accesses(act) {
    return accessesBus(this.recording, act);
  }
  /** The device carries a length before each message: four bytes, or one for older daemons. */
  payload(bytes) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    if (a + b * 256 + c * 65536 + d * 16777216 === bytes.length - 4) return bytes.slice(4);
    return a === bytes.length - 1 ? bytes.slice(1) : bytes;
  }
  hostRows(scene, index) {
    return ssifHostRows(scene, this.conversation, index);
  }
  /** What other controllers and targets do. */
  hardwareRows(scene, index) {
    return ssifHostRows(scene, this.conversation, index);
  }
  runRow(scene, run) {
    return ssifRunRow(scene, this.conversation, run, this.passes.get(run.acts[0]));
  }
  effects(act) {
    return ssifEffects(this.recording, this.conversation, act);
  }
  stepText(step, plain3) {
    return registerStep(this.recording, step, plain3);
  }
  phaseText(phase) {
    return `state:=${phase}`;
  }
  /** Every byte and STOP; START goes with its address. */
  isMove(row) {
    return /(?:ACK|NAK|^STOP)$/.test(row.cells[WIRE]);
  }
  keeps() {
    return false;
  }
  isLast(place2) {
    return isStop(this.conversation, place2);
  }
  keepsOfLast(place2, row) {
    return row.cells[IRQ] !== "" && completes(this.conversation, place2);
  }
  foldText(exchanges2) {
    return ssifFoldText(this.conversation, exchanges2);
  }
  minors(rows) {
    return [...rows];
  }
  registers() {
    return ssifRegisters(this.recording, this.passes.values());
  }
  hops(messages) {
    return ssifHops(this.recording, this.conversation, messages);
  }
  budgets() {
    return budgetsOf(this.recording, this.conversation);
  }
  verdict() {
    return ssifVerdict(this.recording);
  }
};

// src/report/medium.ts
function mediumOf(recording) {
  for (const { events } of recording.acts) {
    for (const event of events) {
      const name2 = nameOf(recording, event);
      if (name2 === "host.idr.write") return new KcsMedium(recording);
      if (name2 === "i2c.start") return new SsifMedium(recording);
    }
  }
  return recording.kinds.some(({ name: name2 }) => name2 === "i2c.start") ? new SsifMedium(recording) : new KcsMedium(recording);
}

// src/report/scene.ts
function sceneOf(recording, focus = {}) {
  const medium = mediumOf(recording);
  const { conversation } = medium;
  const calls = callsOf(recording);
  const violation = focus.violation === void 0 ? recording.violations[0] : focus.violation ?? void 0;
  const to = focus.to ?? violation?.at ?? recording.time;
  const detailed = detail(recording, conversation.messages, violation, to);
  const from = focus.from ?? Math.min(firstMoment(recording, detailed, to), violation?.oracle === "use-after-free" ? freed(recording, to) : to);
  const runs = runsOf(recording, (act) => medium.accesses(act));
  return {
    recording,
    medium,
    conversation,
    calls,
    runs,
    violation,
    detailed,
    from,
    to,
    last: violation === void 0 ? void 0 : conversation.messages.findLast((message) => message.from <= to),
    callAt: callsByAct(recording, calls),
    handled: new Set(runs.flatMap((run) => run.acts)),
    stepwise: stepwise(recording, calls, violation)
  };
}
function callsByAct(recording, calls) {
  const byAct = /* @__PURE__ */ new Map();
  const first = /* @__PURE__ */ new Map();
  for (const call2 of calls) first.set(call2.first, call2);
  const running = /* @__PURE__ */ new Map();
  for (const [index, { actor }] of recording.acts.entries()) {
    const call2 = first.get(index) ?? running.get(actor);
    if (call2 === void 0 || call2.actor !== actor) continue;
    byAct.set(index, call2);
    if (call2.last === index) running.delete(actor);
    else running.set(actor, call2);
  }
  return byAct;
}
function heldWithin(hold, from, to) {
  return hold.from <= to && (hold.to < 0 || hold.to >= from);
}
function isSetting(decision) {
  return decision.kind === "config" || decision.label === "more requests";
}
function bitesAtOnce(decision) {
  return !isSetting(decision) && !["gap", "length", "request buffer", "short buffer"].includes(decision.label);
}
var PASSING = 2;
function detail(recording, messages, violation, to) {
  const begun = messages.filter((message) => message.from <= to);
  const chosen = /* @__PURE__ */ new Set();
  const passing = [];
  for (const message of begun) {
    const end = message.to < 0 ? recording.time : message.to;
    const within3 = (at) => at >= message.from && at <= end;
    const turns = recording.holds.some((hold) => within3(hold.from) || within3(hold.to));
    if (turns || recording.decisions.some(({ decision, at }) => bitesAtOnce(decision) && within3(at))) chosen.add(message);
    else if (recording.holds.some((hold) => heldWithin(hold, message.from, end))) passing.push(message);
  }
  if (passing.length <= PASSING) for (const message of passing) chosen.add(message);
  for (const tag of mentioned(violation)) {
    const last2 = begun.findLast((message) => message.kind === "request" && tagOf(message.bytes) === tag);
    if (last2 !== void 0) chosen.add(last2);
  }
  for (const { decision, at } of recording.decisions) {
    if (isSetting(decision) || decision.kind === "stall") continue;
    const next2 = begun.find((message) => message.from >= at);
    if (next2 !== void 0) chosen.add(next2);
  }
  const last = begun[begun.length - 1];
  if (last !== void 0 && violation !== void 0) chosen.add(last);
  if (chosen.size === 0 && begun.length > 0) chosen.add(begun[0]);
  return chosen;
}
function mentioned(violation) {
  const tags = /* @__PURE__ */ new Set();
  for (const [, tag] of violation?.message.matchAll(/\btag (\d+)/g) ?? []) tags.add(Number(tag));
  return tags;
}
function firstMoment(recording, detailed, to) {
  let from = to;
  for (const { decision, at } of recording.decisions) if (!isSetting(decision) && at < from) from = at;
  for (const message of detailed) if (message.from < from) from = message.from;
  return from;
}
function freed({ acts, contexts, kinds }, to) {
  const act = acts.find(({ actor, events }) => contexts[actor] === UNBINDER || events.some(({ code }) => kinds[code].name === "bmc.kfree"));
  return act?.at ?? to;
}
function stepwise(recording, calls, violation) {
  const chosen = /* @__PURE__ */ new Set();
  for (const call2 of calls) {
    const end = call2.to < 0 ? recording.time : call2.to;
    const held2 = recording.holds.some((hold) => hold.actor === call2.actor && hold.from >= call2.from && hold.from <= end);
    const name2 = recording.contexts[call2.actor];
    const broken = violation !== void 0 && violation.at >= call2.from && violation.at <= end && violation.site.startsWith(`${name2} `);
    const endless = violation !== void 0 && violation.rule === "endless" && violation.at >= call2.from && violation.at <= end;
    if (held2 || broken || endless) chosen.add(call2);
  }
  return chosen;
}

// src/report/recorder.ts
var WORD2 = 4;
var Memory = class {
  /** When its next step can be issued; -1: it sleeps. */
  ready = -1;
  /** Interrupts were off after its last step. */
  irqsOff = false;
  /** Its stall, until it goes on. */
  hold = null;
  /** Of the poll under way: samples so far and when the last was taken. */
  samples = 0;
  sampledAt = 0;
};
var Recorder = class {
  system;
  sim;
  copies = /* @__PURE__ */ new Set();
  inner = null;
  acts = [];
  pending = [];
  decisions = [];
  holds = [];
  memory = [];
  phases = /* @__PURE__ */ new Map();
  phase = "";
  /** The last step of the BMC. */
  lastBmc = -1;
  /** When the stall at hand begins; -1: there is none. */
  heldAt = -1;
  /** When each decision was drawn, by its index in `sim.taken`. */
  drawn = /* @__PURE__ */ new Map();
  constructor(system) {
    this.system = system;
    this.sim = system.sim;
    for (const [code, def] of this.sim.ops.defs.entries()) if (/^copy_(to|from)_user word$/.test(def.label)) this.copies.add(code);
  }
  /** Runs the system once and records it. An observer that is there goes on observing. */
  run(chooser = NOMINAL) {
    const { sim } = this;
    this.acts = [];
    this.pending = [];
    this.decisions = [];
    this.holds = [];
    this.memory = sim.contexts.map(() => new Memory());
    this.drawn = /* @__PURE__ */ new Map();
    this.phases = /* @__PURE__ */ new Map();
    this.phase = "";
    this.lastBmc = -1;
    this.inner = sim.observer;
    const listeners = sim.trace.kinds.map((_kind, code) => (at, actor, a, b, c) => this.event({ at, actor, code, a, b, c }));
    sim.observer = this;
    for (const [code, listener] of listeners.entries()) sim.trace.on(code, listener);
    try {
      const { reason, steps, hash, time } = this.system.execute(this.timed(chooser));
      this.sync();
      this.flush();
      const config = this.system.kernel?.config;
      return {
        contexts: sim.contexts.map((ctx) => ctx.name),
        kinds: sim.trace.kinds,
        ops: sim.ops,
        acts: this.acts,
        phases: this.phases,
        decisions: this.decisions,
        holds: this.holds,
        violations: [...sim.violations],
        kernel: config === void 0 ? null : { preempt: config.preempt, cpus: config.cpus },
        reason,
        steps,
        hash,
        time
      };
    } finally {
      sim.observer = this.inner;
      for (const [code, listener] of listeners.entries()) sim.trace.off(code, listener);
    }
  }
  /** The same choices; it is noted when they are drawn. */
  timed(chooser) {
    if (chooser === NOMINAL) return chooser;
    const { sim, drawn } = this;
    return {
      plan: chooser.plan,
      draw(kind, actor, step, n, label) {
        const value = chooser.draw(kind, actor, step, n, label);
        if (value !== 0) drawn.set(sim.taken.length, sim.now);
        return value;
      }
    };
  }
  event(entry) {
    this.sync();
    const [first] = this.pending;
    if (first !== void 0 && first.at !== entry.at) this.flush();
    this.pending.push(entry);
  }
  /** What was emitted without a step stands alone. */
  flush() {
    for (const entry of this.pending) this.acts.push({ at: entry.at, actor: entry.actor, step: null, events: [entry] });
    this.pending = [];
  }
  step(ctx, op, value) {
    this.sync();
    const { now } = this.sim;
    const memory = this.memory[ctx.id];
    if (memory.hold !== null && memory.hold.step === ctx.step) {
      memory.hold.to = ctx.issuedAt;
      memory.hold = null;
    }
    const def = this.sim.ops.def(op);
    memory.ready = value === BLOCKED ? -1 : now + def.tail;
    const poll = def.kind === "poll" ? this.sample(ctx, memory, value) : void 0;
    const bytes = value !== BLOCKED && this.copies.has(op & 255) ? this.copied(ctx, value) : void 0;
    const gate = ctx.gate;
    const cpu = gate?.index ?? -1;
    memory.irqsOff = gate?.irqsOff === true;
    const entry = {
      at: now,
      issuedAt: ctx.issuedAt,
      actor: ctx.id,
      step: ctx.step,
      op,
      value,
      cpu,
      ...poll === void 0 ? {} : { poll },
      ...bytes === void 0 ? {} : { bytes }
    };
    if (this.pending.length > 0 && this.pending[0].at !== now) this.flush();
    if (ctx.name.startsWith("bmc:")) this.lastBmc = this.acts.length;
    this.acts.push({ at: now, actor: ctx.id, step: entry, events: this.pending });
    this.pending = [];
    this.inner?.step(ctx, op, value);
  }
  held(ctx) {
    this.heldAt = Math.max(this.sim.now, this.memory[ctx.id].ready);
    this.sync();
    this.heldAt = -1;
    this.inner?.held?.(ctx);
  }
  /** A sample of a poll; samples that read the same were not simulated, but are counted. */
  sample(ctx, memory, value) {
    const { now } = this.sim;
    memory.samples = memory.samples === 0 ? 1 : memory.samples + Math.max(1, Math.round((now - memory.sampledAt) / ctx.pollPeriod));
    memory.sampledAt = now;
    if (value === BLOCKED) return void 0;
    const record2 = { mask: ctx.pollMask, last: ctx.pollLast, samples: memory.samples };
    memory.samples = 0;
    return record2;
  }
  copied(ctx, value) {
    const task = this.system.kernel?.taskAt(ctx);
    if (value !== 0 || task === void 0 || task.copyUser === null) return void 0;
    const from = Math.floor((task.copyAt - 1) / WORD2) * WORD2;
    return [...task.copyUser.bytes.subarray(from, task.copyAt)];
  }
  // ---- decisions ------------------------------------------------------------------------------
  /** Looks at what the schedule has decided, and the driver has done between its steps, since the last look. */
  sync() {
    const { taken } = this.sim;
    while (this.decisions.length < taken.length) this.decided(taken[this.decisions.length]);
    const phase = this.system.driver?.phaseName ?? "";
    if (phase === this.phase) return;
    this.phase = phase;
    if (this.lastBmc >= 0) this.phases.set(this.lastBmc, phase);
  }
  decided(decision) {
    const index = this.decisions.length;
    const ctx = this.sim.contexts.find((c) => c.name === decision.actor);
    const at = this.drawn.get(index) ?? (this.heldAt >= 0 ? this.heldAt : ctx === void 0 ? this.sim.now : this.due(ctx, decision.step));
    this.decisions.push({ decision, at });
    if (decision.kind !== "stall" || ctx === void 0) return;
    const hold = {
      decision: index,
      actor: ctx.id,
      step: decision.step,
      label: decision.label,
      from: at,
      to: -1,
      standing: this.standing(ctx)
    };
    this.memory[ctx.id].hold = hold;
    this.holds.push(hold);
  }
  /**
   * When step `step` of `ctx`, which is late but not held, was about to be issued: right after the one before; or, of
   * a context that had slept, at the latest now, which is the first sign of it.
   */
  due(ctx, step) {
    const { ready } = this.memory[ctx.id];
    if (ready >= 0) return ready;
    return ctx.step === step ? Math.min(ctx.issuedAt, this.sim.now) : this.sim.now;
  }
  standing(ctx) {
    const task = this.system.kernel?.taskAt(ctx);
    if (task === void 0) return "";
    if (task.offCpu) return "off the CPU";
    return this.memory[ctx.id].irqsOff ? "interrupts off" : "keeps the CPU";
  }
};
function record(system, chooser = NOMINAL) {
  return new Recorder(system).run(chooser);
}

// src/report/timeline/document.ts
var GROUPS = ["host", "bus", "registers", "lines", "interrupt", "tasks", "locks"];
var ITEM_KINDS = [
  /** One step of a context, from its issue to its effect. */
  "step",
  /** A system call, from its entry to its return; its steps lie on it. */
  "call",
  /** One pass of the interrupt handler. */
  "pass",
  /** A context sleeps, or spins on a lock. */
  "wait",
  /** A stall of the schedule. */
  "held",
  /** A cycle on the bus, or a byte of it. */
  "cycle",
  /** A register keeps a value. */
  "value",
  /** A line is active. */
  "level",
  /** Something at one moment. */
  "event",
  /** A decision of the schedule that holds nobody. */
  "decision",
  /** A rule is broken. */
  "violation"
];

// src/report/timeline/builder.ts
var TimelineBuilder = class {
  lanes = [];
  laneIds = /* @__PURE__ */ new Map();
  drafts = [];
  drafted = [];
  clocks = [];
  strings = [""];
  stringIds = /* @__PURE__ */ new Map([["", 0]]);
  /** The lane of that name in that group; made when it is first asked for. */
  lane(group, name2) {
    const key2 = `${group}
${name2}`;
    let id = this.laneIds.get(key2);
    if (id === void 0) {
      id = this.lanes.length;
      this.lanes.push({ name: name2, group });
      this.laneIds.set(key2, id);
    }
    return id;
  }
  /** Adds an item that lasts from `from` to `to`. */
  add(lane, kind, from, to, text, more = {}) {
    if (to < from) throw new RangeError(`${text}: ends at ${to}, before it begins at ${from}`);
    const clocks = more.clocks === void 0 ? -1 : this.clocks.push(more.clocks) - 1;
    this.drafts.push({ lane, from, to, kind, text: this.intern(text), note: this.intern(more.note ?? ""), clocks, order: this.drafts.length });
    return this.drafts.length - 1;
  }
  link(cause, effect, through) {
    this.drafted.push({ cause, effect, through: this.intern(through) });
  }
  intern(text) {
    let id = this.stringIds.get(text);
    if (id === void 0) {
      id = this.strings.length;
      this.strings.push(text);
      this.stringIds.set(text, id);
    }
    return id;
  }
  /** Everything, lanes in the order of their groups, items in the order of their beginning. */
  finish() {
    const order = this.lanes.map((_lane, id) => id).sort((one, other) => rank(this.lanes[one]) - rank(this.lanes[other]) || one - other);
    const place2 = new Array(order.length);
    for (const [at, id] of order.entries()) place2[id] = at;
    const sorted = [...this.drafts].sort((one, other) => one.from - other.from || other.to - one.to || one.order - other.order);
    const number = new Array(sorted.length);
    for (const [at, { order: handle }] of sorted.entries()) number[handle] = at;
    return {
      lanes: order.map((id) => this.lanes[id]),
      strings: this.strings,
      items: {
        lane: sorted.map(({ lane }) => place2[lane]),
        from: sorted.map(({ from }, i) => from - (i === 0 ? 0 : sorted[i - 1].from)),
        length: sorted.map(({ from, to }) => to - from),
        kind: sorted.map(({ kind }) => ITEM_KINDS.indexOf(kind)),
        text: sorted.map(({ text }) => text),
        note: sorted.map(({ note }) => note),
        clocks: sorted.map(({ clocks }) => clocks)
      },
      links: {
        cause: this.drafted.map(({ cause }) => number[cause]),
        effect: this.drafted.map(({ effect }) => number[effect]),
        through: this.drafted.map(({ through }) => through)
      },
      clocks: this.clocks
    };
  }
};
function rank({ group }) {
  return GROUPS.indexOf(group);
}

// src/report/timeline/bus.ts
var LPC2 = /^(host\.(?!.*sample)|lpc\.)/;
var I2C2 = /^i2c\.(start|address|byte|stop|arbitration|timeout|vanish|recover)$/;
var MOMENT = /^i2c\.(start|stop|arbitration|timeout|recover)$/;
function addBus(builder, recording) {
  const { acts, kinds } = recording;
  const handles = acts.map(() => -1);
  const last = /* @__PURE__ */ new Map();
  for (const [index, { at, step, events }] of acts.entries()) {
    for (const event of events) {
      const name2 = nameOf(recording, event);
      const { section = "", text } = kinds[event.code];
      const says = text(event.a, event.b, event.c);
      let handle = -1;
      if (LPC2.test(name2)) {
        handle = builder.add(builder.lane("bus", "LPC"), "cycle", Math.min(step?.issuedAt ?? at, at), at, says, { note: section });
      } else if (I2C2.test(name2)) {
        const from = MOMENT.test(name2) ? at : last.get(event.c) ?? at;
        last.set(event.c, at);
        handle = builder.add(builder.lane("bus", `I2C${event.c}`), MOMENT.test(name2) ? "event" : "cycle", from, at, says.replace(/^I2C\d+: /, ""), { note: section });
      }
      if (handles[index] < 0) handles[index] = handle;
    }
  }
  return handles;
}
function addEvents(builder, recording) {
  const { acts, contexts, kinds } = recording;
  for (const { events } of acts) {
    for (const event of events) {
      const name2 = nameOf(recording, event);
      if (!/^(i2c\.dev_err|bmc\.kfree)$/.test(name2)) continue;
      const { text, section = "" } = kinds[event.code];
      const lane = name2 === "bmc.kfree" ? builder.lane("tasks", "memory") : builder.lane("interrupt", "complaints");
      builder.add(lane, "event", event.at, event.at, text(event.a, event.b, event.c), { note: section === "" ? contexts[event.actor] ?? "" : section });
    }
  }
}

// src/report/timeline/lines.ts
function moved2(name2, { a, b }) {
  switch (name2) {
    case "vic.source":
      return { line: `VIC source ${a}`, level: b !== 0 };
    case "vic.enable":
      return { line: `VIC source ${a} masked`, level: b === 0 };
    case "vic.line":
      return { line: "IRQ to the BMC", level: a !== 0 };
    case "serirq.request":
      return { line: `BMC requests IRQ${a}`, level: b !== 0 };
    case "serirq.sample":
      return { line: `host sees IRQ${a}`, level: b !== 0 };
    default:
      return void 0;
  }
}
function addLines(builder, recording) {
  const { acts, time } = recording;
  const high = /* @__PURE__ */ new Map();
  const risen = acts.map(() => -1);
  const fall = (line, to) => {
    const rise = high.get(line);
    if (rise === void 0) return;
    high.delete(line);
    const handle = builder.add(builder.lane("lines", line), "level", rise.from, to, rise.text, { note: rise.note });
    if (risen[rise.act] < 0) risen[rise.act] = handle;
  };
  for (const [act, { events }] of acts.entries()) {
    for (const event of events) {
      const move = moved2(nameOf(recording, event), event);
      if (move === void 0) continue;
      const { text, section } = recording.kinds[event.code];
      if (!move.level) fall(move.line, event.at);
      else if (!high.has(move.line)) {
        high.set(move.line, { act, from: event.at, text: text(event.a, event.b, event.c), note: section ?? "" });
      }
    }
  }
  for (const line of Array.from(high.keys())) fall(line, time);
  return risen;
}
function interrupts(recording, { events }) {
  return events.some((event) => nameOf(recording, event) === "vic.line" && event.a !== 0);
}

// src/report/timeline/causes.ts
var NO_WAY = /^$|decode/;
function causesOf(recording) {
  const { acts, ops } = recording;
  const causes = [];
  const writer = /* @__PURE__ */ new Map();
  const slept = /* @__PURE__ */ new Map();
  let raised = -1;
  for (const [index, act] of acts.entries()) {
    if (interrupts(recording, act)) raised = index;
    const { step } = act;
    if (step === null) continue;
    const { reads, writes } = ops.def(step.op).footprint(operandOf(step.op));
    const sources = /* @__PURE__ */ new Map();
    for (const object of [...reads, ...slept.get(step.actor) ?? []]) {
      const from = writer.get(object);
      if (from === void 0 || acts[from].actor === step.actor || NO_WAY.test(ops.objectName(object))) continue;
      if (!sources.has(from)) sources.set(from, object);
    }
    for (const [from, object] of sources) causes.push({ cause: from, effect: index, through: ops.objectName(object) });
    if (raised >= 0 && ops.label(step.op).endsWith("interrupt entry")) {
      causes.push({ cause: raised, effect: index, through: "IRQ to the BMC" });
      raised = -1;
    }
    if (step.value === BLOCKED) slept.set(step.actor, reads);
    else slept.delete(step.actor);
    for (const object of writes) writer.set(object, index);
  }
  for (const [index, act] of acts.entries()) {
    const before = acts[index - 1];
    if (act.step === null && act.actor < 0 && before !== void 0 && before.at === act.at) {
      causes.push({ cause: index - 1, effect: index, through: nameOf(recording, act.events[0]) });
    }
  }
  return causes;
}

// src/report/timeline/contexts.ts
function contextLane(builder, recording, actor) {
  const name2 = recording.contexts[actor];
  if (name2 === void 0) return void 0;
  const side = sideOf(recording, actor);
  const group = side === "host" ? "host" : side === "irq" ? "interrupt" : "tasks";
  return builder.lane(group, name2.replace(/^bmc:/, ""));
}
function addContexts(builder, recording, calls, runs) {
  const { acts, ops, time } = recording;
  const handles = [];
  const asleep = /* @__PURE__ */ new Map();
  const wake = (actor, to) => {
    const sleep = asleep.get(actor);
    const lane = contextLane(builder, recording, actor);
    if (sleep === void 0 || lane === void 0) return;
    asleep.delete(actor);
    builder.add(lane, "wait", sleep.from, Math.max(sleep.from, to), sleep.text.startsWith("sleep") ? sleep.text.replace(/^sleep/, "sleeps") : `sleeps in ${sleep.text}`);
  };
  for (const call2 of calls) {
    const lane = contextLane(builder, recording, call2.actor);
    if (lane !== void 0) builder.add(lane, "call", call2.from, call2.to < 0 ? time : call2.to, `${call2.name}()${resultText(call2)}`);
  }
  for (const run of runs) addPass(builder, recording, run);
  for (const { at, actor, step } of acts) {
    const lane = contextLane(builder, recording, actor);
    if (step === null || lane === void 0) {
      handles.push(-1);
      continue;
    }
    const label = ops.label(step.op);
    wake(actor, step.issuedAt);
    handles.push(builder.add(lane, "step", Math.min(step.issuedAt, at), at, ops.describe(step.op), { note: noteOf(step.value, step.poll?.samples) }));
    if (step.value === BLOCKED && sideOf(recording, actor) !== "irq") asleep.set(actor, { from: at, text: siteText(label) });
  }
  for (const actor of Array.from(asleep.keys())) wake(actor, time);
  addHolds(builder, recording);
  return handles;
}
function noteOf(value, samples) {
  if (value === BLOCKED) return "goes to sleep";
  const seen = samples === void 0 || samples < 2 ? "" : `, after ${samples} looks`;
  return value === 0 && seen === "" ? "" : `gives ${value < 0 ? value : `${value.toString(16).toUpperCase().padStart(2, "0")}h`}${seen}`;
}
function resultText({ result, outcome: outcome2 }) {
  if (result !== void 0) return ` = ${result}`;
  return outcome2 === "failed" ? " fails" : "";
}
function addPass(builder, recording, run) {
  const lane = contextLane(builder, recording, run.actor);
  const last = run.acts[run.acts.length - 1];
  if (lane === void 0 || last === void 0) return;
  const source = run.source < 0 ? "spurious interrupt" : `interrupt source ${run.source}`;
  const pending = run.raised >= 0 && run.entered > run.raised ? `pending for ${span(run.entered - run.raised)}` : "";
  builder.add(lane, "pass", run.entered, Math.max(run.entered, recording.acts[last].at), `${source}${run.handled === false ? ": IRQ_NONE" : ""}`, { note: pending });
}
function addHolds(builder, recording) {
  for (const { actor, from, to, label, decision, standing } of recording.holds) {
    const lane = contextLane(builder, recording, actor);
    if (lane === void 0) continue;
    const until = releaseText(recording.decisions[decision].decision.value, recording);
    const end = to < 0 ? recording.time : to;
    const note = standing === "" ? "" : standing === "interrupts off" ? "interrupts are off" : `it ${standing === "keeps the CPU" ? standing : `is ${standing}`}`;
    builder.add(lane, "held", from, Math.max(from, end), `HELD before ${siteText(label)} for ${span(end - from)}, ${until}`, { note });
  }
}

// src/report/timeline/locks.ts
var TAKE = /(?:spin|mutex|raw_spin)_(?:try)?lock\w*\((.*)\)$/;
var DROP = /(?:spin|mutex|raw_spin)_unlock\w*\((.*)\)$/;
function addLocks(builder, recording) {
  const { acts, ops, contexts, time } = recording;
  const held2 = /* @__PURE__ */ new Map();
  const awaited = /* @__PURE__ */ new Map();
  const take = (lock, actor, from) => void held2.set(`${lock}
${actor}`, { lock, actor, from });
  const show = ({ lock, actor, from }, to) => {
    builder.add(builder.lane("locks", lock), "call", from, Math.max(from, to), (contexts[actor] ?? "").replace(/^bmc:/, ""), { note: `holds ${lock}` });
  };
  for (const { at, actor, step } of acts) {
    if (step === null) continue;
    const waited = awaited.get(actor);
    if (waited !== void 0) {
      awaited.delete(actor);
      take(waited, actor, step.issuedAt);
    }
    const label = ops.label(step.op);
    const lock = TAKE.exec(label)?.[1];
    if (lock !== void 0 && !DROP.test(label)) {
      if (step.value === BLOCKED) awaited.set(actor, lock);
      else take(lock, actor, at);
      continue;
    }
    const dropped = DROP.exec(label)?.[1];
    if (dropped === void 0) continue;
    const key2 = `${dropped}
${actor}`;
    const hold = held2.get(key2);
    if (hold === void 0) continue;
    held2.delete(key2);
    show(hold, at);
  }
  for (const hold of held2.values()) show(hold, time);
}

// src/report/timeline/registers.ts
function addRegisters(builder, recording, tracks) {
  for (const { name: name2, changes } of [...tracks, phaseTrack(recording)]) {
    for (const [index, { at, text }] of changes.entries()) {
      const to = changes[index + 1]?.at ?? Math.max(at, recording.time);
      if (text !== "" && (to > at || index === changes.length - 1)) builder.add(builder.lane("registers", name2), "value", at, to, text);
    }
  }
}
function phaseTrack({ phases, acts }) {
  const changes = [...phases].map(([act, text]) => ({ at: acts[act].at, text }));
  return { name: "driver", changes: changes.sort((one, other) => one.at - other.at) };
}

// src/report/timeline/index.ts
var MARGIN = 0.05;
function timelineOf(recording, options) {
  const scene = sceneOf(recording, options);
  const { medium, violation } = scene;
  const builder = new TimelineBuilder();
  const steps = addContexts(builder, recording, scene.calls, scene.runs);
  const cycles = addBus(builder, recording);
  addRegisters(builder, recording, medium.registers());
  const lines = addLines(builder, recording);
  addEvents(builder, recording);
  addLocks(builder, recording);
  addMarks(builder, scene, options.describe);
  const main = (act) => steps[act] >= 0 ? steps[act] : cycles[act] >= 0 ? cycles[act] : lines[act];
  for (const [act, step] of steps.entries()) {
    if (step >= 0 && cycles[act] >= 0) builder.link(step, cycles[act], "the bus");
    if (step >= 0 && lines[act] >= 0) builder.link(step, lines[act], "the line");
  }
  for (const { cause, effect, through } of causesOf(recording)) {
    if (main(cause) >= 0 && main(effect) >= 0) builder.link(main(cause), main(effect), through);
  }
  const { kernel } = recording;
  const rule = violation === void 0 ? void 0 : ruleOf(violation, medium.rules);
  return {
    format: "inband-timeline/1",
    title: options.title,
    command: options.command ?? "",
    violation: violation === void 0 || rule === void 0 ? null : {
      oracle: violation.oracle,
      text: violation.message,
      rule: rule.text,
      source: rule.source,
      at: violation.at
    },
    decisions: decisionMarks(scene, options.describe),
    kernel: kernel === null ? "" : `preempt=${kernel.preempt}, ${kernel.cpus === 1 ? "1 CPU" : `${kernel.cpus} CPUs`}`,
    messages: messageMarks(scene),
    time: recording.time,
    focus: focusOf(scene),
    ...builder.finish()
  };
}
function focusOf({ from, to, recording }) {
  const margin = Math.ceil((to - from) * MARGIN);
  return [Math.max(0, from - margin), Math.min(Math.max(recording.time, to), to + margin)];
}
function decisionMarks({ recording, medium }, describe2) {
  return recording.decisions.map(({ decision, at }, index) => {
    const hold = recording.holds.find((one) => one.decision === index);
    return { at, text: decisionText(decision, at, recording, medium, hold, describe2) };
  });
}
function messageMarks({ conversation, medium }) {
  return conversation.messages.map((message) => {
    const ending = medium.endingText(message);
    const took = message.to < 0 ? "" : ` (${span(message.to - message.from)})`;
    return { at: message.from, text: `${messageName(message)}: ${messageText(message.bytes)}${ending === "" ? "" : `; ${ending}`}${took}` };
  });
}
function addMarks(builder, { recording, medium, violation }, describe2) {
  const { contexts, decisions } = recording;
  const laneOf = (name2) => contextLane(builder, recording, contexts.indexOf(name2)) ?? builder.lane("host", "schedule");
  for (const { decision, at } of decisions) {
    if (decision.kind === "stall" || isSetting(decision)) continue;
    builder.add(laneOf(decision.actor), "decision", at, at, decisionText(decision, at, recording, medium, void 0, describe2));
  }
  if (violation === void 0) return;
  const actor = contexts.find((name2) => violation.site.startsWith(`${name2} `)) ?? "host";
  builder.add(laneOf(actor), "violation", violation.at, violation.at, `${violation.oracle}: ${violation.message}`, { note: violation.site });
}

// src/report/html.ts
var KEYS = [
  ["+ -", "zoom in, out (or Ctrl and the wheel)"],
  ["\u2190 \u2192", "earlier, later (or drag)"],
  ["n p", "next, previous in the lane"],
  ["\u2191 \u2193", "the lane above, below"],
  ["z", "zoom to what is selected: down to single clocks"],
  ["f", "what matters"],
  ["a", "the whole run"],
  ["/", "find; Enter for the next"],
  ["N P", "next, previous that was found"],
  ["Esc", "select nothing"],
  ["t", "dark or light"],
  ["?", "this list"]
];
function timelinePage(document, { script, style }) {
  const { violation, title, command, kernel } = document;
  const said = violation === null ? `<h1>${escape(title)}</h1>` : `<h1><span class="oracle" id="oracle">\u2717 ${escape(violation.oracle)}</span> <span id="message">${escape(violation.text)}</span></h1>
<p>Rule: <span id="rule">${escape(violation.rule)}</span> <span class="faint">(${escape(violation.source)})</span></p>`;
  const facts = [violation === null ? "" : escape(title), kernel === "" ? "" : `Kernel: ${escape(kernel)}`, command === "" ? "" : `<code>${escape(command)}</code>`];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>
${style.trim()}
</style>
</head>
<body>
<header>
${said}
<p class="faint">${facts.filter((fact) => fact !== "").join(" \xB7 ")}</p>
<details open><summary>Schedule: ${count2(document.decisions.length, "decision")}</summary><ol id="decisions"></ol></details>
<details><summary>${count2(document.messages.length, "message")}</summary><ul id="messages"></ul></details>
</header>
<nav>
<button type="button" id="out" title="zoom out (-)">\u2212</button>
<button type="button" id="in" title="zoom in (+)">+</button>
<button type="button" id="matter" title="what matters (f)">what matters</button>
<button type="button" id="all" title="the whole run (a)">whole run</button>
<button type="button" id="item" title="zoom to what is selected (z)">selected</button>
<input id="find" type="search" placeholder="find: ODR write, kcs_bmc_read \u2026" aria-label="find an event"> <span id="found" class="faint" role="status"></span>
<button type="button" id="theme" title="dark or light (t)">\u25D0</button>
<button type="button" id="help" title="keys (?)">?</button>
</nav>
<main id="window" tabindex="0" aria-label="timeline"><canvas id="lanes" role="img" aria-label="lanes of host, bus, registers, interrupts, tasks and locks"></canvas></main>
<aside id="details" aria-live="polite"></aside>
<dialog id="keys"><table>${KEYS.map(([key2, what]) => `<tr><td><code>${escape(key2)}</code></td><td>${escape(what)}</td></tr>`).join("")}</table><form method="dialog"><button>close</button></form></dialog>
<script type="application/json" id="timeline">${json(document)}</script>
<script>
${script.trim()}
</script>
</body>
</html>
`;
}
function count2(n, what) {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
function escape(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
function json(value) {
  return JSON.stringify(value).replace(/</g, "\\u003c").replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");
}

// ../../try/big.ts
var [name, out, ...sets] = process.argv.slice(2);
var s = SCENARIOS.find((x) => x.name === name);
var settings = Object.fromEntries(sets.map((x) => {
  const [k, v] = x.split("=");
  return [k, /^\d+$/.test(v) ? Number(v) : v];
}));
var sys = s.build({ driver: s.defaultDriver, settings });
var r = record(sys);
var t = performance.now();
var doc = timelineOf(r, { title: name, command: "inband run " + name });
console.log("doc", performance.now() - t);
var page = timelinePage(doc, await bundleWeb());
writeFileSync2(out, page);
console.log(page.length, "acts", r.acts.length, "items", doc.items.lane.length, "links", doc.links.cause.length);
