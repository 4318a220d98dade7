import { UsageError } from '../scenarios/index.ts';

const PORT = 6379;

/** Where a Redis is, and how it is spoken to. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database. */
  readonly db: number;
  /** Present: TLS, with a certificate for that name. */
  readonly tls?: { readonly servername: string };
  /** As it may be printed: without the password. */
  readonly shown: string;
}

/** `redis://user:password@host:port/db`, or `rediss:` for TLS. Throws UsageError of one line, which has no password in it. */
export function parseAddress(text: string): Address {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(EXPECTED);
  }
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '' || search !== '' || hash !== '') throw new UsageError(EXPECTED);
  const [, db] = /^\/?(\d{0,4})$/.exec(pathname) ?? [];
  if (db === undefined) throw new UsageError(EXPECTED);
  // IPv6 addresses stand in brackets.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host, port: port === '' ? PORT : Number(port), db: Number(db),
    ...(username === '' ? {} : { username: decoded(username) }),
    ...(password === '' ? {} : { password: decoded(password) }),
    ...(protocol === 'redis:' ? {} : { tls: { servername: host } }),
    shown: `${protocol}//${username === '' ? '' : `${username}@`}${hostname}:${port === '' ? PORT : port}${pathname === '/' ? '' : pathname}`,
  };
}

const EXPECTED = 'a queue is at redis://user:password@host:port/database, or rediss:// with TLS; user, password, port and database may be left out';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('user or password of the queue: % is written %25 in a URL');
  }
}
