import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Folder, type Disk } from '../../src/campaign/index.ts';
import { QUICK, folders } from './disks.ts';

const folder = folders();

/** A folder with `a/b.json` in it, in which another process removes `a` just ahead of a call of the system, once. */
function removedBefore(call: 'readdirSync' | 'openSync'): Folder {
  const path = folder();
  mkdirSync(join(path, 'a'), { recursive: true });
  writeFileSync(join(path, 'a/b.json'), '{}');
  let removed = false;
  const original = QUICK[call] as (at: string, ...rest: unknown[]) => unknown;
  const disk = {
    ...QUICK,
    [call]: (at: string, ...rest: unknown[]) => {
      if (!removed) rmSync(call === 'readdirSync' ? at : dirname(at), { recursive: true });
      removed = true;
      return original(at, ...rest);
    },
  } as Disk;
  return new Folder(path, disk);
}

describe('what another process removes meanwhile', () => {
  it('is not there', () => {
    expect(removedBefore('readdirSync').list('a')).toEqual([]);
    expect(removedBefore('openSync').readIfThere('a/b.json', 1)).toBeUndefined();
    expect(() => removedBefore('openSync').read('a/b.json', 1)).toThrow(/^cannot read [^\n]*b\.json: no such file or directory$/);
  });

  it('is made again for what is to be written', () => {
    for (const write of [
      (place: Folder) => place.write('a/b.json', '[]'), (place: Folder) => place.writeOnce('a/b.json', '[]'), (place: Folder) => place.append('a/b.json', '[]'),
    ]) {
      const place = removedBefore('openSync');
      write(place);
      expect(readFileSync(place.at('a/b.json'), 'utf8').trim()).toBe('[]');
    }
  });
});
