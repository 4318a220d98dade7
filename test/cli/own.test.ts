import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HAS_CLANG, WITHOUT, driverText } from '../c/toolchain.ts';
import { ROOT, expectRefusal, onlyFile, setUp } from './inband.ts';

const inband = setUp();

/** A folder with files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  inband.bringLibrary();
  const folder = inband.folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe.skipIf(!HAS_CLANG)(`a driver in C${WITHOUT}`, () => {
  const cache = (folder: string) => ({ XDG_CACHE_HOME: join(folder, 'cache') });
  const broken = HAS_CLANG ? driverText('kcs.c').replace('kcs->generation == generation', 'kcs->phase == P_WRITE_DONE') : '';

  it('runs, and what was compiled is kept', async () => {
    const cwd = folderWith({ 'kcs.c': driverText('kcs.c') });
    const options = { cwd, env: cache(cwd) };
    const first = await inband.run(['run', '--c', 'kcs.c', '--as', 'kcs'], options);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('no rule broken');
    const kept = readdirSync(join(cwd, 'cache/inband'));
    expect(kept).toHaveLength(1);
    expect((await inband.run(['run', 'kcs', '--c', 'kcs.c'], options)).stdout).toBe(first.stdout);
    expect(readdirSync(join(cwd, 'cache/inband'))).toEqual(kept);
  });

  it('hunt, show, replay; a finding does not carry the driver along', async () => {
    const cwd = folderWith({ 'kcs.c': broken });
    const options = { cwd, env: cache(cwd) };
    const own = ['--c', 'kcs.c'];
    const hunt = await inband.run(['hunt', ...own, '--as', 'kcs', '--oracle', 'wrong-response', '--budget', '20000x'], options);
    expect(hunt).toMatchObject({ code: 1, stderr: '' });
    const line = broken.split('\n').findIndex((text) => text.includes('copy_to_user(buf')) + 1;
    expect(hunt.stdout).toMatch(new RegExp(`kcs\\.c:${line} read_request: (page fault in )?copy_to_user`));
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect(hunt.stdout).toMatch(/\nreplay: inband replay inband-findings\/\S+\.json --c kcs\.c\n/);

    const replayed = await inband.run(['replay', file, ...own, '--check-determinism'], options);
    expect(replayed).toMatchObject({ code: 1, stderr: '' });
    expect(replayed.stdout).toContain('the same as when it was found');
    expect(replayed.stdout).toContain('deterministic: three runs are the same');
    expectRefusal(await inband.run(['replay', file], options), 'c@kcs.c', '--c FILE');
    expectRefusal(await inband.run(['replay', file, '--driver', 'kcs-bmc@v2'], options), 'c@kcs.c', '--c FILE');

    // Mended, it is told that the driver is another.
    writeFileSync(join(cwd, 'kcs.c'), driverText('kcs.c'));
    const mended = await inband.run(['replay', file, ...own], options);
    expect(mended.code).toBe(0);
    expect(mended.stderr).toContain('driver c@kcs.c has changed');
  });

  it('memory accesses as steps: the finding knows', async () => {
    const cwd = folderWith({ 'kcs.c': broken });
    const options = { cwd, env: cache(cwd) };
    expect((await inband.run(['hunt', '--c', 'kcs.c', '--fine', '--as', 'kcs', '--budget', '20000x'], options)).code).toBe(1);
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect((await inband.run(['replay', file, '--c', 'kcs.c'], options)).stdout).toContain('the same as when it was found');
  });

  it('headers of its own are found by --include', async () => {
    const cwd = folderWith({
      'kcs.c': driverText('kcs.c').replace('#define MESSAGE 1000', '#include "sizes.h"'), 'more/sizes.h': '#define MESSAGE 1000\n',
    });
    const options = { cwd, env: cache(cwd) };
    expect((await inband.run(['run', '--c', 'kcs.c', '--include', 'more', '--as', 'kcs'], options)).code).toBe(0);
    const without = await inband.run(['run', '--c', 'kcs.c', '--as', 'kcs'], options);
    expect(without).toMatchObject({ code: 2, stdout: '' });
    expect(without.stderr).toContain('\'sizes.h\' file not found');
  });

  it.each([
    ['a header that is not there', '#include <linux/dmaengine.h>\n', ['driver.c:2:10: fatal error: \'linux/dmaengine.h\' file not found', 'clang refuses driver.c']],
    ['a function that no header has', 'static int __init f(void)\n{\n\treturn vfs_fsync(0, 0);\n}\nmodule_init(f);\n', ['driver.c:4:9: error:', 'vfs_fsync']],
    ['a function that it declares itself', 'extern int vfs_fsync(int);\nstatic int __init f(void)\n{\n\treturn vfs_fsync(0);\n}\nmodule_init(f);\n', ['driver.c:5: vfs_fsync() is not in the slice of the kernel']],
    ['no device', 'static int __init f(void)\n{\n\treturn 0;\n}\nmodule_init(f);\n', ['registers no character device', 'aspeed,ast2500-kcs-bmc-v2']],
    ['a probe that fails', 'static int __init f(void)\n{\n\treturn -ENODEV;\n}\nmodule_init(f);\n', ['cannot be loaded', '-19']],
    ['floating point', 'volatile double x;\nstatic int __init f(void)\n{\n\treturn x * 2;\n}\nmodule_init(f);\n', ['floating-point']],
  ])('%s is told', async (_what, text, expected) => {
    const cwd = folderWith({ 'driver.c': `#include <linux/module.h>\n${text}` });
    const ran = await inband.run(['run', '--c', 'driver.c', '--as', 'kcs'], { cwd, env: cache(cwd) });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    for (const part of expected) expect(ran.stderr).toContain(part);
    expect(ran.stderr).not.toContain('internal error');
  });
});

describe('a driver of one\'s own', () => {
  it('without a compiler: what to install', async () => {
    const cwd = folderWith({ 'driver.c': '' });
    expectRefusal(await inband.run(['run', '--c', 'driver.c', '--as', 'kcs'], { cwd, env: { PATH: cwd } }), 'clang', 'apt-get install clang lld');
  });

  it('what is missing or does not fit is told', async () => {
    const cwd = folderWith({ 'driver.c': '', 'empty.mjs': 'export const x = 1;\n' });
    expectRefusal(await inband.run(['run', '--c', 'nosuch.c', '--as', 'kcs'], { cwd }), 'nosuch.c', 'no such file');
    expectRefusal(await inband.run(['run', '--c', 'driver.c'], { cwd }), '--as', 'kcs, ssif');
    expectRefusal(await inband.run(['run', 'ssif', '--c', 'driver.c', '--as', 'kcs'], { cwd }), 'ssif', '--as kcs');
    expectRefusal(await inband.run(['run', 'kcs', '--fine'], { cwd }), '--fine', '--c FILE');
    expectRefusal(await inband.run(['run', '--driver', './empty.mjs', '--as', 'kcs'], { cwd }), 'empty.mjs', 'no class of a driver');
  });

  it('in TypeScript: a subclass of ours', async () => {
    const cwd = folderWith({
      'mine.ts': `import { EINVAL, KcsBmcMainline, type OpenFile, type Steps, type UserBuffer } from 'inband';
export default class Mine extends KcsBmcMainline {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return count > 100 ? -EINVAL : yield* super.write(file, buf, count);
  }
}
`,
    });
    symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules')); // esbuild is the user's
    const ran = await inband.run(['hunt', '--driver', './mine.ts', '--as', 'kcs', '--oracle', 'wrong-response', '--budget', '20000x'], { cwd });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 1, stderr: '' });
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect(ran.stdout).toContain(' --driver ./mine.ts\n');
    expect((await inband.run(['replay', file, '--driver', './mine.ts'], { cwd })).stdout).toContain('the same as when it was found');
  });
});
