import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KcsChannel, STR } from '../../src/hw/index.ts';

const byte = fc.integer({ min: 0, max: 0xff });

/** One access from either side. */
type Access =
  | { readonly op: 'host writes data' | 'host writes command' | 'bmc writes ODR' | 'bmc writes STR'; readonly value: number }
  | { readonly op: 'host reads STR' | 'host reads ODR' | 'bmc reads IDR' | 'bmc reads ODR' | 'bmc reads STR' };

const access: fc.Arbitrary<Access> = fc.oneof(
  fc.record({
    op: fc.constantFrom('host writes data', 'host writes command', 'bmc writes ODR', 'bmc writes STR'), value: byte,
  }),
  fc.record({ op: fc.constantFrom('host reads STR', 'host reads ODR', 'bmc reads IDR', 'bmc reads ODR', 'bmc reads STR') }),
);

function apply(channel: KcsChannel, a: Access): number | undefined {
  switch (a.op) {
    case 'host writes data': channel.hostWrite(a.value, 0); return undefined;
    case 'host writes command': channel.hostWrite(a.value, 1); return undefined;
    case 'bmc writes ODR': channel.writeOdr(a.value); return undefined;
    case 'bmc writes STR': channel.writeStr(a.value); return undefined;
    case 'host reads STR': return channel.hostReadStatus();
    case 'host reads ODR': return channel.hostReadData();
    case 'bmc reads IDR': return channel.readIdr();
    case 'bmc reads ODR': return channel.readOdr();
    case 'bmc reads STR': return channel.readStr();
  }
}

/** A channel somewhere in its life, with both flags as asked. */
function channelIn(str: number, overwrite = true): KcsChannel {
  const channel = new KcsChannel(3, overwrite);
  if ((str & STR.OBF) !== 0) channel.writeOdr(0x5a);
  channel.hostWrite(0xa5, str & STR.CD);
  if ((str & STR.IBF) === 0) channel.readIdr();
  channel.writeStr(str);
  expect(channel.str).toBe(str);
  return channel;
}

describe('IDR, host to BMC (AST2050 §30, H8S/2138 §17.2)', () => {
  it('a host write to the data address sets IBF and clears C/D', () => {
    const channel = channelIn(STR.CD);
    channel.hostWrite(0x18, 0);
    expect(channel.str).toBe(STR.IBF);
    expect(channel.readIdr()).toBe(0x18);
  });

  it('a host write to the command address sets IBF and C/D', () => {
    const channel = channelIn(0);
    channel.hostWrite(0x61, 1);
    expect(channel.str).toBe(STR.IBF | STR.CD);
    expect(channel.readIdr()).toBe(0x61);
  });

  it('the BMC reading IDR clears IBF and leaves C/D', () => {
    const channel = channelIn(STR.IBF | STR.CD);
    channel.readIdr();
    expect(channel.str).toBe(STR.CD);
  });

  it('with IBF clear the BMC reads the old byte again', () => {
    const channel = channelIn(STR.IBF);
    expect(channel.readIdr()).toBe(0xa5);
    expect(channel.readIdr()).toBe(0xa5);
    expect(channel.str).toBe(0);
  });

  it('a host write with IBF set replaces the byte and C/D (default)', () => {
    const channel = channelIn(STR.IBF);
    channel.hostWrite(0x60, 1);
    expect(channel.str).toBe(STR.IBF | STR.CD);
    expect(channel.readIdr()).toBe(0x60);
  });

  it('or is dropped, with the parameter', () => {
    const channel = channelIn(STR.IBF, false);
    channel.hostWrite(0x60, 1);
    expect(channel.str).toBe(STR.IBF);
    expect(channel.readIdr()).toBe(0xa5);
    channel.hostWrite(0x60, 1);
    expect(channel.readIdr()).toBe(0x60);
  });
});

