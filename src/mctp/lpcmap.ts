import { crc32 } from './crc32.ts';
import { MCTP_BTU, MCTP_HEADER } from './packet.ts';

/** The window in the LPC firmware space that both sides share: vendor-ibm-astlpc.md and astlpc.c of libmctp. */

/** Bytes of the window, and of the control area at its beginning. */
export const LPC_WIN_SIZE = 1024 * 1024;
export const CONTROL_SIZE = 0x100;

/** "MCTP", the first word of the control area. */
export const ASTLPC_MCTP_MAGIC = 0x4d43_5450;

/** struct mctp_lpcmap_hdr: offsets of its big-endian members. */
export const Lpcmap = {
  MAGIC: 0, BMC_VER_MIN: 4, BMC_VER_CUR: 6, HOST_VER_MIN: 8, HOST_VER_CUR: 10, NEGOTIATED_VER: 12,
  RX_OFFSET: 16, RX_SIZE: 20, TX_OFFSET: 24, TX_SIZE: 28, BYTES: 32,
} as const;

/** Versions of the protocol. */
export const ASTLPC_VER_BAD = 0;
export const ASTLPC_VER_MIN = 1;
export const ASTLPC_VER_CUR = 3;

/** Commands in ODR and IDR. */
export const AstlpcCommand = { INITIALISE: 0x00, TX_BEGIN: 0x01, RX_COMPLETE: 0x02, DUMMY: 0xff } as const;

const NAMES: Readonly<Record<number, string>> = {
  [AstlpcCommand.INITIALISE]: 'Initialise', [AstlpcCommand.TX_BEGIN]: 'Tx Begin', [AstlpcCommand.RX_COMPLETE]: 'Rx Complete',
  [AstlpcCommand.DUMMY]: 'dummy value',
};

/** `Tx Begin`. */
export function commandText(command: number): string {
  return NAMES[command] ?? `unknown command ${command.toString(16).toUpperCase().padStart(2, '0')}h`;
}

/** Bits of STR that the BMC drives; the others are the hardware's. */
export const AstlpcStatus = { BMC_READY: 0x80, CHANNEL_ACTIVE: 0x40, IBF: 0x02, OBF: 0x01 } as const;

/** `BMC active, channel active`. */
export function statusText(status: number): string {
  const ready = (status & AstlpcStatus.BMC_READY) !== 0;
  return `BMC ${ready ? 'active' : 'inactive'}, channel ${(status & AstlpcStatus.CHANNEL_ACTIVE) === 0 ? 'inactive' : 'active'}`;
}

/** Bytes of the length before a packet, and of the CRC behind it. */
export const LENGTH_BYTES = 4;
const CRC_BYTES = 4;

/** Bytes behind a packet: those of the CRC since version 3. */
export function trailerOf(version: number): number {
  return version >= 3 ? CRC_BYTES : 0;
}

/** Bytes that a packet of `body` bytes takes in the window. */
export function packetSize(version: number, body: number): number {
  return LENGTH_BYTES + body + trailerOf(version);
}

/** The longest packet that fits into `size` bytes of the window. */
export function bodySize(version: number, size: number): number {
  return size - LENGTH_BYTES - trailerOf(version);
}

/** Bytes of the smallest area that is allowed. */
export function leastArea(version: number): number {
  return packetSize(version, MCTP_HEADER + MCTP_BTU);
}

/** One of the two areas for packets. */
export interface AstlpcBuffer {
  readonly offset: number;
  readonly size: number;
}

/** mctp_astlpc_buffer_validate(). */
function validBuffer({ offset, size }: AstlpcBuffer, version: number): boolean {
  return offset + size <= LPC_WIN_SIZE && size >= leastArea(version) && offset >= CONTROL_SIZE;
}

/** mctp_astlpc_layout_validate(): both lie in the window, neither in each other nor in the control area, and take a BTU. */
export function validLayout(rx: AstlpcBuffer, tx: AstlpcBuffer, version: number): boolean {
  if (!validBuffer(rx, version) || !validBuffer(tx, version)) return false;
  return rx.offset + rx.size <= tx.offset || tx.offset + tx.size <= rx.offset;
}

/** mctp_astlpc_negotiate_version(): the lower of the newest, or {@link ASTLPC_VER_BAD}. */
export function negotiateVersion(bmcMin: number, bmcCur: number, hostMin: number, hostCur: number): number {
  if (bmcMin === 0 || bmcCur === 0 || hostMin === 0 || hostCur === 0) return ASTLPC_VER_BAD;
  if (bmcMin > bmcCur || hostMin > hostCur || hostCur < bmcMin || hostMin > bmcCur) return ASTLPC_VER_BAD;
  return Math.min(bmcCur, hostCur);
}

export function be16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function be32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

export function putBe16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

export function putBe32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Puts the CRC behind the packet in `bytes[0..length)`, where the version has one; the length of both. */
export function protect(bytes: Uint8Array, length: number, version: number): number {
  if (trailerOf(version) > 0) putBe32(bytes, length, crc32(bytes, 0, length));
  return length + trailerOf(version);
}

/** Whether the CRC behind the packet in `bytes[0..length)` is right, where the version has one. */
export function validates(bytes: Uint8Array, length: number, version: number): boolean {
  return trailerOf(version) === 0 || be32(bytes, length) === crc32(bytes, 0, length);
}
