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

  it('has no control character, which would break the line or reach the terminal', () => {
    expect(shellQuote('a\nb.json')).toBe('$\'a\\012b.json\'');
    expect(shellQuote('it\'s \\ \u001b[2J\u0085')).toBe('$\'it\\\'s \\\\ \\033[2J\\302\\205\'');
  });

  // What Debian has as /bin/sh does not know $'' of POSIX.1-2024.
  const shells = [
    { shell: '/bin/sh', unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) },
    { shell: 'bash', unit: fc.oneof(fc.integer({ min: 1, max: 0x9f }).map((code) => String.fromCharCode(code)), fc.constantFrom('\u2028', 'é', '7')) },
  ];
  it.each(shells)('is what $shell makes of it again', ({ shell, unit }) => {
    fc.assert(fc.property(fc.array(fc.string({ unit }), { minLength: 1, maxLength: 20 }), (words) => {
      const { stdout } = spawnSync(shell, ['-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    }), { numRuns: 50 });
  });
});
