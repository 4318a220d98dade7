import type { OpTable } from '../sim/index.ts';

/** How labels and messages name a line of a driver in C. */
const PLACE = /[\w.+-]+\.[ch]:\d+/g;

/** A line of a driver's source. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** `driver.c:12` */
export function placeOf({ file, line }: SourceLine): string {
  return `${file}:${line}`;
}

/** The places that a text names, in its order. */
export function placesIn(text: string): readonly string[] {
  return text.match(PLACE) ?? [];
}

/** The lines that texts name and that are known, each once, in the order of the files and lines. */
export function sourceLines({ sources }: OpTable, texts: readonly string[]): readonly SourceLine[] {
  if (sources.size === 0) return [];
  const places = new Set(texts.flatMap(placesIn));
  return [...places].flatMap((place): SourceLine[] => {
    const text = sources.get(place);
    const colon = place.lastIndexOf(':');
    return text === undefined ? [] : [{ file: place.slice(0, colon), line: Number(place.slice(colon + 1)), text }];
  }).sort((one, other) => (one.file === other.file ? one.line - other.line : one.file < other.file ? -1 : 1));
}
