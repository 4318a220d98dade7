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
  /** SIGHUP, SIGINT and SIGTERM, with partial results kept. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;
