import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES, interfacesOf, relatives } from '../../src/c/index.ts';
import { HAS_CLANG, WITHOUT } from './toolchain.ts';

const INCLUDE = fileURLToPath(new URL('../../src/c/include/', import.meta.url));
const files = SOURCES.filter((name) => name !== 'inband/kernel.h');
const interfaces = files.flatMap((name) => interfacesOf(readFileSync(join(INCLUDE, name), 'utf8')));
const names = interfaces.flatMap((one) => one.names);

/** Of the headers' own. */
const INNER = /^(?:__inband|__INBAND|INBAND_|_UAPI|__IPMI_MSGDEFS_H|__STRUCT_KFIFO|__bf_shf|__stringify_1)/;

describe('what of the kernel is there, as its headers say it', () => {
  it('each name is below a comment that says how it behaves', () => {
    for (const { title, text, names: some } of interfaces) {
      expect(title.length, text).toBeGreaterThan(2);
      expect(text.length, title).toBeGreaterThan(20);
      expect(some.length, title).toBeGreaterThan(0);
    }
    expect(() => interfacesOf('#define A 1\n/** B: that is documented, but A is not. */\n#define B 2\n')).toThrow('A is declared before');
  });

  it('types, functions, macros and constants are found', () => {
    const header = `/** Title: of two
 * lines. */
typedef unsigned char a1, a2;
typedef void (*a3)(struct x *);
typedef struct a4 { int a; struct { int b; } c; } a5;
struct forward;
enum a6 { A7 = 1, A8 };
int a9(int x, void (*f)(int));
static inline int a10(void)
{
	return a9(0, NULL);
}
#define a11(x) \\
	a10(x)
void __inband_inner(void);
`;
    expect(interfacesOf(header)).toEqual([{ title: 'Title', text: 'of two lines.', names: ['a1', 'a2', 'a3', 'struct a4', 'a5', 'enum a6', 'A7', 'A8', 'a9', 'a10', 'a11'] }]);
  });

  it('the names nearest to one that is not there', () => {
    expect(relatives('spin_lock_bh', names)).toContain('spin_lock_irqsave');
    expect(relatives('wait_event_hrtimeout', names)).toContain('wait_event_timeout');
    expect(relatives('vfs_fsync', names)).toEqual([]);
  });

  it.skipIf(!HAS_CLANG)(`the compiler sees the same macros${WITHOUT}`, () => {
    const { stdout } = spawnSync('clang', ['--target=wasm32', '-nostdinc', '-undef', '-E', '-dM', '-I', INCLUDE, ...files.flatMap((name) => ['-include', name]), '-x', 'c', '/dev/null'], { encoding: 'utf8' });
    const macros = Array.from(stdout.matchAll(/^#define (\w+)/gm), ([, name]) => name).filter((name) => !INNER.test(name));
    expect(macros.length).toBeGreaterThan(600);
    expect(macros.filter((name) => !names.includes(name) && !/^__(?:llvm|clang|GNUC|STDC|VERSION|OPTIMIZE|wasm|WASM|[A-Z])/.test(name))).toEqual([]);
  });
});
