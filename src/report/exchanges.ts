import { messageName, type Message } from './messages.ts';
import { HOST, IRQ, folded, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** A maximal run of rows of one exchange, with the rows of nobody between them. */
interface Group {
  readonly message: Message;
  readonly exchange: number;
  readonly rows: Row[];
  /** The same exchange is elsewhere too: something came in between. */
  torn: boolean;
}

/** Exchanges of single bytes that nobody disturbed become one row. */
export function exchanges(scene: Scene, rows: readonly Row[]): Row[] {
  const parts: (Row | Group)[] = [];
  for (const row of rows) {
    const last = parts[parts.length - 1];
    if (row.place === undefined) parts.push(row);
    else if (last !== undefined && 'rows' in last && last.message === row.place.message && last.exchange === row.place.exchange) last.rows.push(row);
    else parts.push({ ...row.place, rows: [row], torn: false });
  }
  tear(parts);
  const out: Row[] = [];
  let run: Group[] = [];
  const close = () => {
    if (run.length > 0) out.push(...foldRun(scene, run));
    run = [];
  };
  for (const part of parts) {
    if (!('rows' in part)) {
      close();
      out.push(part);
      continue;
    }
    if (!plain(part)) {
      close();
      out.push(...part.rows);
      continue;
    }
    if (part.message.kind !== 'request' && part.message === scene.last) {
      close();
      out.push(...part.rows.filter((row) => essential(row) || row.cells[HOST] === 'reads ODR'));
      continue;
    }
    if (run.length > 0 && run[0].message !== part.message) close();
    run.push(part);
    if (isLastByte(part)) close();
  }
  close();
  return out;
}

/** The last byte of a request: with it the driver has the whole, and wakes its reader. */
function isLastByte({ message, exchange }: Group): boolean {
  return message.kind === 'request' && message.sent >= 0 && exchange === message.bytes.length + 1;
}

/** Exchanges that occur in several places are disturbed. */
function tear(parts: readonly (Row | Group)[]): void {
  const seen = new Map<Message, Map<number, Group>>();
  for (const part of parts) {
    if (!('rows' in part)) continue;
    const known = seen.get(part.message) ?? new Map<number, Group>();
    seen.set(part.message, known);
    const other = known.get(part.exchange);
    if (other === undefined) known.set(part.exchange, part);
    else if (!quiet(part) && !quiet(other)) other.torn = part.torn = true;
  }
}

/** Nothing in it but what follows an exchange: reads of STATUS, the last empty byte. */
function quiet(group: Group): boolean {
  return group.rows.every((row) => row.minor === true || row.style === 'message');
}

/** One write of the host, one pass of the handler, and nothing out of the ordinary. */
function plain(group: Group): boolean {
  if (group.torn) return false;
  if (quiet(group)) return true;
  if (group.message.kind === 'stray') return false;
  let writes = 0;
  let passes = 0;
  for (const row of group.rows) {
    if (row.odd === true || row.burst !== undefined) return false;
    if (row.cells[HOST].startsWith('writes ')) writes++;
    if (row.cells[IRQ] !== '') passes++;
  }
  return writes === 1 && passes === 1;
}

/** What is left of an exchange that is kept: the write, the pass of the handler, what is said. */
function essential(row: Row): boolean {
  return row.cells[HOST].startsWith('writes ') || row.cells[IRQ] !== '' || row.style === 'message';
}

/**
 * Folds undisturbed exchanges of one message. What is said about it is kept, the pass that takes the last
 * byte of a request, and its beginning if it begins while somebody is held.
 */
function foldRun(scene: Scene, run: readonly Group[]): Row[] {
  const out: Row[] = [];
  let rest = run;
  if (run[0].exchange === 0 && heldAt(scene, run[0].rows[0].at)) {
    out.push(...run[0].rows.filter(essential));
    rest = run.slice(1);
  }
  const inner = rest.filter((group) => !quiet(group));
  const said = rest.flatMap((group) => group.rows.filter((row) => row.style === 'message'));
  out.push(...said.filter((row) => row.at <= (inner[0]?.rows[0].at ?? row.at)));
  if (inner.length > 0) out.push(folded(inner[0].rows[0].at, foldText(inner, handlerOf(inner))));
  const last = inner[inner.length - 1];
  if (last !== undefined && isLastByte(last)) out.push(...last.rows.filter((row) => row.cells[IRQ] !== ''));
  out.push(...said.filter((row) => !out.includes(row)));
  return out;
}

function heldAt({ recording }: Scene, at: number): boolean {
  return recording.holds.some((hold) => hold.from <= at && (hold.to < 0 || at < hold.to));
}

function handlerOf(groups: readonly Group[]): string {
  const names = new Set(groups.flatMap((group) => group.rows.map((row) => row.cells[IRQ].replace(/,.*/, ''))).filter((text) => text !== ''));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : 'the handler';
}

function foldText(groups: readonly Group[], handler: string): string {
  const [{ message, exchange: first }] = groups;
  const taken = `, ${groups.length === 1 ? '' : 'each '}taken by ${handler}`;
  if (message.kind !== 'request') return `${count(groups.length, first === 0 ? '' : 'more ')} of ${messageName(message)}${taken}`;
  const written = groups.filter((group) => message.sent < 0 || group.exchange <= message.bytes.length + 1);
  const read = groups.length - written.length;
  const parts: string[] = [];
  if (written.length > 0) {
    const end = endOf(message);
    const data = written.filter(({ exchange }) => exchange !== 0 && exchange !== end).length;
    const words = [
      ...(first === 0 ? ['WRITE_START'] : []), ...(data > 0 ? [count(data, first === 0 ? '' : 'more ')] : []),
      ...(written.some(({ exchange }) => exchange === end) ? ['WRITE_END'] : []),
    ];
    parts.push(`${[words.slice(0, -1).join(', '), ...words.slice(-1)].filter((word) => word !== '').join(' and ')} of request ${message.number}`);
  }
  if (read > 0) parts.push(`${count(read, 'more ')} of the response to request ${message.number}`);
  return `${parts.join('; ')}${taken}`;
}

function count(n: number, more: string): string {
  return `${n} ${more}byte${n === 1 ? '' : 's'}`;
}

/** The exchange of WRITE_END: before the last byte, if that was written. */
function endOf({ bytes, sent, stage }: Message): number {
  if (sent >= 0) return bytes.length;
  return stage === 'ending' ? bytes.length + 1 : -1;
}
