import type { NextRequest } from '../../src/host/careless.ts';

/** Requests c0h and the same byte over and over: 1 in the first, 2 in the second. */
export function numberedRequests(): NextRequest {
  let tag = 0;
  return (buf, length = 5) => {
    buf.fill(++tag, 0, length);
    buf[0] = 0xc0;
    return length;
  };
}

/** The move of that name. */
export function moveOf<M extends { readonly name: string }>(moves: readonly M[], name: string): M {
  const found = moves.find((move) => move.name === name);
  if (found === undefined) throw new Error(`no move ${name}`);
  return found;
}

/** Whether the lines of a log add up: every request that began ended once, in a response or abandoned; the last may be open. */
export function reckon(lines: readonly string[]): { readonly wrong: readonly string[]; readonly open: boolean } {
  let open = false;
  const wrong = lines.filter((line) => {
    const begins = line.startsWith('began');
    const ends = line.startsWith('abandoned') || line.startsWith('responded');
    const bad = (begins && open) || (ends && !open);
    if (begins || ends) open = begins;
    return bad;
  });
  return { wrong, open };
}
