import { completionText } from './completion.ts';
import { ECHO_LAST, ECHO_PERIOD, ECHO_TAGS, echoDataTag, echoFiller, echoHeader, echoRefusal } from './echo.ts';

/**
 * A stretch of a torn echo that was a stretch of one whole echo.
 *
 * One byte only says which tag it would belong to if it has not moved, so look whether a request with that tag
 * was under way. Where two pieces meet, a byte that would do for both is given to the first.
 */
export interface EchoPiece {
  tag: number;
  /** Index of its first byte in the torn data, the header not counted. */
  at: number;
  /** Index of that byte in the data it comes from, modulo ECHO_PERIOD; equal to `at` if not moved. */
  from: number;
  /** Bytes. */
  count: number;
  /** Whether it holds the last byte of the echo it comes from. */
  last: boolean;
}

/** What the bytes of a message say about the echo that they should be. */
export type EchoVerdict =
  | { kind: 'whole'; tag: number }
  /** An echo's header, but no whole echo behind it, of `length` bytes. Bytes outside all pieces belong to no echo at all. */
  | { kind: 'torn'; tags: number[]; pieces: EchoPiece[]; length: number }
  /** An echo response with a completion code other than 00h. */
  | { kind: 'refused'; cc: number }
  /** Not the header of an echo. */
  | { kind: 'foreign' };

/** 7^q mod 239 to q. */
const PLACE = new Uint8Array(ECHO_TAGS);
for (let q = 0; q < ECHO_PERIOD; q++) PLACE[echoFiller(q) + 1] = q;

/** Bytes of a moved piece before it is believed: any two neighbours come from somewhere, a third often enough. */
const EVIDENCE = 4;

/** 1/6 mod 239. */
const SIXTH = 40;

/**
 * Says of the message in `buf[at..at+len)`, request or response, whether it is a whole echo and, if not,
 * from which echoes it was put together. Allocates: ask echoTag first where speed matters.
 */
export function classifyEcho(buf: Uint8Array, len: number, at = 0): EchoVerdict {
  const cc = echoRefusal(buf, len, at);
  if (cc >= 0) return { kind: 'refused', cc };
  const header = echoHeader(buf, len, at);
  if (header < 0) return { kind: 'foreign' };
  const data = buf.subarray(at + header, at + len);
  const tag = echoDataTag(data, data.length, 0);
  if (tag >= 0) return { kind: 'whole', tag };
  const pieces = findPieces(data);
  return { kind: 'torn', tags: [...new Set(pieces.map((piece) => piece.tag))], pieces, length: data.length };
}

/** Cuts the data into pieces from the left, each as long as can be; of equal ones that in its place. */
function findPieces(data: Uint8Array): EchoPiece[] {
  const pieces: EchoPiece[] = [];
  let at = 0;
  while (at < data.length) {
    if (data[at] >= ECHO_TAGS) {
      at++;
      continue;
    }
    let best = inPlace(data, at);
    const other = moved(data, at);
    if (other !== undefined && other.count >= EVIDENCE && other.count > best.count) best = other;
    pieces.push(best);
    at += best.count;
  }
  return pieces;
}

/** The piece that begins at `at`, if the byte there has not moved. The data's last byte is taken for a last one. */
function inPlace(data: Uint8Array, at: number): EchoPiece {
  const isLast = at === data.length - 1;
  const tag = modulo(data[at] - echoFiller(at) - (isLast ? ECHO_LAST : 0));
  return isLast ? { tag, at, from: at % ECHO_PERIOD, count: 1, last: true } : follow(data, at, at % ECHO_PERIOD, tag);
}

/** The piece that begins at `at`, wherever the byte there comes from: its successor tells. */
function moved(data: Uint8Array, at: number): EchoPiece | undefined {
  if (at + 1 >= data.length || data[at + 1] >= ECHO_TAGS) return undefined;
  const power = modulo((data[at + 1] - data[at]) * SIXTH);
  if (power === 0) return undefined;
  const from = PLACE[power];
  return follow(data, at, from, modulo(data[at] - echoFiller(from)));
}

/** How far the bytes from `at` are those of `tag` from its byte `from` on. The first one is known to be. */
function follow(data: Uint8Array, at: number, from: number, tag: number): EchoPiece {
  let count = 1;
  let last = false;
  while (!last && at + count < data.length) {
    const extra = modulo(data[at + count] - tag - echoFiller(from + count));
    if (data[at + count] >= ECHO_TAGS || (extra !== 0 && extra !== ECHO_LAST)) break;
    last = extra === ECHO_LAST;
    count++;
  }
  return { tag, at, from, count, last };
}

/** n mod ECHO_TAGS, never negative and never -0. */
function modulo(n: number): number {
  return ((n % ECHO_TAGS) + ECHO_TAGS) % ECHO_TAGS;
}

/** How far apart the tags of echoes that meet may be: senders count up. */
const NEAR = 8;

/**
 * A verdict for people: `echo torn behind its header: 3 bytes of tag 5, 4 bytes of tag 9 from its byte 7`. Of a byte that
 * stands alone any tag could be told; it is, if the tag is near that of a longer piece.
 */
export function formatEchoVerdict(verdict: EchoVerdict): string {
  switch (verdict.kind) {
    case 'whole': return `echo of tag ${verdict.tag}`;
    case 'refused': return `echo refused: ${completionText(verdict.cc)}`;
    case 'foreign': return 'not an echo';
    case 'torn': return `echo torn behind its header: ${formatPieces(verdict.pieces, verdict.length)}`;
  }
}

function formatPieces(pieces: readonly EchoPiece[], length: number): string {
  const isTold = (piece: EchoPiece): boolean => piece.count > 1
    || pieces.some(({ count, tag }) => count > 1 && Math.abs(tag - piece.tag) <= NEAR);
  const words: string[] = [];
  let others = 0;
  const tellOthers = (): void => {
    if (others > 0) words.push(`${byteText(others)} of no stretch of an echo`);
    others = 0;
  };
  let at = 0;
  for (const piece of pieces) {
    others += piece.at - at;
    at = piece.at + piece.count;
    if (!isTold(piece)) {
      others += piece.count;
      continue;
    }
    tellOthers();
    words.push(formatPiece(piece));
  }
  others += length - at;
  tellOthers();
  return words.length === 0 ? 'no data of an echo' : words.join(', ');
}

function formatPiece({ tag, at, from, count }: EchoPiece): string {
  const moved = from === at % ECHO_PERIOD ? '' : ` from its byte ${from}`;
  return `${byteText(count)} of tag ${tag}${moved}`;
}

function byteText(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`;
}
