import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTROL_SIZE, LPC_WIN_SIZE, be16, be32, bodySize, crc32, leastArea, negotiateVersion, packetSize, protect, putBe16, putBe32, validLayout, validates,
} from '../../src/mctp/index.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('crc32: vendor-ibm-astlpc.md, the trailer of version 3', () => {
  it('has the check value of CRC-32, and is 0 of nothing', () => {
    expect(crc32(bytes('123456789'))).toBe(0xcbf4_3926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  it('notices any change of up to 32 bits in a row', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 5, maxLength: 68 }), fc.nat(), fc.integer({ min: 1, max: 0xff }), (packet, at, flip) => {
      const torn = packet.slice();
      torn[at % packet.length] ^= flip;
      expect(crc32(torn)).not.toBe(crc32(packet));
    }));
  });
});

describe('packets in the window', () => {
  it.each([[1, 68, 72], [2, 68, 72], [3, 68, 76]])('of version %i and %i bytes take %i', (version, body, size) => {
    expect(packetSize(version, body)).toBe(size);
    expect(bodySize(version, size)).toBe(body);
  });

  it('are protected since version 3 only', () => {
    const area = new Uint8Array(16);
    area.set([1, 8, 9, 0xc9, 0, 0x81, 2]);
    expect(protect(area, 7, 2)).toBe(7);
    expect(validates(area, 7, 2)).toBe(true);
    expect(protect(area, 7, 3)).toBe(11);
    expect(validates(area, 7, 3)).toBe(true);
    area[3] ^= 1;
    expect(validates(area, 7, 3)).toBe(false);
    expect(validates(area, 7, 2)).toBe(true);
  });

  it('have big-endian lengths', () => {
    const area = new Uint8Array(6);
    putBe32(area, 0, 0xfedc_ba98);
    putBe16(area, 4, 0x0102);
    expect([...area]).toEqual([0xfe, 0xdc, 0xba, 0x98, 1, 2]);
    expect([be32(area, 0), be16(area, 4)]).toEqual([0xfedc_ba98, 0x0102]);
  });
});

describe('mctp_astlpc_negotiate_version()', () => {
  it.each([
    [1, 3, 1, 3, 3], [1, 3, 1, 2, 2], [1, 2, 1, 3, 2], [1, 1, 1, 3, 1], [2, 3, 1, 1, 0], [1, 1, 2, 3, 0], [0, 3, 1, 3, 0], [3, 1, 1, 3, 0], [1, 3, 3, 2, 0],
  ])('BMC %i to %i, host %i to %i: %i', (bmcMin, bmcCur, hostMin, hostCur, version) => {
    expect(negotiateVersion(bmcMin, bmcCur, hostMin, hostCur)).toBe(version);
  });
});

describe('mctp_astlpc_layout_validate()', () => {
  const least = leastArea(3);
  const rx = { offset: CONTROL_SIZE, size: least };

  it.each([
    ['side by side', { offset: CONTROL_SIZE + least, size: least }, true],
    ['one byte into the other', { offset: CONTROL_SIZE + least - 1, size: least }, false],
    ['in the control area', { offset: 0, size: least }, false],
    ['less than a BTU', { offset: 0x1000, size: least - 1 }, false],
    ['up to the end of the window', { offset: LPC_WIN_SIZE - least, size: least }, true],
    ['beyond the window', { offset: LPC_WIN_SIZE - least + 1, size: least }, false],
  ])('%s', (_name, tx, valid) => {
    expect(validLayout(rx, tx, 3)).toBe(valid);
    expect(validLayout(tx, rx, 3)).toBe(valid);
  });
});
