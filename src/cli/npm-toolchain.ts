import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RUNTIME } from '../c/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { ourHeaders } from './headers.ts';
import { FLAGS, LINK, judge, ownFlags, textsByName, type Job, type Read, type Toolchain } from './toolchain.ts';

const PACKAGE = '@yowasp/clang';

/** A folder in memory. */
interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

interface RunOptions {
  readonly synchronously?: boolean;
  readonly stdout?: null;
  readonly stderr?: (bytes: Uint8Array | null) => void;
  readonly fetchProgress: () => void;
}

/** What is used of the package. Without arguments a command is loaded, so that it can be run synchronously. */
interface Package {
  readonly commands: Readonly<Record<'clang' | 'wasm-ld', (args?: readonly string[], files?: Tree, options?: RunOptions) => Promise<Tree> | Tree>>;
}

/** Where the user's files and ours stand in the memory of the compiler. */
const HOST = '/host';
const OURS = '/inband';
const OUT = '/out';

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]+([<"])([^">\n]+)[">]/gm;

/** clang and wasm-ld as WebAssembly, an optional package of npm; they see the files that they are given, and no others. */
export class NpmToolchain implements Toolchain {
  readonly version: string;
  private readonly entry: string;
  private loaded: Package | undefined;

  private constructor(entry: string, version: string) {
    this.entry = entry;
    this.version = version;
  }

  /** The package of the user's project, or beside inband; undefined: there is none. */
  static find(): NpmToolchain | undefined {
    for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
      const folders = createRequire(from).resolve.paths(PACKAGE) ?? [];
      const found = folders.map((folder) => join(folder, PACKAGE)).find((folder) => existsSync(join(folder, 'package.json')));
      if (found === undefined) continue;
      const { version, exports } = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')) as { version: string; exports: { default: string } };
      return new NpmToolchain(join(found, exports.default), `${PACKAGE} ${version}`);
    }
    return undefined;
  }

  /** Takes seconds: 100 MB are compiled. */
  async load(): Promise<void> {
    const loaded = await import(pathToFileURL(this.entry).href) as Package;
    for (const command of ['clang', 'wasm-ld'] as const) await loaded.commands[command](undefined, undefined, { fetchProgress });
    this.loaded = loaded;
  }

  read(job: Job): Read {
    const files = userFiles(job);
    return { input: JSON.stringify([...files]), texts: textsByName(new Map([...files].toReversed())) };
  }

  build(job: Job): Uint8Array {
    const tree: Tree = { [OUT.slice(1)]: {} };
    for (const [path, text] of userFiles(job)) put(tree, `${HOST}${path}`, text);
    for (const [name, text] of ourHeaders()) put(tree, `${OURS}/${name}`, text);
    const include = job.include.map((folder) => HOST + resolve(folder));
    const objects: string[] = [];
    let now = tree;
    for (const file of [...job.files.map((path) => HOST + resolve(path)), `${OURS}/${RUNTIME}`]) {
      const object = `${OUT}/${objects.length}.o`;
      now = this.run('clang', [...FLAGS, ...ownFlags({ include, define: job.define }, file), '-isystem', OURS, '-c', file, '-o', object], now);
      objects.push(object);
    }
    const { [OUT.slice(1)]: out } = this.run('wasm-ld', [...LINK, ...objects, '-o', `${OUT}/driver.wasm`], now);
    return (out as Tree)['driver.wasm'] as Uint8Array;
  }

  private run(tool: 'clang' | 'wasm-ld', args: readonly string[], files: Tree): Tree {
    if (this.loaded === undefined) throw new Error(`${PACKAGE} is not loaded`);
    let said = '';
    const decoder = new TextDecoder();
    const tell = (): string => said.replaceAll(`${HOST}${process.cwd()}/`, '').replaceAll(`${HOST}/`, '/').replaceAll(`${OURS}/`, '');
    try {
      const after = this.loaded.commands[tool](args, files, {
        synchronously: true, stdout: null, stderr: (bytes) => void (bytes !== null && (said += decoder.decode(bytes))), fetchProgress,
      }) as Tree;
      judge(tool, args, false, tell());
      return after;
    } catch (error) {
      if (error instanceof UsageError || !(error instanceof Error) || !('code' in error)) throw error;
      judge(tool, args, true, tell());
      throw error;
    }
  }
}

/** Nobody is told how much of the package was read. */
function fetchProgress(): void {}

/** Files that the compiler may want, by path: those of the job, and what of the user's they include, on whatever condition. */
function userFiles({ files, include }: Job): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const take = (path: string): void => {
    if (found.has(path)) return;
    const text = readFileSync(path, 'utf8');
    found.set(path, text);
    for (const [, quote, name] of text.matchAll(INCLUDE)) {
      const folders = [...(quote === '"' ? [dirname(path)] : []), ...include];
      const header = folders.map((folder) => resolve(folder, name)).find((place) => existsSync(place));
      if (header !== undefined) take(header);
    }
  };
  for (const file of files) take(resolve(file));
  return found;
}

function put(tree: Tree, path: string, text: string): void {
  const parts = path.split('/').slice(1);
  let at = tree;
  for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Tree;
  at[parts[parts.length - 1]] = text;
}
