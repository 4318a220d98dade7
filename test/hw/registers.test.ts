import { describe, expect, it } from 'vitest';
import {
  HICR5, LPC, LPC_REGISTERS, STR, formatRegister, formatStatus, registerAt, registerName, shiftOf,
} from '../../src/hw/index.ts';

describe('the register map', () => {
  it('has each offset of LPC once, on a word boundary', () => {
    expect(LPC_REGISTERS.map(({ name }) => name).toSorted()).toEqual(Object.keys(LPC).toSorted());
    for (const { name, offset } of LPC_REGISTERS) {
      expect(offset).toBe(LPC[name]);
      expect(offset % 4).toBe(0);
      expect(registerAt(offset)?.name).toBe(name);
    }
  });

  it('has no bit in two fields, and none outside the register', () => {
    for (const { name, fields, size } of LPC_REGISTERS) {
      let seen = 0;
      for (const mask of Object.values(fields)) {
        expect([name, seen & mask]).toEqual([name, 0]);
        seen |= mask;
      }
      expect([name, size === 8 ? seen & ~0xff : 0]).toEqual([name, 0]);
    }
  });

  it('resets to the AST2050: 0 but for the 8042 address', () => {
    for (const { name, reset } of LPC_REGISTERS) expect([name, reset]).toEqual([name, name === 'LADR12L' ? 0x60 : 0]);
  });

  it('gives the BMC of a status register DBU bits to write and OBF to clear (AST2050 §30)', () => {
    for (const n of [1, 2, 3, 4] as const) {
      const info = registerAt(LPC[`STR${n}`]);
      expect([info?.writable, info?.clear0, info?.clear1]).toEqual([0xf4, STR.OBF, 0]);
    }
  });
});

describe('a register for people', () => {
  it.each([
    [LPC.STR3, 0xc1, 'STR3=C1h ERROR OBF'],
    [LPC.STR1, 0x00, 'STR1=00h IDLE'],
    [LPC.STR4, 0x8a, 'STR4=8Ah WRITE C/D IBF'],
    [LPC.HICR0, 0xa0, 'HICR0=A0h LPC3E LPC1E'],
    [LPC.HICR5, 0x00b0_c000, 'HICR5=00B0C000h ID3IRQX=11 SEL3IRQX IRQXE3'],
    [LPC.LADR4, 0x0ca5_0ca4, 'LADR4=0CA50CA4h LADR4_STATUS=0CA5h LADR4_DATA=0CA4h'],
    [LPC.LSADR12, 0xffff_0000, 'LSADR12=FFFF0000h LSADR2=FFFFh'],
    [LPC.ODR2, 0x18, 'ODR2=18h'],
    [LPC.iBTCR0, 0x00e4_a00d, 'iBTCR0=00E4A00Dh IO_BASE=00E4h SIRQ=10 EN_CLR_SLV_RDP EN_CLR_SLV_WRP ENABLE_IBT'],
    [LPC.iBTCR4, 0x84, 'iBTCR4=84h B_BUSY H2B_ATN'],
    [0x0d0, 5, 'LPC+0D0h=05h'],
  ])('%s', (offset, value, text) => {
    expect(formatRegister(offset, value)).toBe(text);
  });

  it('names the states of IPMI 9.7', () => {
    expect([0x00, 0x40, 0x80, 0xc0].map(formatStatus)).toEqual(['IDLE', 'READ', 'WRITE', 'ERROR']);
    expect(formatStatus(0x3f)).toBe('IDLE OEM2 OEM1 C/D SMS_ATN IBF OBF');
  });

  it('knows where there is none', () => {
    expect(registerName(0x0d0)).toBe('LPC+0D0h');
    expect(registerAt(0x15c)).toBeUndefined();
  });

  it('finds the place of a field', () => {
    expect([shiftOf(HICR5.ID3IRQX), shiftOf(HICR5.IRQXE2), shiftOf(0x8000_0000)]).toEqual([20, 12, 31]);
  });
});
