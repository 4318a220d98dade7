import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlyFile, setUp } from './inband.ts';

/** As it should be. */
const sound = setUp();

/** The same with a system that is not the same when built anew, a shrinker that never sees what was found, and a crash. */
const broken = setUp([
  ['src/cli/finding-file.ts', 'build(buildOptionsOf(finding))', 'build({ ...buildOptionsOf(finding), settings: { lock: 100_000 + 1000 * builds++ } })'],
  ['src/cli/exit.ts', 'export const Exit', 'declare global { var builds: number }\nglobalThis.builds = 0;\nexport const Exit'],
  ['src/explore/shrink.ts', 'if (violation === undefined) return false;', 'return false;'],
  ['src/cli/list.ts', 'case \'strategies\':', 'case \'strategies\':\n      throw new TypeError(\'planted\');'],
]);

describe('what the command line says of faults of our own', () => {
  it('a replay that is not the same: exit code 3, the first step that differs', async () => {
    const cwd = sound.folder();
    expect((await sound.run(['hunt', '--oracle', 'sleep-in-atomic', '--out', '.'], { cwd })).code).toBe(1);
    const file = onlyFile(cwd);
    const [text, json, unasked] = await Promise.all([
      broken.run(['replay', file, '--check-determinism']), broken.run(['replay', file, '--check-determinism', '--json']), broken.run(['replay', file]),
    ]);
    expect(text).toMatchObject({ code: 3, stderr: '' });
    expect(text.stdout).toMatch(/\nNOT deterministic: a system built anew differs at step \d+: .* at \d+ ps instead of .* at \d+ ps\n$/);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'inband-replay/1', deterministic: false });
    expect([0, 1]).toContain(unasked.code);
  });

  it('a hunt that cannot run its own schedule again: exit code 3, one line', async () => {
    const cwd = broken.folder();
    const { code, stdout, stderr } = await broken.run(['hunt', '--oracle', 'sleep-in-atomic', '--json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^inband: NOT deterministic: execution \d+ of seed 1 does not show the same when it is run again\n$/);
    expect(readdirSync(join(cwd, 'inband-findings'))).toEqual([]);
  });

  it('a crash: exit code 4, with what a report of it needs', async () => {
    const { code, stdout, stderr } = await broken.run(['list', 'strategies', '--json']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/^inband: internal error: TypeError: planted\n {4}at /);
  });
});
