/**
 * A recording: JSON lines, the first of which is a header that says what the others are.
 */
export interface Recording {
  readonly header: Fields;
  readonly lines: readonly Fields[];
}

/** One JSON object. Values are checked when they are taken. */
export type Fields = { readonly [name: string]: unknown };

/** A file that is not what it should be. */
export class RecordingError extends Error {
  override name = 'RecordingError';
}

/** Splits JSON lines into objects. Throws {@link RecordingError}, with the line's number, on anything else. */
export function parseRecording(text: string): Recording {
  const objects: Fields[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    objects.push(parseLine(line, at + 1));
  }
  const [header, ...lines] = objects;
  if (header === undefined) throw new RecordingError('the recording is empty');
  return { header, lines };
}

function parseLine(line: string, number: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RecordingError(`line ${number} is not JSON`);
  }
  if (!isFields(value)) throw new RecordingError(`line ${number} is not a JSON object`);
  return value;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The integer `fields[name]`, or an error that names `where`. */
export function integer(fields: Fields, name: string, where: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new RecordingError(`${where}: ${name} is not an integer`);
  return value;
}

/** The string `fields[name]`, or an error that names `where`. */
export function string(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new RecordingError(`${where}: ${name} is not a string`);
  return value;
}

/** `18 01` to bytes. */
export function bytes(text: string, where: string): Uint8Array {
  if (!/^[0-9a-fA-F]{2}( [0-9a-fA-F]{2})*$/.test(text)) throw new RecordingError(`${where}: "${text}" is not hexadecimal bytes`);
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

/** Bytes to `18 01`. */
export function hex(data: ArrayLike<number>, length: number = data.length): string {
  return Array.from({ length }, (_, i) => data[i].toString(16).padStart(2, '0')).join(' ');
}
