import { UsageError } from '../scenarios/index.ts';

/** Exit codes of every command. */
export const Exit = {
  /** Nothing found, conforms, does not reproduce. */
  nothing: 0,
  /** Found, differs, reproduces. */
  found: 1,
  /** Bad arguments, unreadable input. */
  usage: 2,
  nondeterminism: 3,
  internal: 4,
  /** A proof ended before its bound, with nothing found so far. */
  incomplete: 5,
  /** SIGINT and SIGTERM, with partial results kept. */
  interrupted: 130,
  terminated: 143,
} as const;

/** A file that cannot be read or written; one clear line, exit code 2. */
export class FileError extends UsageError {
  constructor(what: string, path: string, cause: unknown) {
    super(`${what} ${path}: ${reason(cause)}`);
  }
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const texts: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory', ENOTDIR: 'is not a directory',
    EEXIST: 'is in the way', EROFS: 'read-only file system', ENOSPC: 'no space left', EPERM: 'not permitted',
    ENAMETOOLONG: 'the name is too long', EBUSY: 'is busy', EIO: 'input/output error',
  };
  return texts[code] ?? (cause instanceof Error ? cause.message.split('\n')[0] : String(cause));
}
