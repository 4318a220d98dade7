import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DISK, type Disk } from '../../src/campaign/index.ts';

/** What changes something. */
const WRITES = new Set<keyof Disk>(['linkSync', 'mkdirSync', 'openSync', 'renameSync', 'rmSync', 'unlinkSync', 'writeSync', 'fsyncSync']);

/** The machine's, which is not waited for. */
export const QUICK: Disk = { ...DISK, fsyncSync: () => {} };

/** A disk on which `before` is asked ahead of each call that changes something; it may throw. */
export function troubled(before: (call: keyof Disk, args: readonly unknown[]) => void): Disk {
  const calls = Object.entries(QUICK as unknown as Record<string, (...args: unknown[]) => unknown>).filter(([, value]) => typeof value === 'function');
  const entries = calls.map(([name, call]) => [
    name, (...args: unknown[]) => {
      if (WRITES.has(name as keyof Disk)) before(name as keyof Disk, args);
      return call(...args);
    },
  ]);
  return Object.fromEntries(entries) as unknown as Disk;
}

/** What a call of the system that failed throws. */
export function failed(code: string): Error {
  return Object.assign(new Error(`${code}: planted`), { code });
}

/** New folders, removed when the tests of a file are over. */
export function folders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'inband-campaign-'));
  let count = 0;
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return () => join(root, `folder-${++count}`);
}

/** Names and contents of all files below a folder. */
export function tree(folder: string, only = /./): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).map((path) => [path.slice(folder.length + 1), path] as const).filter(([name]) => only.test(name));
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, path]) => [name, readFileSync(path, 'utf8')]));
}
