import { basename } from 'node:path';
import { DriverCode } from '../c/index.ts';
import { OWN_DRIVERS, OWN_INTERFACES, UsageError, ownScenario, scenario, type OwnInterface, type Scenario } from '../scenarios/index.ts';
import { compile } from './compile.ts';

/** The options by which a driver of one's own is brought along. */
export interface OwnFlags {
  /** C files. */
  readonly c?: readonly string[];
  readonly include?: readonly string[];
  readonly as?: string;
  /** Each access of memory that contexts share is a step. */
  readonly fine?: boolean;
}

/**
 * The scenario of that name, or with a driver of the user's own the one of its interface. `name`: undefined if none was
 * given.
 */
export function scenarioWith(name: string | undefined, flags: OwnFlags): Scenario {
  if (flags.c === undefined) {
    if (flags.as !== undefined || flags.include !== undefined || flags.fine === true) throw new UsageError('--as, --include and --fine belong to --c FILE');
    return scenario(name ?? 'kcs');
  }
  const as = interfaceOf(flags.as ?? name);
  if (name !== undefined && name !== as) throw new UsageError(`scenario ${name} is not that of --as ${as}`);
  const { bytes, model } = compile(flags.c, flags.include ?? []);
  const fine = flags.fine === true;
  return ownScenario({ as, id: fine ? 'c-fine' : 'c', name: basename(flags.c[0]), model, driver: new DriverCode(bytes, fine) });
}

function interfaceOf(name: string | undefined): OwnInterface {
  const found = OWN_INTERFACES.find((known) => known === name);
  if (found === undefined) throw new UsageError(`--as ${name ?? 'is missing'}: there ${OWN_INTERFACES.length === 1 ? 'is' : 'are'} ${OWN_INTERFACES.join(', ')}`);
  return found;
}

/** The scenario of a finding: with the user's driver, if it was found in one. */
export function scenarioOfFinding(name: string, driver: string, flags: OwnFlags): Scenario {
  const own = OWN_DRIVERS.some((id) => driver.startsWith(`${id}@`));
  if (own && flags.c === undefined) throw new UsageError(`this was found in a driver of somebody's own, ${driver}: give it by --c FILE`);
  if (!own && flags.c !== undefined) throw new UsageError(`this was found in ${driver}, which is ours: --c is not for it`);
  return scenarioWith(name, driver.startsWith('c-fine@') ? { ...flags, fine: true } : flags);
}
