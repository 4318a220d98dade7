#!/usr/bin/env node
/**
 * Measures how soon each strategy finds each known bug, and writes docs/search-bugs.md. Raw data are kept in
 * bench/data/bugs.json; what is there is not measured again unless asked for, so an interrupted run goes on where it was.
 *
 *     node tools/bench-bugs.mjs                                          everything: hours
 *     node tools/bench-bugs.mjs --jobs 2 --seeds 5                       on two cores, seeds 1 to 5
 *     node tools/bench-bugs.mjs --strategy portfolio --version mainline  one cell; both can be repeated
 *     node tools/bench-bugs.mjs --again                                  also what has been measured
 *     node tools/bench-bugs.mjs --table                                  only the table, from the raw data
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'bench-bugs-'));
try {
  const outfile = join(folder, 'bugs.mjs');
  await build({
    absWorkingDir: root,
    stdin: {
      contents: "export { main } from './bench/bugs/main.ts';\nimport { work } from './bench/bugs/main.ts';\nif (process.argv.includes('--work')) work();",
      resolveDir: root,
    },
    outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19',
    banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(outfile).href);
  await main(process.argv.slice(2), root, outfile);
} finally {
  rmSync(folder, { recursive: true });
}
