import { KcsControl, Str } from '../ipmi/kcs.ts';
import { DATA, STATUS } from '../host/kcs/kcs-ports.ts';
import type { Recording } from './recording.ts';
import { isSiHost, siRecord, type RegNames, type SiAccess, type SiRecord } from './si-record.ts';

const REGS: RegNames = { STATUS, CMD: STATUS, DATA_OUT: DATA, DATA_IN: DATA };

/** Whether it is a recording of ipmi_si on KCS. */
export function isKcsHost(recording: Recording): boolean {
  return isSiHost(recording, REGS);
}

/** Takes a recording of a host apart. Throws {@link RecordingError} if it is none. */
export function kcsRecord(recording: Recording): SiRecord {
  return siRecord(recording, 'KCS', REGS);
}

/**
 * Whether a request is pending at access `at`: it reads the STATUS before WRITE_START. (START_OP drains OBF
 * between the two.) When the upper layer hands over a request does not follow from what was read.
 */
export function kcsRequestAhead(accesses: readonly SiAccess[], at: number): boolean {
  const status = accesses[at];
  if (status === undefined || status.write || status.reg !== STATUS) return false;
  const start = accesses[(status.value & Str.OBF) !== 0 ? at + 2 : at + 1];
  return start !== undefined && start.write && start.reg === STATUS && start.value === KcsControl.WRITE_START;
}
