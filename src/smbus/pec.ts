/**
 * SMBus packet error code, SMBus 2.0 §5.4: CRC-8 with x^8 + x^2 + x + 1 (07h), most significant bit
 * first, start value 0, nothing inverted. It covers every byte since START, addresses with their R/W
 * bit included: a block write is addr+W, command, count, data, and a block read is addr+W, command,
 * addr+R, count, data.
 */
const POLYNOMIAL = 0x07;

const TABLE = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x80) !== 0 ? POLYNOMIAL : 0);
  TABLE[byte] = crc;
}

/** The PEC after one more byte. Over a message and its own PEC it is 0. */
export function pecByte(crc: number, byte: number): number {
  return TABLE[crc ^ byte];
}

/** The PEC after `count` more bytes of `buf` from index `at`; start a message with `crc` 0. */
export function pec(crc: number, buf: Uint8Array, at: number, count: number): number {
  let c = crc;
  for (let i = at; i < at + count; i++) c = TABLE[c ^ buf[i]];
  return c;
}
