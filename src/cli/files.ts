import {
  appendFileSync, closeSync, existsSync, linkSync, lstatSync, mkdirSync, openSync, readSync, realpathSync, renameSync, rmSync, statSync, unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from './exit.ts';

const MIB = 1024 * 1024;
const CHUNK = 64 * 1024;

/** The text of a file of at most `most` MiB: what is no file of ours may be of any length, or without end. */
export function readText(path: string, most: number): string {
  try {
    const fd = openSync(path, 'r');
    try {
      return readAll(fd, most * MIB);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new FileError('cannot read', path, error);
  }
}

function readAll(fd: number, most: number): string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSync(fd, chunk);
    if (read === 0) return Buffer.concat(chunks).toString('utf8');
    length += read;
    if (length > most) throw new Error(`is longer than ${most / MIB} MiB`);
    chunks.push(chunk.subarray(0, read));
  }
}

/** Makes a folder and those above it (mkdir's own recursion never ends where the system refuses, as in /proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile: two hunts of one folder begin at the same time.
    if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** Writes a file whole or not at all; replaces one that is there. */
export function writeText(path: string, text: string): void {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    // A device or a pipe is written to, never replaced.
    if (there !== undefined && !there.isFile()) writeFileSync(path, text);
    else putInPlace(there === undefined ? path : realpathSync(path), text, renameSync);
  } catch (error) {
    throw new FileError('cannot write', path, error);
  }
}

/** Adds to a file. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new FileError('cannot write', path, error);
  }
}

/** Writes `text` unless the file exists: what is there is left as it is. True if it was written. */
export function writeNew(path: string, text: string): boolean {
  if (exists(path)) return false;
  try {
    putInPlace(path, text, link);
  } catch (error) {
    // Somebody else was quicker.
    if (codeOf(error) === 'EEXIST' && exists(path)) return false;
    throw new FileError('cannot write', path, error);
  }
  return true;
}

/** Writes a file beside `path` and gives it that name by `put`. */
function putInPlace(path: string, text: string, put: (from: string, to: string) => void): void {
  makeFolder(dirname(path));
  const temporary = `${path}.part-${process.pid}`;
  try {
    writeFileSync(temporary, text);
    put(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Gives a file a name that is free; some file systems cannot do that in one step. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || exists(to)) throw error;
    renameSync(from, to);
  }
}

/** Finds out before a long run whether a file can be written. */
export function checkFile(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('is a directory');
  } catch (error) {
    throw new FileError('cannot write', path, error);
  }
  checkFolder(dirname(path));
}

/** Finds out before a long run whether files can be written to `folder`. */
export function checkFolder(folder: string): void {
  const probe = join(folder, `.inband-${process.pid}`);
  try {
    makeFolder(folder);
    writeFileSync(probe, '');
    unlinkSync(probe);
  } catch (error) {
    throw new FileError('cannot write to', folder, error);
  }
}

/** Whether there is anything of that name, be it a link to nowhere. */
export function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // The path is impossible: too long, through a file. Whoever writes to it learns why.
    return false;
  }
}

/** Whether two names are of one file. */
export function sameFile(one: string, other: string): boolean {
  if (!existsSync(one) || !existsSync(other)) return false;
  const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
  return a.ino === b.ino && a.dev === b.dev;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
