import { createHash } from 'node:crypto';
import { JsonReader, parseJson, parseLongJson } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';

/**
 * What a campaign leaves for itself: a line that says what it is, with the checksum of the other, which is JSON. So what
 * was damaged, cut, or written by hand is told from what a campaign has written, and nothing of it is used.
 */
export function seal(format: string, value: unknown): string {
  return sealText(format, JSON.stringify(value));
}

/** The value of a sealed text. Throws UsageError of one line, beginning with `name`. */
export function unseal(format: string, text: string, name: string): unknown {
  return parseLongJson(unsealText(format, text, name), name);
}

/** The same of lines that are whatever they are. */
export function sealText(format: string, text: string): string {
  return `${JSON.stringify({ format, sha256: sumOf(text) })}\n${text}\n`;
}

/** The lines of a sealed text, without the last line end. Throws UsageError of one line, beginning with `name`. */
export function unsealText(format: string, text: string, name: string): string {
  const end = text.indexOf('\n');
  const reader = new JsonReader(name, format);
  const head = reader.record(parseJson(end < 0 ? text : text.slice(0, end), name), '', ['format', 'sha256']);
  if (head['format'] !== format) reader.fail('format', JSON.stringify(format));
  const sum = reader.matching(head['sha256'], 'sha256', /^[0-9a-f]{64}$/, '64 hexadecimal digits');
  const rest = text.slice(end + 1, -1);
  if (end < 0 || !text.endsWith('\n') || sumOf(rest) !== sum) throw new UsageError(`${name}: is damaged: its checksum is another`);
  return rest;
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
