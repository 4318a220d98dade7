import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { FileError } from '../campaign/index.ts';

const STDOUT = 1;
const STDERR = 2;
const TERMINAL = isatty(STDOUT);
/** Between two attempts to write to a pipe that is full, ms. */
const PAUSE = 2;

/** Descriptors that nobody reads any more: what is written to them is dropped, and the command ends as it would have. */
const closed = new Set<number>();
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Writes all of `text` to a descriptor. */
function writeAll(fd: number, text: string): void {
  if (closed.has(fd)) return;
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EAGAIN') {
        Atomics.wait(never, 0, 0, PAUSE);
        continue;
      }
      closed.add(fd);
      // EIO: the terminal is gone.
      if (code === 'EPIPE' || (code === 'EIO' && TERMINAL) || fd !== STDOUT) return;
      throw new FileError('cannot write to', 'stdout', error);
    }
  }
}

/** Whether nobody reads stdout any more: who would print for ever may end. */
export function isUnread(): boolean {
  return closed.has(STDOUT);
}

/** Results: nothing else goes to stdout. */
export function print(text: string): void {
  writeAll(STDOUT, text.endsWith('\n') ? text : `${text}\n`);
}

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Messages and progress. */
export function note(text: string): void {
  writeAll(STDERR, `${text}\n`);
}

/** The line that says why a command ends with code 2, 3 or 4; what it quotes cannot break it or reach the terminal. */
export function complain(text: string): void {
  note(`inband: ${text.replaceAll(CONTROL, '?')}`);
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Whether colour may be used on stdout (https://no-color.org). */
export function colour(): boolean {
  const off = process.env['NO_COLOR'];
  return isatty(STDOUT) && (off === undefined || off === '');
}

/** Columns of the terminal; undefined where there is none, or where it does not say (0 on serial lines). */
export function width(): number | undefined {
  return isatty(STDOUT) ? process.stdout.columns || undefined : undefined;
}

/** `1 file`, `2 files`. */
export function count(n: number, what: string, plural = 's'): string {
  return `${n} ${what}${n === 1 ? '' : plural}`;
}

/** A progress line on a terminal, overwritten in place; silent elsewhere. */
export class ProgressLine {
  private readonly on = isatty(STDERR);
  private shown = 0;

  show(text: string): void {
    if (!this.on) return;
    const line = text.slice(0, Math.max(20, (process.stderr.columns || 80) - 1));
    writeAll(STDERR, `\r${line}${' '.repeat(Math.max(0, this.shown - line.length))}`);
    this.shown = line.length;
  }

  clear(): void {
    if (!this.on || this.shown === 0) return;
    writeAll(STDERR, `\r${' '.repeat(this.shown)}\r`);
    this.shown = 0;
  }
}
