/**
 * A Redis of one's own, for tests and for tools/kill-campaign.mjs: on the loopback interface, at a port that is free, keeping
 * what it knows in a folder of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param {number} ms @returns {Promise<void>} */
function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * Asks until something is so; throws after `ms`.
 *
 * @param {string} what
 * @param {() => boolean | Promise<boolean>} holds
 */
export async function until(what, holds, ms = 150_000) {
  for (const end = Date.now() + ms; ;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await sleep(20);
  }
}

/** A port of this machine that is free. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Whether somebody listens. @param {number} port @returns {Promise<boolean>} */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A redis-server of the PATH. */
export class RedisServer {
  /** @type {import('node:child_process').ChildProcess | null} */
  child = null;

  /**
   * Use {@link RedisServer.start}.
   *
   * @param {number} port
   * @param {readonly string[]} options
   */
  constructor(port, options) {
    this.port = port;
    this.options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'inband-redis-'));
  }

  /** @param {readonly string[]} [options] more of the server's, such as `--requirepass` */
  static async start(options = []) {
    const server = new RedisServer(await freePort(), options);
    await server.launch();
    return server;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Stops it as an administrator would, and starts it again: it knows what it knew. */
  async restart() {
    await this.stop();
    await this.launch();
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stop() {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => {
      child.on('exit', resolve);
    });
    child.kill('SIGTERM');
    await gone;
  }

  async launch() {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--dir', this.folder, ...this.options];
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
    await until('redis-server listens', () => listens(this.port));
  }
}
