import { BtCtrl } from '../ipmi/bt.ts';
import { BT_BUFFER, BT_CTRL, BT_INTMASK } from '../host/bt/bt-ports.ts';
import type { Recording } from './recording.ts';
import { isSiHost, siRecord, type RegNames, type SiAccess, type SiRecord } from './si-record.ts';

const REGS: RegNames = { BT_CTRL, HOST2BMC: BT_BUFFER, BMC2HOST: BT_BUFFER, BT_INTMASK };

/** Whether it is a recording of ipmi_si on BT. */
export function isBtHost(recording: Recording): boolean {
  return isSiHost(recording, REGS);
}

/** Takes a recording of a host apart. Throws {@link RecordingError} if it is none. */
export function btRecord(recording: Recording): SiRecord {
  return siRecord(recording, 'BT', REGS);
}

/**
 * Whether a request is pending at access `at`: it is the first of the three reads of BT_CTRL ahead of CLR_WR_PTR, two of
 * XACTION_START and one of WRITE_BYTES. When the upper layer hands over a request does not follow from what was read.
 */
export function btRequestAhead(accesses: readonly SiAccess[], at: number): boolean {
  if (!isCtrlRead(accesses[at])) return false;
  const second = pastHBusy(accesses, at + 1);
  return second >= 0 && writeBytesAhead(accesses, second);
}

/** Whether the call at access `at` is that of WRITE_BYTES: a recording of one transaction begins there. */
export function writeBytesAhead(accesses: readonly SiAccess[], at: number): boolean {
  const next = accesses[pastHBusy(accesses, at)];
  return next !== undefined && isCtrlWrite(next, BtCtrl.CLR_WR_PTR) && accesses[at + 1]?.reg === BT_CTRL;
}

/** The sequence number of the first request: the third byte behind CLR_WR_PTR; undefined: there is none. */
export function firstSeq(accesses: readonly SiAccess[]): number | undefined {
  return accesses.filter(({ write, reg }) => write && reg === BT_BUFFER)[2]?.value;
}

/** The access behind the read of BT_CTRL at `at` and, if that shows H_BUSY, its being switched off; -1: no such read. */
function pastHBusy(accesses: readonly SiAccess[], at: number): number {
  const read = accesses[at];
  if (!isCtrlRead(read)) return -1;
  const next = accesses[at + 1];
  return (read.value & BtCtrl.H_BUSY) !== 0 && next !== undefined && isCtrlWrite(next, BtCtrl.H_BUSY) ? at + 2 : at + 1;
}

function isCtrlRead(access: SiAccess | undefined): access is SiAccess {
  return access !== undefined && !access.write && access.reg === BT_CTRL;
}

function isCtrlWrite({ write, reg, value }: SiAccess, expected: number): boolean {
  return write && reg === BT_CTRL && value === expected;
}
