import { appendFileSync, closeSync, existsSync, lstatSync, openSync, realpathSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DISK, FileError, codeOf, makeFolder, readAll, writeOnce, writeWhole } from '../campaign/index.ts';

/** The text of a file of at most `most` MiB: what is no file of ours may be of any length, or without end. */
export function readText(path: string, most: number): string {
  try {
    const fd = openSync(path, 'r');
    try {
      return readAll(DISK, fd, most);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new FileError('cannot read', path, error);
  }
}

/** Writes a file whole or not at all; replaces one that is there. */
export function writeText(path: string, text: string): void {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    // A device or a pipe is written to, never replaced.
    if (there !== undefined && !there.isFile()) writeFileSync(path, text);
    else put(there === undefined ? path : realpathSync(path), text, writeWhole);
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
    put(path, text, writeOnce);
  } catch (error) {
    // Somebody else was quicker.
    if (codeOf(error) === 'EEXIST' && exists(path)) return false;
    throw new FileError('cannot write', path, error);
  }
  return true;
}

function put(path: string, text: string, write: typeof writeWhole): void {
  makeFolder(DISK, dirname(path));
  write(DISK, path, text);
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
    makeFolder(DISK, folder);
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
