import type { HostIo, PortReg } from '../host/io.ts';
import { STATUS } from '../host/kcs/kcs-ports.ts';
import { KcsStateMachine } from '../host/kcs/kcs-sm.ts';
import type { HostLog } from '../host/log.ts';
import { kcsRecord, kcsRequestAhead } from './kcs-record.ts';
import type { Recording } from './recording.ts';
import { SiComparison } from './si-host.ts';
import type { HostResult } from './transactions.ts';

/** Makes the machine that is compared; for trying the comparison on an altered one. */
export type MakeMachine = (io: HostIo, log: HostLog) => KcsStateMachine;

/**
 * Compares what ipmi_si did on a KCS interface with the host model, access by access: see {@link SiComparison}.
 *
 * @throws {RecordingError} if it is not such a recording
 */
export function compareKcsHost(
  recording: Recording,
  make: MakeMachine = (io, log) => new KcsStateMachine(io, log),
): HostResult {
  return new KcsComparison(kcsRecord(recording), make).run();
}

class KcsComparison extends SiComparison {
  protected requestAhead(at: number): boolean {
    return kcsRequestAhead(this.record.accesses, at);
  }

  protected portName(write: boolean, reg: PortReg): string {
    if (reg === STATUS) return write ? 'CMD' : 'STATUS';
    return write ? 'DATA_IN' : 'DATA_OUT';
  }
}
