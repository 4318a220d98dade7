import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DriverCode } from '../c/index.ts';
import {
  OWN_DRIVERS, OWN_INTERFACES, UsageError, ownScenario, scenario, type OwnClass, type OwnInterface, type Scenario,
} from '../scenarios/index.ts';
import { compile } from './compile.ts';

/** The options by which a driver of one's own is brought along. */
export interface OwnFlags {
  /** C files. */
  readonly c?: readonly string[];
  readonly include?: readonly string[];
  readonly as?: string;
  /** Each access of memory that contexts share is a step. */
  readonly fine?: boolean;
  /** Versions of our drivers, or a file of TypeScript or JavaScript. */
  readonly driver?: readonly string[];
}

/** A file that `--driver` may name. */
const SCRIPT = /\.(?:ts|mts|js|mjs)$/;

/** Whether the user brings a driver along. */
export function isOwn(flags: OwnFlags): boolean {
  return flags.c !== undefined || script(flags) !== undefined;
}

function script({ driver }: OwnFlags): string | undefined {
  return driver?.find((name) => SCRIPT.test(name));
}

/**
 * The scenario of that name, or with a driver of the user's own the one of its interface. `name`: undefined if none was
 * given.
 */
export function scenarioWith(name: string | undefined, flags: OwnFlags): Scenario {
  const file = script(flags);
  if (flags.c === undefined && (flags.include !== undefined || flags.fine === true)) throw new UsageError('--include and --fine belong to --c FILE');
  if (!isOwn(flags)) {
    if (flags.as !== undefined) throw new UsageError('--as belongs to --c FILE and to a file given by --driver');
    return scenario(name ?? 'kcs');
  }
  if (file !== undefined && flags.c !== undefined) throw new UsageError('--driver FILE and --c FILE: give one driver');
  const as = interfaceOf(flags.as ?? name);
  if (name !== undefined && name !== as && name !== scenarioOf(as)) throw new UsageError(`scenario ${name} is not that of --as ${as}`);
  if (file !== undefined) return ownScenario({ as, id: 'own', name: basename(file), ...loadScript(file) });
  const files = flags.c!;
  const { bytes, model } = compile(files, flags.include ?? []);
  const fine = flags.fine === true;
  return ownScenario({ as, id: fine ? 'c-fine' : 'c', name: basename(files[0]), model, driver: new DriverCode(bytes, fine) });
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
  const own = driver.split(',').find(isOwnPart);
  if (own !== undefined && !isOwn(flags)) {
    throw new UsageError(`this was found in a driver of somebody's own, ${own}: give it by ${own.startsWith('own@') ? '--driver' : '--c'} FILE`);
  }
  if (own === undefined && (isOwn(flags) || flags.driver !== undefined)) throw new UsageError(`this was found in ${driver}, which is ours: no driver is to be given`);
  if (own === undefined) return scenarioWith(name, flags);
  // In the scenario of SSIF either of the two drivers may be one's own: the bus driver is named last.
  const as = name === 'ssif' && !driver.startsWith(own) ? 'i2c' : name;
  if (flags.as !== undefined && flags.as !== as) throw new UsageError(`--as ${flags.as}: this was found with --as ${as}`);
  return scenarioWith(name, { ...flags, as, fine: own.startsWith('c-fine@') || flags.fine === true });
}

/** Whether a finding's driver is somebody's own. */
export function isOwnName(driver: string): boolean {
  return driver.split(',').some(isOwnPart);
}

function isOwnPart(name: string): boolean {
  return OWN_DRIVERS.some((id) => name.startsWith(`${id}@`));
}

/** `--driver` for the scenario: what the user says of drivers that are ours. */
export function driverNames(scenario: Scenario, flags: OwnFlags): string {
  const others = (flags.driver ?? []).filter((name) => !SCRIPT.test(name));
  if (isOwn(flags)) return [...scenario.drivers.filter(isOwnPart), ...others].join(',');
  return others.length === 0 ? scenario.defaultDriver : others.join(',');
}

/** What a command must be given again to know the driver; begins with a blank. */
export function ownArguments(flags: OwnFlags): string {
  if (flags.c === undefined) return isOwn(flags) ? ` --driver ${script(flags)}` : '';
  return ` --c ${flags.c.join(' ')}${(flags.include ?? []).map((folder) => ` --include ${folder}`).join('')}`;
}

// ---- TypeScript and JavaScript --------------------------------------------------------------------

interface Loaded {
  readonly driver: OwnClass;
  readonly model: number;
}

/** What is used of esbuild. */
interface Bundler {
  buildSync(options: Readonly<Record<string, unknown>>): { readonly errors: readonly { readonly text: string }[] };
}

/** Loads the class that a file exports by default. TypeScript needs the npm package esbuild. */
function loadScript(file: string): Loaded {
  if (!existsSync(file)) throw new UsageError(`cannot read ${file}: no such file or directory`);
  const require = createRequire(import.meta.url);
  const work = mkdtempSync(join(tmpdir(), 'inband-driver-'));
  try {
    const bundler = esbuild(require, file);
    const bundled = bundler === null ? resolve(file) : join(work, 'driver.cjs');
    if (bundler !== null) bundle(bundler, file, bundled);
    const text = readFileSync(bundled);
    const exported = require(bundled) as { readonly default?: unknown };
    if (typeof exported.default !== 'function') throw new UsageError(`${file}: its default export is no class of a driver`);
    return { driver: exported.default as OwnClass, model: createHash('sha256').update(text).digest().readUInt32BE(0) >>> 1 };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
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
