import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  HICR0, HICR4, HICRB, LPC, LPC_REGISTERS, STR, type LpcController, type LpcControllerParams,
} from '../../src/hw/index.ts';
import { LpcBench } from './lpc-bench.ts';

const byte = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffff_ffff });

let bench: LpcBench;
let lpc: LpcController;

function build(params: Partial<LpcControllerParams> = {}): void {
  bench = new LpcBench(params);
  lpc = bench.lpc;
}

beforeEach(() => build());

describe('registers (AST2050 §30, kcs_bmc_aspeed.c)', () => {
  it('read their reset values', () => {
    for (const { name, offset, reset } of LPC_REGISTERS) expect([name, lpc.read(offset)]).toEqual([name, reset]);
  });

  it('elsewhere read as 0 and ignore writes, over the whole window of 4 KiB', () => {
    const known = new Set(LPC_REGISTERS.map(({ offset }) => offset));
    for (let offset = 0; offset < 0x1000; offset += 4) {
      if (known.has(offset)) continue;
      lpc.write(offset, 0xffff_ffff);
      expect(lpc.read(offset)).toBe(0);
    }
    for (const { offset, reset } of LPC_REGISTERS) expect(lpc.read(offset)).toBe(reset);
  });

  it('keep the bits that exist, 8 or 32', () => {
    fc.assert(fc.property(fc.constantFrom(...LPC_REGISTERS), word, ({ name, offset, size, writable }, value) => {
      build();
      if (/^(IDR|ODR|STR|iBTCR[456])/.test(name)) return;
      lpc.write(offset, value);
      const kept = size === 8 ? value & 0xff & writable : (value & writable) >>> 0;
      expect([name, lpc.read(offset)]).toEqual([name, kept]);
    }));
  });

  it('IDR is read-only to the BMC', () => {
    for (const offset of [LPC.IDR1, LPC.IDR2, LPC.IDR3, LPC.IDR4]) {
      lpc.write(offset, 0xff);
      expect(lpc.read(offset)).toBe(0);
    }
  });

  it('the KCS registers are those of the channel', () => {
    for (const n of [1, 2, 3, 4] as const) {
      const channel = lpc.channels[n - 1];
      expect(channel.number).toBe(n);
      channel.hostWrite(0x10 + n, 1);
      expect(lpc.read(LPC[`STR${n}`])).toBe(STR.IBF | STR.CD);
      expect(lpc.read(LPC[`IDR${n}`])).toBe(0x10 + n);
      lpc.write(LPC[`ODR${n}`], 0x20 + n);
      expect(lpc.read(LPC[`ODR${n}`])).toBe(0x20 + n);
      lpc.write(LPC[`STR${n}`], 0xc1);
      expect(lpc.read(LPC[`STR${n}`])).toBe(0xc0 | STR.CD | STR.OBF);
      expect(channel.hostReadData()).toBe(0x20 + n);
    }
  });

  it('SNPWDR is read-only, HICR6 and HISR are cleared by ones', () => {
    lpc.write(LPC.SNPWDR, 0xffff_ffff);
    expect(lpc.read(LPC.SNPWDR)).toBe(0);
    lpc.write(LPC.HICR6, 3);
    expect(lpc.read(LPC.HICR6)).toBe(0);
  });
});

describe('LADR12H/L, one window onto two addresses (HICR4.LADR12AS)', () => {
  it('resets to the 8042 pairs 60h and 62h', () => {
    expect([lpc.read(LPC.LADR12H), lpc.read(LPC.LADR12L)]).toEqual([0, 0x60]);
    lpc.write(LPC.HICR4, HICR4.LADR12AS);
    expect([lpc.read(LPC.LADR12H), lpc.read(LPC.LADR12L)]).toEqual([0, 0x62]);
    lpc.write(LPC.HICR0, HICR0.LPC1E | HICR0.LPC2E);
    expect([lpc.decoder.dataPort(0), lpc.decoder.statusPort(0)]).toEqual([0x60, 0x64]);
    expect([lpc.decoder.dataPort(1), lpc.decoder.statusPort(1)]).toEqual([0x62, 0x66]);
  });

  it('reads and writes the bank selected at that moment, and no other', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('select' as const), value: fc.integer({ min: 0, max: 1 }) }),
      fc.record({ what: fc.constantFrom('high' as const, 'low' as const), value: byte }),
    );
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      build();
      lpc.write(LPC.HICR0, HICR0.LPC1E | HICR0.LPC2E);
      const address = [0x60, 0x62];
      let bank = 0;
      for (const { what, value } of steps) {
        if (what === 'select') {
          bank = value;
          lpc.write(LPC.HICR4, value === 0 ? 0 : HICR4.LADR12AS);
        } else if (what === 'high') {
          address[bank] = (address[bank] & 0xff) | (value << 8);
          lpc.write(LPC.LADR12H, value);
        } else {
          address[bank] = (address[bank] & 0xff00) | value;
          lpc.write(LPC.LADR12L, value);
        }
        expect([lpc.read(LPC.LADR12H), lpc.read(LPC.LADR12L)]).toEqual([address[bank] >> 8, address[bank] & 0xff]);
        expect([lpc.decoder.dataPort(0), lpc.decoder.dataPort(1)]).toEqual(address);
      }
    }));
  });

  it('so moving LADR12AS between the two writes ruins the sibling channel', () => {
    bench.setUp(1, 0xca0);
    lpc.write(LPC.HICR4, 0);
    lpc.write(LPC.LADR12H, 0x0d);
    lpc.write(LPC.HICR4, HICR4.LADR12AS);
    lpc.write(LPC.LADR12L, 0xa8);
    lpc.write(LPC.HICR0, HICR0.LPC1E | HICR0.LPC2E);
    expect([lpc.decoder.dataPort(0), lpc.decoder.dataPort(1)]).toEqual([0xda0, 0x0a8]);
  });
});

