import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PURE, blank, check } from '../../tools/check-layers.mjs';

const project = join(import.meta.dirname, '../..');
const roots: string[] = [];

/** Writes a small project and returns its folder. */
function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'check-layers-'));
  roots.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** What the checker says about a small project, as `file:line: message` lines. */
function complaints(files: Record<string, string>): string[] {
  return check(tree(files)).map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

/** What it says about one file of a pure folder. */
function complaintsAbout(text: string): string[] {
  return complaints({ 'src/hw/lpc.ts': text });
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const good = {
  'src/sim/time.ts': 'export type Ps = number;\nexport const NS: Ps = 1000;\n',
  'src/hw/lpc.ts': "import { NS, type Ps } from '../sim/time.ts';\nexport const CLOCK: Ps = 30 * NS;\n",
  'src/drivers/common.ts': 'export const X = 1;\n',
  'src/drivers/kcs-bmc/v1.ts': "import { X } from '../common.ts';\nimport { CLOCK } from '../../hw/lpc.ts';\nexport const v1 = X + CLOCK;\n",
  'src/explore/finding.ts': 'export interface Finding {\n  id: string;\n}\n',
  'src/report/text.ts': "import type {\n  Finding,\n} from '../explore/finding.ts';\nexport const text = (f: Finding): string => f.id;\n",
  'src/cli/main.ts': "import { readFileSync } from 'node:fs';\nimport { program } from 'commander';\nimport { text } from '../report/text.ts';\nawait program.parseAsync();\nexport const now = [Date.now(), text, readFileSync];\n",
  'src/index.ts': "export * from './sim/time.ts';\nexport type { Finding } from './explore/finding.ts';\n",
};

describe('the command', () => {
  const run = (root: string) => spawnSync(process.execPath, [join(project, 'tools/check-layers.mjs'), root], { encoding: 'utf8' });

  it('says nothing about a good tree and exits with 0', () => {
    const { status, stdout, stderr } = run(tree(good));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('prints file, line and message and exits with 1', () => {
    const { status, stdout } = run(tree({ ...good, 'src/sim/bad.ts': "\nimport { CLOCK } from '../hw/lpc.ts';\nexport const x = CLOCK;\n" }));
    expect(stdout).toBe('src/sim/bad.ts:2: sim may not import hw; it may import nothing\n');
    expect(status).toBe(1);
  });

  it('exits with 0 on warnings alone', () => {
    const { status, stdout } = run(tree({ 'src/sim/long.ts': '\n'.repeat(301) }));
    expect(stdout).toMatch(/^src\/sim\/long.ts:301: warning: 301 lines/);
    expect(status).toBe(0);
  });
});

describe('imports', () => {
  it.each([
    ['import upwards', 'src/hw/a.ts', "import { v1 } from '../drivers/kcs-bmc/v1.ts';", 'hw may not import drivers; it may import sim, smbus'],
    ['re-export upwards', 'src/hw/a.ts', "export * from '../drivers/kcs-bmc/v1.ts';", 'hw may not import drivers; it may import sim, smbus'],
    ['import of types upwards', 'src/hw/a.ts', "import type { v1 } from '../drivers/kcs-bmc/v1.ts';", 'hw may not import drivers; it may import sim, smbus'],
    ['import for side effects', 'src/ipmi/a.ts', "import '../sim/time.ts';", 'ipmi may not import sim; it may import nothing'],
    ['values where types are allowed', 'src/report/a.ts', "import { Finding } from '../explore/finding.ts';", 'report may import explore with `import type` only'],
    ['inline types, which still load the file', 'src/report/a.ts', "import { type Finding } from '../explore/finding.ts';", 'report may import explore with `import type` only'],
    ['another driver', 'src/drivers/ssif/v1.ts', "import { v1 } from '../kcs-bmc/v1.ts';", 'drivers/ssif may not import drivers/kcs-bmc'],
    ['the public entry', 'src/hw/a.ts', "import { NS } from '../index.ts';", 'hw may not import src/index.ts'],
    ['a missing file', 'src/hw/a.ts', "import { NS } from '../sim/tame.ts';", "'../sim/tame.ts' does not exist"],
    ['no extension', 'src/hw/a.ts', "import { NS } from '../sim/time';", "'../sim/time' must name a file and end in .ts"],
    ['a .js extension', 'src/hw/a.ts', "import { NS } from '../sim/time.js';", "'../sim/time.js' must name a file and end in .ts"],
    ['a file outside', 'src/cli/a.ts', "import '../../vitest.config.ts';", "'../../vitest.config.ts' is outside of src"],
    ['a Node module', 'src/conform/a.ts', "import { readFileSync } from 'node:fs';", 'conform may not import node:fs'],
    ['a Node module without prefix', 'src/conform/a.ts', "import { readFileSync } from 'fs';", 'conform may not import fs'],
    ['a package', 'src/sim/a.ts', "import fc from 'fast-check';", 'sim may not import the package fast-check'],
    ['an unknown folder', 'src/misc/a.ts', 'export {};', 'src/misc is no layer'],
    ['a file in src itself', 'src/util.ts', 'export {};', 'only index.ts stands in src itself'],
  ])('refuses %s', (_, file, text, message) => {
    const found = complaints({ ...good, 'vitest.config.ts': '', [file]: `${text}\n` });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${file}:1: ${message}`);
  });

  it('reads imports over several lines, and no more than imports', () => {
    const found = complaints({
      ...good,
      'src/sim/a.ts': [
        "// import { X } from '../drivers/common.ts';",
        'export const text = "import { X } from \'../drivers/common.ts\'";',
        "export const from = '../drivers/common.ts';",
        'import {',
        '  X, // a comment',
        '  type Y,',
        "} from '../drivers/common.ts';",
      ].join('\n'),
    });
    expect(found).toEqual(['src/sim/a.ts:7: sim may not import drivers; it may import nothing']);
  });
});

describe('determinism', () => {
  it.each([
    ['export async function f() {}', 'async'],
    ['export const f = async () => 1;', 'async'],
    ['export const f = async x => x;', 'async'],
    ['class A { async *f() {} }', 'async'],
    ['await f();', 'await'],
    ['for await (const x of y) f(x);', 'await'],
    ['let p: Promise<void>;', 'Promise'],
    ['const t = Date.now();', 'Date'],
    ['const t = new Date();', 'Date'],
    ['const r = Math.random();', 'Math.random'],
    ['const r = Math\n  .random();', 'Math.random'],
    ['const s = Math.sin(1);', 'Math.sin'],
    ['const s = Math.log2(1);', 'Math.log2'],
    ['const { pow } = Math;', 'Math'],
    ["const p = Math['pow'](2, 3);", 'Math'],
    ['const p = 2 ** 32;', '**'],
    ['let x = 2; x **= 2;', '**'],
    ['const b = 10n;', '10n'],
    ['const b = 0xffn;', '0xffn'],
    ['const b = BigInt(1);', 'BigInt'],
    ['const s = (1).toLocaleString();', '.toLocaleString'],
    ['const s = a.localeCompare(b);', '.localeCompare'],
    ['const s = `${`${Math.random()}`}`;', 'Math.random'],
    ["const m = import('../hw/lpc.ts');", 'import('],
    ['const u = import.meta.url;', 'import.meta'],
    ['const r = globalThis;', 'globalThis'],
  ])('refuses %j in a pure folder', (text, name) => {
    const found = complaintsAbout(`\n${text}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`src/hw/lpc.ts:2: ${name}: `);
  });

  it('allows them elsewhere', () => {
    expect(complaints({ 'src/cli/a.ts': 'export const f = async () => Date.now() + Math.random() ** 2;\n' })).toEqual([]);
  });

  it.each([
    '// Date, Math.random() and async code() are banned',
    '/** 2 ** 32, Promise */',
    'const s = "new Date() and \\" await x";',
    "const s = 'Math.random()';",
    'const s = `Date ${x + `Math.sin ${y}`} Promise`;',
    'const r = /["\'`]Date/.test(x) ? "Math.sin" : 0;',
    'const r = x / y; const d = "Date" + z / 2;',
    'const m = Math.max(1, Math.trunc(x / y), Math.imul(a, b));',
    'const o = { async: true, await: 1 }; o.async; o.Date;',
    'class A { updateDate() { return this.Date; } }',
    'const hex = 0x1f + 1_000;',
  ])('allows %j', (text) => {
    expect(complaintsAbout(`${text}\n`)).toEqual([]);
  });

  it('refuses to have the bans switched off', () => {
    expect(complaintsAbout('// oxlint-disable-next-line no-restricted-globals\n')).toHaveLength(1);
    expect(complaintsAbout('/* eslint-disable */\n')).toHaveLength(1);
    expect(complaintsAbout('// oxlint-disable-next-line no-eval -- reason\n')).toEqual([]);
  });

  it('has the same folders in the configuration of oxlint', () => {
    const config = readFileSync(join(project, '.oxlintrc.json'), 'utf8');
    expect([...config.matchAll(/"src\/(\w+)\/\*\*"/g)].map((match) => match[1]).toSorted()).toEqual(PURE.toSorted());
  });
});

describe('length', () => {
  it('warns above 300 lines and refuses above 400', () => {
    expect(complaints({ 'src/cli/a.ts': '\n'.repeat(300), 'src/cli/b.ts': '\n'.repeat(400) })).toEqual([
      'src/cli/b.ts:301: warning: 400 lines, more than 300: is this still one concept?',
    ]);
    expect(complaints({ 'src/cli/a.ts': '\n'.repeat(401) })[0]).toMatch(/^src\/cli\/a.ts:401: 401 lines, 400 are the limit/);
  });
});

describe('blank()', () => {
  it('leaves every offset and line where it was', () => {
    const text = 'a = "b\\"c"; // d\n/* e\nf */ g(`h${i}j`, /k[/]"/);\n';
    expect(blank(text).code).toBe('a = "    ";     \n    \n     g(` ${i} `, /     /);\n');
  });
});
