import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuote } from '../../src/report/index.ts';

describe('a word for a shell', () => {
  it('is as it is where no shell takes it for something else', () => {
    for (const word of ['inband-findings/x-1.json', 'kcs-bmc@fixed', './my_driver.ts', 'A=1,b:2+%']) expect(shellQuote(word)).toBe(word);
    expect(shellQuote('')).toBe('\'\'');
    expect(shellQuote('my races/it\'s.json')).toBe('\'my races/it\'\\\'\'s.json\'');
  });

  it('is what a shell makes of it again', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll('\0', '')), { minLength: 1, maxLength: 20 }), (words) => {
      const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }), { numRuns: 50 });
  });
});
