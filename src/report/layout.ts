import type { Medium } from './medium.ts';
import { HOST, IRQ, LINE, TASK, WIRE, type Row, type RowStyle } from './rows.ts';
import { micros } from './names.ts';

/** A line of output and how it may be coloured. */
export interface Line {
  readonly style: RowStyle | 'heading' | 'plain';
  readonly text: string;
}

/** Narrowest and widest timeline, columns. */
export const NARROWEST = 60;
export const WIDEST = 200;
/** Between two columns. */
const GAP = '  ';
/** Marks a context that is held. */
const HELD = '||';

/** Where the columns are; those that the interface does not have are left out. */
export interface Layout {
  readonly width: number;
  readonly time: number;
  /** Which columns there are, left to right, how they are called, and how wide they are. */
  readonly shown: readonly number[];
  readonly heads: readonly string[];
  readonly columns: readonly number[];
}

/** Shares `width` out; of an interrupt line that nobody moves the column is as narrow as its name. */
export function layoutOf(width: number, rows: readonly Row[], { heads, shares }: Pick<Medium, 'heads' | 'shares'>): Layout {
  const total = Math.max(NARROWEST, Math.min(WIDEST, width));
  let time = 'time (us)'.length;
  for (const row of rows) time = Math.max(time, micros(row.at).length);
  const shown = [HOST, WIRE, LINE, IRQ, TASK].filter((column) => heads[column] !== '');
  const line = heads[LINE] === '' ? 0 : rows.some((row) => row.cells[LINE] !== '') ? shares[LINE] : heads[LINE].length;
  const room = total - time - GAP.length * shown.length - line;
  const sum = shares[HOST] + shares[WIRE] + shares[IRQ] + shares[TASK];
  const sizes = shares.map((share, column) => (column === LINE ? line : Math.floor((room * share) / sum)));
  let rest = room + line - sizes.reduce((all, n) => all + n, 0);
  for (const column of [IRQ, HOST, WIRE, TASK]) if (rest-- > 0) sizes[column]++;
  return { width: total, time, shown, heads: shown.map((column) => heads[column]), columns: shown.map((column) => sizes[column]) };
}

/** The heading and the rows. `heldAt` gives the columns in which somebody is held at a row. */
export function lay(layout: Layout, rows: readonly Row[], heldAt: (row: Row) => readonly number[]): Line[] {
  const { time, columns, shown } = layout;
  const lines: Line[] = [];
  const heads = layout.heads.map((name, column) => wrap(name, columns[column]));
  for (let i = 0; i < Math.max(...heads.map((head) => head.length)); i++) {
    const first = i === 0 ? 'time (us)'.padStart(time) : ' '.repeat(time);
    lines.push({ style: 'heading', text: trimmed([first, ...heads.map((head, column) => (head[i] ?? '').padEnd(columns[column]))]) });
  }
  lines.push({ style: 'heading', text: [time, ...columns].map((n) => '-'.repeat(n)).join(GAP) });
  for (const row of rows) {
    const placed = { ...row, cells: shown.map((column) => row.cells[column]) };
    lines.push(...layRow(layout, placed, heldAt(row).map((column) => shown.indexOf(column))));
  }
  return lines;
}

function layRow(layout: Layout, row: Row, held: readonly number[]): Line[] {
  const { time, width } = layout;
  const texts = row.wide === undefined ? spread(layout, row, held) : held.length > 0 && row.style !== 'held' && row.style !== 'violation'
    ? spread(layout, beside(row, held), held) : wide(row, width - time - GAP.length);
  const stamp = micros(row.at).padStart(time);
  return texts.map((text, i) => ({ style: row.style, text: trimmed([i === 0 ? stamp : ' '.repeat(time), text]) }));
}

function trimmed(parts: readonly string[]): string {
  return parts.join(GAP).trimEnd();
}

/** The text of a wide row beside the columns of those who are held. */
function beside(row: Row, held: readonly number[]): Row {
  const column = row.cells.findIndex((_text, i) => !held.includes(i));
  return { ...row, cells: row.cells.map((_text, i) => (i === column ? (row.wide ?? '') : '')) };
}

/** Text across all columns; stalls and the violation stand out. */
function wide(row: Row, width: number): string[] {
  const mark = row.style === 'held' ? HELD : row.style === 'violation' ? '!!' : '';
  const room = width - (mark === '' ? 0 : 2 * (mark.length + 1));
  const lines = wrap(row.wide ?? '', room);
  if (mark === '') return lines.map((line) => (row.style === 'fold' ? `${' '.repeat(Math.max(0, Math.floor((room - line.length) / 2)))}${line}` : line));
  return lines.map((line) => `${mark} ${line.padEnd(room)} ${mark}`);
}

/** A stretch of columns that one text takes. */
interface Stretch {
  readonly column: number;
  from: number;
  to: number;
  readonly text: string;
}

/** Cells side by side; a text that is too long runs over into empty columns beside it. */
function spread(layout: Layout, row: Row, held: readonly number[]): string[] {
  const { columns } = layout;
  const end = columns.length - 1;
  const taken = row.cells.map((text, column) => text !== '' || held.includes(column));
  const stretches: Stretch[] = [];
  for (const [column, text] of row.cells.entries()) {
    if (text !== '') stretches.push({ column, from: column, to: column, text });
    else if (held.includes(column)) stretches.push({ column, from: column, to: column, text: HELD });
  }
  for (const stretch of stretches.toReversed()) {
    const longest = stretch.text.length;
    // The last column runs over to the left, the others to the right.
    if (stretch.column === end) while (extent(columns, stretch) < longest && stretch.from > 0 && !taken[stretch.from - 1]) taken[--stretch.from] = true;
    else while (extent(columns, stretch) < longest && stretch.to < end && !taken[stretch.to + 1]) taken[++stretch.to] = true;
  }
  const wrapped = stretches.map((stretch) => wrap(stretch.text, extent(columns, stretch)));
  const height = Math.max(1, ...wrapped.map((lines) => lines.length));
  const out: string[] = [];
  for (let i = 0; i < height; i++) {
    const parts: string[] = [];
    for (let column = 0; column < columns.length; column++) {
      const at = stretches.findIndex((stretch) => stretch.from <= column && column <= stretch.to);
      const stretch = stretches[at];
      if (stretch === undefined) {
        parts.push(' '.repeat(columns[column]));
        continue;
      }
      const size = extent(columns, stretch);
      const line = stretch.text === HELD ? HELD : (wrapped[at][i] ?? '');
      parts.push(stretch.from < stretch.column ? line.padStart(size) : line.padEnd(size));
      column = stretch.to;
    }
    out.push(parts.join(GAP));
  }
  return out;
}

function extent(columns: readonly number[], { from, to }: Stretch): number {
  let size = 0;
  for (let column = from; column <= to; column++) size += columns[column];
  return size + GAP.length * (to - from);
}

/** Breaks a text at blanks, or where an identifier has an underscore, into lines of at most `width`. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > width) {
      const at = rest.lastIndexOf('_', width - 1);
      const cut = at > 0 ? at + 1 : width;
      lines.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    line = rest;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
