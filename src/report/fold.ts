import { endingText } from './host-rows.ts';
import { messageName, type Message } from './messages.ts';
import { messageText, micros, span } from './names.ts';
import { HOST, IRQ, across, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** The rows that carry information: whole messages and exchanges of bytes that nobody disturbed are one row each. */
export function fold(scene: Scene, rows: readonly Row[]): Row[] {
  return repeats(bursts(minors(exchanges(scene, messages(scene, rows)))));
}

function folded(at: number, text: string): Row {
  return across(at, 'fold', `... ${text}`);
}

// ---- whole messages ---------------------------------------------------------------------------

/** Messages that are not shown in detail become one row, with all that happened until the next. */
function messages(scene: Scene, rows: readonly Row[]): Row[] {
  const all = scene.conversation.messages;
  const out: Row[] = [];
  const before = all.filter((message) => message.from < scene.from);
  if (before.length > 0) out.push(folded(scene.from, `before: ${summary(before)}`));
  let i = 0;
  while (i < rows.length) {
    const group: Message[] = [];
    const first = rows[i];
    let end = i;
    const begins = all.findIndex((message) => message === first.place?.message && message.from >= scene.from);
    for (let n = begins; n >= 0 && n < all.length && !scene.detailed.has(all[n]); n++) {
      const until = all[n + 1]?.from ?? scene.to + 1;
      if (all[n].from > scene.to) break;
      let to = end;
      while (to < rows.length && rows[to].at < until) to++;
      if (rows.slice(end, to).some(({ style }) => style === 'held' || style === 'decision' || style === 'violation')) break;
      group.push(all[n]);
      end = to;
    }
    if (end === i) {
      out.push(first);
      i++;
    } else {
      out.push(folded(first.at, summary(group)));
      i = end;
    }
  }
  return out;
}

function summary(group: readonly Message[]): string {
  if (group.length === 1) {
    const [message] = group;
    const asked = message.kind === 'request' ? `${messageName(message)} ` : '';
    const took = message.to < 0 ? '' : ` (${span(message.to - message.from)})`;
    return message.ending === 'answered' && message.kind === 'request' ? `${asked}is answered: ${messageText(message.response)}${took}`
      : `${endingText(message) === '' ? `${messageName(message)} has no end` : endingText(message)}${took}`;
  }
  const answered = group.filter((message) => message.ending === 'answered').length;
  const names = `${messageName(group[0])} to ${messageName(group[group.length - 1])}`;
  return answered === group.length ? `${names}: each is answered` : `${names}: ${answered} of ${group.length} answered`;
}

// ---- exchanges --------------------------------------------------------------------------------

/** A maximal run of rows of one exchange, with the rows of nobody between them. */
interface Group {
  readonly message: Message;
  readonly exchange: number;
  readonly rows: Row[];
  /** The same exchange is elsewhere too: something came in between. */
  torn: boolean;
}

function exchanges(scene: Scene, rows: readonly Row[]): Row[] {
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
    if (run.length > 0 && run[0].message !== part.message) close();
    run.push(part);
    if (isLastByte(part)) close();
  }
  close();
  return out;
}

/** The last byte of a request: with it the driver has the whole, and wakes its reader. */
function isLastByte({ message, exchange }: Group): boolean {
  return message.kind === 'request' && exchange === message.bytes.length + 1;
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
  const names = new Set(groups.flatMap((group) => group.rows.map((row) => row.cells[IRQ])).filter((text) => text !== ''));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : 'the interrupt handler';
}

function foldText(groups: readonly Group[], handler: string): string {
  const [{ message, exchange }] = groups;
  const { length } = message.bytes;
  const taken = `, each taken by ${handler}`;
  if (message.kind !== 'request') return `${groups.length} more byte${groups.length === 1 ? '' : 's'} of ${messageName(message)}${taken}`;
  const written = groups.filter((group) => group.exchange <= length + 1);
  const read = groups.length - written.length;
  const parts: string[] = [];
  if (written.length > 0) {
    const from = exchange === 0 ? 'WRITE_START, ' : '';
    const data = written.filter((group) => group.exchange !== 0 && group.exchange !== length).length;
    const end = written.some((group) => group.exchange === length) ? ' and WRITE_END' : '';
    parts.push(`${from}${data} ${exchange === 0 ? '' : 'more '}byte${data === 1 ? '' : 's'}${end} of request ${message.number}`);
  }
  if (read > 0) parts.push(`${read} more byte${read === 1 ? '' : 's'} of the response to request ${message.number}`);
  return `${parts.join('; ')}${taken}`;
}

