import type { Line } from './layout.ts';

/** ANSI codes by style; the others are left as they are. */
const CODES: Readonly<Partial<Record<Line['style'], string>>> = {
  heading: '1', held: '33', decision: '36', fold: '2', violation: '1;31', message: '32',
};

/** The text of a line in its colour. */
export function paint(line: Line): string {
  const code = CODES[line.style];
  return code === undefined || line.text === '' ? line.text : `\u001b[${code}m${line.text}\u001b[0m`;
}
