#!/usr/bin/env node
/**
 * Hunts for the known bugs of the drivers' versions, and saves one finding for each in
 * test/data/findings: to be run when the models or the search have changed.
 *
 *     node tools/find-bugs.mjs                             all versions, each with its seed of test/bugs/slugs.ts
 *     node tools/find-bugs.mjs v2 mainline                 these only
 *     node tools/find-bugs.mjs v2 --seed 2 --dry           another seed; saves nothing
 *     node tools/find-bugs.mjs fixed --executions 200000   a version that should have none
 *     node tools/find-bugs.mjs ssif-bmc@v10                a version of an SSIF driver, on or under the other's default
 *
 * It runs what `inband hunt kcs --driver kcs-bmc@VERSION --budget 20000x --keep-going --seed N` runs, or `hunt ssif`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'find-bugs-'));
try {
  const outfile = join(folder, 'find-bugs.mjs');
  await build({
    absWorkingDir: root, entryPoints: ['test/bugs/find-bugs.ts'], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19',
    banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = main(process.argv.slice(2), root);
} finally {
  rmSync(folder, { recursive: true });
}
