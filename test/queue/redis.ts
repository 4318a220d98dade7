import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../cli/inband.ts';

function hasPackage(name: string): boolean {
  try {
    createRequire(join(ROOT, 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What the tests of a queue need and is not here. */
const MISSING = [
  ...(spawnSync('redis-server', ['--version']).status === 0 ? [] : ['no redis-server on the PATH']), ...(hasPackage('bullmq') ? [] : ['no package bullmq']),
];

/** Whether there is a Redis to be started, and BullMQ. */
export const HAS_QUEUE = MISSING.length === 0;

/** Ends the name of a test that is skipped without them. */
export const WITHOUT_QUEUE = HAS_QUEUE ? '' : ` (skipped: ${MISSING.join(', ')})`;

/** Whether that Redis speaks TLS, and a certificate can be made. */
export const HAS_TLS = HAS_QUEUE && spawnSync('openssl', ['version']).status === 0 && spawnSync('redis-cli', ['--tls', '--version']).status === 0;
