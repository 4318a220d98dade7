import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { withSources } from '../c/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { ourHeaders } from './headers.ts';
import { NpmToolchain } from './npm-toolchain.ts';
import { FLAGS, INSTALL, LINK, PathToolchain, type Job, type Read, type Toolchain } from './toolchain.ts';

/** What was compiled. */
export interface Compiled {
  readonly bytes: Uint8Array;
  /** 31 bits of the hash of the driver's files, and of our headers: no other than on a machine with another compiler. */
  readonly model: number;
}

/** Looked for once. */
let found: Toolchain | undefined;

/**
 * Compiles C files to one module for wasm32 with clang and wasm-ld, of the PATH or else of npm; the module is kept by the
 * content of all that went into it. Throws UsageError after the compiler has said what is wrong.
 */
export function compile(files: readonly string[], include: readonly string[] = [], define: readonly string[] = []): Compiled {
  const job = jobOf(files, include, define);
  const tools = toolchain();
  const read = tools.read(job);
  const kept = keptAs(tools, job, read);
  if (existsSync(kept)) return { bytes: readFileSync(kept), model: modelOf(job, read) };
  const bytes = withSources(tools.build(job), read.texts);
  keep(kept, bytes);
  return { bytes, model: modelOf(job, read) };
}

/** Loads the compiler, if that takes a promise and it will be needed. What is wrong {@link compile} tells. */
export async function prepare(files: readonly string[], include: readonly string[] = [], define: readonly string[] = []): Promise<void> {
  const tools = found ??= findToolchain();
  if (!(tools instanceof NpmToolchain)) return;
  const job = { files, include, define };
  if (problemOf(job) !== undefined) return;
  if (!existsSync(keptAs(tools, job, tools.read(job)))) await tools.load();
}

function jobOf(files: readonly string[], include: readonly string[], define: readonly string[]): Job {
  const job = { files, include, define };
  const problem = problemOf(job);
  if (problem !== undefined) throw new UsageError(problem);
  return job;
}

/** What is wrong with a job before any compiler looks at it; undefined: nothing. */
function problemOf({ files, include, define }: Job): string | undefined {
  for (const macro of define) if (!/^[A-Za-z_]\w*(?:=|$)/.test(macro)) return `--define ${macro}: expected NAME or NAME=VALUE`;
  for (const file of files) {
    const there = lookAt(file);
    if (there === undefined) return `cannot read ${file}: no such file or directory`;
    if (!there.isFile()) return `cannot read ${file}: is no plain file`;
    // By its name the compiler knows the language, and which file is meant in what it says.
    if (!file.endsWith('.c')) return `--c ${file}: expected files of C, whose names end in .c`;
  }
  const twice = files.find((file, i) => files.findIndex((other) => basename(other) === basename(file)) < i);
  if (twice !== undefined) return `--c ${twice}: there is another file of the name ${basename(twice)}, which findings could not tell from this one: give one of them another name`;
  for (const folder of include) if (lookAt(folder)?.isDirectory() !== true) return `--include ${folder}: is no folder`;
  return undefined;
}

/** Undefined: it is not there, or there is no way to it. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function findToolchain(): Toolchain | undefined {
  return PathToolchain.find() ?? NpmToolchain.find();
}

function toolchain(): Toolchain {
  found ??= findToolchain();
  if (found === undefined) throw new UsageError(`there is no clang: ${INSTALL}`);
  return found;
}

/** Where the module is kept. */
function keptAs({ version }: Toolchain, { define }: Job, { input, texts }: Read): string {
  const hash = createHash('sha256').update(JSON.stringify([version, FLAGS, LINK, define, input, texts, ourHeaders()])).digest('hex');
  return join(cacheFolder(), `${hash.slice(0, 32)}.wasm`);
}

function modelOf({ define }: Job, { texts }: Read): number {
  return createHash('sha256').update(JSON.stringify([define, texts, ourHeaders()])).digest().readUInt32BE(0) >>> 1;
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
