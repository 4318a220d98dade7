import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverCode } from '../c/index.ts';
import { UsageError, ownScenario, scenario, type OwnClass, type OwnInterface, type Scenario } from '../scenarios/index.ts';

/** Where a scenario comes from, as plain data: whoever gets it can make the scenario, without a compiler. */
export type ScenarioSource =
  | { readonly kind: 'ours'; readonly name: string }
  | OwnSource & { readonly kind: 'c'; readonly fine: boolean; readonly bytes: Uint8Array }
  | OwnSource & { readonly kind: 'script'; readonly script: Script };

interface OwnSource {
  readonly as: OwnInterface;
  /** The driver's file, as it was given. */
  readonly file: string;
  /** The last part of its name, by which findings name it. */
  readonly name: string;
  /** A number for its contents. */
  readonly model: number;
}

/** A module of JavaScript: a file that is there, or the text of one for CommonJS. */
export type Script = { readonly path: string } | { readonly text: string };

/** Throws UsageError if there is no such scenario, or the script exports no driver. */
export function scenarioFrom(source: ScenarioSource): Scenario {
  switch (source.kind) {
    case 'ours':
      return scenario(source.name);
    case 'c': {
      const { as, name, model, fine, bytes } = source;
      return ownScenario({ as, id: fine ? 'c-fine' : 'c', name, model, driver: new DriverCode(bytes, fine) });
    }
    case 'script': {
      const { as, name, model, file, script } = source;
      return ownScenario({ as, id: 'own', name, model, driver: driverOf(as, file, script) });
    }
  }
}

/** The class that a script exports by default. */
function driverOf(as: OwnInterface, file: string, script: Script): OwnClass {
  const exported = load(script);
  if (!isClass(exported.default)) throw new UsageError(`${file}: its default export is no class of a driver`);
  return new Proxy(exported.default, {
    construct(driver, args: unknown[], newTarget): object {
      const made = construct(driver, args, newTarget, `${file}, as a driver of ${as}`);
      for (const name of METHODS[as]) {
        if (typeof Reflect.get(made, name) !== 'function') throw new UsageError(`${file}: its class is no driver of ${as}: it has no method ${name}()`);
      }
      if (as !== 'i2c' && typeof Reflect.get(made, 'miscdev') !== 'object') throw new UsageError(`${file}: its class is no driver of ${as}: it has no device, miscdev`);
      return made;
    },
  });
}

function isClass(value: unknown): value is OwnClass {
  if (typeof value !== 'function') return false;
  try {
    // It is not called: only what can make objects may be the last of these.
    Reflect.construct(Object, [], value);
    return true;
  } catch {
    return false;
  }
}

/** What our systems call, or the bus does, of a driver. */
const METHODS: Readonly<Record<OwnInterface, readonly string[]>> = {
  'kcs': ['probe', 'remove', 'stateOfPhase'], 'ssif': ['probe', 'remove', 'slaveEvent'], 'bt': ['probe', 'remove'], 'raw-kcs': ['probe', 'remove'], 'i2c': ['probe', 'regSlave', 'unregSlave'],
};

function construct(driver: OwnClass, args: unknown[], newTarget: object, what: string): object {
  try {
    return Reflect.construct(driver, args, newTarget as OwnClass) as object;
  } catch (error) {
    throw new UsageError(`${what}, cannot be constructed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function load(script: Script): { readonly default?: unknown } {
  const require = createRequire(import.meta.url);
  if ('path' in script) return require(script.path) as { readonly default?: unknown };
  const folder = mkdtempSync(join(tmpdir(), 'inband-driver-'));
  try {
    const path = join(folder, 'driver.cjs');
    writeFileSync(path, script.text);
    return require(path) as { readonly default?: unknown };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