describe('the host ports', () => {
  it.each([[1, 0xca0, 4], [2, 0xca8, 4], [3, 0xca2, 1], [4, 0xca4, 1]] as const)(
    'channel %i at %i has command/status %i higher', (n, base, spacing) => {
      bench.setUp(n, base);
      expect(lpc.hostWrite(base, 0x18)).toBe(true);
      expect(lpc.read(LPC[`STR${n}`])).toBe(STR.IBF);
      expect(lpc.hostWrite(base + spacing, 0x61)).toBe(true);
      expect(lpc.hostRead(base + spacing)).toBe(STR.IBF | STR.CD);
      expect(lpc.read(LPC[`IDR${n}`])).toBe(0x61);
      lpc.write(LPC[`ODR${n}`], 0x99);
      expect(lpc.hostRead(base)).toBe(0x99);
      for (let port = base - 2; port < base + 8; port++) {
        expect(lpc.hostRead(port) >= 0).toBe(port === base || port === base + spacing);
      }
    },
  );

  it('nobody answers while a channel is disabled; channel 3 needs LPC3E and KCSENBL', () => {
    bench.setUp(3, 0xca2);
    lpc.write(LPC.HICR4, 0);
    expect(lpc.hostRead(0xca3)).toBe(-1);
    lpc.write(LPC.HICR4, HICR4.KCSENBL);
    expect(lpc.hostRead(0xca3)).toBe(0);
    lpc.write(LPC.HICR0, 0);
    expect(lpc.hostRead(0xca3)).toBe(-1);
    expect(lpc.hostWrite(0xca3, 0x61)).toBe(false);
    expect(lpc.read(LPC.IDR3)).toBe(0);
  });

  it('the 16-bit status addresses of channels 1 and 2 (EN16LADRn, LSADR12)', () => {
    bench.setUp(1, 0xca0);
    bench.setUp(2, 0xca8);
    lpc.write(LPC.LSADR12, 0x0cb9_0ca1);
    lpc.write(LPC.HICRB, HICRB.EN16LADR1);
    expect([lpc.decoder.statusPort(0), lpc.decoder.statusPort(1)]).toEqual([0xca1, 0xcac]);
    lpc.write(LPC.HICRB, HICRB.EN16LADR2);
    expect([lpc.decoder.statusPort(0), lpc.decoder.statusPort(1)]).toEqual([0xca4, 0xcb9]);
  });

  it('channel 4 may have two addresses that have nothing to do with each other (LADR4)', () => {
    lpc.write(LPC.LADR4, 0x0fff_0123);
    lpc.write(LPC.HICRB, HICRB.LPC4E);
    expect([lpc.decode(0x123), lpc.decode(0xfff), lpc.decode(0x124)]).toEqual([1 << 6, 1 << 7, 0]);
  });

  it('two channels on one port: the lowest answers reads, all get writes, by default', () => {
    bench.setUp(1, 0xca0);
    bench.setUp(4, 0xca4);
    lpc.write(LPC.STR1, 0x10);
    lpc.write(LPC.ODR4, 0x44);
    expect(lpc.hostRead(0xca4)).toBe(0x10);
    lpc.hostWrite(0xca4, 0x61);
    expect([lpc.read(LPC.STR1) & STR.CD, lpc.read(LPC.STR4) & STR.CD]).toEqual([STR.CD, 0]);
    expect([lpc.read(LPC.IDR1), lpc.read(LPC.IDR4)]).toEqual([0x61, 0x61]);
  });

  it('or the lowest gets everything, or the highest answers reads', () => {
    for (const [decodeOverlap, read, written] of [[1, 0x10, 0], [2, 0x44, 0x61]] as const) {
      build({ decodeOverlap });
      bench.setUp(1, 0xca0);
      bench.setUp(4, 0xca4);
      lpc.write(LPC.STR1, 0x10);
      lpc.write(LPC.ODR4, 0x44);
      expect(lpc.hostRead(0xca4)).toBe(read);
      lpc.hostWrite(0xca4, 0x61);
      expect([lpc.read(LPC.IDR1), lpc.read(LPC.IDR4)]).toEqual([0x61, written]);
    }
  });

  it('raises the version of the decode when a port changes hands, and only then', () => {
    bench.setUp(3, 0xca2);
    const { version } = lpc.decoder;
    lpc.write(LPC.HICR0, HICR0.LPC3E);
    lpc.write(LPC.STR3, 0x40);
    expect(lpc.decoder.version).toBe(version);
    lpc.write(LPC.LADR3L, 0xc2);
    expect(lpc.decoder.version).toBe(version + 1);
  });
});
