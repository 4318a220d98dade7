import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pec, pecByte } from '../../src/smbus/index.ts';

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Polynomial division bit by bit, as SMBus 2.0 §5.4.1 words it. */
function longDivision(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const out = (crc >> 7) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) & 0xff) ^ (out === 1 ? 0x07 : 0);
    }
  }
  return crc;
}

test('check value of CRC-8', () => {
  expect(pec(0, ascii('123456789'), 0, 9)).toBe(0xf4);
});

test('is the remainder of the division by x^8 + x^2 + x + 1', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(pec(0, bytes, 0, bytes.length)).toBe(longDivision(bytes));
  }));
});

test('can be continued anywhere, in one go or byte by byte', () => {
  fc.assert(fc.property(fc.uint8Array(), fc.nat(), (bytes, n) => {
    const cut = n % (bytes.length + 1);
    let crc = pec(0, bytes, 0, cut);
    for (let i = cut; i < bytes.length; i++) crc = pecByte(crc, bytes[i]);
    expect(crc).toBe(pec(0, bytes, 0, bytes.length));
    expect(pec(pec(0, bytes, 0, cut), bytes, cut, bytes.length - cut)).toBe(crc);
  }));
});

test('a message with its PEC gives 0; with any burst of up to 8 bits wrong it does not', () => {
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 0xff }), fc.nat(7),
    (bytes, n, burst, shift) => {
      const framed = Uint8Array.of(...bytes, pec(0, bytes, 0, bytes.length));
      expect(pec(0, framed, 0, framed.length)).toBe(0);
      const at = n % (framed.length - 1);
      framed[at] ^= burst >> shift;
      framed[at + 1] ^= (burst << (8 - shift)) & 0xff;
      expect(pec(0, framed, 0, framed.length)).not.toBe(0);
    },
  ));
});
