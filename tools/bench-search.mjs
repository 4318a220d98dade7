#!/usr/bin/env node
/**
 * Measures the search strategies on published benchmarks, and writes docs/search.md and bench/data/search-summary.json. Raw
 * data are kept in bench/data/search.json; what is not measured anew stays.
 *
 *     node tools/bench-search.mjs                                    everything: an hour
 *     node tools/bench-search.mjs --program account --strategy pos   one cell; both can be repeated
 *     node tools/bench-search.mjs --trials 20                        fewer trials
 *     node tools/bench-search.mjs --table                            only the tables, from the raw data
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
try {
  const outfile = join(folder, 'search.mjs');
  await build({
    absWorkingDir: root, entryPoints: ['bench/sct/search.ts'], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20.19',
    banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(outfile).href);
  main(process.argv.slice(2), root);
} finally {
  rmSync(folder, { recursive: true });
}
