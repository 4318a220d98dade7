import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { RUNTIME } from '../c/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { complaint, layHeaders } from './headers.ts';
import { note } from './output.ts';

/** wasm32 is ILP32 and little endian as the BMC's ARM is. Optimised just enough: every line stays where it is. */
export const FLAGS: readonly string[] = [
  '--target=wasm32', '-ffreestanding', '-nostdinc', '-nostdlib', '-std=gnu11', '-O1', '-gdwarf-4', '-fno-inline', '-fno-builtin',
  '-fwrapv', '-fno-strict-aliasing', '-fno-delete-null-pointer-checks', '-mno-bulk-memory', '-matomics', '-fshort-wchar', '-funsigned-char',
  '-fsanitize=array-bounds', '-fsanitize-recover=array-bounds',
  '-D__KERNEL__', '-DMODULE', '-DCONFIG_OF',
  '-Werror=implicit-function-declaration', '-Werror=implicit-int', '-Wno-unused-value', '-Wno-incompatible-function-pointer-types',
];
export const LINK: readonly string[] = [
  '--no-entry', '--allow-undefined', '--export=__heap_base', '-z', 'stack-size=4096',
];

/** C files of a driver, and how they are to be compiled. */
export interface Job {
  readonly files: readonly string[];
  readonly include: readonly string[];
  readonly define: readonly string[];
}

/** What a job reads. */
export interface Read {
  /** All of the compiler's input, as one text. */
  readonly input: string;
  /** The user's files by name: what a module shows of itself. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A compiler and a linker. What they complain about they tell in their own words; then a method throws UsageError. */
export interface Toolchain {
  /** Name and version. */
  readonly version: string;
  read(job: Job): Read;
  /** The module. */
  build(job: Job): Uint8Array;
}

/**
 * Files by the names under which lines are told. Headers of one name that say different things have a number each, so
 * that no line is shown that stands in another.
 *
 * @param files texts by path
 */
export function textsByName(files: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const byName = new Map<string, Set<string>>();
  for (const [path, text] of files) byName.set(basename(path), (byName.get(basename(path)) ?? new Set()).add(text));
  return Object.fromEntries(Array.from(byName, ([name, texts]) => (
    texts.size === 1 ? Array.from(texts, (text) => [name, text]) : [...texts].toSorted().map((text, i) => [`${name} ${i + 1}`, text]))).flat());
}

/** What a file of a driver is compiled with beside the flags of all. */
export function ownFlags({ include, define }: Pick<Job, 'include' | 'define'>, file: string): readonly string[] {
  const name = basename(file).replace(/\.c$/, '');
  return [...define.map((macro) => `-D${macro}`), ...include.flatMap((folder) => ['-I', folder]), `-DKBUILD_MODNAME="${name}"`];
}

/** clang and wasm-ld of the PATH. */
export class PathToolchain implements Toolchain {
  readonly version: string;

  private constructor(version: string) {
    this.version = version;
  }

  /** undefined: there is no clang. */
  static find(): PathToolchain | undefined {
    const { error, status, stdout } = spawnSync('clang', ['--version'], { encoding: 'utf8' });
    return error === undefined && status === 0 ? new PathToolchain(stdout) : undefined;
  }

  read(job: Job): Read {
    return this.within((work) => {
      const ours = layHeaders(work);
      const rule = join(work, 'rule');
      let input = '';
      const texts = new Map<string, string>();
      for (const file of job.files) {
        input += run('clang', [...FLAGS, ...ownFlags(job, file), '-isystem', ours, '-E', '-P', '-w', '-MMD', '-MT', 'all', '-MF', rule, file]);
        for (const name of filesOf(readFileSync(rule, 'utf8'))) texts.set(resolve(name), readFileSync(name, 'utf8'));
      }
      return { input, texts: textsByName(texts) };
    });
  }

  build(job: Job): Uint8Array {
    return this.within((work) => {
      const ours = layHeaders(work);
      const objects = [...job.files, join(ours, RUNTIME)].map((file, i) => {
        const object = join(work, `${i}.o`);
        run('clang', [...FLAGS, ...ownFlags(job, file), '-isystem', ours, '-c', file, '-o', object]);
        return object;
      });
      const module = join(work, 'driver.wasm');
      run('wasm-ld', [...LINK, ...objects, '-o', module]);
      return readFileSync(module);
    });
  }

  private within<T>(body: (work: string) => T): T {
    const work = mkdtempSync(join(tmpdir(), 'inband-c-'));
    try {
      return body(work);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
}

/** The files of a rule for make: the user's own, for headers of the system are not in it. */
function filesOf(rule: string): readonly string[] {
  return rule.replace(/^all:/, '').replaceAll('\\\n', ' ').match(/(?:\\.|\S)+/g)?.map((name) => name.replace(/\\(.)/g, '$1').replaceAll('$$', '$')) ?? [];
}

/** Says what a tool has said; throws if it has failed. */
export function judge(tool: string, args: readonly string[], failed: boolean, said: string): void {
  if (said !== '') note(complaint(said));
  if (failed) throw new UsageError(`${tool} refuses ${basename(args.find((arg) => arg.endsWith('.c')) ?? 'the driver')}: see above`);
}

function run(tool: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw new UsageError(`${tool} cannot be run (${'code' in error ? String(error.code) : error.message}): ${INSTALL}`);
  judge(tool, args, status !== 0, stderr);
  return stdout;
}

export const INSTALL = 'install clang and lld (Debian, Ubuntu: apt-get install clang lld; Fedora: dnf install clang lld; macOS: brew install llvm lld), '
  + 'or their package for npm (npm install @yowasp/clang)';
