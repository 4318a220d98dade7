import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { DriverCode } from '../../src/c/index.ts';
import { compile } from '../../src/cli/compile.ts';
import { Hunter } from '../../src/explore/index.ts';
import { ownScenario, type OwnInterface, type Scenario } from '../../src/scenarios/index.ts';

/** Whether C can be compiled here. */
export const HAS_CLANG = ['clang', 'wasm-ld'].every((tool) => spawnSync(tool, ['--version']).status === 0);

/** What stands behind the name of a test that cannot run without. */
export const WITHOUT = HAS_CLANG ? '' : ' (skipped: no clang and wasm-ld on the PATH)';

export const DRIVERS = fileURLToPath(new URL('drivers/', import.meta.url));

/** The text of a driver of ours. */
export function driverText(name: string): string {
  return readFileSync(join(DRIVERS, name), 'utf8');
}

const folder = mkdtempSync(join(tmpdir(), 'inband-test-c-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A file with that text; the modules that are made of it are kept beside. */
export function file(name: string, text: string): string {
  process.env['XDG_CACHE_HOME'] = folder;
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The interface's scenario with a driver in C. */
export function scenarioWithC(as: OwnInterface, path: string, fine = false): Scenario {
  const { bytes, model } = compile([path], []);
  return ownScenario({ as, id: fine ? 'c-fine' : 'c', name: basename(path), model, driver: new DriverCode(bytes, fine) });
}

/** Hosts and daemons that have faults of their own, mended: what is found then is the driver's. */
const MENDED: Readonly<Record<string, { readonly host: string; readonly daemon: string }>> = {
  bt: { host: 'ipmi_si@mended', daemon: 'btd' },
};

/** The first that a hunt finds, hardly shrunk. `oracles`: those that judge, or all that do unless others are named. */
export function huntIn(scenario: Scenario, maxExecutions: number, oracles?: readonly string[]): Hunter {
  const build = { driver: scenario.defaultDriver, settings: {}, ...MENDED[scenario.name], ...(oracles === undefined ? {} : { oracles }) };
  const hunter = new Hunter(scenario.build(build), { scenario: scenario.name, build, model: scenario.models(build) }, {
    strategy: 'portfolio', seed: 1, keepGoing: false, maxExecutions, shrinkBudget: 20,
  });
  while (!hunter.done) hunter.advance(100);
  hunter.conclude();
  return hunter;
}
