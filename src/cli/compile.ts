import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RUNTIME, withSources } from '../c/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { hints, layHeaders } from './headers.ts';
import { note } from './output.ts';

/** What was compiled. */
export interface Compiled {
  readonly bytes: Uint8Array;
  /** 31 bits of the hash of what went into it. */
  readonly model: number;
}

/** wasm32 is ILP32 and little endian as the BMC's ARM is. Optimised just enough: every line stays where it is. */
const FLAGS = [
  '--target=wasm32', '-ffreestanding', '-nostdinc', '-nostdlib', '-std=gnu11', '-O1', '-gdwarf-4', '-fno-inline', '-fno-builtin',
  '-fwrapv', '-fno-strict-aliasing', '-fno-delete-null-pointer-checks', '-mno-bulk-memory', '-matomics', '-fshort-wchar', '-funsigned-char',
  '-fsanitize=array-bounds', '-fsanitize-recover=array-bounds',
  '-D__KERNEL__', '-DMODULE', '-DCONFIG_OF',
  '-Werror=implicit-function-declaration', '-Werror=implicit-int', '-Wno-unused-value', '-Wno-incompatible-function-pointer-types',
];
const LINK = [
  '--no-entry', '--allow-undefined', '--export=__heap_base', '-z', 'stack-size=4096',
];

const INSTALL = 'install clang and lld (Debian, Ubuntu: apt-get install clang lld; Fedora: dnf install clang lld; macOS: brew install llvm lld)';

/**
 * Compiles C files to one module for wasm32 with the clang and wasm-ld of the PATH; the module is kept by the content of
 * all that went into it. Throws UsageError after the compiler has said what is wrong.
 */
export function compile(files: readonly string[], include: readonly string[] = [], define: readonly string[] = []): Compiled {
  for (const macro of define) if (!/^[A-Za-z_]\w*(?:=|$)/.test(macro)) throw new UsageError(`--define ${macro}: expected NAME or NAME=VALUE`);
  for (const file of files) if (!existsSync(file)) throw new UsageError(`cannot read ${file}: no such file or directory`);
  const work = mkdtempSync(join(tmpdir(), 'inband-c-'));
  try {
    const ours = layHeaders(work);
    const all = [...files, join(ours, RUNTIME)];
    const flags = [...FLAGS, ...define.map((macro) => `-D${macro}`), ...include.flatMap((folder) => ['-I', folder]), '-isystem', ours];
    // By name: what the module shows of itself.
    const texts: Record<string, string> = {};
    const key = createHash('sha256').update(run('clang', ['--version'])).update(FLAGS.join(' ')).update(LINK.join(' ')).update(define.join(' '));
    for (const file of all) {
      const read = join(work, 'read');
      key.update(run('clang', [...flags, '-E', '-P', '-w', '-MMD', '-MT', 'all', '-MF', read, file])).update(`\0${basename(file)}\0`).update(readFileSync(file));
      if (file !== all[all.length - 1]) for (const name of readBy(readFileSync(read, 'utf8'))) texts[basename(name)] ??= readFileSync(name, 'utf8');
    }
    const hash = key.update(JSON.stringify(texts)).digest();
    const model = hash.readUInt32BE(0) >>> 1;
    const kept = join(cacheFolder(), `${hash.toString('hex').slice(0, 32)}.wasm`);
    if (existsSync(kept)) return { bytes: readFileSync(kept), model };
    const objects = all.map((file, i) => {
      const object = join(work, `${i}.o`);
      run('clang', [...flags, `-DKBUILD_MODNAME="${basename(file).replace(/\.c$/, '')}"`, '-c', file, '-o', object]);
      return object;
    });
    const module = join(work, 'driver.wasm');
    run('wasm-ld', [...LINK, ...objects, '-o', module]);
    const bytes = withSources(readFileSync(module), texts);
    keep(kept, bytes);
    return { bytes, model };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The files of a rule for make: the user's own, for headers of the system are not in it. */
function readBy(rule: string): readonly string[] {
  return rule.replace(/^all:/, '').replaceAll('\\\n', ' ').match(/(?:\\.|\S)+/g)?.map((name) => name.replace(/\\(.)/g, '$1').replaceAll('$$', '$')) ?? [];
}

/** Runs a tool; what it complains about goes to stderr in its own words. */
function run(tool: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw new UsageError(`${tool} cannot be run (${'code' in error ? String(error.code) : error.message}): ${INSTALL}`);
  if (stderr !== '') note([stderr.trimEnd(), ...hints(stderr)].join('\n'));
  if (status !== 0) throw new UsageError(`${tool} refuses ${basename(args.find((arg) => arg.endsWith('.c')) ?? 'the driver')}: see above`);
  return stdout;
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'inband');
}

/** A cache that cannot be written is none. */
function keep(path: string, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch {
    // The next call compiles again.
  }
}
