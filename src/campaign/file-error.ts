import { UsageError } from '../scenarios/index.ts';

/** A file that cannot be read or written; one clear line. */
export class FileError extends UsageError {
  constructor(what: string, path: string, cause: unknown) {
    super(`${what} ${path}: ${reason(cause)}`);
  }
}

/** The code of a system call that failed; empty: it was no such thing. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const TEXTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'], ['EACCES', 'permission denied'], ['EISDIR', 'is a directory'], ['ENOTDIR', 'is not a directory'],
  ['EEXIST', 'is in the way'], ['EROFS', 'read-only file system'], ['ENOSPC', 'no space left'], ['EDQUOT', 'no space left: the quota is used up'],
  ['EFBIG', 'no space left: the file is larger than is allowed'], ['EPERM', 'not permitted'], ['ELOOP', 'is a link'],
  ['ENAMETOOLONG', 'the name is too long'], ['EBUSY', 'is busy'], ['EIO', 'input/output error'], ['EMFILE', 'too many files are open'],
]);

function reason(cause: unknown): string {
  return TEXTS.get(codeOf(cause)) ?? (cause instanceof Error ? cause.message.split('\n')[0] : String(cause));
}
