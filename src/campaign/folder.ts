import { constants } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../scenarios/index.ts';
import { DISK, makeFolder, readPlain, writeFolder, writeOnce, writeWhole, writerOf, type Disk } from './disk.ts';
import { FileError, codeOf } from './file-error.ts';
import { isAlive } from './owner.ts';

/** Names of files and folders in a campaign: nothing that could lead out of it, or be taken for an option. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,240}$/;

/**
 * A folder whose content may come from elsewhere. Its files are named by their path within it; links are neither followed
 * nor replaced, and what is no plain file (a pipe would never end) is not opened. Every file is written whole or not at
 * all. Throws FileError.
 */
export class Folder {
  readonly path: string;
  readonly disk: Disk;

  constructor(path: string, disk: Disk = DISK) {
    this.path = path;
    this.disk = disk;
  }

  /** For messages: the path of a file as the user knows it. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Whether there is a file or folder of that name. */
  has(name: string): boolean {
    return this.act('cannot read', name, (path) => this.disk.lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  }

  /** The text of a file of at most `most` MiB. */
  read(name: string, most: number): string {
    return this.act('cannot read', name, (path) => readPlain(this.disk, path, most));
  }

  /** The same; undefined if there is none, or none any more. */
  readIfThere(name: string, most: number): string | undefined {
    return this.ifThere(name, () => this.read(name, most));
  }

  /** Writes a file; replaces one that is there. */
  write(name: string, text: string): void {
    this.change('cannot write', name, (path) => {
      this.prepare(name);
      writeWhole(this.disk, path, text);
    });
  }

  /**
   * Writes a file unless there is one of that name: false, and it is left as it is. `sync`: false for what can be made again,
   * should the power fail.
   */
  writeOnce(name: string, text: string, sync = true): boolean {
    return this.change('cannot write', name, (path) => {
      this.prepare(name);
      try {
        writeOnce(this.disk, path, text, sync);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      }
    });
  }

  /** Writes a folder with files in it, whole, unless there is one of that name: false, and it is left as it is. */
  writeFolder(name: string, files: ReadonlyMap<string, string>): boolean {
    for (const file of files.keys()) check(this.at(name), file);
    return this.change('cannot write', name, (path) => {
      this.prepare(name);
      return writeFolder(this.disk, path, files);
    });
  }

  /** Adds a line to a file, in one write; after a line that a crash has torn it begins a new one. */
  append(name: string, line: string): void {
    this.change('cannot write', name, (path) => {
      this.prepare(name);
      const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
      const fd = this.disk.openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
      try {
        const { size } = this.disk.fstatSync(fd);
        const last = Buffer.alloc(1);
        const torn = size > 0 && this.disk.readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
        const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`);
        if (this.disk.writeSync(fd, bytes) < bytes.length) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      } finally {
        this.disk.closeSync(fd);
      }
    });
  }

  /** Names in a folder within this one, sorted, without what is being written; empty if there is no such folder. */
  list(name: string): readonly string[] {
    const names = this.ifThere(name, () => this.act('cannot read', name, (path) => this.disk.readdirSync(path))) ?? [];
    return names.filter((entry) => NAME.test(entry) && writerOf(entry) === undefined).sort();
  }

  /** Removes a file or a folder; nothing if there is none. */
  remove(name: string): void {
    this.change('cannot remove', name, (path) => this.disk.rmSync(path, { recursive: true, force: true, maxRetries: BUSY }));
  }

  /** Removes what processes that are no more have left unfinished in a folder within this one. */
  sweep(name: string): void {
    this.ifThere(name, () => this.act('cannot remove', name, (path) => {
      for (const entry of this.disk.readdirSync(path)) {
        const writer = writerOf(entry);
        if (writer !== undefined && !isAlive(writer)) this.disk.rmSync(join(path, entry), { recursive: true, force: true });
      }
    }));
  }

  /** Makes the folder itself. */
  make(): void {
    try {
      makeFolder(this.disk, this.path);
    } catch (error) {
      throw new FileError('cannot write to', this.path, error);
    }
  }

  /** Does something with a path that stays within the folder. */
  act<T>(what: string, name: string, act: (path: string) => T): T {
    try {
      this.stayWithin(name);
      return act(this.at(name));
    } catch (error) {
      throw error instanceof UsageError ? error : new FileError(what, this.at(name), error);
    }
  }

  /** The same with what is to be changed: never the folder itself. */
  private change<T>(what: string, name: string, act: (path: string) => T): T {
    if (name === '') check(this.path, name);
    return this.act(what, name, (path) => {
      for (let tries = 0; ; tries++) {
        try {
          return act(path);
        } catch (error) {
          // Another process may have removed a folder that was just made sure of.
          if (codeOf(error) !== 'ENOENT' || tries >= BUSY) throw error;
        }
      }
    });
  }

  /** Undefined if there is nothing of that name: asked when it has failed, for others may remove it meanwhile. */
  private ifThere<T>(name: string, act: () => T): T | undefined {
    if (name !== '' && !this.has(name)) return undefined;
    try {
      return act();
    } catch (error) {
      if (error instanceof UsageError && name !== '' && !this.has(name)) return undefined;
      throw error;
    }
  }

  /** Makes the folders in which a file is to be. */
  private prepare(name: string): void {
    const slash = name.lastIndexOf('/');
    makeFolder(this.disk, slash < 0 ? this.path : this.at(name.slice(0, slash)));
  }

  /** Refuses names that lead out of the folder, and folders within it that are links. */
  private stayWithin(name: string): void {
    if (name === '') return;
    const parts = name.split('/');
    for (const part of parts) check(this.path, part);
    for (let i = 1; i < parts.length; i++) {
      const above = this.at(parts.slice(0, i).join('/'));
      const there = this.disk.lstatSync(above, { throwIfNoEntry: false });
      if (there !== undefined && !there.isDirectory()) throw new UsageError(`${above}: expected a folder, not a ${there.isSymbolicLink() ? 'link' : 'file'}`);
    }
  }
}

const NEWLINE = 0x0a;
/** How often something is tried again that another process has come in the way of. */
const BUSY = 3;

function check(folder: string, name: string): void {
  if (!NAME.test(name)) throw new UsageError(`${folder}: ${JSON.stringify(name.slice(0, 60))} is no name for a file in a campaign`);
}
