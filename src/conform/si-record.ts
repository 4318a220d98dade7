import { US, type Ps } from '../sim/time.ts';
import type { PortReg } from '../host/io.ts';
import { RecordingError, integer, string, type Fields, type Recording } from './recording.ts';
import { headerTransactions, type RecordedTransaction } from './transactions.ts';

/** One recorded port access of the host. */
export interface SiAccess {
  /** Number in the recording. */
  readonly i: number;
  readonly write: boolean;
  readonly reg: PortReg;
  readonly value: number;
  readonly at: Ps;
  /** Level of the interrupt line at that time. */
  readonly line: boolean;
}

/** A recording of ipmi_si, checked and reduced to what is compared. */
export interface SiRecord {
  /** Port accesses, without the interrupt's edges. */
  readonly accesses: readonly SiAccess[];
  readonly transactions: readonly RecordedTransaction[];
  /** Whether the interface has an interrupt. */
  readonly irq: boolean;
  /** Whether it begins with the detection of the interface. */
  readonly boot: boolean;
}

/** The registers of an interface by the names that recordings give them. */
export type RegNames = Readonly<Record<string, PortReg>>;

/** Whether `header` belongs to a recording of ipmi_si, and `lines` to the interface with these registers. */
export function isSiHost({ header, lines }: Recording, regs: RegNames): boolean {
  if (header['client'] !== 'ipmi_si') return false;
  const first = lines.find((line) => line['op'] === 'r' || line['op'] === 'w');
  return first !== undefined && typeof first['reg'] === 'string' && first['reg'] in regs;
}

/** Takes a recording of a host apart. Throws {@link RecordingError} if it is none of the interface `name`. */
export function siRecord({ header, lines }: Recording, name: string, regs: RegNames): SiRecord {
  const accesses: SiAccess[] = [];
  let asserted = false;
  for (const [at, line] of lines.entries()) {
    const where = `access ${at}`;
    const op = string(line, 'op', where);
    if (op === 'irq') {
      asserted = line['level'] === 1;
      continue;
    }
    if (op !== 'r' && op !== 'w') throw new RecordingError(`${where}: op is "${op}"`);
    const reg = regs[string(line, 'reg', where)];
    if (reg === undefined) throw new RecordingError(`${where}: ${string(line, 'reg', where)} is no register of ${name}`);
    accesses.push({
      i: integer(line, 'i', where),
      write: op === 'w',
      reg,
      value: integer(line, 'val', where),
      at: integer(line, 't_us', where) * US,
      line: asserted,
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
