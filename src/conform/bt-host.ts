import type { Op } from '../sim/op.ts';
import { BtSm } from '../host/bt/bt-data.ts';
import { BT_BUFFER, BT_CTRL, BT_INTMASK } from '../host/bt/bt-ports.ts';
import { BtStateMachine } from '../host/bt/bt-sm.ts';
import type { HostIo, PortReg } from '../host/io.ts';
import type { HostLog } from '../host/log.ts';
import { acknowledgeIrq } from '../host/si/int-mask.ts';
import { btRecord, btRequestAhead, firstSeq, writeBytesAhead } from './bt-record.ts';
import type { Recording } from './recording.ts';
import { SiComparison } from './si-host.ts';
import type { SiAccess, SiRecord } from './si-record.ts';
import type { HostResult } from './transactions.ts';

/** Makes the machine that is compared; for trying the comparison on an altered one. */
export type MakeBtMachine = (io: HostIo, log: HostLog) => BtStateMachine;

/**
 * Compares what ipmi_si did on a BT interface with the host model, access by access: see {@link SiComparison}. Sequence
 * numbers are compared too: from 0 on after a start, else from that of the first request on. The time of an interrupt is
 * taken from the recording, like that of a request.
 *
 * @throws {RecordingError} if it is not such a recording
 */
export function compareBtHost(
  recording: Recording,
  make: MakeBtMachine = (io, log) => new BtStateMachine(io, log),
): HostResult {
  return new BtComparison(btRecord(recording), make).run();
}

class BtComparison extends SiComparison<BtStateMachine> {
  constructor(record: SiRecord, make: MakeBtMachine) {
    super(record, make);
    const { accesses, boot } = record;
    if (boot) return;
    this.machine.seq = firstSeq(accesses) ?? 0;
    if (!writeBytesAhead(accesses, 0)) return;
    this.handOverNext(); // what precedes the call of WRITE_BYTES is not recorded
    if (this.machine.state === BtSm.XACTION_START) this.machine.state = BtSm.WRITE_BYTES;
  }

  protected requestAhead(at: number): boolean {
    return btRequestAhead(this.record.accesses, at);
  }

  /** The interrupt handler writes BT_INTMASK before it waits its turn for an event call. */
  protected override interrupts(op: Op, access: SiAccess): boolean {
    return access.line && op === this.inb(BT_CTRL) && this.matches(acknowledgeIrq(this, BT_INTMASK), access);
  }

  protected portName(write: boolean, reg: PortReg): string {
    if (reg === BT_BUFFER) return write ? 'HOST2BMC' : 'BMC2HOST';
    return reg === BT_CTRL ? 'BT_CTRL' : 'BT_INTMASK';
  }
}
