import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import { SCRIPT, STYLE, bundleWeb } from '../../tools/web.mjs';

/** Folder of the project. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a process came to. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Folder in which it runs; one of its own if not given. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another Node than this one. */
  readonly node?: string;
}

/** Replaces texts of source files as they are bundled: the name's end, what is there, what comes instead. */
export type Patch = readonly [file: string, from: string, to: string];

/** The command line, bundled for one test file, and a folder for what it writes. */
export class Inband {
  private root = '';
  private readonly children: ChildProcess[] = [];
  private count = 0;

  /** The bundle. */
  get file(): string {
    return join(this.root, 'cli.js');
  }

  async open(patches: readonly Patch[]): Promise<void> {
    this.root = mkdtempSync(join(tmpdir(), 'inband-cli-'));
    writeFileSync(join(this.root, 'package.json'), '{ "type": "module" }\n');
    await bundle(this.file, patches);
    // As in dist/: headers, library, and what they need.
    symlinkSync(join(ROOT, 'src/c/include'), join(this.root, 'include'));
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
    writeFileSync(join(this.root, 'index.js'), `export * from ${JSON.stringify(join(ROOT, 'src/index.ts'))};\n`);
    const { script, style } = await bundleWeb();
    writeFileSync(join(this.root, SCRIPT), script);
    writeFileSync(join(this.root, STYLE), style);
  }

  close(): void {
    // A test that fails may have left some behind, which would go on for hours.
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }

  /** A new folder. */
  folder(): string {
    const path = join(this.root, `folder-${++this.count}`);
    mkdirSync(path);
    return path;
  }

  /** A new file. */
  write(text: string, name = 'file.json'): string {
    const path = join(this.folder(), name);
    writeFileSync(path, text);
    return path;
  }

  start(args: readonly string[], options: RunOptions = {}): ChildProcess {
    const child = spawn(options.node ?? process.execPath, [this.file, ...args], {
      cwd: options.cwd ?? this.folder(), env: this.environment(options), stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return child;
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return ended(this.start(args, options));
  }

  private environment({ env }: RunOptions): NodeJS.ProcessEnv {
    return environment({ XDG_CACHE_HOME: join(this.root, 'cache'), ...env });
  }

  /** Runs a line of shell; `inband` in it is the command. */
  shell(line: string, options: RunOptions = {}): Promise<Ran> {
    const command = `inband() { '${process.execPath}' '${this.file}' "$@"; }\n${line}`;
    return ended(spawn('/bin/sh', ['-c', command], { cwd: options.cwd ?? this.folder(), env: this.environment(options), stdio: ['ignore', 'pipe', 'pipe'] }));
  }
}

/** Waits until a process is so far that it hears signals: it has made the folder of its findings. */
export async function begun(child: ChildProcess, folder: string): Promise<void> {
  while (!existsSync(folder) && child.exitCode === null) await sleep(10);
  await sleep(400);
}

/** Collects what a process prints until it has ended. */
export function ended(child: ChildProcess): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (chunk: Buffer) => void out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => void err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** Ours, without what would change colours or the engine. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _1, FORCE_COLOR: _2, NODE_OPTIONS: _3, COLUMNS: _4, ...rest } = process.env;
  return { ...rest, ...more };
}

/** As tools/build.mjs does it. */
async function bundle(outfile: string, patches: readonly Patch[]): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    charset: 'utf8',
    logLevel: 'error',
    banner: { js: 'import { createRequire as __createRequire } from \'node:module\';\nconst require = __createRequire(import.meta.url);' },
    plugins: patches.length === 0 ? [] : [patching(patches)],
  });
}

function patching(patches: readonly Patch[]): Plugin {
  return {
    name: 'patch',
    setup({ onLoad }) {
      for (const [file, from, to] of patches) {
        onLoad({ filter: new RegExp(`[/\\\\]${file.replaceAll('.', '\\.')}$`) }, ({ path }) => {
          const text = readFileSync(path, 'utf8');
          if (!text.includes(from)) throw new Error(`${file}: there is no ${from}`);
          return { contents: text.replace(from, to), loader: 'ts' };
        });
      }
    },
  };
}

/** The command line for the tests of a file. */
export function setUp(patches: readonly Patch[] = []): Inband {
  const inband = new Inband();
  beforeAll(() => inband.open(patches));
  afterAll(() => {
    inband.close();
  });
  return inband;
}

/** One clear line on stderr that has all of `texts`, an empty stdout, exit code 2. */
export function expectRefusal(ran: Ran, ...texts: readonly string[]): void {
  expect(ran.stderr).toMatch(/^inband: [^\n]+\n$/);
  for (const text of texts) expect(ran.stderr).toContain(text);
  expect(ran.stderr).not.toMatch(/internal error|\bundefined\b|\[object|\n {4}at /);
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 2, stdout: '' });
}

/** Names and contents of all files in a folder. */
export function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The only file of a folder. */
export function onlyFile(folder: string): string {
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0]);
}
