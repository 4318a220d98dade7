#!/usr/bin/env node
/**
 * Builds dist/: the command line, the library and its types.
 *
 *     node tools/build.mjs                        dist/cli.js with the page of its timelines, dist/index.js, dist/test.js, dist/types/
 *     node tools/build.mjs bench [name]...        dist/bench/, all benchmarks or those whose names contain a word
 *     node tools/build.mjs bench --run [name]...  the same, and runs them, one process after the other
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { SCRIPT, STYLE, bundleWeb } from './web.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** Common to all bundles. @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  charset: 'utf8',
  legalComments: 'inline',
  logLevel: 'warning',
};

/** Bundled CommonJS packages call require(), which an ES module has to bring itself. */
const cliBanner = `#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/**
 * Writes by renaming, so that a program that starts meanwhile sees the old file or the new one.
 *
 * @param {string} file
 * @param {string | Uint8Array} content
 * @param {number} mode
 */
function write(file, content, mode) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  chmodSync(temporary, mode);
  renameSync(temporary, file);
}

/**
 * Bundles one entry point; returns the files that went into it.
 *
 * @param {string} entry
 * @param {string} out
 * @param {import('esbuild').BuildOptions} options
 * @param {number} [mode]
 */
async function bundle(entry, out, options, mode = 0o644) {
  const result = await build({ ...common, ...options, entryPoints: [entry], outfile: out, write: false, metafile: true });
  for (const file of result.outputFiles) write(file.path, file.contents, mode);
  return Object.keys(result.metafile.inputs);
}

/** The licences of the packages that a bundle contains, which must travel with it. @param {string[]} inputs */
function licenses(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].toSorted().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version}\n\n${file ? readFileSync(join(root, folder, file), 'utf8').trim() : 'no licence file'}\n`;
  });
}

/** Writes dist/types with the TypeScript compiler. */
function declarations() {
  rmSync(join(root, 'dist/types'), { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc -p tsconfig.build.json: exit code ${status}`);
}

async function buildAll() {
  const inputs = await Promise.all([
    bundle('src/cli/main.ts', 'dist/cli.js', { banner: { js: cliBanner } }, 0o755),
    bundle('src/index.ts', 'dist/index.js', { external: ['fast-check'] }),
    bundle('src/testing/index.ts', 'dist/test.js', { external: ['fast-check', 'vitest'] }),
  ]);
  const { script, style } = await bundleWeb(root);
  write(join(root, 'dist', SCRIPT), script, 0o644);
  write(join(root, 'dist', STYLE), style, 0o644);
  cpSync(join(root, 'src/c/include'), join(root, 'dist/include'), { recursive: true });
  write(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licenses(inputs.flat()).join('\n'), 0o644);
  declarations();
}

/**
 * Bundles benchmarks and what runs them; packages stay outside.
 *
 * @param {string[]} args
 */
async function buildBench(args) {
  const run = args.includes('--run');
  const words = args.filter((arg) => arg !== '--run');
  const folder = join(root, 'bench');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.bench.ts'))
    .filter((name) => words.length === 0 || words.some((word) => basename(name, '.bench.ts').includes(word)))
    .toSorted();
  if (names.length === 0) throw new Error(`no bench/*.bench.ts${words.length > 0 ? ` named like ${words.join(', ')}` : ''}`);
  const outdir = join(root, 'dist/bench');
  rmSync(outdir, { recursive: true, force: true });
  await build({ ...common, entryPoints: ['main.ts', ...names].map((name) => `bench/${name}`), outdir, packages: 'external' });
  if (!run) {
    for (const name of names) console.log(relative(root, join(outdir, `${basename(name, '.ts')}.js`)));
  } else if (spawnSync(process.execPath, [join(outdir, 'main.js'), ...words], { stdio: 'inherit' }).status !== 0) {
    process.exitCode = 1;
  }
}

const [command, ...args] = process.argv.slice(2);
try {
  if (command === undefined) await buildAll();
  else if (command === 'bench') await buildBench(args);
  else throw new Error(`unknown command ${command}`);
} catch (error) {
  // esbuild and tsc have printed what is wrong with the code.
  console.error(`build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
