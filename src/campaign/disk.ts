import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from './file-error.ts';

/** What is used of node:fs. Tests put in one that is full, or forbids. */
export type Disk = Pick<
  typeof fs,
  'closeSync' | 'fstatSync' | 'fsyncSync' | 'linkSync' | 'lstatSync' | 'mkdirSync' | 'openSync' | 'readSync' | 'readdirSync' | 'renameSync' | 'rmSync' | 'statSync'
  | 'unlinkSync' | 'utimesSync' | 'writeSync'
>;

/** The machine's. */
export const DISK: Disk = fs;

const MIB = 1024 * 1024;
const CHUNK = 64 * 1024;
/** Between a file's name and whose unfinished copy this is. */
const PART = '.part-';

/** Whether a name is that of a file that somebody is still writing, or died while writing; whose, then. */
export function writerOf(name: string): number | undefined {
  const match = /\.part-(\d{1,10})(?:-\d{1,15})?$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

let parts = 0;

/** A name beside `path`, for what is not finished. */
export function partOf(path: string): string {
  return `${path}${PART}${process.pid}-${++parts}`;
}

/** All that a descriptor gives, of at most `most` MiB: what is no file of ours may be of any length, or without end. */
export function readAll(disk: Disk, fd: number, most: number): string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = disk.readSync(fd, chunk);
    if (read === 0) return Buffer.concat(chunks).toString('utf8');
    length += read;
    if (length > most * MIB) throw new Error(`is longer than ${most} MiB`);
    chunks.push(chunk.subarray(0, read));
  }
}

/** The text of a plain file of at most `most` MiB: no link is followed, and no pipe, which would never end, is opened. */
export function readPlain(disk: Disk, path: string, most: number): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const fd = disk.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!disk.fstatSync(fd).isFile()) throw new Error('is no file');
    return readAll(disk, fd, most);
  } finally {
    disk.closeSync(fd);
  }
}

/** Writes a new file; `sync`: waits until it is on the disk. */
function writeNewFile(disk: Disk, path: string, text: string, sync: boolean): void {
  // Exclusively: a link that somebody has laid there is not followed.
  const fd = disk.openSync(path, 'wx');
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += disk.writeSync(fd, bytes, at);
    if (sync) disk.fsyncSync(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/** Writes a file whole or not at all; replaces one that is there. */
export function writeWhole(disk: Disk, path: string, text: string): void {
  putInPlace(disk, path, text, disk.renameSync, true);
}

/** Writes a file whole, unless there is one: throws with the code EEXIST then. `sync`: as what cannot be made again. */
export function writeOnce(disk: Disk, path: string, text: string, sync = true): void {
  putInPlace(disk, path, text, (from, to) => link(disk, from, to), sync);
}

/** Writes a file beside `path` and gives it that name by `put`; nothing of it is left otherwise. */
function putInPlace(disk: Disk, path: string, text: string, put: (from: string, to: string) => void, sync: boolean): void {
  const temporary = partOf(path);
  try {
    writeNewFile(disk, temporary, text, sync);
    put(temporary, path);
  } catch (error) {
    disk.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Gives a file a name that is free; some file systems cannot do that in one step. */
function link(disk: Disk, from: string, to: string): void {
  try {
    disk.linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || disk.lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw error;
    disk.renameSync(from, to);
    return;
  }
  disk.unlinkSync(from);
}

/** Makes a folder and those above it (mkdir's own recursion never ends where the system refuses, as in /proc). */
export function makeFolder(disk: Disk, path: string): void {
  if (disk.statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const above = dirname(path);
  if (above !== path) makeFolder(disk, above);
  try {
    disk.mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile: two hunts of one folder begin at the same time.
    if (codeOf(error) !== 'EEXIST' || !disk.statSync(path).isDirectory()) throw error;
  }
}

/** Writes a new folder with files in it, whole or not at all; false if there is one of that name. */
export function writeFolder(disk: Disk, path: string, files: ReadonlyMap<string, string>): boolean {
  const temporary = partOf(path);
  try {
    disk.mkdirSync(temporary);
    for (const [name, text] of files) writeNewFile(disk, join(temporary, name), text, true);
    // An empty folder would be replaced; ours never are.
    disk.renameSync(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    disk.rmSync(temporary, { recursive: true, force: true });
  }
}
