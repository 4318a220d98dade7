import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellQuote } from '../report/index.ts';
import { PoolError, scenarioFrom, type ScenarioSource, type Script } from '../pool/index.ts';
import { OWN_INTERFACES, UsageError, isOwnPart, type OwnInterface, type Scenario } from '../scenarios/index.ts';
import { compile, prepare } from './compile.ts';

/** The options by which a driver of one's own is brought along. */
export interface OwnFlags {
  /** C files. */
  readonly c?: readonly string[];
  readonly include?: readonly string[];
  /** Macros for the C files: `NAME` or `NAME=VALUE`. */
  readonly define?: readonly string[];
  readonly as?: string;
  /** Each access of memory that contexts share is a step. */
  readonly fine?: boolean;
  /** Versions of our drivers, or a file of TypeScript or JavaScript. */
  readonly driver?: readonly string[];
}

/** A file that `--driver` may name. */
const SCRIPT = /\.(?:ts|mts|js|mjs)$/;

/** What has to be done before {@link sourceWith} can do its work at once. Throws UsageError on a driver in C that is given as another. */
export async function prepareOwn({ c, include, define, driver }: OwnFlags): Promise<void> {
  const inC = driver?.find((name) => /\.[ch]$/.test(name));
  if (inC !== undefined) throw new UsageError(`--driver ${inC}: a driver in C: give it by --c ${inC}`);
  if (c !== undefined) await prepare(c, include, define);
}

/** Whether the user brings a driver along. */
export function isOwn(flags: OwnFlags): boolean {
  return flags.c !== undefined || script(flags) !== undefined;
}

/** The files of that driver, as they were given. */
export function ownFiles(flags: OwnFlags): readonly string[] {
  return [...flags.c ?? [], ...(flags.driver ?? []).filter(isScript)];
}

/** Whether `--driver` names a file. */
export function isScript(name: string): boolean {
  return SCRIPT.test(name);
}

function script({ driver }: OwnFlags): string | undefined {
  return driver?.find(isScript);
}

/**
 * Where the scenario of that name comes from, or with a driver of the user's own the one of its interface. `name`:
 * undefined if none was given.
 */
export function sourceWith(name: string | undefined, flags: OwnFlags): ScenarioSource {
  const file = script(flags);
  if (flags.c === undefined && (flags.include !== undefined || flags.define !== undefined || flags.fine === true)) {
    throw new UsageError('--include, --define and --fine belong to --c FILE');
  }
  if (!isOwn(flags)) {
    if (flags.as !== undefined) throw new UsageError('--as belongs to --c FILE and to a file given by --driver');
    return { kind: 'ours', name: name ?? 'kcs' };
  }
  if (file !== undefined && flags.c !== undefined) throw new UsageError('--driver FILE and --c FILE: give one driver');
  const as = interfaceOf(flags.as ?? name);
  if (name !== undefined && name !== as && name !== scenarioOf(as)) throw new UsageError(`scenario ${name} is not that of --as ${as}`);
  if (file !== undefined) {
    const read = readScript(file);
    ran = { file, script: read.script };
    return { kind: 'script', as, file, name: basename(file), ...read };
  }
  const files = flags.c!;
  return { kind: 'c', as, file: files[0], name: basename(files[0]), fine: flags.fine === true, ...compile(files, flags.include, flags.define) };
}

/** The scenario that comes from there. */
export function scenarioWith(name: string | undefined, flags: OwnFlags): Scenario {
  return loaded(sourceWith(name, flags));
}

/** The scenario of a source; what is wrong with a script is one clear line. */
export function loaded(source: ScenarioSource): Scenario {
  try {
    return scenarioFrom(source);
  } catch (error) {
    if (source.kind !== 'script' || error instanceof UsageError) throw error;
    throw notLoaded(source.file, error);
  }
}

/** The script of this command, of which {@link ownFault} tells. */
let ran: { readonly file: string; readonly script: Script } | undefined;

/** What a script of the user's own has thrown while it was run, in one line; undefined: it was not the script. */
export function ownFault(error: unknown): UsageError | undefined {
  if (ran === undefined) return undefined;
  const { file, script } = ran;
  // A text is loaded from a folder of a name that nobody else has. A worker's error tells its stack in its message.
  const place = 'path' in script ? script.path : 'inband-driver-';
  if (!(error instanceof Error)) return new UsageError(`${file}: throws ${String(error).split('\n')[0]}`);
  if (!`${error.message}\n${error.stack ?? ''}`.includes(place)) return undefined;
  return new UsageError(`${file}: throws ${(error instanceof PoolError ? error.message : `${error.name}: ${error.message}`).split('\n')[0]}`);
}

