import { KcsControl, Str } from '../ipmi/kcs.ts';
import { US, type Ps } from '../sim/time.ts';
import { DATA, STATUS, type KcsReg } from '../host/io.ts';
import { RecordingError, integer, string, type Fields, type Recording } from './recording.ts';
import { headerTransactions, type RecordedTransaction } from './transactions.ts';

/** One recorded port access of the host. */
export interface KcsAccess {
  /** Number in the recording. */
  readonly i: number;
  readonly write: boolean;
  readonly reg: KcsReg;
  readonly value: number;
  readonly at: Ps;
}

/** A recording of ipmi_si on KCS, checked and reduced to what is compared. */
export interface KcsRecord {
  /** Port accesses; the interrupt's edges are left out, for the handler makes no access of its own. */
  readonly accesses: readonly KcsAccess[];
  readonly transactions: readonly RecordedTransaction[];
  /** Whether the interface has an interrupt. */
  readonly irq: boolean;
  /** Whether it begins with the detection of the interface. */
  readonly boot: boolean;
}

const REGS: Readonly<Record<string, KcsReg>> = { STATUS, CMD: STATUS, DATA_OUT: DATA, DATA_IN: DATA };

/** Whether `header` belongs to a recording of ipmi_si, and `lines` to KCS. */
export function isKcsHost(recording: Recording): boolean {
  if (recording.header['client'] !== 'ipmi_si') return false;
  const first = recording.lines.find((line) => line['op'] === 'r' || line['op'] === 'w');
  return first !== undefined && typeof first['reg'] === 'string' && first['reg'] in REGS;
}

/** Takes a recording of a host apart. Throws {@link RecordingError} if it is none. */
export function kcsRecord({ header, lines }: Recording): KcsRecord {
  const accesses: KcsAccess[] = [];
  for (const [at, line] of lines.entries()) {
    const where = `access ${at}`;
    const op = string(line, 'op', where);
    if (op === 'irq') continue;
    if (op !== 'r' && op !== 'w') throw new RecordingError(`${where}: op is "${op}"`);
    const reg = REGS[string(line, 'reg', where)];
    if (reg === undefined) throw new RecordingError(`${where}: ${string(line, 'reg', where)} is no register of KCS`);
    accesses.push({
      i: integer(line, 'i', where),
      write: op === 'w',
      reg,
      value: integer(line, 'val', where),
      at: integer(line, 't_us', where) * US,
    });
  }
  return { accesses, transactions: headerTransactions(header) ?? [], irq: hostIrq(header), boot: isBoot(header) };
}

function hostIrq(header: Fields): boolean {
  return header['host_irq'] !== undefined && integer(header, 'host_irq', 'header') !== 0;
}

/** A recording without a command is that of the driver's start. */
function isBoot(header: Fields): boolean {
  return header['transactions'] !== undefined && header['cmd'] === undefined;
}

/**
 * Whether a request is pending at access `at`: it reads the STATUS before WRITE_START. (START_OP drains OBF
 * between the two.) When the upper layer hands over a request does not follow from what was read.
 */
export function requestAhead(accesses: readonly KcsAccess[], at: number): boolean {
  const status = accesses[at];
  if (status === undefined || status.write || status.reg !== STATUS) return false;
  const start = accesses[(status.value & Str.OBF) !== 0 ? at + 2 : at + 1];
  return start !== undefined && start.write && start.reg === STATUS && start.value === KcsControl.WRITE_START;
}
