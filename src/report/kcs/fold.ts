import type { Exchange } from '../medium.ts';
import { messageName, type Message, type Place } from '../messages.ts';
import { withoutRows } from '../polls.ts';
import { HOST, IRQ, LINE, WIRE, type Row } from '../rows.ts';

/** The last byte of a request: with it the driver has the whole, and wakes its reader. */
export function isLastByte({ message, exchange }: Place): boolean {
  return message.kind === 'request' && message.sent >= 0 && exchange === message.bytes.length + 1;
}

/** Exchanges of single bytes that nobody disturbed. */
export function kcsFoldText(groups: readonly Exchange[], handler: string): string {
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
  if (read > 0) parts.push(readText(message, groups.slice(written.length)));
  return `${parts.join('; ')}${taken}`;
}

/** The first byte of a response comes without a READ, the last READ brings IDLE_STATE and an empty byte instead of one. */
function readText(message: Message, groups: readonly Exchange[]): string {
  const bytes = groups.filter(({ exchange }) => exchange - message.bytes.length - 1 < message.response.length).length;
  const rest = groups.length - bytes;
  const end = message.ending === 'answered' ? 'its end' : `${rest} READ${rest === 1 ? '' : 's'} without an answer`;
  const response = `the response to request ${message.number}`;
  if (bytes === 0) return message.ending === 'answered' ? `the end of ${response}` : `${end} of ${response}`;
  return `${count(bytes, 'more ')} of ${response}${rest === 0 ? '' : ` and ${end}`}`;
}

function count(n: number, more: string): string {
  return `${n} ${more}byte${n === 1 ? '' : 's'}`;
}

/** The exchange of WRITE_END: before the last byte, if that was written. */
function endOf({ bytes, sent, stage }: Message): number {
  if (sent >= 0) return bytes.length;
  return stage === 'ending' ? bytes.length + 1 : -1;
}

/** Reads of STATUS that say nothing new, and bytes that mean nothing, go. */
export function kcsMinors(rows: readonly Row[]): Row[] {
  const dropped = new Set<Row>();
  let known = '';
  let handler = '';
  for (const [i, row] of rows.entries()) {
    const host = row.cells[HOST];
    const over = row.place === undefined || (row.place.message.to >= 0 && row.at > row.place.message.to);
    if (row.minor === true && row.cells[LINE].endsWith(' high')) continue;
    const status = host.startsWith('reads STATUS') || host.startsWith('polls STATUS');
    if (row.minor === true && (!status || over || row.cells.join('|') === known || nextHost(rows, i).startsWith('polls STATUS'))) {
      dropped.add(row);
      continue;
    }
    if (row.cells[IRQ] !== '') handler = row.cells[WIRE].replace(/^ODR\d=\w+, /, '');
    else if (host.endsWith('until IBF=0') && row.odd !== true && row.cells[WIRE] === handler) { // as the handler left it
      dropped.add(row);
      continue;
    }
    if (status) known = `reads STATUS|${row.cells.slice(1).join('|')}`;
    else if (host !== '' || row.cells[IRQ] !== '') known = '';
  }
  return withoutRows(rows, dropped, 'STATUS');
}

function nextHost(rows: readonly Row[], at: number): string {
  for (let i = at + 1; i < rows.length; i++) {
    if (rows[i].cells[HOST] !== '') return rows[i].cells[HOST];
    if (rows[i].wide !== undefined) return '';
  }
  return '';
}
