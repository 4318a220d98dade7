/** Bundles the page of a timeline: its program and its style, which the command line puts into each page. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Names of the two files beside the command line. */
export const SCRIPT = 'timeline.js';
export const STYLE = 'timeline.css';

/**
 * The program and the style, as text.
 *
 * @param {string} [from] root of the project
 */
export async function bundleWeb(from = root) {
  const result = await build({
    absWorkingDir: from, entryPoints: ['src/web/main.ts'], bundle: true, minify: true, format: 'iife', platform: 'browser', target: 'es2022',
    charset: 'utf8', legalComments: 'none', logLevel: 'warning', write: false,
  });
  const style = transformSync(readFileSync(join(from, 'src/web/style.css'), 'utf8'), { loader: 'css', minify: true, charset: 'utf8' }).code;
  return { script: result.outputFiles[0].text, style };
}
