/** CRC-8 with x^8 + x^2 + x + 1, most significant bit first: the PEC that an SMBus controller makes (SMBus 2.0 §5.4). */
const TABLE = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x80) === 0 ? 0 : 0x07);
  TABLE[byte] = crc;
}

/** The PEC after one more byte. */
export function crc8(crc: number, byte: number): number {
  return TABLE[crc ^ byte];
}
