import { existsSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from './exit.ts';

/** The text of a file. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FileError('cannot read', path, error);
  }
}

/** Makes a folder and those above it (mkdir's own recursion never ends where the system refuses, as in /proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
}

/** Writes a file whole or not at all; replaces one that is there. */
export function writeText(path: string, text: string): void {
  const temporary = `${path}.part-${process.pid}`;
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) unlinkSync(temporary);
    throw new FileError('cannot write', path, error);
  }
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

/** Writes `text` unless the file exists: what is there is left as it is. True if it was written. */
export function writeNew(path: string, text: string): boolean {
  if (existsSync(path)) return false;
  writeText(path, text);
  return true;
}
