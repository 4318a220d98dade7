/** The polynomial of CRC-32, reflected. */
const POLYNOMIAL = 0xedb8_8320;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ POLYNOMIAL;
  return remainder;
});

/**
 * CRC-32 of `bytes[from..to)`: initialised to ones, reflected, complemented (vendor-ibm-astlpc.md, the trailer of
 * version 3; the same as of Ethernet).
 */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let remainder = -1;
  for (let i = from; i < to; i++) remainder = (remainder >>> 8) ^ TABLE[(remainder ^ bytes[i]) & 0xff];
  return (remainder ^ -1) >>> 0;
}
