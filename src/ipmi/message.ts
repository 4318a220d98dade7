/**
 * Messages as they stand between WRITE_START and the last byte of a KCS transfer, or in the data of
 * an SSIF block, IPMI 2.0 §9.2-9.3 and §12:
 *
 *     request   NetFn<<2 | LUN, Cmd, data...
 *     response  (NetFn|1)<<2 | LUN, Cmd, completion code, data...
 *
 * A message is a Uint8Array of the caller's and a length in bytes; nothing here allocates. BT puts a
 * length before it and a sequence number after the first byte: strip those first.
 */
import { RESPONSE_BIT, netFnLun } from './netfn.ts';

/** Shortest request: NetFn/LUN, Cmd. The first data byte stands at this index. */
export const REQUEST_HEADER = 2;

/** Shortest response: NetFn/LUN, Cmd, completion code. The first data byte stands at this index. */
export const RESPONSE_HEADER = 3;

/** Index of the completion code in a response. */
export const CC_INDEX = 2;

/** Writes the two header bytes of a request at `buf[at]`; returns the index of its first data byte. */
export function writeRequest(buf: Uint8Array, netFn: number, lun: number, cmd: number, at = 0): number {
  buf[at] = netFnLun(netFn, lun);
  buf[at + 1] = cmd;
  return at + REQUEST_HEADER;
}

/**
 * Writes the three header bytes that answer `req`; returns the index of the first data byte. Total: a
 * request cut down to one byte or none is answered with 0 for what is missing, because a host that has
 * ended its transfer waits for some response.
 */
export function writeResponse(rsp: Uint8Array, req: Uint8Array, reqLen: number, cc: number): number {
  rsp[0] = (reqLen > 0 ? req[0] : 0) | RESPONSE_BIT;
  rsp[1] = reqLen > 1 ? req[1] : 0;
  rsp[CC_INDEX] = cc;
  return RESPONSE_HEADER;
}

/** Whether the message's NetFn is that of a response (odd). */
export function isResponse(buf: Uint8Array, len: number): boolean {
  return len > 0 && (buf[0] & RESPONSE_BIT) !== 0;
}

/**
 * Whether `rsp` can be the response to `req`: long enough, NetFn one above, LUN and Cmd the same. This is
 * all that a host can check on KCS and SSIF, so an answer to an earlier request of the same command passes;
 * only a tag in the data tells (echo.ts).
 */
export function isResponseTo(req: Uint8Array, reqLen: number, rsp: Uint8Array, rspLen: number): boolean {
  return reqLen >= REQUEST_HEADER && rspLen >= RESPONSE_HEADER && !isResponse(req, reqLen)
    && rsp[0] === (req[0] | RESPONSE_BIT) && rsp[1] === req[1];
}
