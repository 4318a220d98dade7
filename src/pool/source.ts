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
      return ownScenario({ as, id: 'own', name, model, driver: driverOf(file, script) });
    }
  }
}

/** The class that a script exports by default. */
function driverOf(file: string, script: Script): OwnClass {
  const exported = load(script);
  if (typeof exported.default !== 'function') throw new UsageError(`${file}: its default export is no class of a driver`);
  return exported.default as OwnClass;
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
