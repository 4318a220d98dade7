import type { WireTrack } from '../report/timeline/document.ts';

/** A wire at clock level, unpacked so that it can be searched. */
export class WireModel {
  readonly name: string;
  readonly bits: number;
  /** Length of one clock, ps; 0: none. */
  readonly clock: number;
  /** When it changes, ps. */
  readonly at: Float64Array;
  private readonly values: readonly number[];
  private readonly idle: number;
  private readonly strings: readonly string[];

  constructor(track: WireTrack, strings: readonly string[]) {
    this.name = track.name;
    this.bits = track.bits;
    this.clock = track.clock;
    this.idle = track.idle;
    this.values = track.value;
    this.strings = strings;
    this.at = new Float64Array(track.at.length);
    let at = 0;
    for (const [i, by] of track.at.entries()) this.at[i] = at += by;
  }

  /** The block to which it belongs: `lpc`. */
  get block(): string {
    return this.name.slice(0, this.name.indexOf('.'));
  }

  /** Which change is the last one not after `at`; -1: none. */
  indexAt(at: number): number {
    let low = 0;
    let high = this.at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The value from change `index` on; of text it is 0 for the empty one. */
  value(index: number): number {
    return index < 0 ? this.idle : this.values[index];
  }

  /** That value as people read it: `0`, `D`, `START`. */
  text(index: number): string {
    const value = this.value(index);
    return this.bits === 0 ? this.strings[value] : value.toString(16).toUpperCase();
  }

  /** Whether anything can be seen of it: not the idle level, not the empty text. */
  active(index: number): boolean {
    return this.value(index) !== this.idle;
  }
}

/** What the wires of one bus carried in one cycle. */
export interface Cycle {
  /** In words, as far as one text stands for all of it; else empty. */
  readonly what: string;
  readonly from: number;
  /** Length of a column, ps; 0: columns are the changes themselves. */
  readonly clock: number;
  /** When each column begins, ps. */
  readonly columns: readonly number[];
  readonly rows: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** Columns of a table at most. */
const MOST_COLUMNS = 64;

/**
 * The last cycle that begins in [from, to]: on a clocked bus from the edge that begins it, a column a clock, until its
 * text ends; elsewhere a column for each change.
 */
export function cycleIn(wires: readonly WireModel[], from: number, to: number): Cycle | undefined {
  const [first] = wires;
  if (first === undefined) return undefined;
  const words = wires.filter(({ bits }) => bits === 0).at(-1);
  if (first.clock === 0 || words === undefined) return changesIn(wires, from, to);
  let index = words.indexAt(to);
  if (index >= 0 && !words.active(index)) index--;
  if (index < 0 || words.at[index] < from - first.clock) return undefined;
  const begin = words.at[index];
  const end = words.at[index + 1] ?? to;
  const count = Math.min(MOST_COLUMNS, Math.max(1, Math.round((end - begin) / first.clock)));
  const columns = Array.from({ length: count }, (_one, i) => begin + i * first.clock);
  return table(wires, begin, first.clock, columns);
}

function changesIn(wires: readonly WireModel[], from: number, to: number): Cycle | undefined {
  const times = new Set<number>();
  for (const { at } of wires) for (const one of at) if (one >= from && one <= to) times.add(one);
  if (times.size === 0) return undefined;
  return table(wires, from, 0, [...times].sort((one, other) => one - other).slice(0, MOST_COLUMNS));
}

function table(wires: readonly WireModel[], from: number, clock: number, columns: readonly number[]): Cycle {
  const rows = wires.map((wire) => ({ name: wire.name.slice(wire.block.length + 1), values: columns.map((at) => wire.text(wire.indexAt(at + clock / 2))) }));
  const whole = rows.find(({ values }) => values.length > 1 && values.every((value) => value !== '' && value === values[0] && value.length > 1));
  return { what: whole?.values[0] ?? '', from, clock, columns, rows: rows.filter((row) => row !== whole) };
}
