import { describeMessage } from './text.ts';
import type { WireRequest } from './request-log.ts';

/** A stretch of what was delivered that stands in a request at the same place; null: in none. */
interface Piece {
  readonly request: WireRequest | null;
  readonly from: number;
  to: number;
}

/** More pieces than these are not told one by one. */
const MOST_PIECES = 4;

/**
 * Which part of which request `bytes[0..length)` is, that read() handed out as a whole one; '' if of none. To be read
 * after `read() returned [...]`.
 */
export function partText(bytes: Uint8Array, length: number, requests: readonly WireRequest[]): string {
  const same = requests.findLast((request) => request.equals(bytes, length));
  if (same !== undefined) return ` as a whole request: it is all that there is of one ${fateOf(same)}`;
  const longer = requests.findLast((request) => request.beginsWith(bytes, length));
  if (longer === undefined) return '';
  const whole = describeMessage(longer.bytes, longer.length);
  return ` as a whole request: it is ${stretch(0, length)} of the ${longer.length} of ${whole}, ${fateOf(longer)}`;
}

/** Which requests it is a mixture of; '' if it has nothing in common with what the host has sent. */
export function mixtureText(bytes: Uint8Array, length: number, requests: readonly WireRequest[]): string {
  const pieces = piecesOf(bytes, length, requests);
  if (pieces.length > MOST_PIECES || pieces.every(({ request }) => request === null)) return '';
  return ` as one request: it is ${pieces.map(pieceText).join(', then ')}`;
}

/** Cuts what was delivered into the longest stretches that requests have in the same place; of equal ones the newest has it. */
function piecesOf(bytes: Uint8Array, length: number, requests: readonly WireRequest[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < length;) {
    let best: WireRequest | null = null;
    let to = at;
    for (const request of requests) {
      const end = request.agreesTo(bytes, at, length);
      if (end > at && end >= to) [best, to] = [request, end];
    }
    const last = pieces[pieces.length - 1];
    if (best !== null) pieces.push({ request: best, from: at, to });
    else if (last?.request === null) last.to++;
    else pieces.push({ request: null, from: at, to: at + 1 });
    at = Math.max(to, at + 1);
  }
  return pieces;
}

function pieceText({ request, from, to }: Piece): string {
  if (request === null) return `${stretch(from, to)} of no request`;
  return `${stretch(from, to)} of ${describeMessage(request.bytes, request.length)}${request.complete ? '' : `, ${fateOf(request)}`}`;
}

/** Bytes are counted from 1. */
function stretch(from: number, to: number): string {
  return to - from === 1 ? `byte ${to}` : `bytes ${from + 1} to ${to}`;
}

/** Why it is no request to be handed out now. */
function fateOf({ complete, abandoned, delivered }: WireRequest): string {
  if (!complete) return abandoned ? 'which was given up before its end' : 'which the host has not written to its end';
  if (delivered > 0) return 'which was handed out before';
  return abandoned ? 'which was given up' : 'which the host has sent';
}