function notLoaded(file: string, error: unknown): UsageError {
  return new UsageError(`${file} cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
}

/** The scenario in which drivers of an interface are. */
function scenarioOf(as: OwnInterface): string {
  return as === 'i2c' ? 'ssif' : as;
}

function interfaceOf(name: string | undefined): OwnInterface {
  const found = OWN_INTERFACES.find((known) => known === name);
  if (found === undefined) throw new UsageError(`--as ${name ?? 'is missing'}: there are ${OWN_INTERFACES.join(', ')}`);
  return found;
}

/** The scenario of a finding: with the user's driver, if it was found in one. */
export function scenarioOfFinding(name: string, driver: string, flags: OwnFlags): Scenario {
  return loaded(sourceOfFinding(name, driver, flags));
}

/** Where that comes from. */
export function sourceOfFinding(name: string, driver: string, flags: OwnFlags): ScenarioSource {
  const own = driver.split(',').find(isOwnPart);
  if (own !== undefined && !isOwn(flags)) {
    throw new UsageError(`this was found in a driver of somebody's own, ${own}: give it by ${own.startsWith('own@') ? '--driver' : '--c'} FILE`);
  }
  if (own === undefined && (isOwn(flags) || flags.driver !== undefined)) throw new UsageError(`this was found in ${driver}, which is ours: no driver is to be given`);
  if (own === undefined) return sourceWith(name, flags);
  // In the scenario of SSIF either of the two drivers may be one's own: the bus driver is named last.
  const as = name === 'ssif' && !driver.startsWith(own) ? 'i2c' : name;
  if (flags.as !== undefined && flags.as !== as) throw new UsageError(`--as ${flags.as}: this was found with --as ${as}`);
  return sourceWith(name, { ...flags, as, fine: own.startsWith('c-fine@') || flags.fine === true });
}

/** `--driver` for the scenario: what the user says of drivers that are ours. */
export function driverNames(scenario: Scenario, flags: OwnFlags): string {
  const others = (flags.driver ?? []).filter((name) => !SCRIPT.test(name));
  if (isOwn(flags)) return [...scenario.drivers.filter(isOwnPart), ...others].join(',');
  return others.length === 0 ? scenario.defaultDriver : others.join(',');
}

/** What a command must be given again to know the driver; begins with a blank. */
export function ownArguments(flags: OwnFlags): string {
  if (flags.c === undefined) return isOwn(flags) ? ` --driver ${shellQuote(script(flags)!)}` : '';
  const more = [...(flags.include ?? []).map((folder) => ` --include ${shellQuote(folder)}`), ...(flags.define ?? []).map((macro) => ` --define ${shellQuote(macro)}`)];
  return ` --c ${flags.c.map(shellQuote).join(' ')}${more.join('')}`;
}

// ---- TypeScript and JavaScript --------------------------------------------------------------------

/** What is used of esbuild. */
interface Bundler {
  buildSync(options: Readonly<Record<string, unknown>>): { readonly errors: readonly { readonly text: string }[] };
}

/** A module whose default export is the class of a driver. TypeScript needs the npm package esbuild. */
function readScript(file: string): { readonly script: Script; readonly model: number } {
  if (!existsSync(file)) throw new UsageError(`cannot read ${file}: no such file or directory`);
  const bundler = esbuild(createRequire(import.meta.url), file);
  if (bundler === null) return { script: { path: resolve(file) }, model: modelOf(readFileSync(file)) };
  const work = mkdtempSync(join(tmpdir(), 'inband-driver-'));
  try {
    const bundled = join(work, 'driver.cjs');
    bundle(bundler, file, bundled);
    const text = readFileSync(bundled, 'utf8');
    return { script: { text }, model: modelOf(text.replaceAll(PATHS, '')) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw notLoaded(file, error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Comments of the bundler that say where the parts come from: the same file is the same driver, whatever folder one is in. */
const PATHS = /^\/\/ .*$/gm;

function modelOf(text: string | Uint8Array): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) >>> 1;
}

/** That of the user's project, or ours; null: there is none, and JavaScript does without. */
function esbuild(require: NodeJS.Require, file: string): Bundler | null {
  for (const from of [createRequire(resolve(file)), require]) {
    try {
      return from('esbuild') as Bundler;
    } catch {
      // Not there.
    }
  }
  if (file.endsWith('ts')) throw new UsageError(`${file}: loading TypeScript needs the npm package esbuild: npm install esbuild`);
  return null;
}

/** One file, with what it imports; `inband` in it is this version. */
function bundle({ buildSync }: Bundler, file: string, to: string): void {
  const library = ['./index.js', '../index.ts'].map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  const { errors } = buildSync({
    entryPoints: [resolve(file)], outfile: to, bundle: true, platform: 'node', format: 'cjs', target: 'node20.19', charset: 'utf8', logLevel: 'warning',
    ...(library === undefined ? {} : { alias: { inband: library } }),
  });
  for (const { text } of errors) throw new UsageError(`${file}: ${text}`);
}
