import { micros } from './names.ts';
import { TASK, WIRE, cell, folded, type Row } from './rows.ts';

/** Steps of one function in a row. */
interface Open {
  readonly row: Row;
  readonly column: number;
  readonly head: string;
  readonly steps: string[];
}

/**
 * Steps of one function in a row become one row, which stands at the first of them; or, with the access to a register
 * that follows or precedes them, at that.
 */
export function bursts(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  let open: Open | undefined;
  for (const row of rows) {
    const { burst } = row;
    if (burst === undefined) {
      // A step of no function has nothing to do with a row that has nothing in its column.
      const joins = open !== undefined && row.style === 'event' && open.head !== '' && row.cells[open.column] === open.head;
      if (open !== undefined) out.push(spelt(joins ? row : open.row, open));
      if (!joins) out.push(row);
      open = undefined;
    } else if (open !== undefined && open.column === burst.column && open.head === burst.head) {
      open.steps.push(...burst.steps);
    } else {
      if (open !== undefined) out.push(spelt(open.row, open));
      open = undefined;
      const last = out[out.length - 1];
      if (last !== undefined && last.style === 'event' && last.cells[burst.column] === burst.head && burst.steps.every(isPhase)) {
        out[out.length - 1] = withText(last, burst.column, `${burst.head}, ${burst.steps.join(', ')}`);
      } else {
        open = { row, column: burst.column, head: burst.head, steps: [...burst.steps] };
      }
    }
  }
  if (open !== undefined) out.push(spelt(open.row, open));
  return out;
}

/** A function that goes round and round, whatever else happens, is shown going round once. */
export function loops(rows: readonly Row[]): Row[] {
  const out: Row[] = [];
  const known = new Set<string>();
  for (let i = 0; i < rows.length;) {
    const { burst } = rows[i];
    let end = i + 1;
    if (burst !== undefined) while (rows[end]?.burst?.head === burst.head && rows[end].burst?.column === burst.column) end++;
    const loop = burst === undefined ? undefined : loopOf(burst.head, rows.slice(i, end).flatMap((row) => row.burst?.steps ?? []));
    if (loop === undefined || burst === undefined) {
      out.push(...rows.slice(i, end));
    } else {
      if (!known.has(loop.key)) out.push(cell(rows[i].at, burst.column, loop.text));
      known.add(loop.key);
      if (loop.rest.length > 0) out.push({ ...rows[end - 1], burst: { ...burst, steps: loop.rest } });
    }
    i = end;
  }
  return out;
}

interface Loop {
  /** The same wherever in its round it is met. */
  readonly key: string;
  readonly text: string;
  /** The steps with which it ends. */
  readonly rest: readonly string[];
}

function loopOf(head: string, steps: readonly string[]): Loop | undefined {
  for (let from = 0; from < Math.min(steps.length, PERIOD); from++) {
    const [period, times] = pattern(steps, from);
    if (period < 2 || times < TIMES) continue;
    const round = steps.slice(from, from + period);
    let end = from + period * times;
    while (end < steps.length && steps[end] === steps[end - period]) end++;
    return {
      key: `${head}: ${[...round].sort().join(', ')}`,
      text: `${head}: ${steps.slice(0, from + period).join(', ')}, over and over`,
      rest: steps.slice(end),
    };
  }
  return undefined;
}

function isPhase(step: string): boolean {
  return /^(?:phase|state):=/.test(step);
}

function withText(row: Row, column: number, text: string): Row {
  return { ...row, cells: row.cells.map((old, i) => (i === column ? text : old)) };
}

/** Writes steps out: `kcs_bmc_read: spin_lock_irq, copy_to_user 2 words`. */
function spelt(row: Row, { column, head, steps }: Open): Row {
  const words: string[] = [];
  for (let i = 0; i < steps.length;) {
    const step = steps[i];
    if (step.endsWith(' word')) {
      let count = 1;
      while (steps[i + count] === step) count++;
      const copy = `${count} word${count === 1 ? '' : 's'}`;
      const what = step.replace(/ word$/, '');
      if (words[words.length - 1] === what) words[words.length - 1] += ` ${copy}`;
      else words.push(`${what} ${copy}`);
      i += count;
    } else {
      words.push(step);
      i++;
    }
  }
  return withText(row, column, `${head === '' || head.endsWith(': ') ? head : `${head}: `}${words.join(', ')}`);
}

/** Longest pattern that is recognised, rows. */
const PERIOD = 24;
/** How often a pattern must come. */
const TIMES = 3;

/** The same rows over and over are shown once. */
export function repeats(rows: readonly Row[]): Row[] {
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
    const last = lastRound(rows, keys, end, period);
    const rest = last === end ? '' : ` and the first ${last === end + 1 ? 'of them' : `${last - end} of them`} once more,`;
    out.push(folded(rows[i + period].at, `${period === 1 ? 'the same' : `the same ${period} rows`} ${times - 1} times more,${rest} until ${micros(rows[last - 1].at)}`));
    i = last;
  }
  return out;
}

/** Where a last round that the breach breaks off differs from the others: at its last row, if at all. `end`: there is none. */
function lastRound(rows: readonly Row[], keys: readonly string[], end: number, period: number): number {
  const breach = rows.findIndex(({ style }, i) => i >= end && style === 'violation');
  if (breach < 0 || breach - end > period) return end;
  let at = end;
  while (at < breach && keys[at] !== '' && keys[at] === keys[at - period]) at++;
  return at < breach - 1 ? end : at;
}

/** Rows of one doer with nothing between them become one, where the interface can say it in one. */
export function joined(rows: readonly Row[], join: (one: Row, other: Row) => Row | undefined): Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    const before = out[out.length - 1];
    const one = before === undefined || !plain(before) || !plain(row) ? undefined : join(before, row);
    if (one === undefined) out.push(row);
    else out[out.length - 1] = one;
  }
  return out;
}

function plain({ style, wide, odd, burst }: Row): boolean {
  return style === 'event' && wide === undefined && odd !== true && burst === undefined;
}

/** Most characters of what one step after the other does to the interface: so much fits beside whose steps they are. */
const MOST_EFFECTS = 54;

/** Two rows of one task in one function as one, at the time of the second: `text` says both effects. */
export function joinEffects(one: Row, other: Row, text: string): Row | undefined {
  const [was, is] = [one.cells[TASK], other.cells[TASK]];
  if (was === '' || text.length > MOST_EFFECTS || one.cells[WIRE] === '' || other.cells[WIRE] === '') return undefined;
  // The phase may come after the last.
  if (is !== was && !is.startsWith(`${was}, `) && !is.startsWith(`${was}: `)) return undefined;
  const alone = ({ cells }: Row): boolean => cells.every((text, column) => text === '' || column === TASK || column === WIRE);
  return alone(one) && alone(other) ? { ...other, cells: other.cells.with(WIRE, text) } : undefined;
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
