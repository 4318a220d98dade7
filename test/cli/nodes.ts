import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Node of other versions may lie: what `npx node@N` has left, and what nvm installs. */
const PLACES: readonly (readonly [folder: string, below: string])[] = [
  [join(process.env['npm_config_cache'] ?? join(homedir(), '.npm'), '_npx'), 'node_modules/node/bin/node'],
  [join(homedir(), '.npm', '_npx'), 'node_modules/node/bin/node'],
  [join(process.env['NVM_DIR'] ?? join(homedir(), '.nvm'), 'versions/node'), 'bin/node'],
];

/** Each major version that we support but that of this process, and the binary if there is one: nothing is downloaded. */
export const NODES: readonly (readonly [name: string, node: string | undefined])[] = (() => {
  const binaries = new Map<string, string>();
  for (const [folder, below] of PLACES) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const node = join(folder, name, below);
      const major = existsSync(node) ? majorOf(node) : undefined;
      if (major !== undefined) binaries.set(major, node);
    }
  }
  return ['20', '22', '24']
    .filter((major) => major !== process.versions.node.split('.')[0])
    .map((major) => [`Node ${major}${binaries.has(major) ? '' : ' (none on hand)'}`, binaries.get(major)] as const);
})();

function majorOf(node: string): string | undefined {
  try {
    return /^v(\d+)\./.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
}
