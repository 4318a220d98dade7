/**
 * The tagged echo: an OEM command whose request carries a tag and filler, and whose response returns
 * the same bytes. Byte q of the data, counted from 0, is
 *
 *     (tag + 7^q - 1) mod 239,    and 100 more (mod 239) in the last byte.
 *
 * So byte 0 is the tag itself, every byte alone gives the tag if its place is known, any two neighbours
 * give tag and place (7 generates all 238 residues, and neighbours differ by 6 * 7^q), the last byte
 * is known as the last, and EFh-FFh never occurs (a floating bus reads FFh).
 *
 * What follows, for whole echoes A and B of any tags and lengths, without exception: not whole is
 *  - A[0..k) + B[k..) with different tags, cut anywhere behind the first data byte;
 *  - any other choice, byte by byte, between echoes of equal length, unless all is from equal tags;
 *  - A with one byte changed, lost, doubled or inserted anywhere, cut off early, or with bytes behind it.
 * And A[0..i) + B[j..) for any i and j is not whole, or is A or B, but for two exceptions:
 *  - j - i is a multiple of 238 (so many bytes were skipped or repeated), or
 *  - of B nothing but its last byte is left, moved, and its tag happens to fit.
 *
 * The first list is why there are no more than 239 tags: a cut before the last byte leaves one byte to
 * tell all tags apart. Number requests modulo ECHO_TAGS.
 */
import { OemCmd } from './commands.ts';
import { CompletionCode } from './completion.ts';
import { CC_INDEX, REQUEST_HEADER, RESPONSE_HEADER, writeRequest } from './message.ts';
import { Lun, NetFn, RESPONSE_BIT, netFnLun } from './netfn.ts';

/** Number of tags; a tag is 0 to ECHO_TAGS - 1. A prime, so that 7^q has the longest period. */
export const ECHO_TAGS = 239;

/** Period of the filler in bytes. */
export const ECHO_PERIOD = ECHO_TAGS - 1;

/** Shortest request, in bytes: header and two bytes of data. */
export const ECHO_MIN = REQUEST_HEADER + 2;

/** Added to the last byte. */
export const ECHO_LAST = 100;

/** 7^q - 1 mod 239. */
const FILLER = new Uint8Array(ECHO_PERIOD);
for (let q = 0, power = 1; q < ECHO_PERIOD; q++, power = (power * 7) % ECHO_TAGS) FILLER[q] = power - 1;

const NETFN_LUN = netFnLun(NetFn.OEM, Lun.BMC);

/** What byte q of the data adds to the tag, when it is not the last: 0 to 237. */
export function echoFiller(q: number): number {
  return FILLER[q % ECHO_PERIOD];
}

/**
 * Writes a whole echo request of `length` bytes, header included, at `buf[at]`.
 * @param tag 0 to ECHO_TAGS - 1
 * @param length ECHO_MIN to whatever the buffer holds
 */
export function writeEcho(buf: Uint8Array, tag: number, length: number, at = 0): void {
  if (length < ECHO_MIN || at + length > buf.length) {
    throw new RangeError(`echo of ${length} bytes at ${at} in a buffer of ${buf.length}`);
  }
  writeRequest(buf, NetFn.OEM, Lun.BMC, OemCmd.ECHO, at);
  writeEchoData(buf, tag, length - REQUEST_HEADER, at + REQUEST_HEADER);
}

/** Writes the `count` data bytes of an echo, at least 2, at `buf[at]`: for framings with other headers. */
export function writeEchoData(buf: Uint8Array, tag: number, count: number, at: number): void {
  if (!(tag >= 0 && tag < ECHO_TAGS)) throw new RangeError(`echo tag ${tag} is not in 0..${ECHO_TAGS - 1}`);
  const last = at + count - 1;
  for (let i = at, q = 0; i <= last; i++) {
    const byte = tag + FILLER[q];
    buf[i] = byte < ECHO_TAGS ? byte : byte - ECHO_TAGS;
    if (++q === ECHO_PERIOD) q = 0;
  }
  buf[last] = (buf[last] + ECHO_LAST) % ECHO_TAGS;
}

/** The tag of the echo, request or successful response, in `buf[at..at+len)`; -1 if it is not whole. */
export function echoTag(buf: Uint8Array, len: number, at = 0): number {
  const header = echoHeader(buf, len, at);
  return header < 0 ? -1 : echoDataTag(buf, len - header, at + header);
}

/** The tag of the `count` bytes of echo data at `buf[at]`; -1 if they are not whole. */
export function echoDataTag(buf: Uint8Array, count: number, at: number): number {
  const tag = buf[at];
  if (count < 2 || tag >= ECHO_TAGS) return -1;
  const last = at + count - 1;
  let q = 1;
  for (let i = at + 1; i < last; i++) {
    const byte = tag + FILLER[q];
    if (buf[i] !== (byte < ECHO_TAGS ? byte : byte - ECHO_TAGS)) return -1;
    if (++q === ECHO_PERIOD) q = 0;
  }
  return buf[last] === (tag + FILLER[q] + ECHO_LAST) % ECHO_TAGS ? tag : -1;
}

/** Length of the echo header at `buf[at]`: 2 of a request, 3 of a successful response, -1 of neither. */
export function echoHeader(buf: Uint8Array, len: number, at = 0): number {
  if (len < REQUEST_HEADER || buf[at + 1] !== OemCmd.ECHO) return -1;
  if (buf[at] === NETFN_LUN) return REQUEST_HEADER;
  if (buf[at] !== (NETFN_LUN | RESPONSE_BIT) || len < RESPONSE_HEADER) return -1;
  return buf[at + CC_INDEX] === CompletionCode.SUCCESS ? RESPONSE_HEADER : -1;
}

/** The completion code by which the BMC refused an echo; -1 if this is not such a response. */
export function echoRefusal(buf: Uint8Array, len: number, at = 0): number {
  return len >= RESPONSE_HEADER && buf[at] === (NETFN_LUN | RESPONSE_BIT) && buf[at + 1] === OemCmd.ECHO
    && buf[at + CC_INDEX] !== CompletionCode.SUCCESS ? buf[at + CC_INDEX] : -1;
}
