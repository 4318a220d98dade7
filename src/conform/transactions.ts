import { SILENT, type HostLog } from '../host/log.ts';
import { RecordingError, bytes, hex, isFields, string, type Fields } from './recording.ts';

/** Where model and recording part. */
export interface Mismatch {
  /** Number of the access or event in the recording. */
  readonly i: number;
  /** What was recorded. */
  readonly expected: string;
  /** What the model does. */
  readonly got: string;
}

/** What comparing a host with its recording has come to. */
export interface HostResult {
  /** Accesses or events compared. */
  readonly steps: number;
  /** Those, and transactions, that differ. The comparison ends with the first access that does. */
  readonly mismatches: number;
  readonly first?: Mismatch;
  readonly transactions: readonly { readonly req: string; readonly resp: string; readonly ok: boolean }[];
}

/** One recorded transaction: request and response from NetFn/LUN on. */
export interface RecordedTransaction {
  readonly req: Uint8Array;
  readonly resp: Uint8Array;
  /** Whether the recording goes on to its end. */
  readonly complete: boolean;
}

/** The transactions that a header tells of: a list, or the header itself is one; undefined: it tells of none. */
export function headerTransactions(header: Fields): RecordedTransaction[] | undefined {
  const list: unknown = header['transactions'] ?? (header['req'] === undefined ? undefined : [header]);
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) throw new RecordingError('header: transactions is not an array');
  return list.map((entry: unknown, at) => {
    const where = `transaction ${at}`;
    if (!isFields(entry)) throw new RecordingError(`${where} is not an object`);
    const complete = entry['complete'] !== false;
    const resp = complete ? bytes(string(entry, 'resp', where), where) : new Uint8Array(0);
    return { req: bytes(string(entry, 'req', where), where), resp, complete };
  });
}

/** What the host model says of its transactions while it is compared. */
export class TransactionLog {
  /** Requests that have begun, and what came back. */
  begun = 0;
  private readonly requests: string[] = [];
  private readonly answers: string[] = [];
  readonly log: HostLog = {
    ...SILENT,
    began: (request, length) => {
      this.begun++;
      this.requests.push(hex(request, length));
    },
    responded: (response, length) => {
      this.answers[this.begun - 1] = hex(response, length);
    },
  };

  /**
   * The result after `steps` accesses, of which `access` is the one that differs. Without `recorded` transactions those of
   * the model are as good as any. `last` is the number of the last access of the recording.
   */
  result(steps: number, access: Mismatch | undefined, recorded: readonly RecordedTransaction[] | undefined, last: number): HostResult {
    let first = access;
    let mismatches = access === undefined ? 0 : 1;
    const differs = (expected: string, got: string): void => {
      mismatches++;
      first ??= { i: last, expected, got };
    };
    const expected = recorded?.map(({ req, resp, complete }) => ({ req: hex(req), resp: hex(resp), complete }))
      ?? this.requests.map((req) => ({ req, resp: '', complete: false }));
    const transactions = expected.map(({ req, resp, complete }, n) => {
      const ok = this.requests[n] === req && (!complete || this.answers[n] === resp);
      if (!ok) differs(`transaction ${n}: ${req} -> ${resp}`, `${this.requests[n] ?? 'none'} -> ${this.answers[n] ?? 'none'}`);
      return { req, resp: this.answers[n] ?? '', ok };
    });
    if (this.begun > transactions.length) differs(`${transactions.length} transactions`, `${this.begun}`);
    return { steps, mismatches, ...(first && { first }), transactions };
  }
}
