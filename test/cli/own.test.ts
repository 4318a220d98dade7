import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseModule } from '../../src/c/wasm/module.ts';
import { sourcesOf } from '../../src/c/wasm/sources.ts';
import { textsByName } from '../../src/cli/toolchain.ts';
import { HAS_CLANG, WITHOUT, driverText } from '../c/toolchain.ts';
import { expectRefusal, onlyFile, setUp, type Ran } from './inband.ts';
import { NODES } from './nodes.ts';

const inband = setUp();

/** A folder with files. */
function folderWith(files: Readonly<Record<string, string>>): string {
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
    const hunt = await inband.run(['hunt', ...own, '--as', 'kcs', '--oracle', 'wrong-response', '--strategy', 'greybox', '--budget', '20000x'], options);
    expect(hunt).toMatchObject({ code: 1, stderr: '' });
    const line = broken.split('\n').findIndex((text) => text.includes('copy_to_user(buf')) + 1;
    expect(hunt.stdout).toMatch(new RegExp(`kcs\\.c:${line} read_request: (page fault in )?copy_to_user`));
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect(hunt.stdout).toMatch(/\nreplay: inband replay inband-findings\/\S+\.json --c kcs\.c\n/);

    const replayed = await inband.run(['replay', file, ...own, '--check-determinism'], options);
    expect(replayed).toMatchObject({ code: 1, stderr: '' });
    expect(replayed.stdout).toContain('the same as when it was found');
    expect(replayed.stdout).toContain('deterministic: three runs are the same');
    const [text, html, shrunk] = await Promise.all([
      inband.run(['show', file, ...own], options), inband.run(['show', file, ...own, '-f', 'html', '-o', 'x.html'], options),
      inband.run(['shrink', file, ...own, '-o', 'small.json'], options),
    ]);
    expect([text.code, html.code, shrunk.code]).toEqual([1, 1, 1]);
    expect(hunt.stdout).toContain(text.stdout.slice(0, text.stdout.indexOf('\nreplay: ')));
    // What stands in the lines of which it speaks.
    expect(text.stdout).toContain(`\nkcs.c\n`);
    expect(text.stdout).toContain(`\n>  ${line}  if (copy_to_user(buf, kcs->copy, ret))\n`);
    const markup = readFileSync(join(cwd, 'x.html'), 'utf8');
    expect(markup).toContain(`kcs.c:${line}  if (copy_to_user(buf, kcs-&#62;copy, ret))`);
    expect(markup).toContain('"kcs.c:80":"regmap_read(');
    expect(shrunk.stdout).toContain('decisions was found in ');
    expect((await inband.run(['replay', 'small.json', ...own], options)).code).toBe(1);
    expectRefusal(await inband.run(['replay', file], options), 'c@kcs.c', '--c FILE');
    expectRefusal(await inband.run(['replay', file, '--driver', 'kcs-bmc@v2'], options), 'c@kcs.c', '--c FILE');

    // Mended, it is told that the driver is another.
    writeFileSync(join(cwd, 'kcs.c'), driverText('kcs.c'));
    const mended = await inband.run(['replay', file, ...own], options);
    expect(mended.code).toBe(0);
    expect(mended.stderr).toContain('driver c@kcs.c has changed');
  });

  it('prove, and the interrupt path', async () => {
    const cwd = folderWith({ 'kcs.c': driverText('kcs.c') });
    const options = { cwd, env: cache(cwd) };
    const own = ['--c', 'kcs.c', '--as', 'kcs'];
    const small = ['--messages', '1', '--set', 'command=get-device-id', '--set', 'hostMode=poll', '--stalls', '0', '--faults', '1'];
    const [proof, races, bench, twin] = await Promise.all([
      inband.run(['prove', ...own, ...small], options), inband.run(['prove', ...own, ...small, '--oracle', 'data-race'], options),
      inband.run(['bench', 'irq', ...own, '--n', '8', '--json'], options), inband.run(['bench', 'irq', '--driver', 'kcs-bmc@fixed', '--n', '8', '--json'], options),
    ]);
    expect(proof).toMatchObject({ code: 0, stderr: '' });
    expect(proof.stdout).toMatch(/^every schedule with .* of scenario kcs on c@kcs\.c: /);
    expect(proof.stdout).toContain('data races are judged by what they lead to only (--oracle data-race: each)');
    expect(races.stdout).toContain('every one was run\n');
    expect(races.stdout).not.toContain('--oracle data-race');
    // The driver that it follows step by step has the same path.
    const pathOf = ({ stdout }: Ran): unknown => ({ ...JSON.parse(stdout) as object, driver: '' });
    expect(pathOf(bench)).toEqual(pathOf(twin));
  });

  it('a campaign, and what is to be known of it', async () => {
    const cwd = folderWith({ 'kcs.c': broken });
    const options = { cwd, env: cache(cwd) };
    const own = ['--c', 'kcs.c'];
    const whole = await inband.run([
      'hunt', ...own, '--as', 'kcs', '--oracle', 'wrong-response', '--strategy', 'random', '--budget', '256x', '--keep-going', '--campaign', 'whole', '--shard', '1/1', '--json',
    ], options);
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 1, stderr: '' });
    const { findings } = JSON.parse(whole.stdout) as { findings: { now: number } };
    expect(findings.now).toBeGreaterThan(0);
    expect((await inband.run(['status', 'whole', ...own], options)).stdout).toContain('256 executions of 256');
    expectRefusal(await inband.run(['status', 'whole'], options), 'c@kcs.c', '--c FILE');
    expect((await inband.run(['merge', 'both', 'whole', ...own], options)).stderr).toBe('');
    expect(JSON.parse((await inband.run(['status', 'both', ...own, '--json'], options)).stdout)).toMatchObject({ findings: { now: findings.now } });
    expect(await inband.run(['verify', 'both', ...own], options)).toMatchObject({ code: 0, stderr: '' });
  });

  it('memory accesses as steps: the finding knows', async () => {
    const cwd = folderWith({ 'kcs.c': broken });
    const options = { cwd, env: cache(cwd) };
    expect((await inband.run(['hunt', '--c', 'kcs.c', '--fine', '--as', 'kcs', '--budget', '20000x'], options)).code).toBe(1);
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect((await inband.run(['replay', file, '--c', 'kcs.c'], options)).stdout).toContain('the same as when it was found');
  });

  it('files of one name are refused; headers of one name are told apart', async () => {
    const header = (n: number): string => `#define MORE ${n}\n`;
    const cwd = folderWith({
      'a/kcs.c': `#include "x.h"\n${driverText('kcs.c')}`, 'b/kcs.c': 'int other;\n', 'b/more.c': '#include "x.h"\nint more = MORE;\n', 'a/x.h': header(1), 'b/x.h': header(2),
    });
    const options = { cwd, env: cache(cwd) };
    expectRefusal(await inband.run(['run', '--c', 'a/kcs.c', 'b/kcs.c', '--as', 'kcs'], options), '--c b/kcs.c: there is another file of the name kcs.c');
    const driver = ['--c', 'a/kcs.c', 'b/more.c', '--as', 'kcs'];
    expect((await inband.run(['run', ...driver], options)).code).toBe(0);
    const sources = sourcesOf(parseModule(readFileSync(onlyFile(join(cwd, 'cache/inband')))));
    expect([...sources.keys()].toSorted()).toEqual(['kcs.c', 'more.c', 'x.h 1', 'x.h 2']);
    // Whatever their order: a change of either is a change of the driver.
    expect(textsByName(new Map([['/b/x.h', 'two'], ['/x.c', 'c'], ['/a/x.h', 'one'], ['/c/x.h', 'two']]))).toEqual({ 'x.h 1': 'one', 'x.h 2': 'two', 'x.c': 'c' });
  });

  it('a name that is not ASCII is told as it is', async () => {
    const cwd = folderWith({ 'my käs 1.c': driverText('kcs.c').replace('	do {\n		if (block)', '	BUG_ON(count);\n	do {\n		if (block)') });
    const ran = await inband.run(['run', '--c', 'my käs 1.c', '--as', 'kcs'], { cwd, env: cache(cwd) });
    expect(ran.stdout).toMatch(/oops: my käs 1\.c:\d+ kcs_read\(\)/);
    expect(ran.stdout).not.toContain('Ã');
  });

  it('headers of its own are found by --include', async () => {
    const cwd = folderWith({
      'kcs.c': driverText('kcs.c').replace('#define MESSAGE 1000', '#include "sizes.h"'), 'more/sizes.h': '#define MESSAGE 1000\n',
    });
    const options = { cwd, env: cache(cwd) };
    expect((await inband.run(['run', '--c', 'kcs.c', '--include', 'more', '--as', 'kcs'], options)).code).toBe(0);
    expect(sourcesOf(parseModule(readFileSync(onlyFile(join(cwd, 'cache/inband'))))).get('sizes.h')).toEqual(['#define MESSAGE 1000', '']);
    const without = await inband.run(['run', '--c', 'kcs.c', '--as', 'kcs'], options);
    expect(without).toMatchObject({ code: 2, stdout: '' });
    expect(without.stderr).toContain('\'sizes.h\' file not found');
  });

  for (const [name, node] of NODES) {
    it.skipIf(node === undefined)(`byte for byte the same in ${name}`, async () => {
      const cwd = folderWith({ 'kcs.c': broken });
      const args = ['hunt', '--c', 'kcs.c', '--as', 'kcs', '--oracle', 'wrong-response', '--budget', '20000x', '--out'];
      const [one, other] = await Promise.all([inband.run([...args, 'a'], { cwd, env: cache(cwd) }), inband.run([...args, 'b'], { cwd, env: cache(cwd), node: node! })]);
      expect([one.code, other.code]).toEqual([1, 1]);
      expect(readFileSync(onlyFile(join(cwd, 'b')))).toEqual(readFileSync(onlyFile(join(cwd, 'a'))));
      const timeless = ({ stdout }: Ran): string => stdout.replace(/ in \d+\.\d s/, '').replaceAll(/ [ab]\/wrong/g, '');
      expect(timeless(other)).toBe(timeless(one));
    });
  }

  it('options and the version of the kernel are given by --define', async () => {
    const text = `#include <linux/version.h>\n#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0) && IS_ENABLED(CONFIG_MINE)\n#error old\n#endif\n${driverText('kcs.c')}`;
    const cwd = folderWith({ 'kcs.c': text });
    const options = { cwd, env: cache(cwd) };
    const run = ['run', '--c', 'kcs.c', '--as', 'kcs'];
    expect((await inband.run(run, options)).code).toBe(0);
    const old = await inband.run([...run, '--define', `LINUX_VERSION_CODE=${(5 << 16) + (15 << 8)}`, '--define', 'CONFIG_MINE'], options);
    expect(old.code).toBe(2);
    expect(old.stderr).toContain('kcs.c:3:2: error: old');
    expectRefusal(await inband.run([...run, '--define', '-x'], options), '--define -x', 'NAME=VALUE');
  });

  it.each([
    ['a header that is not there', '#include <linux/dmaengine.h>\n', ['driver.c:2:10: fatal error: \'linux/dmaengine.h\' file not found', 'clang refuses driver.c', 'there is no linux/dmaengine.h; all that there is: inband list kernel']],
    ['a header like another', '#include <linux/of_net.h>\n', ['driver.c:2:10: fatal error:', 'no linux/of_net.h; like it there are linux/of.h, linux/of_address.h,']],
    ['a function that no header has', 'static int __init f(void)\n{\n\treturn vfs_fsync(0, 0);\n}\nmodule_init(f);\n', ['driver.c:4:9: error:', 'of the kernel there is no vfs_fsync; all that there is: inband list kernel']],
    ['a lock that is not there', 'static spinlock_t l;\nstatic int __init f(void)\n{\n\tspin_lock_bh(&l);\n\treturn 0;\n}\nmodule_init(f);\n',
      ['driver.c:5:2: error:', 'of the kernel there is no spin_lock_bh; like it there are spin_lock_init, spin_lock, spin_lock_irq, spin_lock_irqsave;']],
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

/** Stands for the package: the same compiler, on files that it is given in memory. */
const PACKAGE = `import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
class Exit extends Error { code = 1; }
const lay = (folder, tree) => {
  for (const [name, inner] of Object.entries(tree)) {
    if (typeof inner === 'string' || inner instanceof Uint8Array) writeFileSync(join(folder, name), inner);
    else { mkdirSync(join(folder, name)); lay(join(folder, name), inner); }
  }
};
const take = (folder) => Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).isDirectory() ? take(join(folder, name)) : readFileSync(join(folder, name))]));
const tool = (path) => (args, tree, options) => {
  if (args === undefined) return Promise.resolve();
  const root = mkdtempSync('TOOLS/memory-');
  lay(root, tree);
  const { status, stderr } = spawnSync(path, args.map((arg) => arg.replace(/^\\/(?=host|inband|out)/, root + '/')), { encoding: 'utf8' });
  options.stderr(new TextEncoder().encode(stderr.replaceAll(root, '')));
  if (status !== 0) throw new Exit();
  return take(root);
};
export const commands = { clang: tool('CLANG'), 'wasm-ld': tool('LINKER') };
`;

/** Where a tool of the PATH is. */
function toolAt(name: string): string {
  return (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? '';
}

/** A folder with files and the package; and a folder without tools, for a PATH. */
function withPackage(files: Readonly<Record<string, string>>): readonly [cwd: string, tools: string] {
  const tools = inband.folder();
  return [folderWith({
    ...files,
    'node_modules/@yowasp/clang/package.json': '{ "type": "module", "version": "0.0.1", "exports": { "default": "./clang.js" } }',
    'node_modules/@yowasp/clang/clang.js': PACKAGE.replace('TOOLS', tools).replace('CLANG', toolAt('clang')).replace('LINKER', toolAt('wasm-ld')),
  }), tools];
}

describe.skipIf(!HAS_CLANG)(`a driver in C without clang on the PATH, but with its package for npm${WITHOUT}`, () => {
  it('is compiled from files in memory, to the same; complaints name the file as it was given', async () => {
    const text = driverText('kcs.c').replace('#define MESSAGE 1000', '#include "sizes.h"\n#include <more.h>');
    const [cwd, tools] = withPackage({ 'src/kcs.c': text, 'src/sizes.h': '#define MESSAGE MORE\n', 'more/more.h': '#define MORE 1000\n' });
    const driver = ['--c', 'src/kcs.c', '--include', 'more', '--as', 'kcs'];
    const [native, npm] = [{ XDG_CACHE_HOME: join(cwd, 'a') }, { XDG_CACHE_HOME: join(cwd, 'b'), PATH: tools }];
    const hunt = await inband.run(['hunt', ...driver, '--oracle', 'data-race', '--budget', '2x', '--json'], { cwd, env: native });
    const same = await inband.run(['hunt', ...driver, '--oracle', 'data-race', '--budget', '2x', '--json'], { cwd, env: npm });
    const timeless = ({ stdout }: Ran): string => stdout.replace(/"seconds": .*/, '');
    expect({ ...same, stdout: timeless(same) }).toEqual({ ...hunt, stdout: timeless(hunt) });
    const bytes = (folder: string): Buffer => readFileSync(onlyFile(join(cwd, folder, 'inband')));
    expect(sourcesOf(parseModule(bytes('b')))).toEqual(sourcesOf(parseModule(bytes('a'))));
    // Kept: nothing is compiled again.
    rmSync(join(cwd, 'node_modules/@yowasp/clang/clang.js'));
    expect((await inband.run(['run', ...driver], { cwd, env: npm })).code).toBe(0);
  });

  it('what it refuses is told in its words', async () => {
    const [cwd, tools] = withPackage({ 'bad.c': 'int f( {\n' });
    const ran = await inband.run(['run', '--c', 'bad.c', '--as', 'kcs'], { cwd, env: { PATH: tools } });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^bad\.c:1:8: error: /);
    expect(ran.stderr).toContain('clang refuses bad.c: see above');
  });
});

describe('a driver of one\'s own', () => {
  it('without a compiler: what to install', async () => {
    const cwd = folderWith({ 'driver.c': '' });
    expectRefusal(await inband.run(['run', '--c', 'driver.c', '--as', 'kcs'], { cwd, env: { PATH: cwd } }), 'there is no clang', 'apt-get install clang lld', 'npm install @yowasp/clang');
  });

  it('what is missing or does not fit is told', async () => {
    const cwd = folderWith({ 'driver.c': '', 'empty.mjs': 'export const x = 1;\n' });
    expectRefusal(await inband.run(['run', '--c', 'nosuch.c', '--as', 'kcs'], { cwd }), 'nosuch.c', 'no such file');
    expectRefusal(await inband.run(['run', '--c', 'driver.c'], { cwd }), '--as', 'kcs, ssif');
    expectRefusal(await inband.run(['run', 'ssif', '--c', 'driver.c', '--as', 'kcs'], { cwd }), 'ssif', '--as kcs');
    expectRefusal(await inband.run(['run', 'kcs', '--fine'], { cwd }), '--fine', '--c FILE');
    expectRefusal(await inband.run(['run', '--driver', './empty.mjs', '--as', 'kcs'], { cwd }), 'empty.mjs', 'no class of a driver');
  });

  it('files of C that are none, and folders of headers that are none, are refused', async () => {
    const cwd = folderWith({ 'driver.c': '', 'notes.txt': '', 'folder.c/x': '' });
    expectRefusal(await inband.run(['run', '--c', 'notes.txt', '--as', 'kcs'], { cwd }), '--c notes.txt: expected files of C, whose names end in .c');
    expectRefusal(await inband.run(['run', '--c', 'folder.c', '--as', 'kcs'], { cwd }), 'cannot read folder.c: is no plain file');
    expectRefusal(await inband.run(['run', '--c', 'driver.c', '--include', 'nodir', '--as', 'kcs'], { cwd }), '--include nodir: is no folder');
    expectRefusal(await inband.run(['run', '--c', 'driver.c', '--include', 'notes.txt', '--as', 'kcs'], { cwd }), '--include notes.txt: is no folder');
  });

  it.each<[string, string, string, string]>([
    ['without what a driver has', 'kcs', 'class { x = 1; }', './mine.ts: its class is no driver of kcs: it has no method probe()'],
    ['without a device', 'bt', 'class { probe() {} remove() {} }', './mine.ts: its class is no driver of bt: it has no device, miscdev'],
    ['that is none', 'kcs', '() => 7', './mine.ts: its default export is no class of a driver'],
    ['whose constructor throws', 'kcs', 'class extends KcsBmcMainline { constructor(...args: any) { super(...args); throw new Error("one\\ntwo"); } }', './mine.ts, as a driver of kcs, cannot be constructed: one'],
    ['of which a method throws', 'kcs', 'class extends KcsBmcMainline { *read(): any { throw new RangeError("one\\ntwo"); } }', './mine.ts: throws RangeError: one'],
    ['of which a method throws what is no error', 'kcs', 'class extends KcsBmcMainline { *read(): any { throw "one"; } }', './mine.ts: throws one'],
  ])('in TypeScript: a class %s is told in one line', async (_what, as, text, expected) => {
    const cwd = folderWith({ 'mine.ts': `import { KcsBmcMainline } from 'inband';\nexport default ${text};\n` });
    const [run, hunt] = await Promise.all([
      inband.run(['run', '--driver', './mine.ts', '--as', as], { cwd }), inband.run(['hunt', '--driver', './mine.ts', '--as', as, '--budget', '20x'], { cwd }),
    ]);
    expectRefusal(run, expected);
    expectRefusal(hunt, expected);
  });

  it('in TypeScript: a class of another interface is told in one line', async () => {
    const cwd = folderWith({ 'mine.ts': 'export { KcsBmcMainline as default } from \'inband\';\n' });
    const { code, stderr } = await inband.run(['run', '--driver', './mine.ts', '--as', 'bt'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^inband: \.\/mine\.ts, as a driver of bt, cannot be constructed: [^\n]+\n$/);
  });

  it('in TypeScript: what a method throws in a worker is told as well', async () => {
    const cwd = folderWith({ 'mine.ts': 'import { KcsBmcMainline } from \'inband\';\nexport default class extends KcsBmcMainline { *read(): any { throw new RangeError("one"); } }\n' });
    const { code, stderr } = await inband.run(['hunt', '--driver', './mine.ts', '--as', 'kcs', '--budget', '200x', '--jobs', '2'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^inband: \.\/mine\.ts: throws [^\n]*\bone\n$/m);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
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
    const ran = await inband.run(['hunt', '--driver', './mine.ts', '--as', 'kcs', '--oracle', 'wrong-response', '--budget', '20000x'], { cwd });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 1, stderr: '' });
    const file = onlyFile(join(cwd, 'inband-findings'));
    expect(ran.stdout).toContain(' --driver ./mine.ts\n');
    expect((await inband.run(['replay', file, '--driver', './mine.ts'], { cwd })).stdout).toContain('the same as when it was found');
  });
});
