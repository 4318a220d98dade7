import { GlobalEnable, MessageFlag } from '../../ipmi/bmc-state.ts';
import { AppCmd } from '../../ipmi/commands.ts';
import { CC_INDEX, RESPONSE_HEADER } from '../../ipmi/message.ts';
import { Lun, NetFn, RESPONSE_BIT, netFnLun } from '../../ipmi/netfn.ts';
import { EINVAL, ENODEV } from '../../linux/errno.ts';
import type { Steps } from '../../sim/process.ts';
import { SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';
import type { Ssif } from './ssif.ts';
import { SSIF_RECV_RETRIES, SSIF_SEND_RETRIES, TWO_PARTS_SEND } from './ssif-data.ts';

const APP = netFnLun(NetFn.APP, Lun.BMC);
/** "SSIF" as Get System Interface Capabilities has it. */
const SSIF = 0;
/** Shortest useful answer to that: header, reserved, support, input and output size. */
const CAPABILITIES = 7;
/** Bits of byte 4 of the capabilities. */
const PEC_BIT = 3;
const MULTI_SHIFT = 6;
const SSIF_NO_MULTI = 0;
const SSIF_MULTI_2_PART = 1;
const SSIF_MULTI_N_PART = 2;
/** Most bytes that two parts of a response carry: each says that it is one of several. */
const TWO_PARTS_RECV = 62;

/**
 * The scan of an address that nobody has named: the I2C core's quick write, then `ssif_detect()`. Not done for a BMC
 * that firmware (SMBIOS, ACPI) knows, and in vain on an adapter without quick commands: those that are like designware
 * Linux does not scan (I2C_CLASS_DEPRECATED). Returns 0 or -errno.
 */
export function* ssifDetect(ssif: Ssif): Steps<number> {
  if ((yield* ssif.smbus.quickWrite()) < 0) return -ENODEV;
  const probe = new Probe(ssif);
  return (yield* probe.doCmd(AppCmd.GET_DEVICE_ID)) === 0 ? 0 : -ENODEV;
}

/**
 * What `ssif_probe()` asks of the BMC, up to the point at which the interface takes messages. Nothing that goes wrong here
 * is fatal, unless the version wants to know whom it talks to: a BMC that answers nothing is registered as well, after a
 * quarter of a minute for each command. No PEC is used before its end. 0 or -errno.
 */
export function* ssifProbe(ssif: Ssif): Steps<number> {
  const { smbus } = ssif;
  smbus.pec = false;
  const probe = new Probe(ssif);
  if (ssif.info.identifies && (yield* probe.doCmd(AppCmd.GET_DEVICE_ID)) !== 0) return -ENODEV;
  const pec = yield* probe.capabilities();
  yield* probe.testMultipart();
  yield* probe.doCmd(AppCmd.CLEAR_MESSAGE_FLAGS, MessageFlag.WATCHDOG_PRE_TIMEOUT);
  yield* probe.enableEventBuffer();
  smbus.pec = pec;
  return 0;
}

/** Commands given by hand, before the driver's thread is there. */
class Probe {
  private readonly ssif: Ssif;
  private readonly msg = new Uint8Array(65);
  private readonly resp = new Uint8Array(256);
  /** Length of the last good response; keeps its value when none comes, as in the driver. */
  private len = 0;

  constructor(ssif: Ssif) {
    this.ssif = ssif;
  }

  /** `do_cmd()`, with one byte of data if that is given: 0 or -errno. */
  *doCmd(cmd: number, data = -1): Steps<number> {
    const { ssif, msg, resp } = this;
    const { exchange, smbus } = ssif;
    msg[0] = APP;
    msg[1] = cmd;
    msg[2] = data;
    const length = data < 0 ? 2 : 3;
    for (let left = SSIF_SEND_RETRIES; ; ) {
      exchange.begin(msg, length);
      if ((yield* smbus.blockWrite(SsifCmd.REQUEST, msg, length)) === 0) break;
      if (--left <= 0) {
        exchange.abandon('could not be sent');
        return -ENODEV;
      }
      yield* this.beforeResend();
    }
    exchange.sent();
    const got = yield* this.readResponse();
    if (got <= 0) return got;
    if (got < RESPONSE_HEADER || resp[0] !== (APP | RESPONSE_BIT) || resp[1] !== cmd) return -EINVAL;
    this.len = got;
    return 0;
  }

  /** `read_response()`: only the first part of it. The length, or 0 or -errno. */
  private *readResponse(): Steps<number> {
    const { exchange, smbus, info } = this.ssif;
    let got = -ENODEV;
    for (let left = SSIF_RECV_RETRIES; left > 0; left--) {
      got = yield* smbus.blockRead(SsifCmd.RESPONSE, this.resp);
      if (got > 0) {
        exchange.responded(this.resp, got);
        return got;
      }
      yield this.msleep(info.msgUsec);
    }
    exchange.gaveUp('response');
    return got;
  }

  /** Asks what the BMC can do, and makes sense of it. Returns whether it supports PEC. */
  *capabilities(): Steps<boolean> {
    const { info } = this.ssif;
    const { resp } = this;
    const rv = yield* this.doCmd(AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES, SSIF);
    const multi = resp[4] >> MULTI_SHIFT;
    if (rv !== 0 || this.len < CAPABILITIES || resp[CC_INDEX] !== 0 || multi > SSIF_MULTI_N_PART) {
      info.maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
      info.maxRecvMsgSize = I2C_SMBUS_BLOCK_MAX;
      return false;
    }
    let send = Infinity;
    let recv = Infinity;
    if (multi === SSIF_NO_MULTI) {
      send = I2C_SMBUS_BLOCK_MAX;
      recv = I2C_SMBUS_BLOCK_MAX;
    } else if (multi === SSIF_MULTI_2_PART) {
      send = TWO_PARTS_SEND;
      recv = TWO_PARTS_RECV;
    }
    info.maxXmitMsgSize = Math.min(resp[5], send);
    info.maxRecvMsgSize = Math.min(resp[6], recv);
    return ((resp[4] >> PEC_BIT) & 1) !== 0;
  }

  /**
   * `test_multipart_messages()`: the specification has the last part of a request as 07h in the text and as 08h in a
   * table. A Get Device ID with zeroes behind it is sent with 08h; if that is not answered, with an empty 07h; if that
   * is not either, messages end with a short 07h, so with at most 63 bytes.
   */
  *testMultipart(): Steps {
    const { ssif, msg } = this;
    const { info, smbus, exchange } = ssif;
    if (info.maxXmitMsgSize <= I2C_SMBUS_BLOCK_MAX) return;
    if (!info.testsMultipart) {
      info.maxXmitMsgSize = Math.min(info.maxXmitMsgSize, TWO_PARTS_SEND);
      return;
    }
    const middle = info.maxXmitMsgSize > TWO_PARTS_SEND;
    const whole = middle ? 2 * I2C_SMBUS_BLOCK_MAX : I2C_SMBUS_BLOCK_MAX;
    msg.fill(0);
    msg[0] = APP;
    msg[1] = AppCmd.GET_DEVICE_ID;
    const last = msg.subarray(2 * I2C_SMBUS_BLOCK_MAX);
    for (const [command, length] of [[SsifCmd.MULTI_PART_REQUEST_END, 1], [SsifCmd.MULTI_PART_REQUEST_MIDDLE, 0]] as const) {
      if ((yield* this.startMultipart(middle, whole + length)) !== 0) {
        exchange.abandon('could not be sent');
        info.maxXmitMsgSize = I2C_SMBUS_BLOCK_MAX;
        return;
      }
      let ret = yield* smbus.blockWrite(command, last, length);
      if (ret === 0) {
        exchange.sent();
        ret = yield* this.readResponse();
      }
      exchange.abandon('could not be sent');
      if (ret > 0) {
        info.cmd8Works = command === SsifCmd.MULTI_PART_REQUEST_END;
        return;
      }
    }
    info.maxXmitMsgSize = Math.min(info.maxXmitMsgSize, TWO_PARTS_SEND);
  }

  /** `start_multipart_test()`: all but the last part. Only the first is tried more than once. */
  private *startMultipart(middle: boolean, length: number): Steps<number> {
    const { msg } = this;
    const { smbus, exchange } = this.ssif;
    for (let left = SSIF_SEND_RETRIES; ; ) {
      exchange.begin(msg, length);
      const ret = yield* smbus.blockWrite(SsifCmd.MULTI_PART_REQUEST_START, msg, I2C_SMBUS_BLOCK_MAX);
      if (ret === 0) break;
      if (--left <= 0) return ret;
      yield* this.beforeResend();
    }
    if (!middle) return 0;
    return yield* smbus.blockWrite(SsifCmd.MULTI_PART_REQUEST_MIDDLE, msg.subarray(I2C_SMBUS_BLOCK_MAX), I2C_SMBUS_BLOCK_MAX);
  }

  /** The event message buffer, and unless that was on already the interrupt by which alerts are switched on. */
  *enableEventBuffer(): Steps {
    const { info, alertsBroken } = this.ssif;
    const { resp } = this;
    if ((yield* this.doCmd(AppCmd.GET_BMC_GLOBAL_ENABLES)) !== 0 || this.len <= RESPONSE_HEADER || resp[CC_INDEX] !== 0) return;
    info.globalEnables = resp[RESPONSE_HEADER];
    if ((info.globalEnables & GlobalEnable.EVENT_MESSAGE_BUFFER) !== 0) {
      info.hasEventBuffer = true;
      return;
    }
    if ((yield* this.setEnable(GlobalEnable.EVENT_MESSAGE_BUFFER)) < 0) return;
    info.hasEventBuffer = resp[CC_INDEX] === 0;
    if (alertsBroken) return;
    if ((yield* this.setEnable(GlobalEnable.RECEIVE_MESSAGE_INTERRUPT)) < 0) return;
    info.supportsAlert = resp[CC_INDEX] === 0; // even if it was on before
  }

  /** Sets a global enable; it is set in {@link SsifInfo.globalEnables} if the BMC agrees. 0, or -errno without answer. */
  private *setEnable(bit: number): Steps<number> {
    const { info } = this.ssif;
    const rv = yield* this.doCmd(AppCmd.SET_BMC_GLOBAL_ENABLES, info.globalEnables | bit);
    if (rv === 0 && this.resp[CC_INDEX] === 0) info.globalEnables |= bit;
    return rv;
  }

  private *beforeResend(): Steps {
    const { reqRetryUsec } = this.ssif.info;
    if (reqRetryUsec > 0) yield this.msleep(reqRetryUsec);
  }

  private msleep(usec: number): number {
    const { time, jiffies } = this.ssif;
    return time.wait(jiffies.msleep(usec / 1000), true);
  }
}
