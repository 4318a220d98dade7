import { UsageError } from '../scenarios/system.ts';
import { jsonError } from './json-error.ts';

const MOST_TEXT = 4096;
/** Of a text that is quoted in a message. */
const MOST_SHOWN = 300;

export type Members = Readonly<Record<string, unknown>>;

/** Reads one JSON value and says where it is not what it should be: throws UsageError of one line. */
export class JsonReader {
  readonly name: string;
  private readonly format: string;

  /** `name`: of the file, for messages; `format`: what it is to be. */
  constructor(name: string, format: string) {
    this.name = name;
    this.format = format;
  }

  fail(path: string, expected: string): never {
    throw new UsageError(`${this.name}: ${path === '' ? '' : `${path}: `}expected ${expected}`);
  }

  members(value: unknown, path: string): Members {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail(path, 'an object');
    return value as Members;
  }

  /** An object with these members, those in `optional` perhaps, and no others. */
  record(value: unknown, path: string, keys: readonly string[], optional: readonly string[] = []): Members {
    const members = this.members(value, path);
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    for (const key of keys) {
      if (!Object.hasOwn(members, key) && !optional.includes(key)) throw new UsageError(`${this.name}: ${at(key)} is missing`);
    }
    for (const key of Object.keys(members)) {
      if (!keys.includes(key)) throw new UsageError(`${this.name}: ${at(shown(key))}: no such member in ${this.format}`);
    }
    return members;
  }

  list(value: unknown, path: string, most: number): readonly unknown[] {
    if (!Array.isArray(value)) this.fail(path, 'a list');
    if (value.length > most) this.fail(path, `at most ${most} entries`);
    return value;
  }

  text(value: unknown, path: string): string {
    if (typeof value !== 'string') this.fail(path, 'a text');
    if (value.length > MOST_TEXT) this.fail(path, `at most ${MOST_TEXT} characters`);
    // Control characters would reach the terminal of whoever shows a finding from elsewhere.
    if (CONTROL.test(value)) this.fail(path, 'a text without control characters');
    return value;
  }

  /** Texts that are joined by line ends: as many as that. */
  lines(value: unknown, path: string, least: number, most = least): string {
    if (typeof value !== 'string') this.fail(path, 'a text');
    const lines = value.split('\n', most + 1);
    if (lines.length < least || lines.length > most) this.fail(path, `${least === most ? '' : `${least} to `}${most} lines`);
    for (const line of lines) this.text(line, path);
    return value;
  }

  flag(value: unknown, path: string): boolean {
    if (typeof value !== 'boolean') this.fail(path, 'true or false');
    return value;
  }

  /** A number that is not negative, so small that sums of a few remain finite. */
  amount(value: unknown, path: string): number {
    if (typeof value !== 'number' || !(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) this.fail(path, `a number from 0 to ${Number.MAX_SAFE_INTEGER}`);
    return value;
  }

  integers(value: unknown, path: string, most: number, below = Number.MAX_SAFE_INTEGER): readonly number[] {
    const list = this.list(value, path, most);
    for (const entry of list) if (this.integer(entry, path) >= below) this.fail(path, `integers below ${below}`);
    return list as readonly number[];
  }

  integer(value: unknown, path: string, least = 0): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
      this.fail(path, least === 0 ? 'an integer, 0 or more' : `an integer, ${least} or more`);
    }
    return value;
  }

  matching(value: unknown, path: string, pattern: RegExp, expected: string): string {
    if (typeof value !== 'string' || !pattern.test(value)) this.fail(path, expected);
    return value;
  }
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** The first line of a text from elsewhere, as it may be printed. */
export function printable(text: string): string {
  const [line] = text.split('\n', 1);
  return line.slice(0, MOST_SHOWN).replaceAll(new RegExp(CONTROL, 'g'), '?');
}

/** A key as it may be printed. */
export function shown(key: string): string {
  return JSON.stringify(key.slice(0, 60)).slice(1, -1).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, '?');
}

/** The value of a text; throws UsageError of one line, the same on every engine, on what is no JSON. */
export function parseJson(text: string, name: string): unknown {
  const error = jsonError(text);
  if (error !== undefined) throw new UsageError(`${name}: ${error}`);
  return JSON.parse(text);
}

/** The same for texts that are long and hardly ever wrong: says where only if they are. */
export function parseLongJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseJson(text, name);
  }
}
