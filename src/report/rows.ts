import type { Ps } from '../sim/index.ts';
import type { Place } from './messages.ts';

/** The columns of the timeline, left to right; how they are called is the interface's. */
export const HOST = 0;
/** Registers or bus between host and BMC. */
export const WIRE = 1;
/** The line by which the BMC interrupts the host. */
export const LINE = 2;
export const IRQ = 3;
export const TASK = 4;
const COLUMNS = [HOST, WIRE, LINE, IRQ, TASK] as const;

/** How a row is drawn. */
export type RowStyle =
  /** One access, pass of the handler, or the like. */
  | 'event'
  /** What it means: a request begins, read() returns. */
  | 'message'
  /** A stall begins or ends. */
  | 'held'
  /** Any other decision. */
  | 'decision'
  /** Stands for rows that carry no information. */
  | 'fold'
  | 'violation';

/** One row of the timeline. */
export interface Row {
  readonly at: Ps;
  readonly style: RowStyle;
  /** By column; unused: ''. */
  readonly cells: string[];
  /** Text across all columns, instead of cells. */
  readonly wide?: string;
  /** The byte of the message that it belongs to; undefined: none. */
  readonly place?: Place;
  /** It is hidden where nothing disturbs the exchange of a byte. */
  readonly minor?: boolean;
  /** Something in it is not as usual: the exchange is shown. */
  readonly odd?: boolean;
  /** Steps of one function; adjacent rows of the same function become one. */
  readonly burst?: Burst;
}

/** Steps of one context in one function. */
export interface Burst {
  readonly column: number;
  readonly head: string;
  readonly steps: readonly string[];
}

/** A row with text in one column. */
export function cell(at: Ps, column: number, text: string, more: Partial<Omit<Row, 'at' | 'cells'>> = {}): Row {
  const cells = COLUMNS.map(() => '');
  cells[column] = text;
  return { at, style: 'event', ...more, cells };
}

/** A row with text in two columns. */
export function cells(at: Ps, texts: readonly (readonly [number, string])[], more: Partial<Omit<Row, 'at' | 'cells'>> = {}): Row {
  const row = COLUMNS.map(() => '');
  for (const [column, text] of texts) row[column] = text;
  return { at, style: 'event', ...more, cells: row };
}

/** A row across all columns. */
export function across(at: Ps, style: RowStyle, wide: string): Row {
  return { at, style, cells: COLUMNS.map(() => ''), wide };
}

/** A row that stands for others. */
export function folded(at: Ps, text: string): Row {
  return across(at, 'fold', `... ${text}`);
}
