import { writeSync } from 'node:fs';

const STDOUT = 1;
const STDERR = 2;

/** Writes all of `text` to a descriptor; a closed pipe ends the process quietly. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') process.exit(0);
      throw error;
    }
  }
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

/** Whether colour may be used on stdout (https://no-color.org). */
export function colour(): boolean {
  const off = process.env['NO_COLOR'];
  return process.stdout.isTTY === true && (off === undefined || off === '');
}

/** Columns of the terminal, or 110 where there is none. */
export function width(): number {
  return process.stdout.columns ?? 110;
}

/** A progress line on a terminal, overwritten in place; silent elsewhere. */
export class ProgressLine {
  private readonly on = process.stderr.isTTY === true;
  private shown = 0;

  show(text: string): void {
    if (!this.on) return;
    const line = text.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1));
    writeAll(STDERR, `\r${line}${' '.repeat(Math.max(0, this.shown - line.length))}`);
    this.shown = line.length;
  }

  clear(): void {
    if (!this.on || this.shown === 0) return;
    writeAll(STDERR, `\r${' '.repeat(this.shown)}\r`);
    this.shown = 0;
  }
}
