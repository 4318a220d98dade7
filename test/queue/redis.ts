import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
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
  ...(spawnSync('redis-server', ['--version']).status === 0 ? [] : ['no redis-server']), ...(hasPackage('bullmq') ? [] : ['no package bullmq']),
];

/** Whether there is a Redis to be started, and BullMQ. */
export const HAS_QUEUE = MISSING.length === 0;

/** Ends the name of a test that is skipped without them. */
export const WITHOUT_QUEUE = HAS_QUEUE ? '' : ` (skipped: ${MISSING.join(', ')})`;

/** Whether that Redis speaks TLS, and a certificate can be made. */
export const HAS_TLS = HAS_QUEUE && spawnSync('openssl', ['version']).status === 0 && spawnSync('redis-cli', ['--tls', '--version']).status === 0;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Asks until something is so; throws after `ms`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; ;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await sleep(20);
  }
}

/** A port of this machine that is free. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A Redis on the loopback interface that keeps what it knows in a folder of its own. */
export class RedisServer {
  readonly port: number;
  private readonly folder: string;
  private readonly options: readonly string[];
  private child: ChildProcess | null = null;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'inband-redis-'));
    mkdirSync(join(this.folder, 'data'));
  }

  /** `options`: more of the server's, such as `--requirepass`. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.launch();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Stops it as an administrator would, and starts it again: it knows what it knew. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => {
      child.on('exit', resolve);
    });
    child.kill('SIGTERM');
    await gone;
  }

  async launch(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--dir', join(this.folder, 'data'), ...this.options];
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
    const { port } = this;
    await until('redis-server listens', () => new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.end();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    }));
  }
}