describe('ODR, BMC to host', () => {
  it('the BMC writing ODR sets OBF, the host reading it clears OBF', () => {
    const channel = channelIn(0);
    channel.writeOdr(0x42);
    expect(channel.hostReadStatus()).toBe(STR.OBF);
    expect(channel.hostReadData()).toBe(0x42);
    expect(channel.hostReadStatus()).toBe(0);
  });

  it('with OBF clear the host reads the old byte again', () => {
    const channel = channelIn(STR.OBF);
    expect([channel.hostReadData(), channel.hostReadData()]).toEqual([0x5a, 0x5a]);
  });

  it('a second write before the host has read loses the first byte', () => {
    const channel = channelIn(STR.OBF);
    channel.writeOdr(0x02);
    expect(channel.str).toBe(STR.OBF);
    expect(channel.hostReadData()).toBe(0x02);
    expect(channel.str).toBe(0);
  });

  it('the BMC reading its own ODR changes nothing', () => {
    const channel = channelIn(STR.OBF);
    expect(channel.readOdr()).toBe(0x5a);
    expect(channel.str).toBe(STR.OBF);
  });
});

describe('STR', () => {
  it('OBF: the BMC writing 0 discards the byte, writing 1 cannot set it', () => {
    const full = channelIn(STR.OBF);
    full.writeStr(0x41);
    expect(full.str).toBe(0x41);
    full.writeStr(0x40);
    expect(full.str).toBe(0x40);
    full.writeStr(0x41);
    expect(full.str).toBe(0x40);
  });

  it('a write of the BMC never changes IBF or C/D, whatever they are and whatever it writes', () => {
    fc.assert(fc.property(byte, byte, (str, value) => {
      const channel = channelIn(str);
      channel.writeStr(value);
      expect(channel.str & (STR.IBF | STR.CD)).toBe(str & (STR.IBF | STR.CD));
      expect(channel.str & 0xf4).toBe(value & 0xf4);
      expect(channel.str & STR.OBF).toBe(str & value & STR.OBF);
    }));
  });

  it('afterWrite() is what a write leaves', () => {
    fc.assert(fc.property(byte, byte, (str, value) => {
      const channel = channelIn(str);
      const predicted = channel.afterWrite(value);
      channel.writeStr(value);
      expect(channel.str).toBe(predicted);
    }));
  });

  it('a read-modify-write of the state bits undoes neither a host write nor a host read in between', () => {
    const channel = channelIn(STR.OBF);
    const read = channel.readStr();
    channel.hostWrite(0x61, 1);
    channel.hostReadData();
    channel.writeStr((read & ~0xc0) | 0x80);
    expect(channel.str).toBe(0x80 | STR.CD | STR.IBF);
  });

  it('host reads of STR change nothing', () => {
    fc.assert(fc.property(byte, (str) => {
      const channel = channelIn(str);
      expect(channel.hostReadStatus()).toBe(str);
      expect(channel.str).toBe(str);
    }));
  });
});

describe('any sequence of accesses', () => {
  it('IBF is set exactly from a host write to the next BMC read of IDR, OBF from a BMC write to its end', () => {
    fc.assert(fc.property(fc.array(access, { maxLength: 40 }), fc.boolean(), (accesses, overwrite) => {
      const channel = new KcsChannel(1, overwrite);
      let ibf = false;
      let obf = false;
      let cd = false;
      let idr = 0;
      let odr = 0;
      const read: (readonly [number | undefined, number])[] = [];
      for (const a of accesses) {
        const value = apply(channel, a);
        // The byte that each side reads is the last that the other wrote, stale or not.
        if (a.op === 'bmc reads IDR') read.push([value, idr]);
        if (a.op === 'host reads ODR') read.push([value, odr]);
        if ((a.op === 'host writes data' || a.op === 'host writes command') && (!ibf || overwrite)) {
          idr = a.value;
          cd = a.op === 'host writes command';
          ibf = true;
        }
        if (a.op === 'bmc reads IDR') ibf = false;
        if (a.op === 'bmc writes ODR') {
          odr = a.value;
          obf = true;
        }
        if (a.op === 'host reads ODR') obf = false;
        if (a.op === 'bmc writes STR' && (a.value & STR.OBF) === 0) obf = false;
        const { str } = channel;
        expect([(str & STR.IBF) !== 0, (str & STR.OBF) !== 0, (str & STR.CD) !== 0]).toEqual([ibf, obf, cd]);
      }
      for (const [value, byte] of read) expect(value).toBe(byte);
    }));
  });

  it('keeps each latch a byte', () => {
    const channel = new KcsChannel(2);
    channel.hostWrite(0x1ff, 0);
    channel.writeOdr(0x2fe);
    expect([channel.idr, channel.odr]).toEqual([0xff, 0xfe]);
  });
});
