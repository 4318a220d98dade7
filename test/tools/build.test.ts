import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const roots: string[] = [];

const FILES: Readonly<Record<string, string>> = {
  'src/cli/main.ts': 'console.log(1);\n',
  'src/index.ts': 'export const X: number = 1;\n',
  'src/testing/index.ts': 'export const Y: number = 1;\n',
  'src/web/main.ts': 'document.title = "x";\n',
  'src/web/style.css': 'body { margin: 0; }\n',
};

/** A small project with the build tool in it, without one of its files. */
function without(missing: string): string {
  const root = mkdtempSync(join(tmpdir(), 'build-'));
  roots.push(root);
  for (const [name, text] of Object.entries(FILES)) {
    if (name === missing) continue;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, 'src/c/include'), { recursive: true });
  writeFileSync(join(root, 'src/c/include/x.h'), '#define X 1\n');
  mkdirSync(join(root, 'tools'));
  for (const name of ['tools/build.mjs', 'tools/web.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package.json']) copyFileSync(join(project, name), join(root, name));
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function build(root: string): { readonly status: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/build.mjs')], { encoding: 'utf8' });
  return { status, stderr };
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

describe('tools/build.mjs', () => {
  it('builds command line, library and types', () => {
    const root = without('');
    expect(build(root)).toEqual({ status: 0, stderr: '' });
    for (const name of ['cli.js', 'index.js', 'test.js', 'types/index.d.ts', 'types/testing/index.d.ts', 'include/x.h']) expect(existsSync(join(root, 'dist', name))).toBe(true);
  });

  for (const name of Object.keys(FILES)) {
    it(`fails without ${name}, which it names`, () => {
      const { status, stderr } = build(without(name));
      expect(status).toBe(1);
      expect(stderr).toContain(name);
    });
  }
});
