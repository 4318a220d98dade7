import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';
import { printable } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import type { Address } from './address.ts';

/** What is used of ioredis, the client that BullMQ brings along. */
export interface Redis {
  connect(): Promise<void>;
  /** Sends a command. Waits while Redis is away. */
  call(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  disconnect(): void;
  on(event: 'ready' | 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
}

type RedisClass = new (options: Readonly<Record<string, unknown>>) => Redis;

/** The oldest Redis on which all that BullMQ uses is there. */
const OLDEST = [6, 2] as const;
/** How long a connection may take to come about, ms. */
const PATIENCE = 5_000;
/** How long the end of a connection may take, ms. */
const FAREWELL = 200;
/** Longest pause between attempts to reach a Redis that was there before, ms. */
const LONGEST_PAUSE = 1_000;
const MIB = 1024 * 1024;

/** A connection to Redis, and BullMQ on it. Redis may go away and come back: commands wait meanwhile. */
export class Broker {
  readonly bullmq: typeof BullMq;
  readonly redis: Redis;
  readonly shown: string;
  /** It is there now. */
  ready = false;
  private wasReady = false;
  private closing = false;
  private lastError: Error | null = null;

  private constructor({ shown, host, port, username, password, db, tls }: Address, note: (text: string) => void) {
    this.shown = shown;
    const { bullmq, redis } = load();
    this.bullmq = bullmq;
    this.redis = new redis({
      host, port, username, password, db, tls, lazyConnect: true, connectTimeout: PATIENCE, disconnectTimeout: FAREWELL, connectionName: 'inband',
      // A blocking command of BullMQ's is one request for ever.
      maxRetriesPerRequest: null,
      // Only to where it has been once: a wrong address is told at once.
      retryStrategy: (times: number) => (this.wasReady && !this.closing ? Math.min(times * 100, LONGEST_PAUSE) : null),
    });
    this.redis.on('error', (error) => {
      this.lastError = error;
    });
    this.redis.on('ready', () => {
      if (this.wasReady && !this.ready) note(`the queue at ${shown} is back`);
      this.ready = true;
    });
    this.redis.on('close', () => {
      if (this.ready && !this.closing) note(`the queue at ${shown} is away: waiting for it`);
      this.ready = false;
    });
  }

  /** Throws UsageError of one line if there is no BullMQ, or no Redis that answers. `note`: a line for people. */
  static async open(address: Address, note: (text: string) => void): Promise<Broker> {
    const broker = new Broker(address, note);
    try {
      await broker.redis.connect();
      await broker.redis.call('SELECT', address.db);
      broker.inspect(String(await broker.redis.call('INFO')));
      broker.wasReady = true;
      return broker;
    } catch (error) {
      broker.close();
      throw error instanceof UsageError ? error : new UsageError(`cannot use the queue at ${broker.shown}: ${reasonOf(broker.lastError ?? error)}`);
    }
  }

  private inspect(info: string): void {
    const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '';
    const [major, minor] = version.split('.').map(Number);
    if (!(major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))) throw new UsageError(`the queue at ${this.shown} is Redis ${printable(version)}: at least ${OLDEST.join('.')} is needed`);
  }

  /** Settings of a Queue or a Worker on this connection. */
  get settings(): { readonly connection: BullMq.ConnectionOptions; readonly prefix: string; readonly skipVersionCheck: true } {
    // The version has been looked at, and BullMQ would print what it thinks of it.
    return { connection: this.redis as unknown as BullMq.ConnectionOptions, prefix: PREFIX, skipVersionCheck: true };
  }

  /**
   * The text of a key; undefined if there is none. Throws UsageError of one line on what is no text of at most `most` MiB: the
   * length is asked first, so that nothing longer is loaded.
   */
  async text(key: string, most: number): Promise<string | undefined> {
    try {
      const length = Number(await this.redis.call('STRLEN', key));
      if (length > most * MIB) throw new UsageError(`is longer than ${most} MiB`);
      return length === 0 ? undefined : String(await this.redis.call('GETRANGE', key, 0, most * MIB - 1));
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) throw new UsageError('is no text');
      throw error;
    }
  }

  /** What Redis refused becomes one clear line. */
  async asked<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof UsageError || !isReply(error)) throw error;
      throw new UsageError(`the queue at ${this.shown} refuses: ${reasonOf(error)}`);
    }
  }

  close(): void {
    this.closing = true;
    this.redis.disconnect();
  }
}

/** Begins the names of all keys. */
export const PREFIX = 'inband';

/** Whether an error is an answer of Redis, as NOPERM and OOM are. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Whether an error says that the connection is gone: it comes back by itself. */
export function isDisconnect(error: Error): boolean {
  return /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection is closed|Connection closed|LOADING|Command aborted/.test(`${codeOf(error)} ${error.message}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'], ['ENOTFOUND', 'no such host'], ['EAI_AGAIN', 'no such host'], ['ETIMEDOUT', 'no answer'], ['ECONNRESET', 'it hangs up'],
  ['EHOSTUNREACH', 'host unreachable'], ['ENETUNREACH', 'network unreachable'], ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed (see NODE_EXTRA_CA_CERTS)'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is of an unknown authority (see NODE_EXTRA_CA_CERTS)'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is of an unknown authority (see NODE_EXTRA_CA_CERTS)'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'], ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS: redis:// rather than rediss://'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'it does not speak TLS: redis:// rather than rediss://'],
]);

/** Why, in a few words. */
function reasonOf(error: unknown): string {
  return REASONS.get(codeOf(error)) ?? printable(error instanceof Error ? error.message : String(error));
}

/** BullMQ and the ioredis that it stands on, from where this program is installed. */
function load(): { readonly bullmq: typeof BullMq; readonly redis: RedisClass } {
  const require = createRequire(import.meta.url);
  let place: string;
  try {
    place = require.resolve('bullmq');
  } catch {
    throw new UsageError('a queue needs the npm package bullmq: npm install bullmq');
  }
  const { Redis: redis } = createRequire(place)('ioredis') as { readonly Redis: RedisClass };
  return { bullmq: require(place) as typeof BullMq, redis };
}
