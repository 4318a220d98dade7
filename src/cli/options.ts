import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Shard } from '../campaign/index.ts';
import { OWN_INTERFACES, parseSetting, UsageError, type BuildOptions, type Scenario, type Settings } from '../scenarios/index.ts';
import type { ScenarioSource } from '../pool/index.ts';
import { driverNames, loaded, sourceWith, type OwnFlags } from './own.ts';

/** How long a hunt may take: seconds of wall clock, or a number of executions. */
export interface Budget {
  readonly kind: 'seconds' | 'executions';
  readonly n: number;
}

/** Budgets of a campaign: of all its scenarios together, and of single ones by name. */
export interface Budgets {
  readonly all?: Budget;
  readonly each: ReadonlyMap<string, Budget>;
}

/** `2h`, or `kcs=30m` for one scenario; of several for the same the last counts. */
export function parseBudgets(text: string, before: Budgets = { each: new Map() }): Budgets {
  const [, name, rest] = /^([a-z][a-z0-9-]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined) return { ...before, all: parseBudget(text) };
  return { ...before, each: new Map([...before.each, [name, parseBudget(rest)]]) };
}

/** `i/n`: the i-th of n shares of a search. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || index < 1 || index > of) throw new InvalidArgumentError('expected i/n, i from 1 to n, like 1/4.');
  return { index, of };
}

/** `60s`, `5m`, `2h` or `5000x`. */
export function parseBudget(text: string): Budget {
  const match = /^(\d{1,12})([smhx])$/.exec(text);
  const n = match === null ? 0 : Number(match[1]);
  if (match === null || n < 1) throw new InvalidArgumentError('expected a time like 60s, 5m, 2h or a count like 5000x.');
  const unit = { s: 1, m: 60, h: 3600, x: 1 }[match[2] as 's' | 'm' | 'h' | 'x'];
  return match[2] === 'x' ? { kind: 'executions', n } : { kind: 'seconds', n: n * unit };
}

/** The same, or a plain number of executions. */
export function parseShrinkBudget(text: string): Budget {
  return parseBudget(/^\d+$/.test(text) ? `${text}x` : text);
}

/** An integer of at least `least`, and of at most `most`. */
export function integer(least: number, most?: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= (most ?? value))) {
      throw new InvalidArgumentError(`expected an integer ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}.`);
    }
    return value;
  };
}

/** Most workers: an epoch has fewer slices. */
const MOST_JOBS = 64;

/** Number of workers: 1 to {@link MOST_JOBS}; `auto` or 0: as many as there are cores to be had. */
export function parseJobs(text: string): number {
  const n = text === 'auto' ? 0 : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(n <= MOST_JOBS)) throw new InvalidArgumentError(`expected auto or a number of workers from 1 to ${MOST_JOBS}.`);
  return n === 0 ? Math.min(availableParallelism(), MOST_JOBS) : n;
}

/** Of an option that can be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The options that say which system is meant. */
export interface SystemFlags extends OwnFlags {
  readonly host?: string;
  readonly daemon?: string;
  readonly set?: readonly string[];
  readonly oracle?: string;
}

export function addSystemOptions(command: Command): Command {
  return addOwnOptions(command)
    .option('--host <id@version>', 'version of the host driver')
    .option('--daemon <id>', 'the BMC daemon')
    .addOption(new Option('--set <name=value>', 'fix a parameter, see: inband list parameters (repeatable)').argParser(collect));
}

/** The options by which a driver of one's own is brought along. */
export function addOwnOptions(command: Command): Command {
  return command
    .addOption(new Option('--driver <id@version>', 'version of a driver, see: inband list drivers (repeatable); or a file of your own').argParser(collect))
    .option('--c <files...>', 'a driver in C, compiled by the clang and wasm-ld of the PATH (see docs/own-driver.md)')
    .addOption(new Option('--include <folder>', 'where its headers are (repeatable)').argParser(collect))
    .addOption(new Option('--define <name=value>', 'a macro for it: CONFIG_..., LINUX_VERSION_CODE (repeatable)').argParser(collect))
    .option('--fine', 'each access of memory that contexts share is a step, not only calls of the kernel')
    .option('--as <interface>', `what it drives: ${OWN_INTERFACES.join(', ')}`);
}

/** Checks the flags; every mistake is one clear line. */
export function systemOf(name: string | undefined, flags: SystemFlags): { readonly source: ScenarioSource; readonly scenario: Scenario; readonly options: BuildOptions } {
  const source = sourceWith(name, flags);
  const found = loaded(source);
  const settings = settingsOf(flags.set ?? []);
  const options: BuildOptions = {
    driver: found.wholeDriver(driverNames(found, flags)),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(flags.daemon === undefined ? {} : { daemon: flags.daemon }),
    ...(flags.oracle === undefined ? {} : { oracles: oraclesOf(flags.oracle) }),
    settings,
  };
  found.models(options);
  return { source, scenario: found, options };
}

/** What `--set` says; refuses two values for one parameter. */
function settingsOf(set: readonly string[]): Settings {
  const settings = new Map<string, number | string>();
  for (const [name, value] of set.map(parseSetting)) {
    const before = settings.get(name);
    if (before !== undefined && before !== value) throw new UsageError(`parameter ${name} is given twice: ${before} and ${value}`);
    settings.set(name, value);
  }
  // By entries: a parameter may have been called __proto__.
  return Object.fromEntries(settings);
}

/** `hang,errno`. */
export function oraclesOf(text: string): readonly string[] {
  const names = text.split(',').map((part) => part.trim());
  if (names.some((part) => part === '')) throw new UsageError(`--oracle ${text}: expected names separated by commas`);
  return names;
}
