import { copyFileSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HAS_CLANG } from '../c/toolchain.ts';
import { ROOT, expectRefusal, setUp } from './inband.ts';

const inband = setUp();
const FINDING = join(ROOT, 'test/data/findings/kcs-read-aba.json');
const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

describe('traces of a run', () => {
  it('run writes them beside what it prints, twice the same', async () => {
    const cwd = inband.folder();
    const args = ['run', 'kcs', '--driver', 'kcs-bmc@mainline'];
    const [plain, traced] = await Promise.all([inband.run(args), inband.run([...args, '--vcd', 'a/x.vcd', '--perfetto', 'a/x.json'], { cwd })]);
    expect(traced).toEqual(plain);
    await inband.run([...args, '--vcd', 'y.vcd', '--perfetto', 'y.json'], { cwd });
    expect(read(cwd, 'a/x.vcd')).toMatch(/^\$version inband \$end\n\$timescale 1 ps \$end\n/);
    expect(read(cwd, 'a/x.vcd')).toBe(read(cwd, 'y.vcd'));
    expect(JSON.parse(read(cwd, 'a/x.json'))).toMatchObject({ displayTimeUnit: 'ns' });
    expect(read(cwd, 'a/x.json')).toBe(read(cwd, 'y.json'));
  });

  it('replay and show write the same ones of a finding', async () => {
    const cwd = inband.folder();
    const replayed = await inband.run(['replay', FINDING, '--vcd', 'r.vcd', '--perfetto', 'r.json'], { cwd });
    expect(replayed.code).toBe(1);
    for (const [format, file] of [['vcd', 's.vcd'], ['perfetto', 's.json'], ['mermaid', 's.mmd']]) {
      expect(await inband.run(['show', FINDING, '-f', format, '-o', file], { cwd })).toMatchObject({ code: 1, stdout: '', stderr: '' });
    }
    expect(read(cwd, 's.vcd')).toBe(read(cwd, 'r.vcd'));
    expect(read(cwd, 's.json')).toBe(read(cwd, 'r.json'));
    const { stdout } = await inband.run(['show', FINDING, '-f', 'mermaid']);
    expect(stdout).toBe(read(cwd, 's.mmd'));
    expect(stdout).toMatch(/^sequenceDiagram\n/);
  });
});

describe('traces refuse with one line, and nothing printed', () => {
  const cases: readonly (readonly [name: string, args: readonly string[], texts: readonly string[]])[] = [
    ['a folder', ['run', 'kcs', '--vcd', '.'], ['cannot write .', 'is a directory']],
    ['a way through a file', ['run', 'kcs', '--perfetto', `${FINDING}/x`], ['cannot write', 'not a directory']],
    ['one file for two', ['run', 'kcs', '--vcd', 'x', '--perfetto', 'x'], ['--vcd and --perfetto']],
    ['the finding itself', ['replay', FINDING, '--vcd', FINDING], ['the finding itself']],
    ['an option without file', ['run', 'kcs', '--vcd'], ['--vcd', 'argument missing']],
    ['an unknown format', ['show', FINDING, '-f', 'svg'], ['text, json, mermaid, vcd, perfetto']],
  ];
  it('what the command reads, and one file for two, by whatever names', async () => {
    const cwd = inband.folder();
    const texts = { 'mine.c': 'int x;\n', 'mine.h': '\n', 'mine.ts': 'export { KcsBmcMainline as default } from \'inband\';\n' };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, name), text);
    symlinkSync('mine.ts', join(cwd, 'link'));
    symlinkSync('.', join(cwd, 'here'));
    const script = ['--driver', './mine.ts', '--as', 'kcs'];
    expectRefusal(await inband.run(['run', ...script, '--vcd', 'mine.ts'], { cwd }), 'cannot write mine.ts: that is the driver itself');
    expectRefusal(await inband.run(['run', ...script, '--html', 'link'], { cwd }), 'cannot write link: that is the driver itself');
    expectRefusal(await inband.run(['run', ...script, '--html', 'mine.h'], { cwd }), 'cannot write mine.h: that is a source file');
    expectRefusal(await inband.run(['bench', 'irq', ...script, '--html', 'here/mine.ts'], { cwd }), 'cannot write here/mine.ts: that is the driver itself');
    for (const option of ['--junit', '--sarif', '--html', '--ndjson']) {
      expectRefusal(await inband.run(['hunt', ...script, option, 'mine.ts'], { cwd }), 'cannot write mine.ts: that is the driver itself');
    }
    if (HAS_CLANG) expectRefusal(await inband.run(['run', '--c', 'mine.c', '--as', 'kcs', '--html', 'mine.c'], { cwd }), 'mine.c');
    expectRefusal(await inband.run(['run', 'kcs', '--vcd', 'x', '--html', 'here/x'], { cwd }), 'cannot write here/x twice: --vcd and --html name the same file');
    expectRefusal(await inband.run(['hunt', 'kcs', '--junit', 'a', '--sarif', './a'], { cwd }), 'cannot write ./a twice: --junit and --sarif name the same file');
    copyFileSync(FINDING, join(cwd, 'known.json'));
    const kept = ['--regressions', '.', '--out', 'out', '--junit', 'known.json'];
    expectRefusal(await inband.run(['hunt', 'kcs', ...kept], { cwd }), 'cannot write known.json: that is a finding itself');
    for (const [name, text] of Object.entries(texts)) expect(read(cwd, name)).toBe(text);
    expect(read(cwd, 'known.json')).toBe(readFileSync(FINDING, 'utf8'));
  });

  it.each(cases)('%s', async (_name, args, texts) => {
    const cwd = inband.folder();
    expectRefusal(await inband.run(args, { cwd }), ...texts);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