// ---- small rows -------------------------------------------------------------------------------

/** Reads of STATUS that say nothing new, and bytes that mean nothing, go. */
function minors(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  let known = '';
  for (const [i, row] of rows.entries()) {
    const host = row.cells[HOST];
    const over = row.place === undefined || (row.place.message.to >= 0 && row.at > row.place.message.to);
    const status = host.startsWith('reads STATUS') || host.startsWith('polls STATUS');
    if (row.minor === true && (!status || over || row.cells.join('|') === known || nextHost(rows, i).startsWith('polls STATUS'))) continue;
    if (status) known = `reads STATUS|${row.cells.slice(1).join('|')}`;
    else if (host !== '' || row.cells[IRQ] !== '') known = '';
    out.push(row);
  }
  return out;
}

function nextHost(rows: readonly Row[], at: number): string {
  for (let i = at + 1; i < rows.length; i++) {
    if (rows[i].cells[HOST] !== '') return rows[i].cells[HOST];
    if (rows[i].wide !== undefined) return '';
  }
  return '';
}

/** Steps of one function in a row become one row, with the access to a register that follows them. */
function bursts(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    const { burst: open } = out[out.length - 1] ?? {};
    if (open === undefined) {
      out.push(row);
    } else if (row.burst !== undefined && row.burst.column === open.column && row.burst.head === open.head) {
      out.push({ ...out.pop()!, burst: { ...open, steps: [...open.steps, ...row.burst.steps] } });
    } else if (row.burst === undefined && row.style === 'event' && row.cells[open.column] === open.head) {
      out.push({ ...row, at: out.pop()!.at, burst: open });
    } else {
      out.push(row);
    }
  }
  return out.map(spelt);
}

/** Writes a burst out: `kcs_bmc_read: spin_lock_irq, copy_to_user 2 words`. */
function spelt(row: Row): Row {
  const { burst } = row;
  if (burst === undefined) return row;
  const words: string[] = [];
  for (let i = 0; i < burst.steps.length; i++) {
    const step = burst.steps[i];
    let count = 1;
    while (burst.steps[i + 1] === step) {
      i++;
      count++;
    }
    const copy = step.endsWith(' word') ? `${count} word${count === 1 ? '' : 's'}` : '';
    if (copy !== '' && words[words.length - 1] === step.replace(/ word$/, '')) words[words.length - 1] += ` ${copy}`;
    else words.push(count === 1 ? step : `${step} ${count}x`);
  }
  const texts = [...row.cells];
  texts[burst.column] = burst.head === '' ? words.join(', ') : `${burst.head}: ${words.join(', ')}`;
  return { ...row, cells: texts };
}

// ---- repetitions ------------------------------------------------------------------------------

/** Longest pattern that is recognised, rows. */
const PERIOD = 24;
/** How often a pattern must come. */
const TIMES = 3;

/** The same rows over and over are shown once. */
function repeats(rows: readonly Row[]): Row[] {
  const keys = rows.map(signature);
  const out: Row[] = [];
  let i = 0;
  while (i < rows.length) {
    const [period, times] = pattern(keys, i);
    if (times < TIMES) {
      out.push(rows[i++]);
      continue;
    }
    const end = i + period * times;
    out.push(...rows.slice(i, i + period));
    const again = times - 1;
    out.push(folded(rows[i + period].at, `${period === 1 ? 'the same' : `the same ${period} rows`} ${again} times more, until ${micros(rows[end - 1].at)}`));
    i = end;
  }
  return out;
}

function pattern(keys: readonly string[], from: number): readonly [number, number] {
  for (let period = 1; period <= PERIOD; period++) {
    let times = 1;
    while (same(keys, from, from + period * times, period)) times++;
    if (times >= TIMES) return [period, times];
  }
  return [1, 1];
}

function same(keys: readonly string[], one: number, other: number, length: number): boolean {
  if (other + length > keys.length) return false;
  for (let i = 0; i < length; i++) if (keys[one + i] === '' || keys[one + i] !== keys[other + i]) return false;
  return true;
}

/** What makes two rows the same; empty: they never are. */
function signature(row: Row): string {
  if (row.style === 'held' || row.style === 'decision' || row.style === 'violation') return '';
  const text = row.wide ?? row.cells.join('|');
  return row.style === 'event' ? text.replace(/\d+x/g, 'x') : text.replace(/\d+/g, '#');
}
